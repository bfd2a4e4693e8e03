package vn.lachan

/**
 * The answer of one check.
 *
 * Three answers exist, and the third is not a failure of the first: [NotChecked] means that nobody looked, and an app
 * must never show it as safe.
 *
 * @sample vn.lachan.samples.showPicture
 */
public sealed interface Verdict {
    /** Nobody looked. Show with care: never as safe, never as a finding. */
    public data class NotChecked(
        /** What an integrator can act on. */
        public val reason: NotCheckedReason,
    ) : Verdict

    /** Everything that the policy asks for was looked at, and nothing was found. */
    public data object Clear : Verdict

    /** Something was found; the action and the words to show are given. */
    public data class Concern(
        /** What the app should do. */
        public val action: Action,
        /** What was found, most serious first; never empty. */
        public val findings: List<Finding>,
        /** Keys of the words to show. */
        public val advice: Advice,
    ) : Verdict
}

/** Which way the content travels, as seen from the child's phone. */
public enum class Direction {
    /** Somebody sent it to the child. */
    Incoming,

    /** The child is about to send something it made or chose. */
    Outgoing,

    /** The child is about to pass on what it received. */
    Forward,
}

/** What the app should do with the content. */
public enum class Action {
    /** An inline hint beside the content or the text field. */
    Tip,

    /** The content is blurred; seeing or sending it takes a tap and a confirmation. */
    Blur,

    /** A full-screen explanation with help comes before anything else. */
    Interrupt,
}

/** What a detector saw. It names the detector and its reason, never the content. */
public data class Finding(
    /** What was recognised. */
    public val kind: FindingKind,
    /** How sure the detector is. */
    public val band: ScoreBand,
    /** A stable code that says which rule decided, such as `models_agree`. */
    public val reason: String,
    /** The model or list and its version, such as `owen-s 1`. */
    public val source: String,
)

/** What a detector recognised. */
public enum class FindingKind {
    /** A picture that probably shows nudity. */
    Nudity,

    /** A picture that probably shows violence or injury. */
    Gore,

    /** A conversation with signs of grooming, threats or a scam. */
    Grooming,

    /** A file or picture on an installed list of known abuse images. */
    KnownImage,

    /** Personal data about to be sent. */
    PersonalInfo,
}

/** How sure a detector is, in three steps that mean the same for every kind. */
public enum class ScoreBand {
    /** Worth a hint, wrong more often than the others. */
    Possible,

    /** The band at which a child is warned. */
    Likely,

    /** As sure as this detector gets. */
    VeryLikely,
}

/**
 * Keys of the words that belong to a concern. The words are resources of `lachan-ui`, in Vietnamese and English; an
 * app with screens of its own looks up its own words by the same keys.
 */
public data class Advice(
    /** The warning itself, such as `nudity.incoming`. */
    public val warning: String,
    /** What the child can do next, most helpful first, such as `tell_someone`. */
    public val steps: List<String>,
    /** Whom the child can turn to, such as `helpline_111`. Asking for help tells nobody else. */
    public val help: List<String>,
    /** The lesson that explains what happened. */
    public val lesson: String?,
    /** Whether the content may be revealed at all, and by whom. */
    public val reveal: Reveal,
)

/** Who may look behind a warning. */
public enum class Reveal {
    /** One tap. */
    Freely,

    /** A tap, an explanation, and a confirmation. */
    AfterConfirming,

    /** A guardian's PIN or approval. */
    WithGuardian,

    /** Nobody, on this phone. */
    Never,
}

/** Why something was not checked. Each says what an integrator can do about it. */
public enum class NotCheckedReason {
    /** Protection is off or not yet consented to. Nothing was loaded. */
    PolicyOff,

    /** This kind of content is not checked under the current policy. */
    NotCovered,

    /** The models are missing, damaged, wrongly signed or fail their self-test: see [LaChan.models]. */
    ModelUnavailable,

    /** No bytes, no pixels, no characters. */
    Empty,

    /** The bytes are no picture format that is supported: JPEG, PNG, WebP, GIF, BMP, PNM. */
    UnsupportedFormat,

    /** The picture is cut short or its data contradict each other. */
    Damaged,

    /** More bytes, pixels or characters than the limits allow, or a picture or message too long to be looked at whole. */
    TooLarge,

    /** Width, height, stride and buffer length do not fit together, or the bitmap was recycled. */
    BadPixels,

    /** Too few frames of a live stream were analysed to say anything yet. */
    TooFewFrames,

    /** The check was given up before it was done. */
    Cancelled,

    /**
     * More pictures in this time than the list of known images answers for: 500 at once, 5 a second on average. A person
     * does not get there; a program that wants to know what is on the list does.
     */
    RateLimited,

    /**
     * Nothing else was found, and the list of known images, which was to be asked, is damaged or its key is out of reach: see
     * [LaChan.knownList]. Install it again.
     */
    KnownListUnavailable,

    /** Something inside went wrong that should not; nothing was decided. */
    Internal,

    /** The file, stream or `Uri` could not be read: it is gone, or the permission to read it was revoked. */
    Unreadable,

    /** The object was closed before the check began. */
    Closed,

    /** `liblachan.so` is not in the APK for this phone's ABI, or is of another version: see [LaChan.models]. */
    LibraryUnavailable,

    /**
     * What the family agreed to cannot be read now; nothing was looked at: see `FamilyState.Unavailable` of
     * `lachan-guardian`.
     */
    FamilyUnavailable,
}
