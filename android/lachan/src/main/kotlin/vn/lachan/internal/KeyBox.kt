package vn.lachan.internal

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.SecureRandom
import java.util.concurrent.locks.LockSupport
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import vn.lachan.LogLevel

/**
 * Encrypts a key with one that never leaves the phone's key store. A [GeneralSecurityException] says that it cannot be done
 * with what there is; any [RuntimeException], that the store does not answer now, as when its service died.
 */
internal interface KeyWrapper {
    @Throws(GeneralSecurityException::class)
    fun wrap(key: ByteArray): ByteArray

    @Throws(GeneralSecurityException::class)
    fun unwrap(wrapped: ByteArray): ByteArray
}

/** What there is of a key. */
internal sealed interface Key {
    class There(val bytes: ByteArray) : Key

    /** None was made yet, or what was made is lost for good. */
    data object None : Key

    /** It cannot be had now and may be later: nothing may take its place. */
    data object OutOfReach : Key
}

/**
 * A secret of this app on this phone, made once and kept wrapped. There is one for what is remembered of conversations, one
 * for the list of known images and one for the family, so that a withdrawal can destroy what it has to and nothing else.
 *
 * Key stores of cheap phones fail, sometimes for good after an update of the system. Then the key lies unwrapped in the
 * app's private files, which no other app can read, and what was sealed with a lost key is forgotten: protection goes on.
 * It is wrapped when it is next read and the store works. A failure to unwrap that may pass is no loss: there is no key until
 * the store answers, and what is sealed waits for it.
 */
internal class KeyBox(
    private val folder: File,
    private val wrapper: KeyWrapper?,
    private val random: SecureRandom,
    private val log: Log,
) {
    /** The key: 32 bytes. A new one where there was none, or where it is lost for good; `null` while it is out of reach. */
    fun key(): ByteArray? = synchronized(lock) {
        when (val key = stored(file)) {
            is Key.There -> key.bytes
            Key.None -> made()
            Key.OutOfReach -> null
        }
    }

    /** The key, if there is one; none is made. */
    fun existing(): Key = synchronized(lock) { stored(file) }

    /** Destroys the key: what was sealed with it can never be read again. `false` where it is still there. */
    fun destroy(): Boolean = destroy(folder)

    // One key in place of another, so that a crash between any two of these steps leaves one that opens what is there:
    // `makeNext`, seal anew, `promoteNext`.

    /** Makes the key that is to follow, beside the one in use; `null` where it cannot be stored. */
    fun makeNext(): ByteArray? = synchronized(lock) {
        try {
            fresh().also { write(wrapped(it), File(folder, NEXT)) }
        } catch (_: IOException) {
            null
        }
    }

    /** The key that [makeNext] made and that has not taken over. */
    fun next(): Key = synchronized(lock) { stored(File(folder, NEXT)) }

    /** Puts the next key in the place of the one in use, which is destroyed by it. `false` where it could not take over. */
    fun promoteNext(): Boolean = synchronized(lock) { File(folder, NEXT).renameTo(file) }

    private val file get() = File(folder, NOW)

    private fun stored(file: File): Key {
        if (!file.isFile) return Key.None
        val key = try {
            val bytes = file.readBytes()
            when (bytes.firstOrNull()) {
                WRAPPED -> wrapper?.unwrap(bytes.copyOfRange(1, bytes.size))
                PLAIN -> bytes.copyOfRange(1, bytes.size).also { wrapAnew(it, file) }
                else -> null
            }
        } catch (_: IOException) {
            return outOfReach()
        } catch (_: GeneralSecurityException) {
            null
        } catch (_: RuntimeException) {
            // How key stores say that their service died: by a ProviderException, and those of some makers by others.
            return outOfReach()
        }
        if (key?.size == KEY_BYTES) return Key.There(key)
        log(LogLevel.Warning, "a sealing key cannot be read any more: what was sealed with it is forgotten")
        return Key.None
    }

    private fun outOfReach(): Key {
        log(LogLevel.Warning, "a sealing key cannot be read now: what is sealed with it waits")
        return Key.OutOfReach
    }

    private fun made(): ByteArray {
        val key = fresh()
        try {
            write(wrapped(key), file)
        } catch (_: IOException) {
            log(LogLevel.Warning, "a sealing key cannot be stored: what is sealed with it ends with the app")
        }
        return key
    }

    private fun fresh() = ByteArray(KEY_BYTES).also(random::nextBytes)

    private fun wrapped(key: ByteArray): ByteArray {
        tryToWrap(key)?.let { return it }
        // A store whose service died or is busy may answer in a moment.
        repeat(if (wrapper != null) TRIES_AGAIN else 0) {
            LockSupport.parkNanos(PAUSE_NANOS)
            tryToWrap(key)?.let { return it }
        }
        log(LogLevel.Warning, "the key store does not work: a sealing key lies in private files")
        return byteArrayOf(PLAIN) + key
    }

    /** `null` where the store cannot do it now, or gives what it does not open again. */
    private fun tryToWrap(key: ByteArray): ByteArray? = try {
        wrapper?.run { wrap(key).takeIf { unwrap(it).contentEquals(key) } }?.let { byteArrayOf(WRAPPED) + it }
    } catch (_: GeneralSecurityException) {
        null
    } catch (_: RuntimeException) {
        null
    }

    /** A key that lies unwrapped since the store did not work. Until the other is whole on disk, it stays. */
    private fun wrapAnew(key: ByteArray, file: File) {
        if (key.size != KEY_BYTES) return
        try {
            write(tryToWrap(key) ?: return, file)
        } catch (_: IOException) {
            // It lies there as before.
        }
    }

    private fun write(bytes: ByteArray, to: File) {
        folder.mkdirs()
        val fresh = File(folder, NEW)
        FileOutputStream(fresh).use {
            it.write(bytes)
            it.fd.sync()
        }
        if (!fresh.renameTo(to)) throw IOException()
    }

    companion object {
        private const val KEY_BYTES = 32
        private const val WRAPPED: Byte = 1
        private const val PLAIN: Byte = 2

        private const val TRIES_AGAIN = 2
        private const val PAUSE_NANOS = 50_000_000L

        /** What a developer reads where nothing can be opened for want of a key. */
        const val OUT_OF_REACH = "the key that it is sealed with cannot be read now: try again later"

        private const val NOW = "seal.key"
        private const val NEW = "seal.key.new"
        private const val NEXT = "seal.key.next"

        /** One for the process: two boxes may look at the same file. */
        private val lock = Any()

        /** Destroys the keys of a box in [folder]; `false` where one is still there. */
        fun destroy(folder: File): Boolean = synchronized(lock) {
            listOf(NOW, NEW, NEXT).map { File(folder, it) }.map { it.delete() || !it.exists() }.all { it }
        }
    }
}

/** A key for one purpose: the same bytes never serve two algorithms. */
internal fun derivedKey(key: ByteArray, purpose: String): ByteArray = hmac(key, "lachan $purpose".toByteArray())

internal fun hmac(key: ByteArray, data: ByteArray): ByteArray =
    Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(data)
