package vn.lachan.ui.samples

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import android.widget.EditText
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import vn.lachan.Action
import vn.lachan.AgeBand
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.Report
import vn.lachan.ReportHook
import vn.lachan.Verdict
import vn.lachan.ui.CheckedSheet
import vn.lachan.ui.GuardianAnswer
import vn.lachan.ui.GuardianGate
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.HostActions
import vn.lachan.ui.Lesson
import vn.lachan.ui.LessonSource
import vn.lachan.ui.Lessons
import vn.lachan.ui.MessageTip
import vn.lachan.ui.MessageWarning
import vn.lachan.ui.ShieldedImage
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningChoice
import vn.lachan.ui.WarningSheet

// What stands between `// doc: NAME` and `// end` is shown in docs/vi/integration.md and docs/en/integration.md.

/** Shows a received picture as its verdict says. */
fun showPicture(view: ShieldedImageView, bitmap: Bitmap, verdict: Verdict, block: () -> Unit) {
    ShieldedImage.show(view, bitmap, verdict, actions = HostActions(canBlock = true)) { choice ->
        if (choice == WarningChoice.AskedToBlock) block()
    }
}

/** Asks before a picture is sent; nothing is asked where nothing was found. */
fun askBeforeSending(activity: Activity, verdict: Verdict, send: () -> Unit) {
    // doc: outgoing-picture
    if (verdict !is Verdict.Concern) return send()
    WarningSheet(activity, Warning(verdict, Direction.Outgoing, AgeBand.From13To15)) { choice ->
        if (choice == WarningChoice.WentOn) send()
    }.show()
    // end
}

/** Puts a hint under the text field, and marks personal data in it. */
fun hintWhileWriting(tip: MessageTip, field: EditText, check: MessageCheck) {
    tip.attach(field)
    tip.show(check, Direction.Outgoing, AgeBand.Under13)
}

/** A received picture, from the check to the screen. */
suspend fun receivePicture(shield: LaChan, view: ShieldedImageView, bitmap: Bitmap) {
    // doc: first-warning
    // ShieldedImage.show(view, bitmap, verdict) is short for all three
    when (val verdict = shield.checkImage(bitmap, Direction.Incoming)) {
        is Verdict.Clear -> view.showClear(bitmap)
        is Verdict.Concern -> ShieldedImage.bind(view, bitmap, verdict)
        // behind one tap; as ever where the family did not switch it on
        is Verdict.NotChecked -> ShieldedImage.show(view, bitmap, verdict)
    }
    // end
}

/** A received picture of the app's, with what was found in it. */
class ReceivedPicture(val load: suspend () -> Bitmap) {
    var verdict: Verdict? = null
}

/** A row of a list of messages, of whatever library the list is. */
// doc: list-row
// the scope is of the main thread
class PictureRow(private val view: ShieldedImageView, private val shield: LaChan, private val scope: CoroutineScope) {
    private var job: Job? = null

    fun bind(message: ReceivedPicture) {
        recycle()
        job = scope.launch {
            val bitmap = message.load()
            val verdict = message.verdict ?: shield.checkImage(bitmap, Direction.Incoming)
            // what nobody looked at is tried again the next time
            if (verdict !is Verdict.NotChecked) message.verdict = verdict
            ShieldedImage.show(view, bitmap, verdict)
        }
    }

    // before the row is given to another message
    fun recycle() {
        job?.cancel()
        view.clear()
    }
}
// end

/** A received picture with all that an app can offer beside the warning. */
fun showWithEverything(
    view: ShieldedImageView,
    bitmap: Bitmap,
    concern: Verdict.Concern,
    itemId: String,
    askGuardian: (Context, GuardianAnswer) -> Unit,
    toTrustDesk: (Report) -> Unit,
    block: () -> Unit,
) {
    // doc: shielded-image
    val actions = HostActions(
        guardianGate = GuardianGate { context, _, answer -> askGuardian(context, answer) },
        reportHook = ReportHook { _, report -> toTrustDesk(report) },
        canBlock = true,
    )
    view.bind(bitmap, Warning(concern, Direction.Incoming, AgeBand.Under13, itemId), actions) { choice ->
        if (choice == WarningChoice.AskedToBlock) block()
    }
    // end
}

/** Looks at a draft that rests. Nothing of it stays in the talk. */
suspend fun hintForDraft(talk: Conversation, tip: MessageTip, field: EditText) {
    // doc: draft
    tip.attach(field)
    val draft = field.text.toString()
    if (draft.isBlank()) return tip.dismiss()
    // Typing on may cancel this: there is nothing to take back.
    val check = talk.checkDraft(draft)
    tip.show(check, Direction.Outgoing, AgeBand.Under13)
    // end
}

/** Shows what a received message gives cause for. */
fun warnOfMessage(tip: MessageTip, check: MessageCheck, peerId: String, block: () -> Unit) {
    // doc: message-warning
    MessageWarning.show(tip, check, Direction.Incoming, AgeBand.Under13, HostActions(canBlock = true), peerId) { choice ->
        if (choice == WarningChoice.AskedToBlock) block()
    }
    // end
}

/** Checks a message that is about to be sent; `scope` is of the main thread and outlives the activity. */
fun sendMessage(activity: Activity, scope: CoroutineScope, talk: Conversation, text: String, send: (String) -> Unit) {
    // doc: outgoing-message
    scope.launch {
        val verdict = talk.check(Message.outgoing(text)).verdict
        if (verdict !is Verdict.Concern || verdict.action == Action.Tip) return@launch send(text)
        WarningSheet(activity, Warning(verdict, Direction.Outgoing, AgeBand.Under13)) { choice ->
            when (choice) {
                WarningChoice.WentOn -> send(text)
                WarningChoice.Stayed -> scope.launch { talk.withdraw() }
                WarningChoice.AskedToBlock -> Unit
            }
        }.show()
    }
    // end
}

/** What the menu of a chat offers at any time. */
fun openFromMenu(activity: Activity, shield: LaChan, help: Boolean) {
    if (help) {
        // doc: help
        HelpSheet(activity, AgeBand.Under13).show()
        // end
    } else {
        // doc: what-is-checked
        CheckedSheet(activity, shield.policy).show()
        // end
    }
}

/** Adds a lesson of the app's own to those that are bundled. */
fun ownLessons() {
    Lessons.plug(object : LessonSource {
        override fun keys(context: Context): List<String> = listOf("school_rules")

        override fun find(context: Context, key: String, age: AgeBand): Lesson? = if (key != "school_rules") null else Lesson(
            key, "Nội quy trên mạng của trường", "Trường mình có vài quy tắc khi dùng mạng.", "Để ai cũng thấy thoải mái.",
            listOf("Hỏi trước khi đăng hình của bạn.", "Thấy chuyện không ổn thì báo thầy cô.", "Không chắc thì hỏi."), emptyList(),
        )
    })
}
