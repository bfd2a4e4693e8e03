package vn.lachan.sample.guardian

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.AgeBand
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.Rules
import vn.lachan.guardian.await
import vn.lachan.guardian.done

/** What is on the page is what is signed. */
@RunWith(RobolectricTestRunner::class)
class ProtectTest {
    @Test
    fun whatIsChangedStaysWhateverIsChangedAfterIt(): Unit = TwoPhones().use { phones ->
        phones.start()
        val app = phones.parent
        val before = Rules(reveal = RevealRules(pin = false), ageAtMost = AgeBand.Under13, shareCounts = true)
        val (guardian, phone) = runBlocking {
            val guardian = Opening.create(app).done().guardian
            val answer = ChildPhone.open(phones.childFolder).pair(guardian.offer().done()).done().answer
            val phone = guardian.accept(answer).done().phone
            guardian.signPolicy(phone, before).done()
            guardian to phone
        }
        app.guardian = guardian
        app.restart(Protect(phone))
        app.press(R.id.reveal)
        app.press(R.id.counts_switch)
        app.tap(R.string.simple)
        app.press(R.id.main)
        await("it is signed", { app.text() }) { app.shows(R.id.code) }
        val chosen = before.copy(protection = Protection.Simple, reveal = RevealRules(Reveal.WithGuardian, pin = false), shareCounts = false)
        assertEquals("and what the page does not show is as it was", chosen, guardian.children.value.single().rules)
    }
}
