package vn.lachan.ui

import android.content.Context
import vn.lachan.Advice
import vn.lachan.AgeBand

/** Who is spoken to: a child under 13 is "con", everybody else "bạn". */
internal enum class Voice {
    Child,
    Teen,
    ;

    companion object {
        fun of(age: AgeBand): Voice = if (age == AgeBand.Under13) Child else Teen
    }
}

/** One text in its two voices, as string resources. */
internal class Word(private val child: Int, private val teen: Int) {
    fun id(voice: Voice): Int = if (voice == Voice.Child) child else teen
}

/** Says the texts of [Said] in one voice and in the language of a context. */
internal class Speech(private val context: Context, val voice: Voice) {
    fun say(word: Word): String = context.getString(word.id(voice))

    fun say(word: Word, value: String): String = context.getString(word.id(voice), value)

    /** The text of a key of the core, which may be newer than the words here: then what always holds is said. */
    fun title(key: String): String = say(Said.titles[key] ?: Said.titles.getValue(GENERAL))

    fun body(key: String): String = say(Said.bodies[key] ?: Said.bodies.getValue(GENERAL))

    /** `null` where there are no words: a step that nobody can read helps nobody. */
    fun step(key: String): String? = Said.steps[key]?.let(::say)

    private companion object {
        const val GENERAL = "chat.talk"
    }
}

/**
 * The words of a warning in the language of a context, for an app that draws its own screens.
 *
 * The voice follows the age: "con" for a child under 13, "bạn" for everybody else.
 */
public class WarningWords private constructor(
    /** One line that says what this is about, without fright. */
    public val title: String,
    /** One or two sentences of why. */
    public val body: String,
    /** What the child can do next, most helpful first. */
    public val steps: List<String>,
    /** That the child's secret is safe: nobody is told. */
    public val nobodyTold: String,
) {
    public companion object {
        /** The words for [advice], spoken to somebody of [age]. */
        @JvmStatic
        public fun of(context: Context, advice: Advice, age: AgeBand): WarningWords {
            val speech = Speech(context, Voice.of(age))
            return WarningWords(
                speech.title(advice.warning),
                speech.body(advice.warning),
                advice.steps.mapNotNull(speech::step),
                speech.say(Said.nobodyTold),
            )
        }
    }
}
