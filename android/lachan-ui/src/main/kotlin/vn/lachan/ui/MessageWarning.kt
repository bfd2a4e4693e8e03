package vn.lachan.ui

import vn.lachan.Action
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.MessageCheck
import vn.lachan.Verdict

/** The short way from the check of a message to what a child sees of it. */
public object MessageWarning {
    /**
     * Shows what [check] asks for: in [tip] a hint, a quiet note that nobody looked, or nothing; over the activity of [tip]
     * a [WarningSheet] where the verdict interrupts.
     *
     * @param itemId the app's own name for the message, as in [Warning.itemId].
     * @param listener told what the person decides in the [WarningSheet]; where nothing interrupts there is nothing to decide.
     * @sample vn.lachan.ui.samples.warnOfMessage
     */
    @JvmStatic
    @JvmOverloads
    public fun show(
        tip: MessageTip,
        check: MessageCheck,
        direction: Direction,
        age: AgeBand,
        actions: HostActions = HostActions.None,
        itemId: String? = null,
        listener: WarningListener? = null,
    ) {
        val concern = check.verdict as? Verdict.Concern
        val activity = tip.context.activity()
        // Without an activity there is nothing to lay a sheet over: the hint says the same.
        if (concern?.action != Action.Interrupt || activity == null) return tip.show(check, direction, age, actions, itemId)
        tip.dismiss()
        WarningSheet(activity, Warning(concern, direction, age, itemId), actions) { listener?.onChoice(it) }.show()
    }
}
