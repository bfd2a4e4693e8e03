package vn.lachan.sample.chat

import android.Manifest
import android.app.Dialog
import android.os.Bundle
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Refusal
import vn.lachan.sample.kit.CameraView
import vn.lachan.sample.kit.keepClearOfBars
import vn.lachan.sample.kit.mayUseCamera
import vn.lachan.sample.kit.message
import vn.lachan.sample.kit.pasted
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.words
import vn.lachan.ui.R as Ui

/**
 * Reads a code with the camera, or takes one that was sent as text. Over everything, because a guardian may be asked over a
 * warning. Pictures are looked at and dropped.
 */
internal class ScanSheet(private val app: MainActivity, private val take: (Packet?) -> Unit) : Dialog(app, R.style.App) {
    private var taken = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        context.theme.applyStyle(Ui.style.LaChan_Theme, false)
        app.scanning = this
        setOnDismissListener { app.scanEnded(this) }
        draw()
        window?.setLayout(MATCH_PARENT, MATCH_PARENT)
    }

    /** Again, once the person said whether the camera may be used. */
    fun draw() {
        val screen = Screen(context)
        screen.fill()
        val frame = FrameLayout(context)
        frame.addView(screen)
        frame.keepClearOfBars()
        setContentView(frame)
    }

    private fun Screen.fill() {
        bar(context.getString(R.string.scan), null, ::dismiss)
        val camera = CameraView.camera(context)
        if (camera == null) head(Ui.drawable.lachan_ic_eye_off, R.string.scan_none_title, R.string.scan_none)
        else head(Ui.drawable.lachan_ic_capture, R.string.scan_title, if (context.mayUseCamera) R.string.scan_body else R.string.scan_ask)
        if (camera != null && context.mayUseCamera) {
            val view = CameraView(context, camera, ::done)
            view.contentDescription = context.getString(R.string.scan_view)
            page.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, context.px(HEIGHT_DP)).apply { topMargin = context.px(16) })
        }
        val message = page.message(R.id.message)
        if (camera != null && !context.mayUseCamera) {
            button(Ui.style.LaChan_Button_Main, R.string.scan_allow, R.id.main) { app.requestPermissions(arrayOf(Manifest.permission.CAMERA), 0) }
        }
        button(Ui.style.LaChan_Button_Soft, R.string.paste, R.id.second) {
            val packet = pasted(context)
            if (packet == null) message.say(context.getString(words(Refusal.NotAPacket))) else done(packet)
        }
    }

    private fun done(packet: Packet) {
        if (taken) return
        taken = true
        dismiss()
        take(packet)
    }

    private companion object {
        const val HEIGHT_DP = 300
    }
}
