//! The folder of an installed list, and how an update gets into it.
//!
//! ```text
//! folder/
//!   current       which of the folders below is the list, what was trusted, and an authentication code
//!   7/            list.bin, snapshot.json, root.json
//!   6/            the one before it
//! ```
//! An update is written into a folder of its own, synced and verified there. Then `current` is replaced by a rename:
//! that is the moment at which the new list counts. Whatever happens before leaves the old one; what is left over
//! is cleared away by the next update.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::compiled::{Compiled, Entries, Origin, PARTS_FROM, Storage, Writing};
use super::documents::{Root, Snapshot, UnixSeconds};
use super::segment::Segment;
use super::updates::{Trusted, pinned, verify_from};
use super::{DeviceKey, FileOperations, ListError, UpdateSource, VerifiedUpdate, refuse_if};
use crate::trust::{Signed, from_hex, sha256, sha256_hex, to_hex};
use crate::vault::{remove_flat_folder, sealed, write_file};

const CURRENT: &str = "current";
const CURRENT_NEW: &str = "current.new";
const LIST: &str = "list.bin";
const SNAPSHOT: &str = "snapshot.json";
const ROOT: &str = "root.json";

/// Largest small file (state, documents) that is read, in bytes.
const MAX_SMALL_FILE: u64 = 4 << 20;

/// How a list is kept.
#[derive(Debug, Clone, Copy)]
pub struct InstallOptions {
    /// Encrypted at rest, and opened into memory: 33 bytes an entry (97 with index tables). Otherwise the disguised
    /// file is mapped and takes no memory of its own.
    pub sealed: bool,
    /// From how many entries on the file has index tables; see [`PARTS_FROM`].
    pub parts_from: usize,
    /// The caller's randomness for the encryption at rest.
    pub entropy: [u8; 32],
}

impl InstallOptions {
    /// Disguised and mapped.
    pub fn mapped() -> Self {
        Self { sealed: false, parts_from: PARTS_FROM, entropy: [0; 32] }
    }

    /// Encrypted at rest with 32 fresh random bytes.
    pub fn sealed(entropy: [u8; 32]) -> Self {
        Self { sealed: true, parts_from: PARTS_FROM, entropy }
    }
}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new list is installed, of this version.
    Installed(u64),
    /// The list is the one that was installed; only its freshness (and perhaps its root) was renewed.
    Refreshed(u64),
}

/// What `current` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    pub folder: u64,
    pub previous: Option<u64>,
    pub sealed: bool,
    pub timestamp_version: u64,
    pub snapshot_version: u64,
    pub snapshot_sha256: String,
    pub time: UnixSeconds,
    /// Until when updates are as fresh as the publisher promises.
    pub expires: UnixSeconds,
    root_sha256: String,
}

/// The state and its authentication code in one file.
#[derive(Serialize, Deserialize)]
struct SealedState {
    state: String,
    tag: String,
}

/// A folder with an installed list.
pub struct ListStore<'a> {
    folder: PathBuf,
    key: &'a DeviceKey,
}

/// A list as it lies on the disk, opened and verified.
pub struct Installed {
    pub(super) compiled: Compiled,
    pub(super) snapshot: Snapshot,
    pub(super) root: Root,
    pub(super) expires: UnixSeconds,
}

impl<'a> ListStore<'a> {
    /// The list in `folder`, which need not exist yet.
    pub fn new(folder: &Path, key: &'a DeviceKey) -> Self {
        Self { folder: folder.to_owned(), key }
    }

    /// Installs or updates the list from the files in `source`.
    ///
    /// `pinned_root` is the signed root document that came with the app; it counts only while nothing is
    /// installed. Of the segments, `source` needs those alone that the installed list was not made from.
    ///
    /// # Errors
    /// The update is refused, or writing failed; the list is what it was.
    pub fn update(
        &self,
        source: &dyn UpdateSource,
        pinned_root: &[u8],
        now: UnixSeconds,
        options: &InstallOptions,
        files: &mut dyn FileOperations,
    ) -> Result<Outcome, ListError> {
        let state = match self.state() {
            Ok(state) => Some(state),
            Err(ListError::NotInstalled) => None,
            Err(error) => return Err(error),
        };
        let trusted = match &state {
            Some(state) => self.trusted(state)?,
            None => pinned(pinned_root)?,
        };
        let update = verify_from(source, &trusted, now)?;
        let expires = update.timestamp.expires.min(update.snapshot.expires).min(update.root.expires);
        let snapshot_sha256 = update.timestamp.snapshot.sha256.clone();
        let root_sha256 = sha256_hex(&update.root_bytes);
        let time = trusted.time.max(update.timestamp.issued);
        files.create_folder(&self.folder)?;

        // The list may be the installed one already, whole and kept as it is now wanted.
        let refreshed = state.as_ref().filter(|state| {
            state.snapshot_sha256 == snapshot_sha256
                && state.sealed == options.sealed
                && self.open_folder(state.folder, state.sealed).is_ok_and(|list| list.compiled.verify_body().is_ok())
        });
        if let Some(state) = refreshed {
            if root_sha256 != state.root_sha256 {
                // The old root stays readable until the state that names the new one is in place.
                write_file(files, &self.folder.join(rotated_root(&root_sha256)), &update.root_bytes)?;
                files.sync_folder(&self.folder)?;
            }
            let next =
                State { timestamp_version: update.timestamp.version, time, expires, root_sha256, ..state.clone() };
            self.commit(&next, files)?;
            let _ = self.clear(&next, files);
            return Ok(Outcome::Refreshed(update.snapshot.version));
        }

        let entries = self.entries(source, &update, state.as_ref())?;
        let used = [state.as_ref().map(|s| s.folder), state.as_ref().and_then(|s| s.previous)];
        let folder = used.into_iter().flatten().max().unwrap_or(0) + 1;
        self.write_folder(folder, &update, &entries, options, files)?;
        // What was written is what is read back: a full disk or a bad medium shows now, not at the first picture.
        self.open_folder(folder, options.sealed)?.compiled.verify_body()?;
        let next = State {
            folder,
            // The last one that is whole: a damaged one helps nobody, and takes no whole one's place.
            previous: state.as_ref().and_then(|s| match self.open_whole(s.folder, s.sealed) {
                Ok(_) => Some(s.folder),
                Err(_) => s.previous,
            }),
            sealed: options.sealed,
            timestamp_version: update.timestamp.version,
            snapshot_version: update.snapshot.version,
            snapshot_sha256,
            time,
            expires,
            root_sha256,
        };
        self.commit(&next, files)?;
        // The new list counts; what cannot be removed now is removed next time.
        let _ = self.clear(&next, files);
        Ok(Outcome::Installed(update.snapshot.version))
    }

    /// Opens the installed list: the current one, or the one before it where that is damaged. All of it is compared with
    /// what was verified at the installation: a list with a bad block would call pictures clear that are on it.
    ///
    /// # Errors
    /// There is none, or neither is whole, or the key is another one.
    pub fn open(&self) -> Result<Installed, ListError> {
        let state = self.state()?;
        let mut installed = self.open_whole(state.folder, state.sealed).or_else(|error| {
            let previous = state.previous.ok_or(error)?;
            // How the one before was kept is not noted: its file says it.
            self.open_whole(previous, state.sealed).or_else(|_| self.open_whole(previous, !state.sealed))
        })?;
        installed.expires = state.expires;
        Ok(installed)
    }

    /// Compares the current list, and not the one before it, with what was verified when it was installed.
    ///
    /// # Errors
    /// There is none, it is damaged, or the key is another one.
    pub fn verify(&self) -> Result<(), ListError> {
        let state = self.state()?;
        self.open_whole(state.folder, state.sealed).map(drop)
    }

    fn open_whole(&self, folder: u64, sealed: bool) -> Result<Installed, ListError> {
        let installed = self.open_folder(folder, sealed)?;
        if !sealed {
            installed.compiled.verify_file(&mut File::open(self.path(folder).join(LIST))?)?;
        }
        Ok(installed)
    }

    /// The entries of the update: from scratch, or from the installed list where that is a beginning of it.
    fn entries(
        &self,
        source: &dyn UpdateSource,
        update: &VerifiedUpdate,
        state: Option<&State>,
    ) -> Result<Entries, ListError> {
        let writing = Writing::new(self.key, &update.root.salt()?);
        let segments = &update.snapshot.segments;
        let beginning = state.and_then(|state| {
            let installed = self.open_folder(state.folder, state.sealed).ok()?;
            let same_start = segments.starts_with(&installed.snapshot.segments);
            // What is built upon must be whole, not only authentic in its trailer.
            (same_start && installed.compiled.verify_body().is_ok()).then_some(installed)
        });
        let done = beginning.as_ref().map_or(0, |installed| installed.snapshot.segments.len());
        let mut entries = beginning.map(|installed| installed.compiled.entries()).unwrap_or_default();
        for entry in &segments[done..] {
            let bytes = update.segment(source, entry)?;
            entries.apply(&Segment::parse(&bytes)?, &writing)?;
        }
        let declared = |code: u8| update.snapshot.categories.iter().any(|category| category.code == code);
        refuse_if(!entries.categories().all(declared), ListError::Malformed)?;
        Ok(entries)
    }

    fn write_folder(
        &self,
        folder: u64,
        update: &VerifiedUpdate,
        entries: &Entries,
        options: &InstallOptions,
        files: &mut dyn FileOperations,
    ) -> Result<(), ListError> {
        let path = self.path(folder);
        remove_flat_folder(files, &path)?;
        files.create_folder(&path)?;
        let snapshot_sha256 = from_hex(&update.timestamp.snapshot.sha256).ok_or(ListError::Malformed)?;
        let origin = Origin { list_version: update.snapshot.version, snapshot_sha256 };
        let list = path.join(LIST);
        if options.sealed {
            let mut plain = Vec::new();
            entries.write(&origin, options.parts_from, self.key, |bytes| {
                plain.extend_from_slice(bytes);
                Ok(())
            })?;
            write_file(files, &list, &sealed::seal(&plain, self.key, &options.entropy)?)?;
        } else {
            files.create(&list)?;
            let piece_bytes = files.piece_bytes();
            entries.write(&origin, options.parts_from, self.key, |bytes| {
                bytes.chunks(piece_bytes).try_for_each(|piece| files.append(&list, piece)).map_err(Into::into)
            })?;
            files.sync(&list)?;
        }
        write_file(files, &path.join(SNAPSHOT), &update.snapshot_bytes)?;
        write_file(files, &path.join(ROOT), &update.root_bytes)?;
        files.sync_folder(&path)?;
        files.sync_folder(&self.folder)?;
        Ok(())
    }

    /// Replaces `current`: before the rename the old state counts, after it the new one.
    fn commit(&self, state: &State, files: &mut dyn FileOperations) -> Result<(), ListError> {
        let text = serde_json::to_string(state).map_err(|_| ListError::Malformed)?;
        let tag = to_hex(hmac::sign(&self.key.hmac_key("state"), text.as_bytes()).as_ref());
        let bytes = serde_json::to_vec(&SealedState { state: text, tag }).map_err(|_| ListError::Malformed)?;
        let new = self.folder.join(CURRENT_NEW);
        write_file(files, &new, &bytes)?;
        files.rename(&new, &self.folder.join(CURRENT))?;
        files.sync_folder(&self.folder)?;
        Ok(())
    }

    /// Removes what neither the current nor the previous list needs.
    fn clear(&self, state: &State, files: &mut dyn FileOperations) -> Result<(), ListError> {
        let kept_root = rotated_root(&state.root_sha256);
        for entry in fs::read_dir(&self.folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let number: Option<u64> = name.parse().ok();
            let old_folder = number.is_some_and(|n| n != state.folder && Some(n) != state.previous);
            let old_root = name.starts_with("root.") && name != kept_root;
            if old_folder {
                remove_flat_folder(files, &entry.path())?;
            } else if old_root || name == CURRENT_NEW {
                files.remove_file(&entry.path())?;
            }
        }
        Ok(())
    }

    pub(super) fn state(&self) -> Result<State, ListError> {
        let path = self.folder.join(CURRENT);
        if !path.exists() {
            return Err(ListError::NotInstalled);
        }
        let sealed: SealedState = serde_json::from_slice(&read_small(&path)?).map_err(|_| ListError::Damaged)?;
        let tag = from_hex::<32>(&sealed.tag).ok_or(ListError::Damaged)?;
        hmac::verify(&self.key.hmac_key("state"), sealed.state.as_bytes(), &tag).map_err(|_| ListError::Damaged)?;
        serde_json::from_str(&sealed.state).map_err(|_| ListError::Damaged)
    }

    fn trusted(&self, state: &State) -> Result<Trusted, ListError> {
        let root_bytes = self.root_bytes(state)?;
        let root = Root::parse(Signed::from_json(&root_bytes)?.unverified_payload())?;
        Ok(Trusted {
            root,
            root_bytes,
            timestamp_version: state.timestamp_version,
            snapshot_version: state.snapshot_version,
            snapshot_sha256: state.snapshot_sha256.clone(),
            time: state.time,
        })
    }

    /// The trusted root: that of the folder, unless a refresh brought a newer one. The state names its digest.
    fn root_bytes(&self, state: &State) -> Result<Vec<u8>, ListError> {
        let rotated = self.folder.join(rotated_root(&state.root_sha256));
        let folders = [Some(state.folder), state.previous].into_iter().flatten().map(|n| self.path(n).join(ROOT));
        std::iter::once(rotated)
            .chain(folders)
            .filter_map(|path| read_small(&path).ok())
            .find(|bytes| sha256_hex(bytes) == state.root_sha256)
            .ok_or(ListError::Damaged)
    }

    fn open_folder(&self, folder: u64, sealed: bool) -> Result<Installed, ListError> {
        let path = self.path(folder);
        let storage = if sealed {
            let mut bytes = Vec::new();
            File::open(path.join(LIST))?.read_to_end(&mut bytes)?;
            let (words, length) = sealed::open(&bytes, self.key)?;
            Storage::Opened(words, length)
        } else {
            Storage::Mapped(map(&path.join(LIST))?)
        };
        let compiled = Compiled::open(storage, self.key)?;
        let snapshot_bytes = read_small(&path.join(SNAPSHOT))?;
        // The trailer, which only this phone's key can write, names the snapshot whose signatures were verified.
        refuse_if(sha256(&snapshot_bytes) != compiled.origin().snapshot_sha256, ListError::Damaged)?;
        let snapshot = Snapshot::parse(Signed::from_json(&snapshot_bytes)?.unverified_payload())?;
        let root_bytes = read_small(&path.join(ROOT))?;
        let root = Root::parse(Signed::from_json(&root_bytes)?.unverified_payload())?;
        Ok(Installed { compiled, snapshot, root, expires: 0 })
    }

    fn path(&self, folder: u64) -> PathBuf {
        self.folder.join(folder.to_string())
    }
}

/// File name of a root that a refresh brought, by its digest.
fn rotated_root(sha256: &str) -> String {
    format!("root.{sha256}.json")
}

fn read_small(path: &Path) -> Result<Vec<u8>, ListError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_SMALL_FILE + 1).read_to_end(&mut bytes)?;
    refuse_if(bytes.len() as u64 > MAX_SMALL_FILE, ListError::Damaged)?;
    Ok(bytes)
}

/// Maps a file that this crate wrote.
///
/// This is the crate's one use of `unsafe`. A mapping is sound while nobody shortens or rewrites the file under it.
/// Files here are private to the app, written once under a new name and never again: an update writes another
/// folder, and removing a mapped file leaves the mapping as it is.
#[allow(unsafe_code)]
fn map(path: &Path) -> Result<memmap2::Mmap, ListError> {
    let file = File::open(path)?;
    // SAFETY: see above; and every value read through the mapping is checked before it is used as a place.
    Ok(unsafe { memmap2::Mmap::map(&file) }?)
}
