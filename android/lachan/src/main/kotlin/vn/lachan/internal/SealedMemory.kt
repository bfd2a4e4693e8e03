package vn.lachan.internal

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/**
 * What is remembered of conversations, on disk: a file a peer, sealed with AES-256-GCM, holding numbers and never text.
 * A file's name is a keyed hash of the peer, so that a copy of the folder tells nobody who the peers are; the name is
 * sealed in too, so that files cannot be exchanged.
 */
internal class SealedMemory(private val folder: File, key: () -> ByteArray, private val random: SecureRandom) {
    private val key by lazy(key)

    /** What was stored of [peer]; empty where nothing was, or where it was damaged or sealed with a lost key. */
    fun load(peer: String): ByteArray {
        val name = nameOf(peer)
        return try {
            val file = File(folder, name)
            if (file.length() in 1..MOST_BYTES) open(name, file.readBytes()) else NOTHING
        } catch (_: IOException) {
            NOTHING
        } catch (_: GeneralSecurityException) {
            NOTHING
        }
    }

    /** Stores [state] in place of what was there: the old or the new is left, never a mixture. */
    fun store(peer: String, state: ByteArray): Boolean = try {
        val name = nameOf(peer)
        folder.mkdirs()
        val fresh = File(folder, "$name.new")
        FileOutputStream(fresh).use {
            it.write(seal(name, state))
            it.fd.sync()
        }
        fresh.renameTo(File(folder, name)).also { forgetOldest() }
    } catch (_: IOException) {
        false
    } catch (_: GeneralSecurityException) {
        false
    }

    fun forget(peer: String) {
        File(folder, nameOf(peer)).delete()
    }

    /** `false` where something is still there. */
    fun forgetAll(): Boolean = folder.listFiles().orEmpty().map { it.delete() || !it.exists() }.all { it }

    private fun forgetOldest() {
        val files = folder.listFiles().orEmpty()
        if (files.size > MOST_PEERS) files.minByOrNull { it.lastModified() }?.delete()
    }

    private fun seal(name: String, state: ByteArray): ByteArray {
        val nonce = ByteArray(NONCE_BYTES).also(random::nextBytes)
        return nonce + cipher(Cipher.ENCRYPT_MODE, name, nonce).doFinal(state)
    }

    private fun open(name: String, sealed: ByteArray): ByteArray {
        if (sealed.size <= NONCE_BYTES) throw GeneralSecurityException()
        val nonce = sealed.copyOf(NONCE_BYTES)
        return cipher(Cipher.DECRYPT_MODE, name, nonce).doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
    }

    private fun cipher(mode: Int, name: String, nonce: ByteArray): Cipher {
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        cipher.init(mode, SecretKeySpec(derived("seal"), "AES"), GCMParameterSpec(TAG_BITS, nonce))
        cipher.updateAAD(name.toByteArray())
        return cipher
    }

    private fun nameOf(peer: String): String =
        hmac(derived("name"), peer.toByteArray()).copyOf(NAME_BYTES).joinToString("") { "%02x".format(it) }

    private fun derived(purpose: String): ByteArray = derivedKey(key, purpose)

    private companion object {
        val NOTHING = ByteArray(0)
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
        const val NAME_BYTES = 16

        /** Far above the 512 bytes that the core promises. */
        const val MOST_BYTES = 4096L

        /** As many peers as the core would keep in memory. */
        const val MOST_PEERS = 1000
    }
}
