package vn.lachan.sample.guardian

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.widget.FrameLayout
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketKind
import vn.lachan.sample.kit.MainThread
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.keepClearOfBars
import vn.lachan.ui.R as Ui

/** One page of the app. It is made again each time that it is shown, so that what it shows is what is. */
internal fun interface Page {
    fun Sheet.fill(app: MainActivity)
}

/** The companion: a stack of pages. What it knows is settings, names that the parent chose, and rounded counts. */
public class MainActivity : Activity() {
    private val work = CoroutineScope(SupervisorJob() + MainThread)
    private val stack = ArrayDeque<Page>()
    private var busy = false

    /** The guardian's side; `null` before the first page is through. */
    internal var guardian: GuardianPhone? = null

    internal val names: Names by lazy { Names(this) }

    /** A link that was tapped before there was a guardian's key to look at it with. */
    private var link: Packet? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // What the theme here leaves out comes from that of lachan-ui.
        theme.applyStyle(Ui.style.LaChan_Theme, false)
        link = intent?.data?.let(Packet::read)
        act {
            when (val opened = Opening.open(this)) {
                is Outcome.Refused -> restart(NotWorking)
                is Outcome.Done -> {
                    guardian = opened.value
                    if (guardian == null) restart(Welcome) else home()
                }
            }
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        link = intent.data?.let(Packet::read)
        if (guardian != null) home()
    }

    /** The first page of a family that is set up, and what a link brought on top of it. */
    internal fun home() {
        restart(Home)
        val packet = link ?: return
        link = null
        // After the step that led here has ended.
        window.decorView.post { take(packet) }
    }

    /** Shows the page that a packet of a child's phone belongs to. */
    internal fun take(packet: Packet) {
        when (packet.kind) {
            PacketKind.Counts -> show(Counts(packet))
            // Looked at first: nobody says yes before it is on the screen what to.
            else -> act { guardian?.lookAt(packet)?.let { show(Approve(packet, it)) } }
        }
    }

    internal fun show(page: Page) {
        stack.addLast(page)
        draw()
    }

    /** In place of the page that is shown. */
    internal fun replace(page: Page) {
        stack.removeLastOrNull()
        show(page)
    }

    internal fun restart(page: Page) {
        stack.clear()
        show(page)
    }

    internal fun back() {
        stack.removeLastOrNull()
        if (stack.isEmpty()) finish() else draw()
    }

    internal fun draw() {
        val sheet = Sheet(this)
        val page = stack.last()
        with(page) { sheet.fill(this@MainActivity) }
        sheet.close()
        val frame = FrameLayout(this)
        frame.setBackgroundColor(colour(Ui.attr.lachanColorSurface))
        frame.addView(sheet)
        frame.keepClearOfBars()
        setContentView(frame)
    }

    /** One step at a time: a second tap while the first is under way does nothing. */
    internal fun act(step: suspend () -> Unit) {
        if (busy) return
        busy = true
        work.launch {
            try {
                step()
            } finally {
                busy = false
            }
        }
    }

    /** Reads a code and gives it to [take] on the page that was shown. */
    internal fun scan(take: (Packet) -> Unit) {
        Opening.scan(this) { packet -> take(packet) }
    }

    @Deprecated("Of Activity; the newer way came with API 33")
    override fun onBackPressed() {
        if (stack.size > 1) back() else finish()
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        draw()
    }

    override fun onDestroy() {
        super.onDestroy()
        work.cancel()
    }
}

/** What the app opens its data and the camera with; a test puts its own in. */
internal object Opening {
    var open: suspend (Context) -> Outcome<GuardianPhone?> = { GuardianPhone.open(it) }
    var create: suspend (Context) -> Outcome<GuardianPhone.Begun> = { GuardianPhone.create(it) }
    var recover: suspend (Context, String) -> Outcome<GuardianPhone.Begun> = { context, words -> GuardianPhone.recover(context, words) }
    var scan: (MainActivity, (Packet) -> Unit) -> Unit = { app, take -> app.show(Scan(take)) }
}

/** What the parent calls each child's phone. It stays in this app's private files. */
internal class Names(context: Context) {
    private val file = context.getSharedPreferences("names", Context.MODE_PRIVATE)
    private val otherwise = context.getString(R.string.child_default)

    fun of(phone: String): String = file.getString(phone, null) ?: otherwise

    fun set(phone: String, name: String) {
        val short = name.trim().take(LONGEST)
        if (short.isNotEmpty()) file.edit().putString(phone, short).apply()
    }

    fun forget(phone: String) = file.edit().remove(phone).apply()

    fun wipe() = file.edit().clear().apply()

    companion object {
        const val LONGEST = 24
    }
}
