package vn.lachan.guardian

import android.app.Activity
import android.graphics.drawable.BitmapDrawable
import android.view.View
import android.widget.EditText
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import vn.lachan.screens.settle

/** A guardian who takes its time, or stops in the middle, is led on and ends with a PIN. */
@RunWith(RobolectricTestRunner::class)
class SetupTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).also { it.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar) }.setup().get()
    private val packets = ArrayList<suspend () -> Packet>()
    private val scanner = PacketScanner { _, take -> take.take(runBlocking { packets.removeAt(0)() }) }
    private val family = runBlocking { TestFamily().meet() }
    private var ready: Boolean? = null

    private fun setUp(): View = FamilySetupView(activity, family.child, scanner) { ready = it }.also(activity::setContentView).also { settle() }

    private fun View.press(id: Int, until: () -> Boolean) {
        findViewById<View>(id)!!.performClick()
        await("a page changed") { until() }
    }

    private fun View.shows(id: Int) = findViewById<View>(id) != null

    /** As far as the page where the guardian consents. */
    private fun toConsent(): View {
        packets.add { family.guardian.offer().done() }
        val view = setUp()
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_code) }
        runBlocking { family.guardian.accept(codeOn(view)).done() }
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_digits) }
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_counts) }
        return view
    }

    /** What the other phone reads from the screen. */
    private fun codeOn(view: View): Packet = QrCode.read((view.findViewById<CodeView>(R.id.lachan_family_code)!!.drawable as BitmapDrawable).bitmap)!!

    /** Asks the guardian's phone, which says yes. */
    private fun askAgain(view: View) {
        view.press(R.id.lachan_family_second) { view.shows(R.id.lachan_family_code) }
        val request = codeOn(view)
        packets.add { family.guardian.approve(request).done() }
    }

    private fun type(view: View, pin: String, year: String) {
        for ((field, words) in listOf(R.id.lachan_family_pin to pin, R.id.lachan_family_pin_again to pin, R.id.lachan_family_year to year)) {
            view.findViewById<EditText>(field)!!.setText(words)
        }
    }

    @Test
    fun aYesThatHasRunOutIsAskedForAgain() {
        val view = toConsent()
        family.clock.pass(301)
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_pin) && !view.shows(R.id.lachan_family_year) }
        askAgain(view)
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_counts) }
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_year) }
        assertTrue("it has consented", family.child.agreed.guardian != null)
        family.clock.pass(301)
        type(view, TestFamily.PIN, "2013")
        view.press(R.id.lachan_family_main) { !view.shows(R.id.lachan_family_year) }
        assertNull("nothing was kept without a yes", family.child.ageBand)
        askAgain(view)
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_year) }
        type(view, TestFamily.PIN, "2013")
        view.press(R.id.lachan_family_main) { !view.shows(R.id.lachan_family_year) }
        assertTrue(family.child.ageBand != null)
        assertTrue(runBlocking { family.child.enterPin(TestFamily.PIN, Purpose.Change).done() } is PinAnswer.Open)
        assertNull("it goes on", ready)
    }

    @Test
    fun aPhoneWithoutAPinDoesNotCountAsSetUp() {
        val view = toConsent()
        view.press(R.id.lachan_family_main) { view.shows(R.id.lachan_family_year) }
        type(view, "123456", "2013")
        val message = view.findViewById<View>(R.id.lachan_family_message)!!
        view.press(R.id.lachan_family_main) { message.visibility == View.VISIBLE }
        assertNull("the PIN comes first", family.child.ageBand)
        assertEquals("the next setting up begins anew", true, family.child.isHalfSetUp)
    }
}
