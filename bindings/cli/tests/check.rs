//! `lachan check`, `marker` and `model` through the door that people use: the built command and the real models.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn lachan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lachan")).args(arguments).output().unwrap()
}

/// The bundles that `make models` builds. Without them these tests would prove nothing, so they fail.
fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/built");
    assert!(folder.join("owen-s/bundle.json").exists(), "run `make models` first");
    folder
}

fn check(arguments: &[&str]) -> (Vec<Value>, i32) {
    let models = models();
    let output = lachan(&[&["check", "--json", "--models", models.to_str().unwrap()], arguments].concat());
    let lines = String::from_utf8(output.stdout).unwrap();
    (lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect(), output.status.code().unwrap())
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn photo(folder: &Path) -> String {
    let path = folder.join("photo.png");
    let picture = image::RgbImage::from_fn(300, 200, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, ((x + y) % 256) as u8])
    });
    picture.save(&path).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn each_file_gets_a_line_and_the_status_says_whether_all_were_checked() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo(folder.path());
    let text = folder.path().join("letter.jpg");
    std::fs::write(&text, "xin chào").unwrap();
    let (lines, status) = check(&[&photo, text.to_str().unwrap(), "no/such/file.png"]);
    assert_eq!(status, 3);
    assert_eq!(lines[0]["verdict"], "clear");
    assert_eq!((lines[0]["width"].as_u64(), lines[0]["height"].as_u64()), (Some(300), Some(200)));
    assert!(lines[0]["scores"]["owen-s"].as_f64().unwrap() < 0.44);
    assert_eq!((&lines[1]["verdict"], &lines[1]["reason"]), (&"not_checked".into(), &"unsupported_format".into()));
    assert_eq!((&lines[2]["verdict"], &lines[2]["reason"]), (&"not_checked".into(), &"unreadable".into()));
    assert_eq!(check(&[&photo]).1, 0);
}

#[test]
fn the_same_picture_gets_the_same_scores_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo(folder.path());
    let (lines, _) = check(&[&photo, &photo, &photo]);
    assert_eq!(lines[0]["scores"], lines[1]["scores"]);
    assert_eq!(lines[0]["scores"], lines[2]["scores"]);
    assert_eq!(check(&[&photo]).0[0]["scores"], lines[0]["scores"]);
}

#[test]
fn the_marker_makes_a_warning_in_test_mode_and_none_without() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("marker.png");
    let marker = marker.to_str().unwrap();
    assert!(lachan(&["marker", "nudity", marker]).status.success());
    let (lines, status) = check(&[marker, "--test-mode"]);
    assert_eq!(status, 0);
    assert_eq!((&lines[0]["verdict"], &lines[0]["action"]), (&"concern".into(), &"interrupt".into()));
    assert_eq!(lines[0]["findings"][0]["kind"], "nudity");
    assert_eq!(check(&[marker]).0[0]["verdict"], "clear");
    let (lines, _) = check(&[marker, "--test-mode", "--age", "13-15"]);
    assert_eq!(lines[0]["action"], "blur");
    let (lines, status) = check(&[marker, "--test-mode", "--protection", "off"]);
    assert_eq!((&lines[0]["reason"], status), (&"policy_off".into(), 3));
}

#[test]
fn a_spoiled_bundle_is_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo(folder.path());
    let bundle = folder.path().join("models/owen-s");
    copied(&models().join("owen-s"), &bundle);
    let manifest = bundle.join("bundle.json");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    let largest =
        std::fs::read_dir(&bundle).unwrap().map(|e| e.unwrap()).max_by_key(|e| e.metadata().unwrap().len()).unwrap();

    let verdict = || {
        let output = lachan(&["check", "--json", "--models", folder.path().join("models").to_str().unwrap(), &photo]);
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        (line["verdict"].clone(), line["reason"].clone())
    };
    assert_eq!(verdict().0, "clear", "whole");

    // One bit of the weights.
    let mut weights = std::fs::read(largest.path()).unwrap();
    let middle = weights.len() / 2;
    weights[middle] ^= 1;
    std::fs::write(largest.path(), &weights).unwrap();
    assert_eq!(verdict(), ("not_checked".into(), "model_unavailable".into()), "a digest that differs");
    weights[middle] ^= 1;
    std::fs::write(largest.path(), &weights).unwrap();

    // A threshold, without the key to sign it.
    let loosened = whole.replacen("0.44", "0.99", 1);
    assert_ne!(loosened, whole);
    std::fs::write(&manifest, loosened).unwrap();
    assert_eq!(verdict(), ("not_checked".into(), "model_unavailable".into()), "a signature that does not fit");

    // A golden score that the network does not give, rightly signed: the self-test must notice.
    let mut envelope: Value = serde_json::from_str(&whole).unwrap();
    let mut body: Value = serde_json::from_str(envelope["signed"].as_str().unwrap()).unwrap();
    body["body"]["goldens"][0]["scores"] = serde_json::json!([0.9, 0.05, 0.05]);
    let mut signed = lachan::trust::Signed::new(body.to_string());
    signed.sign(lachan::trust::DocumentKind::Model, &lachan::trust::SecretKey::development().unwrap());
    std::fs::write(&manifest, signed.to_json().unwrap()).unwrap();
    assert_eq!(verdict(), ("not_checked".into(), "model_unavailable".into()), "a self-test that fails");

    envelope["signatures"] = serde_json::json!([]);
    std::fs::write(&manifest, envelope.to_string()).unwrap();
    assert_eq!(verdict(), ("not_checked".into(), "model_unavailable".into()), "no signature");
}

#[test]
fn a_bundle_of_a_publisher_needs_the_publishers_key() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let made = lachan(&["list", "key", "--out", &at("publisher.key")]);
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let public = made["public"].as_str().unwrap();
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/text");
    let (weights, manifest) = (text.join("weights/text.weights"), text.join("manifest.json"));
    let (weights, manifest) = (weights.to_str().unwrap(), manifest.to_str().unwrap());
    let pack = |key: &str| lachan(&["model", "pack-text", weights, manifest, "--out", &at("text"), "--key-file", key]);
    assert!(pack(&at("publisher.key")).status.success());
    assert!(lachan(&["model", "verify", &at("text"), "--key", public]).status.success());
    assert!(!lachan(&["model", "verify", &at("text")]).status.success(), "the development key did not sign it");
    std::fs::write(folder.path().join("short.key"), "00ff").unwrap();
    assert!(!pack(&at("short.key")).status.success());
}

#[test]
fn bundles_verify_and_pass_their_self_tests() {
    let models = models();
    for verb in ["verify", "self-test", "show"] {
        for name in ["owen-s", "open-nsfw"] {
            let output = lachan(&["model", verb, models.join(name).to_str().unwrap()]);
            assert!(output.status.success(), "{verb} {name}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    let stranger = "00".repeat(32);
    let output = lachan(&["model", "verify", "--key", &stranger, models.join("owen-s").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "another key is not trusted");
}

/// Asking the second model later than this could change no verdict: the two manifests must fit together.
#[test]
fn the_first_model_clears_only_what_the_second_could_not_accuse() {
    let threshold = |model: &str, name: &str| {
        let output = lachan(&["model", "show", models().join(model).to_str().unwrap()]);
        let manifest: Value = serde_json::from_slice(&output.stdout).unwrap();
        manifest["body"]["thresholds"][name]["value"].as_f64().unwrap()
    };
    let highest_cleared = threshold("owen-s", "clear_below");
    assert!((highest_cleared + 1.0) / 2.0 <= threshold("open-nsfw", "agreement") + 1e-6);
}

#[test]
fn wrong_usage_is_status_2() {
    assert_eq!(lachan(&["check"]).status.code(), Some(2));
    assert_eq!(lachan(&["check", "--age", "7", "x.png"]).status.code(), Some(2));
}
