//! Memory runs out: a picture is checked, or is said not to have been, or the process ends. It is never called clear by
//! mistake.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/built");

/// `lachan check` on the test marker, which must never pass for clear, within so many megabytes of address space.
fn check_within(megabytes: usize, marker: &Path) -> Output {
    let command = format!("ulimit -v {} && exec \"$0\" \"$@\"", megabytes << 10);
    Command::new("sh")
        .args(["-c", &command, env!("CARGO_BIN_EXE_lachan"), "check", "--json", "--test-mode", "--models", MODELS])
        .arg(marker)
        .output()
        .unwrap()
}

fn marker(folder: &Path) -> PathBuf {
    let path = folder.join("marker.png");
    let drawn = Command::new(env!("CARGO_BIN_EXE_lachan"))
        .args(["marker", "--side", "1600", "nudity"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(drawn.success());
    path
}

#[test]
fn little_memory_never_makes_a_concern_clear() {
    let folder = tempfile::tempdir().unwrap();
    let marker = marker(folder.path());
    let verdict = |output: &Output| {
        let line = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str::<Value>(&line).ok().map(|line| line["verdict"].clone())
    };
    let enough = check_within(2048, &marker);
    assert_eq!(verdict(&enough), Some("concern".into()), "{}", String::from_utf8_lossy(&enough.stderr));

    let mut refused = 0;
    for megabytes in (20..=140).step_by(8) {
        let output = check_within(megabytes, &marker);
        match verdict(&output) {
            Some(said) if said == "concern" => {}
            Some(said) => {
                assert_eq!((said, output.status.code()), ("not_checked".into(), Some(3)), "{megabytes} MB");
                refused += 1;
            }
            // Rust ends a process that gets no memory; the half-written line of one that ended is no answer.
            None => {
                assert!(!output.status.success(), "{megabytes} MB: no answer and no error");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "no limit was small enough to prove anything");
}
