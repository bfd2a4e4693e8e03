//! The guard and what it is built from, shared by all calls.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lachan_core::engine::ModelError;
use lachan_core::guard::Guard;
use lachan_core::image::{Limits, Orientation, PixelFormat, PixelView};
use lachan_core::policy::{Checks, Policy, RevealRules};
use lachan_core::trust::{BundleStore, DocumentKind, PublicKey, Role, TrustError};
use lachan_core::verdict::{AgeBand, Direction, NotCheckedReason, Protection, Verdict};

use crate::log::{LogLevel, say};
use crate::numbered::shields;
use crate::tickets::Ticket;

/// Where models are, and whose signatures count.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Settings {
    /// Folder of the model bundles that came with the app.
    pub models: Option<String>,
    /// Folder of the bundles that were installed since.
    pub updates: Option<String>,
    /// Public keys in hex; the development key where there are none.
    pub keys: Vec<String>,
    /// How many of the keys must have signed.
    pub threshold: u32,
    /// Recognise the test marker.
    pub test_mode: bool,
}

/// What a check needs to know of the rules in force: an app's own, or those that a family's phone has worked out.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct Terms {
    /// How much is done.
    pub protection: Protection,
    /// Whom it is done for.
    pub age: AgeBand,
    /// What is looked for.
    pub checks: Checks,
    /// Who may look behind a picture's warning.
    pub reveal: RevealRules,
    /// Whether the matching lesson is offered after a warning.
    pub lessons: bool,
}

impl From<Terms> for Policy {
    fn from(terms: Terms) -> Self {
        let Terms { protection, age, checks, reveal, lessons } = terms;
        Self { checks, reveal, lessons, ..Self::new(protection, age) }
    }
}

impl From<&Policy> for Terms {
    fn from(policy: &Policy) -> Self {
        let Policy { protection, age, checks, reveal, lessons, .. } = *policy;
        Self { protection, age, checks, reveal, lessons }
    }
}

/// Why something was refused: a sentence for a developer, without content.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
pub enum ShieldError {
    /// A key, signature, version or file.
    #[error("{0}")]
    Trust(#[from] TrustError),
    /// A model.
    #[error("{0}")]
    Model(#[from] ModelError),
    /// A file of the caller's.
    #[error("the file cannot be read ({0})")]
    File(std::io::ErrorKind),
}

/// Order and meaning of the bytes of a pixel.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum PixelOrder {
    /// Red, green, blue, alpha.
    Rgba,
    /// The same, colours multiplied by alpha.
    RgbaPremultiplied,
    /// Red, green, blue.
    Rgb,
    /// Brightness.
    Luma,
}

impl From<PixelOrder> for PixelFormat {
    fn from(order: PixelOrder) -> Self {
        match order {
            PixelOrder::Rgba => Self::Rgba,
            PixelOrder::RgbaPremultiplied => Self::RgbaPremultiplied,
            PixelOrder::Rgb => Self::Rgb,
            PixelOrder::Luma => Self::Luma,
        }
    }
}

/// The guard of one app.
#[derive(uniffi::Object)]
pub struct Shield {
    number: u64,
    models: Option<(PathBuf, Role)>,
    updates: Option<PathBuf>,
    role: Role,
    test_mode: bool,
    guard: RwLock<Arc<Guard>>,
}

#[uniffi::export]
impl Shield {
    /// A shield for a policy. Loads nothing yet.
    #[uniffi::constructor]
    pub fn open(settings: Settings, terms: Terms) -> Result<Arc<Self>, ShieldError> {
        let role = role(&settings)?;
        let models = settings.models.map(|folder| (PathBuf::from(folder), role.clone()));
        let updates = settings.updates.map(PathBuf::from);
        let guard = RwLock::new(Arc::new(build(terms.into(), &models, &updates, settings.test_mode)));
        let test_mode = settings.test_mode;
        Ok(shields().insert(|number| Self { number, models, updates, role, test_mode, guard }))
    }

    /// The number that JNI calls name this shield by.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Puts a policy in force. Checks that are running end under the old one; models are loaded again when needed.
    pub fn set_policy(&self, terms: Terms) {
        self.renew(terms.into());
    }

    /// Frees the models; they are loaded again at the next check.
    pub fn trim(&self) {
        self.renew(self.guard().policy().clone());
        say(LogLevel::Info, "models freed");
    }

    /// Loads the models that the policy needs.
    pub fn warm_up(&self, both: bool) -> Result<(), ShieldError> {
        Ok(self.guard().warm_up(both)?)
    }

    /// Checks the bytes of an encoded picture.
    pub fn check_image(&self, bytes: &[u8], direction: Direction, ticket: u64) -> Verdict {
        self.guard().check_image_watched(bytes, direction, &mut Ticket::open(ticket)).verdict
    }

    /// Reads a regular file and checks the picture in it.
    pub fn check_file(&self, path: String, direction: Direction, ticket: u64) -> Result<Verdict, ShieldError> {
        let mut ticket = Ticket::open(ticket);
        match read_bounded(Path::new(&path)).map_err(|e| ShieldError::File(e.kind()))? {
            Some(bytes) => Ok(self.guard().check_image_watched(&bytes, direction, &mut ticket).verdict),
            None => Ok(Verdict::not_checked(NotCheckedReason::TooLarge)),
        }
    }

    /// Checks pixels in memory.
    #[allow(clippy::too_many_arguments)]
    pub fn check_pixels(
        &self,
        bytes: &[u8],
        width: u32,
        height: u32,
        stride: u32,
        order: PixelOrder,
        rotation_degrees: i32,
        direction: Direction,
    ) -> Verdict {
        let view = PixelView::new(bytes, width, height, stride as usize, order.into(), &Limits::default());
        self.guard().check_pixels(view, turned(rotation_degrees), direction).verdict
    }

    /// Installs a newer model bundle; gives its version.
    pub fn install_model(&self, folder: String) -> Result<u64, ShieldError> {
        let updates = self.updates.as_ref().ok_or(TrustError::Io(std::io::ErrorKind::NotFound))?;
        let source = PathBuf::from(folder);
        let bundle = lachan_core::trust::Bundle::open(&source, DocumentKind::Model, &self.role)?;
        let name = bundle.manifest().name.clone();
        // A name becomes a folder: only those that are known may.
        if ![lachan_core::guard::FIRST_MODEL, lachan_core::guard::SECOND_MODEL].contains(&name.as_str()) {
            return Err(TrustError::WrongKind.into());
        }
        let store = BundleStore::new(&updates.join(&name), DocumentKind::Model, &name, self.role.clone());
        let version = store.install(&source)?;
        self.trim();
        Ok(version)
    }
}

impl Shield {
    fn renew(&self, policy: Policy) {
        let guard = build(policy, &self.models, &self.updates, self.test_mode);
        *self.guard.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(guard);
    }

    /// The guard in force.
    pub fn guard(&self) -> Arc<Guard> {
        Arc::clone(&self.guard.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        shields().remove(self.number);
    }
}

/// How far a picture has to be turned clockwise to be upright, as an orientation; other angles are upright.
pub fn turned(degrees: i32) -> Orientation {
    Orientation::from_tag(match degrees.rem_euclid(360) {
        90 => 6,
        180 => 3,
        270 => 8,
        _ => 1,
    })
}

fn role(settings: &Settings) -> Result<Role, TrustError> {
    if settings.keys.is_empty() {
        return Role::development();
    }
    let keys = settings.keys.iter().map(|key| PublicKey::from_hex(key)).collect::<Result<Vec<_>, _>>()?;
    // A threshold of none would trust anybody.
    Ok(Role { keys, threshold: settings.threshold.max(1) as usize })
}

fn build(policy: Policy, models: &Option<(PathBuf, Role)>, updates: &Option<PathBuf>, test_mode: bool) -> Guard {
    let mut builder = Guard::builder(policy).test_mode(test_mode);
    if let Some((folder, role)) = models {
        builder = builder.models(folder, role.clone());
    }
    if let Some(folder) = updates {
        builder = builder.model_updates(folder);
    }
    builder.build()
}

/// The bytes of a regular file, or nothing where they are more than the limit. Read and not mapped: a file that another
/// process cuts short while it is mapped ends this one.
fn read_bounded(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let limit = Limits::default().max_bytes as u64;
    // Opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    if metadata.len() > limit {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
