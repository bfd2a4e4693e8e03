package vn.lachan.sample.chat

import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.LinearGradient
import android.graphics.Paint
import android.graphics.Shader
import java.nio.ByteBuffer
import vn.lachan.LiveFrame

/** The pictures of the scripts. Where a real one would be harmful, a test marker stands for it. */
internal enum class PictureKind { Hills, Nudity, KnownImage }

internal object Pictures {
    fun load(context: Context, kind: PictureKind): Bitmap = when (kind) {
        PictureKind.Hills -> hills()
        PictureKind.Nudity -> marker(context, R.raw.marker_nudity)
        PictureKind.KnownImage -> marker(context, R.raw.marker_known_image)
    }

    fun describe(context: Context, kind: PictureKind): String =
        context.getString(if (kind == PictureKind.Hills) R.string.picture_hills else R.string.picture_marker)

    private fun marker(context: Context, resource: Int): Bitmap {
        val options = BitmapFactory.Options().apply { inScaled = false }
        return checkNotNull(BitmapFactory.decodeResource(context.resources, resource, options)) { "a picture of the app is damaged" }
    }

    private fun hills(): Bitmap {
        val picture = Bitmap.createBitmap(480, 360, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        val paint = Paint(Paint.ANTI_ALIAS_FLAG)
        paint.shader = LinearGradient(0f, 0f, 0f, 260f, Color.rgb(120, 170, 214), Color.rgb(250, 214, 165), Shader.TileMode.CLAMP)
        canvas.drawPaint(paint)
        paint.shader = null
        paint.color = Color.rgb(255, 236, 180)
        canvas.drawCircle(350f, 120f, 48f, paint)
        paint.color = Color.rgb(70, 122, 104)
        canvas.drawCircle(90f, 420f, 220f, paint)
        paint.color = Color.rgb(46, 96, 82)
        canvas.drawCircle(380f, 470f, 240f, paint)
        return picture
    }

    /** [picture] as a camera gives it: brightness row by row, colours left grey. */
    fun frame(picture: Bitmap, millis: Long): LiveFrame {
        val width = picture.width and 1.inv()
        val height = picture.height and 1.inv()
        val pixels = IntArray(width * height)
        picture.getPixels(pixels, 0, width, 0, 0, width, height)
        val luma = ByteBuffer.allocateDirect(pixels.size)
        for (pixel in pixels) luma.put(((Color.red(pixel) * 77 + Color.green(pixel) * 150 + Color.blue(pixel) * 29) shr 8).toByte())
        luma.flip()
        val colour = ByteBuffer.allocateDirect(pixels.size / 4)
        while (colour.hasRemaining()) colour.put(GREY)
        colour.flip()
        val chroma = LiveFrame.Plane(colour, width / 2, 1)
        return LiveFrame(LiveFrame.Plane(luma, width, 1), chroma, chroma, width, height, 0, millis)
    }

    private const val GREY = 128.toByte()
}
