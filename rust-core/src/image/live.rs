//! Camera and call frames: which to analyse, and when many uncertain scores make one calm decision.
//!
//! One strictness for stills and streams is wrong: thirty frames a second multiply false alarms. So few frames are
//! analysed, their scores are smoothed over time, and the warning goes on and off at different levels.

use super::cascade::Scores;

/// How a live stream is judged. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveConfig {
    /// Most frames analysed in a second: the budget that keeps a phone cool.
    pub frames_per_second: f32,
    /// Time after which an old score counts half.
    pub half_life_ms: u64,
    /// The smoothed score from which the warning goes on. Above the still threshold's, since a stream gives many chances to
    /// err. Where there is no second opinion, the first model's own threshold for a still picture stands for it.
    pub enter: f32,
    /// The smoothed score below which it goes off again.
    pub leave: f32,
    /// Fewest analysed frames before a warning: a single frame never decides.
    pub min_frames: u32,
    /// Gap after which the stream counts as a new one.
    pub forget_after_ms: u64,
}

impl Default for LiveConfig {
    fn default() -> Self {
        Self {
            frames_per_second: 2.0,
            half_life_ms: 800,
            enter: 0.75,
            leave: 0.45,
            min_frames: 3,
            forget_after_ms: 10_000,
        }
    }
}

/// What a live stream looks like now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Too few frames were analysed to say anything.
    NotYet,
    /// Nothing to warn of.
    Clear,
    /// Warn, until the state changes.
    Concern,
}

/// The memory of one stream: a few numbers, no picture.
#[derive(Debug, Clone)]
pub struct LiveSession {
    config: LiveConfig,
    last_ms: Option<u64>,
    frames: u32,
    nudity: Smoothed,
    gore: Smoothed,
}

/// One category's scores, smoothed over time.
#[derive(Debug, Clone, Default)]
struct Smoothed {
    sum: f32,
    weight: f32,
    warned: bool,
}

impl Smoothed {
    fn add(&mut self, score: f32, keep: f32, decides: bool, config: &LiveConfig) {
        self.sum = self.sum * keep + score.clamp(0.0, 1.0);
        self.weight = self.weight * keep + 1.0;
        if decides {
            let mean = self.sum / self.weight;
            self.warned = mean >= if self.warned { config.leave } else { config.enter };
        }
    }
}

impl LiveSession {
    /// A new stream.
    pub fn new(config: LiveConfig) -> Self {
        Self { config, last_ms: None, frames: 0, nudity: Smoothed::default(), gore: Smoothed::default() }
    }

    /// Whether a frame at `now_ms` fits into the budget. Times are any steady clock's; one that goes back a little is
    /// taken for the time of the last analysed frame, and one that goes back further than
    /// [`LiveConfig::forget_after_ms`] begins a new stream: waiting for it to catch up could take for ever.
    pub fn wants_frame(&self, now_ms: u64) -> bool {
        let gap = (1000.0 / self.config.frames_per_second.max(0.01)) as u64;
        self.last_ms.is_none_or(|last| now_ms.saturating_sub(last) >= gap || self.is_another_clock(now_ms, last))
    }

    fn is_over(&self, now_ms: u64, last_ms: u64) -> bool {
        now_ms.saturating_sub(last_ms) > self.config.forget_after_ms || self.is_another_clock(now_ms, last_ms)
    }

    fn is_another_clock(&self, now_ms: u64, last_ms: u64) -> bool {
        last_ms.saturating_sub(now_ms) > self.config.forget_after_ms
    }

    /// The nudity score of a frame as [`LiveSession::observe`] takes it. One model alone is measured against its own
    /// threshold, as in a still picture: frames that are surer than that make the warning go on.
    pub(crate) fn weigh(&self, scores: &Scores) -> f32 {
        match scores.alone_from {
            Some(sure) if sure > self.config.enter => scores.decisive * self.config.enter / sure,
            _ => scores.decisive,
        }
    }

    /// Takes the scores of an analysed frame, 0 to 1 each; both are warned of alike. Ones that are no numbers change
    /// nothing.
    pub fn observe(&mut self, now_ms: u64, nudity: f32, gore: f32) -> LiveState {
        if !nudity.is_finite() || !gore.is_finite() {
            return self.state();
        }
        let elapsed = self.last_ms.map_or(0, |last| now_ms.saturating_sub(last));
        if self.last_ms.is_some_and(|last| self.is_over(now_ms, last)) {
            *self = Self::new(self.config);
        }
        let keep = 0.5f32.powf(elapsed as f32 / self.config.half_life_ms.max(1) as f32);
        self.frames += 1;
        self.last_ms = Some(self.last_ms.map_or(now_ms, |last| last.max(now_ms)));
        let decides = self.frames >= self.config.min_frames;
        self.nudity.add(nudity, keep, decides, &self.config);
        self.gore.add(gore, keep, decides, &self.config);
        self.state()
    }

    /// The state after the last observation.
    pub fn state(&self) -> LiveState {
        if self.frames < self.config.min_frames {
            LiveState::NotYet
        } else if self.nudity.warned || self.gore.warned {
            LiveState::Concern
        } else {
            LiveState::Clear
        }
    }

    /// The state at `now_ms`: nothing is known of a stream whose last analysed frame is longer ago than
    /// [`LiveConfig::forget_after_ms`], or of another clock.
    pub(crate) fn state_at(&self, now_ms: u64) -> LiveState {
        let is_over = self.last_ms.is_some_and(|last| self.is_over(now_ms, last));
        if is_over { LiveState::NotYet } else { self.state() }
    }

    /// Whether the warning is of nudity.
    pub fn warns_of_nudity(&self) -> bool {
        self.nudity.warned
    }

    /// Whether the warning is of gore.
    pub fn warns_of_gore(&self) -> bool {
        self.gore.warned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(scores: &[f32]) -> Vec<LiveState> {
        let mut session = LiveSession::new(LiveConfig::default());
        scores.iter().enumerate().map(|(i, &s)| session.observe(i as u64 * 500, s, 0.0)).collect()
    }

    #[test]
    fn one_high_frame_among_low_ones_never_warns() {
        for place in 0..8 {
            let mut scores = [0.05; 8];
            scores[place] = 1.0;
            assert!(!run(&scores).contains(&LiveState::Concern), "high frame at {place}");
        }
    }

    #[test]
    fn a_run_of_high_frames_warns_at_the_third() {
        use LiveState::{Concern, NotYet};
        assert_eq!(run(&[0.9, 0.9, 0.9, 0.9]), [NotYet, NotYet, Concern, Concern]);
    }

    #[test]
    fn the_warning_does_not_flicker_between_its_levels() {
        let states = run(&[0.9, 0.9, 0.9, 0.6, 0.6, 0.6, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1]);
        assert!(states[2..8].iter().all(|s| *s == LiveState::Concern), "{states:?}");
        assert_eq!(states.last(), Some(&LiveState::Clear));
        assert!(!run(&[0.6; 12]).contains(&LiveState::Concern), "what never reached `enter` never warns");
    }

    #[test]
    fn the_budget_is_kept_and_a_clock_that_goes_back_does_no_harm() {
        let mut session = LiveSession::new(LiveConfig::default());
        assert!(session.wants_frame(1_000));
        session.observe(1_000, 0.2, 0.0);
        assert!(!session.wants_frame(1_499));
        assert!(session.wants_frame(1_500));
        assert!(!session.wants_frame(3));
        session.observe(3, 0.2, 0.0);
        assert!(session.wants_frame(1_500));
    }

    #[test]
    fn a_clock_that_jumps_back_begins_a_new_stream_instead_of_a_long_wait() {
        let mut session = LiveSession::new(LiveConfig::default());
        for t in 0..4 {
            session.observe(100_000 + t * 500, 0.1, 0.0);
        }
        assert_eq!(session.state(), LiveState::Clear);
        // Ten seconds back from the last frame: as small a step as is waited for.
        assert!(!session.wants_frame(91_500));
        assert!(session.wants_frame(91_499));
        assert_eq!(session.observe(91_499, 0.95, 0.0), LiveState::NotYet, "what was seen before is forgotten");
        assert!(session.wants_frame(91_999));
        session.observe(91_999, 0.95, 0.0);
        assert_eq!(session.observe(92_499, 0.95, 0.0), LiveState::Concern);
    }

    #[test]
    fn gore_is_smoothed_beside_nudity() {
        let mut session = LiveSession::new(LiveConfig::default());
        for t in 0..3 {
            session.observe(t * 500, 0.1, 0.9);
        }
        assert_eq!(
            (session.state(), session.warns_of_nudity(), session.warns_of_gore()),
            (LiveState::Concern, false, true)
        );
    }

    #[test]
    fn after_a_long_gap_the_stream_is_a_new_one() {
        let mut session = LiveSession::new(LiveConfig::default());
        for t in 0..4 {
            session.observe(t * 500, 0.95, 0.0);
        }
        assert_eq!(session.state(), LiveState::Concern);
        assert_eq!(session.observe(60_000, 0.1, 0.0), LiveState::NotYet);
    }

    #[test]
    fn a_score_that_is_no_number_changes_nothing() {
        let mut session = LiveSession::new(LiveConfig::default());
        assert_eq!(session.observe(0, f32::NAN, 0.0), LiveState::NotYet);
        assert_eq!(session.observe(0, 0.5, f32::INFINITY), LiveState::NotYet);
        assert!(session.wants_frame(0));
    }
}
