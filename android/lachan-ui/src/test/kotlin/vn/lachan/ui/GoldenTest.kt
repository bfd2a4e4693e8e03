package vn.lachan.ui

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import java.io.File
import kotlin.math.abs
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Every screen on every phone looks as it did when somebody last looked at it. */
@RunWith(RobolectricTestRunner::class)
class GoldenTest {
    private val folder = File(System.getProperty("lachan.ui"), "src/test/goldens")
    private val seen = File(System.getProperty("lachan.ui"), "target/screens")
    private val renew = System.getProperty("lachan.goldens") == "renew"

    @Test
    fun everyScreenLooksAsAgreed() {
        val changed = mutableListOf<String>()
        for (phone in Phone.ALL) {
            for (screen in Screens.ALL.keys - Screens.CHECKED_ONLY) {
                phone.useFor(screen)
                val name = "$screen-${phone.name}.png"
                val bitmap = Screens.show(screen).use { it.draw() }
                write(bitmap, File(if (renew) folder else seen, name))
                if (!renew) difference(bitmap, File(folder, name))?.let { changed += "$name: $it" }
            }
        }
        if (changed.isNotEmpty()) {
            fail(
                "changed screens, as they are now in target/screens:\n${changed.joinToString("\n")}\n" +
                    "If meant, renew with `mvn -f android/pom.xml -pl lachan-ui -am verify -Dgoldens=renew` and look at each.",
            )
        }
        val size = folder.listFiles().orEmpty().sumOf { it.length() }
        assertTrue("$size bytes of goldens", size in 1..LARGEST)
    }

    private fun write(bitmap: Bitmap, file: File) {
        file.parentFile?.mkdirs()
        SmallPng.write(bitmap, file)
    }

    /** What is different, or `null`. Fonts and curves may differ by a shade at their edges from machine to machine. */
    private fun difference(now: Bitmap, file: File): String? {
        val then = BitmapFactory.decodeFile(file.path) ?: return "there is no golden"
        if (now.width != then.width || now.height != then.height) return "${now.width}x${now.height}, was ${then.width}x${then.height}"
        val pixels = IntArray(now.width * now.height).also { now.getPixels(it, 0, now.width, 0, 0, now.width, now.height) }
        val before = IntArray(pixels.size).also { then.getPixels(it, 0, now.width, 0, 0, now.width, now.height) }
        val different = pixels.indices.count { distance(pixels[it], before[it]) > SHADE }
        return if (different > pixels.size * SHARE) "$different of ${pixels.size} pixels" else null
    }

    private fun distance(a: Int, b: Int): Int =
        maxOf(abs(Color.red(a) - Color.red(b)), abs(Color.green(a) - Color.green(b)), abs(Color.blue(a) - Color.blue(b)))

    private companion object {
        const val LARGEST = 2_700_000L

        /** Of 255: less than the eye tells apart at an edge, more than rounding makes. */
        const val SHADE = 24

        /** A changed word is above this, a moved hairline below. */
        const val SHARE = 0.002
    }
}
