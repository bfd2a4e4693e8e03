package vn.lachan.guardian

import android.content.Context
import android.view.View
import android.widget.TextView
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.MainThread
import vn.lachan.guardian.internal.addCode
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addPinField
import vn.lachan.guardian.internal.say
import vn.lachan.guardian.internal.time
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.GuardianAnswer
import vn.lachan.ui.GuardianGate
import vn.lachan.ui.Sheet
import vn.lachan.ui.Warning
import vn.lachan.ui.addButton
import vn.lachan.ui.addHead
import vn.lachan.ui.R as UiR

/**
 * Asks a guardian for a yes: with the PIN on this phone, or from the companion with a code to scan. It says neither to the
 * guardian nor to its phone what it is about beyond [Purpose].
 *
 * @param pin whether the PIN may serve, as the policy in force says.
 * @param companion whether the companion may.
 */
public class GateView @JvmOverloads constructor(
    context: Context,
    private val phone: ChildPhone,
    private val purpose: Purpose,
    age: AgeBand,
    private val scanner: PacketScanner,
    private val pin: Boolean = true,
    private val companion: Boolean = true,
    private val listener: GateListener,
) : FamilyView(context, age) {
    init {
        ask()
    }

    private fun ask(): Unit = refill {
        val title = speech.say(if (purpose == Purpose.Reveal) Said.gateTitle else Said.gateChangeTitle)
        announce(title)
        page.addHead(UiR.drawable.lachan_ic_lock, title, speech.say(Said.gateBody))
        if (pin) {
            val field = page.addPinField(speech.say(Said.gatePin), R.id.lachan_family_pin)
            val message = page.addMessage()
            buttons.addButton(ButtonKind.Main, speech.say(Said.gateOpen), R.id.lachan_family_main) {
                val entered = field.text.toString()
                field.setText("")
                act { phone.enterPin(entered, purpose).orSay(message) { show(it, message) } }
            }
        }
        if (companion) {
            val message = page.addMessage()
            buttons.addButton(if (pin) ButtonKind.Soft else ButtonKind.Main, speech.say(Said.gateAsk), R.id.lachan_family_second) {
                act { phone.request(purpose).orSay(message, ::showRequest) }
            }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.gateCancel), R.id.lachan_family_third) { listener.onAnswer(null) }
    }

    private fun show(answer: PinAnswer, message: TextView) {
        message.say(
            when (answer) {
                is PinAnswer.Open -> return listener.onAnswer(answer.yes)
                is PinAnswer.Wrong ->
                    if (answer.waitSeconds == 0L) speech.say(Said.gateWrong) else speech.say(Said.gateWrongWait, speech.time(answer.waitSeconds))
                is PinAnswer.Wait -> speech.say(Said.gateWait, speech.time(answer.waitSeconds))
                is PinAnswer.NotAvailable -> speech.say(Said.gateNotAvailable)
            },
        )
    }

    private fun showRequest(request: Packet): Unit = refill {
        announce(speech.say(Said.gateRequestTitle))
        page.addHead(UiR.drawable.lachan_ic_device, speech.say(Said.gateRequestTitle), speech.say(Said.gateRequestBody))
        page.addCode(request, speech.say(Said.gateRequestPicture))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.gateScan), R.id.lachan_family_main) {
            scanner.scan(context) { packet -> redeem(packet, message) }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.gateCancel), R.id.lachan_family_third) { listener.onAnswer(null) }
    }

    private fun redeem(packet: Packet?, message: TextView) {
        packet ?: return message.say(speech.say(Said.refusals.getValue(Refusal.NotAPacket.name)))
        act { phone.redeem(packet).orSay(message) { listener.onAnswer(it) } }
    }
}

/** Told what the guardian said. */
public fun interface GateListener {
    /** The guardian's yes, or `null` where the person gave up. */
    public fun onAnswer(yes: GuardianYes?)
}

/**
 * The gate of `lachan-ui` over the family of this phone: hand it to `HostActions`.
 *
 * @sample vn.lachan.guardian.samples.askAGuardian
 */
public class FamilyGate(private val phone: ChildPhone, private val scanner: PacketScanner) : GuardianGate {
    override fun ask(context: Context, warning: Warning, answer: GuardianAnswer) {
        GateSheet(context, warning.age, answer).show()
    }

    private inner class GateSheet(context: Context, private val age: AgeBand, private val answer: GuardianAnswer) : Sheet(context, full = false) {
        private var answered = false

        override fun content(): View {
            val rules = phone.state.value.policy.reveal
            val view = GateView(context, phone, Purpose.Reveal, age, scanner, rules.pin, rules.companion) { yes -> use(yes) }
            view.setBackgroundResource(UiR.drawable.lachan_sheet)
            setOnDismissListener { tell(false) }
            return view
        }

        /** A yes is used up here, so that it opens this one picture and no other. */
        private fun use(yes: GuardianYes?) {
            yes ?: return dismiss()
            CoroutineScope(MainThread).launch {
                if (phone.reveal(yes) is Outcome.Done) tell(true)
                dismiss()
            }
        }

        private fun tell(granted: Boolean) {
            if (answered) return
            answered = true
            answer.onAnswer(granted)
        }
    }
}
