//! `lachan bench ...`: what a check costs on this machine.

mod hash;
mod measure;
mod search;

use std::process::ExitCode;

use clap::Subcommand;

use crate::exit;

#[derive(Subcommand)]
pub enum Verb {
    /// A picture from its bytes to everything that is searched for
    Hash(hash::Arguments),
    /// A query in a list of so many entries
    Search(search::Arguments),
}

pub fn run(verb: &Verb) -> ExitCode {
    let outcome = match verb {
        Verb::Hash(arguments) => hash::run(arguments),
        Verb::Search(arguments) => search::run(arguments),
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => exit::failed(error),
    }
}
