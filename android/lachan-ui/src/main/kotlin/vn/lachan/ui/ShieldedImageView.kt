package vn.lachan.ui

import android.app.Activity
import android.app.Application
import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Path
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.Button
import android.widget.FrameLayout
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.TextView
import kotlin.math.max
import vn.lachan.AgeBand
import vn.lachan.Reveal

/**
 * A received picture: behind a blur that nothing can be recognised through, with the reason one tap away, by [bind]; behind
 * one tap without a reason where nobody looked, by [showUnchecked]; as it is where nothing was found, by [showClear].
 * [ShieldedImage.show] chooses by the verdict.
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

    /** The voice for a picture that nobody looked at. */
    private var unchecked: Voice? = null
    private var plain = false
    private var revealed = false
    private var actions: HostActions = HostActions.None
    private var listener: WarningListener? = null
    private var secured: View? = null
    private var sheet: WarningSheet? = null
    private val corners = Path()

    private val covered: Boolean get() = warning != null || unchecked != null

    /** Whether the picture is shown. One that was given to [showClear] always is. */
    public val isRevealed: Boolean get() = plain || revealed

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
        compact.setOnClickListener { if (unchecked == null) explain() else reveal() }
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
        this.warning = warning
        this.actions = actions
        this.listener = listener
        // What must not be shown is not kept either, nor are its colours.
        take(bitmap, kept = !never, preview = if (never) null else Preview.of(bitmap))
    }

    /**
     * Shows [bitmap] as it is: looked at and clear, or not what the family has checked. It is not covered again, and not kept
     * from screenshots. What TalkBack says of it is the `contentDescription` of this view, which is the app's to set.
     */
    public fun showClear(bitmap: Bitmap) {
        clear()
        if (bitmap.isRecycled) return
        plain = true
        take(bitmap, kept = true, preview = null)
    }

    /**
     * Shows [bitmap], which nobody looked at, behind one tap: neither as safe nor as a finding. Once seen it is covered again
     * as a warned picture is.
     */
    @JvmOverloads
    public fun showUnchecked(bitmap: Bitmap, age: AgeBand = AgeBand.Under13) {
        clear()
        unchecked = Voice.of(age)
        take(bitmap, kept = true, preview = Preview.of(bitmap))
    }

    private fun take(bitmap: Bitmap, kept: Boolean, preview: Bitmap?) {
        this.bitmap = if (kept) bitmap else null
        this.preview = preview
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
        unchecked = null
        plain = false
        listener = null
        render()
    }

    /** Covers the picture again; one that was given to [showClear] has no cover. */
    public fun hide() {
        if (!revealed) return
        revealed = false
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
        if (unchecked != null) return reveal()
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
        if (revealed || bitmap.isRecycled) return
        revealed = true
        secured = rootView.also(SecureWindow::enter)
        (context.applicationContext as? Application)?.registerActivityLifecycleCallbacks(pauses)
        render()
        if (!context.isMotionReduced) {
            picture.alpha = 0f
            picture.animate().alpha(1f).setDuration(REVEAL_MILLIS)
        }
    }

    private fun render() {
        picture.animate().cancel()
        picture.alpha = 1f
        picture.setImageBitmap(if (isRevealed) bitmap else preview)
        picture.setBackgroundColor(if (plain) Color.TRANSPARENT else context.attributeColor(R.attr.lachanColorAccentSoft))
        hide.visibility = if (revealed) VISIBLE else GONE
        placeCaption()
        val warning = warning
        val voice = warning?.voice ?: unchecked
        if (voice == null) {
            // A clear picture is the app's to name.
            picture.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
            picture.contentDescription = null
            return
        }
        val speech = Speech(context, voice)
        val way = warning?.concern?.advice?.reveal ?: Reveal.Freely
        val state = speech.say(
            when {
                revealed -> Said.shieldShown
                warning == null -> Said.shieldNotChecked
                way == Reveal.Never -> Said.shieldHeldBack
                else -> Said.shieldHidden
            },
        )
        picture.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_YES
        picture.accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        picture.contentDescription = state
        title.text = state
        why.text = speech.say(Said.actionsWhy)
        why.visibility = if (warning == null) GONE else VISIBLE
        look.text = speech.say(if (way == Reveal.WithGuardian) Said.actionsAskGuardian else Said.actionsLook)
        hide.text = speech.say(Said.actionsHideAgain)
        compact.contentDescription = state + ". " + speech.say(if (warning == null) Said.actionsLook else Said.actionsWhy)
        val askable = way != Reveal.WithGuardian || actions.guardianGate != null
        look.visibility = if (way == Reveal.Never || !askable) GONE else VISIBLE
    }

    private fun placeCaption() {
        caption.visibility = if (covered && !revealed && !tight) VISIBLE else GONE
        compact.visibility = if (covered && !revealed && tight) VISIBLE else GONE
    }

    /** Height by width of the picture. */
    private var aspect = 1f

    /** The words do not fit: one round button stands for them. */
    private var tight = false

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        if (!(plain || covered) || MeasureSpec.getMode(widthMeasureSpec) == MeasureSpec.UNSPECIFIED) {
            return super.onMeasure(widthMeasureSpec, heightMeasureSpec)
        }
        val margins = 2 * context.px(CAPTION_MARGIN_DP)
        caption.measure(
            MeasureSpec.makeMeasureSpec(max(0, width - margins), MeasureSpec.EXACTLY),
            MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED),
        )
        val words = if (covered) caption.measuredHeight + margins else 0
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
        object : ActivityEvents() {
            override fun onActivityPaused(activity: Activity) {
                if (activity === context.activity()) hide()
            }
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
