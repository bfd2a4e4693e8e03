//! Switching off an entry that matches too much.
//!
//! A bad entry (a plain picture, a logo, a meme) is matched by pictures that have nothing to do with each other; a
//! good one by copies of one picture, which are near each other. So what is counted for an entry is how many
//! matching pictures were *not* near each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hash::PdqHash;

/// An entry is switched off when so many pictures matched it of which no two are near each other. Two copies of one
/// picture that were changed in different ways can be far apart, so that two are no evidence; four in different
/// directions are.
pub const QUARANTINE_AFTER: usize = 4;

/// Two pictures are near each other up to this distance. Two copies of an entry at the greatest distance of a match
/// differ in up to 62 bits; the copies that occur differ in far fewer.
const NEAR: u32 = 31;

/// Most entries that are watched; beyond, new ones are not. A phone sees a handful.
const MAX_WATCHED: usize = 1024;

/// What was seen, by entry. Hashes are those of the phone's own writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Quarantine {
    seen: BTreeMap<String, Vec<String>>,
}

impl Quarantine {
    /// Whether `entry` is switched off.
    pub(super) fn holds(&self, entry: &PdqHash) -> bool {
        !self.seen.is_empty() && self.seen.get(&entry.to_hex()).is_some_and(|seen| seen.len() >= QUARANTINE_AFTER)
    }

    /// Notes that `picture` matched `entry`; true if that switches the entry off.
    pub(super) fn note(&mut self, entry: &PdqHash, picture: &PdqHash) -> bool {
        let full = self.seen.len() >= MAX_WATCHED;
        let key = entry.to_hex();
        if full && !self.seen.contains_key(&key) {
            return false;
        }
        let seen = self.seen.entry(key).or_default();
        let near = |other: &String| PdqHash::from_hex(other).is_ok_and(|other| other.distance(picture) <= NEAR);
        if seen.len() < QUARANTINE_AFTER && !seen.iter().any(near) {
            seen.push(picture.to_hex());
            return seen.len() == QUARANTINE_AFTER;
        }
        false
    }

    /// How many entries are switched off.
    pub(super) fn len(&self) -> usize {
        self.seen.values().filter(|seen| seen.len() >= QUARANTINE_AFTER).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that differs from the entry in the `count` bits from `first` on.
    fn near(first: usize, count: usize) -> PdqHash {
        let mut words = [0u64; 4];
        for bit in first..first + count {
            words[bit / 64] |= 1 << (bit % 64);
        }
        PdqHash::from_words(words)
    }

    #[test]
    fn unlike_pictures_switch_an_entry_off() {
        let entry = PdqHash::from_words([0; 4]);
        let mut quarantine = Quarantine::default();
        for k in 0..QUARANTINE_AFTER {
            assert!(!quarantine.holds(&entry), "after {k}");
            assert_eq!(quarantine.note(&entry, &near(40 * k, 30)), k + 1 == QUARANTINE_AFTER);
        }
        assert!(quarantine.holds(&entry));
        assert!(!quarantine.holds(&near(3, 1)), "another entry");
        assert_eq!(quarantine.len(), 1);
    }

    #[test]
    fn copies_of_one_picture_never_do() {
        let entry = PdqHash::from_words([0; 4]);
        let mut quarantine = Quarantine::default();
        for k in 0..200 {
            quarantine.note(&entry, &near(k, 15));
            quarantine.note(&entry, &near(k % 7, 15));
        }
        let mut quarantine = Quarantine::default();
        for k in 0..200 {
            quarantine.note(&entry, &near(k % 16, 15));
        }
        assert!(!quarantine.holds(&entry));
    }

    #[test]
    fn no_more_is_watched_than_fits() {
        let mut quarantine = Quarantine::default();
        for k in 0..2 * MAX_WATCHED as u64 {
            quarantine.note(&PdqHash::from_words([k, 0, 0, 0]), &PdqHash::from_words([k, 0, 0, 1]));
        }
        assert_eq!(quarantine.seen.len(), MAX_WATCHED);
    }
}
