package vn.lachan.ui

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.Report
import vn.lachan.ReportHook

/**
 * Whom the child can turn to. It works offline, tells nobody that it was opened, and calls nobody by itself: it opens
 * the phone's own dialler, where the child still decides.
 */
public class HelpSheet @JvmOverloads constructor(
    context: Context,
    private val age: AgeBand,
    private val reportHook: ReportHook? = null,
    private val warning: Warning? = null,
) : Sheet(context, full = false) {
    override fun content(): View = HelpView(context, age, reportHook, warning, ::dismiss)
}

/** The page of [HelpSheet], for apps that show it in a place of their own. */
public class HelpView @JvmOverloads constructor(
    context: Context,
    age: AgeBand,
    private val reportHook: ReportHook? = null,
    private val warning: Warning? = null,
    private val onClose: Runnable? = null,
) : SheetView(context) {
    private val speech = Speech(this.context, Voice.of(age))
    private var cardOpen = warning?.isThreat == true
    private var message: String? = null

    init {
        showHelp()
    }

    private fun showHelp(): Unit = refill {
        announce(speech.say(Said.helpPageTitle))
        page.addHead(R.drawable.lachan_ic_heart, speech.say(Said.helpPageTitle), speech.say(Said.helpPagePrivate))
        if (cardOpen) addBlackmailCard()
        message?.let { words ->
            page.addNote(R.drawable.lachan_ic_phone, words).accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        }
        addTrusted()
        addContacts()
        if (onClose != null) buttons.addButton(ButtonKind.Main, speech.say(Said.actionsClose), R.id.lachan_close) { onClose.run() }
    }

    private fun addBlackmailCard() {
        val card = page.addCard()
        card.setBackgroundResource(R.drawable.lachan_card_soft)
        val space = context.px(18)
        card.setPadding(space, space, space, space)
        card.addText(R.style.LaChan_Text_Heading, speech.say(Said.sextortionTitle)).markAsHeading()
        card.addText(R.style.LaChan_Text_Body, speech.say(Said.sextortionIntro), above = 4)
        val steps = listOf(
            Said.sextortionStep1, Said.sextortionStep2, Said.sextortionStep3,
            Said.sextortionStep4, Said.sextortionStep5, Said.sextortionStep6,
        )
        val list = LinearLayout(context)
        list.orientation = VERTICAL
        list.setPadding(0, context.px(8), 0, context.px(6))
        steps.forEachIndexed { at, word ->
            val point = list.addPoint(at + 1, speech.say(word))
            point.part<View>(R.id.lachan_point_number).setBackgroundResource(R.drawable.lachan_caption)
        }
        card.addView(list)
        card.addText(R.style.LaChan_Text_Body, speech.say(Said.sextortionEnd))
    }

    private fun addTrusted() {
        val card = page.add<View>(R.layout.lachan_trusted)
        val adult = TrustedAdults.chosen(context)
        val main = card.part<Button>(R.id.lachan_trusted_main)
        card.part<TextView>(R.id.lachan_trusted_title).apply {
            text = adult?.name ?: speech.say(Said.helpPageTrustedTitle)
        }.markAsHeading()
        card.part<TextView>(R.id.lachan_trusted_hint).text =
            if (adult == null) speech.say(Said.helpPageTrustedHint) else speech.say(Said.helpPageTrustedTitle)
        if (adult == null) {
            main.text = speech.say(Said.helpPageChoose)
            main.setOnClickListener { openForm(card, null) }
            return
        }
        main.text = speech.say(Said.helpPageCallPerson, adult.name)
        main.setOnClickListener { dial(adult.phone) }
        card.part<View>(R.id.lachan_trusted_more).visibility = VISIBLE
        card.part<Button>(R.id.lachan_trusted_change).apply {
            text = speech.say(Said.helpPageChange)
            setOnClickListener { openForm(card, adult) }
        }
        card.part<Button>(R.id.lachan_trusted_remove).apply {
            text = speech.say(Said.helpPageRemove)
            setOnClickListener {
                TrustedAdults.forget(context)
                showHelp()
            }
        }
    }

    private fun openForm(card: View, adult: TrustedAdult?) {
        card.part<View>(R.id.lachan_trusted_form).visibility = VISIBLE
        card.part<TextView>(R.id.lachan_name_label).text = speech.say(Said.helpPageName)
        card.part<TextView>(R.id.lachan_phone_label).text = speech.say(Said.helpPagePhone)
        val name = card.part<EditText>(R.id.lachan_name).apply { setText(adult?.name.orEmpty()) }
        val phone = card.part<EditText>(R.id.lachan_phone).apply { setText(adult?.phone.orEmpty()) }
        val error = card.part<TextView>(R.id.lachan_form_error)
        card.part<Button>(R.id.lachan_trusted_main).apply {
            text = speech.say(Said.helpPageSave)
            setOnClickListener {
                val wrong = when {
                    name.text.isBlank() -> Said.helpPageNameMissing
                    !TrustedAdults.choose(context, TrustedAdult(name.text.toString(), phone.text.toString())) -> Said.helpPagePhoneWrong
                    else -> return@setOnClickListener showHelp()
                }
                error.text = speech.say(wrong)
                error.visibility = VISIBLE
            }
        }
        card.part<View>(R.id.lachan_trusted_more).visibility = VISIBLE
        card.part<Button>(R.id.lachan_trusted_change).apply {
            text = speech.say(Said.helpPageCancel)
            setOnClickListener { showHelp() }
        }
        card.part<View>(R.id.lachan_trusted_remove).visibility = GONE
        name.requestFocus()
    }

    private fun addContacts() {
        val card = page.addCard()
        card.addRow(R.drawable.lachan_ic_phone, speech.say(Said.helpPageCall111Title), speech.say(Said.helpPageCall111Text)) {
            dial(context.getString(R.string.lachan_contact_child_helpline))
        }
        card.addRow(R.drawable.lachan_ic_chat, speech.say(Said.helpPageZalo111Title), speech.say(Said.helpPageZalo111Text)) {
            browse(context.getString(R.string.lachan_contact_child_helpline_chat))
        }
        if (!cardOpen) {
            card.addRow(R.drawable.lachan_ic_shield, speech.say(Said.sextortionTitle)) {
                cardOpen = true
                showHelp()
            }
        }
        card.addRow(R.drawable.lachan_ic_globe, speech.say(Said.helpPageReportVncopTitle), speech.say(Said.helpPageReportVncopText)) {
            browse(context.getString(R.string.lachan_contact_report_form))
        }
        if (reportHook != null && warning != null) {
            card.addRow(R.drawable.lachan_ic_flag, speech.say(Said.actionsReport)) { showReport(reportHook, warning) }
        }
        card.addRow(R.drawable.lachan_ic_phone, speech.say(Said.helpPagePolice113Title), speech.say(Said.helpPagePolice113Text)) {
            dial(context.getString(R.string.lachan_contact_police))
        }
    }

    /** All that would be reported, before anything is. */
    private fun showReport(hook: ReportHook, warning: Warning): Unit = refill {
        announce(speech.say(Said.confirmReportTitle))
        page.addHead(R.drawable.lachan_ic_flag, speech.say(Said.confirmReportTitle), speech.say(Said.confirmReportBody))
        val report = Report(warning.concern.findings.map { it.kind }.distinct(), warning.direction, warning.itemId)
        val card = page.addCard()
        for (line in lines(report)) card.addRow(R.drawable.lachan_ic_check, line)
        buttons.addButton(ButtonKind.Main, speech.say(Said.actionsBack), R.id.lachan_close) { showHelp() }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.actionsYesReport), R.id.lachan_report) {
            hook.report(context, report)
            showHelp()
        }
    }

    /** A line for each thing that [report] holds. */
    private fun lines(report: Report): List<String> {
        val way = when (report.direction) {
            Direction.Incoming -> Said.confirmReportIncoming
            Direction.Outgoing -> Said.confirmReportOutgoing
            Direction.Forward -> Said.confirmReportForward
        }
        val item = if (report.itemId == null) null else speech.say(Said.confirmReportItem)
        return report.kinds.map { speech.say(Said.checked.getValue("${it.key()}.title")) } + listOfNotNull(speech.say(way), item)
    }

    private fun dial(number: String) {
        open(Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", number, null)), number)
    }

    private fun browse(address: String) {
        open(Intent(Intent.ACTION_VIEW, Uri.parse(address)), address)
    }

    /** A tablet may have no dialler: then the number itself is the help. */
    private fun open(intent: Intent, number: String) {
        if (context.activity() == null) intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        try {
            context.startActivity(intent)
        } catch (_: ActivityNotFoundException) {
            message = speech.say(Said.helpPageNoApp, number)
            showHelp()
        }
    }
}

internal fun LinearLayout.addText(style: Int, words: String, above: Int = 0): TextView =
    TextView(context, null, 0, style).also {
        it.text = words
        val space = LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, LinearLayout.LayoutParams.WRAP_CONTENT)
        space.topMargin = context.px(above)
        addView(it, space)
    }
