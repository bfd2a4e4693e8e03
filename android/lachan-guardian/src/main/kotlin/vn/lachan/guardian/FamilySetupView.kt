package vn.lachan.guardian

import android.content.Context
import android.text.InputType
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.Typed
import vn.lachan.guardian.internal.addCode
import vn.lachan.guardian.internal.addColumns
import vn.lachan.guardian.internal.addDigits
import vn.lachan.guardian.internal.addField
import vn.lachan.guardian.internal.addHeadedCard
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addPinField
import vn.lachan.guardian.internal.addSwitch
import vn.lachan.guardian.internal.refusal
import vn.lachan.guardian.internal.say
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.KINDS
import vn.lachan.ui.Said as UiSaid
import vn.lachan.ui.addButton
import vn.lachan.ui.addCard
import vn.lachan.ui.addHead
import vn.lachan.ui.addNote
import vn.lachan.ui.addRow
import vn.lachan.ui.covers
import vn.lachan.ui.icon
import vn.lachan.ui.key
import vn.lachan.ui.R as UiR

/**
 * Sets the family up on the child's phone while a guardian holds it: pairing, the twelve digits, the guardian's consent,
 * birthday and PIN, and the first policy. After it the child is asked, with [AssentView].
 *
 * A phone on which this was begun and not ended begins anew and says so.
 *
 * @param checks what the app would look for; the guardian's consent is asked for exactly this.
 * @param progress how far it has come; an app that keeps it lets the phone be turned in the middle.
 */
public class FamilySetupView @JvmOverloads constructor(
    context: Context,
    private val phone: ChildPhone,
    private val scanner: PacketScanner,
    private val checks: vn.lachan.Checks = vn.lachan.Checks(),
    private val progress: SetupProgress = SetupProgress(),
    private val listener: SetupListener,
) : FamilyView(context, AgeBand.Under13) {
    /** Where the page that is shown says what did not work. */
    private var message: TextView? = null

    /** Waits for what is scanned, where the page that is shown does not by itself. */
    private var gateTakes: PacketTaker? = null

    init {
        progress.shown = this
        progress.begin(phone)
        draw()
    }

    /** Shows the step that was reached, in this view or in one that has taken its place. */
    internal fun draw() {
        message = null
        gateTakes = null
        when (val step = progress.step) {
            is SetupStep.Meet -> meet(step.again)
            is SetupStep.Answer -> answer(step.paired)
            is SetupStep.Compare -> compare(step.paired)
            SetupStep.Differ -> differ()
            is SetupStep.Ask -> askForYes(step.next)
            SetupStep.Decide -> decide()
            SetupStep.About -> about()
            SetupStep.Receive -> receive()
            SetupStep.HandOver -> handOver()
        }
    }

    private fun meet(again: Boolean): Unit = refill {
        announce(speech.say(Said.pairTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairTitle), speech.say(Said.pairIntro))
        if (again) page.addNote(UiR.drawable.lachan_ic_clock, speech.say(Said.pairAgain))
        page.addNote(UiR.drawable.lachan_ic_lock, speech.say(Said.pairAlone))
        message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) { scan() }
    }

    private fun answer(paired: Paired): Unit = refill {
        announce(speech.say(Said.pairAnswerTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairAnswerTitle), speech.say(Said.pairAnswerIntro))
        page.addCode(paired.answer, speech.say(Said.pairAnswerPicture))
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScanned), R.id.lachan_family_main) { progress.go(SetupStep.Compare(paired)) }
    }

    private fun compare(paired: Paired): Unit = refill {
        announce(speech.say(Said.pairDigitsTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairDigitsTitle), speech.say(Said.pairDigitsIntro))
        page.addDigits(paired.digits)
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairSame), R.id.lachan_family_main) {
            progress.yes = paired.yes ?: progress.yes
            progress.go(if (progress.yes != null) SetupStep.Decide else SetupStep.Ask(SetupStep.Decide))
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.pairDiffer), R.id.lachan_family_second) { progress.go(SetupStep.Differ) }
    }

    /** Whoever stands between two phones knows nothing yet: all that was agreed on so far goes. */
    private fun differ(): Unit = refill {
        announce(speech.say(Said.pairDifferTitle))
        page.addHead(UiR.drawable.lachan_ic_block, speech.say(Said.pairDifferTitle), speech.say(Said.pairDifferBody))
        message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) {
            progress.act { phone.withdraw(Party.Guardian).orSay { progress.go(SetupStep.Meet()) } }
        }
    }

    /** A phone that has paired before, or a yes that has run out: a guardian shows that it is there. */
    private fun askForYes(next: SetupStep) {
        val asks = PacketScanner { context, take ->
            gateTakes = take
            scanner.scan(context) { packet -> progress.shown?.take(packet) }
        }
        val gate = GateView(context, phone, Purpose.Change, AgeBand.Under13, asks) { given ->
            progress.yes = given
            if (given == null) listener.onDone(false) else progress.go(next)
        }
        refill { }
        page.addView(gate)
    }

    private fun decide(): Unit = refill {
        announce(speech.say(Said.consentTitle))
        page.addHead(UiR.drawable.lachan_ic_shield, speech.say(Said.consentTitle), speech.say(Said.consentIntro))
        val does = page.addHeadedCard(speech.say(Said.consentDoes))
        for (kind in KINDS.filter(checks::covers)) {
            does.addRow(kind.icon(), speech.say(UiSaid.checked.getValue("${kind.key()}.title")), speech.say(UiSaid.checked.getValue("${kind.key()}.text")))
        }
        val never = page.addHeadedCard(speech.say(Said.consentNever))
        never.addRow(UiR.drawable.lachan_ic_lock, speech.say(Said.consentNeverLeaves))
        never.addRow(UiR.drawable.lachan_ic_chat, speech.say(Said.consentNeverRead))
        never.addRow(UiR.drawable.lachan_ic_flag, speech.say(Said.consentNeverTells))
        page.addCard().addSwitch(speech.say(Said.consentCounts), speech.say(Said.consentCountsText), progress.counts) { progress.counts = it }
            .also { it.isSaveEnabled = false }
            .id = R.id.lachan_family_counts
        page.addNote(UiR.drawable.lachan_ic_close, speech.say(Said.consentStop))
        message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.consentYes), R.id.lachan_family_main) {
            progress.act { phone.consent(context.consentText(), Scope(checks, progress.counts), held()).orSay { progress.go(SetupStep.About) } }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.consentNo), R.id.lachan_family_second) { listener.onDone(false) }
    }

    private fun about(): Unit = refill {
        announce(speech.say(Said.aboutTitle))
        page.addHead(UiR.drawable.lachan_ic_heart, speech.say(Said.aboutTitle), speech.say(Said.aboutIntro))
        val (left, middle, right) = page.addColumns(1f, 1f, 1.3f)
        fun number(column: LinearLayout, label: vn.lachan.ui.Word, id: Int, longest: Int): () -> Int {
            val field = column.addField(speech.say(label), id, InputType.TYPE_CLASS_NUMBER, longest)
            field.setText(progress.birth[id])
            field.addTextChangedListener(Typed { progress.birth[id] = it })
            return { field.text.toString().toIntOrNull() ?: 0 }
        }
        val day = number(left, Said.aboutDay, R.id.lachan_family_day, 2)
        val month = number(middle, Said.aboutMonth, R.id.lachan_family_month, 2)
        val year = number(right, Said.aboutYear, R.id.lachan_family_year, 4)
        // The PIN is typed again after a turn: nobody keeps it, not even in memory.
        val pin = page.addPinField(speech.say(Said.aboutPin), R.id.lachan_family_pin)
        val again = page.addPinField(speech.say(Said.aboutAgain), R.id.lachan_family_pin_again)
        message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.aboutNext), R.id.lachan_family_main) {
            val birth = Birth(year(), month(), day())
            val secretPin = pin.text.toString()
            if (secretPin != again.text.toString()) say(Said.aboutDiffers) else progress.act { keep(birth, secretPin) }
        }
    }

    /** The PIN first: a phone that has a birthday counts as set up, and must not be without one. */
    private suspend fun keep(birth: Birth, pin: String) {
        when (val outcome = phone.setPin(pin, held())) {
            is Outcome.Refused -> return say(outcome, Refusal.WeakPin, Said.aboutWeak)
            is Outcome.Done -> Unit
        }
        when (val outcome = phone.setBirth(birth, held())) {
            is Outcome.Refused -> say(outcome, Refusal.Malformed, Said.aboutBirthWrong)
            is Outcome.Done -> progress.go(SetupStep.Receive)
        }
    }

    private fun receive(): Unit = refill {
        announce(speech.say(Said.rulesTitle))
        page.addHead(UiR.drawable.lachan_ic_device, speech.say(Said.rulesTitle), speech.say(Said.rulesIntro))
        page.addNote(UiR.drawable.lachan_ic_key, speech.say(Said.rulesRefresh))
        message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) { scan() }
    }

    private fun handOver(): Unit = refill {
        announce(speech.say(Said.handoverTitle))
        page.addHead(UiR.drawable.lachan_ic_heart, speech.say(Said.handoverTitle), speech.say(Said.handoverBody))
        buttons.addButton(ButtonKind.Main, speech.say(Said.handoverNext), R.id.lachan_family_main) { listener.onDone(true) }
    }

    private fun scan() = scanner.scan(context) { packet -> progress.shown?.take(packet) }

    /** What was scanned goes to the step that is shown, in whichever view that is by now. */
    private fun take(packet: Packet?) {
        val step = progress.step
        when {
            step is SetupStep.Ask -> gateTakes?.take(packet)
            packet == null -> say(Said.refusals.getValue(Refusal.NotAPacket.name))
            step is SetupStep.Meet -> progress.act { pair(packet, step.again) }
            step == SetupStep.Receive -> progress.act { phone.receivePolicy(packet).orSay { progress.go(SetupStep.HandOver) } }
        }
    }

    /** The guardian's yes of what was not ended is gone: to begin anew means to forget that as well. */
    private suspend fun pair(offer: Packet, again: Boolean) {
        if (again && phone.isHalfSetUp) phone.withdraw(Party.Guardian).orSay { } ?: return
        phone.pair(offer, progress.yes).orSay { progress.go(SetupStep.Answer(it)) }
    }

    /** Goes on with what was done, or says why it was not. `null` where it was not. */
    private fun <T> Outcome<T>.orSay(next: (T) -> Unit): Unit? = when (this) {
        is Outcome.Done -> next(value)
        is Outcome.Refused -> null.also { if (refusal == Refusal.NotAllowed) askAgain() else progress.shown?.message?.say(speech.refusal(this)) }
    }

    /** The guardian's yes has run out, as it does after five minutes, or there was none: with another one it goes on here. */
    private fun askAgain() {
        progress.yes = null
        progress.go(SetupStep.Ask(progress.step))
    }

    private fun say(words: vn.lachan.ui.Word) {
        progress.shown?.message?.say(speech.say(words))
    }

    private fun say(refused: Outcome.Refused, refusal: Refusal, words: vn.lachan.ui.Word) {
        if (refused.refusal == refusal) say(words) else refused.orSay { }
    }

    private fun held(): GuardianYes = checkNotNull(progress.yes) { "a page that needs a yes was shown without one" }

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        if (progress.shown === this) progress.shown = null
    }
}

/** Told how the setting up ended. */
public fun interface SetupListener {
    /** With `true` the child is to be asked next; with `false` nothing runs. */
    public fun onDone(ready: Boolean)
}
