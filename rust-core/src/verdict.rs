//! The words a check answers with: what was looked at, what was found, and what a child should be shown.
//!
//! Three answers exist, and the third is not a failure of the first: [`Verdict::NotChecked`] means that nobody
//! looked, and an app must never show it as safe.

use serde::{Deserialize, Serialize};

/// Which way the content travels, as seen from the child's phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Somebody sent it to the child.
    Incoming,
    /// The child is about to send something it made or chose.
    Outgoing,
    /// The child is about to pass on what it received.
    Forward,
}

impl Direction {
    /// Every direction, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Outgoing, Self::Forward];
}

/// How much the SDK does. Nothing at all happens before a policy says more than `Off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// No model is loaded, nothing is looked at.
    Off,
    /// Blur and explain; the person decides alone. For teenagers and adults.
    Simple,
    /// Explain first and offer help before going on. For children.
    Guided,
}

impl Protection {
    /// Every level, weakest first.
    pub const ALL: [Self; 3] = [Self::Off, Self::Simple, Self::Guided];
}

/// The age bands that the interface's voice and the policy's strictness follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// Younger than 13: addressed as "con".
    #[serde(rename = "under13")]
    Under13,
    /// 13 to 15: still "trẻ em" in Luật Trẻ em 2016, Điều 1 (under 16).
    #[serde(rename = "13-15")]
    From13To15,
    /// 16 and 17.
    #[serde(rename = "16-17")]
    From16To17,
    /// 18 and over.
    #[serde(rename = "adult")]
    Adult,
}

impl AgeBand {
    /// Every band, youngest first.
    pub const ALL: [Self; 4] = [Self::Under13, Self::From13To15, Self::From16To17, Self::Adult];
}

/// What a detector recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A picture that probably shows nudity.
    Nudity,
    /// A picture that probably shows violence or injury.
    Gore,
    /// A conversation with signs of grooming, threats or a scam.
    Grooming,
    /// A file or picture on an installed list of known abuse images.
    KnownImage,
    /// Personal data about to be sent.
    PersonalInfo,
}

impl FindingKind {
    /// Every kind, in the order in which they are listed everywhere.
    pub const ALL: [Self; 5] = [Self::Nudity, Self::Gore, Self::Grooming, Self::KnownImage, Self::PersonalInfo];
}

/// How sure the detector is, in three steps that mean the same for every kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreBand {
    /// Worth a hint, wrong more often than the others.
    Possible,
    /// The band at which a child is warned.
    Likely,
    /// As sure as this detector gets.
    VeryLikely,
}

impl ScoreBand {
    /// Every band, weakest first.
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::VeryLikely];
}

/// What a detector saw. It names the detector and its reason, never the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was recognised.
    pub kind: FindingKind,
    /// How sure the detector is.
    pub band: ScoreBand,
    /// A stable code that says which rule decided, such as `models_agree` or `secrecy+image_request`.
    pub reason: String,
    /// The model or list and its version, such as `owen-s 1`.
    pub source: String,
}

/// What the app should do with the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// An inline hint beside the content or the text field.
    Tip,
    /// The content is blurred; seeing or sending it takes a tap and a confirmation.
    Blur,
    /// A full-screen explanation with help comes before anything else.
    Interrupt,
}

/// Keys of the words that belong to a concern. The words are resources, in Vietnamese and English; the core
/// never holds a sentence that a child reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The warning itself, such as `nudity.incoming`.
    pub warning: String,
    /// What the child can do next, most helpful first, such as `do_not_reply` or `tell_someone`.
    pub steps: Vec<String>,
    /// Whom the child can turn to, such as `helpline_111`. Asking for help tells nobody else.
    pub help: Vec<String>,
    /// The lesson that explains what happened.
    pub lesson: Option<String>,
    /// Whether the content may be revealed at all, and by whom.
    pub reveal: Reveal,
}

impl Advice {
    /// Advice of these keys. Help is always there, and asking for it tells nobody; where it is `grave`, those who pursue
    /// such things are named as well.
    pub(crate) fn of(warning: String, steps: &[&str], lesson: &str, reveal: Reveal, grave: bool) -> Self {
        let help: &[&str] = if grave {
            &["trusted_adult", "helpline_111", "report_vncop", "police_113"]
        } else {
            &["trusted_adult", "helpline_111"]
        };
        let owned = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
        Self { warning, steps: owned(steps), help: owned(help), lesson: Some(lesson.to_owned()), reveal }
    }
}

/// Who may look behind a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// One tap.
    Freely,
    /// A tap, an explanation, and a confirmation.
    AfterConfirming,
    /// A guardian's PIN or approval.
    WithGuardian,
    /// Nobody, on this phone.
    Never,
}

/// Why something was not checked. Each says what an integrator can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCheckedReason {
    /// Protection is off or not yet consented to. Nothing was loaded.
    PolicyOff,
    /// This kind of content is not checked under the current policy.
    NotCovered,
    /// The model bundle is missing, damaged, wrongly signed or fails its self-test.
    ModelUnavailable,
    /// The content could not be read to its end.
    Unreadable,
    /// No bytes, no pixels.
    Empty,
    /// The bytes are no picture format that is supported.
    UnsupportedFormat,
    /// The picture is cut short or its data contradict each other.
    Damaged,
    /// More bytes, pixels or characters than the limits allow (see [`crate::image::Limits`]), or a picture or message too
    /// long to be looked at whole.
    TooLarge,
    /// Width, height, stride and buffer length do not fit together, or a pixel is not a finite number.
    BadPixels,
    /// Too few frames of a live stream were analysed to say anything yet.
    TooFewFrames,
    /// The caller cancelled the check.
    Cancelled,
    /// More calls than the door allows in this time.
    RateLimited,
    /// Nothing else was found, and the list of known images, which was to be asked, cannot be used: it is damaged, or its
    /// key is out of reach.
    KnownListUnavailable,
    /// Something inside went wrong that should not; nothing was decided.
    Internal,
}

/// The answer of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody looked, and this is why. Never show it as safe.
    NotChecked {
        /// What an integrator can act on.
        reason: NotCheckedReason,
    },
    /// Everything that the policy asks for was looked at, and nothing was found.
    Clear,
    /// Something was found; the action and the words to show are given.
    Concern {
        /// What the app should do.
        action: Action,
        /// What was found, most serious first.
        findings: Vec<Finding>,
        /// The words to show.
        advice: Advice,
    },
}

impl Verdict {
    /// A verdict that says why nobody looked.
    pub fn not_checked(reason: NotCheckedReason) -> Self {
        Self::NotChecked { reason }
    }

    /// The action of a concern.
    pub fn action(&self) -> Option<Action> {
        match self {
            Self::Concern { action, .. } => Some(*action),
            Self::Clear | Self::NotChecked { .. } => None,
        }
    }
}
