//! Rules of high precision, for what a model is bad at: numbers, addresses and a few fixed forms.
//!
//! Rules say what stands in the message, never whether the talk is dangerous: a child may well give its number to a
//! delivery rider. Their findings go to the conversation as evidence and to the interface as spans to highlight.

mod codes;
mod digits;
mod forms;
mod numbers;
mod owner;
mod phone_form;
mod phones;
mod places;
mod said;
mod secrets;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::indicator::{Indicator, IndicatorSet, Side};
use super::normalise::Normalised;
use super::work;
use word::Reading;

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
    /// A one-time code, or the code of a top-up card.
    OneTimeCode,
    /// A password.
    Password,
    /// The number of a bank account or a bank card.
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
    let text = Reading::new(message, normal);
    let passwords = secrets::passwords(&text);
    let stated: BTreeSet<usize> = passwords.iter().filter(|p| p.stated).map(|p| p.span.start).collect();
    let mut spans = secrets::emails(&text);
    // A number that is said to be a password is one, whatever it looks like.
    spans.extend(numbers::numbers(&text).into_iter().map(|n| {
        let kind = if stated.contains(&n.start) { PersonalData::Password } else { n.kind };
        Span { kind, ..n }
    }));
    spans.extend(secrets::plates(&text));
    spans.extend(passwords.into_iter().map(|p| p.span));
    spans.extend(places::schools(&text));
    spans.extend(places::addresses(&text));
    // The surer rule wins where two overlap: the list above is in that order.
    let kept = without_overlaps(spans);
    let mut indicators = forms::fixed_forms(normal, side);
    if side == Side::Child && !kept.is_empty() {
        indicators.insert(Indicator::SharesPersonalInfo);
    }
    RuleFindings { spans: kept, indicators }
}

/// The spans in reading order; of two that overlap, the one that came first in the list.
fn without_overlaps(spans: Vec<Span>) -> Vec<Span> {
    let mut kept: BTreeMap<usize, Span> = BTreeMap::new();
    for span in spans {
        work::add(1);
        // Those kept do not overlap, so the last that begins before the end of this one also ends last.
        if kept.range(..span.end).next_back().is_none_or(|(_, k)| k.end <= span.start) {
            kept.insert(span.start, span);
        }
    }
    kept.into_values().collect()
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

    fn kinds(message: &str) -> Vec<PersonalData> {
        found(message).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn what_is_typed_around_a_number_does_not_hide_it() {
        use PersonalData::*;
        for (message, kind, text) in [
            ("sdt0912345678 nha", Phone, "0912345678"),
            ("sđt:0912345678nhé", Phone, "0912345678"),
            ("zalo.me/0912345678", Phone, "0912345678"),
            ("0912345678/0987654321", Phone, "0987654321"),
            ("số 02: 0912345678", Phone, "0912345678"),
            ("0912, 345, 678", Phone, "0912, 345, 678"),
            ("0912 🍀 345 🍀 678", Phone, "0912 🍀 345 🍀 678"),
            ("0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣ nha", Phone, "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣"),
            ("không chín mươi mốt hai ba bốn năm sáu bảy tám", Phone, "không chín mươi mốt hai ba bốn năm sáu bảy tám"),
            ("Ma OTP la 482913. Khong cung cap cho ai", OneTimeCode, "482913"),
            ("mã 482913 ba ơi", OneTimeCode, "482913"),
            ("mã 482913 2 phút hết hạn", OneTimeCode, "482913"),
            ("otp482913", OneTimeCode, "482913"),
            ("otp bốn tám hai chín một ba", OneTimeCode, "bốn tám hai chín một ba"),
            ("mã thẻ 2914 8805 6631", OneTimeCode, "2914 8805 6631"),
            ("stk 0071 0029 4483 vcb", BankAccount, "0071 0029 4483"),
            ("9704 2292 1234 5678", BankAccount, "9704 2292 1234 5678"),
            ("cccd 079 208 012345", CitizenId, "079 208 012345"),
            ("mail:khanh2012@gmail.com, nha", Email, "khanh2012@gmail.com"),
            ("Khánh2012@gmail.com.", Email, "Khánh2012@gmail.com"),
            ("biển 59-X3 456.78", Plate, "59-X3 456.78"),
            ("xe 51F12345", Plate, "51F12345"),
            ("mk acc của e là Abc123!@#", Password, "Abc123!@#"),
            ("mật khẩu zalo của em là Hoa2011", Password, "Hoa2011"),
        ] {
            assert!(found(message).contains(&(kind, text)), "{message}: {:?}", found(message));
        }
    }

    #[test]
    fn places_are_found_in_small_letters_too() {
        use PersonalData::*;
        for (message, kind, text) in [
            ("nhà t ở 12/4 nguyễn trãi", Address, "12/4 nguyễn trãi"),
            ("nhà em ở 24 Lê Lợi nha", Address, "24 Lê Lợi"),
            ("hem 123 le van sy", Address, "hem 123 le van sy"),
            ("ngõ 45 đường Hoàng Hoa Thám", Address, "ngõ 45 đường Hoàng Hoa Thám"),
            ("nha em o ngo 5 duong Y Jut", Address, "ngo 5 duong Y Jut"),
            ("nhà con ở thôn Đông xã Tân Lập huyện Yên Mỹ", Address, "thôn Đông xã Tân Lập huyện Yên Mỹ"),
            ("e ở p7 q8", Address, "p7 q8"),
            ("toà B4 phòng 1204", Address, "toà B4 phòng 1204"),
            ("lop 7a2 truong kim dong", School, "lop 7a2 truong kim dong"),
            ("8/3 thcs Lê Lợi", School, "8/3 thcs Lê Lợi"),
            ("em lớp 5 trường Hoa Sữa", School, "lớp 5 trường Hoa Sữa"),
        ] {
            assert!(found(message).contains(&(kind, text)), "{message}: {:?}", found(message));
        }
    }

    #[test]
    fn a_word_with_its_tone_is_no_other_word() {
        for message in [
            "tặng 100 robux, tặng 200 robux",
            "tờ 100 với 1 tờ 20",
            "Nice to Meet you, happy to See you",
            "mã 482 từ ba người",
            "tăng 2 điểm, tăng 3 điểm",
            "nhà em tặng 2 con mèo",
        ] {
            assert_eq!(found(message), [], "{message}");
        }
    }

    #[test]
    fn sums_lists_and_measures_are_left_alone() {
        for message in [
            "ck vcb 500000 nha",
            "tài khoản còn 350000",
            "dạ 250.000 ạ",
            "500000",
            "214 + 157",
            "con 13, 14, 15",
            "12 34 56",
            "3.14159",
            "10.11.12",
            "0,333333333",
            "08 09 10 11 12",
            "kết quả xổ số 08 15 23 34 41 45",
            "mst 0312345678",
            "đổi 20k 2000 robux",
            "lớp 12a1 2025 tốt nghiệp",
            "65kg 1200",
            "mk 1m50",
            "mk 2k12",
            "gặp mk 4h30",
            "mk là boss",
            "pass iphone11",
            "tổ 1 trực nhật, tổ 2 lau bảng",
            "nhà em 8/3 Mua hoa",
            "Đi qua đường. Số nhà em?",
            "về trường. Mình học 6A",
            "đề thi thcs lớp 9",
            "ở 3k thôi, tiểu học",
            "quận 1 hay quận 3 đẹp hơn",
        ] {
            assert_eq!(found(message), [], "{message}");
        }
    }

    #[test]
    fn an_account_of_twelve_digits_is_no_identity_number() {
        assert_eq!(kinds("stk 007100294483"), [PersonalData::BankAccount]);
        assert_eq!(kinds("079208012345"), [PersonalData::CitizenId]);
        assert_eq!(kinds("123456789012"), []);
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
    fn telephone_numbers_in_brackets_and_lists_are_found() {
        for (message, numbers) in [
            ("gọi (0912) 345 678 nha", vec!["0912) 345 678"]),
            ("(+84)912345678", vec!["84)912345678"]),
            ("+84 (0) 912 345 678", vec!["84 (0) 912 345 678"]),
            ("0912345678, 0987654321", vec!["0912345678", "0987654321"]),
            ("0912345678,0987654321", vec!["0912345678", "0987654321"]),
            ("0912345678;0987654321", vec!["0912345678", "0987654321"]),
            ("0912345678:0987654321", vec!["0912345678", "0987654321"]),
            ("0912.345.678,0987.654.321", vec!["0912.345.678", "0987.654.321"]),
            ("1.0912345678 2.0987654321", vec!["0912345678", "0987654321"]),
            ("sđt: 0912345678 (zalo)", vec!["0912345678"]),
            ("nt em 09 12 34 56 78", vec!["09 12 34 56 78"]),
            ("0912/345/678", vec!["0912/345/678"]),
            ("đơn của em, sđt 0912345678", vec!["0912345678"]),
        ] {
            let phones: Vec<_> = numbers.iter().map(|n| (PersonalData::Phone, *n)).collect();
            assert_eq!(found(message), phones, "{message}");
        }
    }

    #[test]
    fn a_number_that_is_said_to_be_a_password_is_one() {
        use PersonalData::*;
        for (message, kind, text) in [
            ("mk là 0912345678", Password, "0912345678"),
            ("mk: 0912345678", Password, "0912345678"),
            ("mật khẩu wifi 0987654321", Password, "0987654321"),
            ("mật khẩu là 0912 345 678", Password, "0912 345 678"),
            ("chuyển vcb nha, mật khẩu là 12345678", Password, "12345678"),
            ("mã đăng nhập là 559013, mk là 481902", Password, "481902"),
            ("sđt mk là 0912345678", Phone, "0912345678"),
            ("số của mk: 0912345678", Phone, "0912345678"),
            ("gọi mk 0912345678 nha", Phone, "0912345678"),
        ] {
            assert!(found(message).contains(&(kind, text)), "{message}: {:?}", found(message));
        }
    }

    #[test]
    fn a_code_that_is_said_to_be_one_is_no_other_number() {
        for (message, code) in [
            ("stk này nha, otp 481902", "481902"),
            ("mã otp vcb là 48190213", "48190213"),
            ("mã otp của đơn là 481902", "481902"),
            ("mã thẻ là 0312345678", "0312345678"),
            ("ck vcb, mã nạp 031234567890", "031234567890"),
        ] {
            assert!(found(message).contains(&(PersonalData::OneTimeCode, code)), "{message}: {:?}", found(message));
        }
        assert_eq!(kinds("mã thẻ nạp e gửi rồi, sđt 0912345678"), [PersonalData::Phone]);
    }

    #[test]
    fn orders_parcels_tickets_and_examinees_have_numbers_of_their_own() {
        for message in [
            "mã vận đơn 0912345678",
            "mã vận đơn của em là 0912345678",
            "ma van don 0912345678",
            "ma don hang la 0345678912",
            "đơn 0345678912",
            "đơn hàng shopee 0345678912",
            "mã đơn hàng SPXVN0345678912",
            "SPXVN0345678912 tới đâu rồi",
            "ck vcb rồi, mã đơn là 0345678912",
            "sbd 034567",
            "số báo danh 034567",
            "mã vé 481902",
            "mã hs 481902",
            "vé 0912345678",
            "mã bưu kiện 079208012345",
        ] {
            assert_eq!(found(message), [], "{message}");
        }
    }

    #[test]
    fn a_day_is_no_address() {
        for message in [
            "nghỉ lễ đi đường 30/4 kẹt xe lắm",
            "nghỉ lễ nhà em đi đường 30/4 tới phường 1 chơi",
            "lễ 30/4 đường đông nghịt",
            "nhà em 20/11 hà nội mưa lắm",
            "nhà em 20/11 Cao Hứng đi thăm cô",
            "nhà em ở ngõ 2/9 nghỉ",
            "nhà em nghỉ lễ 30/4 1/5 mai anh về",
            "ở nhà 8/3 hai mẹ con nấu cơm",
            "nhà em tổ 1 thi 26/3 tổ 2 trực",
            "ở nhà 12/4 mai anh thi",
            "ngày 1/6 trường kim đồng diễn văn nghệ",
        ] {
            assert_eq!(found(message), [], "{message}");
        }
        for (message, address) in [
            ("nhà em 12 đường 30/4", "12 đường 30/4"),
            ("số 12 đường 3/2", "12 đường 3/2"),
            ("nhà em ở 120/5 đường 3/2 phường 11", "120/5 đường 3/2 phường 11"),
            ("nhà em ở 20/11 Nguyễn Trãi", "20/11 Nguyễn Trãi"),
            ("nhà e ngõ 2/9 phố Vọng", "ngõ 2/9 phố Vọng"),
            ("gửi cho bạn 14/2 hẻm 232 Phạm Thế Hiển", "14/2 hẻm 232 Phạm Thế Hiển"),
            ("địa chỉ 10/3 cao thắng", "10/3 cao thắng"),
            ("18/4 đường số 9, phường Tân Quý", "18/4 đường số 9, phường Tân Quý"),
        ] {
            let spans = found(message);
            assert!(
                spans.iter().any(|(k, t)| *k == PersonalData::Address && t.ends_with(address)),
                "{message}: {spans:?}"
            );
        }
    }

    #[test]
    fn what_the_rules_read_grows_no_faster_than_the_message() {
        for piece in [
            "ba ",
            "mã ba ",
            "mk-",
            "mk là 4819 ",
            "a@b.vn ",
            "an.binh@mail.com,",
            "trường Kim Đồng ",
            "lớp 7a2 trường kim đồng ",
            "trường a lớp 6 ",
            "0912 ",
            "0 ",
            "481.902 ",
            "stk 12345678 ",
            "29A-",
            "12/4 ",
            "nhà em ở ",
            "tao gửi ",
            "k.",
            "k ",
            "a.n.",
            "1.k.",
            "😂0",
            "\u{200b}0",
            "@",
        ] {
            let read = |bytes: usize| {
                let message = piece.repeat(bytes / piece.len());
                work::take();
                for side in [Side::Child, Side::Other] {
                    rules(&message, &normalise(&message), side);
                }
                work::take()
            };
            let (half, whole) = (read(4 << 10), read(8 << 10));
            assert!(whole < half * 5 / 2 + 1000, "{piece:?}: {half}, of twice as many {whole}");
            assert!(whole < (8 << 10) * 2000, "{piece:?}: {whole}");
        }
    }

    #[test]
    fn a_school_asks_only_the_classes_about_it() {
        let asked = |many: usize| {
            let message = "trường Kim Đồng ".repeat(many) + &"lớp 7a2 ".repeat(many);
            let normal = normalise(&message);
            let text = Reading::new(&message, &normal);
            work::take();
            assert_eq!(places::schools(&text).len(), 1);
            work::take()
        };
        let (few, many) = (asked(100), asked(400));
        assert!(many < few * 5, "{few}, of four times as many {many}");
    }

    #[test]
    fn a_megabyte_of_addresses_is_told_address_by_address() {
        let one = "an@b.vn ";
        let message = one.repeat((1 << 20) / one.len());
        let findings = rules(&message, &normalise(&message), Side::Child);
        assert_eq!(findings.spans.len(), (1 << 20) / one.len());
        assert!(findings.spans.iter().enumerate().all(|(i, s)| s.start == i * one.len() && s.end == s.start + 7));
    }

    #[test]
    fn of_two_that_overlap_the_first_in_the_list_stays() {
        let span = |start, end, kind| Span { start, end, kind };
        let spans = vec![
            span(10, 20, PersonalData::Phone),
            span(0, 5, PersonalData::Email),
            span(19, 30, PersonalData::Address),
            span(5, 10, PersonalData::Plate),
            span(0, 40, PersonalData::School),
            span(12, 14, PersonalData::Password),
            span(20, 21, PersonalData::Password),
        ];
        let kept: Vec<_> = without_overlaps(spans).into_iter().map(|s| (s.start, s.end)).collect();
        assert_eq!(kept, [(0, 5), (5, 10), (10, 20), (20, 21)]);
    }

    /// The fixed form of an indicator is in each message that means it, and in none that says the same words harmlessly.
    fn told_apart(indicator: Indicator, meant: &[&str], harmless: &[&str]) {
        let proved = |m: &str| rules(m, &normalise(m), Side::Other).indicators.contains(indicator);
        for message in meant {
            assert!(proved(message), "{message}: {}", normalise(message).text());
        }
        for message in harmless {
            assert!(!proved(message), "{message}: {}", normalise(message).text());
        }
    }

    #[test]
    fn a_threat_with_money_is_met_however_it_is_written() {
        let meant = [
            "500k k có là tao up ảnh m lên trường",
            "nạp 200 không tao đăng hết ảnh",
            "ko ck t tung het anh",
            "k chuyen la t gui cho ca lop m",
            "chuyển 2tr trong hôm nay, không thì anh gửi hết ảnh cho bố mẹ em",
            "ck 1tr ko t up clip lên group trg",
            "nạp thẻ 200k trước 9h k thì t đăng hình m",
            "chua ck thi toi nay t dang anh m len page truong",
        ];
        let harmless = [
            "lớp mình nộp tiền quỹ trước 9h, không thì cô gửi danh sách lên trường, kèm ảnh",
            "ai chưa nộp học phí trước 9h thì cô đăng hết ảnh danh sách lên nhóm",
            "con không chuyển khoản được thì anh gửi ảnh qr cho bố mẹ con",
            "ck xong anh gửi hết ảnh cho cả lớp",
            "cảnh báo: bọn xấu đòi chuyển tiền không thì nó đăng hết ảnh",
            "không có tiền thì thôi, tối anh gửi ảnh cho",
            "Chuyển khoản trước 5h nha, mình gửi ảnh hàng liền",
            "bạn nào chưa chuyển tiền áo trước 9h thì mình gửi ảnh danh sách cho cô",
            "có đứa nhắn con là không nạp thẻ thì nó đăng hết ảnh, con kể cô liền",
        ];
        told_apart(Indicator::Threat, &meant, &harmless);
    }

    #[test]
    fn who_warns_of_a_fraud_is_none() {
        let meant = [
            "Chú bên viện kiểm sát, cháu dính vụ án rửa tiền, không được nói với ai",
            "toi la cong an, chau co lenh bat, chuyen tien vao tai khoan an toan",
            "Đây là công an quận, em liên quan vụ án ma tuý, tắt máy tháo sim ra khách sạn một mình",
        ];
        let harmless = [
            "công an cảnh báo: giả danh toà án, lệnh bắt, yêu cầu chuyển tiền là lừa đảo",
            "Con ơi ai gọi xưng công an bảo có lệnh bắt rồi đòi chuyển tiền thì cúp máy nghe",
            "Bựa ni có bọn giả công an gọi nói bà liên quan vụ án rồi đòi chuyển tiền",
            "công an xã tới lớp nói về ma tuý",
            "nay công an bắt vụ ma tuý xóm mình, tối đừng kể bà nghe",
        ];
        told_apart(Indicator::AuthorityScam, &meant, &harmless);
    }

    #[test]
    fn a_job_that_anybody_may_read_of_is_no_lure() {
        let meant = [
            "viec nhe luong cao, coc truoc 50k",
            "làm nhiệm vụ đánh giá ks, 20k/lượt, nạp 100k mở gói vip",
            "việc nhẹ nè e, ngồi nhà bấm like 1h dc 100k",
        ];
        let harmless = [
            "Quán cần người phụ, việc nhẹ 25k một giờ, nộp hồ sơ tại quán",
            "Quán cà phê tuyển phục vụ ca tối, việc nhẹ, 20k/h",
            "ai rủ việc nhẹ lương cao đòi đặt cọc thì đừng tin",
            "có đứa nhắn bảo làm nhiệm vụ nhận 500k, tui kệ",
            "đủ 15 tuổi thì làm việc nhẹ 20k một giờ, bố mẹ ký giấy",
        ];
        told_apart(Indicator::JobLure, &meant, &harmless);
    }

    #[test]
    fn a_threat_with_money_needs_every_part() {
        told_apart(
            Indicator::Threat,
            &["chuyển khoản 500k trước 9h, không thì tao gửi cho bố mẹ mày cái ảnh"],
            &["gửi cho bố mẹ cái ảnh nhé", "nhớ chuyển khoản 50k tiền quỹ lớp trước 9h"],
        );
    }
}
