package vn.lachan

import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import vn.lachan.internal.Log
import vn.lachan.internal.Native
import vn.lachan.internal.NativeLibrary
import vn.lachan.internal.Workers
import vn.lachan.internal.verdictOf

/** What goes wrong inside stays inside, and is told. */
class RobustnessTest {
    private val marker by lazy { Pictures.png(Pictures.marker()) }

    @Test
    fun `a panic is a verdict, and the log has its place but not its words`() {
        val lines = CopyOnWriteArrayList<String>()
        withShield({ logger = Logger { _, line -> lines += line } }) {
            assertEquals(notChecked(NotCheckedReason.Internal), verdictOf(Native.panic()!!))
        }
        assertTrue("$lines", lines.any { "panic" in it && "native.rs" in it })
        assertFalse("$lines", lines.any { "words that must not" in it })
    }

    /** In a process of its own, as the companion's is: no shield is opened there, and nobody takes lines. */
    @Test
    fun `a panic's words are printed by nobody, whoever loaded the library`() {
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val library = System.getProperty("lachan.library.built")
        val java = "${System.getProperty("java.home")}/bin/java"
        val process = ProcessBuilder(java, "-Dlachan.library=$library", "-cp", classes, PanicWithoutShield::class.java.name)
            .redirectErrorStream(true).start()
        val printed = process.inputStream.bufferedReader().readText()
        assertEquals(printed, 0, process.waitFor())
        assertTrue(printed, "NotChecked(reason=Internal)" in printed)
        assertFalse(printed, "words that must not" in printed)
    }

    @Test
    fun `a logger that throws breaks nothing`() = withShield({ logger = Logger { _, _ -> error("the app's own fault") } }) { shield ->
        assertEquals(notChecked(NotCheckedReason.Internal), verdictOf(Native.panic()!!))
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
    }

    @Test
    fun `the library says the version that the Kotlin was written for`() {
        withShield { assertEquals(NativeLibrary.VERSION, Native.version()) }
    }

    @Test
    fun `without models pictures are not checked, and the reason is told`() {
        withShield({ models = ModelSource.None; testMode = false }) { shield ->
            assertEquals(notChecked(NotCheckedReason.ModelUnavailable), shield.checkImage(marker.direct(), Direction.Incoming))
            assertTrue(shield.models.value is ModelState.Unavailable)
        }
    }

    @Test
    fun `models of another signer are not used`() {
        withShield({ trust = TrustedKeys(listOf("ab".repeat(32))); testMode = false }) { shield ->
            assertEquals(notChecked(NotCheckedReason.ModelUnavailable), shield.checkImage(marker.direct(), Direction.Incoming))
        }
        withShield({ trust = TrustedKeys(listOf("no key")); testMode = false }) { shield ->
            assertEquals(notChecked(NotCheckedReason.ModelUnavailable), shield.checkImage(marker.direct(), Direction.Incoming))
            assertTrue(shield.models.value is ModelState.Unavailable)
        }
    }

    @Test
    fun `when memory is short models are freed, and loaded again by the next check`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            assertEquals(ModelState.Ready, shield.models.value)
            host.trim!!(20)
            assertEquals("the screen was left, no more", ModelState.Ready, shield.models.value)
            host.trim!!(40)
            withTimeout(10_000) { shield.models.first { it == ModelState.NotLoaded } }
            assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
            withTimeout(10_000) { shield.models.first { it == ModelState.Ready } }
        }
        assertEquals("nothing is left behind", null, host.trim)
    }

    @Test
    fun `a message that is looked at loads no picture models`() = runBlocking {
        val host = PlainHost()
        openForTest(host) { warmUp = false }.use { shield ->
            val talk = shield.conversation("mother", PeerTrust.Family)
            suspend fun read() = assertEquals(Verdict.Clear, talk.check(Message.incoming("con ăn cơm chưa")).verdict)
            read()
            assertEquals(ModelState.NotLoaded, shield.models.value)
            assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
            assertEquals(ModelState.Ready, shield.models.value)
            // Nor does it bring back what was freed.
            host.trim!!(40)
            withTimeout(10_000) { shield.models.first { it == ModelState.NotLoaded } }
            read()
            assertEquals(ModelState.NotLoaded, shield.models.value)
        }
    }

    /** A phone on which the library, as it is opened, waits for the key of the list of known images. */
    private class Waiting {
        val answers = CountDownLatch(1)
        val store = TestKeyStore().also { it.holds = answers }
        val host = PlainHost(keyStore = store)

        suspend fun open(configure: Configuration.() -> Unit = {}): LaChan = openForTest(host) {
            knownListRoot = ByteArray(1)
            configure()
        }

        /** Runs [body] when the library waits, and lets it go on then. */
        fun meanwhile(body: () -> Unit) {
            try {
                assertTrue("it waits", store.asked.await(1, TimeUnit.MINUTES))
                body()
            } finally {
                answers.countDown()
            }
        }
    }

    @Test
    fun `a shield whose opening is given up leaves nothing behind`() = runBlocking {
        val phone = Waiting()
        val opening = launch(Dispatchers.IO) { phone.open() }
        phone.meanwhile { opening.cancel() }
        opening.join()
        assertEquals("it was closed", null, phone.host.trim)
    }

    @Test
    fun `a shield that is closed while the library is opened leaves none open`() = runBlocking {
        val phone = Waiting()
        val shield = phone.open { warmUp = false }
        val check = async(Dispatchers.IO) { shield.checkImage(marker.direct(), Direction.Incoming) }
        phone.meanwhile { shield.close() }
        assertEquals("nothing looks any more", notChecked(NotCheckedReason.Closed), check.await())
    }

    /** As whoever sends a file may name it: it does not get across to the library. */
    @Test
    fun `half of a character in a file's name is no crash`() = withShield({ knownListRoot = ByteArray(1) }) { shield ->
        val half = File("\uD83D.png")
        assertEquals(notChecked(NotCheckedReason.Unreadable), shield.checkFile(half, Direction.Incoming))
        val installations = listOf(
            shield.installModel(half), shield.installKnownList(half), shield.installKnownList(mapOf(half.name to ByteArray(1))),
        )
        assertTrue("$installations", installations.all { it is Installation.Refused && "half of a character" in it.why })
        assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
    }

    @Test
    fun `models in the assets are copied once, and again when they change`() = runBlocking {
        val host = PlainHost()
        for (file in builtModels.walk().filter { it.isFile }) {
            host.assets["lachan/models/" + file.relativeTo(builtModels).path] = file.readBytes()
        }
        openForTest(host) { models = ModelSource.Assets() }.use { assertEquals(ModelState.Ready, it.models.value) }
        val copied = host.privateFiles.resolve("models/owen-s/bundle.json")
        copied.setLastModified(1_000_000)
        openForTest(host) { models = ModelSource.Assets() }.use { assertEquals(ModelState.Ready, it.models.value) }
        assertEquals("copied again for nothing", 1_000_000, copied.lastModified())
        host.assets["lachan/models/owen-s/bundle.json"] = "{}".toByteArray()
        openForTest(host) { models = ModelSource.Assets() }.use { assertTrue(it.models.value is ModelState.Unavailable) }
    }

    @Test
    fun `an APK without models says so`() = runBlocking {
        openForTest(PlainHost()) { models = ModelSource.Assets() }.use { shield ->
            assertTrue(shield.models.value is ModelState.Unavailable)
        }
    }

    @Test
    fun `an update is installed once, and one that is none or came with the app is refused`() {
        val published = builtModels.resolve("owen-s")
        withShield({ models = ModelSource.Folder(PlainHost().privateFiles) }) { shield ->
            assertEquals(Installation.Installed(1), shield.installModel(published))
            assertTrue("versions only rise", shield.installModel(published) is Installation.Refused)
            assertTrue(shield.installModel(builtModels) is Installation.Refused)
            assertTrue(shield.checkImage(marker.direct(), Direction.Incoming) is Verdict.Concern)
        }
        withShield { shield ->
            assertTrue("the app came with as new a one", shield.installModel(published) is Installation.Refused)
        }
    }

    @Test
    fun `work on the main thread is loud in a debug build and goes on in a release`() = runBlocking {
        val debug = Workers(1, PlainHost(debuggable = true).apply { everyThreadIsMain = true })
        val loud = runCatching { debug.run { 1 } }
        assertTrue("$loud", loud.exceptionOrNull() is IllegalStateException)
        val release = Workers(1, PlainHost(debuggable = false).apply { everyThreadIsMain = true })
        assertEquals(1, release.run { 1 })
    }
}

/** A program that loads the library and meets a panic in it. */
internal object PanicWithoutShield {
    @JvmStatic
    fun main(arguments: Array<String>) {
        check(arguments.isEmpty() && NativeLibrary.load(Log(null)) == null)
        println(verdictOf(Native.panic()!!))
    }
}
