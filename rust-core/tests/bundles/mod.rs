//! Bundles of picture models whose networks a test makes up, signed by the development key.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lachan::trust::{Bundle, DocumentKind, MANIFEST_FILE, SecretKey, Signed};
use serde_json::json;

/// Writes the bundle of one of the two picture models; `golden` are the scores that its network gives the first pattern.
pub fn pack(folder: &Path, name: &str, version: u64, graph: &[u8], golden: &[f32]) {
    let outputs: &[&str] = if name == "owen-s" { &["nsfl", "nsfw", "sfw"] } else { &["sfw", "nsfw"] };
    pack_naming(outputs, folder, name, version, graph, golden);
}

/// The same with outputs of other names.
pub fn pack_naming(outputs: &[&str], folder: &Path, name: &str, version: u64, graph: &[u8], golden: &[f32]) {
    let first = name == "owen-s";
    let threshold = |value: f32| json!({"value": value, "evidence": "a test"});
    let body = json!({
        "licence": "MIT", "origin": "a test", "origin_sha256": "",
        "preprocessing": {"geometry": "squash", "colours": "rgb", "layout": "nchw", "means": [0, 0, 0]},
        "outputs": outputs,
        "thresholds": if first {
            json!({
                "clear_below": threshold(0.44),
                "alone": threshold(0.9),
                "alone_on_part": threshold(0.92),
                "gore": threshold(0.6),
            })
        } else {
            json!({"agreement": threshold(0.72), "certain": threshold(0.85)})
        },
        "goldens": [{"pattern": "waves", "scores": golden, "tolerance": 0.001}],
    });
    let members = BTreeMap::from([("graph".to_owned(), graph.to_vec()), ("weights".to_owned(), vec![version as u8])]);
    sign(folder, Bundle::write(folder, name, version, &members, body).unwrap(), &SecretKey::development().unwrap());
}

/// Signs the envelope of a model and puts it beside its members.
pub fn sign(folder: &Path, mut envelope: Signed, key: &SecretKey) {
    envelope.sign(DocumentKind::Model, key);
    fs::write(folder.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
}
