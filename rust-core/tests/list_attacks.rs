//! The table of attacks in `docs/formats/known-list.md`, one test a row. `tests/bench/list_mutants.py` removes the
//! check that each row names and sees that the row's test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod publisher;

use std::fs;
use std::path::PathBuf;

use lachan::hash::list::segment::SegmentKind;
use lachan::hash::list::{ListError, Outcome};
use publisher::{DAY, NOW, Phone, Publisher, hash, role, signed};
use tempfile::TempDir;

/// A publisher with a list of one entry, version 1, and a phone that installed it.
struct Scene {
    files: TempDir,
    publisher: Publisher,
    phone: Phone,
}

impl Scene {
    /// Published, not yet installed.
    fn published() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut publisher = Publisher::new(&folder.path().join("published"));
        publisher.add(SegmentKind::Base, &[(hash(1), 1)], &[]);
        publisher.publish();
        let phone = Phone::new(&folder.path().join("phone"), &publisher);
        Self { files: folder, publisher, phone }
    }

    fn installed() -> Self {
        let scene = Self::published();
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(1)));
        scene
    }

    fn update(&self) -> Result<Outcome, ListError> {
        self.phone.update(&self.publisher.folder)
    }

    /// The update is refused for this reason, and the phone has what it had.
    fn refused(&self, error: ListError) {
        let before = self.phone.version();
        assert_eq!(self.update(), Err(error));
        assert_eq!(self.phone.version(), before);
    }

    /// What a mirror had at this time.
    fn copy(&self, name: &str) -> PathBuf {
        let copy = self.files.path().join(name);
        fs::create_dir_all(&copy).unwrap();
        for entry in fs::read_dir(&self.publisher.folder).unwrap().flatten() {
            fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
        }
        copy
    }
}

// Arbitrary content: somebody without the keys writes the files.

#[test]
fn owner_signature() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.owner_signers = vec![11, 21];
    scene.publisher.publish();
    scene.refused(ListError::NotEnoughSignatures);
    scene.publisher.owner_signers = vec![11, 99, 21];
    scene.publisher.publish();
    scene.refused(ListError::NotEnoughSignatures);
    scene.publisher.owner_signers = vec![11, 13, 21];
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Installed(2)));
}

#[test]
fn second_signature() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.owner_signers = vec![11, 12, 13];
    scene.publisher.publish();
    scene.refused(ListError::NotEnoughSignatures);
}

#[test]
fn timestamp_signature() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.timestamp_signers = vec![11];
    scene.publisher.publish();
    scene.refused(ListError::NotEnoughSignatures);
}

#[test]
fn root_old_keys() {
    let mut scene = Scene::installed();
    scene.publisher.root.version = 2;
    scene.publisher.root.roles.root = role(1, &[77]);
    scene.publisher.publish_root(&[77, 1], 2);
    scene.refused(ListError::NotEnoughSignatures);
    scene.publisher.publish_root(&[77, 1, 2], 2);
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
}

#[test]
fn root_new_keys() {
    let mut scene = Scene::installed();
    scene.publisher.root.version = 2;
    scene.publisher.root.roles.root = role(2, &[4, 5, 6]);
    scene.publisher.publish_root(&[1, 2, 4], 2);
    scene.refused(ListError::NotEnoughSignatures);
    scene.publisher.publish_root(&[1, 2, 4, 6], 2);
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
}

#[test]
fn two_parties() {
    let mut scene = Scene::installed();
    scene.publisher.root.version = 2;
    scene.publisher.root.roles.second = Some(role(1, &[11]));
    scene.publisher.publish_root(&[1, 2], 2);
    scene.refused(ListError::Malformed);
}

#[test]
fn segment_digest() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.add(SegmentKind::Additions, &[(hash(2), 1)], &[]);
    scene.publisher.publish();
    let name = format!("{}.segment", scene.publisher.snapshot.segments[1].sha256);
    let path = scene.publisher.folder.join(name);
    let mut bytes = fs::read(&path).unwrap();
    // The hash of the one entry: the segment stays well-formed, and would be about another picture.
    bytes[80] ^= 1;
    fs::write(&path, &bytes).unwrap();
    scene.refused(ListError::DigestMismatch);
    bytes[80] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(scene.update(), Ok(Outcome::Installed(2)));
}

// Wrong content: rightly signed, for another purpose or another list.

#[test]
fn timestamp_list() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.timestamp.list = "other-list".to_owned();
    scene.publisher.publish();
    scene.refused(ListError::WrongList);
}

#[test]
fn snapshot_list() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.snapshot.list = "other-list".to_owned();
    scene.publisher.publish();
    scene.refused(ListError::WrongList);
}

#[test]
fn root_list() {
    for other in ["name", "salt"] {
        let mut scene = Scene::installed();
        scene.publisher.root.version = 2;
        match other {
            "name" => scene.publisher.root.list = "other-list".to_owned(),
            _ => scene.publisher.root.salt = "00".repeat(32),
        }
        scene.publisher.publish_root(&[1, 2], 2);
        scene.refused(ListError::WrongList);
    }
}

#[test]
fn segment_list() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.add_of(SegmentKind::Additions, &[(hash(2), 1)], &[], &[1; 32]);
    scene.publisher.publish();
    scene.refused(ListError::WrongList);
}

#[test]
fn segment_kind() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.add(SegmentKind::Removals, &[(hash(2), 0)], &[]);
    scene.publisher.snapshot.segments[1].kind = SegmentKind::Additions;
    scene.publisher.publish();
    scene.refused(ListError::Malformed);
}

/// Each document type in the place of each other, signed by the very keys of that place.
#[test]
fn timestamp_type() {
    let scene = Scene::published();
    let mut value = serde_json::to_value(&scene.publisher.timestamp).unwrap();
    value["type"] = "snapshot".into();
    let bytes = signed(&value, &[31]).to_json().unwrap();
    fs::write(scene.publisher.folder.join("timestamp.json"), bytes).unwrap();
    scene.refused(ListError::WrongList);
}

#[test]
fn snapshot_type() {
    let mut scene = Scene::published();
    let mut value = serde_json::to_value(&scene.publisher.snapshot).unwrap();
    value["type"] = "root".into();
    let bytes = signed(&value, &[11, 12, 21]).to_json().unwrap();
    scene.publisher.timestamp.snapshot.sha256 = lachan::trust::sha256_hex(&bytes);
    fs::write(scene.publisher.folder.join("snapshot.1.json"), bytes).unwrap();
    scene.publisher.publish_timestamp();
    scene.refused(ListError::WrongList);
}

#[test]
fn root_type() {
    let mut scene = Scene::installed();
    scene.publisher.root.version = 2;
    let mut value = serde_json::to_value(&scene.publisher.root).unwrap();
    value["type"] = "timestamp".into();
    let bytes = signed(&value, &[1, 2]).to_json().unwrap();
    fs::write(scene.publisher.folder.join("root.2.json"), bytes).unwrap();
    scene.refused(ListError::WrongList);
}

// Rollback: what was right once.

#[test]
fn timestamp_rollback() {
    let mut scene = Scene::installed();
    let old = scene.copy("old");
    // Only the timestamp rises: its older one is refused for its own sake.
    scene.publisher.timestamp.version = 2;
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
    assert_eq!(scene.phone.update(&old), Err(ListError::VersionNotHigher));
}

#[test]
fn snapshot_rollback() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Installed(2)));
    // A stolen timestamp key can name any snapshot that was ever signed.
    scene.publisher.snapshot.version = 1;
    scene.publisher.timestamp.version = 3;
    scene.publisher.publish();
    scene.refused(ListError::VersionNotHigher);
}

#[test]
fn root_version() {
    let mut scene = Scene::installed();
    // The current root once more, or one far ahead, under the name of the next.
    for version in [1, 3] {
        scene.publisher.root.version = version;
        scene.publisher.publish_root(&[1, 2], 2);
        scene.refused(ListError::VersionNotHigher);
    }
}

/// After a key was stolen that signed an enormous version, a new root makes the true list acceptable again.
#[test]
fn fast_forward() {
    let mut scene = Scene::installed();
    scene.publisher.timestamp.version = u64::MAX;
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
    scene.publisher.timestamp.version = 3;
    scene.publisher.publish();
    scene.refused(ListError::VersionNotHigher);
    scene.publisher.root.version = 2;
    scene.publisher.root.roles.timestamp = role(1, &[32]);
    scene.publisher.timestamp_signers = vec![32];
    scene.publisher.publish_root(&[1, 2], 2);
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
}

// Freeze: an old state is held back as if it were the current one.

#[test]
fn timestamp_expiry() {
    let scene = Scene::installed();
    let last = NOW + 7 * DAY;
    assert!(scene.phone.update_at(&scene.publisher.folder, last).is_ok());
    assert_eq!(scene.phone.update_at(&scene.publisher.folder, last + 1), Err(ListError::Expired));
    let list = scene.phone.open().unwrap();
    assert!(!list.is_stale(last) && list.is_stale(last + 1));
    assert_eq!(list.version(), 1, "matching goes on with the last good list");
}

#[test]
fn snapshot_expiry() {
    let mut scene = Scene::installed();
    scene.publisher.timestamp.expires = NOW + 1000 * DAY;
    scene.publisher.publish();
    assert!(scene.phone.update_at(&scene.publisher.folder, NOW + 30 * DAY).is_ok());
    assert_eq!(scene.phone.update_at(&scene.publisher.folder, NOW + 30 * DAY + 1), Err(ListError::Expired));
}

#[test]
fn root_expiry() {
    let mut scene = Scene::installed();
    scene.publisher.timestamp.expires = NOW + 1000 * DAY;
    scene.publisher.snapshot.expires = NOW + 1000 * DAY;
    scene.publisher.raise();
    scene.publisher.publish();
    assert!(scene.phone.update_at(&scene.publisher.folder, NOW + 365 * DAY).is_ok());
    assert_eq!(scene.phone.update_at(&scene.publisher.folder, NOW + 365 * DAY + 1), Err(ListError::Expired));
}

/// Setting the phone's clock back does not make an expired update fresh.
#[test]
fn clock_back() {
    let mut scene = Scene::installed();
    let old = scene.copy("old");
    scene.publisher.timestamp.version = 1;
    scene.publisher.timestamp.issued = NOW + 20 * DAY;
    scene.publisher.timestamp.expires = NOW + 27 * DAY;
    scene.publisher.publish();
    assert!(scene.phone.update_at(&scene.publisher.folder, NOW + 20 * DAY).is_ok());
    assert_eq!(scene.phone.update_at(&old, NOW), Err(ListError::Expired));
}

// Mix-and-match: parts of different states together.

#[test]
fn mix_and_match() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.publish();
    let honest = fs::read(scene.publisher.folder.join("snapshot.2.json")).unwrap();
    // Another snapshot of the same version, rightly signed (an earlier draft, say), beside the timestamp.
    scene.publisher.snapshot.sources.clear();
    let named = scene.publisher.timestamp.snapshot.clone();
    scene.publisher.publish_snapshot();
    scene.publisher.timestamp.snapshot = named;
    scene.refused(ListError::DigestMismatch);
    fs::write(scene.publisher.folder.join("snapshot.2.json"), honest).unwrap();
    assert_eq!(scene.update(), Ok(Outcome::Installed(2)));
}

#[test]
fn snapshot_version() {
    let mut scene = Scene::installed();
    scene.publisher.raise();
    scene.publisher.publish();
    // The timestamp gives version 1's content a higher number.
    scene.publisher.snapshot.version = 1;
    scene.publisher.publish_snapshot();
    fs::rename(scene.publisher.folder.join("snapshot.1.json"), scene.publisher.folder.join("snapshot.2.json")).unwrap();
    scene.publisher.timestamp.snapshot.version = 2;
    scene.publisher.publish_timestamp();
    scene.refused(ListError::DigestMismatch);
}

#[test]
fn equivocation() {
    let mut scene = Scene::installed();
    scene.publisher.add(SegmentKind::Additions, &[(hash(2), 1)], &[]);
    scene.publisher.timestamp.version = 2;
    scene.publisher.publish();
    scene.refused(ListError::DigestMismatch);
}

// Endless data and names that point elsewhere.

#[test]
fn endless_data() {
    let mut scene = Scene::published();
    scene.publisher.snapshot.segments[0].bytes -= 1;
    scene.publisher.publish();
    scene.refused(ListError::DigestMismatch);
}

#[test]
fn endless_declared() {
    let mut scene = Scene::published();
    scene.publisher.snapshot.segments[0].bytes = (1 << 30) + 1;
    scene.publisher.publish();
    scene.refused(ListError::Malformed);
}

#[test]
fn segment_name() {
    let mut scene = Scene::published();
    let honest = scene.publisher.snapshot.segments[0].sha256.clone();
    scene.publisher.snapshot.segments[0].sha256 = format!("../published/{honest}");
    scene.publisher.publish();
    scene.refused(ListError::Malformed);
}

#[test]
fn a_hundred_rotations_are_gone_through_in_two_updates() {
    let mut scene = Scene::installed();
    for version in 2..=100 {
        scene.publisher.root.version = version;
        scene.publisher.publish_root(&[1, 2], version);
    }
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
    assert_eq!(scene.update(), Ok(Outcome::Refreshed(1)));
    scene.publisher.root.version = 101;
    scene.publisher.root.roles.timestamp = role(1, &[32]);
    scene.publisher.publish_root(&[1, 2], 101);
    scene.refused(ListError::NotEnoughSignatures);
}

/// A phone that was off for years goes through every rotation, and takes nothing from keys that were taken out.
#[test]
fn rotation_takes_old_keys_out() {
    let mut scene = Scene::installed();
    scene.publisher.root.version = 2;
    scene.publisher.root.roles.owner = role(2, &[14, 15, 16]);
    scene.publisher.publish_root(&[1, 2], 2);
    scene.publisher.raise();
    scene.publisher.publish();
    scene.refused(ListError::NotEnoughSignatures);
    scene.publisher.owner_signers = vec![14, 16, 21];
    scene.publisher.publish();
    assert_eq!(scene.update(), Ok(Outcome::Installed(2)));
}
