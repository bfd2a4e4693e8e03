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
        val pixels = IntArray(bitmap.width * bitmap.height) { bitmap.getPixel(it % bitmap.width, it / bitmap.width) or OPAQUE }
        val counts = HashMap<Int, Int>()
        for (pixel in pixels) counts.merge(pixel, 1, Int::plus)
        val kept = counts.keys.associateWith { if (counts.getValue(it) > pixels.size * SURFACE) it else rounded(it) }
        val colours = kept.values.distinct()
        val image = if (colours.size <= PALETTE) {
            val model = IndexColorModel(8, colours.size, colours.toIntArray(), 0, false, -1, DataBuffer.TYPE_BYTE)
            val number = colours.withIndex().associate { it.value to it.index }
            BufferedImage(bitmap.width, bitmap.height, BufferedImage.TYPE_BYTE_INDEXED, model).also {
                val numbers = IntArray(pixels.size) { at -> number.getValue(kept.getValue(pixels[at])) }
                it.raster.setPixels(0, 0, bitmap.width, bitmap.height, numbers)
            }
        } else {
            BufferedImage(bitmap.width, bitmap.height, BufferedImage.TYPE_INT_RGB).also {
                for (at in pixels.indices) it.setRGB(at % bitmap.width, at / bitmap.width, kept.getValue(pixels[at]))
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
