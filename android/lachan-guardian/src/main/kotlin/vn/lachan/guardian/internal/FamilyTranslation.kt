package vn.lachan.guardian.internal

import vn.lachan.ffi.CountedWeek as FfiWeek
import vn.lachan.ffi.FamilyRules
import vn.lachan.ffi.Follows as FfiFollows
import vn.lachan.ffi.Issuer
import vn.lachan.ffi.ItemKind
import vn.lachan.ffi.KnownChild
import vn.lachan.ffi.PacketKind as FfiPacketKind
import vn.lachan.ffi.Party as FfiParty
import vn.lachan.ffi.Purpose as FfiPurpose
import vn.lachan.ffi.Range
import vn.lachan.ffi.RefusalReason
import vn.lachan.ffi.Scope as FfiScope
import vn.lachan.guardian.Child
import vn.lachan.guardian.CountRange
import vn.lachan.guardian.CountedWeek
import vn.lachan.guardian.EvidenceKind
import vn.lachan.guardian.Follows
import vn.lachan.guardian.PacketKind
import vn.lachan.guardian.Party
import vn.lachan.guardian.PeerHandle
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.QuietRules
import vn.lachan.guardian.Refusal
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.internal.toApi
import vn.lachan.internal.toFfi

// Generated types end here: each `when` is complete, so that a variant added to the core does not compile unnoticed.

internal fun RefusalReason.toApi(): Refusal = when (this) {
    RefusalReason.NOT_A_PACKET -> Refusal.NotAPacket
    RefusalReason.OTHER_STEP -> Refusal.OtherStep
    RefusalReason.MISREAD -> Refusal.Misread
    RefusalReason.TOO_LONG -> Refusal.TooLong
    RefusalReason.NOT_SIGNED -> Refusal.NotSigned
    RefusalReason.MALFORMED -> Refusal.Malformed
    RefusalReason.NEWER_FORM -> Refusal.NewerForm
    RefusalReason.OTHER_PHONE -> Refusal.OtherPhone
    RefusalReason.NOT_NEWER -> Refusal.NotNewer
    RefusalReason.ENDED -> Refusal.Ended
    RefusalReason.CLOCKS_DIFFER -> Refusal.ClocksDiffer
    RefusalReason.CODE_USED -> Refusal.CodeUsed
    RefusalReason.CODE_RAN_OUT -> Refusal.CodeRanOut
    RefusalReason.NOT_ALLOWED -> Refusal.NotAllowed
    RefusalReason.NOT_PAIRED -> Refusal.NotPaired
    RefusalReason.WEAK_PIN -> Refusal.WeakPin
    RefusalReason.TOO_MANY -> Refusal.TooMany
    RefusalReason.ALREADY_THERE -> Refusal.AlreadyThere
    RefusalReason.WRONG_WORDS -> Refusal.WrongWords
    RefusalReason.NOT_DELIVERED -> Refusal.NotDelivered
    RefusalReason.STORAGE -> Refusal.Storage
}

internal fun FfiPacketKind.toApi(): PacketKind = when (this) {
    FfiPacketKind.OFFER -> PacketKind.Offer
    FfiPacketKind.ANSWER -> PacketKind.Answer
    FfiPacketKind.POLICY -> PacketKind.Policy
    FfiPacketKind.REQUEST -> PacketKind.Request
    FfiPacketKind.APPROVAL -> PacketKind.Approval
    FfiPacketKind.COUNTS -> PacketKind.Counts
}

internal fun Party.toFfi(): FfiParty = when (this) {
    Party.Guardian -> FfiParty.GUARDIAN
    Party.Child -> FfiParty.CHILD
}

internal fun Purpose.toFfi(): FfiPurpose = when (this) {
    Purpose.Reveal -> FfiPurpose.REVEAL
    Purpose.Change -> FfiPurpose.CHANGE
}

internal fun FfiPurpose.toApi(): Purpose = when (this) {
    FfiPurpose.REVEAL -> Purpose.Reveal
    FfiPurpose.CHANGE -> Purpose.Change
}

internal fun Scope.toFfi() = FfiScope(checks.toFfi(), counts)

internal fun FfiScope.toApi() = Scope(checks.toApi(), counts)

internal fun Rules.toFfi() = FamilyRules(
    protection.toFfi(), ageAtMost.toFfi(), checks.toFfi(), reveal.toFfi(),
    quiet.peers?.map { it.hex }, quiet.childMayAdd, lessons, shareCounts,
)

internal fun FamilyRules.toApi() = Rules(
    protection.toApi(), checks.toApi(), reveal.toApi(),
    QuietRules(quietPeers?.mapTo(LinkedHashSet(), ::PeerHandle), childMayAdd), ageAtMost.toApi(), lessons, shareCounts,
)

internal fun Range.toApi(): CountRange = when (this) {
    Range.NONE -> CountRange.None
    Range.ONE_TO_FOUR -> CountRange.OneToFour
    Range.FIVE_TO_NINE -> CountRange.FiveToNine
    Range.TEN_TO_NINETEEN -> CountRange.TenToNineteen
    Range.TWENTY_TO49 -> CountRange.TwentyTo49
    Range.FIFTY_AND_MORE -> CountRange.FiftyAndMore
}

internal fun FfiWeek.toApi() = CountedWeek(monday, counts.map { (kind, range) -> kind.toApi() to range.toApi() }.sortedBy { it.first }.toMap())

internal fun KnownChild.toApi() = Child(phone, version.toLong(), rules?.toApi(), weeks.map { it.toApi() })

internal fun FfiFollows.toApi() = Follows(key, issuer == Issuer.SCHOOL, version.toLong())

internal fun ItemKind.toApi(): EvidenceKind = when (this) {
    ItemKind.PICTURE -> EvidenceKind.Picture
    ItemKind.MESSAGE -> EvidenceKind.Message
    ItemKind.ACCOUNT -> EvidenceKind.Account
    ItemKind.FILE -> EvidenceKind.File
    ItemKind.KNOWN_IMAGE -> EvidenceKind.KnownImage
}

internal fun EvidenceKind.toFfi(): ItemKind = when (this) {
    EvidenceKind.Picture -> ItemKind.PICTURE
    EvidenceKind.Message -> ItemKind.MESSAGE
    EvidenceKind.Account -> ItemKind.ACCOUNT
    EvidenceKind.File -> ItemKind.FILE
    EvidenceKind.KnownImage -> ItemKind.KNOWN_IMAGE
}
