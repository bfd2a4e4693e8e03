package vn.lachan.ui

import android.content.Context
import java.util.concurrent.CopyOnWriteArrayList
import vn.lachan.Advice
import vn.lachan.AgeBand

/** A lesson in the words of one age: what belongs to a warning once there is time to read. */
public class Lesson(
    /** As `Advice.lesson` names it. */
    public val key: String,
    /** A few words. */
    public val title: String,
    /** What happened. */
    public val whatHappened: String,
    /** Why it matters. */
    public val whyItMatters: String,
    /** What the reader can do, most helpful first. */
    public val whatYouCanDo: List<String>,
    /** Questions to try oneself with. Nobody is told the answers and none is kept. */
    public val check: List<Question>,
)

/** A question of a lesson. */
public class Question(
    /** The question. */
    public val ask: String,
    /** Answers to choose from; at least two. */
    public val choices: List<String>,
    /** Which of [choices] is right, from 0. */
    public val right: Int,
    /** Why, without blame: shown after either answer. */
    public val because: String,
) {
    init {
        require(right in choices.indices) { "the right answer is one of the choices" }
    }
}

/** Where lessons come from: an app plugs in its own with [Lessons.plug]. Called on the main thread. */
public interface LessonSource {
    /** Keys in the order in which they are listed. */
    public fun keys(context: Context): List<String>

    /** The lesson [key] in the language of [context] for somebody of [age]; `null` where there is none. */
    public fun find(context: Context, key: String, age: AgeBand): Lesson?
}

/**
 * All lessons: those of the app first, then those that are bundled.
 *
 * @sample vn.lachan.ui.samples.ownLessons
 */
public object Lessons {
    private val plugged = CopyOnWriteArrayList<LessonSource>()

    /** Asks [source] before all others from now on: it can add lessons and replace bundled ones. */
    @JvmStatic
    public fun plug(source: LessonSource) {
        plugged.add(0, source)
    }

    /** Asks [source] no more. */
    @JvmStatic
    public fun unplug(source: LessonSource) {
        plugged.remove(source)
    }

    /** Every lesson in the words for somebody of [age]. */
    @JvmStatic
    public fun all(context: Context, age: AgeBand): List<Lesson> =
        sources().flatMap { it.keys(context) }.distinct().mapNotNull { find(context, it, age) }

    /** The lesson that `Advice.lesson` names; `null` where nobody has one. */
    @JvmStatic
    public fun find(context: Context, key: String?, age: AgeBand): Lesson? =
        key?.let { sources().firstNotNullOfOrNull { source -> source.find(context, key, age) } }

    /** The lesson that belongs to [advice]; `null` where nobody has one. */
    @JvmStatic
    public fun of(context: Context, advice: Advice, age: AgeBand): Lesson? =
        // To send a picture of oneself is another matter than to receive one, though the finding is the same.
        find(context, if (advice.warning == "nudity.outgoing") "pictures" else advice.lesson, age)

    private fun sources(): List<LessonSource> = plugged + BundledLessons
}
