//! Why something of a family was refused, as a code that a screen can look words up by.

use lachan_core::family::packet::PacketError;
use lachan_core::family::{FamilyError, WordsError};
use lachan_core::policy::PolicyError;
use lachan_core::trust::TrustError;

/// Why something was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RefusalReason {
    /// The text is no packet of this SDK.
    NotAPacket,
    /// A packet that belongs to another step.
    OtherStep,
    /// Cut or misread.
    Misread,
    /// Longer than a QR code holds.
    TooLong,
    /// Not signed by anybody whom this phone follows.
    NotSigned,
    /// Not of its form.
    Malformed,
    /// Of a newer form.
    NewerForm,
    /// For or from another phone.
    OtherPhone,
    /// Not newer than what is in force.
    NotNewer,
    /// It has ended.
    Ended,
    /// From later than the phone's time, or the clocks differ.
    ClocksDiffer,
    /// Used before, or never given out.
    CodeUsed,
    /// Older than 15 minutes.
    CodeRanOut,
    /// It needs a guardian's yes, or the policy does not allow it.
    NotAllowed,
    /// No guardian has paired yet.
    NotPaired,
    /// A PIN that is tried first.
    WeakPin,
    /// As many as there may be.
    TooMany,
    /// There is a guardian's key already.
    AlreadyThere,
    /// The words on the paper are others.
    WrongWords,
    /// The report did not get there.
    NotDelivered,
    /// The phone's protected files cannot be read or written.
    Storage,
}

/// A refusal.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum FamilyFault {
    /// It was refused.
    #[error("{why}")]
    Refused {
        /// The code.
        reason: RefusalReason,
        /// A sentence for a developer, without content.
        why: String,
    },
}

impl FamilyFault {
    /// A refusal of the bridge itself.
    pub fn of(reason: RefusalReason) -> Self {
        Self::Refused { reason, why: "not of the form that is expected here".to_owned() }
    }
}

impl From<FamilyError> for FamilyFault {
    fn from(error: FamilyError) -> Self {
        let reason = match error {
            FamilyError::Packet(error) => packet(error),
            FamilyError::Policy(error) => policy(error),
            FamilyError::Vault(_) => RefusalReason::Storage,
            FamilyError::NotSigned => RefusalReason::NotSigned,
            FamilyError::WrongPhone => RefusalReason::OtherPhone,
            FamilyError::CodeUsed => RefusalReason::CodeUsed,
            FamilyError::OfferRanOut => RefusalReason::CodeRanOut,
            FamilyError::ClocksDiffer => RefusalReason::ClocksDiffer,
            FamilyError::NotAllowed => RefusalReason::NotAllowed,
            FamilyError::NotPaired => RefusalReason::NotPaired,
            FamilyError::WeakPin => RefusalReason::WeakPin,
            FamilyError::TooMany => RefusalReason::TooMany,
            FamilyError::AlreadyThere => RefusalReason::AlreadyThere,
            FamilyError::NotDelivered => RefusalReason::NotDelivered,
            _ => RefusalReason::Malformed,
        };
        Self::Refused { reason, why: error.to_string() }
    }
}

impl From<WordsError> for FamilyFault {
    fn from(error: WordsError) -> Self {
        Self::Refused { reason: RefusalReason::WrongWords, why: error.to_string() }
    }
}

impl From<TrustError> for FamilyFault {
    fn from(error: TrustError) -> Self {
        Self::Refused { reason: RefusalReason::Malformed, why: error.to_string() }
    }
}

fn packet(error: PacketError) -> RefusalReason {
    match error {
        PacketError::OtherKind(_) => RefusalReason::OtherStep,
        PacketError::Damaged => RefusalReason::Misread,
        PacketError::TooLong => RefusalReason::TooLong,
        _ => RefusalReason::NotAPacket,
    }
}

fn policy(error: PolicyError) -> RefusalReason {
    match error {
        PolicyError::NotTrusted | PolicyError::WrongIssuer => RefusalReason::NotSigned,
        PolicyError::NewerFormat => RefusalReason::NewerForm,
        PolicyError::WrongPhone => RefusalReason::OtherPhone,
        PolicyError::VersionNotHigher => RefusalReason::NotNewer,
        PolicyError::Expired => RefusalReason::Ended,
        PolicyError::FromTheFuture => RefusalReason::ClocksDiffer,
        PolicyError::TooMany => RefusalReason::TooMany,
        _ => RefusalReason::Malformed,
    }
}
