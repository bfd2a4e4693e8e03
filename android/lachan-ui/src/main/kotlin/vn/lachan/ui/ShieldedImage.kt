package vn.lachan.ui

import android.graphics.Bitmap
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.Verdict

/** The short way to a [ShieldedImageView]. */
public object ShieldedImage {
    /**
     * Shows [bitmap] as [verdict] says: a clear one as it is, a concern behind the blur of [view], one that nobody looked at
     * behind one tap. Where the family does not have it checked it is shown as ever.
     *
     * The words are those for a child under 13 unless [age] says otherwise: they are right for everybody.
     *
     * @param itemId the app's own name for the picture, as in [Warning.itemId].
     * @sample vn.lachan.ui.samples.showPicture
     */
    @JvmStatic
    @JvmOverloads
    public fun show(
        view: ShieldedImageView,
        bitmap: Bitmap,
        verdict: Verdict,
        direction: Direction = Direction.Incoming,
        age: AgeBand = AgeBand.Under13,
        actions: HostActions = HostActions.None,
        itemId: String? = null,
        listener: WarningListener? = null,
    ): Unit = when (verdict) {
        is Verdict.Clear -> view.showClear(bitmap)
        is Verdict.Concern -> view.bind(bitmap, Warning(verdict, direction, age, itemId), actions, listener)
        is Verdict.NotChecked ->
            if (verdict.reason.isChoiceOfTheFamily) view.showClear(bitmap) else view.showUnchecked(bitmap, age)
    }

    /**
     * Shows [bitmap], which somebody sent, behind the blur of [view].
     *
     * The words are those for a child under 13 unless [age] says otherwise: they are right for everybody.
     */
    @JvmStatic
    @JvmOverloads
    public fun bind(
        view: ShieldedImageView,
        bitmap: Bitmap,
        concern: Verdict.Concern,
        age: AgeBand = AgeBand.Under13,
        actions: HostActions = HostActions.None,
    ): Unit = view.bind(bitmap, Warning(concern, Direction.Incoming, age), actions)
}
