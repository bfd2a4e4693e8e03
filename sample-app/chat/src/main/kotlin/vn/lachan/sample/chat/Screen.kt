package vn.lachan.sample.chat

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.os.SystemClock
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import vn.lachan.sample.kit.card
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.hasLargeText
import vn.lachan.sample.kit.head
import vn.lachan.sample.kit.isMotionReduced
import vn.lachan.sample.kit.markAsHeading
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.text
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
        page.head(icon, context.getString(title), context.getString(body))
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = context.getString(title)
    }

    fun heading(words: Int, detail: Int? = null) {
        page.text(Ui.style.LaChan_Text_Heading, context.getString(words), 24).markAsHeading()
        if (detail != null) page.text(Ui.style.LaChan_Text_Small, context.getString(detail), 4)
    }

    fun card(fill: LinearLayout.() -> Unit) = page.card(CARD_DP, fill)

    /** A view that is a page of its own and scrolls by itself. */
    fun whole(view: View) {
        removeView(scroll)
        removeView(below)
        addView(view, LayoutParams(MATCH_PARENT, 0, 1f))
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
        if (into === below) below.setPadding(0, 0, 0, context.px(12))
        into.addView(button, space)
    }

    fun toEnd() {
        scroll.post {
            val end = page.height
            if (context.isMotionReduced) scroll.scrollTo(0, end) else scroll.smoothScrollTo(0, end)
        }
    }

    private companion object {
        const val CARD_DP = 12
    }
}

/** Words that have just come up. As in `WarningView`, a tap before they could be read is the second of a double tap, and none. */
internal class Reading {
    private val since = SystemClock.uptimeMillis()

    val isDone: Boolean get() = SystemClock.uptimeMillis() - since >= MILLIS

    private companion object {
        /** As long as a page of a warning stands before a tap goes on from it. */
        const val MILLIS = 800L
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

internal fun Context.rounded(attribute: Int, radiusDp: Int, outline: Boolean = false): GradientDrawable = GradientDrawable().also {
    it.setColor(colour(attribute))
    it.cornerRadius = px(radiusDp).toFloat()
    if (outline) it.setStroke(px(1), colour(Ui.attr.lachanColorOutline))
}
