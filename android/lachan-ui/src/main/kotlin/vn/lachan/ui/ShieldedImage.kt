package vn.lachan.ui

import android.graphics.Bitmap
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.Verdict

/** The short way to a [ShieldedImageView]. */
public object ShieldedImage {
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
