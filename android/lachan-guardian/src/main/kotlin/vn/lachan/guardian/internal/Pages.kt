package vn.lachan.guardian.internal

import android.content.res.ColorStateList
import android.graphics.Rect
import android.graphics.Typeface
import android.os.Handler
import android.os.Looper
import android.text.Editable
import android.text.InputFilter
import android.text.InputType
import android.text.TextWatcher
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.Switch
import android.widget.TextView
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import vn.lachan.guardian.CodeView
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.R
import vn.lachan.guardian.Said
import vn.lachan.ui.Speech
import vn.lachan.ui.R as UiR
import vn.lachan.ui.addCard
import vn.lachan.ui.addText
import vn.lachan.ui.attributeColor
import vn.lachan.ui.hasLargeText
import vn.lachan.ui.markAsHeading
import vn.lachan.ui.px

/** Hears what is typed into a field. */
internal class Typed(private val hear: (String) -> Unit) : TextWatcher {
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

    override fun afterTextChanged(text: Editable?) = hear(text?.toString().orEmpty())
}

/** The main thread as a dispatcher, without another dependency. */
internal object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    /** Never at once: a step that a page begins while it is drawn could show another page, and the first be drawn over it. */
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}

/** What a screen says of a refusal. */
internal fun Speech.refusal(refused: Outcome.Refused): String = say(Said.refusals[refused.refusal.name] ?: Said.refusals.getValue("general"))

/** How long somebody has to wait, in the largest unit that is at least one. */
internal fun Speech.time(seconds: Long): String = when {
    seconds < 60 -> say(Said.gateSeconds, seconds.toString())
    seconds < 3600 -> say(Said.gateMinutes, ((seconds + 59) / 60).toString())
    else -> say(Said.gateHours, ((seconds + 3599) / 3600).toString())
}

internal fun LinearLayout.addHeading(words: String) {
    addText(UiR.style.LaChan_Text_Heading, words, above = 24).markAsHeading()
}

/** A heading and, closer to it than to what was before, the card that belongs to it. */
internal fun LinearLayout.addHeadedCard(words: String): LinearLayout {
    addHeading(words)
    return addCard().also { (it.layoutParams as ViewGroup.MarginLayoutParams).topMargin /= 2 }
}

/** A line that appears when something did not work, and is heard then. */
internal fun LinearLayout.addMessage(): TextView = addText(UiR.style.LaChan_Text_Body, "", above = 16).also {
    it.id = R.id.lachan_family_message
    it.visibility = View.GONE
    it.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
}

internal fun TextView.say(words: String) {
    text = words
    visibility = View.VISIBLE
    // Below a long form nobody would see it.
    post { requestRectangleOnScreen(Rect(0, 0, width, height), true) }
}

/** Columns beside each other, or below each other with large text. */
internal fun LinearLayout.addColumns(vararg weights: Float): List<LinearLayout> {
    val row = LinearLayout(context)
    row.orientation = if (context.hasLargeText) LinearLayout.VERTICAL else LinearLayout.HORIZONTAL
    addView(row, LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT))
    return weights.mapIndexed { at, weight ->
        val column = LinearLayout(context)
        column.orientation = LinearLayout.VERTICAL
        val place = if (context.hasLargeText) {
            LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        } else {
            LinearLayout.LayoutParams(0, ViewGroup.LayoutParams.WRAP_CONTENT, weight).apply { marginStart = context.px(if (at == 0) 0 else GAP) }
        }
        row.addView(column, place)
        column
    }
}

/** A code on white paper, as wide as the page, or smaller so that all of it is seen. */
internal fun LinearLayout.addCode(packet: Packet, name: String): CodeView = CodeView(context, packet).also {
    it.id = R.id.lachan_family_code
    it.contentDescription = name
    val place = LinearLayout.LayoutParams(ViewGroup.LayoutParams.WRAP_CONTENT, ViewGroup.LayoutParams.WRAP_CONTENT)
    place.gravity = Gravity.CENTER_HORIZONTAL
    place.topMargin = context.px(16)
    addView(it, place)
}

/** Twelve digits, large, in three groups of four, and read one by one. */
internal fun LinearLayout.addDigits(digits: String): TextView =
    addText(UiR.style.LaChan_Text_Title, digits.chunked(4).joinToString("  "), above = 16).also {
        it.id = R.id.lachan_family_digits
        it.textSize = 28f
        it.typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
        it.gravity = Gravity.CENTER
        it.textAlignment = View.TEXT_ALIGNMENT_GRAVITY
        it.letterSpacing = 0.08f
        it.contentDescription = digits.toList().joinToString(" ")
    }

internal fun LinearLayout.addField(label: String, field: Int, type: Int, longest: Int): EditText {
    val name = addText(UiR.style.LaChan_Text_Small, label, above = 14)
    name.labelFor = field
    return EditText(context, null, 0, UiR.style.LaChan_Text_Body).also {
        it.id = field
        it.inputType = type
        it.filters = arrayOf(InputFilter.LengthFilter(longest))
        it.setBackgroundResource(UiR.drawable.lachan_field)
        it.minHeight = context.px(TOUCH)
        val edge = context.px(12)
        it.setPadding(edge, edge, edge, edge)
        it.isFocusable = true
        it.isFocusableInTouchMode = true
        it.isClickable = true
        it.isCursorVisible = true
        it.isSaveEnabled = false
        if (android.os.Build.VERSION.SDK_INT >= android.os.Build.VERSION_CODES.O) {
            it.importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
        }
        val place = LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        place.topMargin = context.px(4)
        addView(it, place)
    }
}

/** A field for the PIN that guardians have on this phone. */
internal fun LinearLayout.addPinField(label: String, field: Int): EditText =
    addField(label, field, InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_VARIATION_PASSWORD, LONGEST_PIN)

/** A line of a card with a switch, and a smaller line below it. */
internal fun LinearLayout.addSwitch(words: String, detail: String, on: Boolean, change: (Boolean) -> Unit): Switch {
    val accent = context.attributeColor(UiR.attr.lachanColorAccent)
    val quiet = context.attributeColor(UiR.attr.lachanColorTextMuted)
    val states = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())
    val edge = context.px(16)
    val made = Switch(context)
    made.text = words
    made.isChecked = on
    made.minHeight = context.px(TOUCH)
    made.setTextAppearance(UiR.style.LaChan_Text_Body)
    made.setTextColor(context.attributeColor(UiR.attr.lachanColorText))
    made.textSize = 16f
    made.switchPadding = context.px(12)
    made.thumbTintList = ColorStateList(states, intArrayOf(accent, quiet))
    made.trackTintList = ColorStateList(states, intArrayOf(accent, quiet))
    made.setPadding(edge, context.px(10), edge, context.px(4))
    made.background = null
    made.setOnCheckedChangeListener { _, checked -> change(checked) }
    addView(made, LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT))
    addText(UiR.style.LaChan_Text_Small, detail).setPadding(edge, 0, edge, context.px(12))
    return made
}

private const val TOUCH = 48

private const val LONGEST_PIN = 12

private const val GAP = 12
