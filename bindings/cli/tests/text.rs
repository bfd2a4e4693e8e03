//! `lachan text` and `lachan chat` as a program: what they say of a message that nobody read whole.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/built");

fn lachan(verb: &str, line: &Value) -> Value {
    let mut program = Command::new(env!("CARGO_BIN_EXE_lachan"))
        .args([verb, "--models", MODELS])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    serde_json::from_slice(&program.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_message_that_was_not_read_whole_is_told_from_one_in_which_nothing_is() {
    for (words, gaps) in [(10, Value::Null), (10_000, json!(true))] {
        let text = "dạ ".repeat(words);
        let alone = lachan("text", &json!({"id": 1, "from": "other", "text": text}));
        assert_eq!((&alone["level"], &alone["has_gaps"]), (&json!("none"), &gaps));
        let talk = lachan("chat", &json!({"id": 1, "turns": [{"t": 0, "from": "other", "text": text}]}));
        assert_eq!(talk["turns"][0]["has_gaps"], gaps);
    }
}
