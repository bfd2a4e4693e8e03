//! What a published or an installed list says of itself; and whose copy a leaked one was.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use lachan::hash::KnownList;
use serde_json::{Value, json};

use super::publication::Publication;
use super::{Failure, canaries};
use crate::device;

#[derive(Args)]
pub struct Arguments {
    /// A publisher's folder or an installed list
    folder: PathBuf,
    /// The key that an installed list was installed with; its device.key where none is given
    #[arg(long, value_name = "FILE")]
    device_key: Option<PathBuf>,
    /// Hashes from a leaked copy, one a line: whose canaries are among them?
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<Value, Failure> {
    if arguments.folder.join("public").is_dir() { published(arguments) } else { installed(arguments) }
}

fn published(arguments: &Arguments) -> Result<Value, Failure> {
    let publication = Publication::open(&arguments.folder)?;
    let root = publication.root()?;
    let snapshot = publication.snapshot()?;
    let mut report = json!({
        "root": root.as_ref().map(|root| json!({"list": root.list, "version": root.version, "expires": root.expires,
            "two_parties": root.roles.second.is_some()})),
        "snapshot": snapshot,
    });
    if let Some(file) = &arguments.trace {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        report["canaries"] = canaries::trace(&publication, &text)?;
    }
    Ok(report)
}

fn installed(arguments: &Arguments) -> Result<Value, Failure> {
    let key = device::key(&arguments.folder, arguments.device_key.as_deref())?;
    let now = device::now();
    let list = KnownList::open(&arguments.folder, &key, now).map_err(|error| error.to_string())?;
    let (pdq, exact) = list.counts();
    Ok(json!({"list": list.name(), "version": list.version(), "pdq": pdq, "exact": exact,
        "indexed": list.is_indexed(), "stale": list.is_stale(now)}))
}
