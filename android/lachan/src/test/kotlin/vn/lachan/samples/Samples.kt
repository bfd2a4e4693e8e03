package vn.lachan.samples

import android.content.Context
import android.graphics.Bitmap
import android.media.Image
import android.net.Uri
import android.util.Log
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.LiveFrame
import vn.lachan.LiveSession
import vn.lachan.Logger
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.ModelState
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.TrustedKeys
import vn.lachan.Verdict

// Shown in the API's documentation; compiled with the tests so that they stay true. What stands between `// doc: NAME`
// and `// end` is shown in docs/vi/integration.md and docs/en/integration.md as well: DocumentsTest compares them.

internal suspend fun openAndCheck(context: Context, agreed: Policy?, bitmap: Bitmap): Verdict {
    val shield = LaChan.open(context) { policy = agreed ?: Policy.Off }
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

// doc: app-shield
internal class AppShield(context: Context, scope: CoroutineScope, agreed: Policy?) {
    private val opening = scope.async(start = CoroutineStart.LAZY) {
        LaChan.open(context) { policy = agreed ?: Policy.Off }
    }

    suspend fun get(): LaChan = opening.await()
}
// end

internal suspend fun openWhenAgreed(context: Context, agreed: Policy?): LaChan {
    // doc: open
    val shield = LaChan.open(context) {
        policy = agreed ?: Policy.Off
    }
    // end
    return shield
}

internal suspend fun openAsConfigured(context: Context, agreed: Policy?, debugBuild: Boolean, publisherKey: String): LaChan {
    // doc: configure
    val shield = LaChan.open(context) {
        policy = agreed ?: Policy.Off
        trust = if (debugBuild) TrustedKeys.Development else TrustedKeys(listOf(publisherKey))
        testMode = debugBuild
        if (debugBuild) logger = Logger { level, line -> Log.d("LaChan", "$level $line") }
    }
    // end
    return shield
}

internal suspend fun switchOn(shield: LaChan) {
    // doc: consent
    shield.setPolicy(Policy.forAge(AgeBand.Under13))
    // end
}

internal suspend fun switchOff(shield: LaChan, peerIds: List<String>) {
    // doc: withdraw
    shield.setPolicy(Policy.Off)
    for (peerId in peerIds) shield.conversation(peerId, PeerTrust.Unknown).forget()
    // end
}

internal suspend fun checkPicked(shield: LaChan, uri: Uri): Verdict {
    // doc: check-uri
    val verdict = shield.checkImage(uri, Direction.Outgoing)
    // end
    return verdict
}

internal fun handleNotChecked(
    reason: NotCheckedReason,
    show: () -> Unit,
    showWithCare: () -> Unit,
    decodeAndCheckBitmap: () -> Unit,
    tellDevelopers: (NotCheckedReason) -> Unit,
) {
    // doc: not-checked
    when (reason) {
        NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered -> show()
        NotCheckedReason.UnsupportedFormat -> decodeAndCheckBitmap()
        NotCheckedReason.ModelUnavailable, NotCheckedReason.LibraryUnavailable -> {
            tellDevelopers(reason)
            showWithCare()
        }
        else -> showWithCare()
    }
    // end
}

internal suspend fun watchModels(shield: LaChan, tellDevelopers: (String) -> Unit) {
    // doc: models
    shield.models.collect { state ->
        if (state is ModelState.Unavailable) tellDevelopers(state.why)
    }
    // end
}

internal suspend fun checkReceived(shield: LaChan, peerId: String, inContacts: Boolean, text: String, sentAt: Long): MessageCheck {
    // doc: incoming-message
    val talk = shield.conversation(peerId, if (inContacts) PeerTrust.Saved else PeerTrust.Unknown)
    val check = talk.check(Message.incoming(text, sentAt))
    // end
    return check
}

internal suspend fun checkFrame(session: LiveSession, image: Image, rotation: Int, cover: (Boolean) -> Unit, sayNotChecked: () -> Unit) {
    // doc: live
    val verdict = image.use {
        if (!session.wantsFrame(it.timestamp / 1_000_000)) return
        session.check(LiveFrame.of(it, rotation))
    }
    when (verdict) {
        is Verdict.Concern -> cover(true)
        is Verdict.Clear -> cover(false)
        is Verdict.NotChecked -> when (verdict.reason) {
            NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered -> cover(false)
            NotCheckedReason.TooFewFrames -> Unit
            else -> sayNotChecked() // what is covered stays covered
        }
    }
    // end
}
