package vn.lachan.guardian

import android.content.Context
import vn.lachan.AgeBand
import vn.lachan.Protection
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addSwitch
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.addButton
import vn.lachan.ui.addCard
import vn.lachan.ui.addHead
import vn.lachan.ui.addRow
import vn.lachan.ui.R as UiR

/**
 * Asks the child, in its own words and on its own phone, whether it agrees. "No" is an answer: nothing runs then that needs
 * its yes, and nobody is told more than that.
 *
 * @param scope what the guardian has agreed to. The child may agree to less: counts are off until it switches them on.
 */
public class AssentView(
    context: Context,
    private val phone: ChildPhone,
    private val age: AgeBand,
    private val scope: Scope,
    private val listener: AssentListener,
) : FamilyView(context, age) {
    private var counts = false

    init {
        ask()
    }

    private fun ask(): Unit = refill {
        announce(speech.say(Said.assentTitle))
        page.addHead(UiR.drawable.lachan_ic_shield, speech.say(Said.assentTitle), speech.say(Said.assentIntro))
        val card = page.addCard()
        card.addRow(UiR.drawable.lachan_ic_heart, speech.say(Said.assentHelps))
        card.addRow(UiR.drawable.lachan_ic_device, speech.say(Said.assentStays))
        card.addRow(UiR.drawable.lachan_ic_lock, speech.say(Said.assentPrivate))
        card.addRow(UiR.drawable.lachan_ic_check, speech.say(Said.assentNoFault))
        card.addRow(UiR.drawable.lachan_ic_close, speech.say(Said.assentStop))
        if (scope.counts) {
            page.addCard().addSwitch(speech.say(Said.assentCounts), speech.say(Said.assentCountsText), counts) { counts = it }
                .id = R.id.lachan_family_counts
        }
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.assentYes), R.id.lachan_family_main) {
            act { phone.assent(context.consentText(), Scope(scope.checks, counts && scope.counts)).orSay(message) { answered(agreed = true) } }
        }
        buttons.addButton(ButtonKind.Soft, speech.say(Said.assentNo), R.id.lachan_family_second) {
            act {
                // Where nothing runs and no yes is on record, a no changes nothing, and nothing is written down.
                val changes = phone.state.value is FamilyState.Active || phone.agreed.child != null
                if (!changes) return@act answered(agreed = false)
                phone.decline(context.consentText()).orSay(message) { answered(agreed = false) }
            }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.assentAsk), R.id.lachan_family_third) { HelpSheet(context, age).show() }
    }

    private fun answered(agreed: Boolean): Unit = refill {
        // What is said is what is: a yes may come before the guardian's settings, a no from a child too young to be asked.
        val isOn = phone.state.value.policy.protection != Protection.Off
        val title = if (agreed) Said.assentThanksTitle else Said.assentDeclinedTitle
        val body = when {
            agreed -> if (isOn) Said.assentThanksBody else Said.assentThanksWaitingBody
            isOn -> Said.assentDeclinedOnBody
            else -> Said.assentDeclinedBody
        }
        announce(speech.say(title))
        page.addHead(if (agreed) UiR.drawable.lachan_ic_check else UiR.drawable.lachan_ic_heart, speech.say(title), speech.say(body))
        buttons.addButton(ButtonKind.Main, speech.say(Said.assentClose), R.id.lachan_family_main) { listener.onAnswer(agreed) }
    }
}

/** Told what the child said. */
public fun interface AssentListener {
    /** Called once, when the child closes the last page. */
    public fun onAnswer(agreed: Boolean)
}
