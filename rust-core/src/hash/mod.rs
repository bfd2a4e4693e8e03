//! Known-image matching: exact digests and PDQ, on a list that can be trusted.
//!
//! A picture that the authorities already know is recognised on the phone, in milliseconds and without a server:
//! by the digest of its bytes when it is the same file, by PDQ when it was resized, recompressed, mirrored,
//! rotated or framed.
//!
//! ```
//! use lachan::hash::{Pdq, LumaView};
//!
//! let pixels: Vec<u8> = (0..200 * 100 * 3).map(|i| (i % 251) as u8).collect();
//! let pdq = Pdq::from_pixels(&LumaView::rgb(&pixels, 200, 100, 600)?);
//! assert_eq!(pdq.hash().distance(&pdq.hash()), 0);
//! # Ok::<(), lachan::hash::HashError>(())
//! ```

mod digest;
mod jpeg_luma;
pub mod list;
mod luma_view;
mod pdq;
pub mod search;

pub use digest::{ExactDigests, ExactHasher};
pub use jpeg_luma::{LumaEighth, luma_eighth};
pub use list::{DeviceKey, KnownList, KnownMatch};
pub use luma_view::LumaView;
pub use pdq::{DIHEDRALS, Dihedral, MATCH_DISTANCE, MIN_MARGIN, MIN_QUALITY, Pdq, PdqHash, PictureHashes};

/// Why something could not be hashed. Holds nothing of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashError {
    /// Width, height, stride and number of bytes do not fit together.
    BadPixels,
    /// A hash is not of its form, such as 64 hex digits for PDQ.
    BadHash,
    /// Reading failed.
    Io(std::io::ErrorKind),
}

impl std::fmt::Display for HashError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BadPixels => f.write_str("width, height, stride and the number of bytes do not fit together"),
            Self::BadHash => f.write_str("not a hash: PDQ is 64 hex digits, MD5 32, SHA-1 40, SHA-256 64"),
            Self::Io(kind) => write!(f, "reading failed ({kind})"),
        }
    }
}

impl std::error::Error for HashError {}

impl From<std::io::Error> for HashError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.kind())
    }
}
