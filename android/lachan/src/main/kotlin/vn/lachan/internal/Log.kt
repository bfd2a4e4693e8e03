package vn.lachan.internal

import vn.lachan.LogLevel
import vn.lachan.Logger
import vn.lachan.ffi.LogSink
import vn.lachan.ffi.LogLevel as FfiLogLevel

/** The host's logger, made harmless: whatever it throws ends here. */
internal class Log(private val logger: Logger?) : LogSink {
    operator fun invoke(level: LogLevel, line: String) {
        try {
            logger?.log(level, line)
        } catch (_: RuntimeException) {
            // The host's fault, and the host's line to lose.
        }
    }

    override fun log(level: FfiLogLevel, line: String) = invoke(level.toApi(), line)

    private fun FfiLogLevel.toApi(): LogLevel = when (this) {
        FfiLogLevel.DEBUG -> LogLevel.Debug
        FfiLogLevel.INFO -> LogLevel.Info
        FfiLogLevel.WARNING -> LogLevel.Warning
        FfiLogLevel.ERROR -> LogLevel.Error
    }
}
