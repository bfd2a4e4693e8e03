//! Who agreed to what, when, and to which words. Nothing runs without it.
//!
//! Under 16 a guardian consents; from 7 on the child agrees itself, on its own screen, in plain words (Luật 91/2025,
//! Điều 24; Nghị định 56/2017, Điều 36). Either may take it back in one step.

use serde::{Deserialize, Serialize};

use super::FamilyError;
use crate::policy::{ASSENT_FROM_AGE, Birth, Checks, DAY, Date, GUARDIAN_UNTIL_AGE, Policy, PolicyBook, UnixSeconds};
use crate::verdict::Protection;

/// For how long after its seventh birthday a child who was protected before is still protected while it is asked. Its
/// own yes is needed from the birthday on; a phone that stops protecting on that very morning helps nobody.
pub const ASSENT_GRACE: UnixSeconds = 30 * DAY;

/// Records that are kept; then the oldest goes.
const MAX_RECORDS: usize = 1000;

/// Longest name of a language.
const MAX_LANGUAGE: usize = 8;

/// Who agrees or takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// A parent or guardian.
    Guardian,
    /// The person whose phone it is.
    Child,
}

/// What is agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What may be looked at.
    pub checks: Checks,
    /// Whether weekly counts may be kept and shared.
    pub counts: bool,
}

impl Scope {
    /// What both agree to.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { checks: self.checks.and(other.checks), counts: self.counts && other.counts }
    }
}

/// The words that were on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentText {
    language: String,
    version: u32,
}

impl ConsentText {
    /// The text in a language (such as `vi`) and version; nothing if the language is not 2 to 8 small letters.
    pub fn new(language: &str, version: u32) -> Option<Self> {
        let fits = (2..=MAX_LANGUAGE).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        fits.then(|| Self { language: language.to_owned(), version })
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Event {
    Given,
    /// Asked, and the answer was no. It ends nothing of what others agreed to.
    Declined,
    Withdrawn,
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    event: Event,
    party: Party,
    /// By the phone's clock, or by the steady time where that is ahead of it: ages follow the steady time.
    at: UnixSeconds,
    /// Nothing for a withdrawal: it needs no words and has no limits.
    text: Option<ConsentText>,
    scope: Option<Scope>,
}

/// Why nothing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A guardian has not consented yet.
    Guardian,
    /// The child has not been asked, or has not agreed.
    Child,
    /// Somebody took it back.
    Withdrawn,
}

/// All that was agreed to and taken back on this phone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentBook {
    records: Vec<Record>,
}

impl ConsentBook {
    /// Writes down that `party` agreed to `scope` in these words at `at`.
    pub fn give(&mut self, party: Party, at: UnixSeconds, text: ConsentText, scope: Scope) {
        self.push(Record { event: Event::Given, party, at, text: Some(text), scope: Some(scope) });
    }

    /// Writes down that the child was asked in these words at `at` and said no. What it agreed to before does not count
    /// any more, and nor does the time of grace.
    pub fn decline(&mut self, at: UnixSeconds, text: ConsentText) {
        self.push(Record { event: Event::Declined, party: Party::Child, at, text: Some(text), scope: None });
    }

    /// Writes down that `party` took it back.
    pub fn withdraw(&mut self, party: Party, at: UnixSeconds) {
        self.push(Record { event: Event::Withdrawn, party, at, text: None, scope: None });
    }

    fn push(&mut self, record: Record) {
        if self.records.len() >= MAX_RECORDS {
            self.records.remove(0);
        }
        self.records.push(record);
    }

    /// What `party` agreed to last; nothing if it has not, has said no since, or has taken it back.
    pub fn given(&self, party: Party) -> Option<Scope> {
        self.last_of(party)?.scope
    }

    fn last_withdrawal(&self) -> Option<usize> {
        self.records.iter().rposition(|record| record.event == Event::Withdrawn)
    }

    fn since_withdrawal(&self) -> &[Record] {
        &self.records[self.last_withdrawal().map_or(0, |place| place + 1)..]
    }

    fn last_of(&self, party: Party) -> Option<&Record> {
        self.since_withdrawal().iter().rev().find(|record| record.party == party)
    }

    /// The consent in force at the steady time `believed`. Without a birthday both are asked.
    ///
    /// # Errors
    /// Whose consent is missing.
    pub fn consented(&self, birth: Option<&Birth>, believed: UnixSeconds) -> Result<Consented, Missing> {
        let withdrawn = self.last_withdrawal();
        let current = self.since_withdrawal();
        let (guardian, answer) = (self.last_of(Party::Guardian), self.last_of(Party::Child));
        let child = answer.filter(|record| record.event == Event::Given);
        let last_yes = current.iter().rev().find(|record| record.party == Party::Child && record.event == Event::Given);

        let years_at_most = |time| birth.map_or(u16::MAX, |birth| birth.years_at_most(Date::in_vietnam(time)));
        let years_at_least = birth.map_or(0, |birth| birth.years_at_least(Date::in_vietnam(believed)));
        let guardian_needed = years_at_least < GUARDIAN_UNTIL_AGE;
        let child_asked = years_at_most(believed) >= ASSENT_FROM_AGE;
        // What it said before it was seven is no answer: it had not been asked.
        let declined =
            answer.is_some_and(|record| record.event == Event::Declined && years_at_most(record.at) >= ASSENT_FROM_AGE);
        // Protected since before it was seven, and seven for less than the time of grace.
        let grace = !declined
            && guardian.is_some_and(|record| years_at_most(record.at) < ASSENT_FROM_AGE)
            && years_at_most(believed.saturating_sub(ASSENT_GRACE)) < ASSENT_FROM_AGE;

        let missing = |party| if withdrawn.is_some() && current.is_empty() { Missing::Withdrawn } else { party };
        if guardian_needed && guardian.is_none() {
            return Err(missing(Missing::Guardian));
        }
        if child_asked && child.is_none() && !grace {
            return Err(missing(Missing::Child));
        }
        // A no that ends nothing widens nothing either: what the child once agreed to stays the limit.
        let limit = child.or(last_yes.filter(|_| !declined));
        let counted = [guardian.filter(|_| guardian_needed), limit];
        let scope = counted.into_iter().flatten().filter_map(|record| record.scope).reduce(Scope::and);
        let mut scope = scope.ok_or(missing(Missing::Guardian))?;
        // Numbers about a child are shared by the child: somebody who was not asked has not agreed to that.
        scope.counts &= child.and_then(|record| record.scope).is_some_and(|scope| scope.counts);
        Ok(Consented { scope, assent_due: child_asked && child.is_none() })
    }

    /// The record as JSON, for the duties of the host app: events in order, each with role, time, words and scope.
    ///
    /// # Errors
    /// It cannot be written, which does not happen.
    pub fn export(&self) -> Result<String, FamilyError> {
        #[derive(Serialize)]
        struct Export<'a> {
            document: &'static str,
            format: u32,
            records: &'a [Record],
        }
        let export = Export { document: "consent", format: 1, records: &self.records };
        serde_json::to_string(&export).map_err(|_| FamilyError::Malformed)
    }
}

/// Proof that those who must agree have agreed. It comes from [`ConsentBook::consented`] alone, and on a family's
/// phone a [`Policy`] comes from it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consented {
    scope: Scope,
    assent_due: bool,
}

impl Consented {
    /// What was agreed to by everybody; counts only where the child itself has agreed to them.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether the child has turned seven and is to be asked now: see [`ASSENT_GRACE`].
    pub fn assent_is_due(&self) -> bool {
        self.assent_due
    }

    /// The policy in force: the strictest of all documents, within what was agreed to.
    pub fn policy(&self, book: &PolicyBook, birth: Option<&Birth>, believed: UnixSeconds) -> Policy {
        let mut policy = book.policy(birth, believed);
        policy.checks = policy.checks.and(self.scope.checks);
        policy.share_counts = policy.share_counts && self.scope.counts && policy.protection != Protection::Off;
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_2026_01_01: UnixSeconds = 1_767_243_600;

    fn text() -> ConsentText {
        ConsentText::new("vi", 3).unwrap()
    }

    fn all() -> Scope {
        let checks = Checks { gore: true, ..Checks::default() };
        Scope { checks, counts: true }
    }

    fn born(years: u16) -> Option<Birth> {
        Birth::on_day(2026 - years, 1, 1)
    }

    /// Who must agree, at each side of each age.
    #[test]
    fn who_must_agree() {
        let now = NOON_2026_01_01;
        let (mut guardian, mut child, mut both) =
            (ConsentBook::default(), ConsentBook::default(), ConsentBook::default());
        guardian.give(Party::Guardian, now, text(), all());
        child.give(Party::Child, now, text(), all());
        both.give(Party::Guardian, now, text(), all());
        both.give(Party::Child, now, text(), all());
        let none = ConsentBook::default();
        let answer = |book: &ConsentBook, birth: Option<Birth>| book.consented(birth.as_ref(), now).err();
        for (birth, expected) in [
            (born(6), [Some(Missing::Guardian), None, Some(Missing::Guardian), None]),
            (born(7), [Some(Missing::Guardian), Some(Missing::Child), Some(Missing::Guardian), None]),
            (born(15), [Some(Missing::Guardian), Some(Missing::Child), Some(Missing::Guardian), None]),
            (born(16), [Some(Missing::Child), Some(Missing::Child), None, None]),
            (None, [Some(Missing::Guardian), Some(Missing::Child), Some(Missing::Guardian), None]),
            // With the year alone: asked when it may be seven, the guardian until it is certainly sixteen.
            (Birth::in_year(2019), [Some(Missing::Guardian), Some(Missing::Child), Some(Missing::Guardian), None]),
            (Birth::in_year(2010), [Some(Missing::Guardian), Some(Missing::Child), Some(Missing::Guardian), None]),
        ] {
            assert_eq!([&none, &guardian, &child, &both].map(|book| answer(book, birth)), expected, "{birth:?}");
        }
    }

    #[test]
    fn what_holds_is_what_both_agreed_to() {
        let mut book = ConsentBook::default();
        book.give(Party::Guardian, NOON_2026_01_01, text(), all());
        let part = Scope { checks: Checks { grooming: false, ..Checks::default() }, counts: false };
        book.give(Party::Child, NOON_2026_01_01, text(), part);
        let consented = book.consented(born(10).as_ref(), NOON_2026_01_01).unwrap();
        assert_eq!(consented.scope(), part);
        book.give(Party::Child, NOON_2026_01_01, text(), all());
        assert_eq!(book.consented(born(10).as_ref(), NOON_2026_01_01).unwrap().scope(), all(), "the last word counts");
    }

    #[test]
    fn taken_back_by_either_it_ends_for_both() {
        for party in [Party::Guardian, Party::Child] {
            let mut book = ConsentBook::default();
            book.give(Party::Guardian, NOON_2026_01_01, text(), all());
            book.give(Party::Child, NOON_2026_01_01, text(), all());
            book.withdraw(party, NOON_2026_01_01);
            let birth = born(10);
            assert_eq!(book.consented(birth.as_ref(), NOON_2026_01_01), Err(Missing::Withdrawn));
            book.give(Party::Guardian, NOON_2026_01_01, text(), all());
            assert_eq!(book.consented(birth.as_ref(), NOON_2026_01_01), Err(Missing::Child));
            book.give(Party::Child, NOON_2026_01_01, text(), all());
            assert!(book.consented(birth.as_ref(), NOON_2026_01_01).is_ok());
        }
    }

    #[test]
    fn a_child_who_turns_seven_is_asked_and_protected_meanwhile() {
        let mut book = ConsentBook::default();
        let birth = Birth::on_day(2019, 1, 11);
        book.give(Party::Guardian, NOON_2026_01_01, text(), all());
        let on = |days: u64| book.consented(birth.as_ref(), NOON_2026_01_01 + days * DAY);
        assert!(!on(9).unwrap().assent_is_due());
        assert!(on(10).unwrap().assent_is_due());
        assert!(on(10 + 29).unwrap().assent_is_due());
        assert_eq!(on(10 + 30), Err(Missing::Child));
        // Consent that was given when the child was seven already has no time of grace.
        let mut late = ConsentBook::default();
        late.give(Party::Guardian, NOON_2026_01_01 + 10 * DAY, text(), all());
        assert_eq!(late.consented(birth.as_ref(), NOON_2026_01_01 + 11 * DAY), Err(Missing::Child));
    }

    #[test]
    fn a_no_in_the_time_of_grace_ends_it_and_one_before_the_birthday_is_none() {
        let birth = Birth::on_day(2019, 1, 11);
        let on = |book: &ConsentBook, days: u64| book.consented(birth.as_ref(), NOON_2026_01_01 + days * DAY);
        let mut book = ConsentBook::default();
        book.give(Party::Guardian, NOON_2026_01_01, text(), all());
        book.decline(NOON_2026_01_01 + 9 * DAY, text());
        assert!(on(&book, 9).is_ok() && on(&book, 10).unwrap().assent_is_due());
        book.decline(NOON_2026_01_01 + 10 * DAY, text());
        assert_eq!(on(&book, 10), Err(Missing::Child));
        book.give(Party::Child, NOON_2026_01_01 + 11 * DAY, text(), all());
        assert!(!on(&book, 11).unwrap().assent_is_due());
        book.decline(NOON_2026_01_01 + 12 * DAY, text());
        assert_eq!((on(&book, 12), book.given(Party::Child)), (Err(Missing::Child), None));
    }

    /// Before it is seven its no ends nothing; it does not undo either what its yes had left out.
    #[test]
    fn a_no_that_does_not_count_leaves_the_narrower_yes() {
        let mut book = ConsentBook::default();
        book.give(Party::Guardian, NOON_2026_01_01, text(), all());
        let part = Scope { checks: Checks { grooming: false, ..Checks::default() }, counts: true };
        book.give(Party::Child, NOON_2026_01_01, text(), part);
        book.decline(NOON_2026_01_01, text());
        let scope = |years| book.consented(born(years).as_ref(), NOON_2026_01_01).map(|consented| consented.scope());
        assert_eq!(scope(6), Ok(Scope { counts: false, ..part }), "numbers end with the no");
        assert_eq!(scope(7), Err(Missing::Child));
    }

    /// From the youngest on, and in the time of grace: numbers are the child's to share.
    #[test]
    fn counts_need_the_childs_own_yes_at_any_age() {
        for (years, days) in [(3, 0), (6, 0), (6, 366)] {
            let mut book = ConsentBook::default();
            book.give(Party::Guardian, NOON_2026_01_01, text(), all());
            let counts = |book: &ConsentBook| {
                book.consented(born(years).as_ref(), NOON_2026_01_01 + days * DAY).unwrap().scope().counts
            };
            assert!(!counts(&book), "{years}");
            book.give(Party::Child, NOON_2026_01_01, text(), all());
            assert!(counts(&book), "{years}");
        }
    }

    #[test]
    fn the_export_says_who_when_which_words_and_what() {
        let mut book = ConsentBook::default();
        book.give(Party::Guardian, 1_767_243_600, text(), all());
        book.withdraw(Party::Child, 1_767_243_700);
        let expected = concat!(
            r#"{"document":"consent","format":1,"records":[{"event":"given","party":"guardian","at":1767243600,"#,
            r#""text":{"language":"vi","version":3},"scope":{"checks":{"nudity":true,"gore":true,"grooming":true,"#,
            r#""known_images":true,"personal_info":true},"counts":true}},"#,
            r#"{"event":"withdrawn","party":"child","at":1767243700,"text":null,"scope":null}]}"#
        );
        assert_eq!(book.export().unwrap(), expected);
    }

    #[test]
    fn the_record_is_bounded_and_a_withdrawal_always_fits() {
        let mut book = ConsentBook::default();
        for at in 0..2 * MAX_RECORDS as u64 {
            book.give(Party::Child, at, text(), all());
        }
        book.withdraw(Party::Child, 5);
        assert_eq!(book.records.len(), MAX_RECORDS);
        assert_eq!(book.consented(born(17).as_ref(), NOON_2026_01_01), Err(Missing::Withdrawn));
        assert!(ConsentText::new("VI", 1).is_none() && ConsentText::new("", 1).is_none());
    }
}
