//! Which number is whose: telephones, codes, accounts and identity numbers, told apart by how their digits are grouped and
//! by what is said beside them.

use super::codes::{CARD_CODE_DIGITS, CODE_DIGITS, CODE_WORDS, is_bare_code, is_of_a_card, spoken_code};
use super::digits::{LONGEST_GROUP, MOST_DIGITS, TypedRun, digits_of, is_year};
use super::owner::is_of_a_thing;
use super::phone_form::{MOBILE_DIGITS, is_phone};
use super::phones::{OTHER_NUMBERS, phone, phones_in_link};
use super::said::Said;
use super::word::Reading;
use super::{PersonalData, Span};

/// Digits of a citizen identity number, and of the card before it (Circular 59/2021/TT-BCA).
const CITIZEN_ID_DIGITS: usize = 12;
const OLD_ID_DIGITS: usize = 9;
/// Provinces are numbered 001 to 096 there, and its fourth digit is the century and the sex: 0 to 3 for the living.
const LAST_PROVINCE: u16 = 96;
/// Lengths of bank account numbers in use.
const ACCOUNT_DIGITS: std::ops::RangeInclusive<usize> = 6..=MOST_DIGITS;
/// A shorter number is taken for an account only behind `stk`.
const SURE_ACCOUNT_DIGITS: usize = 8;
/// Cards of Vietnamese banks begin so (NAPAS); all cards have 16 digits, some of these 19.
const NAPAS: &str = "9704";
/// Longest group of an account or an identity number.
const LONGEST_LONG_GROUP: usize = 7;

/// What a plain number counts.
const UNITS: &[&str] = &[
    "diem", "vang", "nguoi", "trieu", "nghin", "ngan", "phut", "dong", "k", "đ", "d", "vnd", "vnđ", "đồng", "tr",
    "triệu", "nghìn", "ngàn", "xu", "vàng", "robux", "điểm", "view", "views", "like", "tim", "người", "cái", "lần",
    "năm", "tháng", "ngày", "fic", "bit", "dòng", "cp", "kim", "kc", "exp", "chữ", "vạch", "km", "kg", "g", "ml", "h",
    "phút", "ván", "trận", "ký", "kí", "tuổi", "đứa", "cân", "đô",
];

/// Numbers that are personal data, in reading order.
pub(super) fn numbers(text: &Reading<'_>) -> Vec<Span> {
    // Most messages hold no more digits than a price or an hour, if any, and need not be asked what they speak of.
    let digits: usize = text.words.iter().filter_map(digits_of).map(|digits| digits.len()).sum();
    if digits < *CODE_DIGITS.start() && !text.words.iter().any(|w| w.typed == "<url>") {
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

fn is_citizen_id(digits: &str) -> bool {
    digits.get(..3).and_then(|p| p.parse::<u16>().ok()).is_some_and(|p| (1..=LAST_PROVINCE).contains(&p))
        && matches!(digits.as_bytes().get(3), Some(b'0'..=b'3'))
}
