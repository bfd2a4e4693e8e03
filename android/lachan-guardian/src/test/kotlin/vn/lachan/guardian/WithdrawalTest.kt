package vn.lachan.guardian

import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.Configuration
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Installation
import vn.lachan.LaChan
import vn.lachan.LiveFrame
import vn.lachan.Message
import vn.lachan.ModelSource
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Publisher
import vn.lachan.Verdict
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.AndroidHost
import vn.lachan.internal.Key
import vn.lachan.ui.TrustedAdult
import vn.lachan.ui.TrustedAdults

/** One step: nothing runs any more, nothing is left, and nothing of it comes back. */
@RunWith(RobolectricTestRunner::class)
class WithdrawalTest {
    private val off = Verdict.NotChecked(NotCheckedReason.PolicyOff)
    private val files = AndroidHost(RuntimeEnvironment.getApplication()).privateFiles

    private val built = File(System.getProperty("lachan.models")!!)

    private suspend fun shield(configure: Configuration.() -> Unit = {}): LaChan = LaChan.open(RuntimeEnvironment.getApplication()) {
        models = ModelSource.Folder(built)
        configure()
    }

    private companion object {
        /** The list of known images, the key that it lies under, and updates of models. */
        val BROUGHT = listOf("lachan/known/", "lachan/seal.key", "lachan/updates/")
    }

    /** A thing of the app's that a withdrawal wipes. */
    private fun thing(wipes: () -> Unit) = object : Wipeable {
        override val name = "table"

        override fun wipe(): Boolean {
            wipes()
            return true
        }
    }

    private fun ByteArray.direct(): ByteBuffer = ByteBuffer.allocateDirect(size).also {
        it.put(this)
        it.flip()
    }

    @Test
    fun nothingIsLeftAndEverythingAnswersThatItIsOff(): Unit = runBlocking {
        val family = TestFamily().agree()
        val name = "lachan/${family.childFolder.folder.name}"
        // Whom the child turns to is the child's own: a withdrawal leaves it.
        assertTrue(TrustedAdults.choose(RuntimeEnvironment.getApplication(), TrustedAdult("cô Hà", "0912 345 678")))
        // An app that came without a picture model, so that one can be installed.
        val came = java.nio.file.Files.createTempDirectory("models").toFile()
        File(built, "text").copyRecursively(File(came, "text"))
        shield {
            knownListRoot = Publisher.first.root
            models = ModelSource.Folder(came)
        }.use { shield ->
            family.child.protect(shield)
            // What the app brings and its publisher updates is nobody's.
            assertEquals(Installation.Installed(1), shield.installKnownList(Publisher.first.folder))
            assertTrue(shield.installModel(File(built, "owen-s")) is Installation.Installed)
            val talk = shield.conversation("anh Tuấn", PeerTrust.Unknown)
            talk.check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình thôi"))
            family.child.count(FindingKind.Grooming).done()
            family.child.setTrusted("chat", "cô Lan", true).done()
            talk.close()
            val before = family.left()
            val brought = before.filterTo(mutableSetOf()) { file -> BROUGHT.any { file.startsWith(it) } }
            for (folder in BROUGHT) assertTrue("$before", brought.any { it.startsWith(folder) })
            val key = File(files, "${family.childFolder.folder.name}-key/seal.key")
            val keyBefore = key.readBytes()
            val learnt = File(files, "known.learnt").apply { writeText("hashes of pictures that were met here") }

            assertEquals(emptyList<String>(), family.child.withdraw(Party.Child).done().left)

            assertEquals(off, shield.checkImage(android.graphics.Bitmap.createBitmap(64, 64, android.graphics.Bitmap.Config.ARGB_8888), Direction.Incoming))
            assertEquals(off, shield.checkFile(File(files, name), Direction.Outgoing))
            assertEquals(off, shield.conversation("anh Tuấn", PeerTrust.Unknown).check(Message.incoming("alo")).verdict)
            shield.liveSession(Direction.Incoming).use { live ->
                val plane = LiveFrame.Plane(ByteBuffer.allocateDirect(64 * 64), 64, 1)
                assertEquals(off, live.check(LiveFrame(plane, plane, plane, 64, 64, 0, 0)))
            }
            // The writer that closing the talk started must not bring it back.
            kotlinx.coroutines.delay(2_500)
            val record = setOf("$name/family", "$name-key/seal.key")
            assertEquals("the record of consent and the new key it lies under", record + "vn.lachan.ui.trusted" + brought, family.left())
            assertFalse("the old key is gone", keyBefore.contentEquals(key.readBytes()))
            assertFalse("and what the list of known images has learnt", learnt.exists())
        }
        assertEquals(Agreed(null, null), family.child.agreed)
        assertNull(family.child.ageBand)
        assertTrue(family.child.follows.isEmpty())
        assertEquals(PeerTrust.Unknown, family.child.trust("chat", "cô Lan", PeerTrust.Unknown))
        // And after a restart of the app the record can still be read, under the new key.
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertTrue("\"withdrawn\"" in family.child.exportConsent().done())
    }

    @Test
    fun aCrashBetweenTwoKeysLosesNothing(): Unit = runBlocking {
        val family = TestFamily().agree()
        family.child.withdraw(Party.Guardian).done()
        val around = family.childFolder
        // The next key is made and the file is sealed with it; then the app ends before the old key gave way.
        val next = around.keys.makeNext()!!
        vn.lachan.ffi.FamilyPhone.open(around.folder.path, around.keys.key()!!, around.now()).use { it.reseal(around.folder.path, next, around.moment()) }
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertEquals("it has taken over", Key.None, around.keys.next())
        // Or it ends before the file was sealed anew: the key in use still fits.
        around.keys.makeNext()
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
    }

    /** The app ends when all is wiped and the old key still opens what was: that is no end. */
    @Test
    fun aCrashBeforeTheKeyChangesIsFinishedLater(): Unit = runBlocking {
        val family = TestFamily().agree()
        val around = family.childFolder
        val key = File(files, "${around.folder.name}-key/seal.key")
        val keyBefore = key.readBytes()
        vn.lachan.ffi.FamilyPhone.open(around.folder.path, requireNotNull(around.keys.key()), around.now()).use { it.withdraw(Party.Child.toFfi(), emptyList(), around.moment()) }
        assertEquals(FamilyState.Withdrawn(unfinished = true), family.restart().state.value)
        assertEquals(emptyList<String>(), family.child.finishWithdrawal().done().left)
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertFalse("the old key is gone", keyBefore.contentEquals(key.readBytes()))
    }

    /** The screen goes away in the middle. */
    @Test
    fun leavingTheScreenTakesNothingBack(): Unit = runBlocking {
        val late = Late()
        val family = TestFamily(late).agree()
        shield().use { shield ->
            family.child.protect(shield)
            // The first message opens what is to be forgotten.
            shield.conversation("anh Tuấn", PeerTrust.Unknown).check(Message.incoming("alo"))
            val (wiping, goesOn) = List(2) { CountDownLatch(1) }
            val table = thing {
                wiping.countDown()
                goesOn.await()
                late.writesInto = family.childFolder.talks
            }
            val screen = launch(Dispatchers.IO) { family.child.withdraw(Party.Child, listOf(table)) }
            wiping.await()
            screen.cancel()
            goesOn.countDown()
            screen.join()
            assertTrue("it was written after the files were wiped", late.hasWritten)
            assertFalse("and shields forgot once more", File(family.childFolder.talks, "late").exists())
        }
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertEquals("the next key has taken over", Key.None, family.childFolder.keys.next())
    }

    /** Writes into a folder when somebody asks what time it is: the key changes after all is wiped, and needs the time. */
    private class Late : TestClock() {
        @Volatile
        var writesInto: File? = null

        @Volatile
        var hasWritten = false

        override fun now() = super.now().also {
            // What was kept of conversations is wiped after the app's own things.
            val folder = writesInto?.takeIf { it.listFiles().isNullOrEmpty() && !hasWritten } ?: return@also
            folder.mkdirs()
            hasWritten = File(folder, "late").createNewFile()
        }
    }

    /** As another app that follows does it, which asks in this moment. */
    @Test
    fun whateverHappensMeanwhileNothingRunsFromTheFirstMoment(): Unit = runBlocking {
        val clock = Interrupted()
        val family = TestFamily(clock).agree()
        shield().use { shield ->
            family.child.protect(shield)
            var policy = shield.policy
            assertEquals(Protection.Guided, policy.protection)
            // Asked for when the shields were stopped and nothing is written yet.
            clock.interrupt = {
                runBlocking { family.child.refresh().done() }
                policy = shield.policy
            }
            family.child.withdraw(Party.Child).done()
            assertNull("it was interrupted", clock.interrupt)
            assertEquals(Policy.Off, policy)
            // Where a family has begun anew, it is in force again.
            family.agreeAnew()
            assertEquals(Protection.Guided, shield.policy.protection)
        }
    }

    /** The disk refuses. */
    @Test
    fun aWithdrawalThatCannotBeWrittenSaysSoAndIsNone(): Unit = runBlocking {
        val family = TestFamily().agree()
        val file = File(family.childFolder.folder, "family")
        shield().use { shield ->
            family.child.protect(shield)
            // No file takes the place of a folder that holds something.
            val written = file.readBytes()
            assertTrue(file.delete() && File(file, "something").mkdirs())
            assertEquals(Refusal.Storage, family.child.withdraw(Party.Child).refusal())
            assertTrue(family.child.state.value is FamilyState.Active)
            assertEquals(Protection.Guided, shield.policy.protection)
            assertTrue(file.deleteRecursively())
            file.writeBytes(written)
            assertEquals(emptyList<String>(), family.child.withdraw(Party.Child).done().left)
            assertEquals(Policy.Off, shield.policy)
        }
    }

    /** Something else happens when somebody asks what time it is. */
    private class Interrupted : TestClock() {
        @Volatile
        var interrupt: (() -> Unit)? = null

        override fun now() = super.now().also {
            interrupt?.run {
                interrupt = null
                invoke()
            }
        }
    }

    /** The app may end at any of its own hooks: what was remembered must not lie there any more, nor be written anew. */
    @Test
    fun shieldsForgetBeforeAnythingElseIsWiped(): Unit = runBlocking {
        val family = TestFamily().agree()
        shield().use { shield ->
            family.child.protect(shield)
            val talk = shield.conversation("anh Tuấn", PeerTrust.Unknown)
            talk.check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình thôi"))
            assertNotNull(talk.stage.value)
            var stage = talk.stage.value
            var talks = emptyList<String>()
            val table = thing {
                stage = talk.stage.value
                // As long as the writer waits that the message has started.
                Thread.sleep(2_500)
                talks = family.childFolder.talks.list().orEmpty().toList()
            }
            family.child.withdraw(Party.Child, listOf(table)).done()
            assertNull(stage)
            assertEquals(emptyList<String>(), talks)
        }
    }

    /** The family agrees anew in the same process, and a file of the list is met. */
    @Test
    fun whatTheKnownListHasLearntDoesNotComeBack(): Unit = runBlocking {
        val family = TestFamily().agree()
        val learnt = File(files, "known.learnt")
        shield { knownListRoot = Publisher.first.root }.use { shield ->
            suspend fun meet(bytes: ByteArray) {
                val verdict = shield.checkImage(bytes.direct(), Direction.Incoming)
                assertTrue("$verdict", verdict is Verdict.Concern && verdict.findings.any { it.kind == FindingKind.KnownImage })
            }
            family.child.protect(shield)
            assertEquals(Installation.Installed(1), shield.installKnownList(Publisher.first.folder))
            meet(Publisher.LISTED_BYTES)
            val ofNoPicture = learnt.readText()
            meet(Publisher.listed.readBytes())
            assertNotEquals(ofNoPicture, learnt.readText())
            family.child.withdraw(Party.Child).done()
            assertFalse(learnt.exists())
            family.agreeAnew()
            meet(Publisher.LISTED_BYTES)
            assertEquals(ofNoPicture, learnt.readText())
        }
    }

    /** The disk refuses to put the new key in the old one's place. */
    @Test
    fun aKeyThatCannotTakeOverIsNoEndAndIsNotOverwritten(): Unit = runBlocking {
        val family = TestFamily().agree()
        val folder = File(files, "${family.childFolder.folder.name}-key")
        val (key, next) = listOf("seal.key", "seal.key.next").map { File(folder, it) }
        // No file takes the place of a folder that holds something.
        assertTrue(key.delete() && File(key, "something").mkdirs())
        assertEquals(listOf("key"), family.child.withdraw(Party.Child).done().left)
        val waits = next.readBytes()
        assertEquals(FamilyState.Withdrawn(unfinished = true), family.child.state.value)
        assertEquals("again", listOf("key"), family.child.finishWithdrawal().done().left)
        assertEquals("also when the app starts again", FamilyState.Withdrawn(unfinished = true), family.restart().state.value)
        // A family that begins anew and ends as well.
        family.agreeAnew()
        assertEquals(FamilyState.Withdrawn(unfinished = true), family.child.state.value)
        assertEquals(listOf("key"), family.child.withdraw(Party.Child).done().left)
        assertArrayEquals("the only copy of the key that all lies under", waits, next.readBytes())
        // After a restart of the app it opens what is there, and still waits.
        assertEquals(FamilyState.Withdrawn(unfinished = true), family.restart().state.value)
        assertArrayEquals(waits, next.readBytes())
        assertTrue(key.deleteRecursively())
        assertEquals(emptyList<String>(), family.child.finishWithdrawal().done().left)
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.child.state.value)
        assertFalse(next.exists())
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertTrue("\"withdrawn\"" in family.child.exportConsent().done())
    }

    /** Whoever asked is gone already, as when a child leaves the screen with its answer. */
    @Test
    fun aNoCountsAlsoWhereNobodyWaitsForIt(): Unit = runBlocking {
        val family = TestFamily().agree()
        val screen = launch(start = CoroutineStart.UNDISPATCHED) {
            coroutineContext.cancel()
            family.child.decline(TestFamily.TEXT)
        }
        screen.join()
        assertNull(family.child.agreed.child)
        assertEquals(FamilyState.Waiting(Party.Child), family.child.state.value)
    }

    /** The screen goes away while a shield still waits for its turn. */
    @Test
    fun shieldsFollowWhatTheStateTells(): Unit = runBlocking {
        val family = TestFamily().agree()
        shield().use { real ->
            val asked = CompletableDeferred<Unit>()
            val turn = CompletableDeferred<Unit>()
            val shield = object : LaChan by real {
                override suspend fun setPolicy(policy: Policy) {
                    if (policy == Policy.Off) {
                        asked.complete(Unit)
                        turn.await()
                    }
                    real.setPolicy(policy)
                }
            }
            family.child.protect(shield)
            assertEquals(Protection.Guided, shield.policy.protection)
            val screen = launch(Dispatchers.IO) { family.child.decline(TestFamily.TEXT) }
            asked.await()
            assertEquals(Policy.Off, family.child.state.value.policy)
            screen.cancel()
            turn.complete(Unit)
            screen.join()
            assertEquals(Policy.Off, shield.policy)
        }
    }

    @Test
    fun aFamilyCanBeginAnew(): Unit = runBlocking {
        val family = TestFamily().agree()
        family.child.withdraw(Party.Child).done()
        val yes = family.child.pair(family.guardian.offer().done()).done().yes!!
        family.child.consent(TestFamily.TEXT, TestFamily.EVERYTHING, yes).done()
        assertEquals("the child is asked again", FamilyState.Waiting(Party.Child), family.child.state.value)
    }
}
