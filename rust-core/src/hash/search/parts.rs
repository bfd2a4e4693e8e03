//! Multi-index hashing: sixteen tables of 16-bit parts, each in two flat arrays (compressed sparse rows).

use super::{Half, Neighbour, SearchIndex, half_distance};
use crate::hash::PdqHash;

/// Parts of a hash, 16 bits each.
pub const PARTS: usize = 16;
/// Values that a part can have.
const VALUES: usize = 1 << 16;
const BITS: usize = 16;
/// Candidates whose fronts are fetched together.
const GROUP: usize = 16;

/// How many offsets a table has: one where each value's bucket begins, and the end of the last.
pub const fn offsets_len() -> usize {
    VALUES + 1
}

/// Part `part` (0 to 15, the least significant of the first word first) of the hash with these halves.
#[inline(always)]
pub fn part_of(front: &Half, rest: &Half, part: usize) -> usize {
    let words = [front[0], front[1], rest[0], rest[1]];
    (words[part / 4 % 4] >> (part % 4 * BITS)) as usize % VALUES
}

/// The table of one part: where each value's bucket begins, and the entry numbers bucket by bucket, in order.
///
/// It takes the memory of what it returns: 4 bytes an entry and 256 KB.
pub fn build_part(fronts: &[Half], rests: &[Half], part: usize) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0u32; offsets_len()];
    for (front, rest) in fronts.iter().zip(rests) {
        offsets[part_of(front, rest, part) + 1] += 1;
    }
    for value in 0..VALUES {
        offsets[value + 1] += offsets[value];
    }
    let mut next = offsets.clone();
    let mut entries = vec![0u32; fronts.len().min(rests.len())];
    for (entry, (front, rest)) in fronts.iter().zip(rests).enumerate() {
        let place = &mut next[part_of(front, rest, part)];
        entries[*place as usize] = entry as u32;
        *place += 1;
    }
    (offsets, entries)
}

/// The sixteen tables, borrowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartsIndex<'a> {
    offsets: &'a [u32],
    entries: &'a [u32],
    count: usize,
}

impl<'a> PartsIndex<'a> {
    pub(super) fn new(offsets: &'a [u32], entries: &'a [u32], count: usize) -> Option<Self> {
        let fits = offsets.len() == PARTS * offsets_len() && entries.len() == PARTS * count;
        fits.then_some(Self { offsets, entries, count })
    }

    pub(super) fn within(&self, index: &SearchIndex<'_>, queries: &[PdqHash], limit: u32) -> Vec<Neighbour> {
        // If no part differed in fewer bits than its radius + 1, the whole would differ in the sum of those. With
        // radius 1 in the first `limit + 1 - 16` parts and 0 in the others that sum is `limit + 1`: too far.
        let with_flips = (limit as usize + 1).saturating_sub(PARTS).min(PARTS);
        let mut found = Vec::new();
        let mut buckets: Vec<&[u32]> = Vec::with_capacity(PARTS * (BITS + 1));
        let mut candidates = Vec::new();
        for (query, hash) in queries.iter().enumerate() {
            let words = hash.words();
            let (front, rest) = ([words[0], words[1]], [words[2], words[3]]);
            // One kind of access after the other, so that the processor waits for many at the same time.
            buckets.clear();
            for part in 0..PARTS {
                let value = part_of(&front, &rest, part);
                let flips = if part < with_flips { BITS } else { 0 };
                buckets.push(self.bucket(part, value));
                buckets.extend((0..flips).map(|bit| self.bucket(part, value ^ (1 << bit))));
            }
            candidates.clear();
            buckets.iter().for_each(|bucket| candidates.extend_from_slice(bucket));
            near_ones(index, &candidates, &words, limit, |entry, distance| {
                found.push(Neighbour { query, entry, distance });
            });
        }
        found
    }

    /// The entries whose part has this value. A damaged file may hold any offset: what does not fit is empty.
    #[inline(always)]
    fn bucket(&self, part: usize, value: usize) -> &'a [u32] {
        let offsets = &self.offsets[part * offsets_len()..(part + 1) * offsets_len()];
        let (first, last) = (offsets[value] as usize, offsets[value + 1] as usize);
        self.entries[part * self.count..(part + 1) * self.count].get(first..last).unwrap_or(&[])
    }
}

/// Calls `found` for the candidates that are near.
///
/// Candidates lie all over the list, and each costs a wait for memory. So a group of fronts is fetched before the
/// first of them is needed, and looked at without a branch; one group in a million has to be looked at again.
fn near_ones(
    index: &SearchIndex<'_>,
    candidates: &[u32],
    words: &[u64; 4],
    limit: u32,
    mut found: impl FnMut(usize, u32),
) {
    let Some(last) = index.fronts.len().checked_sub(1) else { return };
    let query = [words[0], words[1]];
    for group in candidates.chunks(GROUP) {
        let mut fronts = [[!query[0], !query[1]]; GROUP];
        for (front, &entry) in fronts.iter_mut().zip(group) {
            // A damaged file may hold any entry number; `near` tells it apart.
            *front = index.fronts[(entry as usize).min(last)];
        }
        let nearest = fronts.iter().fold(u32::MAX, |nearest, front| nearest.min(half_distance(front, &query)));
        if nearest <= limit {
            for &entry in group {
                if let Some(distance) = index.near(entry as usize, words, limit) {
                    found(entry as usize, distance);
                }
            }
        }
    }
}
