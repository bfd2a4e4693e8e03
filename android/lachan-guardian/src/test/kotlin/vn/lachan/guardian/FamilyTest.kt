package vn.lachan.guardian

import java.security.ProviderException
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.Action
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.ModelSource
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.Verdict
import vn.lachan.internal.KeyWrapper

/** A family through the Kotlin doors, over the real core. */
@RunWith(RobolectricTestRunner::class)
class FamilyTest {
    @Test
    fun nothingHoldsBeforeEverybodyAgreed(): Unit = runBlocking {
        val family = TestFamily().meet()
        assertEquals(FamilyState.Unpaired, family.child.state.value)
        val yes = family.pair()!!
        assertEquals(FamilyState.Waiting(Party.Guardian), family.child.state.value)
        family.child.receivePolicy(family.guardian.signPolicy(family.phone, Rules()).done()).done()
        family.child.consent(TestFamily.TEXT, TestFamily.EVERYTHING, yes).done()
        assertEquals(FamilyState.Waiting(Party.Child), family.child.state.value)
        assertEquals(Policy.Off, family.child.state.value.policy)
        family.child.assent(TestFamily.TEXT, Scope()).done()
        val active = family.child.state.value as FamilyState.Active
        assertEquals(Protection.Guided, active.policy.protection)
        assertEquals("the child agreed to no counts", false, active.sharesCounts)
        assertTrue("without a birthday, the youngest", active.policy.age == AgeBand.Under13)
    }

    @Test
    fun aShieldFollowsThePolicyAndForgetsWithAWithdrawal(): Unit = runBlocking {
        val family = TestFamily().agree(Rules(reveal = RevealRules(Reveal.Never), lessons = false))
        LaChan.open(RuntimeEnvironment.getApplication()) { models = ModelSource.Folder(java.io.File(System.getProperty("lachan.models")!!)) }.use { shield ->
            assertEquals(Policy.Off, shield.policy)
            family.child.protect(shield)
            assertEquals(Protection.Guided, shield.protection.value)
            assertEquals(family.child.state.value.policy, shield.policy)
            assertEquals(RevealRules(Reveal.Never), shield.policy.reveal)
            val talk = shield.conversation("peer", PeerTrust.Unknown)
            talk.check(vn.lachan.Message.incoming("chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha"))
            val check = talk.check(vn.lachan.Message.incoming("gửi anh tấm hình như hôm qua mình nói đi, anh tặng thẻ nạp cho"))
            val concern = check.verdict as Verdict.Concern
            assertNull("the policy offers no lessons", concern.advice.lesson)
            family.child.withdraw(Party.Child).done()
            assertEquals(Protection.Off, shield.protection.value)
            assertNull(talk.stage.value)
            assertTrue(talk.check(vn.lachan.Message.incoming("alo")).verdict is Verdict.NotChecked)
        }
    }

    @Test
    fun whatIsWipedAndWhatResists(): Unit = runBlocking {
        val family = TestFamily().agree()
        val talks = family.childFolder.talks.apply { mkdirs() }
        java.io.File(talks, "abc").writeBytes(ByteArray(3))
        var there = true
        val stubborn = object : Wipeable {
            override val name = "table"

            override fun wipe() = !there
        }
        assertEquals(listOf("table"), family.child.withdraw(Party.Guardian, listOf(stubborn)).done().left)
        assertEquals(0, talks.listFiles()!!.size)
        assertEquals(FamilyState.Withdrawn(unfinished = true), family.restart().state.value)
        there = false
        assertEquals(emptyList<String>(), family.child.finishWithdrawal(listOf(stubborn)).done().left)
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.child.state.value)
        val record = family.child.exportConsent().done()
        assertEquals(2, record.split("\"given\"").size - 1)
        assertTrue(record, "\"withdrawn\"" in record)
    }

    @Test
    fun trustedPeersAreThoseOfBoth(): Unit = runBlocking {
        val family = TestFamily().agree()
        val aunt = family.guardian.peerHandle(family.phone, "chat", "cô Lan").done()
        val policy = family.guardian.signPolicy(family.phone, Rules(quiet = QuietRules(setOf(aunt)))).done()
        family.child.receivePolicy(policy).done()
        family.child.setTrusted("chat", "bạn thân", true).done()
        fun trust(peer: String) = family.child.trust("chat", peer, PeerTrust.Unknown)
        assertEquals(listOf(PeerTrust.Saved, PeerTrust.Saved, PeerTrust.Unknown), listOf(trust("cô Lan"), trust("bạn thân"), trust("ai đó")))
    }

    @Test
    fun aLostGuardianPhoneIsReplacedByThePaper(): Unit = runBlocking {
        val family = TestFamily().agree()
        val other = TestFamily(family.clock)
        val typed = family.words.syllables.joinToString(" ")
        assertNull(RecoveryWords.slip(typed))
        assertEquals(RecoveryWords.Slip.Count(23), RecoveryWords.slip(family.words.syllables.drop(1).joinToString(" ")))
        assertEquals(RecoveryWords.Slip.Unknown(2), RecoveryWords.slip("kha qqq"))
        val found = GuardianPhone.recover(vn.lachan.guardian.internal.Surroundings.of(vn.lachan.internal.AndroidHost(RuntimeEnvironment.getApplication()), "found", other.clock), typed).done().guardian
        val paired = family.child.pair(found.offer().done()).done()
        assertNull("recovering opens no gate", paired.yes)
        found.accept(paired.answer).done()
        assertEquals(Protection.Guided, family.child.state.value.policy.protection)
        val late = family.guardian.signPolicy(family.phone, Rules(Protection.Off)).done()
        assertEquals(Refusal.NotSigned, family.child.receivePolicy(late).refusal())
        family.child.receivePolicy(found.signPolicy(found.children.value.single().phone, Rules(Protection.Simple)).done()).done()
        assertEquals(Protection.Simple, family.child.state.value.policy.protection)
    }

    @Test
    fun aPreviewIsWhatTheChildMeets(): Unit = runBlocking {
        TestFamily().meet()
        val rules = Rules(Protection.Guided)
        val verdict = rules.preview(AgeBand.Under13, FindingKind.Nudity, Direction.Outgoing).done() as Verdict.Concern
        assertEquals(Action.Interrupt, verdict.action)
        assertEquals("nudity.outgoing", verdict.advice.warning)
        val off = Rules(Protection.Off).preview(AgeBand.Under13, FindingKind.Nudity, Direction.Outgoing).done()
        assertTrue(off is Verdict.NotChecked)
    }

    @Test
    fun anEvidencePackHoldsWhatWasChosen(): Unit = runBlocking {
        TestFamily().meet()
        val chosen = listOf(
            Chosen(EvidenceKind.Message, Direction.Incoming, 1_767_243_600_000, "đừng kể".toByteArray()),
            Chosen(EvidenceKind.KnownImage, Direction.Incoming, 1_767_243_600_000, byteArrayOf(1, 2, 3)),
        )
        val preview = EvidencePack.preview(chosen, 1_767_250_000_000).done()
        assertEquals(listOf(true, false), preview.map { it.included })
        val pack = EvidencePack.seal(chosen, 1_767_250_000_000).done()
        val opened = EvidencePack.open(pack.bytes, pack.words.joinToString(" ")).done()
        assertEquals("đừng kể", opened[0].content!!.toString(Charsets.UTF_8))
        assertNull("a known abuse image is never passed on", opened[1].content)
        assertEquals(1_767_243_600_000, opened[0].atMillis)
        val report = FamilyReport.prepare("report_vncop", "giúp con", pack).done()
        assertEquals(2, report.preview.items.size)
        var delivered = 0
        report.send { seen, bytes -> delivered += bytes!!.size; seen.message == "giúp con" }.done()
        assertEquals(pack.bytes.size, delivered)
        assertEquals("a report is used up", Refusal.CodeUsed, report.send { _, _ -> true }.refusal())
    }

    @Test
    fun aDamagedVaultIsAStateAndNoPolicy(): Unit = runBlocking {
        val family = TestFamily().agree()
        val file = java.io.File(family.childFolder.folder, "family")
        file.writeBytes(file.readBytes().also { it[100] = (it[100] + 1).toByte() })
        val state = family.restart().state.value
        assertTrue("$state", state is FamilyState.Unavailable)
        assertEquals(Policy.Off, state.policy)
        assertEquals(Refusal.Storage, family.child.shareCounts().refusal())
    }

    @Test
    fun aFileThatNobodyOpensGivesWayToANewFamily(): Unit = runBlocking {
        val family = TestFamily().agree()
        assertEquals("it opens", Refusal.AlreadyThere, ChildPhone.startAnew(family.childFolder).refusal())
        assertTrue(family.restart().state.value is FamilyState.Active)
        // The key store has lost the key, and a new one opens nothing.
        family.childFolder.keys.destroy()
        assertTrue(family.restart().state.value is FamilyState.Unavailable)
        family.child = ChildPhone.startAnew(family.childFolder).done()
        assertEquals(FamilyState.Unpaired, family.child.state.value)
        assertTrue("a new phone", family.pair() != null)
        // The guardian's phone has the words on the paper.
        family.guardianFolder.keys.destroy()
        assertEquals(Refusal.Storage, GuardianPhone.open(family.guardianFolder).refusal())
        family.guardian = GuardianPhone.recover(family.guardianFolder, family.words.syllables.joinToString(" ")).done().guardian
        assertNull("the child's phone takes the new key", family.pair())
        assertTrue(family.guardian.isRecovering)
        family.guardian.finishRecovery().done()
        assertEquals(false, family.guardian.isRecovering)
        assertEquals(Refusal.AlreadyThere, GuardianPhone.create(family.guardianFolder).refusal())
    }

    @Test
    fun whatTheGuardiansPhoneCouldNotWipeIsNotSaidToBeGone(): Unit = runBlocking {
        val family = TestFamily().agree()
        val keys = java.io.File(family.guardianFolder.folder.path + "-key")
        // No folder is removed that holds something.
        val obstacle = java.io.File(keys, "seal.key.new/something")
        assertTrue(obstacle.mkdirs())
        assertEquals(Refusal.Storage, family.guardian.wipe().refusal())
        assertEquals(emptyList<Child>(), family.guardian.children.value)
        assertTrue(obstacle.delete())
        family.guardian.wipe().done()
        assertEquals(emptyList<String>(), keys.list().orEmpty().toList())
    }

    @Test
    fun aBirthdayComesByItself(): Unit = runBlocking {
        val family = TestFamily().agree()
        assertEquals(AgeBand.Under13, family.child.state.value.policy.age)
        family.clock.pass(59L * 24 * 3600)
        family.child.refresh().done()
        assertEquals(AgeBand.From13To15, family.child.state.value.policy.age)
        assertEquals(AgeBand.From13To15, family.child.ageBand)
    }

    /** As the Android key store says that its service died. */
    private class Store : KeyWrapper {
        var failure: Exception? = null

        /** The wrapped key that alone cannot be had now. */
        var fails: ByteArray? = null

        override fun wrap(key: ByteArray) = turned(key, 1)

        override fun unwrap(wrapped: ByteArray): ByteArray {
            if (fails.contentEquals(wrapped)) throw ProviderException()
            return turned(wrapped, -1)
        }

        private fun turned(bytes: ByteArray, by: Int): ByteArray {
            failure?.let { throw it }
            return ByteArray(bytes.size) { (bytes[it] + by).toByte() }
        }
    }

    /** The app ended between two steps of a withdrawal, and the key store does not give the key that was to follow. */
    @Test
    fun beginningAnewRemovesNothingThatTheNextKeyOpens(): Unit = runBlocking {
        val store = Store()
        val family = TestFamily(keyStore = store).agree()
        family.child.withdraw(Party.Guardian).done()
        val around = family.childFolder
        val next = around.keys.makeNext()!!
        vn.lachan.ffi.FamilyPhone.open(around.folder.path, around.keys.key()!!, around.now()).use { it.reseal(around.folder.path, next, around.moment()) }
        store.fails = java.io.File(around.folder.path + "-key/seal.key.next").readBytes().let { it.copyOfRange(1, it.size) }
        assertTrue("${family.restart().state.value}", family.child.state.value is FamilyState.Unavailable)
        assertEquals(Refusal.Storage, ChildPhone.startAnew(around).refusal())
        store.fails = null
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertTrue("the record is still there", "\"withdrawn\"" in family.child.exportConsent().done())
    }

    @Test
    fun aKeyStoreThatDoesNotAnswerForAWhileCostsAFamilyNothing(): Unit = runBlocking {
        val store = Store()
        val family = TestFamily(keyStore = store).agree()
        val folder = family.childFolder.folder
        fun files() = listOf(folder, java.io.File(folder.path + "-key")).flatMap { it.walk().filter { file -> file.isFile }.toList() }
        val before = files().associateWith { it.readBytes().toList() }
        store.failure = ProviderException()
        assertTrue("${family.restart().state.value}", family.child.state.value is FamilyState.Unavailable)
        assertEquals(Refusal.Storage, GuardianPhone.open(family.guardianFolder).refusal())
        assertEquals(before, files().associateWith { it.readBytes().toList() })
        store.failure = null
        // In the same process: it is not unavailable for good.
        assertTrue(ChildPhone.open(family.childFolder).state.value is FamilyState.Active)
        assertEquals(family.phone, GuardianPhone.open(family.guardianFolder).done()!!.children.value.single().phone)
    }
}
