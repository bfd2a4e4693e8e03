package vn.lachan.ui

import android.content.Context
import android.util.AtomicFile
import java.io.File
import java.io.IOException

/** Somebody the child chose to turn to. Not only parents: an aunt, a teacher, an older sibling. */
public data class TrustedAdult(
    /** As the child calls them. */
    public val name: String,
    /** A number to call. */
    public val phone: String,
) {
    /** Says nothing of the person: names and numbers must not get into logs. */
    override fun toString(): String = "TrustedAdult"
}

/**
 * Keeps the child's choice in a private file that Android's backup leaves out, so that it stays on this phone. It is
 * given to nobody.
 */
public object TrustedAdults {
    private const val FILE = "vn.lachan.ui.trusted"
    private const val LONGEST_NAME = 40

    // Short numbers of services have three digits, international ones at most fifteen (ITU-T E.164).
    private val DIGITS = 3..15
    private val LINE_BREAKS = Regex("[\\r\\n]+")

    /** The one who was chosen, if any. */
    @JvmStatic
    public fun chosen(context: Context): TrustedAdult? {
        val lines = try {
            file(context).readFully().toString(Charsets.UTF_8).lines()
        } catch (_: IOException) {
            return null
        }
        val (name, phone) = if (lines.size == 2) lines else return null
        return if (name.isNotEmpty() && isPhone(phone)) TrustedAdult(name, phone) else null
    }

    /**
     * Remembers [adult]; `false`, and nothing is changed, if the name is empty, the number cannot be one, or the disk
     * takes nothing.
     */
    @JvmStatic
    public fun choose(context: Context, adult: TrustedAdult): Boolean {
        val name = adult.name.replace(LINE_BREAKS, " ").trim().take(LONGEST_NAME)
        if (name.isEmpty() || !isPhone(adult.phone)) return false
        return file(context).replace { it.write("$name\n${adult.phone.trim()}".toByteArray()) }
    }

    /** Forgets the choice. */
    @JvmStatic
    public fun forget(context: Context) {
        file(context).delete()
    }

    internal fun isPhone(text: String): Boolean =
        text.trim().all { it.isDigit() || it in "+ -.()" } && text.count(Char::isDigit) in DIGITS

    private fun file(context: Context): AtomicFile =
        AtomicFile(File(context.applicationContext.noBackupFilesDir, FILE))
}
