//! What a JPEG of a given quality does to a picture, without writing one: colour conversion, halved chroma, the
//! 8 x 8 DCT, quantisation, and back (ITU-T T.81, JFIF 1.02). The entropy coding in between is lossless and left out.

use std::f32::consts::PI;
use std::sync::OnceLock;

/// Table K.1 of ITU-T T.81, brightness.
#[rustfmt::skip]
const LUMA: [u32; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
/// Table K.2, colour.
#[rustfmt::skip]
const CHROMA: [u32; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Replaces a square picture by what would be decoded after saving it at `quality` (1 to 100) with 4:2:0 chroma.
/// `side` must be a multiple of 16; other sizes are left as they are.
pub(super) fn jpeg_round_trip(rgb: &mut [u8], side: usize, quality: u32) {
    if side == 0 || !side.is_multiple_of(16) || rgb.len() != side * side * 3 {
        return;
    }
    let half = side / 2;
    let mut luma = vec![0f32; side * side];
    let mut blue = vec![0f32; half * half];
    let mut red = vec![0f32; half * half];
    for (i, pixel) in rgb.chunks_exact(3).enumerate() {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        luma[i] = (0.299 * r + 0.587 * g + 0.114 * b).round() - 128.0;
        let at = i / side / 2 * half + i % side / 2;
        blue[at] += (128.0 - 0.168_736 * r - 0.331_264 * g + 0.5 * b).round() / 4.0;
        red[at] += (128.0 + 0.5 * r - 0.418_688 * g - 0.081_312 * b).round() / 4.0;
    }
    for plane in [&mut blue, &mut red] {
        plane.iter_mut().for_each(|v| *v = v.round() - 128.0);
    }
    quantise(&mut luma, side, &scaled(&LUMA, quality));
    quantise(&mut blue, half, &scaled(&CHROMA, quality));
    quantise(&mut red, half, &scaled(&CHROMA, quality));
    let (blue, red) = (enlarge(&blue, half), enlarge(&red, half));
    for (i, pixel) in rgb.chunks_exact_mut(3).enumerate() {
        let (y, cb, cr) = (luma[i] + 128.0, blue[i], red[i]);
        pixel[0] = to_byte(y + 1.402 * cr);
        pixel[1] = to_byte(y - 0.344_136 * cb - 0.714_136 * cr);
        pixel[2] = to_byte(y + 1.772 * cb);
    }
}

/// The quality scale that the Independent JPEG Group's library introduced and everybody follows.
fn scaled(table: &[u32; 64], quality: u32) -> [f32; 64] {
    let quality = quality.clamp(1, 100);
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    table.map(|q| ((q * percent + 50) / 100).clamp(1, 255) as f32)
}

/// Each 8 x 8 block through the DCT, the quantiser, and back, in place. Samples are centred on zero.
fn quantise(plane: &mut [f32], side: usize, table: &[f32; 64]) {
    let basis = basis();
    let mut block = [0f32; 64];
    let mut other = [0f32; 64];
    for top in (0..side).step_by(8) {
        for left in (0..side).step_by(8) {
            for row in 0..8 {
                let start = (top + row) * side + left;
                block[row * 8..row * 8 + 8].copy_from_slice(&plane[start..start + 8]);
            }
            forward_rows(&block, &mut other, basis);
            forward_rows(&other, &mut block, basis);
            for (value, step) in block.iter_mut().zip(table) {
                *value = (*value / step).round() * step;
            }
            inverse_rows(&block, &mut other, basis);
            inverse_rows(&other, &mut block, basis);
            for row in 0..8 {
                let start = (top + row) * side + left;
                for (place, value) in plane[start..start + 8].iter_mut().zip(&block[row * 8..row * 8 + 8]) {
                    *place = value.round().clamp(-128.0, 127.0);
                }
            }
        }
    }
}

/// `basis[u][x]` of the orthonormal 8-point DCT-II.
fn basis() -> &'static [[f32; 8]; 8] {
    static BASIS: OnceLock<[[f32; 8]; 8]> = OnceLock::new();
    BASIS.get_or_init(|| {
        std::array::from_fn(|u| {
            let norm = if u == 0 { (1f32 / 8.0).sqrt() } else { 0.5 };
            std::array::from_fn(|x| norm * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos())
        })
    })
}

/// Transforms each row and writes it as a column, so that two calls make the whole 2-D transform.
fn forward_rows(from: &[f32; 64], to: &mut [f32; 64], basis: &[[f32; 8]; 8]) {
    for (row, samples) in from.chunks_exact(8).enumerate() {
        for (u, wave) in basis.iter().enumerate() {
            to[u * 8 + row] = samples.iter().zip(wave).map(|(s, w)| s * w).sum();
        }
    }
}

fn inverse_rows(from: &[f32; 64], to: &mut [f32; 64], basis: &[[f32; 8]; 8]) {
    for (row, coefficients) in from.chunks_exact(8).enumerate() {
        for x in 0..8 {
            to[x * 8 + row] = coefficients.iter().zip(basis).map(|(c, wave)| c * wave[x]).sum();
        }
    }
}

/// Doubles a chroma plane with the triangle filter (weights 9, 3, 3, 1 of 16) that decoders call fancy upsampling.
fn enlarge(plane: &[f32], side: usize) -> Vec<f32> {
    let at = |x: usize, y: usize| plane[y * side + x];
    let neighbour = |v: usize| {
        let centre = v / 2;
        let other = if v.is_multiple_of(2) { centre.saturating_sub(1) } else { (centre + 1).min(side - 1) };
        (centre, other)
    };
    let mut out = Vec::with_capacity(side * side * 4);
    for y in 0..side * 2 {
        let (y0, y1) = neighbour(y);
        for x in 0..side * 2 {
            let (x0, x1) = neighbour(x);
            out.push((9.0 * at(x0, y0) + 3.0 * at(x1, y0) + 3.0 * at(x0, y1) + at(x1, y1)) / 16.0);
        }
    }
    out
}

fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(side: usize, f: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        (0..side * side).flat_map(|i| f(i % side, i / side)).collect()
    }

    fn largest_change(a: &[u8], b: &[u8]) -> u8 {
        a.iter().zip(b).map(|(x, y)| x.abs_diff(*y)).max().unwrap_or(0)
    }

    #[test]
    fn flat_colours_and_high_qualities_come_back_nearly_unchanged() {
        let flat = picture(32, |_, _| [120, 90, 200]);
        let mut trip = flat.clone();
        jpeg_round_trip(&mut trip, 32, 75);
        assert!(largest_change(&flat, &trip) <= 3);
        let smooth = picture(64, |x, y| [(x * 3) as u8, (y * 3) as u8, 128]);
        let mut trip = smooth.clone();
        jpeg_round_trip(&mut trip, 64, 100);
        assert!(largest_change(&smooth, &trip) <= 8);
    }

    #[test]
    fn low_qualities_lose_fine_detail() {
        let checks = picture(32, |x, y| [if (x + y) % 2 == 0 { 140 } else { 116 }; 3]);
        let mut trip = checks.clone();
        jpeg_round_trip(&mut trip, 32, 10);
        assert!(trip.iter().all(|p| p.abs_diff(128) <= 4), "an 8-bit checkerboard is below the quantiser's step");
    }

    #[test]
    fn sizes_that_do_not_fit_are_left_alone() {
        let mut odd = vec![9; 15 * 15 * 3];
        jpeg_round_trip(&mut odd, 15, 75);
        assert!(odd.iter().all(|&p| p == 9));
    }
}
