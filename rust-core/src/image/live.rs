//! Camera and call frames: which to analyse, and when many uncertain scores make one calm decision.
//!
//! One strictness for stills and streams is wrong: thirty frames a second multiply false alarms. So few frames are
//! analysed, their scores are smoothed over time, and the warning goes on and off at different levels.

/// How a live stream is judged. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveConfig {
    /// Most frames analysed in a second: the budget that keeps a phone cool.
    pub frames_per_second: f32,
    /// Time after which an old score counts half.
    pub half_life_ms: u64,
    /// The smoothed score from which the warning goes on. Above the still threshold's, since a stream gives many chances to err.
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
    smoothed: f32,
    weight: f32,
    frames: u32,
    warned: bool,
}

impl LiveSession {
    /// A new stream.
    pub fn new(config: LiveConfig) -> Self {
        Self { config, last_ms: None, smoothed: 0.0, weight: 0.0, frames: 0, warned: false }
    }

    /// Whether a frame at `now_ms` fits into the budget. Times are any steady clock's; one that goes back is taken
    /// for the time of the last analysed frame.
    pub fn wants_frame(&self, now_ms: u64) -> bool {
        let gap = (1000.0 / self.config.frames_per_second.max(0.01)) as u64;
        self.last_ms.is_none_or(|last| now_ms.saturating_sub(last) >= gap)
    }

    /// Takes the score (0 to 1) of a frame analysed at `now_ms`. A score that is no number changes nothing.
    pub fn observe(&mut self, now_ms: u64, score: f32) -> LiveState {
        if !score.is_finite() {
            return self.state();
        }
        let elapsed = self.last_ms.map_or(0, |last| now_ms.saturating_sub(last));
        if elapsed > self.config.forget_after_ms {
            *self = Self::new(self.config);
        }
        let keep = 0.5f32.powf(elapsed as f32 / self.config.half_life_ms.max(1) as f32);
        self.smoothed = self.smoothed * keep + score.clamp(0.0, 1.0);
        self.weight = self.weight * keep + 1.0;
        self.frames += 1;
        self.last_ms = Some(self.last_ms.map_or(now_ms, |last| last.max(now_ms)));
        let mean = self.smoothed / self.weight;
        if self.frames >= self.config.min_frames {
            self.warned = if self.warned { mean >= self.config.leave } else { mean >= self.config.enter };
        }
        self.state()
    }

    /// The state after the last observation.
    pub fn state(&self) -> LiveState {
        if self.frames < self.config.min_frames {
            LiveState::NotYet
        } else if self.warned {
            LiveState::Concern
        } else {
            LiveState::Clear
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(scores: &[f32]) -> Vec<LiveState> {
        let mut session = LiveSession::new(LiveConfig::default());
        scores.iter().enumerate().map(|(i, &s)| session.observe(i as u64 * 500, s)).collect()
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
        session.observe(1_000, 0.2);
        assert!(!session.wants_frame(1_499));
        assert!(session.wants_frame(1_500));
        assert!(!session.wants_frame(3));
        session.observe(3, 0.2);
        assert!(session.wants_frame(1_500));
    }

    #[test]
    fn after_a_long_gap_the_stream_is_a_new_one() {
        let mut session = LiveSession::new(LiveConfig::default());
        for t in 0..4 {
            session.observe(t * 500, 0.95);
        }
        assert_eq!(session.state(), LiveState::Concern);
        assert_eq!(session.observe(60_000, 0.1), LiveState::NotYet);
    }

    #[test]
    fn a_score_that_is_no_number_changes_nothing() {
        let mut session = LiveSession::new(LiveConfig::default());
        assert_eq!(session.observe(0, f32::NAN), LiveState::NotYet);
        assert!(session.wants_frame(0));
    }
}
