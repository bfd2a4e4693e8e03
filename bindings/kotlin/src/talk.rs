//! One conversation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// Personal data in this message.
    pub spans: Vec<TextSpan>,
}

impl MessageCheck {
    /// A check that did not happen.
    pub fn not_checked(reason: NotCheckedReason) -> Self {
        Self { verdict: Verdict::not_checked(reason), stage: None, indicators: Vec::new(), spans: Vec::new() }
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

/// The talk, and as it was before the last message of the child's, which may yet be taken back.
struct Memory {
    trust: PeerTrust,
    now: Option<Conversation>,
    before: Option<Option<Conversation>>,
}

#[uniffi::export]
impl Talk {
    /// A talk of which `state` (see [`Talk::state`]) is remembered; nothing where the bytes are none.
    #[uniffi::constructor]
    pub fn new(shield: Arc<Shield>, trust: PeerTrust, state: Vec<u8>) -> Arc<Self> {
        let memory = Mutex::new(Memory { trust, now: Conversation::from_bytes(&state), before: None });
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
        memory.before = outgoing.then(|| memory.now.clone());
        let guard = self.shield.guard();
        let trust = memory.trust;
        let conversation = match memory.now.take().map_or_else(|| guard.new_conversation(), Ok) {
            Ok(conversation) => memory.now.insert(conversation),
            Err(reason) => return MessageCheck::not_checked(reason),
        };
        let check = guard.check_message(conversation, message, side, minutes, trust);
        let (stage, indicators, spans) = match check.turn {
            Some(turn) => (turn.stage, turn.indicators.iter().collect(), turn.spans),
            None => (None, Vec::new(), Vec::new()),
        };
        let spans = spans.iter().map(|s| TextSpan {
            start: utf16_units(message, s.start),
            end: utf16_units(message, s.end),
            kind: s.kind,
        });
        MessageCheck { verdict: check.verdict, stage, indicators, spans: spans.collect() }
    }

    /// Takes back the child's last message, which was not sent after all.
    pub fn withdraw(&self) {
        let mut memory = self.lock();
        if let Some(before) = memory.before.take() {
            memory.now = before;
        }
    }

    /// Forgets all.
    pub fn forget(&self) {
        let mut memory = self.lock();
        (memory.now, memory.before) = (None, None);
    }

    /// What is to be remembered, as numbers; empty where nothing is.
    pub fn state(&self) -> Vec<u8> {
        let memory = self.lock();
        memory.now.as_ref().map_or_else(Vec::new, Conversation::to_bytes)
    }
}

impl Talk {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

/// UTF-16 units before byte `at`, which is counted up to where the text ends.
fn utf16_units(text: &str, at: usize) -> u32 {
    text.char_indices().take_while(|(i, _)| *i < at).map(|(_, c)| c.len_utf16() as u32).sum()
}
