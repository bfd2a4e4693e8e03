//! The documents in force on a phone, and whose documents it takes.

use serde::{Deserialize, Serialize};

use super::{Birth, DAY, Date, Issuer, Policy, Rules, UnixSeconds, ValidPolicy};
use crate::trust::{PublicKey, Signed};
use crate::verdict::AgeBand;

/// Guardians that one phone follows at most: two parents, and two more for families that need them.
pub const MAX_GUARDIANS: usize = 4;

/// Schools that one phone follows at most.
pub const MAX_SCHOOLS: usize = 4;

/// How far an issuer's clock may be ahead of the phone's, in seconds. Two days cover a wrong time zone on either side.
const CLOCK_TOLERANCE: UnixSeconds = 2 * DAY;

/// Why a policy was refused. Whatever was in force stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not signed by a key that this phone follows.
    NotTrusted,
    /// Not of the form of a policy.
    Malformed,
    /// Of a newer form than this version of the SDK reads.
    NewerFormat,
    /// For another phone.
    WrongPhone,
    /// A school's document signed by a guardian's key, or the other way round.
    WrongIssuer,
    /// Not newer than one that was accepted from the same issuer.
    VersionNotHigher,
    /// It has ended.
    Expired,
    /// It was issued later than the phone's time.
    FromTheFuture,
    /// More guardians or schools than a phone follows.
    TooMany,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotTrusted => "the policy is not signed by a guardian or school that this phone follows; pair first",
            Self::Malformed => "the text is no policy; make it again",
            Self::NewerFormat => "the policy is of a newer form; update the app",
            Self::WrongPhone => "the policy is for another phone; issue one for this phone",
            Self::WrongIssuer => "a guardian's key signed a school's policy, or the other way round",
            Self::VersionNotHigher => "the policy is not newer than the one in force; issue it again",
            Self::Expired => "the policy has ended; issue a new one",
            Self::FromTheFuture => "the policy is from later than the phone's time; set the time of both phones",
            Self::TooMany => "the phone follows as many guardians or schools as it can; remove one first",
        })
    }
}

impl std::error::Error for PolicyError {}

/// Somebody whose documents count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The key it signs with.
    pub key: PublicKey,
    /// What it is.
    pub issuer: Issuer,
    /// The key with which a guardian who lost its phone names a new one.
    pub recovery: Option<PublicKey>,
    /// The highest version that was ever accepted from it; 0 before the first.
    highest: u64,
    /// Its document, and the key that signed it: an earlier one where the guardian has recovered since.
    document: Option<(PublicKey, Signed)>,
}

impl Signer {
    /// The highest version that was ever accepted from it; 0 before the first.
    pub fn highest_version(&self) -> u64 {
        self.highest
    }
}

/// What accepting a policy did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Whose it is.
    pub issuer: Issuer,
    /// Its version.
    pub version: u64,
    /// When its issuer says that it signed it. Of a guardian that is a time that has certainly come: it knows the child.
    /// A school's clock is a stranger's.
    pub issued: UnixSeconds,
}

/// The signers that a phone follows, and the newest document of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyBook {
    phone: PublicKey,
    signers: Vec<Signer>,
}

impl PolicyBook {
    /// The empty book of the phone with this key.
    pub fn new(phone: PublicKey) -> Self {
        Self { phone, signers: Vec::new() }
    }

    /// The signers, in the order in which they came.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// The signer with this key.
    pub fn signer(&self, key: &PublicKey) -> Option<&Signer> {
        self.signers.iter().find(|signer| signer.key == *key)
    }

    /// Whether `recovery` may name a new key in the place of a guardian's.
    pub fn recovers(&self, recovery: &PublicKey) -> bool {
        self.signers.iter().any(|signer| signer.recovery.as_ref() == Some(recovery))
    }

    /// Follows a signer from now on. One that is followed already stays as it is. That the phone's guardians want this
    /// is for the caller to know: see [`crate::family::ChildPhone`].
    ///
    /// # Errors
    /// There are [`MAX_GUARDIANS`] or [`MAX_SCHOOLS`] already, or the key is followed as something else.
    pub fn follow(&mut self, key: PublicKey, issuer: Issuer, recovery: Option<PublicKey>) -> Result<(), PolicyError> {
        if let Some(known) = self.signer(&key) {
            return if known.issuer == issuer { Ok(()) } else { Err(PolicyError::WrongIssuer) };
        }
        let most = if issuer == Issuer::Guardian { MAX_GUARDIANS } else { MAX_SCHOOLS };
        if self.signers.iter().filter(|signer| signer.issuer == issuer).count() >= most {
            return Err(PolicyError::TooMany);
        }
        self.signers.push(Signer { key, issuer, recovery, highest: 0, document: None });
        Ok(())
    }

    /// A guardian with a new key in the place of the one whose recovery key is `recovery`: its document stays in force,
    /// and its next one must be newer. The lost phone's key counts no longer.
    ///
    /// # Errors
    /// No guardian has this recovery key, or the new key is followed already.
    pub fn replace(
        &mut self,
        recovery: &PublicKey,
        key: PublicKey,
        next_recovery: PublicKey,
    ) -> Result<(), PolicyError> {
        if self.signer(&key).is_some() {
            return Err(PolicyError::WrongIssuer);
        }
        let signer = self.signers.iter_mut().find(|signer| signer.recovery.as_ref() == Some(recovery));
        let signer = signer.ok_or(PolicyError::NotTrusted)?;
        signer.key = key;
        signer.recovery = Some(next_recovery);
        Ok(())
    }

    /// Follows a signer no longer; its document ends.
    pub fn unfollow(&mut self, key: &PublicKey) {
        self.signers.retain(|signer| signer.key != *key);
    }

    /// Takes a document in place of the signer's earlier one. `believed` is the phone's steady time, `wall` what its
    /// clock shows; see [`crate::family::SteadyClock`].
    ///
    /// # Errors
    /// The document is refused, and the book is what it was.
    pub fn accept(
        &mut self,
        envelope: &Signed,
        believed: UnixSeconds,
        wall: UnixSeconds,
    ) -> Result<Accepted, PolicyError> {
        let phone = self.phone;
        let mut refusal = PolicyError::NotTrusted;
        for signer in &mut self.signers {
            let valid = match ValidPolicy::read(envelope, &signer.key, signer.issuer, &phone) {
                Ok(valid) => valid,
                Err(PolicyError::NotTrusted) => continue,
                Err(error) => {
                    refusal = error;
                    continue;
                }
            };
            let document = valid.document();
            if document.version() <= signer.highest {
                return Err(PolicyError::VersionNotHigher);
            }
            // Setting the clock back does not revive a document: the steady time does not go back.
            if document.expires().is_some_and(|expires| expires <= believed) {
                return Err(PolicyError::Expired);
            }
            if document.issued() > believed.max(wall).saturating_add(CLOCK_TOLERANCE) {
                return Err(PolicyError::FromTheFuture);
            }
            signer.highest = document.version();
            signer.document = Some((signer.key, envelope.clone()));
            return Ok(Accepted { issuer: signer.issuer, version: document.version(), issued: document.issued() });
        }
        Err(refusal)
    }

    /// The strictest of all documents in force; nothing if there is none.
    ///
    /// Documents are verified again each time: what decides over a child is what somebody signed.
    pub fn rules(&self, believed: UnixSeconds) -> Option<Rules> {
        self.signers
            .iter()
            .filter_map(|signer| {
                let (key, envelope) = signer.document.as_ref()?;
                let valid = ValidPolicy::read(envelope, key, signer.issuer, &self.phone).ok()?;
                let holds = valid.document().expires().is_none_or(|expires| believed < expires);
                holds.then(|| valid.document().rules().clone())
            })
            .reduce(|all, one| all.strictest(&one))
    }

    /// The rules as a policy, before consent is looked at. Without a birthday the child counts as under 13.
    pub(crate) fn policy(&self, birth: Option<&Birth>, believed: UnixSeconds) -> Policy {
        let age = birth.map_or(AgeBand::Under13, |birth| birth.band(Date::in_vietnam(believed)));
        self.rules(believed).map_or_else(Policy::off, |rules| Policy::from_rules(&rules, age))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::PolicyDocument;
    use crate::policy::rules::tests::any_rules;
    use crate::trust::{DocumentKind, SecretKey};
    use crate::verdict::Protection;

    const NOW: UnixSeconds = 1_767_200_400;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32]).unwrap()
    }

    fn sign(document: &PolicyDocument, n: u8) -> Signed {
        let mut envelope = document.envelope().unwrap();
        envelope.sign(DocumentKind::Policy, &key(n));
        envelope
    }

    fn by_guardian(n: u8, version: u64, protection: Protection) -> Signed {
        sign(&PolicyDocument::of_guardian(key(9).public(), version, NOW, Rules::new(protection)), n)
    }

    fn book() -> PolicyBook {
        let mut book = PolicyBook::new(key(9).public());
        book.follow(key(1).public(), Issuer::Guardian, Some(key(11).public())).unwrap();
        book
    }

    fn protection(book: &PolicyBook, time: UnixSeconds) -> Protection {
        book.policy(None, time).protection
    }

    /// Whatever is refused leaves the protection as it was.
    #[test]
    fn refusals_change_nothing() {
        let mut book = book();
        assert_eq!(protection(&book, NOW), Protection::Off);
        book.accept(&by_guardian(1, 5, Protection::Guided), NOW, NOW).unwrap();
        let before = book.clone();
        let future =
            PolicyDocument::of_guardian(key(9).public(), 6, NOW + CLOCK_TOLERANCE + 1, Rules::new(Protection::Off));
        let other = PolicyDocument::of_guardian(key(8).public(), 6, NOW, Rules::new(Protection::Off));
        let school = PolicyDocument::of_school(6, NOW, None, Rules::weakest());
        for (envelope, error) in [
            (by_guardian(1, 5, Protection::Off), PolicyError::VersionNotHigher),
            (by_guardian(1, 4, Protection::Off), PolicyError::VersionNotHigher),
            (by_guardian(2, 6, Protection::Off), PolicyError::NotTrusted),
            (sign(&future, 1), PolicyError::FromTheFuture),
            (sign(&other, 1), PolicyError::WrongPhone),
            (sign(&school, 1), PolicyError::WrongIssuer),
        ] {
            assert_eq!(book.accept(&envelope, NOW, NOW), Err(error));
            assert_eq!(book, before);
        }
        let just_in_time =
            PolicyDocument::of_guardian(key(9).public(), 6, NOW + CLOCK_TOLERANCE, Rules::new(Protection::Simple));
        assert!(book.accept(&sign(&just_in_time, 1), NOW, NOW).is_ok());
    }

    #[test]
    fn of_a_guardian_and_a_school_the_strictest_wins_and_a_school_ends() {
        let mut book = book();
        book.follow(key(3).public(), Issuer::School, None).unwrap();
        book.accept(&by_guardian(1, 1, Protection::Simple), NOW, NOW).unwrap();
        let term = PolicyDocument::of_school(1, NOW, Some(NOW + 100 * DAY), Rules::new(Protection::Guided));
        book.accept(&sign(&term, 3), NOW, NOW).unwrap();
        assert_eq!(protection(&book, NOW + 100 * DAY - 1), Protection::Guided);
        assert_eq!(protection(&book, NOW + 100 * DAY), Protection::Simple);
        let late = PolicyDocument::of_school(2, NOW, Some(NOW + DAY), Rules::new(Protection::Guided));
        // The clock was set back; the steady time was not.
        assert_eq!(book.accept(&sign(&late, 3), NOW + DAY, NOW - DAY), Err(PolicyError::Expired));
        assert!(book.accept(&sign(&late, 3), NOW + DAY - 1, NOW).is_ok());
        book.unfollow(&key(3).public());
        assert_eq!(protection(&book, NOW), Protection::Simple);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// In whatever order the documents of several people come, the same holds: the strictest of the newest of each.
        #[test]
        fn the_order_in_which_policies_come_changes_nothing(
            rules in proptest::collection::vec(any_rules(), 6),
            order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let mut book = book();
            book.follow(key(2).public(), Issuer::Guardian, None).unwrap();
            book.follow(key(3).public(), Issuer::School, None).unwrap();
            // Two documents of each, the second of which is newer.
            for at in order {
                let (by, version) = (at as u8 / 2 + 1, at as u64 % 2 + 1);
                let document = match by {
                    3 => PolicyDocument::of_school(version, NOW, None, rules[at].clone()),
                    _ => PolicyDocument::of_guardian(key(9).public(), version, NOW, rules[at].clone()),
                };
                let taken = book.accept(&sign(&document, by), NOW, NOW);
                prop_assert!(taken.is_ok() || taken == Err(PolicyError::VersionNotHigher));
                // What was taken once is not taken again, and changes nothing.
                let before = book.clone();
                prop_assert_eq!(book.accept(&sign(&document, by), NOW, NOW), Err(PolicyError::VersionNotHigher));
                prop_assert_eq!(&book, &before);
            }
            prop_assert_eq!(book.rules(NOW), Some(rules[1].strictest(&rules[3]).strictest(&rules[5])));
        }
    }

    #[test]
    fn two_guardians_agree_on_the_stricter() {
        let mut book = book();
        book.follow(key(2).public(), Issuer::Guardian, None).unwrap();
        book.accept(&by_guardian(1, 1, Protection::Guided), NOW, NOW).unwrap();
        book.accept(&by_guardian(2, 1, Protection::Simple), NOW, NOW).unwrap();
        assert_eq!(protection(&book, NOW), Protection::Guided);
        book.accept(&by_guardian(1, 2, Protection::Off), NOW, NOW).unwrap();
        assert_eq!(protection(&book, NOW), Protection::Simple);
    }

    #[test]
    fn a_recovered_guardian_inherits_and_the_lost_key_ends() {
        let mut book = book();
        book.accept(&by_guardian(1, 5, Protection::Guided), NOW, NOW).unwrap();
        let unknown = book.replace(&key(12).public(), key(4).public(), key(14).public());
        assert_eq!(unknown, Err(PolicyError::NotTrusted));
        assert!(book.recovers(&key(11).public()) && !book.recovers(&key(12).public()));
        book.replace(&key(11).public(), key(4).public(), key(14).public()).unwrap();
        assert_eq!(protection(&book, NOW), Protection::Guided);
        assert_eq!(book.accept(&by_guardian(1, 6, Protection::Off), NOW, NOW), Err(PolicyError::NotTrusted));
        let old = book.accept(&by_guardian(4, 5, Protection::Off), NOW, NOW);
        assert_eq!(old, Err(PolicyError::VersionNotHigher));
        book.accept(&by_guardian(4, 6, Protection::Simple), NOW, NOW).unwrap();
        assert_eq!(protection(&book, NOW), Protection::Simple);
        let again = book.replace(&key(11).public(), key(5).public(), key(15).public());
        assert_eq!(again, Err(PolicyError::NotTrusted), "recovery words serve once");
    }

    #[test]
    fn followers_are_bounded() {
        let mut book = PolicyBook::new(key(9).public());
        for n in 0..MAX_GUARDIANS as u8 {
            book.follow(key(n + 20).public(), Issuer::Guardian, None).unwrap();
        }
        assert_eq!(book.follow(key(40).public(), Issuer::Guardian, None), Err(PolicyError::TooMany));
        assert_eq!(book.follow(key(20).public(), Issuer::Guardian, None), Ok(()), "again");
        assert_eq!(book.follow(key(20).public(), Issuer::School, None), Err(PolicyError::WrongIssuer));
        assert_eq!(book.follow(key(40).public(), Issuer::School, None), Ok(()));
    }

    #[test]
    fn a_document_that_was_exchanged_on_the_disk_counts_for_nothing() {
        let mut book = book();
        book.accept(&by_guardian(1, 1, Protection::Guided), NOW, NOW).unwrap();
        let json = serde_json::to_string(&book).unwrap();
        let changed: PolicyBook = serde_json::from_str(&json.replace("guided", "simple")).unwrap();
        assert_eq!(changed.rules(NOW), None);
        assert_eq!(serde_json::from_str::<PolicyBook>(&json).unwrap(), book);
    }
}
