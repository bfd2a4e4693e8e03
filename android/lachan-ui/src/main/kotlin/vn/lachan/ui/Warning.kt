package vn.lachan.ui

import android.content.Context
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.ReportHook
import vn.lachan.Verdict

/** What a warning is about: a concern, which way the content travels, and who is spoken to. */
public data class Warning @JvmOverloads constructor(
    /** The verdict that asks for the warning. */
    public val concern: Verdict.Concern,
    /** Which way the content travels. */
    public val direction: Direction,
    /** The voice follows the age. */
    public val age: AgeBand,
    /**
     * The app's own name for the message, chat or picture. It is given back to the app in a report, whose preview says that
     * the app learns which one it is; the name itself is shown nowhere.
     */
    public val itemId: String? = null,
) {
    internal val voice: Voice get() = Voice.of(age)

    internal val isPicture: Boolean
        get() = when (concern.findings.firstOrNull()?.kind) {
            FindingKind.Nudity, FindingKind.Gore, FindingKind.KnownImage, null -> true
            FindingKind.Grooming, FindingKind.PersonalInfo -> false
        }

    /** Models can be wrong and the child may know it; a match with a list is another matter. */
    internal val mayBeWrong: Boolean
        get() = concern.findings.none { it.kind == FindingKind.KnownImage }

    /** Somebody threatens: the card for blackmail comes first in the help. */
    internal val isThreat: Boolean
        get() = concern.advice.warning == "chat.threat"
}

/** What the person decided. */
public enum class WarningChoice {
    /**
     * Not to look, not to send: also the answer of the back key, of a tap beside the sheet, and where the activity goes before
     * anybody has chosen. Where it is only made anew (`Activity.isChangingConfigurations`), nobody has answered: show a
     * warning of what was received again.
     */
    Stayed,

    /** To look or to send, after all that the policy asks for. */
    WentOn,

    /** To block the other person. The warning stays open. */
    AskedToBlock,
}

/** Told what the person decided, on the main thread. */
public fun interface WarningListener {
    /** Called once for [WarningChoice.Stayed] or [WarningChoice.WentOn], which end the warning. */
    public fun onChoice(choice: WarningChoice)
}

/** What the app can do where a warning offers it. What is left out is not offered. */
public class HostActions @JvmOverloads constructor(
    /** Asks a guardian, where the policy leaves a reveal to them. */
    public val guardianGate: GuardianGate? = null,
    /** The app's way to report, offered among the help and started by a person only. */
    public val reportHook: ReportHook? = null,
    /** The app can block the other person: makes "block" a button. */
    public val canBlock: Boolean = false,
) {
    public companion object {
        /** Nothing beyond what the SDK can do alone. */
        @JvmField
        public val None: HostActions = HostActions()
    }
}

/** Asks a guardian to open something: a PIN, or an approval on the companion's phone. */
public fun interface GuardianGate {
    /** Called on the main thread; [answer] has to be called there, too, once. Late answers are ignored. */
    public fun ask(context: Context, warning: Warning, answer: GuardianAnswer)
}

/** What the guardian said. */
public fun interface GuardianAnswer {
    /** With `true` the content is shown. */
    public fun onAnswer(granted: Boolean)
}
