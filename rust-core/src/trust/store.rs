//! Where installed bundles live: versions only rise, above those that came with the app too, and the last good one is
//! kept.
//!
//! ```text
//! store/
//!   newest          the highest version ever installed, so that going back is noticed even after a repair
//!   v7/  v6/        the current bundle and the one before it
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::bundle::envelope_bytes;
use super::{Bundle, DocumentKind, MANIFEST_FILE, Role, TrustError};
use crate::vault::{FileOperations, RealFiles, remove_flat_folder, replace_file, write_file};

/// How many installed versions are kept: the current one and the last good one.
const KEPT_VERSIONS: usize = 2;

/// Two installations at once would write into each other's folder.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The installed versions of one bundle.
#[derive(Debug, Clone)]
pub struct BundleStore {
    folder: PathBuf,
    kind: DocumentKind,
    name: String,
    role: Role,
    packaged: u64,
}

impl BundleStore {
    /// The store in `folder` for the bundle called `name`. The folder is made at the first installation.
    pub fn new(folder: &Path, kind: DocumentKind, name: &str, role: Role) -> Self {
        Self { folder: folder.to_owned(), kind, name: name.to_owned(), role, packaged: 0 }
    }

    /// The version that came with the app: nothing as old is installed, and nothing as old that was is used.
    pub fn above(self, packaged: u64) -> Self {
        Self { packaged, ..self }
    }

    /// Installs the bundle in `source` if it is whole, rightly signed and newer than any before it. The newest may be
    /// installed again where what lies here of it is damaged.
    ///
    /// Members are copied beside the installed version, synced, and renamed into place: a crash at any point
    /// leaves the version that was current.
    ///
    /// # Errors
    /// The bundle is refused and nothing was changed.
    pub fn install(&self, source: &Path) -> Result<u64, TrustError> {
        self.install_with(source, &mut RealFiles)
    }

    /// As [`BundleStore::install`], writing by `files`.
    ///
    /// # Errors
    /// As there; where `files` fails, the version that was current is still there.
    pub fn install_with(&self, source: &Path, files: &mut dyn FileOperations) -> Result<u64, TrustError> {
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        let bundle = Bundle::open(source, self.kind, &self.role)?;
        let version = bundle.manifest().version;
        if bundle.manifest().name != self.name {
            return Err(TrustError::WrongKind);
        }
        let is_old = |newest: u64| version < newest || version == newest && self.is_whole(version);
        if version <= self.packaged || self.newest().is_some_and(is_old) {
            return Err(TrustError::VersionNotHigher);
        }
        files.create_folder(&self.folder)?;
        let staging = self.folder.join("staging");
        if let Err(refusal) = self.stage(source, &bundle, &staging, files) {
            // Nothing of a bundle that is not taken is left lying about; what cannot be cleared away now, the next one clears.
            let _ = remove_flat_folder(files, &staging);
            return Err(refusal);
        }
        let target = self.version_folder(version);
        remove_flat_folder(files, &target)?;
        files.rename(&staging, &target)?;
        files.sync_folder(&self.folder)?;
        replace_file(files, &self.folder.join("newest"), version.to_string().as_bytes())?;
        for old in self.versions().into_iter().skip(KEPT_VERSIONS) {
            // The new version is in force: what cannot be cleared away now is cleared by the next.
            let _ = remove_flat_folder(files, &self.version_folder(old));
        }
        Ok(version)
    }

    /// Copies the bundle and checks the copy.
    fn stage(
        &self,
        source: &Path,
        bundle: &Bundle,
        staging: &Path,
        files: &mut dyn FileOperations,
    ) -> Result<(), TrustError> {
        remove_flat_folder(files, staging)?;
        files.create_folder(staging)?;
        for (role_name, member) in &bundle.manifest().members {
            write_file(files, &staging.join(&member.sha256), &bundle.member(role_name)?)?;
        }
        write_file(files, &staging.join(MANIFEST_FILE), &envelope_bytes(source)?)?;
        files.sync_folder(staging)?;
        // What was copied is what is checked: the source may have changed since it was opened.
        Bundle::open(staging, self.kind, &self.role)?.verify_members()
    }

    /// The newest installed bundle that `accept` takes, going back to the last good one where a newer one fails.
    ///
    /// `accept` is where a model runs its self-test.
    pub fn load<T>(&self, mut accept: impl FnMut(&Bundle) -> Option<T>) -> Option<T> {
        let newer = self.versions().into_iter().filter(|version| *version > self.packaged);
        newer.filter_map(|version| self.open(version)).find_map(|bundle| accept(&bundle))
    }

    /// An installed version, if its manifest is sound.
    fn open(&self, version: u64) -> Option<Bundle> {
        let bundle = Bundle::open(&self.version_folder(version), self.kind, &self.role).ok()?;
        (bundle.manifest().version == version && bundle.manifest().name == self.name).then_some(bundle)
    }

    fn is_whole(&self, version: u64) -> bool {
        self.open(version).is_some_and(|bundle| bundle.verify_members().is_ok())
    }

    /// The highest version ever installed.
    pub fn newest(&self) -> Option<u64> {
        let noted = fs::read_to_string(self.folder.join("newest")).ok().and_then(|t| t.trim().parse().ok());
        noted.max(self.versions().first().copied())
    }

    fn versions(&self) -> Vec<u64> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut versions: Vec<u64> =
            entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix('v')?.parse().ok()).collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        versions
    }

    fn version_folder(&self, version: u64) -> PathBuf {
        self.folder.join(format!("v{version}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::trust::SecretKey;

    fn publish(folder: &Path, version: u64) -> PathBuf {
        let source = folder.join(format!("published-{version}"));
        let members = BTreeMap::from([("graph".to_owned(), format!("weights {version}").into_bytes())]);
        let mut envelope = Bundle::write(&source, "m", version, &members, serde_json::Value::Null).unwrap();
        envelope.sign(DocumentKind::Model, &SecretKey::from_seed(&[7; 32]).unwrap());
        fs::write(source.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
        source
    }

    fn store(folder: &Path) -> BundleStore {
        let role = Role::single(SecretKey::from_seed(&[7; 32]).unwrap().public());
        BundleStore::new(&folder.join("store"), DocumentKind::Model, "m", role)
    }

    fn current(store: &BundleStore) -> Option<u64> {
        store.load(|bundle| bundle.verify_members().ok().map(|()| bundle.manifest().version))
    }

    #[test]
    fn versions_only_rise_even_after_the_newest_was_lost() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        assert_eq!(store.install(&publish(folder.path(), 2)), Ok(2));
        assert_eq!(store.install(&publish(folder.path(), 4)), Ok(4));
        assert_eq!(store.install(&publish(folder.path(), 4)), Err(TrustError::VersionNotHigher));
        fs::remove_dir_all(folder.path().join("store/v4")).unwrap();
        assert_eq!(store.install(&publish(folder.path(), 3)), Err(TrustError::VersionNotHigher));
        assert_eq!(current(&store), Some(2));
        assert_eq!(store.install(&publish(folder.path(), 4)), Ok(4), "what is damaged may be installed again");
        assert_eq!(current(&store), Some(4));
    }

    #[test]
    fn nothing_as_old_as_what_came_with_the_app_is_installed_or_used() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path()).install(&publish(folder.path(), 3)).unwrap();
        assert_eq!(current(&store(folder.path()).above(2)), Some(3));
        assert_eq!(current(&store(folder.path()).above(3)), None);
        let updated = store(folder.path()).above(4);
        assert_eq!(current(&updated), None);
        assert_eq!(updated.install(&publish(folder.path(), 4)), Err(TrustError::VersionNotHigher));
        assert_eq!(updated.install(&publish(folder.path(), 5)), Ok(5));
        assert_eq!(current(&updated), Some(5));
    }

    #[test]
    fn installations_at_the_same_time_end_with_the_newest_whole() {
        let folder = tempfile::tempdir().unwrap();
        let sources: Vec<_> = (1..=8).map(|version| publish(folder.path(), version)).collect();
        std::thread::scope(|scope| {
            let installing = sources.iter().map(|source| scope.spawn(|| store(folder.path()).install(source)));
            for done in installing.collect::<Vec<_>>() {
                assert!(matches!(done.join().unwrap(), Ok(_) | Err(TrustError::VersionNotHigher)));
            }
        });
        assert_eq!(current(&store(folder.path())), Some(8));
    }

    #[test]
    fn the_last_good_bundle_serves_when_the_newest_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        for version in [1, 2, 3] {
            store.install(&publish(folder.path(), version)).unwrap();
        }
        assert!(!folder.path().join("store/v1").exists(), "only two versions are kept");
        fs::write(folder.path().join("store/v3").join(crate::trust::sha256_hex(b"weights 3")), b"weights X").unwrap();
        assert_eq!(current(&store), Some(2));
    }

    #[test]
    fn a_refused_bundle_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        store.install(&publish(folder.path(), 1)).unwrap();
        let bad = publish(folder.path(), 2);
        fs::write(bad.join(crate::trust::sha256_hex(b"weights 2")), b"short").unwrap();
        assert_eq!(store.install(&bad), Err(TrustError::DigestMismatch));
        assert_eq!((current(&store), store.newest()), (Some(1), Some(1)));
    }

    #[test]
    fn a_refused_bundle_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("published");
        let members =
            BTreeMap::from([("graph".to_owned(), b"whole".to_vec()), ("weights".to_owned(), b"cut".to_vec())]);
        let mut envelope = Bundle::write(&source, "m", 1, &members, serde_json::Value::Null).unwrap();
        envelope.sign(DocumentKind::Model, &SecretKey::from_seed(&[7; 32]).unwrap());
        fs::write(source.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
        fs::write(source.join(crate::trust::sha256_hex(b"cut")), b"cu").unwrap();
        assert_eq!(store(folder.path()).install(&source), Err(TrustError::DigestMismatch));
        assert_eq!(fs::read_dir(folder.path().join("store")).unwrap().count(), 0);
    }
}
