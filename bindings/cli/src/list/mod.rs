//! `lachan list ...`: the publisher's side of a known list, and its installation on a desk.
//!
//! ```text
//! DIR/public/    root.N.json, snapshot.N.json, timestamp.json, <sha256>.segment: what is given out
//! DIR/private/   provenance, refusals, entries, canaries: what stays with the publisher
//! ```

mod benign;
mod build;
mod canaries;
pub mod import;
mod install;
pub mod keys;
mod near_duplicates;
pub mod publication;
mod show;
mod sign;
mod sorter;

use std::process::ExitCode;

use clap::Subcommand;

use crate::exit;

/// What failed, for a person to read.
type Failure = String;

#[derive(Subcommand)]
pub enum Verb {
    /// Make an Ed25519 key of a signer
    Key(keys::KeyArguments),
    /// Make the first or the next root document: who may sign what
    Root(keys::RootArguments),
    /// Sign an agency's file, so that a publisher can tell that it is theirs
    Endorse(keys::EndorseArguments),
    /// Build a list from the files of several agencies
    Build(build::BuildArguments),
    /// Add to a list and remove from it, in small segments
    Delta(build::DeltaArguments),
    /// Sign the newest root or snapshot, or issue a timestamp
    Sign(sign::Arguments),
    /// Verify a published list as a phone would
    Verify(install::VerifyArguments),
    /// Install or update a list from a published folder
    Install(install::InstallArguments),
    /// Show a published or an installed list
    Show(show::Arguments),
}

pub fn run(verb: &Verb) -> ExitCode {
    let outcome = match verb {
        Verb::Key(arguments) => keys::key(arguments),
        Verb::Root(arguments) => keys::root(arguments),
        Verb::Endorse(arguments) => keys::endorse(arguments),
        Verb::Build(arguments) => build::build(arguments),
        Verb::Delta(arguments) => build::delta(arguments),
        Verb::Sign(arguments) => sign::run(arguments),
        Verb::Verify(arguments) => install::verify_published(arguments),
        Verb::Install(arguments) => install::install(arguments),
        Verb::Show(arguments) => show::run(arguments),
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => exit::failed(error),
    }
}
