package vn.lachan.guardian

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.Bitmap
import android.graphics.drawable.BitmapDrawable
import android.view.View
import android.view.ViewTreeObserver
import android.widget.ImageView
import android.widget.ScrollView
import kotlin.math.min
import vn.lachan.ui.px

/**
 * A packet as a code on white paper, for the other phone's camera: a square as wide as its parent lets it be. In a
 * [ScrollView] it shrinks, within reason, until the page needs no scrolling, and in any case until all of it can be in sight
 * at once, as on a phone that lies on its side: half a code cannot be read.
 *
 * Give it a `contentDescription` that says whom the code is for.
 */
@SuppressLint("ViewConstructor")
public class CodeView(context: Context, private val packet: Packet) : ImageView(context) {
    private val laidOut = ViewTreeObserver.OnGlobalLayoutListener { fit() }
    private var most = Int.MAX_VALUE

    /** Height of the scrolling page for which [most] was found. */
    private var room = 0

    init {
        setBackgroundResource(R.drawable.lachan_family_paper)
        scaleType = ScaleType.FIT_CENTER
        val edge = context.px(6)
        setPadding(edge, edge, edge, edge)
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val wide = if (MeasureSpec.getMode(widthMeasureSpec) == MeasureSpec.UNSPECIFIED) PIXELS else MeasureSpec.getSize(widthMeasureSpec)
        val high = if (MeasureSpec.getMode(heightMeasureSpec) == MeasureSpec.UNSPECIFIED) wide else MeasureSpec.getSize(heightMeasureSpec)
        val side = min(min(wide, high), most)
        setMeasuredDimension(side, side)
    }

    /**
     * Squares of whole pixels, for where some are wider than others a reader may misjudge how many there are; unless too
     * much room would be left, as on a screen of few pixels: then they are drawn larger, and scaled smoothly.
     */
    override fun onSizeChanged(w: Int, h: Int, oldw: Int, oldh: Int) {
        super.onSizeChanged(w, h, oldw, oldh)
        val room = min(w - paddingLeft - paddingRight, h - paddingTop - paddingBottom)
        if (room <= 0) return
        val exact = QrCode.draw(packet, room)
        val fills = exact.width in (room * LEAST_FILLED).toInt()..room
        scaleType = if (fills) ScaleType.CENTER else ScaleType.FIT_CENTER
        val drawn = if (fills) exact else QrCode.draw(packet, PIXELS)
        // Without a density, so that no screen scales it.
        drawn.density = Bitmap.DENSITY_NONE
        setImageDrawable(BitmapDrawable(resources, drawn).apply { isFilterBitmap = true })
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        viewTreeObserver.addOnGlobalLayoutListener(laidOut)
    }

    override fun onDetachedFromWindow() {
        viewTreeObserver.removeOnGlobalLayoutListener(laidOut)
        super.onDetachedFromWindow()
    }

    private fun fit() {
        val scroll = generateSequence(parent as? View) { it.parent as? View }.filterIsInstance<ScrollView>().firstOrNull() ?: return
        if (scroll.height == 0 || height == 0) return
        if (scroll.height != room) {
            room = scroll.height
            most = Int.MAX_VALUE
            return requestLayout()
        }
        val fitting = height - (scroll.getChildAt(0).height - room)
        val whole = room - context.px(EDGE_DP)
        val wanted = if (fitting >= context.px(LEAST_DP)) fitting else whole
        if (wanted >= height) return
        most = wanted
        requestLayout()
    }

    private companion object {
        /** What is scaled, larger than most screens show it; and how large a code is where nothing says it. */
        private const val PIXELS = 960

        /** A code with the longest policy is still read at this size by a phone's camera at arm's length. */
        private const val LEAST_DP = 200

        private const val EDGE_DP = 16

        /** How much of its room a code of whole pixels must fill: a small one is hard to aim at. */
        private const val LEAST_FILLED = 0.8f
    }
}
