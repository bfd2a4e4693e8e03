//! The whole story of a family, through the doors that apps use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod family;

use std::io;

use family::{Guardian, NOON, PIN, Phone, everything, family, key, random, text, vault};
use lachan::family::packet::{self, MAX_CHARACTERS, PacketKind};
use lachan::family::{
    ChildPhone, Companion, FamilyError, GateAnswer, Missing, Party, Purpose, Range, SHARED_WEEKS, Scope, SecretWords,
    Wipe,
};
use lachan::policy::{Birth, Checks, DAY, PeerHandle, PolicyDocument, Rules};
use lachan::trust::DocumentKind;
use lachan::verdict::{AgeBand, Direction, Finding, FindingKind, Protection, Reveal, ScoreBand, Verdict};

/// Pair, consent, assent, policy, warning, reveal, counts, school, birthday, withdrawal.
#[test]
fn the_whole_story() {
    let (mut mother, mut phone) = (Guardian::new(), Phone::new());

    // Pairing: the mother holds both phones.
    let (child, yes) = phone.pair(&mut mother, None);
    let (yes, now) = (yes.unwrap(), phone.now);
    phone.child.set_birth(Birth::on_day(2013, 3, 1).unwrap(), &yes, now, &random()).unwrap();
    phone.child.set_pin(PIN, &yes, now, &random()).unwrap();

    // Nothing runs before the policy, her consent and the child's.
    assert_eq!(phone.protection(), Protection::Off);
    phone.obey(&mut mother, Rules { share_counts: true, ..Rules::new(Protection::Guided) });
    assert_eq!(phone.protection(), Protection::Off);
    assert_eq!(phone.child.consented(now).err(), Some(Missing::Guardian));
    phone.child.consent(text(), everything(), &yes, now, &random()).unwrap();
    assert_eq!(phone.child.consented(now).err(), Some(Missing::Child));
    assert_eq!(phone.protection(), Protection::Off);
    let scope = Scope { checks: Checks::default(), counts: true };
    phone.child.assent(text(), scope, now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Guided);

    // A warning, which a 12-year-old does not look behind alone.
    phone.pass(DAY);
    let finding = Finding {
        kind: FindingKind::Nudity,
        band: ScoreBand::Likely,
        reason: "models_agree".to_owned(),
        source: "test 1".to_owned(),
    };
    let verdict = phone.child.policy(phone.now).verdict(vec![finding], Direction::Incoming);
    let Verdict::Concern { advice, .. } = verdict else { panic!("no concern") };
    assert_eq!(advice.reveal, Reveal::WithGuardian);
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();

    // The mother says yes from her own phone, and later with her PIN.
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    assert_eq!(mother.companion.look_at(&request).unwrap().purpose, Purpose::Reveal);
    let approval = mother.companion.approve(&request).unwrap();
    let yes = phone.child.redeem(&approval, phone.now, &random()).unwrap();
    phone.child.reveal(yes, phone.now).unwrap();
    match phone.enter(PIN, Purpose::Reveal) {
        GateAnswer::Open(yes) => phone.child.reveal(yes, phone.now).unwrap(),
        other => panic!("{other:?}"),
    }

    // After the week, counts.
    phone.pass(7 * DAY);
    let counts = phone.child.share_counts(phone.now).unwrap();
    let weeks = mother.companion.receive_counts(&counts, &random()).unwrap();
    assert_eq!(weeks.len(), 1);
    assert_eq!(weeks[0].counts[&FindingKind::Nudity], Range::OneToFour);
    assert_eq!(mother.companion.children()[0].weeks.len(), 1);

    // A school on top: gore is looked for as well, but the child has not agreed to that; counts end.
    let school = key(50);
    let yes = phone.change_passage();
    phone.child.follow_school(school.public(), &yes, phone.now, &random()).unwrap();
    let mut rules = Rules::new(Protection::Simple);
    rules.checks.gore = true;
    rules.quiet.child_may_add = false;
    let document = PolicyDocument::of_school(1, phone.now.wall, Some(phone.now.wall + 100 * DAY), rules);
    let mut envelope = document.envelope().unwrap();
    envelope.sign(DocumentKind::Policy, &school);
    let json = String::from_utf8(envelope.to_json().unwrap()).unwrap();
    phone.child.receive_policy(&json, phone.now, &random()).unwrap();
    let policy = phone.child.policy(phone.now);
    assert_eq!((policy.protection, policy.checks.gore, policy.share_counts), (Protection::Guided, false, false));
    assert_eq!(phone.child.share_counts(phone.now).err(), Some(FamilyError::NotAllowed));

    // The birthday comes by itself, and with it the band.
    assert_eq!(policy.age, AgeBand::Under13);
    phone.pass(51 * DAY);
    assert_eq!(phone.child.policy(phone.now).age, AgeBand::From13To15);

    // The child withdraws in one step.
    let withdrawn = phone.child.withdraw(Party::Child, &mut [], phone.now, &random()).unwrap();
    assert!(withdrawn.left.is_empty());
    assert_eq!(phone.protection(), Protection::Off);
    assert_eq!(phone.child.consented(phone.now).err(), Some(Missing::Withdrawn));
    assert!(phone.child.public_key().is_none() && phone.child.signers().is_empty());
    let files: Vec<_> = std::fs::read_dir(phone.folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["family"], "the record of consent is all that is left");
    let record = phone.child.export_consent().unwrap();
    assert_eq!(record.matches("\"given\"").count(), 2);
    assert!(
        record.ends_with(r#"{"event":"withdrawn","party":"child","at":1772341200,"text":null,"scope":null}]}"#),
        "{record}"
    );
    let policy = mother.companion.sign_policy(&child, Rules::new(Protection::Guided), phone.now.wall, &random());
    let refused = phone.child.receive_policy(&policy.unwrap(), phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotPaired));
}

#[test]
fn all_of_it_survives_a_restart() {
    let (_mother, mut phone) = family();
    phone.child.count(FindingKind::Grooming, phone.now, &random()).unwrap();
    let peer = phone.child.peer_handle("chat", "bà ngoại").unwrap();
    phone.child.set_quiet(peer, true, phone.now, &random()).unwrap();
    let before = (phone.child.policy(phone.now), phone.child.export_consent());
    phone.restart();
    assert_eq!((phone.child.policy(phone.now), phone.child.export_consent()), before);
    assert!(before.0.quiet_peers.contains(&peer));
}

#[test]
fn trusted_peers_are_set_by_the_guardian_or_the_child() {
    let (mut mother, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let aunt = mother.companion.peer_handle(&child, "chat", "cô Lan").unwrap();
    assert_eq!(Some(aunt), phone.child.peer_handle("chat", "cô Lan"), "both phones mean the same peer");
    let friend = phone.child.peer_handle("chat", "bạn thân").unwrap();
    let mut rules = Rules::new(Protection::Guided);
    rules.quiet.peers = Some([aunt].into());
    phone.obey(&mut mother, rules.clone());
    phone.child.set_quiet(friend, true, phone.now, &random()).unwrap();
    let quiet = |phone: &Phone| phone.child.policy(phone.now).quiet_peers;
    assert_eq!(quiet(&phone), [aunt, friend].into());
    rules.quiet.child_may_add = false;
    phone.obey(&mut mother, rules);
    assert_eq!(quiet(&phone), [aunt].into());
    phone.child.set_quiet(friend, false, phone.now, &random()).unwrap();
    assert_ne!(aunt, PeerHandle::new(&[0; 16], "chat", "cô Lan"), "a stranger cannot test a name");
}

#[test]
fn a_second_guardian_needs_the_first_ones_yes() {
    let (_mother, mut phone) = family();
    let mut father = Guardian::new();
    let offer = father.companion.offer(phone.now.wall, &random()).unwrap();
    let refused = phone.child.pair(&offer, None, phone.now, &random());
    assert_eq!(refused.err(), Some(FamilyError::NotAllowed));
    let yes = phone.change_passage();
    phone.pair(&mut father, Some(&yes));
    phone.obey(&mut father, Rules::new(Protection::Simple));
    assert_eq!(phone.protection(), Protection::Guided, "the stricter of the two");
    // By the companion's approval as well.
    let mut grandmother = Guardian::new();
    let request = phone.child.request(Purpose::Change, phone.now, &random()).unwrap();
    let approval = father.companion.approve(&request);
    let yes = phone.child.redeem(&approval.unwrap(), phone.now, &random()).unwrap();
    phone.pair(&mut grandmother, Some(&yes));
    assert_eq!(phone.child.signers().len(), 3);
    phone.child.unfollow(&grandmother.companion.public_key().unwrap(), &yes, phone.now, &random()).unwrap();
    assert_eq!(phone.child.signers().len(), 2);
}

#[test]
fn a_lost_guardian_phone_is_replaced_with_the_printed_words() {
    let (mut lost, mut phone) = family();
    let child = phone.child.public_key().unwrap();
    let mut found = Guardian::recovered(&lost.words.text());
    let (again, yes) = phone.pair(&mut found, None);
    assert_eq!(again, child);
    assert!(yes.is_none(), "recovering opens no gate by itself");
    assert_eq!(phone.protection(), Protection::Guided, "what was in force stays in force");
    // The lost phone decides nothing any more, not even with a higher version.
    let policy = lost.companion.sign_policy(&child, Rules::new(Protection::Off), phone.now.wall, &random()).unwrap();
    assert!(phone.child.receive_policy(&policy, phone.now, &random()).is_err());
    phone.obey(&mut found, Rules::new(Protection::Simple));
    assert_eq!(phone.protection(), Protection::Simple);
    // A forgotten PIN is set anew by the companion.
    let request = phone.child.request(Purpose::Change, phone.now, &random()).unwrap();
    let yes = phone.child.redeem(&found.companion.approve(&request).unwrap(), phone.now, &random()).unwrap();
    phone.child.set_pin("905517", &yes, phone.now, &random()).unwrap();
    assert!(matches!(phone.enter("905517", Purpose::Change), GateAnswer::Open(_)));
    // The words served once; the new ones serve next.
    let mut thief = Guardian::recovered(&lost.words.text());
    let offer = thief.companion.offer(phone.now.wall, &random()).unwrap();
    assert!(phone.child.pair(&offer, None, phone.now, &random()).is_err());
    assert!(found.companion.is_recovering() && !lost.companion.is_recovering());
    found.companion.finish_recovery(&random()).unwrap();
    assert!(!found.companion.is_recovering());
    let offer = found.companion.offer(phone.now.wall, &random()).unwrap();
    let said = packet::unpack(PacketKind::Offer, &offer).unwrap().unverified_payload().to_owned();
    assert!(said.contains("\"replaces\":null"), "the lost key is named no more");
    let mut next = Guardian::recovered(&found.words.text());
    phone.pair(&mut next, None);
}

#[test]
fn a_guardian_who_has_recovered_pairs_phones_that_never_knew_the_lost_key() {
    let (lost, mut older) = family();
    let mut found = Guardian::recovered(&lost.words.text());
    // A new phone, before and after the one that knew the lost key.
    let (mut younger, mut youngest) = (Phone::new(), Phone::new());
    let (_, yes) = younger.pair(&mut found, None);
    assert!(yes.is_some(), "its first guardian");
    older.pair(&mut found, None);
    assert!(youngest.pair(&mut found, None).1.is_some());
    younger.obey(&mut found, Rules::new(Protection::Simple));
    // A phone that follows somebody else asks for that one's yes, as of anybody.
    let (_father, mut cousin) = family();
    let yes = cousin.change_passage();
    cousin.pair(&mut found, Some(&yes));
    assert_eq!(cousin.child.signers().len(), 2);
    assert_eq!(found.companion.children().len(), 4);
}

#[test]
fn a_clock_that_was_once_set_forward_keeps_nobody_out() {
    let (mother, mut phone) = family();
    let right = phone.now.wall;
    phone.now.wall += 3650 * DAY;
    phone.child.tick(phone.now, &random()).unwrap();
    phone.now.wall = right;
    // The steady time stays ahead. A second guardian and a recovered one come all the same.
    let yes = phone.change_passage();
    phone.pair(&mut Guardian::new(), Some(&yes));
    phone.pair(&mut Guardian::recovered(&mother.words.text()), None);
    assert_eq!(phone.child.signers().len(), 2);
}

#[test]
fn a_guardian_who_pairs_again_keeps_its_versions() {
    let (mut mother, mut phone) = family();
    let (child, yes) = phone.pair(&mut mother, None);
    assert!(yes.is_none());
    assert_eq!(mother.companion.children().len(), 1);
    assert_eq!((mother.companion.children()[0].phone, mother.companion.children()[0].version), (child, 1));
    phone.obey(&mut mother, Rules::new(Protection::Simple));
    assert_eq!(phone.protection(), Protection::Simple);
}

#[test]
fn the_companion_opens_again_and_is_made_once() {
    let (mother, _phone) = family();
    let again = Companion::open(vault(mother.folder.path(), 1)).unwrap().unwrap();
    assert_eq!(again.public_key(), mother.companion.public_key());
    assert_eq!(again.children(), mother.companion.children());
    let second = Companion::create(vault(mother.folder.path(), 1), &random());
    assert_eq!(second.err(), Some(FamilyError::AlreadyThere));
    again.wipe().unwrap();
    assert!(Companion::open(vault(mother.folder.path(), 1)).unwrap().is_none());
}

#[test]
fn counts_need_everybody_and_are_never_kept_otherwise() {
    let (mut mother, mut phone) = family();
    let less = Scope { counts: false, ..everything() };
    phone.child.assent(text(), less, phone.now, &random()).unwrap();
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
    assert_eq!(phone.child.export_counts(phone.now).err(), Some(FamilyError::NotAllowed));
    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    phone.pass(7 * DAY);
    assert!(!phone.child.export_counts(phone.now).unwrap().contains("week\""), "nothing was kept meanwhile");
    phone.obey(&mut mother, Rules::new(Protection::Guided));
    assert_eq!(phone.child.share_counts(phone.now).err(), Some(FamilyError::NotAllowed));
}

/// Half a year with warnings of every kind each week.
#[test]
fn the_counts_of_many_weeks_fit_into_a_code() {
    let (mut mother, mut phone) = family();
    for _ in 0..26 {
        for kind in FindingKind::ALL {
            phone.child.count(kind, phone.now, &random()).unwrap();
        }
        phone.pass(7 * DAY);
    }
    let seen = phone.child.weeks_to_share(phone.now).unwrap();
    assert_eq!(seen.len() as u64, SHARED_WEEKS);
    let told = phone.child.share_counts(phone.now).unwrap();
    // Well below what the largest code holds: a smaller code is read by worse cameras.
    assert!(told.len() <= MAX_CHARACTERS * 2 / 3, "{}", told.len());
    assert_eq!(mother.companion.receive_counts(&told, &random()).unwrap(), seen);
}

#[test]
fn whoever_takes_the_counts_back_leaves_none_behind_and_sees_before_what_would_be_told() {
    let (mut mother, mut phone) = family();
    phone.obey(&mut mother, Rules { share_counts: true, ..Rules::new(Protection::Guided) });
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap(), [], "the week is not over");
    phone.pass(8 * DAY);
    let seen = phone.child.weeks_to_share(phone.now).unwrap();
    let told = phone.child.share_counts(phone.now).unwrap();
    assert_eq!(mother.companion.receive_counts(&told, &random()).unwrap(), seen, "what was seen is what is told");
    assert_eq!(seen.len(), 1);

    assert!(phone.child.given(Party::Child).unwrap().counts);
    phone.child.assent(text(), Scope { counts: false, ..everything() }, phone.now, &random()).unwrap();
    assert!(!phone.child.given(Party::Child).unwrap().counts);
    assert_eq!(phone.child.weeks_to_share(phone.now).err(), Some(FamilyError::NotAllowed));
    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap(), [], "what was counted before is gone");
}

#[test]
fn after_a_withdrawal_the_record_goes_on_under_another_key() {
    let (_mother, mut phone) = family();
    let file = phone.folder.path().join("family");
    let now = phone.now;
    phone.child.withdraw(Party::Child, &mut [], now, &random()).unwrap();
    let (record, sealed_before) = (phone.child.export_consent().unwrap(), std::fs::read(&file).unwrap());
    phone.child.reseal(vault(phone.folder.path(), 9), &random()).unwrap();
    assert_ne!(std::fs::read(&file).unwrap(), sealed_before);
    let old_key = ChildPhone::open(vault(phone.folder.path(), 2), now);
    assert!(old_key.is_err(), "the old key opens nothing");
    let opened = ChildPhone::open(vault(phone.folder.path(), 9), now).unwrap();
    assert_eq!(opened.export_consent().unwrap(), record);
    // And it goes on being written under the new one.
    phone.child.tick(now, &random()).unwrap();
    ChildPhone::open(vault(phone.folder.path(), 9), now).unwrap();
}

/// A child who is protected before it is asked: the guardian's yes is none to the child's numbers.
#[test]
fn a_child_who_turns_seven_shares_nothing_before_its_yes_and_ends_the_month_with_its_no() {
    let (mut mother, mut phone) = (Guardian::new(), Phone::new());
    let (_, yes) = phone.pair(&mut mother, None);
    let (yes, now) = (yes.unwrap(), phone.now);
    phone.child.set_birth(Birth::on_day(2019, 1, 11).unwrap(), &yes, now, &random()).unwrap();
    phone.obey(&mut mother, Rules { share_counts: true, ..Rules::new(Protection::Guided) });
    phone.child.consent(text(), everything(), &yes, now, &random()).unwrap();
    for days in [0, 10] {
        phone.pass(days * DAY);
        assert_eq!((phone.protection(), phone.child.policy(phone.now).share_counts), (Protection::Guided, false));
        phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
        assert_eq!(phone.child.share_counts(phone.now).err(), Some(FamilyError::NotAllowed));
    }
    assert!(phone.child.consented(phone.now).unwrap().assent_is_due());
    phone.child.decline(text(), phone.now, &random()).unwrap();
    phone.restart();
    assert_eq!(phone.child.consented(phone.now).err(), Some(Missing::Child));
    assert_eq!(phone.protection(), Protection::Off);
    assert!(phone.child.export_consent().unwrap().contains(r#"{"event":"declined","party":"child""#));

    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Guided);
    phone.pass(7 * DAY);
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap(), [], "nothing was kept before its yes");
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
    phone.child.decline(text(), phone.now, &random()).unwrap();
    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    phone.pass(7 * DAY);
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap(), [], "a no takes along what was counted");
}

/// The clock was once set ahead and back: ages follow the steady time, and so does what a child says.
#[test]
fn a_no_counts_on_a_phone_whose_clock_is_behind() {
    let (mut mother, mut phone) = (Guardian::new(), Phone::new());
    let (_, yes) = phone.pair(&mut mother, None);
    let (yes, right) = (yes.unwrap(), phone.now.wall);
    phone.child.set_birth(Birth::on_day(2019, 3, 1).unwrap(), &yes, phone.now, &random()).unwrap();
    phone.obey(&mut mother, Rules::new(Protection::Guided));
    phone.child.consent(text(), everything(), &yes, phone.now, &random()).unwrap();
    phone.now.wall = right + 70 * DAY;
    phone.child.tick(phone.now, &random()).unwrap();
    phone.now.wall = right;
    assert!(phone.child.consented(phone.now).unwrap().assent_is_due());
    phone.child.decline(text(), phone.now, &random()).unwrap();
    assert_eq!(phone.child.consented(phone.now).err(), Some(Missing::Child));
}

#[test]
fn counts_go_when_nobody_may_see_them_any_more() {
    let (mut mother, mut phone) = family();
    let shared = |share_counts| Rules { share_counts, ..Rules::new(Protection::Guided) };
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
    phone.pass(8 * DAY);
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap().len(), 1);
    phone.obey(&mut mother, shared(false));
    phone.obey(&mut mother, shared(true));
    assert_eq!(phone.child.weeks_to_share(phone.now).unwrap(), [], "the guardian's settings ended it once");
    phone.child.count(FindingKind::Nudity, phone.now, &random()).unwrap();
    let now = phone.now;
    phone.pass((SHARED_WEEKS + 2) * 7 * DAY);
    phone.child.tick(phone.now, &random()).unwrap();
    assert_eq!(phone.child.weeks_to_share(now).unwrap(), [], "too old, and no warning since");
}

/// A file of the app's own.
struct File(std::path::PathBuf);

impl Wipe for File {
    fn name(&self) -> &str {
        "extra"
    }
    fn wipe(&mut self) -> io::Result<()> {
        if self.0.exists() { std::fs::remove_file(&self.0) } else { Ok(()) }
    }
}

/// Something that resists being wiped, at first.
struct Stubborn {
    resists: bool,
}

impl Wipe for Stubborn {
    fn name(&self) -> &str {
        "conversation database"
    }
    fn wipe(&mut self) -> io::Result<()> {
        if self.resists { Err(io::Error::other("busy")) } else { Ok(()) }
    }
}

#[test]
fn a_withdrawal_that_is_cut_short_stops_everything_and_is_finished_later() {
    for party in [Party::Guardian, Party::Child] {
        let (_mother, mut phone) = family();
        let file = phone.folder.path().join("extra.db");
        std::fs::write(&file, b"memory").unwrap();
        let mut extra = File(file.clone());
        let mut stubborn = Stubborn { resists: true };
        let now = phone.now;
        let withdrawn = phone.child.withdraw(party, &mut [&mut extra, &mut stubborn], now, &random()).unwrap();
        assert_eq!(withdrawn.left, ["conversation database"]);
        assert!(!file.exists());
        assert_eq!(phone.protection(), Protection::Off);
        phone.restart();
        assert!(phone.child.withdrawal_is_unfinished());
        assert_eq!(phone.protection(), Protection::Off);
        let mut gives_in = Stubborn { resists: false };
        let withdrawn = phone.child.finish_withdrawal(&mut [&mut extra, &mut gives_in]);
        assert!(withdrawn.left.is_empty());
        // All is wiped, and copies could still be read with the old key: an app that ends here goes on with that.
        phone.restart();
        assert!(phone.child.withdrawal_is_unfinished());
        phone.child.reseal(vault(phone.folder.path(), 9), &random()).unwrap();
        assert!(!phone.child.withdrawal_is_unfinished());
        let opened = ChildPhone::open(vault(phone.folder.path(), 9), phone.now).unwrap();
        assert!(!opened.withdrawal_is_unfinished());
    }
}

/// The key stores of cheap phones lose keys, after an update or by themselves. What they sealed is gone; the family is not.
#[test]
fn a_phone_that_lost_the_key_of_its_vault_goes_on() {
    let (mother, mut phone) = family();
    // The mother's: her file opens no more, and the words on the paper put a new key in its place.
    assert!(Companion::open(vault(mother.folder.path(), 8)).is_err());
    let typed = SecretWords::read(&mother.words.text()).unwrap();
    let (companion, words) = Companion::recover(vault(mother.folder.path(), 8), &typed, &random()).unwrap();
    let mut found = Guardian { folder: mother.folder, companion, words };
    phone.pair(&mut found, None);
    phone.obey(&mut found, Rules::new(Protection::Simple));
    assert_eq!(phone.protection(), Protection::Simple);
    // One that opens is never replaced.
    let again = Companion::recover(vault(found.folder.path(), 8), &typed, &random());
    assert_eq!(again.err(), Some(FamilyError::AlreadyThere));

    // The child's.
    let opens = ChildPhone::start_anew(vault(phone.folder.path(), 2), phone.now);
    assert_eq!(opens.err(), Some(FamilyError::AlreadyThere));
    phone.reopen().unwrap();
    assert!(ChildPhone::open(vault(phone.folder.path(), 8), phone.now).is_err());
    phone.child = ChildPhone::start_anew(vault(phone.folder.path(), 8), phone.now).unwrap();
    assert_eq!(phone.protection(), Protection::Off);
    assert!(phone.pair(&mut found, None).1.is_some(), "as a new phone");
}

#[test]
fn after_a_withdrawal_a_family_can_begin_again() {
    let (mut mother, mut phone) = family();
    let before = phone.child.public_key();
    phone.child.withdraw(Party::Guardian, &mut [], phone.now, &random()).unwrap();
    let (_, yes) = phone.pair(&mut mother, None);
    assert_ne!(phone.child.public_key(), before, "keys are not reused");
    phone.obey(&mut mother, Rules::new(Protection::Simple));
    phone.child.consent(text(), everything(), &yes.unwrap(), phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Off);
    phone.child.assent(text(), everything(), phone.now, &random()).unwrap();
    assert_eq!(phone.protection(), Protection::Simple);
    assert_eq!(phone.child.policy(phone.now).age, AgeBand::Under13, "without a birthday, the youngest");
}

#[test]
fn a_phone_from_the_drawer_learns_the_time_from_the_next_policy() {
    let (mut mother, mut phone) = family();
    // Switched off for four years; the clock is right, but nothing on the phone can tell.
    phone.now.wall += 4 * 365 * DAY;
    phone.restart();
    assert_eq!(phone.child.policy(phone.now).age, AgeBand::From13To15, "60 days are believed");
    phone.obey(&mut mother, Rules::new(Protection::Guided));
    assert_eq!(phone.child.policy(phone.now).age, AgeBand::From16To17);
}

#[test]
fn a_damaged_vault_is_an_error_and_no_policy() {
    let (_mother, mut phone) = family();
    let file = phone.folder.path().join("family");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(phone.reopen(), Err(FamilyError::Vault(_))));
    let fresh = ChildPhone::open(vault(tempfile::tempdir().unwrap().path(), 2), phone.now).unwrap();
    assert_eq!(fresh.policy(phone.now).protection, Protection::Off);
    assert!(NOON < phone.now.wall);
}
