package vn.lachan.sample.guardian

import android.content.Intent
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.Verdict
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Rules
import vn.lachan.guardian.getOrNull
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.switch
import vn.lachan.ui.GuardianGate
import vn.lachan.ui.HostActions
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningView
import vn.lachan.ui.R as Ui

/** What a child's phone does. The choice is the parent's and the child's; the preview shows what it means. */
internal class Protect(private val phone: String) : Page {
    /** What is chosen here and not signed yet. */
    private var rules: Rules? = null

    override fun Sheet.fill(app: MainActivity) {
        val known = app.guardian?.children?.value.orEmpty().firstOrNull { it.phone == phone }
        val now = rules ?: known?.rules ?: Rules(shareCounts = true)
        rules = now
        head(Ui.drawable.lachan_ic_shield, "${context.getString(R.string.protect_title)}: ${app.names.of(phone)}", context.getString(R.string.protect_body))
        card {
            for ((level, icon, title, text) in LEVELS) {
                val state = context.getString(R.string.chosen).takeIf { level == now.protection }
                row(icon, context.getString(title), context.getString(text), state) { choose(app, level) }
            }
        }
        if (now.protection != Protection.Off) {
            heading(context.getString(R.string.looks_for))
            card(close = true) {
                for ((kind, _) in KINDS) switch(context.getString(title(kind)), null, now.checks.covers(kind)) { on -> change { it.copy(checks = it.checks.with(kind, on)) } }
            }
            heading(context.getString(R.string.details))
            card(close = true) {
                switch(context.getString(R.string.reveal), context.getString(R.string.reveal_text), now.reveal.atLeast == Reveal.WithGuardian) { on ->
                    change { it.copy(reveal = it.reveal.copy(atLeast = if (on) Reveal.WithGuardian else Reveal.Freely)) }
                }.id = R.id.reveal
                switch(context.getString(R.string.lessons_switch), context.getString(R.string.lessons_switch_text), now.lessons) { on ->
                    change { it.copy(lessons = on) }
                }
                switch(context.getString(R.string.counts_switch), context.getString(R.string.counts_switch_text), now.shareCounts) { on ->
                    change { it.copy(shareCounts = on) }
                }.id = R.id.counts_switch
            }
        }
        message()
        main(R.string.sign) { app.act { app.guardian?.signPolicy(phone, chosen())?.orSay(app) { app.replace(Signed(it)) } } }
        second(R.string.preview) { app.show(Preview(chosen())) }
        third(R.string.back) { app.back() }
    }

    private fun chosen(): Rules = rules ?: Rules()

    private fun change(how: (Rules) -> Rules) {
        rules = how(chosen())
    }

    private fun choose(app: MainActivity, level: Protection) {
        change { it.copy(protection = level) }
        app.draw()
    }

    private data class Level(val level: Protection, val icon: Int, val title: Int, val text: Int)

    private companion object {
        val LEVELS = listOf(
            Level(Protection.Guided, Ui.drawable.lachan_ic_heart, R.string.guided, R.string.guided_text),
            Level(Protection.Simple, Ui.drawable.lachan_ic_eye, R.string.simple, R.string.simple_text),
            Level(Protection.Off, Ui.drawable.lachan_ic_close, R.string.turn_off, R.string.off_text),
        )
    }
}

private fun Checks.covers(kind: FindingKind): Boolean = when (kind) {
    FindingKind.Nudity -> nudity
    FindingKind.Gore -> gore
    FindingKind.Grooming -> grooming
    FindingKind.KnownImage -> knownImages
    FindingKind.PersonalInfo -> personalInfo
}

private fun Checks.with(kind: FindingKind, on: Boolean): Checks = when (kind) {
    FindingKind.Nudity -> copy(nudity = on)
    FindingKind.Gore -> copy(gore = on)
    FindingKind.Grooming -> copy(grooming = on)
    FindingKind.KnownImage -> copy(knownImages = on)
    FindingKind.PersonalInfo -> copy(personalInfo = on)
}

/** The signed policy, as a code or a link. */
internal class Signed(private val policy: Packet) : Page {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_check, R.string.policy_title, R.string.policy_body)
        code(policy, R.string.policy_picture)
        main(R.string.done) { app.restart(Home) }
        third(R.string.share) { app.share(policy) }
    }
}

/** Hands a packet to whatever app the parent chooses; it is signed, and may travel through any. */
internal fun MainActivity.share(packet: Packet) {
    val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, packet.toLink().toString())
    startActivity(Intent.createChooser(send, null))
}

/**
 * What the child would meet, drawn by the same code as on its phone, for a child under 13. The verdict is worked out by the
 * core from the rules that are chosen.
 */
internal class Preview(private val rules: Rules, private val place: Int = 0) : Page {
    override fun Sheet.fill(app: MainActivity) {
        val (words, kind, direction) = SITUATIONS[place]
        val verdict = rules.preview(AgeBand.Under13, kind, direction).getOrNull()
        val shown = if (verdict is Verdict.Concern) {
            val gate = GuardianGate { _, _, answer -> answer.onAnswer(false) }
            WarningView(app, Warning(verdict, direction, AgeBand.Under13), HostActions(gate)) { }
        } else {
            TextView(context, null, 0, Ui.style.LaChan_Text_Body).apply {
                text = context.getString(R.string.preview_none)
                val edge = context.px(24)
                setPadding(edge, edge, edge, edge)
            }
        }
        shown.id = R.id.preview
        whole(context.getString(R.string.preview_label), context.getString(words), shown)
        link(R.string.preview_next) { app.replace(Preview(rules, (place + 1) % SITUATIONS.size)) }
        third(R.string.back) { app.back() }
    }

    private companion object {
        val SITUATIONS = listOf(
            Triple(R.string.preview_pictures, FindingKind.Nudity, Direction.Incoming),
            Triple(R.string.preview_sending, FindingKind.Nudity, Direction.Outgoing),
            Triple(R.string.preview_talk, FindingKind.Grooming, Direction.Incoming),
        )
    }
}
