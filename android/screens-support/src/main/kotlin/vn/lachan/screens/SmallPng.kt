package vn.lachan.screens

import android.graphics.Bitmap
import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam

/**
 * PNG at a fraction of the size: the colours of surfaces are exact, shades between them are rounded to [STEP], which is
 * less than the eye tells apart and well within the tolerance of the comparison.
 */
object SmallPng {
    private const val OPAQUE = 0xff shl 24

    /** Distance of the shades that are kept: none is further off than half of it. */
    private const val STEP = 16

    /** Of all pixels: a colour that covers more is a surface. */
    private const val SURFACE = 0.004

    private const val PALETTE = 256

    fun write(bitmap: Bitmap, file: File) {
        val pixels = bitmap.pixels().also { for (at in it.indices) it[at] = it[at] or OPAQUE }
        val colours = Colours(pixels)
        val kept = IntArray(colours.all.size) { if (colours.counts[it] > pixels.size * SURFACE) colours.all[it] else rounded(colours.all[it]) }
        val places = colours.places(pixels)
        val palette = kept.distinct()
        val image = if (palette.size <= PALETTE) {
            val model = IndexColorModel(8, palette.size, palette.toIntArray(), 0, false, -1, DataBuffer.TYPE_BYTE)
            val numbers = kept.map { palette.indexOf(it) }.toIntArray()
            BufferedImage(bitmap.width, bitmap.height, BufferedImage.TYPE_BYTE_INDEXED, model).also {
                it.raster.setPixels(0, 0, bitmap.width, bitmap.height, IntArray(pixels.size) { at -> numbers[places[at]] })
            }
        } else {
            BufferedImage(bitmap.width, bitmap.height, BufferedImage.TYPE_INT_RGB).also {
                it.setRGB(0, 0, bitmap.width, bitmap.height, IntArray(pixels.size) { at -> kept[places[at]] }, 0, bitmap.width)
            }
        }
        val writer = ImageIO.getImageWritersByFormatName("png").next()
        val best = writer.defaultWriteParam
        best.compressionMode = ImageWriteParam.MODE_EXPLICIT
        best.compressionQuality = 0f
        file.delete()
        ImageIO.createImageOutputStream(file).use { out ->
            writer.output = out
            writer.write(null, IIOImage(image, null, null), best)
        }
        writer.dispose()
    }

    private fun rounded(colour: Int): Int =
        intArrayOf(16, 8, 0).fold(OPAQUE) { sum, shift ->
            sum or (minOf(255, ((colour shr shift and 255) + STEP / 2) / STEP * STEP) shl shift)
        }
}
