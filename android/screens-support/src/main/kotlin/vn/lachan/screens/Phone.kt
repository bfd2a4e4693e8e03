package vn.lachan.screens

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows
import org.robolectric.android.controller.ActivityController

/** One way in which a phone can be set up, at the narrowest width that is supported. */
data class Phone(val language: String, val night: Boolean, val large: Boolean) {
    val name: String get() = "$language-${if (night) "dark" else "light"}-${if (large) "2x" else "1x"}"

    /** Sets the phone up; [height] in dp. */
    fun use(height: Int = HEIGHT) {
        val region = if (language == "vi") "VN" else "US"
        val mode = if (night) "night" else "notnight"
        RuntimeEnvironment.setQualifiers("$language-r$region-w${WIDTH}dp-h${height}dp-$mode-mdpi")
        RuntimeEnvironment.setFontScale(if (large) 2f else 1f)
    }

    companion object {
        const val WIDTH = 320
        const val HEIGHT = 640

        /** Vietnamese by light by text size, and English once. */
        val ALL: List<Phone> = listOf(
            Phone("vi", night = false, large = false), Phone("vi", night = true, large = false),
            Phone("vi", night = false, large = true), Phone("en", night = false, large = false),
        )
    }
}

/** A screen in an activity. */
class Shown(val controller: ActivityController<out Activity>) : AutoCloseable {
    val activity: Activity get() = controller.get()

    fun draw(): Bitmap {
        val decor = activity.window.decorView
        val picture = Bitmap.createBitmap(decor.width, decor.height, Bitmap.Config.ARGB_8888)
        decor.draw(Canvas(picture))
        return picture
    }

    override fun close() {
        controller.pause().stop().destroy()
    }
}

/** Lets everything happen that waits for the main thread. */
fun settle() {
    Shadows.shadowOf(Looper.getMainLooper()).idle()
}
