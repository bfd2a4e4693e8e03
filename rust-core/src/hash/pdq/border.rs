//! Finding the frame that someone put around a picture, which alone hides it from PDQ.

use crate::hash::LumaView;

/// Points at which a line is looked at.
const POINTS: usize = 128;
/// How far, in levels of 0 to 255, a point may be from its border's colour: what JPEG leaves of a flat area.
const TOLERANCE: f32 = 20.0;
/// Share of points that may be further off, for a caption or a speck in the border.
const OUTLIERS: f32 = 0.03;
/// A border thinner than this share of the side is left: PDQ withstands it.
const MIN_BORDER: f32 = 0.015;
/// Less than this share of a side is not a framed picture but a detail on a plain ground.
const MIN_REST: f32 = 0.25;

/// Where the picture is inside its border: left, top, width and height in pixels of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inner {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// The picture inside its border, if it has one; and, if there is another border inside that one, the picture
/// inside both. What looks like a second border may be the picture's own sky, so that both are of use.
///
/// In a picture that was decoded at a fraction of its size (`reduced`), the line between border and picture is a
/// mixture of both and goes with the border.
pub(super) fn trim(view: &LumaView<'_>, reduced: bool) -> Vec<Inner> {
    let (mut x, mut y) = ((0, view.width()), (0, view.height()));
    let mut found: Vec<Inner> = Vec::new();
    for _ in 0..2 {
        y = trim_lines(y, reduced, |line, point| luma_between(view, x, point, |x| (x, line)));
        x = trim_lines(x, reduced, |line, point| luma_between(view, y, point, |y| (line, y)));
        let inner = Inner { left: x.0, top: y.0, width: x.1 - x.0, height: y.1 - y.0 };
        let around = found.last().map_or((view.width(), view.height()), |outer| (outer.width, outer.height));
        if !is_framed(inner, around, (view.width(), view.height())) {
            break;
        }
        found.push(inner);
    }
    found
}

/// Whether enough was cut off, and enough is left.
fn is_framed(inner: Inner, around: (usize, usize), whole: (usize, usize)) -> bool {
    let cut = |rest: usize, side: usize| (side - rest) as f32 >= MIN_BORDER * side as f32 && rest < side;
    let enough = |rest: usize, side: usize| rest as f32 >= MIN_REST * side as f32;
    (cut(inner.width, around.0) || cut(inner.height, around.1))
        && enough(inner.width, whole.0)
        && enough(inner.height, whole.1)
}

/// Luma at one of the points along the other axis, `range` of which is looked at.
fn luma_between(
    view: &LumaView<'_>,
    range: (usize, usize),
    point: usize,
    place: impl Fn(usize) -> (usize, usize),
) -> f32 {
    let along = range.0 + (2 * point + 1) * (range.1 - range.0) / (2 * POINTS);
    let (x, y) = place(along);
    view.luma_at(x, y)
}

/// Cuts plain lines off both ends of a range of lines.
fn trim_lines(range: (usize, usize), reduced: bool, luma: impl Fn(usize, usize) -> f32) -> (usize, usize) {
    let (mut first, mut last) = range;
    let plain = |line: usize, colour: f32| {
        let outliers = (0..POINTS).filter(|point| (luma(line, *point) - colour).abs() > TOLERANCE).count();
        outliers as f32 <= OUTLIERS * POINTS as f32
    };
    let colour_of = |line: usize| {
        let mut values: [f32; POINTS] = std::array::from_fn(|point| luma(line, point));
        *values.select_nth_unstable_by(POINTS / 2, f32::total_cmp).1
    };
    let (colour_first, colour_last) = (colour_of(first), colour_of(last - 1));
    while first + 1 < last && plain(first, colour_first) {
        first += 1;
    }
    while first + 1 < last && plain(last - 1, colour_last) {
        last -= 1;
    }
    let mixed = |cut: bool| usize::from(reduced && cut && last - first > 8);
    (first + mixed(first > range.0), last - mixed(last < range.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn textured(x: usize, y: usize) -> u8 {
        ((x * 37 + y * 91 + (x * y) % 83) % 256) as u8
    }

    fn framed(width: usize, height: usize, left: usize, top: usize, right: usize, bottom: usize) -> Vec<u8> {
        (0..width * height)
            .map(|i| {
                let (x, y) = (i % width, i / width);
                let inside = (left..width - right).contains(&x) && (top..height - bottom).contains(&y);
                if inside { textured(x, y) } else { 250 - (x % 5) as u8 }
            })
            .collect()
    }

    #[test]
    fn a_frame_is_cut_to_the_pixel_and_one_more_where_pixels_were_mixed() {
        let bytes = framed(320, 240, 30, 20, 44, 10);
        let view = LumaView::luma(&bytes, 320, 240, 320).unwrap();
        assert_eq!(trim(&view, false), [Inner { left: 30, top: 20, width: 246, height: 210 }]);
        assert_eq!(trim(&view, true), [Inner { left: 31, top: 21, width: 244, height: 208 }]);
    }

    #[test]
    fn a_frame_inside_a_frame_gives_both() {
        let mut bytes = framed(320, 240, 60, 50, 60, 50);
        for (i, luma) in bytes.iter_mut().enumerate() {
            let (x, y) = (i % 320, i / 320);
            if x < 20 || y < 20 || x >= 300 || y >= 220 {
                *luma = 10;
            }
        }
        let found = trim(&LumaView::luma(&bytes, 320, 240, 320).unwrap(), false);
        assert_eq!(
            found,
            [
                Inner { left: 20, top: 20, width: 280, height: 200 },
                Inner { left: 60, top: 50, width: 200, height: 140 },
            ]
        );
    }

    #[test]
    fn no_frame_a_thin_frame_and_a_plain_picture_stay_as_they_are() {
        for (left, top) in [(0, 0), (2, 1)] {
            let bytes = framed(320, 240, left, top, 0, 0);
            assert_eq!(trim(&LumaView::luma(&bytes, 320, 240, 320).unwrap(), false), []);
        }
        let small_detail = framed(320, 240, 150, 100, 150, 100);
        assert_eq!(trim(&LumaView::luma(&small_detail, 320, 240, 320).unwrap(), false), []);
        assert_eq!(trim(&LumaView::luma(&[7; 400], 20, 20, 20).unwrap(), false), []);
        assert_eq!(trim(&LumaView::luma(&[7], 1, 1, 1).unwrap(), false), []);
    }
}
