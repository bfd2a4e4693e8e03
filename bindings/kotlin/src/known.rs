//! The list of known images that is installed on this phone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use lachan_core::hash::list::{
    DeviceKey, FolderSource, InstallOptions, KnownList, ListError, ListStore, Outcome, RateLimit, RealFiles,
    UpdateSource,
};

use crate::log::{LogLevel, say};
use crate::shield::ShieldError;

/// Where the list is, and what belongs to it.
#[derive(Clone, uniffi::Record)]
pub struct KnownListPlace {
    /// Folder of the installed list.
    pub folder: String,
    /// The 32 secret bytes that this phone keeps for it.
    pub key: Vec<u8>,
    /// Seconds since 1970.
    pub now_seconds: u64,
}

/// What is installed.
#[derive(Debug, Clone, uniffi::Record)]
pub struct KnownListFacts {
    /// Name of the list.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Entries that are pictures.
    pub pictures: u64,
    /// Entries that are digests of files.
    pub files: u64,
    /// Whether an update should have come by now.
    pub stale: bool,
}

/// Whether there is a list to ask.
#[derive(Clone, Default)]
pub enum Opened {
    /// None is installed, or nobody has looked yet.
    #[default]
    None,
    /// It is open.
    List(Arc<KnownList>),
    /// One is installed, or may be, and it cannot be opened.
    Unavailable,
}

/// The list that is open, and how often it may be asked.
pub struct Known {
    opened: RwLock<Opened>,
    limit: Mutex<RateLimit>,
    started: Instant,
    installing: Mutex<()>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            opened: RwLock::default(),
            limit: Mutex::new(RateLimit::standard()),
            started: Instant::now(),
            installing: Mutex::default(),
        }
    }
}

impl Known {
    /// The list that is open, or why none is.
    pub fn opened(&self) -> Opened {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is installed cannot be opened.
    pub fn set_unavailable(&self) {
        self.set(Opened::Unavailable);
    }

    fn set(&self, opened: Opened) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = opened;
    }

    /// Counts one question, and says whether it may be asked. Without a list nothing is counted.
    pub fn may_be_asked(&self) -> bool {
        let now = self.started.elapsed().as_millis() as u64;
        !matches!(self.opened(), Opened::List(_))
            || self.limit.lock().unwrap_or_else(PoisonError::into_inner).allow(1, now)
    }

    /// Opens what is installed. What the list learnt before is taken up, and left where it is of another list.
    pub fn open(&self, place: &KnownListPlace, learnt: &str) -> Result<KnownListFacts, ShieldError> {
        let opened = self.try_to_open(place, learnt);
        match &opened {
            Ok(_) => {}
            Err(ShieldError::List(ListError::NotInstalled)) => self.set(Opened::None),
            Err(_) => self.set_unavailable(),
        }
        opened
    }

    fn try_to_open(&self, place: &KnownListPlace, learnt: &str) -> Result<KnownListFacts, ShieldError> {
        let mut list = KnownList::open(Path::new(&place.folder), &key(place)?, place.now_seconds)?;
        let _ = list.restore_quarantine(learnt);
        let (pictures, files) = list.counts();
        let facts = KnownListFacts {
            name: list.name().to_owned(),
            version: list.version(),
            pictures: pictures as u64,
            files: files as u64,
            stale: list.is_stale(place.now_seconds),
        };
        self.set(Opened::List(Arc::new(list)));
        Ok(facts)
    }

    /// Installs an update; gives the version that is installed then.
    pub fn install(&self, place: &KnownListPlace, root: &[u8], update: &dyn UpdateSource) -> Result<u64, ShieldError> {
        let _alone = self.installing.lock().unwrap_or_else(PoisonError::into_inner);
        let (folder, key) = (Path::new(&place.folder), key(place)?);
        let store = ListStore::new(folder, &key);
        let install = || store.update(update, root, place.now_seconds, &InstallOptions::mapped(), &mut RealFiles);
        let mut outcome = install();
        if outcome == Err(ListError::Damaged) && store.open().is_err() {
            // Changed from outside, or sealed with a key that the phone has lost: there is nothing left to build upon.
            say(LogLevel::Warning, "the installed list of known images is damaged; it is installed anew");
            std::fs::remove_dir_all(folder).map_err(|error| ListError::Io(error.kind()))?;
            outcome = install();
        }
        match outcome? {
            Outcome::Installed(version) | Outcome::Refreshed(version) => Ok(version),
        }
    }

    /// What the list learnt about entries that match too much: hashes in this phone's own writing, to keep.
    pub fn learnt(&self) -> String {
        match self.opened() {
            Opened::List(list) => list.quarantine(),
            Opened::None | Opened::Unavailable => String::new(),
        }
    }
}

/// The files of an update in a folder.
pub fn in_folder(folder: &str) -> impl UpdateSource {
    FolderSource::new(Path::new(folder))
}

/// The files of an update in memory, by name.
pub struct InMemory(pub HashMap<String, Vec<u8>>);

impl UpdateSource for InMemory {
    fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ListError> {
        let upto = usize::try_from(limit.saturating_add(1)).unwrap_or(usize::MAX);
        Ok(self.0.get(name).map(|bytes| bytes[..bytes.len().min(upto)].to_vec()))
    }
}

fn key(place: &KnownListPlace) -> Result<DeviceKey, ListError> {
    let bytes: &[u8; 32] = place.key.as_slice().try_into().map_err(|_| ListError::Damaged)?;
    Ok(DeviceKey::from_bytes(bytes))
}
