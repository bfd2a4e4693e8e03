package vn.lachan.sample.guardian

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.widget.FrameLayout
import android.widget.TextView
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import vn.lachan.guardian.Child
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Met
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketKind
import vn.lachan.sample.kit.MainThread
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.keepClearOfBars
import vn.lachan.sample.kit.say
import vn.lachan.ui.R as Ui

/** One page of the app. It is made again each time that it is shown, so that what it shows is what is. */
internal fun interface Page {
    fun Sheet.fill(app: MainActivity)
}

/** The companion: a stack of pages. What it knows is settings, names that the parent chose, and rounded counts. */
public class MainActivity : Activity() {
    private lateinit var kept: Kept

    /** The guardian's side; `null` before the first page is through. */
    internal var guardian: GuardianPhone?
        get() = kept.guardian
        set(value) {
            kept.guardian = value
        }

    internal val names: Names by lazy { Names(this) }

    internal val compared: Compared by lazy { Compared(this) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // What the theme here leaves out comes from that of lachan-ui.
        theme.applyStyle(Ui.style.LaChan_Theme, false)
        @Suppress("DEPRECATION")
        val before = lastNonConfigurationInstance as? Kept
        kept = before ?: Kept()
        kept.shown = this
        if (before != null) {
            // Without a page it is still being opened, and draws here when it is done.
            if (kept.stack.isNotEmpty()) draw()
            return
        }
        if (savedInstanceState == null) kept.link = intent?.data?.let(Packet::read)
        act {
            when (val opened = Opening.open(this)) {
                is Outcome.Refused -> restart(NotWorking)
                is Outcome.Done -> {
                    guardian = opened.value
                    restart(if (guardian == null) Welcome else Home)
                    if (guardian != null) savedInstanceState?.getBundle(STEP)?.let(Resumable::read)?.let(::show)
                }
            }
        }
    }

    @Deprecated("Of Activity")
    override fun onRetainNonConfigurationInstance(): Any = kept

    /** Which step it was, for when the process ends: never a code or words, which whoever holds them could use. */
    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        kept.stack.filterIsInstance<Resumable>().lastOrNull()?.let { outState.putBundle(STEP, it.write()) }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        // The app's icon brings nothing, and whoever taps it comes back to the page that was left.
        kept.link = intent.data?.let(Packet::read) ?: return
        if (guardian != null && kept.stack.none { it is Resumable }) restart(Home)
    }

    /**
     * Shows what a link brought on top of the first page. Until that page is shown the link waits, so that it takes no words,
     * code or digits off the screen that something is left to do with.
     */
    private fun takeLink() {
        // After the step that led here has ended, which may go on to another page.
        window.decorView.post {
            val packet = kept.link
            val isFree = kept.shown === this && kept.stack.lastOrNull() === Home && kept.underWay?.isCompleted != false
            if (packet != null && isFree) {
                kept.link = null
                take(packet)
            }
        }
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
        kept.stack.addLast(page)
        draw()
    }

    /** In place of the page that is shown. */
    internal fun replace(page: Page) {
        kept.stack.removeLastOrNull()
        show(page)
    }

    internal fun restart(page: Page) {
        kept.stack.clear()
        show(page)
    }

    internal fun back() {
        kept.stack.removeLastOrNull()
        if (kept.stack.isEmpty()) kept.shown?.finish() else draw()
    }

    /** Draws the page on whichever activity is on the screen: a step may end after a turn of the phone. */
    internal fun draw() {
        kept.shown?.drawHere()
    }

    private fun drawHere() {
        val sheet = Sheet(this)
        val page = kept.stack.last()
        with(page) { sheet.fill(this@MainActivity) }
        sheet.close()
        val frame = FrameLayout(this)
        frame.setBackgroundColor(colour(Ui.attr.lachanColorSurface))
        frame.addView(sheet)
        frame.keepClearOfBars()
        setContentView(frame)
        if (page === Home) takeLink()
    }

    /** Says on the page that is shown now what came of a step. */
    internal fun say(words: Int) {
        val shown = kept.shown ?: return
        shown.findViewById<TextView>(R.id.message)?.say(shown.getString(words))
    }

    /** One step at a time: a second tap while the first is under way does nothing. */
    internal fun act(step: suspend () -> Unit) {
        if (kept.underWay?.isCompleted == false) return
        kept.underWay = kept.work.launch { step() }.also { it.invokeOnCompletion { kept.shown?.takeLink() } }
    }

    /** Reads a code and gives it to [take] on the page that was shown. */
    internal fun scan(take: (Packet) -> Unit) {
        Opening.scan(this) { packet -> take(packet) }
    }

    @Deprecated("Of Activity; the newer way came with API 33")
    override fun onBackPressed() {
        when {
            kept.stack.size > 1 -> back()
            // Words that are shown once stay on their page until somebody says that they are written down.
            kept.stack.lastOrNull() is Resumable -> moveTaskToBack(true)
            else -> finish()
        }
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        draw()
    }

    override fun onDestroy() {
        super.onDestroy()
        if (kept.shown === this) kept.shown = null
        if (!isChangingConfigurations) kept.work.cancel()
    }

    /** What outlives a turn of the phone, in memory alone: the pages with the codes and words on them, and what is under way. */
    private class Kept {
        val work = CoroutineScope(SupervisorJob() + MainThread)
        val stack = ArrayDeque<Page>()
        var underWay: Job? = null
        var shown: MainActivity? = null
        var guardian: GuardianPhone? = null

        /** A link that was tapped and has not been looked at: there is no guardian's key yet, or something is left to do. */
        var link: Packet? = null
    }

    private companion object {
        const val STEP = "step"
    }
}

/** A page of which something is left to do when the process ends. */
internal interface Resumable : Page {
    /** What [read] finds its way back with. */
    fun write(): Bundle

    companion object {
        private const val KIND = "kind"
        private const val PHONE = "phone"
        private const val DIGITS = "digits"
        private const val NAME = "name"

        /** The page on which the step goes on, or on which it is said that it begins anew. */
        fun read(saved: Bundle): Page? = when (saved.getString(KIND)) {
            "words" -> WordsLost
            "pair" -> PairAgain
            "digits" -> Digits(Met(saved.getString(PHONE).orEmpty(), saved.getString(DIGITS).orEmpty()), saved.getString(NAME).orEmpty())
            else -> null
        }

        fun words() = Bundle().apply { putString(KIND, "words") }

        fun pair() = Bundle().apply { putString(KIND, "pair") }

        /** Both phones show the digits openly: they are for comparing, and open nothing. */
        fun digits(met: Met, name: String) = Bundle().apply {
            putString(KIND, "digits")
            putString(PHONE, met.phone)
            putString(DIGITS, met.digits)
            putString(NAME, name)
        }
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

/**
 * Which children's phones were compared. The family knows a phone as soon as it has answered; whether it is the child's only
 * a person can tell, and until then it is given no settings. Digits that nobody has compared are kept, in this app's private
 * files, so that they still can be: both phones show them openly, and they open nothing.
 */
internal class Compared(context: Context) {
    private val file = context.getSharedPreferences("compared", Context.MODE_PRIVATE)

    /** A phone has answered, and nobody has looked at its digits. */
    fun ask(met: Met) = file.edit().putString(met.phone, met.digits).apply()

    /** Somebody has seen the same digits on both phones. */
    fun same(phone: String) = file.edit().putString(phone, SAME).apply()

    /** What is left to do before [child] is given settings; `null` where nothing is. */
    fun left(child: Child): Left? {
        val digits = file.getString(child.phone, null)
        return when {
            digits == SAME -> null
            digits != null -> Left(R.string.digits_title, Digits(Met(child.phone, digits)))
            // The app was closed before its digits were kept. Without them no settings are signed.
            child.rules == null -> Left(R.string.pair_again_title, PairAgain)
            else -> null
        }
    }

    fun forget(phone: String) = file.edit().remove(phone).apply()

    fun wipe() = file.edit().clear().apply()

    /** A page, and what it is called. */
    class Left(val title: Int, val page: Page)

    private companion object {
        /** In place of digits. */
        const val SAME = "same"
    }
}
