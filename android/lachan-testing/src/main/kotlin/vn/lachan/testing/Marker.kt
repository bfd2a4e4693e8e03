package vn.lachan.testing

import android.graphics.Bitmap
import vn.lachan.FindingKind

/**
 * The printed test marker: with `testMode` the SDK takes it for a finding, so that every warning can be met without
 * real material.
 */
public object Marker {
    /** Cells along a side: white margin, black frame and the pattern of eight by eight. */
    private const val CELLS = 12
    private const val PATTERN = 8

    /** Patterns of the core's `image/marker.rs`: 64 cells, row by row, the highest bit first. */
    private val patterns = mapOf(
        FindingKind.Nudity to 0x8f1d_6a35_c2b4_e907uL,
        FindingKind.Gore to 0x31e6_95d8_4d7a_0bf2uL,
        FindingKind.KnownImage to 0xd4a2_3c7f_1896_5be0uL,
    )

    /** The marker for [kind] as a square of [side] pixels, at least 96; `null` where it is not a kind of pictures. */
    @JvmStatic
    @JvmOverloads
    public fun bitmap(kind: FindingKind = FindingKind.Nudity, side: Int = 480): Bitmap? {
        val pixels = pixels(kind, side) ?: return null
        return Bitmap.createBitmap(pixels, side, side, Bitmap.Config.ARGB_8888)
    }

    /** The same as colours of `android.graphics.Color`, row by row. */
    @JvmStatic
    public fun pixels(kind: FindingKind, side: Int): IntArray? {
        require(side >= SMALLEST) { "a marker has at least $SMALLEST pixels a side" }
        val bits = patterns[kind] ?: return null
        return IntArray(side * side) { if (isWhite(bits, cell(it % side, side), cell(it / side, side))) WHITE else BLACK }
    }

    private fun cell(pixel: Int, side: Int): Int = pixel * CELLS / side

    private fun isWhite(bits: ULong, column: Int, row: Int): Boolean =
        when (minOf(column, row, CELLS - 1 - column, CELLS - 1 - row)) {
            0 -> true
            1 -> false
            else -> bits shr (PATTERN * PATTERN - 1 - ((row - 2) * PATTERN + column - 2)) and 1uL == 1uL
        }

    private const val SMALLEST = 96
    private const val WHITE = -1
    private const val BLACK = 0xFF shl 24
}
