package vn.lachan.sample.kit

import android.Manifest
import android.annotation.SuppressLint
import android.content.ClipboardManager
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import android.view.TextureView
import vn.lachan.guardian.Packet
import vn.lachan.guardian.QrCode

internal val Context.mayUseCamera: Boolean
    get() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

/** What was copied, if it is a packet. */
internal fun pasted(context: Context): Packet? {
    val clip = context.getSystemService(ClipboardManager::class.java)?.primaryClip?.takeIf { it.itemCount > 0 }
    return clip?.getItemAt(0)?.coerceToText(context)?.toString()?.let(Packet::read)
}

/** The camera's picture, in which a code is looked for a few times a second. */
@SuppressLint("ViewConstructor")
internal class CameraView(context: Context, private val camera: String, private val found: (Packet) -> Unit) :
    TextureView(context), TextureView.SurfaceTextureListener {
    private val thread = HandlerThread("codes").apply { start() }
    private val background = Handler(thread.looper)
    private val main = Handler(android.os.Looper.getMainLooper())
    private val frames = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2)
    private var device: CameraDevice? = null
    private var gone = false

    init {
        surfaceTextureListener = this
        frames.setOnImageAvailableListener(::look, background)
    }

    private fun look(reader: ImageReader) {
        val packet = reader.acquireLatestImage()?.use { image ->
            val plane = image.planes[0]
            val bytes = ByteArray(plane.buffer.remaining()).also(plane.buffer::get)
            QrCode.read(bytes, image.width, image.height, plane.rowStride)
        }
        if (packet != null) main.post { found(packet) }
    }

    @SuppressLint("MissingPermission")
    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
        texture.setDefaultBufferSize(WIDTH, HEIGHT)
        try {
            context.getSystemService(CameraManager::class.java)?.openCamera(camera, Opened(Surface(texture)), main)
        } catch (_: CameraAccessException) {
            // In use elsewhere: what can be pasted still can.
        }
    }

    /** Told on the main thread, so that a camera that opens after the view is gone is seen to and closed. */
    private inner class Opened(private val shown: Surface) : CameraDevice.StateCallback() {
        override fun onOpened(opened: CameraDevice) {
            if (gone) return opened.close()
            device = opened
            val outputs = listOf(shown, frames.surface)
            opened.unlessLost {
                val request = createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                outputs.forEach(request::addTarget)
                request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                @Suppress("DEPRECATION")
                createCaptureSession(
                    outputs,
                    object : CameraCaptureSession.StateCallback() {
                        override fun onConfigured(session: CameraCaptureSession) = unlessLost {
                            session.setRepeatingRequest(request.build(), null, main)
                        }

                        override fun onConfigureFailed(session: CameraCaptureSession) = opened.close()
                    },
                    main,
                )
            }
        }

        /** A camera may be lost between any two calls; what can be pasted still can. */
        private fun CameraDevice.unlessLost(act: CameraDevice.() -> Unit) = try {
            act()
        } catch (_: CameraAccessException) {
            close()
        } catch (_: IllegalStateException) {
            close()
        }

        override fun onDisconnected(lost: CameraDevice) = lost.close()

        override fun onError(lost: CameraDevice, error: Int) = lost.close()
    }

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        gone = true
        device?.close()
        frames.close()
        thread.quitSafely()
        return true
    }

    companion object {
        private const val WIDTH = 1280
        private const val HEIGHT = 720

        /** The camera on the back, or any. */
        fun camera(context: Context): String? {
            val cameras = context.getSystemService(CameraManager::class.java) ?: return null
            return try {
                val all = cameras.cameraIdList.toList()
                all.firstOrNull { cameras.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK } ?: all.firstOrNull()
            } catch (_: CameraAccessException) {
                null
            }
        }
    }
}
