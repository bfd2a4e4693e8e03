//! JSON lines in, JSON lines out: one answer a line, for the subcommands that read conversations and messages.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::exit;

/// Longest line that is read, in bytes: a conversation of 100,000 turns has some ten million.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Reads JSON lines and writes what `answer` makes of each. A line that is none is reported in its place.
pub fn each_line<T: for<'de> Deserialize<'de>>(answer: impl Fn(T) -> Value) -> ExitCode {
    let input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    match each(input, io::BufWriter::new(io::stdout().lock()), answer) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(exit::PARTLY_NOT_CHECKED),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => exit::failed(format!("input or output failed: {}", error.kind())),
    }
}

/// [`each_line`] from any input to any output. How many lines were refused.
pub fn each<T: for<'de> Deserialize<'de>>(
    mut input: impl BufRead,
    mut out: impl Write,
    answer: impl Fn(T) -> Value,
) -> io::Result<usize> {
    let (mut line, mut number, mut refused) = (Vec::new(), 0usize, 0);
    loop {
        line.clear();
        if io::Read::take(&mut input, MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let read = serde_json::from_str(text).or_else(|_| serde_json::from_str(&without_lone_surrogates(text)));
        match read {
            Ok(row) => writeln!(out, "{}", answer(row))?,
            Err(error) => {
                refused += 1;
                let id = serde_json::from_str::<Value>(text).ok().and_then(|v| v.get("id").cloned());
                let reason = format!("line {number} is not of the form that the README gives ({:?})", error.classify());
                writeln!(out, "{}", json!({"id": id, "not_checked": reason}))?;
            }
        }
    }
    out.flush()?;
    Ok(refused)
}

/// Says of a message that it is too long to be read whole: that nothing was found in it does not clear it.
pub fn note_gaps(told: &mut Value, has_gaps: bool) {
    if has_gaps {
        told["has_gaps"] = Value::Bool(true);
    }
}

/// JSON may hold halves of UTF-16 pairs (`\ud800`), which no text may. They become U+FFFD.
fn without_lone_surrogates(text: &str) -> String {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => {
                out.push_str(&text[at..at + 12]);
                at += 12;
            }
            Some(0xd800..=0xdfff) => {
                out.push_str("\\ufffd");
                at += 6;
            }
            _ => {
                // An escaped backslash is taken whole, so that what follows it is not read as an escape.
                let length = if text[at..].starts_with("\\\\") {
                    2
                } else {
                    text[at..].chars().next().map_or(1, char::len_utf8)
                };
                out.push_str(&text[at..at + length]);
                at += length;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_are_replaced_and_pairs_and_backslashes_stay() {
        assert_eq!(without_lone_surrogates(r#""a\ud800b""#), r#""a\ufffdb""#);
        assert_eq!(without_lone_surrogates(r#""\ud83d\ude00""#), r#""\ud83d\ude00""#);
        assert_eq!(without_lone_surrogates(r#""\\ud800 ế""#), r#""\\ud800 ế""#);
    }
}
