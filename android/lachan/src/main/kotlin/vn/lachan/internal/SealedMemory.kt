package vn.lachan.internal

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import vn.lachan.ffi.InternalException
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

    /**
     * What is remembered of [peer], whether it was written already or not; empty where nothing is, or where it was damaged
     * or sealed with a lost key; `null` while the key is out of reach.
     */
    fun load(peer: String): ByteArray? = synchronized(disk) {
        kept(peer)?.let { return it }
        val held = existing { return null } ?: return NOTHING
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

    /** Counts how often [peer] was forgotten: to be asked before its state is looked at, and given to [keep]. */
    fun era(peer: String): Long = synchronized(lock) { era(folder) + era(File(folder, peer)) }

    /**
     * Remembers [state] in place of what was there, until [write] puts it on disk. One that was looked at before the peer
     * was forgotten, in another [era], brings nothing back.
     */
    fun keep(peer: String, state: ByteArray, era: Long): Boolean = synchronized(lock) {
        if (era != era(peer)) return false
        waiting[Place(folder, peer)] = state
        true
    }

    /** Writes what was kept of [peer]: the old or the new is left, never a mixture. `false` where nothing was written. */
    fun write(peer: String): Boolean = synchronized(disk) {
        val state = kept(peer) ?: return false
        val written = if (state.isEmpty()) erase(peer) else replace(peer, state)
        if (written) drop(peer, state)
        written
    }

    private fun kept(peer: String): ByteArray? = synchronized(lock) { waiting[Place(folder, peer)] }

    /** It is on disk. What was kept in the meantime waits for its own writing. */
    private fun drop(peer: String, state: ByteArray) {
        synchronized(lock) { if (waiting[Place(folder, peer)] === state) waiting.remove(Place(folder, peer)) }
    }

    /** Wins over all that was kept; where the key is out of reach, the file goes as soon as it is not. */
    fun forget(peer: String) {
        synchronized(disk) {
            synchronized(lock) {
                next(File(folder, peer))
                waiting[Place(folder, peer)] = NOTHING
            }
            write(peer)
        }
    }

    private fun erase(peer: String): Boolean {
        val held = existing { return false } ?: return true
        return File(folder, held.nameOf(peer)).run { delete() || !exists() }
    }

    private fun replace(peer: String, state: ByteArray): Boolean {
        val held = held() ?: keys.key()?.let(::hold) ?: return false
        return try {
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

    /** Forgets all peers and destroys the key; `false` where something is still there. */
    fun forgetAll(): Boolean = wipe(folder)

    /** A key that another memory over the same folder has destroyed is none any more. */
    private fun held(): Held? = held?.takeIf { it.era == folderEra() }

    private fun folderEra(): Long = synchronized(lock) { era(folder) }

    /** What comes of the key; `null` where there is none. */
    private inline fun existing(outOfReach: () -> Nothing): Held? = held() ?: when (val key = keys.existing()) {
        is Key.There -> hold(key.bytes)
        Key.None -> null
        Key.OutOfReach -> outOfReach()
    }

    private fun hold(key: ByteArray): Held = Held(key, folderEra()).also { fresh ->
        held = fresh
        // Forgotten while the key was out of reach.
        val late = synchronized(lock) { waiting.filter { it.key.folder == folder && it.value.isEmpty() }.keys }
        for (place in late) write(place.peer)
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
            } catch (_: InternalException) {
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

    private data class Place(val folder: File, val peer: String)

    companion object {
        private val NOTHING = ByteArray(0)
        private const val NONCE_BYTES = 12
        private const val TAG_BITS = 128
        private const val NAME_BYTES = 16

        /** Far above the 516 bytes that the core promises. */
        private const val MOST_BYTES = 4096L

        /** As many peers as the core would keep in memory. */
        internal const val MOST_PEERS = 1000

        // For the process, as what stands below is: two memories may look at the same folder.

        /** Held for as long as the disk and the key store take; never asked for by whoever has the [lock]. */
        private val disk = Any()

        /** Held for a moment: the main thread may wait for it. */
        private val lock = Any()
        private val eras = HashMap<File, Long>()

        /** States that are not on disk yet, of whichever memory; an empty one stands for a file that is to go. */
        private val waiting = HashMap<Place, ByteArray>()

        private fun era(what: File): Long = eras[what] ?: 0

        private fun next(what: File) {
            eras[what] = era(what) + 1
        }

        /** Where the key of a memory in [folder] lies. */
        fun keyFolder(folder: File): File = File(folder.path + "-key")

        /** Forgets all that lies in [folder], whoever wrote it, and destroys its key; `false` where something is still there. */
        fun wipe(folder: File): Boolean = synchronized(disk) {
            synchronized(lock) {
                next(folder)
                waiting.keys.removeAll { it.folder == folder }
            }
            val files = folder.listFiles().orEmpty().map { it.delete() || !it.exists() }.all { it }
            KeyBox.destroy(keyFolder(folder)) && files
        }
    }
}
