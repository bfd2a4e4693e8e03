//! The few lines that the library has to say, handed to the host. They name what happened, never content.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Once, PoisonError, RwLock};

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// For finding faults in the library itself.
    Debug,
    /// Something was loaded, installed or freed.
    Info,
    /// Something does not work, and protection goes on without it.
    Warning,
    /// Something went wrong that should not.
    Error,
}

/// Where lines go.
#[uniffi::export(callback_interface)]
pub trait LogSink: Send + Sync {
    /// Takes one line.
    fn log(&self, level: LogLevel, line: String);
}

static SINK: LazyLock<RwLock<Option<Box<dyn LogSink>>>> = LazyLock::new(RwLock::default);
static HOOK: Once = Once::new();

/// From now on a panic is told by its place alone, whether or not anybody takes the lines.
pub fn hide_panics() {
    HOOK.call_once(|| {
        // The default hook prints a panic's message, which may quote a string that was being worked on. The place is
        // enough to find the fault. The hook is this library's own: it has its own copy of the standard library.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
            say(LogLevel::Error, format!("a panic was caught{place}"));
        }));
    });
}

/// Sends lines to `sink` from now on, or nowhere.
#[uniffi::export]
pub fn set_log_sink(sink: Option<Box<dyn LogSink>>) {
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
}

/// Says a line, if anybody listens. Whatever the host does with it, nothing comes back.
pub fn say(level: LogLevel, line: impl Into<String>) {
    let line = line.into();
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // `try_read`: a sink that logs in turn, or panics while it is being replaced, must not wait for itself.
        if let Ok(sink) = SINK.try_read()
            && let Some(sink) = sink.as_ref()
        {
            sink.log(level, line);
        }
    }));
}
