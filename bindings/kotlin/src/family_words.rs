//! The core's own types of a family, made known to UniFFI, and flat forms of those that have a shape of their own.

use std::collections::HashMap;

use lachan_core::family::evidence::ItemKind;
use lachan_core::family::packet::PacketKind;
use lachan_core::family::{Child, Missing, Now, Party, Purpose, Range, Scope, SharedWeek};
use lachan_core::policy::{Checks, Issuer, PeerHandle, QuietRules, RevealRules, Rules};
use lachan_core::verdict::{AgeBand, FindingKind, Protection, Reveal};

use crate::family_refusal::{FamilyFault, RefusalReason};

#[uniffi::remote(Record)]
pub struct Now {
    pub wall: u64,
    pub uptime: u64,
    pub boot: u64,
}

#[uniffi::remote(Enum)]
pub enum Party {
    Guardian,
    Child,
}

#[uniffi::remote(Enum)]
pub enum Missing {
    Guardian,
    Child,
    Withdrawn,
}

#[uniffi::remote(Enum)]
pub enum Purpose {
    Reveal,
    Change,
}

#[uniffi::remote(Enum)]
pub enum Issuer {
    Guardian,
    School,
}

#[uniffi::remote(Enum)]
pub enum PacketKind {
    Offer,
    Answer,
    Policy,
    Request,
    Approval,
    Counts,
}

#[uniffi::remote(Enum)]
pub enum Range {
    None,
    OneToFour,
    FiveToNine,
    TenToNineteen,
    TwentyTo49,
    FiftyAndMore,
}

#[uniffi::remote(Enum)]
pub enum ItemKind {
    Picture,
    Message,
    Account,
    File,
    KnownImage,
}

#[uniffi::remote(Record)]
pub struct RevealRules {
    pub at_least: Reveal,
    pub pin: bool,
    pub companion: bool,
}

#[uniffi::remote(Record)]
pub struct Scope {
    pub checks: Checks,
    pub counts: bool,
}

/// What the phone knows of time, and 32 fresh random bytes.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Moment {
    /// Clock, running time, and starts.
    pub now: Now,
    /// 32 random bytes, used once.
    pub entropy: Vec<u8>,
}

impl Moment {
    /// The random bytes, if there are 32 of them.
    pub fn entropy(&self) -> Result<[u8; 32], FamilyFault> {
        bytes32(&self.entropy)
    }
}

/// Exactly 32 bytes.
pub fn bytes32(bytes: &[u8]) -> Result<[u8; 32], FamilyFault> {
    bytes.try_into().map_err(|_| FamilyFault::of(RefusalReason::Malformed))
}

/// What one document decides; see the core's `Rules`.
#[derive(Debug, Clone, uniffi::Record)]
pub struct FamilyRules {
    /// How much is done.
    pub protection: Protection,
    /// The child is treated as of this band or younger.
    pub age_at_most: AgeBand,
    /// What is looked for.
    pub checks: Checks,
    /// Who may look behind a warning, and how a guardian says yes.
    pub reveal: RevealRules,
    /// Handles of trusted peers in hex; nothing where the document has no list.
    pub quiet_peers: Option<Vec<String>>,
    /// Whether the child may add peers of its own.
    pub child_may_add: bool,
    /// Whether lessons are offered.
    pub lessons: bool,
    /// Whether weekly counts may be shared.
    pub share_counts: bool,
}

impl TryFrom<FamilyRules> for Rules {
    type Error = FamilyFault;

    fn try_from(flat: FamilyRules) -> Result<Self, FamilyFault> {
        let handle = |text: &String| PeerHandle::from_hex(text).ok_or(FamilyFault::of(RefusalReason::Malformed));
        let peers = flat.quiet_peers.map(|peers| peers.iter().map(handle).collect::<Result<_, _>>()).transpose()?;
        Ok(Self {
            protection: flat.protection,
            age_at_most: flat.age_at_most,
            checks: flat.checks,
            reveal: flat.reveal,
            quiet: QuietRules { peers, child_may_add: flat.child_may_add },
            lessons: flat.lessons,
            share_counts: flat.share_counts,
        })
    }
}

impl From<Rules> for FamilyRules {
    fn from(rules: Rules) -> Self {
        Self {
            protection: rules.protection,
            age_at_most: rules.age_at_most,
            checks: rules.checks,
            reveal: rules.reveal,
            quiet_peers: rules.quiet.peers.map(|peers| peers.iter().map(PeerHandle::to_hex).collect()),
            child_may_add: rules.quiet.child_may_add,
            lessons: rules.lessons,
            share_counts: rules.share_counts,
        }
    }
}

/// A week as it may be shared.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CountedWeek {
    /// Its number.
    pub week: u64,
    /// Its Monday, such as `2026-01-05`.
    pub monday: String,
    /// Rounded numbers of each kind.
    pub counts: HashMap<FindingKind, Range>,
}

impl From<SharedWeek> for CountedWeek {
    fn from(week: SharedWeek) -> Self {
        Self { week: week.week, monday: week.monday, counts: week.counts.into_iter().collect() }
    }
}

/// A child's phone as its guardian sees it.
#[derive(Debug, Clone, uniffi::Record)]
pub struct KnownChild {
    /// The phone's key in hex.
    pub phone: String,
    /// Version of the newest policy that was signed for it; 0 before the first.
    pub version: u64,
    /// What that policy decides, if it was signed here.
    pub rules: Option<FamilyRules>,
    /// Weekly counts that the child shared, oldest first.
    pub weeks: Vec<CountedWeek>,
}

impl From<Child> for KnownChild {
    fn from(child: Child) -> Self {
        let week = |(week, counts): (u64, _)| {
            let monday = lachan_core::policy::Date::of_week(week).map_or_else(String::new, |date| date.to_string());
            CountedWeek::from(SharedWeek { week, monday, counts })
        };
        Self {
            phone: child.phone.to_hex(),
            version: child.version,
            rules: child.rules.map(FamilyRules::from),
            weeks: child.weeks.into_iter().map(week).collect(),
        }
    }
}
