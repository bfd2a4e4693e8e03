package vn.lachan.ui

import android.app.Activity
import android.app.Application
import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Path
import android.os.Bundle
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.Button
import android.widget.FrameLayout
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.TextView
import kotlin.math.max
import vn.lachan.Reveal

/**
 * A picture behind a blur that nothing can be recognised through, with the reason one tap away.
 *
 * How it is revealed follows the advice: a tap, a confirmation, a guardian, or not at all. A reveal holds for this
 * picture, in memory, as long as it is looked at: it is hidden again when the activity pauses, the view leaves the
 * window or a list gives the view to another item. While revealed, the window is out of screenshots (`FLAG_SECURE`).
 *
 * @sample vn.lachan.ui.samples.showPicture
 */
public class ShieldedImageView @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : FrameLayout(LookContext.of(context), attributes) {
    private val picture: ImageView
    private val caption: View
    private val title: TextView
    private val why: Button
    private val look: Button
    private val hide: Button
    private val compact: ImageButton

    private var bitmap: Bitmap? = null
    private var preview: Bitmap? = null
    private var warning: Warning? = null
    private var actions: HostActions = HostActions.None
    private var listener: WarningListener? = null
    private var secured: View? = null
    private var sheet: WarningSheet? = null
    private val corners = Path()

    /** Whether the picture is shown. */
    public var isRevealed: Boolean = false
        private set

    init {
        LayoutInflater.from(this.context).inflate(R.layout.lachan_shield, this)
        picture = part(R.id.lachan_picture)
        caption = part(R.id.lachan_caption)
        title = part(R.id.lachan_shield_title)
        why = part(R.id.lachan_shield_why)
        look = part(R.id.lachan_shield_look)
        hide = part(R.id.lachan_shield_hide)
        compact = part(R.id.lachan_shield_compact)
        why.setOnClickListener { explain() }
        compact.setOnClickListener { explain() }
        look.setOnClickListener { askToReveal() }
        hide.setOnClickListener { hide() }
        // Which picture this is belongs to the app; a restored view is hidden again in any case.
        isSaveEnabled = false
        clear()
    }

    /** Shows [bitmap] behind the blur. Whatever was revealed in this view before is hidden first. */
    @JvmOverloads
    public fun bind(bitmap: Bitmap, warning: Warning, actions: HostActions = HostActions.None, listener: WarningListener? = null) {
        clear()
        val never = warning.concern.advice.reveal == Reveal.Never
        // What must not be shown is not kept either, nor are its colours.
        this.bitmap = if (never) null else bitmap
        preview = if (never) null else Preview.of(bitmap)
        this.warning = warning
        this.actions = actions
        this.listener = listener
        aspect = if (bitmap.isRecycled || bitmap.width == 0) 1f else bitmap.height.toFloat() / bitmap.width
        render()
        requestLayout()
    }

    /** Forgets the picture. */
    public fun clear() {
        hide()
        leaveSheet()
        bitmap = null
        preview = null
        warning = null
        listener = null
        render()
    }

    /** Hides the picture again. */
    public fun hide() {
        if (!isRevealed) return
        isRevealed = false
        (context.applicationContext as? Application)?.unregisterActivityLifecycleCallbacks(pauses)
        secured?.let(SecureWindow::leave)
        secured = null
        render()
    }

    private fun explain() {
        val warning = warning ?: return
        if (sheet?.isShowing == true) return
        sheet = WarningSheet(context, warning, actions) { choice ->
            // The view may have been given another picture since.
            if (this.warning === warning) {
                if (choice == WarningChoice.WentOn) reveal()
                listener?.onChoice(choice)
            }
        }.also { it.show() }
    }

    /** Silently: lists bind and detach views in the midst of laying out, where an app can do nothing. */
    private fun leaveSheet() {
        sheet?.leave()
        sheet = null
    }

    private fun askToReveal() {
        val warning = warning ?: return
        when (warning.concern.advice.reveal) {
            Reveal.Freely -> {
                reveal()
                listener?.onChoice(WarningChoice.WentOn)
            }
            // The explanation comes first; it has the way on.
            Reveal.AfterConfirming, Reveal.WithGuardian -> explain()
            Reveal.Never -> Unit
        }
    }

    private fun reveal() {
        val bitmap = bitmap ?: return
        if (isRevealed || bitmap.isRecycled) return
        isRevealed = true
        secured = rootView.also(SecureWindow::enter)
        (context.applicationContext as? Application)?.registerActivityLifecycleCallbacks(pauses)
        render()
        if (!context.isMotionReduced) {
            picture.alpha = 0f
            picture.animate().alpha(1f).setDuration(REVEAL_MILLIS)
        }
    }

    private fun render() {
        val warning = warning
        picture.animate().cancel()
        picture.alpha = 1f
        picture.setImageBitmap(if (isRevealed) bitmap else preview)
        picture.setBackgroundColor(context.attributeColor(R.attr.lachanColorAccentSoft))
        hide.visibility = if (isRevealed) VISIBLE else GONE
        if (warning == null) {
            caption.visibility = GONE
            compact.visibility = GONE
            return
        }
        val speech = Speech(context, warning.voice)
        val never = warning.concern.advice.reveal == Reveal.Never
        val state = speech.say(if (isRevealed) Said.shieldShown else if (never) Said.shieldHeldBack else Said.shieldHidden)
        picture.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_YES
        picture.accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        picture.contentDescription = state
        title.text = state
        why.text = speech.say(Said.actionsWhy)
        look.text = speech.say(if (warning.concern.advice.reveal == Reveal.WithGuardian) Said.actionsAskGuardian else Said.actionsLook)
        hide.text = speech.say(Said.actionsHideAgain)
        compact.contentDescription = state + ". " + speech.say(Said.actionsWhy)
        val askable = warning.concern.advice.reveal != Reveal.WithGuardian || actions.guardianGate != null
        look.visibility = if (never || !askable) GONE else VISIBLE
        placeCaption()
    }

    private fun placeCaption() {
        caption.visibility = if (warning != null && !isRevealed && !tight) VISIBLE else GONE
        compact.visibility = if (warning != null && !isRevealed && tight) VISIBLE else GONE
    }

    /** Height by width of the picture. */
    private var aspect = 1f

    /** The words do not fit: one round button stands for them. */
    private var tight = false

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        if (warning == null || MeasureSpec.getMode(widthMeasureSpec) == MeasureSpec.UNSPECIFIED) {
            return super.onMeasure(widthMeasureSpec, heightMeasureSpec)
        }
        val margins = 2 * context.px(CAPTION_MARGIN_DP)
        caption.measure(
            MeasureSpec.makeMeasureSpec(max(0, width - margins), MeasureSpec.EXACTLY),
            MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED),
        )
        val words = caption.measuredHeight + margins
        var height = MeasureSpec.getSize(heightMeasureSpec)
        when (MeasureSpec.getMode(heightMeasureSpec)) {
            MeasureSpec.EXACTLY -> Unit
            MeasureSpec.AT_MOST -> height = minOf(height, max(words, pictureHeight(width)))
            else -> height = max(words, pictureHeight(width))
        }
        tight = words > height || width < context.px(NARROWEST_CAPTION_DP)
        placeCaption()
        super.onMeasure(
            MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY),
            MeasureSpec.makeMeasureSpec(height, MeasureSpec.EXACTLY),
        )
    }

    /** Of a picture that is held back nothing is there to see: the words are enough. */
    private fun pictureHeight(width: Int): Int =
        if (bitmap == null) 0 else (width * aspect.coerceIn(FLATTEST, TALLEST)).toInt()

    override fun onSizeChanged(width: Int, height: Int, oldWidth: Int, oldHeight: Int) {
        super.onSizeChanged(width, height, oldWidth, oldHeight)
        val corner = context.attributeDimension(R.attr.lachanCornerCard)
        corners.reset()
        corners.addRoundRect(0f, 0f, width.toFloat(), height.toFloat(), corner, corner, Path.Direction.CW)
    }

    override fun dispatchDraw(canvas: Canvas) {
        secured?.let(SecureWindow::keep)
        canvas.save()
        canvas.clipPath(corners)
        super.dispatchDraw(canvas)
        canvas.restore()
    }

    override fun onVisibilityAggregated(isVisible: Boolean) {
        super.onVisibilityAggregated(isVisible)
        if (!isVisible) hide()
    }

    override fun onDetachedFromWindow() {
        hide()
        leaveSheet()
        super.onDetachedFromWindow()
    }

    /** A list has set the view aside for another item. */
    override fun onStartTemporaryDetach() {
        hide()
        super.onStartTemporaryDetach()
    }

    private val pauses by lazy {
        object : Application.ActivityLifecycleCallbacks {
            override fun onActivityPaused(activity: Activity) {
                if (activity === context.activity()) hide()
            }

            override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
            override fun onActivityStarted(activity: Activity) = Unit
            override fun onActivityResumed(activity: Activity) = Unit
            override fun onActivityStopped(activity: Activity) = Unit
            override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
            override fun onActivityDestroyed(activity: Activity) = Unit
        }
    }

    private companion object {
        const val REVEAL_MILLIS = 180L
        const val CAPTION_MARGIN_DP = 10

        /** Below this width no sentence has room. */
        const val NARROWEST_CAPTION_DP = 160

        // Very wide and very tall pictures are cropped to what a chat shows.
        const val FLATTEST = 0.6f
        const val TALLEST = 1.3f
    }
}
