//! The JNI door: `vn.lachan.internal.Native`. What comes back is written as UniFFI writes it, so that both doors have
//! one reader on the other side.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jni::EnvUnowned;
use jni::errors::{Error, ThrowRuntimeExAndDefault};
use jni::objects::{JByteArray, JClass, JObject, JString};
use jni::sys::{jboolean, jdouble, jint, jlong};
use lachan_core::verdict::{Direction, NotCheckedReason, Verdict};

use crate::bitmap;
use crate::log::{LogLevel, hide_panics, say};
use crate::numbered::{shields, talks};
use crate::shield::Shield;
use crate::talk::{MessageCheck, Talk};
use crate::tickets;

/// `version(): String`, compared at load with the version that the Kotlin was built for. Whoever uses this library calls it
/// first.
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_version<'l>(
    mut env: EnvUnowned<'l>,
    _class: JClass<'l>,
) -> JString<'l> {
    hide_panics();
    env.with_env(|env| JString::from_str(env, env!("CARGO_PKG_VERSION"))).resolve::<ThrowRuntimeExAndDefault>()
}

/// `cancel(ticket: Long)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_cancel<'l>(_: EnvUnowned<'l>, _: JClass<'l>, ticket: jlong) {
    // A map and a flag: nothing that could panic, and nothing for the caller to do if it did.
    let _ = catch_unwind(|| tickets::cancel(ticket as u64));
}

/// `checkBitmap(shield: Long, bitmap: Bitmap, direction: Int): ByteArray?`, `null` where the pixels of a bitmap cannot
/// be reached (another configuration than `ARGB_8888`, or no Android).
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_checkBitmap<'l>(
    mut env: EnvUnowned<'l>,
    _class: JClass<'l>,
    shield: jlong,
    bitmap: JObject<'l>,
    direction: jint,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Error> {
        let verdict = {
            // Held no longer than it is looked at.
            let Some(pixels) = bitmap::lock(env, &bitmap) else { return Ok(JByteArray::null()) };
            with_shield(shield, |shield| shield.check_view(pixels.view(), Default::default(), direction_of(direction)))
        };
        env.byte_array_from_slice(&written(verdict))
    })
    .resolve::<ThrowRuntimeExAndDefault>()
}

/// `checkMessage(talk: Long, message: ByteArray, outgoing: Boolean, minutes: Double): ByteArray?`, `null` for a talk that
/// was closed. The message is UTF-8.
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_checkMessage<'l>(
    env: EnvUnowned<'l>,
    _class: JClass<'l>,
    talk: jlong,
    message: JByteArray<'l>,
    outgoing: jboolean,
    minutes: jdouble,
) -> JByteArray<'l> {
    with_message(env, talk, message, |talk, message| talk.check(message, outgoing, minutes))
}

/// `checkDraft(talk: Long, message: ByteArray, minutes: Double): ByteArray?`, as `checkMessage` for what was not sent.
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_checkDraft<'l>(
    env: EnvUnowned<'l>,
    _class: JClass<'l>,
    talk: jlong,
    message: JByteArray<'l>,
    minutes: jdouble,
) -> JByteArray<'l> {
    with_message(env, talk, message, |talk, message| talk.check_draft(message, minutes))
}

/// `panic()`: proves in tests that a panic ends at this door. Not in what is shipped.
#[cfg(debug_assertions)]
#[unsafe(no_mangle)]
pub extern "system" fn Java_vn_lachan_internal_Native_panic<'l>(
    mut env: EnvUnowned<'l>,
    _class: JClass<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Error> {
        #[allow(clippy::panic)]
        let verdict = contained(|| panic!("words that must not get into a log"));
        env.byte_array_from_slice(&written(verdict))
    })
    .resolve::<ThrowRuntimeExAndDefault>()
}

fn with_shield(number: jlong, check: impl FnOnce(&Shield) -> Verdict) -> Verdict {
    match shields().get(number as u64) {
        Some(shield) => contained(|| check(&shield)),
        None => Verdict::not_checked(NotCheckedReason::Internal),
    }
}

fn with_message<'l>(
    mut env: EnvUnowned<'l>,
    talk: jlong,
    message: JByteArray<'l>,
    check: impl FnOnce(&Talk, &str) -> MessageCheck,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Error> {
        let Some(talk) = talks().get(talk as u64) else { return Ok(JByteArray::null()) };
        let message = env.convert_byte_array(&message)?;
        let message = String::from_utf8_lossy(&message);
        let check = contained_with(MessageCheck::not_checked, || check(&talk, &message));
        let mut bytes = Vec::new();
        <MessageCheck as uniffi::Lower<crate::UniFfiTag>>::write(check, &mut bytes);
        env.byte_array_from_slice(&bytes)
    })
    .resolve::<ThrowRuntimeExAndDefault>()
}

fn contained(check: impl FnOnce() -> Verdict) -> Verdict {
    contained_with(Verdict::not_checked, check)
}

fn contained_with<T>(not_checked: impl FnOnce(NotCheckedReason) -> T, check: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| {
        say(LogLevel::Error, "a check failed inside; it counts as not checked");
        not_checked(NotCheckedReason::Internal)
    })
}

fn direction_of(ordinal: jint) -> Direction {
    usize::try_from(ordinal).ok().and_then(|i| Direction::ALL.get(i).copied()).unwrap_or(Direction::Incoming)
}

fn written(verdict: Verdict) -> Vec<u8> {
    let mut bytes = Vec::new();
    <Verdict as uniffi::Lower<crate::UniFfiTag>>::write(verdict, &mut bytes);
    bytes
}
