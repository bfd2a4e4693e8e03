package vn.lachan

import java.io.Closeable
import kotlinx.coroutines.flow.StateFlow

/**
 * The memory of one peer: what has been said so far, as decayed numbers and never as text.
 *
 * Messages are checked one after the other in the order of the calls, whatever threads they come from.
 *
 * @sample vn.lachan.samples.checkMessages
 */
public interface Conversation : Closeable {
    /** The peer, as the app knows it. It is stored as a keyed hash only. */
    public val peerId: String

    /**
     * What the conversation looks like after the last message; `null` while there is nothing to say, and until a first check
     * has read what is remembered.
     */
    public val stage: StateFlow<Stage?>

    /**
     * Checks [message] in the light of those before it. Throws nothing but a `CancellationException`.
     *
     * An outgoing message is checked before it is sent: if the child decides not to send it, say so with [withdraw]. One
     * whose check was cancelled counts as not sent.
     */
    public suspend fun check(message: Message): MessageCheck

    /**
     * Checks what the child has written and not sent, as an outgoing message of now. Nothing of it stays: neither [stage] nor
     * what is remembered knows of it, and [withdraw] takes back what it would have taken back before. Throws nothing but a
     * `CancellationException`.
     */
    public suspend fun checkDraft(text: String): MessageCheck

    /**
     * Takes back the last outgoing message that was given to [check], which was not sent after all. What was received since
     * then stays. Where that check was refused there is nothing to take back: messages before it count as sent.
     */
    public suspend fun withdraw()

    /** Forgets everything about this peer, on disk too. */
    public suspend fun forget()

    /** Stores what is to be remembered, sealed, and drops the rest with [stage]. Later checks are [NotCheckedReason.Closed]. */
    override fun close()
}

/** How the child knows the other person. It is the prior of every judgement: parents and strangers ask alike. */
public enum class PeerTrust {
    /** Not in the contacts, or nothing is known. */
    Unknown,

    /** In the contacts since a short while. */
    Recent,

    /** A saved contact. It raises the bar but switches nothing off: offenders are often known. */
    Saved,

    /** Marked as family. */
    Family,
}

/** One message. */
public class Message private constructor(
    /**
     * The words. Of more than 16 KiB the middle is left out: signs and stage are those of the rest, and where nothing is found
     * the message is `NotChecked(TooLarge)`.
     */
    public val text: String,
    /** Whether the child wrote it. */
    public val outgoing: Boolean,
    /** When it was written, in milliseconds since 1970; evidence decays by this clock. The future counts as now. */
    public val sentAtMillis: Long,
) {
    public companion object {
        /** A message that the child received. */
        @JvmStatic
        @JvmOverloads
        public fun incoming(text: String, sentAtMillis: Long = System.currentTimeMillis()): Message =
            Message(text, outgoing = false, sentAtMillis)

        /** A message that the child is about to send. */
        @JvmStatic
        @JvmOverloads
        public fun outgoing(text: String, sentAtMillis: Long = System.currentTimeMillis()): Message =
            Message(text, outgoing = true, sentAtMillis)
    }

    /** Says nothing of the words: messages must not get into logs. */
    override fun toString(): String = "Message(${if (outgoing) "outgoing" else "incoming"})"
}

/** What was seen in one message and the conversation up to it. */
public data class MessageCheck(
    /** The verdict on the conversation after this message. */
    public val verdict: Verdict,
    /** What the conversation looks like, if there is something to say. */
    public val stage: Stage?,
    /** The signs in this message. */
    public val indicators: Set<Indicator>,
    /** Where personal data stand in an outgoing message, for highlighting. */
    public val spans: List<TextSpan>,
)

/**
 * Characters of a message's text (UTF-16 units, as `Spannable` counts them): from [start] up to, not including, [end].
 */
public data class TextSpan(
    /** First character. */
    public val start: Int,
    /** The one after the last. */
    public val end: Int,
    /** What stands there. */
    public val kind: PersonalData,
)

/** Personal data that can stand in a message. */
public enum class PersonalData {
    /** A telephone number, in digits or words. */
    Phone,

    /** An e-mail address. */
    Email,

    /** A street, alley, hamlet or flat with its number. */
    Address,

    /** A school together with a class. */
    School,

    /** A one-time code, or the code of a top-up card. */
    OneTimeCode,

    /** A password. */
    Password,

    /** The number of a bank account or a bank card. */
    BankAccount,

    /** A citizen identity number. */
    CitizenId,

    /** A vehicle plate. */
    Plate,
}

/** Where a conversation stands. Stages do not come in a fixed order. */
public enum class Stage {
    /** Bonding, presents, questions about the child's life. */
    BuildingTrust,

    /** Secrets, other channels, against family and friends. */
    Isolating,

    /** Jobs, prizes and small requests that test whether the child complies. */
    Testing,

    /** Pictures, the camera, intimate matters. */
    SexualPressure,

    /** Coercion, by a blackmailer or by somebody who poses as an authority. */
    Threat,

    /** Meeting outside. */
    Meeting,
}

/** A sign in one message. */
public enum class Indicator {
    /** Probes age, school, address, routine, or whether the child is alone. */
    PersonalInfo,

    /** Asks to keep something from others, or to delete traces. */
    Secrecy,

    /** Sets the child against family or friends. */
    Isolation,

    /** Moves to a private channel or another app. */
    PlatformShift,

    /** An adult-style bond with a child. */
    FlatteryBond,

    /** Money, top-ups or presents to win compliance or trust. */
    GiftLure,

    /** Asks for a photo, the camera or a video call. */
    ImageRequest,

    /** Steers towards intimate matters. */
    SexualTalk,

    /** Proposes to meet offline. */
    Meeting,

    /** Coercion, a deadline, spreading something. */
    Threat,

    /** Fake police, bank, school or court. */
    AuthorityScam,

    /** Job, casting, idol or task bait. */
    JobLure,

    /** The child gives phone, address, school, code, password or the like. */
    SharesPersonalInfo,

    /** The child agrees to meet. */
    AgreesMeeting,

    /** The child agrees to send a picture, or to hide it. */
    AgreesImage,
}
