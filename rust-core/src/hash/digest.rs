//! Exact digests of a file: MD5, SHA-1 and SHA-256 in one pass over its bytes.
//!
//! MD5 and SHA-1 are here because the lists that agencies exchange still hold them. A collision can be made on
//! purpose, so a match on them says "known", never "the very same file".

use std::io::Read;

use md5::{Digest, Md5};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::HashError;
use crate::trust::to_hex;

/// Bytes that are read at a time: each piece passes through all three digests while it is in the cache.
const PIECE_BYTES: usize = 64 << 10;

/// The three digests of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactDigests {
    /// MD5 (RFC 1321).
    pub md5: [u8; 16],
    /// SHA-1 (FIPS 180-4).
    pub sha1: [u8; 20],
    /// SHA-256 (FIPS 180-4).
    pub sha256: [u8; 32],
}

impl ExactDigests {
    /// The digests of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = ExactHasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The digests of everything that `reader` gives, in memory for one piece.
    ///
    /// # Errors
    /// [`HashError::Io`] when reading fails.
    pub fn read(mut reader: impl Read) -> Result<Self, HashError> {
        let mut hasher = ExactHasher::new();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(read) => hasher.update(&piece[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// MD5, SHA-1 and SHA-256 in lower-case hex.
    pub fn to_hex(&self) -> [String; 3] {
        [to_hex(&self.md5), to_hex(&self.sha1), to_hex(&self.sha256)]
    }
}

/// Digests a file piece by piece.
pub struct ExactHasher {
    md5: Md5,
    sha1: Context,
    sha256: Context,
}

impl ExactHasher {
    /// A hasher that has seen nothing.
    pub fn new() -> Self {
        Self { md5: Md5::new(), sha1: Context::new(&SHA1_FOR_LEGACY_USE_ONLY), sha256: Context::new(&SHA256) }
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE_BYTES) {
            self.md5.update(piece);
            self.sha1.update(piece);
            self.sha256.update(piece);
        }
    }

    /// The digests of everything taken in.
    pub fn finish(self) -> ExactDigests {
        let mut digests = ExactDigests { md5: self.md5.finalize().into(), sha1: [0; 20], sha256: [0; 32] };
        digests.sha1.copy_from_slice(self.sha1.finish().as_ref());
        digests.sha256.copy_from_slice(self.sha256.finish().as_ref());
        digests
    }
}

impl Default for ExactHasher {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_vectors_of_the_standards() {
        let [md5, sha1, sha256] = ExactDigests::of(b"abc").to_hex();
        assert_eq!(md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(ExactDigests::of(b"").to_hex()[0], "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn pieces_and_the_whole_agree() {
        let bytes: Vec<u8> = (0..200_000u32).map(|i| (i * 7 % 256) as u8).collect();
        let whole = ExactDigests::of(&bytes);
        assert_eq!(ExactDigests::read(&bytes[..]).unwrap(), whole);
        let mut hasher = ExactHasher::new();
        bytes.chunks(777).for_each(|piece| hasher.update(piece));
        assert_eq!(hasher.finish(), whole);
    }
}
