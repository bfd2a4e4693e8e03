package vn.lachan.sample.kit

import vn.lachan.guardian.Refusal
import vn.lachan.guardian.R as Family

/** What the screen says of a refusal: the words come with `lachan-guardian`. */
internal fun words(refusal: Refusal): Int = when (refusal) {
    Refusal.NotAPacket -> Family.string.lachan_refusals_notapacket
    Refusal.OtherStep -> Family.string.lachan_refusals_otherstep
    Refusal.Misread -> Family.string.lachan_refusals_misread
    Refusal.NotSigned -> Family.string.lachan_refusals_notsigned
    Refusal.NewerForm -> Family.string.lachan_refusals_newerform
    Refusal.OtherPhone -> Family.string.lachan_refusals_otherphone
    Refusal.ClocksDiffer -> Family.string.lachan_refusals_clocksdiffer
    Refusal.CodeUsed -> Family.string.lachan_refusals_codeused
    Refusal.CodeRanOut -> Family.string.lachan_refusals_coderanout
    Refusal.TooMany -> Family.string.lachan_refusals_toomany
    Refusal.Storage -> Family.string.lachan_refusals_storage
    Refusal.NotNewer -> Family.string.lachan_refusals_notnewer
    Refusal.Ended -> Family.string.lachan_refusals_ended
    Refusal.NotAllowed -> Family.string.lachan_refusals_notallowed
    Refusal.NotPaired -> Family.string.lachan_refusals_notpaired
    Refusal.TooLong, Refusal.Malformed,
    Refusal.WeakPin, Refusal.AlreadyThere, Refusal.WrongWords, Refusal.NotDelivered, Refusal.Unavailable,
    -> Family.string.lachan_refusals_general
}
