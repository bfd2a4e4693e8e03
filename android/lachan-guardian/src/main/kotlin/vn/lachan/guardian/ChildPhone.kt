package vn.lachan.guardian

import android.content.Context
import java.io.File
import java.util.Collections
import java.util.WeakHashMap
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import vn.lachan.AgeBand
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.Logger
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.ffi.FamilyFault
import vn.lachan.ffi.FamilyPhone
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.Missing
import vn.lachan.ffi.PinAnswer as FfiPinAnswer
import vn.lachan.guardian.internal.Hook
import vn.lachan.guardian.internal.Learnt
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.Memory
import vn.lachan.guardian.internal.Surroundings
import vn.lachan.guardian.internal.follow
import vn.lachan.guardian.internal.forget
import vn.lachan.guardian.internal.markOf
import vn.lachan.guardian.internal.orNull
import vn.lachan.guardian.internal.outcome
import vn.lachan.guardian.internal.packet
import vn.lachan.guardian.internal.toApi
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.Key
import vn.lachan.internal.KeyBox
import vn.lachan.internal.NativeLibrary
import vn.lachan.internal.toApi
import vn.lachan.internal.toFfi

/**
 * The family's side of a child's phone: whom it follows, who has agreed to what, and the policy that follows from both.
 *
 * There is one for the process. Each change is on the disk before it counts. All calls may be made from any thread.
 *
 * @sample vn.lachan.guardian.samples.protectAChild
 */
public class ChildPhone private constructor(private val around: Surroundings, opened: Opened) {
    /** [keyWaits]: what is open lies under the key that was to follow, and that key could not take over. */
    private class Opened(val door: FamilyPhone?, val why: String, val keyWaits: Boolean = false)

    /** Without a door until [retry] finds one. */
    @Volatile
    private var opened: Opened = opened

    private val states = MutableStateFlow<FamilyState>(FamilyState.Unavailable(opened.why))

    /** Shields that follow this phone. They are not kept alive by it. */
    private val shields: MutableSet<LaChan> = Collections.newSetFromMap(Collections.synchronizedMap(WeakHashMap()))

    private val applying = Mutex()

    /** What is left after a withdrawal lies under a key that has not taken over yet. */
    @Volatile
    private var keyWaits = opened.keyWaits

    /** A withdrawal has begun and is not written yet: no other change puts back in force what it has stopped. */
    @Volatile
    private var ending = false

    /** Where the phone stands, and with it the rules in force. */
    public val state: StateFlow<FamilyState> = states.asStateFlow()

    /** Whom this phone follows. */
    public val follows: List<Follows> get() = ask { it.follows() }.orEmpty().map { it.toApi() }

    /** What tells other apps on this phone that this is still the same family; `null` where there is none. */
    internal val mark: String? get() = ask { it.publicKey() }?.let(::markOf)

    /** What each side agreed to last. */
    public val agreed: Agreed
        get() = ask { it.consentState(around.now()) }.let { Agreed(it?.guardian?.toApi(), it?.child?.toApi()) }

    /** The age band by the birthday, or `null` if none was entered. */
    public val ageBand: AgeBand? get() = ask { it.ageBand(around.now()) }?.toApi()

    /** What the core says, where it can be asked: a getter has no refusal, and a fault inside is no answer. */
    private fun <T> ask(call: (FamilyPhone) -> T?): T? = opened.door?.let { orNull { call(it) } }

    /**
     * Puts the policy of this phone in force in [shield], now and whenever it changes. What a withdrawal wipes then
     * includes all that [shield] remembers of conversations. As long as [state] is [FamilyState.Unavailable], every check of
     * [shield] says [NotCheckedReason.FamilyUnavailable]: nobody has switched it off.
     */
    public suspend fun protect(shield: LaChan) {
        shields += shield
        refresh()
    }

    /**
     * Writes the passing of time down and looks at the policy again: birthdays come and school policies end by it. Call
     * it when the app starts and once an hour. Where [state] is [FamilyState.Unavailable], it tries to open the family again.
     */
    public suspend fun refresh(): Outcome<FamilyState> {
        withContext(Dispatchers.IO) { opening.withLock { retry() } }
        return change { it.tick(around.moment()) }.let { outcome ->
            if (outcome is Outcome.Refused) outcome else Outcome.Done(states.value)
        }
    }

    // Pairing and policies.

    /**
     * Takes a guardian's offer. The first guardian is whoever sets the phone up; a further one needs a [yes] of the
     * others for [Purpose.Change].
     */
    @JvmOverloads
    public suspend fun pair(offer: Packet, yes: GuardianYes? = null): Outcome<Paired> = change {
        val paired = it.pair(offer.text, yes?.door, around.moment())
        Paired(packet(paired.answer), paired.digits, paired.yes?.let(::GuardianYes))
    }

    /** Follows a school's key (64 hex digits) as well. */
    public suspend fun followSchool(key: String, yes: GuardianYes): Outcome<Unit> =
        change { it.followSchool(key, yes.door, around.moment()) }

    /** Follows somebody no longer. The last guardian leaves by [withdraw] alone. */
    public suspend fun unfollow(key: String, yes: GuardianYes): Outcome<Unit> =
        change { it.unfollow(key, yes.door, around.moment()) }

    /** Takes a policy and gives its version. Where it is refused, what was in force stays in force. */
    public suspend fun receivePolicy(policy: Packet): Outcome<Long> = receivePolicy(policy.text)

    /** Takes a policy as a packet's text or as the JSON envelope that a school publishes. */
    public suspend fun receivePolicy(policy: String): Outcome<Long> =
        change { it.receivePolicy(policy, around.moment()).toLong() }

    /**
     * What to say of a peer to `LaChan.conversation`: [otherwise], but at least `PeerTrust.Saved` where the guardian or the
     * child trusts it. Not `Family`: a child can be talked into trusting somebody, so it raises the bar as a saved contact
     * does and switches nothing off. Ask before each message: lists change, and a conversation that is open follows.
     */
    public fun trust(app: String, peer: String, otherwise: PeerTrust): PeerTrust =
        if (isTrusted(app, peer)) maxOf(otherwise, PeerTrust.Saved) else otherwise

    /** Whether a peer is on the guardian's list or the child's, as far as the policy lets the child have one. */
    public fun isTrusted(app: String, peer: String): Boolean = ask { it.isQuiet(app, peer, around.now()) } == true

    /** The child trusts a peer, or trusts it no longer: its own business, as far as the policy lets it have a list. */
    public suspend fun setTrusted(app: String, peer: String, trusted: Boolean): Outcome<Unit> =
        change { it.setQuiet(app, peer, trusted, around.moment()) }

    // The guardian's gate.

    /** Enters the birthday. */
    public suspend fun setBirth(birth: Birth, yes: GuardianYes): Outcome<Unit> {
        if (birth.year !in 0..9999 || birth.month !in 0..12 || birth.day !in 0..31) {
            return Outcome.Refused(Refusal.Malformed, "no day of the calendar")
        }
        return change {
            it.setBirth(birth.year.toUShort(), birth.month.toUByte(), birth.day.toUByte(), yes.door, around.moment())
        }
    }

    /** Sets the guardian's PIN. */
    public suspend fun setPin(pin: String, yes: GuardianYes): Outcome<Unit> =
        change { it.setPin(pin, yes.door, around.moment()) }

    /** Looks at a PIN. Wrong ones cost waits that neither a restart nor the clock shortens. */
    public suspend fun enterPin(pin: String, purpose: Purpose): Outcome<PinAnswer> = change {
        when (val answer = it.enterPin(pin, purpose.toFfi(), around.moment())) {
            is FfiPinAnswer.Open -> PinAnswer.Open(GuardianYes(answer.yes))
            is FfiPinAnswer.Wrong -> PinAnswer.Wrong(answer.wait.toLong())
            is FfiPinAnswer.Wait -> PinAnswer.Wait(answer.wait.toLong())
            is FfiPinAnswer.NotAvailable -> PinAnswer.NotAvailable
        }
    }

    /** Asks a guardian's companion for a yes. The packet says neither at what the child wants to look nor whose it is. */
    public suspend fun request(purpose: Purpose): Outcome<Packet> =
        change { packet(it.request(purpose.toFfi(), around.moment())) }

    /** Takes a guardian's yes to a request. Each counts once. */
    public suspend fun redeem(approval: Packet): Outcome<GuardianYes> =
        change { GuardianYes(it.redeem(approval.text, around.moment())) }

    /** Uses a yes up for one warning: with [Outcome.Done] the picture may be shown. */
    public suspend fun reveal(yes: GuardianYes): Outcome<Unit> = change { it.reveal(yes.door, around.now()) }

    // Consent.

    /** The guardian consents, with its yes. */
    public suspend fun consent(text: ConsentText, scope: Scope, yes: GuardianYes): Outcome<Unit> =
        change { it.consent(text.language, text.version.toUInt(), scope.toFfi(), yes.door, around.moment()) }

    /**
     * The child agrees, on its own screen. It may agree to less than its guardian. Agreeing again replaces what it agreed to
     * before: without counts, none is shared any more, and those that were kept are wiped.
     */
    public suspend fun assent(text: ConsentText, scope: Scope): Outcome<Unit> =
        change { it.assent(text.language, text.version.toUInt(), scope.toFfi(), around.moment()) }

    /**
     * The child was asked, on its own screen, and said no. What needs its yes runs no longer, not even in the month after its
     * seventh birthday, and counts that were kept are wiped. It may be asked again.
     */
    public suspend fun decline(text: ConsentText): Outcome<Unit> =
        change { it.decline(text.language, text.version.toUInt(), around.moment()) }

    /**
     * Takes consent back, in one step and with nobody's yes. From this moment nothing runs; keys, policies, PIN,
     * birthday, counts, the memory of conversations, what the list of known images has learnt here and [things] are wiped, and
     * what they were sealed with is destroyed.
     * What stays is the record of consent, under a new key.
     */
    @JvmOverloads
    public suspend fun withdraw(party: Party, things: List<Wipeable> = emptyList()): Outcome<Withdrawal> =
        // Whoever leaves the screen has taken it back all the same: what was begun goes on to its end.
        withContext(NonCancellable) {
            // Before anything else: nobody waits for a disk.
            stopShields()
            // What shields hold in memory first, or a write on its way would bring back what the hooks wipe; and at the end what
            // a shield has read since.
            forgetShields()
            val outcome = change {
                changeKeys(it, it.withdraw(party.toFfi(), hooks(things), around.moment()).also { ending = false })
            }
            if (ending) {
                // It could not be written: what held before holds again, and the app is told.
                ending = false
                change { }
            }
            forgetShields()
            outcome
        }

    /** Wipes what a withdrawal left: the first thing to call where [FamilyState.Withdrawn.unfinished] is set. */
    @JvmOverloads
    public suspend fun finishWithdrawal(things: List<Wipeable> = emptyList()): Outcome<Withdrawal> = withContext(NonCancellable) {
        change { changeKeys(it, it.finishWithdrawal(hooks(things))) }.also { forgetShields() }
    }

    /** Old copies of what was wiped may lie in the memory chip for long: with the old key gone nobody reads them. */
    private fun changeKeys(door: FamilyPhone, left: List<String>): Withdrawal {
        if (left.isNotEmpty()) return Withdrawal(left)
        // Where one waits, not a third one: it would take the place of the only one that opens what is there.
        if (!promoteWaiting()) return Withdrawal(listOf(KEY))
        if (door.withdrawalIsUnfinished()) {
            val key = around.keys.makeNext() ?: return Withdrawal(listOf(KEY))
            door.reseal(around.folder.path, key, around.moment())
            keyWaits = true
        }
        return Withdrawal(if (promoteWaiting()) emptyList() else listOf(KEY))
    }

    /** `false` where a key waits and cannot take over. */
    private fun promoteWaiting(): Boolean {
        if (keyWaits) keyWaits = !around.keys.promoteNext()
        return !keyWaits
    }

    /** The record of consent as JSON, for the duties of the app: events with role, time, words and scope. */
    public suspend fun exportConsent(): Outcome<String> = change { it.exportConsent() }

    // Counts.

    /** Counts a warning that was shown, if the policy and both consents ask for counts; otherwise nothing is kept. */
    public suspend fun count(kind: FindingKind): Outcome<Unit> = change { it.count(kind.toFfi(), around.moment()) }

    /** What [shareCounts] would tell, and nothing else: to be looked at before. */
    public suspend fun weeksToShare(): Outcome<List<CountedWeek>> =
        change { door -> door.weeksToShare(around.now()).map { it.toApi() } }

    /** The counts of past weeks for the companion. */
    public suspend fun shareCounts(): Outcome<Packet> = change { packet(it.shareCounts(around.now())) }

    /** The counts of past weeks as JSON without any identifier, for the app or a school. */
    public suspend fun exportCounts(): Outcome<String> = change { it.exportCounts(around.now()) }

    /** Whoever gives up waiting has changed it all the same: a no counts, and shields follow what [state] tells. */
    private suspend fun <T> change(call: (FamilyPhone) -> T): Outcome<T> = withContext(Dispatchers.IO + NonCancellable) {
        val now = opened
        val outcome: Outcome<T> = if (now.door == null) Outcome.Refused(Refusal.Storage, now.why) else outcome { call(now.door) }
        apply()
        outcome
    }

    /** Looks at the policy and hands it to the shields, one change after the other. */
    private suspend fun apply() = applying.withLock {
        val now = opened
        val state = if (now.door == null) FamilyState.Unavailable(now.why) else stateOf(now.door)
        states.value = state
        val policy = if (ending) Policy.Off else state.policy
        val outOfReach = state is FamilyState.Unavailable && !ending
        for (shield in shields.toList()) shield.follow(policy, outOfReach)
    }

    /** Opens what could not be opened before. Under [opening]. */
    private fun retry() {
        if (opened.door == null) putIn(tryToOpen(around))
    }

    private fun putIn(now: Opened) {
        keyWaits = now.keyWaits
        opened = now
    }

    private fun stateOf(door: FamilyPhone): FamilyState = try {
        val now = around.now()
        val consent = door.consentState(now)
        // Before the new key has taken over, the old one still opens what was.
        val unfinished = door.withdrawalIsUnfinished() || keyWaits
        val missing = consent.missing
        when {
            unfinished || missing == Missing.WITHDRAWN && door.publicKey() == null -> FamilyState.Withdrawn(unfinished)
            door.publicKey() == null -> FamilyState.Unpaired
            missing != null -> FamilyState.Waiting(if (missing == Missing.CHILD) Party.Child else Party.Guardian)
            else -> door.policy(now).let { FamilyState.Active(it.terms.toApi(), it.shareCounts, consent.assentDue) }
        }
    } catch (_: InternalException) {
        FamilyState.Unavailable(NativeLibrary.INSIDE)
    }

    private suspend fun stopShields() {
        ending = true
        applying.withLock {
            for (shield in shields.toList()) shield.follow(Policy.Off, outOfReach = false)
        }
    }

    private suspend fun forgetShields() {
        for (shield in shields.toList()) shield.forget()
    }

    private fun hooks(things: List<Wipeable>) = (things + Memory(around.talks) + Learnt(around.talks)).map(::Hook)

    public companion object {
        /** What [Withdrawal.left] calls a key that could not be changed for a new one. */
        private const val KEY = "key"

        private val phones = HashMap<File, ChildPhone>()
        private val opening = Mutex()

        /**
         * Opens the family of this app. Never fails: what does not work is told by [state], and another call tries again.
         *
         * @param logger where the few lines about the phone's key store go; what counts is that of the first call in a process
         */
        @JvmStatic
        @JvmOverloads
        public suspend fun open(context: Context, logger: Logger? = null): ChildPhone =
            open(Surroundings.of(context, "family", logger))

        internal suspend fun open(around: Surroundings): ChildPhone = withContext(Dispatchers.IO) {
            // Two of them over one file would not see each other's changes. One that cannot be opened stays the one for the
            // process too, so that the shields which it protects follow as soon as it can.
            val phone = opening.withLock {
                phones[around.folder]?.also { it.retry() }
                    ?: ChildPhone(around, tryToOpen(around)).also { phones[around.folder] = it }
            }
            phone.apply()
            phone
        }

        /** Forgets that the phone was opened, as when the process ends. For tests. */
        internal suspend fun restart(around: Surroundings): ChildPhone {
            opening.withLock { phones.remove(around.folder) }
            return open(around)
        }

        /**
         * Begins with nothing where nobody can open the family's file any more: the phone's key store has lost the key, or the
         * file was changed. The record of consent goes with it, so call it when a person has chosen to, and go on with what it
         * gives. Refused with [Refusal.AlreadyThere] where the file opens, and with [Refusal.Storage] where that cannot be told
         * now: it may open later.
         */
        @JvmStatic
        public suspend fun startAnew(context: Context): Outcome<ChildPhone> = startAnew(Surroundings.of(context, "family"))

        internal suspend fun startAnew(around: Surroundings): Outcome<ChildPhone> = withContext(Dispatchers.IO) {
            if (!Library.isThere) return@withContext Library.REFUSED
            val begun = opening.withLock {
                // Also under the key that was to follow.
                if (tryToOpen(around).door?.close() != null) {
                    return@withContext Outcome.Refused(Refusal.AlreadyThere, "the family's file opens: open it")
                }
                // Without a key nothing can be told of what is sealed with it.
                val key = around.keys.key()
                if (key == null || around.keys.next() == Key.OutOfReach) {
                    return@withContext Outcome.Refused(Refusal.Storage, KeyBox.OUT_OF_REACH)
                }
                outcome {
                    val anew = Opened(FamilyPhone.startAnew(around.folder.path, key, around.now()), "")
                    phones[around.folder]?.also { it.putIn(anew) }
                        ?: ChildPhone(around, anew).also { phones[around.folder] = it }
                }
            }
            begun.getOrNull()?.apply()
            begun
        }

        private fun tryToOpen(around: Surroundings): Opened {
            Library.problem?.let { return Opened(null, it) }
            // Under any other key what is there would be taken for damaged.
            val key = around.keys.key() ?: return Opened(null, KeyBox.OUT_OF_REACH)
            return try {
                openUnderItsKey(around, key)
            } catch (refusal: FamilyFault.Refused) {
                Opened(null, refusal.why)
            } catch (_: InternalException) {
                Opened(null, NativeLibrary.INSIDE)
            }
        }

        /** The key in use, or the one that was to follow when the app ended between two steps of a withdrawal. */
        private fun openUnderItsKey(around: Surroundings, key: ByteArray): Opened = try {
            Opened(FamilyPhone.open(around.folder.path, key, around.now()), "")
        } catch (refusal: FamilyFault.Refused) {
            when (val next = around.keys.next()) {
                is Key.There -> {
                    val door = FamilyPhone.open(around.folder.path, next.bytes, around.now())
                    Opened(door, "", keyWaits = !around.keys.promoteNext())
                }
                Key.None -> throw refusal
                Key.OutOfReach -> Opened(null, KeyBox.OUT_OF_REACH)
            }
        }
    }
}
