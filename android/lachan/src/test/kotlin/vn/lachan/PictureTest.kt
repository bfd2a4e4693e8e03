package vn.lachan

import java.io.ByteArrayInputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import vn.lachan.internal.OpenedLaChan

/** Every way for a picture to be checked, on the real core with the real models, on a plain JVM. */
class PictureTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val landscape = Pictures.jpeg(Pictures.landscape())
    private val marker = Pictures.png(Pictures.marker())

    @Test
    fun `a harmless picture is clear through every door`() = withShield { shield ->
        val file = folder.newFile().apply { writeBytes(landscape) }
        assertEquals(Verdict.Clear, shield.checkImage(landscape.direct(), Direction.Incoming))
        assertEquals(Verdict.Clear, shield.checkImage(ByteBuffer.wrap(landscape), Direction.Incoming))
        assertEquals(Verdict.Clear, shield.checkImage(landscape.inputStream(), Direction.Incoming))
        assertEquals(Verdict.Clear, shield.checkFile(file, Direction.Incoming))
        assertEquals(ModelState.Ready, shield.models.value)
    }

    @Test
    fun `the marker is a concern through every door, with all that a warning needs`() = withShield { shield ->
        val file = folder.newFile().apply { writeBytes(marker) }
        val pixels = Pixels(Pictures.markerPixels(200).direct(), 200, 200, 800, PixelFormat.Rgba)
        val verdicts = listOf(
            shield.checkImage(marker.direct(), Direction.Incoming),
            shield.checkImage(marker.inputStream(), Direction.Incoming),
            shield.checkFile(file, Direction.Incoming),
            shield.checkPixels(pixels, Direction.Incoming),
        )
        val concern = verdicts.first() as Verdict.Concern
        assertEquals(List(verdicts.size) { concern }, verdicts)
        assertEquals(Action.Interrupt, concern.action)
        assertEquals(Finding(FindingKind.Nudity, ScoreBand.VeryLikely, "test_marker", "test marker"), concern.findings.single())
        assertEquals("nudity.incoming", concern.advice.warning)
        assertEquals(Reveal.WithGuardian, concern.advice.reveal)
        assertTrue("helpline_111" in concern.advice.help)
    }

    @Test
    fun `directions and ages reach the core`() = withShield({ ageBand = AgeBand.From13To15 }) { shield ->
        val incoming = shield.checkImage(marker.direct(), Direction.Incoming) as Verdict.Concern
        val forward = shield.checkImage(marker.direct(), Direction.Forward) as Verdict.Concern
        assertEquals(Action.Blur to Action.Interrupt, incoming.action to forward.action)
        assertEquals("nudity.forward", forward.advice.warning)
    }

    @Test
    fun `only the bytes between position and limit are looked at, and neither is moved`() = withShield { shield ->
        for (buffer in listOf(ByteBuffer.allocateDirect(marker.size + 20), ByteBuffer.allocate(marker.size + 20))) {
            buffer.position(10)
            buffer.put(marker)
            buffer.flip()
            buffer.position(10)
            assertTrue(shield.checkImage(buffer, Direction.Incoming) is Verdict.Concern)
            assertEquals(10 to 10 + marker.size, buffer.position() to buffer.limit())
        }
    }

    @Test
    fun `rows with padding, and pixels that do not fit`() = withShield { shield ->
        val tight = Pictures.markerPixels(100)
        val padded = ByteArray(100 * 450)
        for (row in 0 until 100) tight.copyInto(padded, row * 450, row * 400, row * 400 + 400)
        suspend fun check(bytes: ByteBuffer, width: Int, height: Int, stride: Int) =
            shield.checkPixels(Pixels(bytes, width, height, stride, PixelFormat.Rgba, 90), Direction.Incoming)
        assertTrue(check(padded.direct(), 100, 100, 450) is Verdict.Concern)
        assertEquals(notChecked(NotCheckedReason.BadPixels), check(tight.direct(), 100, 100, 399))
        assertEquals(notChecked(NotCheckedReason.BadPixels), check(tight.direct(), 100, 101, 400))
        assertEquals(notChecked(NotCheckedReason.BadPixels), check(tight.direct(), 100, 100, -400))
        assertEquals(notChecked(NotCheckedReason.BadPixels), check(ByteBuffer.wrap(tight), 100, 100, 400))
        assertEquals(notChecked(NotCheckedReason.Empty), check(tight.direct(), 0, 100, 400))
        assertEquals(notChecked(NotCheckedReason.Empty), check(tight.direct(), -1, 100, 400))
    }

    @Test
    fun `bad bytes are a reason each`() = withShield { shield ->
        suspend fun check(bytes: ByteArray) = shield.checkImage(bytes.direct(), Direction.Incoming)
        assertEquals(notChecked(NotCheckedReason.Empty), check(ByteArray(0)))
        assertEquals(notChecked(NotCheckedReason.UnsupportedFormat), check("no picture at all".toByteArray()))
        assertEquals(notChecked(NotCheckedReason.Damaged), check(landscape.copyOf(landscape.size / 3)))
    }

    @Test
    fun `files that cannot be read are unreadable`() = withShield { shield ->
        suspend fun check(file: File) = shield.checkFile(file, Direction.Incoming)
        assertEquals(notChecked(NotCheckedReason.Unreadable), check(File(folder.root, "gone")))
        assertEquals(notChecked(NotCheckedReason.Unreadable), check(folder.root))
        assertEquals(notChecked(NotCheckedReason.Empty), check(folder.newFile()))
        val pipe = File(folder.root, "pipe")
        assertEquals(0, ProcessBuilder("mkfifo", pipe.path).start().waitFor())
        withTimeout(10_000) { assertEquals(notChecked(NotCheckedReason.Unreadable), check(pipe)) }
    }

    @Test
    fun `a stream without end is given up at the limit`() = withShield { shield ->
        var served = 0L
        val endless = object : InputStream() {
            override fun read(): Int = 0
            override fun read(bytes: ByteArray, offset: Int, length: Int): Int = length.also { served += it }
        }
        assertEquals(notChecked(NotCheckedReason.TooLarge), shield.checkImage(endless, Direction.Incoming))
        assertTrue("served $served", served <= (64L shl 20) + (64 shl 10))
    }

    @Test
    fun `a stream that fails is unreadable, one that lies about its length is read all the same`() = withShield { shield ->
        val broken = object : InputStream() {
            override fun read(): Int = throw IOException("words that nobody sees")
        }
        assertEquals(notChecked(NotCheckedReason.Unreadable), shield.checkImage(broken, Direction.Incoming))
        for (lie in listOf(0, -5, Int.MAX_VALUE)) {
            val lying = object : ByteArrayInputStream(marker) {
                override fun available(): Int = lie
            }
            assertTrue("$lie", shield.checkImage(lying, Direction.Incoming) is Verdict.Concern)
        }
        val large = Pictures.png(Pictures.marker(2400)) + ByteArray(300_000)
        assertTrue(shield.checkImage(large.inputStream(), Direction.Incoming) is Verdict.Concern)
    }

    @Test
    fun `nothing runs while protection is off, not even the models are loaded`() = withShield({ ageBand = null }) { shield ->
        assertEquals(Protection.Off, shield.protection.value)
        assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.checkImage(marker.direct(), Direction.Incoming))
        assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.checkFile(File("/gone"), Direction.Incoming))
        assertEquals(ModelState.NotLoaded, shield.models.value)
        shield.setPolicy(Policy.forAge(AgeBand.Under13))
        assertEquals(Protection.Guided, shield.protection.value)
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
        shield.setPolicy(Policy.Off)
        assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.checkImage(marker.direct(), Direction.Incoming))
    }

    @Test
    fun `while a shield is held nothing is looked at, for the reason that is given`() = withShield { shield ->
        val reason = NotCheckedReason.FamilyUnavailable
        val file = folder.newFile().apply { writeBytes(marker) }
        val opened = shield as OpenedLaChan
        val live = shield.liveSession(Direction.Incoming)
        suspend fun verdicts() = listOf(
            shield.checkImage(marker.direct(), Direction.Incoming),
            shield.checkImage(marker.inputStream(), Direction.Incoming),
            shield.checkFile(file, Direction.Incoming),
            shield.conversation("a", PeerTrust.Unknown).check(Message.incoming("alo")).verdict,
            live.check(Frames.grey(0)),
        )
        opened.hold(reason)
        assertEquals(List(5) { notChecked(reason) }, verdicts())
        opened.hold(null)
        assertTrue(verdicts().none { it == notChecked(reason) })
        // As whoever follows a family does where it cannot be read: off, and why.
        opened.hold(reason)
        for (policy in listOf(Policy.Off, Policy.forAge(AgeBand.Under13))) {
            shield.setPolicy(policy)
            assertEquals(List(5) { notChecked(reason) }, verdicts())
        }
        opened.hold(null)
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
        opened.hold(reason)
        shield.close()
        assertEquals(List(5) { notChecked(NotCheckedReason.Closed) }, verdicts())
    }

    /** All workers are busy, so that a change of policy waits; then whoever asked for it gives up. */
    @Test
    fun `a policy whose caller gives up is in force and told of all the same`() = withShield({ maxConcurrentChecks = 1 }) { shield ->
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
        val (entered, release) = List(2) { CountDownLatch(1) }
        val busy = launch(Dispatchers.IO) {
            (shield as OpenedLaChan).onWorker {
                entered.countDown()
                release.await()
            }
        }
        entered.await()
        val change = launch(start = CoroutineStart.UNDISPATCHED) { shield.setPolicy(Policy.Off) }
        val told = shield.policy.protection
        change.cancel()
        release.countDown()
        busy.join()
        change.join()
        assertEquals("what is told is what is in force", Protection.Guided, told)
        assertEquals(Protection.Off, shield.policy.protection)
        assertEquals(Protection.Off, shield.protection.value)
        assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.checkImage(marker.direct(), Direction.Incoming))
    }

    @Test
    fun `what the policy does not cover is not looked for`() {
        val nothing = Checks(nudity = false, gore = false, knownImages = false)
        withShield({ policy = Policy(Protection.Guided, AgeBand.Under13, nothing) }) { shield ->
            assertEquals(notChecked(NotCheckedReason.NotCovered), shield.checkImage(marker.direct(), Direction.Incoming))
        }
    }

    @Test
    fun `without test mode the marker is a picture like any other`() = withShield({ testMode = false }) { shield ->
        assertEquals(Verdict.Clear, shield.checkImage(marker.direct(), Direction.Incoming))
    }

    @Test
    fun `after close every call says so`() = runBlocking {
        val shield = openForTest()
        val live = shield.liveSession(Direction.Incoming)
        val talk = shield.conversation("a", PeerTrust.Unknown)
        shield.close()
        shield.close()
        assertEquals(notChecked(NotCheckedReason.Closed), shield.checkImage(marker.direct(), Direction.Incoming))
        assertEquals(notChecked(NotCheckedReason.Closed), shield.checkImage(marker.inputStream(), Direction.Incoming))
        assertEquals(notChecked(NotCheckedReason.Closed), shield.checkFile(File("/gone"), Direction.Incoming))
        assertEquals(notChecked(NotCheckedReason.Closed), talk.check(Message.incoming("a")).verdict)
        assertEquals(notChecked(NotCheckedReason.Closed), live.check(Frames.grey(0)))
        assertEquals(false, live.wantsFrame(0))
        assertTrue(shield.installModel(builtModels) is Installation.Refused)
        shield.onTrimMemory(80)
    }

    @Test
    fun `many threads share one shield, and closing it under them harms nobody`() = runBlocking {
        val shield = openForTest { maxConcurrentChecks = 4 }
        val answers = List(64) { i ->
            async(Dispatchers.IO) {
                if (i == 40) shield.close()
                shield.checkImage((if (i % 2 == 0) marker else landscape).direct(), Direction.Incoming)
            }
        }.awaitAll()
        answers.forEachIndexed { i, verdict ->
            val expected = if (i % 2 == 0) verdict is Verdict.Concern else verdict == Verdict.Clear
            assertTrue("$i: $verdict", expected || verdict == notChecked(NotCheckedReason.Closed))
        }
    }

    @Test
    fun `reading a stream can be cancelled`() = withShield { shield ->
        val reading = CompletableDeferred<Unit>()
        val slow = Endless(reading)
        var answer: Verdict? = null
        val job = launch(Dispatchers.IO) { answer = shield.checkImage(slow, Direction.Incoming) }
        reading.await()
        withTimeout(10_000) { job.cancelAndJoin() }
        assertEquals("a check that was cancelled has no answer", null, answer)
    }

    @Test
    fun `a check that is cancelled ends, and the next one is as good as before`() = withShield { shield ->
        val started = CompletableDeferred<Unit>()
        val job = launch(Dispatchers.IO) {
            started.complete(Unit)
            while (true) shield.checkImage(landscape.direct(), Direction.Incoming)
        }
        started.await()
        withTimeout(10_000) { job.cancelAndJoin() }
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
    }
}
