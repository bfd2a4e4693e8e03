//! Signatures: of the newest root, of the newest snapshot, and on a fresh timestamp.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lachan::hash::list::documents::{DocumentType, KIND, SnapshotEntry, Timestamp};
use lachan::policy::DAY;
use lachan::trust::{Role, sha256_hex};
use serde_json::{Value, json};

use super::publication::{Publication, newest, read_envelope, write_envelope};
use super::{Failure, keys};
use crate::device::Clock;

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
enum SigningRole {
    Root,
    Owner,
    Second,
    Timestamp,
}

#[derive(Args)]
pub struct Arguments {
    /// The publisher's folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// In which role to sign: root signs the newest root, owner and second the newest snapshot, timestamp a new one
    #[arg(long, value_enum)]
    role: SigningRole,
    /// Secret keys of the signer
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// Sign under this version of the root instead of the newest: the old keys on a new root
    #[arg(long, value_name = "N")]
    under_root: Option<u64>,
    /// For how many days a timestamp is accepted
    #[arg(long, default_value_t = 14)]
    days: u64,
    #[command(flatten)]
    clock: Clock,
}

pub fn run(arguments: &Arguments) -> Result<Value, Failure> {
    let publication = Publication::open(&arguments.out)?;
    let newest_root = publication.needed_root()?;
    let roles = match arguments.under_root {
        None => newest_root.roles.clone(),
        Some(version) => {
            let envelope = read_envelope(&publication.root_path(version))?;
            lachan::hash::list::documents::Root::parse(envelope.unverified_payload())
                .map_err(|error| error.to_string())?
                .roles
        }
    };
    let (path, role) = match arguments.role {
        SigningRole::Root => (publication.root_path(newest_root.version), roles.root),
        SigningRole::Timestamp => {
            write_timestamp(&publication, arguments)?;
            (publication.public.join("timestamp.json"), roles.timestamp)
        }
        SigningRole::Owner | SigningRole::Second => {
            let version = newest(&publication.public, "snapshot.")?.ok_or("there is no snapshot yet; build a list")?;
            let role = match arguments.role {
                SigningRole::Owner => roles.owner,
                _ => roles.second.ok_or("the root names no second authority")?,
            };
            (publication.snapshot_path(version), role)
        }
    };
    let mut envelope = read_envelope(&path)?;
    for file in &arguments.keys {
        let key = keys::read_key(file)?;
        if !role.keys.contains(&key.public()) {
            return Err(format!("{}: this key is not one of the role's", file.display()));
        }
        envelope.sign(KIND, &key);
    }
    write_envelope(&path, &envelope)?;
    let missing = missing_signatures(&envelope, &role);
    Ok(json!({"signed": path, "missing": missing}))
}

/// How many signatures the role still lacks.
fn missing_signatures(envelope: &lachan::trust::Signed, role: &Role) -> usize {
    (0..role.threshold)
        .find(|missing| {
            let enough = Role { keys: role.keys.clone(), threshold: role.threshold - missing };
            envelope.verify(KIND, &enough).is_ok()
        })
        .unwrap_or(role.threshold)
}

/// A timestamp for the newest snapshot, which must carry its signatures: what is timestamped is what phones take.
fn write_timestamp(publication: &Publication, arguments: &Arguments) -> Result<(), Failure> {
    let root = publication.needed_root()?;
    let snapshot = publication.snapshot()?.ok_or("there is no snapshot yet; build a list")?;
    let path = publication.snapshot_path(snapshot.version);
    let envelope = read_envelope(&path)?;
    let signed = envelope.verify(KIND, &root.roles.owner).is_ok()
        && root.roles.second.as_ref().is_none_or(|second| envelope.verify(KIND, second).is_ok());
    if !signed {
        return Err(format!("{}: sign it as owner (and second) first", path.display()));
    }
    let file = publication.public.join("timestamp.json");
    let before = match file.exists() {
        true => {
            Timestamp::parse(read_envelope(&file)?.unverified_payload()).map_err(|error| error.to_string())?.version
        }
        false => 0,
    };
    let now = arguments.clock.now();
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let timestamp = Timestamp {
        document: DocumentType::Timestamp,
        list: root.list,
        version: before + 1,
        issued: now,
        expires: now + arguments.days * DAY,
        snapshot: SnapshotEntry { version: snapshot.version, sha256: sha256_hex(&bytes) },
    };
    publication.write_unsigned(&file, &timestamp)
}
