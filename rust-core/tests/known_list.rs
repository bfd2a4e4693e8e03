//! An installed list asked through its door: copies are found, allowances and quarantine hold, damage is noticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod publisher;

use std::fs;
use std::path::Path;

use lachan::hash::list::documents::Category;
use lachan::hash::list::segment::{ExactDigest, SegmentKind};
use lachan::hash::list::{
    Allowance, Frame, FrameRule, InstallOptions, ListError, ListStore, Outcome, QUARANTINE_AFTER,
};
use lachan::hash::{DeviceKey, ExactDigests, KnownList, KnownMatch, LumaView, Pdq, PdqHash, PictureHashes};
use lachan::trust::DocumentKind;
use publisher::{DAY, LIST, NOW, Phone, Publisher, device_key, hash, pdq, picture, pixels, role, secret};

struct Scene {
    files: tempfile::TempDir,
    publisher: Publisher,
    phone: Phone,
}

/// Picture 1 in category a1 (threshold 31), picture 2 in b1 (threshold 10), a file in a1, picture 9 allowed.
fn scene(options: InstallOptions) -> Scene {
    let files = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&files.path().join("published"));
    let mut base: Vec<_> = (100..400).map(|seed| (hash(seed), 1)).collect();
    base.extend([(pdq(1).hash(), 1), (pdq(2).hash(), 2), (pdq(9).hash(), 1)]);
    let file = ExactDigests::of(b"a known file");
    publisher.add(SegmentKind::Base, &base, &[(ExactDigest::Md5(file.md5), 1)]);
    publisher.add(SegmentKind::Allowed, &[(pdq(9).hash(), 0)], &[]);
    publisher.publish();
    let mut phone = Phone::new(&files.path().join("phone"), &publisher);
    phone.options = options;
    assert_eq!(phone.update(&publisher.folder), Ok(Outcome::Installed(1)));
    Scene { files, publisher, phone }
}

fn known(category: &str, list_version: u64) -> Option<KnownMatch> {
    Some(KnownMatch { category: category.to_owned(), list_version })
}

fn every_way() -> [InstallOptions; 4] {
    let indexed = |options: InstallOptions| InstallOptions { parts_from: 1, ..options };
    let (mapped, sealed) = (InstallOptions::mapped(), InstallOptions::sealed([3; 32]));
    [mapped, sealed, indexed(mapped), indexed(sealed)]
}

fn hashes_of(bytes: &[u8], width: usize, height: usize) -> PictureHashes {
    PictureHashes::from_pixels(&LumaView::luma(bytes, width, height, width).unwrap())
}

#[test]
fn pictures_and_files_are_found_in_every_way_of_keeping_the_list() {
    for options in every_way() {
        let list = scene(options).phone.open().unwrap();
        assert_eq!(list.is_indexed(), options.parts_from == 1);
        assert_eq!(list.counts(), (303, 1));
        assert_eq!(list.match_picture(&picture(1)), known("a1", 1));
        assert_eq!(list.match_picture(&picture(2)), known("b1", 1));
        assert_eq!(list.match_picture(&picture(3)), None);
        assert_eq!(list.match_file(&ExactDigests::of(b"a known file")), known("a1", 1));
        assert_eq!(list.match_file(&ExactDigests::of(b"another file")), None);
    }
}

#[test]
fn all_eight_turns_and_mirrors_are_found() {
    let list = scene(InstallOptions::mapped()).phone.open().unwrap();
    let side = 128;
    let original = pixels(1, side);
    type Turn = fn(usize, usize, usize) -> (usize, usize);
    let turns: [Turn; 8] = [
        |x, y, _| (x, y),
        |x, y, n| (y, n - 1 - x),
        |x, y, n| (n - 1 - x, n - 1 - y),
        |x, y, n| (n - 1 - y, x),
        |x, y, n| (n - 1 - x, y),
        |x, y, n| (x, n - 1 - y),
        |x, y, _| (y, x),
        |x, y, n| (n - 1 - y, n - 1 - x),
    ];
    for (number, turn) in turns.iter().enumerate() {
        let turned: Vec<u8> = (0..side * side)
            .map(|i| {
                let (x, y) = turn(i % side, i / side, side);
                original[y * side + x]
            })
            .collect();
        assert_eq!(list.match_picture(&hashes_of(&turned, side, side)), known("a1", 1), "turn {number}");
    }
}

#[test]
fn a_framed_copy_is_found_by_what_is_inside_the_frame() {
    let list = scene(InstallOptions::mapped()).phone.open().unwrap();
    let (side, border) = (128, 40);
    let original = pixels(1, side);
    let outer = side + 2 * border;
    let framed: Vec<u8> = (0..outer * outer)
        .map(|i| match ((i % outer).checked_sub(border), (i / outer).checked_sub(border)) {
            (Some(x), Some(y)) if x < side && y < side => original[y * side + x],
            _ => 255,
        })
        .collect();
    let hashes = hashes_of(&framed, outer, outer);
    assert!(hashes.whole().hash().distance(&pdq(1).hash()) > 31, "the frame alone hides it");
    assert_eq!(list.match_picture(&hashes), known("a1", 1));
}

/// Bits of a picture's hash are turned in the list, so that the picture is at a known distance from its entry.
fn at_distance(pdq: &Pdq, bits: usize) -> PdqHash {
    let mut words = pdq.hash().words();
    (0..bits).for_each(|k| words[k % 4] ^= 1 << (k * 5 % 64));
    PdqHash::from_words(words)
}

/// A list with one entry at a distance from picture 5.
fn list_with(bits: usize, code: u8, change: impl Fn(&mut Publisher)) -> KnownList {
    let files = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&files.path().join("published"));
    publisher.add(SegmentKind::Base, &[(at_distance(&pdq(5), bits), code)], &[]);
    change(&mut publisher);
    publisher.publish();
    let mut phone = Phone::new(&files.path().join("phone"), &publisher);
    // Opened into memory: the folder goes with the end of this function.
    phone.options = InstallOptions::sealed([1; 32]);
    phone.update(&publisher.folder).unwrap();
    phone.open().unwrap()
}

/// Picture 5 as it is and nothing else: no padded form that might be nearer.
fn only_itself() -> PictureHashes {
    PictureHashes::from_pdq(pdq(5))
}

#[test]
fn thresholds_hold_on_both_sides_for_each_category() {
    for (code, name, threshold) in [(1, "a1", 31), (2, "b1", 10)] {
        assert_eq!(list_with(threshold, code, |_| {}).match_picture(&only_itself()), known(name, 1));
        assert_eq!(list_with(threshold + 1, code, |_| {}).match_picture(&only_itself()), None);
    }
}

#[test]
fn jitter_takes_something_off_and_never_more_than_it_may() {
    let jittered = |publisher: &mut Publisher| publisher.snapshot.categories[0].jitter = 4;
    let matches = |bits| list_with(bits, 1, jittered).match_picture(&only_itself()).is_some();
    assert!(matches(27) && !matches(32));
    let own = (27..=31).filter(|bits| matches(*bits)).max().unwrap();
    assert!((27..=31).all(|bits| matches(bits) == (bits <= own)), "one threshold on one phone");
}

#[test]
fn an_undeclared_category_and_a_too_large_threshold_are_refused() {
    let mut undeclared = scene(InstallOptions::mapped());
    undeclared.publisher.add(SegmentKind::Additions, &[(hash(1), 77)], &[]);
    undeclared.publisher.raise();
    undeclared.publisher.publish();
    assert_eq!(undeclared.phone.update(&undeclared.publisher.folder), Err(ListError::Malformed));
    let mut wide = scene(InstallOptions::mapped());
    wide.publisher.snapshot.categories.push(Category { code: 3, name: "c".into(), threshold: 32, jitter: 0 });
    wide.publisher.raise();
    wide.publisher.publish();
    assert_eq!(wide.phone.update(&wide.publisher.folder), Err(ListError::Malformed));
    wide.publisher.snapshot.categories[2].threshold = 31;
    wide.publisher.publish();
    assert_eq!(wide.phone.update(&wide.publisher.folder), Ok(Outcome::Installed(2)));
}

#[test]
fn what_the_publisher_allows_never_matches() {
    let list = scene(InstallOptions::mapped()).phone.open().unwrap();
    assert_eq!(list.match_picture(&picture(9)), None, "on the list, and allowed");
}

#[test]
fn additions_and_removals_need_only_their_own_segments() {
    for options in every_way() {
        let mut scene = scene(options);
        scene.publisher.add(SegmentKind::Removals, &[(pdq(1).hash(), 0)], &[]);
        scene.publisher.add(SegmentKind::Additions, &[(pdq(3).hash(), 2), (pdq(2).hash(), 1)], &[]);
        scene.publisher.raise();
        scene.publisher.publish();
        // A delta: what the phone has already is not sent again.
        for segment in &scene.publisher.snapshot.segments[..2] {
            fs::remove_file(scene.publisher.folder.join(format!("{}.segment", segment.sha256))).unwrap();
        }
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(2)));
        let list = scene.phone.open().unwrap();
        assert_eq!(list.match_picture(&picture(1)), None);
        assert_eq!(list.match_picture(&picture(2)), known("a1", 2), "moved to another category");
        assert_eq!(list.match_picture(&picture(3)), known("b1", 2));
        assert_eq!(list.match_file(&ExactDigests::of(b"a known file")), known("a1", 2));
        assert_eq!(list.counts(), (303, 1));
        // Another phone has nothing to build upon.
        let mut other = Phone::new(&scene.files.path().join("other"), &scene.publisher);
        other.options = options;
        assert_eq!(other.update(&scene.publisher.folder), Err(ListError::SegmentMissing));
    }
}

/// Building up by deltas and installing at once lead to the same file, byte by byte.
#[test]
fn a_list_built_by_deltas_equals_one_installed_at_once() {
    let mut scene = scene(InstallOptions::mapped());
    for version in 2..6u64 {
        let added: Vec<_> = (0..20).map(|k| (hash(version * 1000 + k), 1)).collect();
        let gone: Vec<_> = (0..5).map(|k| (hash(100 + version * 5 + k), 0)).collect();
        scene.publisher.add(SegmentKind::Additions, &added, &[(ExactDigest::Sha1([version as u8; 20]), 2)]);
        scene.publisher.add(SegmentKind::Removals, &gone, &[]);
        scene.publisher.raise();
        scene.publisher.publish();
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(version)));
    }
    let fresh = Phone::new(&scene.files.path().join("fresh"), &scene.publisher);
    assert_eq!(fresh.update(&scene.publisher.folder), Ok(Outcome::Installed(5)));
    let list = |folder: &Path| {
        let newest = fs::read_dir(folder)
            .unwrap()
            .flatten()
            .filter_map(|e| e.file_name().to_str().unwrap().parse::<u64>().ok())
            .max();
        fs::read(folder.join(newest.unwrap().to_string()).join("list.bin")).unwrap()
    };
    assert!(list(&scene.phone.folder) == list(&fresh.folder));
}

#[test]
fn a_guardian_allows_one_picture_for_a_time() {
    let scene = scene(InstallOptions::mapped());
    let guardian = role(1, &[51]);
    let allowance = |expires| {
        let mut envelope = Allowance::for_picture(LIST, &pdq(1).hash(), NOW - DAY, expires).envelope().unwrap();
        envelope.sign(DocumentKind::Allowance, &secret(51));
        envelope
    };
    let mut list = scene.phone.open().unwrap();
    list.allow(&allowance(NOW), &guardian).unwrap();
    assert_eq!(list.match_picture(&picture(1)), None);
    assert_eq!(list.match_picture(&picture(2)), known("b1", 1), "only the one");
    let mut list = scene.phone.open().unwrap();
    list.allow(&allowance(NOW - 1), &guardian).unwrap();
    assert_eq!(list.match_picture(&picture(1)), known("a1", 1), "it ended");
}

#[test]
fn an_allowance_of_somebody_else_or_for_ever_is_refused() {
    let scene = scene(InstallOptions::mapped());
    let guardian = role(1, &[51]);
    let mut list = scene.phone.open().unwrap();
    let envelope = |list: &str, days: u64, kind, seed| {
        let mut envelope = Allowance::for_picture(list, &pdq(1).hash(), NOW, NOW + days * DAY).envelope().unwrap();
        envelope.sign(kind, &secret(seed));
        envelope
    };
    let refused = [
        (envelope(LIST, 1, DocumentKind::Allowance, 52), ListError::NotEnoughSignatures),
        (envelope(LIST, 1, DocumentKind::Policy, 51), ListError::NotEnoughSignatures),
        (envelope("other-list", 1, DocumentKind::Allowance, 51), ListError::WrongList),
        (envelope(LIST, 367, DocumentKind::Allowance, 51), ListError::Malformed),
    ];
    for (envelope, error) in refused {
        assert_eq!(list.allow(&envelope, &guardian), Err(error));
    }
    assert_eq!(list.match_picture(&picture(1)), known("a1", 1));
    assert_eq!(list.allow(&envelope(LIST, 366, DocumentKind::Allowance, 51), &guardian), Ok(()));
}

#[test]
fn a_file_is_allowed_by_its_sha256() {
    let scene = scene(InstallOptions::mapped());
    let mut list = scene.phone.open().unwrap();
    let digests = ExactDigests::of(b"a known file");
    let mut envelope = Allowance::for_file(LIST, &digests.sha256, NOW, NOW + DAY).envelope().unwrap();
    envelope.sign(DocumentKind::Allowance, &secret(51));
    list.allow(&envelope, &role(1, &[51])).unwrap();
    assert_eq!(list.match_file(&digests), None);
}

#[test]
fn an_entry_that_unlike_pictures_match_is_switched_off_and_stays_so() {
    // An entry between pictures that have nothing to do with each other: each has 25 bits of its own.
    let entry = pdq(5);
    let like: Vec<Pdq> = (0..=QUARANTINE_AFTER).map(|k| pdq_near(&entry, k)).collect();
    let list = list_with(0, 1, |_| {});
    for (number, pdq) in like.iter().enumerate() {
        let found = list.match_picture(&PictureHashes::from_pdq(pdq.clone()));
        assert_eq!(found.is_some(), number < QUARANTINE_AFTER, "picture {number}");
    }
    assert_eq!(list.quarantined(), 1);
    let kept = list.quarantine();
    let mut restarted = list_with(0, 1, |_| {});
    assert!(restarted.match_picture(&only_itself()).is_some());
    restarted.restore_quarantine(&kept).unwrap();
    assert_eq!(restarted.match_picture(&only_itself()), None);
    assert_eq!(restarted.restore_quarantine("no"), Err(ListError::Malformed));
}

#[test]
fn the_same_picture_a_thousand_times_switches_nothing_off() {
    let list = list_with(3, 1, |_| {});
    for _ in 0..1000 {
        assert!(list.match_picture(&only_itself()).is_some());
    }
    assert_eq!(list.quarantined(), 0);
}

/// A picture at most 31 bits from `pdq` whose differing bits are its own: found by adding detail to the pixels.
fn pdq_near(pdq: &Pdq, number: usize) -> Pdq {
    let side = 128;
    let base = pixels(5, side);
    let mut best = None;
    for strength in 1..60 {
        let other = pixels(700 + number as u64, side);
        let mixed: Vec<u8> = base
            .iter()
            .zip(&other)
            .map(|(a, b)| ((usize::from(*a) * (100 - strength) + usize::from(*b) * strength) / 100) as u8)
            .collect();
        let mixed = Pdq::from_pixels(&LumaView::luma(&mixed, side, side, side).unwrap());
        let distance = mixed.hash().distance(&pdq.hash());
        if distance <= 30 {
            best = Some(mixed);
        }
    }
    best.expect("a mixture that is near")
}

#[test]
fn k_of_n_frames_must_agree() {
    let list = scene(InstallOptions::mapped()).phone.open().unwrap();
    let pictures = [picture(1), picture(3), picture(2), picture(4), picture(1)];
    let frames = |order: &[usize]| {
        order
            .iter()
            .enumerate()
            .map(|(k, which)| Frame { milliseconds: k as u64 * 1000, hashes: &pictures[*which] })
            .collect::<Vec<_>>()
    };
    let rule = FrameRule { required: 2, among: 3, ..FrameRule::default() };
    assert_eq!(list.match_frames(&frames(&[1, 0, 3, 4, 1]), &rule), known("a1", 1), "two of three");
    assert_eq!(list.match_frames(&frames(&[0, 1, 3, 4, 1]), &rule), None, "two of four");
    assert_eq!(list.match_frames(&frames(&[1, 0, 2, 3]), &rule), None, "of two categories");
    assert_eq!(list.match_frames(&frames(&[0]), &rule), None);
    assert_eq!(list.match_frames(&frames(&[0]), &FrameRule { required: 1, ..rule }), known("a1", 1));
    assert_eq!(list.match_frames(&[], &rule), None);
    let close = [0, 100].map(|milliseconds| Frame { milliseconds, hashes: &pictures[0] });
    assert_eq!(list.match_frames(&close, &rule), None, "frames of one moment count once");
    assert_eq!([7, 8].map(|count| FrameRule::for_sampled(count).required), [1, 2]);
}

#[test]
fn damage_is_noticed_and_the_list_before_serves() {
    for options in every_way() {
        let mut scene = scene(options);
        scene.publisher.add(SegmentKind::Additions, &[(pdq(3).hash(), 2)], &[]);
        scene.publisher.raise();
        scene.publisher.publish();
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(2)));
        let list = scene.phone.folder.join("2/list.bin");
        let bytes = fs::read(&list).unwrap();
        fs::write(&list, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(scene.phone.version(), Some(1), "the one before it");
        fs::write(&list, &bytes).unwrap();
        assert_eq!(scene.phone.version(), Some(2));
        // A flipped bit in the body shows when the list is opened, mapped or sealed.
        let mut changed = bytes.clone();
        changed[100] ^= 1;
        fs::write(&list, &changed).unwrap();
        let key = device_key();
        let store = ListStore::new(&scene.phone.folder, &key);
        assert_eq!((store.verify(), scene.phone.version()), (Err(ListError::Damaged), Some(1)));
        // And the same update repairs it.
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(2)));
        assert_eq!((store.verify(), scene.phone.version()), (Ok(()), Some(2)));
        // Behind it stands the last whole one, and not the damaged one that it took the place of.
        let repaired = scene.phone.folder.join("3/list.bin");
        fs::write(&repaired, &changed).unwrap();
        assert_eq!(scene.phone.version(), Some(1));
    }
}

#[test]
fn another_key_opens_nothing() {
    for options in every_way() {
        let scene = scene(options);
        let other = DeviceKey::from_bytes(&[43; 32]);
        assert_eq!(KnownList::open(&scene.phone.folder, &other, NOW).err(), Some(ListError::Damaged));
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(KnownList::open(empty.path(), &device_key(), NOW).err(), Some(ListError::NotInstalled));
}

/// No hash of the list, no key of it, no digest is found in what lies on the phone.
#[test]
fn the_installed_files_hold_no_published_hash() {
    for options in every_way() {
        let scene = scene(options);
        let mut bytes = Vec::new();
        for entry in fs::read_dir(scene.phone.folder.join("1")).unwrap().flatten() {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(holds(b"LACHAN"), "the test sees what is there");
        for hash in [pdq(1).hash(), hash(100), hash(399)] {
            let mut little_endian = hash.to_bytes();
            little_endian.chunks_exact_mut(8).for_each(<[u8]>::reverse);
            assert!(!holds(&hash.to_bytes()[..16]) && !holds(&little_endian[..16]));
            assert!(!holds(hash.to_hex().as_bytes()));
        }
        assert!(!holds(&ExactDigests::of(b"a known file").md5[..8]));
    }
}

#[test]
fn threads_share_one_list() {
    fn shared<T: Send + Sync>(_: &T) {}
    let list = scene(InstallOptions::mapped()).phone.open().unwrap();
    shared(&list);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(list.match_picture(&picture(1)), known("a1", 1)));
        }
    });
}

/// An update while a list is in use: the open one goes on, the next one opened is the new one.
#[test]
fn an_update_does_not_disturb_a_list_that_is_open() {
    let mut scene = scene(InstallOptions::mapped());
    let open = scene.phone.open().unwrap();
    for version in 2..6 {
        scene.publisher.raise();
        scene.publisher.publish();
        assert_eq!(scene.phone.update(&scene.publisher.folder), Ok(Outcome::Installed(version)));
        assert_eq!(open.match_picture(&picture(1)), known("a1", 1));
    }
    assert_eq!(scene.phone.version(), Some(5));
}
