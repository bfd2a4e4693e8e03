package vn.lachan.testing.samples

import java.nio.ByteBuffer
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertTrue
import org.junit.Test
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.PeerTrust
import vn.lachan.Verdict
import vn.lachan.testing.FakeLaChan
import vn.lachan.testing.Marker
import vn.lachan.testing.Verdicts

// What stands between `// doc: NAME` and `// end` is shown in docs/vi/integration.md and docs/en/integration.md.

class FakeSampleTest {
    @Test
    fun `the fake answers as it was told`() = runBlocking {
        val picture = ByteBuffer.allocate(1)
        // doc: fake
        val shield = FakeLaChan()
        shield.nextPicture(Verdicts.nudity(), Verdicts.notChecked())
        assertTrue(shield.checkImage(picture, Direction.Incoming) is Verdict.Concern)
        assertTrue(shield.checkImage(picture, Direction.Incoming) is Verdict.NotChecked)
        val talk = shield.conversation("peer-1", PeerTrust.Unknown)
        talk.next(Verdicts.grooming())
        assertTrue(talk.check(Message.incoming("…")).verdict is Verdict.Concern)
        // end
    }
}

/** With the real SDK in test mode. */
internal suspend fun meetAWarning(shield: LaChan): Boolean {
    // doc: marker
    val marker = Marker.bitmap(FindingKind.Nudity) ?: return false
    val verdict = shield.checkImage(marker, Direction.Incoming)
    // end
    return verdict is Verdict.Concern
}
