package vn.lachan

import android.content.Context

/**
 * How the host app reports to its own trust desk, to 111 or to the VN-COP form. Always started by a person, after a
 * preview of all that will be sent; the SDK itself sends nothing.
 */
public fun interface ReportHook {
    /** Called on the main thread after the person confirmed. */
    public fun report(context: Context, report: Report)
}

/**
 * What a person chose to report: what the preview showed, line by line, and no more. Holds no content: the app adds it where
 * the person asked for that.
 */
public data class Report(
    /** What was found, each kind once. */
    public val kinds: List<FindingKind>,
    /** Which way the content travelled. */
    public val direction: Direction,
    /** The app's own name for the message, chat or picture, as it was given to the warning. */
    public val itemId: String?,
)
