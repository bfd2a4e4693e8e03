package vn.lachan

import android.content.Context
import java.io.Closeable
import java.io.File
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.flow.StateFlow
import vn.lachan.internal.AndroidHost
import vn.lachan.internal.Host
import vn.lachan.internal.OpenedLaChan

/**
 * The one entry point: checks pictures and conversations on this phone. Nothing leaves it.
 *
 * Open one for the app and share it: it may be used from any thread. Nothing in it crashes or blocks the app; what
 * cannot be checked is [Verdict.NotChecked] with a reason.
 *
 * @sample vn.lachan.samples.openAndCheck
 */
public interface LaChan : ImageChecker, Closeable {
    /** How much is done now. Follows [policy]. */
    public val protection: StateFlow<Protection>

    /** Whether the picture models are ready, and if not, why. */
    public val models: StateFlow<ModelState>

    /** The list of known images, if one is installed. */
    public val knownList: StateFlow<KnownListState>

    /** The rules in force. */
    public val policy: Policy

    /** Puts [policy] in force. Checks that are running end under the old one. */
    public suspend fun setPolicy(policy: Policy)

    /**
     * The conversation with [peerId], with what is remembered of it. The same object for the same peer; [trust] may be
     * another than the last time, as when somebody was added to the contacts, and holds from the next message on.
     */
    public fun conversation(peerId: String, trust: PeerTrust): Conversation

    /** A new camera or call stream. */
    public fun liveSession(direction: Direction): LiveSession

    /**
     * Installs the newer model bundle in [folder], if it is whole, rightly signed and newer than any before it, the one that came
     * with the app included.
     */
    public suspend fun installModel(folder: File): Installation

    /**
     * Installs or updates the list of known images from the published files in [folder], if they are rightly signed under
     * [Configuration.knownListRoot] (or a root that followed it), not expired and newer than any before them. Of the
     * segments only those are needed that are not installed yet. How the files come to the phone is the app's choice.
     */
    public suspend fun installKnownList(folder: File): Installation

    /** The same from files in memory, by name. */
    public suspend fun installKnownList(files: Map<String, ByteArray>): Installation

    /** Frees what can be loaded again, as much as [level] of `ComponentCallbacks2` asks. Called by itself, too. */
    public fun onTrimMemory(level: Int)

    /** Frees everything. Later checks are [NotCheckedReason.Closed]. */
    override fun close()

    public companion object {
        /**
         * Opens the SDK. Returns when the models are loaded (see [Configuration.warmUp]); nothing is done on the calling
         * thread. Never fails: what does not work is told by [models] and by each [Verdict.NotChecked].
         */
        public suspend fun open(context: Context, configure: Configuration.() -> Unit): LaChan =
            open(Configuration().apply(configure), AndroidHost(context))

        internal suspend fun open(configuration: Configuration, host: Host): LaChan {
            val opened = OpenedLaChan(configuration, host)
            try {
                if (configuration.warmUp) opened.warmUp()
            } catch (givenUp: CancellationException) {
                // Whoever gave up waiting has nothing that could be closed.
                opened.close()
                throw givenUp
            }
            return opened
        }
    }
}

/** Whether the picture models are ready. */
public sealed interface ModelState {
    /** Not needed so far: protection is off, or memory was trimmed. They are loaded at the first check of a picture. */
    public data object NotLoaded : ModelState

    /** Loaded, verified and self-tested. */
    public data object Ready : ModelState

    /** They cannot be used. Checks say [NotCheckedReason.ModelUnavailable] or [NotCheckedReason.LibraryUnavailable]. */
    public data class Unavailable(
        /** What a developer can do about it, in English. Holds no content. */
        public val why: String,
    ) : ModelState
}

/** The list of known images on this phone. */
public sealed interface KnownListState {
    /** Nobody looked yet: it is opened by the first check. */
    public data object NotOpened : KnownListState

    /** There is none, or [Configuration.knownListRoot] trusts none. Known images are not looked for. */
    public data object NotInstalled : KnownListState

    /** It is open and asked about every picture. */
    public data class Ready(
        /** Name of the list. */
        public val name: String,
        /** Its version. */
        public val version: Long,
        /** How many pictures are on it. */
        public val pictures: Long,
        /** How many files are on it, by their digests. */
        public val files: Long,
        /** Whether an update should have come by now. The list goes on being asked. */
        public val stale: Boolean,
    ) : KnownListState

    /**
     * It is damaged, or the key that it was written with is lost: install it again. Or the phone's key store does not answer
     * now, and each check asks it again. Until then checks that find nothing else say
     * [NotCheckedReason.KnownListUnavailable].
     */
    public data class Unavailable(
        /** What a developer can do about it, in English. Holds no content. */
        public val why: String,
    ) : KnownListState
}

/** What came of installing an update. */
public sealed interface Installation {
    /** It is installed and used from the next time that models are loaded. */
    public data class Installed(
        /** Its version. */
        public val version: Long,
    ) : Installation

    /** It was refused and nothing was changed. */
    public data class Refused(
        /** What a developer can do about it, in English. Holds no content. */
        public val why: String,
    ) : Installation
}

