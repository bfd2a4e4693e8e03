//! The child's phone: whom it follows, what was agreed to, and the policy that follows from both.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gate::Gate;
use super::packet::{self, PacketKind};
use super::pairing::{Answer, Approval, Counts, Hex, Message, OFFER_SECONDS, Offer, Request, random};
use super::{
    ConsentBook, ConsentText, Consented, FamilyError, GateAnswer, Missing, Now, Party, Passage, Purpose, Scope,
    SharedWeek, SteadyClock, WeeklyCounts, Wipe,
};
use crate::policy::{Accepted, Birth, Issuer, PeerHandle, Policy, PolicyBook, Signer, UnixSeconds};
use crate::trust::{PublicKey, SecretKey, Signed};
use crate::vault::{Vault, VaultError};
use crate::verdict::{FindingKind, Reveal};

/// Name of the vault file that holds all of this.
const FILE: &str = "family";

/// Version of the file's form.
const FORMAT: u32 = 1;

/// Codes of offers that are remembered. Older ones have run out long before 256 pairings.
const REMEMBERED_CODES: usize = 256;

/// Requests that wait for a yes at most; then the oldest is forgotten.
const OPEN_REQUESTS: usize = 8;

/// For how long a request may be answered, in milliseconds of running time: until the evening.
const REQUEST_MILLISECONDS: u64 = 12 * 3600 * 1000;

/// Peers that a child may add to its own list.
const MAX_OWN_QUIET: usize = 256;

/// What is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    clock: SteadyClock,
    consent: ConsentBook,
    /// A withdrawal began to wipe and has not finished: it ends with the key under which this lay.
    wiping: bool,
    /// All that a withdrawal takes away at once.
    family: Option<FamilyState>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyState {
    seed: Hex<32>,
    peer_key: Hex<16>,
    book: PolicyBook,
    used_codes: Vec<Hex<16>>,
    requests: Vec<OpenRequest>,
    gate: Option<Gate>,
    birth: Option<Birth>,
    own_quiet: BTreeSet<PeerHandle>,
    counts: WeeklyCounts,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenRequest {
    code: Hex<16>,
    purpose: Purpose,
    until: u64,
}

impl State {
    fn consented(&self, believed: UnixSeconds) -> Result<Consented, Missing> {
        self.consent.consented(self.family.as_ref().and_then(|family| family.birth.as_ref()), believed)
    }

    fn policy(&self, believed: UnixSeconds) -> Policy {
        let (Ok(consented), Some(family)) = (self.consented(believed), &self.family) else {
            return Policy::off();
        };
        let mut policy = consented.policy(&family.book, family.birth.as_ref(), believed);
        if family.book.rules(believed).is_some_and(|rules| rules.quiet.child_may_add) {
            policy.quiet_peers.extend(&family.own_quiet);
        }
        policy
    }

    /// When an answer was given: not before the time by which the child's age is told, or one that was asked as a child
    /// of seven would answer as one of six.
    fn time_of_answer(&self, now: Now) -> UnixSeconds {
        now.wall.max(self.clock.believed())
    }

    /// Counts that nobody may be told of any more, or that are too old for it, are not kept.
    fn keep_only_counts_to_share(&mut self) {
        let believed = self.clock.believed();
        let shared = self.policy(believed).share_counts;
        if let Some(family) = &mut self.family {
            if shared {
                family.counts.prune(believed);
            } else {
                family.counts = WeeklyCounts::default();
            }
        }
    }
}

impl FamilyState {
    fn key(&self) -> Result<SecretKey, FamilyError> {
        SecretKey::from_seed(&self.seed.0).map_err(|_| FamilyError::Malformed)
    }

    fn follows_guardian(&self, key: &PublicKey) -> bool {
        self.book.signer(key).is_some_and(|signer| signer.issuer == Issuer::Guardian)
    }

    fn has_guardian(&self) -> bool {
        self.book.signers().iter().any(|signer| signer.issuer == Issuer::Guardian)
    }
}

/// What pairing gives.
#[derive(Debug)]
pub struct Paired {
    /// The packet to show to the guardian's phone.
    pub answer: String,
    /// Twelve digits for both screens.
    pub digits: String,
    /// The guardian holds the phone: it may now set the birthday, the PIN and its consent. Only when the first guardian
    /// pairs; afterwards the PIN or the companion gives one.
    pub passage: Option<Passage>,
}

/// What a withdrawal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Names of what could not be wiped yet; nothing runs all the same, and
    /// [`ChildPhone::finish_withdrawal`] tries again.
    pub left: Vec<String>,
}

/// The family's side of a child's phone. Each change is on the disk before it counts.
///
/// `now` is what the phone knows of time, `entropy` are 32 fresh random bytes; both come from the caller.
#[derive(Debug)]
pub struct ChildPhone {
    vault: Vault,
    state: State,
}

impl ChildPhone {
    /// Opens what is in the vault; a new phone begins with nothing.
    ///
    /// # Errors
    /// The file is damaged or of a newer form. Nothing can be checked then, and nothing is shown as safe.
    pub fn open(vault: Vault, now: Now) -> Result<Self, FamilyError> {
        let mut state = match vault.read(FILE)? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| FamilyError::Malformed)?,
            None => State {
                format: FORMAT,
                clock: SteadyClock::new(now),
                consent: ConsentBook::default(),
                wiping: false,
                family: None,
            },
        };
        if state.format != FORMAT {
            return Err(FamilyError::Malformed);
        }
        state.clock.observe(now);
        Ok(Self { vault, state })
    }

    /// Begins with nothing in the place of a file that the vault's key does not open, and that nobody will ever read: the
    /// key was lost, or the file was changed. The record of consent goes with it. For a person to choose, and never by
    /// itself: what cannot be read for the moment (any other error of [`ChildPhone::open`]) may come back.
    ///
    /// # Errors
    /// The file can be opened after all, or removing it failed.
    pub fn start_anew(mut vault: Vault, now: Now) -> Result<Self, FamilyError> {
        match vault.read(FILE) {
            Err(VaultError::Damaged) => vault.remove(FILE)?,
            Ok(None) => {}
            Ok(Some(_)) => return Err(FamilyError::AlreadyThere),
            Err(error) => return Err(error.into()),
        }
        Self::open(vault, now)
    }

    /// The policy in force. Without a guardian's document, consent and assent it is off.
    pub fn policy(&self, now: Now) -> Policy {
        self.state.policy(self.clock(now).believed())
    }

    /// Who has agreed to what.
    ///
    /// # Errors
    /// Whose consent is missing.
    pub fn consented(&self, now: Now) -> Result<Consented, Missing> {
        self.state.consented(self.clock(now).believed())
    }

    /// What `party` agreed to last; nothing if it has not, has said no since, or has taken it back.
    pub fn given(&self, party: Party) -> Option<Scope> {
        self.state.consent.given(party)
    }

    /// The age band by the birthday, or nothing if no birthday was entered.
    pub fn age_band(&self, now: Now) -> Option<crate::verdict::AgeBand> {
        let date = crate::policy::Date::in_vietnam(self.clock(now).believed());
        self.state.family.as_ref()?.birth.map(|birth| birth.band(date))
    }

    /// Whom this phone follows.
    pub fn signers(&self) -> &[Signer] {
        self.state.family.as_ref().map_or(&[], |family| family.book.signers())
    }

    /// The phone's public key, once it has paired.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.state.family.as_ref()?.key().ok().map(|key| key.public())
    }

    /// The handle of a peer for the lists of trusted peers, once the phone has paired.
    pub fn peer_handle(&self, app: &str, peer: &str) -> Option<PeerHandle> {
        self.state.family.as_ref().map(|family| PeerHandle::new(&family.peer_key.0, app, peer))
    }

    /// Writes the passing of time down. Once an hour, and when the app starts, is enough.
    ///
    /// # Errors
    /// Writing failed.
    pub fn tick(&mut self, now: Now, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        self.change(now, entropy, |_| Ok(()))
    }

    // Pairing.

    /// Takes a guardian's offer.
    ///
    /// The first guardian is whoever sets the phone up. A guardian that is followed already, or has recovered with the
    /// words of one that is, needs nobody's yes; a further one needs a [`Passage`] of the others.
    ///
    /// # Errors
    /// The offer is forged, was used before, has run out, or needs a yes.
    pub fn pair(
        &mut self,
        offer: &str,
        passage: Option<&Passage>,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<Paired, FamilyError> {
        let offer = Offer::read(offer)?;
        self.change(now, entropy, |state| {
            let first = state.family.as_ref().is_none_or(|family| !family.has_guardian());
            if first {
                // Somebody who sets the phone up looks at its clock; from here on it is steady.
                state.clock.set_right(now);
            }
            // By the clock alone. The steady time may be ahead for good, where the clock was set forward once, and would
            // then shut out every guardian. Who sets the clock back gains nothing: each code serves once, a new guardian
            // needs a yes whatever the time, one that is followed already decides nothing more than before, and a
            // recovery key serves once.
            if now.wall.saturating_add(OFFER_SECONDS) < offer.issued {
                return Err(FamilyError::ClocksDiffer);
            }
            if now.wall > offer.issued.saturating_add(OFFER_SECONDS) {
                return Err(FamilyError::OfferRanOut);
            }
            let family = match &mut state.family {
                Some(family) => family,
                none => none.insert(new_family(entropy)?),
            };
            if family.used_codes.contains(&offer.code) {
                return Err(FamilyError::CodeUsed);
            }
            // A school's key is no guardian's: it gets neither an answer nor the family's peer key.
            let known = family.follows_guardian(&offer.guardian);
            // A companion that has recovered names its lost key to every phone, also to one that never knew that key:
            // to this one it is a guardian like any other.
            let lost = offer.replaces.filter(|recovery| family.book.recovers(recovery));
            if let Some(recovery) = lost.filter(|_| !known) {
                family.book.replace(&recovery, offer.guardian, offer.recovery)?;
            } else if !known {
                if !first {
                    passage.ok_or(FamilyError::NotAllowed)?.check(Purpose::Change, &state.clock)?;
                }
                family.book.follow(offer.guardian, Issuer::Guardian, Some(offer.recovery))?;
            }
            if family.used_codes.len() >= REMEMBERED_CODES {
                family.used_codes.remove(0);
            }
            family.used_codes.push(offer.code);
            let version = family.book.signer(&offer.guardian).map_or(0, Signer::highest_version);
            let key = family.key()?;
            let nonce = random(entropy, "answer");
            let answer = Answer::new(key.public(), &offer, family.peer_key.0, version, nonce);
            let (digits, answer) = (answer.digits()?, answer.pack(&[&key])?);
            let passage = first.then(|| Passage::new(Purpose::Change, &state.clock));
            Ok(Paired { answer, digits, passage })
        })
    }

    /// Follows a school's key as well, with a guardian's yes.
    ///
    /// # Errors
    /// No yes, no pairing yet, or too many schools.
    pub fn follow_school(
        &mut self,
        key: PublicKey,
        passage: &Passage,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<(), FamilyError> {
        self.change_with(passage, now, entropy, |family| Ok(family.book.follow(key, Issuer::School, None)?))
    }

    /// Follows a school or a guardian no longer, with a guardian's yes. The last guardian cannot be removed: that is a
    /// withdrawal.
    ///
    /// # Errors
    /// No yes, or it is the last guardian.
    pub fn unfollow(
        &mut self,
        key: &PublicKey,
        passage: &Passage,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<(), FamilyError> {
        self.change_with(passage, now, entropy, |family| {
            family.book.unfollow(key);
            if family.has_guardian() { Ok(()) } else { Err(FamilyError::NotAllowed) }
        })
    }

    /// Takes a policy: a packet, or an envelope as JSON.
    ///
    /// # Errors
    /// It is refused, and what was in force stays in force.
    pub fn receive_policy(&mut self, policy: &str, now: Now, entropy: &[u8; 32]) -> Result<Accepted, FamilyError> {
        let envelope = match packet::unpack(PacketKind::Policy, policy) {
            Err(packet::PacketError::NotAPacket) => {
                Signed::from_json(policy.as_bytes()).map_err(|_| packet::PacketError::NotAPacket)?
            }
            envelope => envelope?,
        };
        self.change(now, entropy, |state| {
            let family = state.family.as_mut().ok_or(FamilyError::NotPaired)?;
            let accepted = family.book.accept(&envelope, state.clock.believed(), now.wall)?;
            // A guardian knows the child whose phone believes it; a school's word on the time could make one older.
            if accepted.issuer == Issuer::Guardian {
                state.clock.reached(accepted.issued);
            }
            Ok(accepted)
        })
    }

    // The gate.

    /// Sets the guardian's PIN.
    ///
    /// # Errors
    /// No yes, or the PIN is not 6 to 12 digits that are hard to guess.
    pub fn set_pin(&mut self, pin: &str, passage: &Passage, now: Now, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        let gate = Gate::new(pin, &random(entropy, "pin salt"))?;
        self.change_with(passage, now, entropy, |family| {
            family.gate = Some(gate);
            Ok(())
        })
    }

    /// Looks at a PIN.
    ///
    /// # Errors
    /// Writing failed: then nothing was looked at.
    pub fn enter_pin(
        &mut self,
        pin: &str,
        purpose: Purpose,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<GateAnswer, FamilyError> {
        if purpose == Purpose::Reveal && !self.rules_allow(now, |reveal| reveal.pin) {
            return Ok(GateAnswer::NotAvailable);
        }
        // The attempt is on the disk before it is made.
        let begun = self.change(now, entropy, |state| {
            let Some(gate) = state.family.as_mut().and_then(|family| family.gate.as_mut()) else { return Ok(None) };
            Ok(Some(gate.begin(&state.clock)))
        })?;
        match begun {
            None => return Ok(GateAnswer::NotAvailable),
            Some(Err(left)) => return Ok(GateAnswer::Wait { wait: left.div_ceil(1000) }),
            Some(Ok(())) => {}
        }
        let gate = self.state.family.as_ref().and_then(|family| family.gate.as_ref());
        if !gate.is_some_and(|gate| gate.is_right(pin)) {
            let left = gate.map_or(0, |gate| gate.milliseconds_left(&self.state.clock));
            return Ok(GateAnswer::Wrong { wait: left.div_ceil(1000) });
        }
        self.change(now, entropy, |state| {
            state.family.iter_mut().filter_map(|family| family.gate.as_mut()).for_each(Gate::passed);
            Ok(GateAnswer::Open(Passage::new(purpose, &state.clock)))
        })
    }

    /// Asks a guardian's companion for a yes: a packet for any channel. It says neither at what the child wants to look
    /// nor from whom it came.
    ///
    /// # Errors
    /// The phone has not paired, the policy does not allow it, or writing failed.
    pub fn request(&mut self, purpose: Purpose, now: Now, entropy: &[u8; 32]) -> Result<String, FamilyError> {
        if purpose == Purpose::Reveal && !self.rules_allow(now, |reveal| reveal.companion) {
            return Err(FamilyError::NotAllowed);
        }
        let code = random(entropy, "request");
        self.change(now, entropy, |state| {
            let family = state.family.as_mut().ok_or(FamilyError::NotPaired)?;
            let lived = state.clock.lived();
            family.requests.retain(|request| request.until > lived);
            if family.requests.len() >= OPEN_REQUESTS {
                family.requests.remove(0);
            }
            let until = lived.saturating_add(REQUEST_MILLISECONDS);
            family.requests.push(OpenRequest { code: Hex(code), purpose, until });
            let key = family.key()?;
            Request::new(key.public(), code, purpose).pack(&[&key])
        })
    }

    /// Takes a guardian's yes to a request. Each counts once.
    ///
    /// # Errors
    /// It is forged, for another phone, or the request was answered already, has run out, or was never made.
    pub fn redeem(&mut self, approval: &str, now: Now, entropy: &[u8; 32]) -> Result<Passage, FamilyError> {
        let approval = Approval::read(approval)?;
        self.change(now, entropy, |state| {
            let family = state.family.as_mut().ok_or(FamilyError::NotPaired)?;
            if !family.follows_guardian(&approval.guardian) {
                return Err(FamilyError::NotSigned);
            }
            if approval.phone != family.key()?.public() {
                return Err(FamilyError::WrongPhone);
            }
            let lived = state.clock.lived();
            let place = family.requests.iter().position(|request| {
                request.code == approval.code && request.purpose == approval.purpose && request.until > lived
            });
            family.requests.remove(place.ok_or(FamilyError::CodeUsed)?);
            Ok(Passage::new(approval.purpose, &state.clock))
        })
    }

    /// Uses a yes up for one warning.
    ///
    /// # Errors
    /// The yes was for something else, or is older than five minutes.
    pub fn reveal(&self, passage: Passage, now: Now) -> Result<(), FamilyError> {
        passage.check(Purpose::Reveal, &self.clock(now))
    }

    // The family's own settings.

    /// Enters the birthday. It stays in this phone's vault.
    ///
    /// # Errors
    /// No yes, or writing failed.
    pub fn set_birth(
        &mut self,
        birth: Birth,
        passage: &Passage,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<(), FamilyError> {
        self.change_with(passage, now, entropy, |family| {
            family.birth = Some(birth);
            Ok(())
        })
    }

    /// The child trusts a peer, or trusts it no longer. That is the child's own business: it needs nobody's yes, and it
    /// counts as far as the policy lets the child have a list.
    ///
    /// # Errors
    /// The phone has not paired, the list is full, or writing failed.
    pub fn set_quiet(
        &mut self,
        peer: PeerHandle,
        quiet: bool,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<(), FamilyError> {
        self.change(now, entropy, |state| {
            let family = state.family.as_mut().ok_or(FamilyError::NotPaired)?;
            if !quiet {
                family.own_quiet.remove(&peer);
            } else if family.own_quiet.len() < MAX_OWN_QUIET || family.own_quiet.contains(&peer) {
                family.own_quiet.insert(peer);
            } else {
                return Err(FamilyError::TooMany);
            }
            Ok(())
        })
    }

    // Consent.

    /// The guardian consents, with its yes. Consenting again replaces what it consented to before; without counts, those
    /// that were kept are wiped.
    ///
    /// # Errors
    /// No yes, or writing failed.
    pub fn consent(
        &mut self,
        text: ConsentText,
        scope: Scope,
        passage: &Passage,
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<(), FamilyError> {
        self.change(now, entropy, |state| {
            passage.check(Purpose::Change, &state.clock)?;
            state.consent.give(Party::Guardian, state.time_of_answer(now), text, scope);
            Ok(())
        })
    }

    /// The child agrees, on its own screen. It may agree to less than its guardian. Agreeing again replaces what it agreed
    /// to before; without counts, those that were kept are wiped.
    ///
    /// # Errors
    /// Writing failed.
    pub fn assent(&mut self, text: ConsentText, scope: Scope, now: Now, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        self.change(now, entropy, |state| {
            state.consent.give(Party::Child, state.time_of_answer(now), text, scope);
            Ok(())
        })
    }

    /// The child was asked, on its own screen, and said no. Nothing runs that needs its yes, not even in the month after its
    /// seventh birthday, and counts that were kept are wiped. Nothing else is: it may be asked again.
    ///
    /// # Errors
    /// Writing failed.
    pub fn decline(&mut self, text: ConsentText, now: Now, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        self.change(now, entropy, |state| {
            state.consent.decline(state.time_of_answer(now), text);
            Ok(())
        })
    }

    /// Takes consent back, in one step and with nobody's yes: from this moment nothing runs; keys, policies, PIN,
    /// birthday and counts are wiped, and with them `things` that the app adds, such as its memory of conversations.
    /// What stays is the record of consent.
    ///
    /// # Errors
    /// Not even the withdrawal itself could be written; then nothing was changed.
    pub fn withdraw(
        &mut self,
        party: Party,
        things: &mut [&mut dyn Wipe],
        now: Now,
        entropy: &[u8; 32],
    ) -> Result<Withdrawn, FamilyError> {
        self.change(now, entropy, |state| {
            state.consent.withdraw(party, now.wall);
            state.family = None;
            state.wiping = true;
            Ok(())
        })?;
        Ok(self.finish_withdrawal(things))
    }

    /// Whether a withdrawal has not come to its end, which is [`ChildPhone::reseal`]; then
    /// [`ChildPhone::finish_withdrawal`] is the first thing to call.
    pub fn withdrawal_is_unfinished(&self) -> bool {
        self.state.wiping
    }

    /// Wipes what a withdrawal left. Where nothing is left any more, [`ChildPhone::reseal`] is the last step.
    pub fn finish_withdrawal(&self, things: &mut [&mut dyn Wipe]) -> Withdrawn {
        let mut left = Vec::new();
        for thing in things {
            if thing.wipe().is_err() {
                left.push(thing.name().to_owned());
            }
        }
        Withdrawn { left }
    }

    /// Seals what is left under another key, so that after a withdrawal the old one can be destroyed: what was written
    /// with it before can then be read by nobody, wherever a copy of it lies. It is what ends a withdrawal, so call it once
    /// [`Withdrawn::left`] is empty: an app that ends before it finds the withdrawal unfinished.
    ///
    /// # Errors
    /// Writing failed; then the old key still holds, and a withdrawal is as unfinished as before.
    pub fn reseal(&mut self, mut vault: Vault, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        let state = State { wiping: false, ..self.state.clone() };
        let bytes = serde_json::to_vec(&state).map_err(|_| FamilyError::Malformed)?;
        vault.write(FILE, &bytes, entropy)?;
        (self.vault, self.state) = (vault, state);
        Ok(())
    }

    /// The record of consent as JSON.
    ///
    /// # Errors
    /// It cannot be written, which does not happen.
    pub fn export_consent(&self) -> Result<String, FamilyError> {
        self.state.consent.export()
    }

    // Counts.

    /// Counts a warning, if the policy and both consents ask for counts; otherwise nothing is kept.
    ///
    /// # Errors
    /// Writing failed.
    pub fn count(&mut self, kind: FindingKind, now: Now, entropy: &[u8; 32]) -> Result<(), FamilyError> {
        if !self.policy(now).share_counts {
            return Ok(());
        }
        self.change(now, entropy, |state| {
            let family = state.family.as_mut().ok_or(FamilyError::NotPaired)?;
            family.counts.add(kind, state.clock.believed());
            Ok(())
        })
    }

    /// What [`ChildPhone::share_counts`] would tell: the weeks that are over, rounded, oldest first.
    ///
    /// # Errors
    /// They are not to be shared.
    pub fn weeks_to_share(&self, now: Now) -> Result<Vec<SharedWeek>, FamilyError> {
        Ok(self.shared_family(now)?.counts.shared(self.clock(now).believed()))
    }

    /// The counts of past weeks as a packet for the companion.
    ///
    /// # Errors
    /// They are not to be shared.
    pub fn share_counts(&self, now: Now) -> Result<String, FamilyError> {
        let key = self.shared_family(now)?.key()?;
        Counts::new(key.public(), self.weeks_to_share(now)?).pack(&[&key])
    }

    /// The counts of past weeks as JSON without any identifier, for a host app or a school.
    ///
    /// # Errors
    /// They are not to be shared.
    pub fn export_counts(&self, now: Now) -> Result<String, FamilyError> {
        self.shared_family(now)?.counts.export(self.clock(now).believed())
    }

    // Helpers.

    fn clock(&self, now: Now) -> SteadyClock {
        let mut clock = self.state.clock.clone();
        clock.observe(now);
        clock
    }

    fn shared_family(&self, now: Now) -> Result<&FamilyState, FamilyError> {
        let shared = self.policy(now).share_counts;
        self.state.family.as_ref().filter(|_| shared).ok_or(FamilyError::NotAllowed)
    }

    fn rules_allow(&self, now: Now, way: impl Fn(&crate::policy::RevealRules) -> bool) -> bool {
        let reveal = self.policy(now).reveal;
        way(&reveal) && reveal.at_least != Reveal::Never
    }

    fn change_with<T>(
        &mut self,
        passage: &Passage,
        now: Now,
        entropy: &[u8; 32],
        change: impl FnOnce(&mut FamilyState) -> Result<T, FamilyError>,
    ) -> Result<T, FamilyError> {
        self.change(now, entropy, |state| {
            passage.check(Purpose::Change, &state.clock)?;
            change(state.family.as_mut().ok_or(FamilyError::NotPaired)?)
        })
    }

    /// Makes a change: on a copy, then on the disk, then here. A refusal or a failed writing changes nothing.
    fn change<T>(
        &mut self,
        now: Now,
        entropy: &[u8; 32],
        change: impl FnOnce(&mut State) -> Result<T, FamilyError>,
    ) -> Result<T, FamilyError> {
        let mut state = self.state.clone();
        state.clock.observe(now);
        let answer = change(&mut state)?;
        state.keep_only_counts_to_share();
        let bytes = serde_json::to_vec(&state).map_err(|_| FamilyError::Malformed)?;
        self.vault.write(FILE, &bytes, entropy)?;
        self.state = state;
        Ok(answer)
    }
}

fn new_family(entropy: &[u8; 32]) -> Result<FamilyState, FamilyError> {
    let seed = random(entropy, "phone key");
    let key = SecretKey::from_seed(&seed).map_err(|_| FamilyError::Malformed)?;
    Ok(FamilyState {
        seed: Hex(seed),
        peer_key: Hex(random(entropy, "peer key")),
        book: PolicyBook::new(key.public()),
        used_codes: Vec::new(),
        requests: Vec::new(),
        gate: None,
        birth: None,
        own_quiet: BTreeSet::new(),
        counts: WeeklyCounts::default(),
    })
}
