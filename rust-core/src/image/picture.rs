//! The one decoded form of a picture that every detector reads.

use super::{Limits, Orientation};

/// Side in pixels that the shorter edge keeps where a picture is decoded at a reduced scale: one and a half times
/// the networks' input, and enough for the perceptual hash to stay within four bits (200 are, by measurement).
pub const MIN_SHORT_SIDE: u32 = 336;

/// Decoded pixels, reduced by a whole factor, not yet turned upright.
#[derive(Debug, Clone)]
pub struct Picture {
    /// RGB, three bytes a pixel, rows without padding.
    pub rgb: Vec<u8>,
    /// Width of `rgb` in pixels.
    pub width: u32,
    /// Height of `rgb` in pixels.
    pub height: u32,
    /// Width of the original in pixels, as stored.
    pub full_width: u32,
    /// Height of the original in pixels, as stored.
    pub full_height: u32,
    /// Each pixel of `rgb` is the mean of `reduction x reduction` pixels of the original: 1, 2, 4 or 8.
    pub reduction: u32,
    /// How to turn it upright.
    pub orientation: Orientation,
    /// The same picture on a black ground, where it has pixels that are not opaque; `rgb` is on white. An app may show it
    /// on either, and a picture of one colour that lies in the transparency alone is invisible on that colour.
    pub on_black: Option<Box<Picture>>,
}

/// A rectangle of a [`Picture`], in its own (reduced, not upright) pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Pixels of a caller that become a [`Picture`].
pub trait ToPicture {
    /// The pixels, alpha on white and on black, reduced by block means where they are many.
    fn to_picture(&self, orientation: Orientation) -> Picture;
}

impl Picture {
    /// A grey picture whose pixels are computed, for tests.
    #[cfg(test)]
    pub(crate) fn grey(width: u32, height: u32, at: impl Fn(u32, u32) -> u8) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = pixels.flat_map(|(x, y)| [at(x, y); 3]).collect();
        let orientation = Orientation::default();
        Self { rgb, width, height, full_width: width, full_height: height, reduction: 1, orientation, on_black: None }
    }

    /// The whole picture.
    pub fn whole(&self) -> Region {
        Region { x: 0, y: 0, width: self.width, height: self.height }
    }

    /// Width and height of the upright original, as a person would say them.
    pub fn upright_size(&self) -> (u32, u32) {
        if self.orientation.transpose {
            (self.full_height, self.full_width)
        } else {
            (self.full_width, self.full_height)
        }
    }
}

/// Bytes of a picture of this size once it is reduced.
pub(super) fn reduced_bytes(width: u32, height: u32) -> u64 {
    let reduction = reduction_for(width, height);
    u64::from(width.div_ceil(reduction)) * u64::from(height.div_ceil(reduction)) * 3
}

/// Longest side of a picture that is looked at: four times a JPEG's longest. Each of its pixels is read once for each
/// column that a network sees, however thin the picture is.
pub(super) const MAX_SIDE: u32 = 1 << 18;

/// Whether a picture of this size, of which `kept` bytes remain, is looked at.
pub(super) fn is_within(width: u32, height: u32, kept: u64, limits: &Limits) -> bool {
    width.max(height) <= MAX_SIDE
        && u64::from(width) * u64::from(height) <= limits.max_strip_pixels
        && kept <= limits.max_decoded_bytes
}

/// The largest reduction that keeps [`MIN_SHORT_SIDE`].
pub(super) fn reduction_for(width: u32, height: u32) -> u32 {
    [8, 4, 2].into_iter().find(|s| width.min(height) / s >= MIN_SHORT_SIDE).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reduction_keeps_the_short_side() {
        assert_eq!(reduction_for(4000, 3000), 8);
        assert_eq!(reduction_for(4000, 8 * MIN_SHORT_SIDE), 8);
        assert_eq!(reduction_for(4000, 8 * MIN_SHORT_SIDE - 1), 4);
        assert_eq!(reduction_for(1080, 2400), 2);
        assert_eq!(reduction_for(10, 90_000), 1);
    }
}
