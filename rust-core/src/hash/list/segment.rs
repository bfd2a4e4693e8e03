//! Segments: the immutable files in which a list is published.
//!
//! ```text
//! 0   8   "LACHANSG"
//! 8   4   format version, 1
//! 12  4   kind: 1 base, 2 additions, 3 removals, 4 allowed
//! 16  32  list identity
//! 48  8   p, the number of PDQ hashes
//! 56  8   e, the number of exact keys
//! 64      p hashes of 32 bytes, strictly ascending
//!         p category bytes
//!         e keys of 8 bytes, strictly ascending as big-endian numbers
//!         e category bytes
//! ```
//! All numbers of the header are little-endian. 33 bytes a PDQ entry, 9 an exact one.

use std::io::Write;

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::{ListError, refuse_if};
use crate::hash::{ExactDigests, PdqHash};
use crate::trust::{first_word, sha256};

const MAGIC: &[u8; 8] = b"LACHANSG";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 64;

/// What a segment does to the list, in the order in which the snapshot names segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentKind {
    /// The list begins with these entries.
    Base = 1,
    /// These entries come in; one that is there already takes the new category.
    Additions = 2,
    /// These entries go out (tombstones).
    Removals = 3,
    /// What is near one of these never matches (known harmless pictures).
    Allowed = 4,
}

/// One of the exact digests that agencies exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExactDigest {
    /// MD5, 16 bytes.
    Md5([u8; 16]),
    /// SHA-1, 20 bytes.
    Sha1([u8; 20]),
    /// SHA-256, 32 bytes.
    Sha256([u8; 32]),
}

impl ExactDigest {
    /// The three digests of a file.
    pub fn all(digests: &ExactDigests) -> [Self; 3] {
        [Self::Md5(digests.md5), Self::Sha1(digests.sha1), Self::Sha256(digests.sha256)]
    }
}

/// Under which key a list keeps its exact digests: the first 8 bytes, as a big-endian number, of HMAC-SHA256 with
/// the list's salt over one byte (1 MD5, 2 SHA-1, 3 SHA-256) and the digest.
///
/// Two lists cannot be joined by their keys, and a key is not the digest of any file. By chance one of a file's three
/// keys is among a million once in 6 x 10^12 files.
pub struct ExactKeys(hmac::Key);

impl ExactKeys {
    /// The keys of the list with this salt.
    pub fn new(salt: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, salt))
    }

    /// The key of a digest.
    pub fn key(&self, digest: &ExactDigest) -> u64 {
        let (algorithm, bytes): (u8, &[u8]) = match digest {
            ExactDigest::Md5(bytes) => (1, bytes),
            ExactDigest::Sha1(bytes) => (2, bytes),
            ExactDigest::Sha256(bytes) => (3, bytes),
        };
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&[algorithm]);
        context.update(bytes);
        first_word(context.sign().as_ref())
    }
}

/// The identity that every segment of a list carries: SHA-256 of a label, the name, a zero byte and the salt.
pub fn list_identity(name: &str, salt: &[u8; 32]) -> [u8; 32] {
    sha256(&[b"lachan.known-list.identity.v1\0", name.as_bytes(), &[0], salt].concat())
}

/// A segment in memory, checked.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    kind: SegmentKind,
    identity: [u8; 32],
    hashes: &'a [[u8; 32]],
    categories: &'a [u8],
    keys: &'a [[u8; 8]],
    key_categories: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment: its length fits its counts and its entries strictly ascend.
    ///
    /// # Errors
    /// [`ListError::Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ListError> {
        let malformed = ListError::Malformed;
        let (header, body) = bytes.split_at_checked(HEADER_BYTES).ok_or(malformed)?;
        let number = |at: usize, length: usize| {
            header[at..at + length].iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte))
        };
        refuse_if(&header[..8] != MAGIC || number(8, 4) != u64::from(VERSION), malformed)?;
        let kind = match number(12, 4) {
            1 => SegmentKind::Base,
            2 => SegmentKind::Additions,
            3 => SegmentKind::Removals,
            4 => SegmentKind::Allowed,
            _ => return Err(malformed),
        };
        let mut identity = [0; 32];
        identity.copy_from_slice(&header[16..48]);
        let mut rest = body;
        let mut take = |count: u64, size: usize| {
            let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(size)).ok_or(malformed)?;
            let (taken, after) = rest.split_at_checked(length).ok_or(malformed)?;
            rest = after;
            Ok::<_, ListError>(taken)
        };
        let (hash_count, key_count) = (number(48, 8), number(56, 8));
        let hashes = take(hash_count, 32)?.as_chunks::<32>().0;
        let categories = take(hash_count, 1)?;
        let keys = take(key_count, 8)?.as_chunks::<8>().0;
        let key_categories = take(key_count, 1)?;
        let ascending = hashes.is_sorted_by(|a, b| a < b) && keys.is_sorted_by(|a, b| a < b);
        refuse_if(!rest.is_empty() || !ascending, malformed)?;
        Ok(Self { kind, identity, hashes, categories, keys, key_categories })
    }

    /// What the segment does.
    pub fn kind(&self) -> SegmentKind {
        self.kind
    }

    /// Of which list it is.
    pub fn identity(&self) -> &[u8; 32] {
        &self.identity
    }

    /// PDQ hashes with their category bytes, ascending.
    pub fn hashes(&self) -> impl ExactSizeIterator<Item = (PdqHash, u8)> + Clone + use<'a> {
        self.hashes.iter().map(PdqHash::from_bytes).zip(self.categories.iter().copied())
    }

    /// Exact keys with their category bytes, ascending.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (u64, u8)> + Clone + use<'a> {
        self.keys.iter().map(|key| u64::from_be_bytes(*key)).zip(self.key_categories.iter().copied())
    }
}

/// Writes a segment entry by entry. In memory are the category bytes only, one an entry.
pub struct SegmentWriter<W> {
    out: W,
    hashes_left: u64,
    keys_left: u64,
    last_hash: Option<PdqHash>,
    last_key: Option<u64>,
    categories: Vec<u8>,
}

impl<W: Write> SegmentWriter<W> {
    /// Begins a segment of so many hashes and keys.
    ///
    /// # Errors
    /// Writing failed.
    pub fn new(
        mut out: W,
        kind: SegmentKind,
        identity: &[u8; 32],
        hash_count: u64,
        key_count: u64,
    ) -> Result<Self, ListError> {
        out.write_all(MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        out.write_all(&(kind as u32).to_le_bytes())?;
        out.write_all(identity)?;
        out.write_all(&hash_count.to_le_bytes())?;
        out.write_all(&key_count.to_le_bytes())?;
        Ok(Self {
            out,
            hashes_left: hash_count,
            keys_left: key_count,
            last_hash: None,
            last_key: None,
            categories: Vec::new(),
        })
    }

    /// Writes the next hash; hashes ascend and come before all keys.
    ///
    /// # Errors
    /// Out of order, more than announced, or writing failed.
    pub fn hash(&mut self, hash: &PdqHash, category: u8) -> Result<(), ListError> {
        let in_order = self.last_hash.is_none_or(|last| last < *hash);
        self.hashes_left = self.hashes_left.checked_sub(1).filter(|_| in_order).ok_or(ListError::Malformed)?;
        self.last_hash = Some(*hash);
        self.out.write_all(&hash.to_bytes())?;
        self.categories.push(category);
        if self.hashes_left == 0 {
            self.out.write_all(&std::mem::take(&mut self.categories))?;
        }
        Ok(())
    }

    /// Writes the next key; keys ascend.
    ///
    /// # Errors
    /// Out of order, before the last hash, more than announced, or writing failed.
    pub fn key(&mut self, key: u64, category: u8) -> Result<(), ListError> {
        let in_order = self.hashes_left == 0 && self.last_key.is_none_or(|last| last < key);
        self.keys_left = self.keys_left.checked_sub(1).filter(|_| in_order).ok_or(ListError::Malformed)?;
        self.last_key = Some(key);
        self.out.write_all(&key.to_be_bytes())?;
        self.categories.push(category);
        if self.keys_left == 0 {
            self.out.write_all(&std::mem::take(&mut self.categories))?;
        }
        Ok(())
    }

    /// Ends the segment.
    ///
    /// # Errors
    /// Fewer entries came than were announced, or writing failed.
    pub fn finish(mut self) -> Result<W, ListError> {
        refuse_if(self.hashes_left + self.keys_left != 0, ListError::Malformed)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> Vec<u8> {
        let mut writer = SegmentWriter::new(Vec::new(), SegmentKind::Additions, &[7; 32], 2, 3).unwrap();
        writer.hash(&PdqHash::from_words([0, 0, 0, 9]), 1).unwrap();
        writer.hash(&PdqHash::from_words([1, 0, 0, 0]), 2).unwrap();
        for (key, category) in [(3, 4), (500, 5), (u64::MAX, 4)] {
            writer.key(key, category).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = example();
        let segment = Segment::parse(&bytes).unwrap();
        assert_eq!((segment.kind(), segment.identity()), (SegmentKind::Additions, &[7; 32]));
        assert_eq!(
            segment.hashes().map(|(hash, category)| (hash.words()[3], category)).collect::<Vec<_>>(),
            [(9, 1), (0, 2)]
        );
        assert_eq!(segment.keys().collect::<Vec<_>>(), [(3, 4), (500, 5), (u64::MAX, 4)]);
    }

    #[test]
    fn disorder_and_repetition_are_refused_by_writer_and_reader() {
        let (low, high) = (PdqHash::from_words([0; 4]), PdqHash::from_words([1; 4]));
        for (first, second) in [(high, low), (low, low)] {
            let mut writer = SegmentWriter::new(Vec::new(), SegmentKind::Base, &[0; 32], 2, 0).unwrap();
            writer.hash(&first, 1).unwrap();
            assert_eq!(writer.hash(&second, 1), Err(ListError::Malformed));
        }
        let too_few = SegmentWriter::new(Vec::new(), SegmentKind::Base, &[0; 32], 1, 0).unwrap();
        assert_eq!(too_few.finish().err(), Some(ListError::Malformed));
        let mut too_many = SegmentWriter::new(Vec::new(), SegmentKind::Base, &[0; 32], 0, 0).unwrap();
        assert_eq!(too_many.key(1, 1), Err(ListError::Malformed));
        let mut bytes = example();
        let (first, second) = bytes[64..128].split_at_mut(32);
        first.swap_with_slice(second);
        assert!(Segment::parse(&bytes).is_err());
    }

    #[test]
    fn digests_of_different_algorithms_and_lists_have_different_keys() {
        let keys = ExactKeys::new(&[1; 32]);
        let md5 = ExactDigest::Md5([3; 16]);
        assert_eq!(keys.key(&md5), ExactKeys::new(&[1; 32]).key(&md5));
        assert_ne!(keys.key(&md5), ExactKeys::new(&[2; 32]).key(&md5));
        assert_ne!(keys.key(&ExactDigest::Sha1([3; 20])), keys.key(&md5));
        assert_ne!(list_identity("a", &[1; 32]), list_identity("b", &[1; 32]));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), header in any::<bool>()) {
            if header {
                let example = example();
                let length = bytes.len().min(48);
                bytes[..length].copy_from_slice(&example[..length]);
            }
            let _ = Segment::parse(&bytes);
        }

        #[test]
        fn any_entries_are_read_as_written(
            hashes in prop::collection::btree_map(any::<[u8; 32]>(), any::<u8>(), 0..20),
            keys in prop::collection::btree_map(any::<u64>(), any::<u8>(), 0..20),
            identity in any::<[u8; 32]>(),
        ) {
            let mut hashes: Vec<_> = hashes.iter().map(|(hash, category)| (PdqHash::from_bytes(hash), *category)).collect();
            hashes.sort_by_key(|(hash, _)| hash.words());
            let keys: Vec<_> = keys.into_iter().collect();
            let (hash_count, key_count) = (hashes.len() as u64, keys.len() as u64);
            let mut writer =
                SegmentWriter::new(Vec::new(), SegmentKind::Removals, &identity, hash_count, key_count).unwrap();
            hashes.iter().for_each(|(hash, category)| writer.hash(hash, *category).unwrap());
            keys.iter().for_each(|(key, category)| writer.key(*key, *category).unwrap());
            let bytes = writer.finish().unwrap();
            let segment = Segment::parse(&bytes).unwrap();
            prop_assert_eq!((segment.kind(), segment.identity()), (SegmentKind::Removals, &identity));
            prop_assert_eq!(segment.hashes().collect::<Vec<_>>(), hashes);
            prop_assert_eq!(segment.keys().collect::<Vec<_>>(), keys);
        }

        #[test]
        fn every_cut_is_noticed(length in 0usize..155) {
            let bytes = example();
            prop_assert!(length < bytes.len());
            prop_assert!(Segment::parse(&bytes[..length]).is_err());
        }
    }
}
