package vn.lachan.ui

import android.content.Context
import android.util.AttributeSet
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout

/** Buttons beside each other, or below each other where they do not fit: large text, long words, narrow bubbles. */
internal class StackingRow @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : LinearLayout(context, attributes) {
    init {
        gravity = Gravity.START or Gravity.CENTER_VERTICAL
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val free = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        val wanted = (0 until childCount).map(::getChildAt).filter { it.visibility != View.GONE }.sumOf {
            it.measure(free, free)
            it.measuredWidth
        }
        val fits = MeasureSpec.getMode(widthMeasureSpec) == MeasureSpec.UNSPECIFIED ||
            wanted + paddingLeft + paddingRight <= MeasureSpec.getSize(widthMeasureSpec)
        orientation = if (fits) HORIZONTAL else VERTICAL
        super.onMeasure(widthMeasureSpec, heightMeasureSpec)
    }
}
