//! `lachan model pack-text`: trained text weights become a signed bundle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use lachan::text::TextModel;
use serde::Deserialize;

use super::signing::Packing;

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
    arguments.packing.run(|packing| build(&arguments.weights, packing))
}

fn build(weights: &Path, packing: &Packing) -> Result<(), Box<dyn std::error::Error>> {
    let source: Source = packing.read_manifest()?;
    let weights = std::fs::read(weights)?;
    let size = weights.len();
    let members = BTreeMap::from([("weights".to_owned(), weights)]);
    let bundle = packing.write(&source.name, source.version, &members, source.body)?;
    // A bundle that would be refused on the phone is refused here.
    TextModel::load(&bundle)?;
    eprintln!("{}: {} version {} packed, {} kB", packing.out.display(), source.name, source.version, size / 1000);
    Ok(())
}
