//! A known list: how it is published, trusted, installed and asked.
//!
//! A publisher writes [`segment`]s and signs a [`documents::Snapshot`] that names them. A phone verifies the chain
//! of signatures, compiles the segments into one file of its own ([`ListStore::update`]) and maps it
//! ([`KnownList::open`]). The format is specified in `docs/formats/known-list.md`, with the table of attacks.
//!
//! Whoever controls a phone can always ask whether a picture is on its list; no cryptography without a server
//! prevents that. What is made costly is everything else: reading the list out, joining two phones' copies,
//! changing it, going back to an older one.

mod allowance;
mod compiled;
mod disguise;
pub mod documents;
mod frames;
mod known_list;
mod quarantine;
mod rate_limit;
pub mod segment;
mod store;
mod updates;

pub use allowance::Allowance;
pub use compiled::PARTS_FROM;
pub use frames::{Frame, FrameRule};
#[cfg(feature = "tools")]
pub use known_list::Explanation;
pub use known_list::{KnownList, KnownMatch};
pub use quarantine::QUARANTINE_AFTER;
pub use rate_limit::RateLimit;
pub use store::{InstallOptions, Installed, ListStore, Outcome};
pub use updates::{FolderSource, MAX_ROTATIONS, UpdateSource, VerifiedUpdate, verify};

pub use crate::vault::{DeviceKey, FileOperations, RealFiles};

use crate::trust::TrustError;
use crate::vault::VaultError;

/// Why a list or an update of it was refused. Holds no content, only what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListError {
    /// A document is not signed by enough keys of its role.
    NotEnoughSignatures,
    /// A document or segment is missing, too large or not of its form.
    Malformed,
    /// A document or segment has other bytes than the document above it names.
    DigestMismatch,
    /// A document of another type or another list.
    WrongList,
    /// A version is lower than one that was accepted before.
    VersionNotHigher,
    /// The update is past its expiry: it may be an old one, held back.
    Expired,
    /// A segment is needed that the update does not bring and that was not installed before.
    SegmentMissing,
    /// No list is installed in this folder.
    NotInstalled,
    /// The installed list was changed or damaged, or the key is another one than it was installed with.
    Damaged,
    /// Reading or writing failed; what was installed is still installed.
    Io(std::io::ErrorKind),
}

impl std::fmt::Display for ListError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match self {
            Self::NotEnoughSignatures => "too few valid signatures of the role's keys; let its holders sign",
            Self::Malformed => "a document or segment is missing, too large or not of its form; fetch it again",
            Self::DigestMismatch => "a file differs from what the document above it names; fetch the update again",
            Self::WrongList => "a document of another type or of another list",
            Self::VersionNotHigher => "the version is lower than one accepted before; fetch the current update",
            Self::Expired => "the update is past its expiry; fetch a newer one, matching goes on meanwhile",
            Self::SegmentMissing => "a segment is missing that was not installed before; fetch the whole list",
            Self::NotInstalled => "no list is installed here",
            Self::Damaged => "the installed list is damaged, or the device key is another one; install it again",
            Self::Io(kind) => return write!(f, "reading or writing failed ({kind}); nothing was changed"),
        };
        f.write_str(text)
    }
}

impl std::error::Error for ListError {}

impl From<std::io::Error> for ListError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl From<TrustError> for ListError {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::NotEnoughSignatures => Self::NotEnoughSignatures,
            TrustError::DigestMismatch => Self::DigestMismatch,
            TrustError::VersionNotHigher => Self::VersionNotHigher,
            TrustError::WrongKind => Self::WrongList,
            TrustError::Io(kind) => Self::Io(kind),
            TrustError::Malformed => Self::Malformed,
        }
    }
}

impl From<VaultError> for ListError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Io(kind) => Self::Io(kind),
            VaultError::Damaged | VaultError::BadName | VaultError::TooLarge => Self::Damaged,
        }
    }
}

/// `error` if `condition`: every rule that keeps an attacker out is one line with this word.
fn refuse_if(condition: bool, error: ListError) -> Result<(), ListError> {
    if condition { Err(error) } else { Ok(()) }
}
