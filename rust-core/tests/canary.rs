//! Marked content goes through every public door, by success and by failure, and is looked for in everything that
//! comes out, is kept, or could be written to a log: answers, errors, memories, and every file below the folder.
//!
//! What a person chooses to hand over (an evidence pack, a report) is sealed under words told apart: the mark must not
//! be in its bytes either.
#![allow(clippy::unwrap_used, clippy::panic)]

mod family;
mod publisher;
mod support;

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use family::{family, random};
use image::{DynamicImage, ImageFormat};
use lachan::family::evidence::{Chosen, ItemKind, Manifest, seal};
use lachan::family::{ChildPhone, Party, Purpose, SecretWords};
use lachan::guard::Guard;
use lachan::hash::ExactDigests;
use lachan::hash::list::segment::{ExactDigest, SegmentKind};
use lachan::image::{Limits, Orientation, PixelFormat, PixelView};
use lachan::policy::{Policy, PolicyDocument};
use lachan::text::{Conversation, PeerTrust, Side};
use lachan::trust::{PublicKey, Role, Signed};
use lachan::vault::{DeviceKey, RealFiles, Vault};
use lachan::verdict::{AgeBand, Direction, FindingKind, Protection};
use publisher::{Phone, Publisher};
use support::{encode, jpeg, photo};

/// Words that no part of the product says by itself. In text as a message would have it, and as a normaliser would.
const MARKS: [&str; 3] = ["chimyenxanh", "Chim Yến Xanh", "chim yen xanh"];
const TEXT: &str = "Chim Yến Xanh chimyenxanh";

/// Everything that came out, to be searched at the end.
#[derive(Default)]
struct Outcome {
    said: Vec<String>,
    bytes: Vec<Vec<u8>>,
}

impl Outcome {
    fn hear(&mut self, answer: impl Debug) {
        self.said.push(format!("{answer:?}"));
    }

    fn error<T>(&mut self, answer: Result<T, impl Debug + std::fmt::Display>) {
        let Err(error) = answer else { panic!("this must fail") };
        self.said.push(format!("{error:?} {error}"));
    }

    fn keep(&mut self, bytes: impl Into<Vec<u8>>) {
        self.bytes.push(bytes.into());
    }

    fn search(&self, folders: &[&Path]) {
        for said in &self.said {
            assert!(!carries_mark(said.as_bytes()), "said: {said}");
        }
        for (i, bytes) in self.bytes.iter().enumerate() {
            assert!(!carries_mark(bytes), "kept: {i}");
        }
        for folder in folders {
            for file in files(folder) {
                assert!(!carries_mark(&fs::read(&file).unwrap()), "{}", file.display());
                assert!(!carries_mark(file.to_string_lossy().as_bytes()), "{}", file.display());
            }
        }
    }
}

fn carries_mark(bytes: &[u8]) -> bool {
    MARKS.iter().any(|mark| bytes.windows(mark.len()).any(|window| window == mark.as_bytes()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    assert!(folder.join("text/bundle.json").exists(), "run `make models` first");
    folder
}

#[test]
fn the_search_finds_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), format!("x{}y", MARKS[1])).unwrap();
    let found = files(folder.path()).iter().any(|file| carries_mark(&fs::read(file).unwrap()));
    assert!(found && carries_mark(MARKS[0].as_bytes()) && !carries_mark(b"chim yen"));
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
    outcome.keep(serde_json::to_vec(&guard.check_image(&marked, Direction::Incoming).verdict).unwrap());
    assert!(outcome.said.iter().any(|said| said.contains("KnownImage")), "the marked file was found");
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
    assert!(outcome.said.iter().any(|said| said.contains("Concern")), "something was found on the way");
    outcome.hear(&conversation);
    outcome.keep(conversation.to_bytes());
    outcome.hear(Conversation::from_bytes(TEXT.as_bytes()));
    outcome.search(&[]);
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
    outcome.hear(ChildPhone::open(family::vault(phone.folder.path(), 2), phone.now).unwrap().policy(phone.now));
    outcome.search(&[folder.path(), phone.folder.path(), guardian.folder.path()]);
}
