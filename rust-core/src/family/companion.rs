//! The guardian's phone: its key, the children it has paired with, and the policies it signs. It holds settings and
//! counts; there is no door through which content or a peer's name could come in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::packet::{self, PacketKind};
use super::pairing::{Answer, Approval, Counts, Hex, Message, OFFER_SECONDS, Offer, Request, random};
use super::{FamilyError, Purpose, Range, SecretWords, SharedWeek};
use crate::policy::{PeerHandle, PolicyDocument, Rules, UnixSeconds};
use crate::trust::{DocumentKind, PublicKey, SecretKey};
use crate::vault::{Vault, VaultError};
use crate::verdict::FindingKind;

const FILE: &str = "companion";
const FORMAT: u32 = 1;

/// Children of one companion at most: a family, or a small class.
pub const MAX_CHILDREN: usize = 32;

/// Offers that wait for an answer at most.
const OPEN_OFFERS: usize = 8;

/// Weeks of counts that are kept for each child: a year.
const KEPT_WEEKS: usize = 52;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    seed: Hex<32>,
    recovery: PublicKey,
    /// The recovery key of a lost phone, until all children follow this one.
    replaces: Option<Hex<32>>,
    offers: Vec<OpenOffer>,
    children: Vec<ChildState>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenOffer {
    code: Hex<16>,
    issued: UnixSeconds,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChildState {
    phone: PublicKey,
    peer_key: Hex<16>,
    version: u64,
    rules: Option<Rules>,
    weeks: BTreeMap<u64, BTreeMap<FindingKind, Range>>,
}

/// A child's phone as its guardian sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// The phone's key.
    pub phone: PublicKey,
    /// The version of the newest policy that was signed for it; 0 before the first.
    pub version: u64,
    /// What that policy decides, if it was signed here.
    pub rules: Option<Rules>,
    /// Weekly counts that the child shared, by the number of the week.
    pub weeks: BTreeMap<u64, BTreeMap<FindingKind, Range>>,
}

/// A request that a guardian looks at before it says yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which phone asks.
    pub phone: PublicKey,
    /// What for. At what, it does not say.
    pub purpose: Purpose,
}

/// The guardian's side of a family.
#[derive(Debug)]
pub struct Companion {
    vault: Vault,
    state: State,
}

impl Companion {
    /// Makes a guardian's key. The words are shown once, printed, and kept where the phone is not. A file that the vault's
    /// key does not open is replaced: call it where a person asks for it, not because opening failed.
    ///
    /// # Errors
    /// There is a key in this vault already, or writing failed.
    pub fn create(vault: Vault, entropy: &[u8; 32]) -> Result<(Self, SecretWords), FamilyError> {
        Self::begin(vault, None, entropy)
    }

    /// Makes a new key for a guardian who lost its phone. Each child's phone takes it in the next pairing, and the lost
    /// phone's key counts no longer. The old words are used up; new ones come back. A phone that has lost the key of its
    /// vault recovers in the same way: a file that the key does not open is replaced.
    ///
    /// # Errors
    /// There is a key in this vault already, or writing failed.
    pub fn recover(vault: Vault, words: &SecretWords, entropy: &[u8; 32]) -> Result<(Self, SecretWords), FamilyError> {
        Self::begin(vault, Some(Hex(words.seed(RECOVERY))), entropy)
    }

    fn begin(vault: Vault, replaces: Option<Hex<32>>, entropy: &[u8; 32]) -> Result<(Self, SecretWords), FamilyError> {
        match vault.read(FILE) {
            // Sealed with a key that is lost: nobody reads it any more, and whoever it was goes on with a new key.
            Ok(None) | Err(VaultError::Damaged) => {}
            Ok(Some(_)) => return Err(FamilyError::AlreadyThere),
            Err(error) => return Err(error.into()),
        }
        let words = SecretWords::new(random(entropy, "recovery words"));
        let recovery = secret(&words.seed(RECOVERY))?.public();
        let seed = Hex(random(entropy, "guardian key"));
        let state = State { format: FORMAT, seed, recovery, replaces, offers: Vec::new(), children: Vec::new() };
        let mut companion = Self { vault, state };
        companion.change(entropy, |_| Ok(()))?;
        Ok((companion, words))
    }

    /// Opens what is in the vault; nothing if there is no key yet.
    ///
    /// # Errors
    /// The file is damaged or of a newer form.
    pub fn open(vault: Vault) -> Result<Option<Self>, FamilyError> {
        let Some(bytes) = vault.read(FILE)? else { return Ok(None) };
        let state: State = serde_json::from_slice(&bytes).map_err(|_| FamilyError::Malformed)?;
        if state.format == FORMAT { Ok(Some(Self { vault, state })) } else { Err(FamilyError::Malformed) }
    }

    /// The guardian's public key.
    ///
    /// # Errors
    /// The key cannot be made, which does not happen.
    pub fn public_key(&self) -> Result<PublicKey, FamilyError> {
        Ok(secret(&self.state.seed.0)?.public())
    }

    /// The children's phones.
    pub fn children(&self) -> Vec<Child> {
        let child = |c: &ChildState| Child {
            phone: c.phone,
            version: c.version,
            rules: c.rules.clone(),
            weeks: c.weeks.clone(),
        };
        self.state.children.iter().map(child).collect()
    }

    /// Offers to pair, for 15 minutes: a packet for a QR code. `time` is this phone's clock.
    ///
    /// # Errors
    /// Writing failed.
    pub fn offer(&mut self, time: UnixSeconds, entropy: &[u8; 32]) -> Result<String, FamilyError> {
        let code = random(entropy, "offer");
        self.change(entropy, |state| {
            state.offers.retain(|offer| time <= offer.issued.saturating_add(OFFER_SECONDS));
            if state.offers.len() >= OPEN_OFFERS {
                state.offers.remove(0);
            }
            state.offers.push(OpenOffer { code: Hex(code), issued: time });
            let key = secret(&state.seed.0)?;
            let lost = state.replaces.map(|seed| secret(&seed.0)).transpose()?;
            let replaces = lost.as_ref().map(SecretKey::public);
            let keys: Vec<&SecretKey> = std::iter::once(&key).chain(&lost).collect();
            Offer::new(key.public(), state.recovery, replaces, code, time).pack(&keys)
        })
    }

    /// Takes a child's phone's answer, and gives the phone's key and the twelve digits to compare.
    ///
    /// # Errors
    /// It is forged, answers no open offer, or there are too many children.
    pub fn accept(
        &mut self,
        answer: &str,
        time: UnixSeconds,
        entropy: &[u8; 32],
    ) -> Result<(PublicKey, String), FamilyError> {
        let answer = Answer::read(answer)?;
        if answer.guardian != self.public_key()? {
            return Err(FamilyError::WrongPhone);
        }
        self.change(entropy, |state| {
            let place = state.offers.iter().position(|offer| offer.code == answer.code);
            let offer = state.offers.remove(place.ok_or(FamilyError::CodeUsed)?);
            if time > offer.issued.saturating_add(OFFER_SECONDS) {
                return Err(FamilyError::OfferRanOut);
            }
            let full = state.children.len() >= MAX_CHILDREN;
            match state.children.iter_mut().find(|child| child.phone == answer.phone) {
                Some(child) => child.version = child.version.max(answer.policy_version),
                None if full => return Err(FamilyError::TooMany),
                None => state.children.push(ChildState {
                    phone: answer.phone,
                    peer_key: answer.peer_key,
                    version: answer.policy_version,
                    rules: None,
                    weeks: BTreeMap::new(),
                }),
            }
            Ok((answer.phone, answer.digits()?))
        })
    }

    /// Whether the words of a lost phone are still known here, because some child's phone may not follow the new key yet:
    /// only a person knows whether all of them do. See [`Companion::finish_recovery`].
    pub fn is_recovering(&self) -> bool {
        self.state.replaces.is_some()
    }

    /// All children's phones follow the new key: the words of the lost phone are forgotten here as well. Until then
    /// offers name the lost key, which a phone that never knew it passes over.
    ///
    /// # Errors
    /// Writing failed.
    pub fn finish_recovery(&mut self, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        self.change(entropy, |state| {
            state.replaces = None;
            Ok(())
        })
    }

    /// Signs the next policy for a child's phone: a packet for any channel.
    ///
    /// # Errors
    /// The phone is unknown, the policy does not fit into a packet, or writing failed.
    pub fn sign_policy(
        &mut self,
        phone: &PublicKey,
        rules: Rules,
        time: UnixSeconds,
        entropy: &[u8; 32],
    ) -> Result<String, FamilyError> {
        self.change(entropy, |state| {
            let key = secret(&state.seed.0)?;
            let child = child(state, phone)?;
            child.version += 1;
            child.rules = Some(rules.clone());
            let mut envelope = PolicyDocument::of_guardian(*phone, child.version, time, rules).envelope()?;
            envelope.sign(DocumentKind::Policy, &key);
            Ok(packet::pack(PacketKind::Policy, &envelope)?)
        })
    }

    /// The handle of a peer whom the guardian trusts, for the policy's list.
    ///
    /// # Errors
    /// The phone is unknown.
    pub fn peer_handle(&self, phone: &PublicKey, app: &str, peer: &str) -> Result<PeerHandle, FamilyError> {
        let child = self.state.children.iter().find(|child| child.phone == *phone);
        child.map(|child| PeerHandle::new(&child.peer_key.0, app, peer)).ok_or(FamilyError::WrongPhone)
    }

    /// What a child's phone asks for.
    ///
    /// # Errors
    /// The request is forged, or of an unknown phone.
    pub fn look_at(&self, request: &str) -> Result<Asked, FamilyError> {
        let request = Request::read(request)?;
        self.know(&request.phone)?;
        Ok(Asked { phone: request.phone, purpose: request.purpose })
    }

    /// Says yes to a request: a packet for any channel, which counts once.
    ///
    /// # Errors
    /// The request is forged, or of an unknown phone.
    pub fn approve(&self, request: &str) -> Result<String, FamilyError> {
        let request = Request::read(request)?;
        self.know(&request.phone)?;
        let key = secret(&self.state.seed.0)?;
        Approval::new(key.public(), &request).pack(&[&key])
    }

    /// Takes the counts that a child shares.
    ///
    /// # Errors
    /// They are forged, hold anything but ranges, or are of an unknown phone.
    pub fn receive_counts(&mut self, counts: &str, entropy: &[u8; 32]) -> Result<Vec<SharedWeek>, FamilyError> {
        let counts = Counts::read(counts)?;
        self.change(entropy, |state| {
            let child = child(state, &counts.phone)?;
            child.weeks.extend(counts.weeks.iter().map(|week| (week.week, week.counts.clone())));
            while child.weeks.len() > KEPT_WEEKS {
                child.weeks.pop_first();
            }
            Ok(counts.weeks)
        })
    }

    /// Forgets a child's phone.
    ///
    /// # Errors
    /// Writing failed.
    pub fn forget(&mut self, phone: &PublicKey, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        self.change(entropy, |state| {
            state.children.retain(|child| child.phone != *phone);
            Ok(())
        })
    }

    /// Wipes all that this phone knows: the guardian's key, the children, their counts.
    ///
    /// # Errors
    /// Removing failed.
    pub fn wipe(mut self) -> Result<(), FamilyError> {
        Ok(self.vault.remove(FILE)?)
    }

    fn know(&self, phone: &PublicKey) -> Result<(), FamilyError> {
        let known = self.state.children.iter().any(|child| child.phone == *phone);
        if known { Ok(()) } else { Err(FamilyError::WrongPhone) }
    }

    fn change<T>(
        &mut self,
        entropy: &[u8; 32],
        change: impl FnOnce(&mut State) -> Result<T, FamilyError>,
    ) -> Result<T, FamilyError> {
        let mut state = self.state.clone();
        let answer = change(&mut state)?;
        let bytes = serde_json::to_vec(&state).map_err(|_| FamilyError::Malformed)?;
        self.vault.write(FILE, &bytes, entropy)?;
        self.state = state;
        Ok(answer)
    }
}

/// What the recovery words' seed is for.
const RECOVERY: &str = "guardian recovery";

fn secret(seed: &[u8; 32]) -> Result<SecretKey, FamilyError> {
    SecretKey::from_seed(seed).map_err(|_| FamilyError::Malformed)
}

fn child<'a>(state: &'a mut State, phone: &PublicKey) -> Result<&'a mut ChildState, FamilyError> {
    state.children.iter_mut().find(|child| child.phone == *phone).ok_or(FamilyError::WrongPhone)
}
