package vn.lachan.sample.guardian

import android.content.Context
import android.os.Build
import android.text.InputType
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import vn.lachan.guardian.CodeView
import vn.lachan.guardian.Packet
import vn.lachan.sample.kit.card
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.field
import vn.lachan.sample.kit.hasLargeText
import vn.lachan.sample.kit.head
import vn.lachan.sample.kit.markAsHeading
import vn.lachan.sample.kit.message
import vn.lachan.sample.kit.note
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.text
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
        page.head(icon, title, body)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = title
    }

    fun head(icon: Int, title: Int, body: Int) = head(icon, context.getString(title), context.getString(body))

    fun heading(words: String) = text(Ui.style.LaChan_Text_Heading, words, 26).markAsHeading()

    fun note(icon: Int, words: String) = page.note(icon, words)

    fun card(close: Boolean = false, fill: LinearLayout.() -> Unit) = page.card(if (close) CLOSE_DP else null, fill)

    fun text(style: Int, words: String, above: Int): TextView = page.text(style, words, above)

    /** A line that appears when something did not work, and is heard then. */
    fun message(): TextView = page.message(R.id.message)

    /** A code on white paper, as wide as the page, or smaller so that all of it is seen. */
    fun code(packet: Packet, name: Int) {
        val code = CodeView(context, packet)
        code.id = R.id.code
        code.contentDescription = context.getString(name)
        val space = LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
        space.gravity = Gravity.CENTER_HORIZONTAL
        space.topMargin = context.px(16)
        page.addView(code, space)
    }

    /** Twelve digits, large, in three groups of four, and read one by one. */
    fun digits(digits: String) {
        val view = text(Ui.style.LaChan_Text_Title, digits.chunked(4).joinToString("  "), 20)
        view.id = R.id.digits
        view.textSize = 28f
        view.gravity = Gravity.CENTER
        view.textAlignment = View.TEXT_ALIGNMENT_GRAVITY
        view.letterSpacing = 0.08f
        view.contentDescription = digits.toList().joinToString(" ")
    }

    fun field(label: Int, longest: Int, type: Int = InputType.TYPE_CLASS_TEXT, lines: Int = 1): EditText =
        page.field(R.id.field, context.getString(label), longest, type, lines)

    private companion object {
        /** Above a card that belongs to the heading before it. */
        const val CLOSE_DP = 10
    }
}
