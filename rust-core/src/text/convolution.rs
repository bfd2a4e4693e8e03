//! Filters of one to three tokens that slide over a message; the strongest answer of each counts (Kim, EMNLP 2014).
//!
//! A filter adds up what the tokens under it give. What a token gives to each place of each filter does not hang on its
//! neighbours, so it is worked out token by token, and kept for words of a fixed list: they make up nine tenths of
//! what is written in a chat. Nothing of a message is kept that is not in that list.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::features::{token_hashes, word_hashes};
use super::layer::Layer;
use super::model::{Input, WeightsError};
use super::normalise::Normalised;

/// Widths of the filters, in tokens.
const WIDTHS: std::ops::RangeInclusive<usize> = 1..=3;
const MAX_TABLE_BITS: u32 = 14;

/// The commonest tokens of the training corpus, a line each, as the normaliser leaves them. Which words stand there
/// changes how fast a message is read, not what is read in it.
const FREQUENT_WORDS: &str = include_str!("frequent_words.txt");

/// Tables of tokens, and the filters over them.
#[derive(Debug, Clone)]
pub(super) struct Convolutions {
    full: Table,
    bare: Table,
    layers: Vec<Layer>,
    /// Rows of frequent words in the two tables, in order, and what these words give once they have been met.
    frequent: Vec<([u32; 2], OnceLock<Vec<f32>>)>,
}

impl Convolutions {
    /// ```text
    /// f32 unit, 2^bits x dimensions x i8                          twice: as written, without diacritics
    /// f32 unit, width x dimensions x filters x i8, filters x f32  for each width
    /// ```
    pub(super) fn read(
        input: &mut Input<'_>,
        [full_bits, bare_bits]: [u32; 2],
        dimensions: usize,
        filters: usize,
    ) -> Result<Self, WeightsError> {
        if full_bits.max(bare_bits) > MAX_TABLE_BITS {
            return Err(WeightsError);
        }
        let (full, bare) = (Table::read(input, full_bits, dimensions)?, Table::read(input, bare_bits, dimensions)?);
        let layers =
            WIDTHS.map(|width| Layer::of_steps(input, width * dimensions, filters)).collect::<Result<Vec<_>, _>>()?;
        let mut out = Self { full, bare, layers, frequent: Vec::new() };
        out.frequent = FREQUENT_WORDS.lines().map(|word| (out.rows(word_hashes(word)), OnceLock::new())).collect();
        out.frequent.sort_unstable_by_key(|(rows, _)| *rows);
        out.frequent.dedup_by_key(|(rows, _)| *rows);
        Ok(out)
    }

    /// How many answers there are.
    pub(super) fn answers(&self) -> usize {
        self.layers.iter().map(Layer::outputs).sum()
    }

    /// The strongest answer of each filter, those of one token first.
    pub(super) fn strongest(&self, message: &Normalised) -> Vec<f32> {
        let given: Vec<_> = token_hashes(message).into_iter().map(|hashes| self.given(hashes)).collect();
        let mut answers = Vec::with_capacity(self.answers());
        let mut places = 0;
        for (layer, width) in self.layers.iter().zip(WIDTHS) {
            answers.extend(strongest(layer, width, places * layer.outputs(), &given));
            places += width;
        }
        answers
    }

    /// What a token gives to every place of every filter: for each width a row of filters for each place.
    fn given(&self, hashes: [u32; 2]) -> Cow<'_, [f32]> {
        let rows = self.rows(hashes);
        match self.frequent.binary_search_by_key(&rows, |(rows, _)| *rows) {
            Ok(at) => Cow::Borrowed(self.frequent[at].1.get_or_init(|| self.work_out(rows))),
            Err(_) => Cow::Owned(self.work_out(rows)),
        }
    }

    fn work_out(&self, [full, bare]: [u32; 2]) -> Vec<f32> {
        let (a, b) = (self.full.unit, self.bare.unit);
        let (full, bare) = (self.full.row(full), self.bare.row(bare));
        let token: Vec<f32> = full.iter().zip(bare).map(|(x, y)| a * f32::from(*x) + b * f32::from(*y)).collect();
        let mut out = Vec::with_capacity(WIDTHS.sum::<usize>() * self.layers[0].outputs());
        for (layer, width) in self.layers.iter().zip(WIDTHS) {
            for place in 0..width {
                let from = out.len();
                out.resize(from + layer.outputs(), 0.0);
                layer.add(place * token.len(), &token, &mut out[from..]);
            }
        }
        out
    }

    fn rows(&self, [full, bare]: [u32; 2]) -> [u32; 2] {
        [full & self.full.mask, bare & self.bare.mask]
    }
}

/// The strongest answer of each filter at any place, those that reach beyond either end too, and never below what it
/// answers to nothing. What the tokens give to these filters begins at `from`.
fn strongest(layer: &Layer, width: usize, from: usize, given: &[Cow<'_, [f32]>]) -> Vec<f32> {
    let filters = layer.outputs();
    let mut best: Vec<f32> = layer.bias().iter().map(|bias| bias.max(0.0)).collect();
    let mut answer = vec![0.0; filters];
    // Places are counted from the last one before the message that still reaches into it.
    for first in 1..(given.len() + width) {
        answer.copy_from_slice(layer.bias());
        for place in width.saturating_sub(first)..width.min(given.len() + width - first) {
            let row = &given[first + place - width][from + place * filters..][..filters];
            answer.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        best.iter_mut().zip(&answer).for_each(|(best, answer)| *best = best.max(*answer));
    }
    best
}

/// Rows of small numbers, one for each hash.
#[derive(Debug, Clone)]
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

    fn row(&self, row: u32) -> &[i8] {
        let at = row as usize * self.dimensions;
        &self.rows[at..at + self.dimensions]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    /// Two dimensions, two filters a width, 4,096 rows a table, weights of all sorts.
    fn filters() -> Convolutions {
        let mut steps = (0u32..).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 24) as u8);
        let mut bytes = Vec::new();
        for (weights, biases) in [(8192, 0), (8192, 0), (4, 2), (8, 2), (12, 2)] {
            bytes.extend(0.01f32.to_le_bytes());
            bytes.extend(steps.by_ref().take(weights));
            bytes.extend((0..biases).flat_map(|n| (0.1 * n as f32 - 0.05).to_le_bytes()));
        }
        Convolutions::read(&mut Input::new(&bytes), [12, 12], 2, 2).unwrap()
    }

    #[test]
    fn words_of_the_list_are_read_as_others_are() {
        let (with, mut without) = (filters(), filters());
        without.frequent.clear();
        for message in ["em", "không em ơi gặp con ở", "tới chỗ zyxomat nha zyxomat em", "", "em em em em"] {
            let message = normalise(message);
            let bits = |answers: Vec<f32>| answers.into_iter().map(f32::to_bits).collect::<Vec<_>>();
            let expected = bits(without.strongest(&message));
            // Before a word has been met, and after.
            assert_eq!(bits(with.strongest(&message)), expected);
            assert_eq!(bits(with.strongest(&message)), expected);
        }
    }

    #[test]
    fn of_a_message_only_words_of_the_list_are_kept() {
        let filters = filters();
        filters.strongest(&normalise("em gặp zyxomat em"));
        let kept: Vec<_> = filters.frequent.iter().filter(|(_, given)| given.get().is_some()).collect();
        assert_eq!(kept.len(), 2);
        assert!(["em", "gặp"].iter().all(|word| kept.iter().any(|(rows, _)| *rows == filters.rows(word_hashes(word)))));
    }

    #[test]
    fn the_list_holds_tokens_as_the_normaliser_leaves_them() {
        let words: Vec<&str> = FREQUENT_WORDS.lines().collect();
        assert!(words.len() <= 1024);
        for (n, word) in words.iter().enumerate() {
            assert!(!words[..n].contains(word), "{word} stands there twice");
            assert!(word.starts_with('<') || normalise(word).text() == *word, "{word} is rewritten");
        }
    }
}
