package vn.lachan.sample.guardian

import android.content.ClipData
import android.content.ClipboardManager
import android.graphics.Rect
import android.os.Bundle
import android.os.Parcel
import android.view.View
import android.widget.EditText
import android.widget.TextView
import java.io.File
import java.security.SecureRandom
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Packet
import vn.lachan.guardian.await
import vn.lachan.guardian.done
import vn.lachan.guardian.surroundings
import vn.lachan.screens.Reachable
import vn.lachan.guardian.R as Family

/**
 * The phone is turned, the system ends the app, or something else is tapped, in the middle of setting up: nothing that was
 * begun is lost unsaid.
 */
@RunWith(RobolectricTestRunner::class)
class TurningTest {
    @Before
    fun upright() = RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-port-xhdpi")

    private fun TwoPhones.says(words: Int) = parent.getString(words) in parent.text()

    private fun TwoPhones.digits() = parent.findViewById<TextView>(R.id.digits)!!.text.toString()

    private fun TwoPhones.name() = parent.findViewById<EditText>(R.id.field)!!

    private fun TwoPhones.answer(): Packet = runBlocking { ChildPhone.open(childFolder).pair(parent.code()).done().answer }

    private fun TwoPhones.begin(): TwoPhones {
        start().parent.press(R.id.main)
        await("the words are shown") { says(R.string.words_title) }
        return this
    }

    private fun TwoPhones.offer(): TwoPhones {
        begin().parent.press(R.id.main)
        parent.press(R.id.main)
        await("the code is shown") { parent.shows(R.id.code) }
        return this
    }

    private fun TwoPhones.compare(): TwoPhones {
        offer()
        val answer = answer()
        seenByParent = { answer }
        parent.press(R.id.main)
        await("the digits are shown") { parent.shows(R.id.digits) }
        return this
    }

    /** All that the system holds of the app while it is away. */
    private fun Bundle.bytes(): String {
        val parcel = Parcel.obtain()
        parcel.writeBundle(this)
        return parcel.marshall().toString(Charsets.UTF_16LE) + parcel.marshall().toString(Charsets.ISO_8859_1).filter { it != '\u0000' }.also { parcel.recycle() }
    }

    @Test
    fun aTurnKeepsTheWordsTheCodeAndTheDigits(): Unit = TwoPhones().use { phones ->
        phones.begin()
        val words = phones.parent.text()
        phones.turn()
        assertEquals(words, phones.parent.text())
        phones.turn()
        assertEquals(words, phones.parent.text())
        phones.parent.press(R.id.main)
        phones.parent.press(R.id.main)
        await("the code is shown") { phones.parent.shows(R.id.code) }
        val code = phones.parent.code()
        phones.turn()
        val wide = phones.parent.findViewById<View>(R.id.code)!!
        Reachable.isWhole("the code of a phone on its side", wide, atOnce = false)
        wide.requestRectangleOnScreen(Rect(0, 0, wide.width, wide.height), true)
        assertEquals("the same one-time code", code, phones.parent.code())
        phones.turn()
        assertEquals("the same one-time code", code, phones.parent.code())
        val answer = phones.answer()
        phones.seenByParent = { answer }
        phones.parent.press(R.id.main)
        await("the digits are shown") { phones.parent.shows(R.id.digits) }
        val digits = phones.digits()
        phones.name().setText("Bi")
        phones.turn()
        assertEquals(digits, phones.digits())
        assertEquals("Bi", phones.name().text.toString())
        phones.parent.press(R.id.main)
        assertEquals("Bi", phones.parent.names.of(phones.parent.guardian!!.children.value.single().phone))
    }

    @Test
    fun whatIsUnderWayEndsOnThePhoneAsItIsHeldThen(): Unit = TwoPhones().use { phones ->
        val made = CompletableDeferred<Unit>()
        Opening.create = { _ -> made.await().let { GuardianPhone.create(phones.guardianFolder) } }
        phones.start().parent.press(R.id.main)
        phones.turn()
        assertTrue(phones.says(R.string.welcome_title))
        made.complete(Unit)
        await("the words, which are shown once, are shown") { phones.says(R.string.words_title) }
    }

    @Test
    fun aTurnWhileTheCameraIsOpenKeepsIt(): Unit = TwoPhones().use { phones ->
        phones.offer()
        val answer = phones.answer()
        Opening.scan = { app, take -> app.show(Scan(take)) }
        phones.parent.press(R.id.main)
        phones.turn()
        assertTrue(phones.says(R.string.scan_none_title))
        phones.copy(answer)
        phones.parent.press(R.id.second)
        await("the answer was taken") { phones.parent.shows(R.id.digits) }
    }

    @Test
    fun whatTheCameraReadAndIsRefusedIsSaid(): Unit = TwoPhones().use { phones ->
        phones.offer()
        phones.copy(phones.parent.code())
        Opening.scan = { app, take -> app.show(Scan(take)) }
        phones.parent.press(R.id.main)
        phones.parent.press(R.id.second)
        await("it is said") { phones.parent.findViewById<View>(R.id.message)?.isShown == true }
        assertTrue("on the page of the code", phones.parent.shows(R.id.code))
        assertTrue(phones.says(Family.string.lachan_refusals_otherstep))
    }

    private fun TwoPhones.copy(packet: Packet) =
        parent.getSystemService(ClipboardManager::class.java)!!.setPrimaryClip(ClipData.newPlainText("", packet.text))

    @Test
    fun whatWasTypedFromThePaperStaysAndWhatIsLeftToDoIsSaid(): Unit = TwoPhones().use { phones ->
        val lost = surroundings(File(RuntimeEnvironment.getApplication().noBackupFilesDir, "lost"), "companion", phones.clock, SecureRandom())
        val words = runBlocking { GuardianPhone.create(lost).done().words.syllables.joinToString(" ") }
        phones.start().parent.press(R.id.third)
        phones.name().setText(words)
        phones.turn()
        assertEquals(words, phones.name().text.toString())
        phones.parent.press(R.id.main)
        await("there are new words") { phones.says(R.string.words_title) }
        phones.turn()
        phones.parent.press(R.id.main)
        assertTrue(phones.says(R.string.recovered_title))
        phones.parent.press(R.id.main)
        assertTrue(phones.says(R.string.home_title))
    }

    @Test
    fun whenTheProcessEndsTheWordsAreGoneAndItIsSaid(): Unit = TwoPhones().use { phones ->
        phones.begin()
        val words = phones.parent.text()
        val saved = phones.endAndComeBack()
        await("it is said") { phones.says(R.string.words_lost_title) }
        val spoken = Regex("\\d+ (\\p{L}+)").findAll(words).map { it.groupValues[1] }.filter { it != "chữ" }.toList()
        assertEquals(24, spoken.size)
        // Two beside each other, in whatever way they were put together.
        for ((one, two) in spoken.zipWithNext()) for (between in listOf(" ", "\u0000", ", ")) assertFalse("$one $two" in saved.bytes() || "$one$between$two" in saved.bytes())
        phones.parent.press(R.id.main)
        await("it begins anew") { phones.says(R.string.welcome_title) }
        phones.parent.press(R.id.main)
        await("there are other words") { phones.says(R.string.words_title) }
        assertFalse(words == phones.parent.text())
    }

    @Test
    fun whenTheProcessEndsTheCodeIsGoneAndAnAnswerToItStillCounts(): Unit = TwoPhones().use { phones ->
        phones.offer()
        val code = phones.parent.code()
        val answer = phones.answer()
        val saved = phones.endAndComeBack()
        await("it is said") { phones.says(R.string.pair_again_title) }
        assertTrue("the search finds what is there", "pair" in saved.bytes())
        assertFalse("the one-time code was not handed to the system", code.text.takeLast(40) in saved.bytes())
        phones.seenByParent = { answer }
        phones.parent.press(R.id.second)
        await("the digits are shown") { phones.parent.shows(R.id.digits) }
    }

    @Test
    fun whenTheProcessEndsANewCodeCanBeShown(): Unit = TwoPhones().use { phones ->
        phones.offer()
        val code = phones.parent.code()
        phones.endAndComeBack()
        await("it is said") { phones.says(R.string.pair_again_title) }
        phones.parent.press(R.id.main)
        await("a code is shown") { phones.parent.shows(R.id.code) }
        assertFalse(code == phones.parent.code())
        phones.parent.press(R.id.third)
        assertTrue(phones.says(R.string.home_title))
    }

    @Test
    fun whenTheProcessEndsTheDigitsAreStillCompared(): Unit = TwoPhones().use { phones ->
        phones.compare()
        val digits = phones.digits()
        phones.name().setText("Bi")
        phones.endAndComeBack()
        await("the digits are shown again") { phones.parent.shows(R.id.digits) }
        assertEquals(digits, phones.digits())
        assertEquals("Bi", phones.name().text.toString())
        phones.parent.press(R.id.third)
        await("a phone that is not the child's is forgotten") { phones.says(R.string.differ_title) }
        assertTrue(phones.parent.guardian!!.children.value.isEmpty())
    }

    /** A code that asks nothing: what is made of it is seen on a page of its own. */
    private fun TwoPhones.link() = runBlocking { parent.guardian!!.offer().done() }.toLink()

    private fun TwoPhones.linkIsTaken() =
        await("the link is looked at", { parent.text() }) { says(Family.string.lachan_refusals_otherstep) }

    @Test
    fun whatIsTappedMeanwhileTakesNoWordsOffTheScreen(): Unit = TwoPhones().use { phones ->
        phones.begin()
        val words = phones.parent.text()
        phones.tapped()
        assertEquals(words, phones.parent.text())
        phones.tapped(phones.link())
        assertEquals(words, phones.parent.text())
        phones.back()
        assertTrue("they wait behind what else is open", shadowOf(phones.parent).isTaskMovedToBack && !phones.parent.isFinishing)
        assertEquals(words, phones.parent.text())
        phones.parent.press(R.id.main)
        phones.linkIsTaken()
    }

    @Test
    fun whatIsTappedMeanwhileTakesNoQuestionOffTheScreen(): Unit = TwoPhones().use { phones ->
        phones.begin()
        phones.endAndComeBack()
        await("it is said") { phones.says(R.string.words_lost_title) }
        phones.tapped(phones.link())
        assertTrue(phones.says(R.string.words_lost_title))
        phones.endAndComeBack()
        await("it is said again") { phones.says(R.string.words_lost_title) }
    }

    @Test
    fun whatIsTappedMeanwhileTakesNoDigitsOffTheScreen(): Unit = TwoPhones().use { phones ->
        phones.compare()
        val digits = phones.digits()
        phones.tapped()
        phones.tapped(phones.link())
        assertEquals(digits, phones.digits())
        phones.parent.press(R.id.main)
        assertTrue("nor the choice that follows", phones.says(R.string.protect_body))
        phones.parent.press(R.id.third)
        phones.linkIsTaken()
    }

    @Test
    fun aPhoneThatNobodyHasComparedIsGivenNoSettings(): Unit = TwoPhones().use { phones ->
        phones.compare()
        val digits = phones.digits()
        phones.back()
        phones.parent.tap(R.string.digits_title)
        assertEquals(digits, phones.digits())
        // Swiped away: the system holds nothing of it.
        phones.start()
        phones.parent.tap(R.string.digits_title)
        assertEquals(digits, phones.digits())
        phones.parent.press(R.id.main)
        assertTrue(phones.says(R.string.protect_body))
        phones.parent.press(R.id.third)
        assertFalse(phones.says(R.string.digits_title))
        phones.parent.tap(R.string.none_chosen)
        assertTrue(phones.says(R.string.protect_body))
    }

    @Test
    fun aPhoneWhoseDigitsWereNeverShownConnectsAgain(): Unit = TwoPhones().use { phones ->
        phones.offer()
        val answer = phones.answer()
        // The app was closed when the phone was known and its digits were not.
        runBlocking { phones.parent.guardian!!.accept(answer).done() }
        phones.start()
        phones.parent.tap(R.string.pair_again_title)
        assertTrue(phones.says(R.string.pair_again_body))
    }
}
