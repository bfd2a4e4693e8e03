//! The same 64 x 64 luma from a picture that was decoded at a fraction of its size.
//!
//! The double box filter with its sampling is one linear map per axis: place *p* is a weighted sum of about one
//! sixty-fourth of the side's pixels. Hashing a picture that a JPEG decoder gave at 1/8 with the filter of its
//! *small* size drifts by 14 bits on average. Here the weights of the *full* size are computed first and then
//! summed over the pixels that each decoded sample stands for ("folded"): 1.7 bits on average, at most 4 while the
//! short side of the decoded picture has 200 pixels.

use super::downsample::{sample_points, window};
use super::{GRID, LumaGrid};
use crate::hash::PixelView;

/// The samples that one of the 64 places is made of.
struct Kernel {
    start: usize,
    weights: Vec<f32>,
}

impl Kernel {
    fn end(&self) -> usize {
        self.start + self.weights.len()
    }
}

/// 64 x 64 luma of a picture of `full_width` x `full_height` pixels, of which `view` is a decoding at a fraction.
pub(super) fn downsample(view: &PixelView<'_>, full_width: usize, full_height: usize) -> LumaGrid {
    let across = kernels(full_width, view.width());
    let down = kernels(full_height, view.height());
    let mut grid = [0.0; GRID * GRID];
    let mut luma = vec![0.0; view.width()];
    let mut first = 0;
    for y in 0..view.height() {
        while first < GRID && down[first].end() <= y {
            first += 1;
        }
        view.luma_row(y, &mut luma);
        let row: [f32; GRID] =
            std::array::from_fn(|place| dot(&across[place].weights, &luma[across[place].start..across[place].end()]));
        // Kernels begin in order, so the ones that this row is part of follow each other.
        for (place, kernel) in down.iter().enumerate().skip(first).take_while(|(_, kernel)| kernel.start <= y) {
            let Some(weight) = kernel.weights.get(y - kernel.start) else { continue };
            for (sum, value) in grid[place * GRID..][..GRID].iter_mut().zip(&row) {
                *sum += weight * value;
            }
        }
    }
    grid
}

/// Sum of products, in eight running sums that a vector holds.
fn dot(weights: &[f32], values: &[f32]) -> f32 {
    let (weight_blocks, weight_rest) = weights.as_chunks::<8>();
    let (value_blocks, value_rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (weights, values) in weight_blocks.iter().zip(value_blocks) {
        for (sum, (weight, value)) in sums.iter_mut().zip(weights.iter().zip(values)) {
            *sum += weight * value;
        }
    }
    let rest: f32 = weight_rest.iter().zip(value_rest).map(|(weight, value)| weight * value).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// The 64 kernels of an axis of `full` pixels that was decoded to `decoded` samples.
fn kernels(full: usize, decoded: usize) -> Vec<Kernel> {
    let window = window(full);
    let ahead = window / 2;
    let behind = window - ahead - 1;
    let last = full - 1;
    let sample_of = sampling(full, decoded);
    // The pixels under the box filter at `pixel`, cut off at the ends.
    let covered = |pixel: usize| (pixel.saturating_sub(behind), (pixel + ahead).min(last));
    sample_points(full)
        .into_iter()
        .map(|place| {
            let (outer_first, outer_last) = covered(place);
            let (first, last) = (covered(outer_first).0, covered(outer_last).1);
            let start = sample_of(first);
            let mut weights = vec![0.0f64; sample_of(last) - start + 1];
            for outer in outer_first..=outer_last {
                let (inner_first, inner_last) = covered(outer);
                let size = (inner_last - inner_first + 1) * (outer_last - outer_first + 1);
                for inner in inner_first..=inner_last {
                    weights[sample_of(inner) - start] += 1.0 / size as f64;
                }
            }
            Kernel { start, weights: weights.into_iter().map(|weight| weight as f32).collect() }
        })
        .collect()
}

/// Which decoded sample stands for a pixel. JPEG decoders reduce by a whole number and keep a narrower last sample;
/// others stretch evenly.
fn sampling(full: usize, decoded: usize) -> impl Fn(usize) -> usize {
    let whole = [1, 2, 4, 8].into_iter().find(|scale| full.div_ceil(*scale) == decoded);
    move |pixel| match whole {
        Some(scale) => pixel / scale,
        None => (pixel * decoded / full).min(decoded - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_weighs_one() {
        for (full, decoded) in [(4000, 500), (4001, 501), (64, 64), (7, 7), (1000, 333), (640, 320)] {
            for kernel in kernels(full, decoded) {
                let sum: f32 = kernel.weights.iter().sum();
                assert!((sum - 1.0).abs() < 1e-5, "{full} at {decoded}: {sum}");
                assert!(kernel.end() <= decoded);
            }
        }
    }
}
