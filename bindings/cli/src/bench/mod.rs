//! `lachan bench`: how long each part takes on this machine, as a table or JSON.

mod image;
mod memory;
mod table;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum Verb {
    /// Decoding, the networks, the whole check, cold start and peak memory
    Image(image::Arguments),
}

pub fn run(verb: &Verb) -> ExitCode {
    match verb {
        Verb::Image(arguments) => image::run(arguments),
    }
}
