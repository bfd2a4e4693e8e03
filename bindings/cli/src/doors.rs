//! The doors through which bytes from outside come in, without a process around them: for the fuzzer in `tests/fuzz`.

use std::io::{self, BufRead, Write};

use lachan::policy::Policy;
use lachan::text::{Judge, TextModel};
use lachan::verdict::{AgeBand, Protection};

use crate::{chat, json_lines, list, text};

/// `lachan chat`: conversations as JSON lines from `input`, verdicts to `out`. How many lines were refused.
///
/// # Errors
/// Reading or writing fails.
pub fn chat(model: &TextModel, input: impl BufRead, out: impl Write) -> io::Result<usize> {
    let policy = Policy::new(Protection::Guided, AgeBand::Under13);
    json_lines::each(input, out, |talk| chat::follow(model, &policy, Judge::Learnt, &talk))
}

/// `lachan text`: messages as JSON lines from `input`, what each says to `out`. How many lines were refused.
///
/// # Errors
/// Reading or writing fails.
pub fn text(model: &TextModel, input: impl BufRead, out: impl Write) -> io::Result<usize> {
    text::each(input, out, model)
}

/// `lachan list build`: the rows of an agency's CSV or JSON. How many are well formed and how many are not.
///
/// # Errors
/// The file as a whole cannot be read, in words for the publisher.
pub fn list_rows(input: impl BufRead) -> Result<(usize, usize), String> {
    let (mut good, mut refused) = (0, 0);
    list::import::read_rows(input, &mut |_, row| {
        match row.ok().and_then(|row| row.parse_hash()) {
            Some(_) => good += 1,
            None => refused += 1,
        }
        Ok(())
    })?;
    Ok((good, refused))
}
