package vn.lachan

import java.nio.ByteBuffer
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** Frames as a camera gives them, with interleaved colour planes. */
internal object Frames {
    private const val SIDE = 240

    fun grey(millis: Long): LiveFrame = of(ByteArray(SIDE * SIDE) { 128.toByte() }, millis)

    fun marker(millis: Long): LiveFrame {
        val rgba = Pictures.markerPixels(SIDE)
        return of(ByteArray(SIDE * SIDE) { rgba[it * 4] }, millis)
    }

    private fun of(luma: ByteArray, millis: Long): LiveFrame {
        val colours = ByteArray(SIDE * SIDE / 2) { 128.toByte() }.direct()
        fun plane(from: Int): LiveFrame.Plane {
            val bytes = colours.duplicate()
            bytes.position(from)
            return LiveFrame.Plane(bytes, SIDE, 2)
        }
        return LiveFrame(LiveFrame.Plane(luma.direct(), SIDE, 1), plane(0), plane(1), SIDE, SIDE, 90, millis)
    }
}

class LiveTest {
    @Test
    fun `a warning comes with the third frame and goes when the picture does`() = withShield { shield ->
        shield.liveSession(Direction.Incoming).use { live ->
            val marked = listOf(0L, 500L, 1000L, 1500L).map { live.check(Frames.marker(it)) }
            assertEquals(List(2) { notChecked(NotCheckedReason.TooFewFrames) }, marked.take(2))
            assertTrue(marked.drop(2).all { it is Verdict.Concern })
            val after = (4L..12L).map { live.check(Frames.grey(it * 500)) }
            assertEquals(Verdict.Clear, after.last())
        }
    }

    @Test
    fun `frames beyond the budget are not wanted`() = withShield { shield ->
        shield.liveSession(Direction.Outgoing).use { live ->
            assertTrue(live.wantsFrame(1000))
            live.check(Frames.grey(1000))
            assertFalse(live.wantsFrame(1499))
            assertTrue(live.wantsFrame(1500))
        }
    }

    @Test
    fun `planes that do not fit are bad pixels`() = withShield { shield ->
        val plane = LiveFrame.Plane(ByteBuffer.allocateDirect(100), 10, 1)
        val heap = LiveFrame.Plane(ByteBuffer.allocate(100), 10, 1)
        val none = LiveFrame.Plane(ByteBuffer.allocateDirect(100), 0, 1)
        shield.liveSession(Direction.Incoming).use { live ->
            for ((y, u, size) in listOf(Triple(plane, plane, 20), Triple(heap, plane, 10), Triple(plane, none, 10), Triple(plane, plane, 0))) {
                val frame = LiveFrame(y, u, plane, size, size, 0, 0)
                assertEquals(notChecked(NotCheckedReason.BadPixels), live.check(frame))
            }
        }
    }
}
