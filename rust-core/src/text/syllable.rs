//! Vietnamese syllables: what may be one, where its tone belongs, and what it is without diacritics.
//!
//! A written syllable is an onset, a rhyme and a tone (Đoàn Thiện Thuật, *Ngữ âm tiếng Việt*, 1977). Both lists are
//! short and closed, so a word can be told from noise without a dictionary: `"hiếp"` is a syllable, `"hi3p"` is not.

use std::sync::OnceLock;

/// Onsets, longest first, so that the first match is the right one.
const ONSETS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
];

/// Rhymes without tone, as they are written after an onset other than `qu`.
const RHYMES: &str = "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu \
    o oa oac oach oai oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot \
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyên \
    uyêt uyn uynh uyp uyt uyu uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu \
    y yêm yên yêng yêt yêu";

/// Rhymes after `qu`, which already holds the medial glide.
const QU_RHYMES: &str = "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt \
    i in it ich inh y ych yên yêt ynh yt ơ ơi ôc";

/// Rhymes that lose their `i` after `gi` (giếng is gi + iêng).
const GI_RHYMES: &str = "êc êm ên êng êp êt êu";

/// A tone, in the order of the usual school list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Level,
    Grave,
    Acute,
    Hook,
    Tilde,
    Dot,
}

const TONES: [Tone; 6] = [Tone::Level, Tone::Grave, Tone::Acute, Tone::Hook, Tone::Tilde, Tone::Dot];

/// The twelve vowel letters, each with its six tones in the order of [`TONES`].
const VOWELS: [[char; 6]; 12] = [
    ['a', 'à', 'á', 'ả', 'ã', 'ạ'],
    ['ă', 'ằ', 'ắ', 'ẳ', 'ẵ', 'ặ'],
    ['â', 'ầ', 'ấ', 'ẩ', 'ẫ', 'ậ'],
    ['e', 'è', 'é', 'ẻ', 'ẽ', 'ẹ'],
    ['ê', 'ề', 'ế', 'ể', 'ễ', 'ệ'],
    ['i', 'ì', 'í', 'ỉ', 'ĩ', 'ị'],
    ['o', 'ò', 'ó', 'ỏ', 'õ', 'ọ'],
    ['ô', 'ồ', 'ố', 'ổ', 'ỗ', 'ộ'],
    ['ơ', 'ờ', 'ớ', 'ở', 'ỡ', 'ợ'],
    ['u', 'ù', 'ú', 'ủ', 'ũ', 'ụ'],
    ['ư', 'ừ', 'ứ', 'ử', 'ữ', 'ự'],
    ['y', 'ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ'],
];

/// The letter without its tone, and the tone.
pub(crate) fn split_tone(c: char) -> (char, Tone) {
    if c.is_ascii() {
        return (c, Tone::Level);
    }
    for row in &VOWELS {
        if let Some(tone) = row.iter().position(|&v| v == c) {
            return (row[0], TONES[tone]);
        }
    }
    (c, Tone::Level)
}

/// The letter with a tone, where it can bear one.
fn with_tone(c: char, tone: Tone) -> char {
    VOWELS.iter().find(|row| row[0] == c).map_or(c, |row| row[tone as usize])
}

/// The letter without any diacritic: `'ặ'` becomes `'a'`, `'đ'` becomes `'d'`.
pub(crate) fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    match split_tone(c).0 {
        'ă' | 'â' => 'a',
        'ê' => 'e',
        'ô' | 'ơ' => 'o',
        'ư' => 'u',
        'đ' => 'd',
        other => other,
    }
}

/// The word without any diacritic.
pub(crate) fn fold(word: &str) -> String {
    word.chars().map(fold_char).collect()
}

/// Whether the word without any diacritic is `bare`.
pub(crate) fn folds_to(word: &str, bare: &str) -> bool {
    word.chars().map(fold_char).eq(bare.chars())
}

/// Whether the letter is one of the Vietnamese alphabet, tones included, in lower case.
pub(crate) fn is_vietnamese_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c == 'đ' || VOWELS.iter().any(|row| row.contains(&c))
}

/// A written syllable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Syllable {
    onset: &'static str,
    rhyme: &'static str,
    tone: Tone,
}

/// Whether `word`, in lower case, is a syllable as it stands.
pub(crate) fn is_syllable(word: &str) -> bool {
    parse(word).is_some()
}

/// Whether `word` is a syllable as it stands, or one whose diacritics were left out.
pub(crate) fn is_loose_syllable(word: &str) -> bool {
    if word.is_ascii() { is_bare_syllable(word) } else { is_syllable(word) }
}

/// The same syllable with its tone where the modern rule puts it and `y` written as `i` where both are in use, so
/// that "hoà" and "hòa", "lý" and "lí" are one. `None` where the word is no syllable.
pub(crate) fn canonical(word: &str) -> Option<String> {
    let Syllable { onset, rhyme, tone } = parse(word)?;
    let rhyme = if rhyme == "y" && matches!(onset, "h" | "k" | "l" | "m" | "s" | "t") { "i" } else { rhyme };
    let mut out = String::with_capacity(word.len());
    out.push_str(onset);
    let vowels: Vec<char> = rhyme.chars().collect();
    let bearer = tone_position(&vowels);
    for (i, &c) in vowels.iter().enumerate() {
        out.push(if i == bearer { with_tone(c, tone) } else { c });
    }
    if vowels.is_empty() {
        // "gì": the onset's own i bears the tone.
        out.pop();
        out.push(with_tone('i', tone));
    }
    Some(out)
}

/// Where the tone stands: on the letter with a shape of its own, before a final consonant, or on the first of two.
fn tone_position(rhyme: &[char]) -> usize {
    let is_vowel = |c: &char| VOWELS.iter().any(|row| row[0] == *c);
    let vowels = rhyme.iter().take_while(|c| is_vowel(c)).count();
    if let Some(shaped) = rhyme.iter().rposition(|c| matches!(c, 'ă' | 'â' | 'ê' | 'ô' | 'ơ' | 'ư')) {
        // "ưa" keeps its tone on the ư; "ươ" takes it on the ơ, which rposition found.
        return shaped;
    }
    match vowels {
        2 if rhyme.len() > 2 => 1,
        0..=2 => 0,
        _ => 1,
    }
}

fn parse(word: &str) -> Option<Syllable> {
    if word.is_empty() || word.len() > 16 {
        return None;
    }
    let mut tone = Tone::Level;
    let mut letters = String::with_capacity(word.len());
    for c in word.chars() {
        let (letter, own) = split_tone(c);
        if own != Tone::Level {
            if tone != Tone::Level {
                return None;
            }
            tone = own;
        }
        letters.push(letter);
    }
    let tables = tables();
    ONSETS.iter().filter(|onset| letters.starts_with(**onset)).find_map(|&onset| {
        let rest = &letters[onset.len()..];
        let list = match onset {
            "qu" => &tables.qu,
            "gi" if tables.gi.binary_search(&rest).is_ok() => &tables.gi,
            _ => &tables.plain,
        };
        let rhyme = list.binary_search(&rest).ok().map(|i| list[i])?;
        let stopped = rhyme.ends_with(['c', 'p', 't']) || rhyme.ends_with("ch");
        let fits = fits_spelling(onset, rhyme) && (!stopped || matches!(tone, Tone::Acute | Tone::Dot));
        fits.then_some(Syllable { onset, rhyme, tone })
    })
}

/// The spelling rule of k, gh and ngh before e, ê, i and y, of c, g and ng elsewhere.
fn fits_spelling(onset: &str, rhyme: &str) -> bool {
    let front = rhyme.starts_with(['e', 'ê', 'i', 'y']);
    match onset {
        "k" | "gh" | "ngh" => front,
        "c" | "ng" => !front,
        // "gìn" is the one rhyme in i that g takes; "gì" is the onset gi alone.
        "g" => !front || rhyme == "in",
        _ => true,
    }
}

/// Whether an ASCII word is a syllable without its diacritics.
fn is_bare_syllable(word: &str) -> bool {
    if word.is_empty() || word.len() > 7 {
        return false;
    }
    let tables = tables();
    ONSETS.iter().filter(|onset| word.starts_with(**onset)).any(|&onset| {
        let rest = &word[onset.len()..];
        let list = if onset == "qu" { &tables.bare_qu } else { &tables.bare };
        let gi = onset == "gi" && (rest.is_empty() || tables.gi.iter().any(|r| fold(r) == rest));
        gi || (list.binary_search_by(|r| r.as_str().cmp(rest)).is_ok() && fits_spelling(onset, rest))
    })
}

struct Tables {
    plain: Vec<&'static str>,
    qu: Vec<&'static str>,
    gi: Vec<&'static str>,
    bare: Vec<String>,
    bare_qu: Vec<String>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let sorted = |list: &'static str| {
            let mut rhymes: Vec<&str> = list.split_whitespace().collect();
            rhymes.sort_unstable();
            rhymes
        };
        let folded = |list: &'static str| {
            let mut rhymes: Vec<String> = list.split_whitespace().map(fold).collect();
            rhymes.sort_unstable();
            rhymes.dedup();
            rhymes
        };
        let mut gi = sorted(GI_RHYMES);
        gi.insert(0, "");
        Tables { plain: sorted(RHYMES), qu: sorted(QU_RHYMES), gi, bare: folded(RHYMES), bare_qu: folded(QU_RHYMES) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_syllables() {
        let words = "em anh không được người chuyện gì gìn giếng giặt quốc quyển nghiêng khuya hoà thúy thuý yêu ạ ở \
                     uống trường bí mật gửi ảnh ngoan xoong kỹ huýt";
        for word in words.split_whitespace() {
            assert!(is_syllable(word), "{word}");
        }
        for word in "khong duoc nguoi chuyen gi gieng quoc nghieng mat gap hinh xoong uong".split_whitespace() {
            assert!(is_loose_syllable(word), "{word}");
        }
    }

    #[test]
    fn noise_and_wrong_spellings_are_not() {
        for word in "hi3p zalo kao cê ngê ghà mat' app wá khôg mjnh áá sắ́c strong bắch".split_whitespace()
        {
            assert!(!is_syllable(word), "{word}");
        }
        assert!(!is_syllable("mat"), "a stopped rhyme without a tone is a bare form only");
        assert!(!is_loose_syllable("kao") && !is_loose_syllable("kk") && !is_loose_syllable("strong"));
    }

    #[test]
    fn both_tone_placements_and_both_is_become_one() {
        for (a, b) in [("hoà", "hòa"), ("thuý", "thúy"), ("lý", "lí"), ("khoẻ", "khỏe"), ("kỹ", "kĩ")] {
            assert_eq!(canonical(a), canonical(b), "{a} {b}");
            assert!(canonical(a).is_some(), "{a}");
        }
        for word in "gì giờ già quý quả khuya mía mưa được giếng toàn thuyền ngoài người của uống".split_whitespace()
        {
            assert_eq!(canonical(word).as_deref(), Some(word));
        }
    }
}
