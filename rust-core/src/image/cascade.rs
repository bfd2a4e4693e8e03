//! The cascade: a fast model decides the clear cases, and a warning rests on two models that agree.
//!
//! Single models err on skin-coloured things: vegetables, tools, towels, an animal. Two that agree rarely do
//! (measured on 1,000 everyday photographs: 5 and 4 false warnings alone, 2 together at the same threshold). So one
//! model alone can clear a picture, and only both together can accuse it.

use std::sync::Arc;

use super::{Picture, Region, Tiling, tensor, tiling};
use crate::engine::{EngineError, Model};
use crate::verdict::ScoreBand;

/// Name of the threshold in the first model's card: below it a picture is clear without a second opinion. It is the
/// score from which a second score of 1 could bring the mean to [`AGREEMENT`], so asking later would change nothing.
pub const CLEAR_BELOW: &str = "clear_below";
/// Name of the threshold in the second model's card: the mean of both scores from which a picture is a finding.
pub const AGREEMENT: &str = "agreement";
/// Name of the threshold in the second model's card: the mean from which the band is `VeryLikely`.
pub const CERTAIN: &str = "certain";
/// Name of the threshold in the first model's card: the score from which it alone is a finding, where the second
/// model is missing.
pub const ALONE: &str = "alone";
/// Name of the threshold in the first model's card: as [`ALONE`], for a part of a screen or of a long picture. A picture
/// has up to sixteen parts, each of which can err.
pub const ALONE_ON_PART: &str = "alone_on_part";
/// Name of the threshold in the first model's card for its second category.
pub const GORE: &str = "gore";

const NUDITY_OUTPUT: &str = "nsfw";
const GORE_OUTPUT: &str = "nsfl";

/// Gives the models to a cascade, loading each when it is first needed. `None` means that it cannot be used.
pub trait Models {
    /// The fast model.
    fn first(&self) -> Option<Arc<Model>>;
    /// The second opinion.
    fn second(&self) -> Option<Arc<Model>>;
}

/// What the models saw in a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// Highest nudity score of the first model over the regions that it looked at, 0 to 1.
    pub first: Option<f32>,
    /// Nudity score of the second model where it was asked.
    pub second: Option<f32>,
    /// The score that decides: the mean of both for the region where it is highest, or the first model's alone.
    pub decisive: f32,
    /// Gore score of the first model for the whole picture.
    pub gore: f32,
    /// The first model's own threshold, where the second could not be asked for its opinion: nothing less is a finding.
    pub alone_from: Option<f32>,
    /// Band of the nudity score.
    pub nudity_band: Option<ScoreBand>,
    /// Band of the gore score.
    pub gore_band: Option<ScoreBand>,
    /// Whether parts of the picture were not looked at, since it is too long: that nothing was found does not clear it.
    pub has_gaps: bool,
    /// Which rule decided: `models_agree`, `models_agree_on_part`, `one_model`, or `one_model_on_part`.
    pub reason: &'static str,
    /// Models that decided, such as `owen-s 1 + open-nsfw 1`.
    pub source: String,
}

impl Scores {
    /// The nudity score of each model that was asked, by the model's name.
    pub fn by_model(&self) -> impl Iterator<Item = (&str, f32)> {
        let names = self.source.split(" + ").map(|source| source.split(' ').next().unwrap_or(source));
        names.zip([self.first, self.second].into_iter().flatten())
    }

    /// Of two looks at a picture what is worse, for each category.
    fn or_worse(self, other: Self) -> Self {
        let has_gaps = self.has_gaps || other.has_gaps;
        let (gore, gore_band) =
            if other.gore > self.gore { (other.gore, other.gore_band) } else { (self.gore, self.gore_band) };
        let nudity = |scores: &Self| (scores.nudity_band.is_some(), scores.decisive);
        let worse = if nudity(&other) > nudity(&self) { other } else { self };
        Self { gore, gore_band, has_gaps, ..worse }
    }
}

/// Why a picture could not be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CascadeError {
    /// The first model cannot be used.
    NoModel,
    /// A model failed while running.
    Engine(EngineError),
}

impl From<EngineError> for CascadeError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// Scores a picture: the whole, and its tiles where it looks like a screen or is very long. One that is transparent is
/// scored on white and on black; what is found on either counts.
///
/// # Errors
/// The first model is missing, or a run failed: the picture was not checked.
pub fn score(picture: &Picture, models: &dyn Models, tiles: bool) -> Result<Scores, CascadeError> {
    let on_white = score_ground(picture, models, tiles)?;
    match &picture.on_black {
        Some(black) => Ok(on_white.or_worse(score_ground(black, models, tiles)?)),
        None => Ok(on_white),
    }
}

/// Scores a picture as it is on one ground.
fn score_ground(picture: &Picture, models: &dyn Models, tiles: bool) -> Result<Scores, CascadeError> {
    let first = models.first().ok_or(CascadeError::NoModel)?;
    let mut scores = score_region(picture, picture.whole(), &first, models)?;
    if !tiles {
        return Ok(scores);
    }
    let tiling = tiling(picture);
    // Also where the whole looks nude: the policy may not ask about that.
    scores.has_gaps = matches!(tiling, Tiling::Gaps(_));
    if scores.nudity_band.is_some() {
        return Ok(scores);
    }
    if let Tiling::Tiles(regions) | Tiling::Gaps(regions) = tiling {
        match models.second() {
            Some(second) => score_parts(&mut scores, picture, &regions, &first, &second)?,
            None => score_parts_alone(&mut scores, picture, &regions, &first)?,
        }
    }
    Ok(scores)
}

/// Looks at parts until both models agree on one: the others would cost time and change nothing.
fn score_parts(
    scores: &mut Scores,
    picture: &Picture,
    regions: &[Region],
    first: &Model,
    second: &Model,
) -> Result<(), CascadeError> {
    let agreement = threshold(second, AGREEMENT)?;
    for &region in regions {
        // The second model goes first: the fast one reaches 0.89 on harmless tiles, the second 0.45.
        let doubt = nudity(second, picture, region)?;
        // Below this, not even a first score of 1 brings the mean to the threshold.
        if doubt < 2.0 * agreement - 1.0 {
            continue;
        }
        let glance = nudity(first, picture, region)?;
        let mean = (glance + doubt) / 2.0;
        if mean >= agreement {
            scores.decisive = mean;
            scores.first = Some(glance);
            scores.second = Some(doubt);
            scores.nudity_band = band(mean, agreement, threshold(second, CERTAIN)?);
            scores.reason = "models_agree_on_part";
            scores.source = sources(first, second);
            break;
        }
    }
    Ok(())
}

/// As [`score_parts`], where no second opinion is to be had.
fn score_parts_alone(
    scores: &mut Scores,
    picture: &Picture,
    regions: &[Region],
    first: &Model,
) -> Result<(), CascadeError> {
    let sure = threshold(first, ALONE_ON_PART)?;
    for &region in regions {
        let glance = nudity(first, picture, region)?;
        if glance >= sure {
            scores.decisive = glance;
            scores.first = Some(glance);
            scores.nudity_band = band(glance, sure, 1.0);
            scores.reason = "one_model_on_part";
            break;
        }
    }
    Ok(())
}

/// Scores one region by the cascade.
fn score_region(picture: &Picture, region: Region, first: &Model, models: &dyn Models) -> Result<Scores, CascadeError> {
    let output = first.scores(tensor(picture, region, &first.card().preprocessing))?;
    let pick = |name: &str| first.card().output(name).and_then(|i| output.get(i).copied());
    let glance = pick(NUDITY_OUTPUT).ok_or(EngineError::Run)?;
    let gore = pick(GORE_OUTPUT).ok_or(EngineError::Run)?;
    let mut scores = Scores {
        first: Some(glance),
        decisive: glance,
        gore,
        gore_band: band(gore, threshold(first, GORE)?, 1.0),
        reason: "one_model",
        source: first.source(),
        ..Scores::default()
    };
    if glance < threshold(first, CLEAR_BELOW)? {
        return Ok(scores);
    }
    match models.second() {
        Some(second) => {
            let doubt = nudity(&second, picture, region)?;
            scores.second = Some(doubt);
            scores.decisive = (glance + doubt) / 2.0;
            scores.nudity_band = band(scores.decisive, threshold(&second, AGREEMENT)?, threshold(&second, CERTAIN)?);
            scores.reason = "models_agree";
            scores.source = sources(first, &second);
        }
        // No second opinion to be had: only what the first is sure of counts.
        None => {
            let sure = threshold(first, ALONE)?;
            scores.alone_from = Some(sure);
            scores.nudity_band = band(glance, sure, 1.0);
        }
    }
    Ok(scores)
}

fn nudity(model: &Model, picture: &Picture, region: Region) -> Result<f32, CascadeError> {
    let output = model.scores(tensor(picture, region, &model.card().preprocessing))?;
    let index = model.card().output(NUDITY_OUTPUT).ok_or(EngineError::Run)?;
    Ok(output[index])
}

fn threshold(model: &Model, name: &str) -> Result<f32, CascadeError> {
    // A card without its threshold is a damaged model, not one that never warns.
    Ok(model.card().thresholds.get(name).ok_or(EngineError::Run)?.value)
}

/// The band of a score, or nothing below `likely`.
fn band(score: f32, likely: f32, certain: f32) -> Option<ScoreBand> {
    if score >= certain {
        Some(ScoreBand::VeryLikely)
    } else if score >= likely {
        Some(ScoreBand::Likely)
    } else {
        None
    }
}

fn sources(first: &Model, second: &Model) -> String {
    format!("{} + {}", first.source(), second.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_at_their_thresholds() {
        assert_eq!(band(0.719, 0.72, 0.85), None);
        assert_eq!(band(0.72, 0.72, 0.85), Some(ScoreBand::Likely));
        assert_eq!(band(0.849, 0.72, 0.85), Some(ScoreBand::Likely));
        assert_eq!(band(0.85, 0.72, 0.85), Some(ScoreBand::VeryLikely));
    }
}
