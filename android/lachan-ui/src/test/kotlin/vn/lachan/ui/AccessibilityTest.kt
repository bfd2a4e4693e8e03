package vn.lachan.ui

import android.view.View
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.screens.Reachable

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
                    Reachable.check(where, shown.view) { it.isOurs() }
                    Reachable.standsOut(where, shown.view, shown.draw())
                }
            }
        }
    }

    @Test
    fun aSheetIsHeardFromItsTitleToItsButtons() {
        Phone("vi", night = false, large = false).use()
        Screens.show("warning-incoming").use { shown ->
            val heard = Reachable.heard(shown.view)
            assertEquals(
                listOf(
                    "Tấm hình này có thể không phù hợp với con",
                    "Hình được che mờ. Con không cần xem. Nhận được hình này không phải lỗi của con.",
                    "Chuyện này chỉ ở trên máy của con. Máy không báo cho ai.",
                    "Con không cần xem",
                    "Con không có lỗi",
                    "Kể với người lớn tin cậy",
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
}

/** The window's own bars and the frame around a sheet are not ours to name. */
private fun View.isOurs(): Boolean = id == View.NO_ID || resources.getResourcePackageName(id) == "vn.lachan.ui"
