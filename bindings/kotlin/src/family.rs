//! The child's phone of a family: the core's, behind a lock. Time and randomness come with every call.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lachan_core::family::packet::{self, PacketKind};
use lachan_core::family::{ChildPhone, ConsentText, GateAnswer, Missing, Now, Party, Passage, Purpose, Scope, Wipe};
use lachan_core::policy::{Birth, Issuer};
use lachan_core::trust::PublicKey;
use lachan_core::vault::{DeviceKey, RealFiles, Vault};
use lachan_core::verdict::{AgeBand, FindingKind};

use crate::family_refusal::{FamilyFault, RefusalReason};
use crate::family_words::{CountedWeek, Moment, bytes32};
use crate::shield::Terms;

/// A guardian's yes, for one purpose and five minutes. It lives in memory only.
#[derive(uniffi::Object)]
pub struct FamilyYes(Mutex<Option<Passage>>);

impl FamilyYes {
    fn new(passage: Passage) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(passage))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Passage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls the core with the yes, if it has not been used up.
    fn with<T>(&self, call: impl FnOnce(&Passage) -> Result<T, FamilyFault>) -> Result<T, FamilyFault> {
        call(self.lock().as_ref().ok_or(FamilyFault::of(RefusalReason::NotAllowed))?)
    }
}

/// The policy in force on a family's phone.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PolicyInForce {
    /// What checks need of it.
    pub terms: Terms,
    /// Whether counts are kept and may be shared.
    pub share_counts: bool,
}

/// Who has agreed.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ConsentState {
    /// Whose consent is missing; nothing where all is there.
    pub missing: Option<Missing>,
    /// What was agreed to by everybody.
    pub scope: Option<Scope>,
    /// What the guardian consented to.
    pub guardian: Option<Scope>,
    /// What the child agreed to.
    pub child: Option<Scope>,
    /// The child has turned seven and is to be asked now.
    pub assent_due: bool,
}

/// Somebody whom the phone follows.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Follows {
    /// Its key in hex.
    pub key: String,
    /// What it is.
    pub issuer: Issuer,
    /// Version of its document in force; 0 before the first.
    pub version: u64,
}

/// What pairing gives.
#[derive(Clone, uniffi::Record)]
pub struct PairedPhone {
    /// The packet for the guardian's phone.
    pub answer: String,
    /// Twelve digits for both screens.
    pub digits: String,
    /// The first guardian holds the phone.
    pub yes: Option<Arc<FamilyYes>>,
}

/// The answer to a PIN.
#[derive(Clone, uniffi::Enum)]
pub enum PinAnswer {
    /// It is right.
    Open {
        /// The yes.
        yes: Arc<FamilyYes>,
    },
    /// It is wrong.
    Wrong {
        /// Seconds until the next one is looked at.
        wait: u64,
    },
    /// It was not looked at.
    Wait {
        /// Seconds left.
        wait: u64,
    },
    /// There is no PIN, or the policy does not allow it for this.
    NotAvailable,
}

/// Something outside the vault that a withdrawal wipes.
#[uniffi::export(callback_interface)]
pub trait WipeHook: Send + Sync {
    /// What to call it where it could not be wiped.
    fn name(&self) -> String;
    /// Wipes it; `false` where it is still there.
    fn wipe(&self) -> bool;
}

struct Hooked(String, Box<dyn WipeHook>);

impl Wipe for Hooked {
    fn name(&self) -> &str {
        &self.0
    }

    fn wipe(&mut self) -> std::io::Result<()> {
        if self.1.wipe() { Ok(()) } else { Err(std::io::ErrorKind::Other.into()) }
    }
}

/// What kind of packet a text claims to be.
#[uniffi::export]
pub fn packet_kind(text: &str) -> Option<PacketKind> {
    packet::kind_of(text).ok()
}

/// The vault in a folder, under a key of 32 bytes.
pub fn vault(folder: &str, key: &[u8]) -> Result<Vault, FamilyFault> {
    Ok(Vault::new(Path::new(folder), DeviceKey::from_bytes(&bytes32(key)?), RealFiles))
}

/// The child's phone.
#[derive(uniffi::Object)]
pub struct FamilyPhone(Mutex<ChildPhone>);

impl FamilyPhone {
    fn lock(&self) -> MutexGuard<'_, ChildPhone> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl FamilyPhone {
    /// Opens what is in the folder.
    #[uniffi::constructor]
    pub fn open(folder: String, key: Vec<u8>, now: Now) -> Result<Arc<Self>, FamilyFault> {
        Ok(Arc::new(Self(Mutex::new(ChildPhone::open(vault(&folder, &key)?, now)?))))
    }

    /// Begins with nothing in the place of a file that the key does not open and that nobody will ever read.
    #[uniffi::constructor]
    pub fn start_anew(folder: String, key: Vec<u8>, now: Now) -> Result<Arc<Self>, FamilyFault> {
        Ok(Arc::new(Self(Mutex::new(ChildPhone::start_anew(vault(&folder, &key)?, now)?))))
    }

    /// The policy in force.
    pub fn policy(&self, now: Now) -> PolicyInForce {
        let policy = self.lock().policy(now);
        PolicyInForce { terms: Terms::from(&policy), share_counts: policy.share_counts }
    }

    /// Whether a peer is on the list of trusted ones.
    pub fn is_quiet(&self, app: &str, peer: &str, now: Now) -> bool {
        let phone = self.lock();
        phone.peer_handle(app, peer).is_some_and(|handle| phone.policy(now).quiet_peers.contains(&handle))
    }

    /// Who has agreed to what.
    pub fn consent_state(&self, now: Now) -> ConsentState {
        let phone = self.lock();
        let consented = phone.consented(now);
        ConsentState {
            missing: consented.err(),
            scope: consented.ok().map(|consented| consented.scope()),
            guardian: phone.given(Party::Guardian),
            child: phone.given(Party::Child),
            assent_due: consented.is_ok_and(|consented| consented.assent_is_due()),
        }
    }

    /// The age band by the birthday.
    pub fn age_band(&self, now: Now) -> Option<AgeBand> {
        self.lock().age_band(now)
    }

    /// Whom the phone follows.
    pub fn follows(&self) -> Vec<Follows> {
        let phone = self.lock();
        let follows = phone.signers().iter().map(|signer| Follows {
            key: signer.key.to_hex(),
            issuer: signer.issuer,
            version: signer.highest_version(),
        });
        follows.collect()
    }

    /// The phone's public key in hex, once it has paired.
    pub fn public_key(&self) -> Option<String> {
        self.lock().public_key().map(|key| key.to_hex())
    }

    /// Writes the passing of time down.
    pub fn tick(&self, moment: Moment) -> Result<(), FamilyFault> {
        Ok(self.lock().tick(moment.now, &moment.entropy()?)?)
    }

    /// Takes a guardian's offer.
    pub fn pair(&self, offer: &str, yes: Option<Arc<FamilyYes>>, moment: Moment) -> Result<PairedPhone, FamilyFault> {
        let held = yes.as_ref().map(|yes| yes.lock());
        let passage = held.as_ref().and_then(|held| held.as_ref());
        let paired = self.lock().pair(offer, passage, moment.now, &moment.entropy()?)?;
        Ok(PairedPhone { answer: paired.answer, digits: paired.digits, yes: paired.passage.map(FamilyYes::new) })
    }

    /// Follows a school's key.
    pub fn follow_school(&self, key: &str, yes: Arc<FamilyYes>, moment: Moment) -> Result<(), FamilyFault> {
        let key = PublicKey::from_hex(key)?;
        yes.with(|passage| Ok(self.lock().follow_school(key, passage, moment.now, &moment.entropy()?)?))
    }

    /// Follows somebody no longer.
    pub fn unfollow(&self, key: &str, yes: Arc<FamilyYes>, moment: Moment) -> Result<(), FamilyFault> {
        let key = PublicKey::from_hex(key)?;
        yes.with(|passage| Ok(self.lock().unfollow(&key, passage, moment.now, &moment.entropy()?)?))
    }

    /// Takes a policy: a packet, or an envelope as JSON. Gives its version.
    pub fn receive_policy(&self, policy: &str, moment: Moment) -> Result<u64, FamilyFault> {
        Ok(self.lock().receive_policy(policy, moment.now, &moment.entropy()?)?.version)
    }

    /// Sets the guardian's PIN.
    pub fn set_pin(&self, pin: &str, yes: Arc<FamilyYes>, moment: Moment) -> Result<(), FamilyFault> {
        yes.with(|passage| Ok(self.lock().set_pin(pin, passage, moment.now, &moment.entropy()?)?))
    }

    /// Looks at a PIN.
    pub fn enter_pin(&self, pin: &str, purpose: Purpose, moment: Moment) -> Result<PinAnswer, FamilyFault> {
        Ok(match self.lock().enter_pin(pin, purpose, moment.now, &moment.entropy()?)? {
            GateAnswer::Open(passage) => PinAnswer::Open { yes: FamilyYes::new(passage) },
            GateAnswer::Wrong { wait } => PinAnswer::Wrong { wait },
            GateAnswer::Wait { wait } => PinAnswer::Wait { wait },
            GateAnswer::NotAvailable => PinAnswer::NotAvailable,
        })
    }

    /// Asks a guardian's companion for a yes.
    pub fn request(&self, purpose: Purpose, moment: Moment) -> Result<String, FamilyFault> {
        Ok(self.lock().request(purpose, moment.now, &moment.entropy()?)?)
    }

    /// Takes a guardian's yes to a request.
    pub fn redeem(&self, approval: &str, moment: Moment) -> Result<Arc<FamilyYes>, FamilyFault> {
        Ok(FamilyYes::new(self.lock().redeem(approval, moment.now, &moment.entropy()?)?))
    }

    /// Uses a yes up for one warning.
    pub fn reveal(&self, yes: Arc<FamilyYes>, now: Now) -> Result<(), FamilyFault> {
        let passage = yes.lock().take().ok_or(FamilyFault::of(RefusalReason::NotAllowed))?;
        Ok(self.lock().reveal(passage, now)?)
    }

    /// Enters the birthday: a day, or the year alone where month and day are 0.
    pub fn set_birth(
        &self,
        year: u16,
        month: u8,
        day: u8,
        yes: Arc<FamilyYes>,
        moment: Moment,
    ) -> Result<(), FamilyFault> {
        let birth = if (month, day) == (0, 0) { Birth::in_year(year) } else { Birth::on_day(year, month, day) };
        let birth = birth.ok_or(FamilyFault::of(RefusalReason::Malformed))?;
        yes.with(|passage| Ok(self.lock().set_birth(birth, passage, moment.now, &moment.entropy()?)?))
    }

    /// The child trusts a peer, or trusts it no longer.
    pub fn set_quiet(&self, app: &str, peer: &str, quiet: bool, moment: Moment) -> Result<(), FamilyFault> {
        let mut phone = self.lock();
        let handle = phone.peer_handle(app, peer).ok_or(FamilyFault::of(RefusalReason::NotPaired))?;
        Ok(phone.set_quiet(handle, quiet, moment.now, &moment.entropy()?)?)
    }

    /// The guardian consents.
    pub fn consent(
        &self,
        language: &str,
        version: u32,
        scope: Scope,
        yes: Arc<FamilyYes>,
        moment: Moment,
    ) -> Result<(), FamilyFault> {
        let text = ConsentText::new(language, version).ok_or(FamilyFault::of(RefusalReason::Malformed))?;
        yes.with(|passage| Ok(self.lock().consent(text, scope, passage, moment.now, &moment.entropy()?)?))
    }

    /// The child agrees.
    pub fn assent(&self, language: &str, version: u32, scope: Scope, moment: Moment) -> Result<(), FamilyFault> {
        let text = ConsentText::new(language, version).ok_or(FamilyFault::of(RefusalReason::Malformed))?;
        Ok(self.lock().assent(text, scope, moment.now, &moment.entropy()?)?)
    }

    /// The child says no.
    pub fn decline(&self, language: &str, version: u32, moment: Moment) -> Result<(), FamilyFault> {
        let text = ConsentText::new(language, version).ok_or(FamilyFault::of(RefusalReason::Malformed))?;
        Ok(self.lock().decline(text, moment.now, &moment.entropy()?)?)
    }

    /// Takes consent back. Gives the names of what could not be wiped yet.
    pub fn withdraw(
        &self,
        party: Party,
        hooks: Vec<Box<dyn WipeHook>>,
        moment: Moment,
    ) -> Result<Vec<String>, FamilyFault> {
        let (entropy, mut things) = (moment.entropy()?, hooked(hooks));
        Ok(self.lock().withdraw(party, &mut dynamic(&mut things), moment.now, &entropy)?.left)
    }

    /// Whether a withdrawal has not come to its end, which is `reseal`.
    pub fn withdrawal_is_unfinished(&self) -> bool {
        self.lock().withdrawal_is_unfinished()
    }

    /// Wipes what a withdrawal left. Gives the names of what could not be wiped yet.
    pub fn finish_withdrawal(&self, hooks: Vec<Box<dyn WipeHook>>) -> Vec<String> {
        self.lock().finish_withdrawal(&mut dynamic(&mut hooked(hooks))).left
    }

    /// Seals what is left in the folder under another key of 32 bytes.
    pub fn reseal(&self, folder: &str, key: Vec<u8>, moment: Moment) -> Result<(), FamilyFault> {
        Ok(self.lock().reseal(vault(folder, &key)?, &moment.entropy()?)?)
    }

    /// The record of consent as JSON.
    pub fn export_consent(&self) -> Result<String, FamilyFault> {
        Ok(self.lock().export_consent()?)
    }

    /// Counts a warning.
    pub fn count(&self, kind: FindingKind, moment: Moment) -> Result<(), FamilyFault> {
        Ok(self.lock().count(kind, moment.now, &moment.entropy()?)?)
    }

    /// What `share_counts` would tell.
    pub fn weeks_to_share(&self, now: Now) -> Result<Vec<CountedWeek>, FamilyFault> {
        Ok(self.lock().weeks_to_share(now)?.into_iter().map(CountedWeek::from).collect())
    }

    /// The counts of past weeks as a packet.
    pub fn share_counts(&self, now: Now) -> Result<String, FamilyFault> {
        Ok(self.lock().share_counts(now)?)
    }

    /// The counts of past weeks as JSON.
    pub fn export_counts(&self, now: Now) -> Result<String, FamilyFault> {
        Ok(self.lock().export_counts(now)?)
    }
}

fn hooked(hooks: Vec<Box<dyn WipeHook>>) -> Vec<Hooked> {
    hooks.into_iter().map(|hook| Hooked(hook.name(), hook)).collect()
}

fn dynamic(things: &mut [Hooked]) -> Vec<&mut dyn Wipe> {
    things.iter_mut().map(|thing| thing as &mut dyn Wipe).collect()
}
