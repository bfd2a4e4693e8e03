package vn.lachan.guardian

import android.content.Context
import android.text.InputType
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.FindingKind
import vn.lachan.guardian.internal.addCode
import vn.lachan.guardian.internal.addColumns
import vn.lachan.guardian.internal.addDigits
import vn.lachan.guardian.internal.addField
import vn.lachan.guardian.internal.addHeading
import vn.lachan.guardian.internal.addMessage
import vn.lachan.guardian.internal.addSwitch
import vn.lachan.guardian.internal.icon
import vn.lachan.guardian.internal.say
import vn.lachan.ui.ButtonKind
import vn.lachan.ui.Said as UiSaid
import vn.lachan.ui.addButton
import vn.lachan.ui.addCard
import vn.lachan.ui.addHead
import vn.lachan.ui.addNote
import vn.lachan.ui.addRow
import vn.lachan.ui.key
import vn.lachan.ui.R as UiR

/**
 * Sets the family up on the child's phone while a guardian holds it: pairing, the six digits, the guardian's consent,
 * birthday and PIN, and the first policy. After it the child is asked, with [AssentView].
 *
 * @param checks what the app would look for; the guardian's consent is asked for exactly this.
 */
public class FamilySetupView @JvmOverloads constructor(
    context: Context,
    private val phone: ChildPhone,
    private val scanner: PacketScanner,
    private val checks: vn.lachan.Checks = vn.lachan.Checks(),
    private val listener: SetupListener,
) : FamilyView(context, AgeBand.Under13) {
    private var yes: GuardianYes? = null
    private var counts = true

    init {
        meet()
    }

    private fun meet(): Unit = refill {
        announce(speech.say(Said.pairTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairTitle), speech.say(Said.pairIntro))
        page.addNote(UiR.drawable.lachan_ic_lock, speech.say(Said.pairAlone))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) {
            scan(message) { packet -> phone.pair(packet, yes).orSay(message, ::answer) }
        }
    }

    private fun answer(paired: Paired): Unit = refill {
        announce(speech.say(Said.pairAnswerTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairAnswerTitle), speech.say(Said.pairAnswerIntro))
        page.addCode(paired.answer, speech.say(Said.pairAnswerPicture))
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScanned), R.id.lachan_family_main) { compare(paired) }
    }

    private fun compare(paired: Paired): Unit = refill {
        announce(speech.say(Said.pairDigitsTitle))
        page.addHead(UiR.drawable.lachan_ic_people, speech.say(Said.pairDigitsTitle), speech.say(Said.pairDigitsIntro))
        page.addDigits(paired.digits)
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairSame), R.id.lachan_family_main) {
            yes = paired.yes ?: yes
            if (yes != null) decide() else askForYes()
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.pairDiffer), R.id.lachan_family_second) { differ() }
    }

    /** Whoever stands between two phones knows nothing yet: all that was agreed on so far goes. */
    private fun differ(): Unit = refill {
        announce(speech.say(Said.pairDifferTitle))
        page.addHead(UiR.drawable.lachan_ic_block, speech.say(Said.pairDifferTitle), speech.say(Said.pairDifferBody))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) {
            act { phone.withdraw(Party.Guardian).orSay(message) { meet() } }
        }
    }

    /** A phone that has paired before: its guardian shows that it is there. */
    private fun askForYes() {
        val gate = GateView(context, phone, Purpose.Change, AgeBand.Under13, scanner) { given ->
            yes = given
            if (given == null) listener.onDone(false) else decide()
        }
        refill { }
        page.addView(gate)
    }

    private fun decide(): Unit = refill {
        announce(speech.say(Said.consentTitle))
        page.addHead(UiR.drawable.lachan_ic_shield, speech.say(Said.consentTitle), speech.say(Said.consentIntro))
        page.addHeading(speech.say(Said.consentDoes))
        val does = page.addCard()
        (does.layoutParams as MarginLayoutParams).topMargin /= 2
        for (kind in KINDS.filter(::covers)) {
            does.addRow(kind.icon(), speech.say(UiSaid.checked.getValue("${kind.key()}.title")), speech.say(UiSaid.checked.getValue("${kind.key()}.text")))
        }
        page.addHeading(speech.say(Said.consentNever))
        val never = page.addCard()
        (never.layoutParams as MarginLayoutParams).topMargin /= 2
        never.addRow(UiR.drawable.lachan_ic_lock, speech.say(Said.consentNeverLeaves))
        never.addRow(UiR.drawable.lachan_ic_chat, speech.say(Said.consentNeverRead))
        never.addRow(UiR.drawable.lachan_ic_flag, speech.say(Said.consentNeverTells))
        page.addCard().addSwitch(speech.say(Said.consentCounts), speech.say(Said.consentCountsText), counts) { counts = it }
            .id = R.id.lachan_family_counts
        page.addNote(UiR.drawable.lachan_ic_close, speech.say(Said.consentStop))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.consentYes), R.id.lachan_family_main) {
            act { phone.consent(context.consentText(), Scope(checks, counts), held()).orSay(message) { about() } }
        }
        buttons.addButton(ButtonKind.Quiet, speech.say(Said.consentNo), R.id.lachan_family_second) { listener.onDone(false) }
    }

    private fun about(): Unit = refill {
        announce(speech.say(Said.aboutTitle))
        page.addHead(UiR.drawable.lachan_ic_heart, speech.say(Said.aboutTitle), speech.say(Said.aboutIntro))
        val (left, middle, right) = page.addColumns(1f, 1f, 1.3f)
        val day = left.addField(speech.say(Said.aboutDay), R.id.lachan_family_day, InputType.TYPE_CLASS_NUMBER, 2)
        val month = middle.addField(speech.say(Said.aboutMonth), R.id.lachan_family_month, InputType.TYPE_CLASS_NUMBER, 2)
        val year = right.addField(speech.say(Said.aboutYear), R.id.lachan_family_year, InputType.TYPE_CLASS_NUMBER, 4)
        val secret = InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_VARIATION_PASSWORD
        val pin = page.addField(speech.say(Said.aboutPin), R.id.lachan_family_pin, secret, LONGEST_PIN)
        val again = page.addField(speech.say(Said.aboutAgain), R.id.lachan_family_pin_again, secret, LONGEST_PIN)
        val message = page.addMessage()
        fun number(field: TextView) = field.text.toString().toIntOrNull() ?: 0
        buttons.addButton(ButtonKind.Main, speech.say(Said.aboutNext), R.id.lachan_family_main) {
            val birth = Birth(number(year), number(month), number(day))
            val secretPin = pin.text.toString()
            if (secretPin != again.text.toString()) message.say(speech.say(Said.aboutDiffers)) else act { keep(birth, secretPin, message) }
        }
    }

    private suspend fun keep(birth: Birth, pin: String, message: TextView) {
        when (val outcome = phone.setBirth(birth, held())) {
            is Outcome.Refused -> return say(message, outcome, Refusal.Malformed, Said.aboutBirthWrong)
            is Outcome.Done -> Unit
        }
        when (val outcome = phone.setPin(pin, held())) {
            is Outcome.Refused -> say(message, outcome, Refusal.WeakPin, Said.aboutWeak)
            is Outcome.Done -> receive()
        }
    }

    private fun say(message: TextView, refused: Outcome.Refused, refusal: Refusal, words: vn.lachan.ui.Word) {
        if (refused.refusal == refusal) message.say(speech.say(words)) else refused.orSay(message) { }
    }

    private fun receive(): Unit = refill {
        announce(speech.say(Said.rulesTitle))
        page.addHead(UiR.drawable.lachan_ic_phone, speech.say(Said.rulesTitle), speech.say(Said.rulesIntro))
        page.addNote(UiR.drawable.lachan_ic_key, speech.say(Said.rulesRefresh))
        val message = page.addMessage()
        buttons.addButton(ButtonKind.Main, speech.say(Said.pairScan), R.id.lachan_family_main) {
            scan(message) { packet -> phone.receivePolicy(packet).orSay(message) { handOver() } }
        }
    }

    private fun handOver(): Unit = refill {
        announce(speech.say(Said.handoverTitle))
        page.addHead(UiR.drawable.lachan_ic_heart, speech.say(Said.handoverTitle), speech.say(Said.handoverBody))
        buttons.addButton(ButtonKind.Main, speech.say(Said.handoverNext), R.id.lachan_family_main) { listener.onDone(true) }
    }

    private fun scan(message: TextView, use: suspend (Packet) -> Unit) {
        scanner.scan(context) { packet ->
            if (packet == null) message.say(speech.say(Said.refusals.getValue(Refusal.NotAPacket.name))) else act { use(packet) }
        }
    }

    private fun held(): GuardianYes = checkNotNull(yes) { "a page that needs a yes was shown without one" }

    private fun covers(kind: FindingKind): Boolean = when (kind) {
        FindingKind.Nudity -> checks.nudity
        FindingKind.Gore -> checks.gore
        FindingKind.Grooming -> checks.grooming
        FindingKind.KnownImage -> checks.knownImages
        FindingKind.PersonalInfo -> checks.personalInfo
    }

    private companion object {
        const val LONGEST_PIN = 12

        val KINDS = listOf(FindingKind.Nudity, FindingKind.Grooming, FindingKind.PersonalInfo, FindingKind.KnownImage, FindingKind.Gore)
    }
}

/** Told how the setting up ended. */
public fun interface SetupListener {
    /** With `true` the child is to be asked next; with `false` nothing runs. */
    public fun onDone(ready: Boolean)
}
