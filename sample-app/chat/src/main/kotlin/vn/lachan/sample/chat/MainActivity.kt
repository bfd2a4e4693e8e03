package vn.lachan.sample.chat

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.content.res.Configuration
import android.os.Bundle
import android.widget.FrameLayout
import java.util.Locale
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import vn.lachan.Report
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.FamilyGate
import vn.lachan.guardian.FamilyProvider
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketKind
import vn.lachan.guardian.PacketScanner
import vn.lachan.guardian.PacketTaker
import vn.lachan.guardian.ReportSheet
import vn.lachan.guardian.SetupProgress
import vn.lachan.sample.kit.MainThread
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.keepClearOfBars
import vn.lachan.ui.HostActions
import vn.lachan.ui.R as Ui

/** One page of the app. It is made again each time that it is shown, so that what it shows is what is. */
internal fun interface Page {
    fun Screen.fill(app: MainActivity)
}

/** The messenger: a stack of pages over one [Messenger]. */
public class MainActivity : Activity() {
    private val work = CoroutineScope(SupervisorJob() + MainThread)
    private lateinit var kept: Kept
    private val stack get() = kept.stack

    /** What the page that is shown does; it ends with the page. */
    private var pageWork = SupervisorJob()

    internal val messenger: Messenger get() = kept.messenger

    /** The camera while it is open. */
    internal var scanning: ScanSheet? = null

    internal val top: Page get() = stack.last()

    internal val scanner = PacketScanner { _, take ->
        val packet = kept.arrived
        kept.arrived = null
        if (packet != null) take.take(packet) else scan(take)
    }

    private fun scan(take: PacketTaker) {
        kept.scan = take
        Opening.scan(this) {
            kept.scan = null
            take.take(it)
        }
    }

    /** The person closed the camera. */
    internal fun scanEnded(sheet: ScanSheet) {
        if (scanning !== sheet) return
        scanning = null
        if (!isChangingConfigurations) kept.scan = null
    }

    /** What this app can do where a warning offers it. Blocking is added where there is somebody to block. */
    internal fun actions(canBlock: Boolean = false): HostActions = HostActions(
        guardianGate = messenger.family?.let { FamilyGate(it, scanner) },
        reportHook = { context, report -> report(context, report) },
        canBlock = canBlock,
    )

    /** The child chooses what goes into it, looks at all of it, and sends it or not. */
    private fun report(context: Context, report: Report) {
        val chat = messenger.chats.firstOrNull { it.peer.id == report.itemId } ?: return
        ReportSheet(context, messenger.age, choices(this, chat), ShareReport(this), nowMillis = Opening.nowMillis, handsOver = true).show()
    }

    override fun attachBaseContext(base: Context) {
        val language = Settings(base).language
        super.attachBaseContext(if (language == null) base else base.inLanguage(language))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // What the theme here leaves out comes from that of lachan-ui.
        theme.applyStyle(Ui.style.LaChan_Theme, false)
        @Suppress("DEPRECATION")
        val before = lastNonConfigurationInstance as? Kept
        kept = before ?: Kept(Messenger(this))
        messenger.rename(this)
        if (before == null) show(if (messenger.settings.asked) Contacts else Welcome) else draw()
        work.launch {
            val phone = messenger.open()
            if (before == null) {
                if (savedInstanceState == null) take(intent) else goOn(savedInstanceState)
                // A chat that was opened meanwhile goes on by itself; other pages may be out of date.
                if (top !is ChatPage) draw()
            } else {
                // The camera belongs to a step of the page, which has stayed; over other pages the step is gone with its view.
                val taker = kept.scan?.takeIf { top === SetupPage }
                kept.scan = null
                taker?.let(::scan)
            }
            launch { stayUpToDate(phone) }
            phone.state.collect { state ->
                messenger.follow(state)
                FamilyProvider.notifyChanged(this@MainActivity, "$packageName.family")
                if (top === Contacts || top === SettingsPage) draw()
            }
        }
    }

    /** The process ended in the meantime. What the phone has done stands in its own files; the page is found by them. */
    private fun goOn(saved: Bundle) {
        if (saved.getBoolean(SETTING_UP) && messenger.state !is FamilyState.Active) show(SetupPage)
    }

    /** No more than a mark: a guardian's yes and the code on the screen are in memory alone. */
    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(SETTING_UP, SetupPage in stack)
    }

    /** Birthdays come and school policies end by it. */
    private suspend fun stayUpToDate(phone: ChildPhone) {
        while (true) {
            delay(HOUR_MILLIS)
            phone.refresh()
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        if (messenger.family != null) take(intent)
    }

    /** A link: a policy is taken, anything else waits for the step that it belongs to. */
    private fun take(intent: Intent?) {
        val packet = intent?.data?.let(Packet::read) ?: return
        intent.data = null
        if (packet.kind == PacketKind.Policy) receive(packet) else kept.arrived = packet
        if (packet.kind == PacketKind.Offer && top !== SetupPage) show(SetupPage)
    }

    @Deprecated("Of Activity")
    override fun onRetainNonConfigurationInstance(): Any = kept

    internal fun show(page: Page) {
        if (page !== SettingsPage) messenger.said = null
        if (page === SetupPage) messenger.setup = SetupProgress()
        stack.addLast(page)
        draw()
    }

    /** Says in the settings what came of a step. */
    internal fun tell(words: String) {
        messenger.said = words
        if (top === SettingsPage) draw() else show(SettingsPage)
    }

    internal fun restart(page: Page) {
        stack.clear()
        show(page)
    }

    internal fun back() {
        messenger.said = null
        stack.removeLastOrNull()
        if (stack.isEmpty()) finish() else draw()
    }

    internal fun draw() {
        pageWork.cancel()
        pageWork = SupervisorJob()
        val screen = Screen(this)
        with(stack.last()) { screen.fill(this@MainActivity) }
        val frame = FrameLayout(this)
        frame.setBackgroundColor(colour(Ui.attr.lachanColorSurface))
        frame.addView(screen)
        frame.keepClearOfBars()
        setContentView(frame)
    }

    /** Work of the page that is shown: it ends when another page is. */
    internal fun whileShown(step: suspend CoroutineScope.() -> Unit): Job =
        CoroutineScope(pageWork + MainThread).launch { step() }

    /** Work that goes on whatever page is shown. */
    internal fun act(step: suspend CoroutineScope.() -> Unit) {
        work.launch { step() }
    }

    internal fun speak(language: String?) {
        messenger.settings.language = language
        recreate()
    }

    private fun Context.inLanguage(language: String): Context {
        val configuration = Configuration(resources.configuration)
        configuration.setLocale(Locale.forLanguageTag(language))
        return createConfigurationContext(configuration)
    }

    @Deprecated("Of Activity; the newer way came with API 33")
    override fun onBackPressed() {
        if (stack.size > 1) back() else finish()
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        scanning?.draw()
    }

    override fun onDestroy() {
        super.onDestroy()
        scanning?.dismiss()
        pageWork.cancel()
        work.cancel()
        if (!isChangingConfigurations) messenger.close()
    }

    /** What outlives a turn of the phone. */
    private class Kept(val messenger: Messenger) {
        val stack = ArrayDeque<Page>()

        /** A packet that came as a link, for the next step that wants one. */
        var arrived: Packet? = null

        /** Whom the open camera reads for. */
        var scan: PacketTaker? = null
    }

    private companion object {
        const val HOUR_MILLIS = 3_600_000L
        const val SETTING_UP = "setting up"
    }
}
