//! A gated recurrent unit that reads a talk turn by turn (Cho et al., EMNLP 2014).

use super::arithmetic::{sigmoid, tanh};
use super::layer::Layer;
use super::model::{Input, WeightsError};

const MAX_PROJECTION: usize = 64;
const MAX_CELLS: usize = 64;

/// Weights of a unit.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    projection: Layer,
    input: Layer,
    recurrent: Layer,
    output: Vec<f32>,
    output_bias: f32,
    cells: usize,
}

impl Unit {
    /// ```text
    /// u32 inputs, projection, cells
    /// inputs x projection, projection x f32          what is read of a turn
    /// projection x 3 cells, 3 cells x f32            gates from it: reset, keep, fresh
    /// cells x 3 cells, 3 cells x f32                 gates from the state
    /// cells + projection, 1 x f32                    the answer
    /// ```
    pub(super) fn read(input: &mut Input<'_>, inputs: usize) -> Result<Self, WeightsError> {
        let [given, projection, cells] = [input.number()? as usize, input.number()? as usize, input.number()? as usize];
        if given != inputs || projection > MAX_PROJECTION || cells > MAX_CELLS {
            return Err(WeightsError);
        }
        Ok(Self {
            projection: Layer::of_floats(input, inputs, projection)?,
            input: Layer::of_floats(input, projection, 3 * cells)?,
            recurrent: Layer::of_floats(input, cells, 3 * cells)?,
            output: input.floats(cells + projection)?,
            output_bias: input.float()?,
            cells,
        })
    }

    /// Numbers of the state that a talk keeps.
    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    /// One turn: changes the state, gives the logit of the risk.
    pub(super) fn step(&self, state: &mut [f32], inputs: &[f32]) -> f32 {
        let n = self.cells.min(state.len());
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
        logit + self.output_bias
    }

    /// Of a shape that no file has: its first step panics.
    #[cfg(test)]
    pub(super) fn that_panics(mut self) -> Self {
        self.recurrent = self.recurrent.without_outputs();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One input, one projected number, one cell; every weight is `w`, every bias 0.
    fn bytes(w: f32) -> Vec<u8> {
        let mut out: Vec<u8> = [1u32; 3].into_iter().flat_map(u32::to_le_bytes).collect();
        for (weights, biases) in [(1, 1), (3, 3), (3, 3), (2, 1)] {
            out.extend(
                std::iter::repeat_n(w, weights).chain(std::iter::repeat_n(0.0, biases)).flat_map(f32::to_le_bytes),
            );
        }
        out
    }

    #[test]
    fn a_turn_opens_the_gates_by_what_is_read_and_what_is_known() {
        let unit = Unit::read(&mut Input::new(&bytes(1.0)), 1).unwrap();
        let mut state = [0.5f32];
        let logit = unit.step(&mut state, &[2.0]);
        let z = 2f32.tanh();
        let gate = 1.0 / (1.0 + (-(z + 0.5)).exp());
        let fresh = (z + gate * 0.5).tanh();
        let expected = gate * 0.5 + (1.0 - gate) * fresh;
        assert!((state[0] - expected).abs() < 1e-5, "{} {expected}", state[0]);
        assert!((logit - (expected + z)).abs() < 1e-5);
    }

    #[test]
    fn weights_that_are_cut_short_too_large_or_for_other_inputs_are_refused() {
        let whole = bytes(1.0);
        for n in 0..whole.len() {
            assert!(Unit::read(&mut Input::new(&whole[..n]), 1).is_err(), "{n}");
        }
        assert!(Unit::read(&mut Input::new(&whole), 2).is_err());
        for field in 0..3 {
            let mut large = whole.clone();
            large[4 * field..4 * field + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            assert!(Unit::read(&mut Input::new(&large), 1).is_err());
        }
    }
}
