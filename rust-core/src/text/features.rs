//! Hashed n-grams of a normalised message.
//!
//! Character 2- to 5-grams within word bounds and word 1- and 2-grams, on the normalised text and again without
//! diacritics, each family with a hash salt of its own. A feature is its 32-bit hash; a model of fewer bins takes the
//! low bits. The training step reads the same hashes from this code, so that training and phone cannot differ.

use super::normalise::Normalised;
use super::syllable;

/// Shortest and longest run of letters that is a feature.
const CHARACTER_GRAMS: std::ops::RangeInclusive<usize> = 2..=5;

/// The families of features, each with its own salt.
#[derive(Clone, Copy)]
enum Family {
    Word,
    WordPair,
    Characters,
    BareWord,
    BareWordPair,
    BareCharacters,
}

/// The hashes of a message's features, sorted; a feature that occurs twice stands twice. A message has a few hundred of
/// them. The longest that the normaliser lets through has less than a million, and none of these is left out: what is
/// hidden behind many words must count as much as the words.
pub fn features(message: &Normalised) -> Vec<u32> {
    let mut out = in_reading_order(message);
    out.sort_unstable();
    out
}

/// The bins of a message's features in a model of `mask + 1` of them, sorted.
pub(super) fn bins(message: &Normalised, mask: u32) -> Vec<u32> {
    let mut out = in_reading_order(message);
    out.iter_mut().for_each(|hash| *hash &= mask);
    out.sort_unstable();
    out
}

fn in_reading_order(message: &Normalised) -> Vec<u32> {
    let mut out = Vec::with_capacity(message.tokens().len() * 40);
    let words: Vec<&str> = message.tokens().iter().map(|t| t.text()).collect();
    let bare: Vec<String> = words.iter().map(|w| syllable::fold(w)).collect();
    let bare: Vec<&str> = bare.iter().map(String::as_str).collect();
    add(&mut out, &words, [Family::Word, Family::WordPair, Family::Characters]);
    add(&mut out, &bare, [Family::BareWord, Family::BareWordPair, Family::BareCharacters]);
    out
}

/// Most tokens that the network reads; of a longer message the first and the last half of them.
const MAX_TOKENS: usize = 28;

/// The hashes of each token, as written and without diacritics, in reading order.
pub fn token_hashes(message: &Normalised) -> Vec<[u32; 2]> {
    let tokens = message.tokens();
    let (head, tail) = match tokens.len() {
        n if n > MAX_TOKENS => (&tokens[..MAX_TOKENS / 2], &tokens[n - MAX_TOKENS / 2..]),
        _ => (tokens, &tokens[..0]),
    };
    head.iter().chain(tail).map(|token| word_hashes(token.text())).collect()
}

/// The hashes of a token, as written and without diacritics.
pub(super) fn word_hashes(word: &str) -> [u32; 2] {
    [hash(Family::Word, &[word]), hash(Family::BareWord, &[&syllable::fold(word)])]
}

fn add(out: &mut Vec<u32>, words: &[&str], [single, pair, characters]: [Family; 3]) {
    let mut padded = String::new();
    let mut starts: Vec<usize> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        out.push(hash(single, &[word]));
        // The edges of a message are words of their own: how it opens and ends says something.
        let before = if i == 0 { "^" } else { words[i - 1] };
        out.push(hash(pair, &[before, word]));
        if i + 1 == words.len() {
            out.push(hash(pair, &[word, "$"]));
        }
        if word.starts_with('<') {
            continue;
        }
        padded.clear();
        padded.push('_');
        padded.push_str(word);
        padded.push('_');
        starts.clear();
        starts.extend(padded.char_indices().map(|(at, _)| at));
        starts.push(padded.len());
        for n in CHARACTER_GRAMS {
            for window in starts.windows(n + 1) {
                out.push(hash(characters, &[&padded[window[0]..window[n]]]));
            }
        }
    }
}

/// FNV-1a of the family and the parts, then mixed so that the low bits depend on all of them (the finaliser of
/// MurmurHash3).
fn hash(family: Family, parts: &[&str]) -> u32 {
    let mut h: u32 = 0x811c_9dc5 ^ (family as u32 + 1).wrapping_mul(0x9e37_79b9);
    for part in parts {
        for byte in part.bytes().chain(std::iter::once(b' ')) {
            h = (h ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    #[test]
    fn a_message_without_diacritics_shares_the_bare_half() {
        let full = features(&normalise("gửi ảnh cho anh"));
        let bare = features(&normalise("gui anh cho anh"));
        let shared = full.iter().filter(|f| bare.contains(f)).count();
        assert!(shared * 2 >= bare.len(), "{shared} of {}", bare.len());
    }

    #[test]
    fn hashes_are_those_that_the_weights_were_trained_with() {
        // Renew only together with the weights: `make train-text`.
        assert_eq!(hash(Family::Word, &["không"]), 0xfe47_6e6b);
        assert_ne!(hash(Family::Word, &["a", "b"]), hash(Family::Word, &["ab"]));
        assert_ne!(hash(Family::Word, &["em"]), hash(Family::BareWord, &["em"]));
    }

    #[test]
    fn the_network_reads_both_ends_of_a_long_message() {
        let long = token_hashes(&normalise(&format!("đừng {}kể", "em ".repeat(100))));
        let words = token_hashes(&normalise("đừng kể"));
        assert_eq!((long.len(), long[0], long[MAX_TOKENS - 1]), (MAX_TOKENS, words[0], words[1]));
        let bare = token_hashes(&normalise("dung"));
        assert!(bare[0][0] != words[0][0] && bare[0][1] == words[0][1]);
    }

    #[test]
    fn the_longest_message_keeps_its_end_and_has_a_bounded_number() {
        // Single letters, and one character that stands for eighteen: the most words, and the most letters in them.
        for filling in ["a ", "b c d ", "\u{fdfa} ", "\u{fdfa}"] {
            let all = features(&normalise(&(filling.repeat(1 << 14) + " đừng kể")));
            assert!(all.len() < 1_000_000, "{filling:?}: {}", all.len());
            for bare in [hash(Family::WordPair, &["đừng", "kể"]), hash(Family::BareWordPair, &["dung", "ke"])] {
                assert!(all.binary_search(&bare).is_ok(), "{filling:?}");
            }
        }
        assert!(features(&normalise("")).is_empty());
    }
}
