//! Combinations of indicators that mean more together: the reasons that a warning gives, and a second opinion without
//! training.

use super::indicator::Indicator as I;

/// Two or three indicators that have been seen in one talk, and what they weigh together.
pub(super) struct Combination {
    /// Stable code, as it stands in output and documents.
    pub code: &'static str,
    pub parts: &'static [I],
    /// 0 to 1: how much more than the sum of its parts. Only used without the learnt second stage.
    pub weight: f32,
    /// How surely both parts must have been seen for a warning at [`RISK_BESIDE`]. `None`: never by themselves.
    pub enough: Option<f32>,
}

/// In order of gravity: the first that holds is named first.
pub(super) const COMBINATIONS: &[Combination] = &[
    Combination { code: "image_request+threat", parts: &[I::ImageRequest, I::Threat], weight: 1.0, enough: Some(0.9) },
    Combination {
        code: "authority_scam+secrecy",
        parts: &[I::AuthorityScam, I::Secrecy],
        weight: 1.0,
        enough: Some(0.7),
    },
    Combination {
        code: "authority_scam+threat",
        parts: &[I::AuthorityScam, I::Threat],
        weight: 0.9,
        enough: Some(0.7),
    },
    Combination {
        code: "secrecy+image_request",
        parts: &[I::Secrecy, I::ImageRequest],
        weight: 1.0,
        enough: Some(0.7),
    },
    Combination {
        code: "gift_lure+image_request",
        parts: &[I::GiftLure, I::ImageRequest],
        weight: 1.0,
        enough: Some(0.7),
    },
    Combination { code: "sexual_talk+secrecy", parts: &[I::SexualTalk, I::Secrecy], weight: 1.0, enough: Some(0.7) },
    Combination {
        code: "sexual_talk+image_request",
        parts: &[I::SexualTalk, I::ImageRequest],
        weight: 1.0,
        enough: Some(0.7),
    },
    Combination { code: "meeting+secrecy", parts: &[I::Meeting, I::Secrecy], weight: 1.0, enough: Some(0.7) },
    Combination {
        code: "platform_shift+image_request",
        parts: &[I::PlatformShift, I::ImageRequest],
        weight: 0.9,
        enough: Some(0.7),
    },
    Combination {
        code: "job_lure+image_request",
        parts: &[I::JobLure, I::ImageRequest],
        weight: 0.9,
        enough: Some(0.7),
    },
    Combination { code: "job_lure+secrecy", parts: &[I::JobLure, I::Secrecy], weight: 0.9, enough: Some(0.7) },
    Combination {
        code: "flattery_bond+secrecy",
        parts: &[I::FlatteryBond, I::Secrecy],
        weight: 0.9,
        enough: Some(0.7),
    },
    Combination { code: "isolation+secrecy", parts: &[I::Isolation, I::Secrecy], weight: 0.9, enough: Some(0.7) },
    Combination { code: "gift_lure+secrecy", parts: &[I::GiftLure, I::Secrecy], weight: 0.8, enough: None },
    Combination {
        code: "secrecy+personal_info",
        parts: &[I::Secrecy, I::PersonalInfo],
        weight: 0.8,
        enough: Some(0.7),
    },
    Combination { code: "personal_info+meeting", parts: &[I::PersonalInfo, I::Meeting], weight: 0.7, enough: None },
    Combination {
        code: "gift_lure+shares_personal_info",
        parts: &[I::GiftLure, I::SharesPersonalInfo],
        weight: 0.7,
        enough: None,
    },
    Combination {
        code: "threat+shares_personal_info",
        parts: &[I::Threat, I::SharesPersonalInfo],
        weight: 0.7,
        enough: None,
    },
    Combination {
        code: "secrecy+platform_shift",
        parts: &[I::Secrecy, I::PlatformShift],
        weight: 0.7,
        enough: Some(0.8),
    },
];

/// Strength of a combination in decayed evidence: that of its weakest part.
pub(super) fn strength(combination: &Combination, evidence: &[f32; I::COUNT]) -> f32 {
    combination.parts.iter().map(|i| evidence[i.index()].min(1.0)).fold(1.0, f32::min)
}

/// Risk by combinations alone, from 0 to 1.
pub(super) fn risk(evidence: &[f32; I::COUNT]) -> f32 {
    COMBINATIONS.iter().map(|c| c.weight * strength(c, evidence)).fold(0.0, f32::max)
}

/// Signs that are enough by themselves where they are sure: an authority that asks for what no authority asks for, and a
/// threat, which may be the one line in which a blackmailer shows himself.
const SURE_SIGNS: [(I, f32); 2] = [(I::AuthorityScam, 0.8), (I::Threat, SURE_THREAT)];
const SURE_THREAT: f32 = 0.98;

/// The risk of the second stage beside which a sure combination or sign is enough: the course of the talk speaks for it,
/// though not loudly enough by itself. Chosen on held-out hands: decision 10.
const RISK_BESIDE: f32 = 0.8;

/// Whether a combination or a sign holds so surely that no certainty of the second stage is asked for: a picture wanted
/// in secret or for a present, an authority that wants silence. How the bars were chosen: decision 10.
pub(super) fn enough(evidence: &[f32; I::COUNT], risk: f32) -> bool {
    risk >= RISK_BESIDE
        && (COMBINATIONS.iter().any(|c| c.enough.is_some_and(|bar| strength(c, evidence) >= bar))
            || SURE_SIGNS.iter().any(|(sign, bar)| evidence[sign.index()].min(1.0) >= *bar))
}

/// Whether there was a threat that is sure by itself.
pub(super) fn sure_threat(evidence: &[f32; I::COUNT]) -> bool {
    evidence[I::Threat.index()] >= SURE_THREAT
}

/// The combinations and single signs that warn without a threshold's worth of risk: code, how surely each part must have
/// been seen, and the risk beside which they do. The training step reports what they gain on held-out hands.
pub fn sure_combinations() -> impl Iterator<Item = (&'static str, f32, f32)> {
    let signs = SURE_SIGNS.iter().map(|(sign, bar)| (sign.name(), *bar, RISK_BESIDE));
    COMBINATIONS.iter().filter_map(|c| Some((c.code, c.enough?, RISK_BESIDE))).chain(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen<const N: usize>(signs: [(I, f32); N]) -> [f32; I::COUNT] {
        let mut evidence = [0.0; I::COUNT];
        signs.iter().for_each(|(sign, strength)| evidence[sign.index()] = *strength);
        evidence
    }

    #[test]
    fn one_indicator_alone_is_no_combination_and_two_are() {
        assert_eq!(risk(&seen([(I::ImageRequest, 5.0)])), 0.0);
        assert_eq!(risk(&seen([(I::ImageRequest, 5.0), (I::Secrecy, 1.0)])), 1.0);
    }

    #[test]
    fn a_sure_combination_is_enough_unless_the_course_of_the_talk_speaks_against_it() {
        assert!(!enough(&seen([(I::ImageRequest, 0.7)]), 0.8), "one part");
        assert!(!enough(&seen([(I::ImageRequest, 0.7), (I::Secrecy, 0.6)]), 0.8), "not surely enough");
        let sure = seen([(I::ImageRequest, 0.7), (I::Secrecy, 0.7)]);
        assert!(enough(&sure, RISK_BESIDE));
        assert!(!enough(&sure, RISK_BESIDE.next_down()));
    }

    #[test]
    fn every_bar_holds_from_where_it_stands() {
        let combined = COMBINATIONS.iter().filter_map(|c| Some((c.parts.to_vec(), c.enough?)));
        for (parts, bar) in combined.chain(SURE_SIGNS.map(|(sign, bar)| (vec![sign], bar))) {
            let at = |weakest: f32| {
                let mut evidence = [0.0; I::COUNT];
                parts.iter().for_each(|i| evidence[i.index()] = bar);
                evidence[parts[0].index()] = weakest;
                enough(&evidence, RISK_BESIDE)
            };
            assert!(at(bar), "{parts:?}");
            assert!(!at(bar.next_down()), "{parts:?}");
        }
        let threat = seen([(I::Threat, 1.5)]);
        assert!(enough(&threat, RISK_BESIDE) && !enough(&threat, RISK_BESIDE.next_down()));
        assert!(sure_threat(&seen([(I::Threat, SURE_THREAT)])));
        assert!(!sure_threat(&seen([(I::Threat, SURE_THREAT.next_down())])));
    }

    #[test]
    fn codes_name_their_parts() {
        for c in COMBINATIONS {
            let names: Vec<&str> = c.parts.iter().map(|i| i.name()).collect();
            assert_eq!(names.join("+"), c.code);
        }
    }
}
