package vn.lachan.screens

import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ImageView
import android.widget.TextView
import kotlin.math.min
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue

/** That a screen can be touched, read and heard. */
object Reachable {
    private const val TOUCH_DP = 48

    fun check(where: String, root: View, isOurs: (View) -> Boolean) {
        val density = root.resources.displayMetrics.density
        val seen = root.seen().filter { it.importantForAccessibility != View.IMPORTANT_FOR_ACCESSIBILITY_NO }
        for (view in seen.filter { it.isClickable && isOurs(it) }) {
            val name = name(view)
            assertTrue("$where: '$name' is ${view.width} x ${view.height}", min(view.width, view.height) >= TOUCH_DP * density)
            assertTrue("$where: a ${view.javaClass.simpleName} without a name", view is EditText || name.isNotBlank())
        }
        for (text in root.seen().filterIsInstance<TextView>().filter { it.text.isNotEmpty() }) {
            val layout = text.layout ?: throw AssertionError("$where: '${text.text}' is not laid out")
            val room = text.height - text.compoundPaddingTop - text.compoundPaddingBottom + 1
            assertTrue("$where: '${text.text}' is cut", layout.height <= room)
            for (line in 0 until layout.lineCount) assertEquals("$where: '${text.text}' has dots for words", 0, layout.getEllipsisCount(line))
            val place = IntArray(2).also(text::getLocationInWindow)
            assertTrue("$where: '${text.text}' leaves the screen", place[0] >= 0 && place[0] + text.width <= root.width)
        }
        for (picture in seen.filterIsInstance<ImageView>().filter(isOurs)) {
            assertTrue("$where: a picture is heard and has no name", !picture.contentDescription.isNullOrBlank())
        }
    }

    fun name(view: View): String =
        view.contentDescription?.toString() ?: view.tree().filterIsInstance<TextView>().joinToString(" ") { it.text }
}

fun View.tree(): Sequence<View> = sequence {
    yield(this@tree)
    if (this@tree is ViewGroup) for (at in 0 until childCount) yieldAll(getChildAt(at).tree())
}

fun View.seen(): List<View> = tree().filter { it.isShown && it.width > 0 && it.height > 0 }.toList()
