package vn.lachan.sample.kit

import android.os.Handler
import android.os.Looper
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable

/** The main thread as a dispatcher. An app with kotlinx-coroutines-android has `Dispatchers.Main` for it. */
internal object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    /** Never at once: a step that a page begins while it is drawn could show another page, and the first be drawn over it. */
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
