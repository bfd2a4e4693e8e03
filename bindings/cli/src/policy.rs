//! `lachan policy ...`: policies from a terminal, as a guardian's companion or a school makes them.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use lachan::family::packet::{self, PacketError, PacketKind};
use lachan::policy::{DAY, Issuer, PolicyBook, PolicyDocument, Rules};
use lachan::trust::{DocumentKind, PublicKey, Signed};
use lachan::verdict::{FindingKind, Reveal};
use serde_json::{Value, json};

use crate::common::{Age, Level};
use crate::device::Clock;
use crate::exit;
use crate::list::keys::read_key;
use crate::list::publication::write_envelope;

/// What failed, for a person to read.
type Failure = String;

#[derive(Subcommand)]
pub enum Verb {
    /// Write a policy that is not signed yet
    New(NewArguments),
    /// Sign a policy
    Sign(SignArguments),
    /// Show what a policy says, without believing it
    Show(ShowArguments),
    /// Verify a policy as a phone would
    Verify(VerifyArguments),
}

#[derive(ValueEnum, Debug, Clone, Copy)]
pub enum Kind {
    Nudity,
    Gore,
    Grooming,
    KnownImage,
    PersonalInfo,
}

impl From<Kind> for FindingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Nudity => Self::Nudity,
            Kind::Gore => Self::Gore,
            Kind::Grooming => Self::Grooming,
            Kind::KnownImage => Self::KnownImage,
            Kind::PersonalInfo => Self::PersonalInfo,
        }
    }
}

#[derive(ValueEnum, Debug, Clone, Copy)]
enum LeastReveal {
    Freely,
    AfterConfirming,
    WithGuardian,
    Never,
}

#[derive(Args)]
pub struct NewArguments {
    /// Public key of the child's phone (64 hex digits): a guardian's policy
    #[arg(long, value_name = "HEX", conflicts_with = "school", required_unless_present = "school")]
    phone: Option<String>,
    /// A school's policy, for all phones that follow it
    #[arg(long)]
    school: bool,
    /// Higher than that of every policy before it
    #[arg(long, value_name = "N")]
    version: u64,
    /// How much is done
    #[arg(long, value_enum, default_value = "guided")]
    protection: Level,
    /// Treat the child as of this band or younger, whatever its birthday
    #[arg(long, value_enum, default_value = "adult")]
    age_at_most: Age,
    /// Look for this as well
    #[arg(long, value_enum, value_name = "KIND")]
    check: Vec<Kind>,
    /// Do not look for this
    #[arg(long, value_enum, value_name = "KIND")]
    no_check: Vec<Kind>,
    /// The least that looking behind a picture's warning takes
    #[arg(long, value_enum, default_value = "freely")]
    reveal_at_least: LeastReveal,
    /// A guardian may not say yes with its PIN
    #[arg(long)]
    no_pin: bool,
    /// A guardian may not say yes from its companion
    #[arg(long)]
    no_companion: bool,
    /// The child may have no list of trusted peers
    #[arg(long)]
    no_child_list: bool,
    /// Offer no lessons
    #[arg(long)]
    no_lessons: bool,
    /// Weekly counts may be shared, if the child agrees
    #[arg(long)]
    share_counts: bool,
    /// A school's policy ends after so many days
    #[arg(long, requires = "school", value_name = "N")]
    days: Option<u64>,
    #[command(flatten)]
    clock: Clock,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args)]
pub struct SignArguments {
    /// The policy
    file: PathBuf,
    /// The issuer's secret key, as `lachan list key` writes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Give the packet for a QR code or a link as well
    #[arg(long)]
    packet: bool,
}

#[derive(Args)]
pub struct ShowArguments {
    /// The policy: an envelope, or a file with a packet in it
    file: PathBuf,
}

#[derive(Args)]
pub struct VerifyArguments {
    /// The policy: an envelope, or a file with a packet in it
    file: PathBuf,
    /// Public key of the guardian or school
    #[arg(long, value_name = "HEX")]
    key: String,
    /// Public key of the child's phone
    #[arg(long, value_name = "HEX")]
    phone: String,
    /// The key is a school's
    #[arg(long)]
    school: bool,
    /// The policy that is in force now, from the same signer
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    #[command(flatten)]
    clock: Clock,
}

pub fn run(verb: &Verb) -> ExitCode {
    let outcome = match verb {
        Verb::New(arguments) => new(arguments),
        Verb::Sign(arguments) => sign(arguments),
        Verb::Show(arguments) => show(arguments),
        Verb::Verify(arguments) => verify(arguments),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(failure) => exit::failed(failure),
    }
}

fn new(arguments: &NewArguments) -> Result<Value, Failure> {
    let mut rules = Rules::new(arguments.protection.into());
    rules.age_at_most = arguments.age_at_most.into();
    for (kinds, looked_for) in [(&arguments.check, true), (&arguments.no_check, false)] {
        kinds.iter().for_each(|kind| rules.checks.set((*kind).into(), looked_for));
    }
    rules.reveal.at_least = match arguments.reveal_at_least {
        LeastReveal::Freely => Reveal::Freely,
        LeastReveal::AfterConfirming => Reveal::AfterConfirming,
        LeastReveal::WithGuardian => Reveal::WithGuardian,
        LeastReveal::Never => Reveal::Never,
    };
    rules.reveal.pin = !arguments.no_pin;
    rules.reveal.companion = !arguments.no_companion;
    rules.quiet.child_may_add = !arguments.no_child_list;
    rules.lessons = !arguments.no_lessons;
    rules.share_counts = arguments.share_counts;
    let issued = arguments.clock.now();
    let document = match &arguments.phone {
        Some(phone) => PolicyDocument::of_guardian(public_key(phone)?, arguments.version, issued, rules),
        None => {
            let expires = arguments.days.map(|days| issued.saturating_add(days.saturating_mul(DAY)));
            PolicyDocument::of_school(arguments.version, issued, expires, rules)
        }
    };
    let envelope = document.envelope().map_err(|error| error.to_string())?;
    write_envelope(&arguments.out, &envelope)?;
    Ok(json!({"policy": arguments.out, "document": document}))
}

fn sign(arguments: &SignArguments) -> Result<Value, Failure> {
    let mut envelope = read(&arguments.file)?;
    parse(&arguments.file, &envelope)?;
    let key = read_key(&arguments.key)?;
    envelope.sign(DocumentKind::Policy, &key);
    write_envelope(&arguments.file, &envelope)?;
    let mut line = json!({"signed": arguments.file, "public": key.public().to_hex()});
    if arguments.packet {
        line["packet"] = packet::pack(PacketKind::Policy, &envelope).map_err(|error| error.to_string())?.into();
    }
    Ok(line)
}

fn show(arguments: &ShowArguments) -> Result<Value, Failure> {
    let envelope = read(&arguments.file)?;
    let document = parse(&arguments.file, &envelope)?;
    Ok(json!({"document": document, "signed_by": envelope.signers(), "verified": false}))
}

/// A phone that follows one signer, and perhaps has its earlier policy, is offered this one.
fn verify(arguments: &VerifyArguments) -> Result<Value, Failure> {
    let (key, phone) = (public_key(&arguments.key)?, public_key(&arguments.phone)?);
    let issuer = if arguments.school { Issuer::School } else { Issuer::Guardian };
    let now = arguments.clock.now();
    let mut book = PolicyBook::new(phone);
    book.follow(key, issuer, None).map_err(|error| error.to_string())?;
    for file in arguments.after.iter().chain([&arguments.file]) {
        let envelope = read(file)?;
        book.accept(&envelope, now, now).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let document = parse(&arguments.file, &read(&arguments.file)?)?;
    Ok(json!({"verified": true, "version": document.version(), "rules": document.rules()}))
}

fn parse(file: &std::path::Path, envelope: &Signed) -> Result<PolicyDocument, Failure> {
    PolicyDocument::parse(envelope.unverified_payload()).map_err(|error| format!("{}: {error}", file.display()))
}

/// An envelope, or a packet in a file.
fn read(file: &std::path::Path) -> Result<Signed, Failure> {
    let describe = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let bytes = fs::read(file).map_err(|error| describe(&error))?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    match packet::unpack(PacketKind::Policy, text) {
        Err(PacketError::NotAPacket | PacketError::TooLong) => {
            Signed::from_json(&bytes).map_err(|error| describe(&error))
        }
        envelope => envelope.map_err(|error| describe(&error)),
    }
}

fn public_key(text: &str) -> Result<PublicKey, Failure> {
    PublicKey::from_hex(text).map_err(|_| "a public key is 64 hex digits".to_owned())
}
