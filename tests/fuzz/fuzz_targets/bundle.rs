//! Any text as a signed bundle's manifest and, after a zero byte, any bytes as its member: never more than what was signed, and no model that
//! fails its self-test.
#![no_main]

use std::fs;

use lachan::engine::{Engine, EngineError, Model, Network};
use lachan::text::TextModel;
use lachan::trust::{Bundle, BundleStore, DocumentKind, MANIFEST_FILE, Role, SecretKey, Signed, sha256_hex};
use libfuzzer_sys::fuzz_target;

/// A network that answers with its weights.
struct Echo(Vec<f32>);

impl Network for Echo {
    fn run(&self, _: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        Ok(self.0.clone())
    }
}

struct EchoEngine;

impl Engine for EchoEngine {
    fn load(&self, _: &[u8], weights: &[u8], shape: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        assert!(shape.iter().product::<usize>() <= 1 << 24, "a shape that no bundle may ask for");
        Ok(Box::new(Echo(weights.iter().map(|byte| f32::from(*byte) / 255.0).collect())))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let split = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (manifest, member) = (&bytes[..split], bytes.get(split + 1..).unwrap_or_default());
    let Ok(manifest) = std::str::from_utf8(manifest) else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir_all(&source).unwrap();
    // The member's true digest may stand in the manifest by a word that the fuzzer can write.
    let digest = sha256_hex(member);
    let manifest = manifest.replace("DIGEST", &digest).replace("BYTES", &member.len().to_string());
    fs::write(source.join(&digest), member).unwrap();
    let mut envelope = Signed::new(manifest);
    envelope.sign(DocumentKind::Model, &SecretKey::development().unwrap());
    fs::write(source.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();

    let role = Role::development().unwrap();
    let Ok(bundle) = Bundle::open(&source, DocumentKind::Model, &role) else { return };
    if bundle.verify_members().is_ok() {
        assert!(bundle.manifest().members.values().all(|listed| listed.sha256.eq_ignore_ascii_case(&digest)));
    }
    if let Ok(model) = Model::load(&bundle, &EchoEngine) {
        let _ = model.self_test();
        let tensor = vec![0.5; model.card().preprocessing.shape().iter().product()];
        assert!(model.scores(tensor).is_ok_and(|scores| scores.iter().all(|score| score.is_finite())));
    }
    let _ = TextModel::load(&bundle);
    let store = BundleStore::new(&folder.path().join("store"), DocumentKind::Model, &bundle.manifest().name, role);
    if let Ok(version) = store.install(&source) {
        assert_eq!(store.newest(), Some(version));
    }
});
