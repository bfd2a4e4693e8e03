//! The signs that a message can carry, and sets of them.

use serde::{Deserialize, Serialize};

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The other person.
    Other,
    /// The child whose phone this is.
    Child,
}

/// A sign in one message. What each means is described in `models/text/corpus/GUIDE.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// Probes age, school, address, routine, or whether the child is alone.
    PersonalInfo,
    /// Asks to keep something from others, or to delete traces.
    Secrecy,
    /// Sets the child against family or friends.
    Isolation,
    /// Moves to a private channel or another app.
    PlatformShift,
    /// An adult-style bond with a child.
    FlatteryBond,
    /// Money, top-ups or presents to win compliance or trust.
    GiftLure,
    /// Asks for a photo, the camera or a video call.
    ImageRequest,
    /// Steers towards intimate matters.
    SexualTalk,
    /// Proposes to meet offline.
    Meeting,
    /// Coercion, a deadline, spreading something.
    Threat,
    /// Fake police, bank, school or court.
    AuthorityScam,
    /// Job, casting, idol or task bait.
    JobLure,
    /// The child gives phone, address, school, code, password or the like.
    SharesPersonalInfo,
    /// The child agrees to meet.
    AgreesMeeting,
    /// The child agrees to send a picture, or to hide it.
    AgreesImage,
}

impl Indicator {
    /// How many there are.
    pub const COUNT: usize = 15;

    /// Every indicator, in the order of the model's heads.
    pub const ALL: [Self; Self::COUNT] = [
        Self::PersonalInfo,
        Self::Secrecy,
        Self::Isolation,
        Self::PlatformShift,
        Self::FlatteryBond,
        Self::GiftLure,
        Self::ImageRequest,
        Self::SexualTalk,
        Self::Meeting,
        Self::Threat,
        Self::AuthorityScam,
        Self::JobLure,
        Self::SharesPersonalInfo,
        Self::AgreesMeeting,
        Self::AgreesImage,
    ];

    /// The name used in files and output, such as `image_request`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PersonalInfo => "personal_info",
            Self::Secrecy => "secrecy",
            Self::Isolation => "isolation",
            Self::PlatformShift => "platform_shift",
            Self::FlatteryBond => "flattery_bond",
            Self::GiftLure => "gift_lure",
            Self::ImageRequest => "image_request",
            Self::SexualTalk => "sexual_talk",
            Self::Meeting => "meeting",
            Self::Threat => "threat",
            Self::AuthorityScam => "authority_scam",
            Self::JobLure => "job_lure",
            Self::SharesPersonalInfo => "shares_personal_info",
            Self::AgreesMeeting => "agrees_meeting",
            Self::AgreesImage => "agrees_image",
        }
    }

    /// Whose messages can carry it.
    pub fn side(self) -> Side {
        match self {
            Self::SharesPersonalInfo | Self::AgreesMeeting | Self::AgreesImage => Side::Child,
            _ => Side::Other,
        }
    }

    /// Its place in [`Indicator::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A set of indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct IndicatorSet(u16);

impl IndicatorSet {
    /// The set without members.
    pub const EMPTY: Self = Self(0);

    /// Adds a member.
    pub fn insert(&mut self, indicator: Indicator) {
        self.0 |= 1 << indicator.index();
    }

    /// Whether it is a member.
    pub fn contains(self, indicator: Indicator) -> bool {
        self.0 & 1 << indicator.index() != 0
    }

    /// Whether there are no members.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members in the order of [`Indicator::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Indicator> {
        Indicator::ALL.into_iter().filter(move |i| self.contains(*i))
    }

    /// The members of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set as bits, lowest first, in the order of [`Indicator::ALL`].
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The set of these bits; bits that name no indicator are dropped.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits & ((1 << Indicator::COUNT) - 1))
    }
}

impl FromIterator<Indicator> for IndicatorSet {
    fn from_iter<I: IntoIterator<Item = Indicator>>(members: I) -> Self {
        let mut set = Self::EMPTY;
        members.into_iter().for_each(|i| set.insert(i));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_follow_the_list_and_names_follow_serde() {
        for (i, indicator) in Indicator::ALL.into_iter().enumerate() {
            assert_eq!(indicator.index(), i);
            assert_eq!(serde_json::to_string(&indicator).unwrap(), format!("\"{}\"", indicator.name()));
        }
    }

    #[test]
    fn a_set_keeps_its_members_through_bits() {
        let set: IndicatorSet = [Indicator::Threat, Indicator::AgreesImage].into_iter().collect();
        assert_eq!(IndicatorSet::from_bits(set.bits()), set);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Indicator::Threat, Indicator::AgreesImage]);
        assert!(IndicatorSet::from_bits(0x8000).is_empty());
    }
}
