//! A secret that a person can print, read aloud and type: 24 short syllables, such as `kha mu thi lo`.
//!
//! A syllable is one of 16 onsets and one of 4 vowels and holds 6 bits; 24 of them hold 128 secret bits and a checksum
//! of 16. The onsets are those that no region of Việt Nam pronounces alike: of `l` and `n`, `s` and `x`, `ch` and `tr`,
//! `d`, `gi`, `r` and `v` one or two are used that stay apart everywhere. Vowels carry no marks, so that any keyboard
//! types them; what a Vietnamese keyboard adds is taken off when they are read. Syllables stand apart, because Telex
//! would take the `x` or `r` of the next for a tone.

use crate::trust::sha256;

/// Bits of a syllable: its place in `ONSETS` times four, and its vowel.
const ONSETS: [&str; 16] = ["b", "ch", "g", "h", "k", "kh", "l", "m", "ng", "nh", "ph", "r", "t", "th", "v", "x"];
const VOWELS: [char; 4] = ['a', 'i', 'o', 'u'];

/// Vowels with the marks that a Vietnamese keyboard may have added.
const MARKED: [&str; 4] = ["aàáảãạăằắẳẵặâầấẩẫậ", "iìíỉĩị", "oòóỏõọôồốổỗộơờớởỡợ", "uùúủũụưừứửữự"];

/// How many syllables there are.
pub const SYLLABLES: usize = 24;

/// Why words were not understood. Which is enough to find the slip on the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsError {
    /// The syllable at this place (from 1) does not exist.
    UnknownSyllable(usize),
    /// There are not 24 syllables, but so many.
    WrongCount(usize),
    /// Each syllable exists, but one or more are not those that were printed.
    WrongChecksum,
}

impl std::fmt::Display for WordsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownSyllable(place) => write!(f, "syllable {place} does not exist; compare it with the paper"),
            Self::WrongCount(count) => write!(f, "there are {count} syllables, and 24 are needed"),
            Self::WrongChecksum => f.write_str("a syllable is not as printed, or two changed places; compare each"),
        }
    }
}

impl std::error::Error for WordsError {}

/// 128 secret bits with a form on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretWords([u8; 16]);

impl SecretWords {
    /// Words for 16 random bytes of the caller.
    pub fn new(secret: [u8; 16]) -> Self {
        Self(secret)
    }

    /// Reads what somebody typed: capitals, marks, and anything between the syllables do not matter.
    ///
    /// # Errors
    /// Where the slip is, as far as it can be told.
    pub fn read(text: &str) -> Result<Self, WordsError> {
        let lower = text.to_lowercase();
        let mut bits = BitsOut::default();
        let mut count = 0;
        for syllable in lower.split(|c: char| !c.is_alphabetic()).filter(|s| !s.is_empty()) {
            count += 1;
            bits.push(number_of(syllable).ok_or(WordsError::UnknownSyllable(count))?);
        }
        if count != SYLLABLES {
            return Err(WordsError::WrongCount(count));
        }
        let mut secret = [0; 16];
        secret.copy_from_slice(&bits.bytes[..16]);
        if bits.bytes[16..18] == checksum(&secret) { Ok(Self(secret)) } else { Err(WordsError::WrongChecksum) }
    }

    /// The 24 syllables, in order; an app prints them in six rows of four.
    pub fn syllables(&self) -> Vec<String> {
        let bytes = [&self.0[..], &checksum(&self.0)].concat();
        bytes
            .chunks_exact(3)
            .flat_map(|three| {
                let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
                [18, 12, 6, 0].map(|shift| syllable((bits >> shift) as usize & 63))
            })
            .collect()
    }

    /// The syllables with spaces between them.
    pub fn text(&self) -> String {
        self.syllables().join(" ")
    }

    /// 32 bytes for one purpose.
    pub(crate) fn seed(&self, purpose: &str) -> [u8; 32] {
        sha256(&[b"lachan.words.v1\0", purpose.as_bytes(), b"\0", &self.0].concat())
    }
}

impl std::fmt::Debug for SecretWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretWords(..)")
    }
}

fn checksum(secret: &[u8; 16]) -> [u8; 2] {
    let hash = sha256(&[&b"lachan.words.check.v1\0"[..], secret].concat());
    [hash[0], hash[1]]
}

fn syllable(number: usize) -> String {
    format!("{}{}", ONSETS[number / 4], VOWELS[number % 4])
}

fn number_of(text: &str) -> Option<u32> {
    let last = text.chars().next_back()?;
    let vowel = MARKED.iter().position(|marked| marked.contains(last))?;
    let onset = ONSETS.iter().position(|onset| *onset == &text[..text.len() - last.len_utf8()])?;
    Some((onset * 4 + vowel) as u32)
}

/// Collects groups of 6 bits into bytes, as many as 24 syllables hold; what comes after them is dropped.
#[derive(Default)]
struct BitsOut {
    bytes: [u8; 18],
    held: u32,
    bits: u32,
    next: usize,
}

impl BitsOut {
    fn push(&mut self, six: u32) {
        self.held = (self.held << 6 | six) & 0xffff;
        self.bits += 6;
        if self.bits >= 8 {
            self.bits -= 8;
            if let Some(byte) = self.bytes.get_mut(self.next) {
                *byte = (self.held >> self.bits) as u8;
                self.next += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_syllable_is_another() {
        let all: BTreeSet<String> = (0..64).map(syllable).collect();
        assert_eq!(all.len(), 64);
        for number in 0..64 {
            assert_eq!(number_of(&syllable(number)), Some(number as u32));
        }
        for unknown in ["", "a", "na", "kha1", "khà x", "bab", "be", "ß"] {
            assert_eq!(number_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_hurried_fingers_type_is_read() {
        let words = SecretWords::new([0xa7; 16]);
        let text = words.text();
        assert_eq!(text.split(' ').count(), SYLLABLES);
        let hurried = text.to_uppercase().replace(' ', ", ").replace('A', "Ả").replace('O', "Ộ");
        assert_eq!(SecretWords::read(&format!("1. {hurried}\n")).unwrap(), words);
    }

    #[test]
    fn a_slip_is_found() {
        let text = SecretWords::new([0x35; 16]).text();
        let mut syllables: Vec<&str> = text.split(' ').collect();
        syllables[4] = "na";
        assert_eq!(SecretWords::read(&syllables.join(" ")), Err(WordsError::UnknownSyllable(5)));
        assert_eq!(SecretWords::read(&text[..text.rfind(' ').unwrap()]), Err(WordsError::WrongCount(23)));
        assert_eq!(SecretWords::read(""), Err(WordsError::WrongCount(0)));
        assert_eq!(SecretWords::read(&"ba ".repeat(10_000)), Err(WordsError::WrongCount(10_000)));
        let mut missed = 0;
        for place in 0..SYLLABLES {
            let original: Vec<&str> = text.split(' ').collect();
            for number in 0..64 {
                let mut changed = original.clone();
                let other = syllable(number);
                changed[place] = &other;
                missed += usize::from(changed != original && SecretWords::read(&changed.join(" ")).is_ok());
            }
        }
        // A checksum of 16 bits misses one slip in 65,536; of these 1,512 about none.
        assert_eq!(missed, 0);
    }

    #[test]
    fn purposes_have_seeds_of_their_own_and_nothing_prints_the_secret() {
        let words = SecretWords::new([1; 16]);
        assert_ne!(words.seed("a"), words.seed("b"));
        assert_ne!(words.seed("a"), SecretWords::new([2; 16]).seed("a"));
        assert_eq!(format!("{words:?}"), "SecretWords(..)");
    }

    proptest! {
        #[test]
        fn every_secret_survives_paper(secret in any::<[u8; 16]>()) {
            let words = SecretWords::new(secret);
            prop_assert_eq!(SecretWords::read(&words.text()), Ok(words));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = SecretWords::read(&text);
        }
    }
}
