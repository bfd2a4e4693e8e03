package vn.lachan.ui

import android.content.Context
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand

/** The lessons that are bundled, by the keys of `Advice.lesson`. */
internal object Lessons {
    const val POINTS: Int = 3

    private val OF_FINDINGS = mapOf(
        "nudity" to "pictures",
        "known_image" to "pictures",
        "gore" to "scary",
        "grooming" to "new_friends",
        "personal_info" to "private_data",
    )

    /** The lesson that [key] asks for; `null` where there is none, as for an app's own. */
    fun find(key: String?): String? {
        val name = OF_FINDINGS[key] ?: key
        return name?.takeIf { it in Said.lessons && "$it.1" in Said.lessonPoints }
    }
}

/** A small lesson: a title and three sentences. It explains what happened and asks nothing. */
public class LessonCard @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : LinearLayout(LookContext.of(context), attributes) {
    init {
        orientation = VERTICAL
        setBackgroundResource(R.drawable.lachan_card)
        val space = this.context.px(20)
        setPadding(space, space, space, space)
        LayoutInflater.from(this.context).inflate(R.layout.lachan_lesson, this)
        visibility = View.GONE
    }

    /** Shows the lesson [key], as `Advice.lesson` names it. `false`, and nothing is shown, where there is none. */
    @JvmOverloads
    public fun show(key: String, age: AgeBand, onDone: Runnable? = null): Boolean {
        val lesson = Lessons.find(key)
        visibility = if (lesson == null) View.GONE else View.VISIBLE
        if (lesson == null) return false
        val speech = Speech(context, Voice.of(age))
        part<TextView>(R.id.lachan_lesson_label).text = speech.say(Said.lessonLabel)
        part<TextView>(R.id.lachan_lesson_title).apply { text = speech.say(Said.lessons.getValue(lesson)) }.markAsHeading()
        val points = part<LinearLayout>(R.id.lachan_lesson_points)
        points.removeAllViews()
        for (number in 1..Lessons.POINTS) points.addPoint(number, speech.say(Said.lessonPoints.getValue("$lesson.$number")))
        part<Button>(R.id.lachan_lesson_done).apply {
            text = speech.say(Said.lessonDone)
            visibility = if (onDone == null) View.GONE else View.VISIBLE
            setOnClickListener { onDone?.run() }
        }
        return true
    }
}

/** A lesson over the app. */
internal class LessonSheet(context: Context, private val key: String, private val age: AgeBand) : Sheet(context, full = false) {
    override fun content(): View = object : SheetView(context) {}.apply {
        refill {
            val card = LessonCard(context)
            page.addView(card)
            card.show(key, age) { dismiss() }
            card.background = null
            card.setPadding(0, 0, 0, 0)
        }
    }
}
