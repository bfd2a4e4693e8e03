package vn.lachan.guardian

import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.FindingKind
import vn.lachan.Protection

/** The part of docs/families-attacks.md that goes through Kotlin. */
@RunWith(RobolectricTestRunner::class)
class AttackTest {
    @Test
    fun aPhotographedCodeServesOnce(): Unit = runBlocking {
        val family = TestFamily().meet()
        val photograph = QrCode.draw(family.guardian.offer().done(), 720)
        val paired = family.child.pair(QrCode.read(photograph)!!).done()
        assertEquals(Refusal.CodeUsed, family.child.pair(QrCode.read(photograph)!!).refusal())
        val answer = QrCode.draw(paired.answer, 720)
        family.guardian.accept(QrCode.read(answer)!!).done()
        assertEquals(Refusal.CodeUsed, family.guardian.accept(QrCode.read(answer)!!).refusal())
    }

    @Test
    fun anOldPolicyAndAnOldYesAreNotTakenAgain(): Unit = runBlocking {
        val family = TestFamily().agree()
        val off = QrCode.draw(family.guardian.signPolicy(family.phone, Rules(Protection.Off)).done(), 720)
        val guided = family.guardian.signPolicy(family.phone, Rules()).done()
        family.child.receivePolicy(guided).done()
        assertEquals(Refusal.NotNewer, family.child.receivePolicy(QrCode.read(off)!!).refusal())
        assertEquals(Refusal.NotNewer, family.restart().receivePolicy(guided).refusal())
        assertEquals(Protection.Guided, family.child.state.value.policy.protection)
        val approval = family.guardian.approve(family.child.request(Purpose.Reveal).done()).done()
        val yes = family.child.redeem(approval).done()
        assertEquals(Refusal.CodeUsed, family.child.redeem(approval).refusal())
        family.child.reveal(yes).done()
        assertEquals("one yes, one picture", Refusal.NotAllowed, family.child.reveal(yes).refusal())
    }

    @Test
    fun aPolicyOfAnybodyElseCountsForNothing(): Unit = runBlocking {
        val family = TestFamily().agree()
        val before = family.child.state.value
        val stranger = TestFamily(family.clock).agree()
        val forged = stranger.guardian.signPolicy(stranger.phone, Rules(Protection.Off)).done()
        assertTrue(family.child.receivePolicy(QrCode.read(QrCode.draw(forged, 720))!!).refusal() in setOf(Refusal.NotSigned, Refusal.OtherPhone))
        // One letter of a true one, somewhere in the middle.
        val signed = family.guardian.signPolicy(family.phone, Rules(Protection.Off)).done()
        val at = signed.text.length / 2
        val changed = signed.text.replaceRange(at, at + 1, if (signed.text[at] == 'A') "B" else "A")
        assertEquals(Refusal.Misread, family.child.receivePolicy(changed).refusal())
        assertEquals(before, family.child.state.value)
        family.child.receivePolicy(signed).done()
    }

    @Test
    fun aClockSetBackRevivesNothing(): Unit = runBlocking {
        val family = TestFamily().agree()
        val school = File(System.getProperty("lachan.repository")!!, "sample-app/guardian/src/test/resources/school/policy.json").readText()
        val yes = (family.child.enterPin(TestFamily.PIN, Purpose.Change).done() as PinAnswer.Open).yes
        family.child.followSchool(SCHOOL, yes).done()
        family.child.receivePolicy(school).done()
        fun shares() = (family.child.state.value as FamilyState.Active).sharesCounts
        assertFalse("the school shares no numbers", shares())
        family.clock.passDays(101)
        family.child.refresh().done()
        assertTrue("its policy has ended", shares())
        // Back to its first days, also over a restart of the app.
        family.clock.wall -= 100L * 24 * 3600
        family.child.refresh().done()
        assertTrue(shares())
        assertTrue(family.restart().receivePolicy(school).refusal() in setOf(Refusal.NotNewer, Refusal.Ended))
        assertTrue(shares())
    }

    @Test
    fun guessingThePinWaitsOverRestartsAndClockChanges(): Unit = runBlocking {
        val family = TestFamily().agree()
        for (guess in 1..4) assertEquals(PinAnswer.Wrong(0), family.child.enterPin("11223$guess", Purpose.Change).done())
        assertEquals(PinAnswer.Wrong(60), family.child.enterPin("112239", Purpose.Change).done())
        assertEquals("the right one is not looked at either", PinAnswer.Wait(60), family.child.enterPin(TestFamily.PIN, Purpose.Change).done())
        // A day later by the clock, after a restart of the phone and of the app.
        family.clock.wall += 24 * 3600
        family.clock.restart()
        val left = family.restart().enterPin(TestFamily.PIN, Purpose.Change).done() as PinAnswer.Wait
        assertTrue("${left.waitSeconds}", left.waitSeconds in 50..60)
        family.clock.pass(61)
        assertTrue(family.child.enterPin(TestFamily.PIN, Purpose.Change).done() is PinAnswer.Open)
    }

    @Test
    fun theCompanionHoldsNoContentAndNoPeer(): Unit = runBlocking {
        val family = TestFamily().agree()
        val secrets = listOf("đừng kể mẹ nha", "anh Tuấn 0912345678", "chat", "cô Lan")
        val sent = mutableListOf(family.child.request(Purpose.Reveal).done())
        family.child.setTrusted("chat", "anh Tuấn 0912345678", true).done()
        family.child.count(FindingKind.Grooming).done()
        val aunt = family.guardian.peerHandle(family.phone, "chat", "cô Lan").done()
        family.guardian.signPolicy(family.phone, Rules(quiet = QuietRules(setOf(aunt)), shareCounts = true)).done().let { family.child.receivePolicy(it).done() }
        family.clock.pass(8L * 24 * 3600)
        sent += family.child.shareCounts().done()
        family.guardian.receiveCounts(sent.last()).done()
        // What is sealed hides everything: the companion's own file is searched as it is inside.
        val opened = family.guardianFolder.opened().values
        assertTrue("$opened", opened.any { family.phone in it })
        val all = sent.map { String(base32(it.text.substringAfterLast(':'))) } + family.guardian.children.value.toString() +
            files(family).map { String(it.readBytes(), Charsets.UTF_8) } + opened
        assertTrue("the search finds what is there", all.any { "\"weeks\"" in it })
        for (secret in secrets) for (text in all) assertFalse("$secret in $text", secret in text)
        // Ranges alone: the number itself is nowhere.
        assertEquals(CountRange.OneToFour, family.guardian.children.value.single().weeks.single().counts[FindingKind.Grooming])
    }

    private companion object {
        /** Of the school whose policy lies in the resources of the companion's tests, where it is said how it was made. */
        const val SCHOOL = "3ee2a8a7283cb2fd728943daa127ef09e483071a8b4bc699ba4522f09b14cfde"
    }

    private fun files(family: TestFamily): List<File> =
        family.childFolder.folder.parentFile!!.walk().filter { it.isFile && "companion" in it.path }.toList().also { assertTrue(it.isNotEmpty()) }

    private fun base32(text: String): ByteArray {
        val bytes = java.io.ByteArrayOutputStream()
        var held = 0
        var bits = 0
        for (character in text) {
            held = held shl 5 or "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character)
            bits += 5
            if (bits >= 8) {
                bits -= 8
                bytes.write(held shr bits and 0xff)
                held = held and ((1 shl bits) - 1)
            }
        }
        return bytes.toByteArray()
    }
}
