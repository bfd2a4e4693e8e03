//! The three signed documents of a list: root (who may sign what), snapshot (what the list is now), timestamp
//! (which snapshot is the current one). The envelope is [`Signed`], the kind [`DocumentKind::KnownList`]; a `type`
//! field inside keeps them apart.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::segment::SegmentKind;
use super::{ListError, refuse_if};
use crate::hash::search::MAX_DISTANCE;
pub use crate::trust::UnixSeconds;
use crate::trust::{DocumentKind, Role, Signed, from_hex};

/// Most segments that a snapshot names: years of daily additions before a new base.
const MAX_SEGMENTS: usize = 4096;
/// Largest segment, in bytes: a base of 30 million entries.
pub const MAX_SEGMENT_BYTES: u64 = 1 << 30;

/// What kind of document a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentType {
    /// [`Root`].
    Root,
    /// [`Snapshot`].
    Snapshot,
    /// [`Timestamp`].
    Timestamp,
}

/// Who may sign what. Signed by the `root` role of the version before it, and by its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Always [`DocumentType::Root`].
    #[serde(rename = "type")]
    pub document: DocumentType,
    /// Name of the list.
    pub list: String,
    /// 1, 2, 3 and so on without a gap.
    pub version: u64,
    /// Until when updates under this root are accepted.
    pub expires: UnixSeconds,
    /// Salt of the list's exact keys and identity, 64 hex digits; the same in every version.
    pub salt: String,
    /// The four roles.
    pub roles: Roles,
}

/// The roles of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// May replace the roles. Keys are kept offline, at least two of three.
    pub root: Role,
    /// Signs what the list is.
    pub owner: Role,
    /// If present, must sign every snapshot as well (two-party rule).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Role>,
    /// Says, often and automatically, which snapshot is current.
    pub timestamp: Role,
}

/// What the list is now. Signed by `owner`, and by `second` where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Always [`DocumentType::Snapshot`].
    #[serde(rename = "type")]
    pub document: DocumentType,
    /// Name of the list.
    pub list: String,
    /// The version that people and apps see; it only rises.
    pub version: u64,
    /// Until when the snapshot is accepted as an update.
    pub expires: UnixSeconds,
    /// What the category bytes mean.
    pub categories: Vec<Category>,
    /// Who contributed, and how much. Which entry is whose stays with the publisher.
    pub sources: Vec<Source>,
    /// The segments, in the order in which they are applied.
    pub segments: Vec<SegmentEntry>,
}

/// A category byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The byte.
    pub code: u8,
    /// Its name, such as `a1`.
    pub name: String,
    /// Largest distance of a match, at most 31.
    pub threshold: u8,
    /// Each phone takes up to this much off the threshold, by its own key, so that probing one phone says little
    /// about another.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub jitter: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature that serde asks for.
fn is_zero(value: &u8) -> bool {
    *value == 0
}

/// A contributing body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How many entries came from it.
    pub entries: u64,
}

/// A segment that belongs to the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// SHA-256 of its bytes in hex; the file is `<sha256>.segment`.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// What it does.
    pub kind: SegmentKind,
}

/// Which snapshot is current. Signed by `timestamp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamp {
    /// Always [`DocumentType::Timestamp`].
    #[serde(rename = "type")]
    pub document: DocumentType,
    /// Name of the list.
    pub list: String,
    /// It rises with every timestamp.
    pub version: u64,
    /// When it was made.
    pub issued: UnixSeconds,
    /// Until when it is accepted.
    pub expires: UnixSeconds,
    /// The current snapshot.
    pub snapshot: SnapshotEntry,
}

/// A snapshot by version and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotEntry {
    /// Its version; the file is `snapshot.<version>.json`.
    pub version: u64,
    /// SHA-256 of the signed file in hex.
    pub sha256: String,
}

impl Root {
    /// The root in a payload whose signatures were verified, or are about to be.
    ///
    /// # Errors
    /// Not of its form, or roles that cannot be fulfilled.
    pub fn parse(payload: &str) -> Result<Self, ListError> {
        let root: Self = serde_json::from_str(payload).map_err(|_| ListError::Malformed)?;
        refuse_if(root.document != DocumentType::Root, ListError::WrongList)?; // check: root-type
        let roles = [Some(&root.roles.root), Some(&root.roles.owner), root.roles.second.as_ref()];
        for role in roles.into_iter().chain([Some(&root.roles.timestamp)]).flatten() {
            let distinct: BTreeSet<_> = role.keys.iter().collect();
            refuse_if(role.threshold == 0 || role.threshold > distinct.len(), ListError::Malformed)?;
        }
        if let Some(second) = &root.roles.second {
            // A key in both roles would let one party sign for two.
            let shared = second.keys.iter().any(|key| root.roles.owner.keys.contains(key));
            refuse_if(shared, ListError::Malformed)?; // check: two-parties
        }
        root.salt()?;
        Ok(root)
    }

    /// The salt as bytes.
    ///
    /// # Errors
    /// It is not 64 hex digits.
    pub fn salt(&self) -> Result<[u8; 32], ListError> {
        from_hex(&self.salt).ok_or(ListError::Malformed)
    }
}

impl Snapshot {
    /// The snapshot in a payload.
    ///
    /// # Errors
    /// Not of its form.
    pub fn parse(payload: &str) -> Result<Self, ListError> {
        let snapshot: Self = serde_json::from_str(payload).map_err(|_| ListError::Malformed)?;
        refuse_if(snapshot.document != DocumentType::Snapshot, ListError::WrongList)?; // check: snapshot-type
        let codes: BTreeSet<_> = snapshot.categories.iter().map(|category| category.code).collect();
        let thresholds =
            snapshot.categories.iter().all(|c| u32::from(c.threshold) <= MAX_DISTANCE && c.jitter <= c.threshold);
        refuse_if(codes.len() != snapshot.categories.len() || !thresholds, ListError::Malformed)?;
        // A digest becomes a file name: nothing but hex digits, so that it cannot point elsewhere.
        let well_formed = snapshot.segments.iter().all(|segment| from_hex::<32>(&segment.sha256).is_some());
        refuse_if(!well_formed, ListError::Malformed)?; // check: segment-name
        refuse_if(snapshot.segments.len() > MAX_SEGMENTS, ListError::Malformed)?;
        let small = snapshot.segments.iter().all(|segment| segment.bytes <= MAX_SEGMENT_BYTES);
        refuse_if(!small, ListError::Malformed)?; // check: endless-declared
        Ok(snapshot)
    }
}

impl Timestamp {
    /// The timestamp in a payload.
    ///
    /// # Errors
    /// Not of its form.
    pub fn parse(payload: &str) -> Result<Self, ListError> {
        let timestamp: Self = serde_json::from_str(payload).map_err(|_| ListError::Malformed)?;
        refuse_if(timestamp.document != DocumentType::Timestamp, ListError::WrongList)?; // check: timestamp-type
        Ok(timestamp)
    }
}

/// An unsigned envelope of a document.
///
/// # Errors
/// The document cannot be written as JSON, which does not happen with the documents of this module.
pub fn envelope(document: &impl Serialize) -> Result<Signed, ListError> {
    serde_json::to_string(document).map(Signed::new).map_err(|_| ListError::Malformed)
}

/// The kind under which all three are signed.
pub const KIND: DocumentKind = DocumentKind::KnownList;
