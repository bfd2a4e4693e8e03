package vn.lachan

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.net.Uri
import android.os.Bundle
import android.content.pm.PackageManager
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async

/**
 * Opens the SDK when the app starts, for apps that would rather declare than call. It is in no manifest by itself; an
 * app that wants it adds
 *
 * ```xml
 * <provider android:name="vn.lachan.LaChanStartup" android:authorities="${applicationId}.lachan" android:exported="false">
 *     <meta-data android:name="vn.lachan.AGE_BAND" android:value="Under13"/>
 * </provider>
 * ```
 *
 * and awaits [shield]. Without the meta-data, or with a word that is no [AgeBand], protection is [Protection.Off] until
 * [LaChan.setPolicy]. Nothing is done on the main thread.
 */
public class LaChanStartup : ContentProvider() {
    override fun onCreate(): Boolean {
        val app = context?.applicationContext ?: context ?: return false
        val age = declaredAge(app)
        started = CoroutineScope(Dispatchers.Default).async { LaChan.open(app) { ageBand = age } }
        return true
    }

    private fun declaredAge(app: Context): AgeBand? = try {
        val name = android.content.ComponentName(app, LaChanStartup::class.java)
        ageBand(app.packageManager.getProviderInfo(name, PackageManager.GET_META_DATA).metaData)
    } catch (_: PackageManager.NameNotFoundException) {
        null
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int = 0

    public companion object {
        /** Name of the meta-data that holds the name of an [AgeBand]. */
        public const val AGE_BAND: String = "vn.lachan.AGE_BAND"

        @Volatile
        private var started: Deferred<LaChan>? = null

        /** The shield that the provider opened; `null` where the app did not declare it. */
        @JvmStatic
        public fun shield(): Deferred<LaChan>? = started

        internal fun ageBand(metaData: Bundle?): AgeBand? {
            val name = metaData?.getString(AGE_BAND) ?: return null
            return AgeBand.values().firstOrNull { it.name == name }
        }
    }
}
