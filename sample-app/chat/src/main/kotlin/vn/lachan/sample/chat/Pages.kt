package vn.lachan.sample.chat

import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.Party
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.readAsButton
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.switch
import vn.lachan.sample.kit.text
import vn.lachan.ui.CheckedSheet
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.LessonsSheet
import vn.lachan.ui.TrustedAdults
import vn.lachan.ui.R as Ui

/** The first page: with a guardian, or without anything being looked at. */
internal val Welcome = Page { app ->
    page.setPadding(app.px(20), app.px(32), app.px(20), app.px(20))
    head(Ui.drawable.lachan_ic_shield, R.string.welcome_title, R.string.welcome_body)
    card {
        row(Ui.drawable.lachan_ic_lock, app.getString(R.string.welcome_stays))
        row(Ui.drawable.lachan_ic_heart, app.getString(R.string.welcome_help))
        row(Ui.drawable.lachan_ic_check, app.getString(R.string.welcome_choice))
    }
    fun answer(connect: Boolean) {
        app.messenger.settings.asked = true
        app.restart(Contacts)
        if (connect) app.show(SetupPage)
    }
    button(Ui.style.LaChan_Button_Main, R.string.welcome_yes, R.id.main) { answer(connect = true) }
    button(Ui.style.LaChan_Button_Quiet, R.string.welcome_later, R.id.third) { answer(connect = false) }
}

/** Everybody to write with, and what is there for the child. */
internal val Contacts = Page { app ->
    val messenger = app.messenger
    bar(
        app.getString(R.string.contacts), if (messenger.isProtected) null else app.getString(R.string.off_banner), null,
        BarIcon(R.id.help, Ui.drawable.lachan_ic_heart, R.string.open_help) { HelpSheet(app, messenger.age).show() },
        BarIcon(R.id.settings, R.drawable.ic_settings, R.string.settings) { app.show(SettingsPage) },
    )
    if (!messenger.isProtected) turnOn(app)
    card {
        for (chat in messenger.chats) addView(contact(app, chat.peer) { app.show(ChatPage(chat.peer.id)) })
    }
    heading(R.string.for_you)
    card {
        row(Ui.drawable.lachan_ic_heart, app.getString(R.string.open_help), app.getString(R.string.open_help_text)) {
            HelpSheet(app, messenger.age).show()
        }
        row(Ui.drawable.lachan_ic_book, app.getString(R.string.open_lessons), app.getString(R.string.open_lessons_text)) {
            LessonsSheet(app, messenger.age).show()
        }
        row(Ui.drawable.lachan_ic_eye, app.getString(R.string.open_checked), app.getString(R.string.open_checked_text)) {
            CheckedSheet(app, messenger.policy).show()
        }
    }
}

/** What is missing before anything is looked at; nobody is pressed. */
private fun Screen.turnOn(app: MainActivity) {
    val state = app.messenger.state
    val child = state is FamilyState.Waiting && state.missing == Party.Child
    if (state is FamilyState.Active || state is FamilyState.Unavailable) return
    card {
        if (child) {
            row(Ui.drawable.lachan_ic_heart, app.getString(R.string.your_turn), app.getString(R.string.your_turn_text)) { app.show(AssentPage) }
        } else {
            row(Ui.drawable.lachan_ic_people, app.getString(R.string.connect), app.getString(R.string.connect_text)) { app.show(SetupPage) }
        }.id = R.id.connect
    }
}

/** A line with somebody's initial, name and how they are known. */
internal fun contact(app: MainActivity, peer: Peer, open: () -> Unit): View = LinearLayout(app).apply {
    gravity = Gravity.CENTER_VERTICAL
    minimumHeight = app.px(56)
    setPadding(app.px(16), app.px(8), app.px(16), app.px(8))
    setBackgroundResource(Ui.drawable.lachan_row)
    val initial = TextView(app, null, 0, Ui.style.LaChan_Text_Heading)
    initial.text = peer.name.take(1).uppercase()
    initial.gravity = Gravity.CENTER
    initial.textAlignment = View.TEXT_ALIGNMENT_GRAVITY
    initial.includeFontPadding = false
    initial.setTextColor(app.colour(Ui.attr.lachanColorOnAccentSoft))
    initial.background = app.rounded(Ui.attr.lachanColorAccentSoft, ROUND_DP)
    initial.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    // A circle at any text size.
    val side = maxOf(app.px(ROUND_DP), (initial.textSize * 2).toInt())
    addView(initial, LinearLayout.LayoutParams(side, side).apply { marginEnd = app.px(14) })
    val names = LinearLayout(app)
    names.orientation = LinearLayout.VERTICAL
    names.text(Ui.style.LaChan_Text_Body, peer.name, 0)
    names.text(Ui.style.LaChan_Text_Small, peer.about, 0)
    addView(names, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
    setOnClickListener { open() }
    readAsButton()
    layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
}

private const val ROUND_DP = 40

/** What the child controls. */
internal val SettingsPage = Page { app ->
    val messenger = app.messenger
    val settings = messenger.settings
    bar(app.getString(R.string.settings), null, app::back)
    family(app)
    heading(R.string.trusted)
    card {
        val trusted = TrustedAdults.chosen(app)
        row(Ui.drawable.lachan_ic_people, trusted?.name ?: app.getString(R.string.trusted_none), trusted?.phone) {
            HelpSheet(app, messenger.age).apply { setOnDismissListener { app.draw() } }.show()
        }
    }
    if (messenger.isProtected) quiet(app)
    heading(R.string.language)
    card {
        for ((tag, name) in listOf(null to app.getString(R.string.language_phone), "vi" to "Tiếng Việt", "en" to "English")) {
            row(Ui.drawable.lachan_ic_globe, name, state = chosen(app, settings.language == tag)) { app.speak(tag) }
        }
    }
}

/** Whom the child knows well. Without a family there is nobody to keep the list. */
private fun Screen.quiet(app: MainActivity) {
    val messenger = app.messenger
    heading(R.string.quiet, R.string.quiet_text)
    card {
        for (chat in messenger.chats) {
            switch(chat.peer.name, null, messenger.isTrusted(chat.peer)) { on ->
                app.act {
                    messenger.setTrusted(chat.peer, on)
                    if (messenger.isTrusted(chat.peer) == on) return@act
                    if (app.top === SettingsPage) app.tell(app.getString(R.string.quiet_by_family))
                }
            }
        }
    }
}

private fun chosen(app: MainActivity, yes: Boolean): String? = if (yes) app.getString(R.string.chosen) else null
