//! Keys of signers, and the root document that says what each may sign.

use std::path::{Path, PathBuf};

use clap::Args;
use lachan::hash::list::documents::{DocumentType, KIND, Roles, Root, envelope};
use lachan::policy::DAY;
use lachan::trust::{PublicKey, Role, SecretKey, to_hex};
use serde_json::{Value, json};

use super::Failure;
use super::import::{Endorsement, endorsement_path};
use super::publication::{Publication, write_envelope};
use crate::device::{self, Clock};

#[derive(Args)]
pub struct KeyArguments {
    /// Where to write the secret: 64 hex digits, readable by the owner only
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub fn key(arguments: &KeyArguments) -> Result<Value, Failure> {
    let seed = device::random()?;
    let key = SecretKey::from_seed(&seed).map_err(|error| error.to_string())?;
    device::write_secret(&arguments.out, &seed)?;
    Ok(json!({"secret": arguments.out, "public": key.public().to_hex()}))
}

#[derive(Args)]
pub struct EndorseArguments {
    /// The file of hashes; FILE.signed.json is written beside it
    file: PathBuf,
    /// The agency's secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub fn endorse(arguments: &EndorseArguments) -> Result<Value, Failure> {
    let key = read_key(&arguments.key)?;
    let mut signed = envelope(&Endorsement::of(&arguments.file)?).map_err(|error| error.to_string())?;
    signed.sign(KIND, &key);
    let path = endorsement_path(&arguments.file);
    write_envelope(&path, &signed)?;
    Ok(json!({"endorsed": arguments.file, "signature": path, "public": key.public().to_hex()}))
}

/// The key in a file that `lachan list key` wrote.
pub fn read_key(path: &Path) -> Result<SecretKey, Failure> {
    SecretKey::from_seed(&device::read_secret(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

#[derive(Args)]
pub struct RootArguments {
    /// The publisher's folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Name of the list; needed for the first root only
    #[arg(long)]
    list: Option<String>,
    /// Public keys of the root role
    #[arg(long, value_name = "HEX")]
    root_key: Vec<String>,
    #[arg(long, default_value_t = 2, value_name = "N")]
    root_threshold: usize,
    /// Public keys of the list's owner
    #[arg(long, value_name = "HEX")]
    owner_key: Vec<String>,
    #[arg(long, default_value_t = 2, value_name = "N")]
    owner_threshold: usize,
    /// Public keys of a second authority, which then signs every version as well
    #[arg(long, value_name = "HEX")]
    second_key: Vec<String>,
    #[arg(long, default_value_t = 1, value_name = "N")]
    second_threshold: usize,
    /// Public keys that issue timestamps
    #[arg(long, value_name = "HEX")]
    timestamp_key: Vec<String>,
    /// For how many days updates under this root are accepted
    #[arg(long, default_value_t = 730)]
    days: u64,
    #[command(flatten)]
    clock: Clock,
}

/// The first root, or the next one: roles that are not given stay as they are.
pub fn root(arguments: &RootArguments) -> Result<Value, Failure> {
    let publication = Publication::open(&arguments.out)?;
    let before = publication.root()?;
    let role = |keys: &[String], threshold: usize, before: Option<&Role>, name: &str| {
        if keys.is_empty() {
            return before.cloned().ok_or_else(|| format!("give the keys of the {name} role"));
        }
        let keys = keys.iter().map(|key| PublicKey::from_hex(key)).collect::<Result<Vec<_>, _>>();
        keys.map(|keys| Role { keys, threshold }).map_err(|_| format!("a key of the {name} role is not 64 hex digits"))
    };
    let roles = before.as_ref().map(|root| &root.roles);
    let second = match (&arguments.second_key[..], roles) {
        ([], roles) => roles.and_then(|roles| roles.second.clone()),
        (keys, _) => Some(role(keys, arguments.second_threshold, None, "second")?),
    };
    let now = arguments.clock.now();
    let name = before.as_ref().map(|root| root.list.clone()).or_else(|| arguments.list.clone());
    let salt = match &before {
        Some(root) => root.salt.clone(),
        None => to_hex(&device::random()?),
    };
    let root = Root {
        document: DocumentType::Root,
        list: name.ok_or("give the list a name with --list")?,
        version: before.as_ref().map_or(1, |root| root.version + 1),
        expires: now + arguments.days * DAY,
        salt,
        roles: Roles {
            root: role(&arguments.root_key, arguments.root_threshold, roles.map(|r| &r.root), "root")?,
            owner: role(&arguments.owner_key, arguments.owner_threshold, roles.map(|r| &r.owner), "owner")?,
            second,
            timestamp: role(&arguments.timestamp_key, 1, roles.map(|r| &r.timestamp), "timestamp")?,
        },
    };
    // A root that a phone would refuse is refused here.
    let text = serde_json::to_string(&root).map_err(|error| error.to_string())?;
    Root::parse(&text).map_err(|_| "a role has fewer keys than its threshold, or owner and second share a key")?;
    let path = publication.root_path(root.version);
    publication.write_unsigned(&path, &root)?;
    Ok(json!({"root": path, "version": root.version, "list": root.list, "expires": root.expires}))
}
