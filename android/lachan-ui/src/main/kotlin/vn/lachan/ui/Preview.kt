package vn.lachan.ui

import android.graphics.Bitmap
import android.graphics.Color
import kotlin.math.exp
import kotlin.math.max
import kotlin.math.roundToInt

/**
 * A hint of a picture's colours in which nothing can be recognised: cells of a tenth of the picture, melted into each
 * other. What is lost is lost: no sharpening brings it back.
 */
internal object Preview {
    /** Cells along the longer side. At 9 neither a person nor a pose can be told; at 16 poses begin to show. */
    const val CELLS: Int = 9

    /** Pixels along the longer side of the preview; the view stretches it smoothly. */
    const val SIZE: Int = 48

    /** Platform scaling reads few pixels however large the picture is; the exact average is made from these. */
    private const val SAMPLE: Int = 90

    /** Width of the melting, in cells. */
    private const val SIGMA: Double = 0.62

    /** Share of the average colour that is mixed in, so that no strong colour draws the eye. */
    private const val CALM: Double = 0.3

    /** `null` where there is nothing to take colours from, as with a recycled bitmap. */
    fun of(bitmap: Bitmap): Bitmap? {
        if (bitmap.isRecycled || bitmap.width == 0 || bitmap.height == 0) return null
        val longer = max(bitmap.width, bitmap.height)
        fun scaled(side: Int, to: Int) = max(1, (side.toDouble() * to / longer).roundToInt())
        val sample = sample(bitmap, scaled(bitmap.width, SAMPLE), scaled(bitmap.height, SAMPLE)) ?: return null
        val columns = scaled(bitmap.width, CELLS)
        val rows = scaled(bitmap.height, CELLS)
        val cells = average(sample, columns, rows)
        return melt(cells, columns, rows, scaled(bitmap.width, SIZE), scaled(bitmap.height, SIZE))
    }

    private fun sample(bitmap: Bitmap, width: Int, height: Int): Bitmap? {
        // By name: the constant is younger than the oldest phone.
        val readable = if (bitmap.config?.name == "HARDWARE") bitmap.copy(Bitmap.Config.ARGB_8888, false) ?: return null else bitmap
        return Bitmap.createScaledBitmap(readable, width, height, true)
    }

    /** Red, green and blue of each cell, row by row. */
    private fun average(sample: Bitmap, columns: Int, rows: Int): Array<DoubleArray> {
        val sums = Array(columns * rows) { DoubleArray(4) }
        for (y in 0 until sample.height) {
            for (x in 0 until sample.width) {
                val pixel = sample.getPixel(x, y)
                val cell = sums[y * rows / sample.height * columns + x * columns / sample.width]
                cell[0] += Color.red(pixel).toDouble()
                cell[1] += Color.green(pixel).toDouble()
                cell[2] += Color.blue(pixel).toDouble()
                cell[3] += 1.0
            }
        }
        val cells = Array(sums.size) { at -> DoubleArray(3) { sums[at][it] / max(1.0, sums[at][3]) } }
        val mean = DoubleArray(3) { channel -> cells.sumOf { it[channel] } / cells.size }
        for (cell in cells) for (channel in 0..2) cell[channel] += (mean[channel] - cell[channel]) * CALM
        return cells
    }

    private fun melt(cells: Array<DoubleArray>, columns: Int, rows: Int, width: Int, height: Int): Bitmap {
        val across = weights(columns, width)
        val down = weights(rows, height)
        val pixels = IntArray(width * height)
        for (y in 0 until height) {
            for (x in 0 until width) {
                val sum = DoubleArray(3)
                for (row in 0 until rows) for (column in 0 until columns) {
                    val weight = down[y][row] * across[x][column]
                    for (channel in 0..2) sum[channel] += weight * cells[row * columns + column][channel]
                }
                pixels[y * width + x] = Color.rgb(sum[0].roundToInt(), sum[1].roundToInt(), sum[2].roundToInt())
            }
        }
        return Bitmap.createBitmap(pixels, width, height, Bitmap.Config.ARGB_8888)
    }

    /** How much each cell counts at each pixel; the weights of a pixel add up to one. */
    private fun weights(cells: Int, pixels: Int): Array<DoubleArray> = Array(pixels) { pixel ->
        val at = (pixel + 0.5) * cells / pixels - 0.5
        val raw = DoubleArray(cells) { exp(-(it - at) * (it - at) / (2 * SIGMA * SIGMA)) }
        val total = raw.sum()
        DoubleArray(cells) { raw[it] / total }
    }
}
