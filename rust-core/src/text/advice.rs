//! What a child is told: keys for the interface, and the words themselves by age voice.
//!
//! The words are in `advice.json`: for each key `{"con", "ban", "en"}`, the voice for a child under 13, for a
//! teenager, and English. They are calm, short and blame nobody.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::conversation::{Level, Stage};
use super::indicator::{Indicator, Side};
use super::model::Reading;
use super::rules::PersonalData;
use crate::verdict::{Advice, AgeBand, Reveal};

/// The words of one key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Words {
    /// Vietnamese for a child under 13, who is addressed as "con".
    pub con: String,
    /// Vietnamese for a teenager, who is addressed as "bạn".
    pub ban: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The Vietnamese text in the voice for this age.
    pub fn vietnamese(&self, age: AgeBand) -> &str {
        match age {
            AgeBand::Under13 => &self.con,
            AgeBand::From13To15 | AgeBand::From16To17 | AgeBand::Adult => &self.ban,
        }
    }
}

/// Every text by its key. The file is part of the crate and checked by a test.
pub fn words() -> BTreeMap<String, Words> {
    serde_json::from_str(include_str!("advice.json")).unwrap_or_default()
}

/// The keys to show at this level.
pub(super) fn advice_for(level: Level, stage: Option<Stage>, reading: &Reading) -> Option<Advice> {
    if level == Level::None {
        return None;
    }
    let sharing = reading.side == Side::Child && !reading.rules.spans.is_empty();
    if level == Level::Notice {
        let key = if sharing { shared(reading) } else { "hint.take_care" };
        return Some(advice(key, &["pause"], "lesson.private_data"));
    }
    let scam = reading.indicators.contains(Indicator::AuthorityScam);
    let (key, steps, lesson): (&str, &[&str], &str) = match stage {
        _ if scam => ("warn.authority_scam", &["hang_up", "tell_someone", "pay_nothing"], "lesson.fake_police"),
        Some(Stage::Threat) => (
            "warn.threat",
            &["pay_nothing", "send_nothing", "keep_evidence", "block", "tell_someone"],
            "lesson.blackmail",
        ),
        Some(Stage::SexualPressure) => ("warn.image", &["send_nothing", "block", "tell_someone"], "lesson.pictures"),
        Some(Stage::Meeting) => ("warn.meeting", &["do_not_go_alone", "tell_someone"], "lesson.meeting"),
        Some(Stage::Isolating) => ("warn.secret", &["tell_someone", "pause"], "lesson.secrets"),
        Some(Stage::Testing) => ("warn.lure", &["send_nothing", "pause", "tell_someone"], "lesson.too_good"),
        Some(Stage::BuildingTrust) => ("warn.trust", &["pause", "tell_someone"], "lesson.new_friends"),
        None => ("warn.talk", &["pause", "tell_someone"], "lesson.new_friends"),
    };
    Some(advice(key, steps, lesson))
}

fn shared(reading: &Reading) -> &'static str {
    let has = |kind| reading.rules.has(kind);
    if has(PersonalData::OneTimeCode) || has(PersonalData::Password) {
        "hint.code_or_password"
    } else if has(PersonalData::BankAccount) || has(PersonalData::CitizenId) {
        "hint.account_or_id"
    } else {
        "hint.where_to_find_you"
    }
}

fn advice(key: &str, steps: &[&str], lesson: &str) -> Advice {
    Advice {
        warning: key.to_owned(),
        steps: steps.iter().map(|s| format!("step.{s}")).collect(),
        help: vec!["help.helpline_111".to_owned(), "help.trusted_adult".to_owned()],
        lesson: Some(lesson.to_owned()),
        reveal: Reveal::AfterConfirming,
    }
}

/// Every key that [`advice_for`] can give, with the keys it refers to.
pub(super) fn every_key() -> Vec<String> {
    const WARNINGS: &[&str] = &[
        "hint.take_care",
        "hint.code_or_password",
        "hint.account_or_id",
        "hint.where_to_find_you",
        "warn.authority_scam",
        "warn.threat",
        "warn.image",
        "warn.meeting",
        "warn.secret",
        "warn.lure",
        "warn.trust",
        "warn.talk",
    ];
    const STEPS: &[&str] = &[
        "step.pause",
        "step.hang_up",
        "step.tell_someone",
        "step.pay_nothing",
        "step.send_nothing",
        "step.keep_evidence",
        "step.block",
        "step.do_not_go_alone",
        "help.helpline_111",
        "help.trusted_adult",
    ];
    const LESSONS: &[&str] = &[
        "lesson.private_data",
        "lesson.fake_police",
        "lesson.blackmail",
        "lesson.pictures",
        "lesson.meeting",
        "lesson.secrets",
        "lesson.too_good",
        "lesson.new_friends",
    ];
    [WARNINGS, STEPS, LESSONS].concat().into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_words_in_every_voice_and_no_word_is_left_over() {
        let words = words();
        let keys = every_key();
        for key in &keys {
            let text = words.get(key).unwrap_or_else(|| panic!("no words for {key}"));
            assert!(!text.con.is_empty() && !text.ban.is_empty() && !text.en.is_empty(), "{key}");
        }
        assert_eq!(words.len(), keys.len());
    }

    #[test]
    fn each_voice_addresses_its_reader_and_blames_nobody() {
        for (key, text) in words() {
            assert!(!text.ban.to_lowercase().contains(" con "), "{key}: the voice for teenagers does not say con");
            assert!(!text.con.replace("bạn mới", "").contains("bạn "), "{key}: the voice for the young says con");
            for word in ["tại con", "lỗi của con", "tại bạn", "lỗi của bạn", "ngu", "dại"] {
                assert!(!text.con.contains(word) && !text.ban.contains(word), "{key} blames");
            }
        }
    }
}
