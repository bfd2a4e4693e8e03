package vn.lachan.ui

import android.os.Build
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

/** The few parts that all screens are put together from. */
internal fun <V : View> ViewGroup.add(layout: Int): V {
    val view = LayoutInflater.from(context).inflate(layout, this, false)
    addView(view)
    @Suppress("UNCHECKED_CAST")
    return view as V
}

internal fun TextView.markAsHeading() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
}

/** Icon, title and a sentence. */
internal fun LinearLayout.addHead(icon: Int, title: String, body: String): View = add<View>(R.layout.lachan_head).apply {
    part<ImageView>(R.id.lachan_head_icon).setImageResource(icon)
    part<TextView>(R.id.lachan_title).apply { text = title }.markAsHeading()
    part<TextView>(R.id.lachan_body).text = body
}

internal fun LinearLayout.addCard(): LinearLayout = add(R.layout.lachan_card)

internal fun LinearLayout.addNote(icon: Int, words: String): View = add<View>(R.layout.lachan_note).apply {
    part<ImageView>(R.id.lachan_note_icon).setImageResource(icon)
    part<TextView>(R.id.lachan_note_text).text = words
}

/** One line of a card; with [open] it can be tapped and is read as one button. */
internal fun LinearLayout.addRow(icon: Int, words: String, detail: String? = null, state: String? = null, open: (() -> Unit)? = null): View =
    add<LinearLayout>(R.layout.lachan_row).apply {
        part<ImageView>(R.id.lachan_row_icon).setImageResource(icon)
        part<TextView>(R.id.lachan_row_text).text = words
        if (detail != null) {
            part<TextView>(R.id.lachan_row_detail).apply { text = detail }.visibility = View.VISIBLE
        }
        if (state != null) {
            part<TextView>(R.id.lachan_row_state).apply { text = state }.visibility = View.VISIBLE
            if (context.hasLargeText) stack(part(R.id.lachan_row_head))
        }
        if (open != null) {
            part<View>(R.id.lachan_row_chevron).visibility = if (state == null) View.VISIBLE else View.GONE
            setBackgroundResource(R.drawable.lachan_row)
            setOnClickListener { open() }
            readAsButton()
        } else if ((detail != null || state != null) && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            // Name, state and explanation are one thing to hear.
            isScreenReaderFocusable = true
        }
    }

/** Puts the badge below the name, which would be left no room beside it. */
private fun stack(head: LinearLayout) {
    head.orientation = LinearLayout.VERTICAL
    head.getChildAt(0).layoutParams = LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
    (head.getChildAt(1).layoutParams as ViewGroup.MarginLayoutParams).marginStart = 0
}

internal fun LinearLayout.addPoint(number: Int, words: String): View = add<View>(R.layout.lachan_point).apply {
    part<TextView>(R.id.lachan_point_number).text = number.toString()
    part<TextView>(R.id.lachan_point_text).text = words
}

internal enum class ButtonKind(val style: Int) {
    Main(R.style.LaChan_Button_Main),
    Soft(R.style.LaChan_Button_Soft),
    Quiet(R.style.LaChan_Button_Quiet),
}

internal fun LinearLayout.addButton(kind: ButtonKind, words: String, id: Int, press: () -> Unit): Button =
    Button(context, null, 0, kind.style).also {
        it.id = id
        it.text = words
        it.setOnClickListener { press() }
        val space = LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        space.topMargin = context.px(if (childCount == 0) 0 else if (kind == ButtonKind.Quiet) 4 else 10)
        addView(it, space)
    }

private fun View.readAsButton() {
    accessibilityDelegate = object : View.AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: android.view.accessibility.AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            info.className = Button::class.java.name
        }
    }
}

/** The picture that goes with a step of the advice. */
internal fun stepIcon(key: String): Int = when (key) {
    "no_need_to_look" -> R.drawable.lachan_ic_eye_off
    "not_your_fault" -> R.drawable.lachan_ic_heart
    "tell_someone", "ask_someone" -> R.drawable.lachan_ic_people
    "block" -> R.drawable.lachan_ic_block
    "wait_a_moment" -> R.drawable.lachan_ic_clock
    "once_sent_it_stays" -> R.drawable.lachan_ic_send
    "say_no_is_fine", "do_not_pass_on", "do_not_keep", "send_nothing_more", "do_not_go_alone" -> R.drawable.lachan_ic_no
    "think_of_the_person" -> R.drawable.lachan_ic_heart
    "no_need_to_answer" -> R.drawable.lachan_ic_chat
    "leave_it_out" -> R.drawable.lachan_ic_edit
    "hang_up" -> R.drawable.lachan_ic_phone
    "pay_nothing" -> R.drawable.lachan_ic_money
    "keep_evidence" -> R.drawable.lachan_ic_capture
    else -> R.drawable.lachan_ic_check
}

/** A view that our own layout has. */
internal fun <V : View> View.part(id: Int): V = checkNotNull(findViewById<V>(id)) { "layout and code are of different versions" }
