//! What a guardian or a school may decide, and how several decisions become one: the strictest wins, field by field.
//!
//! Each field has an order from weak to strict, and [`Rules::strictest`] takes the stricter side of each:
//!
//! | field | stricter is |
//! |---|---|
//! | `protection` | more: off, simple, guided |
//! | `age_at_most` | younger |
//! | `checks` | looked for, each kind for itself |
//! | `reveal.at_least` | harder: freely, after confirming, with a guardian, never |
//! | `reveal.pin`, `reveal.companion` | not allowed |
//! | `quiet.peers` | fewer: `null` leaves the list to others, otherwise those on every list |
//! | `quiet.child_may_add` | not allowed |
//! | `lessons` | shown |
//! | `share_counts` | not shared: here the child's privacy is what is protected |

use std::collections::BTreeSet;

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::Checks;
use crate::trust::{from_hex, to_hex};
use crate::verdict::{AgeBand, Protection, Reveal};

/// What one document decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// How much is done.
    pub protection: Protection,
    /// The child is treated as of this band or younger; its birthday, which only the phone knows, does the rest.
    /// `Adult` leaves it to the birthday alone.
    pub age_at_most: AgeBand,
    /// What is looked for.
    pub checks: Checks,
    /// Who may look behind a warning, and how a guardian says yes.
    pub reveal: RevealRules,
    /// Whose conversations are followed more quietly.
    pub quiet: QuietRules,
    /// Whether the matching lesson is offered after a warning.
    pub lessons: bool,
    /// Whether weekly counts may be shared with the companion, if the child agrees.
    pub share_counts: bool,
}

/// Who may look behind a picture's warning. It only ever adds to what the decision table asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealRules {
    /// The least that looking at a picture takes.
    pub at_least: Reveal,
    /// Whether a guardian may say yes with its PIN on the child's phone.
    pub pin: bool,
    /// Whether a guardian may say yes from its companion app.
    pub companion: bool,
}

/// Trusted peers: a grandmother, a teacher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietRules {
    /// Peers that the guardian trusts; `null` where this document has no list.
    pub peers: Option<BTreeSet<PeerHandle>>,
    /// Whether the child may add peers of its own; its list stays on its phone.
    pub child_may_add: bool,
}

/// A peer, unrecognisable to anybody without the family's peer key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerHandle([u8; 16]);

impl PeerHandle {
    /// The handle of the peer that an app knows as `peer`: HMAC-SHA256 under the family's key, cut to 16 bytes.
    pub fn new(peer_key: &[u8; 16], app: &str, peer: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, peer_key);
        let length = (app.len() as u64).to_le_bytes();
        let tag = hmac::sign(&key, &[b"lachan.peer.v1\0", &length[..], app.as_bytes(), peer.as_bytes()].concat());
        let mut handle = [0; 16];
        handle.copy_from_slice(&tag.as_ref()[..16]);
        Self(handle)
    }

    /// Reads 32 hex digits; nothing from anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text).map(Self)
    }

    /// 32 hex digits.
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }
}

impl Serialize for PeerHandle {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for PeerHandle {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("a peer handle is 32 hex digits"))
    }
}

impl Default for RevealRules {
    /// The decision table alone decides, and a guardian may say yes in either way.
    fn default() -> Self {
        Self { at_least: Reveal::Freely, pin: true, companion: true }
    }
}

impl Default for QuietRules {
    /// No list, and the child may have its own.
    fn default() -> Self {
        Self { peers: None, child_may_add: true }
    }
}

impl Rules {
    /// The default rules at a protection level: the child's birthday decides its band, lessons are offered, and
    /// counts are not shared.
    pub fn new(protection: Protection) -> Self {
        Self {
            protection,
            age_at_most: AgeBand::Adult,
            checks: Checks::default(),
            reveal: RevealRules::default(),
            quiet: QuietRules::default(),
            lessons: true,
            share_counts: false,
        }
    }

    /// Rules that restrict nothing: what [`Rules::strictest`] begins from.
    pub fn weakest() -> Self {
        Self {
            protection: Protection::Off,
            age_at_most: AgeBand::Adult,
            checks: Checks { nudity: false, gore: false, grooming: false, known_images: false, personal_info: false },
            reveal: RevealRules::default(),
            quiet: QuietRules::default(),
            lessons: false,
            share_counts: true,
        }
    }

    /// The stricter side of each field of both.
    #[must_use]
    pub fn strictest(&self, other: &Self) -> Self {
        let peers = match (&self.quiet.peers, &other.quiet.peers) {
            (Some(a), Some(b)) => Some(a.intersection(b).copied().collect()),
            (one, None) | (None, one) => one.clone(),
        };
        Self {
            protection: self.protection.max(other.protection),
            age_at_most: self.age_at_most.min(other.age_at_most),
            checks: self.checks.or(other.checks),
            reveal: RevealRules {
                at_least: self.reveal.at_least.max(other.reveal.at_least),
                pin: self.reveal.pin && other.reveal.pin,
                companion: self.reveal.companion && other.reveal.companion,
            },
            quiet: QuietRules { peers, child_may_add: self.quiet.child_may_add && other.quiet.child_may_add },
            lessons: self.lessons || other.lessons,
            share_counts: self.share_counts && other.share_counts,
        }
    }

    /// Whether each field is as strict as the other's or stricter.
    pub fn is_at_least_as_strict_as(&self, other: &Self) -> bool {
        self.strictest(other) == *self
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::Policy;
    use crate::verdict::{Direction, Finding, FindingKind, ScoreBand, Verdict};

    fn any_checks() -> impl Strategy<Value = Checks> {
        any::<[bool; 5]>().prop_map(|[nudity, gore, grooming, known_images, personal_info]| Checks {
            nudity,
            gore,
            grooming,
            known_images,
            personal_info,
        })
    }

    pub(in crate::policy) fn any_rules() -> impl Strategy<Value = Rules> {
        let reveals = [Reveal::Freely, Reveal::AfterConfirming, Reveal::WithGuardian, Reveal::Never];
        let peers =
            proptest::option::of(proptest::collection::btree_set((0u8..6).prop_map(|n| PeerHandle([n; 16])), 0..5));
        (
            proptest::sample::select(&Protection::ALL[..]),
            proptest::sample::select(&AgeBand::ALL[..]),
            any_checks(),
            proptest::sample::select(reveals.to_vec()),
            any::<[bool; 5]>(),
            peers,
        )
            .prop_map(|(protection, age_at_most, checks, at_least, flags, peers)| Rules {
                protection,
                age_at_most,
                checks,
                reveal: RevealRules { at_least, pin: flags[0], companion: flags[1] },
                quiet: QuietRules { peers, child_may_add: flags[2] },
                lessons: flags[3],
                share_counts: flags[4],
            })
    }

    /// How hard a verdict makes it, for every kind of content that can be met.
    fn hardness(policy: &Policy) -> Vec<(u8, u8)> {
        let mut all = Vec::new();
        for kind in FindingKind::ALL {
            for band in ScoreBand::ALL {
                for direction in Direction::ALL {
                    let finding = Finding { kind, band, reason: String::new(), source: String::new() };
                    all.push(match policy.verdict(vec![finding], direction) {
                        Verdict::NotChecked { .. } => (0, 0),
                        Verdict::Clear => (1, 0),
                        Verdict::Concern { action, advice, .. } => (2 + action as u8, advice.reveal as u8),
                    });
                }
            }
        }
        all
    }

    proptest! {
        #[test]
        fn merging_is_idempotent_commutative_and_associative(a in any_rules(), b in any_rules(), c in any_rules()) {
            prop_assert_eq!(a.strictest(&a), a.clone());
            prop_assert_eq!(a.strictest(&b), b.strictest(&a));
            prop_assert_eq!(a.strictest(&b).strictest(&c), a.strictest(&b.strictest(&c)));
            prop_assert_eq!(a.strictest(&Rules::weakest()), a.clone());
        }

        #[test]
        fn what_is_merged_is_never_weaker_than_any(a in any_rules(), b in any_rules()) {
            let merged = a.strictest(&b);
            prop_assert!(merged.is_at_least_as_strict_as(&a) && merged.is_at_least_as_strict_as(&b));
            for band in AgeBand::ALL {
                let hard = hardness(&Policy::from_rules(&merged, band));
                for one in [&a, &b] {
                    let weak = hardness(&Policy::from_rules(one, band));
                    for (merged, one) in hard.iter().zip(&weak) {
                        prop_assert!(merged.0 >= one.0 && merged.1 >= one.1 , "{merged:?} {one:?}");
                    }
                }
            }
        }
    }

    proptest! {
        /// At least as strict is an order: of each with itself, without two that stand above each other, and through a
        /// third; and what is merged is the least that stands above both.
        #[test]
        fn strictness_is_an_order_and_merging_its_least_upper_bound(a in any_rules(), b in any_rules(), c in any_rules()) {
            prop_assert!(a.is_at_least_as_strict_as(&a));
            prop_assert!(!(a.is_at_least_as_strict_as(&b) && b.is_at_least_as_strict_as(&a)) || a == b);
            let (low, middle, high) = (a.clone(), a.strictest(&b), a.strictest(&b).strictest(&c));
            prop_assert!(high.is_at_least_as_strict_as(&middle) && high.is_at_least_as_strict_as(&low));
            // Whatever is above both is above what was merged of them.
            prop_assert!(!(c.is_at_least_as_strict_as(&a) && c.is_at_least_as_strict_as(&b))
                || c.is_at_least_as_strict_as(&middle));
            // Both merged with the same stay in order.
            prop_assert!(middle.strictest(&c).is_at_least_as_strict_as(&a.strictest(&c)));
        }
    }

    /// One line for each field: what two documents say, and what holds.
    #[test]
    fn field_by_field() {
        let base = Rules::new(Protection::Simple);
        let handles = |names: &[&str]| Some(names.iter().map(|n| PeerHandle::new(&[1; 16], "app", n)).collect());
        type Change = fn(&mut Rules);
        type Holds = fn(&Rules) -> bool;
        let table: [(&str, Change, Change, Holds); 10] = [
            (
                "protection",
                |r| r.protection = Protection::Off,
                |r| r.protection = Protection::Guided,
                |r| r.protection == Protection::Guided,
            ),
            (
                "age",
                |r| r.age_at_most = AgeBand::From13To15,
                |r| r.age_at_most = AgeBand::Adult,
                |r| r.age_at_most == AgeBand::From13To15,
            ),
            ("a check", |r| r.checks.gore = true, |r| r.checks.gore = false, |r| r.checks.gore),
            ("another check", |r| r.checks.nudity = false, |_| {}, |r| r.checks.nudity),
            (
                "reveal",
                |r| r.reveal.at_least = Reveal::WithGuardian,
                |_| {},
                |r| r.reveal.at_least == Reveal::WithGuardian,
            ),
            ("pin", |r| r.reveal.pin = false, |_| {}, |r| !r.reveal.pin && r.reveal.companion),
            ("companion", |_| {}, |r| r.reveal.companion = false, |r| !r.reveal.companion && r.reveal.pin),
            ("child's list", |r| r.quiet.child_may_add = false, |_| {}, |r| !r.quiet.child_may_add),
            ("lessons", |r| r.lessons = false, |_| {}, |r| r.lessons),
            ("counts", |r| r.share_counts = true, |_| {}, |r| !r.share_counts),
        ];
        for (name, one, other, holds) in table {
            let (mut a, mut b) = (base.clone(), base.clone());
            one(&mut a);
            other(&mut b);
            assert!(holds(&a.strictest(&b)) && holds(&b.strictest(&a)), "{name}");
        }
        let (mut a, mut b) = (base.clone(), base.clone());
        a.quiet.peers = handles(&["bà", "cô"]);
        assert_eq!(a.strictest(&b).quiet.peers, handles(&["bà", "cô"]), "a document without a list leaves it");
        b.quiet.peers = handles(&["cô", "chú"]);
        assert_eq!(a.strictest(&b).quiet.peers, handles(&["cô"]));
    }

    #[test]
    fn a_handle_depends_on_the_family_the_app_and_the_peer() {
        let handle = PeerHandle::new(&[1; 16], "chat", "x");
        for other in [
            PeerHandle::new(&[2; 16], "chat", "x"),
            PeerHandle::new(&[1; 16], "chats", "x"),
            PeerHandle::new(&[1; 16], "chat", "y"),
            PeerHandle::new(&[1; 16], "cha", "tx"),
        ] {
            assert_ne!(handle, other);
        }
    }
}
