//! Rules of high precision, for what a model is bad at: numbers, addresses and a few fixed forms.
//!
//! Rules say what stands in the message, never whether the talk is dangerous: a child may well give its number to a
//! delivery rider. Their findings go to the conversation as evidence and to the interface as spans to highlight.

use std::ops::Range;

use serde::Serialize;

use super::indicator::{Indicator, IndicatorSet, Side};
use super::normalise::{Normalised, Token};
use super::syllable;

/// Digits of a Vietnamese mobile number with its leading zero (03, 05, 07, 08, 09: MIC plan of 2018).
const MOBILE_DIGITS: usize = 10;
/// Digits of a landline number with its area code (02x).
const LANDLINE_DIGITS: usize = 11;
/// Digits of a citizen identity number (Circular 59/2021/TT-BCA).
const CITIZEN_ID_DIGITS: usize = 12;
/// Lengths of bank account numbers in use.
const ACCOUNT_DIGITS: std::ops::RangeInclusive<usize> = 6..=19;
/// Lengths of one-time codes in use.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Bytes between two groups of one number: spaces, a full stop, a hyphen, brackets.
const MAX_GROUP_GAP: usize = 4;

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalData {
    /// A telephone number, in digits or words.
    Phone,
    /// An e-mail address.
    Email,
    /// A street, alley, hamlet or flat with its number.
    Address,
    /// A school together with a class.
    School,
    /// A one-time code.
    OneTimeCode,
    /// A password.
    Password,
    /// A bank account number.
    BankAccount,
    /// A citizen identity number.
    CitizenId,
    /// A vehicle plate.
    Plate,
}

/// A piece of personal data and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First byte in the original message.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it is.
    pub kind: PersonalData,
}

/// What the rules found in one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleFindings {
    /// Personal data in reading order, without overlaps.
    pub spans: Vec<Span>,
    /// Indicators that a fixed form proves.
    pub indicators: IndicatorSet,
}

impl RuleFindings {
    /// Whether personal data of this kind was found.
    pub fn has(&self, kind: PersonalData) -> bool {
        self.spans.iter().any(|s| s.kind == kind)
    }

    /// Whether something was found that opens an account or a purse: a code, a password, a bank account.
    pub fn has_secret(&self) -> bool {
        [PersonalData::OneTimeCode, PersonalData::Password, PersonalData::BankAccount].iter().any(|k| self.has(*k))
    }

    /// What the second stage is told: a secret, a way to find or reach the child, and each fixed form.
    pub fn signals(&self) -> [bool; 5] {
        let reachable = [PersonalData::Address, PersonalData::School, PersonalData::Phone].iter().any(|k| self.has(*k));
        let form = |i| self.indicators.contains(i);
        [
            self.has_secret(),
            reachable,
            form(Indicator::Threat),
            form(Indicator::AuthorityScam),
            form(Indicator::JobLure),
        ]
    }
}

/// Applies every rule to a message of `side`. `message` is the text that `normal` was made from.
pub fn rules(message: &str, normal: &Normalised, side: Side) -> RuleFindings {
    let words: Vec<Word> = normal.plain_tokens().iter().map(|t| Word::new(t, message)).collect();
    let mut spans = numbers(&words);
    spans.extend(emails(&words));
    spans.extend(plates(&words));
    spans.extend(passwords(&words));
    spans.extend(schools(&words));
    spans.extend(addresses(&words));
    // The surer rule wins where two overlap: the list above is in that order.
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        if kept.iter().all(|k| span.end <= k.start || k.end <= span.start) {
            kept.push(span);
        }
    }
    kept.sort_by_key(|s| s.start);
    let mut indicators = fixed_forms(normal, side);
    if side == Side::Child && !kept.is_empty() {
        indicators.insert(Indicator::SharesPersonalInfo);
    }
    RuleFindings { spans: kept, indicators }
}

/// A token as the rules read it.
struct Word {
    /// In lower case, as typed.
    typed: String,
    /// The same without diacritics.
    bare: String,
    span: Range<usize>,
    /// Whether it begins with a capital in the original, as names do.
    capital: bool,
}

impl Word {
    fn new(token: &Token, message: &str) -> Self {
        let capital = message.get(token.span()).and_then(|s| s.chars().next()).is_some_and(char::is_uppercase);
        Self { typed: token.text().to_owned(), bare: syllable::fold(token.text()), span: token.span(), capital }
    }

    fn is(&self, any: &[&str]) -> bool {
        any.contains(&self.bare.as_str())
    }

    fn starts_with_digit(&self) -> bool {
        self.bare.starts_with(|c: char| c.is_ascii_digit())
    }

    /// The digits it stands for: typed, as a word, or with letters in place of digits.
    fn digits(&self) -> Option<String> {
        let spoken = match self.bare.as_str() {
            "khong" | "ko" | "o" => "0",
            "mot" => "1",
            "hai" => "2",
            "ba" => "3",
            "bon" | "tu" => "4",
            "nam" | "lam" => "5",
            "sau" => "6",
            "bay" => "7",
            "tam" => "8",
            "chin" => "9",
            _ => "",
        };
        if !spoken.is_empty() {
            return Some(spoken.to_owned());
        }
        let typed: String = self
            .bare
            .chars()
            .filter(|c| !matches!(c, '.' | ',' | '/'))
            .map(|c| match c {
                'o' | 'q' => '0',
                'l' | 'i' => '1',
                c => c,
            })
            .collect();
        let has_digit = self.bare.bytes().any(|b| b.is_ascii_digit());
        (has_digit && typed.bytes().all(|b| b.is_ascii_digit()) && !self.bare.contains('/')).then_some(typed)
    }
}

fn join(words: &[Word], kind: PersonalData) -> Option<Span> {
    Some(Span { start: words.first()?.span.start, end: words.last()?.span.end, kind })
}

/// Particles and forms of address that may stand around a bare code.
const AROUND_A_CODE: &[&str] = &[
    "da", "vang", "a", "day", "ne", "nha", "nhe", "no", "ra", "la", "roi", "ok", "u", "uh", "um", "nay", "do", "thay",
    "hien", "em", "con", "anh", "chi", "chu", "co", "?", "!",
];

/// Phone numbers, identity numbers, bank accounts and codes: runs of digits told apart by length and by what is said.
fn numbers(words: &[Word]) -> Vec<Span> {
    let said = |any: &[&str]| words.iter().any(|w| w.is(any));
    let pair = |a: &str, b: &str| words.windows(2).any(|w| w[0].bare == a && w[1].bare == b);
    let says_code = says_code(words);
    let says_bank =
        said(&["stk", "vcb", "bidv", "acb", "mbbank", "vietcombank", "techcombank", "agribank", "sacombank"])
            || said(&["tpbank", "vietinbank", "momo", "tcb", "vib", "vpbank"])
            || pair("tai", "khoan")
            || pair("so", "tk")
            || pair("mb", "bank");
    let says_id = said(&["cccd", "cmnd"]) || pair("can", "cuoc") || pair("chung", "minh");
    let mut spans = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut digits = String::new();
        let mut end = at;
        let mut phone = None;
        while let Some(more) = words.get(end).and_then(Word::digits) {
            if end > at && words[end].span.start.saturating_sub(words[end - 1].span.end) > MAX_GROUP_GAP {
                break;
            }
            digits.push_str(&more);
            end += 1;
            if is_phone(&digits) {
                phone = Some(end);
            }
            if digits.len() > *ACCOUNT_DIGITS.end() {
                break;
            }
        }
        let typed = words[at..end].iter().all(Word::starts_with_digit);
        let length = digits.len();
        let found = if let Some(end) = phone.filter(|_| !(says_bank && length > MOBILE_DIGITS)) {
            join(&words[at..end], PersonalData::Phone).map(|s| (s, end))
        } else if !typed || end == at {
            None
        } else {
            let kind = match length {
                CITIZEN_ID_DIGITS if digits.starts_with('0') || says_id => Some(PersonalData::CitizenId),
                9 if says_id => Some(PersonalData::CitizenId),
                n if ACCOUNT_DIGITS.contains(&n) && says_bank => Some(PersonalData::BankAccount),
                n if CODE_DIGITS.contains(&n) && says_code && !is_year(&digits) => Some(PersonalData::OneTimeCode),
                // A message that is nothing but six digits and what is said when handing them over.
                6 if words[..at].iter().chain(&words[end..]).all(|w| w.is(AROUND_A_CODE)) => {
                    Some(PersonalData::OneTimeCode)
                }
                _ => None,
            };
            kind.and_then(|kind| join(&words[at..end], kind)).map(|s| (s, end))
        };
        match found {
            Some((span, end)) => {
                spans.push(span);
                at = end;
            }
            None => at += 1,
        }
    }
    spans
}

/// Whether the message speaks of a one-time code. `mã` says so, unless it is the code of a thing; `mà` (but) never does;
/// `ma` may be either, so a second word must speak of codes, or six digits must follow `ma la`.
fn says_code(words: &[Word]) -> bool {
    /// What has a code of its own that opens nothing: goods, exams, orders, parcels, rooms, prices.
    const THINGS: &[&str] = &["hang", "de", "don", "van", "vach", "lop", "phong", "giam", "san", "vung", "bai", "tau"];
    const CONTEXT: &[&str] = &["sms", "pin", "zalo", "fb", "facebook", "gmail", "vi", "momo", "app", "acc", "nick"];
    let pair = |a: &str, b: &[&str]| words.windows(2).any(|w| w[0].bare == a && w[1].is(b));
    let in_context = || {
        words.iter().any(|w| w.is(CONTEXT))
            || pair("xac", &["nhan", "thuc", "minh"])
            || pair("dang", &["nhap", "ky"])
            || pair("kich", &["hoat"])
            || pair("gui", &["ve", "toi", "den", "qua"])
            || pair("tin", &["nhan"])
    };
    let six_follow = |i: usize| {
        let digits: usize = words[i..]
            .iter()
            .take(3)
            .map_while(|w| w.digits().filter(|_| w.starts_with_digit()))
            .map(|d| d.len())
            .sum();
        digits == 6
    };
    words.iter().enumerate().any(|(i, word)| {
        let of_a_thing = words.get(i + 1).is_some_and(|w| w.is(THINGS));
        match word.typed.as_str() {
            "otp" | "code" => true,
            "mã" => !of_a_thing,
            "ma" => {
                !of_a_thing && (words.get(i + 1).is_some_and(|w| w.bare == "la" && six_follow(i + 2)) || in_context())
            }
            _ => false,
        }
    })
}

fn is_phone(digits: &str) -> bool {
    let national = digits.strip_prefix("84").map(|rest| format!("0{rest}"));
    let number = national.as_deref().unwrap_or(digits).as_bytes();
    match (number.first(), number.get(1)) {
        (Some(b'0'), Some(b'3' | b'5' | b'7' | b'8' | b'9')) => number.len() == MOBILE_DIGITS,
        (Some(b'0'), Some(b'2')) => number.len() == LANDLINE_DIGITS,
        _ => false,
    }
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

fn emails(words: &[Word]) -> Vec<Span> {
    words
        .iter()
        .filter(|w| w.bare == "<email>")
        .filter_map(|w| join(std::slice::from_ref(w), PersonalData::Email))
        .collect()
}

/// `29A1-123.45`, `51F 12345`, `59x3 4567`: nothing else in a chat looks like `29A1` before five digits.
fn plates(words: &[Word]) -> Vec<Span> {
    let series = |w: &Word| {
        let b = w.bare.as_bytes();
        (3..=4).contains(&b.len())
            && b[..2].iter().all(u8::is_ascii_digit)
            && b[2].is_ascii_lowercase()
            && b[3..].iter().all(u8::is_ascii_alphanumeric)
    };
    let serial = |w: &Word| {
        let digits = w.bare.bytes().filter(u8::is_ascii_digit).count();
        (4..=5).contains(&digits) && w.bare.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    words
        .windows(2)
        .filter(|pair| series(&pair[0]) && serial(&pair[1]))
        .filter_map(|pair| join(pair, PersonalData::Plate))
        .collect()
}

/// `mật khẩu là abc123`, `mk: abc123`, `pass abc123`.
fn passwords(words: &[Word]) -> Vec<Span> {
    let mut spans = Vec::new();
    for i in 0..words.len() {
        let named = words[i].is(&["mk", "pass", "password", "pw"])
            || (words[i].bare == "khau" && i > 0 && words[i - 1].bare == "mat");
        if !named {
            continue;
        }
        let linked = words[i + 1..].iter().take(3).position(|w| w.is(&["la", "giong", "van"]));
        let value = i + 1 + linked.map_or(0, |p| p + 1);
        // Said to be one, or of a form that no word has.
        if let Some(word) = words.get(value)
            && word.bare.len() > 3
            && (word.bare.bytes().any(|b| b.is_ascii_digit())
                || linked.is_some() && !syllable::is_loose_syllable(&word.bare))
            && let Some(span) = join(std::slice::from_ref(word), PersonalData::Password)
        {
            spans.push(span);
        }
    }
    spans
}

/// A school and a class in one message.
fn schools(words: &[Word]) -> Vec<Span> {
    let school = words.windows(2).position(|w| {
        w[0].is(&["thcs", "thpt"]) && !w[1].is(&["nao", "gi", "j"])
            || w[0].is(&["truong", "trg"]) && w[1].capital && !w[1].is(&["nao"])
            || w[0].bare == "tieu" && w[1].bare == "hoc"
    });
    let class = words.windows(2).position(|w| {
        w[0].is(&["lop", "lp"]) && w[1].starts_with_digit()
            || is_class(&w[1].bare) && w[0].is(&["hoc", "lop", "ben", "o"])
    });
    match (school, class) {
        (Some(s), Some(c)) => {
            let (first, last) = (s.min(c), (s.max(c) + 2).min(words.len() - 1));
            join(&words[first..=last], PersonalData::School).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn is_class(bare: &str) -> bool {
    let letter = bare.find(|c: char| c.is_ascii_lowercase());
    letter.is_some_and(|i| {
        (1..=2).contains(&i)
            && bare.len() <= 5
            && bare[..i].bytes().all(|b| b.is_ascii_digit())
            && bare[i + 1..].bytes().all(|b| b.is_ascii_digit())
            && matches!(bare.as_bytes()[i], b'a'..=b'k')
    })
}

/// Two parts of an address in one message, or a house number said to be one.
fn addresses(words: &[Word]) -> Vec<Span> {
    const PLACES: &[&str] = &[
        "duong", "pho", "ngo", "hem", "ngach", "kiet", "thon", "ap", "xom", "to", "phuong", "xa", "quan", "huyen",
        "toa", "tang", "phong", "khu", "chung", "p", "q",
    ];
    let mut parts: Vec<usize> = Vec::new();
    for i in 0..words.len().saturating_sub(1) {
        let next = &words[i + 1];
        let numbered = next.starts_with_digit() && !next.bare.ends_with(['h', 'k', 'g']);
        let named = next.capital && words[i].is(&PLACES[..12]);
        let house = words[i].bare == "so" && numbered && i > 0 && words[i - 1].is(&["nha", "o"]);
        if words[i].is(PLACES) && (numbered || named) || house {
            parts.push(i);
        }
        // 12/4 Nguyễn Trãi
        if words[i].bare.contains('/') && words[i].starts_with_digit() && next.capital {
            parts.push(i);
        }
    }
    let stated = words.windows(2).any(|w| {
        w[0].bare == "dia" && w[1].bare == "chi"
            || w[0].bare == "nha" && w[1].is(&["e", "em", "t", "tui", "con", "chau", "minh", "mik", "o", "so"])
    });
    match (parts.first(), parts.last()) {
        (Some(&first), Some(&last)) if parts.len() > 1 || stated => {
            join(&words[first..=(last + 1).min(words.len() - 1)], PersonalData::Address).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A fixed form: every group must be met by one of its phrases. Phrases are in normal form without diacritics.
struct Form {
    indicator: Indicator,
    groups: &'static [&'static [&'static str]],
}

const FORMS: &[Form] = &[
    // Spreading a picture or a secret, unless money comes.
    Form {
        indicator: Indicator::Threat,
        groups: &[
            &[
                "dang len",
                "dang het",
                "gui het",
                "gui cho bo me",
                "gui cho ca lop",
                "gui cho truong",
                "tung len",
                "phat tan",
            ],
            &["anh", "video", "tin nhan", "bi mat", "<image>", "<video>"],
            &["chuyen tien", "chuyen khoan", "<money>", "nap the", "khong chuyen", "tien"],
            &["khong thi", "neu khong", "khong la", "chua co", "truoc <time>", "trong <time>", "han"],
        ],
    },
    // Nobody but a fraud asks a person by message to go into hiding for the police.
    Form {
        indicator: Indicator::AuthorityScam,
        groups: &[
            &["cong an", "vien kiem sat", "toa an", "co quan dieu tra"],
            &["lenh bat", "rua tien", "ma tuy", "bat giam", "phong toa", "tam giam", "vu an"],
            &[
                "khong duoc noi",
                "khong duoc ke",
                "bao mat",
                "chuyen tien",
                "chuyen khoan",
                "mot minh",
                "thao sim",
                "tat may",
            ],
        ],
    },
    Form {
        indicator: Indicator::JobLure,
        groups: &[
            &["viec nhe luong cao", "viec nhe", "lam nhiem vu"],
            &["dat coc", "nap truoc", "hoa hong", "<money>"],
        ],
    },
];

fn fixed_forms(normal: &Normalised, side: Side) -> IndicatorSet {
    if side == Side::Child {
        return IndicatorSet::EMPTY;
    }
    let text = format!(" {} ", syllable::fold(&normal.text()));
    let says = |phrase: &&str| text.contains(&format!(" {phrase} "));
    FORMS.iter().filter(|f| f.groups.iter().all(|group| group.iter().any(&says))).map(|f| f.indicator).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    fn found(message: &str) -> Vec<(PersonalData, &str)> {
        let findings = rules(message, &normalise(message), Side::Child);
        findings.spans.iter().map(|s| (s.kind, &message[s.start..s.end])).collect()
    }

    #[test]
    fn phone_numbers_are_found_in_every_spelling() {
        for number in [
            "0912345678",
            "0912 345 678",
            "0912.345.678",
            "091-234-5678",
            "+84 912 345 678",
            "84912345678",
            "o9l2 345 678",
            "không chín một hai ba bốn năm sáu bảy tám",
            "khong chin mot 2 3 4 5 6 7 8",
        ] {
            let message = format!("số em nè {number} nha");
            let spans = found(&message);
            assert_eq!(spans.len(), 1, "{number}: {spans:?}");
            assert_eq!(spans[0].0, PersonalData::Phone);
            assert_eq!(spans[0].1, number.trim_start_matches('+'), "{number}");
        }
    }

    #[test]
    fn numbers_that_are_no_phone_are_left_alone() {
        for message in
            ["5 năm 8 tháng", "giá 500000", "ba bốn năm sáu ngày nữa", "1234567890", "năm 2012345678", "20/11/2025"]
        {
            assert_eq!(found(message), [], "{message}");
        }
    }

    #[test]
    fn other_personal_data_is_found() {
        use PersonalData::*;
        for (message, kind, text) in [
            ("mã là 481 902 nha", OneTimeCode, "481 902"),
            ("481902", OneTimeCode, "481902"),
            ("mk là Bong2012", Password, "Bong2012"),
            ("mật khẩu là meocon99", Password, "meocon99"),
            ("stk 0071002944837 vcb", BankAccount, "0071002944837"),
            ("số căn cước 001205012345", CitizenId, "001205012345"),
            ("xe 29A1-123.45", Plate, "29A1-123.45"),
            ("mail em la an.binh@mail.com", Email, "an.binh@mail.com"),
            ("em học lớp 7a2 trường Kim Đồng", School, "lớp 7a2 trường Kim Đồng"),
            ("nhà em ở số 12 ngõ 45 đường Láng", Address, "số 12 ngõ 45 đường Láng"),
        ] {
            assert!(found(message).contains(&(kind, text)), "{message}: {:?}", found(message));
        }
    }

    #[test]
    fn a_code_is_told_from_the_word_but() {
        let has_code = |m: &str| found(m).iter().any(|(kind, _)| *kind == PersonalData::OneTimeCode);
        for message in [
            "mã 4819 nha anh",
            "Mã xác nhận là 481902",
            "ma xac nhan la 481902",
            "ma dang nhap zalo 48 19 02",
            "ma la 481902 do",
            "ma la 481 902",
            "otp 4819",
            "may ma co 48190 roi, gui qua sms",
            "481902",
            "dạ 481902 nha",
            "Nó ra 559013",
            "481902!",
        ] {
            assert!(has_code(message), "{message}");
        }
        for message in [
            "đắt thế mà 50000 cũng mua",
            "mà 1300 điểm là lên hạng rồi",
            "co 48190 diem ma van thua",
            "ma la 15000 hay 20000",
            "an 481902 lan ma khong trung",
            "mã hàng 48190 hết rồi",
            "ma don 481902 giao roi nha",
            "mã đề 1327 khó quá",
            "dạ 150000 một ly",
        ] {
            assert!(!has_code(message), "{message}");
        }
    }

    #[test]
    fn everyday_messages_hold_nothing() {
        for message in [
            "mai kiểm tra toán chương 3",
            "mk của t mà",
            "pass đồ cũ không",
            "lớp 7 khó không",
            "gặp ở cổng trường lúc 5h",
            "mã hàng này hết rồi",
            "số 3 là số may mắn",
            "4 trận nữa",
            "quên mật khẩu rồi",
            "Trường Nào Học Lớp 7a2 Vậy",
        ] {
            assert_eq!(found(message), [], "{message}");
        }
    }

    #[test]
    fn a_threat_with_money_needs_every_part() {
        let says = |m: &str| rules(m, &normalise(m), Side::Other).indicators.contains(Indicator::Threat);
        assert!(says("chuyển khoản 500k trước 9h, không thì tao gửi cho bố mẹ mày cái ảnh"));
        assert!(!says("gửi cho bố mẹ cái ảnh nhé"));
        assert!(!says("nhớ chuyển khoản 50k tiền quỹ lớp trước 9h"));
    }
}
