package vn.lachan.guardian

import android.app.Activity
import android.view.View
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
import vn.lachan.Policy
import vn.lachan.screens.Reachable
import vn.lachan.screens.settle

/** What a child is told after its answer is what is so. */
@RunWith(RobolectricTestRunner::class)
class AssentTest {
    init {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-mdpi")
    }

    private val activity = Robolectric.buildActivity(Activity::class.java).also { it.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar) }.setup().get()

    /** Paired and consented to, with the guardian's settings or before them. */
    private suspend fun asked(born: Int, withSettings: Boolean): TestFamily = TestFamily().meet().also {
        val yes = it.pair()!!
        it.child.setBirth(Birth(born, 1, 11), yes).done()
        it.child.consent(TestFamily.TEXT, TestFamily.EVERYTHING, yes).done()
        if (withSettings) it.child.receivePolicy(it.guardian.signPolicy(it.phone, Rules()).done()).done()
    }

    /** Taps an answer and gives what is heard then. */
    private fun answer(family: TestFamily, button: Int): List<String> {
        val view = AssentView(activity, family.child, AgeBand.Under13, TestFamily.EVERYTHING) { }
        activity.setContentView(view)
        settle()
        view.findViewById<View>(button)!!.performClick()
        await("it has answered") { view.findViewById<View>(R.id.lachan_family_third) == null }
        settle()
        return Reachable.heard(view)
    }

    private fun assertSaid(start: String, heard: List<String>) = assertTrue("$heard", heard.any { it.startsWith(start) })

    @Test
    fun aNoInTheMonthAfterTheBirthdayEndsProtection(): Unit = runBlocking {
        val family = asked(born = 2019, withSettings = true)
        family.clock.passDays(10)
        family.child.refresh().done()
        assertTrue((family.child.state.value as FamilyState.Active).assentIsDue)
        assertSaid("Lá Chắn chưa bật.", answer(family, R.id.lachan_family_second))
        assertEquals(FamilyState.Waiting(Party.Child), family.child.state.value)
        assertEquals(Policy.Off, family.restart().state.value.policy)
        assertTrue("\"declined\"" in family.child.exportConsent().done())
        // And a yes brings it back.
        assertSaid("Lá Chắn đã bật.", answer(family, R.id.lachan_family_main))
        assertTrue(family.child.state.value is FamilyState.Active)
    }

    @Test
    fun aYesBeforeTheSettingsDoesNotSayThatItIsOn(): Unit = runBlocking {
        val family = asked(born = 2013, withSettings = false)
        assertSaid("Lá Chắn chưa bật. Ba mẹ", answer(family, R.id.lachan_family_main))
        assertEquals(Policy.Off, family.child.state.value.policy)
    }

    @Test
    fun aNoBeforeAnythingRunsIsWrittenNowhere(): Unit = runBlocking {
        val family = asked(born = 2013, withSettings = true)
        assertSaid("Lá Chắn chưa bật. Con", answer(family, R.id.lachan_family_second))
        assertNull(family.child.agreed.child)
        assertTrue("declined" !in family.child.exportConsent().done())
    }

    /** It agreed before its guardian did, and has thought about it. */
    @Test
    fun aNoTakesAnEarlierYesBackWhereNothingRuns(): Unit = runBlocking {
        val family = TestFamily().meet()
        family.pair()
        family.child.assent(TestFamily.TEXT, TestFamily.EVERYTHING).done()
        assertEquals(FamilyState.Waiting(Party.Guardian), family.child.state.value)
        assertSaid("Lá Chắn chưa bật. Con", answer(family, R.id.lachan_family_second))
        assertNull(family.child.agreed.child)
        assertTrue("\"declined\"" in family.child.exportConsent().done())
    }

    /** It was not asked for its consent, and may stop it all the same. */
    @Test
    fun aNoOfAChildUnderSevenSaysThatItIsStillOn(): Unit = runBlocking {
        val family = asked(born = 2022, withSettings = true)
        assertSaid("Lúc này Lá Chắn vẫn bật", answer(family, R.id.lachan_family_second))
        assertTrue(family.child.state.value is FamilyState.Active)
    }
}
