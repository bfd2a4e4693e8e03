//! `lachan model pack-text`: trained text weights become a signed bundle.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use lachan::text::TextModel;
use lachan::trust::{Bundle, DocumentKind, MANIFEST_FILE, Role, SecretKey};
use serde::Deserialize;

use crate::exit;

#[derive(Args)]
pub struct Arguments {
    /// The weights that `make train-text` wrote
    weights: PathBuf,
    /// The manifest: name, version and body
    manifest: PathBuf,
    /// Folder of the bundle to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// File with the 32-byte seed of the signing key; the development key where none is given
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
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
        Err(error) => exit::failed(format_args!("{}: {error}", arguments.manifest.display())),
    }
}

fn build(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let source: Source = serde_json::from_slice(&std::fs::read(&arguments.manifest)?)?;
    let weights = std::fs::read(&arguments.weights)?;
    let size = weights.len();
    let key = match &arguments.key_file {
        Some(file) => {
            let seed: [u8; 32] = std::fs::read(file)?.try_into().map_err(|_| "a key file holds exactly 32 bytes")?;
            SecretKey::from_seed(&seed)?
        }
        None => SecretKey::development()?,
    };
    let _ = std::fs::remove_dir_all(&arguments.out);
    let members = BTreeMap::from([("weights".to_owned(), weights)]);
    let mut envelope = Bundle::write(&arguments.out, &source.name, source.version, &members, source.body)?;
    envelope.sign(DocumentKind::Model, &key);
    std::fs::write(arguments.out.join(MANIFEST_FILE), envelope.to_json()?)?;

    // A bundle that would be refused on the phone is refused here.
    let bundle = Bundle::open(&arguments.out, DocumentKind::Model, &Role::single(key.public()))?;
    TextModel::load(&bundle)?;
    eprintln!("{}: {} version {} packed, {} kB", arguments.out.display(), source.name, source.version, size / 1000);
    Ok(())
}
