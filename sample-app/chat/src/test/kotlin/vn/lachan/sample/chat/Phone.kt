package vn.lachan.sample.chat

import android.app.Dialog
import android.content.Intent
import android.content.res.Configuration
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.widget.EditText
import android.widget.TextView
import java.io.File
import java.time.Duration
import kotlinx.coroutines.runBlocking
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog
import vn.lachan.LaChan
import vn.lachan.ModelSource
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.Packet
import vn.lachan.guardian.TestFamily
import vn.lachan.guardian.TestLibrary
import vn.lachan.screens.Reachable
import vn.lachan.screens.seen
import vn.lachan.screens.tree
import vn.lachan.ui.TrustedAdults
import vn.lachan.ui.R as Ui

/** The app on a phone, in somebody's hand. */
internal class App(link: Uri? = null) : AutoCloseable {
    private var controller = Robolectric.buildActivity(MainActivity::class.java, Intent(Intent.ACTION_VIEW, link)).setup()
    val activity: MainActivity get() = controller.get()
    val messenger: Messenger get() = activity.messenger
    val root: View get() = activity.window.decorView

    val phone: ChildPhone get() = messenger.family!!

    init {
        until("the family is open") { messenger.family != null }
    }

    fun chat(peer: String): Chat = messenger.chats.first { it.peer.id == peer }

    /** Work is done by other threads, which come back to the main one. */
    fun until(what: String, done: () -> Boolean) {
        val end = System.nanoTime() + PATIENCE_NANOS
        while (true) {
            shadowOf(Looper.getMainLooper()).idle()
            if (done()) return
            check(System.nanoTime() < end) { "waited in vain: $what; on the screen: ${Reachable.heard(dialog()?.window?.decorView ?: root)}" }
            Thread.sleep(2)
        }
    }

    fun open(peer: String): Chat {
        activity.show(ChatPage(peer))
        return chat(peer)
    }

    fun dialog(): Dialog? = ShadowDialog.getShownDialogs().lastOrNull { it.isShowing }

    fun press(id: Int, root: View = dialog()?.window?.decorView ?: this.root) {
        check(root.findViewById<View>(id)!!.performClick()) { "nothing happens there" }
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun press(words: String) {
        val text = (dialog()?.window?.decorView ?: root).seen().filterIsInstance<TextView>().first { it.text.toString() == words }
        generateSequence<View>(text) { it.parent as? View }.first { it.isClickable }.performClick()
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun says(words: String): Boolean = (dialog()?.window?.decorView ?: root).tree().filterIsInstance<TextView>().any { it.text.toString() == words }

    val title: String? get() = dialog()?.window?.decorView?.findViewById<TextView>(Ui.id.lachan_title)?.text?.toString()

    /** The script waits for the child, or a warning does. */
    fun untilItIsTheChildsTurn() = until("the child's turn") {
        dialog() != null || root.findViewById<View>(R.id.suggestion)?.visibility == View.VISIBLE
    }

    fun write(text: String) {
        root.findViewById<EditText>(R.id.field)!!.setText(text)
        press(R.id.send)
    }

    /** Time in which what has come up can be read; a tap before that is the second of a double tap. */
    fun read() = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(1))

    fun draw(): Bitmap {
        val picture = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        root.draw(canvas)
        dialog()?.let {
            canvas.drawColor(Color.argb(128, 0, 0, 0))
            it.window!!.decorView.draw(canvas)
        }
        return picture
    }

    /** The phone is turned on its side, or back. */
    fun turn() {
        val wide = activity.resources.configuration.orientation == Configuration.ORIENTATION_LANDSCAPE
        RuntimeEnvironment.setQualifiers(if (wide) "+port" else "+land")
        val before = activity
        controller.configurationChange().visible()
        check(activity !== before) { "nothing was made anew" }
        shadowOf(Looper.getMainLooper()).idle()
    }

    /** The system ends the process to save memory, and the child comes back to the app. What the system kept of it. */
    fun endAndComeBack(family: TestFamily): Bundle {
        val saved = Bundle()
        controller.saveInstanceState(saved).pause().stop().destroy()
        runBlocking { family.restart() }
        controller = Robolectric.buildActivity(MainActivity::class.java).setup(saved)
        until("the family is open") { messenger.family != null }
        return saved
    }

    override fun close() {
        while (true) dialog()?.dismiss() ?: break
        controller.pause().stop().destroy()
    }

    companion object {
        private const val PATIENCE_NANOS = 60_000_000_000L

        /** Nothing of an earlier test. */
        fun forgetAll() {
            val app = RuntimeEnvironment.getApplication()
            app.getSharedPreferences("chat", 0).edit().clear().commit()
            TrustedAdults.forget(app)
            see { null }
            Opening.paceMillis = 0
            Opening.frameMillis = 1
        }

        /** The family of this phone, and a code that its camera is held over when something is scanned. */
        fun follow(family: TestFamily) {
            Opening.family = { family.child }
            Opening.nowMillis = { family.clock.wall * 1000 }
        }

        /** What the camera sees. */
        fun see(packet: suspend () -> Packet?) {
            Opening.scan = { _, take -> take(runBlocking { packet() }) }
        }

        /** The real core with the real models, in a shield that knows no policy. */
        fun useTheRealCore() {
            TestLibrary.use()
            Opening.shield = { context ->
                LaChan.open(context) {
                    testMode = true
                    models = ModelSource.Folder(File(System.getProperty("lachan.models")!!))
                }
            }
        }
    }
}
