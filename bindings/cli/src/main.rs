//! The `lachan` command: the same core as on the phone, from a terminal.
//!
//! Each subcommand is a module of its own with an `Arguments` type and a `run` that returns the exit status.

mod exit;
mod text_features;

use clap::{Parser, Subcommand};

/// Protection for children, on the device itself.
#[derive(Parser)]
#[command(name = "lachan", version, about)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    #[command(hide = true)]
    TextFeatures(text_features::Arguments),
}

fn main() -> std::process::ExitCode {
    match Command::parse().verb {
        Verb::TextFeatures(arguments) => text_features::run(&arguments),
    }
}
