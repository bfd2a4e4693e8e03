package vn.lachan.internal

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import vn.lachan.Conversation
import vn.lachan.LogLevel
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Stage
import vn.lachan.Verdict
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.Talk

/** The conversations of one [OpenedLaChan]: one object a peer. */
internal class Conversations(private val owner: OpenedLaChan, private val memory: SealedMemory, private val log: Log) {
    private val open = ConcurrentHashMap<String, NativeConversation>()

    /**
     * Outlives the conversations, so that the last state of a closed one is written. Nobody waits for it: whatever goes
     * wrong in it ends here and is told.
     */
    private val writers = CoroutineScope(
        SupervisorJob() + Dispatchers.IO + CoroutineExceptionHandler { _, _ -> log(LogLevel.Error, NOT_KEPT) },
    )

    fun open(peerId: String, trust: PeerTrust): Conversation =
        open.getOrPut(peerId) { NativeConversation(peerId, trust) }.also { it.trust = trust }

    /** What a withdrawal asks for: nothing is left in memory, and nothing of it is written any more. */
    suspend fun forgetAll() {
        for (conversation in open.values.toList()) conversation.forget()
        withContext(Dispatchers.IO) { memory.forgetAll() }
    }

    fun close() {
        open.values.toList().forEach { it.close() }
    }

    private inner class NativeConversation(
        override val peerId: String,
        /** As whoever asked last knows the peer: it may have come onto a list of trusted ones since the talk began. */
        @Volatile var trust: PeerTrust,
    ) : Conversation {
        private val state = MutableStateFlow<Stage?>(null)

        /** One message after the other, in the order of the calls. */
        private val turns = Mutex()

        /** Counts the outgoing messages that were asked about: none but the last of them can be taken back. */
        private val outgoing = AtomicLong()

        /** The last one of them that came as far as the talk. */
        @Volatile
        private var takenIn = 0L

        @Volatile
        private var talk: OpenTalk? = null

        @Volatile
        private var closed = false

        /** Whether a write is on its way already. */
        private val saving = AtomicBoolean()

        override val stage: StateFlow<Stage?> = state.asStateFlow()

        override suspend fun check(message: Message): MessageCheck {
            // Before anything can refuse this one: those before it were sent.
            val number = if (message.outgoing) outgoing.incrementAndGet() else null
            return turns.withLock {
                try {
                    checkNext(message, number)
                } catch (givenUp: CancellationException) {
                    if (number == takenIn) withContext(NonCancellable) { takeBack() }
                    throw givenUp
                }
            }
        }

        private suspend fun checkNext(message: Message, number: Long?): MessageCheck = checked(message) { talk, bytes ->
            takenIn = number ?: takenIn
            val answer = Native.checkMessage(talk, bytes, message.outgoing, minutes(message))?.let(::messageCheckOf)
            answer?.also(::follow)
        }

        /** It is not counted, and the library takes nothing of it in: a check that is given up leaves nothing to take back. */
        override suspend fun checkDraft(text: String): MessageCheck = turns.withLock {
            val draft = Message.outgoing(text)
            checked(draft) { talk, bytes -> Native.checkDraft(talk, bytes, minutes(draft))?.let(::messageCheckOf) }
        }

        /** What [ask] says of [message], in the talk as it stands; `null` from it where that was closed. */
        private suspend fun checked(message: Message, ask: (talk: Long, bytes: ByteArray) -> MessageCheck?): MessageCheck {
            if (closed) return notChecked(NotCheckedReason.Closed)
            if (message.text.isEmpty()) return notChecked(NotCheckedReason.Empty)
            var answer: MessageCheck? = null
            val verdict = owner.check(ofPicture = false) { door, _ ->
                // Unpaired surrogates become one character each, so that places in the text stay what they are.
                val bytes = message.text.toByteArray()
                answer = ask(talkOf(door).number, bytes)
                answer?.verdict ?: Verdict.NotChecked(NotCheckedReason.Closed)
            }
            return answer?.takeIf { it.verdict == verdict } ?: notChecked(verdict)
        }

        private fun follow(check: MessageCheck) {
            // One that is too long was read in part, and the talk went on with that.
            if (check.verdict is Verdict.NotChecked && check.verdict != TOO_LONG) return
            show(check.stage)
            saveSoon()
        }

        override suspend fun withdraw() = turns.withLock {
            if (outgoing.get() == takenIn) takeBack()
        }

        private suspend fun takeBack() {
            owner.onWorker {
                val talk = talk?.native ?: return@onWorker
                talk.withdraw()
                show(talk.stage()?.toApi())
            }
            saveSoon()
        }

        override suspend fun forget() = turns.withLock {
            owner.onWorker { talk?.native?.forget() }
            // Also where no check has opened the library yet: the file is there from before.
            withContext(Dispatchers.IO) { memory.forget(peerId) }
            state.value = null
        }

        override fun close() {
            val last = synchronized(this) {
                if (closed) return
                closed = true
                state.value = null
                // Kept before anybody can open the peer anew, and written when it suits.
                talk?.also { keep(it) }.also { talk = null }
            }
            open.remove(peerId, this)
            last ?: return
            last.native.close()
            writers.launch { memory.write(peerId) }
        }

        /** A check that ends after the closing has nothing to show. */
        private fun show(stage: Stage?) {
            synchronized(this) { if (!closed) state.value = stage }
        }

        /** Writing takes a hundred times as long as checking: one write serves all messages of a moment. */
        private fun saveSoon() {
            if (!saving.compareAndSet(false, true)) return
            writers.launch {
                delay(SAVE_AFTER_MILLIS)
                saving.set(false)
                val kept = synchronized(this@NativeConversation) { talk?.let(::keep) ?: false }
                if (kept) memory.write(peerId)
            }
        }

        /** Under the lock of this conversation, so that no older state takes the place of a newer one. */
        private fun keep(talk: OpenTalk): Boolean {
            if (!talk.remembers) return false
            val era = memory.era(peerId)
            val state = stateOf(talk) ?: return false
            return memory.keep(peerId, state, era)
        }

        private fun stateOf(talk: OpenTalk): ByteArray? = try {
            talk.native.state()
        } catch (_: InternalException) {
            log(LogLevel.Error, NOT_KEPT)
            null
        } catch (_: IllegalStateException) {
            // Closed in the meantime, and kept when it was.
            null
        }

        /** In a turn. */
        private fun talkOf(door: Door.Open): OpenTalk {
            val known = trust
            // Not under the lock: whoever closes, on the main thread, waits for neither disk nor key store.
            val open = talk?.takeIf { it.remembers } ?: remembered(door, known, memory.load(peerId))
            if (open.trust != known) {
                open.native.setTrust(known.toFfi())
                open.trust = known
            }
            return open
        }

        /** Where the memory cannot be read now, a talk that begins anew and leaves what is stored as it is. */
        private fun remembered(door: Door.Open, known: PeerTrust, state: ByteArray?): OpenTalk = synchronized(this) {
            check(!closed)
            val begun = talk
            if (begun != null && (state == null || state.isEmpty())) return begun.also { it.remembers = state != null }
            begun?.native?.close()
            val open = OpenTalk(Talk(door.shield, known.toFfi(), state ?: ByteArray(0)), known, state != null)
            talk = open
            show(open.native.stage()?.toApi())
            open
        }

        /** A clock that is ahead must not age what was seen before: a message from the future counts as one of now. */
        private fun minutes(message: Message): Double =
            minOf(message.sentAtMillis, System.currentTimeMillis()) / MILLIS_PER_MINUTE
    }

    /** [remembers]: it goes on from what is stored, and may take its place. */
    private class OpenTalk(val native: Talk, var trust: PeerTrust, var remembers: Boolean) {
        val number: Long = native.number().toLong()
    }

    private fun notChecked(reason: NotCheckedReason) = notChecked(Verdict.NotChecked(reason))

    private fun notChecked(verdict: Verdict) = MessageCheck(verdict, null, emptySet(), emptyList())

    private companion object {
        /** What a crash of the app may cost: the signs in the messages of this time. */
        const val SAVE_AFTER_MILLIS = 2_000L

        const val MILLIS_PER_MINUTE = 60_000.0

        val TOO_LONG = Verdict.NotChecked(NotCheckedReason.TooLarge)

        const val NOT_KEPT = "what is to be remembered of a talk was not kept: ${NativeLibrary.INSIDE}"
    }
}
