package vn.lachan.sample.chat

import android.text.InputType
import android.view.View
import vn.lachan.Checks
import vn.lachan.guardian.AssentView
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.FamilySetupView
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.GateView
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Party
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.Refusal
import vn.lachan.guardian.Scope
import vn.lachan.guardian.SharedView
import vn.lachan.guardian.WithdrawView
import vn.lachan.sample.kit.field
import vn.lachan.sample.kit.message
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.words
import vn.lachan.ui.CheckedSheet
import vn.lachan.ui.R as Ui

/** A page that `lachan-guardian` brings, under a bar that leads back. */
internal class FamilyPage(private val title: Int, private val make: (MainActivity, ChildPhone) -> View) : Page {
    override fun Screen.fill(app: MainActivity) {
        bar(app.getString(title), null, app::back)
        app.messenger.family?.let { whole(make(app, it)) }
    }
}

/** What this app can look for; of it the guardian chooses. */
private val EVERYTHING = Checks(gore = true)

/** A guardian sets the phone up; then it is the child's turn. */
internal val SetupPage = FamilyPage(R.string.connect) { app, phone ->
    FamilySetupView(app, phone, app.scanner, EVERYTHING, app.messenger.setup) { ready ->
        app.restart(Contacts)
        if (ready && app.messenger.state is FamilyState.Waiting) app.show(AssentPage)
    }
}

/** The child reads and chooses for itself. */
internal val AssentPage = FamilyPage(R.string.your_turn) { app, phone ->
    AssentView(app, phone, app.messenger.age, phone.agreed.guardian ?: Scope()) { app.restart(Contacts) }
}

/** What the guardian would see, and one switch for it. */
internal val SharedPage = FamilyPage(R.string.settings) { app, phone -> SharedView(app, phone, app.messenger.age, app::back) }

/** Takes all of it back in one step. */
internal val StopPage = FamilyPage(R.string.settings) { app, phone ->
    WithdrawView(app, phone, Party.Child, app.messenger.age, app.messenger.things) { app.restart(Contacts) }
}

/** A school's settings come on top of the guardian's: they can only be stricter. */
internal val SchoolPage = Page { app ->
    bar(app.getString(R.string.school), null, app::back)
    head(Ui.drawable.lachan_ic_book, R.string.school_title, R.string.school_body)
    val type = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
    val field = page.field(R.id.field, app.getString(R.string.school_key), KEY_DIGITS, type)
    val message = page.message(R.id.message)
    button(Ui.style.LaChan_Button_Main, R.string.school_next, R.id.main) {
        val key = field.text.toString().trim().lowercase()
        if (key.length == KEY_DIGITS && key.all { it in "0123456789abcdef" }) app.show(schoolYes(key)) else message.say(app.getString(R.string.school_wrong))
    }
}

private const val KEY_DIGITS = 64

private fun schoolYes(key: String) = FamilyPage(R.string.school) { app, phone ->
    GateView(app, phone, Purpose.Change, app.messenger.age, app.scanner) { yes ->
        app.act {
            val words = yes?.let { phone.followSchool(key, it).inWords(app, R.string.school_followed) }
            app.restart(Contacts)
            if (words == null) app.show(SettingsPage) else app.tell(words)
        }
    }
}

/** What the child can do about its protection, by where the family stands. */
internal fun Screen.family(app: MainActivity) {
    val messenger = app.messenger
    val state = messenger.state
    heading(R.string.protection)
    val message = page.message(R.id.message)
    messenger.said?.let(message::say)
    fun way(icon: Int, words: Int, detail: Int?, name: Int, page: Page) = card {
        row(icon, app.getString(words), detail?.let(app::getString)) { app.show(page) }.id = name
    }
    when (state) {
        null, is FamilyState.Unpaired -> way(Ui.drawable.lachan_ic_people, R.string.connect, R.string.connect_text, R.id.main, SetupPage)
        is FamilyState.Unavailable -> card { row(Ui.drawable.lachan_ic_lock, app.getString(R.string.protection_off), app.getString(R.string.not_working)) }
        is FamilyState.Withdrawn ->
            if (state.unfinished) {
                way(Ui.drawable.lachan_ic_clock, R.string.stop, R.string.still_wiping, R.id.third, StopPage)
            } else {
                way(Ui.drawable.lachan_ic_people, R.string.connect, R.string.withdrawn, R.id.main, SetupPage)
            }
        is FamilyState.Waiting -> {
            val child = state.missing == Party.Child
            if (child) {
                way(Ui.drawable.lachan_ic_heart, R.string.your_turn, R.string.your_turn_text, R.id.main, AssentPage)
            } else {
                way(Ui.drawable.lachan_ic_people, R.string.connect, R.string.not_finished, R.id.main, SetupPage)
            }
            way(Ui.drawable.lachan_ic_no, R.string.stop, R.string.stop_text, R.id.third, StopPage)
        }
        is FamilyState.Active -> active(app, state)
    }
}

private fun Screen.active(app: MainActivity, state: FamilyState.Active) {
    val messenger = app.messenger
    card {
        row(
            Ui.drawable.lachan_ic_shield, app.getString(R.string.open_checked),
            state = app.getString(if (messenger.isProtected) R.string.protection_on else R.string.protection_off),
        ) { CheckedSheet(app, messenger.policy).show() }
        if (state.assentIsDue) row(Ui.drawable.lachan_ic_heart, app.getString(R.string.your_turn), app.getString(R.string.your_turn_text)) { app.show(AssentPage) }
        row(Ui.drawable.lachan_ic_people, app.getString(R.string.shared), app.getString(R.string.shared_text)) { app.show(SharedPage) }.id = R.id.shared
        row(Ui.drawable.lachan_ic_capture, app.getString(R.string.receive), app.getString(R.string.receive_text)) {
            app.scanner.scan(app) { packet -> app.receive(packet) }
        }.id = R.id.second
        row(Ui.drawable.lachan_ic_book, app.getString(R.string.school), app.getString(R.string.school_text)) { app.show(SchoolPage) }.id = R.id.school
        row(Ui.drawable.lachan_ic_no, app.getString(R.string.stop), app.getString(R.string.stop_text)) { app.show(StopPage) }.id = R.id.third
    }
}

/** Takes a policy that was scanned, pasted or tapped as a link, and says what came of it. */
internal fun MainActivity.receive(packet: Packet?) = act {
    val phone = messenger.family ?: return@act
    tell(if (packet == null) getString(words(Refusal.NotAPacket)) else phone.receivePolicy(packet).inWords(this@receive, R.string.received))
}

private fun Outcome<*>.inWords(app: MainActivity, done: Int): String = when (this) {
    is Outcome.Done -> app.getString(done)
    is Outcome.Refused -> app.getString(words(refusal))
}
