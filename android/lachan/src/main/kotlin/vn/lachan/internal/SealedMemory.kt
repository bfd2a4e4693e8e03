package vn.lachan.internal

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import vn.lachan.ffi.worthOfTalk

/**
 * What is remembered of conversations, on disk: a file a peer, sealed with AES-256-GCM, holding numbers and never text.
 * A file's name is a keyed hash of the peer, so that a copy of the folder tells nobody who the peers are; the name is
 * sealed in too, so that files cannot be exchanged.
 */
internal class SealedMemory(private val folder: File, private val keys: KeyBox, private val random: SecureRandom) {
    /** What comes of a key, as long as nothing was forgotten altogether. */
    private class Held(key: ByteArray, val era: Long) {
        val seal = derivedKey(key, "seal")
        val name = derivedKey(key, "name")
    }

    private var held: Held? = null

    /** What was stored of [peer]; empty where nothing was, or where it was damaged or sealed with a lost key. */
    fun load(peer: String): ByteArray = synchronized(lock) {
        val held = held(make = false) ?: return NOTHING
        val name = held.nameOf(peer)
        try {
            val file = File(folder, name)
            if (file.length() in 1..MOST_BYTES) held.open(name, file.readBytes()) else NOTHING
        } catch (_: IOException) {
            NOTHING
        } catch (_: GeneralSecurityException) {
            NOTHING
        }
    }

    /** Counts how often [peer] was forgotten: to be asked before its state is looked at, and given to [store]. */
    fun era(peer: String): Long = synchronized(lock) { era(folder) + era(File(folder, peer)) }

    /**
     * Stores [state] in place of what was there: the old or the new is left, never a mixture. A write that was on its way
     * when the peer was forgotten, in another [era], brings nothing back.
     */
    fun store(peer: String, state: ByteArray, era: Long): Boolean = synchronized(lock) {
        if (era != era(peer)) return false
        val held = held(make = true) ?: return false
        try {
            val name = held.nameOf(peer)
            folder.mkdirs()
            val fresh = File(folder, "$name.new")
            FileOutputStream(fresh).use {
                it.write(held.seal(name, state))
                it.fd.sync()
            }
            fresh.renameTo(File(folder, name)).also { held.makeRoom() }
        } catch (_: IOException) {
            false
        } catch (_: GeneralSecurityException) {
            false
        }
    }

    fun forget(peer: String) {
        synchronized(lock) {
            next(File(folder, peer))
            held(make = false)?.let { File(folder, it.nameOf(peer)).delete() }
        }
    }

    /** Forgets all peers and destroys the key; `false` where something is still there. */
    fun forgetAll(): Boolean = wipe(folder)

    /** A key that another memory over the same folder has destroyed is none any more. */
    private fun held(make: Boolean): Held? {
        val era = era(folder)
        held?.takeIf { it.era == era }?.let { return it }
        held = (if (make) keys.key() else keys.existing())?.let { Held(it, era) }
        return held
    }

    /**
     * Above the number of peers that are kept, forgets the one that is worth least, the longest silent of these: a talk
     * that was warned of goes last. What cannot be opened any more is worth nothing.
     */
    private fun Held.makeRoom() {
        val files = folder.listFiles().orEmpty()
        if (files.size <= MOST_PEERS) return
        val worth = files.associateWith { file ->
            try {
                if (file.length() in 1..MOST_BYTES) worthOfTalk(open(file.name, file.readBytes())).toInt() else -1
            } catch (_: IOException) {
                -1
            } catch (_: GeneralSecurityException) {
                -1
            }
        }
        files.minWithOrNull(compareBy<File> { worth[it] }.thenBy { it.lastModified() })?.delete()
    }

    private fun Held.seal(name: String, state: ByteArray): ByteArray {
        val nonce = ByteArray(NONCE_BYTES).also(random::nextBytes)
        return nonce + cipher(Cipher.ENCRYPT_MODE, name, nonce).doFinal(state)
    }

    private fun Held.open(name: String, sealed: ByteArray): ByteArray {
        if (sealed.size <= NONCE_BYTES) throw GeneralSecurityException()
        val nonce = sealed.copyOf(NONCE_BYTES)
        return cipher(Cipher.DECRYPT_MODE, name, nonce).doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
    }

    private fun Held.cipher(mode: Int, name: String, nonce: ByteArray): Cipher {
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        cipher.init(mode, SecretKeySpec(seal, "AES"), GCMParameterSpec(TAG_BITS, nonce))
        cipher.updateAAD(name.toByteArray())
        return cipher
    }

    private fun Held.nameOf(peer: String): String =
        hmac(name, peer.toByteArray()).copyOf(NAME_BYTES).joinToString("") { "%02x".format(it) }

    companion object {
        private val NOTHING = ByteArray(0)
        private const val NONCE_BYTES = 12
        private const val TAG_BITS = 128
        private const val NAME_BYTES = 16

        /** Far above the 512 bytes that the core promises. */
        private const val MOST_BYTES = 4096L

        /** As many peers as the core would keep in memory. */
        internal const val MOST_PEERS = 1000

        /** One for the process, as the counts of what was forgotten are: two memories may look at the same folder. */
        private val lock = Any()
        private val eras = HashMap<File, Long>()

        private fun era(what: File): Long = eras[what] ?: 0

        private fun next(what: File) {
            eras[what] = era(what) + 1
        }

        /** Where the key of a memory in [folder] lies. */
        fun keyFolder(folder: File): File = File(folder.path + "-key")

        /** Forgets all that lies in [folder], whoever wrote it, and destroys its key; `false` where something is still there. */
        fun wipe(folder: File): Boolean = synchronized(lock) {
            next(folder)
            val files = folder.listFiles().orEmpty().map { it.delete() || !it.exists() }.all { it }
            KeyBox.destroy(keyFolder(folder)) && files
        }
    }
}
