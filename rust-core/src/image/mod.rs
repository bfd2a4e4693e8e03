//! The picture path: untrusted bytes or a caller's pixels in, one small upright-able picture out.
//!
//! A picture is decoded **once**, at the smallest scale that keeps enough pixels, and the same [`Picture`] feeds the
//! networks, the perceptual hash and the preview. Limits are checked against the header, before anything large is
//! allocated.

mod animation;
pub mod cascade;
mod decode;
mod exif;
mod format;
mod jpeg_segments;
mod jpeg_trip;
mod live;
pub mod marker;
mod picture;
mod pixels;
mod resample;
mod screenshot;
mod tensor;
mod yuv;

pub use animation::{Animation, Frame, FrameSampling};
pub use decode::{Decoded, decode};
pub use exif::Orientation;
pub use format::Format;
pub use live::{LiveConfig, LiveSession, LiveState};
pub use picture::{Picture, Region, ToPicture};
pub use pixels::{PixelFormat, PixelView};
pub use screenshot::{Tiling, tiling};
pub use tensor::tensor;
pub use yuv::{YuvPlane, YuvView};

use crate::verdict::NotCheckedReason;

/// What is refused before any work is done. The defaults hold a check to about 200 MB and a second or two on a
/// phone; an app may lower them, never raise them past [`Limits::default`]. No side may have more than 262,144 pixels,
/// whatever they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest input, in bytes.
    pub max_bytes: usize,
    /// Most pixels of a baseline JPEG, which is decoded in strips at a reduced scale: phones make 200-megapixel ones.
    pub max_strip_pixels: u64,
    /// Largest buffer that decoding may hold at once, in bytes. It bounds every other format, progressive JPEG too.
    pub max_decoded_bytes: u64,
    /// Most frames of an animation; one with more is not looked at.
    pub max_frames: usize,
    /// Most pixels that are decoded in all the frames of an animation together.
    pub max_animation_pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_strip_pixels: 256_000_000,
            max_decoded_bytes: 160 << 20,
            max_frames: 3_000,
            max_animation_pixels: 400_000_000,
        }
    }
}

impl Limits {
    /// These limits, none above the default.
    pub fn capped(self) -> Self {
        let d = Self::default();
        Self {
            max_bytes: self.max_bytes.min(d.max_bytes),
            max_strip_pixels: self.max_strip_pixels.min(d.max_strip_pixels),
            max_decoded_bytes: self.max_decoded_bytes.min(d.max_decoded_bytes),
            max_frames: self.max_frames.min(d.max_frames),
            max_animation_pixels: self.max_animation_pixels.min(d.max_animation_pixels),
        }
    }
}

/// Why bytes or pixels are no picture that can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// No bytes at all.
    Empty,
    /// None of the formats that are read: JPEG, PNG, WebP, GIF, BMP, PNM.
    Unsupported,
    /// Cut short, or its parts contradict each other.
    Damaged,
    /// Larger than [`Limits`] allow.
    TooLarge,
    /// Width, height, stride and length of a caller's pixels do not fit together.
    BadPixels,
}

impl From<ImageError> for NotCheckedReason {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Empty => Self::Empty,
            ImageError::Unsupported => Self::UnsupportedFormat,
            ImageError::Damaged => Self::Damaged,
            ImageError::TooLarge => Self::TooLarge,
            ImageError::BadPixels => Self::BadPixels,
        }
    }
}

impl std::fmt::Display for ImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "there are no bytes",
            Self::Unsupported => "this is no JPEG, PNG, WebP, GIF, BMP or PNM picture",
            Self::Damaged => "the picture is cut short or contradicts itself",
            Self::TooLarge => "the picture is larger than the limits allow",
            Self::BadPixels => "width, height, stride and buffer length do not fit together",
        })
    }
}

impl std::error::Error for ImageError {}
