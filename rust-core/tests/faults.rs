//! What the disk and the phone can do to the files that are kept: each fault leaves what was in force, or says that it
//! cannot be read; none makes protection weaker, and none stops the app. `docs/faults.md` is the table.
#![allow(clippy::unwrap_used, clippy::panic)]

mod family;
mod power_cut;
mod publisher;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use family::{family, random, vault};
use lachan::family::{ChildPhone, Companion, FamilyError};
use lachan::hash::list::segment::SegmentKind;
use lachan::hash::list::{FolderSource, ListError, ListStore};
use lachan::policy::Rules;
use lachan::text::Conversation;
use lachan::trust::{Bundle, BundleStore, DocumentKind, MANIFEST_FILE, Role, TrustError};
use lachan::vault::{DeviceKey, FileOperations, RealFiles, Vault, VaultError};
use lachan::verdict::Protection;
use power_cut::{Loss, PowerCut};
use publisher::{NOW, Phone, Publisher, device_key, hash, pdq, picture};

/// A disk on which nothing more can be written, for one reason or another.
struct Refusing(io::ErrorKind);

impl Refusing {
    fn refuse(&self) -> io::Result<()> {
        Err(self.0.into())
    }
}

impl FileOperations for Refusing {
    fn create_folder(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn create(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn append(&mut self, _: &Path, _: &[u8]) -> io::Result<()> {
        self.refuse()
    }
    fn sync(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn sync_folder(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn rename(&mut self, _: &Path, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn remove_file(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
    fn remove_folder(&mut self, _: &Path) -> io::Result<()> {
        self.refuse()
    }
}

/// Room for so many bytes, then none, as on a phone that is full.
struct Full {
    room: usize,
}

impl FileOperations for Full {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.create_folder(path)
    }
    fn create(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.create(path)
    }
    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let written = bytes.len().min(self.room);
        self.room -= written;
        RealFiles.append(path, &bytes[..written])?;
        if written < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
    fn sync(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.sync(path)
    }
    fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.sync_folder(path)
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        RealFiles.rename(from, to)
    }
    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove_file(path)
    }
    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove_folder(path)
    }
    fn piece_bytes(&self) -> usize {
        64
    }
}

fn role() -> Role {
    Role::single(publisher::secret(7).public())
}

/// A signed model bundle of this version with one small member.
fn published(folder: &Path, version: u64) -> PathBuf {
    let source = folder.join(format!("published-{version}"));
    let members = BTreeMap::from([("graph".to_owned(), format!("weights {version}").into_bytes())]);
    let mut envelope = Bundle::write(&source, "m", version, &members, serde_json::Value::Null).unwrap();
    envelope.sign(DocumentKind::Model, &publisher::secret(7));
    fs::write(source.join(MANIFEST_FILE), envelope.to_json().unwrap()).unwrap();
    source
}

fn store(folder: &Path) -> BundleStore {
    BundleStore::new(&folder.join("store"), DocumentKind::Model, "m", role())
}

/// The version that a guard would use.
fn in_force(store: &BundleStore) -> Option<u64> {
    store.load(|bundle| bundle.verify_members().ok().map(|()| bundle.manifest().version))
}

fn copy_tree(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy_tree(&entry.path(), &target) } else { drop(fs::copy(entry.path(), target)) }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

#[test]
fn the_power_goes_at_every_write_of_a_model_update() {
    let (before, at) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    store(before.path()).install(&published(before.path(), 1)).unwrap();
    store(before.path()).install(&published(before.path(), 2)).unwrap();
    let update = published(before.path(), 3);
    let mut stops = 0;
    for loss in [Loss::Nothing, Loss::Contents, Loss::ContentsAndNames] {
        for stop in 0.. {
            copy_tree(before.path(), at.path());
            let mut files = PowerCut::after(stop, loss);
            let outcome = store(at.path()).install_with(&update, &mut files);
            files.cut();
            let version = in_force(&store(at.path()));
            assert!(matches!(version, Some(2 | 3)), "{loss:?} at {stop}: {version:?}");
            assert!(outcome.is_err() || version == Some(3), "{loss:?} at {stop}: it said that it was done");
            if outcome.is_err() && version == Some(2) {
                assert_eq!(store(at.path()).install(&update), Ok(3), "{loss:?} at {stop}: the next update");
            }
            assert_eq!(in_force(&store(at.path())), Some(3), "{loss:?} at {stop}");
            stops += 1;
            if outcome.is_ok() {
                break;
            }
        }
    }
    assert!(stops > 40, "only {stops} stop points");
}

#[test]
fn a_full_disk_leaves_what_was_in_force() {
    // A model update.
    let folder = tempfile::tempdir().unwrap();
    let models = store(folder.path());
    models.install(&published(folder.path(), 1)).unwrap();
    let update = published(folder.path(), 2);
    let mut refused = 0;
    for room in (0..).step_by(97) {
        match models.install_with(&update, &mut Full { room }) {
            Err(error) => {
                assert_eq!(error, TrustError::Io(io::ErrorKind::StorageFull), "room for {room}");
                refused += 1;
            }
            Ok(version) => {
                assert_eq!(version, 2);
                break;
            }
        }
        assert!(in_force(&models).is_some_and(|version| version >= 1), "room for {room}");
        if in_force(&models) == Some(2) {
            break;
        }
    }
    assert!(refused > 3, "the disk was never full");

    // A list update.
    let mut publisher = Publisher::new(&folder.path().join("published"));
    publisher.add(SegmentKind::Base, &[(pdq(1).hash(), 1)], &[]);
    publisher.publish();
    let phone = Phone::new(&folder.path().join("phone"), &publisher);
    phone.update(&publisher.folder).unwrap();
    let added: Vec<_> = (10..200).map(|seed| (hash(seed), 1)).chain([(pdq(2).hash(), 1)]).collect();
    publisher.raise();
    publisher.add(SegmentKind::Additions, &added, &[]);
    publisher.publish();
    let key = device_key();
    let list = ListStore::new(&phone.folder, &key);
    for room in [0, 10, 500, 3000] {
        let source = FolderSource::new(&publisher.folder);
        let refused = list.update(&source, &phone.pinned, NOW, &phone.options, &mut Full { room });
        assert_eq!(refused.err(), Some(ListError::Io(io::ErrorKind::StorageFull)), "room for {room}");
        let opened = phone.open().unwrap();
        assert!(opened.match_picture(&picture(1)).is_some() && opened.match_picture(&picture(2)).is_none());
    }
    phone.update(&publisher.folder).unwrap();
    assert!(phone.open().unwrap().match_picture(&picture(2)).is_some(), "with room again, it goes through");
}

#[test]
fn a_disk_that_refuses_leaves_the_family_as_it_was() {
    let (mut guardian, phone) = family();
    let (before, now) = (phone.child.policy(phone.now), phone.now);
    let weaker = {
        let key = phone.child.public_key().unwrap();
        guardian.companion.sign_policy(&key, Rules::new(Protection::Off), now.wall, &random()).unwrap()
    };
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::ReadOnlyFilesystem, io::ErrorKind::PermissionDenied] {
        let refusing = Vault::new(phone.folder.path(), DeviceKey::from_bytes(&[2; 32]), Refusing(kind));
        let mut child = ChildPhone::open(refusing, now).unwrap();
        // What cannot be written down is not in force: after a restart it would be gone.
        let refused = child.receive_policy(&weaker, now, &random()).err();
        assert_eq!(refused, Some(FamilyError::Vault(VaultError::Io(kind))));
        assert_eq!(child.policy(now), before, "{kind:?}");
        // A guess at the PIN that cannot be noted is not made.
        let guess = child.enter_pin("000000", lachan::family::Purpose::Change, now, &random());
        assert_eq!(guess.err(), Some(FamilyError::Vault(VaultError::Io(kind))));
    }
    // A folder where nobody may write, not even root.
    let nowhere = Vault::new(Path::new("/proc/lachan"), DeviceKey::from_bytes(&[2; 32]), RealFiles);
    let mut child = ChildPhone::open(nowhere, now).unwrap();
    assert_eq!(child.policy(now).protection, Protection::Off, "nothing was agreed there");
    assert!(child.tick(now, &random()).is_err() || child.public_key().is_none());
}

/// Every byte of every file of both phones, one after the other. The app is told that the file is damaged; it does not
/// run with a policy that nobody signed.
#[test]
fn a_changed_byte_anywhere_in_a_familys_files_is_noticed() {
    let (guardian, phone) = family();
    let mut changed = 0;
    for file in files(phone.folder.path()).into_iter().chain(files(guardian.folder.path())) {
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, &bytes).unwrap();
            if file.starts_with(phone.folder.path()) {
                let opened = ChildPhone::open(vault(phone.folder.path(), 2), phone.now);
                assert!(opened.is_err(), "{}: byte {at}", file.display());
            } else {
                assert!(Companion::open(vault(guardian.folder.path(), 1)).is_err(), "{}: byte {at}", file.display());
            }
            changed += 1;
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(changed > 500, "only {changed} bytes");
    assert!(ChildPhone::open(vault(phone.folder.path(), 2), phone.now).is_ok());
}

/// Every byte of every file of an installed model update: the bundle is used as it was signed or not at all.
#[test]
fn a_changed_byte_anywhere_in_a_bundle_sends_back_to_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let models = store(folder.path());
    models.install(&published(folder.path(), 1)).unwrap();
    models.install(&published(folder.path(), 2)).unwrap();
    for file in files(&folder.path().join("store/v2")) {
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, &bytes).unwrap();
            let used = models.load(|bundle| {
                let member = bundle.member("graph").ok()?;
                Some((bundle.manifest().version, member))
            });
            let (version, member) = used.unwrap_or_else(|| panic!("{}: byte {at}: nothing is left", file.display()));
            assert_eq!(member, format!("weights {version}").into_bytes(), "{}: byte {at}", file.display());
        }
        fs::write(&file, &whole).unwrap();
    }
}

/// Every byte of a sealed list, and of the documents beside it.
#[test]
fn a_changed_byte_in_a_sealed_list_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&folder.path().join("published"));
    publisher.add(SegmentKind::Base, &[(pdq(1).hash(), 1), (hash(5), 1)], &[]);
    publisher.publish();
    let mut phone = Phone::new(&folder.path().join("phone"), &publisher);
    phone.options = lachan::hash::list::InstallOptions::sealed([7; 32]);
    phone.update(&publisher.folder).unwrap();
    let key = device_key();
    let mut noticed = 0;
    for file in files(&phone.folder) {
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, &bytes).unwrap();
            let sound = ListStore::new(&phone.folder, &key).verify().is_ok();
            // A list that opens all the same still finds what it should and nothing else.
            if let Ok(list) = phone.open() {
                assert!(list.match_picture(&picture(1)).is_some(), "{}: byte {at} of {}", file.display(), whole.len());
                assert!(list.match_picture(&picture(3)).is_none());
            }
            noticed += usize::from(!sound);
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(noticed > 1000, "only {noticed} changes were noticed");
}

/// A conversation's memory is given back by the app: any bytes are a conversation or none, never a panic.
#[test]
fn a_conversations_memory_survives_any_change() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    let bundle = Bundle::open(&models.join("text"), DocumentKind::Model, &Role::development().unwrap());
    let bundle = bundle.unwrap_or_else(|error| panic!("{error}: run `make models` first"));
    let model = lachan::text::TextModel::load(&bundle).unwrap();
    let mut talk = Conversation::new(&model);
    for (minute, text) in ["e hoc lop may", "dung ke ai nghe", "gui hinh di"].iter().enumerate() {
        talk.check(&model, text, lachan::text::Side::Other, minute as f64, lachan::text::PeerTrust::Unknown);
    }
    let whole = talk.to_bytes();
    for at in 0..whole.len() {
        for change in [1u8, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            if let Some(mut read) = Conversation::from_bytes(&bytes) {
                for minute in [0.0, f64::MAX, f64::NAN, -1.0] {
                    let turn =
                        read.check(&model, "alo", lachan::text::Side::Other, minute, lachan::text::PeerTrust::Unknown);
                    assert!((0.0..=1.0).contains(&turn.risk), "byte {at}: {}", turn.risk);
                }
            }
            assert!(Conversation::from_bytes(&whole[..at]).is_none(), "cut at {at}");
        }
    }
    assert_eq!(Conversation::from_bytes(&whole), Some(talk));
}
