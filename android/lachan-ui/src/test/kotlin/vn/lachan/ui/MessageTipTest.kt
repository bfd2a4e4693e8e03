package vn.lachan.ui

import android.app.Activity
import android.text.Spannable
import android.text.style.StyleSpan
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.ShadowDialog
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PersonalData
import vn.lachan.TextSpan
import vn.lachan.Verdict

@RunWith(RobolectricTestRunner::class)
class MessageTipTest {
    private lateinit var activity: Activity
    private lateinit var field: EditText
    private lateinit var tip: MessageTip

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        field = EditText(activity).apply { setText(Samples.DRAFT) }
        tip = MessageTip(activity)
        tip.attach(field)
    }

    private fun show(check: MessageCheck = Samples.sharingNumber) = tip.show(check, Direction.Outgoing, AgeBand.Under13)

    @Test
    fun theNumberIsMarkedInTheField() {
        show()
        assertEquals(View.VISIBLE, tip.visibility)
        val marked = Highlight.marked(field.text).single()
        assertEquals("0912 345 678", field.text.substring(marked))
    }

    @Test
    fun theMarkMovesWithTheTextAndGoesWithTheTip() {
        show()
        field.text.insert(0, "nè, ")
        assertEquals("0912 345 678", field.text.substring(Highlight.marked(field.text).single()))
        tip.part<View>(R.id.lachan_tip_close).performClick()
        assertEquals(View.GONE, tip.visibility)
        assertTrue(Highlight.marked(field.text).isEmpty())
    }

    @Test
    fun theAppsOwnSpansStay() {
        val bold = StyleSpan(android.graphics.Typeface.BOLD)
        field.text.setSpan(bold, 0, 2, Spannable.SPAN_EXCLUSIVE_EXCLUSIVE)
        show()
        tip.dismiss()
        assertEquals(0, field.text.getSpanStart(bold))
    }

    @Test
    fun aClearMessageHidesTheFormerTip() {
        show()
        show(MessageCheck(Verdict.Clear, null, emptySet(), emptyList()))
        assertEquals(View.GONE, tip.visibility)
        assertTrue(Highlight.marked(field.text).isEmpty())
    }

    private fun shows(id: Int) = tip.part<View>(id).visibility == View.VISIBLE

    @Test
    fun aMessageThatNobodyLookedAtSaysSoQuietly() {
        val silent = setOf(
            NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered, NotCheckedReason.Empty, NotCheckedReason.Cancelled, NotCheckedReason.Closed,
        )
        for (reason in NotCheckedReason.entries) {
            show()
            show(Samples.unchecked(reason))
            assertEquals("$reason", if (reason in silent) View.GONE else View.VISIBLE, tip.visibility)
            assertTrue("$reason", Highlight.marked(field.text).isEmpty())
            if (reason in silent) continue
            assertEquals("Tin này chưa được kiểm tra.", tip.part<TextView>(R.id.lachan_tip_note).text)
            val around = listOf(R.id.lachan_tip_head, R.id.lachan_tip_body, R.id.lachan_tip_steps, R.id.lachan_tip_actions)
            assertEquals("no icon, no help", emptyList<Int>(), around.filter(::shows))
        }
    }

    @Test
    fun aHintAfterANoteIsWhole() {
        show(Samples.unchecked(NotCheckedReason.ModelUnavailable))
        show()
        assertTrue(shows(R.id.lachan_tip_head) && shows(R.id.lachan_tip_body) && shows(R.id.lachan_tip_actions))
        assertFalse(shows(R.id.lachan_tip_note) || shows(R.id.lachan_tip_steps))
    }

    @Test
    fun spansBeyondATextThatWasShortenedDoNoHarm() {
        field.setText("ok")
        show(Samples.sharingNumber.copy(spans = listOf(TextSpan(1, 900, PersonalData.Phone), TextSpan(40, 50, PersonalData.Phone), TextSpan(-4, -1, PersonalData.Phone))))
        assertEquals(listOf(1..1), Highlight.marked(field.text))
    }

    @Test
    fun stepsOpenAndCloseAndHelpIsOneTapAway() {
        show()
        val more = tip.part<Button>(R.id.lachan_tip_more)
        more.performClick()
        assertEquals(View.VISIBLE, tip.part<View>(R.id.lachan_tip_steps).visibility)
        assertEquals("Thu gọn", more.text)
        more.performClick()
        assertEquals(View.GONE, tip.part<View>(R.id.lachan_tip_steps).visibility)
        tip.part<View>(R.id.lachan_tip_help).performClick()
        assertNotNull(ShadowDialog.getLatestDialog().findViewById<View>(R.id.lachan_trusted_main))
    }
}
