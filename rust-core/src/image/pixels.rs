//! Pixels that a caller already holds: an Android bitmap or the planes of a camera frame.

use super::picture::{Picture, ToPicture, is_within, reduced_bytes, reduction_for};
use super::{ImageError, Limits, Orientation};

/// Alpha of a pixel that hides its ground.
const OPAQUE: u8 = 255;
/// The two grounds that transparent pixels are looked at on: what shows on any other shows on one of them.
const WHITE: u32 = 255;
const BLACK: u32 = 0;

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

    fn has_alpha(self) -> bool {
        matches!(self, Self::Rgba | Self::RgbaPremultiplied)
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
        // The pixels exist already: only what is made from them counts, and that is reduced, unless it is narrow.
        let kept = reduced_bytes(width, height) * if format.has_alpha() { 2 } else { 1 };
        if !is_within(width, height, kept, limits) {
            return Err(ImageError::TooLarge);
        }
        Ok(Self { bytes, width, height, stride, format })
    }

    /// The pixels as a [`Picture`], alpha on white and on black, reduced by block means where they are many.
    pub fn to_picture(&self, orientation: Orientation) -> Picture {
        let (mut picture, is_opaque) = self.on_ground(WHITE, orientation);
        if !is_opaque {
            picture.on_black = Some(Box::new(self.on_ground(BLACK, orientation).0));
        }
        picture
    }

    /// The picture on a grey ground, and whether nothing of the ground is seen.
    fn on_ground(&self, ground: u32, orientation: Orientation) -> (Picture, bool) {
        let reduction = reduction_for(self.width, self.height);
        // Blocks at the right and bottom edge may be partial, as a JPEG decoder's are.
        let width = self.width.div_ceil(reduction);
        let height = self.height.div_ceil(reduction);
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        let mut sums = vec![[0u32; 3]; width as usize];
        let mut is_opaque = true;
        for block_row in 0..height {
            let first = block_row * reduction;
            let last = (first + reduction).min(self.height);
            sums.fill([0; 3]);
            for y in first..last {
                let start = y as usize * self.stride;
                let row = &self.bytes[start..start + self.width as usize * self.format.bytes()];
                is_opaque &= self.add_row(row, ground, reduction as usize, &mut sums);
            }
            for (x, sum) in sums.iter().enumerate() {
                let columns = reduction.min(self.width - x as u32 * reduction);
                let n = columns * (last - first);
                rgb.extend(sum.map(|s| ((s + n / 2) / n) as u8));
            }
        }
        let (full_width, full_height) = (self.width, self.height);
        (Picture { rgb, width, height, full_width, full_height, reduction, orientation, on_black: None }, is_opaque)
    }

    /// Adds a row to its blocks' sums; says whether it is opaque.
    fn add_row(&self, row: &[u8], ground: u32, reduction: usize, sums: &mut [[u32; 3]]) -> bool {
        let size = self.format.bytes();
        let mut least_alpha = OPAQUE;
        for (block, sum) in row.chunks(reduction * size).zip(sums) {
            for pixel in block.chunks_exact(size) {
                let colour = match self.format {
                    PixelFormat::Rgb => [pixel[0], pixel[1], pixel[2]].map(u32::from),
                    PixelFormat::Luma => [u32::from(pixel[0]); 3],
                    PixelFormat::Rgba => {
                        least_alpha = least_alpha.min(pixel[3]);
                        laid_on(ground, pixel)
                    }
                    PixelFormat::RgbaPremultiplied => {
                        least_alpha = least_alpha.min(pixel[3]);
                        let behind = ground * (255 - u32::from(pixel[3])) / 255;
                        [pixel[0], pixel[1], pixel[2]].map(|c| (u32::from(c) + behind).min(255))
                    }
                };
                for (s, c) in sum.iter_mut().zip(colour) {
                    *s += c;
                }
            }
        }
        least_alpha == OPAQUE
    }
}

impl ToPicture for PixelView<'_> {
    fn to_picture(&self, orientation: Orientation) -> Picture {
        PixelView::to_picture(self, orientation)
    }
}

/// A pixel with alpha, laid on a grey ground.
fn laid_on(ground: u32, rgba: &[u8]) -> [u32; 3] {
    let alpha = u32::from(rgba[3]);
    if rgba[3] == OPAQUE {
        return [rgba[0], rgba[1], rgba[2]].map(u32::from);
    }
    [rgba[0], rgba[1], rgba[2]].map(|c| (u32::from(c) * alpha + ground * (255 - alpha) + 127) / 255)
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
    fn transparent_pixels_take_both_grounds_in_both_alpha_forms() {
        let on_both = |bytes: [u8; 4], format| {
            let view = PixelView::new(&bytes, 1, 1, 4, format, &Limits::default()).unwrap();
            let picture = view.to_picture(Orientation::default());
            (picture.rgb[0], picture.on_black.map(|black| black.rgb[0]))
        };
        for format in [PixelFormat::Rgba, PixelFormat::RgbaPremultiplied] {
            assert_eq!(on_both([0, 0, 0, 0], format), (255, Some(0)), "{format:?}");
            assert_eq!(on_both([90, 90, 90, 255], format), (90, None), "{format:?}: opaque");
        }
        assert_eq!(on_both([100, 100, 100, 128], PixelFormat::Rgba), (177, Some(50)));
        assert_eq!(on_both([50, 50, 50, 128], PixelFormat::RgbaPremultiplied), (177, Some(50)));
    }

    #[test]
    fn a_narrow_bitmap_whose_copies_would_be_large_is_refused() {
        let limits = Limits { max_decoded_bytes: 2 * 3 * 30 * 100, ..Limits::default() };
        let bytes = vec![0; 4 * 31 * 100];
        assert!(PixelView::new(&bytes, 30, 100, 120, PixelFormat::Rgba, &limits).is_ok());
        let refused = PixelView::new(&bytes, 31, 100, 124, PixelFormat::Rgba, &limits).err();
        assert_eq!(refused, Some(ImageError::TooLarge));
        assert!(PixelView::new(&bytes, 31, 100, 93, PixelFormat::Rgb, &limits).is_ok(), "opaque: one copy");
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
