//! Marked content, everything that came out of the doors it was pushed at, and the search for the one in the other.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::fmt::{Debug, Display};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use memchr::memmem;

/// Words that no part of the product says by itself. In text as a message would have it, and as a normaliser would.
pub const MARKS: [&str; 3] = ["chimyenxanh", "Chim Yến Xanh", "chim yen xanh"];
pub const TEXT: &str = "Chim Yến Xanh chimyenxanh";

/// Each mark as it may be written down: as it is, in two bytes a character, and as the digits of bytes.
static NEEDLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| MARKS.iter().flat_map(|mark| writings(mark)).collect());

fn writings(mark: &str) -> Vec<Vec<u8>> {
    let bytes = mark.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // As `{:?}` shows a vector of bytes.
    let decimal: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let mut written = vec![
        bytes.to_vec(),
        mark.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        mark.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        decimal.join(", ").into_bytes(),
    ];
    for last_two in ["+/", "-_"] {
        written.extend((0..3).map(|before| base64_inside(bytes, before, last_two)));
    }
    written
}

/// The digits of base 64 that stand for `bytes` alone where `before` other bytes (modulo 3) come before them.
fn base64_inside(bytes: &[u8], before: usize, last_two: &str) -> Vec<u8> {
    let digits: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(last_two.bytes()).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    // The first digits belong to the bytes before as well.
    let first = (6 - 8 * before % 6) % 6;
    let whole = bits[first..].chunks_exact(6);
    whole.map(|six| digits[six.iter().fold(0, |digit, bit| digit << 1 | usize::from(*bit))]).collect()
}

pub fn carries_mark(bytes: &[u8]) -> bool {
    NEEDLES.iter().any(|needle| memmem::find(bytes, needle).is_some())
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let entries = entries.map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Whether a file below `folder` carries the mark: what a test pushes at a door must be there to be found.
pub fn is_marked(folder: &Path) -> bool {
    files(folder).iter().any(|file| carries_mark(&fs::read(file).unwrap()))
}

/// Everything that came out, to be searched at the end.
#[derive(Default)]
pub struct Outcome {
    said: Vec<String>,
    bytes: Vec<Vec<u8>>,
}

impl Outcome {
    pub fn hear(&mut self, answer: impl Debug) {
        self.said.push(format!("{answer:?}"));
    }

    pub fn error<T>(&mut self, answer: Result<T, impl Debug + Display>) {
        let Err(error) = answer else { panic!("this must fail") };
        self.said.push(format!("{error:?} {error}"));
    }

    pub fn keep(&mut self, bytes: impl Into<Vec<u8>>) {
        self.bytes.push(bytes.into());
    }

    /// The door was really gone through: something that came out says each of these.
    pub fn must_have_said(&self, words: &[&str]) {
        for word in words {
            assert!(self.said.iter().any(|said| said.contains(word)), "nothing said {word}: {:#?}", self.said);
        }
    }

    pub fn search(&self, folders: &[&Path]) {
        for said in &self.said {
            assert!(!carries_mark(said.as_bytes()), "said: {said}");
        }
        for (i, bytes) in self.bytes.iter().enumerate() {
            assert!(!carries_mark(bytes), "kept: {i}");
        }
        for folder in folders {
            for file in files(folder) {
                assert!(!carries_mark(&fs::read(&file).unwrap()), "{}", file.display());
                let name = file.strip_prefix(folder).unwrap();
                assert!(!carries_mark(name.to_string_lossy().as_bytes()), "{}", name.display());
            }
        }
    }
}
