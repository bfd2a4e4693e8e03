//! Fixed forms that prove an indicator: every part of one is in the message, near the others, and nothing by which a
//! teacher, a shop or one who warns would have said the same.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::text::indicator::{Indicator, IndicatorSet, Side};
use crate::text::normalise::{Normalised, Token};
use crate::text::{syllable, work};

/// A fixed form: every group must be met by one of its phrases.
///
/// A phrase is in normal form: `a|b` is either word, `a?` may be missing, `..` is up to three words. A word that was
/// typed without diacritics meets the one with them.
struct Form {
    indicator: Indicator,
    groups: &'static [&'static [&'static str]],
    /// Most words from the beginning of the first phrase to that of the last.
    within: usize,
    /// What is said where the same words are harmless.
    unless: &'static [&'static str],
}

const FORMS: &[Form] = &[
    // Spreading a picture or a secret, unless money comes. Who spreads calls himself by a word that no teacher has.
    Form {
        indicator: Indicator::Threat,
        groups: &[
            &[
                "<money>",
                "chuyển khoản",
                "ck",
                "chuyển tiền",
                "nạp",
                "thẻ cào",
                "đưa tiền",
                "trả tiền",
                "không chuyển",
                "chưa có tiền",
            ],
            &[
                "không|hông thì|là|thôi",
                "nếu không",
                "không|chưa có|chuyển|ck|nạp|đưa|trả|đóng|nộp",
                "không <money>",
                // 500k k có là: the normal form takes the second k for the first one's.
                "<money> có là|thì",
                "không t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú đăng|up|tung|gửi|post|phát",
                "hoặc là? t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú",
            ],
            &[
                "t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú sẽ|cũng|liền|là|thì? đăng|up|tung|post|share|bung .. \
                 ảnh|video|clip|<image>|<video>|đoạn",
                // A shop sends pictures too, but does not say what happens else.
                "không .. thì|là? t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú sẽ|cũng|liền? gửi .. \
                 ảnh|video|clip|<image>|<video>|đoạn",
                "t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú sẽ|cũng|liền|là|thì? gửi hết? cho? cả|hết|toàn? \
                 lớp|trường|bố|mẹ|ba|khối|cô|thầy mẹ? m|mày|mi|e|em|nhóc",
                "t|tao|tau sẽ|cũng|liền|là|thì? gửi|đăng|up|tung|post hết|cả lớp|trường",
                "không thì|là? t|tao|tau|tui|tôi|a|anh|mình|tớ|chị|c|chú sẽ? gửi|đăng|up|tung hết",
                "t|tao|tau gửi|đăng|up|tung hết đoạn|tin",
                "a|anh|chị|c|chú đăng|up|tung lên cho? cả|hết|toàn trường|lớp",
                "đăng|up|tung|gửi hết .. ảnh|video|clip|<image>|<video>|tin",
                "phát tán .. ảnh|video|clip|<image>|<video>|tin",
            ],
        ],
        within: 16,
        unless: &[
            "quỹ",
            "kỉ yếu",
            "học phí",
            "danh sách lớp",
            "gửi danh sách",
            "qr",
            "hóa đơn",
            "biên lai",
            "đồng phục",
            "cảnh báo",
            "lừa đảo",
            "nó dọa",
            "bị dọa",
            "đừng chuyển",
            "ảnh danh",
            "có đứa|kẻ|bọn|người",
            "nó|ai|người mà? nói|bảo|nhắn|kêu",
            "cô|thầy|mẹ|bố|ba sẽ|cũng? đăng|gửi|up",
        ],
    },
    // Nobody but a fraud asks a person by message to go into hiding for the police.
    Form {
        indicator: Indicator::AuthorityScam,
        groups: &[
            &[
                "công an",
                "cảnh sát",
                "viện kiểm sát",
                "tòa án",
                "cơ quan điều tra",
                "đội|cục|phòng điều tra",
                "thiếu|trung|thượng|đại úy|tá",
            ],
            &[
                "lệnh bắt|tạm|khám|khởi",
                "rửa tiền",
                "ma túy",
                "bắt giam",
                "phong tỏa",
                "tạm giam",
                "vụ án",
                "truy nã",
                "khởi tố",
                "chuyên án",
            ],
            &[
                "không được nói|kể|gọi|tắt|ngắt|trao|cho|tiết",
                "không nói với|cho",
                "đừng nói|kể|gọi",
                "tuyệt đối không|bí|giữ",
                "cấm hé|nói|kể",
                "bảo mật",
                "chuyển tiền",
                "chuyển khoản",
                "tháo sim",
                "tắt máy|sim",
                "giữ nguyên? máy",
                "phòng kín",
                "khóa cửa",
                "bật máy",
            ],
            // What happens at the neighbours' is told without these.
            &[
                "em|e|cháu|con|bạn|m liên|dính|bị|có|được|đang",
                "của|cho|tên em|e|cháu|con|bạn",
                "căn cước",
                "số máy|thuê",
                "đây là?",
                "thông báo",
                "tôi là|ở|bên",
                "chú|anh|a là|ở|bên|làm",
                "hồ sơ",
            ],
        ],
        within: 40,
        unless: &[
            "cảnh báo",
            "cảnh giác",
            "giả danh",
            "mạo danh",
            "giả làm",
            "giả công|viện|tòa|cảnh",
            "thủ đoạn",
            "chiêu trò",
            "kịch bản",
            "là lừa",
            "bọn|kẻ|tụi|đứa lừa",
            "bị lừa",
            "đừng tin|nghe|sợ|có",
            "cúp|dập máy",
            "ai|người gọi",
            "có đứa|kẻ|bọn|người",
        ],
    },
    // Work so light that it is none, and money beside it.
    Form {
        indicator: Indicator::JobLure,
        groups: &[
            // Without diacritics the normal form takes `nhe` for `nhé`.
            &["việc nhẹ", "viec nhé", "làm nhiệm vụ"],
            &["đặt cọc", "cọc trước", "nạp trước", "hoa hồng", "<money>"],
        ],
        within: 25,
        unless: NO_LURE,
    },
    // Money for pressing a heart.
    Form {
        indicator: Indicator::JobLure,
        groups: &[
            &["bấm|thả like|tim", "like dạo"],
            &["<money>"],
            &["mỗi", "lượt", "trả", "đơn", "cọc", "nạp", "ngày", "nhận"],
        ],
        within: 20,
        unless: NO_LURE,
    },
];

/// What is said of work by who means it, and by who warns of the other sort.
const NO_LURE: &[&str] = &[
    "cảnh báo",
    "cảnh giác",
    "lừa đảo",
    "là lừa",
    "bị lừa|chặn",
    "đừng tin|nghe|nộp|có",
    "bẫy",
    "có đứa|người|nhóm|bạn",
    "ai rủ|nói|bảo|mời",
    "hồ sơ",
    "phỏng vấn",
    "liên hệ",
    "tuyển nhân|phục|phụ|bảo|thợ",
    "ca sáng|trưa|chiều|tối|đêm",
    "<money> <time>",
    "<money> một|mỗi? h|giờ|tiếng",
    "hợp đồng",
    "giấy đồng ý",
    "bố mẹ kí|đồng",
    "đủ <n2>",
    "từ <n2> tuổi",
    "level",
    "acc",
];

/// One place of a phrase.
struct Item {
    words: Vec<WordId>,
    optional: bool,
    /// Up to three words, whatever they are.
    gap: bool,
}

/// A word of the forms, as written or without its diacritics. A message's words are looked up once, so that a phrase costs no
/// comparison of letters.
type WordId = u16;

type Phrase = Vec<Item>;

/// Phrases that say the same, and the words that one of them begins with. Nearly no word of a message does.
struct Group {
    phrases: Vec<Phrase>,
    first: HashSet<WordId>,
}

/// A form as it is looked for.
struct Compiled {
    form: &'static Form,
    groups: Vec<Group>,
    unless: Group,
}

/// All forms, and the words that they are made of.
#[derive(Default)]
struct Forms {
    words: HashMap<String, WordId>,
    forms: Vec<Compiled>,
}

impl Forms {
    fn compile() -> Self {
        let mut all = Self::default();
        for form in FORMS {
            let groups = form.groups.iter().map(|group| all.group(group)).collect();
            let unless = all.group(form.unless);
            all.forms.push(Compiled { form, groups, unless });
        }
        all
    }

    fn group(&mut self, texts: &[&str]) -> Group {
        let phrase = |text: &&str| text.split_whitespace().map(|part| self.item(part)).collect();
        let phrases: Vec<Phrase> = texts.iter().map(phrase).collect();
        let first = phrases.iter().filter_map(|phrase| phrase.first()).flat_map(|item| item.words.clone()).collect();
        Group { phrases, first }
    }

    fn item(&mut self, part: &str) -> Item {
        let alternatives = part.trim_end_matches('?');
        let (optional, gap) = (alternatives.len() < part.len(), part == "..");
        let mut words = Vec::new();
        for word in alternatives.split('|').filter(|_| !gap) {
            let full = syllable::canonical(word).unwrap_or_else(|| word.to_owned());
            words.extend([self.id(syllable::fold(&full)), self.id(full)]);
        }
        Item { words, optional, gap }
    }

    fn id(&mut self, word: String) -> WordId {
        let next = self.words.len() as WordId;
        *self.words.entry(word).or_insert(next)
    }

    /// Which words of the forms the tokens are.
    fn ids(&self, tokens: &[Token]) -> Vec<Option<WordId>> {
        tokens.iter().map(|token| self.words.get(token.text()).copied()).collect()
    }
}

/// Whether the tokens begin with the phrase.
fn begins(tokens: &[Option<WordId>], phrase: &[Item]) -> bool {
    const LONGEST_GAP: usize = 3;
    let Some((item, rest)) = phrase.split_first() else { return true };
    work::add(1);
    if item.gap {
        return (0..=LONGEST_GAP.min(tokens.len())).any(|n| begins(&tokens[n..], rest));
    }
    let is = |token: &Option<WordId>| token.is_some_and(|id| item.words.contains(&id));
    tokens.split_first().is_some_and(|(first, others)| is(first) && begins(others, rest))
        || item.optional && begins(tokens, rest)
}

impl Group {
    /// Whether the tokens begin with one of the phrases. The first word of a phrase is never optional, which a test says.
    fn begins(&self, tokens: &[Option<WordId>]) -> bool {
        work::add(1);
        let may_begin = tokens.first().copied().flatten().is_some_and(|id| self.first.contains(&id));
        may_begin && self.phrases.iter().any(|phrase| begins(tokens, phrase))
    }
}

impl Compiled {
    /// Whether every group is met within the words that the form allows.
    fn is_in(&self, tokens: &[Option<WordId>]) -> bool {
        let mut last: Vec<Option<usize>> = vec![None; self.groups.len()];
        let met = (0..tokens.len()).any(|at| {
            for (seen, group) in last.iter_mut().zip(&self.groups) {
                if group.begins(&tokens[at..]) {
                    *seen = Some(at);
                }
            }
            last.iter().all(|seen| seen.is_some_and(|seen| at - seen <= self.form.within))
        });
        met && !(0..tokens.len()).any(|at| self.unless.begins(&tokens[at..]))
    }
}

/// The indicators whose fixed form is in the message of `side`.
pub(super) fn fixed_forms(normal: &Normalised, side: Side) -> IndicatorSet {
    if side == Side::Child {
        return IndicatorSet::EMPTY;
    }
    static COMPILED: OnceLock<Forms> = OnceLock::new();
    let all = COMPILED.get_or_init(Forms::compile);
    let tokens = all.ids(normal.tokens());
    all.forms.iter().filter(|form| form.is_in(&tokens)).map(|form| form.form.indicator).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_begins_with_a_word_that_must_be_there() {
        let forms = Forms::compile();
        let groups = forms.forms.iter().flat_map(|form| form.groups.iter().chain([&form.unless]));
        for item in groups.flat_map(|group| &group.phrases).map(|phrase| phrase.first().unwrap()) {
            assert!(!item.optional && !item.gap && !item.words.is_empty());
        }
    }
}
