//! The one file that a phone makes of a list: disguised, ordered for the search, and mapped as it is.
//!
//! ```text
//! fronts            16 n  the first 128 bits of each disguised hash, two little-endian words
//! rests             16 n  the other 128 bits
//! parts             only with index tables: 16 x 65,537 offsets of 4 bytes, 16 x n entry numbers of 4 bytes
//! keys              8 m   exact keys under the phone's own key, ascending
//! allowed keys      8 b
//! allowed hashes    32 a
//! categories        n bytes, then m bytes for the keys, then zeros up to a multiple of 8
//! trailer           152 bytes, see `Trailer`
//! ```

use std::io::Read;
use std::ops::Range;

use ring::hmac;

use super::segment::{ExactKeys, Segment, SegmentKind};
use super::{DeviceKey, ListError, disguise::Disguise, refuse_if};
use crate::hash::PdqHash;
use crate::hash::search::{Half, PARTS, SearchIndex, build_part, halves, offsets_len};
use crate::trust::{first_word, sha256};

const MAGIC: &[u8; 8] = b"LACHANKL";
const VERSION: u32 = 1;
const WITH_PARTS: u32 = 1;
const TRAILER_BYTES: usize = 152;

/// From so many entries on, the file has the tables of multi-index hashing (96 bytes an entry instead of 32): below,
/// a scan for the eight forms of a picture takes about a millisecond and is fast enough. See
/// `docs/benchmarks-hash.md`.
pub const PARTS_FROM: usize = 100_000;

/// More entries than this are refused: their numbers must fit 4 bytes, and no list in existence comes near.
const MAX_ENTRIES: usize = 1 << 26;

/// Turns what a publisher sends into what this phone keeps.
pub(super) struct Writing {
    disguise: Disguise,
    list_keys: ExactKeys,
    own_keys: hmac::Key,
}

impl Writing {
    pub(super) fn new(key: &DeviceKey, salt: &[u8; 32]) -> Self {
        Self { disguise: Disguise::new(key), list_keys: ExactKeys::new(salt), own_keys: key.hmac_key("exact keys") }
    }

    pub(super) fn hash(&self, hash: &PdqHash) -> PdqHash {
        self.disguise.apply(hash)
    }

    /// The key of a digest, as this phone keeps it.
    pub(super) fn digest(&self, digest: &super::segment::ExactDigest) -> u64 {
        self.key(self.list_keys.key(digest))
    }

    /// A published key, as this phone keeps it.
    fn key(&self, published: u64) -> u64 {
        first_word(hmac::sign(&self.own_keys, &published.to_be_bytes()).as_ref())
    }
}

/// Everything in a list, in this phone's writing, in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entries {
    pub hashes: Vec<(PdqHash, u8)>,
    pub keys: Vec<(u64, u8)>,
    pub allowed: Vec<PdqHash>,
    pub allowed_keys: Vec<u64>,
}

impl Entries {
    /// Does what a segment says.
    pub(super) fn apply(&mut self, segment: &Segment<'_>, writing: &Writing) -> Result<(), ListError> {
        let mut hashes: Vec<_> = segment.hashes().map(|(hash, category)| (writing.hash(&hash), category)).collect();
        let mut keys: Vec<_> = segment.keys().map(|(key, category)| (writing.key(key), category)).collect();
        hashes.sort_unstable();
        keys.sort_unstable();
        match segment.kind() {
            SegmentKind::Base => {
                self.hashes = hashes;
                self.keys = keys;
            }
            SegmentKind::Additions => {
                merge(&mut self.hashes, hashes);
                merge(&mut self.keys, keys);
            }
            SegmentKind::Removals => {
                self.hashes.retain(|(hash, _)| hashes.binary_search_by(|(gone, _)| gone.cmp(hash)).is_err());
                self.keys.retain(|(key, _)| keys.binary_search_by(|(gone, _)| gone.cmp(key)).is_err());
            }
            SegmentKind::Allowed => {
                self.allowed.extend(hashes.iter().map(|(hash, _)| *hash));
                self.allowed_keys.extend(keys.iter().map(|(key, _)| *key));
                self.allowed.sort_unstable();
                self.allowed.dedup();
                self.allowed_keys.sort_unstable();
                self.allowed_keys.dedup();
            }
        }
        refuse_if(self.hashes.len() > MAX_ENTRIES || self.keys.len() > MAX_ENTRIES, ListError::Malformed)
    }

    /// The categories that occur.
    pub(super) fn categories(&self) -> impl Iterator<Item = u8> {
        let mut seen = [false; 256];
        for category in self.hashes.iter().map(|(_, c)| c).chain(self.keys.iter().map(|(_, c)| c)) {
            seen[usize::from(*category)] = true;
        }
        (0..=255).filter(move |category| seen[usize::from(*category)])
    }

    /// Writes the file piece by piece to `sink`. Beside the entries it takes 4 bytes an entry of memory.
    pub(super) fn write(
        &self,
        origin: &Origin,
        parts_from: usize,
        key: &DeviceKey,
        mut sink: impl FnMut(&[u8]) -> Result<(), ListError>,
    ) -> Result<(), ListError> {
        let with_parts = self.hashes.len() >= parts_from.max(1);
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let mut buffer = Vec::with_capacity(PIECE_BYTES);
        let mut put = |bytes: &[u8], last: bool| {
            buffer.extend_from_slice(bytes);
            if buffer.len() >= PIECE_BYTES || last {
                digest.update(&buffer);
                sink(&buffer)?;
                buffer.clear();
            }
            Ok::<_, ListError>(())
        };
        let (fronts, rests): (Vec<Half>, Vec<Half>) = self.hashes.iter().map(|(hash, _)| halves(hash)).unzip();
        for half in fronts.iter().chain(&rests) {
            put(&half[0].to_le_bytes(), false)?;
            put(&half[1].to_le_bytes(), false)?;
        }
        if with_parts {
            // All offsets come before all entries, so each table is made twice rather than all kept.
            for part in 0..PARTS {
                put(&little_endian(&build_part(&fronts, &rests, part).0), false)?;
            }
            for part in 0..PARTS {
                put(&little_endian(&build_part(&fronts, &rests, part).1), false)?;
            }
        }
        for key in self.keys.iter().map(|(key, _)| key).chain(&self.allowed_keys) {
            put(&key.to_le_bytes(), false)?;
        }
        for word in self.allowed.iter().flat_map(|hash| hash.words()) {
            put(&word.to_le_bytes(), false)?;
        }
        for category in self.hashes.iter().map(|(_, c)| *c).chain(self.keys.iter().map(|(_, c)| *c)) {
            put(&[category], false)?;
        }
        let layout = Layout::new(self.counts(), with_parts).ok_or(ListError::Malformed)?;
        put(&vec![0; layout.body - layout.key_categories.end], true)?;
        let mut body_sha256 = [0; 32];
        body_sha256.copy_from_slice(digest.finish().as_ref());
        sink(&Trailer { counts: self.counts(), with_parts, origin: *origin, body_sha256 }.to_bytes(key))
    }

    fn counts(&self) -> [u64; 4] {
        [self.hashes.len(), self.keys.len(), self.allowed.len(), self.allowed_keys.len()].map(|n| n as u64)
    }
}

/// Bytes that are gathered before they are written, and read at once.
const PIECE_BYTES: usize = 256 << 10;

fn little_endian(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Puts `additions` into `sorted`; an entry that is there already takes the new category.
fn merge<K: Ord + Copy>(sorted: &mut Vec<(K, u8)>, additions: Vec<(K, u8)>) {
    sorted.extend(additions);
    // Stable, so that what came later stands later.
    sorted.sort_by_key(|(key, _)| *key);
    sorted.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
}

/// What a compiled file was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub list_version: u64,
    pub snapshot_sha256: [u8; 32],
}

/// The last 152 bytes: magic (8), format version (4), flags (4), counts of hashes, keys, allowed hashes, allowed
/// keys (8 each), list version (8), SHA-256 of the snapshot document (32), SHA-256 of everything before (32), and
/// HMAC-SHA256 of all that under the phone's key (32).
struct Trailer {
    counts: [u64; 4],
    with_parts: bool,
    origin: Origin,
    body_sha256: [u8; 32],
}

impl Trailer {
    fn to_bytes(&self, key: &DeviceKey) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TRAILER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&if self.with_parts { WITH_PARTS } else { 0 }.to_le_bytes());
        self.counts.iter().for_each(|count| bytes.extend_from_slice(&count.to_le_bytes()));
        bytes.extend_from_slice(&self.origin.list_version.to_le_bytes());
        bytes.extend_from_slice(&self.origin.snapshot_sha256);
        bytes.extend_from_slice(&self.body_sha256);
        let tag = hmac::sign(&key.hmac_key("compiled list"), &bytes);
        bytes.extend_from_slice(tag.as_ref());
        bytes
    }

    fn from_bytes(bytes: &[u8], key: &DeviceKey) -> Option<Self> {
        let (fields, tag) = bytes.split_at_checked(TRAILER_BYTES - 32)?;
        hmac::verify(&key.hmac_key("compiled list"), fields, tag).ok()?;
        let number = |at: usize, length: usize| {
            fields[at..at + length].iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let array = |at: usize| {
            let mut array = [0; 32];
            array.copy_from_slice(&fields[at..at + 32]);
            array
        };
        (fields[..8] == *MAGIC && number(8, 4) == u64::from(VERSION)).then(|| Self {
            counts: [16, 24, 32, 40].map(|at| number(at, 8)),
            with_parts: number(12, 4) & u64::from(WITH_PARTS) != 0,
            origin: Origin { list_version: number(48, 8), snapshot_sha256: array(56) },
            body_sha256: array(88),
        })
    }
}

/// Where everything is.
#[derive(Debug, Clone)]
struct Layout {
    fronts: Range<usize>,
    rests: Range<usize>,
    parts: Option<(Range<usize>, Range<usize>)>,
    keys: Range<usize>,
    allowed_keys: Range<usize>,
    allowed: Range<usize>,
    categories: Range<usize>,
    key_categories: Range<usize>,
    body: usize,
}

impl Layout {
    fn new(counts: [u64; 4], with_parts: bool) -> Option<Self> {
        let [hashes, keys, allowed, allowed_keys] = counts.map(|count| usize::try_from(count).ok());
        let (hashes, keys, allowed, allowed_keys) = (hashes?, keys?, allowed?, allowed_keys?);
        if [hashes, keys, allowed, allowed_keys].into_iter().any(|count| count > MAX_ENTRIES) {
            return None;
        }
        let mut end = 0usize;
        let mut next = |length: usize| {
            let start = end;
            end = end.checked_add(length)?;
            Some(start..end)
        };
        let fronts = next(hashes.checked_mul(16)?)?;
        let rests = next(hashes.checked_mul(16)?)?;
        let parts = if with_parts {
            Some((next(PARTS * offsets_len() * 4)?, next(hashes.checked_mul(PARTS * 4)?)?))
        } else {
            None
        };
        let keys_at = next(keys.checked_mul(8)?)?;
        let allowed_keys = next(allowed_keys.checked_mul(8)?)?;
        let allowed = next(allowed.checked_mul(32)?)?;
        let categories = next(hashes)?;
        let key_categories = next(keys)?;
        let body = key_categories.end.checked_next_multiple_of(8)?;
        Some(Self { fronts, rests, parts, keys: keys_at, allowed_keys, allowed, categories, key_categories, body })
    }
}

/// Where the bytes are.
pub(super) enum Storage {
    /// A mapped file: no copy in memory, pages come and go with the system's needs.
    Mapped(memmap2::Mmap),
    /// Decrypted words, and how many bytes of them count.
    Opened(Vec<u64>, usize),
}

impl Storage {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Opened(words, bytes) => &bytemuck::cast_slice(words)[..*bytes],
        }
    }
}

/// A compiled list, ready to be asked.
pub(super) struct Compiled {
    storage: Storage,
    layout: Layout,
    origin: Origin,
    body_sha256: [u8; 32],
}

impl Compiled {
    /// Reads the trailer, whose authenticity the key decides; the body is not read.
    pub(super) fn open(storage: Storage, key: &DeviceKey) -> Result<Self, ListError> {
        // The arrays are read as the processor's own numbers.
        const { assert!(cfg!(target_endian = "little"), "compiled lists are little-endian") };
        let bytes = storage.bytes();
        let body = bytes.len().checked_sub(TRAILER_BYTES).ok_or(ListError::Damaged)?;
        let trailer = Trailer::from_bytes(&bytes[body..], key).ok_or(ListError::Damaged)?;
        let layout = Layout::new(trailer.counts, trailer.with_parts).ok_or(ListError::Damaged)?;
        refuse_if(layout.body != body, ListError::Damaged)?;
        Ok(Self { layout, origin: trailer.origin, body_sha256: trailer.body_sha256, storage })
    }

    /// Compares the whole body with what the trailer says of it: 0.2 s for a hundred megabytes.
    pub(super) fn verify_body(&self) -> Result<(), ListError> {
        refuse_if(sha256(&self.storage.bytes()[..self.layout.body]) != self.body_sha256, ListError::Damaged)
    }

    /// As [`Compiled::verify_body`], from the file that is mapped: read a piece at a time, so that a phone's memory does not
    /// fill with pages that no question has asked for.
    pub(super) fn verify_file(&self, file: &mut impl Read) -> Result<(), ListError> {
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let mut piece = vec![0; PIECE_BYTES];
        let mut left = self.layout.body;
        while left > 0 {
            let next = left.min(piece.len());
            file.read_exact(&mut piece[..next])?;
            digest.update(&piece[..next]);
            left -= next;
        }
        refuse_if(digest.finish().as_ref() != self.body_sha256, ListError::Damaged)
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn index(&self) -> SearchIndex<'_> {
        let (fronts, rests): (&[Half], &[Half]) = (self.array(&self.layout.fronts), self.array(&self.layout.rests));
        self.layout
            .parts
            .as_ref()
            .and_then(|(offsets, entries)| {
                SearchIndex::with_parts(fronts, rests, self.array(offsets), self.array(entries))
            })
            .unwrap_or_else(|| SearchIndex::linear(fronts, rests))
    }

    /// Whether the file has index tables.
    pub(super) fn has_parts(&self) -> bool {
        self.layout.parts.is_some()
    }

    pub(super) fn category(&self, entry: usize) -> Option<u8> {
        self.storage.bytes()[self.layout.categories.clone()].get(entry).copied()
    }

    /// The category of an exact key of this phone.
    pub(super) fn key_category(&self, key: u64) -> Option<u8> {
        let place = self.array::<u64>(&self.layout.keys).binary_search(&key).ok()?;
        self.storage.bytes()[self.layout.key_categories.clone()].get(place).copied()
    }

    pub(super) fn is_key_allowed(&self, key: u64) -> bool {
        self.array::<u64>(&self.layout.allowed_keys).binary_search(&key).is_ok()
    }

    pub(super) fn allowed(&self) -> impl Iterator<Item = PdqHash> {
        self.array::<[u64; 4]>(&self.layout.allowed).iter().map(|words| PdqHash::from_words(*words))
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        (self.layout.categories.len(), self.layout.key_categories.len())
    }

    pub(super) fn hash(&self, entry: usize) -> Option<PdqHash> {
        let front = self.array::<Half>(&self.layout.fronts).get(entry)?;
        let rest = self.array::<Half>(&self.layout.rests).get(entry)?;
        Some(PdqHash::from_words([front[0], front[1], rest[0], rest[1]]))
    }

    /// Everything, to go on from.
    pub(super) fn entries(&self) -> Entries {
        let bytes = self.storage.bytes();
        let hashes = (0..self.counts().0).filter_map(|entry| Some((self.hash(entry)?, self.category(entry)?)));
        let key_categories = bytes[self.layout.key_categories.clone()].iter().copied();
        Entries {
            hashes: hashes.collect(),
            keys: self.array::<u64>(&self.layout.keys).iter().copied().zip(key_categories).collect(),
            allowed: self.allowed().collect(),
            allowed_keys: self.array::<u64>(&self.layout.allowed_keys).to_vec(),
        }
    }

    fn array<T: bytemuck::AnyBitPattern>(&self, range: &Range<usize>) -> &[T] {
        // Mappings and vectors of words are aligned, and so is every section; an empty array is never reached.
        bytemuck::try_cast_slice(&self.storage.bytes()[range.clone()]).unwrap_or(&[])
    }
}
