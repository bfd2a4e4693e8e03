//! `lachan bench search`: a query in a list that was published, signed, installed and mapped as on a phone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use lachan::hash::list::documents::{
    Category, DocumentType, KIND, Roles, Root, SegmentEntry, Snapshot, SnapshotEntry, Timestamp, envelope,
};
use lachan::hash::list::segment::{SegmentKind, SegmentWriter, list_identity};
use lachan::hash::list::{FolderSource, InstallOptions, ListStore, RealFiles};
use lachan::hash::{DeviceKey, KnownList, PdqHash};
use lachan::trust::{Role, SecretKey, sha256_hex};

use super::memory;
use super::table::{Measured, Row, report};

/// Hashes that are asked for: half of them near an entry, at 0 to 31 bits, half near none.
const QUERIES: usize = 128;

/// Entries of the list where nothing else is asked for.
pub const ENTRIES: usize = 1_000_000;

#[derive(Args)]
pub struct Arguments {
    /// Entries of the list
    #[arg(long, default_value_t = ENTRIES)]
    pub entries: usize,
    /// Scan from end to end instead of using index tables
    #[arg(long)]
    pub linear: bool,
    /// Keep entries.bin and queries.bin (32 bytes a hash) here, for other programs to be measured with
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// JSON lines instead of a table
    #[arg(long)]
    pub json: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    report(measure(arguments), arguments.json)
}

fn measure(arguments: &Arguments) -> Measured<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let key = DeviceKey::from_bytes(&[7; 32]);
    let queries = publish_and_install(arguments, folder.path(), &key)?;
    let open = || KnownList::open(&folder.path().join("phone"), &key, 0);
    let list = open()?;
    let found: Vec<Option<u32>> = queries.iter().map(|query| list.nearest(&[*query])).collect();
    let near = found.iter().take(QUERIES / 2).enumerate();
    // The k-th of the first half was made with k mod 32 flipped bits; random entries are never nearer by chance.
    let missed = near.filter(|(k, distance)| **distance != Some((*k % 32) as u32)).count();
    let invented = found.iter().skip(QUERIES / 2).filter(|distance| distance.is_some()).count();
    let peak = memory::peak(|| {
        if let Ok(list) = open() {
            std::hint::black_box(list.nearest(&queries[..8]));
        }
    });
    let rounds = if arguments.entries > 2_000_000 { 2 } else { 8 };
    let mut call = 0;
    let mut next = |count: usize| {
        call += count;
        &queries[call % (QUERIES - count + 1)..][..count]
    };
    let name = |part: &str| format!("{} entries: {part}", arguments.entries);
    let bytes = fs::metadata(folder.path().join("phone/1/list.bin"))?.len();
    Ok(vec![
        Row::timed(name("one query"), QUERIES * rounds, || list.nearest(next(1))),
        Row::timed(name("the eight forms of a picture"), QUERIES / 8 * rounds, || list.nearest(next(8))),
        Row::of(name("heap of opening and asking"), "MB", vec![peak]),
        Row::of(name("file, mapped"), "MB", vec![bytes as f64 / f64::from(1 << 20)]),
        Row::of(name("missed"), "of 64", vec![missed as f64]),
        Row::of(name("invented"), "of 64", vec![invented as f64]),
    ])
}

/// A list of random hashes in `folder/phone`, and what to ask it.
fn publish_and_install(arguments: &Arguments, folder: &Path, key: &DeviceKey) -> Result<Vec<PdqHash>, String> {
    let mut state = 42u64;
    let mut word = || {
        // SplitMix64 (Steele, Lea, Flood, 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    };
    let mut hashes: Vec<PdqHash> =
        (0..arguments.entries).map(|_| PdqHash::from_words(std::array::from_fn(|_| word()))).collect();
    let queries: Vec<PdqHash> = (0..QUERIES)
        .map(|k| {
            let chosen = word() as usize;
            let mut words = std::array::from_fn(|_| word());
            if k < QUERIES / 2 && !hashes.is_empty() {
                words = hashes[chosen % hashes.len()].words();
                (0..k % 32).for_each(|bit| words[bit % 4] ^= 1 << (bit * 7 % 64));
            }
            PdqHash::from_words(words)
        })
        .collect();
    if let Some(keep) = &arguments.keep {
        let flat = |hashes: &[PdqHash]| hashes.iter().flat_map(PdqHash::to_bytes).collect::<Vec<u8>>();
        fs::create_dir_all(keep)
            .and_then(|()| fs::write(keep.join("entries.bin"), flat(&hashes)))
            .and_then(|()| fs::write(keep.join("queries.bin"), flat(&queries)))
            .map_err(|error| format!("{}: {error}", keep.display()))?;
    }
    hashes.sort_unstable();
    hashes.dedup();

    let describe = |error: lachan::hash::list::ListError| error.to_string();
    let published = folder.join("published");
    let write = |name: &str, bytes: Vec<u8>| fs::write(published.join(name), bytes).map_err(|error| error.to_string());
    fs::create_dir_all(&published).map_err(|error| error.to_string())?;
    let signer = SecretKey::development().map_err(|error| error.to_string())?;
    let role = Role::single(signer.public());
    let root = Root {
        document: DocumentType::Root,
        list: "bench".to_owned(),
        version: 1,
        expires: u64::MAX,
        salt: "00".repeat(32),
        roles: Roles { root: role.clone(), owner: role.clone(), second: None, timestamp: role },
    };
    let identity = list_identity(&root.list, &[0; 32]);
    let count = hashes.len() as u64;
    let mut writer = SegmentWriter::new(Vec::new(), SegmentKind::Base, &identity, count, 0).map_err(describe)?;
    hashes.iter().try_for_each(|hash| writer.hash(hash, 1)).map_err(describe)?;
    drop(hashes);
    let segment = writer.finish().map_err(describe)?;
    let entry = SegmentEntry { sha256: sha256_hex(&segment), bytes: segment.len() as u64, kind: SegmentKind::Base };
    write(&format!("{}.segment", entry.sha256), segment)?;
    let sign = |envelope: Result<lachan::trust::Signed, lachan::hash::list::ListError>| {
        let mut envelope = envelope.map_err(describe)?;
        envelope.sign(KIND, &signer);
        envelope.to_json().map_err(|error| error.to_string())
    };
    let snapshot = sign(envelope(&Snapshot {
        document: DocumentType::Snapshot,
        list: root.list.clone(),
        version: 1,
        expires: u64::MAX,
        categories: vec![Category { code: 1, name: "a1".to_owned(), threshold: 31, jitter: 0 }],
        sources: Vec::new(),
        segments: vec![entry],
    }))?;
    let timestamp = sign(envelope(&Timestamp {
        document: DocumentType::Timestamp,
        list: root.list.clone(),
        version: 1,
        issued: 0,
        expires: u64::MAX,
        snapshot: SnapshotEntry { version: 1, sha256: sha256_hex(&snapshot) },
    }))?;
    write("snapshot.1.json", snapshot)?;
    write("timestamp.json", timestamp)?;
    let options =
        InstallOptions { parts_from: if arguments.linear { usize::MAX } else { 1 }, ..InstallOptions::mapped() };
    ListStore::new(&folder.join("phone"), key)
        .update(&FolderSource::new(&published), &sign(envelope(&root))?, 0, &options, &mut RealFiles)
        .map_err(describe)?;
    Ok(queries)
}
