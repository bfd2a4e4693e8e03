//! What packing any model has in common: a manifest in, a signed bundle out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use lachan::trust::{Bundle, DocumentKind, MANIFEST_FILE, Role, SecretKey};
use serde::de::DeserializeOwned;

use crate::{device, exit};

/// Arguments of every `pack`.
#[derive(Args)]
pub struct Packing {
    /// The manifest: name, version, encoding where there is a choice, and body
    pub manifest: PathBuf,
    /// Folder of the bundle to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// File of the signing key, as `lachan list key` writes it; the development key where none is given
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Packing {
    /// Packs by `build`, and gives the exit status of the command.
    pub fn run(&self, build: impl FnOnce(&Self) -> Result<(), Box<dyn std::error::Error>>) -> ExitCode {
        match build(self) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => exit::failed(format_args!("{}: {error}", self.manifest.display())),
        }
    }

    pub fn read_manifest<T: DeserializeOwned>(&self) -> Result<T, Box<dyn std::error::Error>> {
        Ok(serde_json::from_slice(&std::fs::read(&self.manifest)?)?)
    }

    /// Writes the bundle in place of what was there, and opens it as a phone would.
    pub fn write(
        &self,
        name: &str,
        version: u64,
        members: &BTreeMap<String, Vec<u8>>,
        body: serde_json::Value,
    ) -> Result<Bundle, Box<dyn std::error::Error>> {
        let key = self.key()?;
        let _ = std::fs::remove_dir_all(&self.out);
        let mut envelope = Bundle::write(&self.out, name, version, members, body)?;
        envelope.sign(DocumentKind::Model, &key);
        std::fs::write(self.out.join(MANIFEST_FILE), envelope.to_json()?)?;
        Ok(Bundle::open(&self.out, DocumentKind::Model, &Role::single(key.public()))?)
    }

    fn key(&self) -> Result<SecretKey, Box<dyn std::error::Error>> {
        let Some(file) = &self.key_file else { return Ok(SecretKey::development()?) };
        Ok(SecretKey::from_seed(&device::read_secret(file)?)?)
    }
}
