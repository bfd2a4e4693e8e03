//! Any bytes as a segment or as one of a list's documents, alone and under right signatures: refused unless whole.
#![no_main]

#[path = "../../../rust-core/tests/publisher/mod.rs"]
mod publisher;

use lachan::hash::list::documents::{KIND, Root, Snapshot, Timestamp};
use lachan::hash::list::segment::Segment;
use lachan::hash::list::{ListError, UpdateSource, verify};
use lachan::trust::{Signed, sha256_hex};
use libfuzzer_sys::fuzz_target;
use publisher::{NOW, Publisher, secret};

/// Three documents in memory.
struct Files([(String, Vec<u8>); 3]);

impl UpdateSource for Files {
    fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ListError> {
        let file = self.0.iter().find(|(named, _)| named == name);
        Ok(file.map(|(_, bytes)| bytes.iter().take(limit as usize + 1).copied().collect()))
    }
}

fn signed(payload: &str, signers: &[u8]) -> Vec<u8> {
    let mut envelope = Signed::new(payload.to_owned());
    signers.iter().for_each(|seed| envelope.sign(KIND, &secret(*seed)));
    envelope.to_json().unwrap()
}

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    if let Ok(segment) = Segment::parse(bytes) {
        assert_eq!(segment.hashes().count(), segment.hashes().len());
        assert_eq!(segment.keys().count(), segment.keys().len());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parses = [Root::parse(text).is_ok(), Snapshot::parse(text).is_ok(), Timestamp::parse(text).is_ok()];
    assert!(parses.iter().filter(|parsed| **parsed).count() <= 1);

    // The same text as a document that the right keys have signed: a publisher's mistake, or a stolen key.
    static PUBLISHER: std::sync::OnceLock<(tempfile::TempDir, Publisher)> = std::sync::OnceLock::new();
    let (_, publisher) = PUBLISHER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut publisher = Publisher::new(folder.path());
        publisher.publish();
        (folder, publisher)
    });
    let own = |name: &str| std::fs::read(publisher.folder.join(name)).unwrap();
    let (mut root, mut snapshot, mut timestamp) = (Vec::new(), own("snapshot.1.json"), own("timestamp.json"));
    match which % 3 {
        0 => root = signed(text, &[1, 2]),
        1 => snapshot = signed(text, &[11, 12, 21]),
        _ => timestamp = signed(text, &[31]),
    }
    if which % 3 == 1 {
        let mut named = publisher.timestamp.clone();
        named.snapshot.sha256 = sha256_hex(&snapshot);
        timestamp = publisher::signed(&named, &[31]).to_json().unwrap();
    }
    let source = Files([
        ("root.2.json".to_owned(), root),
        ("snapshot.1.json".to_owned(), snapshot),
        ("timestamp.json".to_owned(), timestamp),
    ]);
    if let Ok(update) = verify(&source, &publisher.pinned(), NOW) {
        assert!(update.timestamp().expires > NOW && update.snapshot().expires > NOW);
    }
});
