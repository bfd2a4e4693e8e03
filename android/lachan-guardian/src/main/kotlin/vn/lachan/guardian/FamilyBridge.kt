package vn.lachan.guardian

import android.content.Context
import android.database.ContentObserver
import android.os.Handler
import android.os.Looper
import java.io.Closeable
import java.util.Collections
import java.util.WeakHashMap
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.NotCheckedReason
import vn.lachan.Policy
import vn.lachan.guardian.internal.BridgeFile
import vn.lachan.guardian.internal.Learnt
import vn.lachan.guardian.internal.Memory
import vn.lachan.guardian.internal.Signers
import vn.lachan.guardian.internal.familyOf
import vn.lachan.guardian.internal.follow
import vn.lachan.guardian.internal.forget
import vn.lachan.guardian.internal.isWithdrawn
import vn.lachan.guardian.internal.policyOf
import vn.lachan.guardian.internal.toText
import vn.lachan.internal.AndroidHost

/** What an app that follows the family of another one knows. [policy] is what holds. */
public sealed interface BridgeState {
    /** The rules in force. */
    public val policy: Policy

    /** The other app answered. */
    public data class Connected(override val policy: Policy) : BridgeState

    /** It did not answer as it should; the last policy that it gave stays in force. */
    public data class Held(
        override val policy: Policy,
        /** Why. */
        public val problem: BridgeProblem,
    ) : BridgeState

    /** It has never answered, or following has ended: nothing runs. */
    public data class Never(
        /** Why. */
        public val problem: BridgeProblem,
    ) : BridgeState {
        override val policy: Policy get() = Policy.Off
    }
}

/** Why the other app did not answer. */
public enum class BridgeProblem {
    /** Nobody has asked yet. */
    NotAsked,

    /** There is no such app. */
    NotInstalled,

    /** There is one, and it is not signed by whom it should be: it was not asked. */
    WrongSigner,

    /** It does not know this app. */
    Refused,

    /** It has nothing to say, says what cannot be read, or takes too long: what it says later counts then. */
    Unreadable,

    /** [FamilyBridge.withdraw] has ended it in this app: it is not asked until [FamilyBridge.follow]. */
    Withdrawn,
}

/**
 * Follows the family that was set up in another app on this phone, through its [FamilyProvider].
 *
 * It asks only an app that is signed by whom it should be, and fails closed: whatever goes wrong, the last policy that was
 * given stays in force, over restarts.
 *
 * A withdrawal in the other app ends it here as well: the last policy is forgotten, and what the SDK remembers in this app of
 * conversations and of pictures on the list of known images is wiped. That is told as soon as this app asks, also where
 * another family has begun there since. [withdraw] does the same for this app alone, also where the other one is gone. A wipe
 * that did not come to its end goes on whenever this app asks.
 *
 * An app that uses it declares in its manifest that it sees the other one:
 * `<queries><provider android:authorities="org.example.chat.family"/></queries>`.
 */
public class FamilyBridge private constructor(
    private val app: Context,
    private val authority: String,
    private val signers: Set<String>,
) : Closeable {
    private val file = BridgeFile.of(app)

    /** Where [file] says that [withdraw] was called. No authority holds a space. */
    private val ended = "$authority withdrawn"

    /** Where [file] says that something is to be forgotten and may still be there. */
    private val wiping = "$authority wiping"

    /** Where [file] keeps which family it was. */
    private val family = "$authority family"
    private val states = MutableStateFlow<BridgeState>(problem(BridgeProblem.NotAsked))
    private val shields: MutableSet<LaChan> = Collections.newSetFromMap(Collections.synchronizedMap(WeakHashMap()))

    /** Held as long as the other app takes to answer, so that the last answer is the newest. Nobody waits for it without end. */
    private val asking = Mutex()

    /** Held while what is known changes, and never while another app is waited for. */
    private val applying = Mutex()
    private val background = CoroutineScope(SupervisorJob() + Dispatchers.IO)

    // Calls of the other app. Nobody can break one off, and whoever stops waiting leaves it to end by itself: on threads of
    // its own, few of them, so that an app that hangs takes none from anything else.
    private val asks = CoroutineScope(SupervisorJob() + Dispatchers.IO.limitedParallelism(1))
    private val counts = CoroutineScope(SupervisorJob() + Dispatchers.IO.limitedParallelism(1))

    /** The last answer, `null` before the first. Written under [applying]. */
    @Volatile
    private var heard: Answer? = null

    private val observer = object : ContentObserver(Handler(Looper.getMainLooper())) {
        override fun onChange(selfChange: Boolean) {
            background.launch { refresh() }
        }
    }

    /** What is known. */
    public val state: StateFlow<BridgeState> = states.asStateFlow()

    /**
     * Puts the family's policy in force in [shield], now and whenever it changes: the last one at once, before the other app is
     * asked. Where no policy is known and that is a fault, of the other app's or of what is kept here, every check of [shield]
     * says [NotCheckedReason.FamilyUnavailable].
     */
    public suspend fun protect(shield: LaChan) {
        shields += shield
        // Whoever gives up waiting leaves one policy in force, and not the pause between two.
        withContext(Dispatchers.IO + NonCancellable) {
            applying.withLock {
                goOnWiping()
                // As it is kept, and not as it was last told: another bridge of this app may have ended it since.
                val known = problem(BridgeProblem.NotAsked)
                put(known.policy, isOutOfReach(known, heard))
            }
        }
        refresh()
    }

    /**
     * Asks the other app. Call it when this app starts; a change is noticed by itself. An app that does not answer within five
     * seconds is not waited for: what is known holds, and its answer counts when it comes.
     */
    public suspend fun refresh(): BridgeState {
        var answered = false
        val asked = asks.async {
            asking.withLock {
                val answer = ask()
                applying.withLock {
                    answered = true
                    hear(answer)
                }
            }
        }
        return inTime { asked.await() } ?: withContext(Dispatchers.IO + NonCancellable) {
            // It may have answered in this moment.
            applying.withLock { if (answered) states.value else hear(Answer.None(BridgeProblem.Unreadable)) }
        }
    }

    /** Puts in force what follows from an answer. Under [applying]. */
    private suspend fun hear(answer: Answer): BridgeState {
        heard = answer
        // Ended while it was asked: then the answer counts for nothing.
        val state = if (isEnded()) BridgeState.Never(BridgeProblem.Withdrawn) else take(answer)
        goOnWiping()
        putInForce(state, isOutOfReach(state, answer))
        return state
    }

    /**
     * Ends it in this app, in one step and with nobody's yes: from this moment nothing runs, the last policy is forgotten, and
     * what the SDK remembers of conversations and has learnt of pictures is wiped. It waits for no other app. `false` where
     * something is still there; another call tries again, and so does [refresh], over restarts.
     */
    public suspend fun withdraw(): Boolean = withContext(Dispatchers.IO + NonCancellable) {
        // Before anything else: nobody waits for a disk, nor for an answer of the other app that is on its way.
        file.note(ended)
        putInForce(BridgeState.Never(BridgeProblem.Withdrawn))
        file.change(ended to "", wiping to "")
        applying.withLock {
            // Also what an answer put in force meanwhile.
            putInForce(BridgeState.Never(BridgeProblem.Withdrawn))
            val written = file.change(ended to "", wiping to "", authority to null, family to null)
            forget() && written
        }
    }

    /** Follows again after [withdraw]: somebody has chosen to. */
    public suspend fun follow(): BridgeState {
        withContext(Dispatchers.IO) { file.change(ended to null) }
        return refresh()
    }

    /** Counts a warning where the family is, if counts are kept there; `false` where it did not answer in time. */
    public suspend fun count(kind: FindingKind): Boolean {
        val counted = counts.async { whyNot() == null && answer(FamilyProvider.COUNT, kind.name) is Answer.Given }
        return inTime { counted.await() } == true
    }

    /** In the time of the clock on the wall, whatever dispatcher the caller has. */
    private suspend fun <T> inTime(wait: suspend () -> T): T? =
        withContext(Dispatchers.IO) { withTimeoutOrNull(patienceMillis) { wait() } }

    override fun close() {
        app.contentResolver.unregisterContentObserver(observer)
        background.cancel()
    }

    private fun ask(): Answer = whyNot()?.let { Answer.None(it) } ?: answer(FamilyProvider.STATE, null)

    /** Keeps what was heard, and with it what is to be forgotten, in one step. */
    private fun take(heard: Answer): BridgeState {
        val bundle = when (heard) {
            is Answer.None -> return problem(heard.problem)
            is Answer.Given -> heard.bundle
        }
        val policy = policyOf(bundle) ?: return problem(BridgeProblem.Unreadable)
        if (isWithdrawn(bundle)) {
            file.change(wiping to "", authority to null, family to null)
            return BridgeState.Connected(Policy.Off)
        }
        val known = file[family]
        val told = familyOf(bundle)
        // It ended and another began while nobody here asked.
        val another = known != null && told != null && told != known
        file.change(authority to policy.toText(), family to (told ?: known), wiping to if (another) "" else file[wiping])
        return BridgeState.Connected(policy)
    }

    private suspend fun putInForce(state: BridgeState, outOfReach: Boolean = false) {
        states.value = state
        put(state.policy, outOfReach)
    }

    private suspend fun put(policy: Policy, outOfReach: Boolean) {
        for (shield in shields.toList()) shield.follow(policy, outOfReach)
    }

    /**
     * There may be a family that has decided, and no policy of it is known: what was kept here is damaged, or the right app was
     * asked and failed. Not where it has nothing to tell, as before anybody has paired, and not where somebody has ended it.
     */
    private fun isOutOfReach(state: BridgeState, heard: Answer?): Boolean {
        if (state !is BridgeState.Never || state.problem == BridgeProblem.Withdrawn) return false
        val failed = when (heard) {
            null -> false
            is Answer.None -> heard.problem == BridgeProblem.Unreadable
            is Answer.Given -> heard.bundle != null && policyOf(heard.bundle) == null
        }
        return failed || file.isDamaged
    }

    /** An app that is left in the middle goes on here, whatever it hears, and before anything is in force again. */
    private suspend fun goOnWiping() {
        if (wiping !in file) return
        put(Policy.Off, outOfReach = false)
        forget()
    }

    /** What is remembered in this app, whichever shield did it. `false` where something is still there, for the next time. */
    private suspend fun forget(): Boolean {
        // What shields hold in memory first, or a write on its way would bring back what is wiped then.
        for (shield in shields.toList()) shield.forget()
        val talks = AndroidHost(app).talks
        val wiped = listOf(Memory(talks), Learnt(talks)).map { it.wipe() }.all { it }
        for (shield in shields.toList()) shield.forget()
        if (wiped) file.change(wiping to null)
        return wiped
    }

    private fun isEnded() = ended in file

    private fun whyNot(): BridgeProblem? {
        if (isEnded()) return BridgeProblem.Withdrawn
        val provider = app.packageManager.resolveContentProvider(authority, 0) ?: return BridgeProblem.NotInstalled
        return if (Signers.of(app.packageManager, provider.packageName).fits(signers)) null else BridgeProblem.WrongSigner
    }

    private sealed interface Answer {
        class Given(val bundle: android.os.Bundle?) : Answer

        class None(val problem: BridgeProblem) : Answer
    }

    private fun answer(method: String, argument: String?): Answer = try {
        Answer.Given(app.contentResolver.call(FamilyProvider.address(authority), method, argument, null))
    } catch (_: SecurityException) {
        Answer.None(BridgeProblem.Refused)
    } catch (_: RuntimeException) {
        // Removed in this moment, or whatever another app's provider throws.
        Answer.None(BridgeProblem.Unreadable)
    }

    private fun problem(problem: BridgeProblem): BridgeState {
        if (isEnded()) return BridgeState.Never(BridgeProblem.Withdrawn)
        val last = file[authority]?.let(::policyOf) ?: return BridgeState.Never(problem)
        return BridgeState.Held(last, problem)
    }

    public companion object {
        /**
         * How long the other app is waited for: long enough for it to be started for the answer on a slow phone, and not so long
         * that somebody who waits for a shield takes this app for broken. A test puts its own in.
         */
        @Volatile
        internal var patienceMillis: Long = 5_000

        /**
         * Follows the provider of [authority], if its app is signed by one of [signers]: SHA-256 digests of signing
         * certificates, 64 hex digits each.
         */
        @JvmStatic
        public fun open(context: Context, authority: String, signers: Set<String>): FamilyBridge {
            val app = context.applicationContext ?: context
            val bridge = FamilyBridge(app, authority, signers.mapTo(HashSet()) { it.lowercase() })
            try {
                app.contentResolver.registerContentObserver(FamilyProvider.address(authority), false, bridge.observer)
            } catch (_: SecurityException) {
                // It is not there yet; asking says so.
            }
            return bridge
        }
    }
}
