package vn.lachan.ui

import android.content.Context
import android.view.View
import vn.lachan.Action

/**
 * A warning over the app: at the lower edge of the screen, or over all of it where the verdict says
 * [Action.Interrupt]. Leaving it in any way but the last button is [WarningChoice.Stayed], and so it is where its activity
 * goes while nobody has chosen, or is gone already.
 *
 * @sample vn.lachan.ui.samples.askBeforeSending
 */
public class WarningSheet @JvmOverloads constructor(
    context: Context,
    warning: Warning,
    actions: HostActions = HostActions.None,
    private val listener: WarningListener,
) : Sheet(context, full = warning.concern.action == Action.Interrupt) {
    private val view = WarningView(context, warning, actions, ::onChoice)

    init {
        setOnCancelListener { view.decide(WarningChoice.Stayed) }
    }

    override fun content(): View = view

    /** Closed by the app, not by the child: nobody has chosen anything, and a late answer chooses nothing any more. */
    internal fun leave() {
        view.abandon()
        dismiss()
    }

    /** Nobody went on: what was asked about is neither shown nor sent. */
    override fun goWithActivity() {
        view.decide(WarningChoice.Stayed)
        super.goWithActivity()
    }

    @Deprecated("Of the platform.")
    override fun onBackPressed(): Unit = view.goBack()

    private fun onChoice(choice: WarningChoice) {
        if (choice != WarningChoice.AskedToBlock) dismiss()
        listener.onChoice(choice)
    }
}
