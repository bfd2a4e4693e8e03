package vn.lachan.sample.chat

import android.content.ClipData
import android.content.ClipboardManager
import android.graphics.Rect
import android.os.Parcel
import android.view.View
import android.widget.EditText
import android.widget.Switch
import android.widget.TextView
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.Action
import vn.lachan.PeerTrust
import vn.lachan.PersonalData
import vn.lachan.Policy
import vn.lachan.TextSpan
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Party
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.Rules
import vn.lachan.guardian.TestFamily
import vn.lachan.guardian.done
import vn.lachan.screens.Reachable
import vn.lachan.screens.settle
import vn.lachan.testing.FakeLaChan
import vn.lachan.testing.Verdicts
import vn.lachan.ui.WarningSheet
import vn.lachan.guardian.R as Family
import vn.lachan.ui.R as Ui

/** The phone is turned, or the system ends the app, while a guardian sets it up: nothing that was begun is lost unsaid. */
@RunWith(RobolectricTestRunner::class)
class TurningTest {
    private val family = TestFamily()

    @Before
    fun prepare() {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-port-notnight-xhdpi")
        App.forgetAll()
        runBlocking { family.meet() }
        App.follow(family)
        Opening.shield = { FakeLaChan(Policy.Off) }
        Settings(RuntimeEnvironment.getApplication()).asked = true
    }

    private fun App.shows(id: Int) = (dialog()?.window?.decorView ?: root).findViewById<View>(id)?.isShown == true

    private fun App.until(id: Int) = until("it is shown") { shows(id) }

    /** Scrolls to the code, as somebody does whose phone lies on its side. */
    private fun App.code(): Packet {
        settle()
        root.findViewById<View>(Family.id.lachan_family_code)!!.let { code ->
            Reachable.isWhole("the code", code, atOnce = false)
            code.requestRectangleOnScreen(Rect(0, 0, code.width, code.height), true)
        }
        return QrCode.read(draw()) ?: throw AssertionError("no code can be read from this screen")
    }

    private fun App.field(id: Int) = root.findViewById<EditText>(id)!!

    private fun App.digits() = root.findViewById<TextView>(Family.id.lachan_family_digits)!!.text.filter(Char::isDigit).toString()

    private fun App.toTheCode() {
        App.see { family.guardian.offer().done() }
        press(R.id.connect)
        press(Family.id.lachan_family_main)
        until(Family.id.lachan_family_code)
    }

    private fun App.toTheConsent() {
        val met = runBlocking { family.guardian.accept(code()) }.done()
        press(Family.id.lachan_family_main)
        until(Family.id.lachan_family_digits)
        assertEquals(met.digits, digits())
        press(Family.id.lachan_family_main)
        until(Family.id.lachan_family_counts)
    }

    private fun App.toTheBirthday() {
        press(Family.id.lachan_family_main)
        until(Family.id.lachan_family_pin)
    }

    private fun App.enter(pin: String) {
        field(Family.id.lachan_family_pin).setText(pin)
        field(Family.id.lachan_family_pin_again).setText(pin)
    }

    private fun App.enterBirthday() {
        field(Family.id.lachan_family_day).setText("1")
        field(Family.id.lachan_family_month).setText("3")
        field(Family.id.lachan_family_year).setText("2013")
    }

    @Test
    fun everyStepStaysWhenThePhoneIsTurned() = App().use { app ->
        app.toTheCode()
        val code = app.code()
        app.turn()
        assertEquals("the same answer", code, app.code())
        app.turn()
        val met = runBlocking { family.guardian.accept(app.code()) }.done()
        app.press(Family.id.lachan_family_main)
        app.turn()
        assertEquals(met.digits, app.digits())
        app.press(Family.id.lachan_family_main)
        app.root.findViewById<Switch>(Family.id.lachan_family_counts)!!.performClick()
        app.turn()
        assertFalse("what was chosen stays", app.root.findViewById<Switch>(Family.id.lachan_family_counts)!!.isChecked)
        app.toTheBirthday()
        app.enterBirthday()
        app.enter(TestFamily.PIN)
        app.turn()
        assertEquals("2013", app.field(Family.id.lachan_family_year).text.toString())
        assertEquals("a PIN is kept nowhere", "", app.field(Family.id.lachan_family_pin).text.toString())
        app.enter(TestFamily.PIN)
        app.press(Family.id.lachan_family_main)
        app.until("the policy is asked for") { !app.shows(Family.id.lachan_family_pin) }
        app.turn()
        App.see { family.guardian.signPolicy(family.phone, Rules()).done() }
        app.press(Family.id.lachan_family_main)
        app.until("it is the child's turn") { app.says("Giờ đến lượt con") }
        app.turn()
        assertTrue(app.says("Giờ đến lượt con"))
        assertEquals(FamilyState.Waiting(Party.Child), app.messenger.state)
        assertEquals(false, app.phone.agreed.guardian?.counts)
    }

    /** The sheet goes with the activity: nobody has read it, and nobody has answered. */
    @Test
    fun anInterruptionThatNobodyAnsweredComesAgain() {
        App.follow(runBlocking { TestFamily().agree() })
        lateinit var shield: FakeLaChan
        Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
        App().use { app ->
            shield.conversation("congan", PeerTrust.Unknown).next(Verdicts.grooming())
            app.open("congan")
            app.until("the warning") { app.dialog() is WarningSheet }
            repeat(2) {
                app.turn()
                app.until("it comes again") { app.dialog() is WarningSheet }
            }
            assertEquals("the message came once", 1, app.chat("congan").items.size)
            app.press(Ui.id.lachan_stay)
            app.untilItIsTheChildsTurn()
            assertNull("it has been answered", app.dialog())
            app.turn()
            app.untilItIsTheChildsTurn()
            assertNull("and stays so", app.dialog())
        }
    }

    /** What was about to be sent is not sent, and not asked about any more: the field is empty. */
    @Test
    fun whatWasAskedAboutBeforeSendingIsTakenBack() {
        App.follow(runBlocking { TestFamily().agree() })
        lateinit var shield: FakeLaChan
        Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
        App().use { app ->
            val talk = shield.conversation("rong", PeerTrust.Unknown)
            app.open("rong")
            app.untilItIsTheChildsTurn()
            talk.next(Verdicts.personalInfo(listOf(TextSpan(10, 16, PersonalData.OneTimeCode)), Action.Interrupt))
            app.write("mã OTP là 482913 nha")
            app.until("the warning") { app.dialog() is WarningSheet }
            app.turn()
            app.until("it is taken back") { talk.withdrawn == 1 }
            app.untilItIsTheChildsTurn()
            assertNull(app.dialog())
            assertTrue(app.chat("rong").items.none { it is Item.Words && it.mine })
        }
    }

    @Test
    fun theCameraStaysOpen() = App().use { app ->
        Opening.scan = { activity, take -> ScanSheet(activity, take).show() }
        app.press(R.id.connect)
        app.press(Family.id.lachan_family_main)
        app.turn()
        assertTrue("it is open", app.dialog() is ScanSheet)
        val offer = runBlocking { family.guardian.offer().done() }
        app.activity.getSystemService(ClipboardManager::class.java)!!.setPrimaryClip(ClipData.newPlainText("", offer.text))
        app.press(R.id.second)
        app.until(Family.id.lachan_family_code)
        app.turn()
        assertEquals("it was closed, and stays so", null, app.dialog())
    }

    @Test
    fun aTurnInTheMiddleOfPairingLosesNothing() = App().use { app ->
        App.see { family.guardian.offer().done() }
        app.press(R.id.connect)
        app.root.findViewById<View>(Family.id.lachan_family_main)!!.performClick()
        app.turn()
        app.until(Family.id.lachan_family_code)
        app.toTheConsent()
    }

    @Test
    fun whenTheProcessEndsItBeginsAnewAndSaysSo() = App().use { app ->
        app.toTheCode()
        val code = app.code()
        val saved = app.endAndComeBack(family)
        val parcel = Parcel.obtain().also { it.writeBundle(saved) }
        val bytes = parcel.marshall().toString(Charsets.ISO_8859_1).filter { it != '\u0000' }
        assertTrue("the search finds what is there", "setting up" in bytes)
        assertFalse("no code was handed to the system", code.text.takeLast(40) in bytes)
        app.until("it is said") { app.says(app.activity.getString(Family.string.lachan_pair_again)) }
        // The old code opens nothing that the new one would not.
        App.see { family.guardian.offer().done() }
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_code)
        assertFalse(code == app.code())
        app.toTheConsent()
        app.toTheBirthday()
    }

    @Test
    fun whenTheProcessEndsBeforeThePolicyOnlyThatIsAskedFor() = App().use { app ->
        app.toTheCode()
        app.toTheConsent()
        app.toTheBirthday()
        app.enterBirthday()
        app.enter(TestFamily.PIN)
        app.press(Family.id.lachan_family_main)
        app.until("the policy is asked for") { !app.shows(Family.id.lachan_family_pin) }
        app.endAndComeBack(family)
        App.see { family.guardian.signPolicy(family.phone, Rules()).done() }
        app.until(Family.id.lachan_family_main)
        app.press(Family.id.lachan_family_main)
        app.until("it is the child's turn") { app.says("Giờ đến lượt con") }
    }
}
