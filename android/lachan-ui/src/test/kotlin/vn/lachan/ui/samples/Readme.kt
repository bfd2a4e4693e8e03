package vn.lachan.ui.samples

import android.content.Context
import android.graphics.Bitmap
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.PeerTrust
import vn.lachan.ui.MessageTip
import vn.lachan.ui.MessageWarning
import vn.lachan.ui.ShieldedImage
import vn.lachan.ui.ShieldedImageView

/** What the README shows, between the marks, as it stands there: `ReadmeTest` compares the two, and runs it. */
suspend fun readme(
    context: Context, view: ShieldedImageView, bitmap: Bitmap, tip: MessageTip, peerId: String, text: String,
): LaChan {
    // README
    // A first try. In an app nothing runs before the family agreed: `policy = agreed ?: Policy.Off`, section 2 of the guide.
    val shield = LaChan.open(context) { ageBand = AgeBand.Under13 }      // models load off the main thread

    // Clear: as it is. Concern: blur, explain, reveal, help. NotChecked: behind one tap, never shown as safe.
    ShieldedImage.show(view, bitmap, shield.checkImage(bitmap, Direction.Incoming))

    val talk = shield.conversation(peerId, PeerTrust.Unknown)
    val check = talk.check(Message.incoming(text))
    MessageWarning.show(tip, check, Direction.Incoming, AgeBand.Under13) // a hint under the bubble; a threat interrupts
    // README
    return shield
}
