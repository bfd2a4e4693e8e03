//! Who may tell this phone what to believe: signatures, bundles, and the store that keeps the last good one.
//!
//! There is one envelope ([`Signed`]) and one rule ([`Role`]: so many of these keys) for models, known lists and
//! policies alike. Keys are Ed25519 (RFC 8032), verified by `ring`.

mod bundle;
mod digest;
mod signed;
mod store;

pub use bundle::{Bundle, MANIFEST_FILE, Manifest, Member};
pub(crate) use digest::{first_word, sha256};
pub use digest::{from_hex, sha256_hex, to_hex};
pub use signed::{DEVELOPMENT_SEED, DocumentKind, KeyId, PublicKey, Role, SecretKey, Signature, Signed, UnixSeconds};
pub use store::BundleStore;

/// Why a signed document, bundle or store was refused. Holds no content, only what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustError {
    /// A file or field is missing, too large or not of its form.
    Malformed,
    /// Fewer valid signatures of distinct keys of the role than its threshold asks for.
    NotEnoughSignatures,
    /// A member's bytes are not those that the manifest names.
    DigestMismatch,
    /// The version is not higher than the newest one ever installed.
    VersionNotHigher,
    /// A document of another kind or name than was asked for.
    WrongKind,
    /// Reading or writing failed; nothing was changed.
    Io(std::io::ErrorKind),
}

impl std::fmt::Display for TrustError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => {
                f.write_str("the signed document is missing, too large or not of its form; build it again")
            }
            Self::NotEnoughSignatures => {
                f.write_str("too few valid signatures of the expected keys; sign it with the release keys")
            }
            Self::DigestMismatch => {
                f.write_str("a member does not have the digest its manifest names; copy the bundle again")
            }
            Self::VersionNotHigher => f.write_str("the version is not higher than the newest installed; raise it"),
            Self::WrongKind => f.write_str("the document is of another kind or name than was asked for"),
            Self::Io(kind) => write!(f, "reading or writing failed ({kind}); nothing was changed"),
        }
    }
}

impl std::error::Error for TrustError {}

impl From<std::io::Error> for TrustError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.kind())
    }
}
