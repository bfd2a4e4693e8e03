//! From a folder of files that anybody may have written to an update that is believed.
//!
//! The rules are those of The Update Framework (TUF specification 1.0, section 5.3), with its four roles reduced to
//! what a list needs. Each rule is one line marked `check:`, and each has a test in `tests/list_attacks.rs` that
//! fails without it; `tests/bench/list_mutants.py` proves that.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::documents::{KIND, Root, SegmentEntry, Snapshot, Timestamp, UnixSeconds};
use super::segment::{Segment, list_identity};
use super::{ListError, refuse_if};
use crate::trust::{Signed, sha256_hex};

/// Most root versions that are gone through in one update; more come with the next.
pub const MAX_ROTATIONS: u64 = 64;
/// Longest document, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 4 << 20;

/// Where the files of an update are.
pub trait UpdateSource {
    /// The file `name`, at most `limit` bytes of it and one more if it is longer; none if there is no such file.
    ///
    /// # Errors
    /// Reading fails.
    fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ListError>;
}

/// The files in a folder.
#[derive(Debug, Clone)]
pub struct FolderSource(PathBuf);

impl FolderSource {
    /// The files in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }
}

impl UpdateSource for FolderSource {
    fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ListError> {
        let file = match File::open(self.0.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// What a phone believes already.
#[derive(Debug, Clone)]
pub(super) struct Trusted {
    pub root: Root,
    /// The signed file of `root`.
    pub root_bytes: Vec<u8>,
    pub timestamp_version: u64,
    pub snapshot_version: u64,
    /// SHA-256 of the signed snapshot in hex.
    pub snapshot_sha256: String,
    /// The latest time that a trusted timestamp named: it cannot be earlier now, whatever the clock says.
    pub time: UnixSeconds,
}

/// An update whose signatures, versions and expiry are in order. Its segments are checked as they are read.
#[derive(Debug, Clone)]
pub struct VerifiedUpdate {
    pub(super) root: Root,
    pub(super) root_bytes: Vec<u8>,
    pub(super) timestamp: Timestamp,
    pub(super) snapshot: Snapshot,
    pub(super) snapshot_bytes: Vec<u8>,
}

impl VerifiedUpdate {
    /// The root under which the update is believed.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// What the list is.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Which snapshot is current, and until when.
    pub fn timestamp(&self) -> &Timestamp {
        &self.timestamp
    }

    /// The bytes of a segment, equal to what the snapshot names and of this list.
    ///
    /// # Errors
    /// It is missing, longer or other than signed, or of another list.
    pub fn segment(&self, source: &dyn UpdateSource, entry: &SegmentEntry) -> Result<Vec<u8>, ListError> {
        let name = format!("{}.segment", entry.sha256);
        let bytes = source.read(&name, entry.bytes)?.ok_or(ListError::SegmentMissing)?;
        refuse_if(bytes.len() as u64 != entry.bytes, ListError::DigestMismatch)?; // check: endless-data
        refuse_if(sha256_hex(&bytes) != entry.sha256, ListError::DigestMismatch)?; // check: segment-digest
        let segment = Segment::parse(&bytes)?;
        refuse_if(segment.kind() != entry.kind, ListError::Malformed)?; // check: segment-kind
        let identity = list_identity(&self.root.list, &self.root.salt()?);
        refuse_if(*segment.identity() != identity, ListError::WrongList)?; // check: segment-list
        Ok(bytes)
    }
}

/// Verifies the update in `source` as a phone does that knows only `pinned_root`, the signed root document that
/// came with the app.
///
/// # Errors
/// The rule that the update breaks.
pub fn verify(source: &dyn UpdateSource, pinned_root: &[u8], now: UnixSeconds) -> Result<VerifiedUpdate, ListError> {
    verify_from(source, &pinned(pinned_root)?, now)
}

/// What a phone believes that knows only the root that came with the app.
pub(super) fn pinned(root_bytes: &[u8]) -> Result<Trusted, ListError> {
    let envelope = Signed::from_json(root_bytes)?;
    let root = Root::parse(envelope.unverified_payload())?;
    // The app vouches for it by holding it; its own signatures show that it was not cut or mixed up.
    envelope.verify(KIND, &root.roles.root)?;
    Ok(Trusted {
        root,
        root_bytes: root_bytes.to_vec(),
        timestamp_version: 0,
        snapshot_version: 0,
        snapshot_sha256: String::new(),
        time: 0,
    })
}

pub(super) fn verify_from(
    source: &dyn UpdateSource,
    trusted: &Trusted,
    now: UnixSeconds,
) -> Result<VerifiedUpdate, ListError> {
    let now = now.max(trusted.time); // check: clock-back
    let (root, root_bytes) = newest_root(source, trusted)?;
    refuse_if(now > root.expires, ListError::Expired)?; // check: root-expiry
    // A key that was taken out may have signed any version number: after a rotation, counting starts anew.
    let (before, after) = (&trusted.root.roles, &root.roles);
    let rotated = before.timestamp != after.timestamp || before.owner != after.owner || before.second != after.second;
    let floor = |version: u64| if rotated { 0 } else { version }; // check: fast-forward

    let bytes = document(source, "timestamp.json")?;
    let envelope = Signed::from_json(&bytes)?;
    let timestamp = Timestamp::parse(envelope.verify(KIND, &root.roles.timestamp)?)?; // check: timestamp-signature
    refuse_if(timestamp.list != root.list, ListError::WrongList)?; // check: timestamp-list
    let version_floor = floor(trusted.timestamp_version);
    refuse_if(timestamp.version < version_floor, ListError::VersionNotHigher)?; // check: timestamp-rollback
    let snapshot_floor = floor(trusted.snapshot_version);
    refuse_if(timestamp.snapshot.version < snapshot_floor, ListError::VersionNotHigher)?; // check: snapshot-rollback
    refuse_if(now > timestamp.expires, ListError::Expired)?; // check: timestamp-expiry

    let snapshot_bytes = document(source, &format!("snapshot.{}.json", timestamp.snapshot.version))?;
    refuse_if(sha256_hex(&snapshot_bytes) != timestamp.snapshot.sha256, ListError::DigestMismatch)?; // check: mix-and-match
    let envelope = Signed::from_json(&snapshot_bytes)?;
    let snapshot = Snapshot::parse(envelope.verify(KIND, &root.roles.owner)?)?; // check: owner-signature
    if let Some(second) = &root.roles.second {
        envelope.verify(KIND, second)?; // check: second-signature
    }
    refuse_if(snapshot.list != root.list, ListError::WrongList)?; // check: snapshot-list
    refuse_if(snapshot.version != timestamp.snapshot.version, ListError::DigestMismatch)?; // check: snapshot-version
    // One version has one content: else two halves of the public could be given two lists.
    let same_version = !rotated && snapshot.version == trusted.snapshot_version;
    let other_content = same_version && timestamp.snapshot.sha256 != trusted.snapshot_sha256;
    refuse_if(other_content, ListError::DigestMismatch)?; // check: equivocation
    refuse_if(now > snapshot.expires, ListError::Expired)?; // check: snapshot-expiry
    Ok(VerifiedUpdate { root, root_bytes, timestamp, snapshot, snapshot_bytes })
}

/// Goes from the trusted root through its successors, one version at a time.
fn newest_root(source: &dyn UpdateSource, trusted: &Trusted) -> Result<(Root, Vec<u8>), ListError> {
    let (mut root, mut root_bytes) = (trusted.root.clone(), trusted.root_bytes.clone());
    for _ in 0..MAX_ROTATIONS {
        let name = format!("root.{}.json", root.version.saturating_add(1));
        let Some(bytes) = source.read(&name, MAX_DOCUMENT_BYTES)? else { break };
        let envelope = Signed::from_json(&bytes)?;
        let next = Root::parse(envelope.verify(KIND, &root.roles.root)?)?; // check: root-old-keys
        envelope.verify(KIND, &next.roles.root)?; // check: root-new-keys
        refuse_if(Some(next.version) != root.version.checked_add(1), ListError::VersionNotHigher)?; // check: root-version
        refuse_if(next.list != root.list || next.salt != root.salt, ListError::WrongList)?; // check: root-list
        (root, root_bytes) = (next, bytes);
    }
    Ok((root, root_bytes))
}

fn document(source: &dyn UpdateSource, name: &str) -> Result<Vec<u8>, ListError> {
    let bytes = source.read(name, MAX_DOCUMENT_BYTES)?.ok_or(ListError::Malformed)?;
    refuse_if(bytes.len() as u64 > MAX_DOCUMENT_BYTES, ListError::Malformed)?;
    Ok(bytes)
}
