package vn.lachan.sample.chat

import android.app.Activity
import android.content.Context
import android.content.res.Configuration
import android.os.Build
import android.os.Bundle
import android.view.View
import android.view.WindowInsets
import android.widget.FrameLayout
import android.widget.Toast
import java.util.Locale
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import vn.lachan.ui.HostActions
import vn.lachan.ui.R as Ui

/** One page of the app. It is made again each time that it is shown, so that what it shows is what is. */
internal fun interface Page {
    fun Screen.fill(app: MainActivity)
}

/** The messenger: a stack of pages over one [Messenger]. */
public class MainActivity : Activity() {
    private val work = CoroutineScope(SupervisorJob() + MainThread)
    private val stack = ArrayDeque<Page>()

    /** What the page that is shown does; it ends with the page. */
    private var pageWork = SupervisorJob()

    internal lateinit var messenger: Messenger
        private set

    /** What this app can do where a warning offers it. Blocking is added where there is somebody to block. */
    internal fun actions(canBlock: Boolean = false): HostActions = HostActions(
        reportHook = { context, _ -> Toast.makeText(context, R.string.report_kept, Toast.LENGTH_LONG).show() },
        canBlock = canBlock,
    )

    override fun attachBaseContext(base: Context) {
        val language = Settings(base).language
        super.attachBaseContext(if (language == null) base else base.inLanguage(language))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // What the theme here leaves out comes from that of lachan-ui.
        theme.applyStyle(Ui.style.LaChan_Theme, false)
        @Suppress("DEPRECATION")
        messenger = lastNonConfigurationInstance as? Messenger ?: Messenger(this)
        messenger.rename(this)
        show(if (messenger.settings.asked) Contacts else Welcome)
        work.launch {
            messenger.open(this@MainActivity)
            // A chat that was opened meanwhile goes on by itself; the banner of the first page may be out of date.
            if (stack.last() === Contacts) draw()
        }
    }

    @Deprecated("Of Activity")
    override fun onRetainNonConfigurationInstance(): Any = messenger

    internal fun show(page: Page) {
        stack.addLast(page)
        draw()
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
        pageWork.cancel()
        pageWork = SupervisorJob()
        val screen = Screen(this)
        with(stack.last()) { screen.fill(this@MainActivity) }
        val frame = FrameLayout(this)
        frame.setBackgroundColor(colour(Ui.attr.lachanColorSurface))
        frame.addView(screen)
        frame.setOnApplyWindowInsetsListener { view, insets -> insets.also { keepClear(view, it) } }
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

    private fun keepClear(view: View, insets: WindowInsets) {
        val (top, bottom) = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.ime()).let { it.top to it.bottom }
        } else {
            @Suppress("DEPRECATION")
            (insets.systemWindowInsetTop to insets.systemWindowInsetBottom)
        }
        view.setPadding(0, top, 0, bottom)
    }

    @Deprecated("Of Activity; the newer way came with API 33")
    override fun onBackPressed() {
        if (stack.size > 1) back() else finish()
    }

    override fun onDestroy() {
        super.onDestroy()
        pageWork.cancel()
        work.cancel()
        if (!isChangingConfigurations) messenger.close()
    }
}
