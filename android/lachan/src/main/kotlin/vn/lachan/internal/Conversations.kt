package vn.lachan.internal

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
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
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Stage
import vn.lachan.Verdict
import vn.lachan.ffi.Talk

/** The conversations of one [OpenedLaChan]: one object a peer. */
internal class Conversations(private val owner: OpenedLaChan, private val memory: SealedMemory) {
    private val open = ConcurrentHashMap<String, NativeConversation>()

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

        @Volatile
        private var talk: OpenTalk? = null

        @Volatile
        private var closed = false

        /** Whether a write is on its way already. */
        private val saving = AtomicBoolean()

        override val stage: StateFlow<Stage?> = state.asStateFlow()

        override suspend fun check(message: Message): MessageCheck = turns.withLock {
            if (closed) return notChecked(NotCheckedReason.Closed)
            if (message.text.isEmpty()) return notChecked(NotCheckedReason.Empty)
            var answer: MessageCheck? = null
            val verdict = owner.check { door, _ ->
                // Unpaired surrogates become one character each, so that places in the text stay what they are.
                val bytes = message.text.toByteArray()
                val written = Native.checkMessage(talkOf(door).number, bytes, message.outgoing, minutes(message))
                answer = written?.let(::messageCheckOf)
                answer?.verdict ?: Verdict.NotChecked(NotCheckedReason.Closed)
            }
            val check = answer?.takeIf { it.verdict == verdict } ?: return notChecked(verdict)
            if (check.stage != null) state.value = check.stage
            saveSoon()
            check
        }

        override suspend fun withdraw() = turns.withLock {
            owner.onWorker { talk?.native?.withdraw() }
            saveSoon()
        }

        override suspend fun forget() = turns.withLock {
            owner.onWorker { talk?.native?.forget() }
            // Also where no check has opened the library yet: the file is there from before.
            withContext(Dispatchers.IO) { memory.forget(peerId) }
            state.value = null
        }

        override fun close() {
            val talk = synchronized(this) {
                if (closed) return
                closed = true
                talk.also { talk = null }
            }
            open.remove(peerId, this)
            state.value = null
            talk ?: return
            val era = memory.era(peerId)
            val last = stateOf(talk)
            talk.native.close()
            if (last != null) writers.launch { memory.store(peerId, last, era) }
        }

        /** Writing takes a hundred times as long as checking: one write serves all messages of a moment. */
        private fun saveSoon() {
            if (!saving.compareAndSet(false, true)) return
            writers.launch {
                delay(SAVE_AFTER_MILLIS)
                saving.set(false)
                val era = memory.era(peerId)
                val now = talk?.takeUnless { closed }?.let(::stateOf)
                if (now != null) memory.store(peerId, now, era)
            }
        }

        private fun stateOf(talk: OpenTalk): ByteArray? = try {
            talk.native.state().takeIf { it.isNotEmpty() }
        } catch (_: IllegalStateException) {
            // Closed in the meantime, and stored when it was.
            null
        }

        private fun talkOf(door: Door.Open): OpenTalk = synchronized(this) {
            check(!closed)
            val known = trust
            val open = talk ?: OpenTalk(Talk(door.shield, known.toFfi(), memory.load(peerId)), known).also { talk = it }
            if (open.trust != known) {
                open.native.setTrust(known.toFfi())
                open.trust = known
            }
            open
        }

        private fun minutes(message: Message): Double = message.sentAtMillis / MILLIS_PER_MINUTE
    }

    private class OpenTalk(val native: Talk, var trust: PeerTrust) {
        val number: Long = native.number().toLong()
    }

    private fun notChecked(reason: NotCheckedReason) = notChecked(Verdict.NotChecked(reason))

    private fun notChecked(verdict: Verdict) = MessageCheck(verdict, null, emptySet(), emptyList())

    private companion object {
        /** What a crash of the app may cost: the signs in the messages of this time. */
        const val SAVE_AFTER_MILLIS = 2_000L

        /** Outlives the conversations, so that the last state of a closed one is written. */
        val writers = CoroutineScope(SupervisorJob() + Dispatchers.IO)

        const val MILLIS_PER_MINUTE = 60_000.0
    }
}
