//! What the normaliser knows by heart: look-alike letters, classes, services, chat spellings.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::syllable::{self, is_loose_syllable, is_syllable};

/// Chat spellings written for this project; the format is described in the file.
const OWN_SPELLINGS: &str = include_str!("teencode.tsv");
/// Chat spellings derived from visonorm 0.1.4 (MIT); see `NOTICE` in the folder of this file.
const VISONORM_SPELLINGS: &str = include_str!("visonorm.tsv");

/// Services and game words that are written as one word and often hidden.
const SERVICES: &str = "zalo facebook telegram instagram messenger tiktok discord viber whatsapp skype snapchat omegle litmatch \
    tinder bigo youtube roblox robux freefire pubg minecraft video camera casting threads locket signal wechat \
    gmail garena momo mocha";

/// Words of other languages that are ordinary in Vietnamese chats. They are never "repaired".
const FOREIGN: &str = "acc add admin album all am and app apple auto baby backup ban bar block blog bom book boss bot box break \
    bug bus buff business call camp can card carry chat check chill clan class clone club code collab combo \
    comeback comment concert content cool copy cosplay cover crush dame date deadline deal demo design detail \
    drama dream drop duo edit email event face fake family fan fanclub feed file film follow form free friend \
    full gacha game gamer gank girl go god good google grab gym hack happy hashtag hit hot hotboy hotgirl house \
    idol inbox internet item job join jungle kill kpop lag laptop leader level like link list live livestream \
    login love main map mail makeup marketing match max meme menu mid min mod model mom money mood music net \
    new news next nice no noob of ok ol one online offline order otp page party part paypal pc phone pin play \
    plus point pro profile qr quest quiz random rank react real review room sale save scam seen self sell \
    server set share ship shipper shop shopee show sim single size skin slot smart solo spam squad staff star \
    start status steam sticker stop store story stream streamer studio style sub super support sure tag talk \
    team test text the ticket tiki time tip to top topup trade trend troll try uid update user vip view viral \
    visa voice vote voucher web website wifi win wow xin you zoom mic micro video vlog vpn mod ultra unlock mem \
    member meet me mv my nokia oppo ipad iphone samsung xiaomi karaoke spa sexy mua drop ads kol toy gap ngl \
    fyi btw omg bro sis daddy sugar ph cccd cmnd vneid vcb mb bidv acb tpbank agribank vietcombank techcombank \
    sacombank viettel mobi vina";

/// A class of tokens: what matters is that there was one, not which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Image,
    Video,
    Voice,
    Link,
    File,
    Sensitive,
    Url,
    Email,
    Phone,
    Money,
    Time,
    Date,
    Class,
    Identifier,
    Digits1,
    Digits2,
    Digits3,
    Digits4,
    Digits5,
    Digits6,
    DigitsMany,
    Laugh,
    Sad,
    Heart,
    Lewd,
    Emoji,
}

/// Every class with its written form.
const TAGS: [(Tag, &str); 26] = [
    (Tag::Image, "<image>"),
    (Tag::Video, "<video>"),
    (Tag::Voice, "<voice>"),
    (Tag::Link, "<link>"),
    (Tag::File, "<file>"),
    (Tag::Sensitive, "<sensitive>"),
    (Tag::Url, "<url>"),
    (Tag::Email, "<email>"),
    (Tag::Phone, "<phone>"),
    (Tag::Money, "<money>"),
    (Tag::Time, "<time>"),
    (Tag::Date, "<date>"),
    (Tag::Class, "<class>"),
    (Tag::Identifier, "<id>"),
    (Tag::Digits1, "<n1>"),
    (Tag::Digits2, "<n2>"),
    (Tag::Digits3, "<n3>"),
    (Tag::Digits4, "<n4>"),
    (Tag::Digits5, "<n5>"),
    (Tag::Digits6, "<n6>"),
    (Tag::DigitsMany, "<n7>"),
    (Tag::Laugh, "<laugh>"),
    (Tag::Sad, "<sad>"),
    (Tag::Heart, "<heart>"),
    (Tag::Lewd, "<lewd>"),
    (Tag::Emoji, "<emoji>"),
];

impl Tag {
    /// The written form.
    pub(crate) fn text(self) -> &'static str {
        TAGS.iter().find(|(tag, _)| *tag == self).map_or("<emoji>", |(_, text)| text)
    }

    /// What stands between brackets in place of content. Only words that name it and what it looks like: "anh" is a
    /// picture and a young man, and whatever he says may stand in brackets.
    pub(crate) fn of_placeholder(name: &str) -> Option<Self> {
        const NAMES: &str = "anh hinh photo img pic screenshot video clip voice audio link file tep sticker gif emoji \
                             icon like tim sdt ghi am thanh duong dan so dien thoai";
        const BESIDE: &str = "chup man chuyen khoan qr the ma cuoc goi phut giay kieu yeu cau noi dung nhay cam rieng \
                              khac da che mau dong selfie";
        let bare = syllable::fold(name);
        if let Some((tag, _)) = TAGS.iter().find(|(_, text)| text[1..text.len() - 1] == bare) {
            return Some(*tag);
        }
        let known = |part: &str| NAMES.split_whitespace().chain(BESIDE.split_whitespace()).any(|w| w == part);
        let short_number = |part: &str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        if !bare.split([' ', '_']).all(|part| known(part) || short_number(part)) {
            return None;
        }
        let has = |words: &[&str]| words.iter().any(|w| bare.split([' ', '_']).any(|part| part == *w));
        Some(match () {
            () if has(&["anh", "hinh", "photo", "img", "pic", "screenshot"]) => Self::Image,
            () if has(&["video", "clip"]) => Self::Video,
            () if has(&["voice", "audio"]) || bare.contains("ghi am") || bare.contains("am thanh") => Self::Voice,
            () if has(&["link"]) || bare.contains("duong dan") => Self::Link,
            () if has(&["file", "tep"]) => Self::File,
            () if bare.contains("nhay cam") => Self::Sensitive,
            () if has(&["sticker", "gif", "emoji", "icon", "like", "tim"]) => Self::Emoji,
            () if has(&["sdt"]) || bare.contains("so dien thoai") => Self::Phone,
            () => return None,
        })
    }

    /// The class of a word that begins with a digit, such as `200k`, `7h30` or `0912345678`.
    pub(crate) fn of_number(word: &str) -> Option<Self> {
        let body = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '$' || c == '€');
        let unit = &word[body.len()..];
        if !body.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let grouped = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
        // 7h30, 7g30, 2tr5
        if let Some(i) = body.find(['h', 'g'])
            && plain(&body[..i])
            && i <= 2
            && (plain(&body[i + 1..]) && body.len() - i <= 3)
        {
            return Some(Self::Time);
        }
        if let Some(i) = body.find("tr")
            && plain(&body[..i])
            && plain(&body[i + 2..])
        {
            return Some(Self::Money);
        }
        // 8a1, 10a12
        if let Some(i) = body.find(|c: char| c.is_ascii_lowercase())
            && i <= 2
            && plain(&body[..i])
            && plain(&body[i + 1..])
            && body.len() - i <= 3
        {
            return Some(Self::Class);
        }
        if body.contains('/') && body.split('/').all(plain) {
            return Some(Self::Date);
        }
        if body.contains(':') && body.split(':').all(plain) {
            return Some(Self::Time);
        }
        if !grouped(body) {
            return None;
        }
        match unit {
            "" => {
                let digits = body.bytes().filter(u8::is_ascii_digit).count();
                if body.len() != digits && digits > 3 {
                    return Some(Self::Money);
                }
                Some(match digits {
                    1 => Self::Digits1,
                    2 => Self::Digits2,
                    3 => Self::Digits3,
                    4 => Self::Digits4,
                    5 => Self::Digits5,
                    6 => Self::Digits6,
                    9..=11 if body.starts_with('0') || body.starts_with("84") => Self::Phone,
                    _ => Self::DigitsMany,
                })
            }
            "h" | "g" | "giờ" | "gio" | "p" | "phút" | "ph" | "am" | "pm" if plain(body) && body.len() <= 2 => {
                Some(Self::Time)
            }
            "k" | "đ" | "d" | "vnd" | "vnđ" | "tr" | "triệu" | "trieu" | "củ" | "cu" | "usd" | "$" | "€" | "ngàn"
            | "nghìn" | "ngan" | "nghin" | "đồng" => Some(Self::Money),
            u if u.len() == 1 && matches!(u.as_bytes()[0], b'a'..=b'e') && plain(body) && body.len() <= 2 => {
                Some(Self::Class)
            }
            _ => None,
        }
    }

    /// The class of a number and the unit after it.
    pub(crate) fn of_measure(number: &str, unit: &str) -> Option<Self> {
        let is_number = number.starts_with("<n") && number != "<n7>" || number == "<money>";
        if !is_number {
            return None;
        }
        match unit {
            "nghìn" | "ngàn" | "nghin" | "ngan" | "triệu" | "trieu" | "củ" | "đồng" | "k" | "tr" | "vnd" | "usd" => {
                Some(Self::Money)
            }
            "giờ" | "gio" | "phút" | "phut" if number == "<n1>" || number == "<n2>" => Some(Self::Time),
            _ => None,
        }
    }

    /// Laughter and sobs typed out: `hahaha`, `kkkk`, `huhu`.
    pub(crate) fn of_laughter(word: &str) -> Option<Self> {
        let bare = syllable::fold(word);
        let bytes = bare.as_bytes();
        if bytes.len() < 3 || !bare.is_ascii() {
            return None;
        }
        if bytes.iter().all(|b| *b == b'k') {
            return Some(Self::Laugh);
        }
        let alternates = |first: u8, vowels: &[u8]| {
            bytes[0] == first && bytes.len() >= 4 && bytes.iter().all(|b| *b == first || vowels.contains(b))
        };
        if alternates(b'h', b"u") {
            return Some(Self::Sad);
        }
        (alternates(b'h', b"aeioj") || alternates(b'k', b"a")).then_some(Self::Laugh)
    }
}

/// Classes and marks of which a repetition says nothing.
pub(crate) fn is_sign(token: &str) -> bool {
    matches!(token, "?" | "!" | "<laugh>" | "<sad>" | "<heart>" | "<emoji>" | "<lewd>")
}

/// Characters that show nothing: zero width, direction, variation, fillers, tags, controls.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Letters of Hangul that are shown as a blank, as in names that are to look empty.
pub(crate) fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// The Vietnamese letter that a letter becomes by a combining mark, in whatever order marks were typed.
pub(crate) fn add_mark(c: char, mark: char) -> Option<char> {
    use unicode_normalization::char::compose;
    let composed = compose(c, mark).filter(|c| syllable::is_vietnamese_letter(*c));
    composed.or_else(|| {
        // A shape after a tone: take the tone off, shape the letter, put the tone back.
        let tones = ['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}'];
        let (letter, _) = syllable::split_tone(c);
        let tone = tones.into_iter().find(|t| compose(letter, *t) == Some(c))?;
        let shaped = compose(letter, mark).filter(|c| syllable::is_vietnamese_letter(*c))?;
        compose(shaped, tone)
    })
}

/// The Latin letter that a letter of another script is made to look like.
pub(crate) fn look_alike(c: char) -> Option<char> {
    // Letters in circles, squares and as flags stand in alphabetical order in their blocks.
    let nth = |first: u32| char::from_u32(u32::from('a') + (u32::from(c) - first));
    match u32::from(c) {
        0x1f150..=0x1f169 => return nth(0x1f150),
        0x1f170..=0x1f189 => return nth(0x1f170),
        0x1f1e6..=0x1f1ff => return nth(0x1f1e6),
        _ => {}
    }
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ᴀ' => 'a',
        'в' | 'β' | 'ʙ' | 'ь' => 'b',
        'с' | 'ϲ' | 'ᴄ' | '¢' => 'c',
        'ԁ' | 'ɗ' | 'ᴅ' => 'd',
        'ð' | 'ƌ' => 'đ',
        'е' | 'ε' | 'є' | 'ᴇ' | 'э' => 'e',
        'ғ' | 'ꜰ' => 'f',
        'ɡ' | 'ɢ' => 'g',
        'һ' | 'н' | 'ʜ' | 'ħ' => 'h',
        'і' | 'ι' | 'ı' | 'ɪ' | 'ⅰ' => 'i',
        'ј' | 'ʝ' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ӏ' | 'ʟ' | 'ł' => 'l',
        'м' | 'ᴍ' | 'μ' => 'm',
        'п' | 'η' | 'ɴ' | 'ո' => 'n',
        'о' | 'ο' | 'σ' | 'ᴏ' | 'ø' | 'օ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' | 'ս' => 'u',
        'ν' | 'ᴠ' | 'ѵ' => 'v',
        'ω' | 'ш' | 'ѡ' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' | 'ʏ' => 'y',
        'ᴢ' => 'z',
        _ => return None,
    })
}

/// Signs that people put between the letters of a word they hide.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | '-'
            | '_'
            | '*'
            | '~'
            | '|'
            | '/'
            | '\\'
            | '+'
            | '^'
            | '\''
            | '"'
            | '`'
            | ','
            | ':'
            | ';'
            | '·'
            | '•'
            | '='
            | '#'
    )
}

/// A picture that stands for a word, as that word; others as a class or nothing.
pub(crate) fn emoji_word(c: char) -> Option<&'static str> {
    Some(match c {
        '📷' | '📸' | '🖼' | '🤳' => "ảnh",
        '🎥' | '📹' | '🎬' => "video",
        '🤫' | '🤐' => "bí mật",
        '🏠' | '🏡' => "nhà",
        '🏨' | '🏩' => "khách sạn",
        '🏫' => "trường",
        '📞' | '☎' | '📱' | '📲' => "điện thoại",
        '💰' | '💵' | '💸' | '🤑' => "tiền",
        '🎁' | '🧧' => "quà",
        '💎' => "kim cương",
        '🚗' | '🚕' | '🚙' | '🏍' | '🛵' => "xe",
        '👮' | '🚔' | '🚓' => "công an",
        '💋' | '😘' | '😚' | '😙' | '😗' => "hôn",
        '🍆' | '🍑' | '💦' | '👙' | '🔞' | '🩲' => "<lewd>",
        '😂' | '🤣' | '😆' | '😄' | '😁' | '😀' | '😃' | '😅' | '😹' | '🙂' | '😊' | '😜' | '😝' | '😛' => {
            "<laugh>"
        }
        '😢' | '😭' | '😞' | '😔' | '🥺' | '😥' | '💔' | '☹' | '🙁' | '😩' => "<sad>",
        '❤' | '🧡' | '💛' | '💚' | '💙' | '💜' | '🖤' | '💕' | '💖' | '💗' | '💓' | '💞' | '💘' | '😍' | '🥰' | '♥'
        | '❣' => "<heart>",
        _ if matches!(u32::from(c), 0x1f300..=0x1faff | 0x2600..=0x27bf) => "<emoji>",
        _ => return None,
    })
}

/// Reads a run without spaces as an address: its class, and the service it leads to.
pub(crate) fn address(run: &str) -> Option<(Tag, Option<&'static str>)> {
    let run = run.trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '"', '\'']);
    let rest = run.strip_prefix("https://").or_else(|| run.strip_prefix("http://"));
    if rest.is_none()
        && let Some((name, host)) = run.split_once('@')
    {
        let ok = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b));
        let dotted = host.split('.').count() > 1 && host.split('.').all(|l| l.len() > 1);
        return (ok(name) && ok(host) && dotted).then_some((Tag::Email, None));
    }
    let forced = rest.is_some() || run.starts_with("www.");
    let body = rest.unwrap_or(run);
    let (host, path) = body.split_at(body.find('/').unwrap_or(body.len()));
    let labels: Vec<&str> = host.split('.').collect();
    let well_formed = labels.len() > 1
        && labels.iter().all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let last = labels.last().copied().unwrap_or_default();
    let sure = ["com", "net", "org", "vn", "xyz", "gg", "ly", "io", "info", "edu", "gov", "shop", "asia", "tk", "cc"];
    let with_path = ["me", "co", "app", "link", "live", "top", "page", "site", "gl", "tv", "club", "online"];
    let long = labels.iter().rev().skip(1).any(|l| l.len() > 1);
    let known_end = sure.contains(&last) && long || with_path.contains(&last) && path.len() > 1;
    if !(forced || well_formed && known_end) {
        return None;
    }
    let service = match host.trim_start_matches("www.") {
        "t.me" | "telegram.me" => Some("telegram"),
        "zalo.me" | "chat.zalo.me" => Some("zalo"),
        "m.me" => Some("messenger"),
        "fb.com" | "facebook.com" | "fb.me" => Some("facebook"),
        "discord.gg" | "discord.com" => Some("discord"),
        "instagram.com" => Some("instagram"),
        "youtube.com" | "youtu.be" => Some("youtube"),
        "tiktok.com" | "vt.tiktok.com" => Some("tiktok"),
        _ => None,
    };
    Some((Tag::Url, service))
}

/// Whether the character may stand in the name of a host (RFC 1123).
pub(crate) fn is_part_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

/// Whether the word is a service or a game.
pub(crate) fn is_service(word: &str) -> bool {
    tables().services.contains(&word)
}

/// Whether the word needs no repair.
pub(crate) fn is_known(word: &str) -> bool {
    is_loose_syllable(word) || has_chat_spelling(word) || tables().foreign.binary_search(&word).is_ok()
}

/// Whether the word alone is a chat spelling of the dictionary.
pub(crate) fn has_chat_spelling(word: &str) -> bool {
    tables().spellings.contains_key(word)
}

/// The longest chat spelling that the items begin with: how many items it takes, and the standard form.
pub(crate) fn chat_spelling<T>(
    items: &[T],
    with_diacritics: bool,
    text: impl Fn(&T) -> &str,
) -> Option<(usize, &'static str)> {
    const LONGEST: usize = 3;
    let tables = tables();
    let first = text(items.first()?);
    let longest = tables.longest_by_first.get(first).copied().unwrap_or(0).min(LONGEST).min(items.len());
    (1..=longest).rev().find_map(|n| {
        let spelling = if n == 1 {
            tables.spellings.get(first)
        } else {
            let form = items[..n].iter().map(&text).collect::<Vec<_>>().join(" ");
            tables.spellings.get(form.as_str())
        }?;
        (!spelling.needs_diacritics || with_diacritics).then_some((n, spelling.standard.as_str()))
    })
}

/// Whether the word shows that its writer types diacritics. Words that the dictionary itself writes do not
/// count, or a message would look different after its first reading.
pub(crate) fn shows_diacritics(word: &str) -> bool {
    !word.is_ascii() && !tables().dictionary_words.contains(word)
}

/// Every standard form, for tests.
#[cfg(test)]
pub(crate) fn standard_forms() -> Vec<&'static str> {
    let mut forms: Vec<_> = tables().spellings.values().map(|s| s.standard.as_str()).collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The word that leet hides: at least two letters, and only where a syllable or service results.
pub(crate) fn undo_leet(word: &str) -> Option<String> {
    if word.chars().filter(|c| c.is_alphabetic() || *c == '@').count() < 2 && !digit_inside(word) {
        return None;
    }
    let readings: &[&[(char, char)]] = &[
        &[('0', 'o'), ('1', 'i'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('6', 'g'), ('7', 't'), ('9', 'g'), ('8', 'b')],
        &[('0', 'o'), ('1', 'l'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('6', 'b'), ('7', 't'), ('9', 'p'), ('8', 'b')],
    ];
    readings.iter().find_map(|reading| {
        let plain: Option<String> = word
            .chars()
            .map(|c| match c {
                '@' => Some('a'),
                '$' => Some('s'),
                '€' => Some('e'),
                c if c.is_ascii_digit() => reading.iter().find(|(from, _)| *from == c).map(|(_, to)| *to),
                c => Some(c),
            })
            .collect();
        plain.filter(|p| p != word && p.len() > 1 && (is_loose_syllable(p) || is_service(p)))
    })
}

fn digit_inside(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    chars.windows(3).any(|w| w[0].is_alphabetic() && w[1].is_ascii_digit() && w[2].is_alphabetic())
}

/// Sound spellings of the young: `thik`, `mjnh`, `kon`, `khôg`, `fải`, `wá`. Only where a syllable results.
pub(crate) fn repair(word: &str) -> Option<String> {
    const STARTS: &[(&str, &str)] = &[
        ("k", "c"),
        ("f", "ph"),
        ("w", "qu"),
        ("z", "d"),
        ("z", "v"),
        ("j", "gi"),
        ("dz", "d"),
        ("c", "k"),
        ("g", "gh"),
        ("q", "qu"),
        ("ngh", "ng"),
        ("ng", "ngh"),
        ("gh", "g"),
        ("dd", "đ"),
        ("p", "b"),
    ];
    const ENDS: &[(&str, &str)] = &[
        ("k", "ch"),
        ("k", "c"),
        ("g", "ng"),
        ("q", "ng"),
        ("nk", "nh"),
        ("h", "nh"),
        ("x", "ch"),
        ("j", "i"),
        ("w", "u"),
        ("c", "t"),
        ("t", "c"),
        ("nq", "ng"),
        ("z", ""),
        ("s", ""),
        ("p", "m"),
        ("h", ""),
    ];
    if word.chars().count() > 8 || word.chars().count() < 2 {
        return None;
    }
    let strict = !word.is_ascii();
    let sound = |w: &str| if strict { is_syllable(w) } else { is_loose_syllable(w) };
    let settle = |w: String| syllable::canonical(&w).unwrap_or(w);
    let vowels = word.replace('j', "i").replace('w', if strict { "ư" } else { "u" });
    if sound(&vowels) {
        return Some(settle(vowels));
    }
    let starts = STARTS.iter().filter_map(|(from, to)| word.strip_prefix(from).map(|rest| format!("{to}{rest}")));
    let mut forms: Vec<String> = vec![word.to_owned(), vowels];
    forms.extend(starts);
    if let Some(found) = forms.iter().find(|w| sound(w)) {
        return Some(settle(found.clone()));
    }
    forms
        .iter()
        .flat_map(|w| ENDS.iter().filter_map(move |(from, to)| w.strip_suffix(from).map(|rest| format!("{rest}{to}"))))
        .find(|w| w.chars().count() > 1 && sound(w))
        .map(settle)
}

struct Spelling {
    standard: String,
    needs_diacritics: bool,
}

struct Tables {
    spellings: HashMap<&'static str, Spelling>,
    /// How many words the longest spelling has that begins with this word.
    longest_by_first: HashMap<&'static str, usize>,
    /// Every word that occurs in a standard form.
    dictionary_words: HashSet<String>,
    services: Vec<&'static str>,
    foreign: Vec<&'static str>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut spellings: HashMap<&'static str, Spelling> = HashMap::new();
        // Own spellings come first and win; a derived one that leads to a word with a spelling of its own is left out.
        for line in OWN_SPELLINGS.lines().chain(VISONORM_SPELLINGS.lines()).filter(|l| !l.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(form), Some(standard)) = (fields.next(), fields.next()) else { continue };
            let settled = |w: &str| syllable::canonical(w).unwrap_or_else(|| w.to_owned());
            let standard = standard.split(' ').map(settled).collect::<Vec<_>>().join(" ");
            let leads_on = standard.split(' ').any(|w| spellings.contains_key(w));
            if !spellings.contains_key(form) && !leads_on {
                spellings.insert(form, Spelling { standard, needs_diacritics: fields.next() == Some("d") });
            }
        }
        let mut longest_by_first: HashMap<&'static str, usize> = HashMap::new();
        for form in spellings.keys() {
            let words = form.split(' ').count();
            if let Some(first) = form.split(' ').next() {
                let longest = longest_by_first.entry(first).or_default();
                *longest = words.max(*longest);
            }
        }
        let services: Vec<&str> = SERVICES.split_whitespace().collect();
        let mut foreign: Vec<&str> = FOREIGN.split_whitespace().chain(services.iter().copied()).collect();
        foreign.sort_unstable();
        foreign.dedup();
        let dictionary_words = spellings.values().flat_map(|s| s.standard.split(' ')).map(str::to_owned).collect();
        Tables { spellings, longest_by_first, dictionary_words, services, foreign }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leet_is_undone_only_where_a_syllable_results() {
        assert_eq!(undo_leet("h1nh").as_deref(), Some("hinh"));
        assert_eq!(undo_leet("nh@").as_deref(), Some("nha"));
        assert_eq!(undo_leet("za1o").as_deref(), Some("zalo"));
        assert_eq!(undo_leet("mp3"), None);
        assert_eq!(undo_leet("a1"), None, "one letter is no word to hide");
        assert_eq!(undo_leet("x9z2"), None);
    }

    #[test]
    fn sound_spellings_are_repaired() {
        for (from, to) in [("thik", "thich"), ("mjnh", "minh"), ("kon", "con"), ("khôg", "không"), ("fải", "phải")]
        {
            assert_eq!(repair(from).as_deref(), Some(to), "{from}");
        }
        assert_eq!(repair("xkz"), None);
    }

    #[test]
    fn addresses_are_told_from_words_with_dots() {
        assert_eq!(address("zalo.me/091"), Some((Tag::Url, Some("zalo"))));
        assert_eq!(address("an.binh@mail.vn"), Some((Tag::Email, None)));
        for word in ["n.h.a", "ok.me", "bí.mật", "c.vn"] {
            assert_eq!(address(word), None, "{word}");
        }
    }
}
