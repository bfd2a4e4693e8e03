package vn.lachan.guardian

import android.content.Context
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.withContext
import vn.lachan.Logger
import vn.lachan.ffi.FamilyGuardian
import vn.lachan.ffi.createGuardian
import vn.lachan.ffi.openGuardian
import vn.lachan.ffi.recoverGuardian
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.Surroundings
import vn.lachan.guardian.internal.orNull
import vn.lachan.guardian.internal.outcome
import vn.lachan.guardian.internal.packet
import vn.lachan.guardian.internal.toApi
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.KeyBox

/**
 * The guardian's side of a family: its key, the children's phones, and the policies it signs.
 *
 * It holds settings and rounded counts. There is no door through which content or a peer's name could come in.
 *
 * @sample vn.lachan.guardian.samples.pairAndDecide
 */
public class GuardianPhone private constructor(private val around: Surroundings, private val door: FamilyGuardian) {
    private val known = MutableStateFlow(door.children().map { it.toApi() })

    /** The children's phones. */
    public val children: StateFlow<List<Child>> = known.asStateFlow()

    /** Offers to pair, for 15 minutes and one phone. */
    public suspend fun offer(): Outcome<Packet> = change { packet(it.offer(around.moment())) }

    /** Takes a child's phone's answer. Compare the digits with those on the child's phone. */
    public suspend fun accept(answer: Packet): Outcome<Met> =
        change { guardian -> guardian.accept(answer.text, around.moment()).let { Met(it.phone, it.digits) } }

    /** Signs the next policy for the child's phone [phone], for any channel. */
    public suspend fun signPolicy(phone: String, rules: Rules): Outcome<Packet> =
        change { packet(it.signPolicy(phone, rules.toFfi(), around.moment())) }

    /** The handle of a peer whom the guardian trusts, for [QuietRules.peers]. */
    public suspend fun peerHandle(phone: String, app: String, peer: String): Outcome<PeerHandle> =
        change { PeerHandle(it.peerHandle(phone, app, peer)) }

    /** What a child's phone asks for, before [approve]. */
    public suspend fun lookAt(request: Packet): Outcome<Asked> =
        change { guardian -> guardian.lookAt(request.text).let { Asked(it.phone, it.purpose.toApi()) } }

    /** Says yes to a request. */
    public suspend fun approve(request: Packet): Outcome<Packet> = change { packet(it.approve(request.text)) }

    /** Takes the counts that a child shares. */
    public suspend fun receiveCounts(counts: Packet): Outcome<List<CountedWeek>> =
        change { guardian -> guardian.receiveCounts(counts.text, around.moment()).map { it.toApi() } }

    /**
     * This key was made with the words of a lost phone, whose key is still kept because some child's phone may not follow this
     * one yet. Only a person knows whether all do: then [finishRecovery].
     */
    public val isRecovering: Boolean get() = orNull { door.isRecovering() } == true

    /** All children's phones follow the new key: the words of the lost phone are forgotten here as well. */
    public suspend fun finishRecovery(): Outcome<Unit> = change { it.finishRecovery(around.moment()) }

    /** Forgets a child's phone. That phone itself stops by a withdrawal on it. */
    public suspend fun forget(phone: String): Outcome<Unit> = change { it.forget(phone, around.moment()) }

    /**
     * Wipes all that this phone knows, key, children, counts, and destroys what it was sealed with. Refused with
     * [Refusal.Storage] where something of it is still there: what could be wiped is gone, and another call
     * of this object goes on.
     */
    public suspend fun wipe(): Outcome<Unit> {
        val destroyed = change {
            it.wipe()
            around.keys.destroy()
        }
        return when (destroyed) {
            is Outcome.Refused -> destroyed
            is Outcome.Done -> if (destroyed.value) Outcome.Done(Unit) else Outcome.Refused(Refusal.Storage, KEY_IS_THERE)
        }
    }

    private suspend fun <T> change(call: (FamilyGuardian) -> T): Outcome<T> = withContext(Dispatchers.IO) {
        outcome { call(door) }.also { orNull { door.children() }?.let { now -> known.value = now.map { it.toApi() } } }
    }

    /** A new key, and the words that replace it. */
    public class Begun internal constructor(
        /** The guardian's side. */
        public val guardian: GuardianPhone,
        /** Shown once. */
        public val words: RecoveryWords,
    )

    public companion object {
        private const val KEY_IS_THERE = "what the data was sealed with could not be destroyed: wipe again"

        /**
         * Makes a guardian's key; refused with [Refusal.AlreadyThere] where there is one.
         *
         * @param logger where the few lines about the phone's key store go
         */
        @JvmStatic
        @JvmOverloads
        public suspend fun create(context: Context, logger: Logger? = null): Outcome<Begun> =
            create(Surroundings.of(context, "companion", logger))

        /** Makes a new key for a guardian who lost its phone, with the printed [words]. The words are used up. */
        @JvmStatic
        @JvmOverloads
        public suspend fun recover(context: Context, words: String, logger: Logger? = null): Outcome<Begun> =
            recover(Surroundings.of(context, "companion", logger), words)

        /** Opens the guardian's side; `null` in [Outcome.Done] where there is no key yet. */
        @JvmStatic
        @JvmOverloads
        public suspend fun open(context: Context, logger: Logger? = null): Outcome<GuardianPhone?> =
            open(Surroundings.of(context, "companion", logger))

        internal suspend fun create(around: Surroundings): Outcome<Begun> = onDisk(around) { folder, key ->
            createGuardian(folder, key, around.moment()).begun(around)
        }

        internal suspend fun recover(around: Surroundings, words: String): Outcome<Begun> = onDisk(around) { folder, key ->
            recoverGuardian(folder, key, words, around.moment()).begun(around)
        }

        internal suspend fun open(around: Surroundings): Outcome<GuardianPhone?> = onDisk(around) { folder, key ->
            openGuardian(folder, key)?.let { GuardianPhone(around, it) }
        }

        private fun vn.lachan.ffi.NewGuardian.begun(around: Surroundings) =
            Begun(GuardianPhone(around, guardian), RecoveryWords(words))

        private suspend fun <T> onDisk(around: Surroundings, call: (folder: String, key: ByteArray) -> T): Outcome<T> =
            withContext(Dispatchers.IO) {
                if (!Library.isThere) return@withContext Library.REFUSED
                // Under any other key what is there would be taken for damaged.
                val key = around.keys.key() ?: return@withContext Outcome.Refused(Refusal.Storage, KeyBox.OUT_OF_REACH)
                outcome { call(around.folder.path, key) }
            }
    }
}

/** A child's phone as its guardian sees it. */
public data class Child(
    /** The phone's public key in hex: its name in every call. */
    public val phone: String,
    /** Version of the newest policy that was signed for it; 0 before the first. */
    public val version: Long,
    /** What that policy decides; `null` before the first. */
    public val rules: Rules?,
    /** Weekly counts that the child shared, oldest first. */
    public val weeks: List<CountedWeek>,
)

/** A child's phone that was just met. */
public data class Met(
    /** The phone's public key in hex. */
    public val phone: String,
    /** Twelve digits that both phones show. */
    public val digits: String,
)

/** What a child's phone asks for. At what it wants to look, it does not say. */
public data class Asked(
    /** Which phone asks. */
    public val phone: String,
    /** What for. */
    public val purpose: Purpose,
)
