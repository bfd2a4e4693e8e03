//! Pixels that a caller already holds: an Android bitmap or the planes of a camera frame.

use super::picture::{Picture, ToPicture, reduction_for};
use super::{ImageError, Limits, Orientation};

/// Order and meaning of a caller's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelFormat {
    /// Red, green, blue, alpha, not premultiplied.
    Rgba,
    /// Red, green, blue, alpha, colours already multiplied by alpha: what `AndroidBitmap_lockPixels` gives.
    RgbaPremultiplied,
    /// Red, green, blue.
    Rgb,
    /// Brightness only: the Y plane of a camera frame.
    Luma,
}

impl PixelFormat {
    fn bytes(self) -> usize {
        match self {
            Self::Rgba | Self::RgbaPremultiplied => 4,
            Self::Rgb => 3,
            Self::Luma => 1,
        }
    }
}

/// A view of a caller's pixels. Parsed once: a view that exists is consistent.
#[derive(Debug, Clone, Copy)]
pub struct PixelView<'a> {
    bytes: &'a [u8],
    width: u32,
    height: u32,
    stride: usize,
    format: PixelFormat,
}

impl<'a> PixelView<'a> {
    /// A view of `height` rows, each `stride` bytes after the one before. The last row may end at its last pixel.
    ///
    /// # Errors
    /// [`ImageError::Empty`] for no pixels, [`ImageError::BadPixels`] where stride or length are too small,
    /// [`ImageError::TooLarge`] past the limits.
    pub fn new(
        bytes: &'a [u8],
        width: u32,
        height: u32,
        stride: usize,
        format: PixelFormat,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        if width == 0 || height == 0 || bytes.is_empty() {
            return Err(ImageError::Empty);
        }
        let row = (width as usize).checked_mul(format.bytes()).ok_or(ImageError::TooLarge)?;
        let needed =
            stride.checked_mul(height as usize - 1).and_then(|n| n.checked_add(row)).ok_or(ImageError::BadPixels)?;
        if stride < row || bytes.len() < needed {
            return Err(ImageError::BadPixels);
        }
        // The pixels exist already: only what is made from them counts, and that is reduced.
        if u64::from(width) * u64::from(height) > limits.max_strip_pixels {
            return Err(ImageError::TooLarge);
        }
        Ok(Self { bytes, width, height, stride, format })
    }

    /// The pixels as a [`Picture`], alpha on white, reduced by block means where they are many.
    pub fn to_picture(&self, orientation: Orientation) -> Picture {
        let reduction = reduction_for(self.width, self.height);
        // Blocks at the right and bottom edge may be partial, as a JPEG decoder's are.
        let width = self.width.div_ceil(reduction);
        let height = self.height.div_ceil(reduction);
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        let mut sums = vec![[0u32; 3]; width as usize];
        for block_row in 0..height {
            let first = block_row * reduction;
            let last = (first + reduction).min(self.height);
            sums.fill([0; 3]);
            for y in first..last {
                let start = y as usize * self.stride;
                let row = &self.bytes[start..start + self.width as usize * self.format.bytes()];
                self.add_row(row, reduction as usize, &mut sums);
            }
            for (x, sum) in sums.iter().enumerate() {
                let columns = reduction.min(self.width - x as u32 * reduction);
                let n = columns * (last - first);
                rgb.extend(sum.map(|s| ((s + n / 2) / n) as u8));
            }
        }
        Picture { rgb, width, height, full_width: self.width, full_height: self.height, reduction, orientation }
    }

    fn add_row(&self, row: &[u8], reduction: usize, sums: &mut [[u32; 3]]) {
        let size = self.format.bytes();
        for (block, sum) in row.chunks(reduction * size).zip(sums) {
            for pixel in block.chunks_exact(size) {
                let colour = match self.format {
                    PixelFormat::Rgb => [pixel[0], pixel[1], pixel[2]].map(u32::from),
                    PixelFormat::Luma => [u32::from(pixel[0]); 3],
                    PixelFormat::Rgba => on_white(pixel),
                    PixelFormat::RgbaPremultiplied => {
                        let white = 255 - u32::from(pixel[3]);
                        [pixel[0], pixel[1], pixel[2]].map(|c| (u32::from(c) + white).min(255))
                    }
                };
                for (s, c) in sum.iter_mut().zip(colour) {
                    *s += c;
                }
            }
        }
    }
}

impl ToPicture for PixelView<'_> {
    fn to_picture(&self, orientation: Orientation) -> Picture {
        PixelView::to_picture(self, orientation)
    }
}

/// A pixel with alpha, laid on white.
pub(super) fn on_white(rgba: &[u8]) -> [u32; 3] {
    let alpha = u32::from(rgba[3]);
    if alpha == 255 {
        return [rgba[0], rgba[1], rgba[2]].map(u32::from);
    }
    [rgba[0], rgba[1], rgba[2]].map(|c| (u32::from(c) * alpha + 255 * (255 - alpha) + 127) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(bytes: &[u8], width: u32, height: u32, stride: usize) -> Result<PixelView<'_>, ImageError> {
        PixelView::new(bytes, width, height, stride, PixelFormat::Rgba, &Limits::default())
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let bytes = vec![0; 4 * 10 * 10];
        assert!(view(&bytes, 10, 10, 40).is_ok());
        assert_eq!(view(&bytes, 10, 10, 39).err(), Some(ImageError::BadPixels));
        assert_eq!(view(&bytes, 10, 11, 40).err(), Some(ImageError::BadPixels));
        assert_eq!(view(&bytes, 10, 10, usize::MAX).err(), Some(ImageError::BadPixels));
        assert_eq!(view(&bytes, u32::MAX, u32::MAX, usize::MAX).err(), Some(ImageError::BadPixels));
        assert_eq!(view(&bytes, 0, 10, 40).err(), Some(ImageError::Empty));
        assert_eq!(view(&[], 10, 10, 40).err(), Some(ImageError::Empty));
    }

    #[test]
    fn the_last_row_may_end_at_its_last_pixel() {
        let bytes = vec![7; 64 * 2 + 40];
        assert!(view(&bytes, 10, 3, 64).is_ok());
        assert_eq!(view(&bytes[1..], 10, 3, 64).err(), Some(ImageError::BadPixels));
    }

    #[test]
    fn padding_between_rows_is_never_read() {
        let mut bytes = Vec::new();
        for _ in 0..4 {
            bytes.extend([10, 20, 30, 255].repeat(3));
            bytes.extend([99; 5]);
        }
        let picture = view(&bytes, 3, 4, 17).unwrap().to_picture(Orientation::default());
        assert!(picture.rgb.chunks(3).all(|p| p == [10, 20, 30]));
    }

    #[test]
    fn transparent_pixels_are_white_in_both_alpha_forms() {
        for format in [PixelFormat::Rgba, PixelFormat::RgbaPremultiplied] {
            let bytes = [0, 0, 0, 0];
            let view = PixelView::new(&bytes, 1, 1, 4, format, &Limits::default()).unwrap();
            assert_eq!(view.to_picture(Orientation::default()).rgb, [255; 3], "{format:?}");
        }
        let half = [100, 100, 100, 128];
        let view = PixelView::new(&half, 1, 1, 4, PixelFormat::Rgba, &Limits::default()).unwrap();
        assert_eq!(view.to_picture(Orientation::default()).rgb, [177; 3]);
    }

    #[test]
    fn a_large_bitmap_is_reduced_by_block_means() {
        let (width, height) = (1401u32, 1400u32);
        let bytes: Vec<u8> = (0..width * height).flat_map(|i| [if i % 2 == 0 { 0 } else { 200 }; 1]).collect();
        let view =
            PixelView::new(&bytes, width, height, width as usize, PixelFormat::Luma, &Limits::default()).unwrap();
        let picture = view.to_picture(Orientation::default());
        assert_eq!((picture.width, picture.height, picture.reduction), (351, 350, 4));
        assert_eq!(picture.rgb[0], 100);
    }
}
