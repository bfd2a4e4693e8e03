//! Any text as a packet, a policy or recovery words, and any bytes as an evidence pack: refused unless whole.
#![no_main]

use lachan::family::packet::{PacketKind, kind_of, pack, unpack};
use lachan::family::{SecretWords, evidence};
use lachan::policy::PolicyDocument;
use lachan::trust::{DocumentKind, Role};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let words = SecretWords::new([7; 16]);
    assert!(evidence::open(bytes, &words).is_err());
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = SecretWords::read(text);
    if let Ok(document) = PolicyDocument::parse(text) {
        // One policy, one text.
        assert_eq!(document.envelope().unwrap().unverified_payload(), text);
    }
    let _ = kind_of(text);
    for kind in PacketKind::ALL {
        if let (Ok(envelope), Ok(role)) = (unpack(kind, text), Role::development()) {
            assert!(envelope.verify(DocumentKind::Policy, &role).is_err());
            assert!(pack(kind, &envelope).unwrap().eq_ignore_ascii_case(text.trim()));
        }
    }
});
