//! Vietnamese conversations: what a message does, and where a talk is going.
//!
//! ```no_run
//! use lachan::text::{Conversation, PeerTrust, Side, TextModel};
//! # fn example(weights: &[u8]) -> Result<(), lachan::text::WeightsError> {
//! let model = TextModel::from_bytes(weights)?;
//! let mut talk = Conversation::new(&model);
//! let verdict = talk.check(&model, "đừng kể mẹ nha", Side::Other, 0.0, PeerTrust::Unknown);
//! println!("{:?} {:?}", verdict.level, verdict.stage);
//! # Ok(())
//! # }
//! ```
//!
//! A message is normalised, and scored by linear heads on hashed features, a small network over its syllables and a few
//! rules ([`TextModel::read`]).
//! Two small recurrent units follow that turn by turn and say how worrying the talk has become ([`Conversation::check`]).
//! Nothing here keeps text.

mod advice;
mod arithmetic;
mod combinations;
mod conversation;
mod convolution;
mod features;
mod indicator;
mod layer;
mod lexicon;
mod model;
mod network;
mod normalise;
mod peer_trust;
mod peers;
mod rules;
mod second_stage;
mod sure_signs;
mod syllable;
mod unit;
mod work;

pub use advice::every_advice;
pub use conversation::{Conversation, Judge, Level, MAX_STATE_BYTES, Reason, Stage, TurnVerdict};
pub use features::{features, token_hashes};
pub use indicator::{Indicator, IndicatorSet, Side};
pub use model::{Reading, TextModel, WeightsError};
pub use normalise::{MAX_MESSAGE_BYTES, Normalised, Token, normalise};
pub use peer_trust::PeerTrust;
pub use peers::{Conversations, MAX_PEERS, PeerKey};
pub use rules::{PersonalData, RuleFindings, Span, rules};
pub use sure_signs::sure_signs;

/// Whether a word in lower case may be a Vietnamese syllable, with its diacritics or without them.
pub fn is_syllable(word: &str) -> bool {
    syllable::is_loose_syllable(word)
}
