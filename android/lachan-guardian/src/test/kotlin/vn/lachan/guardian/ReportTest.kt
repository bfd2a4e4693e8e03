package vn.lachan.guardian

import android.app.Activity
import android.view.View
import android.widget.EditText
import android.widget.Switch
import android.widget.TextView
import java.security.SecureRandom
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.screens.Reachable
import vn.lachan.screens.settle
import vn.lachan.screens.tree

/** A report holds what a person chose, shows all of it, and leaves by a person's tap alone. */
@RunWith(RobolectricTestRunner::class)
class ReportTest {
    private class Sent(val preview: FamilyReport.Preview, val pack: ByteArray?)

    private val sent = mutableListOf<Sent>()
    private var gotThere = true
    init {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-mdpi")
    }

    private val activity = Robolectric.buildActivity(Activity::class.java).also { it.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar) }.setup().get()

    private fun choice(label: String, kind: EvidenceKind) = ReportChoice(label, Chosen(kind, Direction.Incoming, NOON, "content of $label".toByteArray()))

    private val choices = listOf(choice("anh Tuấn", EvidenceKind.Account), choice("đừng kể nha", EvidenceKind.Message), choice("hình", EvidenceKind.KnownImage))

    private fun view(handsOver: Boolean = false): View {
        val delivery = FamilyReport.Delivery { preview, pack -> sent += Sent(preview, pack); gotThere }
        val view = ReportView(activity, AgeBand.Under13, choices, delivery, nowMillis = { NOON }, handsOver = handsOver) { }
        activity.setContentView(view)
        settle()
        return view
    }

    private fun View.press(id: Int) {
        findViewById<View>(id)!!.performClick()
        settle()
    }

    private fun View.says(words: String) = Reachable.heard(this).any { words in it }

    private fun View.preview() {
        press(R.id.lachan_family_main)
        await("the preview") { says("Tất cả những gì sẽ được gửi") }
    }

    private fun View.switch(label: String) = tree().filterIsInstance<Switch>().first { it.text.toString() == label }

    private fun View.choose(recipient: String) {
        val text = tree().filterIsInstance<TextView>().first { it.text.toString() == recipient }
        generateSequence<View>(text) { it.parent as? View }.first { it.isClickable }.performClick()
        settle()
    }

    @Before
    fun aLibrary() = TestLibrary.use()

    @After
    fun atRandomAgain() {
        EvidencePack.random = ::SecureRandom
    }

    @Test
    fun nothingIsChosenBeforehandAndNothingLeavesUnseen() {
        val view = view()
        assertTrue(view.tree().filterIsInstance<Switch>().none { it.isChecked })
        view.preview()
        assertTrue(view.says("Không viết thêm gì"))
        assertEquals("looking sends nothing", 0, sent.size)
        view.press(R.id.lachan_family_main)
        await("it was sent") { sent.size == 1 }
        assertNull("nothing was chosen, nothing goes along", sent.single().pack)
        assertEquals("app_desk", sent.single().preview.recipient)
    }

    @Test
    fun whatWasChosenIsShownAndIsAllThatGoes() {
        val view = view()
        view.tree().filterIsInstance<Switch>().filter { it.text in setOf("đừng kể nha", "hình") }.forEach { it.performClick() }
        view.choose("Tổng đài 111")
        assertEquals("choosing whom it goes to keeps the rest", 2, view.tree().filterIsInstance<Switch>().count { it.isChecked })
        view.findViewById<EditText>(R.id.lachan_family_words)!!.setText("con sợ")
        view.preview()
        for (shown in listOf("Tổng đài 111", "con sợ", "Tin nhắn: đừng kể nha", "Hình làm hại trẻ em: hình", "Chỉ gửi dấu nhận dạng, không gửi hình")) assertTrue(shown, view.says(shown))
        assertFalse("what was not chosen is not there", view.says("anh Tuấn"))
        val words = view.findViewById<TextView>(R.id.lachan_family_syllables)!!.text.toString()
        view.press(R.id.lachan_family_main)
        await("it was sent") { sent.size == 1 }
        await("thanks are said") { view.says("Con đã gửi rồi") }
        assertEquals("helpline_111", sent.single().preview.recipient)
        val items = runBlocking { EvidencePack.open(sent.single().pack!!, words) }.done()
        assertEquals(listOf("content of đừng kể nha", null), items.map { it.content?.toString(Charsets.UTF_8) })
        assertEquals(listOf(EvidenceKind.Message, EvidenceKind.KnownImage), items.map { it.kind })
    }

    /** Sealing takes a while on a slow phone, and the page can still be changed. */
    @Test
    fun whatIsChangedWhileItIsMadeIsNotInIt() {
        val goesOn = CountDownLatch(1)
        EvidencePack.random = {
            goesOn.await()
            SecureRandom()
        }
        val view = view()
        view.switch("đừng kể nha").performClick()
        view.findViewById<EditText>(R.id.lachan_family_words)!!.setText("con sợ")
        view.press(R.id.lachan_family_main)
        try {
            view.switch("anh Tuấn").performClick()
            view.findViewById<EditText>(R.id.lachan_family_words)!!.setText("con đùa thôi")
            view.choose("Tổng đài 111")
        } finally {
            goesOn.countDown()
        }
        await("the preview") { view.says("Tất cả những gì sẽ được gửi") }
        val heard = Reachable.heard(view)
        for (shown in listOf("con sợ", "Tin nhắn: đừng kể nha")) assertTrue("$shown in $heard", view.says(shown))
        for (changed in listOf("anh Tuấn", "con đùa thôi", "Tổng đài 111")) assertFalse("$changed in $heard", view.says(changed))
        view.press(R.id.lachan_family_main)
        await("it was sent") { sent.size == 1 }
        assertEquals(listOf("app_desk", "con sợ"), sent.single().preview.let { listOf(it.recipient, it.message) })
        assertEquals(listOf(EvidenceKind.Message), sent.single().preview.items.map { it.kind })
    }

    @Test
    fun whatDidNotGetThereIsSaidAndIsNotSentAgainByItself() {
        gotThere = false
        val view = view()
        view.preview()
        view.press(R.id.lachan_family_main)
        await("it is said") { view.says("Chưa gửi được. Thử lại nhé.") }
        assertEquals(1, sent.size)
        gotThere = true
        view.preview()
        assertEquals(1, sent.size)
        view.press(R.id.lachan_family_main)
        await("it was sent") { view.says("Con đã gửi rồi") }
        assertEquals(2, sent.size)
    }

    @Test
    fun whatWasHandedToAnotherAppIsNotSaidToBeSent() {
        val view = view(handsOver = true)
        view.preview()
        view.press(R.id.lachan_family_main)
        await("it was handed over") { view.says("Còn một bước nữa") }
        assertFalse(view.says("Con đã gửi rồi"))
        // The other app was closed again: it can be begun anew.
        view.press(R.id.lachan_family_second)
        view.preview()
        assertEquals(1, sent.size)
    }

    private companion object {
        const val NOON = 1_767_243_600_000L
    }
}
