package vn.lachan.ui.samples

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import android.widget.EditText
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.MessageCheck
import vn.lachan.Verdict
import vn.lachan.ui.HostActions
import vn.lachan.ui.Lesson
import vn.lachan.ui.LessonSource
import vn.lachan.ui.Lessons
import vn.lachan.ui.MessageTip
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningChoice
import vn.lachan.ui.WarningSheet

/** Shows a received picture as its verdict says. */
fun showPicture(view: ShieldedImageView, bitmap: Bitmap, verdict: Verdict, block: () -> Unit) {
    if (verdict !is Verdict.Concern) return view.clear()
    view.bind(bitmap, Warning(verdict, Direction.Incoming, AgeBand.Under13), HostActions(canBlock = true)) { choice ->
        if (choice == WarningChoice.AskedToBlock) block()
    }
}

/** Asks before a picture is sent; nothing is asked where nothing was found. */
fun askBeforeSending(activity: Activity, verdict: Verdict, send: () -> Unit) {
    if (verdict !is Verdict.Concern) return send()
    WarningSheet(activity, Warning(verdict, Direction.Outgoing, AgeBand.From13To15)) { choice ->
        if (choice == WarningChoice.WentOn) send()
    }.show()
}

/** Puts a hint under the text field, and marks personal data in it. */
fun hintWhileWriting(tip: MessageTip, field: EditText, check: MessageCheck) {
    tip.attach(field)
    tip.show(check, Direction.Outgoing, AgeBand.Under13)
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
