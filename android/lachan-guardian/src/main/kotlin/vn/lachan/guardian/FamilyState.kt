package vn.lachan.guardian

import vn.lachan.NotCheckedReason
import vn.lachan.Policy

/** Where a child's phone stands. [policy] is what holds now; it is [Policy.Off] in every state but [Active]. */
public sealed interface FamilyState {
    /** The rules in force. */
    public val policy: Policy get() = Policy.Off

    /** No guardian has paired. */
    public data object Unpaired : FamilyState

    /** Somebody has not agreed yet. Nothing runs. */
    public data class Waiting(
        /** Who is to be asked next. */
        public val missing: Party,
    ) : FamilyState

    /** All who are asked have agreed. */
    public data class Active(
        override val policy: Policy,
        /** Weekly counts are kept, and the child may share them. */
        public val sharesCounts: Boolean,
        /** The child has turned seven and is to be asked now; until then it stays protected for a month. */
        public val assentIsDue: Boolean,
    ) : FamilyState

    /** Somebody took it back. Nothing runs. */
    public data class Withdrawn(
        /** It was cut short, or something could not be wiped yet: [ChildPhone.finishWithdrawal] goes on. */
        public val unfinished: Boolean,
    ) : FamilyState

    /**
     * The protected files or the library cannot be used: nobody knows what the family decided. Checks say
     * [NotCheckedReason.FamilyUnavailable], so that nothing is shown as safe, and [ChildPhone.refresh] tries again.
     */
    public data class Unavailable(
        /** What a developer can do about it, in English. */
        public val why: String,
    ) : FamilyState
}

/** Somebody whom a child's phone follows. */
public data class Follows(
    /** Its public key in hex. */
    public val key: String,
    /** A school rather than a guardian. */
    public val isSchool: Boolean,
    /** Version of its policy in force; 0 before the first. */
    public val version: Long,
)

/** What pairing gives. */
public class Paired internal constructor(
    /** To be shown to the guardian's phone. */
    public val answer: Packet,
    /** Twelve digits that both phones show. */
    public val digits: String,
    /** The first guardian holds the phone and may now set birthday, PIN and consent; `null` for a later pairing. */
    public val yes: GuardianYes?,
)

/** A guardian's yes, for one purpose and five minutes. It lives in memory only. */
public class GuardianYes internal constructor(internal val door: vn.lachan.ffi.FamilyYes)

/** The answer to a PIN. */
public sealed interface PinAnswer {
    /** It is right. */
    public class Open internal constructor(
        /** What it allows. */
        public val yes: GuardianYes,
    ) : PinAnswer

    /** It is wrong. */
    public data class Wrong(
        /** Seconds of running time until the next one is looked at; 0: at once. */
        public val waitSeconds: Long,
    ) : PinAnswer

    /** It was not looked at: somebody tried too often. */
    public data class Wait(
        /** Seconds of running time that are left. */
        public val waitSeconds: Long,
    ) : PinAnswer

    /** There is no PIN, or the policy does not allow it for this. */
    public data object NotAvailable : PinAnswer
}

/** Something outside of this SDK that a withdrawal has to wipe, such as an app's own table of warnings. */
public interface Wipeable {
    /** What to call it where it could not be wiped. */
    public val name: String

    /** Wipes it; `false` where it is still there. Already wiped is fine. */
    public fun wipe(): Boolean
}

/** What a withdrawal did. From its first moment nothing runs, whatever is left. */
public data class Withdrawal(
    /** Names of what could not be wiped yet; [ChildPhone.finishWithdrawal] tries again. */
    public val left: List<String>,
)
