//! `lachan chat`: a conversation a line, a verdict a line, turn by turn as a phone would see it.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use lachan::policy::Policy;
use lachan::text::{Conversation, Judge, Level, PeerTrust, Side, TextModel};
use lachan::verdict::{Action, Direction, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::Situation;
use crate::exit;
use crate::json_lines::{each_line, note_gaps};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    situation: Situation,
    /// Decide by hand-written combinations instead of the learnt second stage, for comparison
    #[arg(long, value_enum, default_value = "learnt", hide = true)]
    judge: JudgeName,
}

#[derive(Clone, Copy, ValueEnum)]
enum JudgeName {
    Learnt,
    Combinations,
}

/// What is read of a conversation. Labels and whatever else stands there is not.
#[derive(Deserialize)]
pub struct Talk {
    id: Value,
    #[serde(default)]
    trust: Option<PeerTrust>,
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    #[serde(default)]
    t: Option<f64>,
    from: Side,
    text: String,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let model = match arguments.situation.bundles.text_model() {
        Ok(model) => model,
        Err(error) => return exit::failed(error),
    };
    let policy = arguments.situation.policy();
    let judge = match arguments.judge {
        JudgeName::Learnt => Judge::Learnt,
        JudgeName::Combinations => Judge::Combinations,
    };
    each_line(|talk: Talk| follow(&model, &policy, judge, &talk))
}

pub fn follow(model: &TextModel, policy: &Policy, judge: Judge, talk: &Talk) -> Value {
    let trust = talk.trust.unwrap_or(PeerTrust::Unknown);
    let mut conversation = Conversation::new(model);
    let mut first_warning = None;
    let mut turns = Vec::with_capacity(talk.turns.len());
    for (i, turn) in talk.turns.iter().enumerate() {
        let reading = model.read(&turn.text, turn.from);
        let verdict = conversation.advance(model, reading, turn.t.unwrap_or(0.0), trust, judge);
        if verdict.level >= Level::Warn && first_warning.is_none() {
            first_warning = Some(i);
        }
        let mut told = json!({
            "i": i,
            "level": verdict.level,
            "action": action(policy, &verdict, turn.from),
            "indicators": verdict.indicators.iter().map(|i| i.name()).collect::<Vec<_>>(),
            "advice": verdict.advice,
            "reasons": verdict.reasons,
            "stage": verdict.stage,
            "risk": (f64::from(verdict.risk) * 1e4).round() / 1e4,
        });
        note_gaps(&mut told, verdict.has_gaps);
        turns.push(told);
    }
    json!({"id": talk.id, "first_warning": first_warning, "stage": conversation.stage(), "turns": turns})
}

/// What the policy makes of a turn.
pub fn action(policy: &Policy, verdict: &lachan::text::TurnVerdict, from: Side) -> Option<Action> {
    let direction = match from {
        Side::Other => Direction::Incoming,
        Side::Child => Direction::Outgoing,
    };
    match policy.verdict(verdict.findings(), direction) {
        Verdict::Concern { action, .. } => Some(action),
        Verdict::Clear | Verdict::NotChecked { .. } => None,
    }
}
