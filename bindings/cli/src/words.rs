//! The words of a warning, from the resources that every door shares, laid out for a terminal.

use lachan::verdict::{Advice, AgeBand};
use serde_json::Value;

const VIETNAMESE: &str = include_str!("../../words/vi.json");
const ENGLISH: &str = include_str!("../../words/en.json");
/// Width of the card in characters.
const WIDTH: usize = 64;

/// Language of the words.
#[derive(clap::ValueEnum, Debug, Clone, Copy)]
pub enum Language {
    Vi,
    En,
}

/// The warning as the child would read it: what, why, what to do, whom to ask.
pub fn card(advice: &Advice, age: AgeBand, language: Language) -> String {
    let source = match language {
        Language::Vi => VIETNAMESE,
        Language::En => ENGLISH,
    };
    // The resources are part of the program and read by a test; a missing key shows as itself.
    let words: Value = serde_json::from_str(source).unwrap_or_default();
    let voice = if age == AgeBand::Under13 { "child" } else { "teen" };
    let say = |group: &str, key: &str| words[group][key][voice].as_str().unwrap_or(key).to_owned();
    let mut lines = vec![String::new(), say("titles", &advice.warning), String::new()];
    lines.extend(wrapped(&say("bodies", &advice.warning), WIDTH - 4));
    lines.push(String::new());
    lines.extend(advice.steps.iter().map(|step| format!("• {}", say("steps", step))));
    lines.push(String::new());
    lines.extend(advice.help.iter().map(|help| format!("☎ {}", say("help", help))));
    lines.push(String::new());
    // Words of a chat are never hidden, so there is nothing to reveal.
    if !advice.warning.starts_with("chat.") {
        let reveal = serde_json::json!(advice.reveal);
        lines.push(format!("[ {} ]", say("reveal", reveal.as_str().unwrap_or("never"))));
    }
    lines.push(words["nobody_told"][voice].as_str().unwrap_or_default().to_owned());
    lines.push(String::new());
    let edge = "─".repeat(WIDTH - 2);
    let body: String = lines.iter().map(|line| format!("│ {line:<width$} │\n", width = WIDTH - 4)).collect();
    format!("┌{edge}┐\n{body}└{edge}┘")
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use lachan::policy::Policy;
    use lachan::verdict::{Direction, Finding, FindingKind, Protection, ScoreBand, Verdict};

    use super::*;

    fn assert_has_words(advice: &Advice) {
        let texts = ["titles", "bodies"].map(|group| (group, &advice.warning));
        let steps = advice.steps.iter().map(|step| ("steps", step));
        let help = advice.help.iter().map(|help| ("help", help));
        let keys: Vec<_> = texts.into_iter().chain(steps).chain(help).collect();
        for source in [VIETNAMESE, ENGLISH] {
            let words: Value = serde_json::from_str(source).unwrap();
            for (group, key) in &keys {
                for voice in ["child", "teen"] {
                    assert!(words[group][key][voice].is_string(), "{group}: {key} in the voice for a {voice}");
                }
            }
        }
    }

    /// Every picture verdict of the decision table and every advice in a talk has its words, in both languages and
    /// voices.
    #[test]
    fn no_warning_is_without_words() {
        lachan::text::every_advice().iter().for_each(assert_has_words);
        for kind in [FindingKind::Nudity, FindingKind::Gore, FindingKind::KnownImage] {
            for direction in Direction::ALL {
                for age in AgeBand::ALL {
                    let mut policy = Policy::new(Protection::Guided, age);
                    policy.checks.gore = true;
                    let finding =
                        Finding { kind, band: ScoreBand::VeryLikely, reason: String::new(), source: String::new() };
                    let Verdict::Concern { advice, .. } = policy.verdict(vec![finding], direction) else {
                        panic!("{kind:?} {direction:?} {age:?} is no concern")
                    };
                    assert_has_words(&advice);
                    assert!(!card(&advice, age, Language::Vi).contains(&advice.warning));
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        fn keys(value: &Value, at: &str, out: &mut Vec<String>) {
            for (key, inner) in value.as_object().into_iter().flatten() {
                out.push(format!("{at}/{key}"));
                keys(inner, &format!("{at}/{key}"), out);
            }
        }
        let [vi, en] = [VIETNAMESE, ENGLISH].map(|source| {
            let mut out = Vec::new();
            keys(&serde_json::from_str(source).unwrap(), "", &mut out);
            out
        });
        assert_eq!(vi, en);
    }
}
