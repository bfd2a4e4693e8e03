//! Messages through the guard, with the shipped text model: policy first, then words, never content.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use lachan::guard::Guard;
use lachan::policy::{Checks, Policy};
use lachan::text::{MAX_MESSAGE_BYTES, PeerTrust, Side};
use lachan::trust::Role;
use lachan::verdict::{Action, AgeBand, FindingKind, NotCheckedReason, Protection, Verdict};

fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    assert!(folder.join("text/bundle.json").exists(), "run `make models` first");
    folder
}

fn guard(policy: Policy) -> Guard {
    Guard::builder(policy).models(models(), Role::development().unwrap()).build()
}

const TALK: [(Side, &str); 7] = [
    (Side::Other, "e hoc lop may z"),
    (Side::Child, "lop 6 a"),
    (Side::Other, "o nha 1 mk ha, bme di lam may gio ve"),
    (Side::Child, "toi moi ve"),
    (Side::Other, "dung noi voi ai a nt cho e nha, bi mat cua 2 dua minh thoi"),
    (Side::Other, "gui a tam hinh di a tang skin cho, xoa tn nay luon nha"),
    (Side::Other, "k gui thi a dang len cho ca lop coi"),
];

/// Actions after each message.
fn actions(guard: &Guard, talk: &[(Side, &str)]) -> Vec<Option<Action>> {
    let mut conversation = guard.new_conversation().unwrap();
    talk.iter()
        .zip(0..)
        .map(|((from, text), minute)| {
            let check = guard.check_message(&mut conversation, text, *from, f64::from(minute), PeerTrust::Unknown);
            check.verdict.action()
        })
        .collect()
}

#[test]
fn a_talk_that_grows_dangerous_interrupts_a_child_only_with_news() {
    let more = ["k gui that ha", "a dem toi 10 do", "a dang len lien ne"];
    let talk: Vec<_> = TALK.into_iter().chain(more.map(|text| (Side::Other, text))).collect();
    let actions = actions(&guard(Policy::new(Protection::Guided, AgeBand::Under13)), &talk);
    assert_eq!(actions[0], None, "one question is no warning");
    assert!(actions.contains(&Some(Action::Interrupt)), "{actions:?}");
    let interrupts = actions.iter().filter(|a| **a == Some(Action::Interrupt)).count();
    assert!(interrupts <= 3, "once, where it becomes urgent, and with the first threat: {actions:?}");
    assert!(!actions[TALK.len()..].contains(&Some(Action::Interrupt)), "nothing new: {actions:?}");
}

/// A child that was warned of a gift for a picture needs other words when the picture becomes a threat.
#[test]
fn the_first_threat_interrupts_although_a_warning_was_just_given() {
    let talk = [
        (Side::Other, "chào em, em học lớp mấy rồi"),
        (Side::Child, "dạ em học lớp 6"),
        (Side::Other, "chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha"),
        (Side::Other, "gửi anh tấm hình như hôm qua mình nói đi, anh tặng thẻ nạp cho"),
        (Side::Child, "em ngại lắm"),
        (Side::Other, "không gửi thì anh đăng hết lên cho cả trường biết, chuyển tiền cho anh trong tối nay"),
        (Side::Other, "không gửi là anh đăng thiệt đó"),
    ];
    let actions = actions(&guard(Policy::new(Protection::Guided, AgeBand::Under13)), &talk);
    assert_eq!(actions[3], Some(Action::Interrupt), "{actions:?}");
    assert_eq!(actions[5], Some(Action::Interrupt), "{actions:?}");
    assert_ne!(actions[6], Some(Action::Interrupt), "once: {actions:?}");
}

/// Both drew hints only while nothing but the risk decided.
#[test]
fn a_blackmailer_in_one_line_and_a_fake_officer_in_three_interrupt() {
    let blackmail = [(Side::Other, "khong chuyen 2 trieu thi tao dang het hinh cua may len cho ca truong coi")];
    let officer = [
        (Side::Other, "Đây là cơ quan điều tra công an thành phố"),
        (Side::Other, "Cháu liên quan đến một đường dây rửa tiền, không được nói với ai"),
        (Side::Other, "Chuyển tiền vào tài khoản này để xác minh ngay trong hôm nay"),
    ];
    for talk in [&blackmail[..], &officer] {
        let actions = actions(&guard(Policy::new(Protection::Guided, AgeBand::Under13)), talk);
        assert!(actions.contains(&Some(Action::Interrupt)), "{actions:?}");
    }
}

#[test]
fn an_everyday_talk_with_a_mother_stays_quiet() {
    let talk = [
        (Side::Other, "con học xong chưa, mẹ qua đón nha"),
        (Side::Child, "dạ con ra cổng rồi"),
        (Side::Other, "chụp bài toán gửi mẹ coi cô dặn gì"),
        (Side::Child, "dạ [ảnh]"),
        (Side::Other, "đừng kể với em nha, mai sinh nhật nó"),
    ];
    let guard = guard(Policy::new(Protection::Guided, AgeBand::Under13));
    let mut conversation = guard.new_conversation().unwrap();
    for (minute, (from, text)) in talk.iter().enumerate() {
        let check = guard.check_message(&mut conversation, text, *from, minute as f64, PeerTrust::Family);
        assert_ne!(check.verdict.action(), Some(Action::Interrupt), "{text}");
    }
}

/// What a family's list of trusted peers makes of one (`ChildPhone.trust` in Kotlin): at most a saved contact.
#[test]
fn being_known_raises_the_bar_and_switches_no_threat_off() {
    let guard = guard(Policy::new(Protection::Guided, AgeBand::Under13));
    // The risk after each message, and whether the child was interrupted.
    let follow = |trust: PeerTrust, talk: &[(Side, &str)]| {
        let mut conversation = guard.new_conversation().unwrap();
        let mut interrupted = false;
        let risks = talk.iter().zip(0..).map(|((from, text), minute)| {
            let check = guard.check_message(&mut conversation, text, *from, f64::from(minute), trust);
            interrupted |= check.verdict.action() == Some(Action::Interrupt);
            check.turn.unwrap().risk
        });
        (risks.collect::<Vec<f32>>(), interrupted)
    };
    let questions = [
        (Side::Other, "con học lớp mấy rồi, nhà còn ở chỗ cũ không"),
        (Side::Child, "dạ con lớp 6"),
        (Side::Other, "chiều nay con ở nhà một mình hả, mấy giờ ba mẹ về"),
    ];
    let risks = PeerTrust::ALL.map(|trust| follow(trust, &questions).0);
    for pair in risks.windows(2) {
        assert!(pair[0].iter().zip(&pair[1]).all(|(less_known, better)| better < less_known), "{risks:?}");
    }
    let threatened: Vec<_> = TALK.into_iter().chain([(Side::Child, "dạ"), (Side::Other, "nhanh lên")]).collect();
    let threats = PeerTrust::ALL.map(|trust| follow(trust, &threatened));
    for (risks, interrupted) in &threats {
        assert!(interrupted, "offenders are often known");
        assert_eq!(risks[6..], threats[0].0[6..], "a threat is a threat whoever sends it, and stays one");
    }
}

#[test]
fn a_phone_number_about_to_be_sent_is_pointed_at_and_not_kept() {
    let guard = guard(Policy::new(Protection::Guided, AgeBand::From13To15));
    let mut conversation = guard.new_conversation().unwrap();
    let text = "sdt mình nè 0912 345 678";
    let check = guard.check_message(&mut conversation, text, Side::Child, 0.0, PeerTrust::Unknown);
    let Verdict::Concern { action, findings, advice } = check.verdict else { panic!("{:?}", check.verdict) };
    assert_eq!((action, findings[0].kind), (Action::Tip, FindingKind::PersonalInfo));
    let turn = check.turn.unwrap();
    assert!(text[turn.spans[0].start..turn.spans[0].end].contains("0912"));
    let kept = format!("{findings:?}{advice:?}{:?}", conversation.to_bytes());
    assert!(!kept.contains("0912") && !kept.contains("345 678"));
}

#[test]
fn where_talks_are_not_followed_personal_data_is_found_and_nothing_else_said_or_kept() {
    let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
    policy.checks = Checks { grooming: false, ..Checks::default() };
    let guard = guard(policy);
    let mut conversation = guard.new_conversation().unwrap();
    let untouched = conversation.to_bytes();
    for (from, text) in TALK {
        let check = guard.check_message(&mut conversation, text, from, 0.0, PeerTrust::Unknown);
        assert_eq!(check.verdict.action(), None, "{text}");
    }
    let check = guard.check_message(&mut conversation, "sdt 0912 345 678", Side::Child, 0.0, PeerTrust::Unknown);
    let Verdict::Concern { findings, advice, .. } = check.verdict else { panic!("{:?}", check.verdict) };
    assert_eq!(findings.iter().map(|f| f.kind).collect::<Vec<_>>(), [FindingKind::PersonalInfo]);
    assert_eq!(advice.warning, "chat.where_to_find_you");
    let turn = check.turn.unwrap();
    assert_eq!((turn.stage, turn.reasons.len(), turn.spans.len()), (None, 0, 1));
    assert_eq!(conversation.to_bytes(), untouched);
}

#[test]
fn a_risky_talk_is_still_told_of_where_personal_data_is_not_looked_for() {
    let asked = Policy::new(Protection::Guided, AgeBand::Under13);
    let mut left = asked.clone();
    left.checks = Checks { personal_info: false, ..Checks::default() };
    let [asked, left] = [asked, left].map(guard);
    for sent in ["sdt e 0912345678", "ma otp la 482913"] {
        let check = |guard: &Guard| {
            let mut conversation = guard.new_conversation().unwrap();
            for (from, text) in &TALK[..5] {
                guard.check_message(&mut conversation, text, *from, 0.0, PeerTrust::Unknown);
            }
            guard.check_message(&mut conversation, sent, Side::Child, 0.0, PeerTrust::Unknown)
        };
        let turn = check(&left).turn.unwrap();
        assert!(turn.risk > 0.5);
        assert_eq!(turn.risk, check(&asked).turn.unwrap().risk, "a sign of the talk all the same");
        assert_eq!(turn.spans, []);
        assert!(!turn.secret_at_risk);
        let Verdict::Concern { findings, advice, .. } = check(&left).verdict else { panic!("{sent}") };
        assert_eq!(findings.iter().map(|f| f.kind).collect::<Vec<_>>(), [FindingKind::Grooming]);
        assert!(!["chat.where_to_find_you", "chat.code_or_password"].contains(&advice.warning.as_str()), "{sent}");
    }
}

/// The account is one matter, the picture that is asked for afterwards another.
#[test]
fn a_talk_is_warned_of_although_the_child_was_just_told_about_its_account() {
    let talk = [
        (Side::Other, "chào em, em học lớp mấy rồi, ở nhà một mình hả"),
        (Side::Other, "chị tặng em thẻ nạp 500k nha, bí mật của hai chị em mình thôi"),
        (Side::Child, "thiệt hả chị, stk 0071002944837 vcb"),
        (Side::Other, "gửi chị tấm hình riêng của em đi, chị tặng thêm"),
    ];
    let guard = guard(Policy::new(Protection::Guided, AgeBand::Under13));
    let mut conversation = guard.new_conversation().unwrap();
    let words = talk.map(|(from, text)| {
        let check = guard.check_message(&mut conversation, text, from, 0.0, PeerTrust::Unknown);
        match check.verdict {
            Verdict::Concern { action: Action::Interrupt, advice, .. } => advice.warning,
            _ => format!("{:?}", check.turn.map(|t| (t.risk, t.stage))),
        }
    });
    assert_eq!(words[2..], ["chat.account_or_id", "chat.image"], "{words:?}");
}

/// What is dangerous may stand where nobody read.
#[test]
fn a_message_too_long_to_be_read_whole_is_not_cleared_and_its_ends_count() {
    let everything = Policy::new(Protection::Guided, AgeBand::Under13);
    let mut data_alone = everything.clone();
    data_alone.checks = Checks { grooming: false, ..Checks::default() };
    let too_large = Verdict::not_checked(NotCheckedReason::TooLarge);
    for policy in [everything.clone(), data_alone] {
        let guard = guard(policy);
        for from in [Side::Child, Side::Other] {
            let check = |text: &str| {
                let mut conversation = guard.new_conversation().unwrap();
                guard.check_message(&mut conversation, text, from, 0.0, PeerTrust::Unknown).verdict
            };
            let bound = "dạ ".repeat(MAX_MESSAGE_BYTES / "dạ ".len());
            assert_eq!(check(&bound), Verdict::Clear);
            assert_eq!(check(&(bound + "dạ ")), too_large);
        }
        let mut conversation = guard.new_conversation().unwrap();
        let number = format!("{} sdt 0912 345 678", "dạ ".repeat(MAX_MESSAGE_BYTES));
        let check = guard.check_message(&mut conversation, &number, Side::Child, 0.0, PeerTrust::Unknown);
        assert!(check.verdict.action().is_some(), "what was found stands");
    }
    let guard = guard(everything);
    let mut conversation = guard.new_conversation().unwrap();
    let filling = "dạ ".repeat(MAX_MESSAGE_BYTES);
    let check = guard.check_message(&mut conversation, &filling, Side::Other, 0.0, PeerTrust::Unknown);
    assert_eq!((check.verdict, check.turn.map(|t| t.turn), conversation.turns()), (too_large, Some(0), 1));
}

#[test]
fn nothing_is_read_before_the_policy_says_so() {
    let off = guard(Policy::off());
    assert_eq!(off.new_conversation().err(), Some(NotCheckedReason::PolicyOff));
    let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
    policy.checks = Checks { grooming: false, personal_info: false, ..Checks::default() };
    assert_eq!(guard(policy).new_conversation().err(), Some(NotCheckedReason::NotCovered));
    let without = Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13)).build();
    assert_eq!(without.new_conversation().err(), Some(NotCheckedReason::ModelUnavailable));
}
