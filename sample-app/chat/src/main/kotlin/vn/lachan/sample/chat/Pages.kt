package vn.lachan.sample.chat

import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.ui.CheckedSheet
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.LessonsSheet
import vn.lachan.ui.TrustedAdults
import vn.lachan.ui.R as Ui

/** Asks before anything is looked at. */
internal val Welcome = Page { app ->
    page.setPadding(app.px(24), app.px(32), app.px(24), app.px(20))
    head(Ui.drawable.lachan_ic_shield, R.string.welcome_title, R.string.welcome_body)
    card {
        row(Ui.drawable.lachan_ic_lock, app.getString(R.string.welcome_stays))
        row(Ui.drawable.lachan_ic_heart, app.getString(R.string.welcome_help))
        row(Ui.drawable.lachan_ic_check, app.getString(R.string.welcome_choice))
    }
    fun answer(yes: Boolean) {
        app.messenger.settings.asked = true
        app.act {
            if (yes) app.messenger.agree(app.messenger.age)
            app.restart(Contacts)
        }
    }
    button(Ui.style.LaChan_Button_Main, R.string.welcome_yes, R.id.main) { answer(yes = true) }
    button(Ui.style.LaChan_Button_Quiet, R.string.welcome_later, R.id.third) { answer(yes = false) }
}

/** Everybody to write with, and what is there for the child. */
internal val Contacts = Page { app ->
    val messenger = app.messenger
    bar(
        app.getString(R.string.contacts), if (messenger.isProtected) null else app.getString(R.string.off_banner), null,
        BarIcon(R.id.help, Ui.drawable.lachan_ic_heart, R.string.open_help) { HelpSheet(app, messenger.age).show() },
        BarIcon(R.id.settings, R.drawable.ic_settings, R.string.settings) { app.show(SettingsPage) },
    )
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
    heading(R.string.trusted)
    card {
        val trusted = TrustedAdults.chosen(app)
        row(Ui.drawable.lachan_ic_people, trusted?.name ?: app.getString(R.string.trusted_none), trusted?.phone) {
            HelpSheet(app, messenger.age).apply { setOnDismissListener { app.draw() } }.show()
        }
    }
    heading(R.string.quiet, R.string.quiet_text)
    card {
        for (chat in messenger.chats) {
            switch(chat.peer.name, chat.peer.id in settings.quiet) { on ->
                settings.quiet = if (on) settings.quiet + chat.peer.id else settings.quiet - chat.peer.id
            }
        }
    }
    heading(R.string.language)
    card {
        for ((tag, name) in listOf(null to app.getString(R.string.language_phone), "vi" to "Tiếng Việt", "en" to "English")) {
            row(Ui.drawable.lachan_ic_globe, name, state = chosen(app, settings.language == tag)) { app.speak(tag) }
        }
    }
    heading(R.string.age, R.string.age_text)
    card {
        for ((age, words) in listOf(AgeBand.Under13 to R.string.age_under13, AgeBand.From13To15 to R.string.age_13, AgeBand.From16To17 to R.string.age_16)) {
            row(Ui.drawable.lachan_ic_people, app.getString(words), state = chosen(app, settings.age == age)) {
                app.act {
                    if (settings.agreed) messenger.agree(age) else settings.age = age
                    app.draw()
                }
            }
        }
    }
    heading(R.string.protection)
    card {
        row(
            Ui.drawable.lachan_ic_shield, app.getString(R.string.open_checked),
            state = app.getString(if (messenger.isProtected) R.string.protection_on else R.string.protection_off),
        ) { CheckedSheet(app, messenger.policy).show() }
        if (messenger.isProtected) {
            row(Ui.drawable.lachan_ic_no, app.getString(R.string.withdraw), app.getString(R.string.withdraw_text)) {
                app.act {
                    messenger.withdraw()
                    app.draw()
                }
            }.id = R.id.third
        } else {
            row(Ui.drawable.lachan_ic_check, app.getString(R.string.turn_on), app.getString(R.string.withdrawn)) {
                app.act {
                    messenger.agree(settings.age)
                    app.draw()
                }
            }.id = R.id.main
        }
    }
}

private fun chosen(app: MainActivity, yes: Boolean): String? = if (yes) app.getString(R.string.chosen) else null
