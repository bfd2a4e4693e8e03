package vn.lachan.guardian

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.content.pm.PackageManager
import android.content.pm.ProviderInfo
import android.database.Cursor
import android.net.Uri
import android.os.Binder
import android.os.Bundle
import android.os.Process
import kotlinx.coroutines.runBlocking
import vn.lachan.FindingKind
import vn.lachan.guardian.internal.Signers
import vn.lachan.guardian.internal.toBundle

/**
 * Lets other apps on this phone follow the family of this one: they learn the policy in force, that it was ended, and whether
 * it is still the same family (by a hash), and may count a warning. Nothing else comes out, and no content goes in.
 *
 * It is in no manifest by itself. The app in which the family was set up adds
 *
 * ```xml
 * <provider android:name="vn.lachan.guardian.FamilyProvider" android:authorities="${applicationId}.family" android:exported="true">
 *     <meta-data android:name="vn.lachan.guardian.SIGNERS" android:resource="@array/family_signers"/>
 * </provider>
 * ```
 *
 * with a string array of SHA-256 digests (64 hex digits each) of the signing certificates of the apps that may ask. Any
 * other caller gets a [SecurityException], before anything is read.
 */
public class FamilyProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun attachInfo(context: Context, info: ProviderInfo) {
        super.attachInfo(context, info)
        signers = declaredSigners(context, info.authority.orEmpty())
    }

    internal var signers: Set<String> = emptySet()

    override fun call(method: String, argument: String?, extras: Bundle?): Bundle? {
        val app = context ?: return null
        admit(app)
        val phone = runBlocking { ChildPhone.open(app) }
        return when (method) {
            STATE -> {
                runBlocking { phone.refresh() }
                phone.state.value.toBundle(phone.mark)
            }
            COUNT -> FindingKind.values().firstOrNull { it.name == argument }?.let {
                runBlocking { phone.count(it) }
                Bundle.EMPTY
            }
            else -> null
        }
    }

    /** The same app, or one whose every package is signed by somebody pinned. */
    private fun admit(app: Context) {
        val caller = Binder.getCallingUid()
        if (caller == Process.myUid()) return
        val packages = app.packageManager.getPackagesForUid(caller).orEmpty()
        val known = packages.isNotEmpty() && packages.all { Signers.of(app.packageManager, it).fits(signers) }
        if (!known) throw SecurityException("this app does not follow the family of ${app.packageName}")
    }

    private fun declaredSigners(context: Context, authority: String): Set<String> {
        // The system hands a provider its declaration without the meta-data.
        val declared = context.packageManager.resolveContentProvider(authority, PackageManager.GET_META_DATA)
        val array = declared?.metaData?.getInt(SIGNERS) ?: 0
        if (array == 0) return emptySet()
        return context.resources.getStringArray(array).mapTo(HashSet()) { it.lowercase() }
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int = 0

    public companion object {
        /** Name of the meta-data that names the string array of digests. */
        public const val SIGNERS: String = "vn.lachan.guardian.SIGNERS"

        internal const val STATE = "state"
        internal const val COUNT = "count"

        /** Tells the apps that follow that the policy changed; an app calls it when [ChildPhone.state] does. */
        @JvmStatic
        public fun notifyChanged(context: Context, authority: String) {
            context.contentResolver.notifyChange(address(authority), null)
        }

        internal fun address(authority: String): Uri = Uri.Builder().scheme("content").authority(authority).build()
    }
}
