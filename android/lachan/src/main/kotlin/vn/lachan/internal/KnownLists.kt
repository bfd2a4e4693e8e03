package vn.lachan.internal

import java.io.File
import java.io.IOException
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
    private val learnt get() = File(folder.path + ".learnt")

    val state = MutableStateFlow<KnownListState>(KnownListState.NotOpened)

    /** Opens what is installed, if the app trusts any list. Nothing fails where that cannot be: [state] says it. */
    fun open(shield: Shield) {
        if (root == null) {
            state.value = KnownListState.NotInstalled
            return
        }
        state.value = try {
            val facts = place()?.let { shield.openKnownList(it, readLearnt()) }
            facts?.run { KnownListState.Ready(name, version.toLong(), pictures.toLong(), files.toLong(), stale) }
                ?: unavailable(KeyBox.OUT_OF_REACH)
        } catch (_: ShieldException.NoList) {
            KnownListState.NotInstalled
        } catch (refusal: ShieldException) {
            unavailable(refusal.message.orEmpty())
        } catch (_: InternalException) {
            unavailable(NativeLibrary.INSIDE)
        }
    }

    fun install(shield: Shield, update: File): Installation =
        install(shield) { place, root -> shield.installKnownList(place, root, update.path) }

    fun install(shield: Shield, files: Map<String, ByteArray>): Installation =
        install(shield) { place, root -> shield.installKnownListFiles(place, root, files) }

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

    /** An entry that matches pictures which have nothing to do with each other is switched off, also after a restart. */
    fun noteMatch(shield: Shield, verdict: Verdict) {
        val matched = verdict is Verdict.Concern && verdict.findings.any { it.kind == FindingKind.KnownImage }
        if (!matched || state.value !is KnownListState.Ready) return
        try {
            val fresh = File(learnt.path + ".new")
            fresh.writeText(shield.knownListLearnt())
            fresh.renameTo(learnt)
        } catch (_: IOException) {
            // It is learnt again.
        }
    }

    private fun readLearnt(): String = try {
        learnt.takeIf { it.length() in 1..MOST_LEARNT_BYTES }?.readText().orEmpty()
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

    private companion object {
        const val MILLIS_PER_SECOND = 1000L

        /** Twice of what 1,024 entries with four pictures each come to. */
        const val MOST_LEARNT_BYTES = 1L shl 20
    }
}
