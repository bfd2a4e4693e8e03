//! Operators that walk a whole tensor and are hot: the same arithmetic as tract's own, in the same order.
//!
//! They are here because everything of tract but its kernels is compiled for size (`Cargo.toml`), where such loops lose
//! what makes them fast: GELU, which owen-S has 25 times, took a third of a check. See `docs/sizes.md`.

use std::f32::consts::FRAC_1_SQRT_2;

use tract_core::internal::{DatumType, ElementWiseMiniOp, Tensor, TractResult};
use tract_core::tract_linalg::routines::Func;

/// Elements that are worked on at once: both buffers stay in the nearest cache.
const CHUNK: usize = 1024;

/// `x * x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Square;

impl ElementWiseMiniOp for Square {
    fn name(&self) -> String {
        "Square".to_owned()
    }

    fn eval_in_place(&self, tensor: &mut Tensor, _: Option<DatumType>) -> TractResult<()> {
        for value in tensor.try_as_plain_ram_mut()?.as_slice_mut::<f32>()? {
            *value *= *value;
        }
        Ok(())
    }
}

/// `x / 2 * (1 + erf(x / sqrt 2))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gelu;

impl ElementWiseMiniOp for Gelu {
    fn name(&self) -> String {
        "Gelu".to_owned()
    }

    fn eval_in_place(&self, tensor: &mut Tensor, _: Option<DatumType>) -> TractResult<()> {
        let erf = Func::Erf.ew_f32()?;
        let mut plain = tensor.try_as_plain_ram_mut()?;
        let mut buffer = [0f32; CHUNK];
        for values in plain.as_slice_mut::<f32>()?.chunks_mut(CHUNK) {
            let scaled = &mut buffer[..values.len()];
            for (scaled, value) in scaled.iter_mut().zip(values.iter()) {
                *scaled = *value * FRAC_1_SQRT_2;
            }
            erf.run(scaled)?;
            for (value, erf) in values.iter_mut().zip(scaled.iter()) {
                *value = (*value * 0.5) * (*erf + 1.0);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tract_core::internal::tensor1;
    use tract_core::ops::math;
    use tract_core::ops::nn::gelu_exact::GeluExact;

    use super::*;

    #[test]
    fn each_gives_what_tracts_own_gives_bit_by_bit() {
        let pairs: [(&dyn ElementWiseMiniOp, &dyn ElementWiseMiniOp); 2] =
            [(&Gelu, &GeluExact {}), (&Square, &math::Square {})];
        for (ours, theirs) in pairs {
            for length in [0, 1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 3] {
                let values: Vec<f32> = (0..length).map(|i| (i as f32 * 0.37).sin() * 6.0).collect();
                let (mut left, mut right) = (tensor1(&values), tensor1(&values));
                ours.eval_in_place(&mut left, None).unwrap();
                theirs.eval_in_place(&mut right, None).unwrap();
                assert_eq!(left, right, "{} of {length}", ours.name());
            }
        }
    }
}
