package vn.lachan.sample.chat

import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import vn.lachan.Direction
import vn.lachan.Reveal
import vn.lachan.Verdict
import vn.lachan.sample.kit.message
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.text
import vn.lachan.ui.LessonSheet
import vn.lachan.ui.Lessons
import vn.lachan.ui.MessageTip
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningChoice
import vn.lachan.ui.WarningSheet
import vn.lachan.ui.R as Ui

/** What a chat consists of, as views. */
internal class Bubbles(
    private val app: MainActivity,
    private val chat: Chat,
    private val forward: (Item.Picture) -> Unit,
    private val block: () -> Unit,
) {
    private val age get() = app.messenger.age

    fun add(page: LinearLayout, item: Item) {
        when (item) {
            is Item.Words -> words(page, item)
            is Item.Picture -> picture(page, item)
            is Item.Note -> page.text(Ui.style.LaChan_Text_Small, item.words, 14).gravity = Gravity.CENTER_HORIZONTAL
            is Item.Invite -> invite(page, item)
        }
    }

    private fun words(page: LinearLayout, item: Item.Words) {
        val bubble = LinearLayout(app)
        bubble.orientation = LinearLayout.VERTICAL
        bubble.background = app.rounded(if (item.mine) Ui.attr.lachanColorAccentSoft else Ui.attr.lachanColorCard, CORNER_DP, outline = !item.mine)
        bubble.setPadding(app.px(16), app.px(10), app.px(16), app.px(10))
        for ((text, style) in listOf(item.text to Ui.style.LaChan_Text_Body, item.gloss to Ui.style.LaChan_Text_Small)) {
            if (text != null) bubble.addView(TextView(app, null, 0, style).also { it.text = text })
        }
        val said = listOfNotNull(item.text, item.gloss).joinToString(". ")
        bubble.contentDescription =
            if (item.mine) app.getString(R.string.from_me, said) else app.getString(R.string.from_them, chat.peer.name, said)
        bubble.isFocusable = true
        page.addView(bubble, place(item.mine, WRAP_CONTENT))
        val check = item.check ?: return
        val tip = MessageTip(app)
        tip.show(check, Direction.Incoming, age, app.actions(canBlock = true), chat.peer.id)
        page.addView(tip, below(8))
    }

    private fun picture(page: LinearLayout, item: Item.Picture) {
        val bitmap = Pictures.load(app, item.kind)
        val verdict = item.verdict
        when {
            // What the child sent itself, it has seen; and where the family did not switch it on, nothing was held back.
            verdict is Verdict.Clear || verdict.isNotAskedFor || item.mine -> {
                val view = ImageView(app)
                view.setImageBitmap(bitmap)
                view.adjustViewBounds = true
                view.background = app.rounded(Ui.attr.lachanColorCard, CORNER_DP)
                view.clipToOutline = true
                view.contentDescription = if (item.mine) app.getString(R.string.picture_me) else Pictures.describe(app, item.kind)
                page.addView(view, place(item.mine, app.px(PICTURE_DP)))
                if (!item.mine) offerForward(page, item)
            }
            verdict is Verdict.Concern -> {
                val view = ShieldedImageView(app)
                page.addView(view, place(mine = false, app.px(SHIELD_DP)))
                view.bind(bitmap, Warning(verdict, Direction.Incoming, age, chat.peer.id), app.actions(canBlock = true)) { choice ->
                    if (choice == WarningChoice.AskedToBlock) block()
                }
                // What nobody may open, nobody passes on.
                if (verdict.advice.reveal != Reveal.Never) offerForward(page, item)
            }
            else -> unchecked(page, item)
        }
    }

    /** Nobody could look: neither shown as safe nor as a finding. */
    private fun unchecked(page: LinearLayout, item: Item.Picture) {
        val card = LinearLayout(app)
        card.orientation = LinearLayout.VERTICAL
        card.background = app.rounded(Ui.attr.lachanColorCard, CORNER_DP, outline = true)
        card.setPadding(app.px(16), app.px(12), app.px(16), app.px(4))
        card.text(Ui.style.LaChan_Text_Small, app.getString(R.string.picture_unchecked), 0)
        val look = Button(app, null, 0, Ui.style.LaChan_Button_Link)
        look.setText(R.string.picture_look)
        look.setOnClickListener {
            val view = ImageView(app)
            view.setImageBitmap(Pictures.load(app, item.kind))
            view.adjustViewBounds = true
            view.contentDescription = Pictures.describe(app, item.kind)
            card.removeView(look)
            card.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = app.px(12) })
        }
        card.addView(look)
        page.addView(card, place(mine = false, app.px(PICTURE_DP)))
    }

    private fun offerForward(page: LinearLayout, item: Item.Picture) {
        val button = Button(app, null, 0, Ui.style.LaChan_Button_Link)
        button.id = R.id.forward
        button.setText(R.string.forward)
        button.setOnClickListener { forward(item) }
        page.addView(button, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT))
    }

    private fun invite(page: LinearLayout, item: Item.Invite) {
        val lesson = Lessons.find(app, item.lesson, age) ?: return
        val card = LinearLayout(app)
        card.orientation = LinearLayout.VERTICAL
        card.setBackgroundResource(Ui.drawable.lachan_card)
        card.row(Ui.drawable.lachan_ic_book, lesson.title, app.getString(R.string.lesson_invite)) { LessonSheet(app, lesson, age).show() }.id = R.id.invite
        page.addView(card, below(12))
    }

    private fun place(mine: Boolean, width: Int) = LinearLayout.LayoutParams(width, WRAP_CONTENT).apply {
        gravity = if (mine) Gravity.END else Gravity.START
        topMargin = app.px(10)
        if (mine) marginStart = app.px(48) else if (width == WRAP_CONTENT) marginEnd = app.px(48)
    }

    private fun below(dp: Int) = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = app.px(dp) }

    private companion object {
        const val CORNER_DP = 20
        const val PICTURE_DP = 220

        /** Wide enough for the words on the blur to stand beside each other. */
        const val SHIELD_DP = 272
    }
}

/** Asks the contacts whether a picture goes on: the person in it cannot. */
internal class ForwardPage(private val from: Chat, private val kind: PictureKind) : Page {
    override fun Screen.fill(app: MainActivity) {
        bar(app.getString(R.string.forward_to), null, app::back)
        card {
            for (chat in app.messenger.chats.filter { it !== from && !it.blocked }) {
                addView(contact(app, chat.peer) { app.whileShown { sendPicture(app, this@fill, chat, kind, Direction.Forward, from) { passedOn(app, chat) } } })
            }
        }
    }

    private fun passedOn(app: MainActivity, to: Chat) {
        from.items += Item.Note(app.getString(R.string.passed_on, to.peer.name))
    }
}

/** The pictures on this phone; one of them stands for what nobody should be asked for. */
internal class AlbumPage(private val chat: Chat) : Page {
    override fun Screen.fill(app: MainActivity) {
        bar(app.getString(R.string.album), null, app::back)
        fun choose(kind: PictureKind) = app.whileShown { sendPicture(app, this@fill, chat, kind, Direction.Outgoing, chat) {} }
        card {
            row(Ui.drawable.lachan_ic_picture, app.getString(R.string.album_hills)) { choose(PictureKind.Hills) }.id = R.id.second
            row(Ui.drawable.lachan_ic_picture, app.getString(R.string.album_marker), app.getString(R.string.album_marker_text)) {
                choose(PictureKind.Nudity)
            }.id = R.id.main
        }
    }
}

/** Looks at a picture before it leaves, and goes back to the chat with what became of it. */
private suspend fun sendPicture(
    app: MainActivity, screen: Screen, to: Chat, kind: PictureKind, direction: Direction, about: Chat, onSent: () -> Unit,
) {
    val messenger = app.messenger
    val verdict = messenger.look(app, kind, direction)
    val from = to.takeIf { direction == Direction.Outgoing }
    fun finish(sent: Boolean) {
        if (sent) {
            to.items += Item.Picture(kind, mine = true, verdict)
            onSent()
        }
        if (from?.next is Step.ReplyPicture) from.at++
        app.back()
    }
    if (verdict.isUnchecked) return screen.hold { finish(sent = true) }
    if (verdict !is Verdict.Concern) return finish(sent = true)
    messenger.count(verdict)
    WarningSheet(app, Warning(verdict, direction, messenger.age, about.peer.id), app.actions()) { choice ->
        if (choice == WarningChoice.AskedToBlock) return@WarningSheet
        val sent = choice == WarningChoice.WentOn
        if (!sent) from?.items?.add(Item.Note(app.getString(R.string.not_sent)))
        from?.let { messenger.invite(it, app, verdict) }
        finish(sent)
    }.show()
}

/** Says below what was chosen from that nobody could look at it. One more tap sends it, as it sends words. */
private fun Screen.hold(send: () -> Unit) {
    page.findViewById<View>(R.id.held)?.let(page::removeView)
    val reading = Reading()
    val held = LinearLayout(context)
    held.id = R.id.held
    held.orientation = LinearLayout.VERTICAL
    page.addView(held, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    held.message(R.id.message).say(context.getString(R.string.picture_unchecked))
    val button = Button(context, null, 0, Ui.style.LaChan_Button_Soft)
    button.id = R.id.send
    button.setText(R.string.send_anyway)
    button.setOnClickListener { if (reading.isDone) send() }
    held.addView(button, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.px(10) })
    toEnd()
}
