package vn.lachan.guardian

import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Protection
import vn.lachan.RevealRules
import vn.lachan.Verdict
import vn.lachan.ffi.previewVerdict
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.outcome
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.toApi
import vn.lachan.internal.toFfi

/** What a guardian decides in one policy. Of several policies on a phone the strictest wins, field by field. */
public data class Rules @JvmOverloads constructor(
    /** How much is done. */
    public val protection: Protection = Protection.Guided,
    /** What is looked for. */
    public val checks: Checks = Checks(),
    /** Who may look behind a picture's warning, and how a guardian says yes. */
    public val reveal: RevealRules = RevealRules(),
    /** Whose conversations are followed more quietly. */
    public val quiet: QuietRules = QuietRules(),
    /** The child is treated as of this band or younger; `Adult` leaves it to the birthday that its phone knows. */
    public val ageAtMost: AgeBand = AgeBand.Adult,
    /** Whether the matching lesson is offered after a warning. */
    public val lessons: Boolean = true,
    /** Whether weekly counts may be shared with the companion, if the child agrees. */
    public val shareCounts: Boolean = false,
) {
    /**
     * What a child of [age] would meet: the verdict on something that is very likely of [kind]. It is worked out by the
     * same table as on the child's phone.
     */
    public fun preview(age: AgeBand, kind: FindingKind, direction: Direction): Outcome<Verdict> =
        if (!Library.isThere) Library.REFUSED else outcome { previewVerdict(toFfi(), age.toFfi(), kind.toFfi(), direction.toFfi()).toApi() }
}

/** Trusted peers: a grandmother, a teacher. */
public data class QuietRules @JvmOverloads constructor(
    /** Peers that the guardian trusts; `null` where this policy has no list. */
    public val peers: Set<PeerHandle>? = null,
    /** Whether the child may add peers of its own; that list stays on its phone. */
    public val childMayAdd: Boolean = true,
)

/** A peer that nobody outside the family can recognise: made by [GuardianPhone.peerHandle]. */
public data class PeerHandle(
    /** 32 hex digits. */
    public val hex: String,
)

/** What is agreed to. */
public data class Scope @JvmOverloads constructor(
    /** What may be looked at. */
    public val checks: Checks = Checks(),
    /** Whether weekly counts may be kept and shared. */
    public val counts: Boolean = false,
)

/** What each side agreed to last; `null` where it has not, or somebody took it back. */
public data class Agreed(
    /** The guardian. */
    public val guardian: Scope?,
    /** The child. */
    public val child: Scope?,
)

/** The words that were on the screen when somebody agreed. */
public data class ConsentText(
    /** Language, such as `vi`. */
    public val language: String,
    /** Version of the words: raise it when they change in meaning. */
    public val version: Int,
)

/** Who agrees, or takes it back. */
public enum class Party {
    /** A parent or guardian. */
    Guardian,

    /** The person whose phone it is. */
    Child,
}

/** What a guardian says yes to. */
public enum class Purpose {
    /** To look behind one warning. */
    Reveal,

    /** To change who is followed, the birthday, the PIN, or the guardian's consent. */
    Change,
}

/** When a child was born. It stays on the child's phone. */
public data class Birth @JvmOverloads constructor(
    /** The year. */
    public val year: Int,
    /** 1 to 12, or 0 where only the year is known: then the child counts as younger until the year is over. */
    public val month: Int = 0,
    /** 1 to 31, or 0. */
    public val day: Int = 0,
)

/** A rounded number. */
public enum class CountRange {
    /** 0. */
    None,

    /** 1 to 4. */
    OneToFour,

    /** 5 to 9. */
    FiveToNine,

    /** 10 to 19. */
    TenToNineteen,

    /** 20 to 49. */
    TwentyTo49,

    /** 50 and more. */
    FiftyAndMore,
}

/** How many warnings of each kind there were in a week, rounded. No time of day, no peer, no text. */
public data class CountedWeek(
    /** Its Monday, such as `2026-01-05`. */
    public val monday: String,
    /** The ranges. */
    public val counts: Map<FindingKind, CountRange>,
)
