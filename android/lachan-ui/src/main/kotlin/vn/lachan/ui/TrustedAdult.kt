package vn.lachan.ui

import android.content.Context
import android.content.SharedPreferences

/** Somebody the child chose to turn to. Not only parents: an aunt, a teacher, an older sibling. */
public data class TrustedAdult(
    /** As the child calls them. */
    public val name: String,
    /** A number to call. */
    public val phone: String,
)

/** Keeps the child's choice in the app's private files on this phone. It is given to nobody. */
public object TrustedAdults {
    private const val FILE = "vn.lachan.ui.trusted"
    private const val NAME = "name"
    private const val PHONE = "phone"
    private const val LONGEST_NAME = 40

    // Short numbers of services have three digits, international ones at most fifteen (ITU-T E.164).
    private val DIGITS = 3..15

    /** The one who was chosen, if any. */
    @JvmStatic
    public fun chosen(context: Context): TrustedAdult? {
        val file = file(context)
        return TrustedAdult(file.getString(NAME, null) ?: return null, file.getString(PHONE, null) ?: return null)
    }

    /** Remembers [adult]; `false`, and nothing is changed, if the name is empty or the number cannot be one. */
    @JvmStatic
    public fun choose(context: Context, adult: TrustedAdult): Boolean {
        val name = adult.name.trim().take(LONGEST_NAME)
        if (name.isEmpty() || !isPhone(adult.phone)) return false
        file(context).edit().putString(NAME, name).putString(PHONE, adult.phone.trim()).apply()
        return true
    }

    /** Forgets the choice. */
    @JvmStatic
    public fun forget(context: Context) {
        file(context).edit().clear().apply()
    }

    internal fun isPhone(text: String): Boolean =
        text.trim().all { it.isDigit() || it in "+ -.()" } && text.count(Char::isDigit) in DIGITS

    private fun file(context: Context): SharedPreferences =
        context.applicationContext.getSharedPreferences(FILE, Context.MODE_PRIVATE)
}
