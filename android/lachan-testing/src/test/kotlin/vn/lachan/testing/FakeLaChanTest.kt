package vn.lachan.testing

import android.graphics.Bitmap
import java.nio.ByteBuffer
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.Action
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Message
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Stage
import vn.lachan.Verdict

/** The fakes answer as they are told, without a native library. */
class FakeLaChanTest {
    private val bytes = ByteBuffer.allocate(1)

    @Test
    fun `pictures get the scripted verdicts in order and then the usual one`() = runBlocking {
        val shield = FakeLaChan()
        shield.nextPicture(Verdicts.nudity(), Verdicts.notChecked())
        assertEquals(Verdicts.nudity(), shield.checkImage(bytes, Direction.Incoming))
        assertEquals(Verdicts.notChecked(), shield.checkImage(bytes, Direction.Outgoing))
        assertEquals(Verdict.Clear, shield.checkImage(bytes, Direction.Forward))
        shield.otherwise = Verdicts.knownImage()
        assertEquals(Verdicts.knownImage(), shield.checkImage(bytes, Direction.Forward))
        assertEquals(listOf(Direction.Incoming, Direction.Outgoing, Direction.Forward, Direction.Forward), shield.checked)
    }

    @Test
    fun `off and closed answer as the real one does`() = runBlocking {
        val shield = FakeLaChan(Policy.Off)
        assertEquals(Verdicts.notChecked(NotCheckedReason.PolicyOff), shield.checkImage(bytes, Direction.Incoming))
        shield.setPolicy(Policy.forAge(vn.lachan.AgeBand.Under13))
        shield.close()
        assertEquals(Verdicts.notChecked(NotCheckedReason.Closed), shield.checkImage(bytes, Direction.Incoming))
        val talk = shield.conversation("a", PeerTrust.Unknown)
        assertEquals(Verdicts.notChecked(NotCheckedReason.Closed), talk.check(Message.incoming("hi")).verdict)
        assertTrue(shield.closed)
    }

    @Test
    fun `a conversation follows its script`() = runBlocking {
        val talk = FakeLaChan().conversation("a", PeerTrust.Unknown)
        talk.next(Verdicts.grooming(Action.Interrupt, Stage.Threat))
        assertEquals(Action.Interrupt, (talk.check(Message.incoming("one")).verdict as Verdict.Concern).action)
        assertEquals(Stage.Threat, talk.stage.value)
        assertEquals(Verdict.Clear, talk.check(Message.outgoing("two")).verdict)
        assertEquals(listOf(false, true), talk.messages.map { it.outgoing })
        assertFalse("one" in talk.messages.first().toString())
        talk.forget()
        assertNull(talk.stage.value)
    }

    @Test
    fun `a draft is answered by the script, and is no message`() = runBlocking {
        val shield = FakeLaChan()
        val talk = shield.conversation("a", PeerTrust.Unknown)
        talk.next(Verdicts.personalInfo(emptyList()), Verdicts.grooming(stage = Stage.Threat))
        assertEquals(Verdicts.personalInfo(emptyList()), talk.checkDraft("one"))
        assertEquals(Stage.Threat, talk.checkDraft("two").stage)
        assertNull("nothing of a draft stays", talk.stage.value)
        assertEquals(Verdict.Clear, talk.checkDraft("three").verdict)
        assertEquals(listOf("one", "two", "three"), talk.drafts)
        assertEquals(emptyList<Message>(), talk.messages)
        shield.setPolicy(Policy.Off)
        assertEquals(Verdicts.notChecked(NotCheckedReason.PolicyOff), talk.checkDraft("four").verdict)
        assertEquals(3, talk.drafts.size)
    }
}

/** The marker of this module is the core's. */
@RunWith(RobolectricTestRunner::class)
class MarkerTest {
    @Test
    fun `the drawn marker is the one that the core draws`() {
        System.setProperty("uniffi.component.lachan.libraryOverride", System.getProperty("lachan.library.built")!!)
        val kinds = mapOf(
            FindingKind.Nudity to vn.lachan.ffi.FindingKind.NUDITY,
            FindingKind.Gore to vn.lachan.ffi.FindingKind.GORE,
            FindingKind.KnownImage to vn.lachan.ffi.FindingKind.KNOWN_IMAGE,
        )
        for ((kind, theirs) in kinds) {
            for (side in listOf(96, 100, 223)) {
                val core = vn.lachan.ffi.drawMarker(theirs, side.toUInt())!!
                val white = IntArray(side * side) { if (core[it * 4].toInt() == 0) 0xFF shl 24 else -1 }
                assertTrue("$kind at $side", white.contentEquals(Marker.pixels(kind, side)!!))
            }
        }
        assertNull(Marker.bitmap(FindingKind.Grooming))
        val bitmap: Bitmap = Marker.bitmap()!!
        assertEquals(480 to 480, bitmap.width to bitmap.height)
    }
}
