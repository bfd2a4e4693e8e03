package vn.lachan

/** The rules in force on this phone: how much is done, for whom, and what is looked for. */
public data class Policy @JvmOverloads constructor(
    /** How much is done. */
    public val protection: Protection,
    /** Whom it is done for. */
    public val age: AgeBand,
    /** What is looked for. */
    public val checks: Checks = Checks(),
    /** Who may look behind a picture's warning, and how a guardian says yes. */
    public val reveal: RevealRules = RevealRules(),
    /** Whether the matching lesson is offered after a warning. */
    public val lessons: Boolean = true,
) {
    public companion object {
        /** The policy before anybody consented: nothing is loaded, nothing is looked at. */
        @JvmField
        public val Off: Policy = Policy(Protection.Off, AgeBand.Under13)

        /** The usual policy for an age band: [Protection.Guided] for children under 16, [Protection.Simple] above. */
        @JvmStatic
        public fun forAge(age: AgeBand): Policy = when (age) {
            AgeBand.Under13, AgeBand.From13To15 -> Policy(Protection.Guided, age)
            AgeBand.From16To17, AgeBand.Adult -> Policy(Protection.Simple, age)
        }
    }
}

/** How much the SDK does. Nothing at all happens before a policy says more than [Off]. */
public enum class Protection {
    /** No model is loaded, nothing is looked at. */
    Off,

    /** Blur and explain; the person decides alone. For teenagers and adults. */
    Simple,

    /** Explain first and offer help before going on. For children. */
    Guided,
}

/** The age bands that the voice of the warnings and the strictness of the policy follow. */
public enum class AgeBand {
    /** Younger than 13: addressed as "con". */
    Under13,

    /** 13 to 15: still "trẻ em" in the Children Act of 2016. */
    From13To15,

    /** 16 and 17. */
    From16To17,

    /** 18 and over. */
    Adult,
}

/** What is looked for. [gore] is off unless asked for. */
public data class Checks @JvmOverloads constructor(
    /** Nudity in pictures, animations and live frames. */
    public val nudity: Boolean = true,
    /** Violence and injury in pictures, animations and live frames. */
    public val gore: Boolean = false,
    /** Conversations. */
    public val grooming: Boolean = true,
    /** Matches with an installed list. */
    public val knownImages: Boolean = true,
    /** Personal data in what the child is about to send. */
    public val personalInfo: Boolean = true,
)

/** Who may look behind a picture's warning. It only ever adds to what the age asks for. */
public data class RevealRules @JvmOverloads constructor(
    /** The least that looking at a picture takes. */
    public val atLeast: Reveal = Reveal.Freely,
    /** Whether a guardian may say yes with its PIN on the child's phone. */
    public val pin: Boolean = true,
    /** Whether a guardian may say yes from its companion app. */
    public val companion: Boolean = true,
)
