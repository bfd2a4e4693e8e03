package vn.lachan.ui

import android.annotation.SuppressLint
import android.app.Activity
import android.app.Application
import android.app.Dialog
import android.content.Context
import android.os.Build
import android.os.Bundle
import android.view.Gravity
import android.view.LayoutInflater
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.WindowInsets
import android.view.WindowManager
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.ScrollView

/** A page that scrolls with buttons below it; with large text the buttons scroll as well. */
public abstract class SheetView internal constructor(context: Context) : LinearLayout(LookContext.of(context)) {
    internal val page: LinearLayout
    internal val buttons: LinearLayout
    private val scroll: ScrollView

    init {
        orientation = VERTICAL
        LayoutInflater.from(this.context).inflate(R.layout.lachan_sheet, this)
        scroll = part(R.id.lachan_scroll)
        page = part(R.id.lachan_page)
        buttons = part(R.id.lachan_buttons)
        setBackgroundResource(R.drawable.lachan_sheet)
    }

    /** Shows another page, read from its top. */
    internal fun refill(fill: () -> Unit) {
        page.removeAllViews()
        buttons.removeAllViews()
        (buttons.parent as? ViewGroup)?.removeView(buttons)
        fill()
        if (context.hasLargeText) {
            buttons.setPadding(0, context.px(24), 0, 0)
            page.addView(buttons)
        } else {
            addView(buttons)
        }
        buttons.visibility = if (buttons.childCount == 0) View.GONE else View.VISIBLE
        scroll.scrollTo(0, 0)
    }

    /** What TalkBack says when the sheet opens or its page changes. */
    internal fun announce(title: String) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = title
    }

    /** A tap on the sheet is no tap beside it. Not `isClickable`, which would make all of it one button to TalkBack. */
    @SuppressLint("ClickableViewAccessibility")
    override fun onTouchEvent(event: MotionEvent): Boolean = true

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        super.onMeasure(widthMeasureSpec, heightMeasureSpec)
        // The weight of the page takes all the height there is; a short page leaves the sheet low.
        if (MeasureSpec.getMode(heightMeasureSpec) != MeasureSpec.AT_MOST) return
        val margin = (scroll.layoutParams as MarginLayoutParams).topMargin
        val wanted = margin + scroll.getChildAt(0).measuredHeight + (if (buttons.parent === this) buttons.measuredHeight else 0)
        if (wanted < measuredHeight) {
            super.onMeasure(widthMeasureSpec, MeasureSpec.makeMeasureSpec(wanted, MeasureSpec.EXACTLY))
        }
    }
}

/** A dialog at the lower edge of the screen, or over all of it. It goes with the activity that it lies over. */
public abstract class Sheet internal constructor(context: Context, private val full: Boolean) :
    Dialog(LookContext.of(context), R.style.LaChan_Sheet) {
    internal abstract fun content(): View

    private val events by lazy {
        object : ActivityEvents() {
            override fun onActivityDestroyed(activity: Activity) {
                if (activity === context.activity()) goWithActivity()
            }
        }
    }

    /** Over an activity that is on its way out there is nothing to show, and the platform would throw. */
    override fun show() {
        val activity = context.activity()
        if (activity != null && (activity.isFinishing || activity.isDestroyed)) goWithActivity() else super.show()
    }

    override fun onStart() {
        super.onStart()
        (context.applicationContext as? Application)?.registerActivityLifecycleCallbacks(events)
    }

    override fun onStop() {
        (context.applicationContext as? Application)?.unregisterActivityLifecycleCallbacks(events)
        super.onStop()
    }

    /** The activity is gone, by a turn of the phone or because the app has finished it. */
    internal open fun goWithActivity(): Unit = dismiss()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val look = LookContext.of(context)
        val content = content()
        if (full) content.setBackgroundResource(R.drawable.lachan_full)
        val frame = FrameLayout(look)
        frame.setOnApplyWindowInsetsListener { view, insets -> insets.also { keepClearOfBars(view, content, it) } }
        if (!full) frame.setOnClickListener { cancel() }
        frame.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        frame.addView(content, place(look))
        setContentView(frame)
        val window = window ?: return
        window.setLayout(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.MATCH_PARENT)
        if (look.isMotionReduced) window.setWindowAnimations(R.style.LaChan_SheetStill)
        window.addFlags(WindowManager.LayoutParams.FLAG_DRAWS_SYSTEM_BAR_BACKGROUNDS)
    }

    private fun place(look: Context): FrameLayout.LayoutParams {
        val widest = look.resources.getDimensionPixelSize(R.dimen.lachan_sheet_width)
        val width = if (look.resources.displayMetrics.widthPixels > widest && !full) widest else ViewGroup.LayoutParams.MATCH_PARENT
        val height = if (full) ViewGroup.LayoutParams.MATCH_PARENT else ViewGroup.LayoutParams.WRAP_CONTENT
        return FrameLayout.LayoutParams(width, height, Gravity.BOTTOM or Gravity.CENTER_HORIZONTAL)
    }

    private fun keepClearOfBars(frame: View, content: View, insets: WindowInsets) {
        val (top, bottom) = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.ime()).let { it.top to it.bottom }
        } else {
            @Suppress("DEPRECATION")
            (insets.systemWindowInsetTop to insets.systemWindowInsetBottom)
        }
        // A sheet leaves a strip of what is behind it, so that one sees where one is.
        frame.setPadding(0, if (full) 0 else top + frame.context.px(24), 0, 0)
        content.setPadding(0, if (full) top else 0, 0, bottom)
    }
}
