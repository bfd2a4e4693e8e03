package vn.lachan.guardian

import android.graphics.Bitmap
import java.io.File
import java.security.ProviderException
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Logger
import vn.lachan.Message
import vn.lachan.ModelSource
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Protection
import vn.lachan.Verdict
import vn.lachan.ffi.InternalException
import vn.lachan.internal.KeyWrapper

/** Where the family cannot be read nobody has switched it off, and nothing that an app asks for ends it. */
@RunWith(RobolectricTestRunner::class)
class FaultTest {
    private val app = RuntimeEnvironment.getApplication()

    private suspend fun shield(): LaChan = LaChan.open(app) { models = ModelSource.Folder(File(System.getProperty("lachan.models")!!)) }

    /** A picture and a message, which say the same. */
    private suspend fun LaChan.says(): Any {
        val picture = checkImage(Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888), Direction.Incoming)
        val message = conversation("peer", PeerTrust.Unknown).check(Message.incoming("alo")).verdict
        assertEquals(picture, message)
        return if (picture is Verdict.NotChecked) picture.reason else picture
    }

    /** A key store whose service may die. */
    private class Store : KeyWrapper {
        var failure: Exception? = null

        override fun wrap(key: ByteArray) = turned(key)

        override fun unwrap(wrapped: ByteArray) = turned(wrapped)

        private fun turned(bytes: ByteArray): ByteArray {
            failure?.let { throw it }
            return ByteArray(bytes.size) { (bytes[it].toInt() xor 1).toByte() }
        }
    }

    /** A call that asks for the time ends as one does in which something went wrong inside. */
    private class Faulty : TestClock() {
        @Volatile
        var fails = false

        override fun now() = if (fails) throw InternalException("a fault") else super.now()
    }

    @Test
    fun aKeyStoreThatDoesNotAnswerSwitchesNothingOff(): Unit = runBlocking {
        val store = Store()
        val family = TestFamily(keyStore = store).agree()
        store.failure = ProviderException()
        val phone = family.restart()
        shield().use { shield ->
            phone.protect(shield)
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            assertEquals(Refusal.Storage, phone.refresh().refusal())
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            store.failure = null
            // By the hourly look alone.
            assertTrue(phone.refresh().done() is FamilyState.Active)
            assertEquals(Protection.Guided, shield.policy.protection)
            assertEquals(Verdict.Clear, shield.says())
            phone.withdraw(Party.Child).done()
            assertEquals("this time somebody did", NotCheckedReason.PolicyOff, shield.says())
        }
    }

    @Test
    fun aDamagedFileSwitchesNothingOffUntilAPersonBeginsAnew(): Unit = runBlocking {
        val family = TestFamily().agree()
        val file = File(family.childFolder.folder, "family")
        val sound = file.readBytes()
        val damaged = sound.copyOf().also { it[100] = (it[100] + 1).toByte() }
        file.writeBytes(damaged)
        val phone = family.restart()
        shield().use { shield ->
            phone.protect(shield)
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            assertEquals("nothing can be written", Refusal.Storage, phone.withdraw(Party.Child).refusal())
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            file.writeBytes(sound)
            assertSame("there is one for the process", phone, ChildPhone.open(family.childFolder))
            assertEquals(Verdict.Clear, shield.says())
        }
        file.writeBytes(damaged)
        shield().use { shield ->
            family.restart().protect(shield)
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            family.child = ChildPhone.startAnew(family.childFolder).done()
            assertEquals(FamilyState.Unpaired, family.child.state.value)
            assertEquals(NotCheckedReason.PolicyOff, shield.says())
        }
    }

    @Test
    fun aFaultInsideSwitchesNothingOff(): Unit = runBlocking {
        val clock = Faulty()
        val family = TestFamily(clock).agree()
        shield().use { shield ->
            family.child.protect(shield)
            assertEquals(Verdict.Clear, shield.says())
            clock.fails = true
            assertEquals(Refusal.Unavailable, family.child.refresh().refusal())
            assertTrue(family.child.state.value is FamilyState.Unavailable)
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            clock.fails = false
            family.child.refresh().done()
            assertEquals(Verdict.Clear, shield.says())
        }
    }

    /** Whom a phone follows is asked in the same way, without a clock that could fail. */
    @Test
    fun aFaultInsideIsNoAnswerAndNoCrash(): Unit = runBlocking {
        val clock = Faulty()
        val family = TestFamily(clock).agree()
        val child = family.child
        child.setTrusted("chat", "bạn thân", true).done()
        fun trust() = listOf(PeerTrust.Unknown, PeerTrust.Family).map { child.trust("chat", "bạn thân", it) }
        assertEquals(AgeBand.Under13, child.ageBand)
        assertEquals(listOf(PeerTrust.Saved, PeerTrust.Family), trust())
        clock.fails = true
        assertEquals(Agreed(null, null), child.agreed)
        assertNull(child.ageBand)
        assertFalse(child.isTrusted("chat", "bạn thân"))
        assertEquals(listOf(PeerTrust.Unknown, PeerTrust.Family), trust())
    }

    /** As half an emoji that an app has cut off: it does not get across to the core. */
    @Test
    fun halfOfACharacterIsNoCrash(): Unit = runBlocking {
        val family = TestFamily().agree()
        val half = "\uD83D"
        assertNull(Packet.read(half))
        assertNull(RecoveryWords.slip(half))
        assertFalse(family.child.isTrusted("chat", half))
        assertEquals(PeerTrust.Recent, family.child.trust("chat", half, PeerTrust.Recent))
        assertEquals(Refusal.Malformed, family.child.setTrusted("chat", half, true).refusal())
        assertEquals(Refusal.Malformed, family.child.receivePolicy(half).refusal())
        assertEquals(Refusal.Malformed, family.guardian.peerHandle(family.phone, "chat", half).refusal())
    }

    /** There is no Android key store under these tests. */
    @Test
    fun aKeyThatNoKeyStoreWrapsIsSaid(): Unit = runBlocking {
        TestLibrary.use()
        val heard = CopyOnWriteArrayList<String>()
        val logger = Logger { level, line -> heard += "$level $line" }
        val said = "Warning the key store does not work: a sealing key lies in private files"
        assertEquals(FamilyState.Unpaired, ChildPhone.open(app, logger).state.value)
        assertEquals(listOf(said), heard)
        GuardianPhone.create(app, logger).done()
        assertEquals(listOf(said, said), heard)
    }
}
