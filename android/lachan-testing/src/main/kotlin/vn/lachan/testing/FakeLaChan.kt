package vn.lachan.testing

import android.graphics.Bitmap
import android.net.Uri
import java.io.File
import java.io.InputStream
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import vn.lachan.AgeBand
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.Installation
import vn.lachan.KnownListState
import vn.lachan.LaChan
import vn.lachan.LiveFrame
import vn.lachan.LiveSession
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.ModelState
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Pixels
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Stage
import vn.lachan.Verdict

/**
 * A [LaChan] without a native library, for the tests of an app: it answers what it was told to, and remembers what it
 * was asked.
 *
 * ```
 * val shield = FakeLaChan()
 * shield.nextPicture(Verdicts.nudity())
 * assertTrue(shield.checkImage(bitmap, Direction.Incoming) is Verdict.Concern)
 * ```
 *
 * With [Protection.Off], and after [close], it answers as the real one does.
 */
public class FakeLaChan @JvmOverloads constructor(policy: Policy = Policy.forAge(AgeBand.Under13)) : LaChan {
    private val pictures = ConcurrentLinkedQueue<Verdict>()
    private val frames = ConcurrentLinkedQueue<Verdict>()
    private val directions = ConcurrentLinkedQueue<Direction>()
    private val talks = ConcurrentHashMap<String, FakeConversation>()
    private val protectionState = MutableStateFlow(policy.protection)
    private val modelState = MutableStateFlow<ModelState>(ModelState.Ready)

    @Volatile
    override var policy: Policy = policy
        private set

    /** Whether it was closed. */
    @Volatile
    public var closed: Boolean = false
        private set

    /** What pictures get where no other verdict was asked for. */
    @Volatile
    public var otherwise: Verdict = Verdict.Clear

    override val protection: StateFlow<Protection> = protectionState.asStateFlow()
    override val models: StateFlow<ModelState> = modelState.asStateFlow()
    override val knownList: StateFlow<KnownListState> = MutableStateFlow(KnownListState.NotInstalled).asStateFlow()

    /** The directions of the pictures that were checked, in order. */
    public val checked: List<Direction> get() = directions.toList()

    /** Answers the next pictures with [verdicts], in order, and [otherwise] after that. */
    public fun nextPicture(vararg verdicts: Verdict) {
        pictures += verdicts
    }

    /** Answers the next live frames with [verdicts], in order, and [otherwise] after that. */
    public fun nextFrame(vararg verdicts: Verdict) {
        frames += verdicts
    }

    /** Shows [state] as the state of the models. */
    public fun setModels(state: ModelState) {
        modelState.value = state
    }

    override suspend fun checkImage(bitmap: Bitmap, direction: Direction): Verdict = picture(direction)

    override suspend fun checkImage(bytes: ByteBuffer, direction: Direction): Verdict = picture(direction)

    override suspend fun checkImage(stream: InputStream, direction: Direction): Verdict = picture(direction)

    override suspend fun checkImage(uri: Uri, direction: Direction): Verdict = picture(direction)

    override suspend fun checkPixels(pixels: Pixels, direction: Direction): Verdict = picture(direction)

    override suspend fun checkFile(file: File, direction: Direction): Verdict = picture(direction)

    override suspend fun setPolicy(policy: Policy) {
        this.policy = policy
        protectionState.value = policy.protection
    }

    override fun conversation(peerId: String, trust: PeerTrust): FakeConversation =
        talks.getOrPut(peerId) { FakeConversation(peerId, trust) { whyNot() } }.also { it.trust = trust }

    override fun liveSession(direction: Direction): LiveSession = object : LiveSession {
        @Volatile
        private var ended = false

        override fun wantsFrame(timestampMillis: Long): Boolean = !ended && !closed

        override suspend fun check(frame: LiveFrame): Verdict =
            if (ended) CLOSED else whyNot() ?: frames.poll() ?: otherwise

        override fun close() {
            ended = true
        }
    }

    override suspend fun installModel(folder: File): Installation = Installation.Installed(1)

    override suspend fun installKnownList(folder: File): Installation = Installation.Installed(1)

    override suspend fun installKnownList(files: Map<String, ByteArray>): Installation = Installation.Installed(1)

    override fun onTrimMemory(level: Int): Unit = Unit

    override fun close() {
        closed = true
    }

    private fun picture(direction: Direction): Verdict {
        whyNot()?.let { return it }
        directions += direction
        return pictures.poll() ?: otherwise
    }

    private fun whyNot(): Verdict? = when {
        closed -> CLOSED
        policy.protection == Protection.Off -> Verdict.NotChecked(NotCheckedReason.PolicyOff)
        else -> null
    }

    private companion object {
        val CLOSED = Verdict.NotChecked(NotCheckedReason.Closed)
    }
}

/** A [Conversation] that answers what it was told to, and remembers what it was asked. */
public class FakeConversation internal constructor(
    override val peerId: String,
    trust: PeerTrust,
    private val whyNot: () -> Verdict?,
) : Conversation {
    /** How the peer was said to be known the last time. */
    @Volatile
    public var trust: PeerTrust = trust
        internal set

    private val script = ConcurrentLinkedQueue<MessageCheck>()
    private val asked = ConcurrentLinkedQueue<Message>()
    private val looked = ConcurrentLinkedQueue<String>()
    private val stageState = MutableStateFlow<Stage?>(null)

    @Volatile
    private var closed = false

    override val stage: StateFlow<Stage?> = stageState.asStateFlow()

    /** The messages that were checked, in order. */
    public val messages: List<Message> get() = asked.toList()

    /** The drafts that were checked, in order. They are not among the [messages]. */
    public val drafts: List<String> get() = looked.toList()

    /** How often a message was taken back. */
    @Volatile
    public var withdrawn: Int = 0
        private set

    /** Whether the peer was forgotten. */
    @Volatile
    public var forgotten: Boolean = false
        private set

    /** Answers the next messages and drafts with [checks], in order; others are clear. */
    public fun next(vararg checks: MessageCheck) {
        script += checks
    }

    override suspend fun check(message: Message): MessageCheck = refusal() ?: answer().also {
        asked += message
        stageState.value = it.stage
    }

    override suspend fun checkDraft(text: String): MessageCheck = refusal() ?: answer().also { looked += text }

    private fun refusal(): MessageCheck? = (if (closed) Verdict.NotChecked(NotCheckedReason.Closed) else whyNot())?.let(::nothingIn)

    private fun answer(): MessageCheck = script.poll() ?: nothingIn(Verdict.Clear)

    private fun nothingIn(verdict: Verdict) = MessageCheck(verdict, stage.value, emptySet(), emptyList())

    override suspend fun withdraw() {
        withdrawn++
    }

    override suspend fun forget() {
        forgotten = true
        stageState.value = null
    }

    override fun close() {
        closed = true
    }
}
