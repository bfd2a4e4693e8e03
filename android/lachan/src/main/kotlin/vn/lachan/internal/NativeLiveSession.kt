package vn.lachan.internal

import java.nio.ByteBuffer
import vn.lachan.Direction
import vn.lachan.LiveFrame
import vn.lachan.LiveSession
import vn.lachan.NotCheckedReason
import vn.lachan.Verdict
import vn.lachan.ffi.FrameShape
import vn.lachan.ffi.LiveStream

/** A stream over the native library; opened with its first frame. */
internal class NativeLiveSession(private val owner: OpenedLaChan, private val direction: Direction) : LiveSession {
    @Volatile
    private var stream: LiveStream? = null

    @Volatile
    private var closed = false

    override fun wantsFrame(timestampMillis: Long): Boolean = when {
        closed || owner.isClosed -> false
        else -> try {
            stream?.wantsFrame(timestampMillis.toULong()) ?: true
        } catch (_: IllegalStateException) {
            false
        }
    }

    override suspend fun check(frame: LiveFrame): Verdict {
        if (closed) return Verdict.NotChecked(NotCheckedReason.Closed)
        return owner.check { door, _ ->
            val shape = shapeOf(frame) ?: return@check Verdict.NotChecked(NotCheckedReason.BadPixels)
            streamOf(door).check(frame.y.bytes(), frame.u.bytes(), frame.v.bytes(), shape).toApi()
        }
    }

    override fun close() {
        synchronized(this) {
            closed = true
            stream?.close()
        }
    }

    private fun streamOf(door: Door.Open): LiveStream = synchronized(this) {
        check(!closed)
        stream ?: door.liveStream(direction).also { stream = it }
    }

    private fun LiveFrame.Plane.bytes(): ByteBuffer = buffer.slice()

    private fun shapeOf(frame: LiveFrame): FrameShape? = with(frame) {
        val planes = listOf(y, u, v)
        val sound = width > 0 && height > 0 && planes.all { it.buffer.isDirect && it.rowStride > 0 && it.pixelStride > 0 }
        if (!sound) return null
        FrameShape(
            width.toUInt(), height.toUInt(),
            y.rowStride.toUInt(), y.pixelStride.toUInt(),
            u.rowStride.toUInt(), u.pixelStride.toUInt(),
            v.rowStride.toUInt(), v.pixelStride.toUInt(),
            rotationDegrees, timestampMillis.toULong(),
        )
    }
}
