//! The guardian's phone of a family: the core's companion, behind a lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lachan_core::family::{Companion, Purpose, SecretWords, WordsError};
use lachan_core::policy::Policy;
use lachan_core::trust::PublicKey;
use lachan_core::verdict::{AgeBand, Direction, Finding, FindingKind, ScoreBand, Verdict};

use crate::family::vault;
use crate::family_refusal::{FamilyFault, RefusalReason};
use crate::family_words::{CountedWeek, FamilyRules, KnownChild, Moment};

/// A new guardian's key and the words that replace it.
#[derive(Clone, uniffi::Record)]
pub struct NewGuardian {
    /// The companion.
    pub guardian: Arc<FamilyGuardian>,
    /// 24 syllables, shown once.
    pub words: Vec<String>,
}

/// What taking a child's phone's answer gives.
#[derive(Debug, Clone, uniffi::Record)]
pub struct MetChild {
    /// The phone's key in hex.
    pub phone: String,
    /// Twelve digits for both screens.
    pub digits: String,
}

/// A request that a guardian looks at.
#[derive(Debug, Clone, uniffi::Record)]
pub struct AskedBy {
    /// The key in hex of the phone that asks.
    pub phone: String,
    /// What for.
    pub purpose: Purpose,
}

/// Where the slip is in words that were typed.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum WordsSlip {
    /// The syllable at this place (from 1) does not exist.
    Unknown {
        /// Its place.
        place: u32,
    },
    /// There are not 24.
    Count {
        /// How many there are.
        count: u32,
    },
    /// One or more are not as printed.
    Checksum,
}

/// Looks at words that were typed; nothing where they may be the right ones.
#[uniffi::export]
pub fn slip_in_words(text: &str) -> Option<WordsSlip> {
    Some(match SecretWords::read(text).err()? {
        WordsError::UnknownSyllable(place) => WordsSlip::Unknown { place: u32::try_from(place).unwrap_or(u32::MAX) },
        WordsError::WrongCount(count) => WordsSlip::Count { count: u32::try_from(count).unwrap_or(u32::MAX) },
        WordsError::WrongChecksum => WordsSlip::Checksum,
    })
}

/// What a child of this band would meet under these rules: the verdict on something that is very likely of `kind`.
#[uniffi::export]
pub fn preview_verdict(
    rules: FamilyRules,
    age: AgeBand,
    kind: FindingKind,
    direction: Direction,
) -> Result<Verdict, FamilyFault> {
    let finding =
        Finding { kind, band: ScoreBand::VeryLikely, reason: "preview".to_owned(), source: "preview".to_owned() };
    Ok(Policy::from_rules(&rules.try_into()?, age).verdict(vec![finding], direction))
}

/// The guardian's side.
#[derive(uniffi::Object)]
pub struct FamilyGuardian(Mutex<Option<Companion>>);

impl FamilyGuardian {
    fn new(companion: Companion) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(companion))))
    }

    fn begin((companion, words): (Companion, SecretWords)) -> NewGuardian {
        NewGuardian { guardian: Self::new(companion), words: words.syllables() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Companion>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, call: impl FnOnce(&mut Companion) -> Result<T, FamilyFault>) -> Result<T, FamilyFault> {
        call(self.lock().as_mut().ok_or(FamilyFault::of(RefusalReason::NotPaired))?)
    }
}

/// Makes a guardian's key.
#[uniffi::export]
pub fn create_guardian(folder: &str, key: Vec<u8>, moment: Moment) -> Result<NewGuardian, FamilyFault> {
    Ok(FamilyGuardian::begin(Companion::create(vault(folder, &key)?, &moment.entropy()?)?))
}

/// Makes a new key for a guardian who lost its phone.
#[uniffi::export]
pub fn recover_guardian(folder: &str, key: Vec<u8>, words: &str, moment: Moment) -> Result<NewGuardian, FamilyFault> {
    let words = SecretWords::read(words)?;
    Ok(FamilyGuardian::begin(Companion::recover(vault(folder, &key)?, &words, &moment.entropy()?)?))
}

/// Opens what is in the folder; nothing if there is no key yet.
#[uniffi::export]
pub fn open_guardian(folder: &str, key: Vec<u8>) -> Result<Option<Arc<FamilyGuardian>>, FamilyFault> {
    Ok(Companion::open(vault(folder, &key)?)?.map(FamilyGuardian::new))
}

#[uniffi::export]
impl FamilyGuardian {
    /// The guardian's public key in hex.
    pub fn public_key(&self) -> Result<String, FamilyFault> {
        self.with(|companion| Ok(companion.public_key()?.to_hex()))
    }

    /// The children's phones.
    pub fn children(&self) -> Vec<KnownChild> {
        self.lock().iter().flat_map(Companion::children).map(KnownChild::from).collect()
    }

    /// Offers to pair, for 15 minutes.
    pub fn offer(&self, moment: Moment) -> Result<String, FamilyFault> {
        self.with(|companion| Ok(companion.offer(moment.now.wall, &moment.entropy()?)?))
    }

    /// Takes a child's phone's answer.
    pub fn accept(&self, answer: &str, moment: Moment) -> Result<MetChild, FamilyFault> {
        self.with(|companion| {
            let (phone, digits) = companion.accept(answer, moment.now.wall, &moment.entropy()?)?;
            Ok(MetChild { phone: phone.to_hex(), digits })
        })
    }

    /// Whether the words of a lost phone are still known here.
    pub fn is_recovering(&self) -> bool {
        self.lock().as_ref().is_some_and(Companion::is_recovering)
    }

    /// All children's phones follow the new key.
    pub fn finish_recovery(&self, moment: Moment) -> Result<(), FamilyFault> {
        self.with(|companion| Ok(companion.finish_recovery(&moment.entropy()?)?))
    }

    /// Signs the next policy for a child's phone.
    pub fn sign_policy(&self, phone: &str, rules: FamilyRules, moment: Moment) -> Result<String, FamilyFault> {
        let (phone, rules) = (PublicKey::from_hex(phone)?, rules.try_into()?);
        self.with(|companion| Ok(companion.sign_policy(&phone, rules, moment.now.wall, &moment.entropy()?)?))
    }

    /// The handle in hex of a peer whom the guardian trusts.
    pub fn peer_handle(&self, phone: &str, app: &str, peer: &str) -> Result<String, FamilyFault> {
        let phone = PublicKey::from_hex(phone)?;
        self.with(|companion| Ok(companion.peer_handle(&phone, app, peer)?.to_hex()))
    }

    /// What a child's phone asks for.
    pub fn look_at(&self, request: &str) -> Result<AskedBy, FamilyFault> {
        self.with(|companion| {
            let asked = companion.look_at(request)?;
            Ok(AskedBy { phone: asked.phone.to_hex(), purpose: asked.purpose })
        })
    }

    /// Says yes to a request.
    pub fn approve(&self, request: &str) -> Result<String, FamilyFault> {
        self.with(|companion| Ok(companion.approve(request)?))
    }

    /// Takes the counts that a child shares.
    pub fn receive_counts(&self, counts: &str, moment: Moment) -> Result<Vec<CountedWeek>, FamilyFault> {
        self.with(|companion| {
            let weeks = companion.receive_counts(counts, &moment.entropy()?)?;
            Ok(weeks.into_iter().map(CountedWeek::from).collect())
        })
    }

    /// Forgets a child's phone.
    pub fn forget(&self, phone: &str, moment: Moment) -> Result<(), FamilyFault> {
        let phone = PublicKey::from_hex(phone)?;
        self.with(|companion| Ok(companion.forget(&phone, &moment.entropy()?)?))
    }

    /// Wipes all that this phone knows.
    pub fn wipe(&self) -> Result<(), FamilyFault> {
        self.lock().take().map_or(Ok(()), |companion| Ok(companion.wipe()?))
    }
}
