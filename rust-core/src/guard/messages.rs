//! Messages through the guard: the policy decides whether anything is read, and what a child sees.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::Guard;
use crate::text::{Conversation, Judge, PeerTrust, Side, TextModel, TurnVerdict};
use crate::trust::{Bundle, DocumentKind, Role};
use crate::verdict::{Direction, FindingKind, NotCheckedReason, Verdict};

/// Bundle name of the text model.
pub const TEXT: &str = "text";

/// The text model, loaded when the first message is checked.
pub(super) struct Messages {
    packaged: Option<(PathBuf, Role)>,
    model: OnceLock<Option<Arc<TextModel>>>,
}

impl Messages {
    pub fn new(packaged: Option<(PathBuf, Role)>) -> Self {
        Self { packaged, model: OnceLock::new() }
    }

    fn model(&self) -> Option<Arc<TextModel>> {
        let open = || {
            let (folder, role) = self.packaged.as_ref()?;
            let bundle = Bundle::open(&folder.join(TEXT), DocumentKind::Model, role).ok()?;
            TextModel::load(&bundle).ok().map(Arc::new)
        };
        self.model.get_or_init(open).clone()
    }
}

/// The verdict on a message after all that came before it, and what the conversation made of it.
#[derive(Debug, Clone)]
pub struct MessageCheck {
    /// What the policy makes of it.
    pub verdict: Verdict,
    /// Indicators, spans, stage and reasons; nothing where nobody looked. A message too long to be read whole is not
    /// cleared, and its turn is that of what was read.
    pub turn: Option<TurnVerdict>,
}

impl Guard {
    /// A new conversation with one peer, to be given back with every message of that peer.
    ///
    /// # Errors
    /// Conversations are not looked at, or the text model cannot be used.
    pub fn new_conversation(&self) -> Result<Conversation, NotCheckedReason> {
        self.text_model().map(|model| Conversation::new(&model))
    }

    /// Checks the next message of a conversation: what arrived, or what the child is about to send. `minutes` is any
    /// steady clock's time in minutes. The conversation keeps numbers, never the text.
    pub fn check_message(
        &self,
        conversation: &mut Conversation,
        message: &str,
        from: Side,
        minutes: f64,
        trust: PeerTrust,
    ) -> MessageCheck {
        // On a copy, so that a panic leaves the conversation as it was before this message.
        let mut next = conversation.clone();
        let read = AssertUnwindSafe(|| self.read_message(&mut next, message, from, minutes, trust));
        match catch_unwind(read) {
            Ok(check) => {
                *conversation = next;
                check
            }
            Err(_) => MessageCheck { verdict: Verdict::not_checked(NotCheckedReason::Internal), turn: None },
        }
    }

    fn read_message(
        &self,
        conversation: &mut Conversation,
        message: &str,
        from: Side,
        minutes: f64,
        trust: PeerTrust,
    ) -> MessageCheck {
        let model = match self.text_model() {
            Ok(model) => model,
            Err(reason) => return MessageCheck { verdict: Verdict::not_checked(reason), turn: None },
        };
        let direction = match from {
            Side::Other => Direction::Incoming,
            Side::Child => Direction::Outgoing,
        };
        // Where the talk is not to be followed, nothing of it is read or remembered but what the child gives away.
        let turn = match self.policy.permits(FindingKind::Grooming) {
            Ok(()) => {
                let reading = model.read(message, from);
                let reading = match self.policy.permits(FindingKind::PersonalInfo) {
                    Ok(()) => reading,
                    Err(_) => reading.without_personal_data(),
                };
                conversation.advance(&model, reading, minutes, trust, Judge::Learnt)
            }
            Err(_) => TurnVerdict::of_personal_data(&model, message, from, conversation.turns()),
        };
        let mut verdict = match self.policy.verdict(turn.findings(), direction) {
            Verdict::Clear if turn.has_gaps => Verdict::not_checked(NotCheckedReason::TooLarge),
            verdict => verdict,
        };
        // The conversation knows better than the table what happened; who may look, and whether lessons are offered, stays
        // the policy's.
        if let (Verdict::Concern { advice, .. }, Some(words)) = (&mut verdict, &turn.advice) {
            let reveal = advice.reveal;
            *advice = words.clone();
            advice.reveal = reveal;
            advice.lesson = advice.lesson.take().filter(|_| self.policy.lessons);
        }
        MessageCheck { verdict, turn: Some(turn) }
    }

    fn text_model(&self) -> Result<Arc<TextModel>, NotCheckedReason> {
        let talk = self.policy.permits(FindingKind::Grooming);
        if talk.is_err() && self.policy.permits(FindingKind::PersonalInfo).is_err() {
            return Err(talk.err().unwrap_or(NotCheckedReason::PolicyOff));
        }
        self.messages.model().ok_or(NotCheckedReason::ModelUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Checks, Policy};
    use crate::verdict::{AgeBand, Protection};

    #[test]
    fn a_panic_over_a_message_ends_in_the_check_and_leaves_the_talk_as_it_was() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
        let policy = || Policy::new(Protection::Guided, AgeBand::Under13);
        let whole = Guard::builder(policy()).models(folder, Role::development().unwrap()).build();
        let broken = Guard::builder(policy()).build();
        let model = TextModel::clone(&whole.text_model().unwrap()).that_panics();
        broken.messages.model.set(Some(Arc::new(model))).unwrap();
        let mut conversation = whole.new_conversation().unwrap();
        let mut ask = |guard: &Guard| {
            let line = "đừng kể ba mẹ nghe nha, gửi hình rồi anh nạp thẻ cho";
            let check = guard.check_message(&mut conversation, line, Side::Other, 0.0, PeerTrust::Unknown);
            (check.verdict, check.turn, conversation.clone())
        };
        let (_, turn, before) = ask(&whole);
        assert!(turn.is_some());
        assert_eq!(ask(&broken), (Verdict::not_checked(NotCheckedReason::Internal), None, before));
        assert_eq!(ask(&whole).1.map(|turn| turn.turn), Some(1));
    }

    /// Not even to find out that it is not needed.
    #[test]
    fn no_model_is_loaded_for_what_is_not_asked() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
        let guard = |policy| Guard::builder(policy).models(&folder, Role::development().unwrap()).build();
        let off = guard(Policy::off());
        assert!(off.new_conversation().is_err());
        assert!(off.messages.model.get().is_none());
        let on = guard(Policy::new(Protection::Guided, AgeBand::Under13));
        let mut conversation = on.new_conversation().unwrap();
        assert!(on.messages.model.get().is_some());
        let checks = Checks { grooming: false, personal_info: false, ..Checks::default() };
        let pictures_only = guard(Policy { checks, ..Policy::new(Protection::Guided, AgeBand::Under13) });
        for guard in [&off, &pictures_only] {
            let check = guard.check_message(&mut conversation, "alo", Side::Other, 0.0, PeerTrust::Unknown);
            assert!(check.turn.is_none());
            assert!(guard.messages.model.get().is_none());
        }
    }
}
