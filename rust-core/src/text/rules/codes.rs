//! One-time codes and the codes of top-up cards.

use super::digits::{TypedRun, spoken_digit};
use super::owner::owner;
use super::said::Said;
use super::word::Reading;

/// Lengths of one-time codes in use.
pub(super) const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Lengths of what is under the silver of a top-up card.
pub(super) const CARD_CODE_DIGITS: std::ops::RangeInclusive<usize> = 9..=16;

/// Words for a one-time code.
pub(super) const CODE_WORDS: &[&str] = &["mã", "otp", "0tp", "code"];

/// A message that is nothing but six digits and what is said when handing them over.
pub(super) fn is_bare_code(text: &Reading<'_>, said: &Said, run: &TypedRun) -> bool {
    let spaced = text.gap(run.words.end - 1).trim().is_empty();
    let singles = run.groups.iter().all(|g| *g == 1);
    // 12 34 56 counts on, and 20 11 25 is a day.
    let pairs: Vec<i32> =
        run.digits.as_bytes().chunks(2).filter_map(|p| std::str::from_utf8(p).ok()?.parse().ok()).collect();
    let plain_pairs =
        run.groups == [2, 2, 2] && pairs[2] - pairs[1] != pairs[1] - pairs[0] && !(pairs[0] <= 31 && pairs[1] <= 12);
    let grouped = !run.pointed && spaced && (run.groups == [3, 3] || plain_pairs);
    (run.is_whole() || singles || grouped) && !run.digits.ends_with("000") && said.telling == run.words.len()
}

/// Whether the number at the word is what is under the silver of a top-up card: `mã thẻ là 0312345678`.
pub(super) fn is_of_a_card(text: &Reading<'_>, at: usize) -> bool {
    owner(text, at).is_some_and(|i| i > 0 && text.is(i, &["thẻ", "cào", "nạp"]) && text.is(i - 1, &["mã"]))
}

/// The end of a one-time code in words, close behind the word for it.
pub(super) fn spoken_code(text: &Reading<'_>, said: &Said, at: usize) -> Option<usize> {
    if !said.code || !text.says_before(at, 4, CODE_WORDS) {
        return None;
    }
    // One more than a code may have: a row of hundreds is not read to its end from each of them.
    let most = CODE_DIGITS.end() + 1;
    let digits = text.words[at..].iter().take(most).take_while(|w| spoken_digit(w, text.marked).is_some()).count();
    CODE_DIGITS.contains(&digits).then_some(at + digits)
}
