//! Videos and animations: several frames must agree.
//!
//! A video has hundreds of frames, and each is a chance for an accident; a known video, on the other hand, has many
//! frames that are known. So *k* of any *n* frames that follow each other must match in the same category.

use std::collections::BTreeMap;

use super::{KnownList, KnownMatch};
use crate::hash::PictureHashes;

/// A frame and when it is shown.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Milliseconds from the beginning.
    pub milliseconds: u64,
    /// Its hashes.
    pub hashes: &'a PictureHashes,
}

/// When a row of frames counts as a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameRule {
    /// So many frames must match in one category,
    pub required: usize,
    /// among so many that follow each other.
    pub among: usize,
    /// Largest distance of a frame: frames are small, blurred by motion and many, so that it may be set apart from
    /// that of pictures. A category's own threshold still counts where it is lower.
    pub threshold: u32,
    /// Frames nearer to the one before than this are passed over, in milliseconds.
    pub spacing: u64,
}

impl Default for FrameRule {
    /// Two of any eight, half a second apart: a still that is shown for a second is found, one stray frame is not.
    fn default() -> Self {
        Self { required: 2, among: 8, threshold: crate::hash::MATCH_DISTANCE, spacing: 500 }
    }
}

impl FrameRule {
    /// The rule for `count` different frames that were chosen from an animation already (see
    /// [`crate::image::FrameSampling`]). Fewer than eight are as many pictures, each of which counts for itself.
    pub fn for_sampled(count: usize) -> Self {
        let rule = Self::default();
        Self { required: if count < rule.among { 1 } else { rule.required }, spacing: 0, ..rule }
    }
}

impl KnownList {
    /// Looks for an animation by the frames that were sampled from it, in their order, each with its weight: a frame
    /// stands for as many samples that follow each other (see [`crate::image::FrameSampling::choose`]).
    pub fn match_sampled(&self, sampled: &[(PictureHashes, usize)]) -> Option<KnownMatch> {
        let rule = FrameRule::for_sampled(sampled.iter().filter(|(_, weight)| *weight > 0).count());
        let counted = sampled.iter().flat_map(|(hashes, weight)| std::iter::repeat_n(hashes, *weight));
        let frames: Vec<Frame<'_>> =
            counted.zip(0..).map(|(hashes, milliseconds)| Frame { milliseconds, hashes }).collect();
        self.match_frames(&frames, &rule)
    }

    /// Looks for a video or an animation by its frames, in the order of their times.
    pub fn match_frames(&self, frames: &[Frame<'_>], rule: &FrameRule) -> Option<KnownMatch> {
        let mut last = None;
        let looked_at = frames.iter().filter(|frame| {
            let far = last.is_none_or(|last: u64| frame.milliseconds >= last.saturating_add(rule.spacing));
            if far {
                last = Some(frame.milliseconds);
            }
            far
        });
        let found: Vec<Option<KnownMatch>> =
            looked_at.map(|frame| self.match_within(frame.hashes, rule.threshold)).collect();
        let required = rule.required.max(1);
        found.windows(rule.among.clamp(1, found.len().max(1))).find_map(|window| {
            let mut by_category: BTreeMap<&str, usize> = BTreeMap::new();
            window.iter().flatten().find_map(|known| {
                let count = by_category.entry(&known.category).or_default();
                *count += 1;
                (*count >= required).then(|| known.clone())
            })
        })
    }
}
