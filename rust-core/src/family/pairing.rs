//! What two phones of a family say to each other when they meet, and when a child's phone asks for a yes.
//!
//! ```text
//! guardian                         child's phone
//!   offer    -- QR on the screen -->   remembers the guardian's key, uses the code up
//!   answer   <-- QR on the screen --   its own key, the family's peer key, the last policy version, a nonce
//!   policy   -- any channel ------->
//!   request  <-- any channel -------   "may I look?", without saying at what
//!   approval -- any channel ------->
//! ```
//! Each is a JSON text, signed by its sender, in a packet ([`super::packet`]). Specified in `docs/formats/pairing.md`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::gate::stretched;
use super::packet::{self, PacketError, PacketKind};
use super::{FamilyError, Purpose, SharedWeek};
use crate::policy::{EXACT_BELOW, UnixSeconds};
use crate::trust::{PublicKey, Role, SecretKey, Signed, first_word, from_hex, sha256, to_hex};

/// Version of these texts' form.
const FORMAT: u32 = 1;

/// For how long an offer is good, and how far the clocks of two phones may differ, in seconds.
pub const OFFER_SECONDS: UnixSeconds = 15 * 60;

/// Bytes that are written as hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hex<const N: usize>(pub [u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("hex digits of another length"))
    }
}

/// `N` bytes for one purpose from the caller's 32 random ones.
pub(super) fn random<const N: usize>(entropy: &[u8; 32], purpose: &str) -> [u8; N] {
    const { assert!(N <= 32) };
    let hash = sha256(&[b"lachan.random.v1\0", purpose.as_bytes(), b"\0", entropy].concat());
    std::array::from_fn(|at| hash[at])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tag {
    Offer,
    Answer,
    Request,
    Approval,
    Counts,
}

/// A text of one kind that names who signed it.
pub(super) trait Message: Serialize + DeserializeOwned {
    const KIND: PacketKind;
    const TAG: Tag;

    /// What the text says of itself: which document it is, in which form.
    fn head(&self) -> (Tag, u32);

    /// The keys that must all have signed it.
    fn signers(&self) -> Vec<&PublicKey>;

    /// Whether its fields hold what they may.
    fn is_sound(&self) -> bool;

    /// A packet with the signatures of `keys`, which are those of [`Message::signers`].
    fn pack(&self, keys: &[&SecretKey]) -> Result<String, FamilyError> {
        let mut envelope = Signed::new(serde_json::to_string(self).map_err(|_| FamilyError::Malformed)?);
        keys.iter().for_each(|key| envelope.sign(Self::KIND.document(), key));
        Ok(packet::pack(Self::KIND, &envelope)?)
    }

    /// Reads a message whose signatures are all there.
    fn read(text: &str) -> Result<Self, FamilyError> {
        let envelope = packet::unpack(Self::KIND, text)?;
        let message: Self = serde_json::from_str(envelope.unverified_payload()).map_err(|_| PacketError::Damaged)?;
        if message.head() != (Self::TAG, FORMAT) {
            return Err(FamilyError::Malformed);
        }
        for key in message.signers() {
            envelope.verify(Self::KIND.document(), &Role::single(*key)).map_err(|_| FamilyError::NotSigned)?;
        }
        if message.is_sound() { Ok(message) } else { Err(FamilyError::Malformed) }
    }
}

/// A guardian offers to pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offer {
    document: Tag,
    format: u32,
    pub guardian: PublicKey,
    /// Who may one day name another key in its place.
    pub recovery: PublicKey,
    /// The recovery key of the guardian's lost phone, which then signs as well.
    pub replaces: Option<PublicKey>,
    pub code: Hex<16>,
    pub issued: UnixSeconds,
}

/// A child's phone answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    document: Tag,
    format: u32,
    pub phone: PublicKey,
    pub guardian: PublicKey,
    pub code: Hex<16>,
    /// With which both name peers without naming them.
    pub peer_key: Hex<16>,
    /// The highest version of this guardian's policies; the next one is higher.
    pub policy_version: u64,
    /// Random, and made after the offer was read: nobody can know before what the digits will be.
    pub nonce: Hex<16>,
}

/// A child's phone asks for a yes. What for is said in one word; at what, not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    document: Tag,
    format: u32,
    pub phone: PublicKey,
    pub code: Hex<16>,
    pub purpose: Purpose,
}

/// A guardian says yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    document: Tag,
    format: u32,
    pub guardian: PublicKey,
    pub phone: PublicKey,
    pub code: Hex<16>,
    pub purpose: Purpose,
}

/// A child's phone shares its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    document: Tag,
    format: u32,
    pub phone: PublicKey,
    pub weeks: Vec<SharedWeek>,
}

macro_rules! messages {
    ($($name:ident, signed by $signers:expr, sound if $sound:expr;)*) => {$(
        impl Message for $name {
            const KIND: PacketKind = PacketKind::$name;
            const TAG: Tag = Tag::$name;

            fn head(&self) -> (Tag, u32) {
                (self.document, self.format)
            }

            fn signers(&self) -> Vec<&PublicKey> {
                let signers: fn(&Self) -> Vec<&PublicKey> = $signers;
                signers(self)
            }

            fn is_sound(&self) -> bool {
                let sound: fn(&Self) -> bool = $sound;
                sound(self)
            }
        }
    )*};
}
messages! {
    // The recovery key of a lost phone signs as well: who has it may name the new one.
    Offer, signed by |m| std::iter::once(&m.guardian).chain(&m.replaces).collect(), sound if |_| true;
    // No policy has a version beyond this, and the next one is counted from it.
    Answer, signed by |m| vec![&m.phone], sound if |m| m.policy_version < EXACT_BELOW;
    Request, signed by |m| vec![&m.phone], sound if |_| true;
    Approval, signed by |m| vec![&m.guardian], sound if |_| true;
    Counts, signed by |m| vec![&m.phone], sound if |m| m.weeks.iter().all(SharedWeek::is_well_formed);
}

impl Offer {
    pub(super) fn new(
        guardian: PublicKey,
        recovery: PublicKey,
        replaces: Option<PublicKey>,
        code: [u8; 16],
        issued: UnixSeconds,
    ) -> Self {
        Self { document: Tag::Offer, format: FORMAT, guardian, recovery, replaces, code: Hex(code), issued }
    }
}

impl Answer {
    pub(super) fn new(
        phone: PublicKey,
        offer: &Offer,
        peer_key: [u8; 16],
        policy_version: u64,
        nonce: [u8; 16],
    ) -> Self {
        let (document, format, guardian, code) = (Tag::Answer, FORMAT, offer.guardian, offer.code);
        Self { document, format, phone, guardian, code, peer_key: Hex(peer_key), policy_version, nonce: Hex(nonce) }
    }

    /// The digits for both screens.
    pub(super) fn digits(&self) -> Result<String, FamilyError> {
        comparison_digits(&self.guardian, &self.phone, &self.code.0, &self.nonce.0)
    }
}

impl Request {
    pub(super) fn new(phone: PublicKey, code: [u8; 16], purpose: Purpose) -> Self {
        Self { document: Tag::Request, format: FORMAT, phone, code: Hex(code), purpose }
    }
}

impl Approval {
    pub(super) fn new(guardian: PublicKey, request: &Request) -> Self {
        let (document, format) = (Tag::Approval, FORMAT);
        Self { document, format, guardian, phone: request.phone, code: request.code, purpose: request.purpose }
    }
}

impl Counts {
    pub(super) fn new(phone: PublicKey, weeks: Vec<SharedWeek>) -> Self {
        Self { document: Tag::Counts, format: FORMAT, phone, weeks }
    }
}

/// Digits that both phones show.
const DIGITS: usize = 12;

/// Twelve digits that both phones show after pairing: equal, if no third phone stood in between.
///
/// A phone in between sees what the child's phone shows and looks for an answer of its own, a key or a nonce, that makes
/// the guardian's phone show the same. That takes a million million tries, each of which is an Argon2id of 19 MiB, within
/// the quarter of an hour for which the offer is good. A graphics card makes some ten thousand a second, so ten million in
/// that time.
///
/// # Errors
/// They cannot be computed, which does not happen.
pub fn comparison_digits(
    guardian: &PublicKey,
    phone: &PublicKey,
    code: &[u8; 16],
    nonce: &[u8; 16],
) -> Result<String, FamilyError> {
    let said = [b"lachan.compare.v2\0", &guardian.as_bytes()[..], phone.as_bytes(), code].concat();
    let hash = stretched(&said, nonce).ok_or(FamilyError::Malformed)?;
    Ok(format!("{:0DIGITS$}", first_word(&hash) % 10u64.pow(DIGITS as u32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child's phone that is not ours may answer anything: the guardian's next policy counts on from the version.
    #[test]
    fn an_answer_names_a_version_that_a_policy_can_have() {
        let key = |n: u8| SecretKey::from_seed(&[n; 32]).unwrap();
        let (guardian, phone) = (key(1), key(2));
        let offer = Offer::new(guardian.public(), key(3).public(), None, [4; 16], 1_767_200_400);
        let read = |version: u64| {
            let answer = Answer::new(phone.public(), &offer, [5; 16], version, [6; 16]);
            Answer::read(&answer.pack(&[&phone]).unwrap()).map(|answer| answer.policy_version)
        };
        assert_eq!(read(EXACT_BELOW - 1), Ok(EXACT_BELOW - 1));
        assert_eq!(read(EXACT_BELOW), Err(FamilyError::Malformed));
        assert_eq!(read(u64::MAX), Err(FamilyError::Malformed));
    }

    /// The value is pinned: two releases of the SDK meet on one table. Whatever differs between two pairings changes it.
    #[test]
    fn the_digits_follow_from_both_keys_the_code_and_the_nonce() {
        let key = |n: u8| SecretKey::from_seed(&[n; 32]).unwrap().public();
        let digits = |guardian: u8, phone: u8, code: u8, nonce: u8| {
            comparison_digits(&key(guardian), &key(phone), &[code; 16], &[nonce; 16]).unwrap()
        };
        assert_eq!(digits(1, 2, 4, 6), "871656937696");
        for other in [digits(9, 2, 4, 6), digits(1, 9, 4, 6), digits(1, 2, 9, 6), digits(1, 2, 4, 9)] {
            assert_ne!(other, "871656937696");
            assert!(other.len() == DIGITS && other.bytes().all(|byte| byte.is_ascii_digit()), "{other}");
        }
    }
}
