package vn.lachan

import android.net.Uri
import java.awt.Color
import java.awt.GradientPaint
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileNotFoundException
import java.io.InputStream
import java.nio.ByteBuffer
import java.nio.file.Files
import java.util.concurrent.CountDownLatch
import javax.imageio.ImageIO
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import vn.lachan.ffi.drawMarker
import vn.lachan.internal.Host
import vn.lachan.internal.KeyWrapper
import vn.lachan.internal.Log
import vn.lachan.internal.NativeLibrary

/** A phone without Android: what the SDK asks of one. */
internal class PlainHost(override val debuggable: Boolean = true, private val keyStore: KeyWrapper? = null) : Host {
    override val privateFiles: File = Files.createTempDirectory("lachan").toFile().also { it.deleteOnExit() }

    /** Assets by path. */
    val assets = sortedMapOf<String, ByteArray>()

    @Volatile
    var trim: ((Int) -> Unit)? = null

    var everyThreadIsMain = false

    /** Workers wait for it before they begin. */
    @Volatile
    var holdsWorkers: CountDownLatch? = null

    override fun isMainThread(): Boolean {
        holdsWorkers?.await()
        return everyThreadIsMain
    }

    override fun assets(folder: String): List<String> =
        assets.keys.filter { it.startsWith("$folder/") }.map { it.removePrefix("$folder/").substringBefore('/') }.distinct()

    override fun openAsset(path: String): InputStream = assets[path]?.inputStream() ?: throw FileNotFoundException()

    override fun open(uri: Uri): InputStream? = null

    override fun keyWrapper(): KeyWrapper? = keyStore

    override fun onTrimMemory(trim: (Int) -> Unit): () -> Unit {
        this.trim = trim
        return { this.trim = null }
    }
}

/** A key store that fails for as long as it has a [failure], and answers when it is no longer held. */
internal class TestKeyStore : KeyWrapper {
    @Volatile
    var failure: Exception? = null

    @Volatile
    var holds: CountDownLatch? = null

    /** Open when somebody has come to wait for it. */
    val asked = CountDownLatch(1)

    override fun wrap(key: ByteArray): ByteArray = turned(key, 1)

    override fun unwrap(wrapped: ByteArray): ByteArray = turned(wrapped, -1)

    private fun turned(bytes: ByteArray, by: Int): ByteArray {
        holds?.let {
            asked.countDown()
            it.await()
        }
        failure?.let { throw it }
        return ByteArray(bytes.size) { (bytes[it] + by).toByte() }
    }
}

/**
 * The library for this class loader: a JVM refuses one file to two of them, and Robolectric's tests have one of their own.
 */
internal object TestLibrary {
    private val copy: File = File.createTempFile("liblachan", ".so").also {
        it.deleteOnExit()
        File(System.getProperty("lachan.library.built")!!).copyTo(it, overwrite = true)
    }

    fun use() {
        System.setProperty("lachan.library", copy.path)
    }
}

/** The bundles that `make models` built. */
internal val builtModels = File(System.getProperty("lachan.models")!!)

/** Opens the SDK with the real core and the real models. */
internal suspend fun openForTest(host: Host = PlainHost(), configure: Configuration.() -> Unit = {}): LaChan {
    TestLibrary.use()
    val configuration = Configuration().apply {
        ageBand = AgeBand.Under13
        models = ModelSource.Folder(builtModels)
        testMode = true
        configure()
    }
    return LaChan.open(configuration, host)
}

internal fun <T> withShield(configure: Configuration.() -> Unit = {}, test: suspend CoroutineScope.(LaChan) -> T): T = runBlocking {
    openForTest(configure = configure).use { test(it) }
}

internal object Pictures {
    /** A harmless picture: a sky and a field. */
    fun landscape(width: Int = 640, height: Int = 480): BufferedImage {
        val image = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
        val graphics = image.createGraphics()
        graphics.paint = GradientPaint(0f, 0f, Color(0x6AA8E8), 0f, height * 0.6f, Color(0xE8F2FA))
        graphics.fillRect(0, 0, width, height)
        graphics.paint = GradientPaint(0f, height * 0.6f, Color(0x3C7A34), 0f, height.toFloat(), Color(0x24501F))
        graphics.fillRect(0, height * 6 / 10, width, height)
        graphics.paint = Color(0x5A4632)
        graphics.fillRect(width / 3, height * 4 / 10, width / 40, height / 4)
        graphics.paint = Color(0x2E6B2A)
        graphics.fillOval(width / 3 - width / 12, height / 6, width / 6, height / 3)
        graphics.dispose()
        return image
    }

    /** The test marker as RGBA pixels. */
    fun markerPixels(side: Int = 240, kind: vn.lachan.ffi.FindingKind = vn.lachan.ffi.FindingKind.NUDITY): ByteArray {
        TestLibrary.use()
        check(NativeLibrary.load(Log(null)) == null)
        return drawMarker(kind, side.toUInt())!!
    }

    fun marker(side: Int = 240, kind: vn.lachan.ffi.FindingKind = vn.lachan.ffi.FindingKind.NUDITY): BufferedImage {
        val pixels = markerPixels(side, kind)
        val image = BufferedImage(side, side, BufferedImage.TYPE_INT_RGB)
        for (i in 0 until side * side) {
            image.setRGB(i % side, i / side, if (pixels[i * 4].toInt() == 0) 0 else 0xFFFFFF)
        }
        return image
    }

    fun png(image: BufferedImage): ByteArray = encoded(image, "png")

    fun jpeg(image: BufferedImage): ByteArray = encoded(image, "jpeg")

    private fun encoded(image: BufferedImage, format: String): ByteArray =
        ByteArrayOutputStream().also { check(ImageIO.write(image, format, it)) }.toByteArray()
}

internal fun ByteArray.direct(): ByteBuffer = ByteBuffer.allocateDirect(size).also {
    it.put(this)
    it.flip()
}

internal fun notChecked(reason: NotCheckedReason) = Verdict.NotChecked(reason)

/** Gives a byte at a time for ever, and says when it is first asked. */
internal open class Endless(private val reading: CompletableDeferred<Unit>) : InputStream() {
    override fun read(): Int = 0

    override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
        reading.complete(Unit)
        Thread.sleep(5)
        return 1
    }
}
