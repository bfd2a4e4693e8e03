//! One conversation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lachan_core::guard::{self, Guard};
use lachan_core::text::{Conversation, Indicator, PeerTrust, PersonalData, Side, Stage};
use lachan_core::verdict::{NotCheckedReason, Verdict};

use crate::numbered::talks;
use crate::shield::Shield;

/// What was seen in one message and the talk up to it.
#[derive(Debug, Clone, uniffi::Record)]
pub struct MessageCheck {
    /// What the policy makes of it.
    pub verdict: Verdict,
    /// Where the talk stands.
    pub stage: Option<Stage>,
    /// Signs in this message.
    pub indicators: Vec<Indicator>,
    /// Personal data in a message of the child's; what somebody else gives away is theirs.
    pub spans: Vec<TextSpan>,
}

impl MessageCheck {
    /// A check that did not happen.
    pub fn not_checked(reason: NotCheckedReason) -> Self {
        Self { verdict: Verdict::not_checked(reason), stage: None, indicators: Vec::new(), spans: Vec::new() }
    }

    fn of(check: guard::MessageCheck, message: &str, side: Side) -> Self {
        let Some(turn) = check.turn else {
            return Self { verdict: check.verdict, stage: None, indicators: Vec::new(), spans: Vec::new() };
        };
        let mut units = Units { text: message, byte: 0, units: 0 };
        let spans = turn.spans.iter().filter(|_| side == Side::Child).map(|s| TextSpan {
            start: units.before(s.start),
            end: units.before(s.end),
            kind: s.kind,
        });
        Self {
            verdict: check.verdict,
            stage: turn.stage,
            indicators: turn.indicators.iter().collect(),
            spans: spans.collect(),
        }
    }
}

/// A piece of personal data, by UTF-16 units.
#[derive(Debug, Clone, uniffi::Record)]
pub struct TextSpan {
    /// First unit.
    pub start: u32,
    /// Unit after the last.
    pub end: u32,
    /// What it is.
    pub kind: PersonalData,
}

/// The memory of one peer under a shield.
#[derive(uniffi::Object)]
pub struct Talk {
    number: u64,
    shield: Arc<Shield>,
    memory: Mutex<Memory>,
}

/// The talk, and as it would be without the last message of the child's, which may yet be taken back.
struct Memory {
    trust: PeerTrust,
    now: Option<Conversation>,
    without_last: Option<Option<Conversation>>,
}

#[uniffi::export]
impl Talk {
    /// A talk of which `state` (see [`Talk::state`]) is remembered; nothing where the bytes are none.
    #[uniffi::constructor]
    pub fn new(shield: Arc<Shield>, trust: PeerTrust, state: Vec<u8>) -> Arc<Self> {
        let memory = Mutex::new(Memory { trust, now: Conversation::from_bytes(&state), without_last: None });
        talks().insert(|number| Self { number, shield, memory })
    }

    /// The number that JNI calls name this talk by.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The peer is known otherwise than before: it came onto a list of trusted ones, or left it.
    pub fn set_trust(&self, trust: PeerTrust) {
        self.lock().trust = trust;
    }

    /// Checks the next message. `minutes` is its time on any clock that does not run backwards.
    pub fn check(&self, message: &str, outgoing: bool, minutes: f64) -> MessageCheck {
        let side = if outgoing { Side::Child } else { Side::Other };
        let mut memory = self.lock();
        let Memory { trust, now, without_last } = &mut *memory;
        let guard = self.shield.guard();
        let so_far = outgoing.then(|| now.clone());
        if outgoing {
            // Whatever comes of this check: the message before it was sent.
            *without_last = None;
        }
        let check = match take_in(&guard, now, message, side, minutes, *trust) {
            Ok(check) => check,
            Err(reason) => return MessageCheck::not_checked(reason),
        };
        if check.turn.is_none() {
            return MessageCheck::of(check, message, side);
        }
        if outgoing {
            *without_last = so_far;
        } else if let Some(talk) = without_last {
            // It was received, whether or not the child sends what it is thinking over.
            let _ = take_in(&guard, talk, message, side, minutes, *trust);
        }
        MessageCheck::of(check, message, side)
    }

    /// Takes back the child's last message, which was not sent after all. What was received since then stays.
    pub fn withdraw(&self) {
        let mut memory = self.lock();
        if let Some(without_last) = memory.without_last.take() {
            memory.now = without_last;
        }
    }

    /// Forgets all.
    pub fn forget(&self) {
        let mut memory = self.lock();
        (memory.now, memory.without_last) = (None, None);
    }

    /// Where the talk stands after its last message.
    pub fn stage(&self) -> Option<Stage> {
        self.lock().now.as_ref().and_then(Conversation::stage)
    }

    /// What is to be remembered, as numbers; empty where nothing is.
    pub fn state(&self) -> Vec<u8> {
        let memory = self.lock();
        memory.now.as_ref().map_or_else(Vec::new, Conversation::to_bytes)
    }
}

impl Talk {
    /// Checks what the child has written and not sent. Nothing of it stays, and what [`Talk::withdraw`] would take back it
    /// takes back still.
    pub fn check_draft(&self, message: &str, minutes: f64) -> MessageCheck {
        let (mut talk, trust) = {
            let memory = self.lock();
            (memory.now.clone(), memory.trust)
        };
        match take_in(&self.shield.guard(), &mut talk, message, Side::Child, minutes, trust) {
            Ok(check) => MessageCheck::of(check, message, Side::Child),
            Err(reason) => MessageCheck::not_checked(reason),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes on with `talk`, or begins one where there is none.
fn take_in(
    guard: &Guard,
    talk: &mut Option<Conversation>,
    message: &str,
    side: Side,
    minutes: f64,
    trust: PeerTrust,
) -> Result<guard::MessageCheck, NotCheckedReason> {
    let conversation = match talk {
        Some(conversation) => conversation,
        None => talk.insert(guard.new_conversation()?),
    };
    Ok(guard.check_message(conversation, message, side, minutes, trust))
}

/// How much is lost where a talk with this state is forgotten for want of room, from 0 to 2; 0 where the bytes are none.
#[uniffi::export]
pub fn worth_of_talk(state: Vec<u8>) -> u8 {
    Conversation::from_bytes(&state).map_or(0, |talk| talk.worth())
}

impl Drop for Talk {
    fn drop(&mut self) {
        talks().remove(self.number);
    }
}

/// Counts UTF-16 units once over, for places that rise: a stranger's megabyte may hold a hundred thousand of them.
struct Units<'a> {
    text: &'a str,
    byte: usize,
    units: usize,
}

impl Units<'_> {
    /// UTF-16 units before byte `at`, which is counted up to where the text ends.
    fn before(&mut self, at: usize) -> u32 {
        let at = self.text.ceil_char_boundary(at.min(self.text.len()));
        if at < self.byte {
            (self.byte, self.units) = (0, 0);
        }
        self.units += self.text[self.byte..at].encode_utf16().count();
        self.byte = at;
        u32::try_from(self.units).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_utf16_units_also_inside_a_character_behind_the_end_and_backwards() {
        let mut units = Units { text: "a😀ộb", byte: 0, units: 0 };
        let places = [0, 1, 3, 5, 8, 9, 99, 1, 0].map(|at| units.before(at));
        assert_eq!(places, [0, 1, 3, 3, 4, 5, 5, 1, 0]);
    }
}
