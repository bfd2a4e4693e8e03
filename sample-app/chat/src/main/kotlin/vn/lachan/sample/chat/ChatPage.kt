package vn.lachan.sample.chat

import android.text.Editable
import android.text.TextWatcher
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import vn.lachan.Action
import vn.lachan.Direction
import vn.lachan.Indicator
import vn.lachan.MessageCheck
import vn.lachan.Verdict
import vn.lachan.sample.kit.colour
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.text
import vn.lachan.ui.HelpSheet
import vn.lachan.ui.MessageTip
import vn.lachan.ui.Warning
import vn.lachan.ui.WarningChoice
import vn.lachan.ui.WarningSheet
import vn.lachan.ui.R as Ui

/** A chat: what was said, and where the child writes. */
internal class ChatPage(private val peer: String) : Page {
    override fun Screen.fill(app: MainActivity) {
        ChatScreen(app, this, app.messenger.chats.first { it.peer.id == peer }).start()
    }
}

private class ChatScreen(private val app: MainActivity, private val screen: Screen, private val chat: Chat) {
    private val messenger = app.messenger
    private val bubbles = Bubbles(app, chat, ::forward, ::block)
    private val field = EditText(app, null, 0, Ui.style.LaChan_Text_Body)
    private val tip = MessageTip(app)
    private val suggestion = Button(app, null, 0, Ui.style.LaChan_Button_Soft)
    private val send = app.iconButton(Ui.drawable.lachan_ic_send, app.getString(R.string.send)) { sendWritten() }
    private var script: Job? = null
    private var sending: Job? = null

    /** Of the hint under what is held. */
    private var reading = Reading()

    fun start() {
        screen.bar(
            chat.peer.name, chat.peer.about, app::back,
            BarIcon(R.id.block, Ui.drawable.lachan_ic_block, R.string.block, ::block),
            BarIcon(R.id.help, Ui.drawable.lachan_ic_heart, R.string.open_help) { HelpSheet(app, messenger.age).show() },
        )
        screen.page.id = R.id.messages
        screen.page.gravity = Gravity.BOTTOM
        for (item in chat.items) show(item)
        // The page was left with it, or drawn anew without it.
        takeBack()
        if (chat.blocked) {
            screen.page.text(Ui.style.LaChan_Text_Small, app.getString(R.string.blocked), 16)
            screen.button(Ui.style.LaChan_Button_Soft, R.string.unblock, R.id.main) {
                chat.blocked = false
                app.draw()
            }
            return
        }
        composer()
        goOn()
    }

    private fun composer() {
        tip.id = R.id.draft_tip
        tip.attach(field)
        screen.below.addView(tip, margins(16, 4))
        suggestion.id = R.id.suggestion
        suggestion.visibility = View.GONE
        screen.below.addView(suggestion, margins(16, 4))
        val row = LinearLayout(app)
        row.gravity = Gravity.CENTER_VERTICAL
        row.addView(app.iconButton(R.drawable.ic_add, app.getString(R.string.add_picture)) { app.show(AlbumPage(chat)) }.also { it.id = R.id.add })
        field.id = R.id.field
        field.hint = app.getString(R.string.message)
        field.setHintTextColor(app.colour(Ui.attr.lachanColorTextMuted))
        field.setBackgroundResource(Ui.drawable.lachan_field)
        field.minHeight = app.px(48)
        field.isFocusable = true
        field.isFocusableInTouchMode = true
        field.isClickable = true
        field.isSaveEnabled = false
        val edge = app.px(12)
        field.setPadding(edge, edge, edge, edge)
        field.addTextChangedListener(object : TextWatcher {
            override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

            override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

            override fun afterTextChanged(text: Editable?) = reconsider()
        })
        row.addView(field, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        send.id = R.id.send
        row.addView(send)
        screen.below.addView(row, margins(8, 8))
    }

    private fun margins(side: Int, edge: Int) = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
        .apply { setMargins(app.px(side), app.px(edge), app.px(side), app.px(edge)) }

    /** Lets the script speak until it is the child's turn. */
    private fun goOn() {
        if (script?.isActive == true) return
        script = app.whileShown {
            messenger.open()
            chat.unanswered?.let { warn(it) }
            while (true) {
                when (val step = chat.next) {
                    is Step.Words -> {
                        delay(Opening.paceMillis)
                        val item = messenger.receive(chat, step)
                        chat.at++
                        show(item)
                        (item.check?.verdict as? Verdict.Concern)?.let { warn(it) }
                    }
                    is Step.Picture -> {
                        delay(Opening.paceMillis)
                        val item = messenger.receive(chat, app, step.kind)
                        chat.at++
                        show(item)
                        (item.verdict as? Verdict.Concern)?.let(::invite)
                    }
                    else -> break
                }
            }
            suggest(chat.next)
        }
    }

    /** An interruption comes before what is said next; a hint stands beside the message. */
    private suspend fun warn(concern: Verdict.Concern) {
        if (concern.action != Action.Interrupt) return
        chat.unanswered = concern
        ask(concern, Direction.Incoming)
        invite(concern)
    }

    private suspend fun ask(concern: Verdict.Concern, direction: Direction): WarningChoice {
        val answer = CompletableDeferred<WarningChoice>()
        WarningSheet(app, Warning(concern, direction, messenger.age, chat.peer.id), app.actions(canBlock = true)) { choice ->
            // A turn of the phone took the sheet away before anybody chose: the page that comes warns of what was received.
            if (app.isChangingConfigurations) return@WarningSheet
            if (chat.unanswered === concern) chat.unanswered = null
            if (choice == WarningChoice.AskedToBlock) block() else answer.complete(choice)
        }.show()
        return answer.await()
    }

    private fun invite(concern: Verdict.Concern) {
        messenger.invite(chat, app, concern)?.let(::show)
    }

    private fun show(item: Item) {
        bubbles.add(screen.page, item)
        screen.toEnd()
    }

    private fun suggest(step: Step?) {
        suggestion.visibility = View.VISIBLE
        when (step) {
            is Step.Reply -> {
                suggestion.text = step.gloss?.let { "${step.text}\n$it" } ?: step.text
                suggestion.contentDescription = app.getString(R.string.suggested, step.text)
                suggestion.setOnClickListener { field.setText(step.text) }
            }
            is Step.ReplyPicture -> offer(R.string.add_picture) { app.show(AlbumPage(chat)) }
            is Step.Call -> offer(R.string.call_answer) {
                chat.at++
                app.show(CallPage(chat.peer, step.kind))
            }
            else -> offer(R.string.again) {
                app.act {
                    messenger.restart(chat)
                    app.draw()
                }
            }
        }
    }

    private fun offer(words: Int, press: () -> Unit) {
        suggestion.setText(words)
        suggestion.contentDescription = null
        suggestion.setOnClickListener { press() }
    }

    /** What was looked at is not what will be sent any more. */
    private fun reconsider() {
        val (text, _) = chat.pending ?: return
        if (field.text.toString() == text) return
        tip.dismiss()
        send.contentDescription = app.getString(R.string.send)
        suggestion.visibility = View.VISIBLE
        takeBack()
    }

    /** What was looked at is not sent. */
    private fun takeBack() {
        if (chat.pending == null) return
        chat.pending = null
        app.act { messenger.withdraw(chat) }
    }

    /** Looks before it sends. A hint waits for a second tap, and so does what nobody could look at; an interruption asks. */
    private fun sendWritten() {
        val text = field.text.toString()
        if (text.isBlank() || sending?.isActive == true) return
        val held = chat.pending?.takeIf { it.first == text }?.second
        if (held != null && !reading.isDone) return
        sending = app.whileShown {
            if (held != null) return@whileShown sendHeld(text, held)
            val check = messenger.beforeSending(chat, text)
            val concern = check.verdict as? Verdict.Concern
            when {
                concern == null -> if (check.verdict.isUnchecked) hold(text, check) else sent(text)
                // The talk is what gives concern, not these words: a "no" must not be held up.
                !isAboutTheseWords(check) -> {
                    deliver(text)
                    warn(concern)
                    goOn()
                }
                else -> {
                    messenger.count(concern)
                    hold(text, check)
                    if (concern.action != Action.Tip) askToSend(text, concern)
                }
            }
        }
    }

    /** The second tap: past a hint it sends, past an interruption it asks again. */
    private suspend fun sendHeld(text: String, check: MessageCheck) {
        val concern = check.verdict as? Verdict.Concern
        if (concern == null || concern.action == Action.Tip) sent(text) else askToSend(text, concern)
    }

    private suspend fun askToSend(text: String, concern: Verdict.Concern) {
        if (ask(concern, Direction.Outgoing) == WarningChoice.WentOn) sent(text)
        invite(concern)
    }

    private fun isAboutTheseWords(check: MessageCheck): Boolean = check.spans.isNotEmpty() || check.indicators.any { it in OF_THE_CHILD }

    private fun hold(text: String, check: MessageCheck) {
        chat.pending = text to check
        reading = Reading()
        suggestion.visibility = View.GONE
        tip.show(check, Direction.Outgoing, messenger.age, app.actions(), chat.peer.id)
        send.contentDescription = app.getString(R.string.send_anyway)
        screen.toEnd()
    }

    private fun sent(text: String) {
        deliver(text)
        goOn()
    }

    private fun deliver(text: String) {
        chat.pending = null
        tip.dismiss()
        send.contentDescription = app.getString(R.string.send)
        field.setText("")
        val reply = chat.next as? Step.Reply
        Item.Words(text, reply?.gloss?.takeIf { reply.text == text }, mine = true, null).also { chat.items += it }.let(::show)
        if (reply != null) chat.at++
        suggestion.visibility = View.GONE
    }

    private fun forward(picture: Item.Picture) {
        app.show(ForwardPage(chat, picture.kind))
    }

    private fun block() {
        chat.blocked = true
        app.draw()
    }

    private companion object {
        /** Signs in what the child writes; all others are signs of the other side. */
        val OF_THE_CHILD = setOf(Indicator.SharesPersonalInfo, Indicator.AgreesMeeting, Indicator.AgreesImage)
    }
}
