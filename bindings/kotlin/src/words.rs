//! The core's own types, made known to UniFFI. A variant or field that is added to the core and not here does not
//! compile.

use lachan_core::policy::Checks;
use lachan_core::text::{Indicator, PeerTrust, PersonalData, Stage};
use lachan_core::verdict::{
    Action, Advice, AgeBand, Direction, Finding, FindingKind, NotCheckedReason, Protection, Reveal, ScoreBand, Verdict,
};

#[uniffi::remote(Enum)]
pub enum Direction {
    Incoming,
    Outgoing,
    Forward,
}

#[uniffi::remote(Enum)]
pub enum Protection {
    Off,
    Simple,
    Guided,
}

#[uniffi::remote(Enum)]
pub enum AgeBand {
    Under13,
    From13To15,
    From16To17,
    Adult,
}

#[uniffi::remote(Enum)]
pub enum FindingKind {
    Nudity,
    Gore,
    Grooming,
    KnownImage,
    PersonalInfo,
}

#[uniffi::remote(Enum)]
pub enum ScoreBand {
    Possible,
    Likely,
    VeryLikely,
}

#[uniffi::remote(Record)]
pub struct Finding {
    pub kind: FindingKind,
    pub band: ScoreBand,
    pub reason: String,
    pub source: String,
}

#[uniffi::remote(Enum)]
pub enum Action {
    Tip,
    Blur,
    Interrupt,
}

#[uniffi::remote(Record)]
pub struct Advice {
    pub warning: String,
    pub steps: Vec<String>,
    pub help: Vec<String>,
    pub lesson: Option<String>,
    pub reveal: Reveal,
}

#[uniffi::remote(Enum)]
pub enum Reveal {
    Freely,
    AfterConfirming,
    WithGuardian,
    Never,
}

#[uniffi::remote(Enum)]
pub enum NotCheckedReason {
    PolicyOff,
    NotCovered,
    ModelUnavailable,
    Empty,
    UnsupportedFormat,
    Damaged,
    TooLarge,
    BadPixels,
    TooFewFrames,
    Cancelled,
    RateLimited,
    KnownListUnavailable,
    Unreadable,
    Internal,
}

#[uniffi::remote(Enum)]
pub enum Verdict {
    NotChecked { reason: NotCheckedReason },
    Clear,
    Concern { action: Action, findings: Vec<Finding>, advice: Advice },
}

#[uniffi::remote(Record)]
pub struct Checks {
    pub nudity: bool,
    pub gore: bool,
    pub grooming: bool,
    pub known_images: bool,
    pub personal_info: bool,
}

#[uniffi::remote(Enum)]
pub enum PeerTrust {
    Unknown,
    Recent,
    Saved,
    Family,
}

#[uniffi::remote(Enum)]
pub enum Stage {
    BuildingTrust,
    Isolating,
    Testing,
    SexualPressure,
    Threat,
    Meeting,
}

#[uniffi::remote(Enum)]
pub enum Indicator {
    PersonalInfo,
    Secrecy,
    Isolation,
    PlatformShift,
    FlatteryBond,
    GiftLure,
    ImageRequest,
    SexualTalk,
    Meeting,
    Threat,
    AuthorityScam,
    JobLure,
    SharesPersonalInfo,
    AgreesMeeting,
    AgreesImage,
}

#[uniffi::remote(Enum)]
pub enum PersonalData {
    Phone,
    Email,
    Address,
    School,
    OneTimeCode,
    Password,
    BankAccount,
    CitizenId,
    Plate,
}
