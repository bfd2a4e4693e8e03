package vn.lachan.guardian

import android.content.Context
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.addCode
import vn.lachan.guardian.internal.addHeadedCard
import vn.lachan.guardian.internal.addHeading
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addSwitch
import vn.lachan.guardian.internal.say
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.addButton
import vn.lachan.ui.addCard
import vn.lachan.ui.addHead
import vn.lachan.ui.addNote
import vn.lachan.ui.addRow
import vn.lachan.ui.R as UiR

/**
 * What leaves the child's phone: weekly numbers, if the child wants that, shown as its guardian will see them, with one
 * switch for on and off. Switching off wipes what was counted. Nothing is handed over before the child shows the code.
 */
public class SharedView(
    context: Context,
    private val phone: ChildPhone,
    age: AgeBand,
    private val onClose: Runnable,
) : FamilyView(context, age) {
    init {
        refill { announce(speech.say(Said.sharedTitle)) }
        act { look(justStopped = false) }
    }

    private suspend fun look(justStopped: Boolean) {
        val weeks = phone.weeksToShare().getOrNull()
        show(weeks, justStopped)
    }

    /** With `null` for [weeks] nothing is shared. */
    private fun show(weeks: List<CountedWeek>?, justStopped: Boolean): Unit = refill {
        val active = phone.state.value is FamilyState.Active
        val agreed = phone.agreed
        // A child who was not asked yet decides that first, and for all of it: its yes to numbers alone would be one to the rest.
        val asked = active && agreed.guardian?.counts == true && agreed.child != null
        val on = asked && agreed.child?.counts == true
        announce(speech.say(Said.sharedTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.sharedTitle), speech.say(if (weeks == null) Said.sharedIntroOff else Said.sharedIntroOn))
        lateinit var message: TextView
        if (asked) {
            page.addCard().addSwitch(speech.say(Said.assentCounts), speech.say(Said.assentCountsText), on) { change(it, message) }
                .id = R.id.lachan_family_counts
        } else {
            val wanted = agreed.guardian?.counts == true
            page.addNote(UiR.drawable.lachan_ic_lock, speech.say(if (wanted) Said.sharedWithoutYes else Said.sharedNotAsked))
        }
        message = page.addMessage()
        if (justStopped) message.say(speech.say(Said.sharedStopped))
        if (on && weeks == null) page.addNote(UiR.drawable.lachan_ic_lock, speech.say(Said.sharedPaused))
        if (weeks != null) addWeeks(weeks)
        val never = page.addHeadedCard(speech.say(Said.sharedNever))
        never.addRow(UiR.drawable.lachan_ic_chat, speech.say(Said.sharedNeverContent))
        never.addRow(UiR.drawable.lachan_ic_people, speech.say(Said.sharedNeverPeople))
        never.addRow(UiR.drawable.lachan_ic_clock, speech.say(Said.sharedNeverWhen))
        if (!weeks.isNullOrEmpty()) {
            buttons.addButton(ButtonKind.Soft, speech.say(Said.sharedGive), R.id.lachan_family_second) { give(message) }
        }
        buttons.addButton(ButtonKind.Main, speech.say(Said.sharedClose), R.id.lachan_family_main) { onClose.run() }
    }

    private fun addWeeks(weeks: List<CountedWeek>) {
        page.addHeading(speech.say(Said.sharedExactly))
        if (weeks.isEmpty()) {
            page.addNote(UiR.drawable.lachan_ic_clock, speech.say(Said.sharedNoneYet))
        } else {
            page.addView(WeeksView(context, weeks))
        }
    }

    private fun change(on: Boolean, message: TextView) {
        // The scope of what is looked at stays as the child left it. Where its yes has gone meanwhile, what is so is shown.
        val scope = phone.agreed.child ?: return act { look(justStopped = false) }
        act { phone.assent(context.consentText(), scope.copy(counts = on)).orSay(message) { look(justStopped = !on) } }
    }

    private fun give(message: TextView) {
        act { phone.shareCounts().orSay(message, ::showCode) }
    }

    private fun showCode(counts: Packet): Unit = refill {
        announce(speech.say(Said.sharedCodeTitle))
        page.addHead(UiR.drawable.lachan_ic_device, speech.say(Said.sharedCodeTitle), speech.say(Said.sharedCodeBody))
        page.addCode(counts, speech.say(Said.sharedCodePicture))
        buttons.addButton(ButtonKind.Main, speech.say(Said.sharedBack), R.id.lachan_family_main) { act { look(justStopped = false) } }
    }
}
