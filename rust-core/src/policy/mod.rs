//! What is checked, for whom, and what a finding leads to.
//!
//! A guardian or a school signs a [`PolicyDocument`]; the phone verifies it and keeps it in its [`PolicyBook`]; the
//! rules of all documents in force become one ([`Rules::strictest`]), and with the child's birthday and the family's
//! consent they become the [`Policy`] that a guard works by.

mod book;
mod date;
mod document;
mod rules;
mod table;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::verdict::{AgeBand, Direction, Finding, FindingKind, NotCheckedReason, Protection, Reveal, Verdict};

pub use book::{Accepted, MAX_GUARDIANS, MAX_SCHOOLS, PolicyBook, PolicyError, Signer};
pub use date::{ASSENT_FROM_AGE, Birth, DAY, Date, GUARDIAN_UNTIL_AGE, UnixSeconds, week_of};
pub(crate) use document::EXACT_BELOW;
pub use document::{Issuer, PolicyDocument, ValidPolicy};
pub use rules::{PeerHandle, QuietRules, RevealRules, Rules};
pub use table::{Outcome, decide};

/// The rules in force on this phone. How a guardian signs them, and a child assents, comes before this type exists:
/// on a family's phone it comes from [`crate::family::Consented::policy`] alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How much is done.
    pub protection: Protection,
    /// Whom it is done for.
    pub age: AgeBand,
    /// What is looked for. Gore is off unless asked for.
    pub checks: Checks,
    /// Who may look behind a picture's warning, and how a guardian says yes.
    pub reveal: RevealRules,
    /// Peers whose conversations are followed more quietly: the guardian's and, if it may have them, the child's.
    pub quiet_peers: BTreeSet<PeerHandle>,
    /// Whether the matching lesson is offered after a warning.
    pub lessons: bool,
    /// Whether weekly counts are kept and may be shared.
    pub share_counts: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// Nudity in pictures, animations and live frames.
    pub nudity: bool,
    /// Violence and injury in pictures.
    pub gore: bool,
    /// Conversations.
    pub grooming: bool,
    /// Matches with an installed list.
    pub known_images: bool,
    /// Personal data in what the child is about to send.
    pub personal_info: bool,
}

impl Default for Checks {
    fn default() -> Self {
        Self { nudity: true, gore: false, grooming: true, known_images: true, personal_info: true }
    }
}

impl Checks {
    /// What either looks for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.with(other, |a, b| a || b)
    }

    /// What both look for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.with(other, |a, b| a && b)
    }

    fn with(self, other: Self, both: impl Fn(bool, bool) -> bool) -> Self {
        Self {
            nudity: both(self.nudity, other.nudity),
            gore: both(self.gore, other.gore),
            grooming: both(self.grooming, other.grooming),
            known_images: both(self.known_images, other.known_images),
            personal_info: both(self.personal_info, other.personal_info),
        }
    }

    /// Looks for `kind`, or does not.
    pub fn set(&mut self, kind: FindingKind, looked_for: bool) {
        *match kind {
            FindingKind::Nudity => &mut self.nudity,
            FindingKind::Gore => &mut self.gore,
            FindingKind::Grooming => &mut self.grooming,
            FindingKind::KnownImage => &mut self.known_images,
            FindingKind::PersonalInfo => &mut self.personal_info,
        } = looked_for;
    }

    /// Whether findings of `kind` are looked for.
    pub fn covers(&self, kind: FindingKind) -> bool {
        match kind {
            FindingKind::Nudity => self.nudity,
            FindingKind::Gore => self.gore,
            FindingKind::Grooming => self.grooming,
            FindingKind::KnownImage => self.known_images,
            FindingKind::PersonalInfo => self.personal_info,
        }
    }
}

impl Policy {
    /// The policy before anybody consented: nothing is loaded, nothing is looked at.
    pub fn off() -> Self {
        Self::new(Protection::Off, AgeBand::Under13)
    }

    /// The default checks at a protection level for an age band.
    pub fn new(protection: Protection, age: AgeBand) -> Self {
        Self::from_rules(&Rules::new(protection), age)
    }

    /// What rules mean for a child of this band by its birthday.
    pub fn from_rules(rules: &Rules, age: AgeBand) -> Self {
        Self {
            protection: rules.protection,
            age: age.min(rules.age_at_most),
            checks: rules.checks,
            reveal: rules.reveal,
            quiet_peers: rules.quiet.peers.clone().unwrap_or_default(),
            lessons: rules.lessons,
            share_counts: rules.share_counts,
        }
    }

    /// Whether anything may run for `kind`.
    ///
    /// # Errors
    /// Why not.
    pub fn permits(&self, kind: FindingKind) -> Result<(), NotCheckedReason> {
        if self.protection == Protection::Off {
            Err(NotCheckedReason::PolicyOff)
        } else if self.checks.covers(kind) {
            Ok(())
        } else {
            Err(NotCheckedReason::NotCovered)
        }
    }

    /// Turns what the detectors saw into the verdict: the strictest outcome of all findings.
    pub fn verdict(&self, findings: Vec<Finding>, direction: Direction) -> Verdict {
        if self.protection == Protection::Off {
            return Verdict::not_checked(NotCheckedReason::PolicyOff);
        }
        let outcome = |f: &Finding| {
            let outcome = decide(self.protection, self.age, direction, f.kind, f.band)?;
            Some(Outcome { reveal: self.stricter_reveal(f.kind, outcome.reveal), ..outcome })
        };
        let mut weighed: Vec<(Outcome, Finding)> = findings
            .into_iter()
            .filter(|finding| self.checks.covers(finding.kind))
            .filter_map(|finding| outcome(&finding).map(|o| (o, finding)))
            .collect();
        // Most serious first; among equals the order of the kinds keeps the answer the same every time.
        weighed.sort_by(|(a, f), (b, g)| b.cmp(a).then(f.kind.cmp(&g.kind)));
        let Some((strictest, first)) = weighed.first() else { return Verdict::Clear };
        let action = strictest.action;
        let reveal = weighed.iter().map(|(o, _)| o.reveal).max().unwrap_or(strictest.reveal);
        let mut advice = table::advice(first.kind, direction, action, reveal);
        advice.lesson = advice.lesson.filter(|_| self.lessons);
        Verdict::Concern { action, findings: weighed.into_iter().map(|(_, f)| f).collect(), advice }
    }

    /// What looking takes under this policy, where the table asks for `reveal`. Pictures only: words are never hidden
    /// from the child they are written to.
    fn stricter_reveal(&self, kind: FindingKind, reveal: Reveal) -> Reveal {
        let reveal = match kind {
            FindingKind::Nudity | FindingKind::Gore | FindingKind::KnownImage => reveal.max(self.reveal.at_least),
            FindingKind::Grooming | FindingKind::PersonalInfo => reveal,
        };
        // A guardian who has no way left to say yes says no.
        let nobody_can_say_yes = !self.reveal.pin && !self.reveal.companion;
        if reveal == Reveal::WithGuardian && nobody_can_say_yes { Reveal::Never } else { reveal }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verdict::{Action, ScoreBand};

    proptest! {
        /// What several findings lead to depends on none of their places, and one more never makes it weaker.
        #[test]
        fn findings_have_no_order_and_never_soften(
            found in proptest::collection::vec((0..FindingKind::ALL.len(), 0..ScoreBand::ALL.len()), 1..6),
            protection in proptest::sample::select(&Protection::ALL[..]),
            age in proptest::sample::select(&AgeBand::ALL[..]),
            direction in proptest::sample::select(&Direction::ALL[..]),
        ) {
            let policy = Policy::new(protection, age);
            let finding = |(kind, band): &(usize, usize)| Finding {
                kind: FindingKind::ALL[*kind],
                band: ScoreBand::ALL[*band],
                reason: String::new(),
                source: String::new(),
            };
            let verdict = |found: &[(usize, usize)]| policy.verdict(found.iter().map(finding).collect(), direction);
            let all = verdict(&found);
            let turned: Vec<_> = found.iter().rev().copied().collect();
            let hard = |verdict: &Verdict| match verdict {
                Verdict::Concern { action, advice, .. } => Some((*action, advice.reveal)),
                _ => None,
            };
            prop_assert_eq!(hard(&verdict(&turned)), hard(&all));
            let (less, more) = (hard(&verdict(&found[1..])), hard(&all));
            let none = (None, None);
            let (less, more) = (less.map_or(none, |(a, r)| (Some(a), Some(r))), more.map_or(none, |(a, r)| (Some(a), Some(r))));
            prop_assert!(more.0 >= less.0 && more.1 >= less.1);
        }
    }

    fn reveal(policy: &Policy, kind: FindingKind) -> Reveal {
        let finding = Finding { kind, band: ScoreBand::VeryLikely, reason: String::new(), source: String::new() };
        match policy.verdict(vec![finding], Direction::Outgoing) {
            Verdict::Concern { advice, .. } => advice.reveal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reveal_rules_add_to_the_table_and_hide_no_words() {
        let mut policy = Policy::new(Protection::Simple, AgeBand::From16To17);
        assert_eq!(reveal(&policy, FindingKind::Nudity), Reveal::AfterConfirming);
        policy.reveal.at_least = Reveal::WithGuardian;
        assert_eq!(reveal(&policy, FindingKind::Nudity), Reveal::WithGuardian);
        assert_eq!(reveal(&policy, FindingKind::Grooming), Reveal::Freely);
        policy.reveal.pin = false;
        assert_eq!(reveal(&policy, FindingKind::Nudity), Reveal::WithGuardian, "the companion is left");
        policy.reveal.companion = false;
        assert_eq!(reveal(&policy, FindingKind::Nudity), Reveal::Never);
        assert_eq!(reveal(&policy, FindingKind::KnownImage), Reveal::Never);
    }

    #[test]
    fn lessons_can_be_left_out_and_help_cannot() {
        let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
        policy.lessons = false;
        let finding = Finding {
            kind: FindingKind::Nudity,
            band: ScoreBand::Likely,
            reason: String::new(),
            source: String::new(),
        };
        let Verdict::Concern { action, advice, .. } = policy.verdict(vec![finding], Direction::Incoming) else {
            panic!("no concern")
        };
        assert_eq!((action, advice.lesson), (Action::Interrupt, None));
        assert!(!advice.help.is_empty());
    }
}
