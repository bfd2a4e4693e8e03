//! Antialiased bilinear resampling, the way the networks' training pictures were made.
//!
//! The filter is a triangle whose support grows with the reduction (what Pillow calls `BILINEAR`), in two passes,
//! rounded to bytes in between as Pillow does: the preprocessing is part of the model, and drift of a few hundredths
//! in a score comes from exactly here.

use super::picture::{Picture, Region};

/// Resamples `region` of `picture` to `width x height` RGB bytes.
pub(super) fn resample(picture: &Picture, region: Region, width: usize, height: usize) -> Vec<u8> {
    let columns = taps(region.width as usize, width);
    let rows = taps(region.height as usize, height);
    let stride = picture.width as usize * 3;
    let first_row = region.y as usize;
    let left = region.x as usize * 3;

    // Row after row, so that memory hangs on the target alone: a strip has a million rows in a file of kilobytes.
    let mut sums = vec![0f32; rows.len() * width * 3];
    let mut narrow = Vec::with_capacity(width * 3);
    let mut first_open = 0;
    for y in 0..region.height as usize {
        let start = (first_row + y) * stride + left;
        let row = &picture.rgb[start..start + region.width as usize * 3];
        narrow.clear();
        for tap in &columns {
            let mut sum = [0f32; 3];
            for (weight, pixel) in tap.weights.iter().zip(row[tap.start * 3..].chunks_exact(3)) {
                for (s, &p) in sum.iter_mut().zip(pixel) {
                    *s += weight * f32::from(p);
                }
            }
            narrow.extend(sum.map(to_byte));
        }
        // Starts and ends only rise, so the targets that this row is a part of stand side by side.
        first_open += rows[first_open..].iter().take_while(|tap| tap.start + tap.weights.len() <= y).count();
        let open = rows[first_open..].iter().take_while(|tap| tap.start <= y);
        for (tap, sums) in open.zip(sums[first_open * width * 3..].chunks_exact_mut(width * 3)) {
            let weight = tap.weights[y - tap.start];
            for (s, &p) in sums.iter_mut().zip(&narrow) {
                *s += weight * f32::from(p);
            }
        }
    }
    sums.into_iter().map(to_byte).collect()
}

fn to_byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// The source samples that one output sample is made of.
struct Tap {
    start: usize,
    weights: Vec<f32>,
}

fn taps(source: usize, target: usize) -> Vec<Tap> {
    let scale = source as f64 / target as f64;
    let support = scale.max(1.0);
    (0..target)
        .map(|i| {
            let centre = (i as f64 + 0.5) * scale;
            let start = ((centre - support + 0.5).max(0.0) as usize).min(source - 1);
            let end = ((centre + support + 0.5) as usize).clamp(start + 1, source);
            let weights: Vec<f64> =
                (start..end).map(|x| (1.0 - ((x as f64 + 0.5 - centre) / support).abs()).max(0.0)).collect();
            let total: f64 = weights.iter().sum();
            let weights = if total > 0.0 {
                weights.iter().map(|w| (w / total) as f32).collect()
            } else {
                // One sample so far from any centre that its weight is nil: it is still the nearest there is.
                vec![1.0 / weights.len() as f32; weights.len()]
            };
            Tap { start, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_gives_the_same_pixels() {
        let picture = Picture::grey(17, 9, |x, y| (x * 13 + y * 7) as u8);
        assert_eq!(resample(&picture, picture.whole(), 17, 9), picture.rgb);
    }

    #[test]
    fn a_flat_picture_stays_flat_at_any_size() {
        for (width, height) in [(1, 1), (1, 900), (3, 2), (500, 7), (1000, 1000)] {
            let picture = Picture::grey(width, height, |_, _| 131);
            assert!(resample(&picture, picture.whole(), 224, 224).iter().all(|&p| p == 131), "{width}x{height}");
        }
    }

    /// Values from Pillow 12: `Image.resize((3, 1), BILINEAR)` of a row 0, 50, 100, ..., 250 and of its enlargement.
    #[test]
    fn rows_equal_pillows() {
        let ramp = Picture::grey(6, 1, |x, _| (x * 50) as u8);
        let firsts = |w| resample(&ramp, ramp.whole(), w, 1).chunks(3).map(|p| p[0]).collect::<Vec<_>>();
        assert_eq!(firsts(3), PILLOW_HALF);
        assert_eq!(firsts(9), PILLOW_LARGER);
    }
    const PILLOW_HALF: [u8; 3] = [36, 125, 214];
    const PILLOW_LARGER: [u8; 9] = [0, 25, 58, 92, 125, 158, 192, 225, 250];

    #[test]
    fn a_region_is_read_alone() {
        let picture =
            Picture::grey(40, 40, |x, y| if (10..20).contains(&x) && (20..30).contains(&y) { 200 } else { 3 });
        let inside = Region { x: 10, y: 20, width: 10, height: 10 };
        assert!(resample(&picture, inside, 224, 224).iter().all(|&p| p == 200));
    }
}
