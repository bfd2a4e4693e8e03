//! `lachan bench`: how long each part takes on this machine, as a table or JSON.

mod hash;
mod image;
mod memory;
mod search;
mod table;
mod text;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum Verb {
    /// Decoding, the networks, the whole check, cold start and peak memory
    Image(image::Arguments),
    /// A picture from its bytes to its PDQ and digests
    Hash(image::Pictures),
    /// A message, a turn, a million bytes, a thousand conversations
    Text(text::Arguments),
    /// A query in an installed list of so many entries
    Search(search::Arguments),
}

pub fn run(verb: &Verb) -> ExitCode {
    match verb {
        Verb::Image(arguments) => image::run(arguments),
        Verb::Hash(pictures) => hash::run(pictures),
        Verb::Text(arguments) => text::run(arguments),
        Verb::Search(arguments) => search::run(arguments),
    }
}
