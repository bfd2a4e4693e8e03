package vn.lachan.screens

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import java.io.File
import kotlin.math.abs
import org.junit.Assert.assertTrue
import org.junit.Assert.fail

/**
 * Compares screens with those that somebody looked at, in `src/test/goldens` of the module; with `-Dgoldens=renew` they
 * are written anew. What looks otherwise lies in `target/screens`, as it is now.
 */
class Goldens(private val module: File, private val command: String, private val largest: Long) {
    private val folder = File(module, "src/test/goldens")
    private val renew = System.getProperty("lachan.goldens") == "renew"
    private val changed = mutableListOf<String>()
    private val names = mutableSetOf<String>()

    /** Takes the picture of a screen. */
    fun take(name: String, picture: Bitmap) {
        names += "$name.png"
        val golden = File(folder, "$name.png")
        if (renew) return write(picture, golden)
        val difference = difference(picture, golden) ?: return
        changed += "$name.png: $difference"
        write(picture, File(module, "target/screens/$name.png"))
    }

    /** All screens were taken: fails where one is different, is left over, or all together weigh too much. */
    fun done() {
        val files = folder.listFiles().orEmpty()
        if (renew) files.filter { it.name !in names }.forEach { it.delete() }
        changed += (files.map { it.name } - names).filter { !renew }.map { "$it: no screen has this name" }
        if (changed.isNotEmpty()) {
            fail("changed screens, as they are now in target/screens:\n${changed.joinToString("\n")}\nIf meant, renew with `$command -Dgoldens=renew` and look at each.")
        }
        val size = folder.listFiles().orEmpty().sumOf { it.length() }
        assertTrue("$size bytes of goldens", size in 1..largest)
    }

    private fun write(picture: Bitmap, file: File) {
        file.parentFile?.mkdirs()
        SmallPng.write(picture, file)
    }

    /** What is different, or `null`. Fonts and curves may differ by a shade at their edges from machine to machine. */
    private fun difference(now: Bitmap, file: File): String? {
        val then = BitmapFactory.decodeFile(file.path) ?: return "there is no golden"
        if (now.width != then.width || now.height != then.height) return "${now.width}x${now.height}, was ${then.width}x${then.height}"
        val pixels = now.pixels()
        val before = then.pixels()
        val different = pixels.indices.count { distance(pixels[it], before[it]) > SHADE }
        return if (different > pixels.size * SHARE) "$different of ${pixels.size} pixels" else null
    }

    private fun distance(a: Int, b: Int): Int {
        if (a == b) return 0
        fun apart(shift: Int) = abs((a shr shift and 255) - (b shr shift and 255))
        return maxOf(apart(16), apart(8), apart(0))
    }

    private companion object {
        /** Of 255: less than the eye tells apart at an edge, more than rounding makes. */
        const val SHADE = 24

        /** A changed word is above this, a moved hairline below. */
        const val SHARE = 0.002
    }
}
