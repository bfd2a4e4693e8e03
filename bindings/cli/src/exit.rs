//! Exit statuses, the same for every subcommand (0 done, 1 failed as a whole, 2 wrong usage, 3 partly not checked).

use std::process::ExitCode;

/// The work failed as a whole.
pub const FAILED: u8 = 1;
/// Some inputs could not be checked; they were reported, each with its reason.
pub const PARTLY_NOT_CHECKED: u8 = 3;

/// Reports a failure of the whole and gives its exit status.
pub fn failed(message: impl std::fmt::Display) -> ExitCode {
    eprintln!("lachan: {message}");
    ExitCode::from(FAILED)
}
