//! `lachan text`: a message a line, what it says by itself.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use clap::Args;
use lachan::text::{Side, TextModel};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::Bundles;
use crate::exit;
use crate::json_lines::{self, each_line, note_gaps};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    bundles: Bundles,
}

#[derive(Deserialize)]
struct Message {
    id: Value,
    from: Side,
    text: String,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    match arguments.bundles.text_model() {
        Ok(model) => each_line(|message: Message| read(&model, &message)),
        Err(error) => exit::failed(error),
    }
}

/// [`run`] from any input to any output. How many lines were refused.
pub fn each(input: impl BufRead, out: impl Write, model: &TextModel) -> io::Result<usize> {
    json_lines::each(input, out, |message: Message| read(model, &message))
}

fn read(model: &TextModel, message: &Message) -> Value {
    let reading = model.read(&message.text, message.from);
    let mut told = json!({
        "id": message.id,
        // A message by itself is never more than a hint: what it means depends on the talk.
        "level": if reading.indicators.is_empty() { "none" } else { "notice" },
        "indicators": reading.indicators.iter().map(|i| i.name()).collect::<Vec<_>>(),
        "spans": reading.rules.spans,
    });
    note_gaps(&mut told, reading.has_gaps);
    told
}
