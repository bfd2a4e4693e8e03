//! A phone's own way of writing hashes: their bits in another order, some of them inverted.
//!
//! Distances stay what they are, so that the search works on disguised hashes. Two phones' files have no entry in
//! common that could be joined, the bits of real lists (which are far from evenly spread) are spread over the parts
//! of the index, and a file without its key says nothing.

use super::DeviceKey;
use crate::hash::PdqHash;

const BITS: usize = 256;

/// What a byte at each of the 32 places becomes.
type Table = [[[u64; 4]; 256]; 32];

/// A permutation of the 256 bits and a mask, both from the device key.
pub(super) struct Disguise {
    table: Box<Table>,
    mask: [u64; 4],
}

impl Disguise {
    pub(super) fn new(key: &DeviceKey) -> Self {
        let mut random = Stream { key, block: [0; 32], number: 0, used: 32 };
        let mut order: [usize; BITS] = std::array::from_fn(|bit| bit);
        for last in (1..BITS).rev() {
            order.swap(last, random.below(last as u32 + 1) as usize);
        }
        let mask = std::array::from_fn(|_| u64::from(random.word()) << 32 | u64::from(random.word()));
        Self { table: table(&order), mask }
    }

    /// The hash as this phone writes it.
    #[inline]
    pub(super) fn apply(&self, hash: &PdqHash) -> PdqHash {
        let mut words = self.mask;
        for (place, byte) in hash.to_bytes().into_iter().enumerate() {
            for (word, moved) in words.iter_mut().zip(&self.table[place][usize::from(byte)]) {
                *word ^= moved;
            }
        }
        PdqHash::from_words(words)
    }
}

/// `order[bit]` is where bit `bit` (the least significant of byte 0 is bit 0) goes.
fn table(order: &[usize; BITS]) -> Box<Table> {
    let mut table: Box<Table> = vec![[[0u64; 4]; 256]; 32].try_into().unwrap_or_else(|_| Box::new([[[0; 4]; 256]; 32]));
    for (place, values) in table.iter_mut().enumerate() {
        for (value, moved) in values.iter_mut().enumerate() {
            for bit in (0..8).filter(|bit| value >> bit & 1 == 1) {
                let target = order[place * 8 + bit];
                moved[target / 64] |= 1 << (target % 64);
            }
        }
    }
    table
}

/// An endless row of random bits from the key.
struct Stream<'a> {
    key: &'a DeviceKey,
    block: [u8; 32],
    number: u32,
    used: usize,
}

impl Stream<'_> {
    fn word(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = self.key.derive("disguise", &self.number.to_le_bytes());
            self.number += 1;
            self.used = 0;
        }
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.block[self.used..self.used + 4]);
        self.used += 4;
        u32::from_le_bytes(bytes)
    }

    /// Evenly spread over 0 to `count` - 1: values that would favour the small ones are drawn again.
    fn below(&mut self, count: u32) -> u32 {
        let fair = u32::MAX - u32::MAX % count;
        loop {
            let word = self.word();
            if word < fair {
                return word % count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn distances_stay(a in any::<[u64; 4]>(), b in any::<[u64; 4]>(), seed in any::<[u8; 32]>()) {
            let disguise = Disguise::new(&DeviceKey::from_bytes(&seed));
            let (a, b) = (PdqHash::from_words(a), PdqHash::from_words(b));
            prop_assert_eq!(disguise.apply(&a).distance(&disguise.apply(&b)), a.distance(&b));
        }
    }

    #[test]
    fn two_phones_have_nothing_in_common() {
        let hash = PdqHash::from_words([0x0123_4567_89ab_cdef; 4]);
        let hashes: Vec<_> =
            (0..20).map(|seed| Disguise::new(&DeviceKey::from_bytes(&[seed; 32])).apply(&hash)).collect();
        for (i, a) in hashes.iter().enumerate() {
            for b in &hashes[..i] {
                assert!(a.distance(b) > 80, "as far apart as chance has it");
            }
        }
    }

    /// Every bit goes to a place of its own, and not to the one it had.
    #[test]
    fn it_is_a_permutation() {
        let disguise = Disguise::new(&DeviceKey::from_bytes(&[5; 32]));
        let zero = disguise.apply(&PdqHash::from_words([0; 4]));
        let mut seen = std::collections::BTreeSet::new();
        let mut moved = 0;
        for bit in 0..256 {
            let mut words = [0u64; 4];
            words[bit / 64] = 1 << (bit % 64);
            let disguised = disguise.apply(&PdqHash::from_words(words)).words();
            let target: Vec<u64> = disguised.iter().zip(zero.words()).map(|(a, b)| a ^ b).collect();
            moved += usize::from(target != words);
            assert!(seen.insert(target));
        }
        assert!(moved > 240);
    }
}
