//! Digits as people write them: typed in groups, as words, with letters in their place.

use std::ops::Range;

use super::phone_form::MOBILE_DIGITS;
use super::word::{Reading, Word, is_mark};

/// Most digits of one number: those of the longest bank account.
pub(super) const MOST_DIGITS: usize = 19;
/// Longest group of a number that is written in several.
pub(super) const LONGEST_GROUP: usize = 5;
/// Signs between two groups of one number.
const LONGEST_GAP: usize = 5;
/// Between the digits of a number in words: chín mươi mốt.
pub(super) const TENS: &[&str] = &["mươi"];

/// How two groups of one number may be held together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// By nothing else than spaces, full stops or hyphens.
    Close,
    /// By other signs that people put between.
    Loose,
    /// Not at all.
    Apart,
}

/// A number that is typed in digits, in one group or several.
pub(super) struct TypedRun {
    pub(super) words: Range<usize>,
    pub(super) digits: String,
    pub(super) groups: Vec<usize>,
    /// Whether full stops or commas stand inside a group, as in money and decimals.
    pub(super) pointed: bool,
}

impl TypedRun {
    pub(super) fn new(text: &Reading<'_>, at: usize, longest: usize) -> Option<Self> {
        let mut run = Self { words: at..at, digits: String::new(), groups: Vec::new(), pointed: false };
        while let Some(word) = text.words.get(run.words.end) {
            let Some(digits) = word.number() else { break };
            let more = !run.groups.is_empty();
            let fits = digits.len() <= longest && run.groups.iter().all(|g| *g <= longest);
            if more
                && (gap(text, run.words.end) != Gap::Close || !fits || run.digits.len() + digits.len() > MOST_DIGITS)
            {
                break;
            }
            run.pointed |= word.bare.len() > digits.len();
            run.groups.extend(word.bare.split(['.', ',']).map(str::len));
            run.digits.push_str(&digits);
            run.words.end += 1;
        }
        (!run.groups.is_empty()).then_some(run)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.groups.len() == 1 && !self.pointed
    }

    pub(super) fn is_even(&self) -> bool {
        self.groups.iter().all(|g| *g == self.groups[0])
    }

    /// `500.000`, `1.500.000`
    pub(super) fn is_money(&self) -> bool {
        self.pointed && self.groups[0] <= 3 && self.groups[1..].iter().all(|g| *g == 3)
    }

    /// Whether it reads as a sum rather than as a number of something.
    pub(super) fn is_amount(&self) -> bool {
        self.pointed || self.digits.ends_with("000")
    }
}

pub(super) fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// The digits that a word stands for: typed, as a word, or with letters in place of some.
pub(super) fn digits_of(word: &Word) -> Option<String> {
    if !word.bare.bytes().any(|b| b.is_ascii_digit()) {
        return spoken_digit(word, false).map(str::to_owned);
    }
    if let Some(number) = word.number() {
        return Some(number);
    }
    let digits: String = word
        .bare
        .chars()
        .filter(|c| !matches!(c, '.' | ','))
        .map(|c| match c {
            'o' | 'q' => '0',
            'l' | 'i' => '1',
            c => c,
        })
        .collect();
    if word.bare.len() == MOBILE_DIGITS && word.bare.starts_with(['0', 'o']) {
        return leet_phone(&word.bare);
    }
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

/// A whole number in which letters stand for some digits: `09lZ3A5678`
fn leet_phone(bare: &str) -> Option<String> {
    let plain = bare.bytes().filter(u8::is_ascii_digit).count();
    let digits: Option<String> = bare
        .chars()
        .map(|c| match c {
            '0'..='9' => Some(c),
            'o' | 'q' => Some('0'),
            'l' | 'i' => Some('1'),
            'z' => Some('2'),
            'e' => Some('3'),
            'a' => Some('4'),
            's' => Some('5'),
            'b' => Some('8'),
            'g' => Some('9'),
            _ => None,
        })
        .collect();
    digits.filter(|_| plain > MOBILE_DIGITS / 2)
}

/// A digit as a word. Where the message is `marked` with diacritics, so must be the word: `sau` is then no six.
pub(super) fn spoken_digit(word: &Word, marked: bool) -> Option<&'static str> {
    const SPOKEN: &[(&[&str], &str)] = &[
        (&["không", "ko", "hông", "hong", "khum", "hok", "hk", "linh"], "0"),
        (&["một", "mốt"], "1"),
        (&["hai"], "2"),
        (&["ba"], "3"),
        (&["bốn", "tư"], "4"),
        (&["năm", "lăm"], "5"),
        (&["sáu"], "6"),
        (&["bảy", "bẩy"], "7"),
        (&["tám"], "8"),
        (&["chín"], "9"),
    ];
    if word.typed == "o" {
        return Some("0");
    }
    SPOKEN
        .iter()
        .find(|(forms, _)| if marked { forms.contains(&word.typed.as_str()) } else { word.is(forms) })
        .map(|(_, digit)| *digit)
}

/// What holds a word to the one before, where both are digits.
pub(super) fn gap(text: &Reading<'_>, at: usize) -> Gap {
    let (mut seen, mut kind) = (0, Gap::Close);
    for c in text.gap(at).chars() {
        match c {
            // The frame of a digit in a box, and what asks for a picture rather than a letter.
            '\u{200b}'..='\u{200d}' => continue,
            c if is_mark(c) => continue,
            '\n' | '\r' => return Gap::Apart,
            ' ' | '\u{a0}' | '\u{3000}' | '.' | '-' | '_' | '–' | '—' | '·' | '•' => {}
            '+' | '=' | '%' | '?' | '!' => return Gap::Apart,
            c if c.is_alphanumeric() => return Gap::Apart,
            _ => kind = Gap::Loose,
        }
        seen += 1;
        if seen > LONGEST_GAP {
            return Gap::Apart;
        }
    }
    kind
}
