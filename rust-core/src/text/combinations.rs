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
}

/// In order of gravity: the first that holds is named first.
pub(super) const COMBINATIONS: &[Combination] = &[
    Combination { code: "image_request+threat", parts: &[I::ImageRequest, I::Threat], weight: 1.0 },
    Combination { code: "authority_scam+secrecy", parts: &[I::AuthorityScam, I::Secrecy], weight: 1.0 },
    Combination { code: "authority_scam+threat", parts: &[I::AuthorityScam, I::Threat], weight: 0.9 },
    Combination { code: "secrecy+image_request", parts: &[I::Secrecy, I::ImageRequest], weight: 1.0 },
    Combination { code: "gift_lure+image_request", parts: &[I::GiftLure, I::ImageRequest], weight: 1.0 },
    Combination { code: "sexual_talk+secrecy", parts: &[I::SexualTalk, I::Secrecy], weight: 1.0 },
    Combination { code: "sexual_talk+image_request", parts: &[I::SexualTalk, I::ImageRequest], weight: 1.0 },
    Combination { code: "meeting+secrecy", parts: &[I::Meeting, I::Secrecy], weight: 1.0 },
    Combination { code: "platform_shift+image_request", parts: &[I::PlatformShift, I::ImageRequest], weight: 0.9 },
    Combination { code: "job_lure+image_request", parts: &[I::JobLure, I::ImageRequest], weight: 0.9 },
    Combination { code: "job_lure+secrecy", parts: &[I::JobLure, I::Secrecy], weight: 0.9 },
    Combination { code: "flattery_bond+secrecy", parts: &[I::FlatteryBond, I::Secrecy], weight: 0.9 },
    Combination { code: "isolation+secrecy", parts: &[I::Isolation, I::Secrecy], weight: 0.9 },
    Combination { code: "gift_lure+secrecy", parts: &[I::GiftLure, I::Secrecy], weight: 0.8 },
    Combination { code: "secrecy+personal_info", parts: &[I::Secrecy, I::PersonalInfo], weight: 0.8 },
    Combination { code: "personal_info+meeting", parts: &[I::PersonalInfo, I::Meeting], weight: 0.7 },
    Combination { code: "gift_lure+shares_personal_info", parts: &[I::GiftLure, I::SharesPersonalInfo], weight: 0.7 },
    Combination { code: "threat+shares_personal_info", parts: &[I::Threat, I::SharesPersonalInfo], weight: 0.7 },
    Combination { code: "secrecy+platform_shift", parts: &[I::Secrecy, I::PlatformShift], weight: 0.7 },
];

/// Strength of a combination in decayed evidence: that of its weakest part.
pub(super) fn strength(combination: &Combination, evidence: &[f32; I::COUNT]) -> f32 {
    combination.parts.iter().map(|i| evidence[i.index()].min(1.0)).fold(1.0, f32::min)
}

/// Risk by combinations alone, from 0 to 1.
pub(super) fn risk(evidence: &[f32; I::COUNT]) -> f32 {
    COMBINATIONS.iter().map(|c| c.weight * strength(c, evidence)).fold(0.0, f32::max)
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
    fn codes_name_their_parts() {
        for c in COMBINATIONS {
            let names: Vec<&str> = c.parts.iter().map(|i| i.name()).collect();
            assert_eq!(names.join("+"), c.code);
        }
    }
}
