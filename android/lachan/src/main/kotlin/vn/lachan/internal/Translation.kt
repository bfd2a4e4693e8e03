package vn.lachan.internal

import java.nio.ByteBuffer
import vn.lachan.Action
import vn.lachan.Advice
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Direction
import vn.lachan.Finding
import vn.lachan.FindingKind
import vn.lachan.Indicator
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.PersonalData
import vn.lachan.PixelFormat
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.ScoreBand
import vn.lachan.Stage
import vn.lachan.TextSpan
import vn.lachan.Verdict
import vn.lachan.ffi.FfiConverterTypeMessageCheck
import vn.lachan.ffi.FfiConverterTypeVerdict
import vn.lachan.ffi.PixelOrder
import vn.lachan.ffi.Terms
import vn.lachan.ffi.Action as FfiAction
import vn.lachan.ffi.Advice as FfiAdvice
import vn.lachan.ffi.AgeBand as FfiAgeBand
import vn.lachan.ffi.Checks as FfiChecks
import vn.lachan.ffi.Direction as FfiDirection
import vn.lachan.ffi.Finding as FfiFinding
import vn.lachan.ffi.FindingKind as FfiFindingKind
import vn.lachan.ffi.Indicator as FfiIndicator
import vn.lachan.ffi.NotCheckedReason as FfiReason
import vn.lachan.ffi.PeerTrust as FfiPeerTrust
import vn.lachan.ffi.PersonalData as FfiPersonalData
import vn.lachan.ffi.Protection as FfiProtection
import vn.lachan.ffi.Reveal as FfiReveal
import vn.lachan.ffi.RevealRules as FfiRevealRules
import vn.lachan.ffi.ScoreBand as FfiScoreBand
import vn.lachan.ffi.Stage as FfiStage
import vn.lachan.ffi.Verdict as FfiVerdict

// Generated types end here: each `when` is complete, so that a variant added to the core does not compile unnoticed.

/** A verdict that came through the JNI door. */
internal fun verdictOf(written: ByteArray): Verdict = FfiConverterTypeVerdict.read(ByteBuffer.wrap(written)).toApi()

internal fun FfiVerdict.toApi(): Verdict = when (this) {
    is FfiVerdict.NotChecked -> Verdict.NotChecked(reason.toApi())
    is FfiVerdict.Clear -> Verdict.Clear
    is FfiVerdict.Concern -> Verdict.Concern(action.toApi(), findings.map { it.toApi() }, advice.toApi())
}

private fun FfiReason.toApi(): NotCheckedReason = when (this) {
    FfiReason.POLICY_OFF -> NotCheckedReason.PolicyOff
    FfiReason.NOT_COVERED -> NotCheckedReason.NotCovered
    FfiReason.MODEL_UNAVAILABLE -> NotCheckedReason.ModelUnavailable
    FfiReason.EMPTY -> NotCheckedReason.Empty
    FfiReason.UNSUPPORTED_FORMAT -> NotCheckedReason.UnsupportedFormat
    FfiReason.DAMAGED -> NotCheckedReason.Damaged
    FfiReason.TOO_LARGE -> NotCheckedReason.TooLarge
    FfiReason.BAD_PIXELS -> NotCheckedReason.BadPixels
    FfiReason.TOO_FEW_FRAMES -> NotCheckedReason.TooFewFrames
    FfiReason.CANCELLED -> NotCheckedReason.Cancelled
    FfiReason.RATE_LIMITED -> NotCheckedReason.RateLimited
    FfiReason.KNOWN_LIST_UNAVAILABLE -> NotCheckedReason.KnownListUnavailable
    FfiReason.UNREADABLE -> NotCheckedReason.Unreadable
    FfiReason.INTERNAL -> NotCheckedReason.Internal
}

private fun FfiAction.toApi(): Action = when (this) {
    FfiAction.TIP -> Action.Tip
    FfiAction.BLUR -> Action.Blur
    FfiAction.INTERRUPT -> Action.Interrupt
}

private fun FfiFinding.toApi() = Finding(kind.toApi(), band.toApi(), reason, source)

internal fun FfiFindingKind.toApi(): FindingKind = when (this) {
    FfiFindingKind.NUDITY -> FindingKind.Nudity
    FfiFindingKind.GORE -> FindingKind.Gore
    FfiFindingKind.GROOMING -> FindingKind.Grooming
    FfiFindingKind.KNOWN_IMAGE -> FindingKind.KnownImage
    FfiFindingKind.PERSONAL_INFO -> FindingKind.PersonalInfo
}

private fun FfiScoreBand.toApi(): ScoreBand = when (this) {
    FfiScoreBand.POSSIBLE -> ScoreBand.Possible
    FfiScoreBand.LIKELY -> ScoreBand.Likely
    FfiScoreBand.VERY_LIKELY -> ScoreBand.VeryLikely
}

private fun FfiAdvice.toApi() = Advice(warning, steps, help, lesson, reveal.toApi())

internal fun FfiReveal.toApi(): Reveal = when (this) {
    FfiReveal.FREELY -> Reveal.Freely
    FfiReveal.AFTER_CONFIRMING -> Reveal.AfterConfirming
    FfiReveal.WITH_GUARDIAN -> Reveal.WithGuardian
    FfiReveal.NEVER -> Reveal.Never
}

internal fun Policy.toFfi() = Terms(protection.toFfi(), age.toFfi(), checks.toFfi(), reveal.toFfi(), lessons)

internal fun Terms.toApi() = Policy(protection.toApi(), age.toApi(), checks.toApi(), reveal.toApi(), lessons)

internal fun Protection.toFfi(): FfiProtection = when (this) {
    Protection.Off -> FfiProtection.OFF
    Protection.Simple -> FfiProtection.SIMPLE
    Protection.Guided -> FfiProtection.GUIDED
}

internal fun AgeBand.toFfi(): FfiAgeBand = when (this) {
    AgeBand.Under13 -> FfiAgeBand.UNDER13
    AgeBand.From13To15 -> FfiAgeBand.FROM13_TO15
    AgeBand.From16To17 -> FfiAgeBand.FROM16_TO17
    AgeBand.Adult -> FfiAgeBand.ADULT
}

internal fun Checks.toFfi() = FfiChecks(nudity, gore, grooming, knownImages, personalInfo)

internal fun FfiChecks.toApi() = Checks(nudity, gore, grooming, knownImages, personalInfo)

internal fun RevealRules.toFfi() = FfiRevealRules(atLeast.toFfi(), pin, companion)

internal fun FfiRevealRules.toApi() = RevealRules(atLeast.toApi(), pin, companion)

private fun Reveal.toFfi(): FfiReveal = when (this) {
    Reveal.Freely -> FfiReveal.FREELY
    Reveal.AfterConfirming -> FfiReveal.AFTER_CONFIRMING
    Reveal.WithGuardian -> FfiReveal.WITH_GUARDIAN
    Reveal.Never -> FfiReveal.NEVER
}

internal fun FfiProtection.toApi(): Protection = when (this) {
    FfiProtection.OFF -> Protection.Off
    FfiProtection.SIMPLE -> Protection.Simple
    FfiProtection.GUIDED -> Protection.Guided
}

internal fun FfiAgeBand.toApi(): AgeBand = when (this) {
    FfiAgeBand.UNDER13 -> AgeBand.Under13
    FfiAgeBand.FROM13_TO15 -> AgeBand.From13To15
    FfiAgeBand.FROM16_TO17 -> AgeBand.From16To17
    FfiAgeBand.ADULT -> AgeBand.Adult
}

internal fun FindingKind.toFfi(): FfiFindingKind = when (this) {
    FindingKind.Nudity -> FfiFindingKind.NUDITY
    FindingKind.Gore -> FfiFindingKind.GORE
    FindingKind.Grooming -> FfiFindingKind.GROOMING
    FindingKind.KnownImage -> FfiFindingKind.KNOWN_IMAGE
    FindingKind.PersonalInfo -> FfiFindingKind.PERSONAL_INFO
}

internal fun FfiDirection.toApi(): Direction = when (this) {
    FfiDirection.INCOMING -> Direction.Incoming
    FfiDirection.OUTGOING -> Direction.Outgoing
    FfiDirection.FORWARD -> Direction.Forward
}

internal fun Direction.toFfi(): FfiDirection = when (this) {
    Direction.Incoming -> FfiDirection.INCOMING
    Direction.Outgoing -> FfiDirection.OUTGOING
    Direction.Forward -> FfiDirection.FORWARD
}

internal fun PixelFormat.toFfi(): PixelOrder = when (this) {
    PixelFormat.Rgba -> PixelOrder.RGBA
    PixelFormat.RgbaPremultiplied -> PixelOrder.RGBA_PREMULTIPLIED
    PixelFormat.Rgb -> PixelOrder.RGB
    PixelFormat.Luma -> PixelOrder.LUMA
}

/** A message check that came through the JNI door. */
internal fun messageCheckOf(written: ByteArray): MessageCheck =
    FfiConverterTypeMessageCheck.read(ByteBuffer.wrap(written)).run {
        MessageCheck(
            verdict.toApi(), stage?.toApi(),
            indicators.mapTo(LinkedHashSet()) { it.toApi() },
            spans.map { TextSpan(it.start.toInt(), it.end.toInt(), it.kind.toApi()) },
        )
    }

internal fun FfiStage.toApi(): Stage = when (this) {
    FfiStage.BUILDING_TRUST -> Stage.BuildingTrust
    FfiStage.ISOLATING -> Stage.Isolating
    FfiStage.TESTING -> Stage.Testing
    FfiStage.SEXUAL_PRESSURE -> Stage.SexualPressure
    FfiStage.THREAT -> Stage.Threat
    FfiStage.MEETING -> Stage.Meeting
}

private fun FfiIndicator.toApi(): Indicator = when (this) {
    FfiIndicator.PERSONAL_INFO -> Indicator.PersonalInfo
    FfiIndicator.SECRECY -> Indicator.Secrecy
    FfiIndicator.ISOLATION -> Indicator.Isolation
    FfiIndicator.PLATFORM_SHIFT -> Indicator.PlatformShift
    FfiIndicator.FLATTERY_BOND -> Indicator.FlatteryBond
    FfiIndicator.GIFT_LURE -> Indicator.GiftLure
    FfiIndicator.IMAGE_REQUEST -> Indicator.ImageRequest
    FfiIndicator.SEXUAL_TALK -> Indicator.SexualTalk
    FfiIndicator.MEETING -> Indicator.Meeting
    FfiIndicator.THREAT -> Indicator.Threat
    FfiIndicator.AUTHORITY_SCAM -> Indicator.AuthorityScam
    FfiIndicator.JOB_LURE -> Indicator.JobLure
    FfiIndicator.SHARES_PERSONAL_INFO -> Indicator.SharesPersonalInfo
    FfiIndicator.AGREES_MEETING -> Indicator.AgreesMeeting
    FfiIndicator.AGREES_IMAGE -> Indicator.AgreesImage
}

private fun FfiPersonalData.toApi(): PersonalData = when (this) {
    FfiPersonalData.PHONE -> PersonalData.Phone
    FfiPersonalData.EMAIL -> PersonalData.Email
    FfiPersonalData.ADDRESS -> PersonalData.Address
    FfiPersonalData.SCHOOL -> PersonalData.School
    FfiPersonalData.ONE_TIME_CODE -> PersonalData.OneTimeCode
    FfiPersonalData.PASSWORD -> PersonalData.Password
    FfiPersonalData.BANK_ACCOUNT -> PersonalData.BankAccount
    FfiPersonalData.CITIZEN_ID -> PersonalData.CitizenId
    FfiPersonalData.PLATE -> PersonalData.Plate
}

internal fun PeerTrust.toFfi(): FfiPeerTrust = when (this) {
    PeerTrust.Unknown -> FfiPeerTrust.UNKNOWN
    PeerTrust.Recent -> FfiPeerTrust.RECENT
    PeerTrust.Saved -> FfiPeerTrust.SAVED
    PeerTrust.Family -> FfiPeerTrust.FAMILY
}
