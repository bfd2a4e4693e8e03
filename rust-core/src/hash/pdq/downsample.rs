//! From a picture to 64 x 64 luma: PDQ's double box filter, exact to the last bit of `f32`.
//!
//! The filter runs along rows, columns, rows and columns again, and keeps the values at 64 x 64 places. Rounding
//! follows the order of operations, so the order is kept; but rows are taken in one after the other, eight at a
//! time in the lanes of a vector, and only a window of rows is ever in memory.

use super::{GRID, LumaGrid};
use crate::hash::LumaView;

/// Rows that are filtered side by side.
const LANES: usize = 8;
type Lanes = [f32; LANES];

/// Width of PDQ's box filter for a side of `side` pixels: half of what one of 64 places covers, rounded up.
pub(super) fn window(side: usize) -> usize {
    side.div_ceil(2 * GRID)
}

/// The pixel at which each of the 64 places is sampled.
pub(super) fn sample_points(side: usize) -> [usize; GRID] {
    std::array::from_fn(|place| (2 * place + 1) * side / (2 * GRID))
}

/// 64 x 64 luma, filtered.
pub(super) fn downsample(view: &LumaView<'_>) -> LumaGrid {
    let (width, height) = (view.width(), view.height());
    let mut filter = Filter::new(width, height);
    let mut rows = vec![0.0; LANES * width];
    for top in (0..height).step_by(LANES) {
        let count = LANES.min(height - top);
        for (lane, row) in rows.chunks_exact_mut(width).take(count).enumerate() {
            view.luma_row(top + lane, row);
        }
        filter.push(&mut rows, count);
    }
    filter.grid
}

/// 64 x 64 luma as it is: what PDQ does with a picture that has this size already.
pub(super) fn unfiltered(view: &LumaView<'_>) -> LumaGrid {
    let mut grid = [0.0; GRID * GRID];
    for (y, row) in grid.chunks_exact_mut(GRID).enumerate() {
        view.luma_row(y, row);
    }
    grid
}

/// The four passes, chained.
struct Filter {
    width: usize,
    along_rows: usize,
    first_columns: ColumnBox,
    /// Rows that left the first two passes and wait until there are eight of them.
    waiting: Vec<f32>,
    waiting_rows: usize,
    interleaved: Vec<Lanes>,
    filtered: Vec<Lanes>,
    sampled_columns: [usize; GRID],
    second_columns: ColumnBox,
    sampled_rows: [usize; GRID],
    rows_done: usize,
    places_done: usize,
    grid: LumaGrid,
}

impl Filter {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            along_rows: window(width),
            first_columns: ColumnBox::new(width, height),
            waiting: vec![0.0; LANES * width],
            waiting_rows: 0,
            interleaved: vec![[0.0; LANES]; width],
            filtered: vec![[0.0; LANES]; width],
            sampled_columns: sample_points(width),
            second_columns: ColumnBox::new(GRID, height),
            sampled_rows: sample_points(height),
            rows_done: 0,
            places_done: 0,
            grid: [0.0; GRID * GRID],
        }
    }

    /// Takes in the next `count` rows, in `rows`, which is overwritten.
    fn push(&mut self, rows: &mut [f32], count: usize) {
        interleave(rows, self.width, &mut self.interleaved);
        let filtered = &mut self.filtered;
        box_along(&self.interleaved, self.along_rows, |column, sum, size| filtered[column] = divide(sum, size));
        separate(&self.filtered, self.width, rows);
        for row in rows.chunks_exact(self.width).take(count) {
            let place = self.waiting_rows * self.width;
            if self.first_columns.push(row, &mut self.waiting[place..place + self.width]) {
                self.row_waits();
            }
        }
        if self.first_columns.is_complete() {
            loop {
                let place = self.waiting_rows * self.width;
                if !self.first_columns.drain(&mut self.waiting[place..place + self.width]) {
                    break;
                }
                self.row_waits();
            }
            self.second_pass();
        }
    }

    fn row_waits(&mut self) {
        self.waiting_rows += 1;
        if self.waiting_rows == LANES {
            self.second_pass();
        }
    }

    /// Filters the waiting rows along themselves, keeps 64 columns, and hands them to the last pass.
    fn second_pass(&mut self) {
        interleave(&self.waiting, self.width, &mut self.interleaved);
        let (columns, mut place) = (&self.sampled_columns, 0);
        let mut kept = [[0.0; LANES]; GRID];
        box_along(&self.interleaved, self.along_rows, |column, sum, size| {
            // A side under 64 pixels gives one pixel to several places.
            while place < GRID && columns[place] == column {
                kept[place] = divide(sum, size);
                place += 1;
            }
        });
        let mut out = [0.0; GRID];
        let rows: [[f32; GRID]; LANES] = std::array::from_fn(|lane| kept.map(|lanes| lanes[lane]));
        for row in rows.iter().take(std::mem::take(&mut self.waiting_rows)) {
            if self.second_columns.push(row, &mut out) {
                self.keep(&out);
            }
        }
        if self.second_columns.is_complete() {
            while self.second_columns.drain(&mut out) {
                self.keep(&out);
            }
        }
    }

    fn keep(&mut self, row: &[f32; GRID]) {
        while self.places_done < GRID && self.sampled_rows[self.places_done] == self.rows_done {
            self.grid[self.places_done * GRID..][..GRID].copy_from_slice(row);
            self.places_done += 1;
        }
        self.rows_done += 1;
    }
}

fn divide(sum: &Lanes, size: usize) -> Lanes {
    let size = size as f32;
    std::array::from_fn(|lane| sum[lane] / size)
}

/// Running sums of `window` values along `line`, narrower at both ends. Calls `emit` for each place with the sum
/// and the number of values in it.
#[inline(always)]
fn box_along(line: &[Lanes], window: usize, mut emit: impl FnMut(usize, &Lanes, usize)) {
    let ahead = window / 2;
    let mut sum = [0.0; LANES];
    let add = |sum: &mut Lanes, value: &Lanes| sum.iter_mut().zip(value).for_each(|(s, v)| *s += v);
    let subtract = |sum: &mut Lanes, value: &Lanes| sum.iter_mut().zip(value).for_each(|(s, v)| *s -= v);
    for value in &line[..ahead] {
        add(&mut sum, value);
    }
    let mut column = 0;
    for value in &line[ahead..window] {
        add(&mut sum, value);
        emit(column, &sum, ahead + column + 1);
        column += 1;
    }
    for (entering, leaving) in line[window..].iter().zip(line) {
        add(&mut sum, entering);
        subtract(&mut sum, leaving);
        emit(column, &sum, window);
        column += 1;
    }
    for (gone, leaving) in line[line.len() - window..].iter().take(ahead).enumerate() {
        subtract(&mut sum, leaving);
        emit(column, &sum, window - gone - 1);
        column += 1;
    }
}

/// The same along columns, for rows that come one after the other.
struct ColumnBox {
    window: usize,
    ahead: usize,
    width: usize,
    height: usize,
    sums: Vec<f32>,
    /// The last `window` rows, each in the slot of its number modulo `window`.
    recent: Vec<f32>,
    rows_in: usize,
    drained: usize,
}

impl ColumnBox {
    fn new(width: usize, height: usize) -> Self {
        let window = window(height);
        Self {
            window,
            ahead: window / 2,
            width,
            height,
            sums: vec![0.0; width],
            recent: vec![0.0; window * width],
            rows_in: 0,
            drained: 0,
        }
    }

    /// Takes in a row; true if `out` now holds the next row of the result.
    fn push(&mut self, row: &[f32], out: &mut [f32]) -> bool {
        let slot = (self.rows_in % self.window) * self.width;
        let oldest = &mut self.recent[slot..slot + self.width];
        let filling = self.rows_in < self.window;
        self.rows_in += 1;
        if filling {
            let size = self.rows_in as f32;
            for (((sum, old), new), out) in self.sums.iter_mut().zip(oldest).zip(row).zip(out) {
                *sum += new;
                *old = *new;
                *out = *sum / size;
            }
            return self.rows_in > self.ahead;
        }
        let size = self.window as f32;
        for (((sum, old), new), out) in self.sums.iter_mut().zip(oldest).zip(row).zip(out) {
            *sum = *sum + new - *old;
            *old = *new;
            *out = *sum / size;
        }
        true
    }

    fn is_complete(&self) -> bool {
        self.rows_in == self.height
    }

    /// After the last row: the rows of the result that are still owed.
    fn drain(&mut self, out: &mut [f32]) -> bool {
        if self.drained == self.ahead {
            return false;
        }
        let slot = ((self.height - self.window + self.drained) % self.window) * self.width;
        self.drained += 1;
        let size = (self.window - self.drained) as f32;
        for ((sum, old), out) in self.sums.iter_mut().zip(&self.recent[slot..slot + self.width]).zip(out) {
            *sum -= old;
            *out = *sum / size;
        }
        true
    }
}

/// Eight rows to one line of eight lanes.
fn interleave(rows: &[f32], width: usize, line: &mut [Lanes]) {
    let rows: [&[f32]; LANES] = std::array::from_fn(|lane| &rows[lane * width..(lane + 1) * width]);
    let (tiles, rest) = line.as_chunks_mut::<LANES>();
    for (index, tile) in tiles.iter_mut().enumerate() {
        let block: [Lanes; LANES] = std::array::from_fn(|lane| {
            let mut values = [0.0; LANES];
            values.copy_from_slice(&rows[lane][index * LANES..][..LANES]);
            values
        });
        *tile = transpose(&block);
    }
    let done = tiles.len() * LANES;
    for (offset, lanes) in rest.iter_mut().enumerate() {
        *lanes = std::array::from_fn(|lane| rows[lane][done + offset]);
    }
}

/// One line of eight lanes to eight rows.
fn separate(line: &[Lanes], width: usize, rows: &mut [f32]) {
    let (tiles, rest) = line.as_chunks::<LANES>();
    for (index, tile) in tiles.iter().enumerate() {
        for (lane, values) in transpose(tile).iter().enumerate() {
            rows[lane * width + index * LANES..][..LANES].copy_from_slice(values);
        }
    }
    let done = tiles.len() * LANES;
    for (offset, lanes) in rest.iter().enumerate() {
        for (lane, value) in lanes.iter().enumerate() {
            rows[lane * width + done + offset] = *value;
        }
    }
}

#[inline(always)]
fn transpose(block: &[Lanes; LANES]) -> [Lanes; LANES] {
    std::array::from_fn(|column| std::array::from_fn(|row| block[row][column]))
}
