//! The second reader of a message: a small convolutional network over its syllables, beside the linear heads.
//!
//! Each token is the sum of two rows of a table, one for the word as written and one without diacritics. Filters of one
//! to three tokens slide over them, the strongest answer of each counts, and one hidden layer reads those (Kim, EMNLP
//! 2014). Linear heads see which words stand in a message; the network also sees in what order, and words that it met in
//! the same company as alike, for its tables begin as vectors learnt from unlabelled text.

use super::arithmetic::{add_rows, tanh};
use super::features::token_hashes;
use super::indicator::Side;
use super::model::{HEADS, Input, WeightsError};
use super::normalise::Normalised;

/// Widths of the filters, in tokens.
const WIDTHS: std::ops::RangeInclusive<usize> = 1..=3;
const MAX_TABLE_BITS: u32 = 14;
const MAX_CELLS: usize = 256;

/// What the network makes of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// What the hidden layer has understood, from -1 to 1.
    pub hidden: Vec<f32>,
    /// Logits of all heads, those of the other side too.
    pub logits: [f32; HEADS],
}

/// Weights of the network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network {
    dimensions: usize,
    filters: usize,
    full: Table,
    bare: Table,
    convolutions: Vec<Layer>,
    hidden: Layer,
    output: Layer,
}

impl Network {
    /// ```text
    /// u32 full bits, bare bits, dimensions, filters, hidden
    /// f32 unit, 2^bits x dimensions x i8                          twice: as written, without diacritics
    /// f32 unit, width x dimensions x filters x i8, filters x f32  for each width
    /// f32 unit, (3 x filters + 1) x hidden x i8, hidden x f32     the strongest answers, and the side
    /// f32 unit, (hidden + 3 x filters) x heads x i8, heads x f32
    /// ```
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, WeightsError> {
        let (full_bits, bare_bits) = (input.number()?, input.number()?);
        let [dimensions, filters, hidden] =
            [input.number()? as usize, input.number()? as usize, input.number()? as usize];
        let sound = |n: usize| (1..=MAX_CELLS).contains(&n);
        if full_bits.max(bare_bits) > MAX_TABLE_BITS || ![dimensions, filters, hidden].into_iter().all(sound) {
            return Err(WeightsError);
        }
        let (full, bare) = (Table::read(input, full_bits, dimensions)?, Table::read(input, bare_bits, dimensions)?);
        let convolutions =
            WIDTHS.map(|width| Layer::read(input, width * dimensions, filters)).collect::<Result<Vec<_>, _>>()?;
        let pooled = convolutions.len() * filters;
        Ok(Self {
            dimensions,
            filters,
            full,
            bare,
            convolutions,
            hidden: Layer::read(input, pooled + 1, hidden)?,
            output: Layer::read(input, hidden + pooled, HEADS)?,
        })
    }

    /// Cells of the hidden layer.
    pub(super) fn hidden(&self) -> usize {
        self.hidden.bias.len()
    }

    /// Reads a message.
    pub(super) fn read_message(&self, message: &Normalised, side: Side) -> Seen {
        let tokens: Vec<f32> = token_hashes(message).iter().flat_map(|hashes| self.token(*hashes)).collect();
        let mut pooled = Vec::with_capacity(self.convolutions.len() * self.filters + 1);
        for (layer, width) in self.convolutions.iter().zip(WIDTHS) {
            pooled.extend(self.strongest(layer, width, &tokens));
        }
        let hidden: Vec<f32> = {
            pooled.push(f32::from(u8::from(side == Side::Child)));
            let hidden = self.hidden.apply(&pooled).into_iter().map(tanh).collect();
            pooled.pop();
            hidden
        };
        let mut logits = [0.0; HEADS];
        let all: Vec<f32> = hidden.iter().copied().chain(pooled).collect();
        logits.iter_mut().zip(self.output.apply(&all)).for_each(|(logit, x)| *logit = x);
        Seen { hidden, logits }
    }

    fn token(&self, [full, bare]: [u32; 2]) -> impl Iterator<Item = f32> + '_ {
        let (full, bare) = (self.full.row(full), self.bare.row(bare));
        let (a, b) = (self.full.unit, self.bare.unit);
        full.iter().zip(bare).map(move |(x, y)| a * f32::from(*x) + b * f32::from(*y))
    }

    /// The strongest answer of each filter at any place, those that reach beyond either end too, and never below what
    /// it answers to nothing.
    fn strongest(&self, layer: &Layer, width: usize, tokens: &[f32]) -> Vec<f32> {
        let mut best: Vec<f32> = layer.bias.iter().map(|b| b.max(0.0)).collect();
        let count = (tokens.len() / self.dimensions) as isize;
        let reach = width as isize - 1;
        let mut answer = vec![0.0; self.filters];
        for first in -reach..count {
            answer.copy_from_slice(&layer.bias);
            let (from, to) = (first.max(0) as usize, (first + width as isize).min(count) as usize);
            let tap = (from as isize - first) as usize;
            let seen = &tokens[from * self.dimensions..to * self.dimensions];
            layer.add(tap * self.dimensions, seen, &mut answer);
            best.iter_mut().zip(&answer).for_each(|(b, a)| *b = b.max(*a));
        }
        best
    }
}

/// Rows of small numbers, one for each hash.
#[derive(Debug, Clone, PartialEq)]
struct Table {
    mask: u32,
    dimensions: usize,
    unit: f32,
    rows: Vec<i8>,
}

impl Table {
    fn read(input: &mut Input<'_>, bits: u32, dimensions: usize) -> Result<Self, WeightsError> {
        let (unit, rows) = input.steps(dimensions << bits)?;
        Ok(Self { mask: (1 << bits) - 1, dimensions, unit, rows })
    }

    fn row(&self, hash: u32) -> &[i8] {
        let at = (hash & self.mask) as usize * self.dimensions;
        &self.rows[at..at + self.dimensions]
    }
}

/// A layer: a row of outputs for each input, then the bias.
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn read(input: &mut Input<'_>, inputs: usize, outputs: usize) -> Result<Self, WeightsError> {
        let (unit, steps) = input.steps(inputs * outputs)?;
        let weights = steps.iter().map(|step| unit * f32::from(*step)).collect();
        Ok(Self { weights, bias: input.floats(outputs)? })
    }

    /// Adds what the inputs from `first` on contribute.
    fn add(&self, first: usize, inputs: &[f32], sums: &mut [f32]) {
        add_rows(sums, &self.weights[first * self.bias.len()..], inputs);
    }

    fn apply(&self, inputs: &[f32]) -> Vec<f32> {
        let mut sums = self.bias.clone();
        self.add(0, inputs, &mut sums);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    /// One dimension, one filter a width, one hidden cell; every weight one step.
    fn bytes(step: i8) -> Vec<u8> {
        let mut out: Vec<u8> = [0u32, 0, 1, 1, 1].into_iter().flat_map(u32::to_le_bytes).collect();
        let mut tensor = |n: usize, bias: usize| {
            out.extend(0.5f32.to_le_bytes());
            out.extend(vec![step as u8; n]);
            out.extend(vec![0u8; 4 * bias]);
        };
        tensor(1, 0);
        tensor(1, 0);
        (1..=3).for_each(|width| tensor(width, 1));
        tensor(4, 1);
        tensor(4 * HEADS, HEADS);
        out
    }

    fn logit(step: i8, message: &str, side: Side) -> f32 {
        let bytes = bytes(step);
        Network::read(&mut Input::new(&bytes)).unwrap().read_message(&normalise(message), side).logits[0]
    }

    #[test]
    fn filters_reach_over_the_ends_and_the_strongest_counts() {
        // A token is 0.5 + 0.5 = 1; the filters answer 0.5, 1 and 1.5 where all their taps meet one.
        let expected = |pooled: f32, side: f32| 0.5 * (tanh(0.5 * (pooled + side)) + pooled);
        assert!((logit(1, "em", Side::Other) - expected(1.5, 0.0)).abs() < 1e-6);
        assert!((logit(1, "em ơi", Side::Other) - expected(2.5, 0.0)).abs() < 1e-6);
        assert!((logit(1, "em ơi em", Side::Child) - expected(3.0, 1.0)).abs() < 1e-6);
        assert_eq!(logit(1, "", Side::Other), 0.0);
    }

    #[test]
    fn weights_that_are_cut_short_or_too_large_are_refused() {
        let whole = bytes(1);
        for n in 0..whole.len() {
            assert!(Network::read(&mut Input::new(&whole[..n])).is_err(), "{n}");
        }
        for field in 0..5 {
            let mut large = whole.clone();
            large[4 * field..4 * field + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            assert!(Network::read(&mut Input::new(&large)).is_err());
        }
    }
}
