//! Writes the Kotlin that calls `liblachan.so`: `lachan-bindgen LIBRARY CONFIG OUT`.
//!
//! The library must still have its symbols, so it is the debug build of this machine; the Kotlin is the same for every
//! ABI.

use std::process::ExitCode;

use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

/// Where the one crate with a configuration has it.
struct OneConfig(String);

impl BindgenPathsLayer for OneConfig {
    fn get_config_path(&self, _: &str) -> Option<camino::Utf8PathBuf> {
        Some(self.0.clone().into())
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, config, out] = arguments.as_slice() else {
        eprintln!("usage: lachan-bindgen LIBRARY CONFIG OUT");
        return ExitCode::from(2);
    };
    let options = GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.into(),
        out_dir: out.into(),
        ..GenerateOptions::default()
    };
    let mut paths = BindgenPaths::default();
    paths.add_layer(OneConfig(config.clone()));
    match generate_with_bindgen_paths(options, paths) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lachan-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
