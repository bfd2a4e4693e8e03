package vn.lachan

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async

/**
 * Opens the SDK when the app starts, for apps that would rather declare than call. It is in no manifest by itself; an
 * app that wants it adds
 *
 * ```xml
 * <provider android:name="vn.lachan.LaChanStartup" android:authorities="${applicationId}.lachan" android:exported="false"/>
 * ```
 *
 * and awaits [shield]. It opens with [Policy.Off], at every start: a manifest cannot know whether the family agreed, or has
 * taken that back. The app reads the consent that it stored and calls [LaChan.setPolicy]. Nothing is done on the main thread.
 */
public class LaChanStartup : ContentProvider() {
    override fun onCreate(): Boolean {
        val app = context?.applicationContext ?: context ?: return false
        started = CoroutineScope(Dispatchers.Default).async { LaChan.open(app) { policy = Policy.Off } }
        return true
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int = 0

    public companion object {
        @Volatile
        private var started: Deferred<LaChan>? = null

        /** The shield that the provider opened; `null` where the app did not declare it. */
        @JvmStatic
        public fun shield(): Deferred<LaChan>? = started
    }
}
