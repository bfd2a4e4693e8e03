package vn.lachan.guardian.internal

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import java.io.File
import java.nio.charset.CharacterCodingException
import java.security.SecureRandom
import vn.lachan.LaChan
import vn.lachan.Logger
import vn.lachan.NotCheckedReason
import vn.lachan.Policy
import vn.lachan.ffi.FamilyFault
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.Moment
import vn.lachan.ffi.Now
import vn.lachan.ffi.WipeHook
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Refusal
import vn.lachan.guardian.Wipeable
import vn.lachan.internal.AndroidHost
import vn.lachan.internal.Host
import vn.lachan.internal.KeyBox
import vn.lachan.internal.KnownLists
import vn.lachan.internal.Log
import vn.lachan.internal.NativeLibrary
import vn.lachan.internal.OpenedLaChan
import vn.lachan.internal.SealedMemory

/** The native library, loaded once. */
internal object Library {
    /** Why it cannot be used; `null` where it can. */
    val problem: String? get() = NativeLibrary.load(Log(null))

    val isThere: Boolean get() = problem == null

    val REFUSED: Outcome.Refused get() = Outcome.Refused(Refusal.Unavailable, problem ?: NativeLibrary.INSIDE)
}

/** Time as a phone knows it. */
internal fun interface PhoneClock {
    fun now(): Now
}

/** What is asked of the phone: a folder, a key for it, time and randomness. */
internal class Surroundings(
    val folder: File,
    /** Where the SDK keeps what it remembers of conversations. */
    val talks: File,
    private val clock: PhoneClock,
    private val random: SecureRandom,
    /** What the folder is sealed with. */
    val keys: KeyBox,
) {
    fun now(): Now = clock.now()

    fun moment(): Moment = Moment(clock.now(), ByteArray(ENTROPY_BYTES).also(random::nextBytes))

    companion object {
        private const val ENTROPY_BYTES = 32

        fun of(context: Context, name: String, logger: Logger? = null): Surroundings =
            of(AndroidHost(context), name, clockOf(context.applicationContext ?: context), logger)

        fun of(host: Host, name: String, clock: PhoneClock, logger: Logger? = null): Surroundings {
            val random = SecureRandom()
            val keys = KeyBox(File(host.privateFiles, "$name-key"), host.keyWrapper(), random, Log(logger))
            return Surroundings(File(host.privateFiles, name), host.talks, clock, random, keys)
        }

        private fun clockOf(app: Context) = PhoneClock {
            val boots = Settings.Global.getInt(app.contentResolver, Settings.Global.BOOT_COUNT, 0)
            Now(
                (System.currentTimeMillis() / 1000).coerceAtLeast(0).toULong(),
                SystemClock.elapsedRealtime().coerceAtLeast(0).toULong(),
                boots.coerceAtLeast(0).toULong(),
            )
        }
    }
}

/** Runs a call of the core so that a refusal is an answer. */
internal inline fun <T> outcome(call: () -> T): Outcome<T> = try {
    Outcome.Done(call())
} catch (refusal: FamilyFault.Refused) {
    Outcome.Refused(refusal.reason.toApi(), refusal.why)
} catch (_: InternalException) {
    Outcome.Refused(Refusal.Unavailable, NativeLibrary.INSIDE)
} catch (_: CharacterCodingException) {
    Outcome.Refused(Refusal.Malformed, "half of a character stands alone in the text")
}

/** Runs a call of the core that knows no refusal: where it cannot be answered there is no answer. */
internal inline fun <T> orNull(call: () -> T?): T? = try {
    call()
} catch (_: InternalException) {
    null
} catch (_: CharacterCodingException) {
    // Half of a character alone does not get across, and is nothing that the core knows.
    null
}

/** A packet that the core made. */
internal fun packet(text: String): Packet =
    Packet.read(text) ?: throw InternalException("the core made a packet that it does not read")

/** What was remembered of conversations, whichever shield did it. */
internal class Memory(private val talks: File) : Wipeable {
    override val name: String get() = "conversations"

    override fun wipe(): Boolean = SealedMemory.wipe(talks)
}

/**
 * What the list of known images has learnt on this phone, beside the folder of the [talks]: hashes of pictures that were met
 * here. The list itself is a publisher's and stays.
 */
internal class Learnt(private val talks: File) : Wipeable {
    override val name: String get() = "known list"

    override fun wipe(): Boolean = KnownLists.wipe(File(talks.parentFile, "known"))
}

/**
 * Puts [policy] in force. With [outOfReach] nobody knows what the family decided, and every check says that instead of that
 * protection is off: no check in between says it either.
 */
internal suspend fun LaChan.follow(policy: Policy, outOfReach: Boolean) {
    if (outOfReach) (this as? OpenedLaChan)?.hold(NotCheckedReason.FamilyUnavailable)
    if (this.policy != policy) setPolicy(policy)
    if (!outOfReach) (this as? OpenedLaChan)?.hold(null)
}

/**
 * Forgets in memory what [Memory] and [Learnt] wipe, and those files with it. Without it a shield that goes on living writes
 * them again: as soon as a talk is kept, or a picture of the list is met.
 */
internal suspend fun LaChan.forget() {
    if (this !is OpenedLaChan) return
    forgetConversations()
    forgetLearnt()
}

/** What an app adds to a withdrawal, made harmless: whatever it throws counts as still there. */
internal class Hook(private val thing: Wipeable) : WipeHook {
    override fun name(): String = thing.name

    override fun wipe(): Boolean = try {
        thing.wipe()
    } catch (_: RuntimeException) {
        false
    }
}
