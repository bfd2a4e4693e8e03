//! What a message speaks of: codes, banks, cards, telephones; asked once for all of its numbers.

use std::cell::OnceCell;

use super::digits::{LONGEST_GROUP, TENS, TypedRun, digits_of};
use super::word::Reading;

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

/// Particles, forms of address and words of handing over that may stand around a bare code.
const AROUND_A_CODE: &[&str] = &[
    "dạ", "vâng", "a", "ạ", "đây", "nè", "nha", "nhé", "nhá", "nó", "ra", "là", "rồi", "ok", "ừ", "uh", "ùm", "này",
    "đó", "thấy", "hiện", "em", "e", "con", "c", "anh", "chị", "chú", "cô", "mẹ", "me", "má", "ma", "ba", "bố", "bà",
    "ông", "cậu", "dì", "bạn", "ban", "b", "ơi", "oi", "m", "t", "mới", "về", "nhận", "được", "đc", "dc", "á", "đấy",
    "tin", "không", "ko", "k", "đúng", "hả", "hở", "từ", "zalo", "gửi", "v", "vậy", "mình", "số", "sms", "thưa",
    "nhắn", "ghi", "?", "!",
];

/// What the message speaks of. Asked once: a stranger may send thousands of numbers in one message.
pub(super) struct Said {
    pub(super) code: bool,
    /// The words for a one-time code, in order.
    pub(super) codes: Vec<usize>,
    /// The first word that can be no other than one for a code.
    pub(super) first_code: Option<usize>,
    pub(super) bank: bool,
    pub(super) card: bool,
    pub(super) id: bool,
    pub(super) card_code: bool,
    pub(super) phone: bool,
    /// Words that are more than particles and pictures, numbers among them.
    pub(super) telling: usize,
    /// Whether one of those is no number.
    pub(super) more_than_numbers: bool,
}

impl Said {
    pub(super) fn new(text: &Reading<'_>) -> Self {
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
