//! Functions whose every bit is the same on every processor: built from additions and multiplications alone, because
//! the `exp` of one platform's library is not that of another.

/// 1 + ln(n) for how often a feature occurs in a message, n from 1 to 8; more counts as 8.
const LOG_COUNT: [f32; 8] =
    [1.0, 1.693_147_2, 2.098_612_3, 2.386_294_4, 2.609_438, 2.791_759_5, 2.945_910_2, 3.079_441_5];

/// Damped count of a feature: 1 + ln(count).
pub(super) fn log_count(count: usize) -> f32 {
    LOG_COUNT[count.clamp(1, LOG_COUNT.len()) - 1]
}

/// e to the power of x, within a millionth part.
pub(super) fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    let scaled = x.clamp(-80.0, 80.0) * LOG2_E;
    let whole = scaled.floor();
    let rest = (scaled - whole) * std::f32::consts::LN_2;
    // Taylor of degree 7 on [0, ln 2): the rest term is below 2^-20.
    let series = 1.0
        + rest
            * (1.0
                + rest / 2.0
                    * (1.0
                        + rest / 3.0
                            * (1.0 + rest / 4.0 * (1.0 + rest / 5.0 * (1.0 + rest / 6.0 * (1.0 + rest / 7.0))))));
    series * f32::from_bits((((whole as i32) + 127) as u32) << 23)
}

/// 1 / (1 + e^-x).
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent.
pub(super) fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// Adds to the sums what each input times its row of weights contributes; a row has a weight for each sum. Sums grow in
/// the order of the inputs, so that their bits do not hang on how many rows are taken at a time.
pub(super) fn add_rows(sums: &mut [f32], weights: &[f32], inputs: &[f32]) {
    // Four rows at a time: a sum is read and written once for them. A third of what a message costs is done here.
    const ROWS: usize = 4;
    let width = sums.len();
    if width == 0 {
        return;
    }
    let (blocks, rest) = (inputs.chunks_exact(ROWS), inputs.len() % ROWS);
    for (values, rows) in blocks.clone().zip(weights.chunks_exact(ROWS * width)) {
        let (first, second) = rows.split_at(2 * width);
        let ((a, b), (c, d)) = (first.split_at(width), second.split_at(width));
        for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *sum = *sum + values[0] * a + values[1] * b + values[2] * c + values[3] * d;
        }
    }
    let rows = weights.chunks_exact(width).skip(inputs.len() - rest);
    for (value, row) in blocks.remainder().iter().zip(rows) {
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_one_after_the_other() {
        for inputs in 0..10 {
            let x: Vec<f32> = (0..inputs).map(|i| 0.1 + i as f32 / 3.0).collect();
            let weights: Vec<f32> = (0..3 * inputs).map(|i| (i as f32 * 0.7).sin() * 1e3).collect();
            let mut expected = [0.5f32, -0.25, 1e-3];
            for (value, row) in x.iter().zip(weights.chunks_exact(3)) {
                expected.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
            }
            let mut sums = [0.5f32, -0.25, 1e-3];
            add_rows(&mut sums, &weights, &x);
            assert_eq!(sums.map(f32::to_bits), expected.map(f32::to_bits), "{inputs} rows");
        }
        add_rows(&mut [], &[], &[1.0]);
    }

    #[test]
    fn they_agree_with_the_library() {
        for i in -2000..=2000 {
            let x = i as f32 / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
            assert!((sigmoid(x) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-6, "{x}");
            assert!((tanh(x) - x.tanh()).abs() < 1e-6, "{x}");
        }
        assert!(exp(-1e9) >= 0.0 && exp(1e9).is_finite());
        assert!((log_count(3) - (1.0 + 3f32.ln())).abs() < 1e-6);
        assert_eq!(log_count(8), log_count(10_000));
    }
}
