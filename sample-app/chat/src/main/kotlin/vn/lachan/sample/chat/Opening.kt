package vn.lachan.sample.chat

import android.content.Context
import android.os.Handler
import android.os.Looper
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import vn.lachan.LaChan
import vn.lachan.Policy

/** What the app opens the shield with, and how fast its scripts talk; a test puts its own in. */
internal object Opening {
    var open: suspend (Context, Policy) -> LaChan = { context, policy ->
        LaChan.open(context) {
            this.policy = policy
            // The pictures of the scripts are test markers. An app that meets people leaves this off.
            testMode = true
        }
    }

    /** Between two messages of a script. */
    var paceMillis = 900L

    /** Between two frames of the drawn camera; the shield takes two a second. */
    var frameMillis = 500L
}

/** The main thread as a dispatcher. An app with kotlinx-coroutines-android has `Dispatchers.Main` for it. */
internal object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() != Looper.getMainLooper()

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
