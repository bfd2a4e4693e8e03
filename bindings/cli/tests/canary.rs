//! Marked content is given to the command line, well-formed and not: nothing of it comes out on either stream.

use std::io::Write;
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
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    for arguments in [
        vec!["check", "--models", MODELS, &picture],
        vec!["check", "--models", MODELS, "--json", &picture],
        vec!["hash", &picture],
        vec!["match", "--list", &json, &picture],
        vec!["list", "build", "--out", out, "--source", &format!("agency={table}")],
        vec!["list", "build", "--out", out, "--source", &format!("agency={json}")],
        vec!["model", "verify", folder.path().to_str().unwrap()],
    ] {
        assert_silent(&lachan(&arguments, ""), &arguments.join(" "));
    }
}
