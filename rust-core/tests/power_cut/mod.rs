//! A disk on which the power is cut after so many operations.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use lachan::vault::{FileOperations, RealFiles};

/// What a power cut does to what was written but not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It reached the medium all the same.
    Nothing,
    /// File contents that were not synced are gone.
    Contents,
    /// Files that were not synced, and renames in a folder that was not synced, are as if they had never been.
    ContentsAndNames,
}

/// Lets so many operations pass; the next one is cut in the middle, and after it nothing happens any more.
pub struct PowerCut {
    left: usize,
    pub done: usize,
    loss: Loss,
    synced_lengths: BTreeMap<PathBuf, u64>,
    /// A rename that is not yet on the medium: from where, where to, and what was there before.
    renamed: Option<(PathBuf, PathBuf, Option<Vec<u8>>)>,
}

impl PowerCut {
    pub fn after(left: usize, loss: Loss) -> Self {
        Self { left, done: 0, loss, synced_lengths: BTreeMap::new(), renamed: None }
    }

    fn step(&mut self) -> io::Result<()> {
        if self.left == 0 {
            return Err(io::Error::other("the power was cut"));
        }
        self.left -= 1;
        self.done += 1;
        Ok(())
    }

    /// The disk as the next start finds it.
    pub fn cut(self) {
        if self.loss == Loss::Nothing {
            return;
        }
        for (path, length) in &self.synced_lengths {
            if let Ok(file) = OpenOptions::new().write(true).open(path)
                && file.metadata().unwrap().len() > *length
            {
                file.set_len(*length).unwrap();
            }
        }
        if self.loss == Loss::ContentsAndNames
            && let Some((from, to, before)) = self.renamed
        {
            match before {
                Some(bytes) => fs::write(to, bytes).unwrap(),
                None if to.is_dir() => fs::rename(to, from).unwrap(),
                None => fs::remove_file(to).unwrap(),
            }
        }
    }
}

impl FileOperations for PowerCut {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealFiles.create_folder(path)
    }

    fn create(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.synced_lengths.insert(path.to_owned(), 0);
        RealFiles.create(path)
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.step() {
            // The cut comes in the middle of a write.
            let _ = RealFiles.append(path, &bytes[..bytes.len() / 2]);
            return Err(error);
        }
        RealFiles.append(path, bytes)
    }

    fn sync(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.synced_lengths.insert(path.to_owned(), fs::metadata(path)?.len());
        Ok(())
    }

    fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        if self.renamed.as_ref().is_some_and(|(_, to, _)| to.parent() == Some(path)) {
            self.renamed = None;
        }
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.renamed = Some((from.to_owned(), to.to_owned(), fs::read(to).ok()));
        let length = self.synced_lengths.remove(from).unwrap_or(0);
        self.synced_lengths.insert(to.to_owned(), length);
        RealFiles.rename(from, to)
    }

    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.synced_lengths.remove(path);
        RealFiles.remove_file(path)
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealFiles.remove_folder(path)
    }

    fn piece_bytes(&self) -> usize {
        48
    }
}
