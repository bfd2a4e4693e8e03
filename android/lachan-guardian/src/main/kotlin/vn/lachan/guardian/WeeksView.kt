package vn.lachan.guardian

import android.content.Context
import android.widget.LinearLayout
import vn.lachan.AgeBand
import vn.lachan.FindingKind
import vn.lachan.guardian.internal.addHeadedCard
import vn.lachan.ui.KINDS
import vn.lachan.ui.LookContext
import vn.lachan.ui.Said as UiSaid
import vn.lachan.ui.Speech
import vn.lachan.ui.Voice
import vn.lachan.ui.addRow
import vn.lachan.ui.icon
import vn.lachan.ui.key

/**
 * Rounded numbers of past weeks, newest first. The companion and the child's phone show them by this one view: what the
 * child sees before it shares is what its guardian sees after.
 *
 * @param weeks oldest first, as [Child.weeks] and [ChildPhone.weeksToShare] give them.
 */
public class WeeksView(context: Context, weeks: List<CountedWeek>) : LinearLayout(LookContext.of(context)) {
    init {
        orientation = VERTICAL
        val speech = Speech(this.context, Voice.of(AgeBand.Adult))
        for (week in weeks.takeLast(SHOWN).asReversed()) {
            val card = addHeadedCard(speech.say(Said.weeksWeek, day(week.monday)))
            for (kind in KINDS) {
                val range = week.counts[kind] ?: CountRange.None
                // Few families look for it.
                if (range == CountRange.None && kind == FindingKind.Gore) continue
                card.addRow(kind.icon(), speech.say(UiSaid.checked.getValue("${kind.key()}.title")), state = speech.say(words(range)))
            }
        }
    }

    /** `2026-01-05` as it is said: 5/1/2026. */
    private fun day(monday: String): String = monday.split('-').reversed().joinToString("/") { it.trimStart('0') }

    private fun words(range: CountRange) = when (range) {
        CountRange.None -> Said.weeksNone
        CountRange.OneToFour -> Said.weeksFrom1
        CountRange.FiveToNine -> Said.weeksFrom5
        CountRange.TenToNineteen -> Said.weeksFrom10
        CountRange.TwentyTo49 -> Said.weeksFrom20
        CountRange.FiftyAndMore -> Said.weeksFrom50
    }

    private companion object {
        const val SHOWN = 8
    }
}
