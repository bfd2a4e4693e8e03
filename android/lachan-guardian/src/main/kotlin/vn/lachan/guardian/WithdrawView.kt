package vn.lachan.guardian

import android.content.Context
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.addHeadedCard
import vn.lachan.guardian.internal.addMessage
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.addButton
import vn.lachan.ui.addHead
import vn.lachan.ui.addNote
import vn.lachan.ui.addRow
import vn.lachan.ui.R as UiR

/**
 * Takes consent back in one step, for whoever has the phone in hand, and says in plain words what was wiped.
 *
 * @param things what else the app keeps of the family; the memory of conversations is wiped anyway.
 */
public class WithdrawView @JvmOverloads constructor(
    context: Context,
    private val phone: ChildPhone,
    private val party: Party,
    age: AgeBand,
    private val things: List<Wipeable> = emptyList(),
    private val onClose: Runnable,
) : FamilyView(context, age) {
    init {
        if ((phone.state.value as? FamilyState.Withdrawn)?.unfinished == true) stillWiping() else ask()
    }

    private fun ask(): Unit = refill {
        val child = party == Party.Child
        val title = speech.say(if (child) Said.withdrawTitle else Said.withdrawTitleGuardian)
        announce(title)
        page.addHead(UiR.drawable.lachan_ic_shield, title, speech.say(if (child) Said.withdrawBody else Said.withdrawBodyGuardian))
        val card = page.addHeadedCard(speech.say(Said.withdrawWiped))
        card.addRow(UiR.drawable.lachan_ic_chat, speech.say(Said.withdrawMemory))
        card.addRow(UiR.drawable.lachan_ic_clock, speech.say(Said.withdrawCounts))
        card.addRow(UiR.drawable.lachan_ic_key, speech.say(Said.withdrawKeys))
        page.addNote(UiR.drawable.lachan_ic_edit, speech.say(Said.withdrawKept))
        val message = page.addMessage()
        // Neither answer is the louder one: stopping is the person's right, and cannot be undone.
        buttons.addButton(ButtonKind.Soft, speech.say(Said.withdrawYes), R.id.lachan_family_second) {
            act { phone.withdraw(party, things).orSay(message, ::stopped) }
        }
        buttons.addButton(ButtonKind.Soft, speech.say(Said.withdrawNo), R.id.lachan_family_main) { onClose.run() }
    }

    private fun stopped(withdrawal: Withdrawal) {
        if (withdrawal.left.isEmpty()) done() else stillWiping()
    }

    private fun done(): Unit = refill {
        announce(speech.say(Said.withdrawDoneTitle))
        page.addHead(UiR.drawable.lachan_ic_check, speech.say(Said.withdrawDoneTitle), speech.say(Said.withdrawDoneBody))
        buttons.addButton(ButtonKind.Main, speech.say(Said.withdrawClose), R.id.lachan_family_main) { onClose.run() }
    }

    private fun stillWiping(): Unit = refill {
        announce(speech.say(Said.withdrawLeftTitle))
        page.addHead(UiR.drawable.lachan_ic_clock, speech.say(Said.withdrawLeftTitle), speech.say(Said.withdrawLeftBody))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.withdrawAgain), R.id.lachan_family_main) {
            act { phone.finishWithdrawal(things).orSay(message, ::stopped) }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.withdrawClose), R.id.lachan_family_second) { onClose.run() }
    }
}
