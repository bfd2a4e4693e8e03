//! A fully connected layer.

use super::arithmetic::add_rows;
use super::model::{Input, WeightsError};

/// A row of outputs for each input, then the bias.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    /// Weights in whole steps of a unit.
    pub(super) fn of_steps(input: &mut Input<'_>, inputs: usize, outputs: usize) -> Result<Self, WeightsError> {
        let (unit, steps) = input.steps(inputs * outputs)?;
        let weights = steps.iter().map(|step| unit * f32::from(*step)).collect();
        Ok(Self { weights, bias: input.floats(outputs)? })
    }

    /// Weights as they are.
    pub(super) fn of_floats(input: &mut Input<'_>, inputs: usize, outputs: usize) -> Result<Self, WeightsError> {
        Ok(Self { weights: input.floats(inputs * outputs)?, bias: input.floats(outputs)? })
    }

    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    pub(super) fn bias(&self) -> &[f32] {
        &self.bias
    }

    pub(super) fn apply(&self, inputs: &[f32]) -> Vec<f32> {
        let mut sums = self.bias.clone();
        self.add(0, inputs, &mut sums);
        sums
    }

    /// Adds what the inputs from `first` on contribute.
    pub(super) fn add(&self, first: usize, inputs: &[f32], sums: &mut [f32]) {
        add_rows(sums, &self.weights[first * self.bias.len()..], inputs);
    }

    /// Of a shape that no file has: what is read by it panics.
    #[cfg(test)]
    pub(super) fn without_outputs(mut self) -> Self {
        self.bias.clear();
        self
    }
}
