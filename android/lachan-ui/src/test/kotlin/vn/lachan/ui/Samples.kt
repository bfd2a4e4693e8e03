package vn.lachan.ui

import vn.lachan.Action
import vn.lachan.Advice
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.Finding
import vn.lachan.FindingKind
import vn.lachan.Indicator
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PersonalData
import vn.lachan.Reveal
import vn.lachan.ScoreBand
import vn.lachan.Stage
import vn.lachan.TextSpan
import vn.lachan.Verdict

/** Verdicts as the core gives them: what the screens are tried with. */
internal object Samples {
    private val HELP = listOf("trusted_adult", "helpline_111", "report_vncop", "police_113")

    fun concern(kind: FindingKind, warning: String, action: Action, reveal: Reveal, steps: List<String>, lesson: String): Verdict.Concern =
        Verdict.Concern(action, listOf(Finding(kind, ScoreBand.VeryLikely, "test", "test 1")), Advice(warning, steps, HELP, lesson, reveal))

    val received = concern(
        FindingKind.Nudity, "nudity.incoming", Action.Blur, Reveal.AfterConfirming,
        listOf("no_need_to_look", "not_your_fault", "tell_someone", "block"), "nudity",
    )
    val sending = concern(
        FindingKind.Nudity, "nudity.outgoing", Action.Interrupt, Reveal.AfterConfirming,
        listOf("wait_a_moment", "once_sent_it_stays", "say_no_is_fine", "tell_someone"), "nudity",
    )
    val passingOn = concern(
        FindingKind.Nudity, "nudity.forward", Action.Interrupt, Reveal.WithGuardian,
        listOf("think_of_the_person", "do_not_pass_on", "tell_someone"), "nudity",
    )
    val known = concern(
        FindingKind.KnownImage, "known_image.incoming", Action.Interrupt, Reveal.Never,
        listOf("do_not_keep", "not_your_fault", "tell_someone"), "known_image",
    )
    val threat = concern(
        FindingKind.Grooming, "chat.threat", Action.Interrupt, Reveal.AfterConfirming,
        listOf("not_your_fault", "pay_nothing", "send_nothing_more", "keep_evidence", "block", "tell_someone"), "blackmail",
    )

    fun warning(concern: Verdict.Concern, age: AgeBand, direction: Direction = Direction.Incoming) = Warning(concern, direction, age)

    const val DRAFT = "số mình là 0912 345 678 nha"

    val sharingNumber = MessageCheck(
        concern(FindingKind.PersonalInfo, "chat.where_to_find_you", Action.Tip, Reveal.Freely, listOf("leave_it_out", "ask_someone"), "private_data"),
        null,
        setOf(Indicator.SharesPersonalInfo),
        listOf(TextSpan(DRAFT.indexOf("0912"), DRAFT.indexOf(" nha"), PersonalData.Phone)),
    )
    val threatened = MessageCheck(threat, Stage.Threat, setOf(Indicator.Threat), emptyList())

    fun unchecked(reason: NotCheckedReason) = MessageCheck(Verdict.NotChecked(reason), null, emptySet(), emptyList())

    val askedForSecret = MessageCheck(
        concern(FindingKind.Grooming, "chat.secret", Action.Tip, Reveal.Freely, listOf("not_your_fault", "tell_someone"), "secrets"),
        Stage.Isolating,
        setOf(Indicator.Secrecy),
        emptyList(),
    )
}
