package vn.lachan.screens

import android.graphics.Bitmap
import android.graphics.Rect

/** The pixels of [part], row by row: one call, because Robolectric makes each a hundred times slower than a phone. */
internal fun Bitmap.pixels(part: Rect = Rect(0, 0, width, height)): IntArray =
    IntArray(part.width() * part.height()).also { getPixels(it, 0, part.width(), part.left, part.top, part.width(), part.height()) }

/** The different colours of a picture in ascending order, and how often each of them occurs. */
internal class Colours(pixels: IntArray) {
    private val sorted = pixels.copyOf().also { it.sort() }
    private val starts = sorted.indices.filter { it == 0 || sorted[it] != sorted[it - 1] }

    val all = IntArray(starts.size) { sorted[starts[it]] }
    val counts = IntArray(starts.size) { starts.getOrElse(it + 1) { sorted.size } - starts[it] }

    fun mostFrequent(): Int = all[counts.indices.maxBy { counts[it] }]

    /** Where a colour stands in [all], for every pixel. */
    fun places(pixels: IntArray): IntArray {
        var (colour, place) = all.first() to 0
        return IntArray(pixels.size) { at ->
            if (pixels[at] != colour) {
                colour = pixels[at]
                place = all.binarySearch(colour)
            }
            place
        }
    }
}
