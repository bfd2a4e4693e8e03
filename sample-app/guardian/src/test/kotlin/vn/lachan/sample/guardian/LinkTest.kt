package vn.lachan.sample.guardian

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.FindingKind
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.ConsentText
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.guardian.R as Family
import vn.lachan.guardian.await
import vn.lachan.guardian.done

/** What a child's phone sent as a link opens the page that it belongs to, in an app that was not running. */
@RunWith(RobolectricTestRunner::class)
class LinkTest {
    @Test
    fun linksOpenTheirPages(): Unit = TwoPhones().use { phones ->
        phones.start()
        val (request, counts) = runBlocking {
            val guardian = Opening.create(phones.parent).done().guardian
            val child = ChildPhone.open(phones.childFolder)
            val paired = child.pair(guardian.offer().done()).done()
            val met = guardian.accept(paired.answer).done()
            val all = Scope(counts = true)
            child.consent(ConsentText("vi", 1), all, paired.yes!!).done()
            child.receivePolicy(guardian.signPolicy(met.phone, Rules(shareCounts = true)).done()).done()
            child.assent(ConsentText("vi", 1), all).done()
            child.count(FindingKind.Nudity).done()
            phones.clock.passDays(8)
            child.request(Purpose.Change).done() to child.shareCounts().done()
        }
        phones.start(request.toLink())
        await("the request is shown", { phones.parent.text() }) { phones.parent.getString(R.string.asked_change, phones.parent.getString(R.string.child_default)) in phones.parent.text() }
        phones.start(counts.toLink())
        await("the numbers are shown", { phones.parent.text() }) { phones.parent.getString(Family.string.lachan_weeks_from_1) in phones.parent.text() }
    }

    /** A step may be through before the page that began it is drawn: what it led to must not be drawn over. */
    @Test
    fun aStepThatIsQuickKeepsItsPage(): Unit = TwoPhones().use { phones ->
        phones.start()
        phones.parent.show(Page { app -> app.act { app.replace(Recovered) } })
        await("the next page is shown", { phones.parent.text() }) { phones.parent.getString(R.string.recovered_title) in phones.parent.text() }
    }

    @Test
    fun whatBelongsToAnotherStepOffersNoYes(): Unit = TwoPhones().use { phones ->
        phones.start()
        val offer = runBlocking { Opening.create(phones.parent).done().guardian.offer().done() }
        phones.start(offer.toLink())
        await("it is said", { phones.parent.text() }) { phones.parent.getString(vn.lachan.guardian.R.string.lachan_refusals_otherstep) in phones.parent.text() }
        assertFalse(phones.parent.shows(R.id.main))
    }
}
