package vn.lachan.ui

import android.content.Context
import android.view.View
import android.widget.TextView
import vn.lachan.Policy
import vn.lachan.Protection

/**
 * What is checked on this phone and what never happens, as the child may read it at any time: protection that cannot
 * be seen is not asked to be trusted.
 */
public class CheckedView(context: Context, policy: Policy) : SheetView(context) {
    init {
        setBackgroundResource(R.drawable.lachan_full)
        val speech = Speech(this.context, Voice.of(policy.age))
        refill {
            val running = policy.protection != Protection.Off
            announce(speech.say(Said.checked.getValue("title")))
            page.addHead(
                R.drawable.lachan_ic_shield,
                speech.say(Said.checked.getValue("title")),
                speech.say(Said.checked.getValue(if (running) "intro" else "all_off")),
            )
            val card = page.addCard()
            for (kind in KINDS) {
                val on = running && policy.checks.covers(kind)
                val state = speech.say(Said.checked.getValue(if (on) "on" else "off"))
                val row = card.addRow(kind.icon(), speech.say(Said.checked.getValue("${kind.key()}.title")), speech.say(Said.checked.getValue("${kind.key()}.text")), state)
                if (!on) {
                    val badge = row.part<TextView>(R.id.lachan_row_state)
                    badge.background = null
                    badge.setTextColor(this.context.attributeColor(R.attr.lachanColorTextMuted))
                }
            }
            page.addText(R.style.LaChan_Text_Heading, speech.say(Said.checked.getValue("never_title")), above = 28).markAsHeading()
            val never = page.addCard()
            (never.layoutParams as MarginLayoutParams).topMargin = this.context.px(12)
            never.addRow(R.drawable.lachan_ic_lock, speech.say(Said.checked.getValue("never_leaves")))
            never.addRow(R.drawable.lachan_ic_chat, speech.say(Said.checked.getValue("never_read")))
            never.addRow(R.drawable.lachan_ic_flag, speech.say(Said.checked.getValue("never_reported")))
            page.addNote(R.drawable.lachan_ic_eye, speech.say(Said.checked.getValue("mistakes")))
        }
    }
}

/** [CheckedView] over the app. */
public class CheckedSheet(context: Context, private val policy: Policy) : Sheet(context, full = true) {
    override fun content(): View = CheckedView(context, policy).also { view ->
        val speech = Speech(view.context, Voice.of(policy.age))
        view.buttons.addButton(ButtonKind.Main, speech.say(Said.actionsClose), R.id.lachan_close) { dismiss() }
        view.buttons.visibility = View.VISIBLE
    }
}
