//! The memory of one peer: evidence that fades, the stage of the talk, and the warnings already given.
//!
//! ```text
//! message -> Reading (what it says by itself) -> second stage (what it means after all that came before) -> level
//! ```
//!
//! A conversation keeps numbers only, never text, and fits in [`MAX_STATE_BYTES`].

use serde::Serialize;

use super::advice::{advice_for, advice_for_data};
use super::arithmetic::sigmoid;
use super::combinations::{self, COMBINATIONS};
use super::indicator::{Indicator, IndicatorSet, Side};
use super::model::{Reading, TextModel, Thresholds};
use super::normalise::normalise;
use super::peer_trust::PeerTrust;
use super::rules::{Span, rules};
use super::second_stage::MAX_CELLS;
use super::sure_signs;
use crate::verdict::{Advice, Finding, FindingKind, ScoreBand};

/// Largest serialised state of one peer, in bytes.
pub const MAX_STATE_BYTES: usize = 516;

/// Version of the serialised form. Another version is refused, and the conversation begins anew.
const STATE_VERSION: u8 = 3;

/// Stands in the serialised form, in three bits, for no stage.
const NO_STAGE: usize = 7;

/// What is left of an indicator's evidence after each further turn: half after 34 turns, as slow talks need.
const KEPT_PER_TURN: f32 = 0.98;
/// Evidence halves in this many minutes without contact: a week.
const HALF_LIFE_MINUTES: f64 = 7.0 * 1440.0;
/// One silence halves it no more often than this: a clock that was set ahead by years shall not wipe a talk.
const MOST_HALVINGS: f64 = 4.0;
const MOST_FADING_MINUTES: f64 = MOST_HALVINGS * HALF_LIFE_MINUTES;
/// A message that is older than the one before by more than this many minutes, a day, says that the clock was set. By less,
/// it came late.
const CLOCK_SET_MINUTES: f64 = 1440.0;
/// Evidence below this is no reason to name.
const EVIDENCE_TO_NAME: f32 = 0.3;
/// Evidence from which the first warning speaks of what its message says rather than of the talk.
const EVIDENCE_TO_LEAD: f32 = 0.7;

/// The risk from which a secret that opens an account is warned of before it is sent; below, it draws a hint. A father who
/// forgot his password asks for a code as a thief does: decision 16 counts both.
const RISK_FOR_SECRETS: f32 = 0.5;

/// After a warning, nothing new is shown until the risk has fallen below this share of its threshold and rises again.
const RELEASE_SHARE: f32 = 0.5;
/// A second warning of the same level comes no sooner than this many turns after the first.
const REST_TURNS: u32 = 40;
/// And no sooner than this many minutes: a day.
const REST_MINUTES: f64 = 1440.0;

/// What a child would see after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    None,
    /// At most an inline hint; also the state of a talk in which a warning was already given.
    Notice,
    /// A warning.
    Warn,
    /// A warning that comes before anything else.
    Urgent,
}

impl Level {
    /// The band of the finding, which a policy turns into an action.
    pub fn band(self) -> Option<ScoreBand> {
        match self {
            Self::None => None,
            Self::Notice => Some(ScoreBand::Possible),
            Self::Warn => Some(ScoreBand::Likely),
            Self::Urgent => Some(ScoreBand::VeryLikely),
        }
    }
}

/// Where a talk stands. The stages do not come in a fixed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Bonding, presents, questions about the child's life.
    BuildingTrust,
    /// Secrets, other channels, against family and friends.
    Isolating,
    /// Jobs, prizes and small requests that test whether the child complies.
    Testing,
    /// Pictures, the camera, intimate matters.
    SexualPressure,
    /// Coercion, by a blackmailer or by somebody who poses as an authority.
    Threat,
    /// Meeting outside.
    Meeting,
}

impl Stage {
    /// Gravest first: the first of equal strength is named.
    const ALL: [(Self, &'static [Indicator]); 6] = [
        (Self::Threat, &[Indicator::Threat, Indicator::AuthorityScam]),
        (Self::SexualPressure, &[Indicator::SexualTalk, Indicator::ImageRequest, Indicator::AgreesImage]),
        (Self::Meeting, &[Indicator::Meeting, Indicator::AgreesMeeting]),
        (Self::Isolating, &[Indicator::Secrecy, Indicator::Isolation, Indicator::PlatformShift]),
        (Self::Testing, &[Indicator::JobLure, Indicator::GiftLure, Indicator::SharesPersonalInfo]),
        (Self::BuildingTrust, &[Indicator::FlatteryBond, Indicator::PersonalInfo]),
    ];

    /// The name used in files and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::BuildingTrust => "building_trust",
            Self::Isolating => "isolating",
            Self::Testing => "testing",
            Self::SexualPressure => "sexual_pressure",
            Self::Threat => "threat",
            Self::Meeting => "meeting",
        }
    }
}

/// Why a level was reached: a code and the turns that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A combination such as `secrecy+image_request`, an indicator, or `course_of_talk` where no sign stands out.
    pub code: &'static str,
    /// Turns, counted from 0, in which its parts were last seen.
    pub turns: Vec<u32>,
}

/// What a turn led to.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnVerdict {
    /// The turn, counted from 0.
    pub turn: u32,
    /// What a child would see now.
    pub level: Level,
    /// What it would see for the course of the talk, whatever this message itself gives away.
    pub of_talk: Level,
    /// Indicators of this message.
    pub indicators: IndicatorSet,
    /// Personal data in this message.
    pub spans: Vec<Span>,
    /// Whether parts of this message were not read, since it is too long: that nothing was found does not clear it.
    pub has_gaps: bool,
    /// Where the talk stands, once there is something to say.
    pub stage: Option<Stage>,
    /// How sure the second stage is, from 0 to 1, less what being known weighs.
    pub risk: f32,
    /// Why, gravest first. Empty below [`Level::Notice`].
    pub reasons: Vec<Reason>,
    /// Keys of the words to show, from [`Level::Notice`] on.
    pub advice: Option<Advice>,
    /// Whether the child is about to send what opens an account, in a talk that is rather dangerous than not.
    pub secret_at_risk: bool,
    /// The model that said so and its version, such as `text 1`.
    pub source: String,
}

impl TurnVerdict {
    /// What is to be said of a message where nobody agreed that the talk is followed: the personal data in it, as the
    /// rules find it. Nothing is remembered.
    pub fn of_personal_data(model: &TextModel, message: &str, side: Side, turn: u32) -> Self {
        let normal = normalise(message);
        let found = rules(message, &normal, side);
        let sharing = side == Side::Child && !found.spans.is_empty();
        let level = if sharing { Level::Notice } else { Level::None };
        Self {
            turn,
            level,
            of_talk: Level::None,
            indicators: IndicatorSet::from_iter(sharing.then_some(Indicator::SharesPersonalInfo)),
            stage: None,
            risk: 0.0,
            reasons: Vec::new(),
            advice: sharing.then(|| advice_for_data(level, &found)),
            secret_at_risk: false,
            spans: found.spans,
            has_gaps: normal.is_truncated(),
            source: model.source.clone(),
        }
    }

    /// What a policy decides on: the talk, and personal data about to be sent.
    pub fn findings(&self) -> Vec<Finding> {
        let sharing = self.indicators.contains(Indicator::SharesPersonalInfo) && !self.spans.is_empty();
        let reason = self.reasons.first().map_or("course_of_talk", |r| r.code).to_owned();
        let talk = self.of_talk.band();
        let talk = talk.map(|band| Finding { kind: FindingKind::Grooming, band, reason, source: self.source.clone() });
        let data = sharing.then(|| Finding {
            kind: FindingKind::PersonalInfo,
            band: if self.secret_at_risk { ScoreBand::VeryLikely } else { ScoreBand::Likely },
            reason: "personal_data_outgoing".to_owned(),
            source: self.source.clone(),
        });
        talk.into_iter().chain(data).collect()
    }
}

/// Which second stage decides. The learnt one is shipped; the other is what it was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Judge {
    /// Both recurrent units.
    #[default]
    Learnt,
    /// Hand-written combinations of decayed evidence.
    Combinations,
}

/// The memory of one peer.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    fingerprint: u64,
    turns: u32,
    last_minutes: f64,
    /// Minutes that will pass a second time since the clock was set back, at most as many as can fade anything.
    to_pass_again: f32,
    hidden: Vec<f32>,
    evidence: [f32; Indicator::COUNT],
    last_seen: [u32; Indicator::COUNT],
    risk: f32,
    /// Whether a threat was sure and has not faded since.
    threatened: bool,
    warned: Option<Warned>,
}

/// The last warning that was given.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Warned {
    /// The highest level since the talk was last at rest.
    level: Level,
    turn: u32,
    minutes: f64,
    /// What it spoke of.
    stage: Option<Stage>,
    /// Whether the risk has fallen since, so that a new rise may be told.
    released: bool,
    /// Whether any warning has spoken of a threat.
    of_threat: bool,
}

/// What is due at a turn, before it is known what was said already.
#[derive(Debug, Clone, Copy)]
struct Due {
    now: f64,
    /// By the course of the talk.
    talk: Level,
    /// What a warning would speak of.
    stage: Option<Stage>,
    /// Whether this message threatens.
    threat: bool,
}

impl Conversation {
    /// A talk of which nothing is known yet.
    pub fn new(model: &TextModel) -> Self {
        Self {
            fingerprint: model.fingerprint,
            turns: 0,
            last_minutes: 0.0,
            to_pass_again: 0.0,
            hidden: model.second_stage.state(),
            evidence: [0.0; Indicator::COUNT],
            last_seen: [0; Indicator::COUNT],
            risk: 0.0,
            threatened: false,
            warned: None,
        }
    }

    /// Takes in the next message. `minutes` is the time of the message on any clock. An earlier time than that of the turn
    /// before, or one that is no number, counts as that; one that is earlier by more than a day says that the clock was
    /// set, and time goes on from there; what passes a second time then fades nothing.
    pub fn check(
        &mut self,
        model: &TextModel,
        message: &str,
        side: Side,
        minutes: f64,
        trust: PeerTrust,
    ) -> TurnVerdict {
        self.advance(model, model.read(message, side), minutes, trust, Judge::Learnt)
    }

    /// Takes in a message that was read before, with a choice of second stage.
    pub fn advance(
        &mut self,
        model: &TextModel,
        reading: Reading,
        minutes: f64,
        trust: PeerTrust,
        judge: Judge,
    ) -> TurnVerdict {
        if self.fingerprint != model.fingerprint || self.hidden.len() != model.second_stage.cells() {
            // Another model's hidden state means nothing to this one; evidence and warnings keep their meaning.
            self.hidden = model.second_stage.state();
            self.fingerprint = model.fingerprint;
        }
        let now = self.time(minutes);
        let since = if self.turns == 0 { 0.0 } else { now - self.last_minutes };
        self.remember(&reading, since);
        let learnt = model.second_stage.step(&mut self.hidden, &reading, since);
        self.risk = match judge {
            Judge::Learnt => sigmoid(learnt - self.margin(trust)),
            Judge::Combinations => combinations::risk(&self.evidence),
        };
        let sharing = reading.side == Side::Child && !reading.rules.spans.is_empty();
        let secret_at_risk = is_secret_at_risk(&reading, self.risk);
        let due = Due {
            now,
            talk: self.due(&model.thresholds),
            stage: self.news(reading.indicators),
            threat: reading.indicators.contains(Indicator::Threat),
        };
        let of_talk = self.decide(&model.thresholds, due);
        // What this message gives away is a matter of the message: told whatever was said before, since the next moment it
        // is gone, and no warning of the talk.
        let level = of_talk.max(match (secret_at_risk, sharing) {
            (true, _) => Level::Warn,
            (false, true) => Level::Notice,
            (false, false) => Level::None,
        });
        let turn = self.turns;
        self.turns = self.turns.saturating_add(1);
        self.last_minutes = now;
        let stage = self.stage();
        let reasons = if level >= Level::Notice { self.reasons() } else { Vec::new() };
        let advice = advice_for(level, due.stage, self.evidence_of_authority(), &reading);
        TurnVerdict {
            turn,
            level,
            of_talk,
            indicators: reading.indicators,
            spans: reading.rules.spans,
            has_gaps: reading.has_gaps,
            stage,
            risk: self.risk,
            reasons,
            advice,
            secret_at_risk,
            source: model.source.clone(),
        }
    }

    /// The risk after the last turn, from 0 to 1.
    pub fn risk(&self) -> f32 {
        self.risk
    }

    /// The highest warning given since the talk was last at rest.
    pub fn warned(&self) -> Level {
        self.warned.map_or(Level::None, |w| w.level)
    }

    /// How much is lost where this talk is forgotten for want of room: 2 once a warning was given, 1 while its risk is
    /// at least a half, else 0.
    pub fn worth(&self) -> u8 {
        if self.warned.is_some() { 2 } else { u8::from(self.risk >= 0.5) }
    }

    /// Messages taken in so far.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// Time of the last message.
    pub(super) fn last_minutes(&self) -> f64 {
        self.last_minutes
    }

    /// Where the talk stands: the stage with the most evidence, the graver of two that are equal.
    pub fn stage(&self) -> Option<Stage> {
        let mut best: Option<(Stage, f32)> = None;
        for (stage, strength) in self.stages() {
            if best.is_none_or(|(_, b)| strength > b) {
                best = Some((stage, strength));
            }
        }
        best.map(|(stage, _)| stage)
    }

    /// Every stage with enough evidence to name it, gravest first.
    fn stages(&self) -> impl Iterator<Item = (Stage, f32)> {
        let strength = |signs: &[Indicator]| signs.iter().map(|i| self.evidence[i.index()]).fold(0.0f32, f32::max);
        Stage::ALL.into_iter().map(move |(s, signs)| (s, strength(signs))).filter(|(_, x)| *x >= EVIDENCE_TO_NAME)
    }

    /// What a warning would speak of now: the gravest thing that this message surely says, else where the talk stands. A
    /// second one does not say the words of the first again where the message adds anything, and speaks of a threat as
    /// long as none did.
    fn news(&self, of_this_turn: IndicatorSet) -> Option<Stage> {
        let added = |least: f32, told: &dyn Fn(Stage) -> bool| {
            let touched = |signs: &[Indicator]| signs.iter().any(|i| of_this_turn.contains(*i));
            let stages = Stage::ALL.iter().filter(|(stage, signs)| touched(signs) && !told(*stage));
            stages.map(|(stage, _)| *stage).find(|s| self.stages().any(|(stage, x)| stage == *s && x >= least))
        };
        let news = match &self.warned {
            None => added(EVIDENCE_TO_LEAD, &|_| false),
            Some(warned) => added(EVIDENCE_TO_NAME, &|stage| match stage {
                Stage::Threat => warned.of_threat,
                other => warned.stage == Some(other),
            }),
        };
        news.or_else(|| self.stage())
    }

    /// Whether it is rather somebody who poses as an authority that threatens than a blackmailer.
    fn evidence_of_authority(&self) -> bool {
        self.evidence[Indicator::AuthorityScam.index()] > self.evidence[Indicator::Threat.index()]
    }

    /// The time of a turn, no earlier than the turn before. A clock that was set back takes the last turn and the last
    /// warning with it: otherwise nothing would fade or rest until the old time came again.
    fn time(&mut self, minutes: f64) -> f64 {
        if self.turns == 0 && minutes.is_finite() {
            self.last_minutes = minutes;
        }
        let set_back = self.last_minutes - minutes;
        if set_back.is_finite() && set_back > CLOCK_SET_MINUTES {
            self.last_minutes = minutes;
            self.to_pass_again = (f64::from(self.to_pass_again) + set_back).min(MOST_FADING_MINUTES) as f32;
            self.warned.iter_mut().for_each(|w| w.minutes -= set_back);
        }
        if minutes.is_finite() { minutes.max(self.last_minutes) } else { self.last_minutes }
    }

    /// Fades what was known and adds what this message says.
    fn remember(&mut self, reading: &Reading, since: f64) {
        // Dates that a sender chose could jump back and forth until nothing was left: no minute fades anything twice.
        let since = since.min(MOST_FADING_MINUTES);
        let again = since.min(f64::from(self.to_pass_again));
        self.to_pass_again -= again as f32;
        let halvings = (since - again) / HALF_LIFE_MINUTES;
        // A power of two in whole steps and a straight line between: the same on every processor.
        let whole = halvings.floor();
        let faded = (1.0 - (halvings - whole) / 2.0) as f32 / (1u64 << whole as u32) as f32;
        for indicator in Indicator::ALL {
            let i = indicator.index();
            self.evidence[i] *= faded * KEPT_PER_TURN;
            if reading.indicators.contains(indicator) {
                self.evidence[i] = (self.evidence[i] + sigmoid(reading.logits[i]).max(0.5)).min(4.0);
                self.last_seen[i] = self.turns;
            }
        }
        let faded = self.evidence[Indicator::Threat.index()] < EVIDENCE_TO_NAME;
        self.threatened = sure_signs::sure_threat(&self.evidence) || self.threatened && !faded;
    }

    /// What being known weighs in the other's favour: nothing from a sure threat on until it has faded, for a threat is
    /// one whoever sends it.
    fn margin(&self, trust: PeerTrust) -> f32 {
        if self.threatened { 0.0 } else { trust.margin() }
    }

    /// What the course of the talk asks for, whatever was said already.
    fn due(&self, bar: &Thresholds) -> Level {
        if self.risk >= bar.urgent {
            Level::Urgent
        } else if self.risk >= bar.warn || sure_signs::enough(&self.evidence, self.risk) {
            Level::Warn
        } else if self.risk >= bar.notice {
            Level::Notice
        } else {
            Level::None
        }
    }

    /// The talk's part of the level of this turn: what is due, less what was said already. The first threat of a talk is
    /// news whatever was said before.
    fn decide(&mut self, bar: &Thresholds, due: Due) -> Level {
        let mut said = Level::None;
        let mut of_threat = false;
        if let Some(warned) = &mut self.warned {
            warned.released |= self.risk < bar.warn * RELEASE_SHARE;
            let rested = warned.released
                && self.turns.saturating_sub(warned.turn) >= REST_TURNS
                && due.now - warned.minutes >= REST_MINUTES;
            of_threat = warned.of_threat;
            let news = rested || due.threat && !of_threat;
            if due.talk <= warned.level && !news {
                return due.talk.min(Level::Notice);
            }
            said = if rested { Level::None } else { warned.level };
        }
        if due.talk >= Level::Warn {
            self.warned = Some(Warned {
                level: due.talk.max(said),
                turn: self.turns,
                minutes: due.now,
                stage: due.stage,
                released: false,
                of_threat: of_threat || due.stage == Some(Stage::Threat),
            });
        }
        due.talk
    }

    fn reasons(&self) -> Vec<Reason> {
        const MOST: usize = 3;
        let turns_of = |parts: &[Indicator]| {
            let mut turns: Vec<u32> = parts.iter().map(|i| self.last_seen[i.index()]).collect();
            turns.sort_unstable();
            turns.dedup();
            turns
        };
        let strong = |i: &Indicator| self.evidence[i.index()] >= EVIDENCE_TO_NAME;
        let mut reasons: Vec<Reason> = COMBINATIONS
            .iter()
            .filter(|c| c.parts.iter().all(strong))
            .map(|c| Reason { code: c.code, turns: turns_of(c.parts) })
            .take(MOST)
            .collect();
        if reasons.is_empty() {
            let single = Indicator::ALL.iter().filter(|i| strong(i));
            reasons.extend(single.map(|i| Reason { code: i.name(), turns: turns_of(&[*i]) }).take(MOST));
        }
        if reasons.is_empty() {
            reasons.push(Reason { code: "course_of_talk", turns: Vec::new() });
        }
        reasons
    }

    /// The state as bytes, to be sealed on disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![STATE_VERSION, self.hidden.len() as u8];
        out.extend(self.fingerprint.to_le_bytes());
        out.extend(self.turns.to_le_bytes());
        out.extend(self.last_minutes.to_le_bytes());
        out.extend(self.to_pass_again.to_le_bytes());
        out.extend(self.risk.to_le_bytes());
        let none = Warned { level: Level::None, turn: 0, minutes: 0.0, stage: None, released: false, of_threat: false };
        let warned = self.warned.unwrap_or(none);
        let stage = Stage::ALL.iter().position(|(stage, _)| warned.stage == Some(*stage)).unwrap_or(NO_STAGE) as u8;
        let flags = [warned.released, warned.of_threat, self.threatened].map(u8::from);
        out.extend([warned.level as u8, flags[0] | flags[1] << 1 | flags[2] << 2 | stage << 3]);
        out.extend(warned.turn.to_le_bytes());
        out.extend(warned.minutes.to_le_bytes());
        self.hidden.iter().chain(&self.evidence).for_each(|x| out.extend(x.to_le_bytes()));
        self.last_seen.iter().for_each(|x| out.extend(x.to_le_bytes()));
        out
    }

    /// Reads a state that [`Conversation::to_bytes`] wrote. `None` where the bytes are anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
            let (head, rest) = bytes.split_first_chunk::<N>()?;
            *bytes = rest;
            Some(*head)
        }
        let float = |b: &mut &[u8]| Some(f32::from_le_bytes(take(b)?)).filter(|x| x.is_finite() && x.abs() < 1e6);
        let minutes = |b: &mut &[u8]| Some(f64::from_le_bytes(take(b)?)).filter(|x| x.is_finite());
        let mut rest = bytes;
        let b = &mut rest;
        let [version, hidden] = take(b)?;
        if version != STATE_VERSION || usize::from(hidden) > MAX_CELLS {
            return None;
        }
        let fingerprint = u64::from_le_bytes(take(b)?);
        let turns = u32::from_le_bytes(take(b)?);
        let last_minutes = minutes(b)?;
        let to_pass_again = float(b)?.clamp(0.0, MOST_FADING_MINUTES as f32);
        let risk = float(b)?;
        let [level, flags] = take(b)?;
        let level = [Level::None, Level::Notice, Level::Warn, Level::Urgent].into_iter().find(|l| *l as u8 == level)?;
        let [released, of_threat, threatened] = [0, 1, 2].map(|bit| flags >> bit & 1 == 1);
        let stage = match usize::from(flags >> 3) {
            NO_STAGE => None,
            at => Some(Stage::ALL.get(at)?.0),
        };
        let turn = u32::from_le_bytes(take(b)?);
        let warned = Warned { level, turn, minutes: minutes(b)?, stage, released, of_threat };
        let hidden = (0..hidden).map(|_| float(b)).collect::<Option<Vec<f32>>>()?;
        let mut evidence = [0.0; Indicator::COUNT];
        for x in &mut evidence {
            *x = float(b)?;
        }
        let mut last_seen = [0; Indicator::COUNT];
        for x in &mut last_seen {
            *x = u32::from_le_bytes(take(b)?);
        }
        let warned = Some(warned).filter(|w| w.level >= Level::Warn);
        rest.is_empty().then_some(Self {
            fingerprint,
            turns,
            last_minutes,
            to_pass_again,
            hidden,
            evidence,
            last_seen,
            risk,
            threatened,
            warned,
        })
    }
}

/// Whether the child is about to send what opens an account, in a talk that is rather dangerous than not.
fn is_secret_at_risk(reading: &Reading, risk: f32) -> bool {
    reading.side == Side::Child && reading.rules.has_secret() && risk >= RISK_FOR_SECRETS
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAR: Thresholds = Thresholds { message: Vec::new(), network: 0.4, warn: 0.94, urgent: 0.96, notice: 0.14 };

    fn talk() -> Conversation {
        Conversation {
            fingerprint: 0,
            turns: 0,
            last_minutes: 0.0,
            to_pass_again: 0.0,
            hidden: Vec::new(),
            evidence: [0.0; Indicator::COUNT],
            last_seen: [0; Indicator::COUNT],
            risk: 0.0,
            threatened: false,
            warned: None,
        }
    }

    fn due(talk: Level) -> Due {
        Due { now: 0.0, talk, stage: None, threat: false }
    }

    #[test]
    fn a_level_begins_at_its_threshold() {
        let at = |risk| Conversation { risk, ..talk() }.due(&BAR);
        for (bar, below, from) in [
            (BAR.notice, Level::None, Level::Notice),
            (BAR.warn, Level::Notice, Level::Warn),
            (BAR.urgent, Level::Warn, Level::Urgent),
        ] {
            assert_eq!((at(bar.next_down()), at(bar)), (below, from), "{bar}");
        }
    }

    #[test]
    fn a_warning_comes_again_once_the_risk_has_fallen_by_half_and_turns_and_a_day_have_passed() {
        // Whether a second warning comes after the risk fell to `low`, so many turns and minutes after the first.
        let again = |low: f32, turns: u32, minutes: f64| {
            let mut talk = talk();
            assert_eq!(talk.decide(&BAR, due(Level::Warn)), Level::Warn);
            talk.risk = low;
            talk.decide(&BAR, due(Level::None));
            (talk.risk, talk.turns) = (BAR.warn, turns);
            talk.decide(&BAR, Due { now: minutes, ..due(Level::Warn) }) == Level::Warn
        };
        let half = BAR.warn * RELEASE_SHARE;
        assert!(again(half.next_down(), REST_TURNS, REST_MINUTES));
        assert!(!again(half, REST_TURNS, REST_MINUTES));
        assert!(!again(half.next_down(), REST_TURNS - 1, REST_MINUTES));
        assert!(!again(half.next_down(), REST_TURNS, REST_MINUTES.next_down()));
    }

    #[test]
    fn a_rise_is_told_at_once_and_a_lower_warning_forgets_none() {
        let mut talk = talk();
        let levels = [Level::Warn, Level::Warn, Level::Urgent, Level::Urgent].map(|l| talk.decide(&BAR, due(l)));
        assert_eq!(levels, [Level::Warn, Level::Notice, Level::Urgent, Level::Notice]);
        let threat = Due { stage: Some(Stage::Threat), threat: true, ..due(Level::Warn) };
        assert_eq!(talk.decide(&BAR, threat), Level::Warn, "news");
        assert_eq!(talk.warned(), Level::Urgent);
        assert_eq!(talk.decide(&BAR, due(Level::Urgent)), Level::Notice);
        assert_eq!(talk.decide(&BAR, threat), Level::Notice, "told");
    }

    #[test]
    fn a_threat_that_was_not_told_stays_news() {
        let threat = Due { threat: true, stage: Some(Stage::Threat), ..due(Level::Notice) };
        let mut talk = talk();
        talk.decide(&BAR, due(Level::Urgent));
        assert_eq!(talk.decide(&BAR, threat), Level::Notice, "not sure enough to be told");
        assert_eq!(talk.decide(&BAR, Due { talk: Level::Warn, ..threat }), Level::Warn);
    }

    #[test]
    fn a_clock_that_was_set_back_lets_time_go_on() {
        let mut talk = Conversation { turns: 1, last_minutes: 525_600.0, ..talk() };
        talk.decide(&BAR, Due { now: 525_600.0, ..due(Level::Warn) });
        let told = |talk: &Conversation| talk.warned.map(|w| w.minutes);
        assert_eq!(talk.time(525_600.0 - CLOCK_SET_MINUTES), 525_600.0, "it came late");
        assert_eq!(talk.time(f64::NAN), 525_600.0);
        assert_eq!(talk.time(f64::NEG_INFINITY), 525_600.0);
        assert_eq!(told(&talk), Some(525_600.0));
        assert_eq!(talk.time(100.0), 100.0);
        assert_eq!(told(&talk), Some(100.0), "rests as long as it would have");
        assert_eq!(talk.time(160.0), 160.0);
    }

    #[test]
    fn a_talk_begins_at_any_time_of_any_clock() {
        for minutes in [-1e7, -1.0, 0.0, 1e7] {
            let mut talk = talk();
            assert_eq!((talk.time(minutes), talk.to_pass_again), (minutes, 0.0));
        }
    }

    #[test]
    fn no_silence_wipes_a_talk() {
        let mut talk = talk();
        talk.evidence = [4.0; Indicator::COUNT];
        talk.remember(&Reading::silence(Side::Other), 50.0 * 525_600.0);
        assert!(talk.evidence.iter().all(|x| (0.24..0.26).contains(x)), "{:?}", talk.evidence);
    }

    #[test]
    fn dates_that_jump_back_and_forth_fade_no_more_than_one_silence() {
        let silence = Reading::silence(Side::Other);
        let days = |days: f64| days * 1440.0;
        let mut talk =
            Conversation { turns: 1, evidence: [4.0; Indicator::COUNT], last_minutes: days(100.0), ..talk() };
        let mut at = |minutes: f64| {
            let now = talk.time(minutes);
            talk.remember(&silence, now - talk.last_minutes);
            talk.last_minutes = now;
            talk.evidence[0]
        };
        for years in [50.0, 0.1, 3.0] {
            at(days(100.0 - 365.0 * years));
            assert!(at(days(100.0)) > 3.5, "{years}");
        }
        let before = at(days(80.0));
        assert!((at(days(107.0)) / before - 0.5).abs() < 0.02, "a week more than ever before");
    }

    #[test]
    fn a_second_warning_speaks_of_the_gravest_thing_that_its_message_adds() {
        let mut talk = talk();
        for (sign, evidence) in [
            (Indicator::Secrecy, 3.0),
            (Indicator::GiftLure, 0.9),
            (Indicator::ImageRequest, 0.6),
            (Indicator::Meeting, EVIDENCE_TO_NAME.next_down()),
        ] {
            talk.evidence[sign.index()] = evidence;
        }
        let offer = IndicatorSet::from_iter([Indicator::GiftLure, Indicator::ImageRequest, Indicator::Meeting]);
        assert_eq!(talk.news(IndicatorSet::EMPTY), Some(Stage::Isolating), "what is strongest");
        assert_eq!(talk.news(offer), Some(Stage::Testing), "what the message surely says");
        talk.evidence[Indicator::ImageRequest.index()] = EVIDENCE_TO_LEAD;
        assert_eq!(talk.news(offer), Some(Stage::SexualPressure), "the gravest of it");
        talk.evidence[Indicator::ImageRequest.index()] = EVIDENCE_TO_LEAD.next_down();
        talk.decide(&BAR, Due { stage: Some(Stage::Isolating), ..due(Level::Warn) });
        assert_eq!(talk.news(offer), Some(Stage::SexualPressure));
        let secret = IndicatorSet::from_iter([Indicator::Secrecy]);
        assert_eq!(talk.news(secret), Some(Stage::Isolating), "nothing new");
        // However strong a threat has become with this message, no warning has spoken of one.
        talk.evidence[Indicator::Threat.index()] = 4.0;
        assert_eq!(talk.news(IndicatorSet::from_iter([Indicator::Threat, Indicator::Secrecy])), Some(Stage::Threat));
    }

    #[test]
    fn being_known_weighs_nothing_from_a_sure_threat_on_until_it_has_faded() {
        let mut talk = talk();
        let silence = Reading::silence(Side::Child);
        let threat = |logit: f32| {
            let mut reading = Reading::silence(Side::Other);
            reading.indicators.insert(Indicator::Threat);
            reading.logits[Indicator::Threat.index()] = logit;
            reading
        };
        talk.remember(&threat(2.0), 0.0);
        assert_eq!(talk.margin(PeerTrust::Saved), PeerTrust::Saved.margin(), "not sure");
        let mut talk = super::tests::talk();
        talk.remember(&threat(6.0), 0.0);
        let mut turns = 0;
        while talk.margin(PeerTrust::Saved) == 0.0 {
            talk.remember(&silence, 0.0);
            turns += 1;
        }
        assert!((50..70).contains(&turns), "{turns}");
        assert!(talk.evidence[Indicator::Threat.index()] < EVIDENCE_TO_NAME);
    }

    #[test]
    fn a_secret_is_at_risk_where_a_child_sends_it_in_a_talk_that_is_rather_dangerous() {
        let sent = |side| {
            let message = "mã OTP là 482913";
            Reading { rules: rules(message, &normalise(message), side), ..Reading::silence(side) }
        };
        assert!(is_secret_at_risk(&sent(Side::Child), RISK_FOR_SECRETS));
        assert!(!is_secret_at_risk(&sent(Side::Child), RISK_FOR_SECRETS.next_down()), "a hint is enough");
        assert!(!is_secret_at_risk(&sent(Side::Other), 1.0));
        assert!(!is_secret_at_risk(&Reading::silence(Side::Child), 1.0));
    }

    #[test]
    fn a_state_keeps_what_was_told() {
        for stage in Stage::ALL.map(|(stage, _)| Some(stage)).into_iter().chain([None]) {
            let mut talk = Conversation { threatened: stage.is_some(), ..talk() };
            talk.decide(&BAR, Due { stage, ..due(Level::Urgent) });
            assert_eq!(Conversation::from_bytes(&talk.to_bytes()), Some(talk));
        }
    }
}
