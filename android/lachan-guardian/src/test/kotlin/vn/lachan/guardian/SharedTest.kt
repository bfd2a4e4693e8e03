package vn.lachan.guardian

import android.app.Activity
import android.view.View
import android.widget.Switch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand
import vn.lachan.FindingKind
import vn.lachan.screens.Reachable
import vn.lachan.screens.settle

/** What the child sees of what is shared is what its guardian sees, and one tap begins and ends it. */
@RunWith(RobolectricTestRunner::class)
class SharedTest {
    init {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-mdpi")
    }

    private val activity = Robolectric.buildActivity(Activity::class.java).also { it.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar) }.setup().get()

    private fun show(view: View): View = view.also(activity::setContentView).also { settle() }

    private fun shared(family: TestFamily): View = show(SharedView(activity, family.child, AgeBand.Under13) { }).also { view ->
        await("it looked") { view.findViewById<View>(R.id.lachan_family_main) != null }
    }

    private fun counted(): TestFamily = runBlocking {
        TestFamily().agree().also {
            it.child.count(FindingKind.Nudity).done()
            repeat(7) { _ -> it.child.count(FindingKind.Grooming).done() }
            it.clock.passDays(8)
        }
    }

    @Test
    fun theGuardianSeesWhatTheChildSaw() {
        val family = counted()
        val view = shared(family)
        val seen = Reachable.heard(view)
        view.findViewById<View>(R.id.lachan_family_second)!!.performClick()
        await("the code is shown") { view.findViewById<View>(R.id.lachan_family_code) != null }
        assertTrue("nothing has gone anywhere yet", family.guardian.children.value.single().weeks.isEmpty())
        val weeks = runBlocking {
            val code = family.child.shareCounts().done()
            assertEquals(family.child.weeksToShare().done(), family.guardian.receiveCounts(QrCode.read(QrCode.draw(code, 720))!!).done())
            family.guardian.children.value.single().weeks
        }
        val theirs = Reachable.heard(show(WeeksView(activity, weeks)))
        assertTrue("$theirs", theirs.any { it == "5–9 lần" })
        assertTrue("$seen holds $theirs", seen.windowed(theirs.size).any { it == theirs })
    }

    @Test
    fun oneTapEndsItAndWipesAndOneBeginsItAnew() {
        val family = counted()
        val view = shared(family)
        view.findViewById<Switch>(R.id.lachan_family_counts)!!.performClick()
        await("it is off") { family.child.agreed.child?.counts == false && view.findViewById<View>(R.id.lachan_family_second) == null }
        assertTrue(Reachable.heard(view).any { it == "Đã tắt. Những số đã đếm vừa được xóa." })
        assertNull(runBlocking { family.child.weeksToShare() }.getOrNull())
        assertEquals("what is looked at stays as it was", TestFamily.EVERYTHING.checks, family.child.agreed.child?.checks)
        assertTrue(family.child.state.value is FamilyState.Active)
        view.findViewById<Switch>(R.id.lachan_family_counts)!!.performClick()
        await("it is on") { family.child.agreed.child?.counts == true }
        assertEquals("what was counted before is gone", emptyList<CountedWeek>(), runBlocking { family.child.weeksToShare() }.done())
    }

    /** It turned seven on that day, and is protected while it is asked. */
    @Test
    fun beforeTheChildsOwnYesThereIsNothingToTurnOn() {
        val family = runBlocking {
            TestFamily().meet().also {
                val yes = it.pair()!!
                it.child.setBirth(Birth(2019, 1, 11), yes).done()
                it.child.consent(TestFamily.TEXT, TestFamily.EVERYTHING, yes).done()
                it.child.receivePolicy(it.guardian.signPolicy(it.phone, Rules(shareCounts = true)).done()).done()
                it.clock.passDays(10)
                it.child.refresh().done()
            }
        }
        val state = family.child.state.value as FamilyState.Active
        assertEquals(listOf(true, false), listOf(state.assentIsDue, state.sharesCounts))
        val view = shared(family)
        assertNull(view.findViewById<View>(R.id.lachan_family_counts))
        assertTrue(Reachable.heard(view).any { it == "Con chưa nói đồng ý, nên không có số nào được chia sẻ." })
    }

    /** The child said no on another screen meanwhile. */
    @Test
    fun aSwitchWhoseYesHasGoneGivesWayToWhatIsSo() {
        val family = counted()
        val view = shared(family)
        runBlocking { family.child.decline(TestFamily.TEXT).done() }
        view.findViewById<Switch>(R.id.lachan_family_counts)!!.performClick()
        await("it looked again") { view.findViewById<View>(R.id.lachan_family_counts) == null }
        settle()
        val heard = Reachable.heard(view)
        assertTrue("$heard", heard.any { it == "Con chưa nói đồng ý, nên không có số nào được chia sẻ." })
        assertNull(family.child.agreed.child)
    }

    @Test
    fun withoutAGuardianWhoAsksThereIsNothingToTurnOn() {
        val family = runBlocking { TestFamily().meet() }
        val view = shared(family)
        assertNull(view.findViewById<View>(R.id.lachan_family_counts))
        assertNull(view.findViewById<View>(R.id.lachan_family_second))
    }
}
