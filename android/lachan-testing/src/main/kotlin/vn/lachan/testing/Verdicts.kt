package vn.lachan.testing

import vn.lachan.Action
import vn.lachan.Advice
import vn.lachan.Direction
import vn.lachan.Finding
import vn.lachan.FindingKind
import vn.lachan.Indicator
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.Reveal
import vn.lachan.ScoreBand
import vn.lachan.Stage
import vn.lachan.TextSpan
import vn.lachan.Verdict

/** Verdicts as the core gives them, for scripts and previews. */
public object Verdicts {
    /** A picture that probably shows nudity. By default as a child under 13 meets it. */
    @JvmStatic
    @JvmOverloads
    public fun nudity(
        direction: Direction = Direction.Incoming,
        action: Action = Action.Interrupt,
        reveal: Reveal = Reveal.WithGuardian,
    ): Verdict.Concern = concern(FindingKind.Nudity, direction, action, reveal)

    /** A picture on a list of known abuse images: nobody opens it. */
    @JvmStatic
    @JvmOverloads
    public fun knownImage(direction: Direction = Direction.Incoming): Verdict.Concern =
        concern(FindingKind.KnownImage, direction, Action.Interrupt, Reveal.Never)

    /** Nobody looked. */
    @JvmStatic
    @JvmOverloads
    public fun notChecked(reason: NotCheckedReason = NotCheckedReason.ModelUnavailable): Verdict.NotChecked =
        Verdict.NotChecked(reason)

    /** A message that makes a conversation look like grooming. */
    @JvmStatic
    @JvmOverloads
    public fun grooming(
        action: Action = Action.Interrupt,
        stage: Stage = Stage.SexualPressure,
        indicators: Set<Indicator> = setOf(Indicator.Secrecy, Indicator.ImageRequest),
    ): MessageCheck = MessageCheck(
        concern(FindingKind.Grooming, Direction.Incoming, action, Reveal.Freely), stage, indicators, emptyList(),
    )

    /** A message with personal data at [spans] that the child is about to send. */
    @JvmStatic
    @JvmOverloads
    public fun personalInfo(spans: List<TextSpan>, action: Action = Action.Tip): MessageCheck = MessageCheck(
        concern(FindingKind.PersonalInfo, Direction.Outgoing, action, Reveal.Freely),
        null, setOf(Indicator.SharesPersonalInfo), spans,
    )

    /** Any concern, with the words that the core would choose. */
    @JvmStatic
    @JvmOverloads
    public fun concern(
        kind: FindingKind,
        direction: Direction,
        action: Action,
        reveal: Reveal,
        band: ScoreBand = ScoreBand.Likely,
    ): Verdict.Concern {
        val subject = when (kind) {
            FindingKind.Nudity -> "nudity"
            FindingKind.Gore -> "gore"
            FindingKind.Grooming -> "grooming"
            FindingKind.KnownImage -> "known_image"
            FindingKind.PersonalInfo -> "personal_info"
        }
        val way = direction.name.lowercase()
        val advice = Advice(
            warning = "$subject.$way",
            steps = listOf("not_your_fault", "tell_someone"),
            help = listOf("trusted_adult", "helpline_111"),
            lesson = subject,
            reveal = reveal,
        )
        return Verdict.Concern(action, listOf(Finding(kind, band, "scripted", "lachan-testing")), advice)
    }
}
