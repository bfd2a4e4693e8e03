package vn.lachan.guardian

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Matrix
import android.graphics.Paint
import android.graphics.Rect
import android.net.Uri
import android.view.View
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** Packets travel as codes, links and bytes, and arrive as they were sent or not at all. */
@RunWith(RobolectricTestRunner::class)
class QrCodeTest {
    @Test
    fun everyKindOfPacketIsReadFromItsCode(): Unit = runBlocking {
        for (packet in packets()) {
            val drawn = QrCode.draw(packet, 720)
            assertEquals(packet, QrCode.read(drawn))
            // A camera gives many frames, and a reader may miss a code in one of them: codes are of random keys.
            val read = listOf(7f, 4f, -5f, 11f).firstNotNullOfOrNull { QrCode.read(photographed(drawn, it)) }
            assertEquals("tilted and grey, as on a desk", packet, read)
        }
    }

    /** On a screen the squares of a code are no whole pixels wide. */
    @Test
    fun everyCodeIsReadFromAScreenshot(): Unit = runBlocking {
        val guardian = TestFamily(random = SameEachTime()).meet().guardian
        repeat(24) { number ->
            val offer = guardian.offer().done()
            val screen = Bitmap.createBitmap(720, 1440, Bitmap.Config.ARGB_8888)
            val canvas = Canvas(screen)
            canvas.drawColor(Color.rgb(250, 249, 245))
            canvas.drawBitmap(QrCode.draw(offer, 960), null, Rect(60, 432, 660, 1032), Paint(Paint.FILTER_BITMAP_FLAG))
            assertEquals("$number", offer, QrCode.read(screen))
        }
    }

    private fun shown(packet: Packet, side: Int) = CodeView(RuntimeEnvironment.getApplication(), packet).apply {
        val exactly = View.MeasureSpec.makeMeasureSpec(side, View.MeasureSpec.EXACTLY)
        measure(exactly, exactly)
        layout(0, 0, side, side)
    }

    /** How much larger the view shows what was drawn. */
    private fun CodeView.scale() = FloatArray(9).also(imageMatrix::getValues)[Matrix.MSCALE_X]

    @Test
    fun everyCodeIsReadFromTheViewThatShowsIt(): Unit = runBlocking {
        val random = SameEachTime()
        repeat(24) { number ->
            val family = TestFamily(random = random).meet()
            val answer = family.child.pair(family.guardian.offer().done()).done().answer
            val side = 400 + 23 * number
            val view = shown(answer, side)
            assertEquals("squares of whole pixels", 1f, view.scale(), 0f)
            val screen = Bitmap.createBitmap(side + 120, side + 300, Bitmap.Config.ARGB_8888)
            val canvas = Canvas(screen)
            canvas.drawColor(Color.rgb(250, 249, 245))
            canvas.translate(60f, 150f)
            view.draw(canvas)
            assertEquals("$number, $side pixels wide", answer, QrCode.read(screen))
        }
    }

    /** Where squares of whole pixels would leave much of the paper empty. */
    @Test
    fun aCodeFillsASmallView(): Unit = runBlocking {
        val view = shown(packets().first(), 240)
        val room = 240 - view.paddingLeft - view.paddingRight
        assertEquals(room.toFloat(), view.drawable.intrinsicWidth * view.scale(), 1f)
        assertTrue(view.scale() < 1)
    }

    @Test
    fun theLongestPolicyStillFits(): Unit = runBlocking {
        val family = TestFamily().agree()
        suspend fun policy(peers: Int): Outcome<Packet> {
            val handles = (0 until peers).map { family.guardian.peerHandle(family.phone, "chat", "$it").done() }
            return family.guardian.signPolicy(family.phone, Rules(quiet = QuietRules(handles.toSet())))
        }
        val long = policy(40).done()
        assertEquals(long, QrCode.read(QrCode.draw(long, 1080)))
        assertEquals(Refusal.TooLong, policy(120).refusal())
    }

    @Test
    fun theCamerasBrightnessIsEnough(): Unit = runBlocking {
        val packet = packets().first()
        val drawn = QrCode.draw(packet, 480)
        val stride = drawn.width + 13
        val bytes = ByteArray(stride * drawn.height) { at ->
            val (x, y) = at % stride to at / stride
            if (x < drawn.width) Color.red(drawn.getPixel(x, y)).toByte() else 0x55
        }
        assertEquals(packet, QrCode.read(bytes, drawn.width, drawn.height, stride))
        assertEquals("the last row may end early", packet, QrCode.read(bytes.copyOf(bytes.size - 13), drawn.width, drawn.height, stride))
        assertNull(QrCode.read(bytes.copyOf(bytes.size - 14), drawn.width, drawn.height, stride))
        for ((width, height, row) in listOf(Triple(0, 5, 5), Triple(5, -1, 5), Triple(9, 9, 8), Triple(100_000, 100_000, 100_000))) {
            assertNull(QrCode.read(bytes, width, height, row))
        }
    }

    @Test
    fun linksAndBytesGiveTheSamePacket(): Unit = runBlocking {
        for (packet in packets()) {
            assertEquals(packet, Packet.read(packet.toLink()))
            assertEquals("lachan", packet.toLink().scheme)
            assertEquals(packet, Packet.read(Uri.parse(packet.toLink().toString())))
            assertEquals(packet, Packet.read(packet.toBytes()))
            assertEquals(packet, Packet.read(" ${packet.text}\n"))
        }
    }

    @Test
    fun whatIsNoPacketIsNone() {
        TestLibrary.use()
        for (text in listOf("", "hello", "https://example.org", "LACHAN:Z9:AAAA", "LACHAN:P1", "A".repeat(100_000))) assertNull(text.take(20), Packet.read(text))
        assertNull(Packet.read(ByteArray(100) { -1 }))
        assertNull(QrCode.read(Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888)))
        assertNull(QrCode.read(Bitmap.createBitmap(1, 1, Bitmap.Config.ARGB_8888)))
        assertNull(QrCode.read(Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888).apply { recycle() }))
    }

    private suspend fun packets(): List<Packet> {
        val family = TestFamily().agree()
        val request = family.child.request(Purpose.Reveal).done()
        family.child.count(vn.lachan.FindingKind.Nudity).done()
        family.clock.pass(8L * 24 * 3600)
        return listOf(
            family.guardian.offer().done(),
            family.guardian.signPolicy(family.phone, Rules()).done(),
            request,
            family.guardian.approve(request).done(),
            family.child.shareCounts().done(),
        )
    }

    private fun photographed(code: Bitmap, degrees: Float): Bitmap {
        val picture = Bitmap.createBitmap(1100, 1300, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        canvas.drawColor(Color.rgb(140, 130, 120))
        val turned = Matrix().apply { setScale(1.2f, 1.2f) }
        turned.postRotate(degrees)
        turned.postTranslate(if (degrees < 0) 40f else 200f, 150f)
        canvas.drawBitmap(code, turned, Paint(Paint.FILTER_BITMAP_FLAG).apply { alpha = 220 })
        return picture
    }
}
