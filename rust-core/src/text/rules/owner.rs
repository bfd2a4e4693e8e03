//! Whose number it is: the word before it that says so, and numbers of things.

use super::word::Reading;

/// What may stand between an order, a ticket or a card and its number: whose it is, and who carries it.
const OWNERS: &[&str] = &[
    "là", "số", "của", "hàng", "em", "e", "mình", "t", "tui", "tớ", "con", "c", "chị", "anh", "a", "bạn", "b", "nè",
    "này", "đây", "shop", "shopee", "lazada", "tiki", "tiktok", "spx", "spxvn", "ghn", "ghtk", "vtp", "jt", "vn",
];

/// Whether the number at the word is that of an order, a parcel, a ticket or an examinee, which reaches nobody and opens
/// nothing: `mã vận đơn của em là 0912345678`.
pub(super) fn is_of_a_thing(text: &Reading<'_>, at: usize) -> bool {
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

/// The word that says whose number stands at the word, behind which there is no more than whose that is.
pub(super) fn owner(text: &Reading<'_>, at: usize) -> Option<usize> {
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
