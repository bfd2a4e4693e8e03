//! The one entry point: content in, verdict out.
//!
//! ```no_run
//! use lachan::guard::Guard;
//! use lachan::policy::Policy;
//! use lachan::trust::Role;
//! use lachan::verdict::{AgeBand, Direction, Protection, Verdict};
//!
//! # fn main() -> Result<(), lachan::trust::TrustError> {
//! let guard = Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
//!     .models("models/built", Role::development()?)
//!     .build();
//! let photo = std::fs::read("photo.jpg")?;
//! match guard.check_image(&photo, Direction::Incoming).verdict {
//!     Verdict::Clear => { /* show it */ }
//!     Verdict::Concern { action, advice, .. } => { /* blur or explain, with these words */ }
//!     Verdict::NotChecked { reason } => { /* show with care: nobody looked */ }
//! }
//! # Ok(())
//! # }
//! ```

mod known;
mod messages;
mod models;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use known::KnownImages;
use messages::Messages;
pub use messages::{MessageCheck, TEXT as TEXT_MODEL};
use models::PictureModels;
pub use models::{FIRST as FIRST_MODEL, SECOND as SECOND_MODEL};

use crate::engine::{Engine, ModelError, default_engine};
use crate::hash::{ExactDigests, KnownList, PictureHashes};
use crate::image::cascade::{self, CascadeError, Scores};
use crate::image::{
    Animation, Decoded, FrameSampling, ImageError, Limits, LiveSession, LiveState, Orientation, Picture, ToPicture,
    decode, marker,
};
use crate::policy::Policy;
use crate::trust::Role;
use crate::verdict::{Direction, Finding, FindingKind, NotCheckedReason, ScoreBand, Verdict};

/// The mean score from which a frame of an animation counts as a vote. Above the still threshold: an animation gives
/// up to sixteen chances to err.
const FRAME_VOTE: f32 = 0.78;
/// Up to this many frames, one vote is enough: an animation of three frames is three pictures.
const FEW_FRAMES: usize = 3;
/// With more, so many votes are needed, an eighth of the sixteen samples at most: one stray frame is an accident. A
/// frame has as many votes as it has weight, so that one which is shown for a second is none.
const VOTES: usize = 2;

/// How many votes make a finding of an animation of which `frames` frames were looked at.
fn votes_needed(frames: usize) -> usize {
    if frames <= FEW_FRAMES { 1 } else { VOTES }
}

/// The votes of an animation's frames in one category, and the finding of the frame with the highest score.
#[derive(Default)]
struct Votes {
    count: usize,
    best: Option<(f32, Finding)>,
}

impl Votes {
    fn add(&mut self, weight: usize, score: f32, finding: Finding) {
        self.count += weight;
        if self.best.as_ref().is_none_or(|(best, _)| score > *best) {
            self.best = Some((score, Finding { reason: "frames_agree".to_owned(), ..finding }));
        }
    }

    fn finding(self, needed: usize) -> Option<Finding> {
        self.best.filter(|_| self.count >= needed).map(|(_, finding)| finding)
    }
}

/// Builds a [`Guard`].
pub struct GuardBuilder {
    policy: Policy,
    models: Option<(PathBuf, Role)>,
    updates: Option<PathBuf>,
    known: KnownImages,
    engine: Box<dyn Engine>,
    limits: Limits,
    test_mode: bool,
}

impl GuardBuilder {
    /// Where the model bundles are, one folder each, and who must have signed them.
    pub fn models(mut self, folder: impl Into<PathBuf>, role: Role) -> Self {
        self.models = Some((folder.into(), role));
        self
    }

    /// Where newer bundles were installed (see [`crate::trust::BundleStore`]); the newest good one is used, unless that in
    /// [`GuardBuilder::models`] is as new.
    pub fn model_updates(mut self, folder: impl Into<PathBuf>) -> Self {
        self.updates = Some(folder.into());
        self
    }

    /// Another inference engine than this build's own.
    pub fn engine(mut self, engine: Box<dyn Engine>) -> Self {
        self.engine = engine;
        self
    }

    /// The list of known images, opened by the caller, who knows where it is and holds its key. Without one, known
    /// images are not looked for.
    pub fn known_list(mut self, list: Arc<KnownList>) -> Self {
        self.known = KnownImages::Open(list);
        self
    }

    /// There is a list of known images, and it cannot be opened. Without it nothing is cleared: a check in which nothing
    /// else was found is [`NotCheckedReason::KnownListUnavailable`], where the policy asks for known images.
    pub fn known_list_unavailable(mut self) -> Self {
        self.known = KnownImages::Unavailable;
        self
    }

    /// Lower limits than the defaults; higher ones are not taken.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.capped();
        self
    }

    /// Recognise the test marker (see [`marker`]). For integrators' builds only: with it, whoever can draw the
    /// marker can make a warning appear.
    pub fn test_mode(mut self, on: bool) -> Self {
        self.test_mode = on;
        self
    }

    /// The guard. Loads nothing yet: see [`Guard::warm_up`].
    pub fn build(self) -> Guard {
        Guard {
            messages: Messages::new(self.models.clone()),
            models: PictureModels::new(self.models, self.updates, self.engine),
            policy: self.policy,
            known: self.known,
            limits: self.limits,
            test_mode: self.test_mode,
        }
    }
}

/// Checks content under one policy. Cheap to share between threads; each check is independent of the others.
pub struct Guard {
    policy: Policy,
    models: PictureModels,
    messages: Messages,
    known: KnownImages,
    limits: Limits,
    test_mode: bool,
}

/// A verdict with the figures behind it, for logs of an integrator's own, benchmarks and the command line. Holds no
/// content.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageCheck {
    /// The verdict.
    pub verdict: Verdict,
    /// Width and height in pixels, upright, where the header could be read.
    pub size: Option<(u32, u32)>,
    /// Number of frames; 1 for a still picture.
    pub frames: usize,
    /// What the models said. For an animation, of the frame with the highest score.
    pub scores: Option<Scores>,
}

/// A stage of a check, announced when it is done. The core has no clock: whoever measures brings one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bytes became pixels.
    Decoded,
    /// The models have spoken.
    Scored,
}

/// What is told about a check while it runs, and what may stop it.
pub trait Watcher {
    /// A stage is done. Return `false` to give the check up as [`NotCheckedReason::Cancelled`].
    fn done(&mut self, stage: Stage) -> bool;
}

struct Nobody;

impl Watcher for Nobody {
    fn done(&mut self, _: Stage) -> bool {
        true
    }
}

impl Guard {
    /// A guard for a policy.
    pub fn builder(policy: Policy) -> GuardBuilder {
        GuardBuilder {
            policy,
            models: None,
            updates: None,
            known: KnownImages::default(),
            engine: default_engine(),
            limits: Limits::default(),
            test_mode: false,
        }
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Loads what the policy needs, so that the first check does not wait: the first model, and beside it, on a
    /// thread of its own, the second where `both` is set. Without it the second is loaded at the first picture in doubt.
    ///
    /// # Errors
    /// Why a model cannot be used. Checks then say [`NotCheckedReason::ModelUnavailable`].
    pub fn warm_up(&self, both: bool) -> Result<(), ModelError> {
        if !self.looks_with_models() {
            return Ok(());
        }
        self.models.load(both)
    }

    /// Checks a still picture or an animation from the bytes of its file.
    pub fn check_image(&self, bytes: &[u8], direction: Direction) -> ImageCheck {
        self.check_image_watched(bytes, direction, &mut Nobody)
    }

    /// As [`Guard::check_image`], telling `watcher` of each stage.
    pub fn check_image_watched(&self, bytes: &[u8], direction: Direction, watcher: &mut dyn Watcher) -> ImageCheck {
        if let Err(reason) = self.looks_at_pictures() {
            return ImageCheck::not_checked(reason);
        }
        contained(|| {
            if let Some(finding) = self.known_file(|| ExactDigests::of(bytes)) {
                let verdict = self.policy.verdict(vec![finding], direction);
                return ImageCheck { verdict, size: None, frames: 0, scores: None };
            }
            let decoded = match decode(bytes, &self.limits) {
                Ok(decoded) => decoded,
                Err(error) => return ImageCheck::not_checked(error.into()),
            };
            if !watcher.done(Stage::Decoded) {
                return ImageCheck::not_checked(NotCheckedReason::Cancelled);
            }
            let check = match &decoded {
                Decoded::Still(picture) => self.check_picture(picture, direction),
                Decoded::Animation(animation) => self.check_animation(animation, direction),
            };
            if watcher.done(Stage::Scored) { check } else { ImageCheck::not_checked(NotCheckedReason::Cancelled) }
        })
    }

    /// Looks for any file, of whatever type and length, on the known list, by its exact digests alone. A picture is
    /// better given to [`Guard::check_image`], which does this too.
    pub fn check_file(&self, content: impl Read, direction: Direction) -> Verdict {
        if let Err(reason) = self.known_permitted() {
            return Verdict::not_checked(reason);
        }
        match self.known {
            KnownImages::None => return Verdict::not_checked(NotCheckedReason::NotCovered),
            KnownImages::Unavailable => return Verdict::not_checked(NotCheckedReason::KnownListUnavailable),
            KnownImages::Open(_) => {}
        }
        let read = || match ExactDigests::read(content) {
            Ok(digests) => self.policy.verdict(self.known.file(|| digests).into_iter().collect(), direction),
            Err(_) => Verdict::not_checked(NotCheckedReason::Unreadable),
        };
        catch_unwind(AssertUnwindSafe(read)).unwrap_or(Verdict::not_checked(NotCheckedReason::Internal))
    }

    /// Checks pixels that the caller holds, such as an Android bitmap.
    pub fn check_pixels(
        &self,
        pixels: Result<impl ToPicture, ImageError>,
        orientation: Orientation,
        direction: Direction,
    ) -> ImageCheck {
        if let Err(reason) = self.looks_at_pictures() {
            return ImageCheck::not_checked(reason);
        }
        match pixels {
            Ok(view) => contained(|| self.check_picture(&view.to_picture(orientation), direction)),
            Err(error) => ImageCheck::not_checked(error.into()),
        }
    }

    /// Takes a frame of a camera or call into `session`, if its budget wants one at `now_ms`, and says what to show.
    pub fn check_frame(
        &self,
        session: &mut LiveSession,
        now_ms: u64,
        frame: Result<impl ToPicture, ImageError>,
        orientation: Orientation,
        direction: Direction,
    ) -> Verdict {
        if let (Err(reason), Err(_)) =
            (self.policy.permits(FindingKind::Nudity), self.policy.permits(FindingKind::Gore))
        {
            return Verdict::not_checked(reason);
        }
        let seen =
            if session.wants_frame(now_ms) { self.see_frame(session, now_ms, frame, orientation) } else { Ok(()) };
        let verdict = match session.state_at(now_ms) {
            LiveState::NotYet => Verdict::not_checked(NotCheckedReason::TooFewFrames),
            LiveState::Clear | LiveState::Concern => self.policy.verdict(self.live_findings(session), direction),
        };
        match (verdict, seen) {
            // A warning stands until frames that can be looked at end it.
            (warning @ Verdict::Concern { .. }, _) => warning,
            (_, Err(reason)) => Verdict::not_checked(reason),
            (verdict, Ok(())) => verdict,
        }
    }

    fn see_frame(
        &self,
        session: &mut LiveSession,
        now_ms: u64,
        frame: Result<impl ToPicture, ImageError>,
        orientation: Orientation,
    ) -> Result<(), NotCheckedReason> {
        let view = frame?;
        let scored = catch_unwind(AssertUnwindSafe(|| {
            let picture = view.to_picture(orientation);
            match self.marker(&picture) {
                Some(finding) => {
                    Ok([FindingKind::Nudity, FindingKind::Gore].map(|kind| f32::from(finding.kind == kind)))
                }
                None => {
                    let scores = cascade::score(&picture, &self.models, false).map_err(reason)?;
                    Ok([session.weigh(&scores), scores.gore])
                }
            }
        }));
        let [nudity, gore] = scored.unwrap_or(Err(NotCheckedReason::Internal))?;
        session.observe(now_ms, nudity, gore);
        Ok(())
    }

    fn live_findings(&self, session: &LiveSession) -> Vec<Finding> {
        let finding =
            |kind, source| Finding { kind, band: ScoreBand::Likely, reason: "live_frames".to_owned(), source };
        let nudity = session.warns_of_nudity().then(|| finding(FindingKind::Nudity, self.models.sources()));
        let gore = session.warns_of_gore().then(|| finding(FindingKind::Gore, self.models.source()));
        nudity.into_iter().chain(gore).collect()
    }

    /// Why pictures are not looked at, if they are not.
    fn looks_at_pictures(&self) -> Result<(), NotCheckedReason> {
        let models = [FindingKind::Nudity, FindingKind::Gore].map(|kind| self.policy.permits(kind));
        if models.contains(&Ok(())) { Ok(()) } else { self.known_permitted() }
    }

    /// Why known images are not looked for, if they are not. Where no list was given nobody looks, whatever the policy
    /// asks for; the test marker stands for one.
    fn known_permitted(&self) -> Result<(), NotCheckedReason> {
        self.policy.permits(FindingKind::KnownImage)?;
        let is_given = !matches!(self.known, KnownImages::None);
        if is_given || self.test_mode { Ok(()) } else { Err(NotCheckedReason::NotCovered) }
    }

    fn looks_for_known(&self) -> bool {
        self.known_permitted().is_ok()
    }

    fn known_file(&self, digests: impl FnOnce() -> ExactDigests) -> Option<Finding> {
        if self.looks_for_known() { self.known.file(digests) } else { None }
    }

    fn looks_with_models(&self) -> bool {
        self.policy.permits(FindingKind::Nudity).is_ok() || self.policy.permits(FindingKind::Gore).is_ok()
    }

    fn check_picture(&self, picture: &Picture, direction: Direction) -> ImageCheck {
        let size = Some(picture.upright_size());
        if let Some(finding) = self.marker(picture) {
            let verdict = self.policy.verdict(vec![finding], direction);
            return ImageCheck { verdict, size, frames: 1, scores: None };
        }
        let hashed = if self.looks_for_known() { self.known.hashes(picture) } else { Ok(None) };
        let known = hashed.as_ref().ok().and_then(Option::as_ref).and_then(|hashes| self.known.picture(hashes));
        // A picture that the list could not be asked about is not cleared by the models, though they may accuse it.
        let unless_unknown = |verdict, is_looked_at_whole: bool| match (verdict, &hashed) {
            (Verdict::Clear, Err(reason)) => Verdict::not_checked(*reason),
            (Verdict::Clear, Ok(_)) if !is_looked_at_whole => Verdict::not_checked(NotCheckedReason::TooLarge),
            (verdict, _) => verdict,
        };
        if known.is_some() || !self.looks_with_models() {
            let verdict = unless_unknown(self.policy.verdict(known.into_iter().collect(), direction), true);
            return ImageCheck { verdict, size, frames: 1, scores: None };
        }
        match cascade::score(picture, &self.models, true) {
            Ok(scores) => {
                let verdict = unless_unknown(self.policy.verdict(findings(&scores), direction), !scores.has_gaps);
                ImageCheck { verdict, size, frames: 1, scores: Some(scores) }
            }
            Err(error) => ImageCheck { size, ..ImageCheck::not_checked(reason(error)) },
        }
    }

    fn check_animation(&self, animation: &Animation<'_>, direction: Direction) -> ImageCheck {
        let mut check = ImageCheck {
            verdict: Verdict::not_checked(NotCheckedReason::Internal),
            size: Some(animation.size()),
            frames: animation.frames(),
            scores: None,
        };
        let mut looked_at = 0usize;
        let (mut nudity, mut gore) = (Votes::default(), Votes::default());
        let mut found: Vec<Finding> = Vec::new();
        let mut as_stills: Vec<Finding> = Vec::new();
        let mut hashes: Vec<(PictureHashes, usize)> = Vec::new();
        let (mut failure, mut gaps) = (None, None);
        let ended = animation.sample(&FrameSampling::default(), |frame| {
            if let Some(finding) = self.marker(&frame.picture) {
                found.push(finding);
                return Ok(false);
            }
            if self.looks_for_known() {
                match self.known.hashes(&frame.picture) {
                    Ok(Some(hashed)) => {
                        if frame.alone {
                            as_stills.extend(self.known.picture(&hashed));
                        }
                        hashes.push((hashed, frame.weight));
                    }
                    Ok(None) => {}
                    Err(reason) => gaps = Some(reason),
                }
            }
            // A model that cannot be used does not keep the list from being asked about the other frames.
            if !self.looks_with_models() || failure.is_some() {
                return Ok(true);
            }
            match cascade::score(&frame.picture, &self.models, frame.alone) {
                Ok(scores) => {
                    looked_at += usize::from(frame.weight > 0);
                    if scores.has_gaps {
                        gaps = Some(NotCheckedReason::TooLarge);
                    }
                    for finding in findings(&scores) {
                        if frame.alone {
                            as_stills.push(finding.clone());
                        }
                        if finding.kind == FindingKind::Gore {
                            // Of gore nothing was measured that would ask for more than the model's own threshold.
                            gore.add(frame.weight, scores.gore, finding);
                        } else if scores.decisive >= FRAME_VOTE {
                            nudity.add(frame.weight, scores.decisive, finding);
                        }
                    }
                    if check.scores.as_ref().is_none_or(|best| scores.decisive > best.decisive) {
                        check.scores = Some(scores);
                    }
                    Ok(true)
                }
                Err(error) => {
                    failure = Some(reason(error));
                    Ok(true)
                }
            }
        });
        found.extend(self.known.frames(&hashes));
        found.extend([nudity, gore].into_iter().filter_map(|votes| votes.finding(votes_needed(looked_at))));
        // One finding of a kind: that of several frames says more than that of the first.
        for finding in as_stills {
            if found.iter().all(|other| other.kind != finding.kind) {
                found.push(finding);
            }
        }
        check.verdict = match (self.policy.verdict(found, direction), failure.or(gaps), ended) {
            (Verdict::Clear, Some(reason), _) => Verdict::not_checked(reason),
            (Verdict::Clear, None, Err(error)) => Verdict::not_checked(error.into()),
            // What was seen stands, even where the rest could not be looked at.
            (verdict, ..) => verdict,
        };
        check
    }

    fn marker(&self, picture: &Picture) -> Option<Finding> {
        if !self.test_mode {
            return None;
        }
        marker::recognise(picture).map(|kind| Finding {
            kind,
            band: ScoreBand::VeryLikely,
            reason: "test_marker".to_owned(),
            source: "test marker".to_owned(),
        })
    }
}

impl ImageCheck {
    fn not_checked(reason: NotCheckedReason) -> Self {
        Self { verdict: Verdict::not_checked(reason), size: None, frames: 0, scores: None }
    }
}

fn findings(scores: &Scores) -> Vec<Finding> {
    let finding = |kind, band: Option<ScoreBand>, reason: &str| {
        band.map(|band| Finding { kind, band, reason: reason.to_owned(), source: scores.source.clone() })
    };
    let nudity = finding(FindingKind::Nudity, scores.nudity_band, scores.reason);
    let gore = finding(FindingKind::Gore, scores.gore_band, "one_model");
    nudity.into_iter().chain(gore).collect()
}

fn reason(error: CascadeError) -> NotCheckedReason {
    match error {
        CascadeError::NoModel => NotCheckedReason::ModelUnavailable,
        CascadeError::Engine(_) => NotCheckedReason::Internal,
    }
}

/// Runs a check so that a panic in a decoder or an operator ends here, as "not checked", and not in the host app.
fn contained(check: impl FnOnce() -> ImageCheck) -> ImageCheck {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| ImageCheck::not_checked(NotCheckedReason::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Checks;
    use crate::verdict::{Action, AgeBand, Protection};

    fn guard(protection: Protection) -> GuardBuilder {
        Guard::builder(Policy::new(protection, AgeBand::Under13))
    }

    fn png(picture: &Picture) -> Vec<u8> {
        let mut out = std::io::Cursor::new(Vec::new());
        let rgb = image::RgbImage::from_raw(picture.width, picture.height, picture.rgb.clone()).unwrap();
        rgb.write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn off_looks_at_nothing_not_even_at_damage() {
        let off = guard(Protection::Off).test_mode(true).build();
        for bytes in [b"".as_slice(), b"nonsense"] {
            let check = off.check_image(bytes, Direction::Incoming);
            assert_eq!(check.verdict, Verdict::not_checked(NotCheckedReason::PolicyOff));
        }
        assert!(off.warm_up(true).is_ok(), "nothing to load");
    }

    #[test]
    fn without_models_a_picture_is_not_checked_rather_than_clear() {
        let picture = marker::draw(FindingKind::Nudity, 96).unwrap();
        let check = guard(Protection::Guided).build().check_image(&png(&picture), Direction::Incoming);
        assert_eq!(check.verdict, Verdict::not_checked(NotCheckedReason::ModelUnavailable));
        assert_eq!(check.size, Some((96, 96)));
    }

    #[test]
    fn the_marker_counts_in_test_mode_only() {
        for (kind, action) in [(FindingKind::Nudity, Action::Interrupt), (FindingKind::KnownImage, Action::Interrupt)] {
            let bytes = png(&marker::draw(kind, 200).unwrap());
            let check = guard(Protection::Guided).test_mode(true).build().check_image(&bytes, Direction::Incoming);
            assert_eq!(check.verdict.action(), Some(action), "{kind:?}");
            let check = guard(Protection::Guided).build().check_image(&bytes, Direction::Incoming);
            assert_eq!(check.verdict.action(), None);
        }
    }

    #[test]
    fn what_the_policy_does_not_cover_is_not_found() {
        let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
        let gore = png(&marker::draw(FindingKind::Gore, 200).unwrap());
        let by_default = Guard::builder(policy.clone()).test_mode(true).build();
        assert_eq!(
            by_default.check_image(&gore, Direction::Incoming).verdict,
            Verdict::Clear,
            "gore is off by default"
        );
        policy.checks = Checks { gore: true, ..Checks::default() };
        let asked_for = Guard::builder(policy.clone()).test_mode(true).build();
        assert!(asked_for.check_image(&gore, Direction::Incoming).verdict.action().is_some());
        policy.checks = Checks { nudity: false, gore: false, known_images: false, ..Checks::default() };
        let nothing = Guard::builder(policy).test_mode(true).build();
        let verdict = nothing.check_image(&gore, Direction::Incoming).verdict;
        assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::NotCovered));
    }

    /// Known images are asked for, and no list was given: nobody looks, so nobody says that it is clear.
    #[test]
    fn known_images_alone_without_a_list_are_not_covered() {
        let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
        policy.checks = Checks { nudity: false, gore: false, known_images: true, ..Checks::default() };
        let guard = Guard::builder(policy).build();
        let not_covered = Verdict::not_checked(NotCheckedReason::NotCovered);
        let picture = Picture::grey(96, 96, |x, y| (x * y) as u8);
        assert_eq!(guard.check_image(&png(&picture), Direction::Incoming).verdict, not_covered);
        assert_eq!(guard.check_file(b"a file".as_slice(), Direction::Incoming), not_covered);
        assert!(guard.warm_up(true).is_ok(), "no model is needed");
    }

    #[test]
    fn a_panic_over_pixels_ends_in_the_check() {
        struct Broken;
        impl ToPicture for Broken {
            fn to_picture(&self, _: Orientation) -> Picture {
                panic!("as a decoder may")
            }
        }
        let guard = guard(Protection::Guided).build();
        let internal = Verdict::not_checked(NotCheckedReason::Internal);
        let (upright, incoming) = (Orientation::default(), Direction::Incoming);
        assert_eq!(guard.check_pixels(Ok(Broken), upright, incoming).verdict, internal);
        let mut session = LiveSession::new(crate::image::LiveConfig::default());
        assert_eq!(guard.check_frame(&mut session, 0, Ok(Broken), upright, incoming), internal);
    }

    #[test]
    fn with_more_than_three_frames_one_vote_is_not_enough() {
        assert_eq!([1, 3, 4, 8, 16].map(votes_needed), [1, 1, 2, 2, 2]);
    }
}
