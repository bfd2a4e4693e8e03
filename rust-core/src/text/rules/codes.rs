//! One-time codes and the codes of top-up cards, and the words that speak of them.

use std::cell::OnceCell;

use super::digits::{LONGEST_GROUP, TypedRun, spoken_digit};
use super::numbers::{Said, owner};
use super::word::Reading;

/// Lengths of one-time codes in use.
pub(super) const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Lengths of what is under the silver of a top-up card.
pub(super) const CARD_CODE_DIGITS: std::ops::RangeInclusive<usize> = 9..=16;

/// Particles, forms of address and words of handing over that may stand around a bare code.
pub(super) const AROUND_A_CODE: &[&str] = &[
    "dạ", "vâng", "a", "ạ", "đây", "nè", "nha", "nhé", "nhá", "nó", "ra", "là", "rồi", "ok", "ừ", "uh", "ùm", "này",
    "đó", "thấy", "hiện", "em", "e", "con", "c", "anh", "chị", "chú", "cô", "mẹ", "me", "má", "ma", "ba", "bố", "bà",
    "ông", "cậu", "dì", "bạn", "ban", "b", "ơi", "oi", "m", "t", "mới", "về", "nhận", "được", "đc", "dc", "á", "đấy",
    "tin", "không", "ko", "k", "đúng", "hả", "hở", "từ", "zalo", "gửi", "v", "vậy", "mình", "số", "sms", "thưa",
    "nhắn", "ghi", "?", "!",
];

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

/// The words by which the message speaks of a one-time code. `mã` does so, unless it is the code of a thing; `mà` (but)
/// never does; `ma` may be either, so a second word must speak of codes, or six digits must follow `ma la`.
pub(super) fn code_words(text: &Reading<'_>) -> Vec<usize> {
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
