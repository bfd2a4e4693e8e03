//! `lachan talk`: a person types both sides at a terminal and sees the warning when a child would.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use lachan::text::{Conversation, Level, PeerTrust, Side, TextModel, TurnVerdict};

use crate::common::Situation;
use crate::exit;
use crate::words::{Language, card};

const HELP: &str = "Type what each side writes: 'o ' begins a line of the other side, 'c ' one of the child.\n\
    '+30' lets thirty minutes pass, '?' tells how the talk stands, an empty line ends it.";

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    situation: Situation,
    /// How the phone knows the other side
    #[arg(long, value_enum, default_value = "unknown")]
    contact: Contact,
    /// Language of the warning
    #[arg(long, value_enum, default_value = "vi")]
    language: Language,
}

#[derive(Clone, Copy, ValueEnum)]
enum Contact {
    Unknown,
    Recent,
    Saved,
    Family,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let model = match arguments.situation.bundles.text_model() {
        Ok(model) => model,
        Err(error) => return exit::failed(error),
    };
    match talk(arguments, &model) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(format!("input or output failed: {}", error.kind())),
    }
}

fn talk(arguments: &Arguments, model: &TextModel) -> io::Result<()> {
    let at_terminal = io::stdin().is_terminal();
    if at_terminal {
        eprintln!("{HELP}\n");
    }
    let trust = match arguments.contact {
        Contact::Unknown => PeerTrust::Unknown,
        Contact::Recent => PeerTrust::Recent,
        Contact::Saved => PeerTrust::Saved,
        Contact::Family => PeerTrust::Family,
    };
    let mut conversation = Conversation::new(model);
    let mut minutes = 0.0;
    let mut last: Option<TurnVerdict> = None;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if at_terminal && line.is_empty() {
            break;
        }
        if let Some(pause) = line.strip_prefix('+').and_then(|n| n.trim().parse::<f64>().ok()) {
            minutes += pause.max(0.0);
            continue;
        }
        if line == "?" {
            writeln!(out, "{}", standing(&conversation, last.as_ref()))?;
            continue;
        }
        let (side, text) = match line.split_once(' ') {
            Some(("o" | "O", text)) => (Side::Other, text),
            Some(("c" | "C", text)) => (Side::Child, text),
            _ => {
                eprintln!("{HELP}");
                continue;
            }
        };
        minutes += 1.0;
        let verdict = conversation.check(model, text, side, minutes, trust);
        let who = if side == Side::Other { "other" } else { "child" };
        writeln!(out, "{who:>5} │ {text}{}", hint(&verdict))?;
        if verdict.level >= Level::Warn
            && let Some(advice) = &verdict.advice
        {
            writeln!(out, "\n{}\n", card(advice, arguments.situation.policy().age, arguments.language))?;
        }
        out.flush()?;
        last = Some(verdict);
    }
    Ok(())
}

fn hint(verdict: &TurnVerdict) -> String {
    let names: Vec<&str> = verdict.indicators.iter().map(|i| i.name()).collect();
    let signs = if names.is_empty() { String::new() } else { format!("   ‹{}›", names.join(", ")) };
    if verdict.has_gaps { signs + "   (too long: its middle was not read)" } else { signs }
}

fn standing(conversation: &Conversation, last: Option<&TurnVerdict>) -> String {
    let stage = conversation.stage().map_or("nothing to name yet", |s| s.name());
    let reasons: Vec<&str> = last.map(|v| v.reasons.iter().map(|r| r.code).collect()).unwrap_or_default();
    format!("      │ risk {:.2}, stage: {stage}, reasons: {}", conversation.risk(), reasons.join(", "))
}
