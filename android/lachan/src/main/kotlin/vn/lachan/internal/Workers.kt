package vn.lachan.internal

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The threads that checks run on: so many at a time, and never the main thread. */
internal class Workers(atOnce: Int, private val host: Host) {
    private val dispatcher = Dispatchers.Default.limitedParallelism(atOnce.coerceAtLeast(1))

    /**
     * Runs [body] with a number by which it can be given up. When the caller is cancelled the body is told, and its end
     * is awaited: nobody may free a buffer that is still being read.
     */
    suspend fun <T> run(body: suspend (ticket: Long) -> T): T = coroutineScope {
        val ticket = Native.ticket()
        val bell = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
            try {
                awaitCancellation()
            } finally {
                giveUp(ticket)
            }
        }
        try {
            withContext(dispatcher) {
                assertNotMain()
                body(ticket)
            }
        } finally {
            bell.cancel()
        }
    }

    private fun giveUp(ticket: Long) {
        try {
            Native.cancel(ticket)
        } catch (_: UnsatisfiedLinkError) {
            // There is no library, so nothing runs in it.
        }
    }

    private fun assertNotMain() {
        if (host.debuggable) check(!host.isMainThread()) { "work of the SDK on the main thread" }
    }
}
