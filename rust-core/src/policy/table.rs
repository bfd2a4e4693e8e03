//! The decision table: protection, age, direction, kind and score band to an action. All of it is here, and a test
//! walks every cell.
//!
//! Where the lines come from: a child under 13 does not see past a warning alone (Apple's Communication Safety sets
//! the precedent); from 13 the person decides after an explanation; forwarding somebody's picture is the one thing
//! that hurts a third person, so it is explained before the fact at every age under 18; and a known abuse image
//! interrupts always, whatever the age.

use crate::verdict::{Action, Advice, AgeBand, Direction, FindingKind, Protection, Reveal, ScoreBand};

/// What one finding leads to. Ordered by strictness: the action first, then the reveal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// What the app should do.
    pub action: Action,
    /// Who may look behind it.
    pub reveal: Reveal,
}

const fn outcome(action: Action, reveal: Reveal) -> Option<Outcome> {
    Some(Outcome { action, reveal })
}

/// The outcome of one finding, or nothing where it is not worth a child's attention.
pub fn decide(
    protection: Protection,
    age: AgeBand,
    direction: Direction,
    kind: FindingKind,
    band: ScoreBand,
) -> Option<Outcome> {
    if protection == Protection::Off {
        return None;
    }
    match kind {
        FindingKind::KnownImage => outcome(Action::Interrupt, Reveal::Never),
        FindingKind::Nudity | FindingKind::Gore => picture(protection, age, direction, band),
        FindingKind::Grooming => grooming(protection, age, band),
        FindingKind::PersonalInfo => personal_info(protection, age, direction, band),
    }
}

/// Nudity and gore. A possible one is not shown: at one lewd picture in a thousand, a hint on every doubtful
/// picture would be wrong far more often than right.
fn picture(protection: Protection, age: AgeBand, direction: Direction, band: ScoreBand) -> Option<Outcome> {
    use Action::{Blur, Interrupt, Tip};
    use AgeBand::{Adult, From13To15, From16To17, Under13};
    use Direction::{Forward, Incoming, Outgoing};
    if band == ScoreBand::Possible {
        return None;
    }
    match (protection, age, direction) {
        (Protection::Off, ..) => None,
        (Protection::Guided, Under13, _) => outcome(Interrupt, Reveal::WithGuardian),
        (Protection::Guided, From13To15, Incoming) => outcome(Blur, Reveal::AfterConfirming),
        (Protection::Guided, From13To15, Outgoing | Forward) => outcome(Interrupt, Reveal::AfterConfirming),
        (Protection::Guided, From16To17, Incoming) => outcome(Blur, Reveal::AfterConfirming),
        (Protection::Guided, From16To17, Outgoing | Forward) => outcome(Interrupt, Reveal::AfterConfirming),
        (Protection::Guided, Adult, Incoming) => outcome(Blur, Reveal::Freely),
        (Protection::Guided, Adult, Outgoing | Forward) => outcome(Tip, Reveal::Freely),
        (Protection::Simple, Under13, Incoming) => outcome(Blur, Reveal::AfterConfirming),
        (Protection::Simple, Under13, Outgoing | Forward) => outcome(Interrupt, Reveal::AfterConfirming),
        (Protection::Simple, From13To15 | From16To17, Incoming) => outcome(Blur, Reveal::AfterConfirming),
        (Protection::Simple, From13To15 | From16To17, Outgoing) => outcome(Blur, Reveal::AfterConfirming),
        (Protection::Simple, From13To15 | From16To17, Forward) => outcome(Interrupt, Reveal::AfterConfirming),
        (Protection::Simple, Adult, Incoming) => outcome(Blur, Reveal::Freely),
        (Protection::Simple, Adult, Outgoing | Forward) => outcome(Tip, Reveal::Freely),
    }
}

/// Conversations: `Possible` is a notice, `Likely` a warning, `VeryLikely` an urgent one (a threat, a demand).
fn grooming(protection: Protection, age: AgeBand, band: ScoreBand) -> Option<Outcome> {
    let action = match (protection, age, band) {
        (Protection::Off, ..) => return None,
        (_, AgeBand::Adult, ScoreBand::VeryLikely) => Action::Interrupt,
        (_, AgeBand::Adult, _) => Action::Tip,
        (_, _, ScoreBand::VeryLikely) => Action::Interrupt,
        (Protection::Guided, _, ScoreBand::Likely) => Action::Interrupt,
        (Protection::Simple, _, ScoreBand::Likely) => Action::Tip,
        (_, _, ScoreBand::Possible) => Action::Tip,
    };
    // Words are never hidden from the child they are written to: the warning stands beside them.
    outcome(action, Reveal::Freely)
}

/// Personal data concern what the child sends; what arrives is the conversation's business.
fn personal_info(protection: Protection, age: AgeBand, direction: Direction, band: ScoreBand) -> Option<Outcome> {
    if direction == Direction::Incoming {
        return None;
    }
    match (protection, age, band) {
        (Protection::Off, ..) => None,
        // `VeryLikely` is what opens a door at once: a one-time code, a password, a bank card.
        (_, AgeBand::Under13 | AgeBand::From13To15, ScoreBand::VeryLikely) => {
            outcome(Action::Interrupt, Reveal::AfterConfirming)
        }
        (Protection::Guided, AgeBand::From16To17, ScoreBand::VeryLikely) => {
            outcome(Action::Interrupt, Reveal::AfterConfirming)
        }
        _ => outcome(Action::Tip, Reveal::Freely),
    }
}

/// Keys of the words for the most serious finding.
pub(super) fn advice(kind: FindingKind, direction: Direction, action: Action, reveal: Reveal) -> Advice {
    let subject = match kind {
        FindingKind::Nudity => "nudity",
        FindingKind::Gore => "gore",
        FindingKind::Grooming => "grooming",
        FindingKind::KnownImage => "known_image",
        FindingKind::PersonalInfo => "personal_info",
    };
    let way = match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
        Direction::Forward => "forward",
    };
    let steps: &[&str] = match (kind, direction) {
        (FindingKind::KnownImage, _) => &["do_not_keep", "not_your_fault", "tell_someone"],
        (FindingKind::Grooming, _) => &["no_need_to_answer", "not_your_fault", "tell_someone", "block"],
        (FindingKind::PersonalInfo, _) => &["leave_it_out", "ask_someone"],
        (_, Direction::Incoming) => &["no_need_to_look", "not_your_fault", "tell_someone", "block"],
        (_, Direction::Outgoing) => &["wait_a_moment", "once_sent_it_stays", "say_no_is_fine", "tell_someone"],
        (_, Direction::Forward) => &["think_of_the_person", "do_not_pass_on", "tell_someone"],
    };
    Advice::of(format!("{subject}.{way}"), steps, subject, reveal, action > Action::Tip)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell of the table as text: `protection age kind band: incoming / outgoing / forward`.
    ///
    /// Renew after a deliberate change with `LACHAN_RENEW=1 cargo test -p lachan every_cell`, and read the difference
    /// as the child who will meet it.
    #[test]
    fn every_cell_is_as_agreed() {
        let mut text = String::from("# protection, age, kind, band: incoming / outgoing / forward\n");
        for protection in Protection::ALL {
            for age in AgeBand::ALL {
                for kind in FindingKind::ALL {
                    for band in ScoreBand::ALL {
                        let cells =
                            Direction::ALL.map(|direction| match decide(protection, age, direction, kind, band) {
                                None => "-".to_owned(),
                                Some(o) => format!("{:?} {:?}", o.action, o.reveal),
                            });
                        text += &format!("{protection:?} {age:?} {kind:?} {band:?}: {}\n", cells.join(" / "));
                    }
                }
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/policy/table.golden.txt");
        if std::env::var_os("LACHAN_RENEW").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let golden = std::fs::read_to_string(path).unwrap();
        let changed = text.lines().zip(golden.lines()).find(|(a, b)| a != b);
        assert_eq!(changed, None, "now and before; if meant, renew with LACHAN_RENEW=1");
        assert_eq!(text.lines().count(), golden.lines().count());
    }

    fn all(f: impl Fn(Protection, AgeBand, Direction, FindingKind, ScoreBand, Option<Outcome>)) {
        for protection in Protection::ALL {
            for age in AgeBand::ALL {
                for direction in Direction::ALL {
                    for kind in FindingKind::ALL {
                        for band in ScoreBand::ALL {
                            f(protection, age, direction, kind, band, decide(protection, age, direction, kind, band));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn off_decides_nothing() {
        all(|protection, _, _, _, _, outcome| assert!(protection != Protection::Off || outcome.is_none()));
    }

    #[test]
    fn a_known_image_interrupts_everybody_and_is_never_shown() {
        all(|protection, _, _, kind, _, outcome| {
            if kind == FindingKind::KnownImage && protection != Protection::Off {
                assert_eq!(outcome, Some(Outcome { action: Action::Interrupt, reveal: Reveal::Never }));
            }
        });
    }

    #[test]
    fn guided_is_at_least_as_strict_as_simple_and_younger_as_older() {
        all(|protection, age, direction, kind, band, outcome| {
            if protection == Protection::Simple {
                assert!(decide(Protection::Guided, age, direction, kind, band) >= outcome);
            }
            if let Some(older) = AgeBand::ALL.into_iter().find(|&a| a > age) {
                assert!(outcome >= decide(protection, older, direction, kind, band), "{age:?} {kind:?} {direction:?}");
            }
        });
    }
}
