//! The second stage: what a message means after all that came before it.
//!
//! Two units read the talk, one step a turn, and the mean of their logits decides. The first sees the scores of a message,
//! and learnt from scores of messages that the readers had not seen. The second opinion sees what the network's hidden
//! layer has understood of it, and learnt together with the network. They err differently. Both answer one question:
//! would a careful adult who has read this far want the child warned? (For talks that must be judged early: Vogt, Leser,
//! Akbik, ACL 2021.) They keep numbers, no text.

use super::arithmetic::{sigmoid, tanh};
use super::indicator::Side;
use super::model::{HEADS, Input, Reading, WeightsError};
use super::unit::Unit;

/// What is known of a turn beside what is read in it: the side, the gap, five findings of the rules.
const CONTEXT: usize = 1 + 1 + 5;
/// The scores of both readers, those of the linear heads as shares too.
const SCORES: usize = 3 * HEADS + CONTEXT;

/// Minutes since the turn before, in steps that people would name: a minute, five, a quarter, an hour, four, a day, a
/// week.
const GAPS: [f64; 7] = [1.0, 5.0, 15.0, 60.0, 240.0, 1440.0, 10080.0];

/// The most that a talk keeps for both units: what has room in its serialised state.
pub(super) const MAX_CELLS: usize = 88;

/// Weights of both units.
#[derive(Debug, Clone)]
pub(super) struct SecondStage {
    first: Unit,
    second: Unit,
}

impl SecondStage {
    /// The first unit, then the second opinion, which reads a hidden layer of `understood` cells.
    pub(super) fn read(input: &mut Input<'_>, understood: usize) -> Result<Self, WeightsError> {
        let stage =
            Self { first: Unit::read(input, SCORES)?, second: Unit::read(input, understood + HEADS + CONTEXT)? };
        if stage.cells() > MAX_CELLS { Err(WeightsError) } else { Ok(stage) }
    }

    /// How many numbers a talk keeps.
    pub(super) fn cells(&self) -> usize {
        self.first.cells() + self.second.cells()
    }

    /// What a talk keeps, before its first turn.
    pub(super) fn state(&self) -> Vec<f32> {
        vec![0.0; self.cells()]
    }

    /// One turn: changes the state, gives the logit of the risk that the talk itself shows, whoever the other side is.
    pub(super) fn step(&self, state: &mut [f32], reading: &Reading, minutes_since: f64) -> f32 {
        let (first, second) = state.split_at_mut(self.first.cells().min(state.len()));
        let context = context(reading, minutes_since);
        let scores: Vec<f32> = scores(reading).chain(context).collect();
        let seen = &reading.by.seen;
        let understood = seen.hidden.iter().copied().chain(seen.logits.map(|x| tanh(x / 3.0)));
        let understood: Vec<f32> = understood.chain(context).collect();
        (self.first.step(first, &scores) + self.second.step(second, &understood)) / 2.0
    }

    /// Whose second unit panics, when the first has already changed the state.
    #[cfg(test)]
    pub(super) fn that_panics(self) -> Self {
        Self { second: self.second.that_panics(), ..self }
    }
}

fn scores(reading: &Reading) -> impl Iterator<Item = f32> {
    let (linear, network) = (reading.by.linear, reading.by.network);
    linear.into_iter().chain(network).map(|logit| (logit + 3.0) / 3.0).chain(linear.map(sigmoid))
}

fn context(reading: &Reading, minutes_since: f64) -> [f32; CONTEXT] {
    let share = |yes: bool| f32::from(u8::from(yes));
    let gap = GAPS.iter().filter(|gap| minutes_since >= **gap).count() as f32 / GAPS.len() as f32;
    let [a, b, c, d, e] = reading.signals.map(share);
    [share(reading.side == Side::Child), gap, a, b, c, d, e]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::indicator::IndicatorSet;
    use crate::text::model::Readers;
    use crate::text::network::Seen;
    use crate::text::rules::RuleFindings;

    const UNDERSTOOD: usize = 2;

    /// A unit of one cell that looks at nothing but its `watched` input and answers `bias` more than that.
    fn unit(inputs: usize, watched: usize, bias: f32) -> Vec<u8> {
        let mut numbers = vec![0.0f32; inputs + 1 + 2 * (3 + 3) + 2 + 1];
        numbers[watched] = 1.0;
        // What is read of a turn goes to the answer too, past the cell.
        numbers[inputs + 1 + 2 * (3 + 3) + 1] = 1.0;
        numbers[inputs + 1 + 2 * (3 + 3) + 2] = bias;
        [inputs as u32, 1, 1]
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .chain(numbers.into_iter().flat_map(f32::to_le_bytes))
            .collect()
    }

    fn stage(first: (usize, f32), second: (usize, f32)) -> SecondStage {
        let bytes = [unit(SCORES, first.0, first.1), unit(UNDERSTOOD + HEADS + CONTEXT, second.0, second.1)].concat();
        SecondStage::read(&mut Input::new(&bytes), UNDERSTOOD).unwrap()
    }

    fn reading(side: Side) -> Reading {
        let (linear, network) = ([-3.0; HEADS], [0.0; HEADS]);
        let seen = Seen { hidden: vec![0.25, -0.5], logits: [3.0; HEADS] };
        Reading {
            side,
            indicators: IndicatorSet::default(),
            rules: RuleFindings::default(),
            has_gaps: false,
            signals: [false; 5],
            logits: linear,
            by: Readers { linear, network, seen },
        }
    }

    fn logit(stage: &SecondStage, side: Side, minutes: f64) -> f32 {
        stage.step(&mut stage.state(), &reading(side), minutes)
    }

    fn close(a: f32, b: f32) -> bool {
        (a - b).abs() < 1e-5
    }

    #[test]
    fn both_opinions_count_alike() {
        // The first unit watches the score of a linear head, which is 0 there, the second the first cell of the network.
        let both = stage((0, 2.0), (0, -1.0));
        let expected = (2.0 + 0.25f32.tanh() - 1.0) / 2.0;
        assert!(close(logit(&both, Side::Other, 0.0), expected));
        assert_eq!(both.state().len(), 2);
    }

    #[test]
    fn each_sees_its_own_reading_and_the_same_context() {
        // The places of the side and the gap after what was read; an hour is four of seven steps.
        for (at, value) in [(0, 1.0f32), (1, 4.0 / 7.0)] {
            let both = stage((3 * HEADS + at, 0.0), (UNDERSTOOD + HEADS + at, 0.0));
            assert!(close(logit(&both, Side::Child, 60.0), value.tanh()), "{at}");
        }
        let logit_of_network = stage((HEADS, 0.0), (UNDERSTOOD, 0.0));
        let expected = (1f32.tanh() + 1f32.tanh().tanh()) / 2.0;
        assert!(close(logit(&logit_of_network, Side::Other, 0.0), expected));
    }
}
