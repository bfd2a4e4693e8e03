package vn.lachan.sample.guardian

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.say
import vn.lachan.ui.LessonCard
import vn.lachan.ui.R as Ui

/** Where lessons come from. An app with lessons of its own puts its shelf in the place of [BundledLessons]. */
internal interface LessonShelf {
    /** Keys and titles, in the order in which they are read. */
    fun titles(context: Context): List<Lesson>

    /** Shows a lesson on a page; `false` where there is none. */
    fun show(page: LinearLayout, key: String): Boolean
}

internal data class Lesson(val key: String, val title: String)

/** The lessons that `lachan-ui` brings, in the words for children under 13, which are read together. */
internal object BundledLessons : LessonShelf {
    private val TITLES = listOf(
        "private_data" to Ui.string.lachan_lessons_private_data_child,
        "pictures" to Ui.string.lachan_lessons_pictures_child,
        "new_friends" to Ui.string.lachan_lessons_new_friends,
        "secrets" to Ui.string.lachan_lessons_secrets_child,
        "too_good" to Ui.string.lachan_lessons_too_good_child,
        "meeting" to Ui.string.lachan_lessons_meeting_child,
        "fake_police" to Ui.string.lachan_lessons_fake_police_child,
        "blackmail" to Ui.string.lachan_lessons_blackmail_child,
        "scary" to Ui.string.lachan_lessons_scary,
    )

    override fun titles(context: Context): List<Lesson> = TITLES.map { (key, title) -> Lesson(key, context.getString(title)) }

    override fun show(page: LinearLayout, key: String): Boolean {
        val card = LessonCard(page.context)
        page.addView(card)
        return card.show(key, AgeBand.Under13)
    }
}

internal val LessonList = Page { app ->
    head(Ui.drawable.lachan_ic_book, R.string.lessons, R.string.lessons_body)
    card {
        for (lesson in BundledLessons.titles(context)) row(Ui.drawable.lachan_ic_book, lesson.title) { app.show(ReadLesson(lesson.key)) }
    }
    third(R.string.back) { app.back() }
}

internal class ReadLesson(private val key: String) : Page {
    override fun Sheet.fill(app: MainActivity) {
        BundledLessons.show(page, key)
        note(Ui.drawable.lachan_ic_heart, context.getString(R.string.lessons_body))
        main(R.string.done) { app.back() }
    }
}

/** What a parent can say. */
internal val Talk = Page { app ->
    head(Ui.drawable.lachan_ic_heart, R.string.talk, R.string.talk_body)
    for ((title, sentences) in STARTERS) {
        heading(context.getString(title))
        card(close = true) {
            val icon = if (title == R.string.talk_avoid) Ui.drawable.lachan_ic_no else Ui.drawable.lachan_ic_chat
            for (sentence in sentences) row(icon, context.getString(sentence))
        }
    }
    main(R.string.help) { app.show(Help) }
    third(R.string.back) { app.back() }
}

private val STARTERS = listOf(
    R.string.talk_begin to listOf(R.string.talk_begin_1, R.string.talk_begin_2),
    R.string.talk_hard to listOf(R.string.talk_hard_1, R.string.talk_hard_2, R.string.talk_hard_3),
    R.string.talk_more to listOf(R.string.talk_more_1, R.string.talk_more_2),
    R.string.talk_threat to listOf(R.string.talk_threat_1, R.string.talk_threat_2),
    R.string.talk_avoid to listOf(R.string.talk_avoid_1, R.string.talk_avoid_2, R.string.talk_avoid_3),
)

/** Whom a parent can turn to. Numbers and addresses are those of `lachan-ui`, which an app can replace. */
internal val Help = Page { app ->
    head(Ui.drawable.lachan_ic_phone, R.string.help, R.string.help_body)
    lateinit var message: TextView
    card {
        row(Ui.drawable.lachan_ic_phone, context.getString(R.string.help_111), context.getString(R.string.help_111_text)) {
            app.dial(Ui.string.lachan_contact_child_helpline, message)
        }
        row(Ui.drawable.lachan_ic_chat, context.getString(R.string.help_chat), context.getString(R.string.help_chat_text)) {
            app.browse(Ui.string.lachan_contact_child_helpline_chat, message)
        }
        row(Ui.drawable.lachan_ic_globe, context.getString(R.string.help_vncop), context.getString(R.string.help_vncop_text)) {
            app.browse(Ui.string.lachan_contact_report_form, message)
        }
        row(Ui.drawable.lachan_ic_phone, context.getString(R.string.help_113), context.getString(R.string.help_113_text)) {
            app.dial(Ui.string.lachan_contact_police, message)
        }
    }
    message = message()
    third(R.string.back) { app.back() }
}

private fun MainActivity.dial(number: Int, message: TextView) =
    open(Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", getString(number), null)), getString(number), message)

private fun MainActivity.browse(address: Int, message: TextView) =
    open(Intent(Intent.ACTION_VIEW, Uri.parse(getString(address))), getString(address), message)

private fun MainActivity.open(intent: Intent, number: String, message: TextView) {
    try {
        startActivity(intent)
    } catch (_: ActivityNotFoundException) {
        message.say(getString(R.string.help_none, number))
    }
}

/** What came with this release. */
internal val Versions = Page { app ->
    head(Ui.drawable.lachan_ic_shield, R.string.versions, R.string.versions_body)
    card {
        fun version(title: Int, number: Int) = row(Ui.drawable.lachan_ic_check, context.getString(title), context.getString(R.string.number, context.getString(number)))
        version(R.string.version_app, R.string.release)
        version(R.string.version_first, R.string.model_owen_s)
        version(R.string.version_second, R.string.model_open_nsfw)
        version(R.string.version_text, R.string.model_text)
        row(Ui.drawable.lachan_ic_block, context.getString(R.string.version_list), context.getString(R.string.version_list_none))
    }
    third(R.string.back) { app.back() }
}

/** How to end it, on either phone. */
internal val Stop = Page { app ->
    head(Ui.drawable.lachan_ic_close, R.string.stop, R.string.stop_body)
    card {
        row(Ui.drawable.lachan_ic_device, context.getString(R.string.stop_child), context.getString(R.string.stop_child_text))
        row(Ui.drawable.lachan_ic_edit, context.getString(R.string.stop_off), context.getString(R.string.stop_off_text))
    }
    val children = app.guardian?.children?.value.orEmpty()
    if (children.isNotEmpty()) {
        heading(context.getString(R.string.forget))
        card(close = true) {
            for (child in children) {
                row(Ui.drawable.lachan_ic_device, app.names.of(child.phone)) { app.show(Forget(child.phone)) }
            }
        }
    }
    main(R.string.back) { app.back() }
    third(R.string.wipe) { app.show(Wipe) }
}

/** Forgets one child's phone, after a look at what that means. */
internal class Forget(private val phone: String) : Page {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_device, "${context.getString(R.string.forget)}: ${app.names.of(phone)}", context.getString(R.string.forget_sure))
        message()
        main(R.string.cancel) { app.back() }
        second(R.string.forget) {
            app.act {
                app.guardian?.forget(phone)?.orSay(app) {
                    app.names.forget(phone)
                    app.compared.forget(phone)
                    app.back()
                }
            }
        }
    }
}

internal val Wipe = Page { app ->
    head(Ui.drawable.lachan_ic_block, R.string.wipe, R.string.wipe_sure)
    message()
    main(R.string.cancel) { app.back() }
    second(R.string.wipe) {
        app.act {
            app.guardian?.wipe()?.orSay(app) {
                app.names.wipe()
                app.compared.wipe()
                app.guardian = null
                app.restart(Wiped)
            }
        }
    }
}

internal val Wiped = Page { app ->
    head(Ui.drawable.lachan_ic_check, R.string.wiped_title, R.string.wiped_body)
    main(R.string.done) { app.restart(Welcome) }
}
