//! Marked content is given to the command line, well-formed and not: nothing of it comes out on either stream.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MARK: &str = "chimyenxanh";
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/built");

fn lachan(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lachan"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn assert_silent(output: &Output, place: &str) {
    for stream in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(stream);
        assert!(!said.contains(MARK), "{place}: {said}");
    }
}

#[test]
fn messages_do_not_come_out_again() {
    let wrong = [
        format!(r#"{{"id": 1, "from": "{MARK}", "text": "a"}}"#),
        format!(r#"{{"id": 1, "from": "child", "text": 5, "{MARK}": "{MARK}"}}"#),
        format!(r#"{{"id": 1, "from": "child", "text": "{MARK}"#),
        MARK.to_owned(),
    ];
    let right = format!(r#"{{"id": 1, "from": "child", "text": "sdt {MARK} 0912 345 678 {MARK}"}}"#);
    for line in wrong.iter().chain([&right]) {
        assert_silent(&lachan(&["text", "--models", MODELS], &format!("{line}\n")), line);
        let talk = format!(r#"{{"id": 2, "turns": [{line}]}}"#);
        for input in [line, &talk] {
            assert_silent(&lachan(&["chat", "--models", MODELS], &format!("{input}\n")), input);
        }
    }
    let seen = lachan(&["text", "--models", MODELS], &format!("{right}\n"));
    assert!(String::from_utf8_lossy(&seen.stdout).contains("shares_personal_info"), "the message was read");
}

/// A publisher's folder with a signed root, in which a list can be built.
fn publisher(folder: &Path) -> String {
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let key = |name: &str| {
        let made = lachan(&["list", "key", "--out", &at(name)], "");
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
        made["public"].as_str().unwrap().to_owned()
    };
    let (out, root, owner, timestamp) = (at("out"), [key("r1"), key("r2")], [key("o1"), key("o2")], key("t1"));
    let mut arguments = vec!["list", "root", "--out", &out, "--list", "demo", "--timestamp-key", &timestamp];
    for (root, owner) in root.iter().zip(&owner) {
        arguments.extend(["--root-key", root, "--owner-key", owner]);
    }
    assert!(lachan(&arguments, "").status.success());
    let signed = ["list", "sign", "--out", &out, "--role", "root", "--key", &at("r1"), "--key", &at("r2")];
    assert!(lachan(&signed, "").status.success());
    out
}

#[test]
fn files_do_not_come_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let picture = write("picture.jpg", format!("\u{ff}{MARK}"));
    let table = write("agency.csv", format!("type,hash,category\npdq,{MARK},a1\n{MARK},{MARK},{MARK}\n"));
    let json = write("agency.json", format!(r#"[{{"type": "{MARK}", "hash": "{MARK}"}}]"#));
    let manifest = write("manifest.json", format!(r#"{{"name": "{MARK}", "{MARK}": "{MARK}"}}"#));
    let out = publisher(folder.path());
    let nowhere = folder.path().join("nowhere");
    // Each comes as far as the content: what it says of it proves that.
    for (arguments, says) in [
        (vec!["check", "--models", MODELS, &picture], "unsupported_format"),
        (vec!["check", "--models", MODELS, "--json", &picture], "unsupported_format"),
        (vec!["hash", &picture], "no picture"),
        (vec!["list", "build", "--out", &out, "--source", &format!("agency={table}")], r#""malformed_hash":2"#),
        (vec!["list", "build", "--out", &out, "--source", &format!("agency={json}")], r#""malformed_hash":1"#),
        (vec!["list", "verify", "--root", &json, &out], "document"),
        (vec!["model", "pack", &picture, &manifest, "--out", nowhere.to_str().unwrap()], "missing field"),
    ] {
        let output = lachan(&arguments, "");
        assert_silent(&output, &arguments.join(" "));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(says), "{}: {said}", arguments.join(" "));
    }
}
