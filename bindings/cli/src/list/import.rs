//! Rows of hashes as agencies exchange them: CSV with a header, a JSON array, or a JSON object a line.
//!
//! | column | other names | content |
//! |---|---|---|
//! | `type` | `signal_type`, `algorithm` | `pdq`, `md5`, `sha1`, `sha256`; guessed from the length where missing, with 64 digits taken as PDQ |
//! | `hash` | `signal`, `value` | hex digits |
//! | `category` | `classification` | the agency's own name for it |
//! | `quality` | | PDQ quality, 0 to 100 |
//! | `source` | | where the agency has it from; kept in the provenance only |
//!
//! A file is read once, from beginning to end, a row at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use lachan::hash::PdqHash;
use lachan::hash::list::documents::KIND;
use lachan::hash::list::segment::ExactDigest;
use lachan::trust::{PublicKey, Role, from_hex};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::Failure;
use super::publication::read_envelope;

/// Longest row, in bytes.
const MAX_ROW_BYTES: u64 = 64 << 10;

/// A file of an agency, and what is known about it.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub name: String,
    pub path: PathBuf,
    /// From the agency's category names to the list's; `*` stands for all others.
    map: Option<BTreeMap<String, String>>,
    /// The agency's key, which must have endorsed the file.
    key: Option<PublicKey>,
}

impl SourceFile {
    /// From `NAME=FILE[,map=FILE][,key=HEX]`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let (name, rest) = text.split_once('=').ok_or("a source is NAME=FILE[,map=FILE][,key=HEX]")?;
        let mut parts = rest.split(',');
        let path = PathBuf::from(parts.next().unwrap_or_default());
        let mut source = Self { name: name.to_owned(), path, map: None, key: None };
        for part in parts {
            match part.split_once('=') {
                Some(("map", file)) => {
                    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
                    source.map = Some(serde_json::from_slice(&bytes).map_err(|error| format!("{file}: {error}"))?);
                }
                Some(("key", hex)) => {
                    source.key = Some(PublicKey::from_hex(hex).map_err(|_| format!("{name}: not a public key"))?);
                }
                _ => return Err(format!("{name}: unknown part {part:?} of a source")),
            }
        }
        Ok(source)
    }

    /// The list's category for the agency's.
    pub fn category<'a>(&'a self, category: &'a str) -> Option<&'a str> {
        match &self.map {
            None => Some(category),
            Some(map) => map.get(category).or_else(|| map.get("*")).map(String::as_str),
        }
    }

    /// Checks the agency's signature, where its key was given.
    pub fn verify(&self) -> Result<(), Failure> {
        let Some(key) = self.key else { return Ok(()) };
        let payload = read_envelope(&endorsement_path(&self.path))?;
        let refused = || format!("{}: not endorsed by the key of {}", self.path.display(), self.name);
        let payload = payload.verify(KIND, &Role::single(key)).map_err(|_| refused())?;
        let endorsement: Endorsement = serde_json::from_str(payload).map_err(|_| refused())?;
        if endorsement != Endorsement::of(&self.path)? {
            return Err(refused());
        }
        Ok(())
    }

    /// Gives every row to `take`, with its number from 1; a row that cannot be read is given as a reason.
    pub fn read(
        &self,
        take: &mut dyn FnMut(u64, Result<Row, &'static str>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let file = File::open(&self.path).map_err(|error| format!("{}: {error}", self.path.display()))?;
        read_rows(BufReader::with_capacity(1 << 20, file), take)
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// What an agency signs: which bytes are its file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    #[serde(rename = "type")]
    document: String,
    sha256: String,
}

impl Endorsement {
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let describe = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(|error| describe(&error))?;
        let digests = lachan::hash::ExactDigests::read(file).map_err(|error| describe(&error))?;
        let [_, _, sha256] = digests.to_hex();
        Ok(Self { document: "source".to_owned(), sha256 })
    }
}

pub fn endorsement_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".signed.json");
    PathBuf::from(name)
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Row {
    #[serde(rename = "type", alias = "signal_type", alias = "algorithm", default)]
    algorithm: String,
    #[serde(alias = "signal", alias = "value")]
    pub hash: String,
    #[serde(alias = "classification", default)]
    pub category: String,
    #[serde(default)]
    pub quality: Option<u8>,
    #[serde(default)]
    pub source: String,
}

/// What a row holds.
pub enum Hash {
    Pdq(PdqHash),
    Exact(ExactDigest),
}

impl Row {
    pub fn parse_hash(&self) -> Option<Hash> {
        let algorithm = self.algorithm.to_lowercase().replace(['-', '_'], "");
        let algorithm = match (algorithm.as_str(), self.hash.len()) {
            ("", 32) => "md5",
            ("", 40) => "sha1",
            ("", 64) => "pdq",
            (given, _) => given,
        };
        match algorithm {
            "pdq" => PdqHash::from_hex(&self.hash).ok().map(Hash::Pdq),
            "md5" => from_hex(&self.hash).map(|digest| Hash::Exact(ExactDigest::Md5(digest))),
            "sha1" => from_hex(&self.hash).map(|digest| Hash::Exact(ExactDigest::Sha1(digest))),
            "sha256" => from_hex(&self.hash).map(|digest| Hash::Exact(ExactDigest::Sha256(digest))),
            _ => None,
        }
    }
}

/// The rows of a JSON array, of JSON lines or of CSV, whichever it is, given to `take` as [`SourceFile::read`] does.
pub fn read_rows(mut input: impl BufRead, take: Take<'_>) -> Result<(), Failure> {
    let first = input.fill_buf().map_err(|error| error.to_string())?;
    match first.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => read_array(input, take),
        Some(b'{') => read_lines(input, take),
        _ => read_csv(input, take),
    }
}

type Take<'a> = &'a mut dyn FnMut(u64, Result<Row, &'static str>) -> Result<(), Failure>;

fn read_csv(mut input: impl BufRead, take: Take<'_>) -> Result<(), Failure> {
    let header = next_line(&mut input)?.ok_or("the file is empty")?;
    let header: Vec<String> = fields(&header).iter().map(|name| name.trim().to_lowercase()).collect();
    let column = |names: &[&str]| header.iter().position(|name| names.contains(&name.as_str()));
    let hash = column(&["hash", "signal", "value"])
        .ok_or("the first line must name the columns: type, hash, category, quality, source")?;
    let algorithm = column(&["type", "signal_type", "algorithm"]);
    let (category, quality) = (column(&["category", "classification"]), column(&["quality"]));
    let source = column(&["source"]);
    let mut number = 1;
    while let Some(line) = next_line(&mut input)? {
        number += 1;
        if line.trim().is_empty() {
            continue;
        }
        let fields = fields(&line);
        let text = |column: Option<usize>| column.and_then(|c| fields.get(c)).map_or("", |field| field.trim());
        let quality = text(quality);
        let row = match (fields.get(hash), quality.is_empty(), quality.parse()) {
            (Some(hash), empty, parsed) if empty || parsed.is_ok() => Ok(Row {
                algorithm: text(algorithm).to_owned(),
                hash: hash.trim().to_owned(),
                category: text(category).to_owned(),
                quality: parsed.ok(),
                source: text(source).to_owned(),
            }),
            _ => Err("malformed_row"),
        };
        take(number, row)?;
    }
    Ok(())
}

/// The fields of a line of CSV (RFC 4180, without line breaks in fields).
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let last = fields.len() - 1;
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                fields[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields[last].push(other),
        }
    }
    fields
}

fn read_lines(mut input: impl BufRead, take: Take<'_>) -> Result<(), Failure> {
    let mut number = 0;
    while let Some(line) = next_line(&mut input)? {
        number += 1;
        if !line.trim().is_empty() {
            take(number, serde_json::from_str(&line).map_err(|_| "malformed_row"))?;
        }
    }
    Ok(())
}

fn next_line(input: &mut impl BufRead) -> Result<Option<String>, Failure> {
    let mut line = Vec::new();
    let read = input.by_ref().take(MAX_ROW_BYTES).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    if read as u64 == MAX_ROW_BYTES {
        return Err(format!("a line is longer than {MAX_ROW_BYTES} bytes"));
    }
    // A byte order mark, as spreadsheets write it.
    let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
    let text = std::str::from_utf8(text).map_err(|_| "the file is not UTF-8")?;
    Ok((read > 0).then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// The elements of an array one by one, so that the array never is in memory.
fn read_array(input: impl Read, take: Take<'_>) -> Result<(), Failure> {
    struct Elements<'a>(Take<'a>, Option<Failure>);
    impl<'de> Visitor<'de> for &mut Elements<'_> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array of objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
            let mut number = 0;
            while let Some(row) = rows.next_element::<Box<serde_json::value::RawValue>>()? {
                number += 1;
                let row = serde_json::from_str(row.get()).map_err(|_| "malformed_row");
                if let Err(failure) = (self.0)(number, row) {
                    self.1 = Some(failure);
                    return Err(serde::de::Error::custom("stopped"));
                }
            }
            Ok(())
        }
    }
    let mut elements = Elements(take, None);
    let outcome = serde_json::Deserializer::from_reader(input).deserialize_seq(&mut elements);
    match (elements.1, outcome) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => Err(error.to_string()),
        (None, Ok(())) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Result<Row, &'static str>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        std::fs::write(&path, text).unwrap();
        let source = SourceFile { name: "a".into(), path, map: None, key: None };
        let mut rows = Vec::new();
        source
            .read(&mut |_, row| {
                rows.push(row);
                Ok(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn three_forms_of_the_same_rows() {
        let row = |quality, source: &str| {
            Ok(Row {
                algorithm: "MD5".into(),
                hash: "ab".repeat(16),
                category: "A, 1".into(),
                quality,
                source: source.into(),
            })
        };
        let hash = "ab".repeat(16);
        let csv = format!(
            "\u{feff}Hash,quality,TYPE,category,source\r\n{hash},,MD5,\"A, 1\",x\r\n\r\n{hash},7,MD5,\"A, 1\",\r\n"
        );
        assert_eq!(rows(&csv), [row(None, "x"), row(Some(7), "")]);
        let lines = format!(
            "{{\"signal\":\"{hash}\",\"signal_type\":\"MD5\",\"classification\":\"A, 1\",\"source\":\"x\"}}\n{{\"hash\":\"{hash}\",\"type\":\"MD5\",\"category\":\"A, 1\",\"quality\":7}}\n"
        );
        assert_eq!(rows(&lines), [row(None, "x"), row(Some(7), "")]);
        let array = format!("[{}]", lines.trim().replace('\n', ","));
        assert_eq!(rows(&array), [row(None, "x"), row(Some(7), "")]);
    }

    #[test]
    fn bad_rows_are_told_and_passed_over() {
        assert_eq!(rows("hash,quality\nab,300\nab,x\n"), [Err("malformed_row"), Err("malformed_row")]);
        assert_eq!(rows("{\"category\":\"a\"}\n{no\n").len(), 2);
        assert_eq!(rows("[1,{\"hash\":\"ab\"}]")[0], Err("malformed_row"));
    }

    #[test]
    fn hashes_of_every_kind_and_none() {
        let kind = |algorithm: &str, hash: &str| {
            let row = Row { algorithm: algorithm.into(), hash: hash.into(), ..Row::default() };
            match row.parse_hash() {
                Some(Hash::Pdq(_)) => "pdq",
                Some(Hash::Exact(ExactDigest::Md5(_))) => "md5",
                Some(Hash::Exact(ExactDigest::Sha1(_))) => "sha1",
                Some(Hash::Exact(ExactDigest::Sha256(_))) => "sha256",
                None => "none",
            }
        };
        let [md5, sha1, sha256] = [32, 40, 64].map(|digits| "0f".repeat(digits / 2));
        assert_eq!(["", "md5"].map(|name| kind(name, &md5)), ["md5", "md5"]);
        assert_eq!(["", "SHA-1"].map(|name| kind(name, &sha1)), ["sha1", "sha1"]);
        assert_eq!(["", "PDQ", "sha_256"].map(|name| kind(name, &sha256)), ["pdq", "pdq", "sha256"]);
        assert_eq!([kind("md5", &sha1), kind("crc", &md5), kind("md5", &"xy".repeat(16))], ["none"; 3]);
    }
}
