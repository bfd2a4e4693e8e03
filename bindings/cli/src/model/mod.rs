//! `lachan model`: signed bundles of networks.

#[cfg(feature = "pack")]
mod gelu;
#[cfg(feature = "pack")]
mod pack;
mod pack_text;
mod signing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use lachan::engine::{Model, ModelError, default_engine};
use lachan::trust::{Bundle, DocumentKind};

use crate::common::Trust;
use crate::exit;

#[derive(Subcommand)]
pub enum Verb {
    /// Turn an ONNX file and its manifest into a signed bundle
    #[cfg(feature = "pack")]
    Pack(pack::Arguments),
    /// Turn trained text weights into a signed bundle
    PackText(pack_text::Arguments),
    /// Check the signature and every member's digest
    Verify(Folders),
    /// Run every golden tensor
    SelfTest(Folders),
    /// Print the manifest as JSON
    Show(Folders),
}

#[derive(Args)]
pub struct Folders {
    /// Folders of bundles
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

pub fn run(verb: &Verb) -> ExitCode {
    match verb {
        #[cfg(feature = "pack")]
        Verb::Pack(arguments) => pack::run(arguments),
        Verb::PackText(arguments) => pack_text::run(arguments),
        Verb::Verify(bundles) => each(bundles, |bundle| Ok(bundle.verify_members()?), "verified"),
        Verb::SelfTest(bundles) => {
            each(bundles, |bundle| Model::load(bundle, default_engine().as_ref())?.self_test(), "passes its self-test")
        }
        Verb::Show(bundles) => each(
            bundles,
            |bundle| {
                println!("{}", serde_json::json!(bundle.manifest()));
                Ok(())
            },
            "shown",
        ),
    }
}

fn each(bundles: &Folders, act: impl Fn(&Bundle) -> Result<(), ModelError>, done: &str) -> ExitCode {
    let role = match bundles.trust.role() {
        Ok(role) => role,
        Err(error) => return exit::failed(error),
    };
    let open = |folder: &Path| Bundle::open(folder, DocumentKind::Model, &role).map_err(ModelError::from);
    let mut failed = false;
    for folder in &bundles.folders {
        match open(folder).and_then(|bundle| act(&bundle).map(|()| bundle)) {
            Ok(bundle) => {
                let manifest = bundle.manifest();
                eprintln!("{}: {} version {} {done}", folder.display(), manifest.name, manifest.version);
            }
            Err(error) => {
                failed = true;
                eprintln!("{}: {error}", folder.display());
            }
        }
    }
    if failed { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS }
}
