//! A message as the rules read it: words with what is written between them.

use std::ops::Range;

use super::phone_form::is_phone;
use super::{PersonalData, Span};
use crate::text::normalise::Normalised;
use crate::text::{lexicon, syllable, work};

/// Fewest digits of a number that may be glued to letters (`sdt0912345678`).
const GLUED_DIGITS: usize = 9;
/// Words that a telephone number is glued to, besides those that need no repair.
const GLUED: &[&str] = &["sdt", "sđt", "đt", "dt", "tel", "lh", "zl"];
/// The same of codes.
const GLUED_CODE: &[&str] = &["otp", "code", "mã"];

/// A word, number or sign.
#[derive(Debug)]
pub(super) struct Word {
    /// In lower case, as typed.
    pub typed: String,
    /// The same without diacritics.
    pub bare: String,
    /// Where it stands in the message.
    pub span: Range<usize>,
    /// Whether it begins with a capital though no sentence does: so do names.
    pub capital: bool,
    /// Whether a sentence ended before it.
    pub begins: bool,
}

impl Word {
    /// Whether it is one of the words, which are written with their diacritics. Typed with any, it must have the right
    /// ones: `tặng` is no `tầng`. Typed with none it may be meant.
    pub fn is(&self, any: &[&str]) -> bool {
        work::add(1);
        let Some(first) = self.typed.bytes().next() else { return false };
        let typed_bare = self.typed.is_ascii();
        any.iter().any(|word| {
            // Nearly all differ in their first byte; a letter with a diacritic begins by none of ASCII.
            match word.bytes().next() {
                Some(byte) if byte == first => {}
                Some(byte) if typed_bare && !byte.is_ascii() => {}
                _ => return false,
            }
            if typed_bare { syllable::folds_to(word, &self.typed) } else { *word == self.typed }
        })
    }

    /// Digits alone, full stops and commas between groups of them left out.
    pub fn number(&self) -> Option<String> {
        let plain = self.bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
        (self.starts_with_digit() && plain).then(|| self.bare.chars().filter(char::is_ascii_digit).collect())
    }

    pub fn starts_with_digit(&self) -> bool {
        self.bare.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether it is letters alone.
    pub fn is_word(&self) -> bool {
        self.typed.chars().all(char::is_alphabetic)
    }
}

/// A message as words.
pub(super) struct Reading<'a> {
    pub message: &'a str,
    pub words: Vec<Word>,
    /// Whether somebody writes diacritics here: then `sau` is "after", and no six.
    pub marked: bool,
    /// Whether any word has the capital of a name.
    pub capitals: bool,
}

impl<'a> Reading<'a> {
    pub fn new(message: &'a str, normal: &Normalised) -> Self {
        let mut words: Vec<Word> = Vec::new();
        for token in normal.plain_tokens() {
            let span = token.span();
            let before = words.last().map_or(0, |w| w.span.end);
            let between = message.get(before..span.start).unwrap_or_default();
            let begins = words.is_empty()
                || between.contains(['.', '\n'])
                || words.last().is_some_and(|w| w.typed == "?" || w.typed == "!");
            let mut add = |text: String, span: Range<usize>| {
                let capital = message.get(span.clone()).and_then(|s| s.chars().next()).is_some_and(char::is_uppercase);
                words.push(Word {
                    bare: syllable::fold(&text),
                    typed: text,
                    span,
                    capital: capital && !begins,
                    begins,
                });
            };
            match unglued(token.text(), &span, message) {
                Some(parts) => parts.into_iter().for_each(|(text, span)| add(text, span)),
                None => add(token.text().to_owned(), span),
            }
        }
        let marked = words.iter().any(|w| w.is_word() && !w.typed.is_ascii());
        let capitals = words.iter().any(|w| w.capital);
        Self { message, words, marked, capitals }
    }

    /// What stands between a word and the one before.
    pub fn gap(&self, at: usize) -> &'a str {
        let before = at.checked_sub(1).and_then(|b| self.words.get(b)).map_or(0, |w| w.span.end);
        let gap = self.words.get(at).and_then(|w| self.message.get(before..w.span.start)).unwrap_or_default();
        work::add(gap.len());
        gap
    }

    pub fn is(&self, at: usize, any: &[&str]) -> bool {
        self.words.get(at).is_some_and(|w| w.is(any))
    }

    /// Whether any word is one of these.
    pub fn says(&self, any: &[&str]) -> bool {
        self.words.iter().any(|w| w.is(any))
    }

    /// Whether a word of the first and one of the second stand beside each other.
    pub fn says_pair(&self, first: &[&str], second: &[&str]) -> bool {
        (0..self.words.len()).any(|at| self.is(at, first) && self.is(at + 1, second))
    }

    /// Whether one of these is among the `many` words before.
    pub fn says_before(&self, at: usize, many: usize, any: &[&str]) -> bool {
        self.words[at.saturating_sub(many)..at.min(self.words.len())].iter().any(|w| w.is(any))
    }

    /// From the first of the words to the last, with the marks that belong to its last letter.
    pub fn span(&self, words: Range<usize>, kind: PersonalData) -> Option<Span> {
        let words = self.words.get(words)?;
        let end = words.last()?.span.end;
        let marks = self.message.get(end..)?.chars().take_while(|c| is_mark(*c)).map(char::len_utf8).sum::<usize>();
        Some(Span { start: words.first()?.span.start, end: end + marks, kind })
    }
}

/// Stands on or around the letter before, and by itself is nothing: `8` in a box, `9` struck through.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

/// A long number and the letters that are glued to it, apart; two numbers with a stroke between them, apart.
fn unglued(text: &str, span: &Range<usize>, message: &str) -> Option<Vec<(String, Range<usize>)>> {
    let original = message.get(span.clone()).unwrap_or_default();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let code =
        digits > 3 && GLUED_CODE.iter().any(|word| text.strip_prefix(word).is_some_and(|rest| rest.len() == digits));
    if digits < GLUED_DIGITS && !code || original.chars().count() != text.chars().count() {
        return None;
    }
    let between = sign_between_phones(text);
    // Parts of one sort, with where each begins in the text and in the message.
    let sort = |c: char| {
        if c == '/' || Some(c) == between {
            0
        } else if c.is_ascii_digit() || matches!(c, '.' | ',' | ':') {
            1
        } else {
            2
        }
    };
    let mut parts: Vec<(u8, String, Range<usize>)> = Vec::new();
    for (c, (at, o)) in text.chars().zip(original.char_indices()) {
        let place = span.start + at..span.start + at + o.len_utf8();
        match parts.last_mut() {
            Some((s, part, range)) if *s == sort(c) => {
                part.push(c);
                range.end = place.end;
            }
            _ => parts.push((sort(c), c.to_string(), place)),
        }
    }
    let strokes = parts.iter().any(|p| p.0 == 0);
    let numbers: Vec<usize> =
        parts.iter().filter(|p| p.0 == 1).map(|p| p.1.bytes().filter(u8::is_ascii_digit).count()).collect();
    let long = code || numbers.iter().any(|n| *n >= GLUED_DIGITS);
    // `SPXVN0345678912` is one number, that of a parcel.
    let is_coded =
        parts.first().is_some_and(|p| p.0 == 2 && !GLUED.contains(&p.1.as_str()) && !lexicon::is_known(&p.1));
    // 0912/345/678, which no date is; a number with a word on one side.
    let apart = if strokes { long || numbers.iter().all(|n| *n >= 3) } else { long && parts.len() == 2 && !is_coded };
    if !apart {
        return None;
    }
    Some(parts.into_iter().filter(|p| p.0 != 0).map(|(_, part, range)| (part, range)).collect())
}

/// The sign that holds telephone numbers together: `0912345678,0987654321`, `1.0912345678`.
fn sign_between_phones(text: &str) -> Option<char> {
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b':'));
    let decimal = text.starts_with("0,") || text.starts_with("0.");
    if !plain || decimal || is_phone(&digits(text)) {
        return None;
    }
    [',', ':', '.']
        .into_iter()
        .find(|sign| text.contains(*sign) && text.split(*sign).any(|part| is_phone(&digits(part))))
}
