//! A day on one phone, faster than it passes: messages of thousands of peers, pictures through the network, list updates,
//! all at once, with flat memory and the answers of the first hour at the end.
//!
//! As part of `cargo test` it is a short day. `make soak` is the whole one: 10 million messages, 100,000 pictures (decoded
//! beforehand, so that the network is what runs) and 1,000 updates; it prints a row for each hour.
#![cfg(feature = "tract")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod publisher;
mod support;

use std::path::Path;
use std::sync::Arc;

use image::RgbImage;
use lachan::guard::Guard;
use lachan::hash::KnownList;
use lachan::hash::list::Outcome;
use lachan::hash::list::segment::SegmentKind;
use lachan::image::{Limits, Orientation, PixelFormat, PixelView};
use lachan::policy::Policy;
use lachan::text::{Conversation, Conversations, PeerTrust, Side, TextModel};
use lachan::trust::{Bundle, DocumentKind, Role};
use lachan::verdict::{AgeBand, Direction, Protection};
use publisher::{Phone, Publisher, hash};
use support::photo;

const HOURS: usize = 24;
/// More than are kept, so that some are given up all the time.
const PEERS: u64 = 3000;
/// The list begins anew after so many additions, as a publisher would have it.
const UPDATES_OF_A_BASE: usize = 40;
/// The most that is held within these first hours is what later hours are compared with.
const SETTLED: usize = 8;

struct Load {
    messages: usize,
    pictures: usize,
    updates: usize,
    /// How much more memory a later hour may hold, in bytes: what the allocator keeps for itself.
    slack: usize,
}

const SHORT: Load = Load { messages: 24 * 400, pictures: 24 * 4, updates: 24 * 2, slack: 24 << 20 };
const DAY: Load = Load { messages: 10_000_000, pictures: 100_000, updates: 1000, slack: 6 << 20 };

const TALK: [(Side, &str); 8] = [
    (Side::Other, "em oi hom nay hoc bai chua, chi o nha mot minh a"),
    (Side::Child, "dạ em học rồi, mai kiểm tra toán"),
    (Side::Other, "e hoc lop may z"),
    (Side::Child, "lop 7a2 trg nguyen du"),
    (Side::Other, "Thứ bảy cả đội tập ở sân vận động, nhớ mang nước nhé"),
    (Side::Child, "ok anh, sđt mẹ em nè 0912 345 678"),
    (Side::Other, "đ.ừ.n.g kể ai nha, bí mật của 2 đứa mình thôi"),
    (Side::Child, "hahaaaa đc luôn =)))"),
];

#[test]
fn a_day_of_mixed_load_has_flat_memory() {
    let load = if std::env::var_os("LACHAN_SOAK").is_some() { DAY } else { SHORT };
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    let role = Role::development().unwrap();
    let text = TextModel::load(&Bundle::open(&models.join("text"), DocumentKind::Model, &role).unwrap()).unwrap();
    let files = tempfile::tempdir().unwrap();
    let mut list = Updates::new(files.path());
    let guard = Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
        .models(&models, role)
        .known_list(Arc::new(list.open()))
        .build();
    guard.warm_up(true).unwrap();

    let mut peers = Conversations::new();
    let mut held = Vec::new();
    let mut first_answer = None;
    for hour in 0..HOURS {
        let start = hour as f64 * 60.0;
        let (answer, pictures, updates) = std::thread::scope(|scope| {
            let pictures = scope.spawn(|| check_pictures(&guard, hour, load.pictures / HOURS));
            let updates = scope.spawn(|| (0..load.updates / HOURS).for_each(|_| list.update()));
            let answer = follow(&text, &mut peers, start, load.messages / HOURS);
            (answer, pictures.join(), updates.join())
        });
        pictures.unwrap();
        updates.unwrap();
        // The same questions have the same answers, whatever came before.
        assert_eq!(*first_answer.get_or_insert(answer.clone()), answer);
        held.push(resident_bytes());
        println!(
            "hour {:2}: {} messages, {} pictures, list version {}, {} peers, {:.1} MB",
            hour + 1,
            (hour + 1) * (load.messages / HOURS),
            (hour + 1) * (load.pictures / HOURS),
            list.version(),
            peers.len(),
            held[hour] as f64 / f64::from(1 << 20),
        );
    }
    let most_of = |hours: &[usize]| hours.iter().copied().max().unwrap_or(0);
    let (settled, most) = (most_of(&held[..SETTLED]), most_of(&held[SETTLED..]));
    assert!(most <= settled + load.slack, "memory grew from {settled} to {most} bytes");
}

/// Messages of many peers; what a fresh conversation of one peer says at the end.
fn follow(model: &TextModel, peers: &mut Conversations, start: f64, messages: usize) -> String {
    for i in 0..messages {
        let peer = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) % PEERS;
        let mut key = [0; 16];
        key[..8].copy_from_slice(&peer.to_le_bytes());
        let (from, text) = TALK[(i / 7 + peer as usize) % TALK.len()];
        let minute = start + i as f64 * 60.0 / messages as f64;
        peers.check(model, key, text, from, minute, PeerTrust::Recent);
        if i % 10_000 == 0 {
            // The phone is put away and taken out again.
            let kept: Vec<_> = peers.states().collect();
            peers.clear();
            assert!(kept.iter().all(|(key, state)| peers.restore(*key, state)));
        }
    }
    let mut apart = Conversation::new(model);
    TALK.iter().map(|(from, text)| format!("{:?}", apart.check(model, text, *from, 0.0, PeerTrust::Unknown))).collect()
}

/// Pictures of everyday sides and, now and then, a long one, which is looked at in several tiles.
fn check_pictures(guard: &Guard, hour: usize, count: usize) {
    const ONE_LONG_IN: usize = 50;
    let (width, height) = [(224, 224), (320, 240)][hour % 2];
    let [everyday, long] = [photo(width, height), photo(200, 420)];
    let verdict = |picture: &RgbImage| {
        let (width, height) = picture.dimensions();
        let view = PixelView::new(picture, width, height, 3 * width as usize, PixelFormat::Rgb, &Limits::default());
        format!("{:?}", guard.check_pixels(view, Orientation::default(), Direction::Incoming))
    };
    let expected = [&everyday, &long].map(verdict);
    for n in 0..count - expected.len() {
        let is_long = n % ONE_LONG_IN == 0;
        assert_eq!(verdict(if is_long { &long } else { &everyday }), expected[usize::from(is_long)]);
    }
}

/// A publisher that adds to its list, and a phone that takes each update.
struct Updates {
    folder: std::path::PathBuf,
    publisher: Publisher,
    phone: Phone,
    additions: usize,
    next: u64,
}

impl Updates {
    fn new(folder: &Path) -> Self {
        let publisher = Publisher::new(&folder.join("published"));
        let phone = Phone::new(&folder.join("phone"), &publisher);
        let mut updates = Self { folder: folder.to_owned(), publisher, phone, additions: 0, next: 0 };
        updates.add(SegmentKind::Base, 2000);
        updates.publish();
        updates
    }

    fn add(&mut self, kind: SegmentKind, count: u64) {
        let entries: Vec<_> = (self.next..self.next + count).map(|seed| (hash(seed), 1)).collect();
        self.next += count;
        self.publisher.add(kind, &entries, &[]);
    }

    fn update(&mut self) {
        self.publisher.raise();
        // Time stands still here: only versions rise.
        self.publisher.timestamp.issued = publisher::NOW;
        self.publisher.timestamp.expires = publisher::NOW + 7 * publisher::DAY;
        self.additions += 1;
        if self.additions.is_multiple_of(UPDATES_OF_A_BASE) {
            for segment in self.publisher.snapshot.segments.drain(..) {
                let _ = std::fs::remove_file(self.folder.join("published").join(format!("{}.segment", segment.sha256)));
            }
            self.add(SegmentKind::Base, 2000);
        } else {
            self.add(SegmentKind::Additions, 50);
        }
        self.publish();
    }

    fn publish(&mut self) {
        self.publisher.publish();
        let version = self.publisher.snapshot.version;
        assert_eq!(self.phone.update(&self.publisher.folder), Ok(Outcome::Installed(version)));
        assert_eq!(self.open().version(), version);
    }

    fn open(&self) -> KnownList {
        self.phone.open().unwrap()
    }

    fn version(&self) -> u64 {
        self.publisher.snapshot.version
    }
}

/// Memory of this process, of which the system says how much it holds.
fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}
