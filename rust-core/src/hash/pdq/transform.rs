//! From 64 x 64 luma to bits: the cosine transform, its median, the quality, and the eight dihedral forms.

use super::{Coefficients, Dihedral, GRID, LumaGrid, PdqHash};

/// Frequencies that are kept along each axis: 1 to 16 half-waves, without the constant term.
const FREQUENCIES: usize = 16;

/// cos(pi m / 128) for m = 0 to 64, written out so that every platform has the same bits whatever its cosine does.
#[rustfmt::skip]
const COSINES: [f64; 65] = [
    1.0, 0.9996988186962042, 0.9987954562051724, 0.9972904566786902, 0.9951847266721969,
    0.99247953459871, 0.989176509964781, 0.9852776423889412, 0.9807852804032304, 0.9757021300385286,
    0.970031253194544, 0.9637760657954398, 0.9569403357322088, 0.9495281805930367, 0.9415440651830208,
    0.932992798834739, 0.9238795325112867, 0.9142097557035307, 0.9039892931234433, 0.8932243011955153,
    0.881921264348355, 0.8700869911087115, 0.8577286100002721, 0.8448535652497071, 0.8314696123025452,
    0.8175848131515837, 0.8032075314806449, 0.7883464276266063, 0.773010453362737, 0.7572088465064846,
    0.7409511253549591, 0.724247082951467, std::f64::consts::FRAC_1_SQRT_2, 0.6895405447370669, 0.6715589548470183,
    0.6531728429537768, 0.6343932841636455, 0.6152315905806268, 0.5956993044924335, 0.5758081914178453,
    0.5555702330196023, 0.5349976198870973, 0.5141027441932217, 0.4928981922297841, 0.4713967368259978,
    0.4496113296546066, 0.4275550934302822, 0.40524131400498986, 0.38268343236508984, 0.3598950365349883,
    0.33688985339222005, 0.3136817403988916, 0.29028467725446233, 0.2667127574748984, 0.24298017990326398,
    0.21910124015686977, 0.19509032201612833, 0.17096188876030136, 0.14673047445536175, 0.12241067519921628,
    0.09801714032956077, 0.07356456359966745, 0.049067674327418126, 0.024541228522912264, 0.0,
];

/// The 16 x 64 matrix of the transform: sqrt(2 / 64) cos(pi / 128 (i + 1) (2 j + 1)).
static MATRIX: [[f32; GRID]; FREQUENCIES] = matrix();

const fn matrix() -> [[f32; GRID]; FREQUENCIES] {
    // sqrt(2 / 64) rounded to f32, as the reference holds it.
    let scale = 0.176_776_69_f32 as f64;
    let mut matrix = [[0.0; GRID]; FREQUENCIES];
    let mut i = 0;
    while i < FREQUENCIES {
        let mut j = 0;
        while j < GRID {
            matrix[i][j] = (scale * cosine((i + 1) * (2 * j + 1))) as f32;
            j += 1;
        }
        i += 1;
    }
    matrix
}

const fn cosine(m: usize) -> f64 {
    let m = m % 256;
    let m = if m > 128 { 256 - m } else { m };
    if m <= 64 { COSINES[m] } else { -COSINES[128 - m] }
}

/// The 16 x 16 coefficients, row by row.
pub(super) fn transform(grid: &LumaGrid) -> Coefficients {
    let mut half = [[0.0; GRID]; FREQUENCIES];
    for (sums, weights) in half.iter_mut().zip(&MATRIX) {
        for (weight, row) in weights.iter().zip(grid.as_chunks::<GRID>().0) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    let mut coefficients = [0.0; FREQUENCIES * FREQUENCIES];
    for (sums, row) in coefficients.as_chunks_mut::<FREQUENCIES>().0.iter_mut().zip(&half) {
        for (k, value) in row.iter().enumerate() {
            for (sum, weights) in sums.iter_mut().zip(&MATRIX) {
                *sum += value * weights[k];
            }
        }
    }
    coefficients
}

/// The hash: bit 16 i + j is set where coefficient (i, j) is above the 128th smallest.
pub(super) fn bits(coefficients: &Coefficients) -> PdqHash {
    let median = median(coefficients);
    let mut words = [0u64; 4];
    for (bit, value) in coefficients.iter().enumerate() {
        words[3 - bit / 64] |= u64::from(*value > median) << (bit % 64);
    }
    PdqHash::from_words(words)
}

/// The 128th smallest of 256 values.
fn median(values: &Coefficients) -> f32 {
    let mut sorted = *values;
    *sorted.select_nth_unstable_by(values.len() / 2 - 1, f32::total_cmp).1
}

/// The median distance of a coefficient from the median: how much it would take to turn half of the bits.
pub(super) fn margin(coefficients: &Coefficients) -> f32 {
    let median_value = median(coefficients);
    median(&coefficients.map(|value| (value - median_value).abs()))
}

/// PDQ's quality, 0 to 100: the sum of whole luma steps (in hundredths of the range) between neighbours, by 90.
pub(super) fn quality(grid: &LumaGrid) -> u8 {
    let step = |a: f32, b: f32| (((a - b) * 100.0) / 255.0) as i32;
    let rows = grid.as_chunks::<GRID>().0;
    let down: i32 =
        rows.windows(2).flat_map(|pair| pair[0].iter().zip(&pair[1])).map(|(a, b)| step(*a, *b).abs()).sum();
    let across: i32 = rows.iter().flat_map(|row| row.windows(2)).map(|pair| step(pair[0], pair[1]).abs()).sum();
    ((down + across) / 90).clamp(0, 100) as u8
}

/// The coefficients of the picture turned or mirrored as `form` says: the transform of a mirrored line differs in
/// the signs of its even harmonics only, and that of a transposed picture is transposed.
pub(super) fn turned(coefficients: &Coefficients, form: Dihedral) -> Coefficients {
    let (transposed, negative): (bool, fn(usize, usize) -> bool) = match form {
        Dihedral::Original => (false, |_, _| false),
        Dihedral::Rotate90 => (true, |_, j| j % 2 == 0),
        Dihedral::Rotate180 => (false, |i, j| (i + j) % 2 == 1),
        Dihedral::Rotate270 => (true, |i, _| i % 2 == 0),
        Dihedral::FlipX => (false, |i, _| i % 2 == 0),
        Dihedral::FlipY => (false, |_, j| j % 2 == 0),
        Dihedral::FlipPlus1 => (true, |_, _| false),
        Dihedral::FlipMinus1 => (true, |i, j| (i + j) % 2 == 1),
    };
    let mut turned = [0.0; FREQUENCIES * FREQUENCIES];
    for i in 0..FREQUENCIES {
        for j in 0..FREQUENCIES {
            let value = coefficients[i * FREQUENCIES + j];
            let place = if transposed { j * FREQUENCIES + i } else { i * FREQUENCIES + j };
            turned[place] = if negative(i, j) { -value } else { value };
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_cosine() {
        for m in 0..512 {
            let direct = (std::f64::consts::PI / 128.0 * m as f64).cos();
            assert!((cosine(m) - direct).abs() < 1e-13, "{m}");
        }
    }

    #[test]
    fn a_half_wave_lands_on_its_coefficient() {
        let mut grid = [0.0; GRID * GRID];
        for (place, value) in grid.iter_mut().enumerate() {
            let (y, x) = (place / GRID, place % GRID);
            *value = (100.0 * cosine(3 * (2 * y + 1)) * cosine(5 * (2 * x + 1))) as f32;
        }
        let coefficients = transform(&grid);
        let largest = (0..256).max_by(|a, b| coefficients[*a].abs().total_cmp(&coefficients[*b].abs()));
        assert_eq!(largest, Some(16 * 2 + 4));
    }
}
