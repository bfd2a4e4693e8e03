package vn.lachan.internal

import java.io.File
import java.io.IOException
import java.io.OutputStream
import vn.lachan.LogLevel
import vn.lachan.ModelSource

/**
 * The models of the APK as files: compressed assets cannot be read in place, so each bundle is copied once.
 *
 * A bundle is copied under another name and renamed when it is whole; what is there is known by its manifest. The core
 * verifies signature and digests whatever happened here.
 */
internal class AssetModels(private val host: Host, private val log: Log) {
    /** The folder of the bundles, or `null` where there are none. */
    fun folder(source: ModelSource): File? = when (source) {
        is ModelSource.None -> null
        is ModelSource.Folder -> source.folder
        is ModelSource.Assets -> copied(source.folder)
    }

    private fun copied(assets: String): File? {
        val target = File(host.privateFiles, "models")
        val bundles = host.assets(assets)
        if (bundles.isEmpty()) {
            log(LogLevel.Warning, "there are no models in the assets: add lachan-models, or name another ModelSource")
            return null
        }
        // Of a package that the app no longer has.
        target.listFiles().orEmpty().filter { it.name !in bundles }.forEach { it.deleteRecursively() }
        for (bundle in bundles) {
            try {
                copyBundle("$assets/$bundle", File(target, bundle))
            } catch (_: IOException) {
                log(LogLevel.Warning, "a model could not be copied from the assets: is the storage full?")
            }
        }
        return target
    }

    private fun copyBundle(asset: String, target: File) {
        val manifest = host.openAsset("$asset/$MANIFEST").use { it.readBytes() }
        val present = File(target, MANIFEST)
        if (present.isFile && present.readBytes().contentEquals(manifest)) return
        val staging = File(target.path + ".new")
        staging.deleteRecursively()
        if (!staging.mkdirs()) throw IOException()
        for (name in host.assets(asset)) {
            host.openAsset("$asset/$name").use { from ->
                File(staging, name).outputStream().use { to ->
                    from.copyTo(to)
                    to.sync()
                }
            }
        }
        target.deleteRecursively()
        if (!staging.renameTo(target)) throw IOException()
        log(LogLevel.Info, "a model was copied from the assets")
    }

    private fun OutputStream.sync() {
        flush()
        (this as? java.io.FileOutputStream)?.fd?.sync()
    }

    private companion object {
        const val MANIFEST = "bundle.json"
    }
}
