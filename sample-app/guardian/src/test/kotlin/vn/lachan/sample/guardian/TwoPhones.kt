package vn.lachan.sample.guardian

import android.app.Activity
import android.app.Dialog
import android.content.Intent
import android.content.res.Configuration
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.widget.TextView
import java.io.File
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Packet
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.SameEachTime
import vn.lachan.guardian.TestClock
import vn.lachan.guardian.TestLibrary
import vn.lachan.guardian.await
import vn.lachan.guardian.surroundings
import vn.lachan.screens.SmallPng
import vn.lachan.screens.settle
import vn.lachan.screens.tree

/** Two phones on one table, with the companion on one of them. */
internal class TwoPhones : AutoCloseable {
    val clock = TestClock()
    private val random = SameEachTime()
    private val files: File = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "${numbers++}")
    val childFolder = surroundings(files, "family", clock, random)
    val guardianFolder = surroundings(files, "companion", clock, random)
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

    /** Starts the companion and waits for its first page. */
    fun start(link: Uri? = null): TwoPhones {
        open?.pause()?.stop()?.destroy()
        open = Robolectric.buildActivity(MainActivity::class.java, Intent(Intent.ACTION_VIEW, link)).setup()
        await("the companion opened") { parent.text().isNotEmpty() }
        return this
    }

    /** A link is tapped while the companion runs, or its icon. */
    fun tapped(link: Uri? = null) {
        open!!.newIntent(Intent(if (link == null) Intent.ACTION_MAIN else Intent.ACTION_VIEW, link))
        settle()
    }

    /** The phone's own way back. */
    @Suppress("DEPRECATION")
    fun back() {
        parent.onBackPressed()
        settle()
    }

    /** The phone is turned on its side, or back. */
    fun turn() {
        val wide = parent.resources.configuration.orientation == Configuration.ORIENTATION_LANDSCAPE
        RuntimeEnvironment.setQualifiers(if (wide) "+port" else "+land")
        val before = parent
        open!!.configurationChange().visible()
        check(parent !== before) { "nothing was made anew" }
        settle()
    }

    /** The system ends the process to save memory, and the parent comes back to the app. What the system kept of it. */
    fun endAndComeBack(): Bundle {
        val saved = Bundle()
        open!!.saveInstanceState(saved).pause().stop().destroy()
        open = Robolectric.buildActivity(MainActivity::class.java).setup(saved)
        await("the companion opened") { parent.text().isNotEmpty() }
        return saved
    }

    override fun close() {
        open?.pause()?.stop()?.destroy()
    }

    private companion object {
        var numbers = 0
    }
}

/** Presses a button of the page that is shown. */
internal fun Activity.press(id: Int) {
    settle()
    val view = findViewById<View>(id) ?: throw AssertionError("no such button: ${resources.getResourceName(id)}")
    view.performClick()
    settle()
}

/** Taps the line of a card that says [words]. */
internal fun Activity.tap(words: Int) {
    settle()
    val text = window.decorView.tree().filterIsInstance<TextView>().first { it.text.toString() == getString(words) }
    generateSequence<View>(text) { it.parent as? View }.first { it.isClickable }.performClick()
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
internal fun Activity.code(dialog: Dialog? = null): Packet {
    val picture = picture(dialog)
    QrCode.read(picture)?.let { return it }
    val kept = File(System.getProperty("lachan.module")!!, "target/screens/unread.png")
    SmallPng.write(picture, kept)
    throw AssertionError("no code can be read from this screen: $kept")
}
