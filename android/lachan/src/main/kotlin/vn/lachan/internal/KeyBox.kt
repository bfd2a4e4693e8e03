package vn.lachan.internal

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.ProviderException
import java.security.SecureRandom
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import vn.lachan.LogLevel

/** Encrypts a key with one that never leaves the phone's key store. */
internal interface KeyWrapper {
    @Throws(GeneralSecurityException::class)
    fun wrap(key: ByteArray): ByteArray

    @Throws(GeneralSecurityException::class)
    fun unwrap(wrapped: ByteArray): ByteArray
}

/**
 * The one secret of this app on this phone, made once and kept wrapped. From it come the keys that seal what is remembered
 * of conversations and that the list of known images is written with.
 *
 * Key stores of cheap phones fail, sometimes for good after an update of the system. Then the key lies unwrapped in the
 * app's private files, which no other app can read, and what was sealed with a lost key is forgotten: protection goes on.
 */
internal class KeyBox(
    private val folder: File,
    private val wrapper: KeyWrapper?,
    private val random: SecureRandom,
    private val log: Log,
) {
    /** The key: 32 bytes. A new one where there was none, or where it cannot be read any more. */
    fun key(): ByteArray = synchronized(lock) { stored() ?: made() }

    /** Destroys the key: what was sealed with it can never be read again. */
    fun destroy() {
        synchronized(lock) { file.delete() }
    }

    private val file get() = File(folder, "seal.key")

    private fun stored(): ByteArray? {
        val bytes = try {
            file.takeIf { it.isFile }?.readBytes() ?: return null
        } catch (_: IOException) {
            return null
        }
        val key = when (bytes.firstOrNull()) {
            WRAPPED -> guarded { wrapper?.unwrap(bytes.copyOfRange(1, bytes.size)) }
            PLAIN -> bytes.copyOfRange(1, bytes.size)
            else -> null
        }
        if (key?.size == KEY_BYTES) return key
        log(LogLevel.Warning, "the sealing key cannot be read any more: what was remembered of conversations is forgotten")
        return null
    }

    private fun made(): ByteArray {
        val key = ByteArray(KEY_BYTES).also(random::nextBytes)
        val wrapped = guarded { wrapper?.wrap(key) }
        if (wrapped == null) log(LogLevel.Warning, "the key store does not work: the sealing key lies in private files")
        try {
            write(if (wrapped != null) byteArrayOf(WRAPPED) + wrapped else byteArrayOf(PLAIN) + key)
        } catch (_: IOException) {
            log(LogLevel.Warning, "the sealing key cannot be stored: what is remembered of conversations ends with the app")
        }
        return key
    }

    private fun write(bytes: ByteArray) {
        folder.mkdirs()
        val fresh = File(folder, "seal.key.new")
        FileOutputStream(fresh).use {
            it.write(bytes)
            it.fd.sync()
        }
        if (!fresh.renameTo(file)) throw IOException()
    }

    private inline fun guarded(call: () -> ByteArray?): ByteArray? = try {
        call()
    } catch (_: GeneralSecurityException) {
        null
    } catch (_: ProviderException) {
        // How the Android key store says that its service died.
        null
    } catch (_: IllegalStateException) {
        // How some makers' key stores say it.
        null
    }

    private companion object {
        const val KEY_BYTES = 32
        const val WRAPPED: Byte = 1
        const val PLAIN: Byte = 2

        /** One for the process: two boxes may look at the same file. */
        val lock = Any()
    }
}

/** A key for one purpose: the same bytes never serve two algorithms. */
internal fun derivedKey(key: ByteArray, purpose: String): ByteArray = hmac(key, "lachan $purpose".toByteArray())

internal fun hmac(key: ByteArray, data: ByteArray): ByteArray =
    Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(data)
