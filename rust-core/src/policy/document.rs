//! A policy document: the text that a guardian or a school signs. Specified in `docs/formats/policy.md`.

use serde::{Deserialize, Serialize};

use super::{PolicyError, Rules, UnixSeconds};
use crate::trust::{DocumentKind, PublicKey, Role, Signed};

/// Version of the document's form. A phone that does not know it refuses it and keeps what it has.
pub(super) const FORMAT: u32 = 1;

/// Longest text of a document, in bytes: the longest list of peers and some room.
const MAX_TEXT: usize = 16 << 10;

/// Versions and times are below this, so that they stay exact in languages whose numbers are floating-point.
pub(crate) const EXACT_BELOW: u64 = 1 << 53;

/// Longest list of peers in a document.
pub(super) const MAX_PEERS: usize = 256;

/// Who issues documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Issuer {
    /// A parent or guardian, for one child's phone. Its document holds until it issues another.
    Guardian,
    /// A school, for all phones that follow it. Its document can end by itself.
    School,
}

/// The one value of the field `document`, so that no other kind of text parses as a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tag {
    Policy,
}

/// What is signed. The text has one canonical form, the one that [`PolicyDocument::envelope`] writes: fields in this
/// order, no white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    document: Tag,
    format: u32,
    issuer: Issuer,
    /// The phone it is for. A guardian's document always names one: a policy for an older child is none for a younger.
    subject: Option<PublicKey>,
    version: u64,
    issued: UnixSeconds,
    expires: Option<UnixSeconds>,
    rules: Rules,
}

impl PolicyDocument {
    /// A guardian's document for one phone. `version` is higher than that of every document before it, and at least 1.
    pub fn of_guardian(phone: PublicKey, version: u64, issued: UnixSeconds, rules: Rules) -> Self {
        let (issuer, subject) = (Issuer::Guardian, Some(phone));
        Self { document: Tag::Policy, format: FORMAT, issuer, subject, version, issued, expires: None, rules }
    }

    /// A school's document, until `expires` if given.
    pub fn of_school(version: u64, issued: UnixSeconds, expires: Option<UnixSeconds>, rules: Rules) -> Self {
        let issuer = Issuer::School;
        Self { document: Tag::Policy, format: FORMAT, issuer, subject: None, version, issued, expires, rules }
    }

    /// The unsigned envelope, for the issuer's key to sign as [`DocumentKind::Policy`].
    ///
    /// # Errors
    /// A phone would refuse the document.
    pub fn envelope(&self) -> Result<Signed, PolicyError> {
        let text = serde_json::to_string(self).map_err(|_| PolicyError::Malformed)?;
        Self::parse(&text)?;
        Ok(Signed::new(text))
    }

    /// Reads a document's text. Believe it only if it came out of [`ValidPolicy::read`].
    ///
    /// # Errors
    /// It is not of the form, or of a newer one.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        if text.len() > MAX_TEXT {
            return Err(PolicyError::Malformed);
        }
        let form: Form = serde_json::from_str(text).map_err(|_| PolicyError::Malformed)?;
        if form.format != FORMAT {
            return Err(if form.format > FORMAT { PolicyError::NewerFormat } else { PolicyError::Malformed });
        }
        let document: Self = serde_json::from_str(text).map_err(|_| PolicyError::Malformed)?;
        // One policy, one text: what is shown, compared and signed is the same for everybody.
        let canonical = serde_json::to_string(&document).is_ok_and(|again| again == text);
        let peers = document.rules.quiet.peers.as_ref().map_or(0, |peers| peers.len());
        let fields_fit = match document.issuer {
            Issuer::Guardian => document.subject.is_some() && document.expires.is_none(),
            Issuer::School => document.expires.is_none_or(|expires| expires > document.issued),
        };
        let exact = [document.version, document.issued, document.expires.unwrap_or(0)].iter().all(|&n| n < EXACT_BELOW);
        if canonical && peers <= MAX_PEERS && fields_fit && exact && document.version > 0 {
            Ok(document)
        } else {
            Err(PolicyError::Malformed)
        }
    }

    /// Who issued it.
    pub fn issuer(&self) -> Issuer {
        self.issuer
    }

    /// The phone it is for; nothing if it is for all phones of a school.
    pub fn subject(&self) -> Option<&PublicKey> {
        self.subject.as_ref()
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// When it was issued, by the issuer's clock.
    pub fn issued(&self) -> UnixSeconds {
        self.issued
    }

    /// When a school's document ends.
    pub fn expires(&self) -> Option<UnixSeconds> {
        self.expires
    }

    /// What it decides.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// A document whose signature was verified, that is of the right form, and is meant for this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidPolicy(PolicyDocument);

impl ValidPolicy {
    /// Verifies an envelope against one issuer's key, for one phone.
    ///
    /// # Errors
    /// [`PolicyError::NotTrusted`] before anything else is looked at; then form, issuer and phone.
    pub fn read(envelope: &Signed, key: &PublicKey, issuer: Issuer, phone: &PublicKey) -> Result<Self, PolicyError> {
        let text = envelope.verify(DocumentKind::Policy, &Role::single(*key)).map_err(|_| PolicyError::NotTrusted)?;
        let document = PolicyDocument::parse(text)?;
        if document.issuer != issuer {
            return Err(PolicyError::WrongIssuer);
        }
        if document.subject.is_some_and(|subject| subject != *phone) {
            return Err(PolicyError::WrongPhone);
        }
        Ok(Self(document))
    }

    /// The document.
    pub fn document(&self) -> &PolicyDocument {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::DAY;
    use crate::policy::rules::tests::any_rules;
    use crate::trust::SecretKey;
    use crate::verdict::Protection;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32]).unwrap()
    }

    fn document() -> PolicyDocument {
        PolicyDocument::of_guardian(key(9).public(), 3, 1_767_200_400, Rules::new(Protection::Guided))
    }

    fn signed(text: &str) -> Signed {
        let mut envelope = Signed::new(text.to_owned());
        envelope.sign(DocumentKind::Policy, &key(1));
        envelope
    }

    fn read(envelope: &Signed) -> Result<ValidPolicy, PolicyError> {
        ValidPolicy::read(envelope, &key(1).public(), Issuer::Guardian, &key(9).public())
    }

    fn text() -> String {
        document().envelope().unwrap().unverified_payload().to_owned()
    }

    /// The text that `docs/formats/policy.md` shows.
    #[test]
    fn the_canonical_text_is_as_specified() {
        let specified = include_str!("../../../docs/formats/policy.md");
        let block = specified.split("```json\n").nth(1).unwrap().split("\n```").next().unwrap();
        assert_eq!(text(), block);
    }

    #[test]
    fn what_was_signed_is_read() {
        assert_eq!(read(&signed(&text())).unwrap().document(), &document());
    }

    #[test]
    fn only_the_canonical_text_is_a_policy() {
        let text = text();
        for (changed, error) in [
            (text.replace("{\"document\"", "{ \"document\""), PolicyError::Malformed),
            (text.replace("\"policy\"", "\"offer\""), PolicyError::Malformed),
            (text.replace("\"format\":1", "\"format\":2"), PolicyError::NewerFormat),
            (text.replace("\"format\":1", "\"format\":0"), PolicyError::Malformed),
            (text.replace("\"version\":3", "\"version\":0"), PolicyError::Malformed),
            (text.replace("\"version\":3", "\"version\":3.0"), PolicyError::Malformed),
            (text.replace("\"version\":3", "\"version\":9007199254740992"), PolicyError::Malformed),
            (text.replace("\"version\":3", "\"version\":3,\"version\":4"), PolicyError::Malformed),
            (text.replace("\"expires\":null", "\"expires\":1867200400"), PolicyError::Malformed),
            (text.replace("\"expires\":null,", ""), PolicyError::Malformed),
            (text.replace("\"nudity\":true,", ""), PolicyError::Malformed),
            (text.replace("\"nudity\":true,", "\"nudity\":true,\"more\":true,"), PolicyError::Malformed),
            (text.replace("\"issuer\":\"guardian\"", "\"issuer\":\"school\""), PolicyError::WrongIssuer),
            (text.replace("\"guided\"", "\"strong\""), PolicyError::Malformed),
            (format!("{text}{}", " ".repeat(MAX_TEXT)), PolicyError::Malformed),
        ] {
            assert_ne!(changed, text);
            assert_eq!(read(&signed(&changed)).err(), Some(error), "{changed}");
        }
    }

    #[test]
    fn a_guardian_names_the_phone_and_a_school_may_end() {
        let nameless = PolicyDocument { subject: None, ..document() };
        assert_eq!(nameless.envelope().err(), Some(PolicyError::Malformed));
        assert!(PolicyDocument::of_school(1, 5, Some(6), Rules::weakest()).envelope().is_ok());
        assert!(PolicyDocument::of_school(1, 5, Some(5), Rules::weakest()).envelope().is_err());
    }

    #[test]
    fn long_lists_are_refused() {
        let peers = |n: usize| (0..n).map(|i| super::super::PeerHandle::new(&[0; 16], "", &i.to_string())).collect();
        let mut long = document();
        long.rules.quiet.peers = Some(peers(MAX_PEERS));
        assert!(long.envelope().is_ok());
        long.rules.quiet.peers = Some(peers(MAX_PEERS + 1));
        assert_eq!(long.envelope().err(), Some(PolicyError::Malformed));
    }

    #[test]
    fn a_policy_for_another_phone_or_by_another_key_is_refused() {
        let other = PolicyDocument { subject: Some(key(8).public()), ..document() };
        let other = signed(other.envelope().unwrap().unverified_payload());
        assert_eq!(read(&other).err(), Some(PolicyError::WrongPhone));
        let mut forged = Signed::new(text());
        forged.sign(DocumentKind::Policy, &key(2));
        assert_eq!(read(&forged).err(), Some(PolicyError::NotTrusted));
        let mut as_other_kind = Signed::new(text());
        as_other_kind.sign(DocumentKind::Allowance, &key(1));
        assert_eq!(read(&as_other_kind).err(), Some(PolicyError::NotTrusted));
    }

    proptest! {
        #[test]
        fn whatever_was_issued_is_read(
            rules in any_rules(),
            version in 1..1u64 << 53,
            issued in 0..1u64 << 52,
            lasts in proptest::option::of(1..100 * DAY),
        ) {
            let guardians = PolicyDocument::of_guardian(key(9).public(), version, issued, rules.clone());
            let schools = PolicyDocument::of_school(version, issued, lasts.map(|lasts| issued + lasts), rules);
            for document in [guardians, schools] {
                let envelope = document.envelope().unwrap();
                prop_assert_eq!(PolicyDocument::parse(envelope.unverified_payload()), Ok(document));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = PolicyDocument::parse(&text);
        }

        #[test]
        fn no_changed_byte_of_a_signed_policy_is_accepted(place in any::<prop::sample::Index>(), bit in 0u8..7) {
            let bytes = signed(&text()).to_json().unwrap();
            let mut changed = bytes.clone();
            changed[place.index(bytes.len())] ^= 1 << bit;
            if let Ok(envelope) = Signed::from_json(&changed) {
                // A change in the envelope's own text either breaks it or leaves the policy exactly as it was.
                if let Ok(valid) = read(&envelope) {
                    prop_assert_eq!(valid.document(), &document());
                }
            }
        }
    }
}
