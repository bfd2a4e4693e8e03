package vn.lachan

import android.content.Context
import android.graphics.Bitmap
import android.net.Uri
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future

/**
 * [LaChan] for Java: each function gives a future, completed on a background thread; cancelling it gives the check up.
 *
 * ```java
 * // What the family agreed to; null where nobody has: nothing runs.
 * LaChanAsync.open(context, c -> c.setPolicy(agreed))
 *     .thenCompose(shield -> LaChanAsync.checkImage(shield, bitmap, Direction.Incoming));
 * ```
 */
public object LaChanAsync {
    /** A call that fails, as where the app's own `configure` throws, ends no other. */
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    /** See [LaChan.Companion.open]. */
    @JvmStatic
    public fun open(context: Context, configure: Consumer<Configuration>): CompletableFuture<LaChan> =
        scope.future { LaChan.open(context) { configure.accept(this) } }

    /** See [ImageChecker.checkImage]. */
    @JvmStatic
    public fun checkImage(checker: ImageChecker, bitmap: Bitmap, direction: Direction): CompletableFuture<Verdict> =
        scope.future { checker.checkImage(bitmap, direction) }

    /** See [ImageChecker.checkImage]. */
    @JvmStatic
    public fun checkImage(checker: ImageChecker, bytes: ByteBuffer, direction: Direction): CompletableFuture<Verdict> =
        scope.future { checker.checkImage(bytes, direction) }

    /** See [ImageChecker.checkImage]. */
    @JvmStatic
    public fun checkImage(checker: ImageChecker, uri: Uri, direction: Direction): CompletableFuture<Verdict> =
        scope.future { checker.checkImage(uri, direction) }

    /** See [ImageChecker.checkFile]. */
    @JvmStatic
    public fun checkFile(checker: ImageChecker, file: File, direction: Direction): CompletableFuture<Verdict> =
        scope.future { checker.checkFile(file, direction) }

    /** See [Conversation.check]. */
    @JvmStatic
    public fun checkMessage(conversation: Conversation, message: Message): CompletableFuture<MessageCheck> =
        scope.future { conversation.check(message) }

    /** See [Conversation.checkDraft]. */
    @JvmStatic
    public fun checkDraft(conversation: Conversation, text: String): CompletableFuture<MessageCheck> =
        scope.future { conversation.checkDraft(text) }

    /** See [Conversation.withdraw]. */
    @JvmStatic
    public fun withdraw(conversation: Conversation): CompletableFuture<Void?> = scope.future {
        conversation.withdraw()
        null
    }

    /** See [Conversation.forget]. */
    @JvmStatic
    public fun forget(conversation: Conversation): CompletableFuture<Void?> = scope.future {
        conversation.forget()
        null
    }

    /** See [LiveSession.check]. */
    @JvmStatic
    public fun checkFrame(session: LiveSession, frame: LiveFrame): CompletableFuture<Verdict> =
        scope.future { session.check(frame) }

    /** See [LaChan.setPolicy]. */
    @JvmStatic
    public fun setPolicy(shield: LaChan, policy: Policy): CompletableFuture<Void?> = scope.future {
        shield.setPolicy(policy)
        null
    }
}
