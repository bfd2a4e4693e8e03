package vn.lachan.sample.chat

import android.animation.ValueAnimator
import android.content.Context
import android.content.res.ColorStateList
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.provider.Settings.Global
import android.util.TypedValue
import android.view.Gravity
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.ViewGroup.MarginLayoutParams
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Switch
import android.widget.TextView
import vn.lachan.ui.R as Ui

/** A page: a bar, what scrolls, and what stays below it. The parts are those of `lachan-ui`, so that all looks alike. */
internal class Screen(context: Context) : LinearLayout(context) {
    val page = LinearLayout(context)
    val scroll = ScrollView(context)
    val below = LinearLayout(context)

    init {
        orientation = VERTICAL
        setBackgroundColor(context.colour(Ui.attr.lachanColorSurface))
        page.orientation = VERTICAL
        val edge = context.px(20)
        page.setPadding(edge, context.px(8), edge, context.px(20))
        scroll.isFillViewport = true
        scroll.addView(page)
        below.orientation = VERTICAL
        addView(scroll, LayoutParams(MATCH_PARENT, 0, 1f))
        addView(below, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    /** The bar at the top. With [back] there is a way back; [icons] stand at the end. */
    fun bar(title: String, detail: String?, back: (() -> Unit)?, vararg icons: BarIcon) {
        val bar = LinearLayout(context)
        bar.gravity = Gravity.CENTER_VERTICAL
        bar.setPadding(context.px(if (back == null) 20 else 4), context.px(6), context.px(8), context.px(6))
        if (back != null) bar.addView(icon(BarIcon(R.id.back, R.drawable.ic_back, R.string.back, back)))
        val names = LinearLayout(context)
        names.orientation = VERTICAL
        names.text(Ui.style.LaChan_Text_Heading, title, 0).markAsHeading()
        if (detail != null) names.text(Ui.style.LaChan_Text_Small, detail, 0)
        bar.addView(names, LayoutParams(0, WRAP_CONTENT, 1f))
        for (icon in icons) bar.addView(icon(icon))
        addView(bar, 0, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = title
    }

    private fun icon(icon: BarIcon): View = context.iconButton(icon.drawable, context.getString(icon.words), icon.press).also { it.id = icon.id }

    fun head(icon: Int, title: Int, body: Int) {
        val head = LayoutInflater.from(context).inflate(Ui.layout.lachan_head, page, false)
        page.addView(head)
        head.find<ImageView>(Ui.id.lachan_head_icon).setImageResource(icon)
        head.find<TextView>(Ui.id.lachan_title).apply { setText(title) }.markAsHeading()
        head.find<TextView>(Ui.id.lachan_body).setText(body)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = context.getString(title)
    }

    fun heading(words: Int, detail: Int? = null) {
        page.text(Ui.style.LaChan_Text_Heading, context.getString(words), 24).markAsHeading()
        if (detail != null) page.text(Ui.style.LaChan_Text_Small, context.getString(detail), 4)
    }

    fun card(fill: LinearLayout.() -> Unit) {
        val card = LayoutInflater.from(context).inflate(Ui.layout.lachan_card, page, false) as LinearLayout
        (card.layoutParams as MarginLayoutParams).topMargin = context.px(12)
        page.addView(card)
        card.fill()
    }

    /** A button in a row of its own below the page; with large text it scrolls with the page. */
    fun button(style: Int, words: Int, name: Int, press: () -> Unit) {
        val button = Button(context, null, 0, style)
        button.id = name
        button.setText(words)
        button.setOnClickListener { press() }
        val into = if (context.hasLargeText) page else below
        val space = LayoutParams(MATCH_PARENT, WRAP_CONTENT)
        val edge = if (into === page) 0 else context.px(20)
        space.setMargins(edge, context.px(if (style == Ui.style.LaChan_Button_Quiet) 2 else 10), edge, context.px(4))
        into.addView(button, space)
    }

    fun toEnd() {
        scroll.post {
            val end = page.height
            if (context.isMotionReduced) scroll.scrollTo(0, end) else scroll.smoothScrollTo(0, end)
        }
    }
}

/** An icon of the bar. */
internal class BarIcon(val id: Int, val drawable: Int, val words: Int, val press: () -> Unit)

internal fun Context.iconButton(drawable: Int, words: String, press: () -> Unit): ImageButton = ImageButton(this).also {
    it.setImageResource(drawable)
    it.imageTintList = ColorStateList.valueOf(colour(Ui.attr.lachanColorAccent))
    it.setBackgroundResource(Ui.drawable.lachan_button_quiet)
    it.contentDescription = words
    it.scaleType = ImageView.ScaleType.CENTER
    it.setOnClickListener { press() }
    it.layoutParams = LinearLayout.LayoutParams(px(48), px(48))
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

internal fun LinearLayout.switch(words: String, on: Boolean, change: (Boolean) -> Unit): Switch {
    val states = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())
    val colours = intArrayOf(context.colour(Ui.attr.lachanColorAccent), context.colour(Ui.attr.lachanColorTextMuted))
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
    made.setPadding(context.px(16), context.px(8), context.px(16), context.px(8))
    made.setOnCheckedChangeListener { _, checked -> change(checked) }
    addView(made, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    return made
}

internal fun LinearLayout.text(style: Int, words: String, above: Int): TextView = TextView(context, null, 0, style).also {
    it.text = words
    addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(above) })
}

internal fun Context.rounded(attribute: Int, radiusDp: Int, outline: Boolean = false): GradientDrawable = GradientDrawable().also {
    it.setColor(colour(attribute))
    it.cornerRadius = px(radiusDp).toFloat()
    if (outline) it.setStroke(px(1), colour(Ui.attr.lachanColorOutline))
}

internal fun TextView.markAsHeading() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
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
