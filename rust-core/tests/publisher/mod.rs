//! A publisher for tests: keys, documents and segments, whole or spoilt on purpose.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use lachan::hash::list::documents::{
    Category, DocumentType, KIND, Roles, Root, SegmentEntry, Snapshot, SnapshotEntry, Source, Timestamp, envelope,
};
use lachan::hash::list::segment::{ExactDigest, ExactKeys, SegmentKind, SegmentWriter, list_identity};
use lachan::hash::list::{FolderSource, InstallOptions, ListError, ListStore, Outcome, RealFiles};
use lachan::hash::{DeviceKey, KnownList, LumaView, Pdq, PdqHash, PictureHashes};
use lachan::trust::{Role, SecretKey, Signed, sha256_hex};
use serde::Serialize;

pub const NOW: u64 = 1_800_000_000;
pub const DAY: u64 = 24 * 3600;
pub const LIST: &str = "test-list";
pub const SALT: [u8; 32] = [0x5a; 32];

pub fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32]).unwrap()
}

pub fn role(threshold: usize, seeds: &[u8]) -> Role {
    Role { keys: seeds.iter().map(|seed| secret(*seed).public()).collect(), threshold }
}

pub fn device_key() -> DeviceKey {
    DeviceKey::from_bytes(&[42; 32])
}

/// A pseudo-random hash.
pub fn hash(seed: u64) -> PdqHash {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def0;
    PdqHash::from_words(std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }))
}

/// A picture with enough structure to be searched for; another one for every seed.
pub fn pixels(seed: u64, side: usize) -> Vec<u8> {
    let cells: Vec<u64> = (0..100).map(|k| hash(seed * 1000 + k).words()[0] % 256).collect();
    let cell = |x: usize, y: usize| cells[y * 10 + x] as f32;
    (0..side * side)
        .map(|i| {
            let at = |v: usize| v as f32 / side as f32 * 8.99;
            let (x, y) = (at(i % side), at(i / side));
            let (left, top, right, down) = (x as usize, y as usize, x.fract(), y.fract());
            let upper = cell(left, top) * (1.0 - right) + cell(left + 1, top) * right;
            let lower = cell(left, top + 1) * (1.0 - right) + cell(left + 1, top + 1) * right;
            (upper * (1.0 - down) + lower * down) as u8
        })
        .collect()
}

pub fn picture(seed: u64) -> PictureHashes {
    let pixels = pixels(seed, 128);
    PictureHashes::from_pixels(&LumaView::luma(&pixels, 128, 128, 128).unwrap())
}

pub fn pdq(seed: u64) -> Pdq {
    picture(seed).whole().clone()
}

/// What a publisher has: documents to be changed before they are signed, and who signs.
pub struct Publisher {
    pub folder: PathBuf,
    pub root: Root,
    pub snapshot: Snapshot,
    pub timestamp: Timestamp,
    pub root_signers: Vec<u8>,
    pub owner_signers: Vec<u8>,
    pub timestamp_signers: Vec<u8>,
}

impl Publisher {
    /// Root 2 of 3 (1, 2, 3), owner 2 of 3 (11, 12, 13), second authority 1 of 1 (21), timestamp 1 of 1 (31).
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        Self {
            folder: folder.to_owned(),
            root: Root {
                document: DocumentType::Root,
                list: LIST.to_owned(),
                version: 1,
                expires: NOW + 365 * DAY,
                salt: hex(&SALT),
                roles: Roles {
                    root: role(2, &[1, 2, 3]),
                    owner: role(2, &[11, 12, 13]),
                    second: Some(role(1, &[21])),
                    timestamp: role(1, &[31]),
                },
            },
            snapshot: Snapshot {
                document: DocumentType::Snapshot,
                list: LIST.to_owned(),
                version: 1,
                expires: NOW + 30 * DAY,
                categories: vec![
                    Category { code: 1, name: "a1".to_owned(), threshold: 31, jitter: 0 },
                    Category { code: 2, name: "b1".to_owned(), threshold: 10, jitter: 0 },
                ],
                sources: vec![Source { name: "agency".to_owned(), entries: 3 }],
                segments: vec![],
            },
            timestamp: Timestamp {
                document: DocumentType::Timestamp,
                list: LIST.to_owned(),
                version: 1,
                issued: NOW,
                expires: NOW + 7 * DAY,
                snapshot: SnapshotEntry { version: 1, sha256: String::new() },
            },
            root_signers: vec![1, 2],
            owner_signers: vec![11, 12, 21],
            timestamp_signers: vec![31],
        }
    }

    /// Writes a segment and names it in the snapshot.
    pub fn add(&mut self, kind: SegmentKind, hashes: &[(PdqHash, u8)], digests: &[(ExactDigest, u8)]) {
        self.add_of(kind, hashes, digests, &list_identity(LIST, &SALT));
    }

    pub fn add_of(
        &mut self,
        kind: SegmentKind,
        hashes: &[(PdqHash, u8)],
        digests: &[(ExactDigest, u8)],
        identity: &[u8; 32],
    ) {
        let keys = ExactKeys::new(&SALT);
        let mut hashes = hashes.to_vec();
        let mut keys: Vec<_> = digests.iter().map(|(digest, category)| (keys.key(digest), *category)).collect();
        hashes.sort_unstable();
        keys.sort_unstable();
        let (hash_count, key_count) = (hashes.len() as u64, keys.len() as u64);
        let mut writer = SegmentWriter::new(Vec::new(), kind, identity, hash_count, key_count).unwrap();
        hashes.iter().for_each(|(hash, category)| writer.hash(hash, *category).unwrap());
        keys.iter().for_each(|(key, category)| writer.key(*key, *category).unwrap());
        let bytes = writer.finish().unwrap();
        let sha256 = sha256_hex(&bytes);
        fs::write(self.folder.join(format!("{sha256}.segment")), &bytes).unwrap();
        self.snapshot.segments.push(SegmentEntry { sha256, bytes: bytes.len() as u64, kind });
    }

    /// The signed root as an app would hold it.
    pub fn pinned(&self) -> Vec<u8> {
        signed(&self.root, &self.root_signers).to_json().unwrap()
    }

    /// Signs and writes snapshot and timestamp.
    pub fn publish(&mut self) {
        self.publish_snapshot();
        self.publish_timestamp();
    }

    pub fn publish_snapshot(&mut self) {
        let bytes = signed(&self.snapshot, &self.owner_signers).to_json().unwrap();
        self.timestamp.snapshot = SnapshotEntry { version: self.snapshot.version, sha256: sha256_hex(&bytes) };
        fs::write(self.folder.join(format!("snapshot.{}.json", self.snapshot.version)), bytes).unwrap();
    }

    pub fn publish_timestamp(&self) {
        let bytes = signed(&self.timestamp, &self.timestamp_signers).to_json().unwrap();
        fs::write(self.folder.join("timestamp.json"), bytes).unwrap();
    }

    /// Writes the next root, signed by the given keys, under the name that a phone looks for.
    pub fn publish_root(&self, signers: &[u8], named: u64) {
        let bytes = signed(&self.root, signers).to_json().unwrap();
        fs::write(self.folder.join(format!("root.{named}.json")), bytes).unwrap();
    }

    /// The next version of everything.
    pub fn raise(&mut self) {
        self.snapshot.version += 1;
        self.timestamp.version += 1;
        self.timestamp.issued += DAY;
        self.timestamp.expires += DAY;
    }
}

pub fn signed(document: &impl Serialize, signers: &[u8]) -> Signed {
    let mut envelope = envelope(document).unwrap();
    signers.iter().for_each(|seed| envelope.sign(KIND, &secret(*seed)));
    envelope
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A phone with a folder for its list.
pub struct Phone {
    pub folder: PathBuf,
    pub pinned: Vec<u8>,
    pub options: InstallOptions,
}

impl Phone {
    pub fn new(folder: &Path, publisher: &Publisher) -> Self {
        Self { folder: folder.to_owned(), pinned: publisher.pinned(), options: InstallOptions::mapped() }
    }

    pub fn update(&self, source: &Path) -> Result<Outcome, ListError> {
        self.update_at(source, NOW)
    }

    pub fn update_at(&self, source: &Path, now: u64) -> Result<Outcome, ListError> {
        let key = device_key();
        let store = ListStore::new(&self.folder, &key);
        store.update(&FolderSource::new(source), &self.pinned, now, &self.options, &mut RealFiles)
    }

    pub fn open(&self) -> Result<KnownList, ListError> {
        KnownList::open(&self.folder, &device_key(), NOW)
    }

    pub fn version(&self) -> Option<u64> {
        self.open().ok().map(|list| list.version())
    }
}
