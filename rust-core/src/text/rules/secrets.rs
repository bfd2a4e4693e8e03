//! What opens an account or names a vehicle: passwords, e-mail addresses, plates.

use super::word::{Reading, Word};
use super::{PersonalData, Span};
use crate::text::lexicon::{self, Tag};
use crate::text::work;

/// Words between the word for a password and the password.
const BEFORE_PASSWORD: usize = 6;
/// Fewest characters of a password.
const SHORTEST_PASSWORD: usize = 4;
/// How far behind its first word a password is read, in bytes.
const LONGEST_PASSWORD: usize = 128;
const LONGEST_EMAIL: usize = 254;

/// What has a password.
const ACCOUNTS: &[&str] = &[
    "acc",
    "nick",
    "fb",
    "face",
    "facebook",
    "zalo",
    "zl",
    "wifi",
    "game",
    "ff",
    "roblox",
    "rb",
    "gmail",
    "mail",
    "tiktok",
    "máy",
    "insta",
    "ig",
    "instagram",
    "icloud",
    "app",
    "tablet",
    "cổng",
    "lq",
    "đt",
];
/// Whose it is, or that it is one.
const LINKS: &[&str] = &[
    "thi", "điện", "thoại", "liên", "quân", "mở", "nó", "đặt", "như", "từ", "gồm", "tên", "ạ", "dạ", "nhà", "t", "tao",
    "tau", "tui", "tớ", "e", "em", "c", "con", "mình", "của", "mới", "cũ", "nè", "nek", "đây", "là", "vẫn", "giống",
    "chung", "luôn", "hiện", "giờ", "đổi", "thành", "b", "bạn", "m", "ông", "bà", "mẹ", "má", "bố", "ba", "anh", "chị",
];

/// A password, and whether the message says so in words that mean nothing else.
pub(super) struct Password {
    pub span: Span,
    /// Then also a number of the form of a telephone's is one.
    pub stated: bool,
}

/// `mật khẩu là abc123`, `mk: abc123`, `pass acc của em abc123`.
pub(super) fn passwords(text: &Reading<'_>) -> Vec<Password> {
    let mut found = Vec::new();
    for at in 0..text.words.len() {
        let ambiguous = text.words[at].typed == "mk";
        let sold = text.is(at, &["pass"]);
        let sure = text.is(at, &["mkhẩu", "matkhau", "password", "passwd", "pw", "pwd", "psw"])
            || text.is(at, &["khẩu", "mã"]) && at > 0 && text.is(at - 1, &["mật"]);
        if !(ambiguous || sold || sure) {
            continue;
        }
        let links =
            text.words[at + 1..].iter().take(BEFORE_PASSWORD).take_while(|w| w.is(LINKS) || w.is(ACCOUNTS)).count();
        let value = at + 1 + links;
        let Some(word) = text.words.get(value) else { continue };
        let linked = (at + 1..value).any(|i| text.is(i, &["là", "vẫn", "giống", "thành", "gồm"]));
        let of_account = (at + 1..value).any(|i| text.is(i, ACCOUNTS));
        let colon = text.gap(value).contains([':', '=']) || text.gap(at + 1).contains([':', '=']);
        let stated = linked || colon || of_account;
        let Some(span) = value_at(text, value) else { continue };
        let shown = &text.message[span.start..span.end];
        if shown.chars().count() < SHORTEST_PASSWORD || word.typed.starts_with('<') || is_quantity(word) {
            continue;
        }
        let digit = shown.bytes().any(|b| b.is_ascii_digit());
        let letter = shown.chars().any(char::is_alphabetic);
        let sign = shown.contains(['@', '#', '$', '_', '*', '&', '%', '!']) || shown.contains('-') && digit;
        let is_one = if digit && letter || sign && (digit || letter && shown.len() > 5) {
            // `iphone11`, `solo5`, `a750` are no secrets of somebody who says `pass` or `mk` for other reasons.
            let digits = shown.bytes().filter(u8::is_ascii_digit).count();
            sure || stated || shown.chars().count() > 5 && digits > 1 && !word.bare.starts_with("ip")
        } else if digit {
            // Digits alone count where they are said to be it: `mk 2008` is a birth year.
            let year = shown.len() == 4 && (shown.starts_with("19") || shown.starts_with("20"));
            (sure || stated || shown.len() > 5 && !shown.ends_with("000"))
                && (!year || sure)
                && !text.is(value + 1, &["ký", "kí", "từ", "chữ", "lần", "cái", "vàng", "kc", "xu"])
        } else {
            // A word that is none.
            linked
                && (sure || of_account)
                && !word.capital
                && ![word.bare.as_str(), &squeezed(&word.bare), &word.typed].iter().any(|w| lexicon::is_known(w))
        };
        if is_one {
            found.push(Password { span, stated: sure || stated && !is_someones_number(text, at) });
        }
    }
    found
}

/// `sđt của mk là 0912345678`: a number of somebody who calls themselves `mk`.
fn is_someones_number(text: &Reading<'_>, at: usize) -> bool {
    const NUMBERS: &[&str] = &["sđt", "đt", "dt", "số", "zalo", "zl", "phone", "gọi", "alo", "lh", "nhắn", "nt", "kb"];
    let before = (at.saturating_sub(BEFORE_PASSWORD)..at).rev().take_while(|i| text.words[*i].is_word());
    before.take(3).any(|i| text.is(i, NUMBERS))
}

/// Height, weight, a class, a time, money, a birth year: what follows `mk` where it means "I".
fn is_quantity(word: &Word) -> bool {
    let bare = word.bare.as_str();
    let of = |from: &str, to: &str| {
        bare.split_once(to).is_some_and(|(a, b)| a == from && !b.is_empty() && b.bytes().all(|c| c.is_ascii_digit()))
    };
    let measured = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    Tag::of_number(bare)
        .is_some_and(|tag| !matches!(tag, Tag::Digits4 | Tag::Digits5 | Tag::Digits6 | Tag::DigitsMany | Tag::Phone))
        || ["1", "2"].iter().any(|metres| of(metres, "m"))
        || of("2", "k")
        || measured.len() < bare.len()
            && matches!(measured, "t" | "kg" | "p" | "ph" | "phut" | "cm" | "km" | "m" | "vs1" | "ng" | "nam")
}

/// What stands there up to the next space, without the signs that end a sentence.
fn value_at(text: &Reading<'_>, at: usize) -> Option<Span> {
    let word = text.words.get(at)?;
    let longest = text.message.floor_char_boundary(word.span.end + LONGEST_PASSWORD);
    let whole = text.message.get(word.span.start..longest)?.split(char::is_whitespace).next()?;
    work::add(whole.len());
    let trimmed = whole.trim_end_matches(['.', ',', ';', ':', '?', ')', '"', '…']);
    let inner = trimmed.trim_end_matches('!');
    let kept = if inner.contains(['@', '#', '$', '%', '!']) { trimmed } else { inner };
    (kept.len() >= word.span.len()).then_some(Span {
        start: word.span.start,
        end: word.span.start + kept.len(),
        kind: PersonalData::Password,
    })
}

fn squeezed(word: &str) -> String {
    let mut chars: Vec<char> = word.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// Every e-mail address of the message, also one that is glued to a word by a colon or a comma.
pub(super) fn emails(text: &Reading<'_>) -> Vec<Span> {
    let of_name = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let of_host = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let long = |chars: &mut dyn Iterator<Item = char>| chars.map(char::len_utf8).sum::<usize>();
    let mut spans: Vec<Span> = Vec::new();
    for (at, _) in text.message.match_indices('@') {
        let name = long(&mut text.message[..at].chars().rev().take(LONGEST_EMAIL).take_while(of_name));
        let host = long(&mut text.message[at + 1..].chars().take(LONGEST_EMAIL).take_while(of_host));
        let start = at - text.message[at - name..at].trim_start_matches(['.', '-', '+']).len();
        let domain = text.message[at + 1..at + 1 + host].trim_end_matches(['.', '-']);
        let labels: Vec<&str> = domain.split('.').collect();
        let ends = labels.last().is_some_and(|l| l.len() > 1 && l.bytes().all(|b| b.is_ascii_alphabetic()));
        // Nobody needs the rest of the well-known ones.
        let known = ["gmail", "yahoo", "outlook", "hotmail", "icloud"].contains(&domain.to_ascii_lowercase().as_str());
        if start < at
            && (labels.len() > 1 && ends || known)
            && labels.iter().all(|l| !l.is_empty())
            && spans.last().is_none_or(|s| s.end <= start)
        {
            spans.push(Span { start, end: at + 1 + domain.len(), kind: PersonalData::Email });
        }
    }
    let placeholders = (0..text.words.len()).filter(|at| text.words[*at].typed == "<email>");
    spans.extend(placeholders.filter_map(|at| text.span(at..at + 1, PersonalData::Email)));
    spans
}

/// `29A1-123.45`, `51F12345`, `59-X3 456.78`: a province, a series and a serial number.
pub(super) fn plates(text: &Reading<'_>) -> Vec<Span> {
    let told = text.says(&["xe", "biển", "bks", "plate"]);
    let mut spans = Vec::new();
    for at in 0..text.words.len() {
        let word = &text.words[at];
        let (split, series) = match text.words.get(at + 1) {
            Some(next) if is_province(&word.bare) && text.gap(at + 1) == "-" => {
                (2, format!("{}{}", word.bare, next.bare))
            }
            _ => (1, word.bare.clone()),
        };
        let whole = split == 1 && is_plate_in_one(&series);
        let serial = text.words.get(at + split).filter(|_| is_series(&series)).map(|w| w.bare.as_str());
        let apart = serial.is_some_and(|serial| {
            let digits = serial.bytes().filter(u8::is_ascii_digit).count();
            let pointed = serial.len() == 6 && serial.as_bytes()[3] == b'.';
            let form = serial.bytes().all(|b| b.is_ascii_digit()) || pointed;
            let gap = text.gap(at + split);
            let held = matches!(gap, "-" | "." | " - ") || split == 2;
            // Old ones have four digits. After a space the same is `10k 5000`.
            form && match digits {
                5 => held || pointed || told || gap == " " && is_long_series(&series) && !serial.ends_with("000"),
                4 => (held && is_long_series(&series) || told) && !serial.starts_with("20"),
                _ => false,
            }
        });
        let end = if whole { at + 1 } else { at + split + 1 };
        if (whole || apart)
            && let Some(span) = text.span(at..end, PersonalData::Plate)
        {
            spans.push(span);
        }
    }
    spans
}

/// The number of a province begins every plate: 11 to 99.
fn is_province(bare: &str) -> bool {
    bare.len() == 2 && bare.bytes().all(|b| b.is_ascii_digit()) && !bare.starts_with('0') && bare != "10"
}

/// `29a`, `29a1`, `29md1`
fn is_series(bare: &str) -> bool {
    let Some(province) = bare.get(..2) else { return false };
    let rest = &bare.as_bytes()[2..];
    let letters = rest.iter().take_while(|b| b.is_ascii_lowercase()).count();
    is_province(province)
        && (1..=2).contains(&letters)
        && rest.len() <= letters + 1
        && rest[letters..].iter().all(u8::is_ascii_digit)
}

fn is_long_series(bare: &str) -> bool {
    bare.len() > 3
}

fn is_plate_in_one(bare: &str) -> bool {
    bare.len() >= 8 && bare.is_ascii() && (5..=6).contains(&(bare.len() - 3)) && {
        let (series, serial) = bare.split_at(bare.len() - 5);
        is_series(series) && serial.bytes().all(|b| b.is_ascii_digit()) && !serial.ends_with("000")
    }
}
