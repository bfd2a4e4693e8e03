//! Addresses and schools: parts of them, near each other, in a message that says where somebody lives or learns.

use std::collections::BTreeSet;
use std::ops::Range;

use super::word::{Reading, Word};
use super::{PersonalData, Span};
use crate::text::work;

/// Words between two parts of one address, and between a school and a class.
const BETWEEN_PARTS: usize = 3;
const BETWEEN_SCHOOL_AND_CLASS: usize = 7;
/// Syllables of a name, with capitals and without.
const LONGEST_NAME: usize = 4;
const LONGEST_PLAIN_NAME: usize = 3;
/// Words before an address in which somebody says that it is one.
const BEFORE_ADDRESS: usize = 6;

/// Words that begin no name, so that what follows a street's or a school's word is none.
const NO_NAME: &[&str] = &[
    "a", "ai", "anh", "ạ", "áp", "bà", "bạn", "bao", "bên", "bị", "bố", "bọn", "bữa", "c", "các", "cách", "cái", "cả",
    "chả", "chán", "chật", "cháu", "chị", "cho", "chơi", "chú", "chưa", "có", "con", "còn", "cô", "cũ", "của", "cũng",
    "cứ", "dạ", "đã", "đang", "đâu", "đây", "đó", "đẹp", "đi", "đến", "để", "được", "đc", "dc", "e", "em", "gì", "gần",
    "giờ", "hả", "hay", "hết", "hôm", "hơn", "học", "hk", "j", "k", "khi", "khó", "không", "ko", "kẹt", "kia", "là",
    "lại", "làm", "lên", "lớp", "lúc", "m", "mà", "mai", "mẹ", "mình", "mik", "mk", "mới", "mỗi", "mở", "mua", "mưa",
    "mấy", "nào", "nay", "này", "nên", "năm", "ngập", "nghe", "nghỉ", "nha", "nhà", "nhé", "nhỉ", "nhiều", "nhưng",
    "nó", "nữa", "ở", "ông", "phải", "qua", "quá", "ra", "rất", "rồi", "sao", "sắp", "sau", "sẽ", "sáp", "t", "tao",
    "tại", "tan", "tau", "tới", "thì", "thi", "thế", "thấy", "thua", "theo", "toán", "trên", "trong", "trước", "từ",
    "tui", "và", "vào", "vậy", "về", "vì", "với", "vs", "xa", "xong", "z", "to", "nhỏ", "lớn", "dài", "bự", "tắc",
    "vắng", "buồn", "vui", "tối", "sáng", "chiều", "trưa", "hok", "g", "r", "v", "n", "nta", "mọi", "hồi", "hóa",
    "hoá", "đề", "sách", "cuối", "đầu",
];

/// Words that stand between things of a list, and between no parts of one address.
const BETWEEN_OTHERS: &[&str] = &[
    "hay", "với", "vs", "và", "rồi", "còn", "cũng", "thì", "mà", "nhưng", "thắng", "thua", "lên", "xuống", "qua", "vì",
];

/// First syllables of most streets' names: surnames and the like. `12/4` before one is no date.
const STREET_NAMES: &[&str] = &[
    "nguyễn", "lê", "trần", "phan", "phạm", "hoàng", "huỳnh", "võ", "vũ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương",
    "lý", "đinh", "tôn", "trương", "lương", "mai", "tô", "cao", "đoàn", "hà", "quang", "điện", "hùng", "âu", "an",
    "bà", "hai", "kim", "man", "láng",
];

/// Those of them that are other words as well, so that a day may stand before them.
const OTHER_WORDS: &[&str] = &["mai", "hai", "cao", "an", "bà", "hà", "hùng", "man", "âu", "điện"];

/// Those of them that are hardly any other word, so that even a holiday before them is the number of a house.
const SURNAMES: &[&str] = &[
    "nguyễn", "lê", "trần", "phan", "phạm", "hoàng", "huỳnh", "võ", "vũ", "đặng", "bùi", "đỗ", "ngô", "đinh", "tôn",
    "trương",
];

/// Days that everybody speaks of.
const HOLIDAYS: &[&str] = &[
    "1/1", "14/2", "8/3", "10/3", "26/3", "1/4", "30/4", "1/5", "15/5", "19/5", "1/6", "27/7", "15/8", "2/9", "5/9",
    "10/10", "20/10", "31/10", "20/11", "22/12", "24/12", "25/12", "31/12",
];
/// Words before a day, and behind one.
const BEFORE_DAY: &[&str] = &[
    "ngày", "hôm", "sáng", "trưa", "chiều", "tối", "đêm", "lễ", "tết", "dịp", "nghỉ", "thi", "trước", "sau", "từ",
    "tới", "đến", "mùng", "bữa", "đợt", "nhân", "mừng", "chúc", "hết", "qua", "giảng", "cn", "nhật", "hội", "vào",
    "kỉ", "niệm",
];
const AFTER_DAY: &[&str] = &[
    "nghỉ", "thi", "lễ", "tết", "này", "tới", "năm", "âm", "al", "dl", "được", "đc", "dc", "học", "vui", "đông", "mưa",
    "kẹt", "tắc", "tặng", "mua", "về", "đi", "làm", "có", "em", "con", "mình", "cả", "mẹ", "bố", "ba", "là", "mới",
    "thì", "sắp", "phải", "không", "ko", "k", "chưa", "rồi", "r",
];

/// What a part of an address is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    House,
    Street,
    Alley,
    Hamlet,
    Block,
    Flat,
    Floor,
    Ward,
    District,
}

struct Part {
    words: Range<usize>,
    kind: Kind,
    /// Whether its word hardly means anything else.
    sure: bool,
    numbered: bool,
}

/// Addresses: two parts of different kinds near each other, or one that is said to be where somebody lives.
pub(super) fn addresses(text: &Reading<'_>) -> Vec<Span> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    while at < text.words.len() {
        match part(text, at) {
            Some(part) => {
                at = part.words.end;
                parts.push(part);
            }
            None => at += 1,
        }
    }
    let mut spans = Vec::new();
    let mut rest = parts.as_slice();
    while let Some(first) = rest.first() {
        let mut many = 1;
        while let Some(next) = rest.get(many)
            && next.words.start - rest[many - 1].words.end <= BETWEEN_PARTS
            && !(rest[many - 1].words.end..next.words.start).any(|i| text.is(i, BETWEEN_OTHERS))
            && !(rest[many - 1].words.end..=next.words.start)
                .any(|i| text.words[i].begins && !after_abbreviation(text, i))
        {
            many += 1;
        }
        let (group, others) = rest.split_at(many);
        rest = others;
        let kinds = |k: &dyn Fn(&Part) -> bool| group.iter().any(k);
        let stated = is_stated(text, first.words.start);
        // A list of wards or teams is no address; neither is a place that anybody may speak of.
        let local = |p: &Part| p.sure && !matches!(p.kind, Kind::Ward | Kind::District);
        // hẻm 45 Tô Hiến Thành, 61/2 Phan Đình Phùng: nothing else is said so.
        let named = |p: &Part| {
            p.numbered && p.words.len() > 2 && matches!(p.kind, Kind::Alley | Kind::House) && {
                let name = if p.kind == Kind::Alley { p.words.start + 2 } else { p.words.start + 1 };
                let strokes = p.kind == Kind::Alley || text.words[p.words.start].bare.contains('/');
                strokes && (text.words[name].capital || text.is(name, STREET_NAMES))
            }
        };
        let one =
            kinds(&|p| local(p) && (p.numbered || p.kind == Kind::Hamlet)) && stated || kinds(&|p| p.sure && named(p));
        let sure = group.iter().filter(|p| p.sure).count();
        let house = |p: &Part| p.kind == Kind::House && text.words[p.words.start].bare.len() > 1;
        let on_street = kinds(&house) && kinds(&|p| matches!(p.kind, Kind::Street | Kind::Alley));
        let in_ward = kinds(&|p| p.kind == Kind::Hamlet && (p.sure || p.numbered))
            && kinds(&|p| matches!(p.kind, Kind::Ward | Kind::District) && p.words.len() > 2);
        let numbered = group.iter().filter(|p| p.numbered).count();
        let kinds_met = group.iter().map(|p| p.kind).collect::<BTreeSet<_>>().len();
        let several = kinds_met > 1
            && (numbered > 0 && (on_street || sure > 1 || kinds(&local) || stated && (sure > 0 || numbered > 1))
                || stated && sure > 1
                || in_ward
                || kinds_met > 2 && (sure > 0 || !text.marked));
        if (one || several)
            && let Some(last) = group.last()
            && let Some(span) = text.span(first.words.start..last.words.end, PersonalData::Address)
        {
            spans.push(span);
        }
    }
    spans
}

/// `P. 2`: its full stop ends no sentence.
fn after_abbreviation(text: &Reading<'_>, at: usize) -> bool {
    at > 0 && text.words[at - 1].bare.len() <= 2 && !text.gap(at).contains('\n')
}

/// Whether somebody says that what follows is where a person lives or something is to be brought.
fn is_stated(text: &Reading<'_>, at: usize) -> bool {
    let from = at.saturating_sub(BEFORE_ADDRESS);
    (from..at).any(|i| {
        let near_house = text.is(i, &["nhà"])
            && (i + 1 == at || text.is(i + 1, WHOSE) || text.is(i + 1, &["ở", "số", "tại", "trong", "là", "đây"]));
        let lives = text.is(i, &["ở", "tại"])
            && at - i <= 2
            && (i == 0 || text.is(i - 1, WHOSE) || text.is(i - 1, &["nhà", "đang", "giờ"]));
        let address = text.is(i, &["địa"]) && text.is(i + 1, &["chỉ"])
            || text.words[i].typed == "đc" && (i == 0 || text.gap(i + 1).contains(':'))
            || text.words[i].typed == "đ/c";
        let brought =
            text.is(i, &["ship", "giao", "gửi", "đón"]) && text.is(i + 1, &["về", "tới", "đến", "ở", "qua", "hàng"]);
        near_house || lives || address || brought
    }) || at < text.words.len() && text.is(at, &["số"]) && text.is(at + 1, &["nhà"])
}

const WHOSE: &[&str] = &[
    "e", "em", "t", "tui", "tớ", "tao", "tau", "con", "cháu", "mình", "mik", "mk", "c", "chị", "anh", "mày", "m", "bà",
    "ông", "ngoại", "nội", "cô", "chú", "bạn",
];

/// The part of an address that begins at the word.
fn part(text: &Reading<'_>, at: usize) -> Option<Part> {
    let word = &text.words[at];
    let next = text.words.get(at + 1);
    let numbered = is_number(text, at + 1);
    let make = |end: usize, kind, sure, numbered| Some(Part { words: at..end, kind, sure, numbered });
    // số nhà 24 đường Lê Lợi, nhà số 3
    if word.is(&["số"]) && text.is(at + 1, &["nhà"]) && is_number(text, at + 2) {
        return make(with_name(text, at + 3), Kind::House, true, true);
    }
    if word.is(&["số"])
        && numbered
        && at > 0
        && (text.is(at - 1, &["nhà", "ở"]) || text.is(at - 1, WHOSE) && at > 1 && text.is(at - 2, &["nhà"]))
    {
        let end = with_name(text, at + 2);
        let long = next.is_some_and(|w| w.bare.len() > 1);
        let lived = at > 1 && text.is(at - 1, &["ở"]) && (text.is(at - 2, WHOSE) || text.is(at - 2, &["nhà"]));
        let strokes = next.is_some_and(|w| w.bare.contains('/'));
        return make(end, Kind::House, end > at + 2 || lived && long || strokes, true);
    }
    // 12/4 Nguyễn Trãi, 24 Lê Lợi; k45/12 Lê Độ
    if is_house_number(&word.bare) {
        let end = with_name(text, at + 1);
        let named = end > at + 2 && is_street_name(text, at + 1..end);
        let alley = word.bare.contains('/');
        let many_strokes = word.bare.matches('/').count() > 1 && !is_date(&word.bare);
        let told = at > 0 && text.is(at - 1, &["chỉ", "số"]);
        let day = is_date(&word.bare) && alley && !many_strokes && !told;
        let holiday = HOLIDAYS.contains(&word.bare.as_str());
        let on_street = named && text.is(at + 1, SURNAMES) || names_street(text, at + 1);
        if day && !on_street && (holiday || is_day(text, at)) {
            return None;
        }
        let of_street = named
            && text.is(at + 1, STREET_NAMES)
            && (!day || text.words[at + 1].capital || !text.is(at + 1, OTHER_WORDS));
        if many_strokes
            || named && alley && (!is_date(&word.bare) || of_street)
            || is_stated(text, at) && (of_street || named && text.words[at + 1].capital)
        {
            return make(end, Kind::House, true, true);
        }
        // Traffic on a holiday: `30/4 đường đông lắm`.
        let known = !day || is_stated(text, at) || on_street || numbered_alley(text, at + 1);
        return if leads_to_street(text, at + 1) && known { make(at + 1, Kind::House, false, true) } else { None };
    }
    if let Some(kind) = abbreviated(&word.bare) {
        return make(at + 1, kind, false, true);
    }
    if word.is(&["khu"]) && text.is(at + 1, &["phố"]) && is_number(text, at + 2) {
        return make(at + 3, Kind::Hamlet, true, true);
    }
    if word.is(&["căn"]) && text.is(at + 1, &["hộ"]) && is_number(text, at + 2) {
        return make(at + 3, Kind::Flat, true, true);
    }
    if word.is(&["chung"]) && text.is(at + 1, &["cư"]) {
        return make(with_name(text, at + 2), Kind::Block, true, false);
    }
    if word.is(&["ngõ", "ngách", "hẻm", "hẽm", "kiệt", "ấp", "thôn", "xóm", "khóm", "buôn", "kp"]) {
        let kind = if word.is(&["ấp", "thôn", "xóm", "khóm", "buôn", "kp"]) { Kind::Hamlet } else { Kind::Alley };
        // `áp`, `ngõ` without diacritics are other words as well.
        let sure = !word.typed.is_ascii()
            || word.is(&["hem", "kiet", "thon", "xom", "khom", "kp", "ngach"])
            || numbered && is_stated(text, at);
        if numbered {
            return make(with_name(text, at + 2), kind, sure, true);
        }
        let mut end = with_capitals(text, at + 1);
        // thôn đông xã Tân Lập
        if end == at + 1
            && text.words.get(at + 2).is_some_and(is_place_word)
            && text.words.get(at + 1).is_some_and(|w| w.is_word() && !w.is(NO_NAME))
        {
            end = at + 2;
        }
        return (end > at + 1).then_some(Part { words: at..end, kind, sure, numbered: false });
    }
    if word.is(&["đường", "phố"]) {
        let numbered_street = text.is(at + 1, &["số"]) && is_number(text, at + 2);
        if numbered_street {
            return make(at + 3, Kind::Street, !word.typed.is_ascii(), true);
        }
        // 12 đường 3/2; without its house or its ward it is a day on which somebody is on the road.
        if next.is_some_and(|w| w.bare.contains('/') && is_date(&w.bare)) {
            let of_house = at > 0 && is_number(text, at - 1) && !is_day(text, at - 1);
            let of_ward = text.words.get(at + 2).is_some_and(|w| abbreviated(&w.bare).is_some())
                || text.is(at + 2, &["phường", "quận", "xã", "p", "q"]);
            return if of_house || of_ward { make(at + 2, Kind::Street, false, true) } else { None };
        }
        let mut end = with_name(text, at + 1);
        // ngõ 45 đường láng
        if end == at + 1
            && at > 0
            && text.words[at - 1].starts_with_digit()
            && text.words.get(at + 1).is_some_and(|w| w.is_word() && !w.is(NO_NAME) && w.bare.len() > 2)
        {
            end = at + 2;
            return make(end, Kind::Street, false, false);
        }
        return (end > at + 1 && is_street_name(text, at + 1..end)).then_some(Part {
            words: at..end,
            kind: Kind::Street,
            sure: false,
            numbered: false,
        });
    }
    if word.is(&["phường", "xã", "quận", "huyện", "p", "q"]) {
        let kind = if word.is(&["phường", "xã", "p"]) { Kind::Ward } else { Kind::District };
        let sure = word.is(&["phường", "huyện", "quận"])
            && word.typed.len() > 1
            && !(word.typed.is_ascii() && word.is(&["quận"]));
        if numbered && next.is_some_and(|w| w.bare.bytes().all(|b| b.is_ascii_digit()) && w.bare.len() <= 2) {
            return make(at + 2, kind, sure, true);
        }
        let end = if word.bare.len() > 1 { with_name(text, at + 1) } else { at };
        return (end > at + 1).then_some(Part { words: at..end, kind, sure, numbered: false });
    }
    // `day`, `lo`, `can`, `to`, `tang`, `phong` are many other words.
    let vague = word.typed.is_ascii() && !word.is(&["block", "khu"]) && !is_stated(text, at);
    if vague {
        return None;
    }
    let lettered = next.is_some_and(|w| {
        let b = w.bare.as_bytes();
        b.first().is_some_and(u8::is_ascii_alphabetic)
            && (b.len() == 1 && w.capital
                || b.len() > 1 && b.len() <= 5 && b[1..].iter().all(|b| b.is_ascii_digit() || *b == b'.'))
    });
    if word.is(&["toà", "tòa", "block", "dãy", "lô", "khu"]) && (numbered || lettered) {
        return make(at + 2, Kind::Block, word.is(&["toà", "tòa", "block"]) && lettered, true);
    }
    if word.is(&["phòng", "căn", "tầng", "tổ"]) && numbered {
        let sure = word.is(&["phòng", "căn"]) && next.is_some_and(|w| w.bare.len() > 3);
        let kind = if word.is(&["tổ"]) {
            Kind::Hamlet
        } else if word.is(&["tầng"]) {
            Kind::Floor
        } else {
            Kind::Flat
        };
        return make(at + 2, kind, sure, true);
    }
    None
}

/// Whether the word is the number of a house or a unit.
fn is_number(text: &Reading<'_>, at: usize) -> bool {
    text.words
        .get(at)
        .is_some_and(|w| is_house_number(&w.bare) && !(HOLIDAYS.contains(&w.bare.as_str()) && is_day(text, at)))
}

/// A number of a house or a unit, such as 24, 24b, 12/4 or 45/12/3, and none of hours, money or weight.
fn is_house_number(bare: &str) -> bool {
    let body = bare.strip_prefix(['k', 'h']).filter(|_| bare.contains('/')).unwrap_or(bare);
    body.len() <= 12
        && body.split('/').all(|piece| {
            let digits = piece.trim_start_matches('h').trim_end_matches(['a', 'b', 'c', 'd', 'e']);
            (1..=4).contains(&digits.len())
                && piece.len() <= digits.len() + 1
                && digits.bytes().all(|b| b.is_ascii_digit())
        })
}

/// Whether it can be a day of a month.
fn is_date(bare: &str) -> bool {
    let mut pieces = bare.split('/').map(str::parse::<u16>);
    matches!((pieces.next(), pieces.next()), (Some(Ok(1..=31)), Some(Ok(1..=12))))
}

/// Whether the number with a stroke is a day rather than one of a house: `lễ 30/4`, `tổ 1 thi 26/3`, `8/3 nghỉ`.
fn is_day(text: &Reading<'_>, at: usize) -> bool {
    let date = |i: usize| text.words.get(i).is_some_and(|w| w.bare.matches('/').count() == 1 && is_date(&w.bare));
    if !date(at) {
        return false;
    }
    let said_before = at > 0
        && (text.is(at - 1, BEFORE_DAY)
            || date(at - 1)
            || at > 1 && text.is(at - 2, &["thứ"])
            || text.is(at - 1, DAYS));
    said_before || date(at + 1) || text.is(at + 1, AFTER_DAY)
}

/// Days of the week in short.
const DAYS: &[&str] = &["t2", "t3", "t4", "t5", "t6", "t7"];

/// Whether a street or an alley is named from this word on.
fn leads_to_street(text: &Reading<'_>, at: usize) -> bool {
    text.is(at, &["đường", "phố", "ngõ", "ngách", "hẻm", "hẽm", "kiệt"])
        || text.is(at, &["tổ"]) && is_number(text, at + 1)
}

/// Whether a street or an alley begins at the word that can hardly be anything else: `hẻm 232 Phạm Thế Hiển`.
fn names_street(text: &Reading<'_>, at: usize) -> bool {
    let named = |i: usize| text.words.get(i).is_some_and(|w| w.capital) || text.is(i, SURNAMES);
    let numbered = text.words.get(at + 1).is_some_and(Word::starts_with_digit);
    leads_to_street(text, at)
        && (named(at + 1) || numbered && named(at + 2) || text.is(at + 1, &["số"]) && is_number(text, at + 2))
}

/// `hẻm 51`, which is no traffic.
fn numbered_alley(text: &Reading<'_>, at: usize) -> bool {
    !text.is(at, &["đường", "phố"]) && is_number(text, at + 1)
}

/// `p7`, `q8`, `kp3`: wards, districts and quarters in short.
fn abbreviated(bare: &str) -> Option<Kind> {
    let digits = bare.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let kind = match &bare[..bare.len() - digits.len()] {
        "p" => Kind::Ward,
        "q" => Kind::District,
        "kp" => Kind::Hamlet,
        _ => return None,
    };
    ((1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(kind)
}

/// Where a name that begins at the word ends: with capitals, or in small letters where it begins with none that could
/// not begin one.
fn with_name(text: &Reading<'_>, at: usize) -> usize {
    let capitals = with_capitals(text, at);
    if capitals > at {
        return capitals;
    }
    let plain = |i: usize| {
        text.words.get(i).is_some_and(|w| {
            w.is_word() && !w.begins && w.typed.chars().count() > 1 && !w.is(NO_NAME) && !is_place_word(w)
        }) && text.gap(i).trim().is_empty()
    };
    let mut end = at;
    while end < at + LONGEST_PLAIN_NAME && plain(end) {
        end += 1;
    }
    // A name in small letters has two syllables at least.
    if end >= at + 2 { end } else { at }
}

fn with_capitals(text: &Reading<'_>, at: usize) -> usize {
    let mut end = at;
    while end < at + LONGEST_NAME
        && text.words.get(end).is_some_and(|w| w.capital && w.is_word() && !is_place_word(w))
        && (end == at || text.gap(end).trim().is_empty())
    {
        end += 1;
    }
    end
}

/// A street is named by two syllables at least, all with capitals or none.
fn is_street_name(text: &Reading<'_>, words: Range<usize>) -> bool {
    let capitals = text.words[words.clone()].iter().filter(|w| w.capital).count();
    capitals == words.len() && (capitals > 1 || text.is(words.start.wrapping_sub(1), &["đường", "phố"]))
        || capitals == 0 && words.len() > 1
}

fn is_place_word(word: &Word) -> bool {
    let plain = &[
        "duong", "pho", "ngo", "ngach", "hem", "phuong", "xa", "quan", "huyen", "thon", "ap", "xom", "tang", "lop",
        "truong",
    ];
    !word.capital && plain.contains(&word.typed.as_str())
        || [
            "đường",
            "phố",
            "ngõ",
            "ngách",
            "hẻm",
            "hẽm",
            "phường",
            "xã",
            "quận",
            "huyện",
            "thôn",
            "ấp",
            "xóm",
            "toà",
            "tòa",
            "tầng",
            "phòng",
            "số",
            "khu",
            "tổ",
            "lớp",
            "trường",
            "trg",
            "nhà",
            "gần",
            "tp",
        ]
        .contains(&word.typed.as_str())
}

/// A school with its name, and a class near it.
pub(super) fn schools(text: &Reading<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let classes: Vec<Range<usize>> = (0..text.words.len()).filter_map(|at| class(text, at)).collect();
    for at in 0..text.words.len() {
        let Some(school) = school(text, at) else { continue };
        let near = |c: &&Range<usize>| {
            work::add(1);
            let (end, start) = if c.start >= school.end { (school.end, c.start) } else { (c.end, school.start) };
            start >= end && start - end <= BETWEEN_SCHOOL_AND_CLASS
        };
        // Classes stand in the order of the words: only those about the school are asked.
        let first = classes.partition_point(|c| c.end + BETWEEN_SCHOOL_AND_CLASS < school.start);
        let around = classes[first..].iter().take_while(|c| c.start <= school.end + BETWEEN_SCHOOL_AND_CLASS);
        if let Some(class) = around.into_iter().find(near)
            && let Some(span) =
                text.span(school.start.min(class.start)..school.end.max(class.end), PersonalData::School)
            && spans.last().is_none_or(|s| s.end <= span.start)
        {
            spans.push(span);
        }
    }
    spans
}

/// `trường Kim Đồng`, `thcs Lê Lợi`, `trg tiểu học kim đồng`
fn school(text: &Reading<'_>, at: usize) -> Option<Range<usize>> {
    let level = |i: usize| {
        let two = text.is(i, &["tiểu"]) && text.is(i + 1, &["học"])
            || text.is(i, &["cấp"]) && text.is(i + 1, &["1", "2", "3"]);
        usize::from(text.is(i, &["thcs", "thpt"])) + if two { 2 } else { 0 }
    };
    let named_so = usize::from(text.is(at, &["trường", "trg"]));
    let of_level = level(at + named_so);
    if named_so + of_level == 0 {
        return None;
    }
    let special = usize::from(of_level > 0 && text.is(at + named_so + of_level, &["chuyên"]));
    let begin = at + named_so + of_level + special;
    let end = if of_level > 0 || text.words.get(begin).is_some_and(|w| w.capital) {
        with_name(text, begin)
    } else {
        plain_school(text, begin)
    };
    let is_name = end > begin && !is_no_name(&text.words[begin]) && !text.is(begin, &["đại", "chuyên", "cao", "quốc"]);
    is_name.then_some(at..end)
}

/// Whether the word begins no name. With a capital and without diacritics it may: `Hoa`, `Tan`.
fn is_no_name(word: &Word) -> bool {
    if word.capital { !word.typed.is_ascii() && NO_NAME.contains(&word.typed.as_str()) } else { word.is(NO_NAME) }
}

/// The name of a school without capitals and without its level: two syllables, where the message has capitals nowhere.
fn plain_school(text: &Reading<'_>, at: usize) -> usize {
    if text.capitals {
        return at;
    }
    let end = with_name(text, at);
    end.min(at + 2)
}

/// `lớp 7a2`, `lop 6`, `học 7a2`, `8/3` beside a school, `10a12`
fn class(text: &Reading<'_>, at: usize) -> Option<Range<usize>> {
    let word = text.words.get(at)?;
    let next = text.words.get(at + 1);
    const SPELLED: &[&str] = &["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"];
    if word.is(&["lớp", "lp"])
        && next.is_some_and(|w| is_grade(&w.bare) || is_class(&w.bare) || is_southern_class(&w.bare) || w.is(SPELLED))
    {
        return Some(at..at + 2);
    }
    let told = at > 0 && text.is(at - 1, &["học", "lớp"]);
    let lettered = is_class(&word.bare) && (word.bare.contains(['a', 'b', 'c', 'd']) || told);
    // `ngày 1/6 trường Kim Đồng diễn văn nghệ`
    let day = at > 0 && text.is(at - 1, &["ngày", "lễ", "dịp", "hôm", "mùng", "nghỉ"]);
    let beside = is_southern_class(&word.bare)
        && !day
        && (school_word(text, at + 1) || at > 0 && text.words[at - 1].is(&["học"]));
    (lettered || beside).then_some(at..at + 1)
}

fn school_word(text: &Reading<'_>, at: usize) -> bool {
    text.is(at, &["thcs", "thpt", "trường", "trg", "tiểu"])
}

fn is_grade(bare: &str) -> bool {
    bare.parse::<u8>().is_ok_and(|grade| (1..=12).contains(&grade))
}

/// `8/3`: the third class of grade 8.
fn is_southern_class(bare: &str) -> bool {
    bare.split_once(['/', '.']).is_some_and(|(grade, number)| is_grade(grade) && number.parse::<u8>().is_ok())
}

/// `7a2`, `10a12`, `9b`
fn is_class(bare: &str) -> bool {
    let grade = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &bare[grade.len()..];
    let letter = grade.chars().last();
    number.len() <= 2 && letter.is_some_and(|c| matches!(c, 'a'..='k')) && is_grade(&grade[..grade.len() - 1])
}
