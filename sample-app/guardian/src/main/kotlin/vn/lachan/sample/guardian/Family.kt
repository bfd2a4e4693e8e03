package vn.lachan.sample.guardian

import vn.lachan.FindingKind
import vn.lachan.Protection
import vn.lachan.guardian.Asked
import vn.lachan.guardian.Child
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.Rules
import vn.lachan.guardian.WeeksView
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.text
import vn.lachan.sample.kit.words
import vn.lachan.ui.R as Ui

/** The children, and all that there is to do. */
internal val Home: Page = Page { app ->
    val children = app.guardian?.children?.value.orEmpty()
    head(Ui.drawable.lachan_ic_people, context.getString(R.string.home_title), if (children.isEmpty()) context.getString(R.string.home_empty) else context.getString(R.string.welcome_body))
    if (children.isNotEmpty()) {
        card {
            for (child in children) {
                val left = app.compared.left(child)
                row(Ui.drawable.lachan_ic_device, app.names.of(child.phone), context.getString(left?.title ?: level(child.rules))) {
                    app.show(left?.page ?: Protect(child.phone))
                }
            }
            row(Ui.drawable.lachan_ic_chat, context.getString(R.string.approve)) { app.scan(app::take) }
            if (app.guardian?.isRecovering == true) row(Ui.drawable.lachan_ic_key, context.getString(R.string.all_connected)) { app.show(AllConnected) }
        }
    }
    heading(context.getString(R.string.together))
    card(close = true) {
        row(Ui.drawable.lachan_ic_book, context.getString(R.string.lessons)) { app.show(LessonList) }
        row(Ui.drawable.lachan_ic_heart, context.getString(R.string.talk)) { app.show(Talk) }
        row(Ui.drawable.lachan_ic_clock, context.getString(R.string.counts)) { app.show(Counts(null)) }
    }
    card {
        row(Ui.drawable.lachan_ic_phone, context.getString(R.string.help)) { app.show(Help) }
        row(Ui.drawable.lachan_ic_shield, context.getString(R.string.versions)) { app.show(Versions) }
        row(Ui.drawable.lachan_ic_close, context.getString(R.string.stop)) { app.show(Stop) }
    }
    message()
    main(R.string.home_pair) { app.act { app.guardian?.offer()?.orSay(app) { app.show(Connect(it)) } } }
}

private fun level(rules: Rules?): Int = when (rules?.protection) {
    null -> R.string.none_chosen
    Protection.Off -> R.string.off
    Protection.Simple -> R.string.simple
    Protection.Guided -> R.string.guided
}

/** A child's phone asks; the parent sees who and what for, never at what. */
internal class Approve(private val request: Packet, private val looked: Outcome<Asked>) : Page {
    override fun Sheet.fill(app: MainActivity) {
        when (looked) {
            is Outcome.Done -> asked(app, looked.value)
            is Outcome.Refused -> {
                head(Ui.drawable.lachan_ic_block, R.string.not_asked, R.string.not_asked_body)
                message().say(context.getString(words(looked.refusal)))
                second(R.string.back) { app.restart(Home) }
            }
        }
    }

    private fun Sheet.asked(app: MainActivity, asked: Asked) {
        head(Ui.drawable.lachan_ic_chat, R.string.approve, R.string.approve_body)
        val what = if (asked.purpose == Purpose.Reveal) R.string.asked_reveal else R.string.asked_change
        text(Ui.style.LaChan_Text_Heading, context.getString(what, app.names.of(asked.phone)), 24)
        text(Ui.style.LaChan_Text_Muted, context.getString(R.string.asked_tip), 8)
        message()
        main(R.string.approve_yes) { app.act { app.guardian?.approve(request)?.orSay(app) { app.replace(Approval(it)) } } }
        second(R.string.approve_no) { app.restart(Home) }
    }
}

internal class Approval(private val approval: Packet) : Page {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_check, R.string.approval_title, R.string.approval_body)
        code(approval, R.string.approval_picture)
        main(R.string.done) { app.restart(Home) }
        third(R.string.share) { app.share(approval) }
    }
}

/** The numbers that the children shared. */
internal class Counts(private val arrived: Packet?) : Page {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_clock, R.string.counts, R.string.counts_body)
        message()
        val children = app.guardian?.children?.value.orEmpty()
        val shared = children.filter { it.weeks.isNotEmpty() }
        for (child in shared) weeks(app, child, alone = children.size == 1)
        if (shared.isEmpty()) note(Ui.drawable.lachan_ic_clock, context.getString(R.string.counts_empty))
        else note(Ui.drawable.lachan_ic_heart, context.getString(R.string.counts_note))
        main(R.string.counts_scan) { app.scan { receive(app, it) } }
        if (shared.isNotEmpty()) second(R.string.talk) { app.show(Talk) }
        third(R.string.back) { app.back() }
        arrived?.let { packet -> receive(app, packet) }
    }

    private fun receive(app: MainActivity, packet: Packet) {
        app.act { app.guardian?.receiveCounts(packet)?.orSay(app) { app.replace(Counts(null)) } }
    }

    private fun Sheet.weeks(app: MainActivity, child: Child, alone: Boolean) {
        if (!alone) heading(app.names.of(child.phone))
        page.addView(WeeksView(context, child.weeks))
    }
}

internal val KINDS = listOf(
    FindingKind.Nudity to Ui.drawable.lachan_ic_picture,
    FindingKind.Grooming to Ui.drawable.lachan_ic_chat,
    FindingKind.PersonalInfo to Ui.drawable.lachan_ic_key,
    FindingKind.KnownImage to Ui.drawable.lachan_ic_block,
    FindingKind.Gore to Ui.drawable.lachan_ic_eye_off,
)

internal fun title(kind: FindingKind): Int = when (kind) {
    FindingKind.Nudity -> Ui.string.lachan_checked_nudity_title
    FindingKind.Gore -> Ui.string.lachan_checked_gore_title
    FindingKind.Grooming -> Ui.string.lachan_checked_grooming_title
    FindingKind.KnownImage -> Ui.string.lachan_checked_known_image_title
    FindingKind.PersonalInfo -> Ui.string.lachan_checked_personal_info_title
}
