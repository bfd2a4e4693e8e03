//! Marked content goes through every public door, by success and by failure, and is looked for in everything that
//! comes out, is kept, or could be written to a log: answers, errors, memories, and every file below the folder.
//!
//! What a person chooses to hand over (an evidence pack, a report) is sealed under words told apart: the mark must not
//! be in its bytes either.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bundles;
mod family;
mod outcome;
mod publisher;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use family::{family, random};
use image::{DynamicImage, ImageFormat};
use lachan::engine::{Engine, EngineError, Model, ModelError, Network, default_engine, weights};
use lachan::family::evidence::{Chosen, ItemKind, Manifest, seal};
use lachan::family::packet::PacketError;
use lachan::family::{ChildPhone, FamilyError, Party, Purpose, SecretWords, WordsError};
use lachan::guard::{Guard, GuardBuilder, Stage, Watcher};
use lachan::hash::list::documents::{Root, Snapshot, Timestamp};
use lachan::hash::list::segment::{ExactDigest, Segment, SegmentKind, list_identity};
use lachan::hash::list::{KnownList, ListError};
use lachan::hash::{DeviceKey as ListKey, ExactDigests, HashError, PdqHash};
use lachan::image::cascade::CascadeError;
use lachan::image::marker;
use lachan::image::{
    ImageError, Limits, LiveConfig, LiveSession, Orientation, Picture, PixelFormat, PixelView, ToPicture, YuvPlane,
    YuvView,
};
use lachan::policy::{Checks, Policy, PolicyDocument, PolicyError};
use lachan::text::{Conversation, PeerTrust, Side, TextModel, WeightsError};
use lachan::trust::{Bundle, BundleStore, DocumentKind, MANIFEST_FILE, PublicKey, Role, SecretKey, Signed, TrustError};
use lachan::vault::{DeviceKey, RealFiles, Vault, VaultError};
use lachan::verdict::{AgeBand, Direction, FindingKind, Protection};
use outcome::{MARKS, Outcome, TEXT, carries_mark, files, is_marked};
use publisher::{DAY, LIST, NOW, Phone, Publisher, SALT, hash};
use support::{encode, jpeg, photo};

fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    assert!(folder.join("text/bundle.json").exists(), "run `make models` first");
    folder
}

/// A reader of content that breaks off, and says the content as it does.
struct Torn;

impl Read for Torn {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(TEXT))
    }
}

/// Somebody who gives up after the first stage.
struct Impatient;

impl Watcher for Impatient {
    fn done(&mut self, _: Stage) -> bool {
        false
    }
}

#[test]
fn the_search_finds_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), format!("x{}y", MARKS[1])).unwrap();
    assert!(is_marked(folder.path()) && carries_mark(MARKS[0].as_bytes()));
    assert!(!carries_mark(b"chim yen") && !carries_mark(b"Y2hpbXllbg") && !carries_mark("6368696d79656e".as_bytes()));
    // However it is written down: as numbers, as digits, in wide characters. The digits of base 64 were made elsewhere.
    assert!(carries_mark(format!("{:?}", MARKS[0].as_bytes()).as_bytes()));
    assert!(carries_mark(b"x6368696d79656e78616e68x") && carries_mark(b"6368696D79656E78616E68"));
    for written in ["Y2hpbXllbnhhbmg=", "eGNoaW15ZW54YW5o", "eHhjaGlteWVueGFuaHg="] {
        assert!(carries_mark(written.as_bytes()), "{written}");
    }
    assert!(carries_mark(&MARKS[1].encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
    fs::write(folder.path().join("a"), "").unwrap();
    assert!(!is_marked(folder.path()));
    fs::write(folder.path().join(MARKS[0]), "").unwrap();
    let search = std::panic::catch_unwind(|| Outcome::default().search(&[folder.path()]));
    assert!(search.is_err(), "a file's name counts too");
}

#[test]
fn pictures_and_files() {
    let mut outcome = Outcome::default();
    let store = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&store.path().join("published"));
    let marked = [TEXT.as_bytes(), &[7; 100]].concat();
    publisher.add(SegmentKind::Base, &[], &[(ExactDigest::Sha256(ExactDigests::of(&marked).sha256), 1)]);
    publisher.publish();
    let phone = Phone::new(&store.path().join("phone"), &publisher);
    outcome.hear(phone.update(&publisher.folder).unwrap());
    let list = Arc::new(phone.open().unwrap());
    let guard = Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
        .models(models(), Role::development().unwrap())
        .known_list(list.clone())
        .test_mode(true)
        .build();

    // A comment inside a good JPEG, one that is cut short, and bytes that are nothing at all.
    let good = jpeg(&photo(160, 120), false);
    let mut comment = vec![0xff, 0xfe];
    comment.extend((TEXT.len() as u16 + 2).to_be_bytes());
    comment.extend(TEXT.as_bytes());
    let commented = [&good[..2], &comment, &good[2..]].concat();
    let png = encode(&DynamicImage::ImageRgb8(photo(80, 60)), ImageFormat::Png);
    for bytes in [&commented[..], &commented[..comment.len() + 40], &marked, TEXT.as_bytes(), &png[..30], b""] {
        for direction in Direction::ALL {
            outcome.hear(guard.check_image(bytes, direction));
            outcome.hear(guard.check_file(bytes, direction));
        }
    }
    // Pixels whose values are the mark, and a view of them that does not fit.
    let pixels: Vec<u8> = TEXT.bytes().cycle().take(64 * 64 * 3).collect();
    for stride in [192, 1, usize::MAX] {
        let view = PixelView::new(&pixels, 64, 64, stride, PixelFormat::Rgb, &Limits::default());
        outcome.hear(guard.check_pixels(view, Orientation::default(), Direction::Outgoing));
    }
    outcome.hear(guard.check_file(Torn, Direction::Incoming));
    outcome.hear(guard.check_image_watched(&good, Direction::Incoming, &mut Impatient));
    outcome.keep(serde_json::to_vec(&guard.check_image(&marked, Direction::Incoming).verdict).unwrap());
    outcome.must_have_said(&[
        "KnownImage",
        "Empty",
        "UnsupportedFormat",
        "Damaged",
        "BadPixels",
        "Unreadable",
        "Cancelled",
    ]);
    outcome.search(&[store.path()]);
}

#[test]
fn messages_and_their_memory() {
    let mut outcome = Outcome::default();
    let guard = Guard::builder(Policy::new(Protection::Guided, AgeBand::From13To15))
        .models(models(), Role::development().unwrap())
        .build();
    let mut conversation = guard.new_conversation().unwrap();
    for (minute, around) in
        ["e hoc lop may z", "dung noi ai nghe", "gui hinh di", "sdt 0912 345 678", "k gui a dang len", ""]
            .iter()
            .enumerate()
    {
        for from in [Side::Other, Side::Child] {
            let text = format!("{TEXT} {around} {TEXT}");
            outcome.hear(guard.check_message(&mut conversation, &text, from, minute as f64, PeerTrust::Recent));
        }
    }
    outcome.hear(guard.check_message(&mut conversation, &TEXT.repeat(40_000), Side::Other, 9.0, PeerTrust::Unknown));
    // A draft: what was seen of a message that was not sent after all is put back, and nothing of it stays.
    let sent = conversation.clone();
    let draft = format!("{TEXT} so cua em la 0912 345 678");
    outcome.hear(guard.check_message(&mut conversation, &draft, Side::Child, 10.0, PeerTrust::Recent));
    assert_ne!(conversation.to_bytes(), sent.to_bytes(), "the draft was looked at");
    outcome.keep(conversation.to_bytes());
    conversation = sent;
    // Times that are none, and guards that may not look, look for personal data alone, or have no model.
    outcome.hear(guard.check_message(&mut conversation, &draft, Side::Child, f64::NAN, PeerTrust::Family));
    let personal = Checks { grooming: false, ..Checks::default() };
    let neither = Checks { personal_info: false, ..personal };
    let guided = Policy::new(Protection::Guided, AgeBand::From13To15);
    for policy in
        [Policy::off(), Policy { checks: personal, ..guided.clone() }, Policy { checks: neither, ..guided.clone() }]
    {
        let guard = Guard::builder(policy).models(models(), Role::development().unwrap()).build();
        outcome.hear(guard.check_message(&mut conversation, &draft, Side::Child, 11.0, PeerTrust::Unknown));
        outcome.hear(guard.new_conversation());
    }
    let without = Guard::builder(guided).models(Path::new(TEXT), Role::development().unwrap()).build();
    outcome.hear(without.check_message(&mut conversation, &draft, Side::Child, 12.0, PeerTrust::Unknown));
    outcome.hear(without.new_conversation());
    outcome.must_have_said(&["Concern", "PersonalInfo", "PolicyOff", "NotCovered", "ModelUnavailable"]);
    outcome.hear(&conversation);
    outcome.keep(conversation.to_bytes());
    outcome.hear(Conversation::from_bytes(TEXT.as_bytes()));
    outcome.search(&[]);
}

/// A network that gives every picture the scores that stand in its graph. "fails" fails from the second run on, after
/// the self-test.
struct Fixed;

struct FixedNetwork {
    scores: Vec<f32>,
    fails: bool,
    runs: AtomicUsize,
}

impl Engine for Fixed {
    fn load(&self, graph: &[u8], _: &[u8], _: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        let graph = std::str::from_utf8(graph).map_err(|_| EngineError::Graph)?;
        let scores = serde_json::from_str(graph.trim_start_matches("fails")).map_err(|_| EngineError::Graph)?;
        Ok(Box::new(FixedNetwork { scores, fails: graph.starts_with("fails"), runs: AtomicUsize::new(0) }))
    }
}

impl Network for FixedNetwork {
    fn run(&self, _: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        if self.fails && self.runs.fetch_add(1, SeqCst) > 0 { Err(EngineError::Run) } else { Ok(self.scores.clone()) }
    }
}

const CALM: ([f32; 3], [f32; 2]) = ([0.0, 0.1, 0.9], [0.9, 0.1]);
const ALARMING: ([f32; 3], [f32; 2]) = ([0.0, 0.95, 0.05], [0.05, 0.95]);

/// A guard over networks with fixed scores, whose bundles lie in a folder with a marked name.
fn fixed(folder: &Path, before: &str, (first, second): ([f32; 3], [f32; 2]), policy: Policy) -> GuardBuilder {
    let folder = folder.join(TEXT);
    bundles::pack(&folder.join("owen-s"), "owen-s", 1, format!("{before}{first:?}").as_bytes(), &first);
    bundles::pack(&folder.join("open-nsfw"), "open-nsfw", 1, format!("{before}{second:?}").as_bytes(), &second);
    Guard::builder(policy).models(folder, Role::development().unwrap()).engine(Box::new(Fixed))
}

/// Pixels that cannot be read, as those of a buffer that its owner freed.
struct Broken;

impl ToPicture for Broken {
    fn to_picture(&self, _: Orientation) -> Picture {
        panic!("{TEXT}")
    }
}

#[test]
fn live_frames() {
    const SIDE: u32 = 96;
    let mut outcome = Outcome::default();
    let folders: Vec<_> = (0..6).map(|_| tempfile::tempdir().unwrap()).collect();
    let guided = Policy::new(Protection::Guided, AgeBand::Under13);
    let nothing = Checks { nudity: false, gore: false, ..Checks::default() };
    let guards = [
        fixed(folders[0].path(), "", CALM, guided.clone()).build(),
        fixed(folders[1].path(), "", ALARMING, guided.clone()).build(),
        fixed(folders[2].path(), "fails", CALM, guided.clone()).build(),
        fixed(folders[3].path(), "", ALARMING, Policy::off()).build(),
        fixed(folders[4].path(), "", ALARMING, Policy { checks: nothing, ..guided.clone() }).build(),
        fixed(folders[5].path(), "", CALM, guided.clone()).test_mode(true).build(),
        Guard::builder(guided).models(Path::new(TEXT), Role::development().unwrap()).build(),
    ];

    // Frames whose every plane is the mark, pixels that are, and views of both that do not fit.
    let marked: Vec<u8> = TEXT.bytes().cycle().take((SIDE * SIDE * 4) as usize).collect();
    assert!(carries_mark(&marked));
    let plane = |row_stride, pixel_stride| YuvPlane { bytes: &marked, row_stride, pixel_stride };
    let wide = SIDE as usize;
    let limits = Limits { max_strip_pixels: 10, ..Limits::default() };
    let frame = |y, u, v, limits: &Limits| YuvView::new(y, u, v, SIDE, SIDE, limits);
    let frames = [
        frame(plane(wide, 1), plane(wide, 2), plane(wide, 2), &Limits::default()),
        frame(plane(wide, 1), plane(wide / 2, 1), plane(wide / 2, 1), &Limits::default()),
        frame(plane(1, 1), plane(wide, 2), plane(wide, 2), &Limits::default()),
        frame(plane(wide, 1), plane(usize::MAX, 0), plane(wide, 2), &Limits::default()),
        frame(plane(wide, 1), plane(wide, 2), plane(wide, 2), &limits),
        YuvView::new(plane(wide, 1), plane(wide, 2), plane(wide, 2), 0, SIDE, &Limits::default()),
    ];
    assert_eq!(frames.iter().filter(|frame| frame.is_ok()).count(), 2);
    let printed = marker::draw(FindingKind::Nudity, SIDE).unwrap();
    for guard in &guards {
        for direction in Direction::ALL {
            let mut session = LiveSession::new(LiveConfig::default());
            let upright = Orientation::default();
            let mut now = 0;
            let mut next = || {
                now += 500;
                now
            };
            for frame in frames {
                for _ in 0..4 {
                    outcome.hear(guard.check_frame(&mut session, next(), frame, upright, direction));
                }
                if let Err(error) = frame {
                    outcome.error(Err::<(), _>(error));
                }
            }
            for stride in [wide * 3, 1] {
                let pixels = PixelView::new(&marked, SIDE, SIDE, stride, PixelFormat::Rgb, &Limits::default());
                outcome.hear(guard.check_frame(&mut session, next(), pixels, upright, direction));
            }
            for _ in 0..4 {
                let view = PixelView::new(&printed.rgb, SIDE, SIDE, wide * 3, PixelFormat::Rgb, &Limits::default());
                outcome.hear(guard.check_frame(&mut session, next(), view, upright, direction));
            }
            outcome.hear(guard.check_frame(&mut session, next(), Ok(Broken), upright, direction));
            outcome.hear(&session);
        }
    }
    outcome.must_have_said(&[
        "Clear",
        "live_frames",
        "TooFewFrames",
        "BadPixels",
        "TooLarge",
        "Empty",
        "Internal",
        "PolicyOff",
        "NotCovered",
        "ModelUnavailable",
    ]);
    // The folders' own name is the caller's; what lies in them is the guard's.
    for folder in &folders {
        outcome.search(&[&folder.path().join(TEXT)]);
    }
}

/// A phone that installed a list without the mark, and a publisher whose next update carries it everywhere.
struct MarkedUpdate {
    files: tempfile::TempDir,
    publisher: Publisher,
    phone: Phone,
}

impl MarkedUpdate {
    fn new(list: &str) -> Self {
        let files = tempfile::tempdir().unwrap();
        let mut publisher = Publisher::new(&files.path().join("published"));
        (publisher.root.list, publisher.snapshot.list) = (list.to_owned(), list.to_owned());
        publisher.timestamp.list = list.to_owned();
        publisher.add_of(SegmentKind::Base, &[(hash(1), 1)], &[], &list_identity(list, &SALT));
        let phone = Phone::new(&files.path().join("phone"), &publisher);
        Self { files, publisher, phone }
    }

    fn installed() -> Self {
        let mut scene = Self::new(LIST);
        scene.publisher.publish();
        scene.phone.update(&scene.publisher.folder).unwrap();
        scene.publisher.raise();
        scene.mark();
        scene
    }

    fn mark(&mut self) {
        for category in &mut self.publisher.snapshot.categories {
            category.name = TEXT.to_owned();
        }
        for source in &mut self.publisher.snapshot.sources {
            source.name = TEXT.to_owned();
        }
    }

    /// The update is published, spoilt, and refused; nothing of it is on the phone.
    fn refused(mut self, outcome: &mut Outcome, spoil: impl FnOnce(&mut Self)) {
        self.publisher.publish();
        spoil(&mut self);
        assert!(is_marked(&self.publisher.folder), "there was something to be told");
        outcome.error(self.phone.update(&self.publisher.folder));
        outcome.hear(self.phone.open().map(|list| (list.name().to_owned(), list.version(), list.counts())));
        outcome.search(&[&self.phone.folder]);
    }
}

#[test]
fn refused_lists() {
    let mut outcome = Outcome::default();
    let heard = &mut outcome;
    let sign_again = |scene: &mut MarkedUpdate| scene.publisher.publish();
    // A list of a marked name that is not the owner's, to a phone that has none.
    let mut new = MarkedUpdate::new(TEXT);
    new.mark();
    new.refused(heard, |scene| {
        scene.publisher.owner_signers = vec![11];
        sign_again(scene);
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        fs::write(scene.publisher.folder.join("timestamp.json"), TEXT).unwrap();
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        scene.publisher.add(SegmentKind::Base, &[(hash(2), 1)], &[]);
        let segment = scene.publisher.snapshot.segments.last().unwrap();
        fs::write(scene.publisher.folder.join(format!("{}.segment", segment.sha256)), TEXT).unwrap();
        sign_again(scene);
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        scene.publisher.snapshot.list = TEXT.to_owned();
        sign_again(scene);
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        scene.publisher.timestamp.version = 0;
        scene.publisher.publish_timestamp();
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        scene.publisher.timestamp.expires = NOW - DAY;
        scene.publisher.publish_timestamp();
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        scene.publisher.add(SegmentKind::Base, &[(hash(2), 1)], &[]);
        let segment = scene.publisher.snapshot.segments.last().unwrap();
        fs::remove_file(scene.publisher.folder.join(format!("{}.segment", segment.sha256))).unwrap();
        sign_again(scene);
    });
    MarkedUpdate::installed().refused(heard, |scene| {
        let timestamp = scene.publisher.folder.join("timestamp.json");
        fs::remove_file(&timestamp).unwrap();
        fs::create_dir(timestamp).unwrap();
    });
    // No list in a folder of that name, and one that is opened with another phone's key.
    let scene = MarkedUpdate::installed();
    heard.error(KnownList::open(&scene.files.path().join(TEXT), &publisher::device_key(), NOW));
    heard.error(KnownList::open(&scene.phone.folder, &ListKey::from_bytes(&[43; 32]), NOW));
    // What a phone learnt, a guardian's allowance, and the documents alone.
    let mut list = scene.phone.open().unwrap();
    heard.error(list.restore_quarantine(TEXT));
    heard.error(list.allow(&Signed::new(TEXT.to_owned()), &Role::development().unwrap()));
    heard.keep(list.quarantine());
    heard.error(Root::parse(TEXT));
    heard.error(Snapshot::parse(TEXT));
    heard.error(Timestamp::parse(TEXT));
    heard.error(Segment::parse(TEXT.as_bytes()).map(drop));
    heard.error(PdqHash::from_hex(TEXT));
    heard.error(ExactDigests::read(Torn));
    outcome.must_have_said(&[
        "NotEnoughSignatures",
        "Malformed",
        "DigestMismatch",
        "WrongList",
        "VersionNotHigher",
        "Expired",
        "SegmentMissing",
        "NotInstalled",
        "Damaged",
        "Io(",
    ]);
    outcome.search(&[&scene.phone.folder]);
}

#[test]
fn refused_models() {
    let mut outcome = Outcome::default();
    let folder = tempfile::tempdir().unwrap();
    let role = Role::development().unwrap();
    let key = SecretKey::development().unwrap();
    let store = BundleStore::new(&folder.path().join("store/owen-s"), DocumentKind::Model, "owen-s", role.clone());
    // A publisher's folder of a marked name with marked members; each spoilt in its own way.
    let published = tempfile::tempdir().unwrap();
    let source = published.path().join(TEXT);
    let members = |bytes: &[u8]| {
        BTreeMap::from([("graph".to_owned(), bytes.to_vec()), ("weights".to_owned(), [bytes, b"!"].concat())])
    };
    let publish = |name: &str, version: u64, key: &SecretKey| {
        let body = serde_json::json!({"licence": TEXT, "origin": TEXT});
        let envelope = Bundle::write(&source, name, version, &members(TEXT.as_bytes()), body).unwrap();
        bundles::sign(&source, envelope, key);
    };
    bundles::pack(&folder.path().join("good"), "owen-s", 7, b"[0.0, 0.1, 0.9]", &CALM.0);
    store.install(&folder.path().join("good")).unwrap();
    outcome.error(store.install(&source));
    publish("owen-s", 8, &SecretKey::from_seed(&[3; 32]).unwrap());
    outcome.error(store.install(&source));
    publish("owen-s", 6, &key);
    outcome.error(store.install(&source));
    publish(TEXT, 8, &key);
    outcome.error(store.install(&source));
    publish("owen-s", 8, &key);
    let last = files(&source).into_iter().find(|file| fs::read(file).unwrap().ends_with(b"!")).unwrap();
    fs::write(&last, TEXT.repeat(2)).unwrap();
    outcome.error(store.install(&source));
    fs::write(source.join(MANIFEST_FILE), TEXT).unwrap();
    outcome.error(store.install(&source));
    assert!(is_marked(&source));
    outcome.hear(store.newest());
    outcome.must_have_said(&[
        "Io(",
        "NotEnoughSignatures",
        "VersionNotHigher",
        "WrongKind",
        "DigestMismatch",
        "Malformed",
        "Some(7)",
    ]);

    // Rightly signed, and no model all the same: its card, its graph, its scores. Then the same through a guard.
    let opened = || Bundle::open(&source, DocumentKind::Model, &role).unwrap();
    publish("owen-s", 9, &key);
    outcome.error(Model::load(&opened(), default_engine().as_ref()).map(drop));
    bundles::pack(&source, "owen-s", 9, TEXT.as_bytes(), &CALM.0);
    outcome.error(Model::load(&opened(), default_engine().as_ref()).map(drop));
    outcome.error(Model::load(&opened(), &Fixed).map(drop));
    bundles::pack(&source, "owen-s", 9, b"[0.0, 0.1, 0.9]", &ALARMING.0);
    outcome.error(Model::load(&opened(), &Fixed).map(drop));
    outcome.must_have_said(&["Trust(Malformed)", "Engine(Graph)", "SelfTest"]);
    outcome.error(weights::unpack(TEXT.as_bytes()));
    outcome.error(TextModel::from_bytes(TEXT.as_bytes()));
    let models = published.path().join("models");
    bundles::pack(&models.join("owen-s"), "owen-s", 1, TEXT.as_bytes(), &CALM.0);
    let text = BTreeMap::from([("weights".to_owned(), TEXT.as_bytes().to_vec())]);
    let envelope = Bundle::write(&models.join("text"), "text", 1, &text, serde_json::json!({"card": TEXT})).unwrap();
    bundles::sign(&models.join("text"), envelope, &key);
    outcome.error(TextModel::load(&Bundle::open(&models.join("text"), DocumentKind::Model, &role).unwrap()));
    let guard = Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
        .models(&models, role.clone())
        .model_updates(folder.path().join("store"))
        .engine(Box::new(Fixed))
        .build();
    let without = Guard::builder(guard.policy().clone()).models(&models, role).engine(Box::new(Fixed)).build();
    outcome.error(without.warm_up(true));
    outcome.hear(guard.warm_up(false));
    let png = encode(&DynamicImage::ImageRgb8(photo(80, 60)), ImageFormat::Png);
    for guard in [&guard, &without] {
        outcome.hear(guard.check_image(&[&png[..], TEXT.as_bytes()].concat(), Direction::Incoming));
        outcome.hear(guard.new_conversation());
    }
    outcome.must_have_said(&["Engine(Graph)", "ModelUnavailable", "Clear"]);
    outcome.search(&[folder.path()]);
}

/// An error that is copied owns no text, one that borrows nothing cannot point at somebody's, and a kind with a number
/// has no room for it.
fn has_no_room<E: Debug + Copy + 'static>(seen: &mut BTreeSet<&'static str>) {
    assert!(size_of::<E>() <= size_of::<[usize; 2]>(), "{}", std::any::type_name::<E>());
    seen.insert(std::any::type_name::<E>().rsplit("::").next().unwrap());
}

#[test]
fn no_error_has_room_for_content() {
    let mut seen = BTreeSet::new();
    has_no_room::<CascadeError>(&mut seen);
    has_no_room::<EngineError>(&mut seen);
    has_no_room::<FamilyError>(&mut seen);
    has_no_room::<HashError>(&mut seen);
    has_no_room::<ImageError>(&mut seen);
    has_no_room::<ListError>(&mut seen);
    has_no_room::<ModelError>(&mut seen);
    has_no_room::<PacketError>(&mut seen);
    has_no_room::<PolicyError>(&mut seen);
    has_no_room::<TrustError>(&mut seen);
    has_no_room::<VaultError>(&mut seen);
    has_no_room::<WeightsError>(&mut seen);
    has_no_room::<WordsError>(&mut seen);
    // Every public error of the core is among them: a new one is put here, and must be as small.
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut declared = BTreeSet::new();
    for file in files(&source) {
        for line in fs::read_to_string(file).unwrap().lines() {
            let name = line.strip_prefix("pub enum ").or(line.strip_prefix("pub struct ")).unwrap_or_default();
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            if name.ends_with("Error") {
                declared.insert(name.to_owned());
            }
        }
    }
    assert_eq!(declared, seen.into_iter().map(str::to_owned).collect());
}

#[test]
fn a_familys_doors() {
    let mut outcome = Outcome::default();
    let (mut guardian, mut phone) = family();
    let phone_key = phone.child.public_key().unwrap();

    // The peer's name and the app's become a number that says neither.
    let peer = phone.child.peer_handle(TEXT, TEXT).unwrap();
    outcome.hear(peer);
    outcome.hear(guardian.companion.peer_handle(&phone_key, TEXT, TEXT).unwrap());
    phone.child.set_quiet(peer, true, phone.now, &random()).unwrap();
    phone.child.count(FindingKind::Grooming, phone.now, &random()).unwrap();
    outcome.hear(phone.child.policy(phone.now));
    outcome.keep(phone.child.export_consent().unwrap());
    phone.pass(8 * 86_400);
    let counts = phone.child.share_counts(phone.now).unwrap();
    outcome.hear(guardian.companion.receive_counts(&counts, &random()).unwrap());
    outcome.keep(counts);
    outcome.keep(phone.child.export_counts(phone.now).unwrap());

    // Whatever door the mark is pushed at, the refusal does not repeat it.
    let now = phone.now;
    outcome.error(phone.child.receive_policy(TEXT, now, &random()));
    outcome.error(phone.child.pair(TEXT, None, now, &random()));
    outcome.error(phone.child.redeem(TEXT, now, &random()));
    outcome.hear(phone.child.enter_pin(TEXT, Purpose::Reveal, now, &random()));
    outcome.error(guardian.companion.accept(TEXT, now.wall, &random()));
    outcome.error(guardian.companion.look_at(TEXT));
    outcome.error(guardian.companion.approve(TEXT));
    outcome.error(guardian.companion.receive_counts(TEXT, &random()));
    outcome.error(SecretWords::read(TEXT));
    outcome.error(Signed::from_json(TEXT.as_bytes()));
    outcome.error(PublicKey::from_hex(TEXT));
    outcome.error(PolicyDocument::parse(TEXT));

    // A vault that holds it, and one that is given to the wrong key or spoilt.
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::new(folder.path(), DeviceKey::from_bytes(&[9; 32]), RealFiles);
    vault.write("memory", TEXT.as_bytes(), &random()).unwrap();
    outcome.error(Vault::new(folder.path(), DeviceKey::from_bytes(&[8; 32]), RealFiles).read("memory"));
    outcome.error(vault.write(TEXT, b"", &random()));
    outcome.search(&[folder.path(), phone.folder.path(), guardian.folder.path()]);
    // Files are sealed: what they hold is searched as well.
    outcome.keep(family::vault(phone.folder.path(), 2).read("family").unwrap().unwrap());
    outcome.keep(family::vault(guardian.folder.path(), 1).read("companion").unwrap().unwrap());

    // What the child hands over is sealed: its words travel apart.
    let chosen = [Chosen {
        kind: ItemKind::Message,
        direction: Direction::Incoming,
        at: now.wall,
        content: TEXT.as_bytes(),
        include: true,
    }];
    outcome.hear(Manifest::of(&chosen, now.wall).unwrap());
    outcome.keep(seal(&chosen, now.wall, &SecretWords::new([3; 16]), &random()).unwrap());

    // Afterwards nothing is left of it either.
    phone.child.withdraw(Party::Child, &mut [], phone.now, &random()).unwrap();
    outcome.keep(family::vault(phone.folder.path(), 2).read("family").unwrap().unwrap());
    outcome.hear(ChildPhone::open(family::vault(phone.folder.path(), 2), phone.now).unwrap().policy(phone.now));
    outcome.search(&[folder.path(), phone.folder.path(), guardian.folder.path()]);
}
