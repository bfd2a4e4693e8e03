//! `lachan bench`: how long each part takes on this machine, as a table or JSON.

mod hash;
mod image;
mod memory;
mod search;
mod table;
mod text;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::common::Bundles;

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
    /// All of these, one after the other
    All(Everything),
}

#[derive(Args)]
pub struct Everything {
    /// Entries of the list
    #[arg(long, default_value_t = search::ENTRIES)]
    entries: usize,
    /// JSON lines instead of tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    bundles: Bundles,
}

impl Everything {
    fn run(&self) -> ExitCode {
        let pictures = || image::Pictures { files: Vec::new(), json: self.json, runs: image::RUNS };
        let search = search::Arguments { entries: self.entries, linear: false, keep: None, json: self.json };
        let parts: [&dyn Fn() -> ExitCode; 4] = [
            &|| image::run(&image::Arguments { pictures: pictures(), bundles: self.bundles.clone() }),
            &|| hash::run(&pictures()),
            &|| text::run(&text::Arguments { json: self.json, runs: text::RUNS, bundles: self.bundles.clone() }),
            &|| search::run(&search),
        ];
        // What could not be measured keeps the rest from nobody.
        parts.iter().map(|part| part()).fold(
            ExitCode::SUCCESS,
            |worst, one| {
                if one == ExitCode::SUCCESS { worst } else { one }
            },
        )
    }
}

pub fn run(verb: &Verb) -> ExitCode {
    match verb {
        Verb::Image(arguments) => image::run(arguments),
        Verb::Hash(pictures) => hash::run(pictures),
        Verb::Text(arguments) => text::run(arguments),
        Verb::Search(arguments) => search::run(arguments),
        Verb::All(everything) => everything.run(),
    }
}
