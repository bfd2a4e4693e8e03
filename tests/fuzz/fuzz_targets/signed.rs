//! Any bytes as a signed envelope or as packed weights: refused unless whole, and never believed without a signature.
#![no_main]

use lachan::engine::weights::unpack;
use lachan::trust::{DocumentKind, Role, Signed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = unpack(bytes);
    if let (Ok(envelope), Ok(role)) = (Signed::from_json(bytes), Role::development()) {
        assert!(envelope.verify(DocumentKind::Model, &role).is_err());
    }
});
