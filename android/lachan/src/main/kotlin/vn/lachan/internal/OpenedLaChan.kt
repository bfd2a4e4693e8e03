package vn.lachan.internal

import android.graphics.Bitmap
import android.net.Uri
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.security.SecureRandom
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import vn.lachan.Configuration
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.Installation
import vn.lachan.KnownListState
import vn.lachan.LaChan
import vn.lachan.LiveSession
import vn.lachan.LogLevel
import vn.lachan.ModelState
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Pixels
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Verdict
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.Settings
import vn.lachan.ffi.Shield
import vn.lachan.ffi.ShieldException
import vn.lachan.ffi.maxPictureBytes
import vn.lachan.ffi.setLogSink

/** The SDK over the native library. */
internal class OpenedLaChan(configuration: Configuration, private val host: Host) : LaChan {
    private val log = Log(configuration.logger)
    private val workers = Workers(configuration.maxConcurrentChecks, host)
    private val background = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val modelSource = configuration.models
    private val trust = configuration.trust
    private val testMode = configuration.testMode
    private val wrapper = host.keyWrapper()
    private val listKey = KeyBox(host.privateFiles, wrapper, SecureRandom(), log)
    private val knownLists =
        KnownLists(host.known, configuration.knownListRoot?.clone(), listKey, log)
    private val conversations = Conversations(this, memory(host.talks), log)
    private val stopTrimming: () -> Unit

    private val policyState = MutableStateFlow(configuration.effectivePolicy())
    private val protectionState = MutableStateFlow(policyState.value.protection)
    private val modelState = MutableStateFlow<ModelState>(ModelState.NotLoaded)

    /** Opened at the first check that the policy allows; nothing is loaded before. */
    private val opening = Mutex()

    @Volatile
    private var door: Door? = null

    @Volatile
    private var closed = false

    /** See [hold]. */
    @Volatile
    private var held: NotCheckedReason? = null

    override val protection: StateFlow<Protection> = protectionState.asStateFlow()
    override val models: StateFlow<ModelState> = modelState.asStateFlow()
    override val knownList: StateFlow<KnownListState> = knownLists.state.asStateFlow()
    override val policy: Policy get() = policyState.value
    internal val isClosed: Boolean get() = closed

    init {
        stopTrimming = host.onTrimMemory(::onTrimMemory)
    }

    private fun memory(talks: File) =
        SealedMemory(talks, KeyBox(SealedMemory.keyFolder(talks), wrapper, SecureRandom(), log), SecureRandom())

    /** Loads what the policy needs. */
    suspend fun warmUp() {
        if (policy.protection == Protection.Off) return
        workers.run { (openDoor() as? Door.Open)?.let(::loadModels) }
    }

    override suspend fun checkImage(bitmap: Bitmap, direction: Direction): Verdict =
        check { door, _ -> door.checkBitmap(bitmap, direction) }

    override suspend fun checkImage(bytes: ByteBuffer, direction: Direction): Verdict = check { door, ticket ->
        if (bytes.remaining() > maxPictureBytes().toLong()) {
            Verdict.NotChecked(NotCheckedReason.TooLarge)
        } else {
            door.shield.checkImage(bytes.asDirect(), direction.toFfi(), ticket.toULong()).toApi()
        }
    }

    override suspend fun checkImage(stream: InputStream, direction: Direction): Verdict = whyNot() ?: read { stream }
        .fold({ checkImage(it, direction) }, { Verdict.NotChecked(it) })

    override suspend fun checkImage(uri: Uri, direction: Direction): Verdict = whyNot()
        ?: read(closes = true) { host.open(uri) }.fold({ checkImage(it, direction) }, { Verdict.NotChecked(it) })

    override suspend fun checkPixels(pixels: Pixels, direction: Direction): Verdict = check { door, _ ->
        with(pixels) {
            if (!buffer.isDirect) return@with Verdict.NotChecked(NotCheckedReason.BadPixels)
            door.checkPixels(buffer.slice(), width, height, rowStride, format, rotationDegrees, direction)
        }
    }

    override suspend fun checkFile(file: File, direction: Direction): Verdict = check { door, ticket ->
        door.shield.checkFile(whole(file.path), direction.toFfi(), ticket.toULong()).toApi()
    }

    override suspend fun setPolicy(policy: Policy) {
        opening.withLock {
            // Whoever gives up waiting leaves one policy in force and told of, not one of each.
            withContext(NonCancellable) {
                workers.run { withOpenDoor { it.shield.setPolicy(policy.toFfi()) } }
                policyState.value = policy
                modelState.value = ModelState.NotLoaded
                protectionState.value = policy.protection
            }
        }
    }

    /**
     * From now on nothing is looked at, for [reason], whatever the policy; `null` ends it, and [setPolicy] does not: whoever
     * follows a family puts `Off` in force as well where it cannot be read, and no check may say that the family wanted it.
     */
    internal fun hold(reason: NotCheckedReason?) {
        held = reason
    }

    override fun conversation(peerId: String, trust: PeerTrust): Conversation = conversations.open(peerId, trust)

    /** Forgets every conversation, in memory and on disk. */
    internal suspend fun forgetConversations(): Unit = conversations.forgetAll()

    /**
     * Forgets what the list of known images has learnt here, in memory and on disk, and lets no check that runs bring it back.
     * `false` where a file is still there.
     */
    internal suspend fun forgetLearnt(): Boolean = opening.withLock {
        withContext(Dispatchers.IO) {
            knownLists.forget().also { withOpenDoor { knownLists.openAnew(it.shield) } }
        }
    }

    override fun liveSession(direction: Direction): LiveSession = NativeLiveSession(this, direction)

    override suspend fun installModel(folder: File): Installation = install { door ->
        try {
            val version = door.shield.installModel(whole(folder.path)).toLong()
            modelState.value = ModelState.NotLoaded
            Installation.Installed(version)
        } catch (refusal: ShieldException) {
            Installation.Refused(refusal.message.orEmpty())
        } catch (_: InternalException) {
            Installation.Refused(NativeLibrary.INSIDE)
        }
    }

    override suspend fun installKnownList(folder: File): Installation = install { knownLists.install(it.shield, folder) }

    override suspend fun installKnownList(files: Map<String, ByteArray>): Installation =
        install { knownLists.install(it.shield, files) }

    private suspend fun install(body: (Door.Open) -> Installation): Installation {
        if (closed) return Installation.Refused(CLOSED_SENTENCE)
        return workers.run {
            try {
                when (val door = openDoor()) {
                    is Door.Shut -> Installation.Refused(door.why)
                    is Door.Open -> body(door)
                }
            } catch (_: CharacterCodingException) {
                Installation.Refused("half of a character stands alone in a file's name")
            } catch (_: IllegalStateException) {
                // Closed in the meantime.
                Installation.Refused(CLOSED_SENTENCE)
            }
        }
    }

    override fun onTrimMemory(level: Int) {
        if (closed || level != RUNNING_CRITICAL && level < BACKGROUND) return
        background.launch {
            workers.run { withOpenDoor { it.shield.trim() } }
            modelState.value = ModelState.NotLoaded
        }
    }

    override fun close() {
        if (closed) return
        closed = true
        stopTrimming()
        conversations.close()
        background.cancel()
        (door as? Door.Open)?.shield?.close()
    }

    /**
     * Runs [body] on a worker under the rules that hold for every check. One that is not [ofPicture] says nothing of the
     * picture models, and loads none.
     */
    internal suspend fun check(ofPicture: Boolean = true, body: (Door.Open, Long) -> Verdict): Verdict {
        whyNot()?.let { return it }
        val verdict = workers.run { ticket ->
            val era = knownLists.era()
            when (val door = openDoor()) {
                is Door.Shut -> Verdict.NotChecked(door.reason)
                is Door.Open -> verdict {
                    knownLists.openIfItWaits(door.shield)
                    body(door, ticket).also { knownLists.noteMatch(door.shield, it, era) }
                }
            }
        }
        if (ofPicture) noteModels(verdict)
        return if (closed && verdict == Verdict.NotChecked(NotCheckedReason.Internal)) CLOSED else verdict
    }

    /** Runs what is no check, and answers nothing. */
    internal suspend fun onWorker(body: () -> Unit) {
        workers.run { withOpenDoor { body() } }
    }

    private fun whyNot(): Verdict? {
        if (closed) return CLOSED
        val off = NotCheckedReason.PolicyOff.takeIf { policy.protection == Protection.Off }
        return (held ?: off)?.let(Verdict::NotChecked)
    }

    /**
     * Reads what [open] gives, beside the checks that are running: waiting for bytes takes no core. Where it [closes] that as
     * well, it does so there, too: another app's provider may take as long for it as for the bytes.
     */
    private suspend fun read(closes: Boolean = false, open: () -> InputStream?): ReadOutcome {
        val job = currentCoroutineContext()
        return runInterruptible(Dispatchers.IO) {
            var opened: InputStream? = null
            try {
                // The library knows the limit, and it is loaded by whoever reads first.
                val limit = limit() ?: return@runInterruptible ReadOutcome(null, NotCheckedReason.LibraryUnavailable)
                opened = open()
                when (val read = opened?.readDirect(limit) { job.ensureActive() }) {
                    null -> ReadOutcome(null, NotCheckedReason.Unreadable)
                    is Read.TooLong -> ReadOutcome(null, NotCheckedReason.TooLarge)
                    is Read.Whole -> ReadOutcome(read.bytes, null)
                }
            } catch (_: IOException) {
                ReadOutcome(null, NotCheckedReason.Unreadable)
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (_: RuntimeException) {
                // A permission that was revoked, a provider that died, or whatever another app's provider throws.
                ReadOutcome(null, NotCheckedReason.Unreadable)
            } catch (_: OutOfMemoryError) {
                ReadOutcome(null, NotCheckedReason.TooLarge)
            } finally {
                if (closes) opened?.closeQuietly()
            }
        }
    }

    private class ReadOutcome(val bytes: ByteBuffer?, val reason: NotCheckedReason?) {
        inline fun fold(check: (ByteBuffer) -> Verdict, refuse: (NotCheckedReason) -> Verdict): Verdict =
            bytes?.let(check) ?: refuse(reason ?: NotCheckedReason.Unreadable)
    }

    /** `null` without the library. */
    private fun limit(): Int? = if (NativeLibrary.load(log) == null) maxPictureBytes().toInt() else null

    private suspend fun openDoor(): Door = door ?: opening.withLock { door ?: newDoor().also(::putIn) }

    /** Whoever closes meanwhile sees this door, or is seen here: behind a closed shield none stays open. */
    private fun putIn(fresh: Door) {
        door = fresh
        if (closed) (fresh as? Door.Open)?.shield?.close()
    }

    private fun newDoor(): Door {
        if (closed) return Door.Shut(NotCheckedReason.Closed, CLOSED_SENTENCE)
        val problem = NativeLibrary.load(log)
        if (problem != null) {
            modelState.value = ModelState.Unavailable(problem)
            return Door.Shut(NotCheckedReason.LibraryUnavailable, problem)
        }
        setLogSink(log)
        val settings = Settings(
            models = AssetModels(host, log).folder(modelSource)?.path,
            updates = File(host.privateFiles, "updates").path,
            keys = trust.keys,
            threshold = trust.threshold.coerceAtLeast(1).toUInt(),
            testMode = testMode,
        )
        return try {
            Door.Open(Shield.open(settings, policy.toFfi()).also(knownLists::open))
        } catch (refusal: ShieldException) {
            val why = refusal.message.orEmpty()
            log(LogLevel.Warning, "nothing can be checked: $why")
            modelState.value = ModelState.Unavailable(why)
            Door.Shut(NotCheckedReason.ModelUnavailable, why)
        }
    }

    private inline fun withOpenDoor(call: (Door.Open) -> Unit) {
        try {
            (door as? Door.Open)?.let(call)
        } catch (_: InternalException) {
            log(LogLevel.Error, "a call failed inside")
        } catch (_: IllegalStateException) {
            // Closed in the meantime.
        }
    }

    private fun loadModels(door: Door.Open) {
        modelState.value = try {
            door.shield.warmUp(both = false)
            ModelState.Ready
        } catch (refusal: ShieldException) {
            val why = refusal.message.orEmpty()
            log(LogLevel.Warning, "the picture models cannot be used: $why")
            ModelState.Unavailable(why)
        } catch (_: InternalException) {
            ModelState.Unavailable(NativeLibrary.INSIDE)
        } catch (_: IllegalStateException) {
            ModelState.NotLoaded
        }
    }

    /** A check of a picture loads models where they were not; what it met is told to whoever watches [models]. */
    private suspend fun noteModels(verdict: Verdict) {
        val unavailable = verdict == Verdict.NotChecked(NotCheckedReason.ModelUnavailable)
        val loaded = verdict !is Verdict.NotChecked
        if (modelState.value == ModelState.NotLoaded && (unavailable || loaded)) {
            workers.run { (door as? Door.Open)?.let(::loadModels) }
        }
    }

    private companion object {
        const val CLOSED_SENTENCE = "the SDK was closed"
        val CLOSED = Verdict.NotChecked(NotCheckedReason.Closed)

        /** `TRIM_MEMORY_RUNNING_CRITICAL`, which systems before API 34 send to apps in front. */
        const val RUNNING_CRITICAL = 15

        /** `TRIM_MEMORY_BACKGROUND`: from here on the app is not seen, and models load in a fraction of a second. */
        const val BACKGROUND = 40
    }
}
