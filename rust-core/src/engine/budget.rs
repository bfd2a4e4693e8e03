//! What a graph may ask of a machine: memory and time are counted while it is read, before anything is made.
//!
//! A text of some bytes can describe tensors of any size, and the engine makes whatever is described. The bounds are a
//! few times what the shipped models need, so that a graph that is not one of ours ends in an error and not in a phone
//! without memory. All counting is in 64 bits: `usize` has 32 on older phones.

use super::EngineError;

/// Axes of a tensor; the shipped models have at most 4.
pub(super) const MAX_RANK: usize = 6;
/// Elements of one tensor; the largest in use has 2.4 million (a filter of open_nsfw).
pub(super) const MAX_TENSOR: u64 = 8 << 20;
/// Elements of all tensors of a graph together, with what operators need besides; the most in use are 76 million
/// (owen-S), of which few are alive at once.
pub(super) const MAX_ELEMENTS: u64 = 192 << 20;
/// Multiplications, or what takes as long, of one run; the most in use are 1.1 thousand million (open_nsfw).
pub(super) const MAX_WORK: u64 = 4 << 30;
/// How far a window reaches along an axis, and how far it may move; the largest in use has 7.
pub(super) const MAX_WINDOW: usize = 16;
/// Rows or columns that kernels of matrix products work on at once, at most: operands are padded to such blocks.
const BLOCK: u64 = 64;

/// What a graph has asked for so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    elements: u64,
    work: u64,
}

impl Budget {
    /// A tensor of that shape, each element of which takes a moment.
    pub(super) fn tensor(&mut self, shape: &[usize]) -> Result<(), EngineError> {
        let elements = volume(shape)?;
        self.spend(elements, elements)
    }

    /// `batch` products of `m x k` with `k x n`.
    pub(super) fn product(&mut self, batch: &[usize], [m, k, n]: [usize; 3]) -> Result<(), EngineError> {
        let batch = volume(batch)?;
        let [m, k, n] = [m as u64, k as u64, n as u64];
        let packed = product(&[batch, k, m.next_multiple_of(BLOCK) + n.next_multiple_of(BLOCK)])?;
        self.spend(packed, product(&[batch, m, k, n])?)
    }

    /// Filters of `kernel` rows and columns and of `depth` input channels, in `groups`, that make an output of that
    /// shape. For the product with its filters a picture is copied once for each place in the window.
    pub(super) fn convolution(
        &mut self,
        output: &[usize],
        kernel: [usize; 2],
        depth: usize,
        groups: usize,
    ) -> Result<(), EngineError> {
        let [_, _, rows, columns] = *output else { return Err(EngineError::Graph) };
        let depth = depth as u64;
        let places = product(&[rows as u64, columns as u64])?.checked_add(2 * BLOCK).ok_or(EngineError::Graph)?;
        let copied = product(&[groups as u64, depth, kernel[0] as u64, kernel[1] as u64, places])?;
        self.spend(copied, 0)?;
        self.windows(output, kernel, depth)
    }

    /// Windows of `kernel` rows and columns, and of `depth` channels, one for each element of the output.
    pub(super) fn windows(&mut self, output: &[usize], kernel: [usize; 2], depth: u64) -> Result<(), EngineError> {
        let [_, _, rows, columns] = *output else { return Err(EngineError::Graph) };
        let kernel_rows = kernel[0] as u64;
        let kernel_columns = kernel[1] as u64;
        // The places of a window are listed once for each way in which it can lie over a border: four numbers a place.
        let over_rows = (rows as u64).min(2 * MAX_WINDOW as u64);
        let over_columns = (columns as u64).min(2 * MAX_WINDOW as u64);
        let lists = product(&[4, over_rows, over_columns, kernel_rows, kernel_columns])?;
        self.spend(lists, product(&[volume(output)?, kernel_rows, kernel_columns, depth])?)
    }

    fn spend(&mut self, elements: u64, work: u64) -> Result<(), EngineError> {
        self.elements = self.elements.saturating_add(elements);
        self.work = self.work.saturating_add(work);
        if self.elements <= MAX_ELEMENTS && self.work <= MAX_WORK { Ok(()) } else { Err(EngineError::Graph) }
    }
}

/// How many elements a shape has: at least one.
///
/// # Errors
/// Too many axes or elements, or none.
pub(super) fn volume(shape: &[usize]) -> Result<u64, EngineError> {
    if shape.len() > MAX_RANK {
        return Err(EngineError::Graph);
    }
    let elements = shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d as u64)).unwrap_or(0);
    if (1..=MAX_TENSOR).contains(&elements) { Ok(elements) } else { Err(EngineError::Graph) }
}

fn product(of: &[u64]) -> Result<u64, EngineError> {
    of.iter().try_fold(1u64, |n, &d| n.checked_mul(d)).ok_or(EngineError::Graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: Result<(), EngineError> = Err(EngineError::Graph);

    #[test]
    fn a_shape_has_few_axes_and_some_elements() {
        assert_eq!(volume(&[]), Ok(1));
        assert_eq!(volume(&[2, 3]), Ok(6));
        assert_eq!(volume(&[MAX_TENSOR as usize]), Ok(MAX_TENSOR));
        assert_eq!(volume(&[1; MAX_RANK]), Ok(1));
        for refused in [&[MAX_TENSOR as usize + 1][..], &[1; MAX_RANK + 1], &[3, 0], &[1 << 24, 1 << 24, 1 << 16]] {
            assert_eq!(volume(refused), Err(EngineError::Graph), "{refused:?}");
        }
    }

    #[test]
    fn tensors_add_up() {
        let mut budget = Budget::default();
        for _ in 0..MAX_ELEMENTS / MAX_TENSOR {
            assert_eq!(budget.tensor(&[MAX_TENSOR as usize]), Ok(()));
        }
        assert_eq!(budget.tensor(&[1]), REFUSED);
    }

    #[test]
    fn work_adds_up() {
        let mut budget = Budget::default();
        for _ in 0..MAX_WORK >> 30 {
            assert_eq!(budget.product(&[1], [1 << 10, 1 << 10, 1 << 10]), Ok(()));
        }
        assert_eq!(budget.product(&[1], [1, 1, 1]), REFUSED);
    }

    #[test]
    fn operands_are_counted_in_blocks() {
        // One row each, and sixty-four are kept.
        assert_eq!(Budget::default().product(&[1 << 20], [1, 1, 1]), Ok(()));
        assert_eq!(Budget::default().product(&[1 << 21], [1, 1, 1]), REFUSED);
    }

    #[test]
    fn what_windows_need_is_counted() {
        let output = [1, 64, 112, 112];
        assert_eq!(Budget::default().convolution(&output, [7, 7], 3, 1), Ok(()));
        assert_eq!(Budget::default().convolution(&output, [16, 16], 64, 1), REFUSED, "copies of the picture");
        assert_eq!(Budget::default().windows(&output, [16, 16], 16), Ok(()));
        assert_eq!(Budget::default().windows(&output, [16, 16], 32), REFUSED, "too long");
        let mut lists = Budget::default();
        let fits = MAX_ELEMENTS / (4 * 32 * 32 * 256);
        assert!((0..fits).all(|_| lists.windows(&[1, 1, 40, 40], [16, 16], 1).is_ok()));
        assert_eq!(lists.windows(&[1, 1, 40, 40], [16, 16], 1), REFUSED, "lists of places");
        assert_eq!(Budget::default().windows(&[1, 1, 1], [1, 1], 1), REFUSED, "no picture");
    }
}
