//! `liblachan.so`: the core behind the Kotlin API.
//!
//! A bridge and no more: every method is one call of the core. Two doors lead into it: UniFFI objects
//! (`vn.lachan.ffi`, generated), and JNI (`vn.lachan.internal.Native`) for what UniFFI cannot reach, such as the pixels
//! of a bitmap. Neither is public API; that one is written by hand in `android/lachan`.
//!
//! Nothing that happens in here may end the host app: panics are caught at both doors, and numbers rather than
//! pointers name the objects that JNI calls are about, so that a closed one is not found instead of being touched.

uniffi::setup_scaffolding!("lachan");

mod bitmap;
mod family;
mod family_evidence;
mod family_guardian;
mod family_refusal;
mod family_words;
mod known;
mod live;
mod log;
mod native;
mod numbered;
mod shield;
mod talk;
mod tickets;
mod words;

/// Longest encoded picture that is looked at, in bytes.
#[uniffi::export]
pub fn max_picture_bytes() -> u64 {
    lachan_core::image::Limits::default().max_bytes as u64
}

/// The test marker for a kind of finding as `side` x `side` RGBA pixels, or nothing where the kind is not one of
/// pictures.
#[uniffi::export]
pub fn draw_marker(kind: lachan_core::verdict::FindingKind, side: u32) -> Option<Vec<u8>> {
    let picture = lachan_core::image::marker::draw(kind, side)?;
    Some(picture.rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect())
}
