package vn.lachan.sample.guardian

import android.app.Activity
import android.app.Dialog
import android.graphics.Bitmap
import android.view.View
import android.widget.CompoundButton
import android.widget.EditText
import android.widget.TextView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.shadows.ShadowDialog
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.ModelSource
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.Verdict
import vn.lachan.ffi.drawMarker
import vn.lachan.guardian.AssentView
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.FamilyGate
import vn.lachan.guardian.FamilySetupView
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketScanner
import vn.lachan.guardian.Party
import vn.lachan.guardian.PinAnswer
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.Refusal
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Scope
import vn.lachan.guardian.WithdrawView
import vn.lachan.guardian.await
import vn.lachan.guardian.done
import vn.lachan.guardian.filesWithout
import vn.lachan.screens.SmallPng
import vn.lachan.screens.settle
import vn.lachan.ui.CheckedView
import vn.lachan.ui.HostActions
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningChoice
import vn.lachan.ui.WarningView
import vn.lachan.guardian.R as Family
import vn.lachan.ui.R as Ui

/**
 * The whole story of a family on two phones, through the screens of both, over the real core and the real models: what one
 * screen shows as a code, the other phone reads from its picture. `make story` keeps the pictures.
 */
@RunWith(RobolectricTestRunner::class)
class StoryTest {
    private val folder = File(System.getProperty("lachan.story")!!)
    private var number = 0
    private val phones = TwoPhones()
    private val parent get() = phones.parent
    private lateinit var child: Activity
    private lateinit var phone: ChildPhone

    /** What the child's camera sees: the parent's screen. */
    private val childsCamera = PacketScanner { _, take -> take.take(QrCode.read(parent.picture())) }

    @Test
    fun theWholeStory() {
        folder.listFiles().orEmpty().filter { it.extension == "png" && !it.name.startsWith("messenger-") }.forEach { it.delete() }
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-notnight-xhdpi")
        phones.use {
            phones.start()
            phone = runBlocking { ChildPhone.open(phones.childFolder) }
            child = Robolectric.buildActivity(Activity::class.java).also { c -> c.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar) }.setup().get()
            val shield = runBlocking {
                LaChan.open(child) {
                    models = ModelSource.Folder(File(System.getProperty("lachan.models")!!))
                    testMode = true
                }
            }
            shield.use {
                runBlocking { phone.protect(shield) }
                theParentBegins()
                thePhonesMeet()
                theParentConsents(shield)
                theChildAgrees(shield)
                aWarningAndThePin(shield)
                aWarningAndTheCompanion(shield)
                theNumbersOfAWeek()
                aSchoolOnTop(shield)
                theBirthday(shield)
                theEnd(shield)
            }
        }
        println("The story's pictures are in $folder")
        assertTrue("$number", number >= 20)
    }

    private fun theParentBegins() {
        show("parent", "welcome", parent)
        parent.press(R.id.main)
        await("the words are shown") { parent.text().contains("24 chữ") && parent.text().contains("24 ") && !parent.shows(R.id.third) }
        show("parent", "words", parent)
        parent.press(R.id.main)
        show("parent", "home", parent)
    }

    private fun thePhonesMeet() {
        parent.press(R.id.main)
        await("the offer is shown") { parent.shows(R.id.code) }
        show("parent", "offer", parent)
        val setup = FamilySetupView(child, phone, childsCamera, Checks()) { ready -> assertTrue(ready) }
        child.setContentView(setup)
        show("child", "connect", child)
        val photographed = parent.code()
        child.press(Family.id.lachan_family_main)
        await("the answer is shown") { child.shows(Family.id.lachan_family_code) }
        show("child", "answer", child)
        assertEquals("a photographed code serves once", Refusal.CodeUsed, (runBlocking { phone.pair(photographed) } as Outcome.Refused).refusal)
        phones.seenByParent = { child.code() }
        parent.press(R.id.main)
        await("the digits are shown") { parent.shows(R.id.digits) }
        child.press(Family.id.lachan_family_main)
        show("child", "digits", child)
        show("parent", "digits", parent)
        assertEquals(child.words(Family.id.lachan_family_digits), parent.words(R.id.digits))
        parent.findViewById<EditText>(R.id.field)!!.setText("Bi")
        parent.press(R.id.main)
        assertTrue(parent.text().contains("Bi"))
        child.press(Family.id.lachan_family_main)
    }

    private fun theParentConsents(shield: LaChan) {
        await("consent is asked for") { child.shows(Family.id.lachan_family_counts) }
        show("child", "consent", child)
        assertEquals(FamilyState.Waiting(Party.Guardian), phone.state.value)
        child.press(Family.id.lachan_family_main)
        await("age and PIN are asked for") { child.shows(Family.id.lachan_family_pin) }
        enter(Family.id.lachan_family_day, "1")
        enter(Family.id.lachan_family_month, "3")
        enter(Family.id.lachan_family_year, "2013")
        enter(Family.id.lachan_family_pin, PIN)
        enter(Family.id.lachan_family_pin_again, PIN)
        show("child", "age-and-pin", child)
        child.press(Family.id.lachan_family_main)
        await("the policy is asked for") { !child.shows(Family.id.lachan_family_pin) }
        show("parent", "protection", parent)
        parent.press(R.id.second)
        show("parent", "preview", parent)
        parent.press(R.id.third)
        parent.press(R.id.main)
        await("the policy is signed") { parent.shows(R.id.code) }
        show("parent", "policy", parent)
        child.press(Family.id.lachan_family_main)
        await("the policy arrived") { phone.follows.single().version == 1L }
        parent.press(R.id.main)
        assertEquals("the child has not agreed", FamilyState.Waiting(Party.Child), phone.state.value)
        assertEquals(Policy.Off, shield.policy)
        assertTrue(runBlocking { shield.checkImage(marker(), Direction.Incoming) } is Verdict.NotChecked)
        show("child", "your-turn", child)
        child.press(Family.id.lachan_family_main)
    }

    private fun theChildAgrees(shield: LaChan) {
        var agreed: Boolean? = null
        child.setContentView(AssentView(child, phone, AgeBand.Under13, Scope(Checks(), counts = true)) { agreed = it })
        show("child", "assent", child)
        child.findViewById<CompoundButton>(Family.id.lachan_family_counts)!!.isChecked = true
        child.press(Family.id.lachan_family_main)
        await("the child has agreed") { phone.state.value is FamilyState.Active && !child.shows(Family.id.lachan_family_counts) }
        show("child", "thanks", child)
        child.press(Family.id.lachan_family_main)
        assertEquals(true, agreed)
        await("the shield is up") { shield.protection.value == Protection.Guided }
        assertEquals(phone.state.value.policy, shield.policy)
        assertTrue((phone.state.value as FamilyState.Active).sharesCounts)
    }

    /** A picture arrives; a 12-year-old does not look behind it alone. */
    private fun warned(shield: LaChan): () -> WarningChoice? {
        val verdict = runBlocking { shield.checkImage(marker(), Direction.Incoming) } as Verdict.Concern
        assertEquals(FindingKind.Nudity, verdict.findings.first().kind)
        assertEquals(Reveal.WithGuardian, verdict.advice.reveal)
        runBlocking { phone.count(FindingKind.Nudity) }.done()
        var choice: WarningChoice? = null
        val actions = HostActions(guardianGate = FamilyGate(phone, childsCamera))
        val view = WarningView(child, Warning(verdict, Direction.Incoming, shield.policy.age), actions) { choice = it }
        child.setContentView(view)
        return { choice }
    }

    private fun aWarningAndThePin(shield: LaChan) {
        val choice = warned(shield)
        show("child", "warning", child)
        child.press(Ui.id.lachan_go_on)
        val gate = gate()
        val field = gate.findViewById<EditText>(Family.id.lachan_family_pin)!!
        field.setText("111222")
        gate.findViewById<View>(Family.id.lachan_family_main)!!.performClick()
        await("a wrong PIN was answered") { gate.messages().isNotEmpty() }
        show("child", "pin", child, gate)
        assertEquals(null, choice())
        field.setText(PIN)
        gate.findViewById<View>(Family.id.lachan_family_main)!!.performClick()
        await("the PIN opened it") { choice() == WarningChoice.WentOn }
    }

    private fun aWarningAndTheCompanion(shield: LaChan) {
        val choice = warned(shield)
        child.press(Ui.id.lachan_go_on)
        val gate = gate()
        gate.findViewById<View>(Family.id.lachan_family_second)!!.performClick()
        await("the request is shown") { gate.findViewById<View>(Family.id.lachan_family_code) != null }
        show("child", "request", child, gate)
        phones.seenByParent = { child.code(gate) }
        parent.take(phones.seenByParent())
        await("the parent sees what is asked") { parent.text().contains("Bi hỏi: có được xem") }
        show("parent", "asked", parent)
        parent.press(R.id.main)
        await("the answer is shown") { parent.shows(R.id.code) }
        show("parent", "approval", parent)
        val photographed = parent.code()
        gate.findViewById<View>(Family.id.lachan_family_main)!!.performClick()
        await("the companion opened it") { choice() == WarningChoice.WentOn }
        assertEquals("an answer serves once", Refusal.CodeUsed, (runBlocking { phone.redeem(photographed) } as Outcome.Refused).refusal)
        parent.press(R.id.main)
    }

    private fun theNumbersOfAWeek() {
        phones.clock.passDays(8)
        val counts = runBlocking { phone.shareCounts() }.done()
        phones.seenByParent = { QrCode.read(QrCode.draw(counts, 600))!! }
        parent.show(Counts(null))
        parent.press(R.id.main)
        await("the numbers arrived") { parent.text().contains("1–4 lần") }
        show("parent", "numbers", parent)
        parent.show(Talk)
        show("parent", "talking", parent)
        parent.show(LessonList)
        show("parent", "lessons", parent)
        parent.restart(Home)
    }

    /** A school looks for gore as well, but the child has not agreed to that; and it ends the sharing of numbers. */
    private fun aSchoolOnTop(shield: LaChan) = runBlocking {
        val yes = (phone.enterPin(PIN, Purpose.Change).done() as PinAnswer.Open).yes
        phone.followSchool(SCHOOL, yes).done()
        phone.receivePolicy(javaClass.getResource("/school/policy.json")!!.readText()).done()
        val state = phone.state.value as FamilyState.Active
        assertEquals("the guardian is stricter", Protection.Guided, state.policy.protection)
        assertFalse(state.policy.checks.gore)
        assertFalse(state.sharesCounts)
        assertEquals(Refusal.NotAllowed, (phone.shareCounts() as Outcome.Refused).refusal)
        assertEquals(state.policy, shield.policy)
    }

    private fun theBirthday(shield: LaChan) {
        assertEquals(AgeBand.Under13, shield.policy.age)
        phones.clock.passDays(51)
        runBlocking { phone.refresh() }.done()
        assertEquals(AgeBand.From13To15, shield.policy.age)
        child.setContentView(CheckedView(child, shield.policy))
        assertTrue(child.text().contains("của bạn"))
        show("child", "thirteen", child)
    }

    private fun theEnd(shield: LaChan) {
        val talk = shield.conversation("stranger", PeerTrust.Unknown)
        runBlocking { talk.check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình")) }
        child.setContentView(WithdrawView(child, phone, Party.Child, shield.policy.age) { })
        show("child", "stop", child)
        child.press(Family.id.lachan_family_second)
        await("it has stopped") { phone.state.value == FamilyState.Withdrawn(unfinished = false) && !child.shows(Family.id.lachan_family_second) }
        show("child", "stopped", child)
        assertEquals(Policy.Off, shield.policy)
        assertEquals(null, talk.stage.value)
        assertTrue(phone.follows.isEmpty())
        Thread.sleep(SAVING_MILLIS)
        val own = phones.childFolder.folder.relativeTo(RuntimeEnvironment.getApplication().noBackupFilesDir).path
        assertEquals("the record of consent and the new key it lies under", setOf("$own/family", "$own-key/seal.key"), filesWithout(phones.guardianFolder))
        val record = runBlocking { phone.exportConsent() }.done()
        assertEquals(listOf("given", "given", "withdrawn"), Regex("\"event\":\"(\\w+)\"").findAll(record).map { it.groupValues[1] }.toList())
        parent.show(Stop)
        show("parent", "stop", parent)
    }

    private fun gate(): Dialog {
        settle()
        return ShadowDialog.getLatestDialog()!!.also { assertTrue(it.isShowing) }
    }

    private fun enter(id: Int, words: String) = child.findViewById<EditText>(id)!!.setText(words)

    private fun show(whose: String, name: String, activity: Activity, dialog: Dialog? = null) {
        number += 1
        folder.mkdirs()
        SmallPng.write(activity.picture(dialog), File(folder, "%02d-%s-%s.png".format(number, whose, name)))
    }

    /** The printed test marker: what every warning can be met with, without real material. */
    private fun marker(): Bitmap {
        val pixels = drawMarker(vn.lachan.ffi.FindingKind.NUDITY, SIDE.toUInt())!!
        return Bitmap.createBitmap(IntArray(SIDE * SIDE) { if (pixels[it * 4].toInt() == 0) -0x1000000 else -1 }, SIDE, SIDE, Bitmap.Config.ARGB_8888)
    }

    private companion object {
        const val PIN = "204817"
        const val SIDE = 240

        /** Longer than a state waits before it is written. */
        const val SAVING_MILLIS = 2_500L

        /** Of the school whose policy lies in the test's resources, where it is said how it was made. */
        const val SCHOOL = "3ee2a8a7283cb2fd728943daa127ef09e483071a8b4bc699ba4522f09b14cfde"
    }
}

internal fun Activity.text(): String = window.decorView.texts().joinToString("\n")

internal fun Activity.words(id: Int): String = findViewById<TextView>(id)!!.text.toString()

private fun Dialog.messages(): String = findViewById<TextView>(Family.id.lachan_family_message)!!.text.toString()

internal fun View.texts(): List<String> =
    if (this is android.view.ViewGroup) (0 until childCount).flatMap { getChildAt(it).texts() } else listOfNotNull((this as? TextView)?.text?.toString())
