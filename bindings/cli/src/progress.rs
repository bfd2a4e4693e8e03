//! Progress bars: on standard error, and only where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// From this many files on, progress is shown.
const FILES_FROM: usize = 8;

/// A bar, a spinner, or nothing.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over `count` things. Indicatif draws on standard error and hides itself where that is no terminal.
    pub fn counted(what: &'static str, count: u64) -> Self {
        let bar = ProgressBar::new(count);
        if let Ok(style) = ProgressStyle::with_template("{msg:24} {bar:32} {human_pos}/{human_len} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    /// A spinner with a count, where the end is not known.
    pub fn open(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{msg:24} {spinner} {human_pos} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A bar over files, where they are many enough to wait for.
    pub fn over_files(what: &'static str, files: usize) -> Self {
        if files < FILES_FROM { Self(ProgressBar::hidden()) } else { Self::counted(what, files as u64) }
    }

    pub fn add(&self, count: u64) {
        self.0.inc(count);
    }

    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}
