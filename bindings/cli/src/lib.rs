//! The `lachan` command: the same core as on the phone, from a terminal.
//!
//! Each subcommand is a module of its own with an `Arguments` type and a `run` that returns the exit status. Machine
//! output is JSON lines on standard output; people's output and progress go to standard error.

mod bench;
mod chat;
mod check;
mod common;
mod device;
pub mod doors;
mod exit;
mod hash;
mod json_lines;
mod list;
mod marker;
mod match_files;
mod model;
mod policy;
mod progress;
mod talk;
mod text;
mod text_features;
mod words;

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
    /// Measure the parts on this machine
    #[command(subcommand)]
    Bench(bench::Verb),
    /// Follow conversations, a line each, and tell when a child would be warned
    Chat(chat::Arguments),
    /// Check pictures and animations
    Check(check::Arguments),
    /// PDQ of pictures, and exact digests of any file
    Hash(hash::Arguments),
    /// Build, sign, verify, install and show known lists
    #[command(subcommand)]
    List(list::Verb),
    /// Match files with an installed list
    Match(match_files::Arguments),
    /// Draw a test marker, which test mode takes for a finding
    Marker(marker::Arguments),
    /// Pack, verify, test and show model bundles
    #[command(subcommand)]
    Model(model::Verb),
    /// Type both sides of a conversation and see the warning come
    Talk(talk::Arguments),
    /// What single messages say, a line each
    Text(text::Arguments),
    #[command(hide = true)]
    TextFeatures(text_features::Arguments),
    /// Make, sign, show and verify policies
    #[command(subcommand)]
    Policy(policy::Verb),
}

/// Runs the command that the process was called with.
pub fn run() -> std::process::ExitCode {
    match Command::parse().verb {
        Verb::Bench(verb) => bench::run(&verb),
        Verb::Chat(arguments) => chat::run(&arguments),
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Hash(arguments) => hash::run(&arguments),
        Verb::List(verb) => list::run(&verb),
        Verb::Match(arguments) => match_files::run(&arguments),
        Verb::Marker(arguments) => marker::run(&arguments),
        Verb::Model(verb) => model::run(&verb),
        Verb::Talk(arguments) => talk::run(&arguments),
        Verb::Text(arguments) => text::run(&arguments),
        Verb::TextFeatures(arguments) => text_features::run(&arguments),
        Verb::Policy(verb) => policy::run(&verb),
    }
}
