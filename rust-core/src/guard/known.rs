//! The known list inside the guard. It is asked first: it is cheap, and what it finds decides.

use std::sync::Arc;

use crate::hash::{ExactDigests, KnownList, KnownMatch, PictureHashes};
use crate::image::Picture;
use crate::verdict::{Finding, FindingKind, NotCheckedReason, ScoreBand};

/// The list, if the app gave one.
#[derive(Default)]
pub(super) enum KnownImages {
    #[default]
    None,
    Open(Arc<KnownList>),
    /// There is one, and it cannot be asked: what it would say is unknown.
    Unavailable,
}

impl KnownImages {
    /// Looks for the very file.
    pub fn file(&self, digests: impl FnOnce() -> ExactDigests) -> Option<Finding> {
        let list = self.open()?;
        list.match_file(&digests()).map(|known| finding(list, &known, "same_file"))
    }

    /// Looks for a picture by its hashes, in all its forms.
    pub fn picture(&self, hashes: &PictureHashes) -> Option<Finding> {
        let list = self.open()?;
        list.match_picture(hashes).map(|known| finding(list, &known, "same_picture"))
    }

    /// Hashes a picture, if there is a list to ask. Why the list cannot be asked about it: it cannot be used, or a side is
    /// past what hashing takes.
    pub fn hashes(&self, picture: &Picture) -> Result<Option<PictureHashes>, NotCheckedReason> {
        match self {
            Self::None => Ok(None),
            Self::Open(_) => PictureHashes::of_picture(picture).map(Some).map_err(|_| NotCheckedReason::TooLarge),
            Self::Unavailable => Err(NotCheckedReason::KnownListUnavailable),
        }
    }

    fn open(&self) -> Option<&KnownList> {
        match self {
            Self::Open(list) => Some(list),
            Self::None | Self::Unavailable => None,
        }
    }

    /// Looks for an animation by its sampled frames, each with its weight.
    pub fn frames(&self, sampled: &[(PictureHashes, usize)]) -> Option<Finding> {
        let list = self.open()?;
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
