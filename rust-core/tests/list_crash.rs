//! Power cuts: an installation is stopped after each file operation, and what is on the disk must be the old list
//! or the new one, whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod power_cut;
mod publisher;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lachan::hash::list::segment::SegmentKind;
use lachan::hash::list::{FileOperations, FolderSource, InstallOptions, ListError, ListStore, Outcome};
use power_cut::{Loss, PowerCut};
use publisher::{NOW, Phone, Publisher, device_key, hash, pdq, picture};

/// Everything is done, and nothing waits for the medium: the power is not cut for real.
fn uncut() -> PowerCut {
    PowerCut::after(usize::MAX, Loss::Nothing)
}

fn copy_folder(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy_folder(&entry.path(), &target) } else { drop(fs::copy(entry.path(), target)) }
    }
}

/// Version 1 knows picture 1, version 2 knows picture 2 instead.
struct Scene {
    _files: tempfile::TempDir,
    publisher: Publisher,
    phone: Phone,
    before: PathBuf,
}

impl Scene {
    fn new(options: InstallOptions) -> Self {
        let files = tempfile::tempdir().unwrap();
        let mut publisher = Publisher::new(&files.path().join("published"));
        let mut base: Vec<_> = (0..60).map(|seed| (hash(seed), 1)).collect();
        base.push((pdq(1).hash(), 1));
        publisher.add(SegmentKind::Base, &base, &[]);
        publisher.publish();
        let mut phone = Phone::new(&files.path().join("phone"), &publisher);
        phone.options = options;
        assert_eq!(phone.update(&publisher.folder), Ok(Outcome::Installed(1)));
        let before = files.path().join("before");
        copy_folder(&phone.folder, &before);
        publisher.add(SegmentKind::Removals, &[(pdq(1).hash(), 0)], &[]);
        publisher.add(SegmentKind::Additions, &[(pdq(2).hash(), 1)], &[]);
        publisher.root.version = 2;
        publisher.publish_root(&[1, 2], 2);
        publisher.raise();
        publisher.publish();
        Self { _files: files, publisher, phone, before }
    }

    fn update(&self, files: &mut dyn FileOperations) -> Result<Outcome, ListError> {
        let key = device_key();
        let store = ListStore::new(&self.phone.folder, &key);
        let source = FolderSource::new(&self.publisher.folder);
        store.update(&source, &self.phone.pinned, NOW, &self.phone.options, files)
    }

    /// The list is one of the two, and it is whole.
    fn version_on_disk(&self, place: &str) -> u64 {
        let key = device_key();
        ListStore::new(&self.phone.folder, &key).verify().unwrap_or_else(|error| panic!("{place}: {error}"));
        let list = self.phone.open().unwrap_or_else(|error| panic!("{place}: {error}"));
        let known = [1, 2].map(|seed| list.match_picture(&picture(seed)).is_some());
        assert_eq!(known, [list.version() == 1, list.version() == 2], "{place}: a mixture");
        list.version()
    }
}

fn stop_everywhere(options: InstallOptions, loss: Loss) -> usize {
    let scene = Scene::new(options);
    let mut whole = uncut();
    scene.update(&mut whole).unwrap();
    let steps = whole.done;
    let mut versions = [0usize; 3];
    for stop in 0..=steps {
        let place = format!("stopped after {stop} of {steps} operations, {loss:?} lost");
        copy_folder(&scene.before, &scene.phone.folder);
        let mut files = PowerCut::after(stop, loss);
        let outcome = scene.update(&mut files);
        files.cut();
        let version = scene.version_on_disk(&place);
        versions[version as usize] += 1;
        if version == 1 {
            assert!(outcome.is_err(), "{place}: it said that it was done");
        }
        // And the next update goes through, over whatever was left behind.
        assert!(scene.update(&mut uncut()).is_ok(), "{place}");
        assert_eq!(scene.version_on_disk(&place), 2);
        let folders = fs::read_dir(&scene.phone.folder).unwrap().count();
        assert!(folders <= 4, "{place}: {folders} things left lying about");
    }
    assert!(versions[1] > 0 && versions[2] > 0, "both lists are met: {versions:?}");
    steps
}

#[test]
fn every_stop_leaves_the_old_list_or_the_new_one() {
    let mut stops = 0;
    for loss in [Loss::Nothing, Loss::Contents, Loss::ContentsAndNames] {
        stops += stop_everywhere(InstallOptions::mapped(), loss);
        stops += stop_everywhere(InstallOptions::sealed([7; 32]), loss);
    }
    assert!(stops >= 500, "only {stops} stop points");
}

/// The first installation: until it is done there is no list, and never a broken one.
#[test]
fn every_stop_of_the_first_installation_leaves_nothing_or_the_list() {
    let scene = Scene::new(InstallOptions::mapped());
    fs::remove_dir_all(&scene.phone.folder).unwrap();
    let mut whole = uncut();
    scene.update(&mut whole).unwrap();
    for stop in 0..whole.done {
        fs::remove_dir_all(&scene.phone.folder).unwrap();
        let mut files = PowerCut::after(stop, Loss::ContentsAndNames);
        let _ = scene.update(&mut files);
        files.cut();
        match scene.phone.open() {
            Err(error) => assert_eq!(error, ListError::NotInstalled, "stop {stop}"),
            Ok(_) => assert_eq!(scene.version_on_disk("first installation"), 2),
        }
        assert!(scene.update(&mut uncut()).is_ok(), "stop {stop}");
    }
}

/// The test itself would notice: with the sync of the list left out, a cut is found to leave a broken list.
#[test]
fn a_missing_sync_is_noticed() {
    struct Forgetful(PowerCut);
    impl FileOperations for Forgetful {
        fn create_folder(&mut self, path: &Path) -> io::Result<()> {
            self.0.create_folder(path)
        }
        fn create(&mut self, path: &Path) -> io::Result<()> {
            self.0.create(path)
        }
        fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.0.append(path, bytes)
        }
        fn sync(&mut self, _: &Path) -> io::Result<()> {
            Ok(())
        }
        fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
            self.0.sync_folder(path)
        }
        fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
            self.0.rename(from, to)
        }
        fn remove_file(&mut self, path: &Path) -> io::Result<()> {
            self.0.remove_file(path)
        }
        fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
            self.0.remove_folder(path)
        }
    }
    let scene = Scene::new(InstallOptions::mapped());
    let mut files = Forgetful(PowerCut::after(usize::MAX, Loss::Contents));
    scene.update(&mut files).unwrap();
    files.0.cut();
    assert!(scene.phone.open().is_err());
}
