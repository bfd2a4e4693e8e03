package vn.lachan.sample.chat

import android.content.Context
import vn.lachan.LaChan
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.Packet

/** What the app opens its family, the shield and the camera with, and how fast its scripts talk; a test puts its own in. */
internal object Opening {
    var family: suspend (Context) -> ChildPhone = { ChildPhone.open(it) }

    /** Without a policy: nothing is loaded before the family of this phone gives one. */
    var shield: suspend (Context) -> LaChan = { context ->
        LaChan.open(context) {
            // The pictures of the scripts are test markers. An app that meets people leaves this off.
            testMode = true
        }
    }

    var scan: (MainActivity, (Packet?) -> Unit) -> Unit = { app, take -> ScanSheet(app, take).show() }

    var nowMillis: () -> Long = System::currentTimeMillis

    /** Between two messages of a script. */
    var paceMillis = 900L

    /** Between two frames of the drawn camera; the shield takes two a second. */
    var frameMillis = 500L
}
