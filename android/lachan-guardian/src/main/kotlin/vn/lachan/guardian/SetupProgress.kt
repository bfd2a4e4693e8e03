package vn.lachan.guardian

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import vn.lachan.guardian.internal.MainThread

/**
 * How far a [FamilySetupView] has come. Keep one where it outlives a turn of the phone, such as in what
 * `Activity.onRetainNonConfigurationInstance` gives, and hand it to the view that takes the place of the last: the step, the
 * code on the screen and the guardian's yes stay.
 *
 * It lives in memory alone and goes into no saved state, because it holds a [GuardianYes]. When the process ends it is gone,
 * and the view begins anew. Use it on the main thread, for one setting up.
 */
public class SetupProgress {
    private val work = CoroutineScope(SupervisorJob() + MainThread)
    private var begun = false

    /** One step at a time: a second tap while the first is under way does nothing. */
    private var underWay: Job? = null

    /** The view that shows this. */
    internal var shown: FamilySetupView? = null

    internal var step: SetupStep = SetupStep.Meet()
        private set

    internal var yes: GuardianYes? = null
    internal var counts = true

    /** What was typed of the birthday, by field. */
    internal val birth = HashMap<Int, String>()

    /** Looks once at where an earlier setting up has left the phone. */
    internal fun begin(phone: ChildPhone) {
        if (begun) return
        begun = true
        if (phone.isHalfSetUp) {
            step = SetupStep.Meet(again = true)
        } else if (phone.lacksPolicy) {
            step = SetupStep.Receive
        }
    }

    internal fun go(next: SetupStep) {
        step = next
        shown?.draw()
    }

    /** Goes on while no view shows it: what the phone has done meanwhile must not be lost. */
    internal fun act(step: suspend () -> Unit) {
        if (underWay?.isCompleted == false) return
        underWay = work.launch { step() }
    }
}

/** What is asked next. */
internal sealed interface SetupStep {
    /** With [again] an earlier setting up was not ended. */
    class Meet(val again: Boolean = false) : SetupStep

    class Answer(val paired: Paired) : SetupStep

    class Compare(val paired: Paired) : SetupStep

    data object Differ : SetupStep

    /** A guardian shows that it is there, for what comes [next]. */
    class Ask(val next: SetupStep) : SetupStep

    data object Decide : SetupStep

    data object About : SetupStep

    data object Receive : SetupStep

    data object HandOver : SetupStep
}

/** Paired, and the guardian has not said all that is asked of it: the yes to say it with was in memory alone. */
internal val ChildPhone.isHalfSetUp: Boolean
    get() = (state.value as? FamilyState.Waiting)?.let { it.missing == Party.Guardian || ageBand == null } == true

/** The guardian has said all, and its policy has not come yet: that needs no yes. */
internal val ChildPhone.lacksPolicy: Boolean
    get() = state.value == FamilyState.Waiting(Party.Child) && ageBand != null && follows.none { it.version > 0 }
