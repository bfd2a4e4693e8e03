//! Everything by which a picture is looked for: its own hash, that of what is inside its border, and one padded at
//! the edges for a copy that was cropped; each in eight forms.

use super::{GRID, LumaGrid, MIN_SIDE, Pdq, PdqHash, border};
use crate::hash::PixelView;

/// How much is added at each edge of a picture before it is looked for once more, as a share of its side.
const PADDING: f32 = 0.04;

/// The hashes of one picture.
#[derive(Debug, Clone)]
pub struct PictureHashes {
    whole: Pdq,
    others: Vec<Pdq>,
}

impl PictureHashes {
    /// The hashes of a picture at its full size.
    pub fn from_pixels(view: &PixelView<'_>) -> Self {
        Self::with_whole(Pdq::from_pixels(view), view, view.width(), view.height())
    }

    /// The hashes of a picture of `full_width` x `full_height` pixels from a decoding at a fraction of its size.
    pub fn from_scaled(view: &PixelView<'_>, full_width: usize, full_height: usize) -> Self {
        Self::with_whole(Pdq::from_scaled(view, full_width, full_height), view, full_width, full_height)
    }

    /// A single hash, as a list or another program gives it.
    pub fn from_pdq(pdq: Pdq) -> Self {
        Self { whole: pdq, others: Vec::new() }
    }

    fn with_whole(whole: Pdq, view: &PixelView<'_>, full_width: usize, full_height: usize) -> Self {
        let mut others = vec![padded(&whole)];
        if let Some(inside) = inside_border(view, full_width, full_height) {
            others.push(padded(&inside));
            others.push(inside);
        }
        others.retain(Pdq::is_searchable);
        Self { whole, others }
    }

    /// The PDQ of the picture as it is.
    pub fn whole(&self) -> &Pdq {
        &self.whole
    }

    /// Whether there is anything to search for.
    pub fn is_searchable(&self) -> bool {
        self.whole.is_searchable() || !self.others.is_empty()
    }

    /// What to search for: eight hashes for each PDQ that says enough, the whole picture first.
    pub fn queries(&self) -> Vec<[PdqHash; 8]> {
        std::iter::once(&self.whole)
            .filter(|whole| whole.is_searchable())
            .chain(&self.others)
            .map(Pdq::dihedral_hashes)
            .collect()
    }
}

/// The PDQ of what is inside the border.
fn inside_border(view: &PixelView<'_>, full_width: usize, full_height: usize) -> Option<Pdq> {
    let inner = border::trim(view)?;
    if inner.width < MIN_SIDE || inner.height < MIN_SIDE {
        return None;
    }
    let part = view.crop(inner.left, inner.top, inner.width, inner.height)?;
    let full = |part: usize, view: usize, full: usize| (part as f64 * full as f64 / view as f64).round() as usize;
    // A whole scale stays whole: the last decoded sample may stand for fewer pixels than the others.
    let scaled =
        |part: usize, view: usize, whole: usize| match [1, 2, 4, 8].iter().find(|s| whole.div_ceil(**s) == view) {
            Some(scale) => part * scale,
            None => full(part, view, whole),
        };
    let full_inner = (scaled(inner.width, view.width(), full_width), scaled(inner.height, view.height(), full_height));
    Some(Pdq::from_scaled(&part, full_inner.0, full_inner.1))
}

/// The picture with its edges repeated outwards, as the transform would see it.
fn padded(pdq: &Pdq) -> Pdq {
    let side = GRID as f32;
    // A place of the padded picture, in the picture's own places; what is outside is the nearest edge.
    let source = |place: usize| {
        let at = ((place as f32 + 0.5) * (1.0 + 2.0 * PADDING) - PADDING * side - 0.5).clamp(0.0, side - 1.0);
        let low = (at as usize).min(GRID - 2);
        (low, at - low as f32)
    };
    let mut grid: LumaGrid = [0.0; GRID * GRID];
    for (place, luma) in grid.iter_mut().enumerate() {
        let ((top, down), (left, right)) = (source(place / GRID), source(place % GRID));
        let row = |y: usize| pdq.grid[y * GRID + left] * (1.0 - right) + pdq.grid[y * GRID + left + 1] * right;
        *luma = row(top) * (1.0 - down) + row(top + 1) * down;
    }
    Pdq::from_grid(grid, 1.0)
}
