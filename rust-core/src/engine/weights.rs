//! Packed weights: the tensors of a network in one file, stored small and widened to `f32` when they are loaded.
//!
//! ```text
//! "LCW1"  u32 count, then per tensor:
//!   u16 length, name   u8 encoding   u8 rank   u32 x rank dimensions   data
//! ```
//! All numbers are little-endian. Arithmetic stays in `f32`: integer arithmetic (QDQ graphs) loads in tract and then
//! returns constants without an error, so only the storage is small.

use super::EngineError;

const MAGIC: &[u8; 4] = b"LCW1";
/// More tensors, dimensions or elements of all of them than any model of ours has; a file that claims more is damaged.
const MAX_TENSORS: usize = 4096;
const MAX_RANK: usize = 6;
const MAX_ELEMENTS: usize = 32 << 20;
/// Largest scale: times any level that two bytes can hold it is a number.
const MAX_SCALE: f32 = f32::MAX / 32768.0;

/// How the elements of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 half precision; moves a score of the shipped models by at most 0.003.
    F16,
    /// Signed bytes with one `f32` scale for each index of the first axis.
    Int8Rows,
    /// Signed bytes with one `f32` scale for each index of the last axis.
    Int8Columns,
    /// Levels from -511 to 511 with one `f32` scale for each index of the first axis: all low bytes, then all high
    /// ones. The high bytes hold two bits each, which is what is left of them in a compressed package. What it moves scores
    /// by is in `docs/decisions/0014-ten-bits-a-weight.md`.
    Int10Rows,
    /// The same with one scale for each index of the last axis.
    Int10Columns,
}

/// All encodings in the order of their codes.
const ENCODINGS: [Encoding; 6] = [
    Encoding::F32,
    Encoding::F16,
    Encoding::Int8Rows,
    Encoding::Int8Columns,
    Encoding::Int10Rows,
    Encoding::Int10Columns,
];

impl Encoding {
    fn code(self) -> u8 {
        self as u8
    }

    fn from_code(code: u8) -> Option<Self> {
        ENCODINGS.get(usize::from(code)).copied()
    }

    /// Whether scales belong to the first axis, not the last; of an encoding with scales.
    fn is_by_rows(self) -> bool {
        matches!(self, Self::Int8Rows | Self::Int10Rows)
    }

    /// Largest level; of an encoding with scales.
    fn levels(self) -> f32 {
        if matches!(self, Self::Int10Rows | Self::Int10Columns) { 511.0 } else { 127.0 }
    }
}

/// A tensor by name, in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// The name by which the graph asks for it.
    pub name: String,
    /// Its dimensions; empty for a scalar.
    pub shape: Vec<usize>,
    /// Its elements, as many as the product of the dimensions.
    pub values: Vec<f32>,
}

/// Packs tensors, each in the encoding that `choose` gives it.
pub fn pack(tensors: &[NamedTensor], choose: impl Fn(&NamedTensor) -> Encoding) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend((tensors.len() as u32).to_le_bytes());
    for tensor in tensors {
        let encoding = choose(tensor);
        out.extend((tensor.name.len() as u16).to_le_bytes());
        out.extend(tensor.name.as_bytes());
        out.push(encoding.code());
        out.push(tensor.shape.len() as u8);
        tensor.shape.iter().for_each(|&d| out.extend((d as u32).to_le_bytes()));
        match encoding {
            Encoding::F32 => tensor.values.iter().for_each(|v| out.extend(v.to_le_bytes())),
            Encoding::F16 => tensor.values.iter().for_each(|&v| out.extend(f32_to_f16(v).to_le_bytes())),
            Encoding::Int8Rows | Encoding::Int8Columns => {
                let (scales, levels) = quantised(tensor, encoding);
                scales.iter().for_each(|s| out.extend(s.to_le_bytes()));
                out.extend(levels.iter().map(|&level| level as i8 as u8));
            }
            Encoding::Int10Rows | Encoding::Int10Columns => {
                let (scales, levels) = quantised(tensor, encoding);
                scales.iter().for_each(|s| out.extend(s.to_le_bytes()));
                out.extend(levels.iter().map(|level| level.to_le_bytes()[0]));
                out.extend(levels.iter().map(|level| level.to_le_bytes()[1]));
            }
        }
    }
    out
}

/// `rows` or `columns`: the encoding along whichever axis loses less of the tensor.
pub fn better_axis(tensor: &NamedTensor, rows: Encoding, columns: Encoding) -> Encoding {
    let loss = |encoding| -> f64 {
        let (scales, levels) = quantised(tensor, encoding);
        let groups = Groups::new(&tensor.shape, encoding);
        let kept = levels.iter().enumerate().map(|(i, &level)| f32::from(level) * scales[groups.of(i)]);
        tensor.values.iter().zip(kept).map(|(v, kept)| f64::from(v - kept).powi(2)).sum()
    };
    if loss(rows) <= loss(columns) { rows } else { columns }
}

/// The scales of a tensor and the level of each element.
fn quantised(tensor: &NamedTensor, encoding: Encoding) -> (Vec<f32>, Vec<i16>) {
    let (scales, most) = (scales(tensor, encoding), encoding.levels());
    let groups = Groups::new(&tensor.shape, encoding);
    let level = |(i, v): (usize, &f32)| {
        let scale = scales[groups.of(i)];
        if scale == 0.0 { 0 } else { (v / scale).round().clamp(-most, most) as i16 }
    };
    let levels = tensor.values.iter().enumerate().map(level).collect();
    (scales, levels)
}

/// Reads packed weights, widened to `f32`.
///
/// # Errors
/// [`EngineError::Weights`] when the bytes are not of the form above, to the last one, when a tensor has no elements, or
/// when an element is no finite number.
pub fn unpack(bytes: &[u8]) -> Result<Vec<NamedTensor>, EngineError> {
    unpack_inner(bytes).ok_or(EngineError::Weights)
}

fn unpack_inner(mut bytes: &[u8]) -> Option<Vec<NamedTensor>> {
    let rest = &mut bytes;
    if take(rest, 4)? != MAGIC {
        return None;
    }
    let count = take_u32(rest)? as usize;
    if count > MAX_TENSORS {
        return None;
    }
    let mut tensors = Vec::with_capacity(count);
    let mut left = MAX_ELEMENTS;
    for _ in 0..count {
        let length = u16::from_le_bytes(take(rest, 2)?.try_into().ok()?);
        let name = std::str::from_utf8(take(rest, usize::from(length))?).ok()?.to_owned();
        let encoding = Encoding::from_code(take(rest, 1)?[0])?;
        let rank = usize::from(take(rest, 1)?[0]);
        if rank > MAX_RANK {
            return None;
        }
        let shape = (0..rank).map(|_| take_u32(rest).map(|d| d as usize)).collect::<Option<Vec<_>>>()?;
        let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n > 0)?;
        left = left.checked_sub(elements)?;
        let values = match encoding {
            Encoding::F32 => within(floats(take(rest, elements * 4)?), f32::MAX)?,
            Encoding::F16 => {
                let halves = take(rest, elements * 2)?.chunks_exact(2);
                within(halves.map(|pair| f16_to_f32(u16::from_le_bytes([pair[0], pair[1]]))).collect(), f32::MAX)?
            }
            Encoding::Int8Rows | Encoding::Int8Columns => {
                let groups = Groups::new(&shape, encoding);
                let scales = within(floats(take(rest, groups.count.checked_mul(4)?)?), MAX_SCALE)?;
                let levels = take(rest, elements)?.iter().map(|&level| f32::from(level as i8));
                groups.scaled(levels.collect(), &scales)
            }
            Encoding::Int10Rows | Encoding::Int10Columns => {
                let groups = Groups::new(&shape, encoding);
                let scales = within(floats(take(rest, groups.count.checked_mul(4)?)?), MAX_SCALE)?;
                let (low, high) = (take(rest, elements)?, take(rest, elements)?);
                let levels = low.iter().zip(high).map(|(&low, &high)| f32::from(i16::from_le_bytes([low, high])));
                groups.scaled(levels.collect(), &scales)
            }
        };
        tensors.push(NamedTensor { name, shape, values });
    }
    rest.is_empty().then_some(tensors)
}

/// Which scale an element of a tensor of levels belongs to.
struct Groups {
    count: usize,
    run: usize,
    rows: bool,
}

impl Groups {
    fn new(shape: &[usize], encoding: Encoding) -> Self {
        let rows = encoding.is_by_rows();
        let axis = if rows { shape.first() } else { shape.last() };
        let count = axis.copied().unwrap_or(1);
        Self { count, run: shape.iter().product::<usize>() / count.max(1), rows }
    }

    fn of(&self, element: usize) -> usize {
        if self.rows { element / self.run } else { element % self.count }
    }

    /// Levels times their scales.
    fn scaled(&self, mut levels: Vec<f32>, scales: &[f32]) -> Vec<f32> {
        if self.rows {
            let rows = levels.chunks_exact_mut(self.run.max(1)).zip(scales);
            rows.for_each(|(row, scale)| row.iter_mut().for_each(|level| *level *= scale));
        } else {
            let rows = levels.chunks_exact_mut(self.count.max(1));
            rows.for_each(|row| row.iter_mut().zip(scales).for_each(|(level, scale)| *level *= scale));
        }
        levels
    }
}

fn scales(tensor: &NamedTensor, encoding: Encoding) -> Vec<f32> {
    let groups = Groups::new(&tensor.shape, encoding);
    let mut largest = vec![0f32; groups.count];
    for (i, v) in tensor.values.iter().enumerate() {
        let slot = &mut largest[groups.of(i)];
        *slot = slot.max(v.abs());
    }
    largest.iter().map(|m| m / encoding.levels()).collect()
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(n)?;
    *rest = tail;
    Some(head)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

/// The values, if each of them is a number and none is larger than `most`.
fn within(values: Vec<f32>, most: f32) -> Option<Vec<f32>> {
    // Not `all`, which would stop at the first one and so keep the loop out of vector registers.
    values.iter().fold(true, |sound, v| sound & (v.abs() <= most)).then_some(values)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Half to single precision, exact, subnormals included, and without a branch so that a loop over millions of
/// weights runs in vectors: the exponent is moved into place and its bias corrected by a multiplication.
fn f16_to_f32(half: u16) -> f32 {
    const BIAS_CORRECTION: f32 = f32::from_bits((127 + 112) << 23);
    let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * BIAS_CORRECTION;
    // Infinities and NaN had the largest exponent and must have it again.
    let saturated = if half & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(u32::from(half & 0x8000) << 16 | magnitude.to_bits() | saturated)
}

/// Single to half precision, rounded to nearest, ties to even; out of range becomes infinite.
fn f32_to_f16(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude >= 0x4780_0000 {
        return sign | if magnitude > 0x7f80_0000 { 0x7e00 } else { 0x7c00 };
    }
    if magnitude < 0x3880_0000 {
        // Subnormal half: count in units of 2^-24. The `f32` addition rounds ties to even by itself.
        let units = f32::from_bits(magnitude) * 16_777_216.0;
        return sign | units.round_ties_even() as u16;
    }
    let rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    sign | ((rounded >> 13) - (112 << 10)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tensor(shape: &[usize], f: impl Fn(usize) -> f32) -> NamedTensor {
        let n = shape.iter().product();
        NamedTensor { name: "w".to_owned(), shape: shape.to_vec(), values: (0..n).map(f).collect() }
    }

    #[test]
    fn every_half_precision_number_survives_the_round_trip() {
        for half in 0..=u16::MAX {
            let wide = f16_to_f32(half);
            if !wide.is_nan() {
                assert_eq!(f32_to_f16(wide), half, "{half:#06x}");
            }
        }
    }

    #[test]
    fn half_precision_rounds_to_nearest_and_overflows_to_infinity() {
        assert_eq!(f16_to_f32(f32_to_f16(1.0 + 1.0 / 2048.0)), 1.0, "a tie goes to even");
        assert_eq!(f16_to_f32(f32_to_f16(1.0 + 3.0 / 2048.0)), 1.0 + 2.0 / 1024.0);
        assert_eq!(f16_to_f32(f32_to_f16(65504.0)), 65504.0);
        assert!(f16_to_f32(f32_to_f16(65536.0)).is_infinite());
    }

    #[test]
    fn levels_with_a_scale_per_channel_lose_at_most_half_a_level() {
        for encoding in [Encoding::Int8Rows, Encoding::Int8Columns, Encoding::Int10Rows, Encoding::Int10Columns] {
            let wide = tensor(&[4, 3, 5], |i| ((i * 37 % 23) as f32 - 11.0) * if i < 15 { 0.01 } else { 3.0 });
            let back = unpack(&pack(std::slice::from_ref(&wide), |_| encoding)).unwrap();
            let scales = scales(&wide, encoding);
            let groups = Groups::new(&wide.shape, encoding);
            for (i, (a, b)) in wide.values.iter().zip(&back[0].values).enumerate() {
                assert!((a - b).abs() <= scales[groups.of(i)] * 0.501, "{encoding:?} element {i}");
            }
        }
    }

    #[test]
    fn codes_are_places_in_the_list_of_encodings_and_stay_what_they_are() {
        for (i, encoding) in ENCODINGS.into_iter().enumerate() {
            assert_eq!((usize::from(encoding.code()), Encoding::from_code(i as u8)), (i, Some(encoding)));
        }
        assert_eq!(Encoding::from_code(6), None);
    }

    #[test]
    fn a_tensor_is_kept_along_the_axis_that_loses_less() {
        let (rows, columns) = (Encoding::Int10Rows, Encoding::Int10Columns);
        let by_row = tensor(&[4, 6], |i| (i % 6) as f32 * 10f32.powi((i / 6) as i32));
        let by_column = tensor(&[4, 6], |i| (i / 6) as f32 * 10f32.powi((i % 6) as i32));
        assert_eq!(better_axis(&by_row, rows, columns), rows);
        assert_eq!(better_axis(&by_column, rows, columns), columns);
    }

    #[test]
    fn a_file_cut_anywhere_or_longer_is_refused() {
        for encoding in ENCODINGS {
            let packed = pack(&[tensor(&[2, 3], |i| i as f32), tensor(&[], |_| 4.0)], |_| encoding);
            assert_eq!(unpack(&packed).unwrap().len(), 2);
            for cut in 0..packed.len() {
                assert_eq!(unpack(&packed[..cut]), Err(EngineError::Weights), "{encoding:?} cut at {cut}");
            }
            assert_eq!(unpack(&[packed.as_slice(), &[0]].concat()), Err(EngineError::Weights));
        }
    }

    /// A file of one tensor, its last four bytes of floats or its first scale replaced.
    #[test]
    fn a_value_that_is_no_finite_number_is_refused() {
        let whole = tensor(&[2, 2], |i| i as f32 + 1.0);
        let file = |encoding| pack(std::slice::from_ref(&whole), |_| encoding);
        // Before the data: the magic, the count, the name and its length, encoding, rank and two dimensions.
        const DATA: usize = 4 + 4 + 2 + 1 + 1 + 1 + 8;
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for encoding in [Encoding::F32, Encoding::Int8Rows, Encoding::Int8Columns, Encoding::Int10Rows] {
                let mut bytes = file(encoding);
                bytes[DATA..DATA + 4].copy_from_slice(&value.to_le_bytes());
                assert_eq!(unpack(&bytes), Err(EngineError::Weights), "{encoding:?} {value}");
            }
            let mut bytes = file(Encoding::F16);
            bytes[DATA..DATA + 2].copy_from_slice(&f32_to_f16(value).to_le_bytes());
            assert_eq!(unpack(&bytes), Err(EngineError::Weights), "halves {value}");
        }
    }

    #[test]
    fn the_largest_scale_and_level_make_a_number() {
        let mut bytes = pack(&[tensor(&[1, 1], |_| 1.0)], |_| Encoding::Int10Rows);
        let data = bytes.len() - 6;
        bytes[data + 4..].copy_from_slice(&i16::MIN.to_le_bytes());
        bytes[data..data + 4].copy_from_slice(&MAX_SCALE.to_le_bytes());
        assert!(unpack(&bytes).unwrap()[0].values[0].is_finite());
        bytes[data..data + 4].copy_from_slice(&MAX_SCALE.next_up().to_le_bytes());
        assert_eq!(unpack(&bytes), Err(EngineError::Weights));
    }

    #[test]
    fn a_tensor_has_elements_and_all_of_them_are_not_too_many() {
        for encoding in ENCODINGS {
            for shape in [&[0][..], &[3, 0], &[0, 3], &[1 << 31, 1 << 31, 0]] {
                let empty = NamedTensor { name: "w".into(), shape: shape.to_vec(), values: vec![] };
                let mut bytes =
                    pack(&[NamedTensor { shape: vec![1; shape.len()], ..empty.clone() }], |_| Encoding::F32);
                bytes[11] = encoding.code();
                for (at, length) in shape.iter().enumerate() {
                    bytes[13 + 4 * at..17 + 4 * at].copy_from_slice(&(*length as u32).to_le_bytes());
                }
                bytes.extend([0; 64]);
                assert_eq!(unpack(&bytes), Err(EngineError::Weights), "{encoding:?} {shape:?}");
            }
        }
        // A byte each, so that the file itself is not much.
        let large = |elements: usize| {
            let mut bytes = pack(&[], |_| Encoding::F32);
            bytes[4] = 2;
            for elements in [elements, 1] {
                bytes.extend([1, 0, b'w', Encoding::Int8Rows.code(), 2, 1, 0, 0, 0]);
                bytes.extend((elements as u32).to_le_bytes());
                bytes.extend(1f32.to_le_bytes());
                bytes.resize(bytes.len() + elements, 0);
            }
            unpack(&bytes).map(|tensors| tensors.len())
        };
        assert_eq!(large(MAX_ELEMENTS - 1), Ok(2));
        assert_eq!(large(MAX_ELEMENTS), Err(EngineError::Weights));
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(
            shapes in proptest::collection::vec(proptest::collection::vec(1..5usize, 0..5), 0..4),
            seed in -1e30f32..1e30
        ) {
            let tensors: Vec<_> = shapes.iter().map(|shape| tensor(shape, |i| seed / (i + 1) as f32)).collect();
            prop_assert_eq!(unpack(&pack(&tensors, |_| Encoding::F32)).unwrap(), tensors.clone());
            for encoding in ENCODINGS {
                // A second time nothing is lost.
                let Ok(once) = unpack(&pack(&tensors, |_| encoding)) else { continue };
                let twice = unpack(&pack(&once, |_| encoding)).unwrap();
                for (once, twice) in once.iter().zip(&twice) {
                    let largest = once.values.iter().fold(0f32, |m, v| m.max(v.abs()));
                    prop_assert!(once.values.iter().zip(&twice.values).all(|(a, b)| (a - b).abs() <= largest * 1e-5));
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&[MAGIC.as_slice(), &bytes].concat());
        }
    }
}
