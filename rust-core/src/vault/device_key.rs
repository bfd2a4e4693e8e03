//! The one secret of a phone, from which everything that protects its files and its list is derived.

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac;

/// 32 secret bytes of this phone. The caller makes them once, at random, and keeps them: on Android wrapped by a
/// key of the Keystore.
///
/// HKDF-SHA256 (RFC 5869) derives from them the bit permutation and mask of the list, the key under which exact
/// digests are kept, the keys of files at rest, and the key that authenticates what was installed.
#[derive(Clone)]
pub struct DeviceKey(Prk);

impl DeviceKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Salt::new(HKDF_SHA256, b"lachan.device-key.v1").extract(bytes))
    }

    /// 32 bytes for one purpose and context.
    pub(crate) fn derive(&self, purpose: &str, context: &[u8]) -> [u8; 32] {
        struct Length;
        impl KeyType for Length {
            fn len(&self) -> usize {
                32
            }
        }
        let mut out = [0; 32];
        let length = (purpose.len() as u64).to_le_bytes();
        // 32 bytes are within what HKDF gives, so that neither call can fail.
        if let Ok(okm) = self.0.expand(&[&length, purpose.as_bytes(), context], Length) {
            let _ = okm.fill(&mut out);
        }
        out
    }

    /// An HMAC-SHA256 key for one purpose.
    pub(crate) fn hmac_key(&self, purpose: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose, &[]))
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_purposes_and_contexts_are_independent() {
        let (one, two) = (DeviceKey::from_bytes(&[1; 32]), DeviceKey::from_bytes(&[2; 32]));
        assert_eq!(one.derive("a", b"x"), one.derive("a", b"x"));
        let others = [one.derive("b", b"x"), one.derive("a", b"y"), two.derive("a", b"x"), one.derive("ax", b"")];
        assert!(others.iter().all(|other| *other != one.derive("a", b"x")));
        assert_ne!(one.derive("a", b"x"), [0; 32]);
        assert_eq!(format!("{one:?}"), "DeviceKey(..)");
    }
}
