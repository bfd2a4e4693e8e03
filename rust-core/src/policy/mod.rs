//! What is checked, for whom, and what a finding leads to.

mod table;

use serde::{Deserialize, Serialize};

use crate::verdict::{AgeBand, Direction, Finding, FindingKind, NotCheckedReason, Protection, Verdict};

pub use table::{Outcome, decide};

/// The rules in force on this phone. How a guardian signs them, and a child assents, comes before this type exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How much is done.
    pub protection: Protection,
    /// Whom it is done for.
    pub age: AgeBand,
    /// What is looked for. Gore is off unless asked for.
    pub checks: Checks,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
        Self { protection: Protection::Off, age: AgeBand::Under13, checks: Checks::default() }
    }

    /// The default checks at a protection level for an age band.
    pub fn new(protection: Protection, age: AgeBand) -> Self {
        Self { protection, age, checks: Checks::default() }
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
        let outcome = |f: &Finding| decide(self.protection, self.age, direction, f.kind, f.band);
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
        let advice = table::advice(first.kind, direction, action, reveal);
        Verdict::Concern { action, findings: weighed.into_iter().map(|(_, f)| f).collect(), advice }
    }
}
