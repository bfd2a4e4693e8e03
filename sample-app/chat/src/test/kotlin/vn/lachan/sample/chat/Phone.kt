package vn.lachan.sample.chat

import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.os.Looper
import android.view.View
import android.widget.EditText
import android.widget.TextView
import java.io.File
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog
import vn.lachan.LaChan
import vn.lachan.ModelSource
import vn.lachan.screens.seen
import vn.lachan.screens.tree
import vn.lachan.ui.R as Ui

/** The app on a phone, in somebody's hand. */
internal class App : AutoCloseable {
    private val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
    val activity: MainActivity get() = controller.get()
    val messenger: Messenger get() = activity.messenger
    val root: View get() = activity.window.decorView

    init {
        until("the shield is open") { messenger.shield != null }
    }

    fun chat(peer: String): Chat = messenger.chats.first { it.peer.id == peer }

    /** Work is done by other threads, which come back to the main one. */
    fun until(what: String, done: () -> Boolean) {
        val end = System.nanoTime() + PATIENCE_NANOS
        while (true) {
            shadowOf(Looper.getMainLooper()).idle()
            if (done()) return
            check(System.nanoTime() < end) { "waited in vain: $what" }
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
        val text = root.seen().filterIsInstance<TextView>().first { it.text.toString() == words }
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

    override fun close() {
        while (true) dialog()?.dismiss() ?: break
        controller.pause().stop().destroy()
    }

    companion object {
        private const val PATIENCE_NANOS = 60_000_000_000L

        /** Nothing of an earlier test. */
        fun forgetAll() {
            val files = RuntimeEnvironment.getApplication()
            for (name in listOf("chat", "vn.lachan.ui.trusted")) files.getSharedPreferences(name, 0).edit().clear().commit()
            Opening.paceMillis = 0
            Opening.frameMillis = 1
        }

        /** The real core with the real models. A JVM refuses one library to two class loaders: so it gets a copy. */
        fun useTheRealCore() {
            val copy = File.createTempFile("liblachan", ".so").also { it.deleteOnExit() }
            File(System.getProperty("lachan.library.built")!!).copyTo(copy, overwrite = true)
            System.setProperty("lachan.library", copy.path)
            Opening.open = { context, policy ->
                LaChan.open(context) {
                    this.policy = policy
                    testMode = true
                    models = ModelSource.Folder(File(System.getProperty("lachan.models")!!))
                }
            }
        }
    }
}
