//! `lachan text-features`: what the training step reads. Hidden, because only `models/text` uses it.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use lachan::text;

use crate::exit;

/// Lines of text on standard input, one message each, as JSON strings.
#[derive(Args)]
pub struct Arguments {
    /// What to print.
    #[arg(long, value_enum, default_value_t = Form::Hashes)]
    form: Form,
}

#[derive(serde::Deserialize)]
struct Message {
    from: text::Side,
    text: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// For each line its number of features and their hashes, as little-endian 32-bit words.
    Hashes,
    /// For each line its number of tokens and two hashes of each, as little-endian 32-bit words.
    Tokens,
    /// The normal form, one line each.
    Normal,
    /// 1 or 0: whether the line is a syllable.
    Syllable,
    /// The rule findings that the second stage is told, as 1 or 0 each. Lines are `{"from", "text"}`.
    Signals,
    /// Reads nothing. By how much the logit of the risk is lowered for each kind of contact.
    Margins,
    /// Reads nothing. The signs that warn by themselves: how surely each must have been seen, and the risk beside which they
    /// do.
    SureSigns,
}

/// Reads messages, writes features.
pub fn run(arguments: &Arguments) -> ExitCode {
    match write(arguments.form) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(format!("text-features stopped: {error}")),
    }
}

fn write(form: Form) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if matches!(form, Form::Margins) {
        for trust in text::PeerTrust::ALL {
            writeln!(out, "{} {}", serde_json::to_value(trust)?.as_str().unwrap_or_default(), trust.margin())?;
        }
        return out.flush();
    }
    if matches!(form, Form::SureSigns) {
        for (sign, bar, beside) in text::sure_signs() {
            writeln!(out, "{} {bar} {beside}", sign.name())?;
        }
        return out.flush();
    }
    for line in io::stdin().lock().lines() {
        let line = line?;
        if matches!(form, Form::Signals) {
            let message: Message = serde_json::from_str(&line)?;
            let found = text::rules(&message.text, &text::normalise(&message.text), message.from);
            writeln!(out, "{}", found.signals().map(|s| if s { "1" } else { "0" }).join(" "))?;
            continue;
        }
        let message: String = serde_json::from_str(&line)?;
        match form {
            Form::Hashes => {
                let hashes = text::features(&text::normalise(&message));
                out.write_all(&(hashes.len() as u32).to_le_bytes())?;
                for hash in hashes {
                    out.write_all(&hash.to_le_bytes())?;
                }
            }
            Form::Tokens => {
                let tokens = text::token_hashes(&text::normalise(&message));
                out.write_all(&(tokens.len() as u32).to_le_bytes())?;
                for hash in tokens.into_iter().flatten() {
                    out.write_all(&hash.to_le_bytes())?;
                }
            }
            Form::Normal => writeln!(out, "{}", text::normalise(&message).text())?,
            Form::Signals | Form::Margins | Form::SureSigns => {}
            Form::Syllable => writeln!(out, "{}", u8::from(text::is_syllable(&message)))?,
        }
    }
    out.flush()
}
