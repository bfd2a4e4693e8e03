//! The known list inside the guard. It is asked first: it is cheap, and what it finds decides.

use std::sync::Arc;

use crate::hash::{ExactDigests, KnownList, KnownMatch, PictureHashes};
use crate::image::Picture;
use crate::verdict::{Finding, FindingKind, NotCheckedReason, ScoreBand};

/// The list, if the app gave one.
#[derive(Default)]
pub(super) struct KnownImages(pub Option<Arc<KnownList>>);

impl KnownImages {
    /// Looks for the very file.
    pub fn file(&self, digests: impl FnOnce() -> ExactDigests) -> Option<Finding> {
        let list = self.0.as_ref()?;
        list.match_file(&digests()).map(|known| finding(list, &known, "same_file"))
    }

    /// Looks for a picture by its hashes, in all its forms.
    pub fn picture(&self, hashes: &PictureHashes) -> Option<Finding> {
        let list = self.0.as_ref()?;
        list.match_picture(hashes).map(|known| finding(list, &known, "same_picture"))
    }

    /// Hashes a picture, if there is a list to ask. A picture has a reason for which it cannot be hashed: a side past
    /// what hashing takes.
    pub fn hashes(&self, picture: &Picture) -> Result<Option<PictureHashes>, NotCheckedReason> {
        if self.0.is_none() {
            return Ok(None);
        }
        PictureHashes::of_picture(picture).map(Some).map_err(|_| NotCheckedReason::TooLarge)
    }

    /// Looks for an animation by its sampled frames, each with its weight.
    pub fn frames(&self, sampled: &[(PictureHashes, usize)]) -> Option<Finding> {
        let list = self.0.as_ref()?;
        let known = list.match_sampled(sampled)?;
        Some(finding(list, &known, "same_frames"))
    }
}

/// Says that there was a match and in which list; which entry and how near stay inside.
fn finding(list: &KnownList, known: &KnownMatch, reason: &str) -> Finding {
    Finding {
        kind: FindingKind::KnownImage,
        band: ScoreBand::VeryLikely,
        reason: format!("{reason}:{}", known.category),
        source: format!("{} {}", list.name(), known.list_version),
    }
}
