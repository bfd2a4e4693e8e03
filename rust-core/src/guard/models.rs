//! The two picture models: found, verified, self-tested and loaded at most once, each when it is first needed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::engine::{Engine, Model, ModelError};
use crate::image::cascade::Models;
use crate::trust::{Bundle, BundleStore, DocumentKind, Role, TrustError};

/// Bundle name of the fast model.
pub const FIRST: &str = "owen-s";
/// Bundle name of the second opinion.
pub const SECOND: &str = "open-nsfw";

type Loaded = OnceLock<Result<Arc<Model>, ModelError>>;

pub(super) struct PictureModels {
    packaged: Option<(PathBuf, Role)>,
    updates: Option<PathBuf>,
    engine: Box<dyn Engine>,
    first: Loaded,
    second: Loaded,
}

impl PictureModels {
    pub fn new(packaged: Option<(PathBuf, Role)>, updates: Option<PathBuf>, engine: Box<dyn Engine>) -> Self {
        Self { packaged, updates, engine, first: OnceLock::new(), second: OnceLock::new() }
    }

    /// Loads the first model, and the second beside it on a thread of its own where `both` is set.
    pub fn load(&self, both: bool) -> Result<(), ModelError> {
        if !both {
            return self.get(&self.first, FIRST).map(drop);
        }
        std::thread::scope(|scope| {
            let second = scope.spawn(|| self.get(&self.second, SECOND).map(drop));
            let first = self.get(&self.first, FIRST).map(drop);
            let second = second.join().unwrap_or(Err(ModelError::SelfTest));
            first.and(second)
        })
    }

    /// Name and version of the first model; empty where it cannot be used.
    pub fn source(&self) -> String {
        self.first().map_or_else(String::new, |model| model.source())
    }

    /// As [`PictureModels::source`], with the second model where it was needed so far: a warning of nudity rests on both.
    pub fn sources(&self) -> String {
        match self.second.get() {
            Some(Ok(second)) => format!("{} + {}", self.source(), second.source()),
            _ => self.source(),
        }
    }

    fn get(&self, slot: &Loaded, name: &str) -> Result<Arc<Model>, ModelError> {
        slot.get_or_init(|| self.open(name).map(Arc::new)).clone()
    }

    fn open(&self, name: &str) -> Result<Model, ModelError> {
        let (folder, role) =
            self.packaged.as_ref().ok_or(ModelError::Trust(TrustError::Io(std::io::ErrorKind::NotFound)))?;
        let packaged = Bundle::open(&folder.join(name), DocumentKind::Model, role);
        // An app that was updated may have come with a newer model than the one that was installed before.
        let version = packaged.as_ref().map_or(0, |bundle| bundle.manifest().version);
        match self.updates.as_deref().and_then(|updates| self.newest_update(updates, name, role, version)) {
            Some(model) => Ok(model),
            None => packaged
                .map_err(ModelError::from)
                .and_then(|bundle| Model::load(&bundle, self.engine.as_ref()))
                .or_else(
                    // What came with the app is damaged: an older update is better than nobody who looks.
                    |damage| {
                        self.updates
                            .as_deref()
                            .and_then(|updates| self.newest_update(updates, name, role, 0))
                            .ok_or(damage)
                    },
                ),
        }
    }

    fn newest_update(&self, updates: &Path, name: &str, role: &Role, packaged: u64) -> Option<Model> {
        let store = BundleStore::new(&updates.join(name), DocumentKind::Model, name, role.clone()).above(packaged);
        store.load(|bundle| Model::load(bundle, self.engine.as_ref()).ok())
    }
}

impl Models for PictureModels {
    fn first(&self) -> Option<Arc<Model>> {
        self.get(&self.first, FIRST).ok()
    }

    fn second(&self) -> Option<Arc<Model>> {
        self.get(&self.second, SECOND).ok()
    }
}
