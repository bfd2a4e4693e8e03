package vn.lachan.guardian

import android.content.Context
import android.text.InputType
import android.text.format.Formatter
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.Typed
import vn.lachan.guardian.internal.addField
import vn.lachan.guardian.internal.addHeadedCard
import vn.lachan.guardian.internal.addHeading
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addSwitch
import vn.lachan.guardian.internal.say
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.Sheet
import vn.lachan.ui.addButton
import vn.lachan.ui.addCard
import vn.lachan.ui.addHead
import vn.lachan.ui.addRow
import vn.lachan.ui.addText
import vn.lachan.ui.px
import vn.lachan.ui.R as UiR

/** Something that may go into a report, if the person chooses it. */
public class ReportChoice(
    /** What the person reads, such as the first words of a message. It stays on this phone. */
    public val label: String,
    /** What it is. */
    public val chosen: Chosen,
)

/** Whom a report can go to. */
public enum class ReportRecipient(
    /** Key of the help contact, as [FamilyReport.Preview.recipient] gives it. */
    public val key: String,
) {
    /** The trust desk of the app. */
    AppDesk("app_desk"),

    /** The national child helpline. */
    Helpline111("helpline_111"),

    /** The form of the network for child protection online. */
    VnCop("report_vncop"),
}

/**
 * A report that the child, or an adult with it, puts together: each thing is chosen one by one, all that would be sent is
 * shown, and a person's tap sends it, through the app's own [FamilyReport.Delivery]. Nothing is chosen beforehand.
 *
 * @param choices what there is to choose from.
 * @param recipients whom the app can deliver to, the usual one first.
 * @param nowMillis the time that the pack is dated with.
 * @param handsOver [delivery] only opens another app, such as by the share sheet, in which the person still has to send it:
 *   then nobody is told that it has gone.
 */
public class ReportView @JvmOverloads constructor(
    context: Context,
    age: AgeBand,
    private val choices: List<ReportChoice>,
    private val delivery: FamilyReport.Delivery,
    private val recipients: List<ReportRecipient> = ReportRecipient.values().toList(),
    private val nowMillis: () -> Long = System::currentTimeMillis,
    private val handsOver: Boolean = false,
    private val onClose: Runnable,
) : FamilyView(context, age) {
    /** What one report is made of: while it is made, the page can still be changed. */
    private class Draft(val choices: List<ReportChoice>, val recipient: ReportRecipient, val words: String)

    private val picked = sortedSetOf<Int>()
    private var recipient = recipients.first()
    private var words = ""

    init {
        choose()
    }

    private fun choose(): Unit = refill {
        announce(speech.say(Said.reportTitle))
        page.addHead(UiR.drawable.lachan_ic_flag, speech.say(Said.reportTitle), speech.say(if (choices.isEmpty()) Said.reportNothingHere else Said.reportIntro))
        if (choices.isNotEmpty()) {
            val card = page.addCard()
            choices.forEachIndexed { at, choice ->
                val kind = choice.chosen.kind
                val detail = if (kind == EvidenceKind.KnownImage) Said.reportPrintOnly else name(kind)
                card.addSwitch(choice.label, speech.say(detail), at in picked) { on -> if (on) picked += at else picked -= at }
            }
        }
        val to = page.addHeadedCard(speech.say(Said.reportTo))
        for (one in recipients) {
            val state = speech.say(Said.reportChosen).takeIf { one == recipient }
            to.addRow(icon(one), said(one), state = state) {
                recipient = one
                choose()
            }
        }
        val lines = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES
        val field = page.addField(speech.say(Said.reportWords), R.id.lachan_family_words, lines, LONGEST_WORDS)
        field.setText(words)
        field.minLines = LINES
        field.gravity = Gravity.TOP
        field.addTextChangedListener(Typed { words = it })
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.reportLook), R.id.lachan_family_main) {
            val draft = Draft(picked.map(choices::get), recipient, words.trim())
            act { prepare(draft, message) }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.reportCancel), R.id.lachan_family_third) { onClose.run() }
    }

    private suspend fun prepare(draft: Draft, message: TextView) {
        val chosen = draft.choices.map { it.chosen }
        val pack = if (chosen.isEmpty()) null else EvidencePack.seal(chosen, nowMillis()).let { sealed ->
            when (sealed) {
                is Outcome.Done -> sealed.value
                is Outcome.Refused -> return sealed.orSay(message) { }
            }
        }
        FamilyReport.prepare(draft.recipient.key, draft.words, pack).orSay(message) { preview(it, draft, pack) }
    }

    /** What is shown is read from the report itself, which opens the pack for it. */
    private fun preview(report: FamilyReport, draft: Draft, pack: EvidencePack?): Unit = refill {
        val preview = report.preview
        announce(speech.say(Said.reportPreviewTitle))
        page.addHead(UiR.drawable.lachan_ic_flag, speech.say(Said.reportPreviewTitle), speech.say(Said.reportPreviewIntro))
        val card = page.addCard()
        card.addRow(icon(draft.recipient), speech.say(Said.reportTo), speech.say(Said.recipients.getValue(preview.recipient)))
        card.addRow(UiR.drawable.lachan_ic_edit, speech.say(Said.reportSaid), preview.message.ifEmpty { speech.say(Said.reportNoWords) })
        preview.items.forEachIndexed { at, item ->
            val detail = if (item.included) speech.say(Said.reportSize, Formatter.formatShortFileSize(context, item.bytes)) else speech.say(Said.reportPrintOnly)
            // The pack keeps the order in which things were chosen.
            val label = draft.choices.getOrNull(at)?.label.orEmpty()
            card.addRow(icon(item.kind), "${speech.say(name(item.kind))}: $label", detail)
        }
        if (pack != null) addWords(pack)
        // Below all that is sent, and not pinned: nobody sends what was not passed.
        val below = LinearLayout(context)
        below.orientation = VERTICAL
        below.setPadding(0, context.px(24), 0, 0)
        below.addButton(ButtonKind.Main, speech.say(Said.reportSend), R.id.lachan_family_main) { act { send(report, pack) } }
        below.addButton(ButtonKind.Soft, speech.say(Said.reportChange), R.id.lachan_family_second) { choose() }
        below.addButton(ButtonKind.Quiet, speech.say(Said.reportCancel), R.id.lachan_family_third) { onClose.run() }
        page.addView(below)
    }

    private fun addWords(pack: EvidencePack) {
        page.addHeading(speech.say(Said.reportSealed))
        page.addText(UiR.style.LaChan_Text_Muted, speech.say(Said.reportSealedText), above = 4)
        page.addText(UiR.style.LaChan_Text_Body, pack.words.joinToString(" "), above = 8).id = R.id.lachan_family_syllables
    }

    private suspend fun send(report: FamilyReport, pack: EvidencePack?) {
        when (report.send(delivery)) {
            is Outcome.Done -> if (handsOver) handedOver(pack) else sent(pack)
            // It is used up: the next look makes a new one.
            is Outcome.Refused -> {
                choose()
                findViewById<TextView>(R.id.lachan_family_message)?.say(speech.say(Said.reportNotSent))
            }
        }
    }

    private fun sent(pack: EvidencePack?): Unit = refill {
        announce(speech.say(Said.reportSentTitle))
        page.addHead(UiR.drawable.lachan_ic_check, speech.say(Said.reportSentTitle), speech.say(Said.reportSentBody))
        if (pack != null) addWords(pack)
        buttons.addButton(ButtonKind.Main, speech.say(Said.reportClose), R.id.lachan_family_main) { onClose.run() }
    }

    /** Whether the person sends it there, or closes that app again, nobody here learns. */
    private fun handedOver(pack: EvidencePack?): Unit = refill {
        announce(speech.say(Said.reportHandedTitle))
        page.addHead(UiR.drawable.lachan_ic_flag, speech.say(Said.reportHandedTitle), speech.say(Said.reportHandedBody))
        if (pack != null) addWords(pack)
        buttons.addButton(ButtonKind.Main, speech.say(Said.reportClose), R.id.lachan_family_main) { onClose.run() }
        buttons.addButton(ButtonKind.Soft, speech.say(Said.reportChange), R.id.lachan_family_second) { choose() }
    }

    private fun said(recipient: ReportRecipient) = speech.say(Said.recipients.getValue(recipient.key))

    private fun icon(recipient: ReportRecipient): Int = when (recipient) {
        ReportRecipient.AppDesk -> UiR.drawable.lachan_ic_shield
        ReportRecipient.Helpline111 -> UiR.drawable.lachan_ic_phone
        ReportRecipient.VnCop -> UiR.drawable.lachan_ic_globe
    }

    private fun name(kind: EvidenceKind) = when (kind) {
        EvidenceKind.Picture -> Said.reportPicture
        EvidenceKind.Message -> Said.reportMessage
        EvidenceKind.Account -> Said.reportAccount
        EvidenceKind.File -> Said.reportFile
        EvidenceKind.KnownImage -> Said.reportKnownImage
    }

    private fun icon(kind: EvidenceKind): Int = when (kind) {
        EvidenceKind.Picture -> UiR.drawable.lachan_ic_picture
        EvidenceKind.Message -> UiR.drawable.lachan_ic_chat
        EvidenceKind.Account -> UiR.drawable.lachan_ic_people
        EvidenceKind.File -> UiR.drawable.lachan_ic_book
        EvidenceKind.KnownImage -> UiR.drawable.lachan_ic_block
    }

    private companion object {
        const val LONGEST_WORDS = 1000
        const val LINES = 3
    }
}

/** [ReportView] over the app. */
public class ReportSheet @JvmOverloads constructor(
    context: Context,
    private val age: AgeBand,
    private val choices: List<ReportChoice>,
    private val delivery: FamilyReport.Delivery,
    private val recipients: List<ReportRecipient> = ReportRecipient.values().toList(),
    private val nowMillis: () -> Long = System::currentTimeMillis,
    private val handsOver: Boolean = false,
) : Sheet(context, full = true) {
    override fun content(): View = ReportView(context, age, choices, delivery, recipients, nowMillis, handsOver) { dismiss() }
}
