//! The second stage: a gated recurrent unit over the scores of the messages, one step a turn.
//!
//! It was trained on scores of messages that the first stage had not seen, and answers one question: would a careful
//! adult who has read this far want the child warned? (Cho et al., EMNLP 2014; for conversations that must be judged
//! early, Vogt, Leser, Akbik, ACL 2021.) A few thousand weights, no text.

use super::arithmetic::{sigmoid, tanh};
use super::indicator::Side;
use super::model::{HEADS, Input, Reading, WeightsError};

/// How the phone knows the other side, least known first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerTrust {
    /// Not a contact.
    Unknown,
    /// A contact since a short while.
    Recent,
    /// A saved contact. It raises the bar but switches nothing off: offenders are often known.
    Saved,
    /// Marked as family.
    Family,
}

impl PeerTrust {
    /// Every value, least known first.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Recent, Self::Saved, Self::Family];
}

/// Three inputs a head, the side, the gap, five rule findings, the trust.
pub(super) const INPUTS: usize = 3 * HEADS + 1 + 1 + 5 + 4;
const MAX_PROJECTION: usize = 64;
/// Largest hidden state; it is what a conversation keeps.
pub(super) const MAX_HIDDEN: usize = 64;

/// Minutes since the turn before, in steps that people would name: a minute, five, a quarter, an hour, four, a day, a
/// week.
const GAPS: [f64; 7] = [1.0, 5.0, 15.0, 60.0, 240.0, 1440.0, 10080.0];

/// Weights of the unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SecondStage {
    projection: Dense,
    input: Dense,
    recurrent: Dense,
    output: Vec<f32>,
    output_bias: f32,
    pub(super) hidden: usize,
}

impl SecondStage {
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, WeightsError> {
        let (inputs, projection, hidden) =
            (input.number()? as usize, input.number()? as usize, input.number()? as usize);
        if inputs != INPUTS || projection > MAX_PROJECTION || hidden > MAX_HIDDEN {
            return Err(WeightsError);
        }
        Ok(Self {
            projection: Dense::read(input, inputs, projection)?,
            input: Dense::read(input, projection, 3 * hidden)?,
            recurrent: Dense::read(input, hidden, 3 * hidden)?,
            output: input.floats(hidden + projection)?,
            output_bias: input.float()?,
            hidden,
        })
    }

    /// One turn: changes the hidden state, gives the risk from 0 to 1.
    pub(super) fn step(&self, state: &mut [f32], inputs: &[f32; INPUTS]) -> f32 {
        let n = self.hidden.min(state.len());
        let projected: Vec<f32> = self.projection.apply(inputs).into_iter().map(tanh).collect();
        let from_input = self.input.apply(&projected);
        let from_state = self.recurrent.apply(state);
        for i in 0..n {
            let reset = sigmoid(from_input[i] + from_state[i]);
            let keep = sigmoid(from_input[n + i] + from_state[n + i]);
            let fresh = tanh(from_input[2 * n + i] + reset * from_state[2 * n + i]);
            state[i] = keep * state[i] + (1.0 - keep) * fresh;
        }
        let logit: f32 = state.iter().chain(&projected).zip(&self.output).map(|(x, w)| x * w).sum();
        sigmoid(logit + self.output_bias)
    }
}

/// What the unit sees of a turn.
pub(super) fn inputs(reading: &Reading, minutes_since: f64, trust: PeerTrust) -> [f32; INPUTS] {
    let mut out = [0.0; INPUTS];
    let mut at = 0;
    let mut put = |value: f32| {
        if let Some(slot) = out.get_mut(at) {
            *slot = value;
        }
        at += 1;
    };
    for logit in reading.by.linear.into_iter().chain(reading.by.network) {
        put((logit + 3.0) / 3.0);
    }
    for logit in reading.by.linear {
        put(sigmoid(logit));
    }
    put(f32::from(u8::from(reading.side == Side::Child)));
    put(GAPS.iter().filter(|gap| minutes_since >= **gap).count() as f32 / GAPS.len() as f32);
    for finding in reading.rules.signals() {
        put(f32::from(u8::from(finding)));
    }
    for known in PeerTrust::ALL {
        put(f32::from(u8::from(known == trust)));
    }
    out
}

/// A layer: rows of inputs, columns of outputs, then the bias.
#[derive(Debug, Clone, PartialEq)]
struct Dense {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn read(input: &mut Input<'_>, rows: usize, columns: usize) -> Result<Self, WeightsError> {
        Ok(Self { weights: input.floats(rows * columns)?, bias: input.floats(columns)? })
    }

    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = self.bias.clone();
        for (value, row) in x.iter().zip(self.weights.chunks_exact(self.bias.len().max(1))) {
            for (sum, weight) in out.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
        out
    }
}
