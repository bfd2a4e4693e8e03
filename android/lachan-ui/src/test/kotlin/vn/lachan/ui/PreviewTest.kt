package vn.lachan.ui

import android.graphics.Bitmap
import android.graphics.Color
import kotlin.math.abs
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The blur keeps a hint of colour and nothing that could be recognised. */
@RunWith(RobolectricTestRunner::class)
class PreviewTest {
    private fun picture(width: Int, height: Int, colour: (Int, Int) -> Int): Bitmap =
        Bitmap.createBitmap(IntArray(width * height) { colour(it % width, it / width) }, width, height, Bitmap.Config.ARGB_8888)

    @Test
    fun stripesOfATwentiethAreGone() {
        val stripes = picture(400, 400) { x, _ -> if (x / 20 % 2 == 0) Color.BLACK else Color.WHITE }
        val preview = checkNotNull(Preview.of(stripes))
        val levels = (0 until preview.width).map { Color.red(preview.getPixel(it, preview.height / 2)) }
        assertTrue("$levels", levels.max() - levels.min() < 40)
    }

    @Test
    fun halvesOfAPictureStay() {
        val halves = picture(400, 400) { x, _ -> if (x < 200) Color.BLACK else Color.WHITE }
        val preview = checkNotNull(Preview.of(halves))
        assertTrue(Color.red(preview.getPixel(preview.width - 1, 0)) - Color.red(preview.getPixel(0, 0)) > 120)
    }

    @Test
    fun theShapeIsKeptAndTheSizeIsSmallWhateverThePicture() {
        for ((width, height) in listOf(4000 to 3000, 1 to 1, 1 to 3000, 3000 to 2)) {
            val preview = checkNotNull(Preview.of(Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)))
            assertEquals(Preview.SIZE, maxOf(preview.width, preview.height))
            assertTrue(abs(preview.width.toDouble() / preview.height - width.toDouble() / height) < width.toDouble() / height || preview.width == 1 || preview.height == 1)
        }
    }

    @Test
    fun aRecycledBitmapHasNoPreview() {
        assertNull(Preview.of(Bitmap.createBitmap(4, 4, Bitmap.Config.ARGB_8888).apply { recycle() }))
    }
}
