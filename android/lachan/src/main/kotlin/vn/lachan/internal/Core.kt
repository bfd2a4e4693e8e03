package vn.lachan.internal

import android.graphics.Bitmap
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import vn.lachan.Direction
import vn.lachan.NotCheckedReason
import vn.lachan.PixelFormat
import vn.lachan.Verdict
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.LiveStream
import vn.lachan.ffi.Shield
import vn.lachan.ffi.ShieldException

/** The way into the native library, or why there is none. */
internal sealed interface Door {
    class Open(val shield: Shield) : Door {
        val number: Long = shield.number().toLong()
    }

    class Shut(val reason: NotCheckedReason, val why: String) : Door
}

/** Runs a call into the library so that whatever goes wrong in it becomes a verdict. */
internal inline fun verdict(call: () -> Verdict): Verdict = try {
    call()
} catch (_: InternalException) {
    // A panic, caught on the other side.
    Verdict.NotChecked(NotCheckedReason.Internal)
} catch (_: ShieldException) {
    Verdict.NotChecked(NotCheckedReason.Unreadable)
} catch (_: CharacterCodingException) {
    // See [whole].
    Verdict.NotChecked(NotCheckedReason.Unreadable)
} catch (_: IllegalStateException) {
    // UniFFI's word for an object that was closed in the meantime.
    Verdict.NotChecked(NotCheckedReason.Closed)
} catch (_: OutOfMemoryError) {
    // Only what is allocated for this check is lost.
    Verdict.NotChecked(NotCheckedReason.TooLarge)
}

/**
 * A file's [name] or path as it gets across to the library. Half of a character alone, as whoever sent the file may have put
 * it there, does not. It is found before the call: one that ended by it would hold its shield in memory for ever.
 */
@Throws(CharacterCodingException::class)
internal fun whole(name: String): String {
    Charsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name))
    return name
}

internal fun Door.Open.checkPixels(
    bytes: ByteBuffer,
    width: Int,
    height: Int,
    rowStride: Int,
    format: PixelFormat,
    rotationDegrees: Int,
    direction: Direction,
): Verdict {
    if (width <= 0 || height <= 0) return Verdict.NotChecked(NotCheckedReason.Empty)
    if (rowStride <= 0) return Verdict.NotChecked(NotCheckedReason.BadPixels)
    return shield.checkPixels(
        bytes, width.toUInt(), height.toUInt(), rowStride.toUInt(),
        format.toFfi(), rotationDegrees, direction.toFfi(),
    ).toApi()
}

/** Checks the pixels of [bitmap] where they lie; other configurations are converted first. */
internal fun Door.Open.checkBitmap(bitmap: Bitmap, direction: Direction): Verdict {
    if (bitmap.isRecycled) return Verdict.NotChecked(NotCheckedReason.BadPixels)
    // Hardware bitmaps have no pixels that a program could read; `copy` fetches them.
    val readable = if (bitmap.config == Bitmap.Config.ARGB_8888) bitmap else bitmap.copy(Bitmap.Config.ARGB_8888, false)
    readable ?: return Verdict.NotChecked(NotCheckedReason.BadPixels)
    try {
        return Native.checkBitmap(number, readable, direction.ordinal)?.let(::verdictOf)
            ?: checkCopy(readable, direction)
    } catch (_: IllegalStateException) {
        // It was recycled while it was looked at.
        return Verdict.NotChecked(NotCheckedReason.BadPixels)
    } finally {
        if (readable !== bitmap) readable.recycle()
    }
}

private fun Door.Open.checkCopy(bitmap: Bitmap, direction: Direction): Verdict {
    val bytes = ByteBuffer.allocateDirect(bitmap.rowBytes * bitmap.height)
    bitmap.copyPixelsToBuffer(bytes)
    bytes.rewind()
    val format = if (bitmap.isPremultiplied) PixelFormat.RgbaPremultiplied else PixelFormat.Rgba
    return checkPixels(bytes, bitmap.width, bitmap.height, bitmap.rowBytes, format, 0, direction)
}

internal fun Door.Open.liveStream(direction: Direction): LiveStream = LiveStream(shield, direction.toFfi())
