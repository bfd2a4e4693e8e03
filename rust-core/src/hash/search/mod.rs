//! Finding all hashes within a Hamming distance, exactly.
//!
//! Approximate indexes lose matches; these two do not. A *linear* scan reads the first 128 bits of each hash and
//! the rest only where those are near enough already. *Multi-index hashing* (Norouzi, Punjani, Fleet, 2012) keeps
//! sixteen tables, one for each 16-bit part: two hashes that differ in at most 31 bits differ in at most one bit in
//! at least one part, so looking at 17 buckets in each table finds every one of them.
//!
//! Both work on borrowed arrays, which are usually a mapped file.

mod linear;
mod parts;

pub use parts::{PARTS, build_part, offsets_len, part_of};

use super::PdqHash;
use parts::PartsIndex;

/// Largest distance that can be asked for: beyond it multi-index hashing with one flipped bit would lose matches.
pub const MAX_DISTANCE: u32 = super::MATCH_DISTANCE;

/// Half of a hash: two of its four words.
pub type Half = [u64; 2];

/// A hash of the list that is near one of the queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Neighbour {
    /// Which of the queries.
    pub query: usize,
    /// Which entry of the list.
    pub entry: usize,
    /// In how many bits the two differ.
    pub distance: u32,
}

/// A list of hashes that can be searched. Entry *i* is `fronts[i]` followed by `rests[i]`.
#[derive(Debug, Clone, Copy)]
pub struct SearchIndex<'a> {
    fronts: &'a [Half],
    rests: &'a [Half],
    parts: Option<PartsIndex<'a>>,
}

impl<'a> SearchIndex<'a> {
    /// An index that is scanned from end to end. The shorter of the two arrays counts.
    pub fn linear(fronts: &'a [Half], rests: &'a [Half]) -> Self {
        let count = fronts.len().min(rests.len());
        Self { fronts: &fronts[..count], rests: &rests[..count], parts: None }
    }

    /// An index with the tables of multi-index hashing: for each of the [`PARTS`] parts `offsets_len()` offsets and
    /// as many entry numbers as there are entries, as [`build_part`] makes them. None if the lengths do not fit.
    pub fn with_parts(fronts: &'a [Half], rests: &'a [Half], offsets: &'a [u32], entries: &'a [u32]) -> Option<Self> {
        let linear = Self::linear(fronts, rests);
        let parts = PartsIndex::new(offsets, entries, linear.fronts.len())?;
        Some(Self { parts: Some(parts), ..linear })
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.fronts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fronts.is_empty()
    }

    /// Every pair of a query and an entry that differ in at most `limit` bits (at most [`MAX_DISTANCE`]), in no
    /// particular order, each once.
    ///
    /// All queries go through the list together: the eight forms of a picture cost little more memory traffic than
    /// one.
    pub fn within(&self, queries: &[PdqHash], limit: u32) -> Vec<Neighbour> {
        let limit = limit.min(MAX_DISTANCE);
        let mut found = match &self.parts {
            Some(parts) => parts.within(self, queries, limit),
            None => linear::within(self.fronts, self.rests, queries, limit),
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The distance of `entry` if it is at most `limit`.
    #[inline(always)]
    fn near(&self, entry: usize, query: &[u64; 4], limit: u32) -> Option<u32> {
        let front = half_distance(self.fronts.get(entry)?, &[query[0], query[1]]);
        if front > limit {
            return None;
        }
        let distance = front + half_distance(self.rests.get(entry)?, &[query[2], query[3]]);
        (distance <= limit).then_some(distance)
    }
}

#[inline(always)]
fn half_distance(a: &Half, b: &Half) -> u32 {
    (a[0] ^ b[0]).count_ones() + (a[1] ^ b[1]).count_ones()
}

/// A hash as the two halves that [`SearchIndex`] keeps apart.
pub fn halves(hash: &PdqHash) -> (Half, Half) {
    let [a, b, c, d] = hash.words();
    ([a, b], [c, d])
}
