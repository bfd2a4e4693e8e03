//! Which words a child is shown about a talk: keys only; the words are in `bindings/words`, in Vietnamese and English,
//! by age voice.

use super::conversation::{Level, Stage};
use super::indicator::{Indicator, Side};
use super::model::Reading;
use super::rules::{PersonalData, RuleFindings};
use crate::verdict::{Advice, Reveal};

/// A warning with its steps and lesson.
struct Entry {
    key: &'static str,
    steps: &'static [&'static str],
    lesson: &'static str,
}

const TAKE_CARE: Entry = Entry { key: "chat.take_care", steps: &["wait_a_moment"], lesson: "private_data" };
const CODE: Entry =
    Entry { key: "chat.code_or_password", steps: &["leave_it_out", "ask_someone"], lesson: "private_data" };
const ACCOUNT: Entry =
    Entry { key: "chat.account_or_id", steps: &["leave_it_out", "ask_someone"], lesson: "private_data" };
const WHERE: Entry =
    Entry { key: "chat.where_to_find_you", steps: &["leave_it_out", "ask_someone"], lesson: "private_data" };
const AUTHORITY: Entry =
    Entry { key: "chat.authority_scam", steps: &["hang_up", "pay_nothing", "tell_someone"], lesson: "fake_police" };
const THREAT: Entry = Entry {
    key: "chat.threat",
    steps: &["not_your_fault", "pay_nothing", "send_nothing_more", "keep_evidence", "block", "tell_someone"],
    lesson: "blackmail",
};
const IMAGE: Entry = Entry {
    key: "chat.image",
    steps: &["say_no_is_fine", "once_sent_it_stays", "block", "tell_someone"],
    lesson: "pictures",
};
const MEETING: Entry = Entry { key: "chat.meeting", steps: &["do_not_go_alone", "tell_someone"], lesson: "meeting" };
const SECRET: Entry = Entry { key: "chat.secret", steps: &["not_your_fault", "tell_someone"], lesson: "secrets" };
const LURE: Entry =
    Entry { key: "chat.lure", steps: &["wait_a_moment", "pay_nothing", "ask_someone"], lesson: "too_good" };
const TRUST: Entry = Entry { key: "chat.trust", steps: &["no_need_to_answer", "tell_someone"], lesson: "new_friends" };
const TALK: Entry = Entry { key: "chat.talk", steps: &["wait_a_moment", "tell_someone"], lesson: "new_friends" };

const EVERY: [&Entry; 12] =
    [&TAKE_CARE, &CODE, &ACCOUNT, &WHERE, &AUTHORITY, &THREAT, &IMAGE, &MEETING, &SECRET, &LURE, &TRUST, &TALK];

/// The keys to show at this level. `authority`: a threat comes rather from somebody who poses as one.
pub(super) fn advice_for(level: Level, stage: Option<Stage>, authority: bool, reading: &Reading) -> Option<Advice> {
    let sharing = reading.side == Side::Child && !reading.rules.spans.is_empty();
    let entry = match (level, stage) {
        (Level::None, _) => return None,
        (Level::Notice, _) if sharing => shared(&reading.rules),
        (Level::Notice, _) => &TAKE_CARE,
        _ if reading.side == Side::Child && reading.rules.has_secret() => shared(&reading.rules),
        _ if reading.indicators.contains(Indicator::AuthorityScam) => &AUTHORITY,
        (_, Some(Stage::Threat)) if authority => &AUTHORITY,
        (_, Some(Stage::Threat)) => &THREAT,
        (_, Some(Stage::SexualPressure)) => &IMAGE,
        (_, Some(Stage::Meeting)) => &MEETING,
        (_, Some(Stage::Isolating)) => &SECRET,
        (_, Some(Stage::Testing)) => &LURE,
        (_, Some(Stage::BuildingTrust)) => &TRUST,
        (_, None) => &TALK,
    };
    Some(entry.advice(level))
}

/// The keys for personal data that is about to be sent, whatever the talk is.
pub(super) fn advice_for_data(level: Level, found: &RuleFindings) -> Advice {
    shared(found).advice(level)
}

fn shared(found: &RuleFindings) -> &'static Entry {
    let has = |kind| found.has(kind);
    if has(PersonalData::OneTimeCode) || has(PersonalData::Password) {
        &CODE
    } else if has(PersonalData::BankAccount) || has(PersonalData::CitizenId) {
        &ACCOUNT
    } else {
        &WHERE
    }
}

impl Entry {
    fn advice(&self, level: Level) -> Advice {
        // Words are never hidden from the child they are written to.
        Advice::of(self.key.to_owned(), self.steps, self.lesson, Reveal::Freely, level >= Level::Warn)
    }
}

/// Every advice that a turn can carry, for interfaces that check that they have words for all of it.
pub fn every_advice() -> Vec<Advice> {
    EVERY.iter().map(|entry| entry.advice(Level::Urgent)).collect()
}
