package vn.lachan.ui

import android.app.Activity
import android.content.Intent
import android.os.Parcelable
import android.util.SparseArray
import android.view.View
import android.widget.EditText
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import vn.lachan.screens.tree
import org.robolectric.Shadows.shadowOf
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Report

@RunWith(RobolectricTestRunner::class)
class HelpTest {
    private lateinit var activity: Activity

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    }

    private fun help(view: HelpView = HelpView(activity, AgeBand.Under13)): HelpView = view.also { activity.setContentView(it) }

    private fun HelpView.says(words: String): Boolean = tree().filterIsInstance<TextView>().any { it.text.toString() == words }

    private fun started(): Intent? = shadowOf(activity).nextStartedActivity

    @Test
    fun openingTellsNobody() {
        help()
        assertNull(started())
    }

    @Test
    fun theHelplineOpensTheDiallerAndDoesNotCall() {
        help().row("Gọi 111").performClick()
        val intent = checkNotNull(started())
        assertEquals(Intent.ACTION_DIAL, intent.action)
        assertEquals("tel:111", intent.dataString)
    }

    @Test
    fun aPhoneWithoutADiallerShowsTheNumber() {
        shadowOf(activity.application).checkActivities(true)
        val view = help()
        view.row("Gọi 113").performClick()
        assertTrue(view.says("Máy này không gọi được. Số là 113."))
    }

    @Test
    fun theChildChoosesWhomToTrust() {
        val view = help()
        val main = { view.part<TextView>(R.id.lachan_trusted_main) }
        main().performClick()
        assertEquals("Lưu trên máy này", main().text)
        main().performClick()
        assertEquals("Con viết tên vào đây nhé", view.part<TextView>(R.id.lachan_form_error).text)
        view.part<EditText>(R.id.lachan_name).setText("Dì Lan")
        view.part<EditText>(R.id.lachan_phone).setText("gọi dì")
        main().performClick()
        assertEquals("Số này chưa đúng", view.part<TextView>(R.id.lachan_form_error).text)
        assertNull(TrustedAdults.chosen(activity))
        view.part<EditText>(R.id.lachan_phone).setText("0900 000 000")
        main().performClick()
        assertEquals("Gọi Dì Lan", main().text)
        main().performClick()
        assertEquals("tel:0900%20000%20000", started()?.dataString)
        view.part<View>(R.id.lachan_trusted_remove).performClick()
        assertNull(TrustedAdults.chosen(activity))
        assertEquals("Chọn một người", main().text)
    }

    @Test
    fun theChoiceIsKeptWhereNoBackupTakesIt() {
        assertTrue(TrustedAdults.choose(activity, TrustedAdult("Dì\nLan", "0900 000 000")))
        assertEquals(TrustedAdult("Dì Lan", "0900 000 000"), TrustedAdults.chosen(activity))
        val kept = activity.noBackupFilesDir.walk().filter { it.isFile }.toList()
        assertEquals(1, kept.size)
        val elsewhere = activity.dataDir.walk().filter { it.isFile && it !in kept && "Lan" in it.readText() }.toList()
        assertEquals(emptyList<Any>(), elsewhere)
        kept.single().writeText("Lan")
        assertNull("a damaged file is no choice", TrustedAdults.chosen(activity))
        TrustedAdults.forget(activity)
        assertEquals(0, activity.noBackupFilesDir.walk().count { it.isFile })
    }

    @Test
    fun aNumberHasThreeToFifteenDigits() {
        for (right in listOf("111", "0900 000 000", "+84 (900) 000-000", "123456789012345")) assertTrue(right, TrustedAdults.isPhone(right))
        for (wrong in listOf("", "11", "1234567890123456", "09 gọi", "0900000000;1")) assertFalse(wrong, TrustedAdults.isPhone(wrong))
    }

    @Test
    fun theCardForBlackmailComesFirstWhenSomebodyThreatens() {
        val words = "Có người dọa tung hình?"
        val warning = Samples.warning(Samples.threat, AgeBand.From13To15)
        val view = help(HelpView(activity, AgeBand.From13To15, null, warning))
        assertTrue(view.says("Không trả tiền. Trả rồi họ thường đòi thêm."))
        val withoutLessons = Samples.threat.copy(advice = Samples.threat.advice.copy(lesson = null))
        val plain = help(HelpView(activity, AgeBand.From13To15, null, Samples.warning(withoutLessons, AgeBand.From13To15)))
        assertTrue("also where the family left lessons out", plain.says("Không trả tiền. Trả rồi họ thường đòi thêm."))
        val other = help()
        assertFalse(other.says("Không trả tiền. Trả rồi họ thường đòi thêm."))
        other.row(words).performClick()
        assertTrue(other.says("Không trả tiền. Trả rồi họ thường đòi thêm."))
    }

    @Test
    fun nothingIsReportedBeforeThePersonHasSeenWhat() {
        val reports = mutableListOf<Report>()
        val warning = Warning(Samples.received, Direction.Incoming, AgeBand.Under13, "item 7")
        val view = help(HelpView(activity, AgeBand.Under13, { _, report -> reports += report }, warning))
        view.row("Báo với ứng dụng").performClick()
        assertTrue(reports.isEmpty())
        assertTrue(view.says("Hình riêng tư"))
        view.part<View>(R.id.lachan_report).performClick()
        assertEquals(listOf(Report(listOf(FindingKind.Nudity), Direction.Incoming, "item 7")), reports)
    }

    @Test
    fun thePreviewHasALineForEverythingThatIsReported() {
        val two = Samples.received.copy(findings = Samples.received.findings + Samples.received.findings + Samples.known.findings)
        val ways = mapOf(
            Direction.Incoming to "Có người gửi cho con", Direction.Outgoing to "Con định gửi đi", Direction.Forward to "Con định chuyển tiếp",
        )
        for ((direction, way) in ways) {
            for (itemId in listOf("item 7", null)) {
                val reports = mutableListOf<Report>()
                val view = help(HelpView(activity, AgeBand.Under13, { _, report -> reports += report }, Warning(two, direction, AgeBand.Under13, itemId)))
                view.row("Báo với ứng dụng").performClick()
                val lines = view.page.tree().filter { it.id == R.id.lachan_row_text }.map { (it as TextView).text.toString() }.toList()
                val item = listOfNotNull(itemId).map { "Đó là hình, tin nhắn hay cuộc trò chuyện nào" }
                assertEquals(listOf("Hình riêng tư", "Hình làm hại trẻ em", way) + item, lines)
                view.part<View>(R.id.lachan_report).performClick()
                assertEquals(listOf(Report(listOf(FindingKind.Nudity, FindingKind.KnownImage), direction, itemId)), reports)
            }
        }
    }

    /** What has no line in the preview has no place in a report. */
    @Test
    fun aReportHoldsNothingThatThePreviewDoesNotShow() {
        val fields = Report::class.java.declaredFields.filterNot { java.lang.reflect.Modifier.isStatic(it.modifiers) }.map { it.name }
        assertEquals(setOf("kinds", "direction", "itemId"), fields.toSet())
    }

    @Test
    fun theFormLeavesNothingInWhatTheSystemSaves() {
        val view = help()
        view.part<View>(R.id.lachan_trusted_main).performClick()
        val fields = listOf(R.id.lachan_name to "Dì Lan", R.id.lachan_phone to "0900 000 000")
        for ((id, words) in fields) view.part<EditText>(id).setText(words)
        val state = SparseArray<Parcelable>().also(view::saveHierarchyState)
        for ((id, words) in fields) assertNull(words, state.get(id))
    }

    @Test
    fun whomTheChildTrustsIsInNoLog() {
        val printed = TrustedAdult("Dì Lan", "0900 000 000").toString()
        assertFalse(printed, "Lan" in printed || "0900" in printed)
    }
}
