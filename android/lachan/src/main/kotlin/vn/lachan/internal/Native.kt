package vn.lachan.internal

import android.graphics.Bitmap
import java.util.concurrent.atomic.AtomicLong
import vn.lachan.LogLevel

/** The JNI door of `liblachan.so`: what UniFFI cannot reach. Called by [Core] alone, after [NativeLibrary.load]. */
internal object Native {
    private val tickets = AtomicLong()

    /** A number for a check that may be given up; used once. */
    fun ticket(): Long = tickets.incrementAndGet()

    @JvmStatic
    external fun version(): String

    @JvmStatic
    external fun cancel(ticket: Long)

    /** A verdict as UniFFI writes it; `null` where the pixels cannot be reached. */
    @JvmStatic
    external fun checkBitmap(shield: Long, bitmap: Bitmap, direction: Int): ByteArray?

    /** A message check as UniFFI writes it; `null` for a talk that was closed. */
    @JvmStatic
    external fun checkMessage(talk: Long, message: ByteArray, outgoing: Boolean, minutes: Double): ByteArray?

    /** As [checkMessage] for what the child has written and not sent: nothing of it stays. */
    @JvmStatic
    external fun checkDraft(talk: Long, message: ByteArray, minutes: Double): ByteArray?

    /** In debug builds of the library alone. */
    @JvmStatic
    external fun panic(): ByteArray?
}

/** Loads `liblachan.so` once for the process, and sees to it that it is the one this code was written for. */
internal object NativeLibrary {
    /** The version of the library that this code was written for. */
    const val VERSION = "0.1.0"

    /** What a developer reads where a call ended by a fault of the library's own. */
    const val INSIDE = "something went wrong inside that should not"

    /** Names a library file of the build machine in tests; never set on a phone. */
    private const val OVERRIDE = "lachan.library"
    private const val UNIFFI_OVERRIDE = "uniffi.component.lachan.libraryOverride"

    private val problem: String? by lazy(::tryToLoad)

    /** Why the library cannot be used, or `null` where it can. */
    fun load(log: Log): String? = problem?.also { log(LogLevel.Error, it) }

    private fun tryToLoad(): String? = try {
        val override = System.getProperty(OVERRIDE)
        if (override == null) {
            System.loadLibrary("lachan")
        } else {
            System.setProperty(UNIFFI_OVERRIDE, override)
            System.load(override)
        }
        val found = Native.version()
        // The generated code compares its own checksums when it is first touched.
        vn.lachan.ffi.uniffiEnsureInitialized()
        if (found == VERSION) null else "liblachan.so has version $found, but $VERSION is needed: clean and build again"
    } catch (_: UnsatisfiedLinkError) {
        "liblachan.so is missing for this ABI: keep `lib/*/liblachan.so` and JNA's library in the APK"
    } catch (_: LinkageError) {
        "liblachan.so does not fit the Kotlin code: keep vn.lachan and com.sun.jna when shrinking, and build again"
    } catch (_: Error) {
        // Bare, as JNA throws it where a shrinker took what it reads by reflection.
        "JNA does not work: keep com.sun.jna, vn.lachan.ffi and RuntimeVisibleAnnotations when shrinking"
    } catch (_: RuntimeException) {
        "liblachan.so does not fit the Kotlin code: both must come from the same release"
    }
}
