//! The guardian's PIN on the child's phone.
//!
//! The PIN is kept as Argon2id (RFC 9106) under the vault's encryption. Attempts are counted before they are checked,
//! so that switching the phone off in between gives none for free; waits count the phone's running time, which no
//! setting of the clock changes. During a wait nothing is checked, so that nothing can be learnt.

use argon2::{Algorithm, Argon2, Params, Version};
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::{FamilyError, SteadyClock};
use crate::trust::{from_hex, to_hex};

/// Digits of a PIN. Six are a million possibilities, and the waits let a child try one a day.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// Argon2id with 19 MiB, two passes, one lane: the smallest of the equal choices in OWASP's password storage cheat
/// sheet, and tens of milliseconds on a cheap phone.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Wrong attempts without a wait: a guardian mistypes.
const FREE_ATTEMPTS: u32 = 4;

/// Waits after the fifth wrong attempt and each one after it, in seconds; the last is repeated.
const WAITS: [u64; 6] = [60, 5 * 60, 15 * 60, 3600, 4 * 3600, 24 * 3600];

/// For how long what was allowed may be done, in milliseconds: a guardian changes a few settings in one go.
const PASSAGE_MILLISECONDS: u64 = 5 * 60 * 1000;

/// What a guardian says yes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To look behind one warning.
    Reveal,
    /// To change who is followed, the birthday, the PIN, or the guardian's consent.
    Change,
}

/// A guardian's yes, for one purpose and five minutes. It lives in memory only and cannot be copied.
#[derive(Debug)]
pub struct Passage {
    purpose: Purpose,
    until: u64,
}

impl Passage {
    pub(super) fn new(purpose: Purpose, clock: &SteadyClock) -> Self {
        Self { purpose, until: clock.lived().saturating_add(PASSAGE_MILLISECONDS) }
    }

    pub(super) fn check(&self, purpose: Purpose, clock: &SteadyClock) -> Result<(), FamilyError> {
        if self.purpose == purpose && clock.lived() < self.until { Ok(()) } else { Err(FamilyError::NotAllowed) }
    }
}

/// The answer to a PIN.
#[derive(Debug)]
pub enum GateAnswer {
    /// It is right.
    Open(Passage),
    /// It is wrong; the next one is looked at after so many seconds of running time (0: at once).
    Wrong {
        /// Seconds.
        wait: u64,
    },
    /// It was not looked at: so many seconds are left to wait.
    Wait {
        /// Seconds.
        wait: u64,
    },
    /// There is no PIN, or the policy does not allow it for this.
    NotAvailable,
}

/// A PIN as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    salt: String,
    tag: String,
    failures: u32,
    /// Running time until which nothing is looked at, in milliseconds.
    blocked_until: u64,
}

impl Gate {
    /// A gate with a new PIN and 16 random bytes of salt.
    pub(super) fn new(pin: &str, salt: &[u8; 16]) -> Result<Self, FamilyError> {
        if !well_chosen(pin) {
            return Err(FamilyError::WeakPin);
        }
        let tag = tag(pin, salt).ok_or(FamilyError::Malformed)?;
        Ok(Self { salt: to_hex(salt), tag: to_hex(tag.as_ref()), failures: 0, blocked_until: 0 })
    }

    /// Counts an attempt that is about to be made, or says for how many milliseconds none may be made.
    pub(super) fn begin(&mut self, clock: &SteadyClock) -> Result<(), u64> {
        let left = self.blocked_until.saturating_sub(clock.lived());
        if left > 0 {
            return Err(left);
        }
        self.failures = self.failures.saturating_add(1);
        self.blocked_until = clock.lived().saturating_add(wait_after(self.failures) * 1000);
        Ok(())
    }

    /// Whether the PIN is right, in a time that does not depend on how much of it is.
    pub(super) fn is_right(&self, pin: &str) -> bool {
        let (Some(salt), Some(expected)) = (from_hex::<16>(&self.salt), from_hex::<32>(&self.tag)) else {
            return false;
        };
        let Some(key) = key(pin, &salt) else { return false };
        hmac::verify(&key, CONTEXT, &expected).is_ok()
    }

    /// The attempt was right: nothing is held against the next one.
    pub(super) fn passed(&mut self) {
        self.failures = 0;
        self.blocked_until = 0;
    }

    pub(super) fn milliseconds_left(&self, clock: &SteadyClock) -> u64 {
        self.blocked_until.saturating_sub(clock.lived())
    }
}

const CONTEXT: &[u8] = b"lachan.gate.v1";

/// Seconds to wait after so many wrong attempts in a row.
fn wait_after(failures: u32) -> u64 {
    match failures.checked_sub(FREE_ATTEMPTS + 1) {
        None => 0,
        Some(place) => WAITS[(place as usize).min(WAITS.len() - 1)],
    }
}

fn key(pin: &str, salt: &[u8; 16]) -> Option<hmac::Key> {
    stretched(pin.as_bytes(), salt).map(|out| hmac::Key::new(hmac::HMAC_SHA256, &out))
}

/// 32 bytes that take a phone tens of milliseconds and 19 MiB: for what has few values and must not be guessed.
pub(super) fn stretched(secret: &[u8], salt: &[u8; 16]) -> Option<[u8; 32]> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).ok()?;
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(secret, salt, &mut out).ok()?;
    Some(out)
}

fn tag(pin: &str, salt: &[u8; 16]) -> Option<hmac::Tag> {
    key(pin, salt).map(|key| hmac::sign(&key, CONTEXT))
}

/// Six to twelve digits that are not all the same and not a run such as 123456 or 987654.
fn well_chosen(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps = |step: u8| digits.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(step));
    PIN_DIGITS.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && ![0, 1, 255].into_iter().any(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Now;

    fn clock(seconds: u64) -> SteadyClock {
        let mut clock = SteadyClock::new(Now { wall: 0, uptime: 0, boot: 1 });
        clock.observe(Now { wall: 0, uptime: seconds * 1000, boot: 1 });
        clock
    }

    #[test]
    fn only_the_pin_is_right() {
        let gate = Gate::new("204817", &[5; 16]).unwrap();
        assert!(gate.is_right("204817"));
        for wrong in ["204818", "20481", "2048177", "", "２０４８１７"] {
            assert!(!gate.is_right(wrong), "{wrong}");
        }
        assert_ne!(gate.tag, Gate::new("204817", &[6; 16]).unwrap().tag, "salted");
        assert!(!format!("{gate:?}").contains("204817"));
    }

    /// The reference values of RFC 9106 need secrets and data that are not used here; this one is from the reference
    /// implementation's test table (Argon2id, version 0x13, t=2, m=2^16, p=1, "password", "somesalt").
    #[test]
    fn the_function_is_argon2id() {
        let params = Params::new(1 << 16, 2, 1, Some(32)).unwrap();
        let mut out = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(b"password", b"somesalt", &mut out)
            .unwrap();
        assert_eq!(to_hex(&out), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn pins_that_are_tried_first_are_not_taken() {
        for weak in ["000000", "123456", "987654", "12345", "1234567890123", "12a456", ""] {
            assert!(Gate::new(weak, &[0; 16]).is_err(), "{weak}");
        }
        for fine in ["112233", "135790", "901234"] {
            assert!(well_chosen(fine), "{fine}");
        }
    }

    #[test]
    fn waits_grow() {
        assert_eq!(
            (1..=12).map(wait_after).collect::<Vec<_>>(),
            [0, 0, 0, 0, 60, 300, 900, 3600, 14400, 86400, 86400, 86400]
        );
        let mut gate = Gate::new("204817", &[5; 16]).unwrap();
        for _ in 0..5 {
            gate.begin(&clock(0)).unwrap();
        }
        assert_eq!(gate.begin(&clock(0)), Err(60_000));
        assert_eq!(gate.begin(&clock(59)), Err(1_000));
        assert_eq!(gate.begin(&clock(60)), Ok(()));
        assert_eq!(gate.begin(&clock(60)), Err(300_000));
        gate.passed();
        assert_eq!(gate.begin(&clock(60)), Ok(()));
    }

    #[test]
    fn a_year_of_trying_is_a_few_hundred_guesses() {
        let mut gate = Gate::new("204817", &[5; 16]).unwrap();
        let guesses = (0..365 * 24 * 60).filter(|minute| gate.begin(&clock(minute * 60)).is_ok()).count();
        assert!((300..400).contains(&guesses), "{guesses}");
    }

    #[test]
    fn a_passage_is_for_one_purpose_and_a_short_time() {
        let passage = Passage::new(Purpose::Reveal, &clock(10));
        assert!(passage.check(Purpose::Reveal, &clock(309)).is_ok());
        assert!(passage.check(Purpose::Reveal, &clock(310)).is_err());
        assert!(passage.check(Purpose::Change, &clock(11)).is_err());
    }
}
