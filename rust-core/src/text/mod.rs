//! Vietnamese conversations: what a message does, and where a talk is going.

mod features;
mod indicator;
mod lexicon;
mod normalise;
mod syllable;

pub use features::features;
pub use indicator::{Indicator, IndicatorSet, Side};
pub use normalise::{MAX_MESSAGE_BYTES, Normalised, Token, normalise};

/// Whether a word in lower case may be a Vietnamese syllable, with its diacritics or without them.
pub fn is_syllable(word: &str) -> bool {
    syllable::is_loose_syllable(word)
}
