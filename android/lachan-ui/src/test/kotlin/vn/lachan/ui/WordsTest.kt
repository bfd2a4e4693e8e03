package vn.lachan.ui

import android.app.Activity
import android.content.Context
import android.view.View
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand

@RunWith(RobolectricTestRunner::class)
class WordsTest {
    private val context: Context get() = RuntimeEnvironment.getApplication()
    private val looked = listOf(Said.titles, Said.bodies, Said.steps, Said.lessons, Said.checked)

    private fun all(voice: Voice): List<String> = looked.flatMap { it.values }.map { context.getString(it.id(voice)) }

    @Test
    fun aChildIsCalledConAndATeenagerBan() {
        RuntimeEnvironment.setQualifiers("vi-rVN")
        val con = Regex("(?<!\\p{L})con(?!\\p{L})", RegexOption.IGNORE_CASE)
        for (words in all(Voice.Teen)) assertFalse(words, con.containsMatchIn(words))
        val many = all(Voice.Child).count { con.containsMatchIn(it) }
        assertTrue("$many", many > 40)
    }

    @Test
    fun nobodyIsBlamedAndWordsAreShort() {
        for (language in listOf("vi-rVN", "en-rUS")) {
            RuntimeEnvironment.setQualifiers(language)
            for (voice in Voice.entries) for (words in all(voice)) {
                for (blame in listOf("tại con", "tại bạn", "đáng lẽ", "you should have", "dại", "ngu ")) {
                    assertFalse("'$words' blames", words.lowercase().contains(blame))
                }
                assertTrue("'$words' is long", words.length <= LONGEST)
                assertFalse("'$words' shouts", words.contains('!'))
            }
        }
    }

    @Test
    fun everyWarningHasATitleAndABody() {
        assertEquals(Said.titles.keys, Said.bodies.keys)
    }

    /** The core names its warnings, steps and lessons in two files; each of them has words, a picture and a lesson. */
    @Test
    fun everyKeyOfTheCoreHasWords() {
        val core = File(System.getProperty("lachan.repository"), "rust-core/src")
        val chats = File(core, "text/advice.rs").readText().substringBefore("#[cfg(test)]")
        val entries = Regex("key: \"([\\w.]+)\",\\s*steps: &\\[([^]]*)],\\s*lesson: \"(\\w+)\"").findAll(chats).toList()
        assertTrue("${entries.size} warnings of chats", entries.size >= WARNINGS_OF_CHATS)
        for (entry in entries) {
            val (key, steps, lesson) = entry.destructured
            assertTrue(key, key in Said.titles)
            assertEquals(lesson, Lessons.find(context, lesson, AgeBand.Under13)?.key)
            checkSteps(steps)
        }
        val pictures = File(core, "policy/table.rs").readText().substringAfter("let steps: &[&str]").substringBefore("};")
        checkSteps(pictures)
    }

    private fun checkSteps(source: String) {
        val steps = Regex("\"(\\w+)\"").findAll(source).map { it.groupValues[1] }.toList()
        assertTrue(source, steps.isNotEmpty())
        for (step in steps) {
            assertTrue("no words for $step", step in Said.steps)
            assertTrue("no picture for $step", stepIcon(step) != R.drawable.lachan_ic_check)
        }
    }

    @Test
    fun aKeyNewerThanTheWordsIsAnsweredWithWhatAlwaysHolds() {
        RuntimeEnvironment.setQualifiers("vi-rVN")
        val advice = Samples.threat.advice.copy(warning = "chat.of_tomorrow", steps = listOf("of_tomorrow", "block"))
        val words = WarningWords.of(context, advice, AgeBand.Under13)
        assertEquals("Cuộc trò chuyện này có chỗ không ổn", words.title)
        assertEquals(listOf("Chặn người gửi"), words.steps)
    }

    @Test
    fun vietnameseComesFirstAndIsTheLanguageOfLastResort() {
        RuntimeEnvironment.setQualifiers("fr-rFR")
        assertEquals("Không xem", context.getString(R.string.lachan_actions_dont_look))
        RuntimeEnvironment.setQualifiers("en-rGB")
        assertEquals("Don't look", context.getString(R.string.lachan_actions_dont_look))
    }

    @Test
    fun theAppsOwnColourWins() {
        Phone("vi", night = false, large = false).use()
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        assertEquals(activity.getColor(R.color.lachan_accent), LookContext.of(activity).attributeColor(R.attr.lachanColorAccent))
        activity.setTheme(activity.resources.getIdentifier("LaChanTest.Red", "style", "vn.lachan.ui"))
        assertEquals(0xFFB00020.toInt(), LookContext.of(activity).attributeColor(R.attr.lachanColorAccent))
        assertEquals(activity.getColor(R.color.lachan_card), LookContext.of(activity).attributeColor(R.attr.lachanColorCard))
    }

    @Test
    fun aWarningThatCanBeLeftOpenSurvivesRotation() {
        Phone("vi", night = false, large = false).use()
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val view = WarningView(activity, Samples.warning(Samples.received, AgeBand.Under13)) {}
        activity.setContentView(view)
        view.part<View>(R.id.lachan_go_on).performClick()
        val state = android.util.SparseArray<android.os.Parcelable>().also(view::saveHierarchyState)
        val again = WarningView(activity, Samples.warning(Samples.received, AgeBand.Under13)) {}
        again.restoreHierarchyState(state)
        assertTrue("still asking", again.findViewById<View>(R.id.lachan_yes) != null)
    }

    private companion object {
        const val WARNINGS_OF_CHATS = 12

        /** Letters of the longest text: three short lines on a phone. */
        const val LONGEST = 125
    }
}
