//! Camera frames as Android hands them out: brightness and two colour planes at half the size (`YUV_420_888`).

use super::picture::{Picture, ToPicture, is_within, reduced_bytes, reduction_for};
use super::{ImageError, Limits, Orientation};

/// One plane of a frame.
#[derive(Debug, Clone, Copy)]
pub struct YuvPlane<'a> {
    /// The bytes. The last row may end at its last value.
    pub bytes: &'a [u8],
    /// Bytes from the beginning of one row to that of the next.
    pub row_stride: usize,
    /// Bytes from one value to the next in a row: 1, or 2 where the two colour planes are interleaved.
    pub pixel_stride: usize,
}

impl YuvPlane<'_> {
    fn holds(&self, width: u32, height: u32) -> bool {
        let in_row = self.pixel_stride.checked_mul(width as usize - 1).and_then(|n| n.checked_add(1));
        let needed = in_row.zip(self.row_stride.checked_mul(height as usize - 1)).and_then(|(a, b)| a.checked_add(b));
        self.pixel_stride > 0
            && in_row.is_some_and(|n| self.row_stride >= n)
            && needed.is_some_and(|n| self.bytes.len() >= n)
    }

    /// The mean of the block from (`left`, `top`) up to, not including, (`right`, `bottom`).
    fn mean(&self, left: u32, top: u32, right: u32, bottom: u32) -> f32 {
        let mut sum = 0u32;
        for y in top..bottom {
            let row = y as usize * self.row_stride;
            for x in left..right {
                sum += u32::from(self.bytes[row + x as usize * self.pixel_stride]);
            }
        }
        sum as f32 / ((right - left) * (bottom - top)) as f32
    }
}

/// A frame of three planes. Parsed once: a view that exists is consistent.
#[derive(Debug, Clone, Copy)]
pub struct YuvView<'a> {
    y: YuvPlane<'a>,
    u: YuvPlane<'a>,
    v: YuvPlane<'a>,
    width: u32,
    height: u32,
}

impl<'a> YuvView<'a> {
    /// A view of a frame of `width` x `height` pixels; the colour planes have half of both, rounded up.
    ///
    /// # Errors
    /// [`ImageError::Empty`] for no pixels, [`ImageError::BadPixels`] where a stride or a length is too small,
    /// [`ImageError::TooLarge`] past the limits.
    pub fn new(
        y: YuvPlane<'a>,
        u: YuvPlane<'a>,
        v: YuvPlane<'a>,
        width: u32,
        height: u32,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        if width == 0 || height == 0 {
            return Err(ImageError::Empty);
        }
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        if !y.holds(width, height) || !u.holds(half_width, half_height) || !v.holds(half_width, half_height) {
            return Err(ImageError::BadPixels);
        }
        if !is_within(width, height, reduced_bytes(width, height), limits) {
            return Err(ImageError::TooLarge);
        }
        Ok(Self { y, u, v, width, height })
    }
}

impl ToPicture for YuvView<'_> {
    fn to_picture(&self, orientation: Orientation) -> Picture {
        let reduction = reduction_for(self.width, self.height);
        let (width, height) = (self.width.div_ceil(reduction), self.height.div_ceil(reduction));
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        for row in 0..height {
            let (top, bottom) = (row * reduction, ((row + 1) * reduction).min(self.height));
            for column in 0..width {
                let (left, right) = (column * reduction, ((column + 1) * reduction).min(self.width));
                let luma = self.y.mean(left, top, right, bottom);
                // The colour values whose pixels lie in the block.
                let half =
                    |plane: &YuvPlane<'_>| plane.mean(left / 2, top / 2, right.div_ceil(2), bottom.div_ceil(2)) - 128.0;
                rgb.extend(full_range_bt601(luma, half(&self.u), half(&self.v)));
            }
        }
        Picture {
            rgb,
            width,
            height,
            full_width: self.width,
            full_height: self.height,
            reduction,
            orientation,
            on_black: None,
        }
    }
}

/// ITU-R BT.601 at full range, which is what JFIF and Android's cameras use.
fn full_range_bt601(y: f32, u: f32, v: f32) -> [u8; 3] {
    [y + 1.402 * v, y - 0.344_136 * u - 0.714_136 * v, y + 1.772 * u].map(|c| c.round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(bytes: &[u8], row_stride: usize, pixel_stride: usize) -> YuvPlane<'_> {
        YuvPlane { bytes, row_stride, pixel_stride }
    }

    fn view<'a>(y: YuvPlane<'a>, c: YuvPlane<'a>, width: u32, height: u32) -> Result<YuvView<'a>, ImageError> {
        YuvView::new(y, c, c, width, height, &Limits::default())
    }

    #[test]
    fn planes_that_do_not_fit_are_refused() {
        let (y, c) = ([0; 5 * 3], [0; 3 * 2]);
        let (luma, colour) = (plane(&y, 5, 1), plane(&c, 3, 1));
        assert!(view(luma, colour, 5, 3).is_ok(), "odd sizes round the colour planes up");
        assert_eq!(view(luma, colour, 0, 3).err(), Some(ImageError::Empty));
        assert_eq!(view(luma, plane(&c[1..], 3, 1), 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(plane(&y[1..], 5, 1), colour, 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(plane(&y, 4, 1), colour, 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(plane(&y, 5, 0), colour, 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(plane(&y, usize::MAX, 1), colour, 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(luma, plane(&c, 3, usize::MAX), 5, 3).err(), Some(ImageError::BadPixels));
        assert_eq!(view(luma, colour, u32::MAX, u32::MAX).err(), Some(ImageError::BadPixels));
    }

    #[test]
    fn colours_are_those_of_the_standard() {
        // Y, U, V of pure red, green, blue, white and black at full range, after BT.601.
        for (yuv, rgb) in [
            ([76, 85, 255], [254, 0, 0]),
            ([150, 44, 21], [0, 255, 1]),
            ([29, 255, 107], [0, 1, 254]),
            ([255, 128, 128], [255; 3]),
            ([0, 128, 128], [0; 3]),
        ] {
            let (y, u, v) = ([yuv[0]; 4], [yuv[1]], [yuv[2]]);
            let view =
                YuvView::new(plane(&y, 2, 1), plane(&u, 1, 1), plane(&v, 1, 1), 2, 2, &Limits::default()).unwrap();
            let picture = view.to_picture(Orientation::default());
            assert!(
                picture.rgb.chunks(3).flatten().zip(rgb.iter().cycle()).all(|(a, b)| a.abs_diff(*b) <= 1),
                "{yuv:?}"
            );
        }
    }

    #[test]
    fn interleaved_colours_with_padding_are_read_where_they_stand() {
        // Two rows of two colour values each: U at even places, V at odd, one byte of padding that is never read.
        let uv = [85, 255, 85, 255, 9, 85, 255, 85, 255];
        let y = [76; 4 * 4];
        let view =
            YuvView::new(plane(&y, 4, 1), plane(&uv, 5, 2), plane(&uv[1..], 5, 2), 4, 4, &Limits::default()).unwrap();
        assert!(view.to_picture(Orientation::default()).rgb.chunks(3).all(|p| p[0] >= 253 && p[1] <= 1 && p[2] <= 1));
    }

    #[test]
    fn a_large_frame_is_reduced_by_block_means() {
        let (width, height) = (1921u32, 1080u32);
        let y: Vec<u8> = (0..width * height).map(|i| if i % width % 2 == 0 { 0 } else { 200 }).collect();
        let c = vec![128; (width.div_ceil(2) * height.div_ceil(2)) as usize];
        let frame = view(plane(&y, width as usize, 1), plane(&c, 961, 1), width, height).unwrap();
        let picture = frame.to_picture(Orientation::default());
        assert_eq!((picture.width, picture.height, picture.reduction), (961, 540, 2));
        assert_eq!(picture.rgb[0], 100);
    }
}
