package vn.lachan.internal

import android.content.ComponentCallbacks2
import android.content.Context
import android.content.pm.ApplicationInfo
import android.content.res.Configuration
import android.net.Uri
import android.os.Looper
import java.io.File
import java.io.InputStream

/** What is asked of the phone, so that the same code runs on a plain JVM in tests. */
internal interface Host {
    /** Where files live that must not get into a backup. */
    val privateFiles: File

    /** Where what is remembered of conversations lies. */
    val talks: File get() = File(privateFiles, "talks")

    /** Where the list of known images lies. */
    val known: File get() = File(privateFiles, "known")

    /** Whether this is a build for developers, where a mistake should be loud. */
    val debuggable: Boolean

    fun isMainThread(): Boolean

    /** Names in a folder of the assets; empty where there is no such folder. */
    fun assets(folder: String): List<String>

    fun openAsset(path: String): InputStream

    /** Throws what the content resolver throws. */
    fun open(uri: Uri): InputStream?

    /** The phone's key store, or `null` where there is none. */
    fun keyWrapper(): KeyWrapper?

    /** Calls [trim] with the levels of `ComponentCallbacks2` until the returned function is called. */
    fun onTrimMemory(trim: (Int) -> Unit): () -> Unit
}

internal class AndroidHost(context: Context) : Host {
    private val app: Context = context.applicationContext ?: context

    override val privateFiles: File get() = File(app.noBackupFilesDir, "lachan")

    override val debuggable: Boolean
        get() = app.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0

    override fun isMainThread(): Boolean = Looper.myLooper() == Looper.getMainLooper()

    // Robolectric lists what lies deeper by its path.
    override fun assets(folder: String): List<String> =
        app.assets.list(folder).orEmpty().map { it.substringBefore('/') }.distinct()

    override fun openAsset(path: String): InputStream = app.assets.open(path)

    override fun open(uri: Uri): InputStream? = app.contentResolver.openInputStream(uri)

    override fun keyWrapper(): KeyWrapper = AndroidKeyWrapper(app)

    override fun onTrimMemory(trim: (Int) -> Unit): () -> Unit {
        val callbacks = object : ComponentCallbacks2 {
            override fun onTrimMemory(level: Int) = trim(level)

            override fun onConfigurationChanged(newConfig: Configuration) = Unit

            @Deprecated("Called by systems that are older than onTrimMemory")
            override fun onLowMemory() = Unit
        }
        app.registerComponentCallbacks(callbacks)
        return { app.unregisterComponentCallbacks(callbacks) }
    }
}
