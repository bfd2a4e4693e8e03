package vn.lachan.ui

import android.content.Context
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand

/**
 * A lesson to read: what happened, why it matters, what one can do, and questions to try oneself with. The answers are
 * told to nobody and not kept.
 */
public class LessonView @JvmOverloads constructor(
    context: Context,
    private val lesson: Lesson,
    age: AgeBand,
    private val onDone: Runnable? = null,
) : SheetView(context) {
    private val speech = Speech(this.context, Voice.of(age))

    init {
        read()
    }

    private fun read(): Unit = refill {
        announce(lesson.title)
        page.addHead(R.drawable.lachan_ic_book, lesson.title, lesson.whatHappened)
        page.addText(R.style.LaChan_Text_Heading, speech.say(Said.lessonWhy), above = 24).markAsHeading()
        page.addText(R.style.LaChan_Text_Body, lesson.whyItMatters, above = 6)
        page.addText(R.style.LaChan_Text_Heading, speech.say(Said.lessonDo), above = 24).markAsHeading()
        val points = LinearLayout(context).apply { orientation = VERTICAL }
        lesson.whatYouCanDo.forEachIndexed { at, words -> points.addPoint(at + 1, words) }
        page.addView(points, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT).apply { topMargin = context.px(6) })
        if (lesson.check.isNotEmpty()) {
            buttons.addButton(ButtonKind.Main, speech.say(Said.lessonTry), R.id.lachan_lesson_try) { ask(0) }
        }
        addDone(if (lesson.check.isEmpty()) ButtonKind.Main else ButtonKind.Quiet)
    }

    private fun ask(number: Int, chosen: Int? = null): Unit = refill {
        val question = lesson.check[number]
        announce(question.ask)
        page.addText(R.style.LaChan_Text_Label, speech.say(Said.lessonQuestion, (number + 1).toString()))
        page.addText(R.style.LaChan_Text_Title, question.ask, above = 8).apply { textSize = QUESTION_SP }.markAsHeading()
        val card = page.addCard()
        question.choices.forEachIndexed { at, words ->
            if (chosen == null) {
                card.addRow(R.drawable.lachan_ic_choice, words) { ask(number, at) }
            } else {
                val right = at == question.right
                val detail = if (at == chosen) Said.lessonChosen else if (right) Said.lessonThisOne else null
                val row = card.addRow(if (right) R.drawable.lachan_ic_check else R.drawable.lachan_ic_choice, words, detail?.let(speech::say))
                if (right) standOut(row)
            }
        }
        if (chosen == null) {
            buttons.addButton(ButtonKind.Quiet, speech.say(Said.actionsBack), R.id.lachan_close) { read() }
            return@refill
        }
        explain(question, chosen)
        if (number + 1 < lesson.check.size) {
            buttons.addButton(ButtonKind.Main, speech.say(Said.lessonNext), R.id.lachan_lesson_try) { ask(number + 1) }
        } else {
            addDone(ButtonKind.Main)
        }
    }

    /** A card within the card, its words where those of the other rows are. */
    private fun standOut(row: View) {
        val edge = context.px(6)
        (row.layoutParams as MarginLayoutParams).setMargins(edge, 0, edge, 0)
        row.setPadding(row.paddingLeft - edge, row.paddingTop, row.paddingRight - edge, row.paddingBottom)
        row.setBackgroundResource(R.drawable.lachan_card_soft)
    }

    private fun explain(question: Question, chosen: Int) {
        val title = speech.say(if (chosen == question.right) Said.lessonRight else Said.lessonThink)
        val heading: TextView = page.addText(R.style.LaChan_Text_Heading, title, above = 20)
        heading.markAsHeading()
        heading.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        page.addText(R.style.LaChan_Text_Body, question.because, above = 6)
    }

    private fun addDone(kind: ButtonKind) {
        if (onDone == null) return
        buttons.addButton(kind, speech.say(Said.lessonDone), R.id.lachan_lesson_done) { onDone.run() }
    }

    private companion object {
        const val QUESTION_SP = 20f
    }
}

/** A lesson over the app. */
public class LessonSheet(context: Context, private val lesson: Lesson, private val age: AgeBand) : Sheet(context, full = false) {
    override fun content(): View = LessonView(context, lesson, age, ::dismiss)
}

/** All lessons to choose from, at any time and without an occasion. */
public class LessonsView @JvmOverloads constructor(
    context: Context,
    age: AgeBand,
    onClose: Runnable? = null,
) : SheetView(context) {
    init {
        setBackgroundResource(R.drawable.lachan_full)
        val speech = Speech(this.context, Voice.of(age))
        refill {
            announce(speech.say(Said.lessonAllTitle))
            page.addHead(R.drawable.lachan_ic_book, speech.say(Said.lessonAllTitle), speech.say(Said.lessonAllIntro))
            val card = page.addCard()
            for (lesson in Lessons.all(this.context, age)) {
                card.addRow(lessonIcon(lesson.key), lesson.title) { LessonSheet(context, lesson, age).show() }
            }
            if (onClose != null) buttons.addButton(ButtonKind.Main, speech.say(Said.actionsClose), R.id.lachan_close) { onClose.run() }
        }
    }
}

/** [LessonsView] over the app. */
public class LessonsSheet(context: Context, private val age: AgeBand) : Sheet(context, full = true) {
    override fun content(): View = LessonsView(context, age, ::dismiss)
}

/** The picture that goes with a lesson in the list. */
internal fun lessonIcon(key: String): Int = when (key) {
    "private_data" -> R.drawable.lachan_ic_key
    "new_friends" -> R.drawable.lachan_ic_people
    "secrets" -> R.drawable.lachan_ic_lock
    "too_good" -> R.drawable.lachan_ic_money
    "pictures" -> R.drawable.lachan_ic_picture
    "nudity", "scary" -> R.drawable.lachan_ic_eye_off
    "meeting" -> R.drawable.lachan_ic_clock
    "blackmail" -> R.drawable.lachan_ic_shield
    "fake_police" -> R.drawable.lachan_ic_phone
    "grooming" -> R.drawable.lachan_ic_chat
    "known_image" -> R.drawable.lachan_ic_block
    else -> R.drawable.lachan_ic_book
}
