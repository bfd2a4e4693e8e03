package vn.lachan.sample.chat

import android.graphics.Bitmap
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import kotlinx.coroutines.delay
import vn.lachan.Direction
import vn.lachan.NotCheckedReason
import vn.lachan.Verdict
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.text
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.Warning
import vn.lachan.ui.R as Ui

/** A video call. The other side's camera is drawn: hills first, then the test marker, then hills again. */
internal class CallPage(private val peer: Peer, private val kind: PictureKind) : Page {
    override fun Screen.fill(app: MainActivity) {
        val age = app.messenger.age
        bar(
            app.getString(R.string.call_with, peer.name), null, app::back,
            BarIcon(R.id.help, Ui.drawable.lachan_ic_heart, R.string.open_help) { HelpSheet(app, age).show() },
        )
        val camera = ImageView(app)
        camera.scaleType = ImageView.ScaleType.CENTER_CROP
        camera.contentDescription = app.getString(R.string.call_picture)
        val cover = ShieldedImageView(app)
        cover.id = R.id.camera
        val frame = FrameLayout(app)
        frame.addView(camera, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        frame.addView(cover, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        page.addView(frame, LinearLayout.LayoutParams(MATCH_PARENT, app.px(CAMERA_DP)).apply { topMargin = app.px(8) })
        val status = page.text(Ui.style.LaChan_Text_Body, app.getString(R.string.call_clear), 16)
        status.id = R.id.status
        status.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        button(Ui.style.LaChan_Button_Main, R.string.call_end, R.id.main) { app.back() }
        fun look(verdict: Verdict, picture: Bitmap) {
            val notChecked = verdict is Verdict.NotChecked && !verdict.isNotAskedFor
            val isCovered = cover.visibility == View.VISIBLE
            // What nobody could look at opens nothing that is covered, and covers nothing.
            val covered = verdict is Verdict.Concern || notChecked && isCovered
            camera.setImageBitmap(picture)
            if (verdict is Verdict.Concern && !isCovered) {
                cover.bind(picture, Warning(verdict, Direction.Incoming, age, peer.id), app.actions())
                app.act { app.messenger.count(verdict) }
            } else if (!covered) {
                cover.clear()
            }
            cover.visibility = if (covered) View.VISIBLE else View.GONE
            // Under the cover nothing is left to be seen or heard.
            camera.visibility = if (covered) View.INVISIBLE else View.VISIBLE
            val words = app.getString(if (notChecked) R.string.call_unchecked else if (covered) R.string.call_covered else R.string.call_clear)
            if (status.text.toString() != words) status.text = words
        }
        cover.visibility = View.GONE
        app.whileShown {
            val calm = Pictures.load(app, PictureKind.Hills)
            val shown = Pictures.load(app, kind)
            app.messenger.open()
            val session = app.messenger.shield?.liveSession(Direction.Incoming) ?: return@whileShown
            session.use {
                var number = 0
                while (true) {
                    val picture = if (number in SHOWN) shown else calm
                    val millis = number * FRAME_MILLIS
                    if (session.wantsFrame(millis)) {
                        val verdict = session.check(Pictures.frame(picture, millis))
                        // Until enough frames were looked at, nothing is shown.
                        if (verdict != TOO_FEW) look(verdict, picture)
                    }
                    number++
                    delay(Opening.frameMillis)
                }
            }
        }
    }

    private companion object {
        const val CAMERA_DP = 300

        /** The shield takes two frames a second. */
        const val FRAME_MILLIS = 500L

        val TOO_FEW = Verdict.NotChecked(NotCheckedReason.TooFewFrames)

        /** Frames in which the other camera shows what it should not. */
        val SHOWN = 6..20
    }
}
