//! The second reader of a message: a small convolutional network over its syllables, beside the linear heads.
//!
//! Each token is the sum of two rows of a table, one for the word as written and one without diacritics. Filters slide
//! over them, and one hidden layer reads the strongest answers. Linear heads see which words stand in a message; the
//! network also sees in what order, and words that it met in the same company as alike, for its tables begin as vectors
//! learnt from unlabelled text.

use super::arithmetic::tanh;
use super::convolution::Convolutions;
use super::indicator::Side;
use super::layer::Layer;
use super::model::{HEADS, Input, WeightsError};
use super::normalise::Normalised;

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
#[derive(Debug, Clone)]
pub(super) struct Network {
    convolutions: Convolutions,
    hidden: Layer,
    output: Layer,
}

impl Network {
    /// ```text
    /// u32 full bits, bare bits, dimensions, filters, hidden
    /// ...                                                      the filters: see `convolution`
    /// f32 unit, (3 x filters + 1) x hidden x i8, hidden x f32  the strongest answers, and the side
    /// f32 unit, (hidden + 3 x filters) x heads x i8, heads x f32
    /// ```
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, WeightsError> {
        let bits = [input.number()?, input.number()?];
        let [dimensions, filters, hidden] =
            [input.number()? as usize, input.number()? as usize, input.number()? as usize];
        let sound = |n: usize| (1..=MAX_CELLS).contains(&n);
        if ![dimensions, filters, hidden].into_iter().all(sound) {
            return Err(WeightsError);
        }
        let convolutions = Convolutions::read(input, bits, dimensions, filters)?;
        let pooled = convolutions.answers();
        Ok(Self {
            convolutions,
            hidden: Layer::of_steps(input, pooled + 1, hidden)?,
            output: Layer::of_steps(input, hidden + pooled, HEADS)?,
        })
    }

    /// Cells of the hidden layer.
    pub(super) fn hidden(&self) -> usize {
        self.hidden.outputs()
    }

    /// Reads a message.
    pub(super) fn read_message(&self, message: &Normalised, side: Side) -> Seen {
        let mut pooled = self.convolutions.strongest(message);
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
