//! Any bytes as a message, as a state, as weights: normalised twice to the same text, spans inside, nothing panics.
#![no_main]

use lachan::text::{Conversation, Conversations, PeerTrust, Side, TextModel, features, normalise, rules};
use libfuzzer_sys::fuzz_target;

static WEIGHTS: &[u8] = include_bytes!("../../../models/text/weights/text.weights");

fuzz_target!(|bytes: &[u8]| {
    static MODEL: std::sync::OnceLock<Option<TextModel>> = std::sync::OnceLock::new();
    let message = String::from_utf8_lossy(bytes);
    let normal = normalise(&message);
    assert!(normal.tokens().iter().all(|t| message.get(t.span()).is_some()));
    if !normal.is_truncated() {
        let once = normal.text();
        assert_eq!(normalise(&once).text(), once);
    }
    let _ = features(&normal);
    for side in [Side::Other, Side::Child] {
        assert!(rules(&message, &normal, side).spans.iter().all(|s| message.get(s.start..s.end).is_some()));
    }
    if let Some(state) = Conversation::from_bytes(bytes) {
        assert_eq!(Conversation::from_bytes(&state.to_bytes()), Some(state));
    }
    assert!(TextModel::from_bytes(bytes).is_err());
    if let Some(model) = MODEL.get_or_init(|| TextModel::from_bytes(WEIGHTS).ok()) {
        let mut peers = Conversations::new();
        peers.restore([0; 16], bytes);
        let verdict = peers.check(model, [0; 16], &message, Side::Other, f64::NAN, PeerTrust::Unknown);
        assert!((0.0..=1.0).contains(&verdict.risk));
    }
});
