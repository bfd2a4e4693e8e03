package vn.lachan.ui

import android.graphics.Bitmap
import android.graphics.Color
import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ImageView
import android.widget.TextView
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Every screen on every phone can be touched, read, heard and seen. */
@RunWith(RobolectricTestRunner::class)
class AccessibilityTest {
    @Test
    fun everyScreenOnEveryPhoneCanBeTouchedReadHeardAndSeen() {
        for (phone in Phone.ALL) {
            for (screen in Screens.ALL.keys) {
                phone.useFor(screen)
                Screens.show(screen).use { shown ->
                    val where = "$screen ${phone.name}"
                    whatCanBeTouchedIsLargeEnoughAndHasAName(where, shown)
                    textIsWholeAndStandsOut(where, shown)
                    nothingLeavesTheNarrowestScreen(where, shown)
                    picturesThatOnlyDecorateAreNotHeard(where, shown)
                }
            }
        }
    }

    private fun whatCanBeTouchedIsLargeEnoughAndHasAName(where: String, shown: Shown) {
        val density = shown.view.resources.displayMetrics.density
        val touchable = shown.view.seen().filter { it.isClickable && it.isOurs() && it.isHeard() }
        for (view in touchable) {
            val name = name(view)
            assertTrue("$where: '$name' is ${view.width} x ${view.height}", min(view.width, view.height) >= TOUCH_DP * density)
            assertTrue("$where: a ${view.javaClass.simpleName} without a name", view is EditText || name.isNotBlank())
        }
    }

    private fun textIsWholeAndStandsOut(where: String, shown: Shown) {
        val drawn = shown.draw()
        for (text in shown.view.seen().filterIsInstance<TextView>().filter { it.text.isNotEmpty() }) {
            val layout = assertNotNullLayout(where, text)
            assertTrue("$where: '${text.text}' is cut", layout.height <= text.height - text.compoundPaddingTop - text.compoundPaddingBottom + 1)
            for (line in 0 until layout.lineCount) {
                assertEquals("$where: '${text.text}' has dots for words", 0, layout.getEllipsisCount(line))
            }
            val behind = background(drawn, text) ?: continue
            val contrast = contrast(text.currentTextColor, behind)
            assertTrue("$where: '${text.text}' has a contrast of $contrast", contrast >= CONTRAST)
        }
    }

    private fun nothingLeavesTheNarrowestScreen(where: String, shown: Shown) {
        for (view in shown.view.seen().filter { it is TextView }) {
            val place = IntArray(2).also(view::getLocationInWindow)
            assertTrue("$where: '${name(view)}' leaves the screen", place[0] >= 0 && place[0] + view.width <= shown.view.width)
        }
    }

    @Test
    fun aSheetIsHeardFromItsTitleToItsButtons() {
        Phone("vi", night = false, large = false).use()
        Screens.show("warning-incoming").use { shown ->
            val heard = shown.view.seen().filter { it is TextView && it.isHeard() }.map { (it as TextView).text.toString() }
            assertEquals(
                listOf(
                    "Tấm hình này có thể không phù hợp với con",
                    "Hình được che mờ. Con không phải xem, và không có lỗi gì khi nhận được nó.",
                    "Chuyện này chỉ ở trên máy của con. Không ai được báo.",
                    "Con không cần xem",
                    "Con không có lỗi",
                    "Kể với người lớn con tin",
                    "Chặn người gửi",
                    "Bài học nhỏ",
                    "Khi con nhận được hình lạ",
                    "Máy cũng có thể nhầm.",
                    "Không xem",
                    "Con cần giúp",
                    "Con vẫn muốn xem",
                ),
                heard,
            )
            val title = shown.view.part<TextView>(R.id.lachan_title)
            assertTrue(title.isAccessibilityHeading)
            assertEquals(title.text, shown.view.part<View>(R.id.lachan_warning).accessibilityPaneTitle)
        }
    }

    private fun picturesThatOnlyDecorateAreNotHeard(where: String, shown: Shown) {
        for (view in shown.view.seen().filterIsInstance<ImageView>().filter { it.isOurs() && it.isHeard() }) {
            assertTrue("$where: a picture is heard and has no name", !view.contentDescription.isNullOrBlank())
        }
    }

    @Test
    fun whatChangesIsHeardWithoutBeingAskedFor() {
        Phone("vi", night = false, large = false).use()
        Screens.show("picture-hidden").use {
            val picture = it.view.part<View>(R.id.lachan_picture)
            assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, picture.accessibilityLiveRegion)
            assertEquals("Hình được che mờ", picture.contentDescription)
        }
        Screens.show("tip-sharing").use {
            assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, it.view.part<View>(R.id.lachan_tip_title).accessibilityLiveRegion)
        }
    }

    private fun assertNotNullLayout(where: String, text: TextView): android.text.Layout {
        assertNotNull("$where: '${text.text}' is not laid out", text.layout)
        return text.layout
    }

    private fun name(view: View): String =
        view.contentDescription?.toString() ?: view.tree().filterIsInstance<TextView>().joinToString(" ") { it.text }

    /** The most frequent colour where the text stands; `null` where it has been scrolled out of sight. */
    private fun background(drawn: Bitmap, view: View): Int? {
        val visible = Rect()
        if (!view.getGlobalVisibleRect(visible) || visible.height() < view.height || !visible.intersect(0, 0, drawn.width, drawn.height)) return null
        val counts = HashMap<Int, Int>()
        for (y in visible.top until visible.bottom) for (x in visible.left until visible.right) {
            counts.merge(drawn.getPixel(x, y), 1, Int::plus)
        }
        return counts.maxByOrNull { it.value }?.key
    }

    private companion object {
        const val TOUCH_DP = 48
        const val CONTRAST = 4.5
    }
}

internal fun View.tree(): Sequence<View> = sequence {
    yield(this@tree)
    if (this@tree is ViewGroup) for (at in 0 until childCount) yieldAll(getChildAt(at).tree())
}

internal fun View.seen(): List<View> = tree().filter { it.isShown && it.width > 0 && it.height > 0 }.toList()

/** The window's own bars and the frame around a sheet are not ours to name. */
private fun View.isOurs(): Boolean = id == View.NO_ID || resources.getResourcePackageName(id) == "vn.lachan.ui"

private fun View.isHeard(): Boolean = importantForAccessibility != View.IMPORTANT_FOR_ACCESSIBILITY_NO

/** WCAG 2.2, 1.4.3. */
internal fun contrast(a: Int, b: Int): Double {
    val (x, y) = luminance(a) to luminance(b)
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

private fun luminance(color: Int): Double {
    fun linear(channel: Int) = (channel / 255.0).let { if (it <= 0.04045) it / 12.92 else ((it + 0.055) / 1.055).pow(2.4) }
    return 0.2126 * linear(Color.red(color)) + 0.7152 * linear(Color.green(color)) + 0.0722 * linear(Color.blue(color))
}
