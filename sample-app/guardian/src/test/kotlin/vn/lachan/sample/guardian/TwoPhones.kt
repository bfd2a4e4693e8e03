package vn.lachan.sample.guardian

import android.app.Activity
import android.app.Dialog
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.net.Uri
import android.view.View
import java.io.File
import java.security.SecureRandom
import org.junit.Assert.assertTrue
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import vn.lachan.ffi.Now
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.internal.PhoneClock
import vn.lachan.guardian.internal.Surroundings
import vn.lachan.screens.settle

/** The library for this class loader: a JVM refuses one file to two of them. */
internal object TestLibrary {
    private val copy: File = File.createTempFile("liblachan", ".so").also {
        it.deleteOnExit()
        File(System.getProperty("lachan.library.built")!!).copyTo(it, overwrite = true)
    }

    fun use() {
        System.setProperty("lachan.library", copy.path)
    }
}

/** The same bytes in the same order each time, so that keys and their codes look the same. */
internal class SameEachTime : SecureRandom() {
    private var next = 0

    override fun nextBytes(bytes: ByteArray) {
        next += 1
        for (at in bytes.indices) bytes[at] = (next * 31 + at * 7).toByte()
    }
}

/** Time for both phones: 2026-01-01 12:00 in Việt Nam, and on. */
internal class TestClock : PhoneClock {
    private var wall = 1_767_243_600L
    private var uptimeMillis = 60_000L

    override fun now() = Now(wall.toULong(), uptimeMillis.toULong(), 1u)

    fun pass(days: Int) {
        wall += days * DAY
        uptimeMillis += days * DAY * 1000
    }

    private companion object {
        const val DAY = 24L * 3600
    }
}

/** Two phones on one table, with the companion on one of them. */
internal class TwoPhones : AutoCloseable {
    val clock = TestClock()
    private val random = SameEachTime()
    private val files: File = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "${numbers++}")
    val childFolder = surroundings("family")
    val guardianFolder = surroundings("companion")
    private var open: ActivityController<MainActivity>? = null

    /** What the companion's camera sees. */
    var seenByParent: () -> Packet = { throw AssertionError("nothing is held in front of the camera") }

    val parent: MainActivity get() = open!!.get()

    init {
        TestLibrary.use()
        Opening.open = { GuardianPhone.open(guardianFolder) }
        Opening.create = { GuardianPhone.create(guardianFolder) }
        Opening.recover = { _, words -> GuardianPhone.recover(guardianFolder, words) }
        Opening.scan = { _, take -> take(seenByParent()) }
    }

    private fun surroundings(name: String) = Surroundings(File(files, name), File(files, "talks"), clock, random) { ByteArray(32) { 7 } }

    /** Starts the companion and waits for its first page. */
    fun start(link: Uri? = null): TwoPhones {
        open?.pause()?.stop()?.destroy()
        open = Robolectric.buildActivity(MainActivity::class.java, Intent(Intent.ACTION_VIEW, link)).setup()
        await("the companion opened") { parent.text().isNotEmpty() }
        return this
    }

    override fun close() {
        open?.pause()?.stop()?.destroy()
    }

    private companion object {
        var numbers = 0
    }
}

/** Runs the main thread until [condition] holds. */
internal fun await(what: String, condition: () -> Boolean) {
    val end = System.nanoTime() + 30_000_000_000L
    while (!condition()) {
        assertTrue("waited in vain until $what", System.nanoTime() < end)
        settle()
        Thread.sleep(5)
    }
    settle()
}

/** Presses a button of the page that is shown. */
internal fun Activity.press(id: Int) {
    settle()
    val view = findViewById<View>(id) ?: throw AssertionError("no such button: ${resources.getResourceName(id)}")
    view.performClick()
    settle()
}

internal fun Activity.shows(id: Int): Boolean = findViewById<View>(id) != null

/** What is on the screen, with a dialog over it. */
internal fun Activity.picture(dialog: Dialog? = null): Bitmap {
    settle()
    val below = window.decorView
    val picture = Bitmap.createBitmap(below.width, below.height, Bitmap.Config.ARGB_8888)
    val canvas = Canvas(picture)
    below.draw(canvas)
    if (dialog != null) {
        canvas.drawColor(Color.argb(128, 0, 0, 0))
        dialog.window!!.decorView.draw(canvas)
    }
    return picture
}

/** The code on the screen, as the other phone's camera reads it. */
internal fun Activity.code(dialog: Dialog? = null): Packet =
    QrCode.read(picture(dialog)) ?: throw AssertionError("no code can be read from this screen")

internal fun <T> Outcome<T>.done(): T = when (this) {
    is Outcome.Done -> value
    is Outcome.Refused -> throw AssertionError("refused: $refusal, $why")
}
