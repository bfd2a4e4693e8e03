package vn.lachan

import android.media.Image
import java.io.Closeable
import java.nio.ByteBuffer

/**
 * One camera or call stream. Few frames are analysed (two a second), their scores are smoothed, and the warning goes
 * on and off at different levels, so that it does not flicker.
 */
public interface LiveSession : Closeable {
    /** Whether a frame at [timestampMillis] (any steady clock) would be analysed. Ask before converting or copying. */
    public fun wantsFrame(timestampMillis: Long): Boolean

    /** Takes a frame, if the budget wants one, and says what the stream looks like now. */
    public suspend fun check(frame: LiveFrame): Verdict

    /** Frees the session. Later checks are [NotCheckedReason.Closed]. */
    override fun close()
}

/** A frame in `YUV_420_888`: three planes in direct buffers. They must stay valid until the check has answered. */
public class LiveFrame(
    /** Brightness. */
    public val y: Plane,
    /** Blue against brightness, at half the width and height. */
    public val u: Plane,
    /** Red against brightness, at half the width and height. */
    public val v: Plane,
    /** Width in pixels. */
    public val width: Int,
    /** Height in pixels. */
    public val height: Int,
    /** How far the frame has to be turned clockwise to be upright: 0, 90, 180 or 270 degrees. */
    public val rotationDegrees: Int,
    /** When it was taken, in milliseconds of any steady clock. */
    public val timestampMillis: Long,
) {
    /** One plane of a frame. */
    public class Plane(
        /** The bytes, in a direct buffer. */
        public val buffer: ByteBuffer,
        /** Bytes from the beginning of one row to that of the next. */
        public val rowStride: Int,
        /** Bytes from one value to the next in a row: 1, or 2 where two planes are interleaved. */
        public val pixelStride: Int,
    )

    public companion object {
        /** The frame in a camera's [image], which must stay open until the check has answered. */
        @JvmStatic
        public fun of(image: Image, rotationDegrees: Int): LiveFrame {
            val planes = image.planes.map { Plane(it.buffer, it.rowStride, it.pixelStride) }
            return LiveFrame(
                planes[0], planes[1], planes[2],
                image.width, image.height, rotationDegrees, image.timestamp / NANOS_PER_MILLI,
            )
        }

        private const val NANOS_PER_MILLI = 1_000_000L
    }
}
