package vn.lachan.guardian

/**
 * What came of a step: done, or refused for a reason that a screen can say. A refusal changes nothing, where the call says
 * nothing else.
 */
public sealed interface Outcome<out T> {
    /** It was done. */
    public data class Done<out T>(
        /** What it gives. */
        public val value: T,
    ) : Outcome<T>

    /** It was refused, and everything is as it was, where the call says nothing else. */
    public data class Refused(
        /** What a screen can say, or do about it. */
        public val refusal: Refusal,
        /** The same for a developer, in English. Holds no content. */
        public val why: String,
    ) : Outcome<Nothing>
}

/** The value, or `null` where it was refused. */
public fun <T> Outcome<T>.getOrNull(): T? = (this as? Outcome.Done)?.value

/** Why a step of a family was refused. */
public enum class Refusal {
    /** The text or picture is no packet of this SDK, or one of a newer version. */
    NotAPacket,

    /** A packet that belongs to another step. */
    OtherStep,

    /** Cut or misread: scan or copy it again. */
    Misread,

    /** Longer than a QR code holds: shorten the list of trusted peers. */
    TooLong,

    /** Not signed by anybody whom this phone follows. */
    NotSigned,

    /** Not of the form that is expected. */
    Malformed,

    /** Of a newer form: update the app. */
    NewerForm,

    /** For or from another phone. */
    OtherPhone,

    /** Not newer than what is in force. */
    NotNewer,

    /** It has ended. */
    Ended,

    /** The clocks of the two phones differ: set both to automatic time. */
    ClocksDiffer,

    /** The code was used before, or never given out. */
    CodeUsed,

    /** The code is older than 15 minutes. */
    CodeRanOut,

    /** It needs a guardian's PIN or approval, or the policy does not allow it. */
    NotAllowed,

    /** No guardian has paired with this phone. */
    NotPaired,

    /** A PIN has 6 to 12 digits, not all the same and not in a row. */
    WeakPin,

    /** As many children, peers or items as there may be. */
    TooMany,

    /** This phone has a guardian's key already. */
    AlreadyThere,

    /** The recovery words are not as printed: see [RecoveryWords.slip]. */
    WrongWords,

    /** The host app's hook did not deliver the report. */
    NotDelivered,

    /** The phone's protected files cannot be read or written. */
    Storage,

    /** The native library is missing, or something went wrong inside that should not. */
    Unavailable,
}
