//! The trained weights: what they hold, how they are read, and the score of a message.
//!
//! ```text
//! "LACHTXT4"                              little-endian throughout
//! u32 bits, u32 heads                     2^bits bins, a column per head
//! heads x { f32 scale, f32 bias }         logit = bias + scale * sum(weight * value)
//! f32 idf unit, 2^bits x u8               idf = unit * byte
//! 2^bits x heads x i8                     weights, a row per bin
//! ...                                     the network: see `network`
//! ...                                     the second stage: two units, see `unit`
//! u32 length, JSON                        thresholds and calibration: `Thresholds`
//! ```

use serde::Deserialize;

use super::arithmetic::{log_count, sigmoid};
use super::features::bins;
use super::indicator::{Indicator, IndicatorSet, Side};
use super::network::{Network, Seen};
use super::normalise::{Normalised, normalise};
use super::rules::{RuleFindings, rules};
use super::second_stage::SecondStage;
use crate::trust::{Bundle, first_word, sha256};

/// Heads of the message model: the indicators, and one of danger for each side.
pub(super) const HEADS: usize = Indicator::COUNT + 2;
const DANGER_OTHER: usize = Indicator::COUNT;
const DANGER_CHILD: usize = Indicator::COUNT + 1;

/// Logits beyond this say nothing more.
const LOGIT_BOUND: f32 = 6.0;

const MAGIC: &[u8; 8] = b"LACHTXT4";
/// Bounds of what is read: four times the shipped number of bins.
const MAX_BITS: u32 = 18;

/// Why weights were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightsError;

impl std::fmt::Display for WeightsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the text weights are cut short or of another version; build the text bundle again")
    }
}

impl std::error::Error for WeightsError {}

/// Numbers that the training step chose on held-out training data, never on a test set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Thresholds {
    /// Per indicator, the logit from which a message carries it.
    pub message: Vec<f32>,
    /// Share of the network in a message's logits, the linear heads having the rest.
    pub network: f32,
    /// Risk of the conversation from which a warning is due.
    pub warn: f32,
    /// Risk from which the app interrupts.
    pub urgent: f32,
    /// Risk from which a hint may stand beside the talk.
    pub notice: f32,
}

/// The text detector: weights of both stages. Cheap to share between threads.
#[derive(Debug, Clone)]
pub struct TextModel {
    mask: u32,
    scales: [f32; HEADS],
    biases: [f32; HEADS],
    idf_unit: f32,
    idf: Vec<u8>,
    weights: Vec<i8>,
    network: Network,
    pub(super) second_stage: SecondStage,
    pub(super) thresholds: Thresholds,
    /// First eight bytes of the weights' SHA-256: the state of a conversation belongs to one model.
    pub(super) fingerprint: u64,
    /// Name and version of the bundle, such as `text 1`; the name alone for weights without one.
    pub(super) source: String,
}

/// Models of the same weights are equal, whatever they have read.
impl PartialEq for TextModel {
    fn eq(&self, other: &Self) -> bool {
        (self.fingerprint, &self.source) == (other.fingerprint, &other.source)
    }
}

/// What one message says by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Who wrote it.
    pub side: Side,
    /// Indicators that model or rules found.
    pub indicators: IndicatorSet,
    /// What the rules found.
    pub rules: RuleFindings,
    /// Whether its middle was not read, since it is longer than [`MAX_MESSAGE_BYTES`].
    ///
    /// [`MAX_MESSAGE_BYTES`]: super::MAX_MESSAGE_BYTES
    pub has_gaps: bool,
    /// What of it the second stage is told.
    pub(super) signals: [bool; 5],
    /// Logit of each head; those of the other side are at the lower bound.
    pub(super) logits: [f32; HEADS],
    /// Both readers, whose mean the logits are.
    pub(super) by: Readers,
}

/// What each reader of a message says: a logit of each head, within the bound; those of the other side at the lower one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Readers {
    pub linear: [f32; HEADS],
    pub network: [f32; HEADS],
    /// What the network made of the message, before side and bound.
    pub seen: Seen,
}

impl Reading {
    /// How sure the model is of an indicator, from 0 to 1.
    pub fn score(&self, indicator: Indicator) -> f32 {
        sigmoid(self.logits[indicator.index()])
    }

    /// A message that says nothing.
    #[cfg(test)]
    pub(super) fn silence(side: Side) -> Self {
        let seen = Seen { hidden: Vec::new(), logits: [0.0; HEADS] };
        let by = Readers { linear: [-LOGIT_BOUND; HEADS], network: [-LOGIT_BOUND; HEADS], seen };
        let rules = RuleFindings::default();
        let (indicators, signals) = (IndicatorSet::EMPTY, rules.signals());
        Self { side, indicators, signals, rules, has_gaps: false, logits: by.linear, by }
    }

    /// The same message where nobody agreed that personal data is warned of. What it gives away stays a sign of where the
    /// talk goes.
    pub fn without_personal_data(mut self) -> Self {
        self.rules.spans.clear();
        self
    }

    /// Logits of all heads, for the training step.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }
}

impl TextModel {
    /// The detector of a verified bundle.
    ///
    /// # Errors
    /// The bundle has no sound weights of this version.
    pub fn load(bundle: &Bundle) -> Result<Self, WeightsError> {
        let model = Self::from_bytes(&bundle.member("weights").map_err(|_| WeightsError)?)?;
        Ok(Self { source: bundle.manifest().source(), ..model })
    }

    /// Reads weights.
    ///
    /// # Errors
    /// The bytes are not weights of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let mut input = Input(bytes);
        if input.take(MAGIC.len())? != MAGIC {
            return Err(WeightsError);
        }
        let bits = input.number()?;
        if bits > MAX_BITS || input.number()? as usize != HEADS {
            return Err(WeightsError);
        }
        let bins = 1usize << bits;
        let (mut scales, mut biases) = ([0.0; HEADS], [0.0; HEADS]);
        for head in 0..HEADS {
            scales[head] = input.float()?;
            biases[head] = input.float()?;
        }
        let idf_unit = input.float()?;
        let idf = input.take(bins)?.to_vec();
        let weights = input.take(bins * HEADS)?.iter().map(|b| *b as i8).collect();
        let network = Network::read(&mut input)?;
        let second_stage = SecondStage::read(&mut input, network.hidden())?;
        let length = input.number()? as usize;
        let thresholds: Thresholds = serde_json::from_slice(input.take(length)?).map_err(|_| WeightsError)?;
        if !input.0.is_empty() || thresholds.message.len() != Indicator::COUNT {
            return Err(WeightsError);
        }
        Ok(Self {
            mask: bins as u32 - 1,
            scales,
            biases,
            idf_unit,
            idf,
            weights,
            network,
            second_stage,
            thresholds,
            fingerprint: first_word(&sha256(bytes)),
            source: "text".to_owned(),
        })
    }

    /// Reads a message by itself.
    pub fn read(&self, message: &str, side: Side) -> Reading {
        let normal = normalise(message);
        let found = rules(message, &normal, side);
        let by = self.readers(&normal, side);
        let share = self.thresholds.network;
        let logits = std::array::from_fn(|head| (1.0 - share) * by.linear[head] + share * by.network[head]);
        let by_model = Indicator::ALL
            .into_iter()
            .filter(|i| i.side() == side && logits[i.index()] >= self.thresholds.message[i.index()]);
        let indicators = by_model.collect::<IndicatorSet>().union(found.indicators);
        let has_gaps = normal.is_truncated();
        Reading { side, indicators, signals: found.signals(), rules: found, has_gaps, logits, by }
    }

    fn readers(&self, message: &Normalised, side: Side) -> Readers {
        let (linear, seen) = (self.linear(message), self.network.read_message(message, side));
        let of_side = |logits: [f32; HEADS]| {
            std::array::from_fn(|head| {
                if head_side(head) == side { logits[head].clamp(-LOGIT_BOUND, LOGIT_BOUND) } else { -LOGIT_BOUND }
            })
        };
        Readers { linear: of_side(linear), network: of_side(seen.logits), seen }
    }

    /// What the linear heads say.
    fn linear(&self, message: &Normalised) -> [f32; HEADS] {
        let mut sums = [0.0f32; HEADS];
        let mut squares = 0.0f32;
        for group in bins(message, self.mask).chunk_by(|a, b| a == b) {
            let bin = group[0] as usize;
            let value = log_count(group.len()) * self.idf_unit * f32::from(self.idf[bin]);
            squares += value * value;
            let row = &self.weights[bin * HEADS..(bin + 1) * HEADS];
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += value * f32::from(*weight);
            }
        }
        let norm = if squares > 0.0 { squares.sqrt() } else { 1.0 };
        std::array::from_fn(|head| self.biases[head] + self.scales[head] * sums[head] / norm)
    }

    /// A model that reads messages and panics over what they mean in their talk.
    #[cfg(test)]
    pub(crate) fn that_panics(self) -> Self {
        Self { second_stage: self.second_stage.that_panics(), ..self }
    }
}

fn head_side(head: usize) -> Side {
    match head {
        DANGER_OTHER => Side::Other,
        DANGER_CHILD => Side::Child,
        head => Indicator::ALL[head].side(),
    }
}

/// Bytes still to be read.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    #[cfg(test)]
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], WeightsError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(WeightsError)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u32, WeightsError> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| WeightsError)?))
    }

    pub(super) fn float(&mut self) -> Result<f32, WeightsError> {
        let value = f32::from_bits(self.number()?);
        if value.is_finite() { Ok(value) } else { Err(WeightsError) }
    }

    /// A unit, and numbers that are whole multiples of it.
    pub(super) fn steps(&mut self, n: usize) -> Result<(f32, Vec<i8>), WeightsError> {
        Ok((self.float()?, self.take(n)?.iter().map(|b| *b as i8).collect()))
    }

    pub(super) fn floats(&mut self, n: usize) -> Result<Vec<f32>, WeightsError> {
        (0..n).map(|_| self.float()).collect()
    }
}
