//! The list as the guard asks it: a picture or a file, and a category or nothing.

use std::path::Path;
use std::sync::Mutex;

use super::allowance::{ALLOWED_DISTANCE, Allowance, ValidAllowance};
use super::compiled::Writing;
use super::documents::UnixSeconds;
use super::quarantine::Quarantine;
use super::segment::ExactDigest;
use super::store::{Installed, ListStore};
use super::{DeviceKey, ListError};
#[cfg(feature = "tools")]
use crate::hash::{DIHEDRALS, Dihedral};
use crate::hash::{ExactDigests, PdqHash, PictureHashes};
use crate::trust::{Role, Signed};

/// The answer to a match: no distance, no entry, nothing from which the list could be read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMatch {
    /// The name of the category.
    pub category: String,
    /// The version of the list.
    pub list_version: u64,
}

/// An installed list, ready to be asked by several threads.
pub struct KnownList {
    installed: Installed,
    writing: Writing,
    /// Largest distance by category byte on this phone; none for a byte that means nothing.
    thresholds: [Option<u32>; 256],
    largest_threshold: u32,
    allowances: Vec<ValidAllowance>,
    quarantine: Mutex<Quarantine>,
    now: UnixSeconds,
}

/// A match with what only the publisher's tools may see.
struct Hit {
    entry: PdqHash,
    query: PdqHash,
    category: u8,
    distance: u32,
    #[cfg(feature = "tools")]
    form: Dihedral,
}

impl KnownList {
    /// Opens the list that is installed in `folder`. `now` decides which allowances hold, and nothing else: an old
    /// list goes on matching.
    ///
    /// # Errors
    /// There is no list, it is damaged, or the key is another one than it was installed with.
    pub fn open(folder: &Path, key: &DeviceKey, now: UnixSeconds) -> Result<Self, ListError> {
        let installed = ListStore::new(folder, key).open()?;
        let mut thresholds = [None; 256];
        for category in &installed.snapshot.categories {
            let jitter =
                u32::from(key.derive("threshold jitter", &[category.code])[0]) % (u32::from(category.jitter) + 1);
            thresholds[usize::from(category.code)] = Some(u32::from(category.threshold) - jitter);
        }
        Ok(Self {
            writing: Writing::new(key, &installed.root.salt()?),
            largest_threshold: thresholds.iter().flatten().copied().max().unwrap_or(0),
            thresholds,
            installed,
            allowances: Vec::new(),
            quarantine: Mutex::default(),
            now,
        })
    }

    /// Looks for a picture in all its forms.
    pub fn match_picture(&self, picture: &PictureHashes) -> Option<KnownMatch> {
        self.match_within(picture, u32::MAX)
    }

    /// Looks for a file by its exact digests.
    pub fn match_file(&self, digests: &ExactDigests) -> Option<KnownMatch> {
        if self.allowances.iter().any(|allowance| allowance.allows_file(digests, self.now)) {
            return None;
        }
        let keys = ExactDigest::all(digests).map(|digest| self.writing.digest(&digest));
        if keys.iter().any(|key| self.installed.compiled.is_key_allowed(*key)) {
            return None;
        }
        keys.iter().find_map(|key| self.answer(self.installed.compiled.key_category(*key)?))
    }

    /// Looks for a picture at no more than `limit` and the category's own threshold.
    pub(super) fn match_within(&self, picture: &PictureHashes, limit: u32) -> Option<KnownMatch> {
        picture.grounds().find_map(|ground| self.match_ground(ground, limit))
    }

    fn match_ground(&self, picture: &PictureHashes, limit: u32) -> Option<KnownMatch> {
        let hit = self.find(picture, limit)?;
        if self.is_allowed(picture) {
            return None;
        }
        // A poisoned lock means that another thread died while counting; the counts are still sound.
        self.quarantine.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).note(&hit.entry, &hit.query);
        self.answer(hit.category)
    }

    /// Takes a guardian's allowance into account from now on.
    ///
    /// # Errors
    /// It is not signed by the guardian, or is for another list.
    pub fn allow(&mut self, allowance: &Signed, guardian: &Role) -> Result<(), ListError> {
        let allowance = Allowance::verify(allowance, guardian, &self.installed.snapshot.list)?;
        self.allowances.push(allowance);
        Ok(())
    }

    /// What the phone learnt about entries that match too much, as text to keep until the next start. It holds
    /// hashes in the phone's own writing only.
    pub fn quarantine(&self) -> String {
        let quarantine = self.quarantine.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        serde_json::to_string(&*quarantine).unwrap_or_default()
    }

    /// Takes up what [`KnownList::quarantine`] gave before.
    ///
    /// # Errors
    /// The text is of another form.
    pub fn restore_quarantine(&mut self, text: &str) -> Result<(), ListError> {
        let quarantine = serde_json::from_str(text).map_err(|_| ListError::Malformed)?;
        self.quarantine = Mutex::new(quarantine);
        Ok(())
    }

    /// How many entries are switched off on this phone.
    pub fn quarantined(&self) -> usize {
        self.quarantine.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).len()
    }

    /// Name of the list.
    pub fn name(&self) -> &str {
        &self.installed.snapshot.list
    }

    /// Version of the list.
    pub fn version(&self) -> u64 {
        self.installed.compiled.origin().list_version
    }

    /// Numbers of PDQ entries and of exact entries.
    pub fn counts(&self) -> (usize, usize) {
        self.installed.compiled.counts()
    }

    /// Whether the list has index tables.
    pub fn is_indexed(&self) -> bool {
        self.installed.compiled.has_parts()
    }

    /// Whether a newer update should have come by `now`. Matching goes on with the list that there is.
    pub fn is_stale(&self, now: UnixSeconds) -> bool {
        now > self.installed.expires
    }

    fn answer(&self, category: u8) -> Option<KnownMatch> {
        let name = &self.installed.snapshot.categories.iter().find(|c| c.code == category)?.name;
        Some(KnownMatch { category: name.clone(), list_version: self.version() })
    }

    /// The nearest entry that counts.
    fn find(&self, picture: &PictureHashes, limit: u32) -> Option<Hit> {
        let disguised: Vec<PdqHash> = picture.queries().flatten().map(|hash| self.writing.hash(hash)).collect();
        self.nearest_disguised(&disguised, limit)
    }

    fn nearest_disguised(&self, disguised: &[PdqHash], limit: u32) -> Option<Hit> {
        let compiled = &self.installed.compiled;
        let near = compiled.index().within(disguised, self.largest_threshold.min(limit));
        // Taken after the search, so that threads do not wait for each other's.
        let quarantine = self.quarantine.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        near.into_iter()
            .filter_map(|near| {
                let category = compiled.category(near.entry)?;
                let entry = compiled.hash(near.entry)?;
                let counts = near.distance <= self.thresholds[usize::from(category)]? && !quarantine.holds(&entry);
                counts.then(|| Hit {
                    entry,
                    query: disguised[near.query],
                    category,
                    distance: near.distance,
                    #[cfg(feature = "tools")]
                    form: DIHEDRALS[near.query % DIHEDRALS.len()],
                })
            })
            .min_by_key(|hit| hit.distance)
    }

    /// Whether the publisher or the guardian says that this picture is harmless.
    fn is_allowed(&self, picture: &PictureHashes) -> bool {
        if self.allowances.iter().any(|allowance| allowance.allows_picture(picture, self.now)) {
            return true;
        }
        let forms = picture.forms().map(|hash| self.writing.hash(&hash));
        self.installed
            .compiled
            .allowed()
            .any(|allowed| forms.iter().any(|hash| hash.distance(&allowed) <= ALLOWED_DISTANCE))
    }
}

/// Why a picture matched. For a publisher's desk only: the SDK is built without it.
#[cfg(feature = "tools")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer that the SDK gives.
    pub known: KnownMatch,
    /// In how many bits the nearest form of the picture differs from the entry.
    pub distance: u32,
    /// Which form that is.
    pub form: Dihedral,
    /// Largest distance that counts in the category, on this phone.
    pub threshold: u32,
}

#[cfg(feature = "tools")]
impl KnownList {
    /// As [`KnownList::match_picture`], with the reasons and without counting.
    pub fn explain_picture(&self, picture: &PictureHashes) -> Option<Explanation> {
        picture.grounds().find_map(|ground| self.explain_ground(ground))
    }

    #[cfg(feature = "tools")]
    fn explain_ground(&self, picture: &PictureHashes) -> Option<Explanation> {
        let hit = self.find(picture, u32::MAX)?;
        if self.is_allowed(picture) {
            return None;
        }
        let threshold = self.thresholds[usize::from(hit.category)]?;
        Some(Explanation { known: self.answer(hit.category)?, distance: hit.distance, form: hit.form, threshold })
    }

    /// The distance of the nearest entry to any of the hashes, within its category's threshold.
    pub fn nearest(&self, hashes: &[PdqHash]) -> Option<u32> {
        let disguised: Vec<PdqHash> = hashes.iter().map(|hash| self.writing.hash(hash)).collect();
        self.nearest_disguised(&disguised, u32::MAX).map(|hit| hit.distance)
    }
}
