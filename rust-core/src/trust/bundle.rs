//! A bundle: a signed manifest beside members that are named by their SHA-256.
//!
//! ```text
//! owen-s/
//!   bundle.json          the envelope; its payload is the manifest
//!   <64 hex digits>      a member, as many as the manifest lists
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::signed::MAX_ENVELOPE_BYTES;
use super::{DocumentKind, Role, Signed, TrustError, from_hex, sha256_hex};

/// File name of the envelope in a bundle's folder.
pub const MANIFEST_FILE: &str = "bundle.json";

/// Largest member that is read, in bytes: five times the largest model in use.
const MAX_MEMBER_BYTES: u64 = 128 << 20;

/// What is signed: names, versions and digests, and a body that only the bundle's own kind understands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the bundle, such as `owen-s`.
    pub name: String,
    /// Version; it only rises.
    pub version: u64,
    /// Members by the role they play, such as `graph`.
    pub members: BTreeMap<String, Member>,
    /// What the bundle's kind adds, such as a model's preprocessing and thresholds.
    pub body: serde_json::Value,
}

impl Manifest {
    /// Name and version as findings give them, such as `owen-s 1`.
    pub(crate) fn source(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// A member's digest and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// SHA-256 of its bytes in hex, and its file name.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A bundle whose manifest was verified. Members are read and checked one by one, when they are asked for.
#[derive(Debug, Clone)]
pub struct Bundle {
    folder: PathBuf,
    manifest: Manifest,
}

impl Bundle {
    /// Verifies the manifest in `folder` against `role`.
    ///
    /// # Errors
    /// The manifest is missing, not of its form, or not signed by enough keys of the role.
    pub fn open(folder: &Path, kind: DocumentKind, role: &Role) -> Result<Self, TrustError> {
        let envelope = Signed::from_json(&envelope_bytes(folder)?)?;
        let manifest: Manifest =
            serde_json::from_str(envelope.verify(kind, role)?).map_err(|_| TrustError::Malformed)?;
        // A member's name becomes a file name: nothing but hex digits, so that it cannot point elsewhere.
        let well_formed = |m: &Member| from_hex::<32>(&m.sha256).is_some();
        if !manifest.members.values().all(well_formed) {
            return Err(TrustError::Malformed);
        }
        Ok(Self { folder: folder.to_owned(), manifest })
    }

    /// The verified manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes of the member that plays `role_name`, equal to what the manifest promised.
    ///
    /// # Errors
    /// There is no such member, it cannot be read, or its bytes are others than the signed digest names.
    pub fn member(&self, role_name: &str) -> Result<Vec<u8>, TrustError> {
        let member = self.manifest.members.get(role_name).ok_or(TrustError::Malformed)?;
        let path = self.folder.join(&member.sha256);
        let size = fs::metadata(&path)?.len();
        if size > MAX_MEMBER_BYTES {
            return Err(TrustError::Malformed);
        }
        if size != member.bytes {
            return Err(TrustError::DigestMismatch);
        }
        let bytes = fs::read(&path)?;
        if sha256_hex(&bytes) != member.sha256 {
            return Err(TrustError::DigestMismatch);
        }
        Ok(bytes)
    }

    /// Reads and checks every member.
    ///
    /// # Errors
    /// The first member that is missing or differs.
    pub fn verify_members(&self) -> Result<(), TrustError> {
        self.manifest.members.keys().try_for_each(|name| self.member(name).map(drop))
    }

    /// Writes an unsigned bundle: members first, then the envelope. Used by publishers and tests.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(
        folder: &Path,
        name: &str,
        version: u64,
        members: &BTreeMap<String, Vec<u8>>,
        body: serde_json::Value,
    ) -> Result<Signed, TrustError> {
        fs::create_dir_all(folder)?;
        let mut listed = BTreeMap::new();
        for (role_name, bytes) in members {
            let sha256 = sha256_hex(bytes);
            fs::write(folder.join(&sha256), bytes)?;
            listed.insert(role_name.clone(), Member { sha256, bytes: bytes.len() as u64 });
        }
        let manifest = Manifest { name: name.to_owned(), version, members: listed, body };
        let payload = serde_json::to_string(&manifest).map_err(|_| TrustError::Malformed)?;
        Ok(Signed::new(payload))
    }
}

/// The envelope in a bundle's folder as it lies there. Nothing longer is read than an envelope may be, and the byte that
/// shows that it is.
pub(super) fn envelope_bytes(folder: &Path) -> Result<Vec<u8>, TrustError> {
    let mut bytes = Vec::new();
    File::open(folder.join(MANIFEST_FILE))?.take(MAX_ENVELOPE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::SecretKey;

    fn build(folder: &Path) -> Role {
        let key = SecretKey::from_seed(&[7; 32]).unwrap();
        let members = BTreeMap::from([("graph".to_owned(), b"weights".to_vec())]);
        let mut envelope = Bundle::write(folder, "m", 3, &members, serde_json::json!({"a": 1})).unwrap();
        envelope.sign(DocumentKind::Model, &key);
        fs::write(folder.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
        Role::single(key.public())
    }

    #[test]
    fn what_was_written_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let role = build(folder.path());
        let bundle = Bundle::open(folder.path(), DocumentKind::Model, &role).unwrap();
        assert_eq!(bundle.manifest().version, 3);
        assert_eq!(bundle.member("graph").unwrap(), b"weights");
        assert_eq!(bundle.member("other"), Err(TrustError::Malformed));
    }

    #[test]
    fn a_changed_member_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let role = build(folder.path());
        fs::write(folder.path().join(sha256_hex(b"weights")), b"weightz").unwrap();
        let bundle = Bundle::open(folder.path(), DocumentKind::Model, &role).unwrap();
        assert_eq!(bundle.member("graph"), Err(TrustError::DigestMismatch));
        assert_eq!(bundle.verify_members(), Err(TrustError::DigestMismatch));
    }

    /// A terabyte that is not there: whoever read it whole would have no memory for it.
    #[test]
    fn an_endless_envelope_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let role = build(folder.path());
        File::options().write(true).open(folder.path().join(MANIFEST_FILE)).unwrap().set_len(1 << 40).unwrap();
        let refused = Bundle::open(folder.path(), DocumentKind::Model, &role);
        assert_eq!(refused.err(), Some(TrustError::Malformed));
    }

    #[test]
    fn another_signer_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        build(folder.path());
        let other = Role::single(SecretKey::from_seed(&[8; 32]).unwrap().public());
        let refused = Bundle::open(folder.path(), DocumentKind::Model, &other);
        assert_eq!(refused.err(), Some(TrustError::NotEnoughSignatures));
    }

    #[test]
    fn a_member_name_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let key = SecretKey::from_seed(&[7; 32]).unwrap();
        let mut envelope = Signed::new(
            r#"{"name":"m","version":1,"members":{"graph":{"sha256":"../../secret","bytes":1}},"body":null}"#
                .to_owned(),
        );
        envelope.sign(DocumentKind::Model, &key);
        fs::write(folder.path().join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
        let refused = Bundle::open(folder.path(), DocumentKind::Model, &Role::single(key.public()));
        assert_eq!(refused.err(), Some(TrustError::Malformed));
    }
}
