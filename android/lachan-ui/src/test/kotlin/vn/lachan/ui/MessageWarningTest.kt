package vn.lachan.ui

import android.app.Activity
import android.app.Application
import android.view.View
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.shadows.ShadowDialog
import vn.lachan.Action
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.Verdict
import vn.lachan.ui.samples.warnOfMessage

/** Each answer about a message in its own way: a hint, an interruption, a note, nothing. */
@RunWith(RobolectricTestRunner::class)
class MessageWarningTest {
    private lateinit var tip: MessageTip
    private var blocked = 0

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        tip = MessageTip(Robolectric.buildActivity(Activity::class.java).setup().get())
    }

    private fun show(check: MessageCheck) {
        warnOfMessage(tip, check, "a") { blocked++ }
        Screens.settle()
    }

    private fun shown(id: Int) = tip.visibility == View.VISIBLE && tip.part<View>(id).visibility == View.VISIBLE

    @Test
    fun aHintIsTheTip() {
        show(Samples.askedForSecret)
        assertTrue(shown(R.id.lachan_tip_body))
        assertNull(ShadowDialog.getLatestDialog())
    }

    @Test
    fun anInterruptionComesOverTheActivityAndCanBlock() {
        show(Samples.askedForSecret)
        show(Samples.threatened)
        assertEquals(View.GONE, tip.visibility)
        val sheet = ShadowDialog.getLatestDialog() as WarningSheet
        assertTrue(sheet.isShowing)
        val block = sheet.findViewById<View>(R.id.lachan_warning)!!.row("Chặn người gửi")
        block.performClick()
        assertEquals(1, blocked)
        sheet.findViewById<View>(R.id.lachan_stay)!!.performClick()
        assertEquals("to stay is not to block", 1, blocked)
    }

    @Test
    fun whatNobodyLookedAtHasANote() {
        show(Samples.unchecked(NotCheckedReason.ModelUnavailable))
        assertTrue(shown(R.id.lachan_tip_note))
        assertNull(ShadowDialog.getLatestDialog())
    }

    @Test
    fun aClearMessageTakesTheHintAway() {
        show(Samples.askedForSecret)
        show(MessageCheck(Verdict.Clear, null, emptySet(), emptyList()))
        assertEquals(View.GONE, tip.visibility)
    }

    @Test
    fun withoutAnActivityTheHintSaysIt() {
        assertEquals(Action.Interrupt, Samples.threat.action)
        tip = MessageTip(RuntimeEnvironment.getApplication() as Application)
        MessageWarning.show(tip, Samples.threatened, Direction.Incoming, AgeBand.Under13)
        assertTrue(shown(R.id.lachan_tip_body))
        assertNull(ShadowDialog.getLatestDialog())
    }
}
