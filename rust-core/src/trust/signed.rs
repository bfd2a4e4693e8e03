//! One envelope for every signed document: the exact text that was signed, and its signatures.

use std::collections::BTreeSet;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::TrustError;
use super::digest::{from_hex, sha256_hex, to_hex};

/// Seed of the development key. It is public, it signs what `make models` builds, and a release build of an app
/// never lists its public key: see `docs/decisions/0002-one-envelope.md`.
pub const DEVELOPMENT_SEED: [u8; 32] = *b"lachan development key: no trust";

/// Seconds since 1970-01-01 00:00 UTC, as every signed document counts time.
pub type UnixSeconds = u64;

/// Longest envelope that is read, in bytes. A manifest is a few kilobytes; a policy less.
pub(super) const MAX_ENVELOPE_BYTES: usize = 4 << 20;
/// More signatures than this are not looked at.
const MAX_SIGNATURES: usize = 16;

/// What a document is for. It is part of what is signed, so that a signature on one kind never counts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A model bundle's manifest.
    Model,
    /// Any document of a known list: its root, snapshot or timestamp.
    KnownList,
    /// A guardian's or a school's policy.
    Policy,
    /// A guardian's allowance for one hash.
    Allowance,
    /// A guardian's offer to pair.
    PairingOffer,
    /// A child's phone's answer to it.
    PairingAnswer,
    /// A child's phone asks for a guardian's yes.
    Request,
    /// A guardian's yes.
    Approval,
    /// Weekly counts that a child's phone shares.
    Counts,
}

impl DocumentKind {
    fn domain(self) -> &'static [u8] {
        match self {
            Self::Model => b"lachan.model.v1\0",
            Self::KnownList => b"lachan.known-list.v1\0",
            Self::Policy => b"lachan.policy.v1\0",
            Self::Allowance => b"lachan.allowance.v1\0",
            Self::PairingOffer => b"lachan.pairing-offer.v1\0",
            Self::PairingAnswer => b"lachan.pairing-answer.v1\0",
            Self::Request => b"lachan.request.v1\0",
            Self::Approval => b"lachan.approval.v1\0",
            Self::Counts => b"lachan.counts.v1\0",
        }
    }
}

/// An Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// A key from its 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key from 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, TrustError> {
        from_hex(text).map(Self).ok_or(TrustError::Malformed)
    }

    /// The key in 64 hex digits.
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The short name by which signatures refer to the key: the first 16 hex digits of its SHA-256.
    pub fn id(&self) -> KeyId {
        KeyId(sha256_hex(&self.0)[..16].to_owned())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).map_err(|_| serde::de::Error::custom("a public key is 64 hex digits"))
    }
}

/// Short name of a public key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(String);

/// An Ed25519 key pair. Used by publishers, guardians and tests; a child's phone never holds one of a publisher.
pub struct SecretKey(Ed25519KeyPair);

impl SecretKey {
    /// The key pair of a 32-byte seed. The seed is the caller's randomness; the core has none of its own.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, TrustError> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(Self).map_err(|_| TrustError::Malformed)
    }

    /// The development key pair: see [`DEVELOPMENT_SEED`].
    pub fn development() -> Result<Self, TrustError> {
        Self::from_seed(&DEVELOPMENT_SEED)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(bytes)
    }

    /// Signs `payload` as a document of `kind`.
    pub fn sign(&self, kind: DocumentKind, payload: &str) -> Signature {
        Signature { key: self.public().id(), signature: to_hex(self.0.sign(&message(kind, payload)).as_ref()) }
    }
}

/// Keys and how many of them must agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The keys of the role. A key listed twice counts once.
    pub keys: Vec<PublicKey>,
    /// How many distinct keys must have signed; at least 1.
    pub threshold: usize,
}

impl Role {
    /// A role of one key.
    pub fn single(key: PublicKey) -> Self {
        Self { keys: vec![key], threshold: 1 }
    }

    /// The role of the development key, for demos and tests.
    pub fn development() -> Result<Self, TrustError> {
        Ok(Self::single(SecretKey::development()?.public()))
    }
}

/// One signature in an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    key: KeyId,
    signature: String,
}

/// The exact text that was signed, and its signatures. JSON: `{"signed": "...", "signatures": [...]}`; the payload
/// is a string, so no canonical form is needed and a verifier never re-serialises what it checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    signed: String,
    signatures: Vec<Signature>,
}

impl Signed {
    /// An envelope without signatures.
    pub fn new(payload: String) -> Self {
        Self { signed: payload, signatures: Vec::new() }
    }

    /// Reads an envelope. Nothing in it is to be believed before [`Signed::verify`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, TrustError> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(TrustError::Malformed);
        }
        let envelope: Self = serde_json::from_slice(bytes).map_err(|_| TrustError::Malformed)?;
        if envelope.signatures.len() > MAX_SIGNATURES {
            return Err(TrustError::Malformed);
        }
        Ok(envelope)
    }

    /// The envelope as JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, TrustError> {
        serde_json::to_vec(self).map_err(|_| TrustError::Malformed)
    }

    /// The envelope in few bytes, for QR codes: number of signatures; for each the key's short name in 8 bytes and the
    /// signature in 64; the payload.
    pub(crate) fn to_compact(&self) -> Result<Vec<u8>, TrustError> {
        let count = u8::try_from(self.signatures.len()).map_err(|_| TrustError::Malformed)?;
        let mut bytes = vec![count];
        for signature in &self.signatures {
            bytes.extend(from_hex::<8>(&signature.key.0).ok_or(TrustError::Malformed)?);
            bytes.extend(from_hex::<64>(&signature.signature).ok_or(TrustError::Malformed)?);
        }
        bytes.extend_from_slice(self.signed.as_bytes());
        Ok(bytes)
    }

    /// Reads what [`Signed::to_compact`] wrote. Nothing in it is to be believed before [`Signed::verify`].
    pub(crate) fn from_compact(bytes: &[u8]) -> Result<Self, TrustError> {
        const SIGNATURE_BYTES: usize = 8 + 64;
        let (count, rest) = bytes.split_first().ok_or(TrustError::Malformed)?;
        let count = usize::from(*count);
        if count > MAX_SIGNATURES || bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(TrustError::Malformed);
        }
        let (signatures, payload) = rest.split_at_checked(count * SIGNATURE_BYTES).ok_or(TrustError::Malformed)?;
        let signatures = signatures
            .chunks_exact(SIGNATURE_BYTES)
            .map(|one| Signature { key: KeyId(to_hex(&one[..8])), signature: to_hex(&one[8..]) })
            .collect();
        let signed = std::str::from_utf8(payload).map_err(|_| TrustError::Malformed)?.to_owned();
        Ok(Self { signed, signatures })
    }

    /// Adds the signature of `key`, in place of an earlier one of the same key.
    pub fn sign(&mut self, kind: DocumentKind, key: &SecretKey) {
        let signature = key.sign(kind, &self.signed);
        self.signatures.retain(|s| s.key != signature.key);
        self.signatures.push(signature);
    }

    /// The payload, if at least `role.threshold` distinct keys of `role` signed it as a document of `kind`.
    pub fn verify(&self, kind: DocumentKind, role: &Role) -> Result<&str, TrustError> {
        if role.threshold == 0 {
            return Err(TrustError::NotEnoughSignatures);
        }
        let message = message(kind, &self.signed);
        let valid: BTreeSet<&PublicKey> = role
            .keys
            .iter()
            .filter(|key| {
                let id = key.id();
                self.signatures.iter().filter(|s| s.key == id).any(|s| {
                    from_hex::<64>(&s.signature).is_some_and(|signature| {
                        UnparsedPublicKey::new(&ED25519, key.as_bytes()).verify(&message, &signature).is_ok()
                    })
                })
            })
            .collect();
        if valid.len() >= role.threshold { Ok(&self.signed) } else { Err(TrustError::NotEnoughSignatures) }
    }

    /// Short names of the keys that claim to have signed, for tools that show a document.
    pub fn signers(&self) -> Vec<&KeyId> {
        self.signatures.iter().map(|signature| &signature.key).collect()
    }

    /// The payload without any check, for tools that show a document. Never decide by it.
    pub fn unverified_payload(&self) -> &str {
        &self.signed
    }
}

fn message(kind: DocumentKind, payload: &str) -> Vec<u8> {
    [kind.domain(), payload.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32]).unwrap()
    }

    fn two_of_three() -> Role {
        Role { keys: vec![key(1).public(), key(2).public(), key(3).public()], threshold: 2 }
    }

    #[test]
    fn a_threshold_counts_distinct_keys_only() {
        let mut envelope = Signed::new("{}".to_owned());
        envelope.sign(DocumentKind::Model, &key(1));
        envelope.sign(DocumentKind::Model, &key(1));
        envelope.sign(DocumentKind::Model, &key(9));
        assert_eq!(envelope.verify(DocumentKind::Model, &two_of_three()), Err(TrustError::NotEnoughSignatures));
        let doubled = Role { keys: vec![key(1).public(), key(1).public()], threshold: 2 };
        assert_eq!(envelope.verify(DocumentKind::Model, &doubled), Err(TrustError::NotEnoughSignatures));
        envelope.sign(DocumentKind::Model, &key(3));
        assert_eq!(envelope.verify(DocumentKind::Model, &two_of_three()), Ok("{}"));
    }

    #[test]
    fn a_signature_for_one_kind_is_none_for_another() {
        let mut envelope = Signed::new("{}".to_owned());
        envelope.sign(DocumentKind::Policy, &key(1));
        let role = Role::single(key(1).public());
        assert!(envelope.verify(DocumentKind::Policy, &role).is_ok());
        assert_eq!(envelope.verify(DocumentKind::Model, &role), Err(TrustError::NotEnoughSignatures));
    }

    #[test]
    fn every_changed_byte_of_the_payload_is_noticed() {
        let mut envelope = Signed::new(r#"{"version":7}"#.to_owned());
        envelope.sign(DocumentKind::Model, &key(1));
        let role = Role::single(key(1).public());
        for i in 0..envelope.signed.len() {
            let mut bytes = envelope.signed.clone().into_bytes();
            bytes[i] ^= 1;
            let changed = Signed { signed: String::from_utf8(bytes).unwrap(), signatures: envelope.signatures.clone() };
            assert!(changed.verify(DocumentKind::Model, &role).is_err(), "byte {i}");
        }
    }

    #[test]
    fn a_threshold_of_zero_trusts_nobody() {
        let role = Role { keys: vec![], threshold: 0 };
        assert!(Signed::new(String::new()).verify(DocumentKind::Model, &role).is_err());
    }

    proptest! {
        #[test]
        fn any_payload_is_read_back_and_signed_as_it_is(payload in any::<String>(), signers in 0u8..4) {
            let mut envelope = Signed::new(payload.clone());
            (0..signers).for_each(|n| envelope.sign(DocumentKind::Policy, &key(n)));
            let read = Signed::from_json(&envelope.to_json().unwrap()).unwrap();
            prop_assert_eq!(&read, &envelope);
            for n in 0..signers {
                prop_assert_eq!(read.verify(DocumentKind::Policy, &Role::single(key(n).public())), Ok(payload.as_str()));
            }
            prop_assert!(read.verify(DocumentKind::Policy, &Role::single(key(signers).public())).is_err());
        }
    }

    #[test]
    fn an_envelope_survives_json() {
        let mut envelope = Signed::new("{\"name\":\"lá chắn\"}".to_owned());
        envelope.sign(DocumentKind::Policy, &key(4));
        assert_eq!(Signed::from_json(&envelope.to_json().unwrap()).unwrap(), envelope);
    }
}
