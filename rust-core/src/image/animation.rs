//! Animations: which frames are looked at, and getting them without decoding more than needed.

use std::collections::BTreeMap;
use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder};

use super::decode::{decode_other, decoder_limits, picture_of, refusal};
use super::format::Motion;
use super::picture::{Picture, reduced_bytes};
use super::{Format, ImageError, Limits, Orientation};

/// Players show a frame with a delay of 10 ms or less for 100 ms (every current browser does); so does the sampling,
/// or a hostile file could squeeze what matters between two samples.
const SHORTEST_SHOWN_MS: u32 = 11;
const SHOWN_INSTEAD_MS: u32 = 100;

/// A frame shown for this many sampling steps counts twice, however many other frames there are; what it is shown for
/// beyond that must not take the samples away from the others.
const STEPS_OF_A_LONG_FRAME: u32 = 2;

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
    /// Which frames to look at, rising, the first and the last among them, each with its weight: for how many samples
    /// it stands.
    ///
    /// The samples are spread over playing time, so that a long still scene counts by its length and not by its one
    /// frame. Every second one is spread over a time in which no frame lasts longer than two steps, or one frame
    /// shown for minutes would hide all the others. Where they fall on few frames, others fill up the number.
    pub fn choose(&self, delays_ms: &[u32]) -> Vec<(usize, usize)> {
        let step = self.every_ms.max(1);
        let long = step.saturating_mul(STEPS_OF_A_LONG_FRAME);
        let shown: Vec<u32> =
            delays_ms.iter().map(|&d| if d < SHORTEST_SHOWN_MS { SHOWN_INSTEAD_MS } else { d }).collect();
        let played = ends(shown.iter().copied());
        let evened = ends(shown.iter().map(|&d| d.min(long)));
        let Some(total) = played.last() else { return Vec::new() };
        // Both ends are looked at: one sample more than there are steps.
        let by_time = usize::try_from(total / u64::from(step)).unwrap_or(usize::MAX).saturating_add(1);
        let samples = by_time.clamp(self.at_least.max(1), self.at_most.max(self.at_least).max(1));
        let mut weights = BTreeMap::new();
        for i in 0..samples {
            let frame = frame_at(if i % 2 == 0 { &played } else { &evened }, i, samples);
            *weights.entry(frame).or_insert(0) += 1;
        }
        let missing = samples.min(shown.len()).saturating_sub(weights.len());
        let rest: Vec<usize> = (0..shown.len()).filter(|frame| !weights.contains_key(frame)).collect();
        weights.extend((0..missing).map(|i| (rest[(2 * i + 1) * rest.len() / (2 * missing)], 1)));
        let steps = |frame: usize| (shown[frame] / step).min(STEPS_OF_A_LONG_FRAME) as usize;
        weights.into_iter().map(|(frame, weight)| (frame, weight.max(steps(frame)))).collect()
    }
}

/// When each frame ends, in milliseconds from the beginning.
fn ends(shown: impl Iterator<Item = u32>) -> Vec<u64> {
    shown
        .scan(0u64, |end, shown| {
            *end += u64::from(shown);
            Some(*end)
        })
        .collect()
}

/// The frame that is shown at the `i`th of `samples` moments, which are evenly spread from the first to the last.
fn frame_at(ends: &[u64], i: usize, samples: usize) -> usize {
    let last_moment = ends.last().map_or(0, |total| total.saturating_sub(1));
    let moment = i as u64 * last_moment / (samples as u64 - 1).max(1);
    ends.partition_point(|end| *end <= moment)
}

/// An animation whose header was checked. Frames are decoded one after the other, when they are asked for.
pub struct Animation<'a> {
    bytes: &'a [u8],
    format: Format,
    motion: Motion,
    width: u32,
    height: u32,
    limits: Limits,
}

/// A frame that was sampled.
pub struct Frame {
    /// Its place in the animation, from 0.
    pub index: usize,
    /// For how many samples it stands (see [`FrameSampling::choose`]); 0 for a picture that is no frame.
    pub weight: usize,
    /// Whether a viewer that does not move shows this picture and no other, as Android's `BitmapFactory` does: then it
    /// is to be judged as a still as well.
    pub alone: bool,
    /// Its pixels, composed as a player shows them.
    pub picture: Picture,
}

impl<'a> Animation<'a> {
    pub(super) fn open(bytes: &'a [u8], format: Format, motion: Motion, limits: &Limits) -> Result<Self, ImageError> {
        let mut animation = Self { bytes, format, motion, width: 0, height: 0, limits: *limits };
        let (_, (width, height)) = animation.decoder()?;
        if width == 0 || height == 0 {
            return Err(ImageError::Damaged);
        }
        // Two canvases of RGBA are held while frames are composed, and what is kept of a frame, on white and on black.
        let canvases = u64::from(width) * u64::from(height) * 8;
        if canvases.saturating_add(2 * reduced_bytes(width, height)) > limits.max_decoded_bytes {
            return Err(ImageError::TooLarge);
        }
        (animation.width, animation.height) = (width, height);
        Ok(animation)
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.motion.delays_ms.len()
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Decodes up to the last chosen frame and hands each chosen one to `look`, which returns whether to go on. Before
    /// them comes the picture that a viewer which does not move shows, where that is not the first frame.
    ///
    /// # Errors
    /// [`ImageError::TooLarge`] when the pixel budget runs out before the last chosen frame, or
    /// [`ImageError::Damaged`] when a frame before it cannot be decoded. Frames handed over before that stand.
    pub fn sample(
        &self,
        sampling: &FrameSampling,
        mut look: impl FnMut(Frame) -> Result<bool, ImageError>,
    ) -> Result<(), ImageError> {
        let chosen = sampling.choose(&self.motion.delays_ms);
        let Some(&(last, _)) = chosen.last() else { return Err(ImageError::Damaged) };
        let has_default_image = self.motion.has_default_image;
        let mut default_image = Ok(());
        if has_default_image {
            match decode_other(self.bytes, self.format, &self.limits) {
                Ok(picture) => {
                    if !look(Frame { index: 0, weight: 0, alone: true, picture })? {
                        return Ok(());
                    }
                }
                // The frames are looked at all the same: what is found in them stands.
                Err(error) => default_image = Err(error),
            }
        }
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
            if let Ok(place) = chosen.binary_search_by_key(&index, |(index, _)| *index) {
                let pixels = DynamicImage::ImageRgba8(frame.into_buffer());
                let picture = picture_of(&pixels, Orientation::default(), &self.limits)?;
                if !look(Frame { index, weight: chosen[place].1, alone: index == 0 && !has_default_image, picture })? {
                    return Ok(());
                }
            }
        }
        // A file that announces more frames than it holds was not looked at whole.
        if reached == Some(last) { default_image } else { Err(ImageError::Damaged) }
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

    fn indices(chosen: &[(usize, usize)]) -> Vec<usize> {
        chosen.iter().map(|(index, _)| *index).collect()
    }

    fn weight(chosen: &[(usize, usize)], frames: impl Fn(usize) -> bool) -> usize {
        chosen.iter().filter(|(index, _)| frames(*index)).map(|(_, weight)| weight).sum()
    }

    #[test]
    fn short_animations_are_looked_at_whole() {
        assert_eq!(indices(&FrameSampling::default().choose(&[100; 3])), [0, 1, 2]);
        assert_eq!(indices(&FrameSampling::default().choose(&[100])), [0]);
        assert_eq!(FrameSampling::default().choose(&[500; 16]).len(), 16);
        assert_eq!(FrameSampling::default().choose(&[]), []);
    }

    #[test]
    fn samples_follow_playing_time_and_hold_both_ends() {
        let sampling = FrameSampling { every_ms: 500, at_least: 2, at_most: 16 };
        // One frame stands for nine of ten seconds.
        let mut delays = vec![50; 21];
        delays[10] = 9_000;
        let chosen = sampling.choose(&delays);
        assert_eq!((chosen.first(), chosen.last()), (Some(&(0, 1)), Some(&(20, 1))));
        assert!(weight(&chosen, |index| index == 10) >= 8, "{chosen:?}");
        assert_eq!(chosen.len(), 16, "others fill up the number: {chosen:?}");
        assert!(chosen.windows(2).all(|w| w[0].0 < w[1].0));
    }

    #[test]
    fn a_frame_shown_for_minutes_does_not_hide_the_others() {
        let delays = [vec![100], vec![2_000; 18], vec![655_350]].concat();
        let chosen = FrameSampling::default().choose(&delays);
        assert!(weight(&chosen, |index| (1..=18).contains(&index)) >= 8, "{chosen:?}");
        // Nor does a crowd of short frames hide the one that is shown for half of the time.
        let delays = [vec![60_000], vec![100; 600]].concat();
        assert!(weight(&FrameSampling::default().choose(&delays), |index| index == 0) >= 4);
        // Nor both together what lies between.
        let delays = [vec![600_000], vec![50; 100], vec![2_000; 10], vec![50; 100]].concat();
        assert!(weight(&FrameSampling::default().choose(&delays), |index| (101..111).contains(&index)) >= 4);
    }

    #[test]
    fn a_frame_that_is_shown_for_a_second_counts_twice() {
        for delays in [[300, 1_000, 300, 300, 300].as_slice(), &[2_000; 16], &[20, 1_000, 20, 20]] {
            let chosen = FrameSampling::default().choose(delays);
            assert!(weight(&chosen, |index| index == 1) >= 2, "{delays:?}: {chosen:?}");
        }
        let short = FrameSampling::default().choose(&[400; 12]);
        assert!(short[1..].iter().all(|(_, weight)| *weight == 1), "{short:?}");
    }

    #[test]
    fn a_frame_without_delay_counts_as_long_as_players_show_it() {
        let sampling = FrameSampling { every_ms: 100, at_least: 1, at_most: 8 };
        let chosen = sampling.choose(&[0; 30]);
        assert_eq!(chosen.len(), 8);
        assert_eq!(chosen.last(), Some(&(29, 1)));
    }
}
