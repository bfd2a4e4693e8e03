package vn.lachan.ui

import android.util.AtomicFile
import java.io.FileOutputStream
import java.io.IOException

/** Writes all of it or leaves what was there; `false` where the disk does not take it. */
internal fun AtomicFile.replace(write: (FileOutputStream) -> Unit): Boolean = try {
    val stream = startWrite()
    try {
        write(stream)
        finishWrite(stream)
        true
    } catch (_: IOException) {
        failWrite(stream)
        false
    }
} catch (_: IOException) {
    false
}
