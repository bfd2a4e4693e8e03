package vn.lachan.guardian.internal

import android.content.Context
import android.util.AtomicFile
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import java.util.Properties
import vn.lachan.ui.replace

/**
 * What an app keeps that follows another app's family: a few values by name, in a file that Android's backup leaves out. On a
 * new phone no policy is in force that was given on another one.
 *
 * There is one for each path in a process, so that two bridges see each other's changes.
 */
internal class BridgeFile private constructor(path: File) {
    private val file = AtomicFile(path)
    private val values = Properties()

    /** There is a file and it cannot be read: nobody knows what was kept, until something new is. */
    @Volatile
    var isDamaged: Boolean = false
        private set

    init {
        try {
            file.openRead().use(values::load)
        } catch (_: FileNotFoundException) {
            // Nothing is kept yet.
        } catch (_: IOException) {
            damaged()
        } catch (_: IllegalArgumentException) {
            damaged()
        }
    }

    /** Nothing runs until the other app has answered. */
    private fun damaged() {
        values.clear()
        isDamaged = true
    }

    @Synchronized
    operator fun get(name: String): String? = values.getProperty(name)

    operator fun contains(name: String): Boolean = get(name) != null

    /** Counts from now on in this process; [change] writes it. */
    @Synchronized
    fun note(name: String) {
        values.setProperty(name, "")
    }

    /** Counts from now on, `null` for what is gone. `false` where the disk did not take it. */
    @Synchronized
    fun change(vararg changes: Pair<String, String?>): Boolean {
        for ((name, value) in changes) if (value == null) values.remove(name) else values.setProperty(name, value)
        return file.replace { values.store(it, null) }.also { if (it) isDamaged = false }
    }

    companion object {
        const val NAME: String = "vn.lachan.guardian.bridge"

        /** Those that were read in this process. */
        val open: MutableMap<String, BridgeFile> = HashMap()

        fun of(context: Context): BridgeFile {
            val path = File(context.noBackupFilesDir, NAME)
            return synchronized(open) { open.getOrPut(path.path) { BridgeFile(path) } }
        }
    }
}
