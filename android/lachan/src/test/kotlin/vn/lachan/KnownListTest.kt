package vn.lachan

import java.awt.image.BufferedImage
import java.io.File
import java.io.RandomAccessFile
import java.security.ProviderException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicBoolean
import javax.imageio.ImageIO
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import vn.lachan.internal.KnownLists
import vn.lachan.internal.Native
import vn.lachan.internal.OpenedLaChan
import vn.lachan.internal.toApi
import vn.lachan.internal.toFfi

/** Known images behind the API: lists that the real `lachan list` made of harmless photographs. */
class KnownListTest {
    @get:Rule
    val folder = TemporaryFolder()

    private fun withList(host: PlainHost = PlainHost(), change: Configuration.() -> Unit = {}, test: suspend (LaChan) -> Unit) =
        runBlocking {
            openForTest(host) {
                knownListRoot = Publisher.first.root
                testMode = false
                change()
            }.use { test(it) }
        }

    private val unasked = notChecked(NotCheckedReason.KnownListUnavailable)

    private fun Verdict.known(): Finding? = (this as? Verdict.Concern)?.findings?.singleOrNull { it.kind == FindingKind.KnownImage }

    /** Mirrored, made smaller and recompressed. */
    private fun copyOf(photo: File): ByteArray {
        val source = ImageIO.read(photo)
        val copy = BufferedImage(400, 400 * source.height / source.width, BufferedImage.TYPE_INT_RGB)
        copy.createGraphics().drawImage(source, copy.width, 0, -copy.width, copy.height, null)
        return Pictures.jpeg(copy)
    }

    @Test
    fun `a mirrored, smaller and recompressed copy is known, with the words that belong to it`() = withList { shield ->
        assertEquals(KnownListState.NotInstalled, shield.knownList.value)
        val copy = copyOf(Publisher.listed)
        assertEquals("without a list", null, shield.checkImage(copy.direct(), Direction.Incoming).known())
        assertEquals(Installation.Installed(1), shield.installKnownList(Publisher.first.folder))
        assertEquals(KnownListState.Ready("demo", 1, 1, 2, stale = false), shield.knownList.value)
        for (direction in Direction.values()) {
            val verdict = shield.checkImage(copy.direct(), direction) as Verdict.Concern
            assertEquals("$direction", "same_picture:a1" to "demo 1", verdict.known()?.run { reason to source })
            assertEquals("$direction", Action.Interrupt to Reveal.Never, verdict.action to verdict.advice.reveal)
            assertTrue("$direction ${verdict.advice}", verdict.advice.warning.startsWith("known"))
        }
        assertEquals(Verdict.Clear, shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming))
    }

    @Test
    fun `the very file is known whatever it is, and one that is not on the list is not said to be safe`() = withList { shield ->
        shield.installKnownList(Publisher.first.folder)
        val video = folder.newFile("clip.mp4").apply { writeBytes(Publisher.LISTED_BYTES) }
        assertEquals("same_file:b1", shield.checkFile(video, Direction.Incoming).known()?.reason)
        video.appendText("!")
        assertEquals(notChecked(NotCheckedReason.UnsupportedFormat), shield.checkFile(video, Direction.Incoming))
        val large = folder.newFile("long.mp4").also(Publisher::writeLarge)
        assertEquals("same_file:b1", shield.checkFile(large, Direction.Forward).known()?.reason)
        large.appendText("!")
        assertEquals(notChecked(NotCheckedReason.TooLarge), shield.checkFile(large, Direction.Forward))
    }

    @Test
    fun `a list is there again after a restart, and an update brings only what is new`() {
        val host = PlainHost()
        withList(host) { assertEquals(Installation.Installed(1), it.installKnownList(Publisher.first.folder)) }
        withList(host) { shield ->
            assertTrue(shield.knownList.value is KnownListState.Ready)
            assertEquals(null, shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming).known())
            val old = Publisher.first.folder.list().orEmpty().filter { it.endsWith(".segment") }.toSet()
            val news = Publisher.second.folder.listFiles().orEmpty().filter { it.name !in old }.associate { it.name to it.readBytes() }
            assertEquals(Installation.Installed(2), shield.installKnownList(news))
            assertEquals("demo 2", shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming).known()?.source)
            val back = shield.installKnownList(Publisher.first.folder)
            assertTrue("versions only rise: $back", back is Installation.Refused)
        }
        withList(host) { assertEquals(2L, (it.knownList.value as KnownListState.Ready).version) }
    }

    @Test
    fun `an update that was changed, or is of another publisher, is refused and changes nothing`() = withList { shield ->
        shield.installKnownList(Publisher.first.folder)
        val files = Publisher.second.folder.listFiles().orEmpty().associate { it.name to it.readBytes() }
        for (name in files.keys.filterNot { it.startsWith("root") }) {
            val changed = files.mapValues { (file, bytes) ->
                if (file == name) bytes.copyOf().also { it[it.size / 2] = (it[it.size / 2] + 1).toByte() } else bytes
            }
            // What is installed already is not asked for again.
            val old = File(Publisher.first.folder, name)
            val isNew = !old.isFile || !old.readBytes().contentEquals(files.getValue(name))
            if (isNew) assertTrue(name, shield.installKnownList(changed) is Installation.Refused)
        }
        assertTrue(shield.installKnownList(emptyMap()) is Installation.Refused)
        assertTrue(shield.installKnownList(folder.newFolder()) is Installation.Refused)
        assertTrue(shield.installKnownList(Publisher.other.folder) is Installation.Refused)
        assertEquals(1L, (shield.knownList.value as KnownListState.Ready).version)
    }

    @Test
    fun `an app that trusts no root has no list, and one that pins another root takes nothing`() {
        val host = PlainHost()
        withList(host) { it.installKnownList(Publisher.first.folder) }
        withList(host, { knownListRoot = null }) { shield ->
            assertEquals(KnownListState.NotInstalled, shield.knownList.value)
            assertTrue(shield.installKnownList(Publisher.first.folder) is Installation.Refused)
            assertEquals(null, shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming).known())
        }
        withList(change = { knownListRoot = Publisher.other.root }) { shield ->
            assertTrue(shield.installKnownList(Publisher.first.folder) is Installation.Refused)
            assertEquals(KnownListState.NotInstalled, shield.knownList.value)
        }
        withList(change = { knownListRoot = "no root".toByteArray() }) { shield ->
            assertTrue(shield.installKnownList(Publisher.first.folder) is Installation.Refused)
        }
    }

    @Test
    fun `a list outlives a key store that does not answer for a while`() {
        val store = TestKeyStore()
        val host = PlainHost(keyStore = store)
        withList(host) { it.installKnownList(Publisher.first.folder) }
        store.failure = ProviderException()
        val lines = mutableListOf<String>()
        withList(host, { logger = Logger { _, line -> lines += line } }) { shield ->
            assertTrue("${shield.knownList.value}", shield.knownList.value is KnownListState.Unavailable)
            assertTrue(shield.installKnownList(Publisher.first.folder) is Installation.Refused)
            repeat(2) { assertEquals(unasked, shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming)) }
            assertEquals("nothing was opened again: $lines", 1, lines.count { "list of known images" in it })
            // Not only after the next start of the app.
            store.failure = null
            assertTrue(shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming).known() != null)
            assertEquals(1L, (shield.knownList.value as KnownListState.Ready).version)
        }
        withList(host) { assertEquals(1L, (it.knownList.value as KnownListState.Ready).version) }
    }

    @Test
    fun `a list whose key is lost, or that was damaged, says so and can be installed again`() {
        val host = PlainHost()
        withList(host) { it.installKnownList(Publisher.first.folder) }
        val damages = listOf<() -> Unit>(
            { File(host.privateFiles, "seal.key").delete() },
            { File(host.privateFiles, "known/current").writeText("{}") },
        )
        for (damage in damages) {
            damage()
            withList(host) { shield ->
                assertTrue("${shield.knownList.value}", shield.knownList.value is KnownListState.Unavailable)
                assertEquals(unasked, shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming))
                assertEquals(Installation.Installed(1), shield.installKnownList(Publisher.first.folder))
                assertTrue(shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming).known() != null)
            }
        }
    }

    @Test
    fun `what the list learnt is kept, without the picture's own hash`() {
        val host = PlainHost()
        val learnt = File(host.privateFiles, "known.learnt")
        withList(host) { shield ->
            shield.installKnownList(Publisher.first.folder)
            shield.checkImage(copyOf(Publisher.unlisted).direct(), Direction.Incoming)
            assertFalse(learnt.exists())
            shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming)
            assertTrue(learnt.length() > 64)
            assertFalse(Publisher.hash(Publisher.listed) in learnt.readText())
        }
        learnt.writeText("no such text")
        withList(host) { assertTrue(it.knownList.value is KnownListState.Ready) }
    }

    @Test
    fun `what was learnt and forgotten does not come back with the next match`() {
        val ends = listOf<suspend (LaChan, PlainHost) -> Unit>(
            { shield, _ -> assertTrue((shield as OpenedLaChan).forgetLearnt()) },
            // As another object over the same folder does it.
            { _, host -> assertTrue(KnownLists.wipe(host.known)) },
        )
        for (forget in ends) {
            val host = PlainHost()
            val learnt = File(host.privateFiles, "known.learnt")
            withList(host) { shield ->
                suspend fun meet(bytes: ByteArray) = assertTrue(shield.checkImage(bytes.direct(), Direction.Incoming).known() != null)
                shield.installKnownList(Publisher.first.folder)
                meet(Publisher.LISTED_BYTES)
                val ofNoPicture = learnt.readText()
                meet(copyOf(Publisher.listed))
                assertFalse(ofNoPicture == learnt.readText())
                forget(shield, host)
                assertFalse(learnt.exists())
                // The first match after it was forgotten by somebody else drops what is in memory; the second is kept.
                repeat(2) { meet(Publisher.LISTED_BYTES) }
                assertEquals(ofNoPicture, learnt.readText())
                assertTrue(shield.knownList.value is KnownListState.Ready)
            }
        }
    }

    @Test
    fun `a check that runs while all is forgotten brings nothing back`() {
        val host = PlainHost()
        val learnt = File(host.privateFiles, "known.learnt")
        withList(host) { shield ->
            shield.installKnownList(Publisher.first.folder)
            val (matched, goesOn) = List(2) { CountDownLatch(1) }
            coroutineScope {
                val check = async(Dispatchers.IO) {
                    (shield as OpenedLaChan).check { door, ticket ->
                        door.shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming.toFfi(), ticket.toULong()).toApi().also {
                            matched.countDown()
                            goesOn.await()
                        }
                    }
                }
                matched.await()
                assertTrue((shield as OpenedLaChan).forgetLearnt())
                goesOn.countDown()
                assertTrue(check.await().known() != null)
            }
            assertFalse(learnt.exists())
            // And one that begins afterwards is learnt again.
            shield.checkImage(copyOf(Publisher.listed).direct(), Direction.Incoming)
            assertTrue(learnt.exists())
        }
    }

    @Test
    fun `of a long file whose check is given up nobody says that it cannot be read`() = withList { shield ->
        shield.installKnownList(Publisher.first.folder)
        // Holes, which take no room and minutes to read.
        val long = File.createTempFile("long", null).apply { deleteOnExit() }
        RandomAccessFile(long, "rw").use { it.setLength(64L shl 30) }
        val verdict = (shield as OpenedLaChan).check { door, ticket ->
            val checking = AtomicBoolean(true)
            // Again and again: a check that has not begun yet cannot be given up.
            thread {
                while (checking.get()) {
                    Thread.sleep(20)
                    Native.cancel(ticket)
                }
            }
            door.shield.checkFile(long.path, Direction.Incoming.toFfi(), ticket.toULong()).toApi().also { checking.set(false) }
        }
        assertEquals(notChecked(NotCheckedReason.Cancelled), verdict)
    }

    @Test
    fun `who asks too much gets no answer, and without a list nothing is counted`() {
        suspend fun asked(shield: LaChan): Set<Verdict> =
            List(700) { shield.checkImage(Publisher.LISTED_BYTES.direct(), Direction.Incoming) }.toSet()
        withList { shield ->
            shield.installKnownList(Publisher.first.folder)
            val answers = asked(shield)
            assertEquals(2, answers.size)
            assertEquals("same_file:b1", answers.first().known()?.reason)
            assertEquals(notChecked(NotCheckedReason.RateLimited), answers.last())
        }
        withList { assertEquals(setOf<Verdict>(notChecked(NotCheckedReason.UnsupportedFormat)), asked(it)) }
        val other = Policy(Protection.Guided, AgeBand.Under13, Checks(knownImages = false))
        withList(change = { policy = other }) { shield ->
            shield.installKnownList(Publisher.first.folder)
            assertEquals(setOf<Verdict>(notChecked(NotCheckedReason.UnsupportedFormat)), asked(shield))
        }
    }

    @Test
    fun `an update that is past its expiry is refused`() = withList { shield ->
        assertTrue(shield.installKnownList(Publisher.expired.folder) is Installation.Refused)
        assertEquals(KnownListState.NotInstalled, shield.knownList.value)
    }
}
