//! `lachan model pack-text`: trained text weights become a signed bundle.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use lachan::text::TextModel;
use serde::Deserialize;

use super::signing::Packing;
use crate::exit;

#[derive(Args)]
pub struct Arguments {
    /// The weights that `make train-text` wrote
    weights: PathBuf,
    #[command(flatten)]
    packing: Packing,
}

#[derive(Deserialize)]
struct Source {
    name: String,
    version: u64,
    body: serde_json::Value,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    match build(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(format_args!("{}: {error}", arguments.packing.manifest.display())),
    }
}

fn build(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let packing = &arguments.packing;
    let source: Source = packing.read_manifest()?;
    let weights = std::fs::read(&arguments.weights)?;
    let size = weights.len();
    let members = BTreeMap::from([("weights".to_owned(), weights)]);
    let bundle = packing.write(&source.name, source.version, &members, source.body)?;
    // A bundle that would be refused on the phone is refused here.
    TextModel::load(&bundle)?;
    eprintln!("{}: {} version {} packed, {} kB", packing.out.display(), source.name, source.version, size / 1000);
    Ok(())
}
