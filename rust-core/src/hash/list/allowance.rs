//! A guardian's allowance: one picture or file that shall not match on this family's phones.
//!
//! A list can be wrong, and a child must have somebody to turn to then. The allowance names one hash, is signed by
//! the guardian's key as a document of its own kind, and ends by itself.

use serde::{Deserialize, Serialize};

use super::documents::UnixSeconds;
use super::{ListError, refuse_if};
use crate::hash::{ExactDigests, PdqHash, PictureHashes};
use crate::trust::{DocumentKind, Role, Signed, from_hex, to_hex};

/// How near a picture must be to an allowed hash: the same picture recompressed (JPEG of quality 30 moved 23
/// photographs by at most 8 bits), hardly another one of the same series.
pub(super) const ALLOWED_DISTANCE: u32 = 10;

/// Longest time for which an allowance may be given: one year. Then the question is asked again.
const MAX_SECONDS: u64 = 366 * 24 * 3600;

/// What is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AllowedHash {
    Pdq(String),
    Sha256(String),
}

/// The payload of a signed allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    list: String,
    hash: AllowedHash,
    issued: UnixSeconds,
    expires: UnixSeconds,
}

impl Allowance {
    /// Allows a picture, and what is nearly the same, on the list called `list`.
    pub fn for_picture(list: &str, hash: &PdqHash, issued: UnixSeconds, expires: UnixSeconds) -> Self {
        Self { list: list.to_owned(), hash: AllowedHash::Pdq(hash.to_hex()), issued, expires }
    }

    /// Allows a file with this SHA-256.
    pub fn for_file(list: &str, sha256: &[u8; 32], issued: UnixSeconds, expires: UnixSeconds) -> Self {
        Self { list: list.to_owned(), hash: AllowedHash::Sha256(to_hex(sha256)), issued, expires }
    }

    /// The unsigned envelope, for the guardian's key to sign as [`DocumentKind::Allowance`].
    ///
    /// # Errors
    /// It cannot be written as JSON, which does not happen.
    pub fn envelope(&self) -> Result<Signed, ListError> {
        super::documents::envelope(self)
    }

    /// The allowance in an envelope that the guardian signed.
    ///
    /// # Errors
    /// Wrongly signed, of another list, or valid for longer than a year.
    pub(super) fn verify(envelope: &Signed, guardian: &Role, list: &str) -> Result<ValidAllowance, ListError> {
        let payload = envelope.verify(DocumentKind::Allowance, guardian)?;
        let allowance: Self = serde_json::from_str(payload).map_err(|_| ListError::Malformed)?;
        refuse_if(allowance.list != list, ListError::WrongList)?;
        refuse_if(allowance.expires.saturating_sub(allowance.issued) > MAX_SECONDS, ListError::Malformed)?;
        let hash = match &allowance.hash {
            AllowedHash::Pdq(hex) => ValidHash::Picture(PdqHash::from_hex(hex).map_err(|_| ListError::Malformed)?),
            AllowedHash::Sha256(hex) => ValidHash::File(from_hex(hex).ok_or(ListError::Malformed)?),
        };
        Ok(ValidAllowance { hash, issued: allowance.issued, expires: allowance.expires })
    }
}

enum ValidHash {
    Picture(PdqHash),
    File([u8; 32]),
}

/// An allowance that was verified.
pub(super) struct ValidAllowance {
    hash: ValidHash,
    issued: UnixSeconds,
    expires: UnixSeconds,
}

impl ValidAllowance {
    pub(super) fn allows_picture(&self, picture: &PictureHashes, now: UnixSeconds) -> bool {
        let ValidHash::Picture(hash) = &self.hash else { return false };
        // Only the picture itself: another one that merely contains it inside a frame was not asked about.
        self.holds(now) && picture.forms().iter().any(|h| h.distance(hash) <= ALLOWED_DISTANCE)
    }

    pub(super) fn allows_file(&self, digests: &ExactDigests, now: UnixSeconds) -> bool {
        self.holds(now) && matches!(&self.hash, ValidHash::File(sha256) if *sha256 == digests.sha256)
    }

    fn holds(&self, now: UnixSeconds) -> bool {
        (self.issued..=self.expires).contains(&now)
    }
}
