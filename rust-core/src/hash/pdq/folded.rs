//! The same 64 x 64 luma from a picture that was decoded at a fraction of its size.
//!
//! The double box filter with its sampling is one linear map per axis: place *p* is a weighted sum of about one
//! sixty-fourth of the side's pixels. Hashing a picture that a JPEG decoder gave at 1/8 with the filter of its
//! *small* size drifts by 14 bits on average. Here the weights of the *full* size are computed first and then
//! summed over the pixels that each decoded sample stands for ("folded"): 1.7 bits on average, at most 4 while the
//! short side of the decoded picture has 200 pixels.

use super::downsample::{sample_points, window};
use super::{GRID, LumaGrid};
use crate::hash::LumaView;

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
pub(super) fn downsample(view: &LumaView<'_>, full_width: usize, full_height: usize) -> LumaGrid {
    let across = Axis::new(full_width, view.width(), false);
    let down = Axis::new(full_height, view.height(), false);
    let mut grid = [0.0; GRID * GRID];
    for_each_row(view, |y, luma| down.add(y, &across.row(luma), &mut grid));
    grid
}

/// The same for the picture mirrored at neither, the horizontal, the vertical, and both axes.
///
/// PDQ samples a little right of and below the middle of each place, by up to one and a half pixels, and a mirrored
/// copy is off to the other side. With the signs of the transform changed instead, a mirrored photograph of 256 pixels
/// is 28 bits away in the median (8 of 23 are lost), one of 1,024 pixels 8 bits (1 of 23 lost). So pictures are mirrored
/// before the filter, not after it.
pub(super) fn mirrored(view: &LumaView<'_>, full_width: usize, full_height: usize) -> [LumaGrid; 4] {
    let across = [false, true].map(|mirrored| Axis::new(full_width, view.width(), mirrored));
    let down = [false, true].map(|mirrored| Axis::new(full_height, view.height(), mirrored));
    let mut grids = [[0.0; GRID * GRID]; 4];
    for_each_row(view, |y, luma| {
        let rows = [across[0].row(luma), across[1].row(luma)];
        for (number, grid) in grids.iter_mut().enumerate() {
            down[number % 2].add(y, &rows[number / 2], grid);
        }
    });
    grids
}

fn for_each_row(view: &LumaView<'_>, mut take: impl FnMut(usize, &[f32])) {
    let mut luma = vec![0.0; view.width()];
    for y in 0..view.height() {
        view.luma_row(y, &mut luma);
        take(y, &luma);
    }
}

/// The kernels of one axis.
struct Axis {
    kernels: Vec<Kernel>,
    /// The first kernel that does not end before each sample.
    first: Vec<usize>,
    mirrored: bool,
}

impl Axis {
    fn new(full: usize, decoded: usize, mirrored: bool) -> Self {
        let kernels = kernels(full, decoded, mirrored);
        let first = (0..decoded).map(|sample| kernels.partition_point(|kernel| kernel.end() <= sample)).collect();
        Self { kernels, first, mirrored }
    }

    /// Kernels are kept in the order of their samples, which is the opposite of that of the mirrored places.
    fn place(&self, kernel: usize) -> usize {
        if self.mirrored { GRID - 1 - kernel } else { kernel }
    }

    /// The 64 values of a row.
    fn row(&self, luma: &[f32]) -> [f32; GRID] {
        let mut row = [0.0; GRID];
        for (number, kernel) in self.kernels.iter().enumerate() {
            row[self.place(number)] = dot(&kernel.weights, &luma[kernel.start..kernel.end()]);
        }
        row
    }

    /// Adds row `y` to the places that it is part of.
    fn add(&self, y: usize, row: &[f32; GRID], grid: &mut LumaGrid) {
        let from = self.first[y];
        for (number, kernel) in self.kernels.iter().enumerate().skip(from).take_while(|(_, kernel)| kernel.start <= y) {
            let Some(weight) = kernel.weights.get(y - kernel.start) else { continue };
            let sums = &mut grid[self.place(number) * GRID..][..GRID];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    }
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

/// The 64 kernels of an axis of `full` pixels that was decoded to `decoded` samples, in the order of the samples.
fn kernels(full: usize, decoded: usize, mirrored: bool) -> Vec<Kernel> {
    let window = window(full);
    let ahead = window / 2;
    let behind = window - ahead - 1;
    let last = full - 1;
    let sampling = sampling(full, decoded);
    let sample_of = |pixel: usize| sampling(if mirrored { last - pixel } else { pixel });
    // The pixels under the box filter at `pixel`, cut off at the ends.
    let covered = |pixel: usize| (pixel.saturating_sub(behind), (pixel + ahead).min(last));
    let mut kernels: Vec<Kernel> = sample_points(full)
        .into_iter()
        .map(|place| {
            let (outer_first, outer_last) = covered(place);
            let (first, last) = (covered(outer_first).0, covered(outer_last).1);
            let (start, end) = (sample_of(first).min(sample_of(last)), sample_of(first).max(sample_of(last)));
            let mut weights = vec![0.0f64; end - start + 1];
            for outer in outer_first..=outer_last {
                let (inner_first, inner_last) = covered(outer);
                let size = (inner_last - inner_first + 1) * (outer_last - outer_first + 1);
                for inner in inner_first..=inner_last {
                    weights[sample_of(inner) - start] += 1.0 / size as f64;
                }
            }
            Kernel { start, weights: weights.into_iter().map(|weight| weight as f32).collect() }
        })
        .collect();
    if mirrored {
        kernels.reverse();
    }
    kernels
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
            for mirrored in [false, true] {
                let kernels = kernels(full, decoded, mirrored);
                assert!(kernels.is_sorted_by_key(|kernel| kernel.start) && kernels.is_sorted_by_key(Kernel::end));
                for kernel in kernels {
                    let sum: f32 = kernel.weights.iter().sum();
                    assert!((sum - 1.0).abs() < 1e-5, "{full} at {decoded}: {sum}");
                    assert!(kernel.end() <= decoded);
                }
            }
        }
    }
}
