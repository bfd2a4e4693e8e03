//! A policy from its writing to a phone's answer, through the command itself.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const NOW: &str = "1800000000";

/// A desk with a guardian's, a school's and a phone's key.
struct Desk {
    folder: tempfile::TempDir,
    guardian: String,
    school: String,
    phone: String,
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self {
            folder: tempfile::tempdir().unwrap(),
            guardian: String::new(),
            school: String::new(),
            phone: String::new(),
        };
        let [guardian, school, phone] = ["g", "s", "p"]
            .map(|name| desk.json(&["list", "key", "--out", name])["public"].as_str().unwrap().to_owned());
        (desk.guardian, desk.school, desk.phone) = (guardian, school, phone);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lachan")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }

    fn new_policy(&self, version: &str, more: &[&str], out: &str) {
        let phone = self.phone.clone();
        let all = ["policy", "new", "--phone", &phone, "--version", version, "--now", NOW, "--out", out];
        self.json(&[&all[..], more].concat());
    }

    fn verify(&self, file: &str, more: &[&str]) -> Vec<String> {
        let all = ["policy", "verify", file, "--key", &self.guardian, "--phone", &self.phone, "--now", NOW];
        all.iter().chain(more).map(|text| (*text).to_owned()).collect()
    }
}

fn borrowed(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn a_policy_is_written_signed_shown_and_verified() {
    let desk = Desk::new();
    let more = ["--check", "gore", "--no-check", "grooming", "--no-pin", "--reveal-at-least", "with-guardian"];
    desk.new_policy("4", &more, "p.json");
    let shown = desk.json(&["policy", "show", "p.json"]);
    assert_eq!(shown["signed_by"], serde_json::json!([]));
    assert!(desk.refused(&borrowed(&desk.verify("p.json", &[]))).contains("not signed"));
    let signed = desk.json(&["policy", "sign", "p.json", "--key", "g", "--packet"]);
    assert_eq!(signed["public"], desk.guardian.as_str());
    let verified = desk.json(&borrowed(&desk.verify("p.json", &[])));
    assert_eq!(verified["version"], 4);
    let checks = &verified["rules"]["checks"];
    assert_eq!((checks["gore"].as_bool(), checks["grooming"].as_bool()), (Some(true), Some(false)));
    assert_eq!(verified["rules"]["reveal"]["at_least"], "with_guardian");
    // What travels in a QR code says the same.
    fs::write(desk.path("p.txt"), signed["packet"].as_str().unwrap()).unwrap();
    assert_eq!(desk.json(&borrowed(&desk.verify("p.txt", &[]))), verified);
}

#[test]
fn what_a_phone_refuses_is_refused_here() {
    let desk = Desk::new();
    for (version, file) in [("4", "four.json"), ("5", "five.json")] {
        desk.new_policy(version, &[], file);
        desk.json(&["policy", "sign", file, "--key", "g"]);
    }
    desk.json(&borrowed(&desk.verify("five.json", &["--after", "four.json"])));
    let rollback = desk.refused(&borrowed(&desk.verify("four.json", &["--after", "five.json"])));
    assert!(rollback.contains("not newer"), "{rollback}");
    let other = ["policy", "verify", "five.json", "--key", &desk.guardian, "--phone", &desk.school, "--now", NOW];
    assert!(desk.refused(&other).contains("another phone"));
    let early =
        ["policy", "verify", "five.json", "--key", &desk.guardian, "--phone", &desk.phone, "--now", "1700000000"];
    assert!(desk.refused(&early).contains("later than"));
    let text = fs::read_to_string(desk.path("five.json")).unwrap();
    fs::write(desk.path("changed.json"), text.replace("guided", "simple")).unwrap();
    assert!(desk.refused(&borrowed(&desk.verify("changed.json", &[]))).contains("not signed"));
    fs::write(desk.path("rubbish.json"), "rubbish").unwrap();
    desk.refused(&["policy", "show", "rubbish.json"]);
}

#[test]
fn a_school_speaks_for_all_its_phones_until_the_term_ends() {
    let desk = Desk::new();
    desk.json(&["policy", "new", "--school", "--version", "1", "--days", "100", "--now", NOW, "--out", "s.json"]);
    desk.json(&["policy", "sign", "s.json", "--key", "s"]);
    let at = |time: &str| {
        let arguments =
            ["policy", "verify", "s.json", "--school", "--key", &desk.school, "--phone", &desk.phone, "--now", time];
        desk.run(&arguments).status.success()
    };
    assert!(at("1808639999") && !at("1808640000"), "100 days");
    let wrong_usage = desk.run(&["policy", "new", "--version", "1", "--out", "x"]);
    assert_eq!(wrong_usage.status.code(), Some(2));
}
