package vn.lachan

import android.app.Application
import android.content.pm.ProviderInfo
import android.graphics.Bitmap
import android.graphics.Color
import android.net.Uri
import android.os.Bundle
import java.io.ByteArrayInputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.lachan.internal.AndroidHost

/** Android's own types: bitmaps, content, assets, memory. The core below is the real one. */
@RunWith(RobolectricTestRunner::class)
class BitmapTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()

    private fun withAndroid(test: suspend (LaChan) -> Unit) = runBlocking {
        openForTest(AndroidHost(app)).use { test(it) }
    }

    private fun markerBitmap(config: Bitmap.Config = Bitmap.Config.ARGB_8888, side: Int = 240): Bitmap {
        val rgba = Pictures.markerPixels(side)
        val colours = IntArray(side * side) { if (rgba[it * 4].toInt() == 0) Color.BLACK else Color.WHITE }
        return Bitmap.createBitmap(colours, side, side, config)
    }

    @Test
    fun `the marker in a bitmap is a concern, a landscape is clear`() = withAndroid { shield ->
        assertTrue(shield.checkImage(markerBitmap(), Direction.Incoming) is Verdict.Concern)
        val picture = Pictures.landscape()
        val colours = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
        val landscape = Bitmap.createBitmap(colours, picture.width, picture.height, Bitmap.Config.ARGB_8888)
        assertEquals(Verdict.Clear, shield.checkImage(landscape, Direction.Incoming))
    }

    @Test
    fun `other configurations are converted`() = withAndroid { shield ->
        for (config in listOf(Bitmap.Config.RGB_565, Bitmap.Config.RGBA_F16)) {
            assertTrue("$config", shield.checkImage(markerBitmap(config), Direction.Incoming) is Verdict.Concern)
        }
    }

    @Test
    fun `a hardware bitmap is fetched, or said not to be checked`() = withAndroid { shield ->
        val hardware = markerBitmap().copy(Bitmap.Config.HARDWARE, false) ?: return@withAndroid
        val verdict = shield.checkImage(hardware, Direction.Incoming)
        assertTrue("$verdict", verdict is Verdict.Concern || verdict == notChecked(NotCheckedReason.BadPixels))
        assertFalse("the caller's bitmap is the caller's", hardware.isRecycled)
    }

    @Test
    fun `a recycled bitmap is bad pixels`() = withAndroid { shield ->
        val bitmap = markerBitmap().apply { recycle() }
        assertEquals(notChecked(NotCheckedReason.BadPixels), shield.checkImage(bitmap, Direction.Incoming))
    }

    @Test
    fun `content behind a uri is checked, revoked or vanished content is unreadable`() = withAndroid { shield ->
        val resolver = shadowOf(app.contentResolver)
        val marker = Pictures.png(Pictures.marker())
        fun uri(path: String, open: () -> InputStream) = Uri.parse("content://vn.lachan.test/$path")
            .also { resolver.registerInputStreamSupplier(it) { open() } }
        assertTrue(shield.checkImage(uri("marker") { marker.inputStream() }, Direction.Incoming) is Verdict.Concern)
        val faults = listOf(
            SecurityException("permission was revoked"), IllegalStateException("a provider's own fault"),
            UnsupportedOperationException(), NullPointerException(),
        )
        for ((i, fault) in faults.withIndex()) {
            val verdict = shield.checkImage(uri("$i") { throw fault }, Direction.Incoming)
            assertEquals("$fault", notChecked(NotCheckedReason.Unreadable), verdict)
        }
        val cut = uri("cut") { object : InputStream() { override fun read(): Int = throw IOException() } }
        assertEquals(notChecked(NotCheckedReason.Unreadable), shield.checkImage(cut, Direction.Incoming))
        val gone = Uri.fromFile(File(app.cacheDir, "gone.png"))
        assertEquals(notChecked(NotCheckedReason.Unreadable), shield.checkImage(gone, Direction.Incoming))
        val there = File(app.cacheDir, "there.png").apply { writeBytes(marker) }
        assertTrue(shield.checkImage(Uri.fromFile(there), Direction.Incoming) is Verdict.Concern)
    }

    @Test
    fun `what a provider opened is closed beside the caller, and where reading is given up, too`() = withAndroid { shield ->
        val closers = CopyOnWriteArrayList<Thread>()
        class Closing(bytes: ByteArray, val fault: Exception?) : ByteArrayInputStream(bytes) {
            override fun close() {
                closers += Thread.currentThread()
                fault?.let { throw it }
            }
        }
        val marker = Pictures.png(Pictures.marker())
        fun uri(open: () -> InputStream) = Uri.parse("content://vn.lachan.test/closing")
            .also { shadowOf(app.contentResolver).registerInputStreamSupplier(it) { open() } }
        for (fault in listOf(null, IOException(), SecurityException(), IllegalStateException())) {
            closers.clear()
            val verdict = shield.checkImage(uri { Closing(marker, fault) }, Direction.Incoming)
            assertTrue("$fault: $verdict", verdict is Verdict.Concern)
            assertFalse("$fault", Thread.currentThread() === closers.single())
        }
        closers.clear()
        val reading = CompletableDeferred<Unit>()
        val slow = object : Endless(reading) {
            override fun close() {
                closers += Thread.currentThread()
            }
        }
        coroutineScope {
            val check = launch(Dispatchers.IO) { shield.checkImage(uri { slow }, Direction.Incoming) }
            reading.await()
            check.cancelAndJoin()
        }
        assertEquals(1, closers.size)
    }

    @Test
    fun `an app's own mistake in Java ends no later call`() {
        val failed = LaChanAsync.open(app) { error("the app's own fault") }
        assertThrows(ExecutionException::class.java) { failed.get(10, TimeUnit.SECONDS) }
        LaChanAsync.open(app) { it.policy = Policy.Off }.get(10, TimeUnit.SECONDS).close()
    }

    /** Whatever stands there: a manifest does not know what was agreed. */
    @Test
    fun `a shield that the manifest opens does nothing until the app says what was agreed`() = runBlocking {
        TestLibrary.use()
        val declared = ProviderInfo().apply {
            packageName = app.packageName
            name = LaChanStartup::class.java.name
            authority = "${app.packageName}.lachan"
            metaData = Bundle().apply { putString("vn.lachan.AGE_BAND", "Under13") }
        }
        shadowOf(app.packageManager).addOrUpdateProvider(declared)
        Robolectric.buildContentProvider(LaChanStartup::class.java).create(declared)
        LaChanStartup.shield()!!.await().use { shield ->
            assertEquals(Protection.Off, shield.protection.value)
            assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.checkImage(markerBitmap(), Direction.Incoming))
            assertEquals(ModelState.NotLoaded, shield.models.value)
        }
    }

    @Test
    fun `the app's low memory reaches the models`() = withAndroid { shield ->
        assertEquals(ModelState.Ready, shield.models.value)
        app.onTrimMemory(40)
        val deadline = System.nanoTime() + 10_000_000_000
        while (shield.models.value != ModelState.NotLoaded && System.nanoTime() < deadline) Thread.sleep(10)
        assertEquals(ModelState.NotLoaded, shield.models.value)
    }

    @Test
    fun `private files are kept out of backups`() {
        assertTrue(AndroidHost(app).privateFiles.path.startsWith(app.noBackupFilesDir.path))
    }
}
