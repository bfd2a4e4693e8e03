//! The guard and what it is built from, shared by all calls.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lachan_core::engine::ModelError;
use lachan_core::guard::{Guard, Stage, Watcher};
use lachan_core::hash::list::ListError;
use lachan_core::image::{ImageError, Limits, Orientation, PixelFormat, PixelView};
use lachan_core::policy::{Checks, Policy, RevealRules};
use lachan_core::trust::{Bundle, BundleStore, DocumentKind, PublicKey, Role, TrustError};
use lachan_core::verdict::{AgeBand, Direction, FindingKind, NotCheckedReason, Protection, Verdict};

use crate::known::{InMemory, Known, KnownListFacts, KnownListPlace, Opened, in_folder};
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
    /// A list of known images.
    #[error("{0}")]
    List(#[from] ListError),
    /// No list of known images is installed, which is no fault.
    #[error("no list of known images is installed")]
    NoList,
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
    parts: Parts,
    known: Known,
    guard: RwLock<Arc<Guard>>,
}

#[uniffi::export]
impl Shield {
    /// A shield for a policy. Loads nothing yet.
    #[uniffi::constructor]
    pub fn open(settings: Settings, terms: Terms) -> Result<Arc<Self>, ShieldError> {
        let parts = Parts::new(settings)?;
        let guard = RwLock::new(Arc::new(parts.build(terms.into(), Opened::None)));
        Ok(shields().insert(|number| Self { number, parts, known: Known::default(), guard }))
    }

    /// The number that JNI calls name this shield by.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Puts a policy in force. Checks that are running end under the old one; models are loaded again when needed.
    pub fn set_policy(&self, terms: Terms) {
        self.renew(|_| terms.into());
    }

    /// Frees the models; they are loaded again at the next check.
    pub fn trim(&self) {
        self.renew(Policy::clone);
        say(LogLevel::Info, "models freed");
    }

    /// Loads the models that the policy needs.
    pub fn warm_up(&self, both: bool) -> Result<(), ShieldError> {
        Ok(self.guard().warm_up(both)?)
    }

    /// Checks the bytes of an encoded picture.
    pub fn check_image(&self, bytes: &[u8], direction: Direction, ticket: u64) -> Verdict {
        let mut ticket = Ticket::open(ticket);
        self.asking(|guard| guard.check_image_watched(bytes, direction, &mut ticket).verdict)
    }

    /// Reads a regular file and checks the picture in it. Of a file that is too large for a picture, its digests are
    /// looked for on the list.
    pub fn check_file(&self, path: String, direction: Direction, ticket: u64) -> Result<Verdict, ShieldError> {
        let mut ticket = Ticket::open(ticket);
        let path = Path::new(&path);
        match read_bounded(path).map_err(|e| ShieldError::File(e.kind()))? {
            Some(bytes) => Ok(self.asking(|guard| guard.check_image_watched(&bytes, direction, &mut ticket).verdict)),
            None => {
                let file = File::open(path).map_err(|e| ShieldError::File(e.kind()))?;
                Ok(match self.asking(|guard| guard.check_file(Watched(file, &mut ticket), direction)) {
                    _ if !ticket.done(Stage::Decoded) => Verdict::not_checked(NotCheckedReason::Cancelled),
                    // That it is not on a list says nothing of what it shows.
                    Verdict::Clear => Verdict::not_checked(NotCheckedReason::TooLarge),
                    Verdict::NotChecked { reason: NotCheckedReason::NotCovered } => {
                        Verdict::not_checked(NotCheckedReason::TooLarge)
                    }
                    other => other,
                })
            }
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
        self.check_view(view, turned(rotation_degrees), direction)
    }

    /// Installs a model bundle that is newer than what came with the app and what was installed before; gives its version.
    pub fn install_model(&self, folder: String) -> Result<u64, ShieldError> {
        let updates = self.parts.updates.as_ref().ok_or(TrustError::Io(std::io::ErrorKind::NotFound))?;
        let source = PathBuf::from(folder);
        let bundle = Bundle::open(&source, DocumentKind::Model, &self.parts.role)?;
        let name = bundle.manifest().name.clone();
        // A name becomes a folder: only those that are known may.
        if ![lachan_core::guard::FIRST_MODEL, lachan_core::guard::SECOND_MODEL].contains(&name.as_str()) {
            return Err(TrustError::WrongKind.into());
        }
        let store = BundleStore::new(&updates.join(&name), DocumentKind::Model, &name, self.parts.role.clone());
        let version = store.above(self.parts.packaged_version(&name)).install(&source)?;
        self.trim();
        Ok(version)
    }

    /// Opens the list of known images that is installed; `learnt` is what [`Shield::known_list_learnt`] gave before.
    pub fn open_known_list(&self, place: KnownListPlace, learnt: String) -> Result<KnownListFacts, ShieldError> {
        let facts = self.known.open(&place, &learnt).map_err(|error| match error {
            ShieldError::List(ListError::NotInstalled) => ShieldError::NoList,
            other => other,
        });
        // Also where it cannot be opened: from now on no check says that a picture is not on it.
        self.renew(Policy::clone);
        facts
    }

    /// A list is installed and cannot be opened now, since its key is out of reach.
    pub fn known_list_out_of_reach(&self) {
        self.known.set_unavailable();
        self.renew(Policy::clone);
    }

    /// Installs or updates the list from the published files in a folder; gives the version that is installed then. It
    /// counts from the next [`Shield::open_known_list`] on.
    pub fn install_known_list(&self, place: KnownListPlace, root: Vec<u8>, folder: String) -> Result<u64, ShieldError> {
        self.known.install(&place, &root, &in_folder(&folder))
    }

    /// The same from files in memory, by name.
    pub fn install_known_list_files(
        &self,
        place: KnownListPlace,
        root: Vec<u8>,
        files: HashMap<String, Vec<u8>>,
    ) -> Result<u64, ShieldError> {
        self.known.install(&place, &root, &InMemory(files))
    }

    /// What the list learnt about entries that match too much; empty without a list.
    pub fn known_list_learnt(&self) -> String {
        self.known.learnt()
    }
}

impl Shield {
    /// Checks pixels wherever they are.
    pub fn check_view(
        &self,
        pixels: Result<PixelView<'_>, ImageError>,
        orientation: Orientation,
        direction: Direction,
    ) -> Verdict {
        self.asking(|guard| guard.check_pixels(pixels, orientation, direction).verdict)
    }

    /// Runs a check that asks the list, unless it was asked too often: then nobody looked.
    fn asking(&self, check: impl FnOnce(&Guard) -> Verdict) -> Verdict {
        let guard = self.guard();
        if guard.policy().permits(FindingKind::KnownImage).is_ok() && !self.known.may_be_asked() {
            return Verdict::not_checked(NotCheckedReason::RateLimited);
        }
        check(&guard)
    }

    /// Puts another guard in force. One at a time: a policy that is set meanwhile must not be overwritten.
    fn renew(&self, policy: impl FnOnce(&Policy) -> Policy) {
        let mut guard = self.guard.write().unwrap_or_else(PoisonError::into_inner);
        *guard = Arc::new(self.parts.build(policy(guard.policy()), self.known.opened()));
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

/// What guards are made of; the same for all that one shield has in its life.
struct Parts {
    models: Option<PathBuf>,
    updates: Option<PathBuf>,
    role: Role,
    test_mode: bool,
}

impl Parts {
    fn new(settings: Settings) -> Result<Self, TrustError> {
        Ok(Self {
            role: role(&settings)?,
            models: settings.models.map(PathBuf::from),
            updates: settings.updates.map(PathBuf::from),
            test_mode: settings.test_mode,
        })
    }

    /// The version of a model that came with the app; 0 where none did that can be used.
    fn packaged_version(&self, name: &str) -> u64 {
        let folder = self.models.as_ref().map(|models| models.join(name));
        let bundle = folder.and_then(|folder| Bundle::open(&folder, DocumentKind::Model, &self.role).ok());
        bundle.map_or(0, |bundle| bundle.manifest().version)
    }

    /// Loads nothing.
    fn build(&self, policy: Policy, known: Opened) -> Guard {
        let mut builder = Guard::builder(policy).test_mode(self.test_mode);
        if let Some(folder) = &self.models {
            builder = builder.models(folder, self.role.clone());
        }
        if let Some(folder) = &self.updates {
            builder = builder.model_updates(folder);
        }
        match known {
            Opened::None => builder,
            Opened::List(list) => builder.known_list(list),
            Opened::Unavailable => builder.known_list_unavailable(),
        }
        .build()
    }
}

fn role(settings: &Settings) -> Result<Role, TrustError> {
    if settings.keys.is_empty() {
        #[cfg(not(feature = "release"))]
        return Role::development();
        // Nobody is trusted: no model is used, and checks say so.
        #[cfg(feature = "release")]
        return Err(TrustError::NotEnoughSignatures);
    }
    let keys = settings.keys.iter().map(|key| PublicKey::from_hex(key)).collect::<Result<Vec<_>, _>>()?;
    // A threshold of none would trust anybody.
    Ok(Role { keys, threshold: settings.threshold.max(1) as usize })
}

/// A file whose reading ends when its check is given up.
struct Watched<'a>(File, &'a mut Ticket);

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.1.done(Stage::Decoded) { self.0.read(buffer) } else { Err(std::io::ErrorKind::Other.into()) }
    }
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
