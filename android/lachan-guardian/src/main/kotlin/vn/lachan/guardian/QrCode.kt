package vn.lachan.guardian

import android.graphics.Bitmap
import android.graphics.Color
import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.EncodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.BitMatrix
import com.google.zxing.common.GlobalHistogramBinarizer
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import com.google.zxing.qrcode.QRCodeWriter
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel

/** Makes and reads the QR codes of packets. Needs neither a camera nor a screen: plain pixels in and out. */
public object QrCode {
    /**
     * Draws [packet] as dark squares on white, [size] pixels or a little less on each side: every square has the same
     * number of whole pixels. Keep it dark on white in dark mode too; many cameras read nothing else.
     */
    @JvmStatic
    public fun draw(packet: Packet, size: Int): Bitmap {
        val squares = encode(packet)
        val scale = (size / squares.width).coerceAtLeast(1)
        val side = squares.width * scale
        val pixels = IntArray(side * side) { at ->
            if (squares.get(at % side / scale, at / side / scale)) Color.BLACK else Color.WHITE
        }
        return Bitmap.createBitmap(pixels, side, side, Bitmap.Config.ARGB_8888)
    }

    /** Reads a picture, such as a screenshot that somebody sent; `null` where there is no packet in it. */
    @JvmStatic
    public fun read(picture: Bitmap): Packet? {
        if (picture.isRecycled || picture.width.toLong() * picture.height > MOST_PIXELS) return null
        val readable = if (picture.config == Bitmap.Config.ARGB_8888) picture else picture.copy(Bitmap.Config.ARGB_8888, false)
        readable ?: return null
        return SIZES.asSequence().mapNotNull { decode(scaled(readable, it)) }.firstOrNull()
    }

    private fun scaled(picture: Bitmap, size: Float): RGBLuminanceSource {
        val wide = (picture.width * size).toInt().coerceAtLeast(1)
        val high = (picture.height * size).toInt().coerceAtLeast(1)
        val pixels = IntArray(wide * high)
        Bitmap.createScaledBitmap(picture, wide, high, true).getPixels(pixels, 0, wide, 0, 0, wide, high)
        return RGBLuminanceSource(wide, high, pixels)
    }

    /**
     * Reads the brightness of a camera frame: the first plane of `YUV_420_888`, a byte a pixel.
     *
     * @param rowStride bytes from one row to the next, at least [width].
     */
    @JvmStatic
    public fun read(luminance: ByteArray, width: Int, height: Int, rowStride: Int): Packet? {
        val fits = width > 0 && height > 0 && rowStride >= width && rowStride.toLong() * height <= MOST_PIXELS &&
            luminance.size >= rowStride * (height - 1) + width
        if (!fits) return null
        val whole = if (luminance.size >= rowStride * height) luminance else luminance.copyOf(rowStride * height)
        return decode(PlanarYUVLuminanceSource(whole, rowStride, height, 0, 0, width, height, false))
    }

    private fun encode(packet: Packet): BitMatrix {
        // A short code survives a scratched screen; a long one needs every square to stay large.
        val level = if (packet.text.length > DENSE) ErrorCorrectionLevel.L else ErrorCorrectionLevel.M
        val hints = mapOf(EncodeHintType.MARGIN to QUIET_ZONE, EncodeHintType.ERROR_CORRECTION to level)
        return QRCodeWriter().encode(packet.text, BarcodeFormat.QR_CODE, 0, 0, hints)
    }

    private fun decode(source: LuminanceSource): Packet? {
        for (binary in listOf(HybridBinarizer(source), GlobalHistogramBinarizer(source))) {
            for (hints in HINTS) {
                val text = try {
                    QRCodeReader().decode(BinaryBitmap(binary), hints).text
                } catch (_: ReaderException) {
                    continue
                }
                return Packet.read(text)
            }
        }
        return null
    }

    /** Squares of white around a code, as ISO/IEC 18004 asks for. */
    private const val QUIET_ZONE = 4

    /** From here on a code has more than 100 squares a side. */
    private const val DENSE = 900

    /** More than any camera's preview and than most photographs. */
    private const val MOST_PIXELS = 24_000_000L

    /**
     * A camera looks again and again, a picture is there once: where the squares are no whole pixels wide their number may
     * be misjudged, and is not at another size.
     */
    private val SIZES = floatArrayOf(1f, 0.8f, 0.66f, 0.5f)

    private val HINTS = listOf(
        mapOf(DecodeHintType.TRY_HARDER to true),
        mapOf(DecodeHintType.PURE_BARCODE to true),
    )
}
