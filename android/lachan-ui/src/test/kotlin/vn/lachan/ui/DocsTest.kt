package vn.lachan.ui

import android.graphics.Bitmap
import java.io.File
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The pictures of the documentation are of the screens as they are: `-Dgoldens=renew` writes them. */
@RunWith(RobolectricTestRunner::class)
class DocsTest {
    @Test
    fun theScreensOfTheDocumentation() {
        val phone = Phone("vi", night = false, large = false, width = 360, height = 800)
        for (screen in listOf("docs-warning", "docs-tip")) {
            phone.use("xhdpi")
            val drawn = Screens.show(screen).use { it.draw() }
            val file = File(System.getProperty("lachan.repository"), "docs/screens/${screen.removePrefix("docs-")}.png")
            if (System.getProperty("lachan.goldens") == "renew") {
                file.parentFile?.mkdirs()
                file.outputStream().use { drawn.compress(Bitmap.CompressFormat.PNG, 100, it) }
            }
            assertTrue("$file is missing: renew with -Dgoldens=renew", file.length() > 0)
        }
    }
}
