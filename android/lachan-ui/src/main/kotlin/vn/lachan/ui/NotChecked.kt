package vn.lachan.ui

import vn.lachan.NotCheckedReason

/**
 * Whether it is shown as ever because the family does not have it checked. Every other reason, one of a newer core too,
 * means that nobody looked.
 */
internal val NotCheckedReason.isChoiceOfTheFamily: Boolean
    get() = when (this) {
        NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered -> true
        else -> false
    }

/** Whether a message is left without a note: also where nothing was written, or the app gave the check up. */
internal val NotCheckedReason.needsNoNote: Boolean
    get() = when (this) {
        NotCheckedReason.Empty, NotCheckedReason.Cancelled, NotCheckedReason.Closed -> true
        else -> isChoiceOfTheFamily
    }
