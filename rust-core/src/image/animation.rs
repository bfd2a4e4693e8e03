//! Animations: which frames are looked at, and getting them without decoding more than needed.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder};

use super::decode::{decoder_limits, picture_of, refusal};
use super::picture::Picture;
use super::{Format, ImageError, Limits, Orientation};

/// Players show a frame with a delay of 10 ms or less for 100 ms (every current browser does); so does the sampling,
/// or a hostile file could squeeze what matters between two samples.
const SHORTEST_SHOWN_MS: u32 = 11;
const SHOWN_INSTEAD_MS: u32 = 100;

/// Which frames of an animation are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameSampling {
    /// Aim at one frame in this many milliseconds of playing time.
    pub every_ms: u32,
    /// Fewest frames, where there are so many.
    pub at_least: usize,
    /// Most frames.
    pub at_most: usize,
}

impl Default for FrameSampling {
    /// Two frames a second, 4 to 16 in all: what a viewer could take in, at the price of at most 16 network runs.
    fn default() -> Self {
        Self { every_ms: 500, at_least: 4, at_most: 16 }
    }
}

impl FrameSampling {
    /// Indices of the frames to look at, rising, the first and the last among them. Spread over playing time, so
    /// that a long still scene counts by its length and not by its one frame.
    pub fn choose(&self, delays_ms: &[u32]) -> Vec<usize> {
        let shown: Vec<u64> =
            delays_ms.iter().map(|&d| u64::from(if d < SHORTEST_SHOWN_MS { SHOWN_INSTEAD_MS } else { d })).collect();
        let total: u64 = shown.iter().sum();
        let by_time = usize::try_from(total / u64::from(self.every_ms.max(1))).unwrap_or(usize::MAX);
        let wanted = by_time.clamp(self.at_least, self.at_most.max(self.at_least)).min(delays_ms.len());
        if wanted == delays_ms.len() {
            return (0..wanted).collect();
        }
        let mut chosen = Vec::with_capacity(wanted);
        let (mut frame, mut start) = (0, 0);
        for i in 0..wanted as u64 {
            let time = i * total.saturating_sub(1) / (wanted as u64 - 1).max(1);
            while frame + 1 < shown.len() && start + shown[frame] <= time {
                start += shown[frame];
                frame += 1;
            }
            chosen.push(frame);
        }
        chosen.dedup();
        chosen
    }
}

/// An animation whose header was checked. Frames are decoded one after the other, when they are asked for.
pub struct Animation<'a> {
    bytes: &'a [u8],
    format: Format,
    delays_ms: Vec<u32>,
    width: u32,
    height: u32,
    limits: Limits,
}

/// A frame that was sampled.
pub struct Frame {
    /// Its place in the animation, from 0.
    pub index: usize,
    /// Its pixels, composed as a player shows them.
    pub picture: Picture,
}

impl<'a> Animation<'a> {
    pub(super) fn open(
        bytes: &'a [u8],
        format: Format,
        delays_ms: Vec<u32>,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        let mut animation = Self { bytes, format, delays_ms, width: 0, height: 0, limits: *limits };
        let (_, (width, height)) = animation.decoder()?;
        if width == 0 || height == 0 {
            return Err(ImageError::Damaged);
        }
        // Two canvases of RGBA are held while frames are composed.
        if u64::from(width) * u64::from(height) * 8 > limits.max_decoded_bytes {
            return Err(ImageError::TooLarge);
        }
        (animation.width, animation.height) = (width, height);
        Ok(animation)
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.delays_ms.len()
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Decodes up to the last chosen frame and hands each chosen one to `look`, which returns whether to go on.
    ///
    /// # Errors
    /// [`ImageError::TooLarge`] when the pixel budget runs out before the last chosen frame, or
    /// [`ImageError::Damaged`] when a frame before it cannot be decoded. Frames handed over before that stand.
    pub fn sample(
        &self,
        sampling: &FrameSampling,
        mut look: impl FnMut(Frame) -> Result<bool, ImageError>,
    ) -> Result<(), ImageError> {
        let chosen = sampling.choose(&self.delays_ms);
        let Some(&last) = chosen.last() else { return Err(ImageError::Damaged) };
        let (frames, _) = self.decoder()?;
        let per_frame = u64::from(self.width) * u64::from(self.height);
        let mut decoded = 0;
        let mut reached = None;
        for (index, frame) in frames.enumerate().take(last + 1) {
            decoded += per_frame;
            if decoded > self.limits.max_animation_pixels {
                return Err(ImageError::TooLarge);
            }
            let frame = frame.map_err(refusal)?;
            reached = Some(index);
            if chosen.binary_search(&index).is_ok() {
                let pixels = DynamicImage::ImageRgba8(frame.into_buffer());
                let picture = picture_of(&pixels, Orientation::default(), &self.limits)?;
                if !look(Frame { index, picture })? {
                    return Ok(());
                }
            }
        }
        // A file that announces more frames than it holds was not looked at whole.
        if reached == Some(last) { Ok(()) } else { Err(ImageError::Damaged) }
    }

    fn decoder(&self) -> Result<(Frames<'a>, (u32, u32)), ImageError> {
        let cursor = Cursor::new(self.bytes);
        let limits = decoder_limits(&self.limits);
        match self.format {
            Format::Gif => {
                let mut decoder = GifDecoder::new(cursor).map_err(refusal)?;
                decoder.set_limits(limits).map_err(refusal)?;
                let size = decoder.dimensions();
                Ok((decoder.into_frames(), size))
            }
            Format::WebP => {
                let mut decoder = WebPDecoder::new(cursor).map_err(refusal)?;
                decoder.set_limits(limits).map_err(refusal)?;
                let size = decoder.dimensions();
                Ok((decoder.into_frames(), size))
            }
            Format::Png => {
                let decoder = PngDecoder::with_limits(cursor, limits).map_err(refusal)?;
                let size = decoder.dimensions();
                Ok((decoder.apng().map_err(refusal)?.into_frames(), size))
            }
            Format::Jpeg | Format::Bmp | Format::Pnm => Err(ImageError::Unsupported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_animations_are_looked_at_whole() {
        assert_eq!(FrameSampling::default().choose(&[100; 3]), [0, 1, 2]);
        assert_eq!(FrameSampling::default().choose(&[100]), [0]);
    }

    #[test]
    fn samples_follow_playing_time_and_hold_both_ends() {
        let sampling = FrameSampling { every_ms: 500, at_least: 2, at_most: 16 };
        // One frame stands for nine of ten seconds.
        let mut delays = vec![50; 21];
        delays[10] = 9_000;
        let chosen = sampling.choose(&delays);
        assert_eq!((chosen.first(), chosen.last()), (Some(&0), Some(&20)));
        assert!(chosen.contains(&10) && chosen.len() <= 16);
        assert!(chosen.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn a_frame_without_delay_counts_as_long_as_players_show_it() {
        let sampling = FrameSampling { every_ms: 100, at_least: 1, at_most: 8 };
        let chosen = sampling.choose(&[0; 30]);
        assert_eq!(chosen.len(), 8);
        assert_eq!(chosen.last(), Some(&29));
    }
}
