package vn.lachan.samples

import android.content.Context
import android.graphics.Bitmap
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Verdict

// Shown in the API's documentation; compiled with the tests so that they stay true.

internal suspend fun openAndCheck(context: Context, bitmap: Bitmap): Verdict {
    val shield = LaChan.open(context) { ageBand = AgeBand.Under13 }
    return shield.checkImage(bitmap, Direction.Incoming)
}

internal fun showPicture(verdict: Verdict, show: () -> Unit, warn: (Verdict.Concern) -> Unit, ask: (NotCheckedReason) -> Unit) {
    when (verdict) {
        is Verdict.Clear -> show()
        is Verdict.Concern -> warn(verdict)
        is Verdict.NotChecked -> ask(verdict.reason)
    }
}

internal suspend fun checkMessages(shield: LaChan, text: String): Boolean {
    val talk = shield.conversation("peer-1", PeerTrust.Unknown)
    val check = talk.check(Message.incoming(text))
    return check.verdict is Verdict.Concern
}
