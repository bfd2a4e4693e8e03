//! Everything by which a picture is looked for: its own hash, that of what is inside its border, and one padded at
//! the edges for a copy that was cropped; each in eight forms.

use super::{GRID, LumaGrid, MIN_SIDE, Pdq, PdqHash, border, folded};
use crate::hash::{HashError, LumaView, luma_eighth};
use crate::image::{Limits, Picture};

/// How much is added at each edge of a picture before it is looked for once more, as shares of its side: a copy
/// that was cropped by as much at each edge is nearest then. See `docs/benchmarks-hash.md` for what each finds.
const PADDINGS: [f32; 3] = [0.02, 0.04, 0.07];

/// Shortest side of a decoding at a fraction whose hash is within four bits of that of the full size.
const MIN_DECODED_SIDE: usize = 200;

/// The hashes of one picture.
#[derive(Debug, Clone)]
pub struct PictureHashes {
    whole: Pdq,
    forms: [PdqHash; 8],
    others: Vec<[PdqHash; 8]>,
    on_black: Option<Box<PictureHashes>>,
}

impl PictureHashes {
    /// The hashes of a picture at its full size.
    pub fn from_pixels(view: &LumaView<'_>) -> Self {
        Self::with_whole(Pdq::from_pixels(view), view, view.width(), view.height())
    }

    /// The hashes of a picture of `full_width` x `full_height` pixels from a decoding at a fraction of its size.
    pub fn from_scaled(view: &LumaView<'_>, full_width: usize, full_height: usize) -> Self {
        let (full_width, full_height) = (full_width.max(view.width()), full_height.max(view.height()));
        Self::with_whole(Pdq::from_scaled(view, full_width, full_height), view, full_width, full_height)
    }

    /// The hashes of a decoded picture, of its pixels as stored: turning it upright changes none of the eight forms. Of one
    /// that is transparent, on white and on black.
    ///
    /// # Errors
    /// The picture's fields contradict each other, which those that [`crate::image::decode()`] gives never do.
    pub fn of_picture(picture: &Picture) -> Result<Self, HashError> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let view = LumaView::rgb(&picture.rgb, width, height, width * 3)?;
        let on_white = Self::from_scaled(&view, picture.full_width as usize, picture.full_height as usize);
        let on_black = picture.on_black.as_deref().map(Self::of_picture).transpose()?.map(Box::new);
        Ok(Self { on_black, ..on_white })
    }

    /// The hashes of a large baseline JPEG, without decoding more of it than they need, for whoever looks at pictures for
    /// no other reason. None for any other picture, and for one that is too small to be hashed at 1/8: then it is decoded
    /// and goes to [`PictureHashes::of_picture`].
    pub fn from_jpeg(bytes: &[u8], limits: &Limits) -> Option<Self> {
        if bytes.len() > limits.max_bytes {
            return None;
        }
        let eighth = luma_eighth(bytes, limits.max_strip_pixels, MIN_DECODED_SIDE)?;
        let view = LumaView::luma(&eighth.luma, eighth.width, eighth.height, eighth.width).ok()?;
        Some(Self::from_scaled(&view, eighth.full_width, eighth.full_height))
    }

    /// A single PDQ without the picture: its eight forms, and nothing cut or padded.
    pub fn from_pdq(pdq: Pdq) -> Self {
        Self { forms: pdq.dihedral_hashes(), whole: pdq, others: Vec::new(), on_black: None }
    }

    fn with_whole(whole: Pdq, view: &LumaView<'_>, full_width: usize, full_height: usize) -> Self {
        let picture = Forms::new(view, full_width, full_height);
        let mut others: Vec<_> = PADDINGS.iter().filter_map(|share| picture.padded(*share).searchable()).collect();
        for (part, width, height) in inside_borders(view, full_width, full_height) {
            others.extend(Forms::new(&part, width, height).searchable());
        }
        let mut forms = picture.hashes();
        forms[0] = whole.hash();
        Self { whole, forms, others, on_black: None }
    }

    /// The PDQ of the picture as it is.
    pub fn whole(&self) -> &Pdq {
        &self.whole
    }

    /// The hashes of the whole picture in its eight forms, in the order of [`super::DIHEDRALS`].
    pub fn forms(&self) -> &[PdqHash; 8] {
        &self.forms
    }

    /// The hashes of the picture on each ground that it may be shown on. Each is a picture of its own: what is allowed on
    /// one says nothing of the other.
    pub(crate) fn grounds(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.on_black.as_deref())
    }

    /// Whether there is anything to search for.
    pub fn is_searchable(&self) -> bool {
        self.grounds().any(|ground| ground.whole.is_searchable() || !ground.others.is_empty())
    }

    /// What to search for: eight hashes for each form of the picture (on white) that says enough, the whole picture first.
    pub fn queries(&self) -> impl Iterator<Item = &[PdqHash; 8]> {
        self.whole.is_searchable().then_some(&self.forms).into_iter().chain(&self.others)
    }
}

/// A picture mirrored at no axis, the horizontal, the vertical, and both, before the filter (see
/// `folded::mirrored`); each also stands for its transposition.
struct Forms([Pdq; 4]);

impl Forms {
    fn new(view: &LumaView<'_>, full_width: usize, full_height: usize) -> Self {
        if view.width().min(view.height()) < MIN_SIDE {
            return Self(std::array::from_fn(|_| Pdq::none()));
        }
        Self(folded::mirrored(view, full_width, full_height).map(Pdq::from_grid))
    }

    fn padded(&self, share: f32) -> Self {
        Self(self.0.each_ref().map(|pdq| padded(pdq, share)))
    }

    fn searchable(&self) -> Option<[PdqHash; 8]> {
        self.0[0].is_searchable().then(|| self.hashes())
    }

    fn hashes(&self) -> [PdqHash; 8] {
        let [original, flip_x, flip_y, rotate_180] = self.0.each_ref().map(Pdq::hash);
        let [flip_plus_1, rotate_270, rotate_90, flip_minus_1] = self.0.each_ref().map(Pdq::transposed_hash);
        [original, rotate_90, rotate_180, rotate_270, flip_x, flip_y, flip_plus_1, flip_minus_1]
    }
}

/// The parts of the view that are inside a border, with the sizes that they have in the full picture.
fn inside_borders<'a>(
    view: &LumaView<'a>,
    full_width: usize,
    full_height: usize,
) -> impl Iterator<Item = (LumaView<'a>, usize, usize)> {
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
    Pdq::from_grid(grid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::MATCH_DISTANCE;

    /// Detail at the scales that PDQ looks at, and unlike its own mirror images.
    fn pixels(width: usize, height: usize) -> Vec<u8> {
        let noise = |x: usize, y: usize| {
            let value = (x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263)) as u32) ^ 0x9e37_79b9;
            let value = (value ^ value >> 13).wrapping_mul(1_274_126_177);
            (value >> 24) as f32
        };
        (0..width * height)
            .map(|i| {
                let (u, v) = ((i % width) as f32 / width as f32 * 19.0, (i / width) as f32 / height as f32 * 19.0);
                let (x, y, right, down) = (u as usize, v as usize, u.fract(), v.fract());
                let upper = noise(x, y) * (1.0 - right) + noise(x + 1, y) * right;
                let lower = noise(x, y + 1) * (1.0 - right) + noise(x + 1, y + 1) * right;
                (upper * (1.0 - down) + lower * down) as u8
            })
            .collect()
    }

    fn hashes(pixels: &[u8], width: usize) -> PictureHashes {
        PictureHashes::from_pixels(&LumaView::luma(pixels, width, pixels.len() / width, width).unwrap())
    }

    /// The k-th form of a picture is the hash of the picture in its k-th form, to the bit or nearly.
    #[test]
    fn each_form_is_the_hash_of_the_picture_in_that_form() {
        let side = 200;
        let original = pixels(side, side);
        let last = side - 1;
        type Turn = fn(usize, usize, usize) -> (usize, usize);
        let sources: [Turn; 8] = [
            |x, y, _| (x, y),
            |x, y, last| (last - y, x),
            |x, y, last| (last - x, last - y),
            |x, y, last| (y, last - x),
            |x, y, last| (x, last - y),
            |x, y, last| (last - x, y),
            |x, y, _| (y, x),
            |x, y, last| (last - y, last - x),
        ];
        let forms = *hashes(&original, side).forms();
        for (form, source) in super::super::DIHEDRALS.iter().zip(sources) {
            let turned: Vec<u8> = (0..side * side)
                .map(|i| {
                    let (x, y) = source(i % side, i / side, last);
                    original[y * side + x]
                })
                .collect();
            let turned = hashes(&turned, side).whole().hash();
            let distances = forms.map(|hash| hash.distance(&turned));
            assert!(distances[*form as usize] <= 2, "{form:?}: {distances:?}");
            assert_eq!(distances.iter().filter(|distance| **distance <= MATCH_DISTANCE).count(), 1, "{form:?}");
        }
    }

    /// On a photograph: texture all over, as `pixels` makes it, is lost with what is cut.
    #[test]
    fn an_even_crop_is_found_by_a_padded_form() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/pdq/square-256x256.png");
        let original = image::open(file).unwrap().to_luma8();
        let (side, cut) = (original.width() as usize, 7);
        let whole = hashes(original.as_raw(), side).whole().hash();
        let inner = side - 2 * cut;
        let cropped: Vec<u8> =
            (0..inner * inner).map(|i| original.as_raw()[(i / inner + cut) * side + i % inner + cut]).collect();
        let cropped = hashes(&cropped, inner);
        let distances: Vec<u32> = cropped.queries().map(|forms| forms[0].distance(&whole)).collect();
        assert!(distances[0] > MATCH_DISTANCE, "{distances:?}");
        assert!(distances[1..].iter().any(|distance| *distance <= MATCH_DISTANCE), "{distances:?}");
    }

    #[test]
    fn a_plain_picture_has_nothing_to_search_for() {
        let plain = hashes(&[90; 300 * 300], 300);
        assert!(!plain.is_searchable());
        assert_eq!(plain.queries().count(), 0);
    }
}
