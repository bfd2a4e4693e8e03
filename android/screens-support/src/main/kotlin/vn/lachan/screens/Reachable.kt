package vn.lachan.screens

import android.graphics.Bitmap
import android.graphics.Color
import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ImageView
import android.widget.ScrollView
import android.widget.TextView
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue

/** That a screen can be touched, read, heard and seen. */
object Reachable {
    private const val TOUCH_DP = 48

    /** WCAG 2.2, 1.4.3. */
    private const val CONTRAST = 4.5

    fun check(where: String, root: View, isOurs: (View) -> Boolean) {
        val density = root.resources.displayMetrics.density
        val seen = root.seen().filter { it.isHeard() }
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
        for (field in seen.filterIsInstance<EditText>()) {
            val label = root.tree().any { it is TextView && field.id != View.NO_ID && it.labelFor == field.id && it.text.isNotBlank() }
            assertTrue("$where: a field without a label", label || !field.hint.isNullOrBlank() || !field.contentDescription.isNullOrBlank())
        }
        for (picture in seen.filterIsInstance<ImageView>().filter(isOurs)) {
            assertTrue("$where: a picture is heard and has no name", !picture.contentDescription.isNullOrBlank())
        }
    }

    /** That all text of [root], and what stands in an empty field, stands out from what it was [drawn] on. */
    fun standsOut(where: String, root: View, drawn: Bitmap) {
        for (text in root.seen().filterIsInstance<TextView>()) {
            val hint = text.text.isEmpty()
            val words = if (hint) text.hint else text.text
            if (words.isNullOrEmpty()) continue
            val behind = background(drawn, text) ?: continue
            val contrast = contrast(if (hint) text.currentHintTextColor else text.currentTextColor, behind)
            assertTrue("$where: '$words' has a contrast of $contrast", contrast >= CONTRAST)
        }
    }

    /** As [standsOut], with each page that scrolls shown from its top to its end. */
    fun standsOutEverywhere(where: String, root: View, draw: () -> Bitmap) {
        val pages = root.seen().filterIsInstance<ScrollView>().filter { it.childCount > 0 }
        if (pages.isEmpty()) return standsOut(where, root, draw())
        for (page in pages) {
            val end = page.getChildAt(0).height + page.paddingTop + page.paddingBottom - page.height
            var at = 0
            while (true) {
                page.scrollTo(0, at)
                standsOut("$where, scrolled to $at", root, draw())
                if (at >= end) break
                at = min(at + page.height / 2, end)
            }
            page.scrollTo(0, 0)
        }
    }

    /** That all of [view] can be in sight at once, and with [atOnce] that it is without scrolling. */
    fun isWhole(where: String, view: View, atOnce: Boolean) {
        val page = generateSequence(view.parent as? View) { it.parent as? View }.filterIsInstance<ScrollView>().firstOrNull()
        if (page != null) assertTrue("$where: ${view.height} high in ${page.height}", view.height in 1..page.height)
        if (atOnce) assertTrue("$where: part of it is out of sight", view.isInSight())
    }

    /** That what a screen reader comes to later never stands wholly above what it came to before, as far as both are in sight. */
    fun inOrder(where: String, root: View) {
        val heard = root.seen().filter { it.isHeard() && it.isInSight() && (it is TextView && it.text.isNotEmpty() || it is ImageView && !it.contentDescription.isNullOrBlank()) }
        for ((before, after) in heard.zipWithNext()) {
            assertTrue("$where: '${name(after)}' is heard after '${name(before)}' and stands above it", after.top(root) + after.height > before.top(root))
        }
    }

    /** What a screen reader says of [root], in its order. */
    fun heard(root: View): List<String> =
        root.seen().filter { it is TextView && it.text.isNotEmpty() && it.isHeard() }.map { (it as TextView).text.toString() }

    private fun View.isHeard() = importantForAccessibility != View.IMPORTANT_FOR_ACCESSIBILITY_NO

    private fun View.isInSight() = Rect().let { getGlobalVisibleRect(it) && it.height() >= height }

    private fun View.top(root: View): Int {
        val place = IntArray(2).also(::getLocationInWindow)
        return place[1] - IntArray(2).also(root::getLocationInWindow)[1]
    }

    /** The most frequent colour where the text stands; `null` where it has been scrolled out of sight. */
    private fun background(drawn: Bitmap, view: View): Int? {
        val visible = Rect()
        if (!view.getGlobalVisibleRect(visible) || visible.height() < view.height || !visible.intersect(0, 0, drawn.width, drawn.height)) return null
        return Colours(drawn.pixels(visible)).mostFrequent()
    }

    /** How far two colours are apart, from 1 to 21. */
    fun contrast(a: Int, b: Int): Double {
        val (x, y) = luminance(a) to luminance(b)
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    private fun luminance(color: Int): Double {
        fun linear(channel: Int) = (channel / 255.0).let { if (it <= 0.04045) it / 12.92 else ((it + 0.055) / 1.055).pow(2.4) }
        return 0.2126 * linear(Color.red(color)) + 0.7152 * linear(Color.green(color)) + 0.0722 * linear(Color.blue(color))
    }

    fun name(view: View): String =
        view.contentDescription?.toString() ?: view.tree().filterIsInstance<TextView>().joinToString(" ") { it.text }
}

fun View.tree(): Sequence<View> = sequence {
    yield(this@tree)
    if (this@tree is ViewGroup) for (at in 0 until childCount) yieldAll(getChildAt(at).tree())
}

fun View.seen(): List<View> = tree().filter { it.isShown && it.width > 0 && it.height > 0 }.toList()
