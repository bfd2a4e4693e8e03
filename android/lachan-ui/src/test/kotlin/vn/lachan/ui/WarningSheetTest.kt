package vn.lachan.ui

import android.app.Activity
import android.os.Parcelable
import android.util.SparseArray
import android.view.View
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import vn.lachan.AgeBand
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.Reveal
import vn.lachan.Stage
import vn.lachan.ui.samples.sendMessage

/** A warning answers once, also where the screen it lies over goes before anybody has chosen. */
@RunWith(RobolectricTestRunner::class)
class WarningSheetTest {
    private lateinit var controller: ActivityController<Activity>
    private val choices = mutableListOf<WarningChoice>()

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        controller = Robolectric.buildActivity(Activity::class.java).setup()
    }

    private fun sheet(activity: Activity = controller.get()) =
        WarningSheet(activity, Samples.warning(Samples.sending, AgeBand.Under13, Direction.Outgoing)) { choices += it }

    private fun shown() = sheet().also {
        it.show()
        Screens.settle()
        assertTrue(it.isShowing)
    }

    @Test
    fun aTurnOfThePhoneIsNoConsent() {
        val sheet = shown()
        controller.recreate()
        Screens.settle()
        assertFalse("no window is left behind", sheet.isShowing)
        assertEquals(listOf(WarningChoice.Stayed), choices)
    }

    @Test
    fun anActivityThatIsFinishedAnswersOnce() {
        val sheet = shown()
        controller.get().finish()
        controller.pause().stop().destroy()
        assertFalse(sheet.isShowing)
        sheet.findViewById<View>(R.id.lachan_stay)!!.performClick()
        assertEquals(listOf(WarningChoice.Stayed), choices)
    }

    @Test
    fun whatWasChosenBeforeIsTheAnswer() {
        shown().findViewById<View>(R.id.lachan_stay)!!.performClick()
        controller.recreate()
        assertEquals(listOf(WarningChoice.Stayed), choices)
    }

    @Test
    fun aWarningThatTheAppHasClosedStaysSilent() {
        val sheet = shown()
        sheet.leave()
        controller.recreate()
        assertFalse(sheet.isShowing)
        assertEquals(emptyList<WarningChoice>(), choices)
    }

    @Test
    fun aScreenThatIsOnlyLeftForAWhileAnswersNothing() {
        val sheet = shown()
        val other = Robolectric.buildActivity(Activity::class.java).setup()
        controller.pause().stop()
        other.pause().stop().destroy()
        controller.start().resume()
        assertTrue(sheet.isShowing)
        assertEquals(emptyList<WarningChoice>(), choices)
    }

    @Test
    fun overAnActivityThatIsGoneNothingIsShown() {
        val activity = controller.get()
        activity.finish()
        val finishing = sheet(activity).also { it.show() }
        controller.pause().stop().destroy()
        val destroyed = sheet(activity).also { it.show() }
        assertFalse(finishing.isShowing || destroyed.isShowing)
        assertEquals(listOf(WarningChoice.Stayed, WarningChoice.Stayed), choices)
    }

    @Test
    fun theHelpOverItGoesWithTheActivityToo() {
        val help = HelpSheet(controller.get(), AgeBand.Under13).also { it.show() }
        assertTrue(help.isShowing)
        controller.recreate()
        assertFalse(help.isShowing)
    }

    private fun View.press(id: Int) {
        part<View>(id).performClick()
        Screens.settle()
    }

    @Test
    fun theSecondOfADoubleTapConfirmsNothing() {
        val sheet = shown()
        val page = sheet.findViewById<View>(R.id.lachan_warning)!!
        page.press(R.id.lachan_go_on)
        page.press(R.id.lachan_yes)
        Screens.pass(Reading.MILLIS - A_MOMENT)
        page.press(R.id.lachan_yes)
        assertTrue("it asks still", sheet.isShowing)
        assertEquals(emptyList<WarningChoice>(), choices)
        Screens.pass(2 * A_MOMENT)
        page.press(R.id.lachan_yes)
        assertEquals(listOf(WarningChoice.WentOn), choices)
    }

    @Test
    fun theSecondOfADoubleTapOnTheSafeButtonIsSafe() {
        val page = shown().findViewById<View>(R.id.lachan_warning)!!
        page.press(R.id.lachan_go_on)
        page.press(R.id.lachan_stay)
        assertEquals("nobody has to wait for it", listOf(WarningChoice.Stayed), choices)
    }

    /** The tap that brought the warning up was the first of two. */
    @Test
    fun whereOneTapGoesOnItIsOneThatCouldHaveRead() {
        val freely = Samples.sending.copy(advice = Samples.sending.advice.copy(reveal = Reveal.Freely))
        val sheet = WarningSheet(controller.get(), Samples.warning(freely, AgeBand.Adult, Direction.Outgoing)) { choices += it }
        sheet.show()
        Screens.settle()
        val page = sheet.findViewById<View>(R.id.lachan_warning)!!
        page.press(R.id.lachan_go_on)
        assertEquals(emptyList<WarningChoice>(), choices)
        Screens.read()
        page.press(R.id.lachan_go_on)
        assertEquals(listOf(WarningChoice.WentOn), choices)
    }

    @Test
    fun aConfirmationThatATurnBringsBackIsReadAnew() {
        val warning = Samples.warning(Samples.sending, AgeBand.Under13, Direction.Outgoing)
        val before = WarningView(controller.get(), warning) { choices += it }
        controller.get().setContentView(before)
        Screens.settle()
        before.press(R.id.lachan_go_on)
        Screens.read()
        val state = SparseArray<Parcelable>().also(before::saveHierarchyState)
        val after = WarningView(controller.get(), warning) { choices += it }
        controller.get().setContentView(after)
        Screens.read()
        after.restoreHierarchyState(state)
        Screens.settle()
        after.press(R.id.lachan_yes)
        assertEquals(emptyList<WarningChoice>(), choices)
        Screens.read()
        after.press(R.id.lachan_yes)
        assertEquals(listOf(WarningChoice.WentOn), choices)
    }

    /** A talk that remembers what counts as sent. */
    private class Talk : Conversation {
        val counts = mutableListOf<String>()
        override val peerId: String = "a"
        override val stage: StateFlow<Stage?> = MutableStateFlow(null)

        override suspend fun check(message: Message): MessageCheck = Samples.threatened.also { counts += message.text }

        override suspend fun checkDraft(text: String): MessageCheck = Samples.threatened

        override suspend fun withdraw() {
            counts.removeAt(counts.lastIndex)
        }

        override suspend fun forget() = counts.clear()

        override fun close() = Unit
    }

    @Test
    fun aMessageWhoseWarningIsTakenAwayIsNeitherSentNorCounted() {
        val talk = Talk()
        val sent = mutableListOf<String>()
        val scope = CoroutineScope(Dispatchers.Unconfined)
        sendMessage(controller.get(), scope, talk, "ok", sent::add)
        assertEquals(listOf("ok"), talk.counts)
        controller.recreate()
        assertEquals("after a turn of the phone", emptyList<String>(), talk.counts)
        val gone = controller.get()
        controller.pause().stop().destroy()
        sendMessage(gone, scope, talk, "ok", sent::add)
        assertEquals("over a screen that is gone", emptyList<String>(), talk.counts)
        assertEquals(emptyList<String>(), sent)
    }

    private companion object {
        /** Less than anybody notices. */
        const val A_MOMENT = 100L
    }
}
