//! Building a list and its deltas from the files of agencies, in memory that does not grow with the list.
//!
//! Every step reads sorted records from the disk and writes sorted records: import, sort, remove duplicates, refuse
//! what is near harmless pictures, remove near duplicates, write segments.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lachan::hash::list::documents::{Category, DocumentType, Root, SegmentEntry, Snapshot, Source};
use lachan::hash::list::segment::{ExactKeys, SegmentKind};
use lachan::hash::{MIN_QUALITY, PdqHash};
use lachan::policy::DAY;
use serde_json::{Value, json};

use super::benign::{self, Benign};
use super::import::{Hash, SourceFile};
use super::near_duplicates;
use super::publication::Publication;
use super::sorter::{Records, Sorter, read};
use super::{Failure, canaries};
use crate::device::Clock;
use crate::progress::Progress;

/// Set bits that a hash of a picture with structure has: 128, or a few less where coefficients equal the median;
/// other implementations stray by a few more. Outside, it is no PDQ hash, or that of a flat picture.
const ONES: std::ops::RangeInclusive<u32> = 112..=144;

/// Hashes that are compared with the harmless ones at a time.
const BATCH: usize = 4096;

/// Hash and category byte.
type Entry = [u8; 33];
/// Exact key and category byte.
type KeyEntry = [u8; 9];

#[derive(Args)]
pub struct Input {
    /// The publisher's folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// An agency's file: NAME=FILE[,map=FILE][,key=HEX]
    #[arg(long = "source", value_name = "SOURCE")]
    sources: Vec<String>,
    /// JSON list of categories, gravest first: [{"code", "name", "threshold", "jitter"}]; a1, a2, b1, b2 without
    #[arg(long, value_name = "FILE")]
    categories: Option<PathBuf>,
    /// Hashes of harmless pictures (`lachan hash --dihedral`): entries near one are refused
    #[arg(long, value_name = "FILE")]
    benign: Vec<PathBuf>,
    /// Hashes that shall never match on a phone
    #[arg(long, value_name = "FILE")]
    allow: Vec<PathBuf>,
    /// Of entries within so many bits of each other one stays, at most 7
    #[arg(long, default_value_t = 4, value_name = "BITS")]
    near: u32,
    /// For how many days the version is accepted as an update
    #[arg(long, default_value_t = 90)]
    days: u64,
    #[command(flatten)]
    clock: Clock,
}

#[derive(Args)]
pub struct BuildArguments {
    #[command(flatten)]
    input: Input,
    /// Entries that mark this receiver's copy
    #[arg(long, value_name = "NAME", requires = "canary_secret")]
    canaries_for: Option<String>,
    /// 64 hex digits from which canaries are made (`lachan list key`)
    #[arg(long, value_name = "FILE")]
    canary_secret: Option<PathBuf>,
    #[arg(long, default_value_t = 8, value_name = "N")]
    canaries: usize,
}

#[derive(Args)]
pub struct DeltaArguments {
    #[command(flatten)]
    input: Input,
    /// Files of hashes to take out of the list, as sources are written; categories do not matter
    #[arg(long, value_name = "FILE")]
    remove: Vec<PathBuf>,
}

/// A new base segment from the sources.
pub fn build(arguments: &BuildArguments) -> Result<Value, Failure> {
    let mut work = Work::begin(&arguments.input)?;
    let mut canaries = Vec::new();
    if let (Some(receiver), Some(secret)) = (&arguments.canaries_for, &arguments.canary_secret) {
        canaries = canaries::of(secret, receiver, arguments.canaries, &work.categories)?;
        canaries::note(&work.publication, receiver, &canaries)?;
    }
    let mut imported = work.import(&arguments.input, &canaries)?;
    let dropped = near_duplicates::find(&mut imported.hashes, arguments.input.near, 0)?;
    let near = dropped.iter().filter(|dropped| **dropped).count() as u64;
    let count = imported.hashes.len() - near;
    let entries_path = work.publication.private.join(ENTRIES);
    let mut kept = RecordFile::create(&entries_path)?;
    let progress = Progress::counted("writing", count);
    let segment =
        work.publication.write_segment(&work.root, SegmentKind::Base, count, imported.keys.len(), |writer| {
            let mut next = imported.hashes.read()?;
            let mut dropped = dropped.iter();
            while let Some(entry) = next()? {
                if dropped.next() == Some(&false) {
                    writer.hash(&hash_of(&entry), entry[32]).map_err(|error| error.to_string())?;
                    kept.write(&entry)?;
                    progress.add(1);
                }
            }
            let mut next = imported.keys.read()?;
            while let Some(entry) = next()? {
                writer.key(key_of(&entry), entry[8]).map_err(|error| error.to_string())?;
            }
            Ok(())
        })?;
    kept.finish()?;
    write_records(&work.publication.private.join(KEYS), &mut imported.keys)?;
    progress.done();
    let mut segments = vec![segment];
    segments.extend(work.allowed(&arguments.input)?);
    let sources = imported.sources.iter().map(|(name, entries)| Source { name: name.clone(), entries: *entries });
    let snapshot = work.snapshot(&arguments.input, sources.collect(), segments)?;
    Ok(imported.report(&snapshot, json!({"near_duplicates": near, "pdq": count, "exact": imported.keys.len()})))
}

/// Segments of what comes in and goes out.
pub fn delta(arguments: &DeltaArguments) -> Result<Value, Failure> {
    let input = &arguments.input;
    let mut work = Work::begin(input)?;
    let before = work.publication.snapshot()?.ok_or("there is no list yet; build one first")?;
    let mut imported = work.import(input, &[])?;
    let (removed_hashes, removed_keys) = work.removals(&arguments.remove)?;
    let entries_path = work.publication.private.join(ENTRIES);
    let keys_path = work.publication.private.join(KEYS);

    // Which of the new hashes the list does not have, or has in another category.
    let mut old = open_records::<33>(&entries_path)?;
    let mut fresh = Sorter::<33>::new();
    let mut additions = Sorter::<33>::new();
    let mut new = Peeked::new(imported.hashes.read()?)?;
    let mut old_records = Peeked::new(old.read()?)?;
    while let Some(entry) = new.take()? {
        while old_records.head.is_some_and(|head| head[..32] < entry[..32]) {
            old_records.take()?;
        }
        match old_records.head.filter(|head| head[..32] == entry[..32]) {
            Some(head) if head == entry => {}
            Some(_) => additions.push(entry)?,
            None => fresh.push(entry)?,
        }
    }
    drop((new, old_records));
    let kept = u32::try_from(old.len()).map_err(|_| "the list is too long")?;
    let mut fresh = fresh.sorted()?;
    let mut old_next = old.read()?;
    let mut union = Records::write(|| match old_next()? {
        Some(entry) => Ok(Some(entry)),
        None => fresh.next(),
    })?;
    drop(old_next);
    let dropped = near_duplicates::find(&mut union, input.near, kept)?;
    let near = dropped.iter().filter(|dropped| **dropped).count() as u64;
    let mut next = union.read()?;
    let mut number = 0;
    while let Some(entry) = next()? {
        if number >= kept as usize && !dropped[number] {
            additions.push(entry)?;
        }
        number += 1;
    }
    drop(next);
    let (mut added, mut gone) = update_records::<33, 32>(&entries_path, additions, removed_hashes)?;
    let mut key_additions = Sorter::<9>::new();
    let mut next = imported.keys.read()?;
    while let Some(entry) = next()? {
        key_additions.push(entry)?;
    }
    drop(next);
    let (mut added_keys, mut gone_keys) = update_records::<9, 8>(&keys_path, key_additions, removed_keys)?;

    let mut segments = before.segments.clone();
    segments.extend(work.segment(SegmentKind::Removals, &mut gone, &mut gone_keys)?);
    segments.extend(work.segment(SegmentKind::Additions, &mut added, &mut added_keys)?);
    segments.extend(work.allowed(input)?);
    if segments.len() == before.segments.len() {
        return Err("nothing comes in and nothing goes out".to_owned());
    }
    let mut sources = before.sources.clone();
    for (name, entries) in &imported.sources {
        match sources.iter_mut().find(|source| source.name == *name) {
            Some(source) => source.entries += entries,
            None => sources.push(Source { name: name.clone(), entries: *entries }),
        }
    }
    let snapshot = work.snapshot(input, sources, segments)?;
    Ok(imported.report(
        &snapshot,
        json!({"near_duplicates": near, "added": added.len(), "removed": gone.len(), "added_exact": added_keys.len(),
            "removed_exact": gone_keys.len()}),
    ))
}

const ENTRIES: &str = "entries.bin";
const KEYS: &str = "keys.bin";
const PROVENANCE: &str = "provenance.csv";
const REFUSED: &str = "refused.jsonl";

/// What a build works with.
struct Work {
    publication: Publication,
    root: Root,
    keys: ExactKeys,
    categories: Vec<Category>,
}

/// What came out of the sources.
struct Imported {
    hashes: Records<33>,
    keys: Records<9>,
    rows: u64,
    refused: BTreeMap<&'static str, u64>,
    duplicates: u64,
    sources: BTreeMap<String, u64>,
}

impl Imported {
    fn report(&self, snapshot: &Snapshot, more: Value) -> Value {
        let mut report = json!({"list": snapshot.list, "version": snapshot.version, "rows": self.rows,
            "refused": self.refused, "duplicates": self.duplicates, "segments": snapshot.segments});
        if let (Some(report), Some(more)) = (report.as_object_mut(), more.as_object()) {
            report.extend(more.clone());
        }
        report
    }
}

impl Work {
    fn begin(input: &Input) -> Result<Self, Failure> {
        if input.near > near_duplicates::MAX_DISTANCE {
            return Err(format!("--near is at most {}", near_duplicates::MAX_DISTANCE));
        }
        let publication = Publication::open(&input.out)?;
        let root = publication.needed_root()?;
        let salt = root.salt().map_err(|error| error.to_string())?;
        let categories = match (&input.categories, publication.snapshot()?) {
            (Some(file), _) => {
                let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
                serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", file.display()))?
            }
            (None, Some(snapshot)) => snapshot.categories,
            (None, None) => standard_categories(),
        };
        if categories.is_empty() {
            return Err("there are no categories".to_owned());
        }
        Ok(Self { publication, root, keys: ExactKeys::new(&salt), categories })
    }

    /// Reads, checks and sorts what the sources hold.
    fn import(&mut self, input: &Input, canaries: &[(PdqHash, u8)]) -> Result<Imported, Failure> {
        let sources = input.sources.iter().map(|text| SourceFile::parse(text)).collect::<Result<Vec<_>, _>>()?;
        sources.iter().try_for_each(SourceFile::verify)?;
        let benign = Benign::read(&input.benign)?;
        let mut provenance = append(&self.publication.private.join(PROVENANCE))?;
        let mut refused = Refused { out: append(&self.publication.private.join(REFUSED))?, counts: BTreeMap::new() };
        // Hash, rank of the category (so that the gravest comes first), category byte.
        let mut hashes = Sorter::<34>::new();
        let mut keys = Sorter::<10>::new();
        let mut counts = BTreeMap::new();
        let mut rows = 0;
        let progress = Progress::open("importing");
        for source in &sources {
            let accepted = counts.entry(source.name.clone()).or_insert(0);
            source.read(&mut |line, row| {
                rows += 1;
                if rows % 1024 == 0 {
                    progress.add(1024);
                }
                let row = match row {
                    Ok(row) => row,
                    Err(reason) => return refused.note(&source.name, line, reason, ""),
                };
                let Some(hash) = row.parse_hash() else {
                    return refused.note(&source.name, line, "malformed_hash", &row.hash);
                };
                let name = source.category(&row.category);
                let Some(rank) = self.categories.iter().position(|c| Some(c.name.as_str()) == name) else {
                    return refused.note(&source.name, line, "unknown_category", &row.hash);
                };
                let code = self.categories[rank].code;
                match hash {
                    Hash::Pdq(_) if row.quality.is_some_and(|quality| quality < MIN_QUALITY) => {
                        return refused.note(&source.name, line, "low_quality", &row.hash);
                    }
                    Hash::Pdq(hash) if !ONES.contains(&hash.ones()) => {
                        return refused.note(&source.name, line, "near_flat", &row.hash);
                    }
                    Hash::Pdq(hash) => {
                        let mut record = [0; 34];
                        record[..32].copy_from_slice(&hash.to_bytes());
                        (record[32], record[33]) = (rank as u8, code);
                        hashes.push(record)?;
                    }
                    Hash::Exact(digest) => {
                        let mut record = [0; 10];
                        record[..8].copy_from_slice(&self.keys.key(&digest).to_be_bytes());
                        (record[8], record[9]) = (rank as u8, code);
                        keys.push(record)?;
                    }
                }
                *accepted += 1;
                let quoted = |text: &str| text.replace([',', '"', '\n', '\r'], " ");
                writeln!(
                    provenance,
                    "{},{},{},{},{}",
                    quoted(&source.name),
                    quoted(&row.source),
                    row.hash.to_lowercase(),
                    quoted(&row.category),
                    self.categories[rank].name
                )
                .map_err(|error| format!("{PROVENANCE}: {error}"))
            })?;
        }
        progress.done();
        for (hash, code) in canaries {
            let mut record = [0; 34];
            record[..32].copy_from_slice(&hash.to_bytes());
            record[33] = *code;
            hashes.push(record)?;
        }
        provenance.flush().map_err(|error| format!("{PROVENANCE}: {error}"))?;

        let before = hashes.len() + keys.len();
        let mut imported_refusals = 0;
        let mut unique = Unique::<34>::new(hashes.sorted()?, 32);
        let mut ready: Vec<Entry> = Vec::new();
        let mut batch: Vec<Entry> = Vec::with_capacity(BATCH);
        let progress = Progress::counted("harmless pictures", before);
        let hashes = Records::write(|| {
            while ready.is_empty() {
                batch.clear();
                while batch.len() < BATCH
                    && let Some(record) = unique.next()?
                {
                    let mut entry = [0; 33];
                    entry[..32].copy_from_slice(&record[..32]);
                    entry[32] = record[33];
                    batch.push(entry);
                }
                if batch.is_empty() {
                    return Ok(None);
                }
                let asked: Vec<PdqHash> = batch.iter().map(hash_of).collect();
                for (entry, collision) in batch.iter().zip(benign.collisions(&asked)) {
                    match collision {
                        Some(reason) => {
                            imported_refusals += 1;
                            refused.note("", 0, reason, &hash_of(entry).to_hex())?;
                        }
                        None => ready.push(*entry),
                    }
                }
                progress.add(batch.len() as u64);
                ready.reverse();
            }
            Ok(ready.pop())
        })?;
        progress.done();
        let mut unique = Unique::<10>::new(keys.sorted()?, 8);
        let keys = Records::write(|| {
            Ok(unique.next()?.map(|record| {
                let mut entry = [0; 9];
                entry[..8].copy_from_slice(&record[..8]);
                entry[8] = record[9];
                entry
            }))
        })?;
        refused.out.flush().map_err(|error| format!("{REFUSED}: {error}"))?;
        let duplicates = before - hashes.len() - keys.len() - imported_refusals;
        Ok(Imported { hashes, keys, rows, refused: refused.counts, duplicates, sources: counts })
    }

    /// Hashes and keys in files of what shall go.
    fn removals(&self, files: &[PathBuf]) -> Result<(Sorter<32>, Sorter<8>), Failure> {
        let (mut hashes, mut keys) = (Sorter::new(), Sorter::new());
        for file in files {
            let source = SourceFile::parse(&format!("remove={}", file.display()))?;
            source.read(&mut |line, row| {
                match row.ok().and_then(|row| row.parse_hash()) {
                    Some(Hash::Pdq(hash)) => hashes.push(hash.to_bytes()),
                    Some(Hash::Exact(digest)) => keys.push(self.keys.key(&digest).to_be_bytes()),
                    // What shall go and cannot be read is no small matter: nothing is done then.
                    None => Err(format!("line {line} holds no hash")),
                }
            })?;
        }
        Ok((hashes, keys))
    }

    /// A segment of hashes that never match.
    fn allowed(&self, input: &Input) -> Result<Option<SegmentEntry>, Failure> {
        let mut hashes = Vec::new();
        for file in &input.allow {
            hashes.extend(benign::read_hashes(file)?);
        }
        hashes.sort_unstable();
        hashes.dedup();
        if hashes.is_empty() {
            return Ok(None);
        }
        let write = |writer: &mut lachan::hash::list::segment::SegmentWriter<_>| {
            hashes.iter().try_for_each(|hash| writer.hash(hash, 0)).map_err(|error| error.to_string())
        };
        self.publication.write_segment(&self.root, SegmentKind::Allowed, hashes.len() as u64, 0, write).map(Some)
    }

    /// A segment of all records; none where there are none.
    fn segment(
        &self,
        kind: SegmentKind,
        hashes: &mut Records<33>,
        keys: &mut Records<9>,
    ) -> Result<Option<SegmentEntry>, Failure> {
        let (hash_count, key_count) = (hashes.len(), keys.len());
        if hash_count + key_count == 0 {
            return Ok(None);
        }
        let mut next_hash = hashes.read()?;
        let mut next_key = keys.read()?;
        self.publication
            .write_segment(&self.root, kind, hash_count, key_count, |writer| {
                while let Some(entry) = next_hash()? {
                    writer.hash(&hash_of(&entry), entry[32]).map_err(|error| error.to_string())?;
                }
                while let Some(entry) = next_key()? {
                    writer.key(key_of(&entry), entry[8]).map_err(|error| error.to_string())?;
                }
                Ok(())
            })
            .map(Some)
    }

    /// Writes the next snapshot, without signatures.
    fn snapshot(&self, input: &Input, sources: Vec<Source>, segments: Vec<SegmentEntry>) -> Result<Snapshot, Failure> {
        let before = self.publication.snapshot()?.map_or(0, |snapshot| snapshot.version);
        let snapshot = Snapshot {
            document: DocumentType::Snapshot,
            list: self.root.list.clone(),
            version: before + 1,
            expires: input.clock.now() + input.days * DAY,
            categories: self.categories.clone(),
            sources,
            segments,
        };
        let text = serde_json::to_string(&snapshot).map_err(|error| error.to_string())?;
        Snapshot::parse(&text).map_err(|_| "a category has a code twice or a threshold above 31")?;
        self.publication.write_unsigned(&self.publication.snapshot_path(snapshot.version), &snapshot)?;
        Ok(snapshot)
    }
}

/// The industry's four classes, from the gravest on.
fn standard_categories() -> Vec<Category> {
    (1..)
        .zip(["a1", "a2", "b1", "b2"])
        .map(|(code, name)| Category { code, name: name.to_owned(), threshold: 31, jitter: 0 })
        .collect()
}

fn hash_of(entry: &Entry) -> PdqHash {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&entry[..32]);
    PdqHash::from_bytes(&bytes)
}

fn key_of(entry: &KeyEntry) -> u64 {
    entry[..8].iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// What was refused, and why.
struct Refused {
    out: BufWriter<File>,
    counts: BTreeMap<&'static str, u64>,
}

impl Refused {
    fn note(&mut self, source: &str, line: u64, reason: &'static str, hash: &str) -> Result<(), Failure> {
        *self.counts.entry(reason).or_insert(0) += 1;
        let hash: String = hash.chars().take(64).collect();
        writeln!(self.out, "{}", json!({"source": source, "line": line, "reason": reason, "hash": hash}))
            .map_err(|error| format!("{REFUSED}: {error}"))
    }
}

/// Of records that are equal in their first bytes the first.
struct Unique<const N: usize> {
    sorted: super::sorter::Sorted<N>,
    key: usize,
    last: Option<[u8; N]>,
}

impl<const N: usize> Unique<N> {
    fn new(sorted: super::sorter::Sorted<N>, key: usize) -> Self {
        Self { sorted, key, last: None }
    }

    fn next(&mut self) -> Result<Option<[u8; N]>, Failure> {
        while let Some(record) = self.sorted.next()? {
            if self.last.is_none_or(|last| last[..self.key] != record[..self.key]) {
                self.last = Some(record);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

/// A reader with a look at the next record.
struct Peeked<const N: usize, F> {
    next: F,
    head: Option<[u8; N]>,
}

impl<const N: usize, F: FnMut() -> Result<Option<[u8; N]>, Failure>> Peeked<N, F> {
    fn new(mut next: F) -> Result<Self, Failure> {
        let head = next()?;
        Ok(Self { next, head })
    }

    fn take(&mut self) -> Result<Option<[u8; N]>, Failure> {
        let head = self.head;
        if head.is_some() {
            self.head = (self.next)()?;
        }
        Ok(head)
    }
}

/// Replaces a file of sorted records by itself without what is removed and with what is added; gives what really
/// came in and what really went out.
fn update_records<const N: usize, const K: usize>(
    path: &Path,
    additions: Sorter<N>,
    removals: Sorter<K>,
) -> Result<(Records<N>, Records<N>), Failure> {
    let mut additions = additions.sorted()?;
    let mut additions = Peeked::new(|| additions.next())?;
    let mut removals = removals.sorted()?;
    let mut removals = Peeked::new(|| removals.next())?;
    let mut old = open_records::<N>(path)?;
    let mut old = Peeked::new(old.read()?)?;
    let mut written = RecordFile::create(path)?;
    let (mut added, mut gone) = (Sorter::<N>::new(), Sorter::<N>::new());
    // Key by key: removals come first, so that what is removed and added in one delta is in the list after it.
    while let Some(key) = [old.head, additions.head].into_iter().flatten().map(|record| record[..K].to_vec()).min() {
        while removals.head.is_some_and(|head| head[..] < key[..]) {
            removals.take()?;
        }
        let mut listed = if old.head.is_some_and(|head| head[..K] == key[..]) { old.take()? } else { None };
        if let Some(mut tombstone) = listed.filter(|_| removals.head.is_some_and(|head| head[..] == key[..])) {
            tombstone[K..].fill(0);
            gone.push(tombstone)?;
            listed = None;
        }
        let addition = if additions.head.is_some_and(|head| head[..K] == key[..]) { additions.take()? } else { None };
        // The same entry once more is no news; one in another category is.
        if let Some(addition) = addition.filter(|addition| listed != Some(*addition)) {
            added.push(addition)?;
            listed = Some(addition);
        }
        if let Some(record) = listed {
            written.write(&record)?;
        }
    }
    written.finish()?;
    let mut added = added.sorted()?;
    let mut gone = gone.sorted()?;
    Ok((Records::write(|| added.next())?, Records::write(|| gone.next())?))
}

fn write_records<const N: usize>(path: &Path, records: &mut Records<N>) -> Result<(), Failure> {
    let mut out = RecordFile::create(path)?;
    let mut next = records.read()?;
    while let Some(record) = next()? {
        out.write(&record)?;
    }
    out.finish()
}

fn open_records<const N: usize>(path: &Path) -> Result<Records<N>, Failure> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    Records::write(|| read(&mut reader))
}

/// A file of records that takes the place of the old one when it is complete.
struct RecordFile {
    out: BufWriter<File>,
    new: PathBuf,
    path: PathBuf,
}

impl RecordFile {
    fn create(path: &Path) -> Result<Self, Failure> {
        let new = path.with_extension("new");
        let file = File::create(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        Ok(Self { out: BufWriter::with_capacity(1 << 20, file), new, path: path.to_owned() })
    }

    fn write(&mut self, record: &[u8]) -> Result<(), Failure> {
        self.out.write_all(record).map_err(|error| format!("{}: {error}", self.new.display()))
    }

    fn finish(self) -> Result<(), Failure> {
        let describe = |error: std::io::Error| format!("{}: {error}", self.new.display());
        let file = self.out.into_inner().map_err(|error| describe(error.into_error()))?;
        file.sync_all().map_err(describe)?;
        fs::rename(&self.new, &self.path).map_err(describe)
    }
}

fn append(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::options().create(true).append(true).open(path);
    file.map(|file| BufWriter::with_capacity(1 << 20, file)).map_err(|error| format!("{}: {error}", path.display()))
}
