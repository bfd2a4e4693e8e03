package vn.lachan.guardian

import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.LiveFrame
import vn.lachan.Message
import vn.lachan.ModelSource
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Verdict
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.AndroidHost

/** One step: nothing runs any more, nothing is left, and nothing of it comes back. */
@RunWith(RobolectricTestRunner::class)
class WithdrawalTest {
    private val off = Verdict.NotChecked(NotCheckedReason.PolicyOff)
    private val files = AndroidHost(RuntimeEnvironment.getApplication()).privateFiles

    private fun left(): Set<String> = files.walk().filter { it.isFile }.map { it.relativeTo(files).path }.toSet()

    @Test
    fun nothingIsLeftAndEverythingAnswersThatItIsOff(): Unit = runBlocking {
        val family = TestFamily().agree()
        val name = family.childFolder.folder.name
        LaChan.open(RuntimeEnvironment.getApplication()) { models = ModelSource.Folder(File(System.getProperty("lachan.models")!!)) }.use { shield ->
            family.child.protect(shield)
            val talk = shield.conversation("anh Tuấn", PeerTrust.Unknown)
            talk.check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình thôi"))
            family.child.count(FindingKind.Grooming).done()
            family.child.setTrusted("chat", "cô Lan", true).done()
            talk.close()
            assertTrue("${left()}", "$name-key/seal.key" in left())
            val keyBefore = File(files, "$name-key/seal.key").readBytes()
            val learnt = File(files, "known.learnt").apply { writeText("hashes of pictures that were met here") }

            assertEquals(emptyList<String>(), family.child.withdraw(Party.Child).done().left)

            assertEquals(off, shield.checkImage(android.graphics.Bitmap.createBitmap(64, 64, android.graphics.Bitmap.Config.ARGB_8888), Direction.Incoming))
            assertEquals(off, shield.checkFile(File(files, name), Direction.Outgoing))
            assertEquals(off, shield.conversation("anh Tuấn", PeerTrust.Unknown).check(Message.incoming("alo")).verdict)
            shield.liveSession(Direction.Incoming).use { live ->
                val plane = LiveFrame.Plane(java.nio.ByteBuffer.allocateDirect(64 * 64), 64, 1)
                assertEquals(off, live.check(LiveFrame(plane, plane, plane, 64, 64, 0, 0)))
            }
            // The writer that closing the talk started must not bring it back.
            kotlinx.coroutines.delay(2_500)
            val mine = left().filter { it.startsWith("talks") || it.startsWith(name) }.toSet()
            assertEquals("the record of consent and the new key it lies under", setOf("$name/family", "$name-key/seal.key"), mine)
            assertFalse("the old key is gone", keyBefore.contentEquals(File(files, "$name-key/seal.key").readBytes()))
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
        assertNull("it has taken over", around.keys.next())
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

    /** The screen goes away right after the tap. */
    @Test
    fun leavingTheScreenTakesNothingBack(): Unit = runBlocking {
        val family = TestFamily().agree()
        var wiped = false
        val table = object : Wipeable {
            override val name = "table"

            override fun wipe(): Boolean {
                wiped = true
                return true
            }
        }
        val screen = launch(Dispatchers.Unconfined) { family.child.withdraw(Party.Child, listOf(table)) }
        screen.cancelAndJoin()
        assertTrue(wiped)
        assertEquals(FamilyState.Withdrawn(unfinished = false), family.restart().state.value)
        assertNull("the next key has taken over", family.childFolder.keys.next())
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
