package vn.lachan

import android.app.Application
import android.graphics.Bitmap
import android.net.Uri
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.PrintStream
import java.lang.reflect.InvocationHandler
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.lang.reflect.Proxy
import java.nio.ByteBuffer
import java.nio.file.Files
import java.security.SecureRandom
import java.util.Base64
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.function.Consumer
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowLog
import vn.lachan.internal.AndroidHost
import vn.lachan.internal.Host
import vn.lachan.internal.KeyBox
import vn.lachan.internal.KeyWrapper
import vn.lachan.internal.Log
import vn.lachan.internal.SealedMemory

/** Content that can be told from everything that the SDK says by itself, and the search for it. */
internal object Mark {
    const val TEXT = "Chim Yến Xanh chimyenxanh"

    /** As a message has it, and as the normaliser would. */
    private val WORDS = listOf("chimyenxanh", "Chim Yến Xanh", "chim yen xanh")

    /** A character a byte, so that the search is the library's. */
    private val writings: List<String> = WORDS.flatMap(::writings).map { String(it, Charsets.ISO_8859_1) }

    /** However it may be written down: as it is, in two bytes a character, and as the digits of its bytes. */
    private fun writings(word: String): List<ByteArray> {
        val bytes = word.toByteArray()
        val hex = bytes.joinToString("") { "%02x".format(it) }
        val digits = listOf(hex, hex.uppercase(), bytes.joinToString(", ")) + (0..2).map { base64Inside(bytes, it) }
        return listOf(bytes, word.toByteArray(Charsets.UTF_16LE), word.toByteArray(Charsets.UTF_16BE)) + digits.map { it.toByteArray() }
    }

    /** The digits of base 64 that stand for [bytes] alone where so many other bytes stand [before] them. */
    private fun base64Inside(bytes: ByteArray, before: Int): String {
        val whole = Base64.getEncoder().withoutPadding().encodeToString(ByteArray(before) + bytes)
        return whole.substring((before * 8 + 5) / 6, (before + bytes.size) * 8 / 6)
    }

    fun isIn(bytes: ByteArray): Boolean {
        val all = String(bytes, Charsets.ISO_8859_1)
        return writings.any { it in all }
    }

    fun isIn(text: String): Boolean = isIn(text.toByteArray())

    /** So many bytes of nothing else. */
    fun bytes(count: Int): ByteArray = TEXT.toByteArray().let { word -> ByteArray(count) { word[it % word.size] } }
}

/** An app on a phone whose key store works. */
private class PhoneHost(app: Application) : Host by AndroidHost(app) {
    private val store = TestKeyStore()

    override fun keyWrapper(): KeyWrapper = store
}

/**
 * Marked words and pixels go through every public call of the API, by success and by failure, and are looked for in all
 * that comes out: answers, exceptions, log lines, what is printed, and every file of the app.
 *
 * A call that is added to the API and not made here fails the test.
 */
@RunWith(RobolectricTestRunner::class)
class CanaryTest {
    /** The app's own files, outside of its private folders. */
    @get:Rule
    val inputs = TemporaryFolder()

    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val heard = CopyOnWriteArrayList<String>()
    private val visited: MutableSet<String> = ConcurrentHashMap.newKeySet()
    private var named = 0

    private val landscape = Pictures.jpeg(Pictures.landscape())
    private val marker = Pictures.png(Pictures.marker())
    private val mark = Mark.TEXT.toByteArray()
    private val pixels = Mark.bytes(SIDE * SIDE * 4)
    private val tooLarge: ByteBuffer by lazy { Mark.bytes(TOO_LARGE).direct() }

    /** Pictures and what is none, each with the mark in it: found, clear, known, cut short, no picture, nothing. */
    private val contents: List<ByteArray>
        get() = listOf(
            marker + mark, landscape + mark, Publisher.listed.readBytes() + mark,
            landscape.copyOf(landscape.size / 3) + mark, mark, pixels, ByteArray(0),
        )

    // What is called, and what is heard.

    private fun signature(type: Class<*>, method: Method): String =
        "${type.simpleName}.${method.name}(${method.parameterTypes.joinToString { it.simpleName }})"

    private fun publicCalls(type: Class<*>): Set<String> = type.methods
        .filter { it.declaringClass != Any::class.java && !it.isSynthetic }
        .filter { Modifier.isStatic(it.modifiers) == (type == LaChanAsync::class.java) }
        .mapTo(sortedSetOf()) { signature(type, it) }

    /** The same object, with its calls noted. What it opens is noted as well. */
    private fun <T : Any> watched(type: Class<T>, target: T): T {
        val handler = InvocationHandler { _, method, arguments ->
            if (method.declaringClass != Any::class.java) visited += signature(type, method)
            try {
                when (val answer = method.invoke(target, *(arguments ?: emptyArray<Any>()))) {
                    is Conversation -> watched(Conversation::class.java, answer)
                    is LiveSession -> watched(LiveSession::class.java, answer)
                    else -> answer
                }
            } catch (thrown: InvocationTargetException) {
                throw thrown.targetException
            }
        }
        return type.cast(Proxy.newProxyInstance(type.classLoader, arrayOf<Class<*>>(type), handler))!!
    }

    private suspend fun hear(call: suspend () -> Any?) {
        heard += try {
            "${call()}"
        } catch (thrown: Exception) {
            thrown.stackTraceToString()
        }
    }

    /** A call of [LaChanAsync], as Java makes it. */
    private suspend fun fromJava(name: String, vararg arguments: Any): Any? {
        val method = LaChanAsync::class.java.methods.single { method ->
            val types = method.parameterTypes
            method.name == name && types.size == arguments.size && types.indices.all { types[it].isInstance(arguments[it]) }
        }
        visited += signature(LaChanAsync::class.java, method)
        var answer: Any? = null
        hear {
            val future = method.invoke(null, *arguments) as CompletableFuture<*>
            withContext(Dispatchers.IO) { future.get() }.also { answer = it }
        }
        return answer
    }

    private fun uri(open: () -> InputStream): Uri = Uri.parse("content://vn.lachan.test/${Mark.TEXT}/${named++}")
        .also { uri -> shadowOf(app.contentResolver).registerInputStreamSupplier(uri) { open() } }

    private fun file(bytes: ByteArray): File = File(inputs.root, "${Mark.TEXT} ${named++}").apply { writeBytes(bytes) }

    // Streams that break off and say the content as they do.

    private fun torn(fault: Exception): InputStream = object : InputStream() {
        override fun read(): Int = throw fault
    }

    private val faults: List<Exception>
        get() = listOf(IOException(Mark.TEXT), IllegalStateException(Mark.TEXT), SecurityException(Mark.TEXT))

    private fun unwilling(): InputStream = object : ByteArrayInputStream(pixels) {
        override fun available(): Int = throw IllegalStateException(Mark.TEXT)
    }

    private fun endless(): InputStream = object : InputStream() {
        override fun read(): Int = pixels[0].toInt()

        override fun read(bytes: ByteArray, offset: Int, length: Int): Int =
            minOf(length, pixels.size).also { pixels.copyInto(bytes, offset, 0, it) }
    }

    // Every door, whatever state the shield is in.

    private suspend fun pictures(shield: LaChan) {
        for ((i, bytes) in contents.withIndex()) {
            val direction = Direction.values()[i % Direction.values().size]
            hear { shield.checkImage(bytes.direct(), direction) }
            hear { shield.checkImage(ByteBuffer.wrap(bytes), direction) }
            hear { shield.checkImage(bytes.inputStream(), direction) }
            hear { shield.checkImage(uri { bytes.inputStream() }, direction) }
            hear { shield.checkFile(file(bytes), direction) }
            fromJava("checkImage", shield, bytes.direct(), direction)
            fromJava("checkImage", shield, uri { bytes.inputStream() }, direction)
            fromJava("checkFile", shield, file(bytes), direction)
        }
        val incoming = Direction.Incoming
        for (fault in faults) {
            hear { shield.checkImage(torn(fault), incoming) }
            hear { shield.checkImage(uri { torn(fault) }, incoming) }
            hear { shield.checkImage(uri { throw fault }, incoming) }
            fromJava("checkImage", shield, uri { throw fault }, incoming)
        }
        hear { shield.checkImage(unwilling(), incoming) }
        hear { shield.checkImage(endless(), incoming) }
        hear { shield.checkImage(tooLarge, incoming) }
        hear { shield.checkImage(Uri.fromFile(File(inputs.root, "${Mark.TEXT} is gone")), incoming) }
        hear { shield.checkFile(File(inputs.root, "${Mark.TEXT} is gone"), incoming) }
        hear { shield.checkFile(inputs.root, incoming) }
        for (format in PixelFormat.values()) {
            hear { shield.checkPixels(Pixels(pixels.direct(), SIDE, SIDE, SIDE * 4, format, 90), incoming) }
            hear { shield.checkPixels(Pixels(pixels.direct(), SIDE, SIDE, 3, format), incoming) }
            hear { shield.checkPixels(Pixels(pixels.direct(), 0, SIDE, SIDE * 4, format, 17), incoming) }
            hear { shield.checkPixels(Pixels(ByteBuffer.wrap(pixels), SIDE, SIDE, SIDE * 4, format), incoming) }
        }
        val colours = IntArray(SIDE * SIDE) { ByteBuffer.wrap(pixels).getInt(it * 4) }
        for (config in listOf(Bitmap.Config.ARGB_8888, Bitmap.Config.RGB_565)) {
            val bitmap = Bitmap.createBitmap(colours, SIDE, SIDE, config)
            hear { shield.checkImage(bitmap, incoming) }
            fromJava("checkImage", shield, bitmap, incoming)
            bitmap.recycle()
            hear { shield.checkImage(bitmap, incoming) }
            fromJava("checkImage", shield, bitmap, incoming)
        }
    }

    /** A stranger who turns to threats, each said as it is and with the mark; nothing in it is explicit. */
    private val messages = listOf(
        "chào em, em học lớp mấy rồi",
        "chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha",
        "gửi anh tấm hình như hôm qua mình nói đi, anh tặng thẻ nạp cho",
        "không gửi thì anh đăng hết lên cho cả trường biết, chuyển tiền cho anh trong tối nay",
    ).flatMap { listOf(it, "${Mark.TEXT} $it ${Mark.TEXT}") }

    /** Leaves a talk with the marked peer in memory, and on disk where the policy has it followed. */
    private suspend fun talkTo(shield: LaChan): Conversation {
        val talk = shield.conversation(Mark.TEXT, PeerTrust.Unknown)
        assertEquals("the app's own name for the peer is the app's", Mark.TEXT, talk.peerId)
        for ((i, text) in messages.withIndex()) {
            hear { talk.check(Message.incoming(text, START + i * MINUTE)) }
            fromJava("checkMessage", talk, Message.outgoing("${Mark.TEXT} số của em là 0912345678", START + i * MINUTE))
            hear { talk.checkDraft("${Mark.TEXT} số của em là 0912345678") }
            fromJava("checkDraft", talk, "${Mark.TEXT} số của em là 0912345678")
            hear { talk.stage.value }
            hear { talk.withdraw() }
            fromJava("withdraw", talk)
        }
        for (text in listOf("", "\uD800", Mark.TEXT.repeat(20_000))) {
            hear { talk.check(Message.incoming(text)) }
            hear { talk.check(Message.outgoing(text, Long.MIN_VALUE)) }
        }
        hear { Message.incoming(Mark.TEXT) }
        hear { shield.conversation(Mark.TEXT, PeerTrust.Family).check(Message.outgoing(Mark.TEXT, Long.MAX_VALUE)) }
        return talk
    }

    private suspend fun frames(shield: LaChan) {
        fun plane(bytes: ByteBuffer, row: Int, step: Int) = LiveFrame.Plane(bytes, row, step)
        fun marked(millis: Long) = LiveFrame(
            plane(pixels.direct(), SIDE, 1), plane(pixels.direct(), SIDE, 2), plane(pixels.direct(), SIDE, 2),
            SIDE, SIDE, 90, millis,
        )
        fun unfit(millis: Long) = LiveFrame(
            plane(ByteBuffer.wrap(pixels), SIDE, 1), plane(pixels.direct(), 0, 0), plane(mark.direct(), 1, 1),
            SIDE, SIDE, 17, millis,
        )
        for (direction in Direction.values()) {
            val live = shield.liveSession(direction)
            var millis = 0L
            for (frame in listOf<(Long) -> LiveFrame>(::marked, Frames::marker, ::unfit)) {
                repeat(FRAMES) {
                    millis += 2 * A_FRAME
                    hear { live.wantsFrame(millis) }
                    hear { live.check(frame(millis)) }
                    fromJava("checkFrame", live, frame(millis + A_FRAME))
                }
            }
            live.close()
            hear { live.wantsFrame(0) }
            hear { live.check(marked(0)) }
            fromJava("checkFrame", live, marked(0))
        }
    }

    private suspend fun installations(shield: LaChan) {
        val folder = File(inputs.root, "${Mark.TEXT} ${named++}").apply { mkdirs() }
        val names = listOf("bundle.json", "timestamp.json", "root.2.json", Mark.TEXT)
        for (name in names) File(folder, name).writeText(Mark.TEXT)
        hear { shield.installModel(folder) }
        hear { shield.installModel(File(folder, "gone")) }
        hear { shield.installKnownList(folder) }
        hear { shield.installKnownList(File(folder, "gone")) }
        hear { shield.installKnownList(names.associateWith { mark }) }
        // A publisher's own files, with the mark in one of them.
        for (name in Publisher.first.folder.list().orEmpty()) {
            val files = Publisher.first.folder.listFiles().orEmpty().associate { it.name to it.readBytes() }
            hear { shield.installKnownList(files + (name to files.getValue(name) + mark)) }
        }
        hear { shield.installModel(builtModels.resolve("open-nsfw")) }
        hear { shield.installKnownList(Publisher.first.folder) }
    }

    private suspend fun states(shield: LaChan) {
        hear { listOf(shield.policy, shield.protection.value, shield.models.value, shield.knownList.value) }
    }

    private suspend fun everything(shield: LaChan) {
        installations(shield)
        pictures(shield)
        frames(shield)
        talkTo(shield)
        states(shield)
    }

    // What must not have come out.

    private val privateFolders: List<File> get() = listOf(app.dataDir, app.noBackupFilesDir, app.cacheDir)

    private fun filesWithMark(folders: List<File>): List<File> =
        folders.flatMap { it.walk() }
            .filterNot { it.startsWith(inputs.root) }
            .filter { Mark.isIn(it.name) || it.isFile && Mark.isIn(it.readBytes()) }

    /** What is remembered of the marked peer, opened: in what is sealed no search finds anything. */
    private fun remembered(host: Host): ByteArray = memory(host).load(Mark.TEXT)!!

    private fun memory(host: Host) = SealedMemory(
        host.talks, KeyBox(SealedMemory.keyFolder(host.talks), host.keyWrapper(), SecureRandom(), Log(null)), SecureRandom(),
    )

    private fun search(printed: String) {
        for (said in heard) assertFalse("said: $said", Mark.isIn(said))
        assertFalse("printed: $printed", Mark.isIn(printed))
        assertEquals("kept", emptyList<File>(), filesWithMark(privateFolders))
    }

    private fun mustHaveSaid(vararg words: String) {
        for (word in words) assertTrue("nothing said $word", heard.any { word in it })
    }

    private suspend fun open(host: Host, configure: Configuration.() -> Unit = {}): LaChan {
        val shield = openForTest(host) {
            logger = Logger { level, line -> heard += "$level $line" }
            knownListRoot = Publisher.first.root
            models = ModelSource.Folder(withoutSecond)
            configure()
        }
        return watched(LaChan::class.java, shield)
    }

    /** What came with the app, but for the second model, which can be installed then. */
    private val withoutSecond by lazy {
        Files.createTempDirectory("models").toFile().also { came ->
            for (name in listOf("owen-s", "text")) builtModels.resolve(name).copyRecursively(came.resolve(name))
        }
    }

    private suspend fun untilThereAreFiles(folder: File) = withTimeout(20_000) {
        while (folder.listFiles().orEmpty().none { it.isFile && !it.name.endsWith(".new") }) delay(20)
    }

    /** What is printed meanwhile, and what ends a thread. */
    private fun listening(body: suspend () -> Unit): String {
        val printed = ByteArrayOutputStream()
        val (out, err, log) = Triple(System.out, System.err, ShadowLog.stream)
        val handler = Thread.getDefaultUncaughtExceptionHandler()
        PrintStream(printed, true).let { to ->
            System.setOut(to)
            System.setErr(to)
            ShadowLog.stream = to
        }
        Thread.setDefaultUncaughtExceptionHandler { _, thrown -> heard += thrown.stackTraceToString() }
        try {
            runBlocking { body() }
        } finally {
            System.setOut(out)
            System.setErr(err)
            ShadowLog.stream = log
            Thread.setDefaultUncaughtExceptionHandler(handler)
        }
        return printed.toString()
    }

    @Test
    fun `the search finds the mark however it is written down`() {
        val word = "chimyenxanh".toByteArray()
        assertTrue(Mark.isIn(Mark.TEXT) && Mark.isIn(Mark.bytes(100)) && Mark.isIn(Mark.TEXT.toByteArray(Charsets.UTF_16LE)))
        assertTrue(Mark.isIn("x6368696d79656e78616e68") && Mark.isIn("6368696D79656E78616E68") && Mark.isIn(word.contentToString()))
        for (before in 0..4) {
            val written = Base64.getEncoder().encodeToString(ByteArray(before) { 7 } + word + ByteArray(5) { 9 })
            assertTrue(written, Mark.isIn(written))
        }
        assertFalse(Mark.isIn("chim yen") || Mark.isIn("6368696d79656e") || Mark.isIn("Y2hpbXll"))
        File(app.filesDir, "a").writeText("x${Mark.TEXT}y")
        assertEquals(listOf("a"), filesWithMark(listOf(app.filesDir)).map { it.name })
        File(app.filesDir, "a").delete()
        File(app.filesDir, Mark.TEXT).mkdirs()
        assertEquals(1, filesWithMark(listOf(app.filesDir)).size)
        // In what is remembered it is found by its opening alone.
        val host = PhoneHost(app)
        memory(host).run { assertTrue(keep(Mark.TEXT, mark, era(Mark.TEXT)) && write(Mark.TEXT)) }
        assertEquals(emptyList<File>(), filesWithMark(listOf(host.talks)))
        assertTrue(Mark.isIn(remembered(host)))
        assertTrue(SealedMemory.wipe(host.talks))
        heard += "Refused(why=${Mark.TEXT})"
        assertTrue(runCatching { search("") }.isFailure)
    }

    @Test
    fun `nothing of marked content comes out of any public call`() {
        val host = PhoneHost(app)
        val printed = listening {
            val shield = open(host)
            everything(shield)
            untilThereAreFiles(host.talks)
            for (stored in listOf("known", "known.learnt", "updates", "talks")) {
                assertTrue(stored, File(host.privateFiles, stored).walk().any { it.isFile })
            }
            search("")
            assertTrue("something is remembered", remembered(host).isNotEmpty())
            assertFalse("remembered", Mark.isIn(remembered(host)))
            shield.onTrimMemory(TRIM_MEMORY_COMPLETE)
            val talk = talkTo(shield)
            fromJava("forget", talk)
            hear { talk.forget() }
            hear { talk.stage.value }
            talk.close()
            hear { talk.check(Message.incoming(Mark.TEXT)) }
            fromJava("checkMessage", talk, Message.outgoing(Mark.TEXT))
            mustHaveSaid(
                "Concern(", "Clear", "Installed(", "Refused(", "kind=KnownImage", "kind=Nudity", "kind=Grooming",
                "kind=PersonalInfo", "reason=Empty", "reason=UnsupportedFormat", "reason=Damaged", "reason=TooLarge",
                "reason=BadPixels", "reason=TooFewFrames", "reason=live_frames", "reason=Unreadable", "reason=Closed",
            )
            // The same doors where nothing is covered, where protection is off, and after the end.
            val nothing = Checks(nudity = false, gore = false, grooming = false, knownImages = false, personalInfo = false)
            hear { shield.setPolicy(Policy(Protection.Guided, AgeBand.Under13, nothing)) }
            everything(shield)
            fromJava("setPolicy", shield, Policy.Off)
            everything(shield)
            mustHaveSaid("reason=NotCovered", "reason=PolicyOff")
            hear { shield.setPolicy(Policy.forAge(AgeBand.Under13)) }
            talkTo(shield)
            shield.close()
            everything(shield)
            // An app that trusts what is no root, has no models, and no key that is one.
            val lost = open(host) {
                knownListRoot = mark
                models = ModelSource.Folder(File(inputs.root, Mark.TEXT))
            }
            everything(lost)
            lost.close()
            val unsigned = open(host) { trust = TrustedKeys(listOf(Mark.TEXT)) }
            everything(unsigned)
            unsigned.close()
            mustHaveSaid("reason=ModelUnavailable", "Unavailable(", "Warning ")
            // As Java opens it, and with the phone's own key store.
            TestLibrary.use()
            val opened = fromJava("open", app, Consumer<Configuration> {
                it.ageBand = AgeBand.From13To15
                it.models = ModelSource.Folder(builtModels)
                it.logger = Logger { level, line -> heard += "$level $line" }
            })
            (opened as LaChan).use { everything(watched(LaChan::class.java, it)) }
        }
        untilWritten()
        search(printed)
        for (type in listOf(LaChan::class.java, Conversation::class.java, LiveSession::class.java, LaChanAsync::class.java)) {
            val made = visited.filterTo(sortedSetOf()) { it.startsWith("${type.simpleName}.") }
            assertEquals("make the new call in this test, too", publicCalls(type), made)
        }
    }

    /** What is on its way to the disk is searched as well. */
    private fun untilWritten() = Thread.sleep(SAVING_MILLIS)

    private companion object {
        const val SIDE = 96
        const val TOO_LARGE = (64 shl 20) + 1
        const val START = 1_700_000_000_000L
        const val MINUTE = 60_000L
        const val FRAMES = 4
        const val A_FRAME = 500L
        const val TRIM_MEMORY_COMPLETE = 80

        /** Longer than a state waits before it is written. */
        const val SAVING_MILLIS = 2_500L
    }
}
