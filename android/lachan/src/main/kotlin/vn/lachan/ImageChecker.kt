package vn.lachan

import android.graphics.Bitmap
import android.net.Uri
import java.io.File
import java.io.InputStream
import java.nio.ByteBuffer

/**
 * Checks pictures and animations. All functions may be called from any thread, do their work on a background thread,
 * can be cancelled, and answer bad input with [Verdict.NotChecked]: they throw nothing but a `CancellationException`.
 */
public interface ImageChecker {
    /**
     * Checks the pixels of [bitmap] without copying them. Hardware bitmaps and other configurations than `ARGB_8888`
     * are converted first. The bitmap must not be recycled or drawn into before the answer is there.
     */
    public suspend fun checkImage(bitmap: Bitmap, direction: Direction): Verdict

    /**
     * Checks the bytes of an encoded picture between `position` and `limit` of [bytes], neither of which is moved.
     * A direct buffer is not copied.
     */
    public suspend fun checkImage(bytes: ByteBuffer, direction: Direction): Verdict

    /** Reads [stream] to its end, but not past the limit of 64 MiB, and checks the picture in it. Does not close it. */
    public suspend fun checkImage(stream: InputStream, direction: Direction): Verdict

    /** Opens [uri] through the content resolver and checks the picture behind it. */
    public suspend fun checkImage(uri: Uri, direction: Direction): Verdict

    /** Checks pixels in memory: what a decoder or a renderer of the app's own has made. */
    public suspend fun checkPixels(pixels: Pixels, direction: Direction): Verdict

    /**
     * Checks the picture in [file]. It is read and not mapped: whoever cuts it short meanwhile does no harm. A file of any
     * other type or size, such as a video, is looked for on the list of known images; if it is not on it, it is still
     * [NotCheckedReason.UnsupportedFormat] or [NotCheckedReason.TooLarge], because nobody saw what it shows.
     */
    public suspend fun checkFile(file: File, direction: Direction): Verdict
}

/** Rows of pixels in a direct [buffer], from its position on. What does not fit is [NotCheckedReason.BadPixels]. */
public class Pixels @JvmOverloads constructor(
    /** The bytes, in a direct buffer. */
    public val buffer: ByteBuffer,
    /** Width in pixels. */
    public val width: Int,
    /** Height in pixels. */
    public val height: Int,
    /** Bytes from the beginning of one row to that of the next. */
    public val rowStride: Int,
    /** Order and meaning of the bytes of a pixel. */
    public val format: PixelFormat,
    /** How far the picture has to be turned clockwise to be upright: 0, 90, 180 or 270 degrees. */
    public val rotationDegrees: Int = 0,
)

/** Order and meaning of the bytes of a pixel. */
public enum class PixelFormat {
    /** Red, green, blue, alpha. */
    Rgba,

    /** Red, green, blue, alpha; the colours are multiplied by alpha already, as in a [Bitmap]. */
    RgbaPremultiplied,

    /** Red, green, blue. */
    Rgb,

    /** Brightness alone. */
    Luma,
}
