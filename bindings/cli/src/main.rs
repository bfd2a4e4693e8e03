//! The `lachan` command: the same core as on the phone, from a terminal.
//!
//! Each subcommand is a module of its own with an `Arguments` type and a `run` that returns the exit status.

mod exit;

use clap::{Parser, Subcommand};

/// Protection for children, on the device itself.
#[derive(Parser)]
#[command(name = "lachan", version, about)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {}

fn main() -> std::process::ExitCode {
    match Command::parse().verb {}
}
