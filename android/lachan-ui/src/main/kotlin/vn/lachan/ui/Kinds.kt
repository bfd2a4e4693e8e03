package vn.lachan.ui

import vn.lachan.Checks
import vn.lachan.FindingKind

/** What screens list, in this order. */
internal val KINDS: List<FindingKind> =
    listOf(FindingKind.Nudity, FindingKind.Grooming, FindingKind.PersonalInfo, FindingKind.KnownImage, FindingKind.Gore)

/** As the words name it. */
internal fun FindingKind.key(): String = when (this) {
    FindingKind.Nudity -> "nudity"
    FindingKind.Gore -> "gore"
    FindingKind.Grooming -> "grooming"
    FindingKind.KnownImage -> "known_image"
    FindingKind.PersonalInfo -> "personal_info"
}

/** The picture that goes with it. */
internal fun FindingKind.icon(): Int = when (this) {
    FindingKind.Nudity -> R.drawable.lachan_ic_picture
    FindingKind.Gore -> R.drawable.lachan_ic_eye_off
    FindingKind.Grooming -> R.drawable.lachan_ic_chat
    FindingKind.KnownImage -> R.drawable.lachan_ic_block
    FindingKind.PersonalInfo -> R.drawable.lachan_ic_key
}

/** Whether it is looked for. */
internal fun Checks.covers(kind: FindingKind): Boolean = when (kind) {
    FindingKind.Nudity -> nudity
    FindingKind.Gore -> gore
    FindingKind.Grooming -> grooming
    FindingKind.KnownImage -> knownImages
    FindingKind.PersonalInfo -> personalInfo
}
