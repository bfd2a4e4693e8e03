package vn.lachan.internal

import java.io.File
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.flow.MutableStateFlow
import vn.lachan.FindingKind
import vn.lachan.Installation
import vn.lachan.KnownListState
import vn.lachan.LogLevel
import vn.lachan.Verdict
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.KnownListPlace
import vn.lachan.ffi.Shield
import vn.lachan.ffi.ShieldException

/** The list of known images on this phone: installed, opened, and what it learnt kept. */
internal class KnownLists(
    private val folder: File,
    private val root: ByteArray?,
    private val keys: KeyBox,
    private val log: Log,
) {
    private var key: ByteArray? = null

    /** A list is installed and its key was out of reach when it was to be opened. */
    @Volatile
    private var waits = false

    /** The [era] of what the open list has learnt. */
    private var openedIn = 0L

    val state = MutableStateFlow<KnownListState>(KnownListState.NotOpened)

    /** Opens what is installed, if the app trusts any list. Nothing fails where that cannot be: [state] says it. */
    fun open(shield: Shield) {
        synchronized(lock) {
            openedIn = era()
            if (root == null) {
                state.value = KnownListState.NotInstalled
                return
            }
            val place = place()
            waits = place == null && folder.exists()
            state.value = try {
                when {
                    place != null -> shield.openKnownList(place, readLearnt())
                        .run { KnownListState.Ready(name, version.toLong(), pictures.toLong(), files.toLong(), stale) }
                    waits -> unavailable(KeyBox.OUT_OF_REACH).also { shield.knownListOutOfReach() }
                    else -> KnownListState.NotInstalled
                }
            } catch (_: ShieldException.NoList) {
                KnownListState.NotInstalled
            } catch (refusal: ShieldException) {
                unavailable(refusal.message.orEmpty())
            } catch (_: InternalException) {
                unavailable(NativeLibrary.INSIDE)
            }
        }
    }

    /** Before a check: the phone's key store may answer by now. Until it does nothing is opened, or each check would load the models. */
    fun openIfItWaits(shield: Shield) {
        if (waits && key() != null) open(shield)
    }

    fun install(shield: Shield, update: File): Installation =
        install(shield) { place, root -> shield.installKnownList(place, root, whole(update.path)) }

    fun install(shield: Shield, files: Map<String, ByteArray>): Installation =
        install(shield) { place, root ->
            files.keys.forEach(::whole)
            shield.installKnownListFiles(place, root, files)
        }

    private inline fun install(shield: Shield, call: (KnownListPlace, ByteArray) -> ULong): Installation {
        val root = root ?: return Installation.Refused("no list is trusted: set Configuration.knownListRoot")
        val place = place() ?: return Installation.Refused(KeyBox.OUT_OF_REACH)
        return try {
            val version = call(place, root).toLong()
            open(shield)
            Installation.Installed(version)
        } catch (refusal: ShieldException) {
            Installation.Refused(refusal.message.orEmpty())
        } catch (_: InternalException) {
            Installation.Refused(NativeLibrary.INSIDE)
        }
    }

    /** Counts how often what was learnt was forgotten: to be asked before a check begins, and given to [noteMatch]. */
    fun era(): Long = eras[folder] ?: 0

    /**
     * An entry that matches pictures which have nothing to do with each other is switched off, also after a restart. What a
     * check found that began before all was forgotten, in another [era], brings nothing back.
     */
    fun noteMatch(shield: Shield, verdict: Verdict, era: Long) {
        val matched = verdict is Verdict.Concern && verdict.findings.any { it.kind == FindingKind.KnownImage }
        if (!matched) return
        synchronized(lock) {
            if (state.value !is KnownListState.Ready) return
            // Forgotten by whoever has no hold of this list: what it still holds in memory goes as well.
            if (openedIn != era()) return open(shield)
            if (era == era()) write(shield.knownListLearnt())
        }
    }

    private fun write(text: String) {
        try {
            val fresh = fresh(folder)
            fresh.writeText(text)
            fresh.renameTo(learnt(folder))
        } catch (_: IOException) {
            // It is learnt again.
        }
    }

    /** Forgets what was learnt on this phone, on disk and for checks that run; `false` where a file is still there. */
    fun forget(): Boolean = wipe(folder)

    /** Drops what an open list has learnt, too: it is opened anew with what is on disk. */
    fun openAnew(shield: Shield) {
        if (state.value is KnownListState.Ready) open(shield)
    }

    private fun readLearnt(): String = try {
        learnt(folder).takeIf { it.length() in 1..MOST_LEARNT_BYTES }?.readText().orEmpty()
    } catch (_: IOException) {
        ""
    }

    /** `null` while the key is out of reach: under another one the list would be taken for damaged. */
    private fun place(): KnownListPlace? =
        key()?.let { KnownListPlace(folder.path, it, (System.currentTimeMillis() / MILLIS_PER_SECOND).toULong()) }

    private fun key(): ByteArray? = synchronized(this) {
        key ?: keys.key()?.let { derivedKey(it, "known list") }.also { key = it }
    }

    private fun unavailable(why: String): KnownListState {
        log(LogLevel.Warning, "the list of known images cannot be used: $why")
        return KnownListState.Unavailable(why)
    }

    companion object {
        private const val MILLIS_PER_SECOND = 1000L

        /** Twice of what 1,024 entries with four pictures each come to. */
        private const val MOST_LEARNT_BYTES = 1L shl 20

        /** One for the process: two of them may look at the same folder, and two checks may match at once. */
        private val lock = Any()

        /** Read without [lock]: no check waits while somebody opens a list. */
        private val eras = ConcurrentHashMap<File, Long>()

        private fun learnt(folder: File) = File(folder.path + ".learnt")

        private fun fresh(folder: File) = File(learnt(folder).path + ".new")

        /**
         * Forgets what the list in [folder] has learnt on this phone, whoever opened it, and lets no check that runs bring it
         * back: hashes of pictures that were met. The list itself stays. `false` where a file is still there.
         */
        fun wipe(folder: File): Boolean = synchronized(lock) {
            eras.merge(folder, 1, Long::plus)
            listOf(learnt(folder), fresh(folder)).map { it.delete() || !it.exists() }.all { it }
        }
    }
}
