package vn.lachan.sample.guardian

import android.os.Bundle
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.WindowManager
import android.widget.EditText
import android.widget.TextView
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Met
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.RecoveryWords
import vn.lachan.sample.kit.hasLargeText
import vn.lachan.sample.kit.px
import vn.lachan.sample.kit.row
import vn.lachan.sample.kit.say
import vn.lachan.sample.kit.words
import vn.lachan.ui.R as Ui

/** What the app is, and what it never sees. */
internal val Welcome = Page { app ->
    head(Ui.drawable.lachan_ic_shield, R.string.welcome_title, R.string.welcome_body)
    card {
        row(Ui.drawable.lachan_ic_check, context.getString(R.string.welcome_sees))
        row(Ui.drawable.lachan_ic_eye_off, context.getString(R.string.welcome_never))
        row(Ui.drawable.lachan_ic_device, context.getString(R.string.welcome_where))
    }
    message()
    main(R.string.start) { app.act { Opening.create(app).orSay(app) { app.begun(it) } } }
    third(R.string.have_words) { app.show(Recover()) }
}

private fun MainActivity.begun(begun: GuardianPhone.Begun, recovered: Boolean = false) {
    guardian = begun.guardian
    restart(Words(begun.words, recovered))
}

/** The recovery words, once. */
internal class Words(private val words: RecoveryWords, private val recovered: Boolean = false) : Resumable {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_key, R.string.words_title, R.string.words_body)
        card {
            val columns = if (context.hasLargeText) 2 else 3
            words.syllables.chunked(columns).forEachIndexed { row, syllables ->
                val line = android.widget.LinearLayout(context)
                val edge = context.px(16)
                line.setPadding(edge, context.px(7), edge, context.px(7))
                syllables.forEachIndexed { at, syllable ->
                    val cell = TextView(context, null, 0, Ui.style.LaChan_Text_Body)
                    cell.text = context.resources.getString(R.string.word, row * columns + at + 1, syllable)
                    line.addView(cell, android.widget.LinearLayout.LayoutParams(0, WRAP, 1f))
                }
                addView(line)
            }
        }
        note(Ui.drawable.lachan_ic_capture, context.getString(R.string.words_once))
        // Neither in screenshots nor in the list of recent apps.
        app.window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        main(R.string.words_done) {
            app.window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE)
            app.restart(Home)
            if (recovered) app.show(Recovered)
        }
    }

    override fun write(): Bundle = Resumable.words()

    private companion object {
        const val WRAP = android.view.ViewGroup.LayoutParams.WRAP_CONTENT
    }
}

/** The app was closed while the words were shown. They are nowhere any more, and no phone follows their key yet. */
internal object WordsLost : Resumable {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_key, R.string.words_lost_title, R.string.words_lost_body)
        message()
        main(R.string.words_lost_again) {
            app.act {
                app.guardian?.wipe()?.orSay(app) {
                    app.guardian = null
                    app.restart(Welcome)
                }
            }
        }
        second(R.string.words_lost_have) { app.back() }
    }

    override fun write(): Bundle = Resumable.words()
}

/** A guardian who lost its phone types the words. */
internal class Recover : Page {
    private var typed = ""

    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_key, R.string.recover_title, R.string.recover_body)
        val type = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        field(R.string.recover_label, LONGEST_WORDS, type, lines = 4).keep(typed) { typed = it }
        val message = message()
        main(R.string.recover_go) {
            val entered = typed
            when (val slip = RecoveryWords.slip(entered)) {
                null -> app.act { Opening.recover(app, entered).orSay(app) { app.begun(it, recovered = true) } }
                is RecoveryWords.Slip.Unknown -> message.say(context.getString(R.string.slip_unknown, slip.place.toString()))
                is RecoveryWords.Slip.Count -> message.say(context.getString(R.string.slip_count, slip.count.toString()))
                is RecoveryWords.Slip.Checksum -> message.say(context.getString(R.string.slip_checksum))
            }
        }
        third(R.string.back) { app.back() }
    }
}

/** A new key alone decides nothing: the children's phones have to meet it. */
internal val Recovered = Page { app ->
    head(Ui.drawable.lachan_ic_check, R.string.recovered_title, R.string.recovered)
    main(R.string.done) { app.back() }
}

/** Only a person knows that every child's phone has met the new key. Then what is kept of the lost one is forgotten. */
internal val AllConnected = Page { app ->
    head(Ui.drawable.lachan_ic_key, R.string.all_connected, R.string.all_connected_body)
    message()
    main(R.string.all_connected_yes) { app.act { app.guardian?.finishRecovery()?.orSay(app) { app.restart(Home) } } }
    third(R.string.back) { app.back() }
}

/** Shows what was typed, and gives what is typed from now on to [hear]. */
private fun EditText.keep(typed: String, hear: (String) -> Unit) {
    setText(typed)
    addTextChangedListener(object : TextWatcher {
        override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

        override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

        override fun afterTextChanged(text: Editable?) = hear(text?.toString().orEmpty())
    })
}

private const val LONGEST_WORDS = 240

/** The offer as a code, and then the answer. */
internal class Connect(private val offer: Packet) : Resumable {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_people, R.string.pair_title, R.string.pair_body)
        code(offer, R.string.pair_picture)
        message()
        main(R.string.pair_next) { app.scanAnswer() }
        third(R.string.cancel) { app.back() }
    }

    override fun write(): Bundle = Resumable.pair()
}

/** The app was closed while the code was shown. A phone that has scanned it still has its answer. */
internal object PairAgain : Resumable {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_people, R.string.pair_again_title, R.string.pair_again_body)
        message()
        main(R.string.pair_again_new) { app.act { app.guardian?.offer()?.orSay(app) { app.replace(Connect(it)) } } }
        second(R.string.pair_next) { app.scanAnswer() }
        third(R.string.cancel) { app.back() }
    }

    override fun write(): Bundle = Resumable.pair()
}

private fun MainActivity.scanAnswer() = scan { answer ->
    act {
        guardian?.accept(answer)?.orSay(this) {
            compared.ask(it)
            replace(Digits(it))
        }
    }
}

/** Twelve digits that only the two phones can both know. */
internal class Digits(private val met: Met, private var name: String = "") : Resumable {
    override fun Sheet.fill(app: MainActivity) {
        head(Ui.drawable.lachan_ic_people, R.string.digits_title, R.string.digits_body)
        digits(met.digits)
        field(R.string.name_label, Names.LONGEST, InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_WORDS).keep(name) { name = it }
        message()
        main(R.string.digits_same) {
            app.compared.same(met.phone)
            app.names.set(met.phone, name)
            app.restart(Home)
            app.show(Protect(met.phone))
        }
        third(R.string.digits_differ) {
            app.act {
                app.guardian?.forget(met.phone)?.orSay(app) {
                    app.compared.forget(met.phone)
                    app.replace(Differ)
                }
            }
        }
    }

    override fun write(): Bundle = Resumable.digits(met, name)
}

internal val Differ = Page { app ->
    head(Ui.drawable.lachan_ic_block, R.string.differ_title, R.string.differ_body)
    main(R.string.done) { app.restart(Home) }
}

internal val NotWorking = Page { app ->
    head(Ui.drawable.lachan_ic_lock, context.getString(R.string.app_name), context.getString(R.string.not_working))
    main(R.string.done) { app.finish() }
}

/** Goes on with what was done, or says why it was not, on the page that is shown by then. */
internal inline fun <T> Outcome<T>.orSay(app: MainActivity, next: (T) -> Unit) {
    when (this) {
        is Outcome.Done -> next(value)
        is Outcome.Refused -> app.say(words(refusal))
    }
}
