//! A published list on the receiving side: verified, or installed.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use lachan::hash::list::{FolderSource, InstallOptions, ListStore, Outcome, RealFiles, verify};
use serde_json::{Value, json};

use super::Failure;
use crate::device::{self, Clock};
use crate::progress::Progress;

#[derive(Args)]
pub struct VerifyArguments {
    /// The published folder
    from: PathBuf,
    /// The root document that is trusted
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    #[command(flatten)]
    clock: Clock,
}

pub fn verify_published(arguments: &VerifyArguments) -> Result<Value, Failure> {
    let root = fs::read(&arguments.root).map_err(|error| format!("{}: {error}", arguments.root.display()))?;
    let source = FolderSource::new(&arguments.from);
    let now = arguments.clock.now();
    let update = verify(&source, &root, now).map_err(|error| error.to_string())?;
    let progress = Progress::counted("verifying segments", update.snapshot().segments.len() as u64);
    let mut bytes = 0;
    for entry in &update.snapshot().segments {
        bytes += update.segment(&source, entry).map_err(|error| format!("{}: {error}", entry.sha256))?.len();
        progress.add(1);
    }
    progress.done();
    Ok(json!({"list": update.snapshot().list, "version": update.snapshot().version, "verified": true,
        "segments": update.snapshot().segments.len(), "bytes": bytes, "expires": update.timestamp().expires}))
}

#[derive(Args)]
pub struct InstallArguments {
    /// The published folder
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Where to install, or what to update
    #[arg(long, value_name = "DIR")]
    list: PathBuf,
    /// The root document that comes with the app
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Encrypt the installed list instead of mapping it
    #[arg(long)]
    sealed: bool,
    /// The phone's key; LIST/device.key is made where none is given
    #[arg(long, value_name = "FILE")]
    device_key: Option<PathBuf>,
    #[command(flatten)]
    clock: Clock,
}

pub fn install(arguments: &InstallArguments) -> Result<Value, Failure> {
    let root = fs::read(&arguments.root).map_err(|error| format!("{}: {error}", arguments.root.display()))?;
    let key = device::key_or_new(&arguments.list, arguments.device_key.as_deref())?;
    let options = if arguments.sealed { InstallOptions::sealed(device::random()?) } else { InstallOptions::mapped() };
    let progress = Progress::open("installing");
    let outcome = ListStore::new(&arguments.list, &key)
        .update(&FolderSource::new(&arguments.from), &root, arguments.clock.now(), &options, &mut RealFiles)
        .map_err(|error| error.to_string())?;
    progress.done();
    Ok(match outcome {
        Outcome::Installed(version) => json!({"installed": version, "changed": true}),
        Outcome::Refreshed(version) => json!({"installed": version, "changed": false}),
    })
}
