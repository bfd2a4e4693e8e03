package vn.lachan.ui

import android.view.Window
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import java.util.WeakHashMap

/**
 * Keeps a window out of screenshots and of the list of recent apps while something is revealed in it. A window that
 * the app itself has made secure stays so. Main thread only.
 */
internal object SecureWindow {
    private val revealed = WeakHashMap<Window, Int>()

    fun enter(window: Window) {
        val count = revealed[window] ?: 0
        if (count == 0 && window.attributes.flags and FLAG_SECURE != 0) return
        revealed[window] = count + 1
        window.addFlags(FLAG_SECURE)
    }

    fun leave(window: Window) {
        val count = revealed[window] ?: return
        if (count > 1) {
            revealed[window] = count - 1
        } else {
            revealed.remove(window)
            window.clearFlags(FLAG_SECURE)
        }
    }
}
