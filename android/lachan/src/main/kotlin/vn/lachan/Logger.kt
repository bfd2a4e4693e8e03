package vn.lachan

/** Where the SDK's few lines go. They say what happened inside, never what the content was. */
public fun interface Logger {
    /** One line. What this throws is ignored. */
    public fun log(level: LogLevel, line: String)
}

/** How much a line matters. */
public enum class LogLevel {
    /** For finding faults in the SDK itself. */
    Debug,

    /** Something was loaded, installed or freed. */
    Info,

    /** Something does not work, and protection goes on without it. */
    Warning,

    /** Something went wrong that should not. */
    Error,
}
