//! A borrowed picture as hashing reads it, by its luma: bytes with a width, a height and a stride, checked once.

use super::HashError;

/// Largest width or height that is hashed. Two bytes hold it in every picture format in use.
const MAX_SIDE: usize = 65_535;

/// How the bytes of a pixel are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One byte: luma, 0 to 255.
    Luma,
    /// Three bytes: red, green, blue.
    Rgb,
}

impl Layout {
    const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Luma => 1,
            Self::Rgb => 3,
        }
    }
}

/// A picture that someone else owns. Its dimensions fit its bytes: nothing later re-checks them.
#[derive(Debug, Clone, Copy)]
pub struct LumaView<'a> {
    bytes: &'a [u8],
    width: usize,
    height: usize,
    stride: usize,
    layout: Layout,
}

impl<'a> LumaView<'a> {
    /// A plane of luma, one byte a pixel, full range; `stride` is the number of bytes from one row to the next.
    ///
    /// The Y plane of a JPEG decoder serves as it is: the hash differs by 0 to 2 bits from that of the RGB picture.
    ///
    /// # Errors
    /// [`HashError::BadPixels`] when a side is 0 or above 65,535, or the bytes are too few for height and stride.
    pub fn luma(bytes: &'a [u8], width: usize, height: usize, stride: usize) -> Result<Self, HashError> {
        Self::new(bytes, width, height, stride, Layout::Luma)
    }

    /// Red, green, blue, a byte each; `stride` in bytes.
    ///
    /// # Errors
    /// As [`LumaView::luma`].
    pub fn rgb(bytes: &'a [u8], width: usize, height: usize, stride: usize) -> Result<Self, HashError> {
        Self::new(bytes, width, height, stride, Layout::Rgb)
    }

    fn new(bytes: &'a [u8], width: usize, height: usize, stride: usize, layout: Layout) -> Result<Self, HashError> {
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(HashError::BadPixels);
        }
        let row = width * layout.bytes_per_pixel();
        // The last row may end before its stride does.
        let needed = stride.checked_mul(height - 1).and_then(|n| n.checked_add(row));
        if stride < row || needed.is_none_or(|n| bytes.len() < n) {
            return Err(HashError::BadPixels);
        }
        Ok(Self { bytes, width, height, stride, layout })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The part of the picture that begins at (`left`, `top`); what lies outside is cut off.
    pub(super) fn crop(&self, left: usize, top: usize, width: usize, height: usize) -> Option<Self> {
        if left >= self.width || top >= self.height {
            return None;
        }
        let (width, height) = (width.min(self.width - left), height.min(self.height - top));
        let start = top * self.stride + left * self.layout.bytes_per_pixel();
        Self::new(self.bytes.get(start..)?, width, height, self.stride, self.layout).ok()
    }

    /// Luma of one pixel; `x` and `y` are inside the picture.
    pub(super) fn luma_at(&self, x: usize, y: usize) -> f32 {
        let start = y * self.stride + x * self.layout.bytes_per_pixel();
        match self.layout {
            Layout::Luma => f32::from(self.bytes[start]),
            Layout::Rgb => luma_of(self.bytes[start], self.bytes[start + 1], self.bytes[start + 2]),
        }
    }

    /// Luma of row `y` as PDQ defines it (0.299 R + 0.587 G + 0.114 B, each product and sum rounded to `f32`).
    /// `y` is below the height and `out` holds a row.
    pub(super) fn luma_row(&self, y: usize, out: &mut [f32]) {
        let start = y * self.stride;
        let row = &self.bytes[start..start + self.width * self.layout.bytes_per_pixel()];
        match self.layout {
            Layout::Luma => {
                for (luma, &byte) in out.iter_mut().zip(row) {
                    *luma = f32::from(byte);
                }
            }
            Layout::Rgb => {
                for (luma, pixel) in out.iter_mut().zip(row.as_chunks::<3>().0) {
                    *luma = luma_of(pixel[0], pixel[1], pixel[2]);
                }
            }
        }
    }
}

fn luma_of(red: u8, green: u8, blue: u8) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_must_fit_the_bytes() {
        let bytes = [0; 100];
        assert!(LumaView::luma(&bytes, 10, 10, 10).is_ok());
        assert!(LumaView::luma(&bytes, 10, 10, 11).is_err(), "the last row needs only its width, 99 + 10 > 100");
        assert!(LumaView::luma(&bytes, 9, 9, 11).is_ok(), "8 * 11 + 9 = 97");
        assert!(LumaView::luma(&bytes, 10, 10, 9).is_err(), "a stride shorter than a row");
        assert!(LumaView::luma(&bytes, 0, 10, 10).is_err());
        assert!(LumaView::rgb(&bytes, 65_536, 1, usize::MAX).is_err());
        assert!(LumaView::rgb(&bytes, 5, 3, usize::MAX).is_err(), "no overflow");
    }

    #[test]
    fn a_crop_reads_the_same_pixels() {
        let bytes: Vec<u8> = (0..60).collect();
        let view = LumaView::rgb(&bytes, 4, 5, 12).unwrap();
        let (mut whole, mut part) = ([0.0; 4], [0.0; 2]);
        view.luma_row(3, &mut whole);
        view.crop(1, 2, 2, 2).unwrap().luma_row(1, &mut part);
        assert_eq!(part, whole[1..3]);
        assert!(view.crop(4, 0, 1, 1).is_none());
    }
}
