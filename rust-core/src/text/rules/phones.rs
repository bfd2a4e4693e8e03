//! Telephone numbers, in every way of writing them.

use super::digits::{Gap, TENS, digits_of, gap, is_year};
use super::owner::is_of_a_thing;
use super::phone_form::{LANDLINE_DIGITS, is_phone};
use super::said::Said;
use super::word::{Reading, Word};
use super::{PersonalData, Span};

/// What has a number of its own that reaches nobody.
pub(super) const OTHER_NUMBERS: &[&str] =
    &["mst", "sbd", "id", "uid", "seri", "serial", "imei", "đơn", "vận", "hs", "thuế"];
/// Words of whom a number reaches: told nearer than one of those above, it is one that does.
const CALLED: &[&str] = &["sđt", "sdt", "đt", "dt", "zalo", "gọi", "alo", "phone", "lh", "call", "hotline"];

/// `zalo.me/0912345678`
pub(super) fn phones_in_link(text: &Reading<'_>, at: usize) -> Vec<Span> {
    let Some(word) = text.words.get(at).filter(|w| w.typed == "<url>") else { return Vec::new() };
    let link = text.message.get(word.span.clone()).unwrap_or_default();
    let mut place = word.span.start;
    let mut spans = Vec::new();
    for piece in link.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        if is_phone(digits) {
            spans.push(Span { start: place, end: place + digits.len(), kind: PersonalData::Phone });
        }
        place += piece.len();
    }
    spans
}

/// Whether one of the two words before says that the number reaches nobody, and none behind it that it does.
fn is_other_number(text: &Reading<'_>, at: usize) -> bool {
    let says = |i: &usize, any: &[&str]| any.contains(&text.words[*i].typed.as_str());
    let near = (at.saturating_sub(2)..at).rev().find(|i| says(i, OTHER_NUMBERS) || says(i, CALLED));
    near.is_some_and(|i| says(&i, OTHER_NUMBERS)) || is_of_a_thing(text, at)
}

/// The end of a telephone number that begins at the word: digits, number words, or letters in place of digits.
pub(super) fn phone(text: &Reading<'_>, said: &Said, at: usize) -> Option<usize> {
    if is_other_number(text, at) {
        return None;
    }
    let mut digits = String::new();
    let mut groups = Vec::new();
    let (mut spaced, mut loose, mut found) = (true, false, None);
    let mut end = at;
    while let Some(word) = text.words.get(end) {
        let between = if end == at { Gap::Close } else { gap(text, end) };
        if between == Gap::Apart {
            break;
        }
        if is_picture(word) && end > at {
            end += 1;
            continue;
        }
        // chín mươi mốt
        if end > at && word.is(TENS) {
            end += 1;
            continue;
        }
        let Some(more) = digits_of(word) else { break };
        // A number that stands by itself is not the end of another.
        if end > at && is_phone(&more) {
            break;
        }
        // +84 (0) 912 345 678
        if more == "0" && groups == ["84"] && text.gap(end).contains('(') {
            end += 1;
            continue;
        }
        loose |= between == Gap::Loose;
        spaced &= end == at || text.gap(end).trim().is_empty();
        groups.push(more.clone());
        digits.push_str(&more);
        end += 1;
        if is_phone(&digits) && !is_decimal(&text.words[at]) {
            found = Some(end);
            break;
        }
        if digits.len() > LANDLINE_DIGITS + 2 {
            break;
        }
    }
    let goes_on =
        text.words.get(end).is_some_and(|w| w.number().is_some_and(|d| d.len() <= 2)) && gap(text, end) != Gap::Apart;
    // Where other signs than spaces, full stops and hyphens hold it together, it begins as numbers do: 0912, 345, 678.
    // Only the number of the country may be shorter: (+84)912345678.
    let odd = loose && groups.first().is_some_and(|g| g.len() == 2 && g != "84");
    found.filter(|_| !odd && !is_list(said, &groups, spaced, goes_on))
}

/// Whether groups of digits, long enough for a telephone number, are rather a date or a list.
fn is_list(said: &Said, groups: &[String], spaced: bool, goes_on: bool) -> bool {
    let lengths: Vec<usize> = groups.iter().map(String::len).collect();
    let pairs = lengths.iter().all(|n| *n == 2);
    let abroad = groups.first().is_some_and(|g| g == "84");
    let short = lengths.iter().filter(|n| **n == 1).count();
    let year = groups.get(2).is_some_and(|g| is_year(g));
    if !abroad && lengths.starts_with(&[2, 2]) && year
        || short > 1 && lengths.iter().all(|n| *n <= 2) && lengths.contains(&2)
    {
        return true;
    }
    if lengths.iter().all(|n| *n == 1) {
        let mut distinct: Vec<&String> = groups.iter().collect();
        distinct.sort();
        distinct.dedup();
        return distinct.len() < 3 || !said.phone && said.more_than_numbers;
    }
    let numbers: Vec<i32> = groups.iter().filter_map(|g| g.parse().ok()).collect();
    let even_steps = numbers.len() > 2 && numbers.windows(3).all(|w| w[1] - w[0] == w[2] - w[1]);
    pairs && (even_steps || goes_on || spaced && !said.phone && said.more_than_numbers)
}

/// `0,333333333`
fn is_decimal(word: &Word) -> bool {
    let rest = word.bare.strip_prefix("0.").or_else(|| word.bare.strip_prefix("0,"));
    rest.is_some_and(|r| r.len() > 3 && r.bytes().all(|b| b.is_ascii_digit()))
}

/// A picture between the groups of a number.
fn is_picture(word: &Word) -> bool {
    matches!(word.typed.as_str(), "<emoji>" | "<heart>" | "<laugh>" | "<sad>")
}
