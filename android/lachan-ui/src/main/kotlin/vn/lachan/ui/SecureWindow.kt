package vn.lachan.ui

import android.view.View
import android.view.WindowManager
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import java.util.WeakHashMap

/**
 * Keeps a window out of screenshots and of the list of recent apps while something is revealed in it: the activity's, or
 * the one of a dialog that the view stands in. A window that the app itself has made secure stays so. Main thread only.
 */
internal object SecureWindow {
    /** How much is revealed in each window, by the view at its root. */
    private val revealed = WeakHashMap<View, Int>()

    fun enter(root: View) {
        val count = revealed[root] ?: 0
        val flags = root.windowFlags() ?: return
        if (count == 0 && flags and FLAG_SECURE != 0) return
        revealed[root] = count + 1
        root.setWindowFlags(flags or FLAG_SECURE)
    }

    fun leave(root: View) {
        val count = revealed[root] ?: return
        if (count > 1) {
            revealed[root] = count - 1
        } else {
            revealed.remove(root)
            root.windowFlags()?.let { root.setWindowFlags(it and FLAG_SECURE.inv()) }
        }
    }

    /** Once more where something else has set the window's attributes anew, as dialogs do before API 28. */
    fun keep(root: View) {
        val flags = root.windowFlags() ?: return
        if (root in revealed && flags and FLAG_SECURE == 0) root.post { if (root in revealed) root.setWindowFlags(flags or FLAG_SECURE) }
    }

    /** `null` where the root is in no window. */
    private fun View.windowFlags(): Int? = (layoutParams as? WindowManager.LayoutParams)?.flags

    private fun View.setWindowFlags(flags: Int) {
        val attributes = layoutParams as? WindowManager.LayoutParams ?: return
        attributes.flags = flags
        val windows = context.getSystemService(WindowManager::class.java)
        // One that is just being closed takes no attributes any more.
        if (isAttachedToWindow) windows?.updateViewLayout(this, attributes)
    }
}
