//! Fixed forms that prove an indicator: every part of one is in the message.

use crate::text::indicator::{Indicator, IndicatorSet, Side};
use crate::text::normalise::Normalised;
use crate::text::syllable;

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

/// The indicators whose fixed form is in the message of `side`.
pub(super) fn fixed_forms(normal: &Normalised, side: Side) -> IndicatorSet {
    if side == Side::Child {
        return IndicatorSet::EMPTY;
    }
    let text = format!(" {} ", syllable::fold(&normal.text()));
    let says = |phrase: &&str| text.contains(&format!(" {phrase} "));
    FORMS.iter().filter(|f| f.groups.iter().all(|group| group.iter().any(&says))).map(|f| f.indicator).collect()
}
