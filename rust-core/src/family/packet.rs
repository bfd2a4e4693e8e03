//! The text inside a QR code or a link: a signed document, packed into capital letters and digits.
//!
//! ```text
//! LACHAN:P1:MZXW6YTBOI...
//!        |  base32 (RFC 4648) of: signatures, document, checksum
//!        kind and version
//! ```
//! QR codes have a mode for capitals, digits and colons that makes this denser than any other text form. The checksum
//! tells a torn code from a forged one; what decides is the signature.

use crate::trust::{DocumentKind, Signed, TrustError, sha256};

/// Longest packet, in characters: what the largest QR code holds (version 40, level L, alphanumeric).
pub const MAX_CHARACTERS: usize = 4296;

const SCHEME: &str = "LACHAN:";
const CHECKSUM_BYTES: usize = 4;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What travels between two phones of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketKind {
    /// A guardian's offer to pair.
    Offer,
    /// The child's phone's answer to it.
    Answer,
    /// A policy.
    Policy,
    /// The child's phone asks for a guardian's yes.
    Request,
    /// A guardian's yes.
    Approval,
    /// Weekly counts that the child shares.
    Counts,
}

impl PacketKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Offer, Self::Answer, Self::Policy, Self::Request, Self::Approval, Self::Counts];

    /// What the document inside is signed as.
    pub fn document(self) -> DocumentKind {
        match self {
            Self::Offer => DocumentKind::PairingOffer,
            Self::Answer => DocumentKind::PairingAnswer,
            Self::Policy => DocumentKind::Policy,
            Self::Request => DocumentKind::Request,
            Self::Approval => DocumentKind::Approval,
            Self::Counts => DocumentKind::Counts,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Offer => "O1",
            Self::Answer => "A1",
            Self::Policy => "P1",
            Self::Request => "R1",
            Self::Approval => "Y1",
            Self::Counts => "C1",
        }
    }
}

/// Why a text is no packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PacketError {
    /// It does not begin as a packet of this SDK does, or is of a kind that this version does not know.
    NotAPacket,
    /// A packet of another kind than is expected here.
    OtherKind(PacketKind),
    /// Cut or misread; scan or copy it again.
    Damaged,
    /// Longer than a QR code holds.
    TooLong,
}

impl std::fmt::Display for PacketError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAPacket => "this is no code of this app, or one of a newer version",
            Self::OtherKind(_) => "this code belongs to another step",
            Self::Damaged => "the code is incomplete or was misread; scan it again",
            Self::TooLong => "the code is too long for a QR code; shorten the list of peers",
        })
    }
}

impl std::error::Error for PacketError {}

impl From<TrustError> for PacketError {
    fn from(_: TrustError) -> Self {
        Self::Damaged
    }
}

/// Packs a signed document.
///
/// # Errors
/// It is longer than a QR code holds.
pub fn pack(kind: PacketKind, envelope: &Signed) -> Result<String, PacketError> {
    let mut bytes = envelope.to_compact()?;
    bytes.extend_from_slice(&checksum(kind, &bytes));
    let text = format!("{SCHEME}{}:{}", kind.tag(), base32(&bytes));
    if text.len() > MAX_CHARACTERS { Err(PacketError::TooLong) } else { Ok(text) }
}

/// What kind of packet a text claims to be: for an app that scans a code and asks which screen it belongs to.
///
/// # Errors
/// It is none.
pub fn kind_of(text: &str) -> Result<PacketKind, PacketError> {
    split(text).map(|(kind, _)| kind)
}

/// Unpacks a document of this kind. Nothing in it is to be believed before its signature was verified.
///
/// # Errors
/// The text is none, of another kind, cut, or too long.
pub fn unpack(kind: PacketKind, text: &str) -> Result<Signed, PacketError> {
    let (found, body) = split(text)?;
    if found != kind {
        return Err(PacketError::OtherKind(found));
    }
    let bytes = from_base32(body).ok_or(PacketError::Damaged)?;
    let content = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(PacketError::Damaged)?;
    let (content, check) = bytes.split_at(content);
    if check != checksum(kind, content) {
        return Err(PacketError::Damaged);
    }
    Ok(Signed::from_compact(content)?)
}

fn split(text: &str) -> Result<(PacketKind, &str), PacketError> {
    let text = text.trim();
    if text.len() > MAX_CHARACTERS {
        return Err(PacketError::TooLong);
    }
    let head = text.get(..SCHEME.len()).ok_or(PacketError::NotAPacket)?;
    let (tag, body) = text
        .get(SCHEME.len()..)
        .filter(|_| head.eq_ignore_ascii_case(SCHEME))
        .and_then(|rest| rest.split_once(':'))
        .ok_or(PacketError::NotAPacket)?;
    let kind = PacketKind::ALL.into_iter().find(|kind| kind.tag().eq_ignore_ascii_case(tag));
    kind.map(|kind| (kind, body)).ok_or(PacketError::NotAPacket)
}

fn checksum(kind: PacketKind, content: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = sha256(&[kind.tag().as_bytes(), content].concat());
    std::array::from_fn(|at| hash[at])
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits)) as usize & 31]));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0);
    for character in text.bytes() {
        let value = match character.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    // What is left over is less than a character and zero: one content, one text.
    (bits < 5 && held & ((1 << bits) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trust::SecretKey;

    fn packet() -> (Signed, String) {
        let mut envelope = Signed::new("{\"name\":\"lá chắn\"}".to_owned());
        envelope.sign(DocumentKind::Policy, &SecretKey::from_seed(&[1; 32]).unwrap());
        let text = pack(PacketKind::Policy, &envelope).unwrap();
        (envelope, text)
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_the_standard_one() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), plain.as_bytes());
        }
        for wrong in ["M", "MZX", "MZ=", "M1", "MZXW6Y", "é", "MZ"] {
            assert_eq!(from_base32(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_packed_is_unpacked_and_small_letters_do_not_matter() {
        let (envelope, text) = packet();
        assert!(text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b':'));
        assert_eq!(unpack(PacketKind::Policy, &text), Ok(envelope.clone()));
        assert_eq!(unpack(PacketKind::Policy, &format!(" {}\n", text.to_lowercase())), Ok(envelope));
        assert_eq!(kind_of(&text), Ok(PacketKind::Policy));
        assert_eq!(unpack(PacketKind::Offer, &text), Err(PacketError::OtherKind(PacketKind::Policy)));
    }

    #[test]
    fn every_misread_character_is_noticed() {
        let (_, text) = packet();
        for place in SCHEME.len()..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(unpack(PacketKind::Policy, std::str::from_utf8(&changed).unwrap()).is_err(), "character {place}");
        }
        for length in 0..text.len() {
            assert!(unpack(PacketKind::Policy, &text[..length]).is_err());
        }
        assert_eq!(kind_of("LACHAN:Z9:AAAA"), Err(PacketError::NotAPacket));
        assert_eq!(kind_of(&"A".repeat(5000)), Err(PacketError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*", body in "[A-Z2-7]{0,300}") {
            let _ = unpack(PacketKind::Policy, &text);
            let unpacked = unpack(PacketKind::Policy, &format!("LACHAN:P1:{body}"));
            prop_assert!(unpacked.is_err());
        }

        #[test]
        fn all_bytes_survive(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(from_base32(&base32(&bytes)), Some(bytes));
        }
    }
}
