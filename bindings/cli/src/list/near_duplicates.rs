//! Finding entries that are near an earlier entry, in bounded memory: by sorting alone.
//!
//! Two hashes that differ in at most 7 bits are equal in at least one of their eight 32-bit parts. So the entries
//! are sorted by each part in turn, those with an equal part are compared, and the pairs that are near are sorted
//! by the later of the two.

use lachan::hash::PdqHash;

use super::Failure;
use super::sorter::{Records, Sorter};
use crate::progress::Progress;

/// Largest distance at which duplicates can be found.
pub const MAX_DISTANCE: u32 = 7;
const PARTS: usize = 8;
/// Most entries with one equal part: they are compared with each other, two thousand million times at most.
const MAX_GROUP: usize = 1 << 16;

/// The numbers of the entries that are within `distance` of an earlier one that stays. Entries are records that
/// begin with a hash; those below `kept` (in the list already) always stay.
pub fn find<const N: usize>(entries: &mut Records<N>, distance: u32, kept: u32) -> Result<Vec<bool>, Failure> {
    let count = u32::try_from(entries.len()).map_err(|_| "more than four thousand million entries")?;
    let mut dropped = vec![false; count as usize];
    if distance == 0 || count < 2 {
        return Ok(dropped);
    }
    let progress = Progress::counted("near duplicates", u64::from(count) * PARTS as u64);
    let mut pairs = Sorter::<8>::new();
    for part in 0..PARTS {
        let mut by_part = Sorter::<40>::new();
        let mut next = entries.read()?;
        let mut number = 0u32;
        while let Some(record) = next()? {
            let mut keyed = [0; 40];
            keyed[..4].copy_from_slice(&record[4 * part..4 * part + 4]);
            keyed[4..8].copy_from_slice(&number.to_be_bytes());
            keyed[8..].copy_from_slice(&record[..32]);
            by_part.push(keyed)?;
            number += 1;
            if number.is_multiple_of(65_536) {
                progress.add(65_536);
            }
        }
        let mut sorted = by_part.sorted()?;
        let mut group: Vec<(u32, PdqHash)> = Vec::new();
        let mut current = [0; 4];
        while let Some(keyed) = sorted.next()? {
            if keyed[..4] != current {
                current.copy_from_slice(&keyed[..4]);
                group.clear();
            }
            let number = u32::from_be_bytes([keyed[4], keyed[5], keyed[6], keyed[7]]);
            let mut bytes = [0; 32];
            bytes.copy_from_slice(&keyed[8..]);
            let hash = PdqHash::from_bytes(&bytes);
            if number >= kept {
                for (earlier, other) in &group {
                    if hash.distance(other) <= distance {
                        let mut pair = [0; 8];
                        pair[..4].copy_from_slice(&number.to_be_bytes());
                        pair[4..].copy_from_slice(&earlier.to_be_bytes());
                        pairs.push(pair)?;
                    }
                }
            }
            if group.len() == MAX_GROUP {
                return Err(format!("more than {MAX_GROUP} hashes are equal in 32 bits: these are no photographs"));
            }
            group.push((number, hash));
        }
    }
    // In the order of the later one, so that whether the earlier one stays is known.
    let mut sorted = pairs.sorted()?;
    while let Some(pair) = sorted.next()? {
        let later = u32::from_be_bytes([pair[0], pair[1], pair[2], pair[3]]);
        let earlier = u32::from_be_bytes([pair[4], pair[5], pair[6], pair[7]]);
        if !dropped[earlier as usize] {
            dropped[later as usize] = true;
        }
    }
    progress.done();
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(hashes: &[PdqHash]) -> Records<32> {
        let mut hashes = hashes.iter();
        Records::write(|| Ok(hashes.next().map(PdqHash::to_bytes))).unwrap()
    }

    fn random(count: usize) -> Vec<PdqHash> {
        let mut state = 7u64;
        let mut word = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        (0..count).map(|_| PdqHash::from_words(std::array::from_fn(|_| word()))).collect()
    }

    fn flipped(hash: &PdqHash, bits: std::ops::Range<usize>) -> PdqHash {
        let mut words = hash.words();
        bits.for_each(|bit| words[bit * 37 % 256 / 64] ^= 1 << (bit * 37 % 64));
        PdqHash::from_words(words)
    }

    /// The same by comparing everything with everything.
    fn brute_force(hashes: &[PdqHash], distance: u32, kept: usize) -> Vec<bool> {
        let mut dropped = vec![false; hashes.len()];
        for later in kept..hashes.len() {
            dropped[later] =
                (0..later).any(|earlier| !dropped[earlier] && hashes[later].distance(&hashes[earlier]) <= distance);
        }
        dropped
    }

    #[test]
    fn equal_to_comparing_everything() {
        let mut hashes = random(300);
        for number in 0..300 {
            hashes.push(flipped(&hashes[number], 0..number % 12));
            hashes.push(flipped(&hashes[number], 4..4 + number % 9));
        }
        for (distance, kept) in [(0, 0), (1, 0), (4, 0), (7, 0), (7, 450)] {
            let expected = if distance == 0 { vec![false; hashes.len()] } else { brute_force(&hashes, distance, kept) };
            assert_eq!(find(&mut records(&hashes), distance, kept as u32).unwrap(), expected, "{distance}, {kept}");
        }
    }

    /// b is near a and goes; c is near b but not a, and stays: nothing is left without a neighbour in the list.
    #[test]
    fn a_chain_does_not_unravel() {
        let a = random(1)[0];
        let (b, c) = (flipped(&a, 0..6), flipped(&a, 0..12));
        assert_eq!(find(&mut records(&[a, b, c]), 7, 0).unwrap(), [false, true, false]);
    }
}
