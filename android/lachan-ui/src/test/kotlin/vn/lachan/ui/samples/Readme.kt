package vn.lachan.ui.samples

import android.content.Context
import android.graphics.Bitmap
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Verdict
import vn.lachan.ui.MessageTip
import vn.lachan.ui.ShieldedImage
import vn.lachan.ui.ShieldedImageView

/** What the README shows, between the marks, as it stands there: `ReadmeTest` compares the two, and runs it. */
suspend fun readme(
    context: Context, view: ShieldedImageView, bitmap: Bitmap, tip: MessageTip, peerId: String, text: String,
    show: (Bitmap) -> Unit, showWithCare: (Bitmap, NotCheckedReason) -> Unit,
): LaChan {
    // README
    // A first try. In an app nothing runs before the family agreed: `policy = agreed ?: Policy.Off`, section 2 of the guide.
    val shield = LaChan.open(context) { ageBand = AgeBand.Under13 }      // models load off the main thread

    when (val verdict = shield.checkImage(bitmap, Direction.Incoming)) {
        is Verdict.Clear -> show(bitmap)
        is Verdict.Concern -> ShieldedImage.bind(view, bitmap, verdict)  // blur, explain, reveal, help
        is Verdict.NotChecked -> showWithCare(bitmap, verdict.reason)    // nobody looked: never shown as safe
    }
    val talk = shield.conversation(peerId, PeerTrust.Unknown)
    tip.show(talk.check(Message.incoming(text)), Direction.Incoming, AgeBand.Under13)
    // README
    return shield
}
