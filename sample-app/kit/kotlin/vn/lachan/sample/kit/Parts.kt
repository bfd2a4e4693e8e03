package vn.lachan.sample.kit

import android.animation.ValueAnimator
import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Rect
import android.os.Build
import android.provider.Settings.Global
import android.text.InputFilter
import android.util.TypedValue
import android.view.Gravity
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.ViewGroup.MarginLayoutParams
import android.view.WindowInsets
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.EditText
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.Switch
import android.widget.TextView
import vn.lachan.ui.R as Ui

/** Icon, title and a sentence. */
internal fun LinearLayout.head(icon: Int, title: String, body: String) {
    val head = inflate(Ui.layout.lachan_head)
    head.find<ImageView>(Ui.id.lachan_head_icon).setImageResource(icon)
    head.find<TextView>(Ui.id.lachan_title).apply { text = title }.markAsHeading()
    head.find<TextView>(Ui.id.lachan_body).text = body
}

/** A line that stands out, with an icon. */
internal fun LinearLayout.note(icon: Int, words: String) {
    val note = inflate(Ui.layout.lachan_note)
    note.find<ImageView>(Ui.id.lachan_note_icon).setImageResource(icon)
    note.find<TextView>(Ui.id.lachan_note_text).text = words
}

/** A card; [above] in dp, where the layout's own distance is not meant. */
internal fun LinearLayout.card(above: Int? = null, fill: LinearLayout.() -> Unit) {
    val card = inflate(Ui.layout.lachan_card) as LinearLayout
    if (above != null) (card.layoutParams as MarginLayoutParams).topMargin = context.px(above)
    card.fill()
}

internal fun LinearLayout.inflate(layout: Int): View = LayoutInflater.from(context).inflate(layout, this, false).also(::addView)

/** One line of a card; with [open] it can be tapped and is read as one button. */
internal fun LinearLayout.row(icon: Int, words: String, detail: String? = null, state: String? = null, open: (() -> Unit)? = null): View {
    val row = inflate(Ui.layout.lachan_row)
    row.find<ImageView>(Ui.id.lachan_row_icon).setImageResource(icon)
    row.find<TextView>(Ui.id.lachan_row_text).text = words
    if (detail != null) row.find<TextView>(Ui.id.lachan_row_detail).apply { text = detail }.visibility = View.VISIBLE
    if (state != null) {
        row.find<TextView>(Ui.id.lachan_row_state).apply { text = state }.visibility = View.VISIBLE
        if (context.hasLargeText) stack(row.find(Ui.id.lachan_row_head))
    }
    if (open != null) {
        row.find<View>(Ui.id.lachan_row_chevron).visibility = if (state == null) View.VISIBLE else View.GONE
        row.setBackgroundResource(Ui.drawable.lachan_row)
        row.setOnClickListener { open() }
        row.readAsButton()
    } else if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
        row.isScreenReaderFocusable = true
    }
    return row
}

private fun stack(head: LinearLayout) {
    head.orientation = LinearLayout.VERTICAL
    head.getChildAt(0).layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    (head.getChildAt(1).layoutParams as MarginLayoutParams).marginStart = 0
}

internal fun View.readAsButton() {
    accessibilityDelegate = object : View.AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            info.className = Button::class.java.name
        }
    }
}

internal fun LinearLayout.switch(words: String, detail: String?, on: Boolean, change: (Boolean) -> Unit): Switch {
    val states = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())
    val colours = intArrayOf(context.colour(Ui.attr.lachanColorAccent), context.colour(Ui.attr.lachanColorTextMuted))
    val edge = context.px(16)
    val made = Switch(context)
    made.text = words
    made.isChecked = on
    made.isSaveEnabled = false
    made.minHeight = context.px(48)
    made.textSize = 16f
    made.setTextColor(context.colour(Ui.attr.lachanColorText))
    made.switchPadding = context.px(12)
    made.thumbTintList = ColorStateList(states, colours)
    made.trackTintList = ColorStateList(states, colours)
    made.setPadding(edge, context.px(10), edge, context.px(if (detail == null) 10 else 2))
    made.setOnCheckedChangeListener { _, checked -> change(checked) }
    addView(made, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    if (detail != null) text(Ui.style.LaChan_Text_Small, detail, 0).setPadding(edge, 0, edge, context.px(12))
    return made
}

internal fun LinearLayout.field(id: Int, label: String, longest: Int, type: Int, lines: Int = 1): EditText {
    text(Ui.style.LaChan_Text_Small, label, 16).labelFor = id
    val field = EditText(context, null, 0, Ui.style.LaChan_Text_Body)
    field.id = id
    field.inputType = type
    field.minLines = lines
    field.gravity = Gravity.TOP
    field.filters = arrayOf(InputFilter.LengthFilter(longest))
    field.setBackgroundResource(Ui.drawable.lachan_field)
    // A height in pixels would take the place of one in lines.
    if (lines == 1) field.minHeight = context.px(48)
    val edge = context.px(12)
    field.setPadding(edge, edge, edge, edge)
    field.isFocusable = true
    field.isFocusableInTouchMode = true
    field.isClickable = true
    field.isSaveEnabled = false
    addView(field, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(4) })
    return field
}

/** A line that appears when there is something to say, and is heard then. */
internal fun LinearLayout.message(id: Int): TextView = text(Ui.style.LaChan_Text_Body, "", 16).also {
    it.id = id
    it.visibility = View.GONE
    it.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
}

internal fun TextView.say(words: String) {
    text = words
    visibility = View.VISIBLE
    // Below a long page nobody would see it. At once: a page that scrolls by itself would move for whoever wants it still.
    post { requestRectangleOnScreen(Rect(0, 0, width, height), true) }
}

internal fun LinearLayout.text(style: Int, words: String, above: Int): TextView = TextView(context, null, 0, style).also {
    it.text = words
    addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(above) })
}

internal fun TextView.markAsHeading() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
}

/** Keeps a page out from under the bars of the system and the keyboard. */
internal fun View.keepClearOfBars() {
    setOnApplyWindowInsetsListener { view, insets ->
        val (top, bottom) = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.ime()).let { it.top to it.bottom }
        } else {
            @Suppress("DEPRECATION")
            (insets.systemWindowInsetTop to insets.systemWindowInsetBottom)
        }
        view.setPadding(0, top, 0, bottom)
        insets
    }
}

internal fun <V : View> View.find(id: Int): V = checkNotNull(findViewById<V>(id)) { "layout and code are of different versions" }

internal fun Context.px(dp: Int): Int = (dp * resources.displayMetrics.density + 0.5f).toInt()

internal val Context.hasLargeText: Boolean get() = resources.configuration.fontScale > 1.3f

/** Whether the person asked the phone to keep still. */
internal val Context.isMotionReduced: Boolean
    get() = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
        !ValueAnimator.areAnimatorsEnabled()
    } else {
        Global.getFloat(contentResolver, Global.ANIMATOR_DURATION_SCALE, 1f) == 0f
    }

internal fun Context.colour(attribute: Int): Int {
    val value = TypedValue()
    theme.resolveAttribute(attribute, value, true)
    return if (value.resourceId != 0) getColor(value.resourceId) else value.data
}
