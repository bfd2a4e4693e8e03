//! Telephone numbers, codes, accounts and identity numbers: runs of digits, told apart by how they are grouped and by
//! what is said beside them.

use std::cell::OnceCell;
use std::ops::Range;

use super::word::{Reading, Word, is_mark};
use super::{PersonalData, Span};

/// Digits of a Vietnamese mobile number with its leading zero (03, 05, 07, 08, 09: MIC plan of 2018).
const MOBILE_DIGITS: usize = 10;
/// Digits of a landline number with its area code (02x).
const LANDLINE_DIGITS: usize = 11;
/// Digits of a citizen identity number, and of the card before it (Circular 59/2021/TT-BCA).
const CITIZEN_ID_DIGITS: usize = 12;
const OLD_ID_DIGITS: usize = 9;
/// Provinces are numbered 001 to 096 there, and its fourth digit is the century and the sex: 0 to 3 for the living.
const LAST_PROVINCE: u16 = 96;
/// Lengths of bank account numbers in use.
const ACCOUNT_DIGITS: std::ops::RangeInclusive<usize> = 6..=19;
/// A shorter number is taken for an account only behind `stk`.
const SURE_ACCOUNT_DIGITS: usize = 8;
/// Cards of Vietnamese banks begin so (NAPAS); all cards have 16 digits, some of these 19.
const NAPAS: &str = "9704";
/// Lengths of one-time codes in use.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Lengths of what is under the silver of a top-up card.
const CARD_CODE_DIGITS: std::ops::RangeInclusive<usize> = 9..=16;
/// Longest group of a number that is written in several.
const LONGEST_GROUP: usize = 5;
/// The same of accounts and identity numbers.
const LONGEST_LONG_GROUP: usize = 7;
/// Signs between two groups of one number.
const LONGEST_GAP: usize = 5;

const BANKS: &[&str] = &[
    "stk",
    "vcb",
    "vietcombank",
    "vietcom",
    "bidv",
    "acb",
    "mbbank",
    "mbb",
    "mb",
    "tcb",
    "techcombank",
    "techcom",
    "agribank",
    "agri",
    "sacombank",
    "stb",
    "tpbank",
    "vietinbank",
    "vietin",
    "viettin",
    "vib",
    "vpbank",
    "hdbank",
    "shb",
    "msb",
    "ocb",
    "seabank",
    "timo",
    "cake",
    "napas",
    "momo",
    "zalopay",
];
const PHONE_WORDS: &[&str] = &[
    "số", "sđt", "đt", "dt", "zalo", "gọi", "alo", "phone", "điện", "lh", "liên", "call", "nhắn", "máy", "phôn", "nt",
    "ib", "kb",
];
/// What has a number of its own that reaches nobody.
const OTHER_NUMBERS: &[&str] = &["mst", "sbd", "id", "uid", "seri", "serial", "imei", "đơn", "vận", "hs", "thuế"];
/// Words of whom a number reaches: told nearer than one of those above, it is one that does.
const CALLED: &[&str] = &["sđt", "sdt", "đt", "dt", "zalo", "gọi", "alo", "phone", "lh", "call", "hotline"];
/// What may stand between an order, a ticket or a card and its number: whose it is, and who carries it.
const OWNERS: &[&str] = &[
    "là", "số", "của", "hàng", "em", "e", "mình", "t", "tui", "tớ", "con", "c", "chị", "anh", "a", "bạn", "b", "nè",
    "này", "đây", "shop", "shopee", "lazada", "tiki", "tiktok", "spx", "spxvn", "ghn", "ghtk", "vtp", "jt", "vn",
];
/// What a plain number counts.
const UNITS: &[&str] = &[
    "diem", "vang", "nguoi", "trieu", "nghin", "ngan", "phut", "dong", "k", "đ", "d", "vnd", "vnđ", "đồng", "tr",
    "triệu", "nghìn", "ngàn", "xu", "vàng", "robux", "điểm", "view", "views", "like", "tim", "người", "cái", "lần",
    "năm", "tháng", "ngày", "fic", "bit", "dòng", "cp", "kim", "kc", "exp", "chữ", "vạch", "km", "kg", "g", "ml", "h",
    "phút", "ván", "trận", "ký", "kí", "tuổi", "đứa", "cân", "đô",
];
/// Particles, forms of address and words of handing over that may stand around a bare code.
const AROUND_A_CODE: &[&str] = &[
    "dạ", "vâng", "a", "ạ", "đây", "nè", "nha", "nhé", "nhá", "nó", "ra", "là", "rồi", "ok", "ừ", "uh", "ùm", "này",
    "đó", "thấy", "hiện", "em", "e", "con", "c", "anh", "chị", "chú", "cô", "mẹ", "me", "má", "ma", "ba", "bố", "bà",
    "ông", "cậu", "dì", "bạn", "ban", "b", "ơi", "oi", "m", "t", "mới", "về", "nhận", "được", "đc", "dc", "á", "đấy",
    "tin", "không", "ko", "k", "đúng", "hả", "hở", "từ", "zalo", "gửi", "v", "vậy", "mình", "số", "sms", "thưa",
    "nhắn", "ghi", "?", "!",
];

/// Between the digits of a number in words: chín mươi mốt.
const TENS: &[&str] = &["mươi"];
/// Words for a one-time code.
const CODE_WORDS: &[&str] = &["mã", "otp", "0tp", "code"];

/// How two groups of one number may be held together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// By nothing else than spaces, full stops or hyphens.
    Close,
    /// By other signs that people put between.
    Loose,
    /// Not at all.
    Apart,
}

/// Numbers that are personal data, in reading order.
pub(super) fn numbers(text: &Reading<'_>) -> Vec<Span> {
    // Most messages hold no number, and need not be asked what they speak of.
    if !text.words.iter().any(|w| w.starts_with_digit() || w.typed == "<url>" || digits_of(w).is_some()) {
        return Vec::new();
    }
    let said = Said::new(text);
    let longest = if said.id || said.bank { LONGEST_LONG_GROUP } else { LONGEST_GROUP };
    let mut spans = Vec::new();
    let mut at = 0;
    while at < text.words.len() {
        let run = TypedRun::new(text, at, longest);
        let account = run.as_ref().filter(|r| r.digits.len() > MOBILE_DIGITS && said.bank && !is_phone(&r.digits));
        let card = run.as_ref().filter(|r| CARD_CODE_DIGITS.contains(&r.digits.len()) && is_of_a_card(text, at));
        spans.extend(phones_in_link(text, at));
        let found = match phone(text, &said, at).filter(|_| account.is_none() && card.is_none()) {
            Some(end) => text.span(at..end, PersonalData::Phone).map(|s| (s, end)),
            None => match &run {
                Some(run) => kind_of(text, &said, run)
                    .and_then(|kind| Some((text.span(run.words.clone(), kind)?, run.words.end))),
                None => spoken_code(text, &said, at)
                    .and_then(|end| Some((text.span(at..end, PersonalData::OneTimeCode)?, end))),
            },
        };
        at = match (found, run) {
            (Some((span, end)), _) => {
                spans.push(span);
                end
            }
            // The end of a longer number is no number of its own, unless it is a telephone's.
            (None, Some(run)) if !(at + 1..run.words.end).any(|i| phone(text, &said, i).is_some()) => run.words.end,
            _ => at + 1,
        };
    }
    spans
}

/// `zalo.me/0912345678`
fn phones_in_link(text: &Reading<'_>, at: usize) -> Vec<Span> {
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

/// What the message speaks of. Asked once: a stranger may send thousands of numbers in one message.
struct Said {
    code: bool,
    /// The words for a one-time code, in order.
    codes: Vec<usize>,
    /// The first word that can be no other than one for a code.
    first_code: Option<usize>,
    bank: bool,
    card: bool,
    id: bool,
    card_code: bool,
    phone: bool,
    /// Words that are more than particles and pictures, numbers among them.
    telling: usize,
    /// Whether one of those is no number.
    more_than_numbers: bool,
}

impl Said {
    fn new(text: &Reading<'_>) -> Self {
        let telling = || text.words.iter().filter(|w| !w.typed.starts_with('<') && !w.is(AROUND_A_CODE));
        let codes = code_words(text);
        Self {
            telling: telling().count(),
            more_than_numbers: telling().any(|w| w.is_word() && digits_of(w).is_none() && !w.is(TENS)),
            phone: text.says(PHONE_WORDS),
            card: text.says(&["thẻ", "visa", "mastercard", "atm", "card"]),
            code: !codes.is_empty(),
            codes,
            first_code: text.words.iter().position(|w| matches!(w.typed.as_str(), "mã" | "otp")),
            bank: text.says(BANKS)
                || text.says_pair(&["tài"], &["khoản"])
                || text.says_pair(&["số"], &["tk"])
                || text.says_pair(&["số"], &["thẻ"])
                || text.says_pair(&["ck"], &["vào", "qua", "cho"]),
            id: text.says(&["cccd", "cmnd", "cmt"])
                || text.says_pair(&["căn"], &["cước"])
                || text.says_pair(&["chứng"], &["minh"]),
            card_code: text.says_pair(&["mã", "seri", "số"], &["thẻ", "cào", "nạp"])
                || text.says_pair(
                    &["thẻ"],
                    &["cào", "nạp", "game", "garena", "viettel", "vt", "mobi", "mobifone", "vina", "zing", "gate"],
                ),
        }
    }
}

/// A number that is typed in digits, in one group or several.
struct TypedRun {
    words: Range<usize>,
    digits: String,
    groups: Vec<usize>,
    /// Whether full stops or commas stand inside a group, as in money and decimals.
    pointed: bool,
}

impl TypedRun {
    fn new(text: &Reading<'_>, at: usize, longest: usize) -> Option<Self> {
        let mut run = Self { words: at..at, digits: String::new(), groups: Vec::new(), pointed: false };
        while let Some(word) = text.words.get(run.words.end) {
            let Some(digits) = word.number() else { break };
            let more = !run.groups.is_empty();
            let fits = digits.len() <= longest && run.groups.iter().all(|g| *g <= longest);
            if more
                && (gap(text, run.words.end) != Gap::Close
                    || !fits
                    || run.digits.len() + digits.len() > *ACCOUNT_DIGITS.end())
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

    fn is_whole(&self) -> bool {
        self.groups.len() == 1 && !self.pointed
    }

    fn is_even(&self) -> bool {
        self.groups.iter().all(|g| *g == self.groups[0])
    }

    /// `500.000`, `1.500.000`
    fn is_money(&self) -> bool {
        self.pointed && self.groups[0] <= 3 && self.groups[1..].iter().all(|g| *g == 3)
    }

    /// Whether it reads as a sum rather than as a number of something.
    fn is_amount(&self) -> bool {
        self.pointed || self.digits.ends_with("000")
    }
}

fn kind_of(text: &Reading<'_>, said: &Said, run: &TypedRun) -> Option<PersonalData> {
    let (at, n) = (run.words.start, run.digits.len());
    let hotline = n == 10 && (run.digits.starts_with("1900") || run.digits.starts_with("1800"));
    let left = text.says_before(at, 2, &["còn", "hết", "dư", "trừ", "nạp", "rút", "có"]);
    // The nearest word says what it is: `ck vào stk này, otp 481902` has no account in it.
    let named = |what: &dyn Fn(usize) -> bool| (at.saturating_sub(4)..at).rev().find(|i| what(*i));
    let code_is_nearer = CODE_DIGITS.contains(&n)
        && named(&|i| said.codes.binary_search(&i).is_ok()) > named(&|i| text.is(i, &["stk", "tk", "khoản", "thẻ"]));
    let account_is_named = !code_is_nearer
        && (text.says_before(at, 4, &["stk"])
            || n >= SURE_ACCOUNT_DIGITS
                && !left
                && !hotline
                && (text.says_before(at, 4, &["tk"])
                    || (at.saturating_sub(4)..at)
                        .any(|i| text.is(i, &["tài", "số"]) && text.is(i + 1, &["khoản", "thẻ"]))));
    let card = matches!(n, 16 | 19)
        && run.is_even()
        && !run.pointed
        && (run.digits.starts_with(NAPAS) || n == 16 && !said.card_code && said.card);
    let end = run.words.end;
    let code_is_beside = text.says_before(at, 3, CODE_WORDS) || text.is(end, &["là"]) && text.is(end + 1, CODE_WORDS);
    let code_is_near = n == 6 || code_is_beside || text.says_before(at, 4, &["là"]);
    // Six digits behind the word for a code count nothing, whatever follows.
    let unit = text.words.get(end).is_some_and(|w| UNITS.contains(&w.typed.as_str()));
    let counted = n <= *CODE_DIGITS.end() && unit && !(n == 6 && code_is_beside && !run.digits.ends_with("000"));
    // `otp của đơn là 481902`
    let code_of_a_thing = CODE_DIGITS.contains(&n) && text.says_before(at, 5, &["otp", "0tp", "nhận"]);
    if counted || is_of_a_thing(text, at) && !code_of_a_thing {
        return None;
    }
    Some(match n {
        _ if card => PersonalData::BankAccount,
        _ if CARD_CODE_DIGITS.contains(&n) && !run.pointed && is_of_a_card(text, at) => PersonalData::OneTimeCode,
        _ if account_is_named && ACCOUNT_DIGITS.contains(&n) && !run.is_money() => PersonalData::BankAccount,
        CITIZEN_ID_DIGITS | OLD_ID_DIGITS if said.id => PersonalData::CitizenId,
        _ if said.code
            && CODE_DIGITS.contains(&n)
            && code_is_near
            && run.is_even()
            && (!run.pointed || n == 6 && said.first_code.is_some_and(|first| first < at))
            && !is_year(&run.digits)
            && !run.digits.ends_with("000") =>
        {
            PersonalData::OneTimeCode
        }
        _ if (12..=16).contains(&n)
            && said.code
            && code_is_beside
            && run.groups.len() > 2
            && run.groups.iter().all(|g| *g == 4) =>
        {
            PersonalData::OneTimeCode
        }
        _ if said.bank
            && !hotline
            && (SURE_ACCOUNT_DIGITS..=*ACCOUNT_DIGITS.end()).contains(&n)
            && !run.is_amount() =>
        {
            PersonalData::BankAccount
        }
        _ if said.card_code && CARD_CODE_DIGITS.contains(&n) && !run.pointed => PersonalData::OneTimeCode,
        CITIZEN_ID_DIGITS
            if !run.pointed
                && run.groups.iter().any(|g| *g > 2)
                && is_citizen_id(&run.digits)
                && !text.says_before(at, 3, OTHER_NUMBERS) =>
        {
            PersonalData::CitizenId
        }
        6 if is_bare_code(text, said, run) => PersonalData::OneTimeCode,
        _ => return None,
    })
}

/// A message that is nothing but six digits and what is said when handing them over.
fn is_bare_code(text: &Reading<'_>, said: &Said, run: &TypedRun) -> bool {
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

fn is_citizen_id(digits: &str) -> bool {
    digits.get(..3).and_then(|p| p.parse::<u16>().ok()).is_some_and(|p| (1..=LAST_PROVINCE).contains(&p))
        && matches!(digits.as_bytes().get(3), Some(b'0'..=b'3'))
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// Whether the number at the word is that of an order, a parcel, a ticket or an examinee, which reaches nobody and opens
/// nothing: `mã vận đơn của em là 0912345678`.
fn is_of_a_thing(text: &Reading<'_>, at: usize) -> bool {
    const THINGS: &[&str] = &["đơn", "đh", "vận", "mvđ", "mvd", "vé", "kiện", "sbd", "mssv", "mshs", "tracking"];
    let Some(i) = owner(text, at) else { return false };
    let before = |words: &[&str]| i > 0 && text.is(i - 1, words);
    THINGS.contains(&text.words[i].typed.as_str())
        || text.is(i, &["danh"]) && before(&["báo"])
        || text.is(i, &["kiện"]) && before(&["bưu", "mã"])
        || text.is(i, &["sinh"]) && before(&["thí"])
        || text.is(i, &["viên"]) && before(&["sinh"]) && i > 1 && text.is(i - 2, &["mã", "số"])
        // `don` is also `đón`.
        || text.words[i].typed == "don" && (before(&["mã", "vận", "hoá"]) || text.is(i + 1, &["hàng"]))
        || text.is(i, &["mã"]) && text.is(i + 1, &["hàng"])
}

/// Whether the number at the word is what is under the silver of a top-up card: `mã thẻ là 0312345678`.
fn is_of_a_card(text: &Reading<'_>, at: usize) -> bool {
    owner(text, at).is_some_and(|i| i > 0 && text.is(i, &["thẻ", "cào", "nạp"]) && text.is(i - 1, &["mã"]))
}

/// The word that says whose number stands at the word, behind which there is no more than whose that is.
fn owner(text: &Reading<'_>, at: usize) -> Option<usize> {
    const FAR: usize = 6;
    for i in (at.saturating_sub(FAR)..at).rev() {
        if text.gap(i + 1).contains([',', ';', '.', '?', '!', '\n']) {
            return None;
        }
        let of_goods = text.is(i, &["hàng"]) && i > 0 && text.is(i - 1, &["mã"]);
        if !text.is(i, OWNERS) || of_goods {
            return Some(if of_goods { i - 1 } else { i });
        }
    }
    None
}

/// Whether one of the two words before says that the number reaches nobody, and none behind it that it does.
fn is_other_number(text: &Reading<'_>, at: usize) -> bool {
    let says = |i: &usize, any: &[&str]| any.contains(&text.words[*i].typed.as_str());
    let near = (at.saturating_sub(2)..at).rev().find(|i| says(i, OTHER_NUMBERS) || says(i, CALLED));
    near.is_some_and(|i| says(&i, OTHER_NUMBERS)) || is_of_a_thing(text, at)
}

/// The end of a telephone number that begins at the word: digits, number words, or letters in place of digits.
fn phone(text: &Reading<'_>, said: &Said, at: usize) -> Option<usize> {
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

/// Whether it has the form of a telephone number, with the country's in front or without.
pub(super) fn is_phone(digits: &str) -> bool {
    let national = digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84")).map(|rest| format!("0{rest}"));
    let number = national.as_deref().unwrap_or(digits).as_bytes();
    match (number.first(), number.get(1)) {
        (Some(b'0'), Some(b'3' | b'5' | b'7' | b'8' | b'9')) => number.len() == MOBILE_DIGITS,
        (Some(b'0'), Some(b'2')) => number.len() == LANDLINE_DIGITS,
        _ => false,
    }
}

/// A picture between the groups of a number.
fn is_picture(word: &Word) -> bool {
    matches!(word.typed.as_str(), "<emoji>" | "<heart>" | "<laugh>" | "<sad>")
}

/// The digits that a word stands for: typed, as a word, or with letters in place of some.
fn digits_of(word: &Word) -> Option<String> {
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
fn spoken_digit(word: &Word, marked: bool) -> Option<&'static str> {
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

/// The end of a one-time code in words, close behind the word for it.
fn spoken_code(text: &Reading<'_>, said: &Said, at: usize) -> Option<usize> {
    if !said.code || !text.says_before(at, 4, CODE_WORDS) {
        return None;
    }
    // One more than a code may have: a row of hundreds is not read to its end from each of them.
    let most = CODE_DIGITS.end() + 1;
    let digits = text.words[at..].iter().take(most).take_while(|w| spoken_digit(w, text.marked).is_some()).count();
    CODE_DIGITS.contains(&digits).then_some(at + digits)
}

/// What holds a word to the one before, where both are digits.
fn gap(text: &Reading<'_>, at: usize) -> Gap {
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

/// The words by which the message speaks of a one-time code. `mã` does so, unless it is the code of a thing; `mà` (but)
/// never does; `ma` may be either, so a second word must speak of codes, or six digits must follow `ma la`.
fn code_words(text: &Reading<'_>) -> Vec<usize> {
    /// What has a code of its own that opens nothing: goods, exams, orders, parcels, rooms, prices, places.
    const THINGS: &[&str] = &[
        "hàng", "đề", "đơn", "vận", "vạch", "lớp", "phòng", "giảm", "sản", "vùng", "bài", "tàu", "zoom", "kahoot",
        "quizizz", "sp",
    ];
    /// The same where `mã` cannot be another word.
    const MORE_THINGS: &[&str] = &[
        "áo",
        "lực",
        "mời",
        "map",
        "trường",
        "ngành",
        "nguồn",
        "màu",
        "bưu",
        "tỉnh",
        "sv",
        "hs",
        "sinh",
        "học",
        "chuyến",
        "cổ",
        "tấu",
        "hóa",
        "hoá",
        "não",
        "zip",
        "sói",
        "quà",
    ];
    const CONTEXT: &[&str] =
        &["sms", "pin", "zalo", "fb", "facebook", "gmail", "ví", "momo", "app", "acc", "nick", "otp"];
    let context = OnceCell::new();
    let in_context = || {
        *context.get_or_init(|| {
            text.says(CONTEXT)
                || text.says_pair(&["xác"], &["nhận", "thực", "minh"])
                || text.says_pair(&["đăng"], &["nhập", "ký"])
                || text.says_pair(&["kích"], &["hoạt"])
                || text.says_pair(&["gửi"], &["về", "tới", "đến", "qua"])
                || text.says_pair(&["tin"], &["nhắn"])
        })
    };
    let six_follow = |at: usize| TypedRun::new(text, at, LONGEST_GROUP).is_some_and(|run| run.digits.len() == 6);
    if text.says_pair(&["hết"], &["hàng"]) {
        return Vec::new();
    }
    let is_one = |i: &usize| {
        let i = *i;
        let word = text.words[i].typed.as_str();
        let number_of = text.is(i + 1, &["số"]);
        let thing = |at: usize| text.is(at, THINGS) || word != "ma" && text.is(at, MORE_THINGS);
        let of_a_thing = thing(i + 1)
            || number_of && thing(i + 2)
            || i > 0 && text.is(i - 1, &["áo", "zip", "sp", "hàng", "đề", "map"]);
        match word {
            "otp" | "0tp" => true,
            "o" if text.words[i + 1..].iter().take(2).map(|w| w.typed.as_str()).eq(["t", "p"]) => true,
            "code" => !of_a_thing && (in_context() || six_follow(i + 1) || text.is(i + 1, &["là"])),
            "mã" => !(of_a_thing || number_of && text.is(i + 2, &["thuế"])),
            "ma" => {
                let said = text.is(i + 1, &["là", "số"]) && six_follow(i + 2);
                !of_a_thing && (said || six_follow(i + 1) || in_context())
            }
            _ => false,
        }
    };
    (0..text.words.len()).filter(is_one).collect()
}
