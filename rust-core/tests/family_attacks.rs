//! The table of attacks in `docs/families-attacks.md`, a test for each line. Each ends with what was in force before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod family;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use family::{Guardian, PIN, Phone, everything, family, key, random, text, vault};
use lachan::family::packet::{self, PacketError, PacketKind};
use lachan::family::{ChildPhone, FamilyError, GateAnswer, MAX_JUMP, Now, Party, Purpose, WordsError};
use lachan::policy::{DAY, Issuer, PolicyDocument, PolicyError, Rules};
use lachan::trust::{DocumentKind, PublicKey, SecretKey, Signed};
use lachan::vault::{DeviceKey, FileOperations, RealFiles, Vault};
use lachan::verdict::{AgeBand, FindingKind, Protection};

/// Every line of the table names a test that is here.
#[test]
fn the_table_and_the_tests_are_the_same() {
    let table = include_str!("../../docs/families-attacks.md");
    let source = include_str!("family_attacks.rs");
    let named: Vec<&str> =
        table.lines().filter_map(|line| line.strip_suffix("` |")?.rsplit_once('`')).map(|(_, name)| name).collect();
    assert!(named.len() >= 20, "{named:?}");
    for name in &named {
        assert!(source.contains(&format!("fn {name}()")), "{name} is in the table only");
    }
    let here = source.split("#[test]\nfn ").skip(1).map(|rest| rest.split('(').next().unwrap());
    for name in here.filter(|name| *name != "the_table_and_the_tests_are_the_same") {
        assert!(named.contains(&name), "{name} is missing in the table");
    }
}

fn signed(document: &PolicyDocument, by: &SecretKey) -> String {
    let mut envelope = document.envelope().unwrap();
    envelope.sign(DocumentKind::Policy, by);
    packet::pack(PacketKind::Policy, &envelope).unwrap()
}

fn refused_policy(phone: &mut Phone, policy: &str) -> FamilyError {
    let before = phone.child.policy(phone.now);
    let error = phone.child.receive_policy(policy, phone.now, &random()).unwrap_err();
    assert_eq!(phone.child.policy(phone.now), before, "protection stays as it was");
    error
}

// Policies.

#[test]
fn an_old_policy_is_not_taken_again() {
    let (mut mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let time = phone.now.wall;
    let weak = mother.companion.sign_policy(&child, Rules::new(Protection::Simple), time, &random()).unwrap();
    phone.child.receive_policy(&weak, phone.now, &random()).unwrap();
    phone.obey(&mut mother, Rules::new(Protection::Guided));
    let expected = FamilyError::Policy(PolicyError::VersionNotHigher);
    assert_eq!(refused_policy(&mut phone, &weak), expected);
    phone.restart();
    assert_eq!(refused_policy(&mut phone, &weak), expected, "remembered over a restart");
}

#[test]
fn a_forged_policy_counts_for_nothing() {
    let (_mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let document = PolicyDocument::of_guardian(child, 99, phone.now.wall, Rules::new(Protection::Off));
    let forged = signed(&document, &key(66));
    assert_eq!(refused_policy(&mut phone, &forged), FamilyError::Policy(PolicyError::NotTrusted));
}

#[test]
fn no_changed_byte_of_a_policy_passes() {
    let (mut mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let time = phone.now.wall;
    let policy = mother.companion.sign_policy(&child, Rules::new(Protection::Off), time, &random()).unwrap();
    let envelope = packet::unpack(PacketKind::Policy, &policy).unwrap();
    let json = envelope.to_json().unwrap();
    let before = phone.child.policy(phone.now);
    for place in (0..json.len()).step_by(3) {
        let mut changed = json.clone();
        changed[place] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        assert!(phone.child.receive_policy(&changed, phone.now, &random()).is_err(), "byte {place}");
    }
    assert_eq!(phone.child.policy(phone.now), before);
}

#[test]
fn a_siblings_policy_is_for_the_sibling() {
    let (mut mother, mut phone) = family();
    let mut older = Phone::new();
    let (sibling, _) = older.pair(&mut mother, None);
    let time = phone.now.wall;
    let policy = mother.companion.sign_policy(&sibling, Rules::new(Protection::Off), time, &random()).unwrap();
    assert_eq!(refused_policy(&mut phone, &policy), FamilyError::Policy(PolicyError::WrongPhone));
}

#[test]
fn a_school_cannot_speak_for_a_guardian() {
    let (_mother, mut phone) = family();
    let yes = phone.change_passage();
    phone.child.follow_school(key(50).public(), &yes, phone.now, &random()).unwrap();
    let child = phone.child.public_key().unwrap();
    let document = PolicyDocument::of_guardian(child, 99, phone.now.wall, Rules::new(Protection::Off));
    let refused = refused_policy(&mut phone, &signed(&document, &key(50)));
    assert_eq!(refused, FamilyError::Policy(PolicyError::WrongIssuer));
    // And its own weakest policy weakens nothing.
    let weakest = PolicyDocument::of_school(1, phone.now.wall, None, Rules::weakest());
    phone.child.receive_policy(&signed(&weakest, &key(50)), phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Guided);
}

// Time.

#[test]
fn a_clock_set_back_revives_nothing() {
    let (mut mother, mut phone) = family();
    let yes = phone.change_passage();
    phone.child.follow_school(key(50).public(), &yes, phone.now, &random()).unwrap();
    let term = PolicyDocument::of_school(1, phone.now.wall, Some(phone.now.wall + DAY), Rules::new(Protection::Simple));
    let term = signed(&term, &key(50));
    phone.pass(2 * DAY);
    phone.now.wall -= 1000 * DAY;
    assert_eq!(refused_policy(&mut phone, &term), FamilyError::Policy(PolicyError::Expired));
    assert_eq!(phone.protection(), Protection::Guided);
    // Nor does it keep a policy of the guardian away.
    let right = phone.now.wall + 1000 * DAY;
    let child = phone.child.public_key().unwrap();
    let policy = mother.companion.sign_policy(&child, Rules::new(Protection::Simple), right, &random()).unwrap();
    phone.child.receive_policy(&policy, phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Simple);
}

#[test]
fn a_clock_set_forward_makes_nobody_older() {
    let (_mother, mut phone) = family();
    // On 2026-01-02 the child is 12 and turns 13 on 2026-03-01. Ten years on:
    let right = phone.now.wall;
    phone.now.wall += 3650 * DAY;
    let forward = phone.child.policy(phone.now).age;
    assert!(forward <= AgeBand::From13To15, "at most {} days are gained", MAX_JUMP / DAY);
    for _ in 0..20 {
        phone.child.tick(phone.now, &random()).unwrap();
        phone.restart();
    }
    assert!(phone.child.policy(phone.now).age <= AgeBand::From13To15);
    phone.now.wall = right;
    assert_eq!(phone.protection(), Protection::Guided);
}

#[test]
fn a_school_makes_nobody_older() {
    let (_mother, mut phone) = family();
    let yes = phone.change_passage();
    phone.child.follow_school(key(50).public(), &yes, phone.now, &random()).unwrap();
    // The child sets the clock forward, so that a document of that year is not from the future.
    let right = phone.now.wall;
    phone.now.wall += 10 * 365 * DAY;
    let term = PolicyDocument::of_school(1, phone.now.wall, None, Rules::new(Protection::Simple));
    phone.child.receive_policy(&signed(&term, &key(50)), phone.now, &random()).unwrap();
    phone.now.wall = right;
    assert!(phone.child.policy(phone.now).age <= AgeBand::From13To15, "at most {} days are gained", MAX_JUMP / DAY);
    assert_eq!(phone.protection(), Protection::Guided);
}

#[test]
fn a_policy_from_the_future_is_refused() {
    let (mut mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let time = phone.now.wall + 3 * DAY;
    let policy = mother.companion.sign_policy(&child, Rules::new(Protection::Off), time, &random()).unwrap();
    assert_eq!(refused_policy(&mut phone, &policy), FamilyError::Policy(PolicyError::FromTheFuture));
}

// The gate.

fn wait(answer: GateAnswer) -> u64 {
    match answer {
        GateAnswer::Wait { wait } => wait,
        other => panic!("{other:?}"),
    }
}

#[test]
fn guessing_the_pin_waits_over_restarts_and_clock_changes() {
    let (_mother, mut phone) = family();
    for attempt in 1..=5 {
        match phone.enter(&format!("90551{attempt}"), Purpose::Change) {
            GateAnswer::Wrong { wait } => assert_eq!(wait, if attempt < 5 { 0 } else { 60 }),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wait(phone.enter("905516", Purpose::Change)), 60);
    phone.now.wall += 3650 * DAY;
    assert_eq!(wait(phone.enter("905516", Purpose::Change)), 60, "the clock set forward");
    phone.now.wall = 0;
    assert_eq!(wait(phone.enter("905516", Purpose::Change)), 60, "and back");
    phone.restart();
    assert_eq!(wait(phone.enter("905516", Purpose::Change)), 55, "a restart counts for the seconds it took");
    phone.pass(54);
    assert_eq!(wait(phone.enter("905516", Purpose::Change)), 1);
    phone.pass(1);
    assert!(matches!(phone.enter("905516", Purpose::Change), GateAnswer::Wrong { wait: 300 }));
    phone.pass(300);
    assert!(matches!(phone.enter(PIN, Purpose::Change), GateAnswer::Open(_)));
    assert!(matches!(phone.enter("905516", Purpose::Change), GateAnswer::Wrong { wait: 0 }), "counted anew");
}

#[test]
fn during_a_wait_the_right_pin_is_as_wrong_as_any() {
    let (_mother, mut phone) = family();
    for _ in 0..5 {
        phone.enter("905511", Purpose::Change);
    }
    let file = phone.folder.path().join("family");
    let right = format!("{:?}", phone.enter(PIN, Purpose::Change));
    let size = std::fs::metadata(&file).unwrap().len();
    let wrong = format!("{:?}", phone.enter("905511", Purpose::Change));
    assert_eq!(right, wrong);
    assert_eq!(size, std::fs::metadata(&file).unwrap().len());
    phone.pass(60);
    assert!(matches!(phone.enter(PIN, Purpose::Change), GateAnswer::Open(_)), "asking during a wait costs nothing");
}

/// Files that fail from the n-th rename on: the phone is switched off as the answer is about to be written.
struct Cut {
    renames: Arc<AtomicUsize>,
}

impl FileOperations for Cut {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.create_folder(path)
    }
    fn create(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.create(path)
    }
    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealFiles.append(path, bytes)
    }
    fn sync(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.sync(path)
    }
    fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.sync_folder(path)
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let left = self.renames.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if left.is_ok() { RealFiles.rename(from, to) } else { Err(io::Error::other("switched off")) }
    }
    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove_file(path)
    }
    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove_folder(path)
    }
}

#[test]
fn switching_off_before_the_answer_gives_no_free_guess() {
    let (_mother, mut phone) = family();
    for attempt in 0..5 {
        // One rename: the attempt is counted, and nothing after it reaches the disk.
        let cut = Cut { renames: Arc::new(AtomicUsize::new(1)) };
        let files = Vault::new(phone.folder.path(), DeviceKey::from_bytes(&[2; 32]), cut);
        let mut child = ChildPhone::open(files, phone.now).unwrap();
        // Even the right PIN opens nothing that was not written down.
        assert!(child.enter_pin(PIN, Purpose::Change, phone.now, &random()).is_err(), "attempt {attempt}");
    }
    phone.reopen().unwrap();
    assert_eq!(wait(phone.enter(PIN, Purpose::Change)), 60);
    // And where not even the attempt can be written, nothing is looked at.
    let cut = Cut { renames: Arc::new(AtomicUsize::new(0)) };
    phone.pass(60);
    let files = Vault::new(phone.folder.path(), DeviceKey::from_bytes(&[2; 32]), cut);
    let mut child = ChildPhone::open(files, phone.now).unwrap();
    assert!(child.enter_pin(PIN, Purpose::Change, phone.now, &random()).is_err());
}

#[test]
fn a_yes_is_for_one_thing_and_runs_out() {
    let (_mother, mut phone) = family();
    let GateAnswer::Open(to_look) = phone.enter(PIN, Purpose::Reveal) else { panic!("not open") };
    let refused = phone.child.set_pin("905517", &to_look, phone.now, &random());
    assert_eq!(refused, Err(FamilyError::NotAllowed));
    let yes = phone.change_passage();
    phone.pass(299);
    assert!(phone.child.set_pin("905517", &yes, phone.now, &random()).is_ok());
    phone.pass(1);
    assert_eq!(phone.child.set_pin("905518", &yes, phone.now, &random()), Err(FamilyError::NotAllowed));
    assert_eq!(phone.child.reveal(to_look, phone.now), Err(FamilyError::NotAllowed));
}

#[test]
fn a_way_that_the_policy_closes_is_closed() {
    let (mut mother, mut phone) = family();
    let mut rules = Rules::new(Protection::Guided);
    rules.reveal.pin = false;
    phone.obey(&mut mother, rules.clone());
    assert!(matches!(phone.enter(PIN, Purpose::Reveal), GateAnswer::NotAvailable));
    assert!(phone.child.request(Purpose::Reveal, phone.now, &random()).is_ok());
    rules.reveal.companion = false;
    phone.obey(&mut mother, rules);
    let refused = phone.child.request(Purpose::Reveal, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed));
    assert!(matches!(phone.enter(PIN, Purpose::Change), GateAnswer::Open(_)), "settings stay reachable");
}

// Pairing.

#[test]
fn an_offer_counts_once_and_for_a_quarter_of_an_hour() {
    let (mut mother, mut phone) = (Guardian::new(), Phone::new());
    let offer = mother.companion.offer(phone.now.wall, &random()).unwrap();
    let mut other = Phone::new();
    other.pass(15 * 60);
    assert!(other.child.pair(&offer, None, other.now, &random()).is_ok());
    let mut late = Phone::new();
    late.pass(15 * 60 + 1);
    let refused = late.child.pair(&offer, None, late.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::OfferRanOut));
    assert!(late.child.public_key().is_none(), "a refusal leaves no trace");
    let mut early = Phone::new();
    early.now.wall -= 15 * 60 + 1;
    let refused = early.child.pair(&offer, None, early.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::ClocksDiffer));
    phone.child.pair(&offer, None, phone.now, &random()).unwrap();
    phone.restart();
    let refused = phone.child.pair(&offer, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::CodeUsed));
    // A photographed one after the clock was set back into its quarter of an hour: the guardian's brings nothing that
    // was not there, a stranger's needs a yes, and the guardian's own phone takes no answer that late.
    let unused = mother.companion.offer(phone.now.wall, &random()).unwrap();
    let stranger = Guardian::new().companion.offer(phone.now.wall, &random()).unwrap();
    phone.pass(DAY);
    let late = phone.now.wall;
    phone.now.wall -= DAY;
    let signers = phone.child.signers().to_vec();
    let again = phone.child.pair(&unused, None, phone.now, &random()).unwrap();
    assert!(again.passage.is_none() && phone.child.signers() == signers);
    assert_eq!(mother.companion.accept(&again.answer, late, &random()).err(), Some(FamilyError::OfferRanOut));
    let refused = phone.child.pair(&stranger, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed));
}

#[test]
fn an_answer_counts_once_and_for_its_own_offer() {
    let (mut mother, mut phone) = (Guardian::new(), Phone::new());
    let time = phone.now.wall;
    let offer = mother.companion.offer(time, &random()).unwrap();
    let answer = phone.child.pair(&offer, None, phone.now, &random()).unwrap().answer;
    let mut stranger = Guardian::new();
    assert_eq!(stranger.companion.accept(&answer, time, &random()).err(), Some(FamilyError::WrongPhone));
    let late = mother.companion.accept(&answer, time + 15 * 60 + 1, &random());
    assert_eq!(late.err(), Some(FamilyError::OfferRanOut));
    mother.companion.accept(&answer, time, &random()).unwrap();
    assert_eq!(mother.companion.accept(&answer, time, &random()).err(), Some(FamilyError::CodeUsed));
    assert_eq!(mother.companion.children().len(), 1);
}

#[test]
fn a_third_phone_in_between_shows_other_digits() {
    let (mut mother, mut phone, mut thief) = (Guardian::new(), Phone::new(), Guardian::new());
    let time = phone.now.wall;
    // The thief passes its own offer to the child, and answers the mother's with a phone of its own.
    let to_child = thief.companion.offer(time, &random()).unwrap();
    let childs = phone.child.pair(&to_child, None, phone.now, &random()).unwrap();
    let to_thief = mother.companion.offer(time, &random()).unwrap();
    let mut thiefs = Phone::new();
    let answer = thiefs.child.pair(&to_thief, None, thiefs.now, &random()).unwrap();
    let (_, digits) = mother.companion.accept(&answer.answer, time, &random()).unwrap();
    assert_ne!(digits, childs.digits);
    assert_eq!((digits.len(), childs.digits.len()), (12, 12));
    // Nor does it help to know the phone's key from an earlier pairing: each answer has digits that nobody can foresee.
    let file = phone.folder.path().join("family");
    let before = std::fs::read(&file).unwrap();
    let mut again = |entropy: [u8; 32]| {
        std::fs::write(&file, &before).unwrap();
        let mut child = ChildPhone::open(vault(phone.folder.path(), 2), phone.now).unwrap();
        let offer = thief.companion.offer(time, &[1; 32]).unwrap();
        (child.public_key(), child.pair(&offer, None, phone.now, &entropy).unwrap().digits)
    };
    let ((one, first), (other, second)) = (again(random()), again(random()));
    assert_eq!(one, other);
    assert_ne!(first, second, "the same phones, the same code");
}

#[test]
fn a_stranger_does_not_become_a_guardian() {
    let (_mother, mut phone) = family();
    let mut stranger = Guardian::new();
    let offer = stranger.companion.offer(phone.now.wall, &random()).unwrap();
    let signers = phone.child.signers().to_vec();
    let refused = phone.child.pair(&offer, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed));
    let GateAnswer::Open(to_look) = phone.enter(PIN, Purpose::Reveal) else { panic!("not open") };
    let refused = phone.child.pair(&offer, Some(&to_look), phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed));
    assert_eq!(phone.child.signers(), signers);
}

#[test]
fn a_school_does_not_become_a_guardian() {
    let (_mother, mut phone) = family();
    // A companion whose key the phone follows as a school's.
    let mut school = Guardian::new();
    let yes = phone.change_passage();
    phone.child.follow_school(school.companion.public_key().unwrap(), &yes, phone.now, &random()).unwrap();
    let offer = school.companion.offer(phone.now.wall, &random()).unwrap();
    let refused = phone.child.pair(&offer, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed), "no answer, and no peer key");
    let refused = phone.child.pair(&offer, Some(&yes), phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::Policy(PolicyError::WrongIssuer)));
}

#[test]
fn a_child_does_not_remove_its_guardian() {
    let (mother, mut phone) = family();
    let guardian = mother.companion.public_key().unwrap();
    let GateAnswer::Open(to_look) = phone.enter(PIN, Purpose::Reveal) else { panic!("not open") };
    let refused = phone.child.unfollow(&guardian, &to_look, phone.now, &random());
    assert_eq!(refused, Err(FamilyError::NotAllowed));
    let yes = phone.change_passage();
    let refused = phone.child.unfollow(&guardian, &yes, phone.now, &random());
    assert_eq!(refused, Err(FamilyError::NotAllowed), "the last one leaves by withdrawal");
    assert_eq!(phone.child.signers()[0].issuer, Issuer::Guardian);
}

#[test]
fn a_recovery_takes_the_printed_words() {
    let (mother, mut phone) = family();
    // Other words, well formed.
    let mut thief = Guardian::recovered(&Guardian::new().words.text());
    let offer = thief.companion.offer(phone.now.wall, &random()).unwrap();
    let refused = phone.child.pair(&offer, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed), "a stranger, whatever it says it has lost");
    // The right words with one wrong syllable.
    let text = mother.words.text();
    let mut syllables: Vec<&str> = text.split(' ').collect();
    syllables[7] = if syllables[7] == "ba" { "ka" } else { "ba" };
    let slip = lachan::family::SecretWords::read(&syllables.join(" "));
    assert_eq!(slip, Err(WordsError::WrongChecksum));
    // An offer that names the right recovery key without its signature.
    let mut found = Guardian::recovered(&text);
    let offer = found.companion.offer(phone.now.wall, &random()).unwrap();
    let payload = packet::unpack(PacketKind::Offer, &offer).unwrap().unverified_payload().to_owned();
    let theirs = payload.replace(&found.companion.public_key().unwrap().to_hex(), &key(66).public().to_hex());
    let mut envelope = Signed::new(theirs);
    envelope.sign(DocumentKind::PairingOffer, &key(66));
    let forged = packet::pack(PacketKind::Offer, &envelope).unwrap();
    let refused = phone.child.pair(&forged, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotSigned));
}

// Approvals.

#[test]
fn an_approval_counts_once_for_its_phone_and_purpose() {
    let (mut mother, mut phone) = family();
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    let approval = mother.companion.approve(&request).unwrap();
    // Made into one for another purpose.
    let payload = packet::unpack(PacketKind::Approval, &approval).unwrap().unverified_payload().to_owned();
    let mut changed = Signed::new(payload.replace("reveal", "change"));
    changed.sign(DocumentKind::Approval, &key(66));
    let changed = packet::pack(PacketKind::Approval, &changed).unwrap();
    assert_eq!(phone.child.redeem(&changed, phone.now, &random()).err(), Some(FamilyError::NotSigned));
    // On a sibling's phone.
    let mut sibling = Phone::new();
    sibling.pair(&mut mother, None);
    assert_eq!(sibling.child.redeem(&approval, sibling.now, &random()).err(), Some(FamilyError::WrongPhone));
    // Twice, over a restart.
    phone.child.redeem(&approval, phone.now, &random()).unwrap();
    phone.restart();
    assert_eq!(phone.child.redeem(&approval, phone.now, &random()).err(), Some(FamilyError::CodeUsed));
    // After half a day of running.
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    let approval = mother.companion.approve(&request).unwrap();
    phone.pass(12 * 3600);
    assert_eq!(phone.child.redeem(&approval, phone.now, &random()).err(), Some(FamilyError::CodeUsed));
}

#[test]
fn an_approval_by_anybody_else_is_none() {
    let (_mother, mut phone) = family();
    let yes = phone.change_passage();
    phone.child.follow_school(key(50).public(), &yes, phone.now, &random()).unwrap();
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    // A stranger's companion does not even know the phone.
    assert_eq!(Guardian::new().companion.approve(&request).err(), Some(FamilyError::WrongPhone));
    // One made by hand, by a stranger and by the school.
    let asked = packet::unpack(PacketKind::Request, &request).unwrap().unverified_payload().to_owned();
    for by in [key(66), key(50)] {
        let text = asked.replace(
            "\"document\":\"request\",\"format\":1,",
            &format!("\"document\":\"approval\",\"format\":1,\"guardian\":\"{}\",", by.public().to_hex()),
        );
        let mut envelope = Signed::new(text);
        envelope.sign(DocumentKind::Approval, &by);
        let approval = packet::pack(PacketKind::Approval, &envelope).unwrap();
        assert_eq!(phone.child.redeem(&approval, phone.now, &random()).err(), Some(FamilyError::NotSigned));
    }
}

// Privacy.

#[test]
fn the_companion_holds_no_content_and_no_peer() {
    let (mut mother, mut phone) = family();
    // Everything a child's phone ever says to a companion.
    phone.child.count(FindingKind::Grooming, phone.now, &random()).unwrap();
    let aunt = phone.child.peer_handle("chat", "cô Lan 0912345678").unwrap();
    phone.child.set_quiet(aunt, true, phone.now, &random()).unwrap();
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    phone.pass(7 * DAY);
    let counts = phone.child.share_counts(phone.now).unwrap();
    mother.companion.receive_counts(&counts, &random()).unwrap();
    phone.pair(&mut mother, None);

    let offer = mother.companion.offer(phone.now.wall, &random()).unwrap();
    let answer = phone.child.pair(&offer, None, phone.now, &random()).unwrap().answer;
    let allowed = [
        "document",
        "format",
        "phone",
        "guardian",
        "code",
        "peer_key",
        "policy_version",
        "nonce",
        "purpose",
        "weeks",
        "week",
        "monday",
        "counts",
        "nudity",
        "gore",
        "grooming",
        "known_image",
        "personal_info",
    ];
    for (kind, text) in [(PacketKind::Answer, &answer), (PacketKind::Request, &request), (PacketKind::Counts, &counts)]
    {
        let said = packet::unpack(kind, text).unwrap();
        let said: serde_json::Value = serde_json::from_str(said.unverified_payload()).unwrap();
        for (field, value) in fields(&said) {
            assert!(allowed.contains(&field.as_str()), "{kind:?} says {field}");
            assert!(value.len() <= 64, "{kind:?} says {value} in {field}");
        }
    }
    // And what the companion keeps.
    let kept = vault(mother.folder.path(), 1).read("companion").unwrap().unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    let may_keep = [
        "format",
        "seed",
        "recovery",
        "replaces",
        "offers",
        "code",
        "issued",
        "children",
        "phone",
        "peer_key",
        "version",
        "rules",
        "protection",
        "age_at_most",
        "checks",
        "known_images",
        "reveal",
        "at_least",
        "pin",
        "companion",
        "quiet",
        "peers",
        "child_may_add",
        "lessons",
        "share_counts",
        "weeks",
    ];
    for (field, value) in fields(&kept) {
        let week = field.parse::<u64>().is_ok();
        assert!(week || may_keep.contains(&field.as_str()) || allowed.contains(&field.as_str()), "it keeps {field}");
        assert!(!value.contains("Lan") && !value.contains("0912"), "it keeps {value}");
    }
}

/// Every field with its value, where that is no object or list.
fn fields(value: &serde_json::Value) -> Vec<(String, String)> {
    match value {
        serde_json::Value::Object(object) => object
            .iter()
            .flat_map(|(field, inner)| match inner {
                serde_json::Value::Object(_) | serde_json::Value::Array(_) => {
                    std::iter::once((field.clone(), String::new())).chain(fields(inner)).collect::<Vec<_>>()
                }
                scalar => vec![(field.clone(), scalar.to_string().trim_matches('"').to_owned())],
            })
            .collect(),
        serde_json::Value::Array(list) => list.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn counts_carry_no_words_into_the_companion() {
    let (mut mother, mut phone) = family();
    phone.child.count(FindingKind::Grooming, phone.now, &random()).unwrap();
    phone.pass(7 * DAY);
    let counts = phone.child.share_counts(phone.now).unwrap();
    let payload = packet::unpack(PacketKind::Counts, &counts).unwrap().unverified_payload().to_owned();
    // An app that would like to report more signs it with the phone's own key.
    let state = vault(phone.folder.path(), 2).read("family").unwrap().unwrap();
    let state: serde_json::Value = serde_json::from_slice(&state).unwrap();
    let seed = PublicKey::from_hex(state["family"]["seed"].as_str().unwrap()).unwrap();
    let phones = SecretKey::from_seed(seed.as_bytes()).unwrap();
    assert_eq!(Some(phones.public()), phone.child.public_key());
    for talkative in [
        payload.replace("\"week\":", "\"peer\":\"Nam\",\"week\":"),
        payload.replace("2025-12-29", "mẹ ơi"),
        payload.replace("\"1-4\"", "\"3\""),
        payload.replace("\"1-4\"", "\"1-4 Nam\""),
        payload.replace("\"gore\":\"0\",", ""),
        payload.replace("\"weeks\":[", "\"text\":\"x\",\"weeks\":["),
    ] {
        assert_ne!(talkative, payload);
        let mut envelope = Signed::new(talkative.clone());
        envelope.sign(DocumentKind::Counts, &phones);
        let text = packet::pack(PacketKind::Counts, &envelope).unwrap();
        assert!(mother.companion.receive_counts(&text, &random()).is_err(), "{talkative}");
    }
    mother.companion.receive_counts(&counts, &random()).unwrap();
}

#[test]
fn a_request_does_not_say_at_what() {
    let (_mother, mut phone) = family();
    let request = |phone: &mut Phone| {
        let text = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
        packet::unpack(PacketKind::Request, &text).unwrap().unverified_payload().to_owned()
    };
    let (one, other) = (request(&mut phone), request(&mut phone));
    let without_code = |text: &str| text.split("\"code\"").next().unwrap().to_owned();
    assert_eq!(without_code(&one), without_code(&other), "two requests differ in their code alone");
    assert_eq!(one.len(), other.len());
}

// The phone itself.

#[test]
fn a_changed_file_opens_nothing() {
    let (_mother, mut phone) = family();
    let file = phone.folder.path().join("family");
    let bytes = std::fs::read(&file).unwrap();
    for place in (0..bytes.len()).step_by(97) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        assert!(phone.reopen().is_err(), "byte {place}");
    }
    let hex = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(!hex(PIN) && !hex("guided") && !hex("2013"));
    std::fs::write(&file, &bytes).unwrap();
    phone.reopen().unwrap();
}

#[test]
fn a_packet_of_one_kind_is_none_of_another() {
    let (mut mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let offer = mother.companion.offer(phone.now.wall, &random()).unwrap();
    let policy = mother.companion.sign_policy(&child, Rules::new(Protection::Off), phone.now.wall, &random()).unwrap();
    assert_eq!(refused_policy(&mut phone, &offer), FamilyError::Packet(PacketError::OtherKind(PacketKind::Offer)));
    assert!(phone.child.redeem(&policy, phone.now, &random()).is_err());
    assert!(phone.child.pair(&policy, None, phone.now, &random()).is_err());
    // A signed text in another kind's clothes.
    let envelope = packet::unpack(PacketKind::Offer, &offer).unwrap();
    let disguised = packet::pack(PacketKind::Policy, &envelope).unwrap();
    assert_eq!(refused_policy(&mut phone, &disguised), FamilyError::Policy(PolicyError::NotTrusted));
}

#[test]
fn nothing_that_a_stranger_writes_stops_the_phone() {
    let (_mother, mut phone) = family();
    let before = phone.child.policy(phone.now);
    let mut noise = 0x9e37_79b9_7f4a_7c15u64;
    for length in 0..400 {
        let text: String = (0..length)
            .map(|_| {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(noise >> 59) as usize])
            })
            .collect();
        for kind in ["", "LACHAN:O1:", "LACHAN:P1:", "LACHAN:Y1:"] {
            let text = format!("{kind}{text}");
            assert!(phone.child.receive_policy(&text, phone.now, &random()).is_err());
            assert!(phone.child.redeem(&text, phone.now, &random()).is_err());
            assert!(phone.child.pair(&text, None, phone.now, &random()).is_err());
        }
    }
    assert_eq!(phone.child.policy(phone.now), before);
}

#[test]
fn nobody_agrees_in_the_guardians_name() {
    let (_mother, mut phone) = family();
    phone.child.withdraw(Party::Child, &mut [], phone.now, &random()).unwrap();
    let mut mother = Guardian::new();
    let (_, yes) = phone.pair(&mut mother, None);
    phone.obey(&mut mother, Rules::new(Protection::Guided));
    phone.pass(300);
    let refused = phone.child.consent(text(), everything(), &yes.unwrap(), phone.now, &random());
    assert_eq!(refused, Err(FamilyError::NotAllowed), "five minutes after the guardian put the phone down");
    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Off);
    let _ = Now { wall: 0, uptime: 0, boot: 0 };
}
