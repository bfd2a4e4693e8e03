package vn.lachan.guardian

import android.content.Context
import android.widget.TextView
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.launch
import vn.lachan.AgeBand
import vn.lachan.guardian.internal.MainThread
import vn.lachan.guardian.internal.refusal
import vn.lachan.guardian.internal.say
import vn.lachan.ui.SheetView
import vn.lachan.ui.Speech
import vn.lachan.ui.Voice
import vn.lachan.ui.R as UiR

/** How an app reads a packet for a screen here: with its camera and [QrCode.read], from the clipboard, or from a link. */
public fun interface PacketScanner {
    /** Called on the main thread; [take] has to be called there, too, or never where the person gave up. */
    public fun scan(context: Context, take: PacketTaker)
}

/** Takes what was read. */
public fun interface PacketTaker {
    /** A packet, or `null` for something that is none. */
    public fun take(packet: Packet?)
}

/** A screen of a family, on the child's phone. It works as long as it is shown. */
public abstract class FamilyView internal constructor(context: Context, age: AgeBand) : SheetView(context) {
    internal val speech = Speech(this.context, Voice.of(age))
    private val work = SupervisorJob()
    private val scope = CoroutineScope(work + MainThread)

    /** One step at a time: a second tap while the first is under way does nothing. */
    private var underWay: Job? = null

    init {
        setBackgroundResource(UiR.drawable.lachan_full)
    }

    internal fun act(step: suspend () -> Unit) {
        if (underWay?.isCompleted == false) return
        underWay = scope.launch { step() }
    }

    /** Goes on with what was done, or says why it was not. */
    internal inline fun <T> Outcome<T>.orSay(message: TextView, next: (T) -> Unit) {
        when (this) {
            is Outcome.Done -> next(value)
            is Outcome.Refused -> message.say(speech.refusal(this))
        }
    }

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        work.cancelChildren()
    }
}

/** The words of the screens here: raise the version when they change in meaning. */
internal const val CONSENT_WORDS = 1

internal fun Context.consentText(): ConsentText = ConsentText(resources.getString(R.string.lachan_language), CONSENT_WORDS)
