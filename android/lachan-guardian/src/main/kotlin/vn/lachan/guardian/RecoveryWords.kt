package vn.lachan.guardian

import vn.lachan.ffi.WordsSlip as FfiSlip
import vn.lachan.ffi.slipInWords
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.orNull

/** 24 syllables that replace a lost guardian's phone. Shown once, printed, and kept where the phone is not. */
public class RecoveryWords internal constructor(
    /** The syllables in their order. */
    public val syllables: List<String>,
) {
    /** Nothing: the words have no place in logs. */
    override fun toString(): String = "RecoveryWords"

    public companion object {
        /** How many there are. */
        public const val COUNT: Int = 24

        /** Where the slip is in what somebody typed; `null` where it may be right, or cannot be looked at. */
        @JvmStatic
        public fun slip(typed: String): Slip? = if (!Library.isThere) null else when (val slip = orNull { slipInWords(typed) }) {
            null -> null
            is FfiSlip.Unknown -> Slip.Unknown(slip.place.toInt())
            is FfiSlip.Count -> Slip.Count(slip.count.toInt())
            is FfiSlip.Checksum -> Slip.Checksum
        }
    }

    /** Where the slip is. */
    public sealed interface Slip {
        /** This syllable does not exist. */
        public data class Unknown(
            /** Its place, from 1. */
            public val place: Int,
        ) : Slip

        /** There are not 24. */
        public data class Count(
            /** How many there are. */
            public val count: Int,
        ) : Slip

        /** Each exists, but one or more are not as printed. */
        public data object Checksum : Slip
    }
}
