package vn.lachan.sample.guardian

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.drawable.BitmapDrawable
import android.os.Build
import android.text.InputFilter
import android.text.InputType
import android.util.TypedValue
import android.view.Gravity
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.EditText
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Switch
import android.widget.TextView
import vn.lachan.guardian.Packet
import vn.lachan.guardian.QrCode
import vn.lachan.ui.R as Ui

/** What every page is put together from: the layouts and styles that `lachan-ui` brings, so that both apps look alike. */
internal class Sheet(context: Context) : LinearLayout(context) {
    val page = LinearLayout(context)
    private val buttons = LinearLayout(context)

    init {
        orientation = VERTICAL
        setBackgroundColor(context.colour(Ui.attr.lachanColorSurface))
        val edge = context.px(24)
        page.orientation = VERTICAL
        page.setPadding(edge, context.px(20), edge, context.px(20))
        buttons.orientation = VERTICAL
        val scroll = ScrollView(context)
        scroll.isVerticalFadingEdgeEnabled = true
        scroll.setFadingEdgeLength(context.px(28))
        scroll.addView(page)
        addView(scroll, LayoutParams(MATCH_PARENT, 0, 1f))
        if (context.hasLargeText) {
            // Pinned, the buttons would leave no room for what they are about.
            buttons.setPadding(0, context.px(24), 0, 0)
        } else {
            buttons.setPadding(edge, context.px(8), edge, context.px(16))
            addView(buttons, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        }
    }

    /** A view that is a page of its own, under a label that says what it is; it scrolls by itself. */
    fun whole(label: String, title: String, view: View) {
        removeAllViews()
        val edge = context.px(24)
        val top = LinearLayout(context)
        top.orientation = VERTICAL
        top.setPadding(edge, context.px(12), edge, context.px(12))
        top.text(Ui.style.LaChan_Text_Label, label, 0)
        top.text(Ui.style.LaChan_Text_Heading, title, 2).markAsHeading()
        addView(top)
        addView(line())
        addView(view, LayoutParams(MATCH_PARENT, 0, 1f))
        addView(line())
        buttons.setPadding(edge, context.px(4), edge, context.px(4))
        addView(buttons)
    }

    private fun line(): View = View(context).also {
        it.setBackgroundColor(context.colour(Ui.attr.lachanColorOutline))
        it.layoutParams = LayoutParams(MATCH_PARENT, context.px(1))
    }

    /** Call when the page is filled: with large text the buttons come after all else. */
    fun close() {
        if (buttons.parent == null) page.addView(buttons)
        buttons.visibility = if (buttons.childCount == 0) View.GONE else View.VISIBLE
    }

    fun main(words: Int, press: () -> Unit) = button(Ui.style.LaChan_Button_Main, words, R.id.main, press)

    fun second(words: Int, press: () -> Unit) = button(Ui.style.LaChan_Button_Soft, words, R.id.second, press)

    fun third(words: Int, press: () -> Unit) = button(Ui.style.LaChan_Button_Quiet, words, R.id.third, press)

    fun link(words: Int, press: () -> Unit) = button(Ui.style.LaChan_Button_Link, words, R.id.second, press)

    private fun button(style: Int, words: Int, name: Int, press: () -> Unit): Button = Button(context, null, 0, style).also {
        it.id = name
        it.setText(words)
        it.setOnClickListener { press() }
        val space = LayoutParams(MATCH_PARENT, WRAP_CONTENT)
        space.topMargin = context.px(if (buttons.childCount == 0) 0 else if (style == Ui.style.LaChan_Button_Quiet) 4 else 10)
        buttons.addView(it, space)
    }

    fun head(icon: Int, title: String, body: String) {
        val head = inflate(Ui.layout.lachan_head)
        head.find<ImageView>(Ui.id.lachan_head_icon).setImageResource(icon)
        head.find<TextView>(Ui.id.lachan_title).apply { text = title }.markAsHeading()
        head.find<TextView>(Ui.id.lachan_body).text = body
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = title
    }

    fun head(icon: Int, title: Int, body: Int) = head(icon, context.getString(title), context.getString(body))

    fun heading(words: String) = text(Ui.style.LaChan_Text_Heading, words, 26).markAsHeading()

    fun note(icon: Int, words: String) {
        val note = inflate(Ui.layout.lachan_note)
        note.find<ImageView>(Ui.id.lachan_note_icon).setImageResource(icon)
        note.find<TextView>(Ui.id.lachan_note_text).text = words
    }

    fun card(close: Boolean = false, fill: LinearLayout.() -> Unit) {
        val card = inflate(Ui.layout.lachan_card) as LinearLayout
        if (close) (card.layoutParams as MarginLayoutParams).topMargin = context.px(10)
        card.fill()
    }

    fun text(style: Int, words: String, above: Int): TextView = page.text(style, words, above)

    /** A line that appears when something did not work, and is heard then. */
    fun message(): TextView = text(Ui.style.LaChan_Text_Body, "", 16).also {
        it.id = R.id.message
        it.visibility = View.GONE
        it.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    /** A code on white paper, as wide as the page. */
    fun code(packet: Packet, name: Int) {
        val code = ImageView(context)
        code.id = R.id.code
        code.setBackgroundResource(R.drawable.paper)
        code.adjustViewBounds = true
        code.scaleType = ImageView.ScaleType.FIT_CENTER
        code.setImageDrawable(BitmapDrawable(resources, QrCode.draw(packet, CODE_PIXELS)).apply { isFilterBitmap = true })
        code.contentDescription = context.getString(name)
        val edge = context.px(6)
        code.setPadding(edge, edge, edge, edge)
        page.addView(code, LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(16) })
    }

    /** Six digits, large, in two groups of three, and read one by one. */
    fun digits(digits: String) {
        val view = text(Ui.style.LaChan_Text_Title, digits.chunked(3).joinToString("  "), 20)
        view.id = R.id.digits
        view.textSize = 32f
        view.gravity = Gravity.CENTER
        view.textAlignment = View.TEXT_ALIGNMENT_GRAVITY
        view.letterSpacing = 0.08f
        view.contentDescription = digits.toList().joinToString(" ")
    }

    fun field(label: Int, longest: Int, type: Int = InputType.TYPE_CLASS_TEXT, lines: Int = 1): EditText {
        text(Ui.style.LaChan_Text_Small, context.getString(label), 16).labelFor = R.id.field
        val field = EditText(context, null, 0, Ui.style.LaChan_Text_Body)
        field.id = R.id.field
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
        page.addView(field, LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(4) })
        return field
    }

    private fun inflate(layout: Int): View = LayoutInflater.from(context).inflate(layout, page, false).also(page::addView)

    private companion object {
        const val CODE_PIXELS = 960
    }
}

/** One line of a card; with [open] it can be tapped and is read as one button. */
internal fun LinearLayout.row(icon: Int, words: String, detail: String? = null, state: String? = null, open: (() -> Unit)? = null): View {
    val row = LayoutInflater.from(context).inflate(Ui.layout.lachan_row, this, false)
    addView(row)
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
        row.accessibilityDelegate = object : View.AccessibilityDelegate() {
            override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
                super.onInitializeAccessibilityNodeInfo(host, info)
                info.className = Button::class.java.name
            }
        }
    } else if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
        row.isScreenReaderFocusable = true
    }
    return row
}

private fun stack(head: LinearLayout) {
    head.orientation = LinearLayout.VERTICAL
    head.getChildAt(0).layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    (head.getChildAt(1).layoutParams as ViewGroup.MarginLayoutParams).marginStart = 0
}

internal fun LinearLayout.switch(words: String, detail: String?, on: Boolean, change: (Boolean) -> Unit): Switch {
    val accent = context.colour(Ui.attr.lachanColorAccent)
    val quiet = context.colour(Ui.attr.lachanColorTextMuted)
    val states = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())
    val edge = context.px(16)
    val made = Switch(context)
    made.text = words
    made.isChecked = on
    made.isSaveEnabled = false
    made.minHeight = context.px(48)
    made.textSize = 16f
    made.setTextColor(context.colour(Ui.attr.lachanColorText))
    made.switchPadding = context.px(12)
    made.thumbTintList = ColorStateList(states, intArrayOf(accent, quiet))
    made.trackTintList = ColorStateList(states, intArrayOf(accent, quiet))
    made.setPadding(edge, context.px(10), edge, context.px(if (detail == null) 10 else 2))
    made.setOnCheckedChangeListener { _, checked -> change(checked) }
    addView(made, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    if (detail != null) text(Ui.style.LaChan_Text_Small, detail, 0).setPadding(edge, 0, edge, context.px(12))
    return made
}

internal fun LinearLayout.text(style: Int, words: String, above: Int): TextView = TextView(context, null, 0, style).also {
    it.text = words
    addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(above) })
}

internal fun TextView.markAsHeading() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
}

internal fun TextView.say(words: String) {
    text = words
    visibility = View.VISIBLE
}

internal fun <V : View> View.find(id: Int): V = checkNotNull(findViewById<V>(id)) { "layout and code are of different versions" }

internal fun Context.px(dp: Int): Int = (dp * resources.displayMetrics.density + 0.5f).toInt()

internal val Context.hasLargeText: Boolean get() = resources.configuration.fontScale > 1.3f

internal fun Context.colour(attribute: Int): Int {
    val value = TypedValue()
    theme.resolveAttribute(attribute, value, true)
    return if (value.resourceId != 0) getColor(value.resourceId) else value.data
}
