package vn.lachan.sample.guardian

import android.Manifest
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.LinearLayout
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Refusal
import vn.lachan.sample.kit.CameraView
import vn.lachan.sample.kit.mayUseCamera
import vn.lachan.sample.kit.pasted
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.words
import vn.lachan.ui.R as Ui

/** Reads a code with the camera, or takes one that was sent as text. Pictures are looked at and dropped. */
internal class Scan(private val take: (Packet) -> Unit) : Page {
    private var taken = false

    override fun Sheet.fill(app: MainActivity) {
        val camera = CameraView.camera(context)
        if (camera == null) head(Ui.drawable.lachan_ic_eye_off, R.string.scan_none_title, R.string.scan_none)
        else head(Ui.drawable.lachan_ic_capture, R.string.scan_title, if (context.mayUseCamera) R.string.scan_body else R.string.scan_ask)
        if (camera != null && context.mayUseCamera) {
            val view = CameraView(context, camera) { packet -> done(app, packet) }
            view.contentDescription = context.getString(R.string.scan_view)
            page.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, context.px(HEIGHT)).apply { topMargin = context.px(16) })
        }
        val message = message()
        if (camera != null && !context.mayUseCamera) {
            main(R.string.scan_allow) { app.requestPermissions(arrayOf(Manifest.permission.CAMERA), 0) }
        }
        second(R.string.paste) {
            val packet = pasted(context)
            if (packet == null) message.say(context.getString(words(Refusal.NotAPacket))) else done(app, packet)
        }
        third(R.string.back) { app.back() }
    }

    private fun done(app: MainActivity, packet: Packet) {
        if (taken) return
        taken = true
        app.back()
        take(packet)
    }

    private companion object {
        const val HEIGHT = 300
    }
}
