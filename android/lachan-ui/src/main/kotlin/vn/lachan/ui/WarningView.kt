package vn.lachan.ui

import android.content.Context
import android.os.Bundle
import android.os.Parcelable
import android.os.SystemClock
import vn.lachan.Direction
import vn.lachan.Reveal

/**
 * The page of a warning, for apps that show it in a place of their own; [WarningSheet] shows it over the app.
 *
 * It says what this is about and why, what the child can do, and that nobody is told. The safe choice is the main
 * button; going on takes what the policy asks for: a tap, a confirmation, or a guardian. A tap that comes before the page has
 * stood for 0.8 seconds does not go on: it is the second of a double tap.
 */
public class WarningView @JvmOverloads constructor(
    context: Context,
    private val warning: Warning,
    private val actions: HostActions = HostActions.None,
    private val listener: WarningListener,
) : SheetView(context) {
    private val speech = Speech(this.context, warning.voice)
    private var confirming = false
    private var decided = false

    /** When the page that is shown was first laid out, in the time of [SystemClock.uptimeMillis]; `null` until it is. */
    private var laidOutAt: Long? = null

    init {
        id = R.id.lachan_warning
        addOnLayoutChangeListener { _, _, _, _, _, _, _, _, _ -> if (laidOutAt == null) laidOutAt = SystemClock.uptimeMillis() }
        show(confirm = false)
    }

    private fun show(confirm: Boolean) {
        confirming = confirm
        laidOutAt = null
        refill { if (confirm) fillConfirmation() else fillExplanation() }
    }

    private fun fillExplanation() {
        val advice = warning.concern.advice
        val title = speech.title(advice.warning)
        announce(title)
        page.addHead(R.drawable.lachan_ic_shield, title, speech.body(advice.warning))
        page.addNote(R.drawable.lachan_ic_lock, speech.say(Said.nobodyTold))
        val card = page.addCard()
        for (key in advice.steps) {
            val words = speech.step(key) ?: continue
            card.addRow(stepIcon(key), words, open = opens(key))
        }
        Lessons.of(context, advice, warning.age)?.let { lesson ->
            card.addRow(R.drawable.lachan_ic_book, speech.say(Said.lessonLabel), lesson.title) { LessonSheet(context, lesson, warning.age).show() }
        }
        if (warning.mayBeWrong) page.addNote(R.drawable.lachan_ic_eye, speech.say(Said.shieldMayBeWrong))
        buttons.addButton(ButtonKind.Main, speech.say(stayWord()), R.id.lachan_stay) { decide(WarningChoice.Stayed) }
        buttons.addButton(ButtonKind.Soft, speech.say(Said.actionsGetHelp), R.id.lachan_help) { openHelp() }
        val goOn = goOnWord() ?: return
        buttons.addButton(ButtonKind.Quiet, speech.say(goOn), R.id.lachan_go_on) { goOn() }
    }

    private fun opens(step: String): (() -> Unit)? = when (step) {
        "tell_someone", "ask_someone" -> ::openHelp
        "block" -> if (actions.canBlock) ({ listener.onChoice(WarningChoice.AskedToBlock) }) else null
        else -> null
    }

    private fun fillConfirmation() {
        val (title, body, yes) = when (warning.direction) {
            Direction.Incoming -> Triple(Said.confirmIncomingTitle, Said.confirmIncomingBody, Said.actionsYesLook)
            Direction.Outgoing -> Triple(Said.confirmOutgoingTitle, Said.confirmOutgoingBody, Said.actionsYesSend)
            Direction.Forward -> Triple(
                Said.confirmForwardTitle,
                if (warning.isPicture) Said.confirmForwardBody else Said.confirmOutgoingBody,
                Said.actionsYesForward,
            )
        }
        announce(speech.say(title))
        page.addHead(R.drawable.lachan_ic_clock, speech.say(title), speech.say(body))
        buttons.addButton(ButtonKind.Main, speech.say(stayWord()), R.id.lachan_stay) { decide(WarningChoice.Stayed) }
        buttons.addButton(ButtonKind.Soft, speech.say(Said.actionsGetHelp), R.id.lachan_help) { openHelp() }
        val yesWord = if (warning.isPicture) yes else Said.actionsSendMessage
        buttons.addButton(ButtonKind.Quiet, speech.say(yesWord), R.id.lachan_yes) { goOnByTap() }
    }

    private fun stayWord(): Word = when {
        goOnWord() == null -> Said.actionsLeave
        !warning.isPicture -> Said.actionsEditMessage
        else -> when (warning.direction) {
            Direction.Incoming -> Said.actionsDontLook
            Direction.Outgoing -> Said.actionsDontSend
            Direction.Forward -> Said.actionsDontForward
        }
    }

    /** `null` where nobody can go on here, or where there is nothing to go on to. */
    private fun goOnWord(): Word? = when {
        warning.concern.advice.reveal == Reveal.Never -> null
        warning.concern.advice.reveal == Reveal.WithGuardian -> if (actions.guardianGate == null) null else askWord()
        warning.isPicture -> when (warning.direction) {
            Direction.Incoming -> Said.actionsLookAnyway
            Direction.Outgoing -> Said.actionsSendAnyway
            Direction.Forward -> Said.actionsForwardAnyway
        }
        warning.direction == Direction.Incoming -> null
        else -> Said.actionsSendMessage
    }

    private fun askWord(): Word = when (warning.direction) {
        Direction.Incoming -> Said.actionsAskGuardian
        Direction.Outgoing -> Said.actionsAskGuardianSend
        Direction.Forward -> Said.actionsAskGuardianForward
    }

    private fun goOn() {
        when (warning.concern.advice.reveal) {
            Reveal.Freely -> goOnByTap()
            Reveal.AfterConfirming -> show(confirm = true)
            Reveal.WithGuardian -> actions.guardianGate?.ask(context, warning) { if (it) decide(WarningChoice.WentOn) }
            Reveal.Never -> Unit
        }
    }

    /** The buttons lie where others lay a moment ago, and the second of a double tap meant one of those. */
    private fun goOnByTap() {
        val since = laidOutAt ?: return
        if (SystemClock.uptimeMillis() - since >= Reading.MILLIS) decide(WarningChoice.WentOn)
    }

    /** Back leads from the confirmation to the explanation, and from there out. */
    internal fun goBack() {
        if (confirming) show(confirm = false) else decide(WarningChoice.Stayed)
    }

    internal fun decide(choice: WarningChoice) {
        // A late answer of a guardian, or a second tap, decides nothing any more.
        if (decided) return
        decided = true
        listener.onChoice(choice)
    }

    /** Nothing is decided here any more. */
    internal fun abandon() {
        decided = true
    }

    private fun openHelp() {
        HelpSheet(context, warning.age, actions.reportHook, warning).show()
    }

    override fun onSaveInstanceState(): Parcelable = Bundle().apply {
        putParcelable("super", super.onSaveInstanceState())
        putBoolean("confirming", confirming)
    }

    override fun onRestoreInstanceState(state: Parcelable?) {
        if (state !is Bundle) return super.onRestoreInstanceState(state)
        @Suppress("DEPRECATION")
        super.onRestoreInstanceState(state.getParcelable("super"))
        show(state.getBoolean("confirming"))
    }
}

/** How long a page stands before a tap can go on from it. */
internal object Reading {
    /**
     * The platform waits 300 ms for the second of a double tap, and a small or unsteady hand takes longer. Whoever reads
     * one line needs more than this, and does not notice it.
     */
    const val MILLIS: Long = 800
}
