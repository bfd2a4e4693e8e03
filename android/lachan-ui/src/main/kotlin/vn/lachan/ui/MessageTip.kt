package vn.lachan.ui

import android.content.Context
import android.text.Spannable
import android.text.TextPaint
import android.text.style.CharacterStyle
import android.text.style.UpdateAppearance
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.ImageButton
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.MessageCheck
import vn.lachan.TextSpan
import vn.lachan.Verdict

/**
 * A hint beside a message: under the text field for what the child writes, under the bubble for what it received.
 * Personal data are marked in the field that [attach] names. Nothing is held back and nothing is covered. Of a message that
 * nobody looked at a quiet line says so. [MessageWarning] also interrupts where the verdict asks for it.
 *
 * @sample vn.lachan.ui.samples.hintWhileWriting
 */
public class MessageTip @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : LinearLayout(LookContext.of(context), attributes) {
    private var field: EditText? = null

    init {
        orientation = VERTICAL
        LayoutInflater.from(this.context).inflate(R.layout.lachan_tip, this)
        part<TextView>(R.id.lachan_tip_title).apply { accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE }.markAsHeading()
        part<ImageButton>(R.id.lachan_tip_close).setOnClickListener { dismiss() }
        if (this.context.hasLargeText) useFullWidth()
        visibility = View.GONE
    }

    /** Large text needs the room under the icon. */
    private fun useFullWidth() {
        for (id in listOf(R.id.lachan_tip_body, R.id.lachan_tip_steps, R.id.lachan_tip_actions)) {
            (part<View>(id).layoutParams as MarginLayoutParams).marginStart = if (id == R.id.lachan_tip_body) 0 else -context.px(12)
        }
    }

    /** Marks personal data in [field] from now on. */
    public fun attach(field: EditText) {
        this.field?.let { Highlight.clear(it.text) }
        this.field = field
    }

    /**
     * Shows what [check] has to say to somebody of [age]: a hint, or that nobody looked. Hides itself when that is nothing:
     * the message is clear, the family does not have it checked, nothing is written, or the check was given up.
     *
     * @param itemId the app's own name for the message, as in [Warning.itemId].
     */
    @JvmOverloads
    public fun show(check: MessageCheck, direction: Direction, age: AgeBand, actions: HostActions = HostActions.None, itemId: String? = null) {
        when (val verdict = check.verdict) {
            is Verdict.Clear -> dismiss()
            is Verdict.Concern -> hint(check, Warning(verdict, direction, age, itemId), actions)
            is Verdict.NotChecked -> if (verdict.reason.needsNoNote) dismiss() else note(age)
        }
    }

    private fun hint(check: MessageCheck, warning: Warning, actions: HostActions) {
        val concern = warning.concern
        arrange(asNote = false)
        field?.let { Highlight.mark(it.text, check.spans, context.attributeColor(R.attr.lachanColorHighlight)) }
        val speech = Speech(context, warning.voice)
        part<TextView>(R.id.lachan_tip_title).text = speech.title(concern.advice.warning)
        part<TextView>(R.id.lachan_tip_body).text = speech.body(concern.advice.warning)
        part<View>(R.id.lachan_tip_close).contentDescription = speech.say(Said.actionsDismiss)
        part<Button>(R.id.lachan_tip_help).apply {
            text = speech.say(Said.actionsGetHelp)
            setOnClickListener { HelpSheet(context, warning.age, actions.reportHook, warning).show() }
        }
        fillSteps(concern, speech)
        visibility = View.VISIBLE
    }

    /** No alarm, and no help either: a message that is safe would look the same without it. */
    private fun note(age: AgeBand) {
        dismiss()
        arrange(asNote = true)
        part<TextView>(R.id.lachan_tip_note).text = Speech(context, Voice.of(age)).say(Said.tipNotChecked)
        visibility = View.VISIBLE
    }

    private fun arrange(asNote: Boolean) {
        for (child in (0 until childCount).map(::getChildAt)) {
            child.visibility = if ((child.id == R.id.lachan_tip_note) == asNote) View.VISIBLE else View.GONE
        }
        setBackgroundResource(if (asNote) 0 else R.drawable.lachan_card)
        val space = context.px(if (asNote) 0 else 4)
        setPadding(context.px(if (asNote) 4 else 14), 0, space, space)
    }

    /** Hides the hint and the marks. */
    public fun dismiss() {
        visibility = View.GONE
        field?.let { Highlight.clear(it.text) }
    }

    private fun fillSteps(concern: Verdict.Concern, speech: Speech) {
        val steps = part<LinearLayout>(R.id.lachan_tip_steps)
        steps.removeAllViews()
        steps.visibility = View.GONE
        for (key in concern.advice.steps) steps.addRow(stepIcon(key), speech.step(key) ?: continue)
        part<Button>(R.id.lachan_tip_more).apply {
            text = speech.say(Said.actionsMore)
            visibility = if (steps.childCount == 0) View.GONE else View.VISIBLE
            setOnClickListener {
                val open = steps.visibility != View.VISIBLE
                steps.visibility = if (open) View.VISIBLE else View.GONE
                text = speech.say(if (open) Said.actionsLess else Said.actionsMore)
            }
        }
    }
}

/** Marks in a text: a colour behind the letters and a line under them, so that the mark does not rest on colour alone. */
internal object Highlight {
    private class Mark(private val color: Int) : CharacterStyle(), UpdateAppearance {
        override fun updateDrawState(paint: TextPaint) {
            paint.bgColor = color
            paint.isUnderlineText = true
        }
    }

    fun mark(text: Spannable, spans: List<TextSpan>, color: Int) {
        clear(text)
        for (span in spans) {
            // The text may have changed since it was checked.
            val start = span.start.coerceIn(0, text.length)
            val end = span.end.coerceIn(start, text.length)
            if (start < end) text.setSpan(Mark(color), start, end, Spannable.SPAN_EXCLUSIVE_EXCLUSIVE)
        }
    }

    /** Takes away our marks and leaves those of the app and of the keyboard. */
    fun clear(text: Spannable) {
        for (mark in text.getSpans(0, text.length, Mark::class.java)) text.removeSpan(mark)
    }

    fun marked(text: Spannable): List<IntRange> =
        text.getSpans(0, text.length, Mark::class.java).map { text.getSpanStart(it) until text.getSpanEnd(it) }
}
