//! Signs that are enough by themselves where they are sure: an authority that asks for what no authority asks for, and a
//! threat, which may be the one line in which a blackmailer shows himself.

use super::indicator::Indicator;

/// How surely each must have been seen.
const SURE_SIGNS: [(Indicator, f32); 2] = [(Indicator::AuthorityScam, 0.8), (Indicator::Threat, SURE_THREAT)];
const SURE_THREAT: f32 = 0.9;

/// The risk of the second stage beside which a sure sign is enough: the course of the talk speaks for it, though not loudly
/// enough by itself. Chosen, as the bars above, on held-out hands: decision 16.
const RISK_BESIDE: f32 = 0.6;

/// Whether a sign holds so surely that no certainty of the second stage is asked for.
pub(super) fn enough(evidence: &[f32; Indicator::COUNT], risk: f32) -> bool {
    risk >= RISK_BESIDE && SURE_SIGNS.iter().any(|(sign, bar)| evidence[sign.index()] >= *bar)
}

/// Whether there was a threat that is sure by itself.
pub(super) fn sure_threat(evidence: &[f32; Indicator::COUNT]) -> bool {
    evidence[Indicator::Threat.index()] >= SURE_THREAT
}

/// The signs that warn without a threshold's worth of risk: how surely each must have been seen, and the risk beside which
/// it does. The training step reports what they gain on held-out hands.
pub fn sure_signs() -> impl Iterator<Item = (Indicator, f32, f32)> {
    SURE_SIGNS.into_iter().map(|(sign, bar)| (sign, bar, RISK_BESIDE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(sign: Indicator, strength: f32) -> [f32; Indicator::COUNT] {
        let mut evidence = [0.0; Indicator::COUNT];
        evidence[sign.index()] = strength;
        evidence
    }

    #[test]
    fn a_sure_sign_is_enough_unless_the_course_of_the_talk_speaks_against_it() {
        for (sign, bar) in SURE_SIGNS {
            assert!(enough(&seen(sign, bar), RISK_BESIDE), "{sign:?}");
            assert!(enough(&seen(sign, 4.0), RISK_BESIDE), "{sign:?}, seen again and again");
            assert!(!enough(&seen(sign, bar.next_down()), 1.0), "{sign:?}, not sure");
            assert!(!enough(&seen(sign, bar), RISK_BESIDE.next_down()), "{sign:?}, against the course");
        }
        assert!(!enough(&seen(Indicator::Secrecy, 4.0), 1.0));
    }

    #[test]
    fn a_threat_is_sure_from_where_it_warns() {
        assert!(sure_threat(&seen(Indicator::Threat, SURE_THREAT)));
        assert!(!sure_threat(&seen(Indicator::Threat, SURE_THREAT.next_down())));
        assert!(!sure_threat(&seen(Indicator::AuthorityScam, 4.0)));
    }
}
