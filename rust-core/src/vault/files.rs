//! What is done to files, as single steps, so that a test can stop after each of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The steps in which an installation writes. Reading needs no such door: it changes nothing.
pub trait FileOperations {
    /// Makes a folder and those above it; one that is there is fine.
    ///
    /// # Errors
    /// The system refuses.
    fn create_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Makes an empty file, or empties one.
    ///
    /// # Errors
    /// The system refuses.
    fn create(&mut self, path: &Path) -> io::Result<()>;
    /// Writes at the end of a file.
    ///
    /// # Errors
    /// The system refuses; part of the bytes may have been written.
    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until a file's bytes are on the medium.
    ///
    /// # Errors
    /// The system refuses.
    fn sync(&mut self, path: &Path) -> io::Result<()>;
    /// Waits until a folder's entries are on the medium.
    ///
    /// # Errors
    /// The system refuses.
    fn sync_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Renames a file in place of another, at once.
    ///
    /// # Errors
    /// The system refuses.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// The system refuses.
    fn remove_file(&mut self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    ///
    /// # Errors
    /// The system refuses.
    fn remove_folder(&mut self, path: &Path) -> io::Result<()>;

    /// Bytes of one [`FileOperations::append`]; small in tests, so that there are many places to stop at.
    fn piece_bytes(&self) -> usize {
        1 << 20
    }
}

/// The files of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

impl FileOperations for RealFiles {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create(&mut self, path: &Path) -> io::Result<()> {
        File::create(path).map(drop)
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(path)?.write_all(bytes)
    }

    fn sync(&mut self, path: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).open(path)?.sync_all()
    }

    fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        // Opening a folder is a thing of Unix; elsewhere a rename is as durable as the system makes it.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

/// Writes a whole file in pieces and waits until it is on the medium.
pub(crate) fn write_file(files: &mut dyn FileOperations, path: &Path, bytes: &[u8]) -> io::Result<()> {
    files.create(path)?;
    for piece in bytes.chunks(files.piece_bytes()) {
        files.append(path, piece)?;
    }
    files.sync(path)
}

/// Removes a folder and the files in it; one that is not there is fine.
pub(crate) fn remove_flat_folder(files: &mut dyn FileOperations, folder: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        files.remove_file(&entry.path())?;
    }
    files.remove_folder(folder)
}

/// Puts a file in place of another, so that after a crash the old one is there or the new one, whole.
pub(crate) fn replace_file(files: &mut dyn FileOperations, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    write_file(files, Path::new(&new), bytes)?;
    files.rename(Path::new(&new), path)?;
    path.parent().map_or(Ok(()), |folder| files.sync_folder(folder))
}
