//! A file at rest, encrypted: AES-256-GCM in pieces, so that neither writing nor reading needs it twice in memory.
//!
//! ```text
//! 0   8   "LACHANSE"
//! 8   4   format version, 1
//! 12  4   plain bytes of a piece
//! 16  8   plain bytes in all
//! 24  32  salt, from which the key of this file follows
//! 56      pieces: cipher text, then a tag of 16 bytes
//! ```
//! The nonce of a piece is its number, since no two files have the same key. Header and number are authenticated
//! with each piece: pieces can be neither exchanged nor left out.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};

use super::{DeviceKey, VaultError};

const MAGIC: &[u8; 8] = b"LACHANSE";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 56;
/// Plain bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;
const TAG_BYTES: usize = MAX_TAG_LEN;

/// Seals `plain`. `entropy` is the caller's randomness; the salt also depends on the content, so that even a
/// repeated `entropy` never leads to one key for two contents.
pub(crate) fn seal(plain: &[u8], key: &DeviceKey, entropy: &[u8; 32]) -> Result<Vec<u8>, VaultError> {
    let content = ring::digest::digest(&ring::digest::SHA256, plain);
    let salt = key.derive("seal salt", &[&entropy[..], content.as_ref()].concat());
    let mut out = Vec::with_capacity(HEADER_BYTES + plain.len() + plain.len().div_ceil(PIECE_BYTES) * TAG_BYTES);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(PIECE_BYTES as u32).to_le_bytes());
    out.extend_from_slice(&(plain.len() as u64).to_le_bytes());
    out.extend_from_slice(&salt);
    let header = out.clone();
    let cipher = cipher(key, &salt)?;
    for number in 0..pieces(plain.len()) {
        let start = number * PIECE_BYTES;
        let mut piece = plain[start..plain.len().min(start + PIECE_BYTES)].to_vec();
        let tag = cipher
            .seal_in_place_separate_tag(nonce(number), Aad::from(associated(&header, number)), &mut piece)
            .map_err(|_| VaultError::Damaged)?;
        out.extend_from_slice(&piece);
        out.extend_from_slice(tag.as_ref());
    }
    Ok(out)
}

/// Opens what [`seal`] made, into memory that is aligned for the arrays in it.
pub(crate) fn open(sealed: &[u8], key: &DeviceKey) -> Result<(Vec<u64>, usize), VaultError> {
    let damaged = VaultError::Damaged;
    let (header, mut rest) = sealed.split_at_checked(HEADER_BYTES).ok_or(damaged)?;
    let number = |at: usize| header[at..at + 4].iter().rev().fold(0u32, |n, byte| n << 8 | u32::from(*byte));
    let plain_bytes = u64::from(number(16)) | u64::from(number(20)) << 32;
    let plain_bytes = usize::try_from(plain_bytes).map_err(|_| damaged)?;
    let right_form = &header[..8] == MAGIC && number(8) == VERSION && number(12) as usize == PIECE_BYTES;
    if !right_form || plain_bytes.checked_add(pieces(plain_bytes) * TAG_BYTES) != Some(rest.len()) {
        return Err(damaged);
    }
    let cipher = cipher(key, &header[24..])?;
    let mut plain = vec![0u64; plain_bytes.div_ceil(8)];
    let plain_bytes_mut: &mut [u8] = bytemuck::cast_slice_mut(&mut plain);
    let mut piece_buffer = Vec::with_capacity(PIECE_BYTES + TAG_BYTES);
    for number in 0..pieces(plain_bytes) {
        let start = number * PIECE_BYTES;
        let out = &mut plain_bytes_mut[start..plain_bytes.min(start + PIECE_BYTES)];
        let (piece, after) = rest.split_at_checked(out.len() + TAG_BYTES).ok_or(damaged)?;
        rest = after;
        piece_buffer.clear();
        piece_buffer.extend_from_slice(piece);
        let opened = cipher
            .open_in_place(nonce(number), Aad::from(associated(header, number)), &mut piece_buffer)
            .map_err(|_| damaged)?;
        out.copy_from_slice(opened);
    }
    Ok((plain, plain_bytes))
}

/// An empty file has one empty piece, so that its header is authenticated too.
fn pieces(plain_bytes: usize) -> usize {
    plain_bytes.div_ceil(PIECE_BYTES).max(1)
}

fn cipher(key: &DeviceKey, salt: &[u8]) -> Result<LessSafeKey, VaultError> {
    let key = UnboundKey::new(&AES_256_GCM, &key.derive("seal", salt)).map_err(|_| VaultError::Damaged)?;
    Ok(LessSafeKey::new(key))
}

fn nonce(number: usize) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
    Nonce::assume_unique_for_key(bytes)
}

fn associated(header: &[u8], number: usize) -> Vec<u8> {
    [header, &(number as u64).to_le_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> DeviceKey {
        DeviceKey::from_bytes(&[seed; 32])
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 31 % 251) as u8).collect()
    }

    #[test]
    fn what_was_sealed_is_opened() {
        for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 77] {
            let sealed = seal(&plain(length), &key(1), &[9; 32]).unwrap();
            let (words, bytes) = open(&sealed, &key(1)).unwrap();
            assert_eq!(bytemuck::cast_slice::<u64, u8>(&words)[..bytes], plain(length));
            assert_eq!(open(&sealed, &key(2)), Err(VaultError::Damaged), "another phone");
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let sealed = seal(&plain(2 * PIECE_BYTES + 100), &key(1), &[9; 32]).unwrap();
        let places = (0..HEADER_BYTES).chain((HEADER_BYTES..sealed.len()).step_by(4099));
        for place in places.chain([sealed.len() - 1]) {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&changed, &key(1)).is_err(), "byte {place}");
        }
        for length in (0..sealed.len()).step_by(5003) {
            assert!(open(&sealed[..length], &key(1)).is_err());
        }
    }

    #[test]
    fn pieces_cannot_change_places() {
        let sealed = seal(&plain(2 * PIECE_BYTES), &key(1), &[9; 32]).unwrap();
        let (header, pieces) = sealed.split_at(HEADER_BYTES);
        let (first, second) = pieces.split_at(PIECE_BYTES + TAG_BYTES);
        assert!(open(&[header, second, first].concat(), &key(1)).is_err());
    }

    #[test]
    fn equal_randomness_does_not_lead_to_equal_keys() {
        let (a, b) = (seal(b"one", &key(1), &[9; 32]).unwrap(), seal(b"two", &key(1), &[9; 32]).unwrap());
        assert_ne!(a[24..HEADER_BYTES], b[24..HEADER_BYTES]);
    }
}
