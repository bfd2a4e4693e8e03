package vn.lachan.ui

import android.animation.ValueAnimator
import android.app.Activity
import android.content.Context
import android.content.ContextWrapper
import android.content.res.Resources
import android.os.Build
import android.provider.Settings
import android.util.TypedValue
import android.view.ContextThemeWrapper

/** The app's own theme, with `LaChan.Theme` filling in those of our attributes that the app has not set. */
internal class LookContext private constructor(base: Context) : ContextThemeWrapper(base, R.style.LaChan_Theme) {
    override fun onApplyThemeResource(theme: Resources.Theme, resid: Int, first: Boolean) {
        // Not forced, so that what the app says wins.
        theme.applyStyle(resid, false)
    }

    companion object {
        fun of(context: Context): Context = if (context is LookContext) context else LookContext(context)
    }
}

internal fun Context.attributeColor(attribute: Int): Int {
    val value = TypedValue()
    theme.resolveAttribute(attribute, value, true)
    return if (value.resourceId != 0) getColor(value.resourceId) else value.data
}

internal fun Context.attributeDimension(attribute: Int): Float {
    val value = TypedValue()
    theme.resolveAttribute(attribute, value, true)
    return value.getDimension(resources.displayMetrics)
}

internal fun Context.px(dp: Int): Int = (dp * resources.displayMetrics.density + 0.5f).toInt()

/** Above this the main buttons scroll with the page: pinned, they would leave no room for what they are about. */
private const val LARGE_TEXT: Float = 1.3f

internal val Context.hasLargeText: Boolean get() = resources.configuration.fontScale > LARGE_TEXT

/** Whether the person asked the phone to keep still. */
internal val Context.isMotionReduced: Boolean
    get() = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
        !ValueAnimator.areAnimatorsEnabled()
    } else {
        Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) == 0f
    }

internal fun Context.activity(): Activity? = when (this) {
    is Activity -> this
    is ContextWrapper -> baseContext?.activity()
    else -> null
}
