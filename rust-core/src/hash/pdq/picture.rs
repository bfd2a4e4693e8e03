//! Everything by which a picture is looked for: its own hash, that of what is inside its border, and one padded at
//! the edges for a copy that was cropped; each in eight forms.

use super::{GRID, LumaGrid, MIN_SIDE, Pdq, PdqHash, border, folded};
use crate::hash::{HashError, PixelView, luma_eighth};
use crate::image::{Limits, Picture};

/// How much is added at each edge of a picture before it is looked for once more, as shares of its side: a copy
/// that was cropped by as much at each edge is nearest then. See `docs/benchmarks-hash.md` for what each finds.
const PADDINGS: [f32; 3] = [0.02, 0.04, 0.07];

/// A picture with a shorter side is mirrored pixel by pixel for its eight forms: see `folded::mirrored`. From here
/// on half a pixel of the 64 x 64 grid's places is a thirtieth, and the signs of the transform serve.
const MIRROR_BELOW: usize = 1024;

/// Shortest side of a decoding at a fraction whose hash is within four bits of that of the full size.
const MIN_DECODED_SIDE: usize = 200;

/// The hashes of one picture.
#[derive(Debug, Clone)]
pub struct PictureHashes {
    whole: Pdq,
    forms: [PdqHash; 8],
    others: Vec<[PdqHash; 8]>,
}

impl PictureHashes {
    /// The hashes of a picture at its full size.
    pub fn from_pixels(view: &PixelView<'_>) -> Self {
        Self::with_whole(Pdq::from_pixels(view), view, view.width(), view.height())
    }

    /// The hashes of a picture of `full_width` x `full_height` pixels from a decoding at a fraction of its size.
    pub fn from_scaled(view: &PixelView<'_>, full_width: usize, full_height: usize) -> Self {
        let (full_width, full_height) = (full_width.max(view.width()), full_height.max(view.height()));
        Self::with_whole(Pdq::from_scaled(view, full_width, full_height), view, full_width, full_height)
    }

    /// The hashes of a decoded picture, of its pixels as stored: turning it upright changes none of the eight forms.
    ///
    /// # Errors
    /// The picture's fields contradict each other, which those that [`crate::image::decode()`] gives never do.
    pub fn of_picture(picture: &Picture) -> Result<Self, HashError> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let view = PixelView::rgb(&picture.rgb, width, height, width * 3)?;
        Ok(Self::from_scaled(&view, picture.full_width as usize, picture.full_height as usize))
    }

    /// The hashes of a large baseline JPEG, without decoding more of it than they need. None for any other picture, and for one that is too small to be hashed at 1/8;
    /// then it is decoded and goes to [`PictureHashes::of_picture`]. For who looks at pictures for no other reason.
    pub fn from_jpeg(bytes: &[u8], limits: &Limits) -> Option<Self> {
        if bytes.len() > limits.max_bytes {
            return None;
        }
        let eighth = luma_eighth(bytes, limits.max_strip_pixels, MIN_DECODED_SIDE)?;
        let view = PixelView::luma(&eighth.luma, eighth.width, eighth.height, eighth.width).ok()?;
        Some(Self::from_scaled(&view, eighth.full_width, eighth.full_height))
    }

    /// A single PDQ without the picture: its eight forms, and nothing cut or padded.
    pub fn from_pdq(pdq: Pdq) -> Self {
        Self { forms: pdq.dihedral_hashes(), whole: pdq, others: Vec::new() }
    }

    fn with_whole(whole: Pdq, view: &PixelView<'_>, full_width: usize, full_height: usize) -> Self {
        let picture = Forms::new(&whole, view, full_width, full_height);
        let mut others: Vec<_> = PADDINGS.iter().filter_map(|share| picture.padded(*share).searchable()).collect();
        for (part, width, height) in inside_borders(view, full_width, full_height) {
            let inside = Pdq::from_scaled(&part, width, height);
            others.extend(Forms::new(&inside, &part, width, height).searchable());
        }
        let mut forms = picture.hashes();
        forms[0] = whole.hash();
        Self { whole, forms, others }
    }

    /// The PDQ of the picture as it is.
    pub fn whole(&self) -> &Pdq {
        &self.whole
    }

    /// The hashes of the whole picture in its eight forms, in the order of [`super::DIHEDRALS`].
    pub fn forms(&self) -> &[PdqHash; 8] {
        &self.forms
    }

    /// Whether there is anything to search for.
    pub fn is_searchable(&self) -> bool {
        self.whole.is_searchable() || !self.others.is_empty()
    }

    /// What to search for: eight hashes for each form of the picture that says enough, the whole picture first.
    pub fn queries(&self) -> impl Iterator<Item = &[PdqHash; 8]> {
        self.whole.is_searchable().then_some(&self.forms).into_iter().chain(&self.others)
    }
}

/// A picture mirrored at no axis, the horizontal, the vertical, and both; each also stands for its transposition.
enum Forms {
    /// Mirrored before the filter.
    Mirrored([Pdq; 4]),
    /// The mirrored ones follow from the one.
    Single(Pdq),
}

impl Forms {
    fn new(whole: &Pdq, view: &PixelView<'_>, full_width: usize, full_height: usize) -> Self {
        if full_width.min(full_height) >= MIRROR_BELOW || view.width().min(view.height()) < MIN_SIDE {
            return Self::Single(whole.clone());
        }
        let factor = view.range_factor();
        Self::Mirrored(folded::mirrored(view, full_width, full_height).map(|grid| Pdq::from_grid(grid, factor)))
    }

    fn padded(&self, share: f32) -> Self {
        match self {
            Self::Mirrored(pdqs) => Self::Mirrored(pdqs.each_ref().map(|pdq| padded(pdq, share))),
            Self::Single(pdq) => Self::Single(padded(pdq, share)),
        }
    }

    fn searchable(&self) -> Option<[PdqHash; 8]> {
        let (Self::Mirrored([pdq, ..]) | Self::Single(pdq)) = self;
        pdq.is_searchable().then(|| self.hashes())
    }

    fn hashes(&self) -> [PdqHash; 8] {
        match self {
            Self::Single(pdq) => pdq.dihedral_hashes(),
            Self::Mirrored(pdqs) => {
                let straight = pdqs.each_ref().map(Pdq::hash);
                let transposed = pdqs.each_ref().map(Pdq::transposed_hash);
                let [original, flip_x, flip_y, rotate_180] = straight;
                let [flip_plus_1, rotate_270, rotate_90, flip_minus_1] = transposed;
                [original, rotate_90, rotate_180, rotate_270, flip_x, flip_y, flip_plus_1, flip_minus_1]
            }
        }
    }
}

/// The parts of the view that are inside a border, with the sizes that they have in the full picture.
fn inside_borders<'a>(
    view: &PixelView<'a>,
    full_width: usize,
    full_height: usize,
) -> impl Iterator<Item = (PixelView<'a>, usize, usize)> {
    // A whole scale stays whole: the last decoded sample may stand for fewer pixels than the others.
    let full = |part: usize, view: usize, full: usize| match [1, 2, 4, 8].iter().find(|s| full.div_ceil(**s) == view) {
        Some(scale) => part * scale,
        None => (part as f64 * full as f64 / view as f64).round() as usize,
    };
    border::trim(view, full_width > view.width()).into_iter().filter_map(move |inner| {
        let part = view.crop(inner.left, inner.top, inner.width, inner.height)?;
        let width = full(inner.width, view.width(), full_width).max(inner.width);
        let height = full(inner.height, view.height(), full_height).max(inner.height);
        Some((part, width, height))
    })
}

/// The picture with its edges repeated outwards, as the transform would see it.
fn padded(pdq: &Pdq, share: f32) -> Pdq {
    let side = GRID as f32;
    // A place of the padded picture, in the picture's own places; what is outside is the nearest edge.
    let source = |place: usize| {
        let at = ((place as f32 + 0.5) * (1.0 + 2.0 * share) - share * side - 0.5).clamp(0.0, side - 1.0);
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
