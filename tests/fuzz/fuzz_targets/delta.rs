//! Any additions and removals upon an installed list, and any bytes in the place of an installed file: the phone has the
//! old list or the new one, and every question gets an answer.
#![no_main]

#[path = "../../../rust-core/tests/publisher/mod.rs"]
mod publisher;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lachan::hash::list::segment::SegmentKind;
use lachan::hash::list::{InstallOptions, Outcome};
use lachan::trust::sha256_hex;
use libfuzzer_sys::{arbitrary, fuzz_target};
use publisher::{Phone, Publisher, hash, picture};

#[derive(arbitrary::Arbitrary, Debug)]
enum Change {
    /// Well-formed segments: the kind, and entries by seed and category.
    Segment(u8, Vec<(u8, u8)>),
    /// Bytes that the snapshot names as a segment.
    Raw(u8, Vec<u8>),
    /// Bytes in the place of an installed file.
    Spoilt(u8, Vec<u8>),
    /// A bit of an installed file.
    Flipped(u8, u16, u8),
}

const KINDS: [SegmentKind; 4] =
    [SegmentKind::Base, SegmentKind::Additions, SegmentKind::Removals, SegmentKind::Allowed];

fn files_of(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

fuzz_target!(|input: (bool, bool, Vec<Change>)| {
    let (sealed, indexed, changes) = input;
    let scene = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&scene.path().join("published"));
    let base: Vec<_> = (0..40).map(|seed| (hash(seed), 1)).collect();
    publisher.add(SegmentKind::Base, &base, &[]);
    publisher.publish();
    let mut phone = Phone::new(&scene.path().join("phone"), &publisher);
    phone.options = if sealed { InstallOptions::sealed([3; 32]) } else { InstallOptions::mapped() };
    if indexed {
        phone.options.parts_from = 1;
    }
    assert_eq!(phone.update(&publisher.folder), Ok(Outcome::Installed(1)));

    publisher.raise();
    let mut spoilt = false;
    for change in changes.iter().take(8) {
        match change {
            Change::Segment(kind, entries) => {
                // A publisher's own writer refuses an entry that stands twice.
                let entries: BTreeMap<_, _> = entries.iter().copied().collect();
                let entries: Vec<_> =
                    entries.iter().map(|(seed, category)| (hash((*seed).into()), *category)).collect();
                publisher.add(KINDS[usize::from(*kind) % 4], &entries, &[]);
            }
            Change::Raw(kind, bytes) => {
                let sha256 = sha256_hex(bytes);
                fs::write(publisher.folder.join(format!("{sha256}.segment")), bytes).unwrap();
                let kind = KINDS[usize::from(*kind) % 4];
                let entry = lachan::hash::list::documents::SegmentEntry { sha256, bytes: bytes.len() as u64, kind };
                publisher.snapshot.segments.push(entry);
            }
            Change::Spoilt(at, bytes) => {
                let files = files_of(&phone.folder);
                fs::write(&files[usize::from(*at) % files.len()], bytes).unwrap();
                spoilt = true;
            }
            Change::Flipped(at, byte, bit) => {
                let files = files_of(&phone.folder);
                let file = &files[usize::from(*at) % files.len()];
                let mut bytes = fs::read(file).unwrap();
                if !bytes.is_empty() {
                    let at = usize::from(*byte) % bytes.len();
                    bytes[at] ^= 1 << (bit % 8);
                    fs::write(file, bytes).unwrap();
                    spoilt = true;
                }
            }
        }
    }
    publisher.publish();
    let updated = phone.update(&publisher.folder);
    match phone.open() {
        Ok(list) => {
            assert!(list.version() == 1 || list.version() == 2);
            assert!(updated != Ok(Outcome::Installed(2)) || list.version() == 2);
            let _ = list.match_picture(&picture(1));
        }
        // Files that somebody changed may be refused; changes of the publisher never take the old list away.
        Err(_) => assert!(spoilt),
    }
});
