package vn.lachan.ui

import android.content.Context
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.AgeBand

/** A lesson at a glance: its title and what one can do. The rest is a tap away. */
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
        val lesson = Lessons.find(context, key, age)
        visibility = if (lesson == null) View.GONE else View.VISIBLE
        if (lesson == null) return false
        val speech = Speech(context, Voice.of(age))
        part<TextView>(R.id.lachan_lesson_label).text = speech.say(Said.lessonLabel)
        part<TextView>(R.id.lachan_lesson_title).apply { text = lesson.title }.markAsHeading()
        val points = part<LinearLayout>(R.id.lachan_lesson_points)
        points.removeAllViews()
        lesson.whatYouCanDo.forEachIndexed { at, words -> points.addPoint(at + 1, words) }
        part<Button>(R.id.lachan_lesson_done).apply {
            text = speech.say(Said.lessonDone)
            visibility = if (onDone == null) View.GONE else View.VISIBLE
            setOnClickListener { onDone?.run() }
        }
        part<Button>(R.id.lachan_lesson_more).apply {
            text = speech.say(Said.lessonMore)
            setOnClickListener { LessonSheet(context, lesson, age).show() }
        }
        return true
    }
}
