//! One guard, shared by sixteen threads, gives the answers that it gives to one.
#![cfg(feature = "tract")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod publisher;
mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};

use image::{DynamicImage, ImageFormat};
use lachan::guard::Guard;
use lachan::hash::ExactDigests;
use lachan::hash::list::segment::{ExactDigest, SegmentKind};
use lachan::image::{Limits, LiveConfig, LiveSession, Orientation, PixelFormat, PixelView, marker};
use lachan::policy::Policy;
use lachan::text::{PeerTrust, Side};
use lachan::trust::Role;
use lachan::verdict::{AgeBand, Direction, FindingKind, Protection};
use publisher::{Phone, Publisher};
use support::{encode, gif, jpeg, photo};

const THREADS: usize = 16;

fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    assert!(folder.join("owen-s/bundle.json").exists(), "run `make models` first");
    folder
}

const TALK: [(Side, &str); 6] = [
    (Side::Other, "e hoc lop may z"),
    (Side::Child, "lop 6 a"),
    (Side::Other, "o nha 1 mk ha, bme di lam may gio ve"),
    (Side::Child, "sdt e ne 0912 345 678"),
    (Side::Other, "dung noi voi ai a nt cho e nha, bi mat cua 2 dua minh thoi"),
    (Side::Other, "gui a tam hinh di a tang skin cho, xoa tn nay luon nha"),
];

/// Everything that the guard says of a mixed load, begun at another place by each caller and put in one order.
fn answers(guard: &Guard, begin: usize) -> Vec<String> {
    let still = photo(320, 240);
    let pictures = [
        jpeg(&still, false),
        jpeg(&still, true)[..900].to_vec(),
        encode(&DynamicImage::ImageRgb8(photo(200, 500)), ImageFormat::Png),
        gif([photo(64, 64), photo(64, 64)], 100),
        b"a known file".to_vec(),
        encode(&drawn(FindingKind::Nudity), ImageFormat::Png),
    ];
    let mut said = vec![String::new(); pictures.len() + 2];
    for i in (0..pictures.len()).map(|i| (i + begin) % pictures.len()) {
        said[i] = format!("{:?}", guard.check_image(&pictures[i], Direction::Incoming));
    }
    let mut talk = guard.new_conversation().unwrap();
    said[pictures.len()] = TALK
        .iter()
        .zip(0..)
        .map(|((from, text), minute)| {
            format!("{:?}\n", guard.check_message(&mut talk, text, *from, f64::from(minute), PeerTrust::Unknown))
        })
        .collect();
    let mut live = LiveSession::new(LiveConfig::default());
    said[pictures.len() + 1] = (0..4)
        .map(|frame| {
            let view = PixelView::new(&still, 320, 240, 960, PixelFormat::Rgb, &Limits::default());
            let verdict = guard.check_frame(&mut live, frame * 400, view, Orientation::default(), Direction::Incoming);
            format!("{verdict:?}\n")
        })
        .collect();
    said
}

fn drawn(kind: FindingKind) -> DynamicImage {
    let picture = marker::draw(kind, 200).unwrap();
    DynamicImage::ImageRgb8(image::RgbImage::from_raw(picture.width, picture.height, picture.rgb).unwrap())
}

#[test]
fn sixteen_threads_get_the_answers_of_one() {
    let files = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&files.path().join("published"));
    let known = ExactDigests::of(b"a known file");
    publisher.add(SegmentKind::Base, &[], &[(ExactDigest::Sha256(known.sha256), 1)]);
    publisher.publish();
    let phone = Phone::new(&files.path().join("phone"), &publisher);
    phone.update(&publisher.folder).unwrap();
    let list = Arc::new(phone.open().unwrap());
    let guard = || {
        Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
            .models(models(), Role::development().unwrap())
            .known_list(list.clone())
            .test_mode(true)
            .build()
    };
    let alone = answers(&guard(), 0);
    assert!(alone[0].contains("Clear") && alone[1].contains("NotChecked"), "{alone:?}");
    assert!(alone[4].contains("KnownImage") && alone[5].contains("test_marker"), "{alone:?}");
    assert!(alone[6].contains("PersonalInfo") && alone[6].contains("Interrupt"), "{alone:?}");

    // None of them has loaded a model before all of them ask.
    let (shared, start) = (guard(), Barrier::new(THREADS));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|n| {
                let (shared, start) = (&shared, &start);
                scope.spawn(move || {
                    start.wait();
                    answers(shared, n)
                })
            })
            .collect();
        for (n, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.join().unwrap(), alone, "thread {n}");
        }
    });
}
