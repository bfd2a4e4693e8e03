package vn.lachan.ui

import android.app.Activity
import android.content.Context
import android.view.View
import android.widget.TextView
import java.io.File
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand
import vn.lachan.screens.tree

@RunWith(RobolectricTestRunner::class)
class LessonsTest {
    private val context: Context get() = RuntimeEnvironment.getApplication()
    private val repository = File(System.getProperty("lachan.repository")!!)

    private fun all(language: String): List<Pair<AgeBand, Lesson>> {
        RuntimeEnvironment.setQualifiers(language)
        return AgeBand.values().flatMap { age -> Lessons.all(context, age).map { age to it } }
    }

    private fun texts(lesson: Lesson): List<String> =
        listOf(lesson.title, lesson.whatHappened, lesson.whyItMatters) + lesson.whatYouCanDo +
            lesson.check.flatMap { listOf(it.ask, it.because) + it.choices }

    /** The core's two files that name lessons: those of conversations, and those of findings. */
    private fun keysOfTheCore(): Set<String> {
        val chats = File(repository, "rust-core/src/text/advice.rs").readText()
        val stages = Regex("lesson: \"(\\w+)\"").findAll(chats).map { it.groupValues[1] }.toSet()
        val table = File(repository, "rust-core/src/policy/table.rs").readText()
        val findings = Regex("FindingKind::\\w+ => \"(\\w+)\"").findAll(table.substringAfter("let subject")).map { it.groupValues[1] }.toSet()
        assertTrue("$stages", stages.size >= STAGES)
        assertEquals("$findings", FINDINGS, findings.size)
        return stages + findings
    }

    @Test
    fun everyLessonThatTheCoreNamesIsThereInEachLanguageAndAgeBand() {
        for (language in LANGUAGES) {
            RuntimeEnvironment.setQualifiers(language)
            for (key in keysOfTheCore()) for (age in AgeBand.values()) {
                assertTrue("$key, $language, $age", Lessons.find(context, key, age) != null)
            }
            assertNull(Lessons.find(context, "of_tomorrow", AgeBand.Under13))
            assertNull(Lessons.find(context, null, AgeBand.Under13))
        }
    }

    @Test
    fun sendingAPictureHasAnotherLessonThanReceivingOne() {
        RuntimeEnvironment.setQualifiers("vi-rVN")
        assertEquals("nudity", Lessons.of(context, Samples.received.advice, AgeBand.Under13)?.key)
        assertEquals("pictures", Lessons.of(context, Samples.sending.advice, AgeBand.Under13)?.key)
        assertEquals("nudity", Lessons.of(context, Samples.passingOn.advice, AgeBand.Under13)?.key)
    }

    @Test
    fun textsFitTheirPlaces() {
        for (language in LANGUAGES) for ((age, lesson) in all(language)) {
            fun fits(text: String, most: Int) = assertTrue("$language $age ${lesson.key}: '$text' has ${text.length} letters", text.length in 1..most)
            fits(lesson.title, 45)
            fits(lesson.whatHappened, 170)
            fits(lesson.whyItMatters, 170)
            assertEquals("$language $age ${lesson.key}", 3, lesson.whatYouCanDo.size)
            for (step in lesson.whatYouCanDo) fits(step, 90)
            assertEquals("$language $age ${lesson.key}", 2, lesson.check.size)
            for (question in lesson.check) {
                fits(question.ask, 130)
                fits(question.because, 150)
                for (choice in question.choices) fits(choice, 70)
            }
        }
    }

    @Test
    fun bothLanguagesHaveTheSameShape() {
        fun shape(language: String) = all(language).map { (age, lesson) -> Triple(age, lesson.key, lesson.check.map { it.choices.size to it.right }) }
        val vietnamese = shape(LANGUAGES[0])
        assertTrue("${vietnamese.size} lessons", vietnamese.size >= LESSONS * AgeBand.values().size)
        assertEquals(vietnamese, shape(LANGUAGES[1]))
        // Not the same words twice: a text that was forgotten would be the other language's.
        val (vi, en) = LANGUAGES.map { language -> all(language).flatMap { texts(it.second) } }
        val untranslated = vi.zip(en).filter { (a, b) -> a == b && a.any(Char::isLetter) }
        assertEquals(emptyList<Any>(), untranslated)
    }

    @Test
    fun theVoiceIsThatOfTheAgeAndNobodyIsBlamed() {
        val con = Regex("(?<!\\p{L})con(?!\\p{L})", RegexOption.IGNORE_CASE)
        val ban = Regex("^bạn |\\. Bạn ")
        for ((age, lesson) in all("vi-rVN")) for (text in texts(lesson)) {
            if (age == AgeBand.Under13) {
                assertFalse("'$text' calls a child bạn", ban.containsMatchIn(text) && !text.contains("bạn ấy") && !text.startsWith("Bạn"))
            } else {
                // "con đường" is a road.
                assertFalse("'$text' calls a teenager con", con.containsMatchIn(text.replace("con đường", "")))
            }
        }
        for (language in LANGUAGES) for ((_, lesson) in all(language)) for (text in texts(lesson)) {
            assertFalse("'$text' shouts", text.contains('!'))
            for (blame in listOf("tại con", "tại bạn", "đáng lẽ", "lẽ ra", "you should have", "your own fault", "ngu ", "stupid")) {
                assertFalse("'$text' blames", text.lowercase().contains(blame))
            }
        }
    }

    @Test
    fun wherePeopleAreInDangerTheHelplineIsNamed() {
        for (language in LANGUAGES) for ((age, lesson) in all(language)) {
            if (lesson.key in listOf("blackmail", "pictures", "known_image", "grooming")) {
                assertTrue("$language $age ${lesson.key} does not name 111", texts(lesson).any { "111" in it })
            }
        }
    }

    /** The companion lists titles from the words; they are those of the lessons. */
    @Test
    fun titlesAmongTheWordsAreTheLessons() {
        for (language in listOf("vi", "en")) {
            val words = JSONObject(File(repository, "bindings/words/$language.json").readText()).getJSONObject("lessons")
            val lessons = JSONObject(File(repository, "bindings/words/lessons.$language.json").readText()).getJSONObject("lessons")
            for (key in words.keys()) for ((voice, band) in listOf("child" to "under13", "teen" to "from13to15")) {
                assertEquals(lessons.getJSONObject(key).getJSONObject(band).getString("title"), words.getJSONObject(key).getString(voice))
            }
        }
    }

    @Test
    fun anAppAddsAndReplacesLessons() {
        RuntimeEnvironment.setQualifiers("vi-rVN")
        val own = object : LessonSource {
            override fun keys(context: Context) = listOf("secrets", "school_rules")

            override fun find(context: Context, key: String, age: AgeBand): Lesson? =
                if (key in keys(context)) Lesson(key, "của ứng dụng", "a", "b", listOf("c"), emptyList()) else null
        }
        val before = Lessons.all(context, AgeBand.Under13).map { it.key }
        Lessons.plug(own)
        try {
            assertEquals("của ứng dụng", Lessons.find(context, "secrets", AgeBand.Under13)?.title)
            assertEquals(before.toSet() + "school_rules", Lessons.all(context, AgeBand.Under13).map { it.key }.toSet())
        } finally {
            Lessons.unplug(own)
        }
        assertEquals(before, Lessons.all(context, AgeBand.Under13).map { it.key })
    }

    @Test
    fun aLessonIsReadTriedAndDone() {
        Phone("vi", night = false, large = false).use()
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        var done = 0
        val lesson = Lessons.find(activity, "secrets", AgeBand.Under13)!!
        val view = LessonView(activity, lesson, AgeBand.Under13) { done++ }
        activity.setContentView(view)
        fun says(words: String) = view.tree().filterIsInstance<TextView>().any { it.text.toString() == words }
        fun choose(words: String) = view.tree().filterIsInstance<TextView>().first { it.text.toString() == words }
            .let { text -> generateSequence<View>(text) { it.parent as? View }.first { it.isClickable } }.performClick()
        assertTrue(says(lesson.whyItMatters))
        view.part<View>(R.id.lachan_lesson_try).performClick()
        val (first, second) = lesson.check
        assertFalse("the answer is not given away", says(first.because))
        choose(first.choices[1 - first.right])
        assertTrue(says(first.because) && says("Con nghĩ thêm chút nhé") && says("Câu này hay hơn"))
        view.part<View>(R.id.lachan_lesson_try).performClick()
        choose(second.choices[second.right])
        assertTrue(says(second.because) && says("Đúng rồi"))
        view.part<View>(R.id.lachan_lesson_done).performClick()
        assertEquals(1, done)
    }

    private companion object {
        val LANGUAGES = listOf("vi-rVN", "en-rUS")
        const val STAGES = 8
        const val FINDINGS = 5
        const val LESSONS = 12
    }
}
