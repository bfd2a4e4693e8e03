//! Small files that nobody but this phone can read or change: consent, policies, the guardian's PIN, counts.
//!
//! A file is encrypted and authenticated under the [`DeviceKey`] and bound to its name, written new, synced and
//! renamed. What the vault cannot notice is an older copy of the same file put back by somebody who can write into
//! the app's private folder; on Android that takes a rooted phone, and then the key is lost as well.
//!
//! ```
//! use lachan::vault::{DeviceKey, RealFiles, Vault};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let mut vault = Vault::new(folder.path(), DeviceKey::from_bytes(&[7; 32]), RealFiles);
//! vault.write("counts", b"numbers", &[1; 32])?;
//! assert_eq!(vault.read("counts")?, Some(b"numbers".to_vec()));
//! assert_eq!(vault.read("other")?, None);
//! # Ok(())
//! # }
//! ```

mod device_key;
mod files;
pub(crate) mod sealed;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub use device_key::DeviceKey;
pub use files::{FileOperations, RealFiles};
pub(crate) use files::{remove_flat_folder, replace_file, write_file};

/// Largest content of a vault file, in bytes. The largest in use is that of a child's phone, which follows eight signers
/// with a document of 16 kilobytes each at most.
pub const MAX_BYTES: usize = 4 << 20;

/// What sealing adds at most to [`MAX_BYTES`]: the header, and a tag for each piece.
const MAX_OVERHEAD: u64 = 4096;

/// Longest name of a vault file.
const MAX_NAME: usize = 64;

/// Why a vault file was not read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VaultError {
    /// The file was changed, cut, renamed, or sealed with another key.
    Damaged,
    /// A name is 1 to 64 lower-case letters, digits and hyphens.
    BadName,
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// Reading or writing failed; the file is what it was.
    Io(io::ErrorKind),
}

impl std::fmt::Display for VaultError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Damaged => f.write_str("a protected file is damaged, or the device key is another one; set up again"),
            Self::BadName => f.write_str("a protected file's name is 1 to 64 lower-case letters, digits and hyphens"),
            Self::TooLarge => f.write_str("a protected file holds at most 4 megabytes"),
            Self::Io(kind) => write!(f, "reading or writing failed ({kind}); nothing was changed"),
        }
    }
}

impl std::error::Error for VaultError {}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

/// A folder of sealed files.
pub struct Vault {
    folder: PathBuf,
    key: DeviceKey,
    files: Box<dyn FileOperations + Send>,
}

impl Vault {
    /// The vault in `folder`, which is made at the first writing.
    pub fn new(folder: &Path, key: DeviceKey, files: impl FileOperations + Send + 'static) -> Self {
        Self { folder: folder.to_owned(), key, files: Box::new(files) }
    }

    /// What the file called `name` holds; nothing if it is not there.
    ///
    /// # Errors
    /// It is damaged, or cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let file = match File::open(self.path(name)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut sealed = Vec::new();
        let most = MAX_BYTES as u64 + MAX_OVERHEAD;
        if file.take(most + 1).read_to_end(&mut sealed)? as u64 > most {
            return Err(VaultError::Damaged);
        }
        let (words, length) = sealed::open(&sealed, &self.file_key(name))?;
        Ok(Some(bytemuck::cast_slice::<u64, u8>(&words)[..length].to_vec()))
    }

    /// Writes the file called `name` in place of what it was. `entropy` is 32 fresh random bytes of the caller.
    ///
    /// # Errors
    /// Writing failed; the file is what it was.
    pub fn write(&mut self, name: &str, content: &[u8], entropy: &[u8; 32]) -> Result<(), VaultError> {
        let path = self.path(name)?;
        if content.len() > MAX_BYTES {
            return Err(VaultError::TooLarge);
        }
        let sealed = sealed::seal(content, &self.file_key(name), entropy)?;
        self.files.create_folder(&self.folder)?;
        Ok(replace_file(&mut *self.files, &path, &sealed)?)
    }

    /// Removes the file called `name`; one that is not there is fine.
    ///
    /// # Errors
    /// The system refuses.
    pub fn remove(&mut self, name: &str) -> Result<(), VaultError> {
        let path = self.path(name)?;
        for path in [path.with_extension("new"), path] {
            if fs::exists(&path)? {
                self.files.remove_file(&path)?;
            }
        }
        if fs::exists(&self.folder)? {
            self.files.sync_folder(&self.folder)?;
        }
        Ok(())
    }

    /// A key of its own for each name, so that one file cannot stand in for another.
    fn file_key(&self, name: &str) -> DeviceKey {
        DeviceKey::from_bytes(&self.key.derive("vault file", name.as_bytes()))
    }

    fn path(&self, name: &str) -> Result<PathBuf, VaultError> {
        let well_formed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(well_formed) {
            return Err(VaultError::BadName);
        }
        Ok(self.folder.join(name))
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(folder: &Path, seed: u8) -> Vault {
        Vault::new(folder, DeviceKey::from_bytes(&[seed; 32]), RealFiles)
    }

    #[test]
    fn a_file_is_read_by_its_phone_and_under_its_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let mut own = vault(folder.path(), 1);
        own.write("gate", b"secret of the gate", &[9; 32]).unwrap();
        assert_eq!(own.read("gate").unwrap().unwrap(), b"secret of the gate");
        assert_eq!(vault(folder.path(), 2).read("gate"), Err(VaultError::Damaged));
        fs::copy(folder.path().join("gate"), folder.path().join("counts")).unwrap();
        assert_eq!(own.read("counts"), Err(VaultError::Damaged), "another file in its place");
        let bytes = fs::read(folder.path().join("gate")).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
    }

    #[test]
    fn names_cannot_leave_the_folder_and_sizes_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut own = vault(folder.path(), 1);
        for name in ["", "../x", "a/b", "A", "x.new", &"x".repeat(65)] {
            assert_eq!(own.read(name), Err(VaultError::BadName), "{name}");
        }
        assert_eq!(own.write("x", &vec![0; MAX_BYTES + 1], &[0; 32]), Err(VaultError::TooLarge));
        own.write("x", &vec![0; MAX_BYTES], &[0; 32]).unwrap();
        assert_eq!(own.read("x").unwrap().unwrap().len(), MAX_BYTES);
        fs::write(folder.path().join("x"), vec![0; MAX_BYTES + 9999]).unwrap();
        assert_eq!(own.read("x"), Err(VaultError::Damaged));
    }

    #[test]
    fn what_is_removed_is_gone_with_what_a_crash_left() {
        let folder = tempfile::tempdir().unwrap();
        let mut own = vault(folder.path(), 1);
        own.remove("x").unwrap();
        own.write("x", b"1", &[0; 32]).unwrap();
        fs::write(folder.path().join("x.new"), b"left over").unwrap();
        own.remove("x").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// Lets so many file operations pass, then fails for ever.
    struct Stops {
        left: usize,
    }

    impl Stops {
        fn step(&mut self) -> io::Result<()> {
            self.left = self.left.checked_sub(1).ok_or_else(|| io::Error::other("stopped"))?;
            Ok(())
        }
    }

    impl FileOperations for Stops {
        fn create_folder(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.create_folder(path)
        }
        fn create(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.create(path)
        }
        fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.step()?;
            RealFiles.append(path, bytes)
        }
        fn sync(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.sync(path)
        }
        fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.sync_folder(path)
        }
        fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.rename(from, to)
        }
        fn remove_file(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.remove_file(path)
        }
        fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
            self.step()?;
            RealFiles.remove_folder(path)
        }
        fn piece_bytes(&self) -> usize {
            40
        }
    }

    #[test]
    fn every_stop_leaves_the_old_content_or_the_new() {
        let mut stopped = 0;
        for left in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            vault(folder.path(), 1).write("x", b"old", &[0; 32]).unwrap();
            let mut stopping = Vault::new(folder.path(), DeviceKey::from_bytes(&[1; 32]), Stops { left });
            let outcome = stopping.write("x", b"new", &[1; 32]);
            let found = vault(folder.path(), 1).read("x").unwrap().unwrap();
            match outcome {
                Ok(()) => assert_eq!(found, b"new"),
                Err(_) => {
                    stopped += 1;
                    assert!(found == b"old" || found == b"new", "stopped after {left}");
                }
            }
        }
        assert!(stopped >= 6, "the writing was stopped at each of its steps");
    }
}
