//! The memory of one peer: evidence that fades, the stage of the talk, and the warnings already given.
//!
//! ```text
//! message -> Reading (what it says by itself) -> second stage (what it means after all that came before) -> level
//! ```
//!
//! A conversation keeps numbers only, never text, and fits in [`MAX_STATE_BYTES`].

use serde::Serialize;

use super::advice::advice_for;
use super::arithmetic::sigmoid;
use super::combinations::{self, COMBINATIONS};
use super::indicator::{Indicator, IndicatorSet, Side};
use super::model::{Reading, TextModel};
use super::peer_trust::PeerTrust;
use super::rules::Span;
use super::second_stage::MAX_CELLS;
use crate::verdict::{Advice, Finding, FindingKind, ScoreBand};

/// Largest serialised state of one peer, in bytes.
pub const MAX_STATE_BYTES: usize = 512;

/// Version of the serialised form. Another version is refused, and the conversation begins anew.
const STATE_VERSION: u8 = 1;

/// What is left of an indicator's evidence after each further turn: half after 34 turns, as slow talks need.
const KEPT_PER_TURN: f32 = 0.98;
/// Evidence halves in this many minutes without contact: a week.
const HALF_LIFE_MINUTES: f64 = 7.0 * 1440.0;
/// Evidence below this is no reason to name.
const EVIDENCE_TO_NAME: f32 = 0.3;

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
    /// Indicators of this message.
    pub indicators: IndicatorSet,
    /// Personal data in this message.
    pub spans: Vec<Span>,
    /// Where the talk stands, once there is something to say.
    pub stage: Option<Stage>,
    /// How sure the second stage is, from 0 to 1, less what being known weighs.
    pub risk: f32,
    /// Why, gravest first. Empty below [`Level::Notice`].
    pub reasons: Vec<Reason>,
    /// Keys of the words to show, from [`Level::Notice`] on.
    pub advice: Option<Advice>,
    /// Whether the child is about to send what opens an account, in a talk that already gives cause for care.
    pub secret_at_risk: bool,
    /// The model that said so and its version, such as `text 1`.
    pub source: String,
}

impl TurnVerdict {
    /// What a policy decides on: the talk, and personal data about to be sent.
    pub fn findings(&self) -> Vec<Finding> {
        let sharing = self.indicators.contains(Indicator::SharesPersonalInfo) && !self.spans.is_empty();
        let reason = self.reasons.first().map_or("course_of_talk", |r| r.code).to_owned();
        let talk = self.level.band().filter(|b| *b > ScoreBand::Possible || !sharing);
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
    hidden: Vec<f32>,
    evidence: [f32; Indicator::COUNT],
    last_seen: [u32; Indicator::COUNT],
    risk: f32,
    warned: Option<Warned>,
}

/// The last warning that was given.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Warned {
    level: Level,
    turn: u32,
    minutes: f64,
    /// Whether the risk has fallen since, so that a new rise may be told.
    released: bool,
}

impl Conversation {
    /// A talk of which nothing is known yet.
    pub fn new(model: &TextModel) -> Self {
        Self {
            fingerprint: model.fingerprint,
            turns: 0,
            last_minutes: 0.0,
            hidden: model.second_stage.state(),
            evidence: [0.0; Indicator::COUNT],
            last_seen: [0; Indicator::COUNT],
            risk: 0.0,
            warned: None,
        }
    }

    /// Takes in the next message. `minutes` is the time of the message on any clock that does not run backwards; an
    /// earlier time or one that is no number counts as the time of the turn before.
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
        let now = if minutes.is_finite() { minutes.max(self.last_minutes) } else { self.last_minutes };
        let since = if self.turns == 0 { 0.0 } else { now - self.last_minutes };
        // Whoever was warned of a gift or a secret needs other words once there is a threat.
        let first_threat = reading.side == Side::Other
            && reading.indicators.contains(Indicator::Threat)
            && self.evidence[Indicator::Threat.index()] <= 0.0;
        self.remember(&reading, since);
        let learnt = model.second_stage.step(&mut self.hidden, &reading, since);
        self.risk = match judge {
            Judge::Learnt => sigmoid(learnt - self.margin(trust)),
            Judge::Combinations => combinations::risk(&self.evidence),
        };
        let secret_at_risk =
            reading.side == Side::Child && reading.rules.has_secret() && self.risk >= model.thresholds.notice;
        let told_before = self.warned.is_some();
        let level = self.decide(model, now, &reading, secret_at_risk, first_threat);
        let turn = self.turns;
        self.turns = self.turns.saturating_add(1);
        self.last_minutes = now;
        let stage = self.stage();
        let reasons = if level >= Level::Notice { self.reasons() } else { Vec::new() };
        let told_of = if told_before { self.new_stage(stage, reading.indicators) } else { stage };
        let advice = advice_for(level, told_of, &reading);
        TurnVerdict {
            turn,
            level,
            indicators: reading.indicators,
            spans: reading.rules.spans,
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

    /// The highest warning given so far.
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

    /// Where the talk stands: the stage with the most evidence.
    pub fn stage(&self) -> Option<Stage> {
        self.strongest(|_, _| true)
    }

    /// What a second warning is about. The strongest evidence overall is what the first one spoke of, so its words
    /// would be said twice; what this message adds is news.
    fn new_stage(&self, overall: Option<Stage>, of_this_turn: IndicatorSet) -> Option<Stage> {
        let touched =
            |stage, signs: &[Indicator]| Some(stage) != overall && signs.iter().any(|i| of_this_turn.contains(*i));
        self.strongest(touched).or(overall)
    }

    /// The stage with the most evidence among those wanted; the graver of two that are equal.
    fn strongest(&self, wanted: impl Fn(Stage, &[Indicator]) -> bool) -> Option<Stage> {
        let mut best: Option<(Stage, f32)> = None;
        for (stage, signs) in Stage::ALL.into_iter().filter(|(stage, signs)| wanted(*stage, signs)) {
            let strength = signs.iter().map(|i| self.evidence[i.index()]).fold(0.0f32, f32::max);
            if strength >= EVIDENCE_TO_NAME && best.is_none_or(|(_, b)| strength > b) {
                best = Some((stage, strength));
            }
        }
        best.map(|(stage, _)| stage)
    }

    /// Fades what was known and adds what this message says.
    fn remember(&mut self, reading: &Reading, since: f64) {
        let halvings = (since / HALF_LIFE_MINUTES).min(60.0);
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
    }

    /// What being known weighs in the other's favour: nothing once a threat is sure, which is one whoever sends it.
    fn margin(&self, trust: PeerTrust) -> f32 {
        if combinations::sure_threat(&self.evidence) { 0.0 } else { trust.margin() }
    }

    /// The level of this turn: what is due, less what was said already. The first threat of a talk is news whatever
    /// was said before.
    fn decide(
        &mut self,
        model: &TextModel,
        now: f64,
        reading: &Reading,
        secret_at_risk: bool,
        first_threat: bool,
    ) -> Level {
        let bar = &model.thresholds;
        let due = if self.risk >= bar.urgent {
            Level::Urgent
        } else if self.risk >= bar.warn || combinations::enough(&self.evidence, self.risk) || secret_at_risk {
            Level::Warn
        } else if self.risk >= bar.notice || reading.side == Side::Child && !reading.rules.spans.is_empty() {
            Level::Notice
        } else {
            Level::None
        };
        if let Some(warned) = &mut self.warned {
            warned.released |= self.risk < bar.warn * RELEASE_SHARE;
            let rested = warned.released
                && self.turns.saturating_sub(warned.turn) >= REST_TURNS
                && now - warned.minutes >= REST_MINUTES;
            if due <= Level::Notice || due <= warned.level && !rested && !first_threat {
                return due.min(Level::Notice);
            }
        }
        if due >= Level::Warn {
            self.warned = Some(Warned { level: due, turn: self.turns, minutes: now, released: false });
        }
        due
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
        out.extend(self.risk.to_le_bytes());
        let warned = self.warned.unwrap_or(Warned { level: Level::None, turn: 0, minutes: 0.0, released: false });
        out.extend([warned.level as u8, u8::from(warned.released)]);
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
        let risk = float(b)?;
        let [level, released] = take(b)?;
        let level = [Level::None, Level::Notice, Level::Warn, Level::Urgent].into_iter().find(|l| *l as u8 == level)?;
        let warned =
            Warned { level, turn: u32::from_le_bytes(take(b)?), minutes: minutes(b)?, released: released == 1 };
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
        rest.is_empty().then_some(Self { fingerprint, turns, last_minutes, hidden, evidence, last_seen, risk, warned })
    }
}
