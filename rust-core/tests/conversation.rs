//! Talks through the shipped weights: what is seen, when it is said, and what is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lachan::text::{
    Conversation, Conversations, Indicator, Judge, Level, MAX_PEERS, MAX_STATE_BYTES, PeerTrust, Side, TextModel,
    TurnVerdict,
};
use lachan::trust::{Bundle, DocumentKind, MANIFEST_FILE, Role, SecretKey};
use lachan::verdict::{FindingKind, ScoreBand};

const WEIGHTS: &[u8] = include_bytes!("../../models/text/weights/text.weights");

fn model() -> TextModel {
    TextModel::from_bytes(WEIGHTS).expect("the shipped weights")
}

/// Lines beginning with `o` or `c`, a minute apart.
fn follow(model: &TextModel, talk: &mut Conversation, lines: &[&str]) -> Vec<TurnVerdict> {
    lines
        .iter()
        .map(|line| {
            let side = if line.starts_with('o') { Side::Other } else { Side::Child };
            talk.check(model, &line[2..], side, f64::from(talk.turns()), PeerTrust::Unknown)
        })
        .collect()
}

const PLAIN_LURE: &[&str] = &[
    "o chào em, em học lớp mấy rồi",
    "c lớp 6 ạ",
    "o em xinh lắm, gửi anh tấm hình riêng của em đi, anh nạp cho 200 kim cương",
    "c thôi ạ",
    "o bí mật của hai anh em mình thôi, đừng kể với mẹ, xóa tin nhắn đi nhé",
    "o gửi đi không anh giận đó",
];

const SUPPER: &[&str] = &[
    "o Con ơi mẹ về trễ, cơm trong nồi nha",
    "c dạ mẹ",
    "o em ăn chưa con",
    "c nó ăn rồi, đang coi hoạt hình",
    "o nhớ làm bài rồi chụp bài toán gửi mẹ coi",
    "c dạ [ảnh]",
    "o giỏi, mai chủ nhật mình qua bà ngoại nha",
];

#[test]
fn a_plain_lure_is_warned_of_once_and_supper_never() {
    let model = model();
    let mut talk = Conversation::new(&model);
    let verdicts = follow(&model, &mut talk, PLAIN_LURE);
    let warned: Vec<u32> = verdicts.iter().filter(|v| v.level >= Level::Warn).map(|v| v.turn).collect();
    assert!((2..=4).contains(warned.first().expect("a warning")), "{warned:?}");
    assert!(warned.len() <= 2, "at most a warning and its rise to urgent: {warned:?}");
    assert!(verdicts[2].indicators.contains(Indicator::ImageRequest));

    let mut talk = Conversation::new(&model);
    assert!(follow(&model, &mut talk, SUPPER).iter().all(|v| v.level < Level::Warn));
}

#[test]
fn a_secret_about_to_be_sent_is_told_whatever_was_said_before_and_is_no_warning_of_the_talk() {
    let model = model();
    let mut talk = Conversation::new(&model);
    follow(&model, &mut talk, PLAIN_LURE);
    assert!(talk.warned() >= Level::Warn);
    let warned = talk.warned();
    for _ in 0..2 {
        let sent = &follow(&model, &mut talk, &["c mã OTP là 482913"])[0];
        assert_eq!((sent.level, sent.of_talk), (Level::Warn, Level::Notice));
        assert_eq!(sent.advice.as_ref().expect("words").warning, "chat.code_or_password");
    }
    assert_eq!(talk.warned(), warned);
}

#[test]
fn a_warning_carries_its_reasons_stage_and_words() {
    let model = model();
    let verdicts = follow(&model, &mut Conversation::new(&model), PLAIN_LURE);
    let warning = verdicts.iter().find(|v| v.level >= Level::Warn).expect("a warning");
    assert!(!warning.reasons.is_empty() && warning.stage.is_some());
    assert!(warning.reasons.iter().flat_map(|r| &r.turns).all(|t| *t <= warning.turn));
    let advice = warning.advice.as_ref().expect("words");
    assert!(advice.warning.starts_with("chat.") && !advice.steps.is_empty());
    assert!(warning.findings().iter().any(|f| f.kind == FindingKind::Grooming && f.band >= ScoreBand::Likely));
}

#[test]
fn a_finding_names_the_bundle_that_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let members = [("weights".to_owned(), WEIGHTS.to_vec())].into();
    let mut envelope = Bundle::write(folder.path(), "text", 7, &members, serde_json::Value::Null).unwrap();
    let key = SecretKey::from_seed(&[1; 32]).unwrap();
    envelope.sign(DocumentKind::Model, &key);
    std::fs::write(folder.path().join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
    let bundle = Bundle::open(folder.path(), DocumentKind::Model, &Role::single(key.public())).unwrap();
    let model = TextModel::load(&bundle).unwrap();
    let verdicts = follow(&model, &mut Conversation::new(&model), &["c số em nè 0912 345 678"]);
    assert_eq!(verdicts[0].findings()[0].source, "text 7");
}

#[test]
fn a_verdict_never_depends_on_what_comes_later() {
    let model = model();
    let whole = follow(&model, &mut Conversation::new(&model), PLAIN_LURE);
    for n in 0..PLAIN_LURE.len() {
        assert_eq!(follow(&model, &mut Conversation::new(&model), &PLAIN_LURE[..n]), whole[..n]);
    }
}

#[test]
fn a_state_survives_bytes_and_goes_on_as_if_nothing_had_happened() {
    let model = model();
    let mut talk = Conversation::new(&model);
    follow(&model, &mut talk, &PLAIN_LURE[..3]);
    let bytes = talk.to_bytes();
    assert!(bytes.len() <= MAX_STATE_BYTES);
    let mut restored = Conversation::from_bytes(&bytes).expect("its own bytes");
    assert_eq!(restored, talk);
    assert_eq!(follow(&model, &mut restored, &PLAIN_LURE[3..]), follow(&model, &mut talk, &PLAIN_LURE[3..]));
    for cut in 0..bytes.len() {
        assert_eq!(Conversation::from_bytes(&bytes[..cut]), None);
    }
    let mut other_version = bytes;
    other_version[0] ^= 1;
    assert_eq!(Conversation::from_bytes(&other_version), None);
}

#[test]
fn a_state_of_another_length_begins_anew() {
    let model = model();
    let mut talk = Conversation::new(&model);
    follow(&model, &mut talk, PLAIN_LURE);
    // One number less of what the units keep, which stands after 40 bytes.
    let mut bytes = talk.to_bytes();
    bytes[1] -= 1;
    bytes.drain(40..44);
    let mut restored = Conversation::from_bytes(&bytes).expect("a sound state");
    let minute = PLAIN_LURE.len() as f64 - 1.0;
    let ask = |talk: &mut Conversation| talk.check(&model, "mai đi học nha", Side::Other, minute, PeerTrust::Unknown);
    let (anew, before) = (ask(&mut restored).risk, ask(&mut talk).risk);
    assert_eq!(anew, ask(&mut Conversation::new(&model)).risk);
    assert!(anew < before);
}

#[test]
fn a_child_who_sends_its_number_is_told_before_it_goes() {
    let model = model();
    let verdict = &follow(&model, &mut Conversation::new(&model), &["c số em nè 0912 345 678"])[0];
    assert!(verdict.indicators.contains(Indicator::SharesPersonalInfo));
    assert_eq!(verdict.level, Level::Notice, "a number alone is a hint, not an alarm");
    assert_eq!(verdict.advice.as_ref().map(|a| a.warning.as_str()), Some("chat.where_to_find_you"));
    assert!(verdict.findings().iter().any(|f| f.kind == FindingKind::PersonalInfo));
}

#[test]
fn after_a_warning_the_child_is_left_in_peace_until_the_risk_has_fallen_and_time_has_passed() {
    let model = model();
    let mut talk = Conversation::new(&model);
    follow(&model, &mut talk, PLAIN_LURE);
    let again = follow(&model, &mut talk, &PLAIN_LURE[2..]);
    assert!(again.iter().filter(|v| v.level >= Level::Warn).count() <= 1, "only a rise to urgent is told");
    assert!(again.iter().any(|v| v.level == Level::Notice));
}

#[test]
fn a_second_warning_speaks_of_what_is_new_and_not_of_what_was_said() {
    const SECRET: &str = "o chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha";
    let model = model();
    let talk = [
        SECRET,
        "c dạ",
        SECRET,
        "o mai ra công viên gặp anh, đi một mình thôi",
        "o không đi thì anh đăng hết hình lên",
    ];
    let verdicts = follow(&model, &mut Conversation::new(&model), &talk);
    let told: Vec<&TurnVerdict> = verdicts.iter().filter(|v| v.level >= Level::Warn).collect();
    let words: Vec<&str> = told.iter().filter_map(|v| Some(v.advice.as_ref()?.warning.as_str())).collect();
    assert!(words.len() >= 2, "{words:?}");
    assert_eq!(words.last(), Some(&"chat.threat"), "{words:?}");
    assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
}

#[test]
fn combinations_see_a_plain_lure_too() {
    let model = model();
    let mut talk = Conversation::new(&model);
    let highest = PLAIN_LURE.iter().map(|line| {
        let side = if line.starts_with('o') { Side::Other } else { Side::Child };
        let reading = model.read(&line[2..], side);
        talk.advance(&model, reading, 0.0, PeerTrust::Unknown, Judge::Combinations).level
    });
    assert!(highest.max() >= Some(Level::Warn));
}

#[test]
fn time_that_runs_backwards_or_is_no_number_changes_nothing() {
    let model = model();
    for minutes in [f64::NAN, f64::INFINITY, -5.0, f64::MIN] {
        let mut talk = Conversation::new(&model);
        talk.check(&model, "chào", Side::Other, 10.0, PeerTrust::Unknown);
        let verdict = talk.check(&model, "đừng kể ai nha", Side::Other, minutes, PeerTrust::Unknown);
        assert!((0.0..=1.0).contains(&verdict.risk), "{minutes}");
    }
}

#[test]
fn a_hundred_thousand_turns_and_a_megabyte_are_only_long() {
    let model = model();
    let mut talk = Conversation::new(&model);
    for n in 0..100_000u32 {
        talk.check(&model, "ok", if n % 2 == 0 { Side::Other } else { Side::Child }, f64::from(n), PeerTrust::Saved);
    }
    let huge = "\u{301}\u{202e}ặ".repeat(1 << 17);
    let verdict = talk.check(&model, &huge, Side::Other, 1e9, PeerTrust::Saved);
    assert_eq!(verdict.turn, 100_000);
    assert!(talk.to_bytes().len() <= MAX_STATE_BYTES);
}

/// What one peer writes is weighed by itself, however many write in between.
#[test]
fn talks_with_several_people_do_not_touch() {
    let model = model();
    let mut together = Conversations::new();
    let mut alone: Vec<_> = [PLAIN_LURE, SUPPER].map(|lines| (lines, Conversation::new(&model))).into();
    for at in 0..SUPPER.len() {
        for (peer, (lines, talk)) in alone.iter_mut().enumerate() {
            let Some(line) = lines.get(at) else { continue };
            let side = if line.starts_with('o') { Side::Other } else { Side::Child };
            let expected = talk.check(&model, &line[2..], side, at as f64, PeerTrust::Unknown);
            let verdict = together.check(&model, [peer as u8; 16], &line[2..], side, at as f64, PeerTrust::Unknown);
            assert_eq!(format!("{verdict:?}"), format!("{expected:?}"), "peer {peer}, line {at}");
        }
    }
    assert!(alone[0].1.warned() >= Level::Warn && alone[1].1.warned() == Level::None);
}

#[test]
fn peers_are_bounded_and_the_risky_ones_stay() {
    let model = model();
    let mut peers = Conversations::new();
    let key = |n: u32| {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&n.to_be_bytes());
        key
    };
    for line in PLAIN_LURE {
        let side = if line.starts_with('o') { Side::Other } else { Side::Child };
        peers.check(&model, key(0), &line[2..], side, 0.0, PeerTrust::Unknown);
    }
    for n in 1..=MAX_PEERS as u32 {
        peers.check(&model, key(n), "chào bạn", Side::Other, f64::from(n), PeerTrust::Saved);
    }
    assert_eq!(peers.len(), MAX_PEERS);
    assert!(peers.get(&key(0)).is_some_and(|c| c.warned() >= Level::Warn), "the one that was warned of");
    assert!(peers.get(&key(1)).is_none(), "the longest silent harmless one made room");
    let states: Vec<_> = peers.states().collect();
    let mut restored = Conversations::new();
    assert!(states.iter().all(|(k, s)| restored.restore(*k, s)));
    assert_eq!(restored, peers);
    assert!(!restored.restore(key(9_999_999), &states[0].1), "no room");
}

#[test]
fn weights_that_are_cut_or_changed_in_form_are_refused() {
    for cut in [0, 1, 8, 16, 100, WEIGHTS.len() / 2, WEIGHTS.len() - 1] {
        assert!(TextModel::from_bytes(&WEIGHTS[..cut]).is_err(), "{cut}");
    }
    let mut longer = WEIGHTS.to_vec();
    longer.push(0);
    assert!(TextModel::from_bytes(&longer).is_err());
}
