//! The folder of a publisher: which documents and segments are there, and which is the newest.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use lachan::hash::list::documents::{Root, SegmentEntry, Snapshot, envelope};
use lachan::hash::list::segment::{SegmentKind, SegmentWriter, list_identity};
use lachan::trust::{Signed, to_hex};
use ring::digest::{Context, SHA256};
use serde::Serialize;

use super::Failure;

/// A publisher's folder.
pub struct Publication {
    pub public: PathBuf,
    pub private: PathBuf,
}

impl Publication {
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let publication = Self { public: folder.join("public"), private: folder.join("private") };
        for part in [&publication.public, &publication.private] {
            fs::create_dir_all(part).map_err(|error| format!("{}: {error}", part.display()))?;
        }
        Ok(publication)
    }

    pub fn root_path(&self, version: u64) -> PathBuf {
        self.public.join(format!("root.{version}.json"))
    }

    pub fn snapshot_path(&self, version: u64) -> PathBuf {
        self.public.join(format!("snapshot.{version}.json"))
    }

    /// The newest root, signed or not: the publisher's own folder is where it is made.
    pub fn root(&self) -> Result<Option<Root>, Failure> {
        let Some(version) = newest(&self.public, "root.")? else { return Ok(None) };
        let path = self.root_path(version);
        let envelope = read_envelope(&path)?;
        Root::parse(envelope.unverified_payload()).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }

    pub fn needed_root(&self) -> Result<Root, Failure> {
        self.root()?.ok_or_else(|| "there is no root document yet; make one with `lachan list root`".to_owned())
    }

    /// The newest snapshot, signed or not.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, Failure> {
        let Some(version) = newest(&self.public, "snapshot.")? else { return Ok(None) };
        let path = self.snapshot_path(version);
        let envelope = read_envelope(&path)?;
        Snapshot::parse(envelope.unverified_payload()).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Writes a document without signatures.
    pub fn write_unsigned(&self, path: &Path, document: &impl Serialize) -> Result<(), Failure> {
        write_envelope(path, &envelope(document).map_err(|error| error.to_string())?)
    }

    /// Writes a segment of so many hashes and keys, which `fill` gives, under its digest.
    pub fn write_segment(
        &self,
        root: &Root,
        kind: SegmentKind,
        hash_count: u64,
        key_count: u64,
        fill: impl FnOnce(&mut SegmentWriter<Digesting>) -> Result<(), Failure>,
    ) -> Result<SegmentEntry, Failure> {
        let partial = self.public.join("segment.partial");
        let describe = |error: &dyn std::fmt::Display| format!("{}: {error}", partial.display());
        let file = fs::File::create(&partial).map_err(|error| describe(&error))?;
        let salt = root.salt().map_err(|error| error.to_string())?;
        let out = Digesting { out: BufWriter::with_capacity(1 << 20, file), digest: Context::new(&SHA256), bytes: 0 };
        let mut writer = SegmentWriter::new(out, kind, &list_identity(&root.list, &salt), hash_count, key_count)
            .map_err(|error| describe(&error))?;
        fill(&mut writer)?;
        let out = writer.finish().map_err(|error| describe(&error))?;
        let sha256 = to_hex(out.digest.finish().as_ref());
        let file = out.out.into_inner().map_err(|error| describe(&error))?;
        file.sync_all().map_err(|error| describe(&error))?;
        fs::rename(&partial, self.public.join(format!("{sha256}.segment"))).map_err(|error| describe(&error))?;
        Ok(SegmentEntry { sha256, bytes: out.bytes, kind })
    }
}

/// Passes bytes on and digests them.
pub struct Digesting {
    out: BufWriter<fs::File>,
    digest: Context,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// The highest N of the files `<prefix>N.json`.
pub fn newest(folder: &Path, prefix: &str) -> Result<Option<u64>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix(prefix)?.strip_suffix(".json")?.parse().ok())
        .max())
}

pub fn read_envelope(path: &Path) -> Result<Signed, Failure> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Signed::from_json(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Replaces a document at once.
pub fn write_envelope(path: &Path, envelope: &Signed) -> Result<(), Failure> {
    let bytes = envelope.to_json().map_err(|error| error.to_string())?;
    let new = path.with_extension("json.new");
    fs::write(&new, bytes).and_then(|()| fs::rename(&new, path)).map_err(|error| format!("{}: {error}", path.display()))
}
