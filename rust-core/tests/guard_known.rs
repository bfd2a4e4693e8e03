//! The known list through the guard: it is asked first, decides alone, and is never shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod publisher;
mod support;

use std::io::Cursor;
use std::sync::Arc;

use lachan::guard::Guard;
use lachan::hash::list::segment::{ExactDigest, SegmentKind};
use lachan::hash::{ExactDigests, KnownList};
use lachan::policy::{Checks, Policy};
use lachan::verdict::{Action, AgeBand, Direction, FindingKind, NotCheckedReason, Protection, Reveal, Verdict};
use publisher::{Phone, Publisher, pdq, pixels};

/// Picture 1 and one text file are known.
fn list() -> (tempfile::TempDir, Arc<KnownList>) {
    let files = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&files.path().join("published"));
    let text = ExactDigests::of(b"a known file");
    publisher.add(SegmentKind::Base, &[(pdq(1).hash(), 1)], &[(ExactDigest::Sha256(text.sha256), 1)]);
    publisher.publish();
    let phone = Phone::new(&files.path().join("phone"), &publisher);
    phone.update(&publisher.folder).unwrap();
    let list = Arc::new(phone.open().unwrap());
    (files, list)
}

fn guard(policy: Policy, list: &Arc<KnownList>) -> Guard {
    Guard::builder(policy).known_list(list.clone()).build()
}

fn png(seed: u64, turned: bool) -> Vec<u8> {
    let picture = image::GrayImage::from_raw(128, 128, pixels(seed, 128)).unwrap();
    let picture = if turned { image::imageops::rotate90(&picture) } else { picture };
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

#[test]
fn a_known_picture_interrupts_at_every_age_in_every_direction_even_without_models() {
    let (_files, list) = list();
    for protection in [Protection::Simple, Protection::Guided] {
        for age in AgeBand::ALL {
            for direction in Direction::ALL {
                for turned in [false, true] {
                    let check = guard(Policy::new(protection, age), &list).check_image(&png(1, turned), direction);
                    let Verdict::Concern { action, findings, advice } = check.verdict else {
                        panic!("{age:?} {direction:?} turned {turned}: {:?}", check.verdict)
                    };
                    assert_eq!((action, advice.reveal), (Action::Interrupt, Reveal::Never));
                    assert_eq!((findings.len(), findings[0].kind), (1, FindingKind::KnownImage));
                    assert!(advice.help.iter().any(|help| help == "helpline_111"));
                }
            }
        }
    }
}

fn only_known() -> Policy {
    let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
    policy.checks = Checks { nudity: false, gore: false, known_images: true, ..Checks::default() };
    policy
}

/// Picture `seed` as a frame.
fn frame(seed: u64) -> image::RgbImage {
    let picture = image::GrayImage::from_raw(128, 128, pixels(seed, 128)).unwrap();
    image::DynamicImage::ImageLuma8(picture).to_rgb8()
}

#[test]
fn a_known_frame_counts_by_how_long_it_is_shown_and_the_first_one_as_a_still() {
    let (_files, list) = list();
    let guard = guard(only_known(), &list);
    let check = |frames: Vec<(u64, u32)>| {
        let bytes = support::timed_gif(frames.into_iter().map(|(seed, delay_ms)| (frame(seed), delay_ms)));
        match guard.check_image(&bytes, Direction::Incoming).verdict {
            Verdict::Concern { findings, .. } => Some(findings[0].reason.clone()),
            Verdict::Clear => None,
            Verdict::NotChecked { reason } => panic!("{reason:?}"),
        }
    };
    let blanks = |count: u64, delay_ms: u32| (0..count).map(move |i| (10 + i, delay_ms));
    let long = blanks(1, 20).chain([(1, 60_000)]).chain(blanks(7, 20)).collect();
    assert_eq!(check(long).as_deref(), Some("same_frames:a1"), "a minute among eight twinklings");
    let stray = blanks(5, 300).chain([(1, 300)]).chain(blanks(6, 300)).collect();
    assert_eq!(check(stray), None, "one stray frame");
    let first = [(1, 400)].into_iter().chain(blanks(11, 400)).collect();
    assert_eq!(check(first).as_deref(), Some("same_picture:a1"), "all that some viewers show");
}

#[test]
fn a_known_picture_that_shows_on_one_ground_only_is_found() {
    let (_files, list) = list();
    let guard = guard(only_known(), &list);
    // Paint of one colour, as thick as the picture is light or dark.
    let light = pixels(1, 128);
    for (ground, paint) in [("black", 255), ("white", 0)] {
        let picture = image::RgbaImage::from_fn(128, 128, |x, y| {
            let light = light[(y * 128 + x) as usize];
            image::Rgba([paint, paint, paint, if paint == 255 { light } else { 255 - light }])
        });
        let bytes = support::encode(&image::DynamicImage::ImageRgba8(picture), image::ImageFormat::Png);
        let verdict = guard.check_image(&bytes, Direction::Incoming).verdict;
        assert_eq!(verdict.action(), Some(Action::Interrupt), "seen on {ground}");
    }
}

#[test]
fn what_is_allowed_on_one_ground_excuses_nothing_on_the_other() {
    let files = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(&files.path().join("published"));
    publisher.add(SegmentKind::Base, &[(pdq(1).hash(), 1), (pdq(2).hash(), 1)], &[]);
    publisher.add(SegmentKind::Allowed, &[(pdq(2).hash(), 0)], &[]);
    publisher.publish();
    let phone = Phone::new(&files.path().join("phone"), &publisher);
    phone.update(&publisher.folder).unwrap();
    let guard = guard(only_known(), &Arc::new(phone.open().unwrap()));
    assert_eq!(guard.check_image(&png(2, false), Direction::Incoming).verdict, Verdict::Clear, "allowed by itself");
    // Picture 1 in the dark half of the scale on black, picture 2 in the light half on white.
    let (dark, light) = (pixels(1, 128), pixels(2, 128));
    let both = image::RgbaImage::from_fn(128, 128, |x, y| {
        let at = (y * 128 + x) as usize;
        let (black, white) = (u32::from(dark[at]) / 2, 128 + u32::from(light[at]) / 2);
        let alpha = 255 - (white - black);
        let paint = (black * 255 / alpha.max(1)).min(255) as u8;
        image::Rgba([paint, paint, paint, alpha as u8])
    });
    let bytes = support::encode(&image::DynamicImage::ImageRgba8(both), image::ImageFormat::Png);
    assert_eq!(guard.check_image(&bytes, Direction::Incoming).verdict.action(), Some(Action::Interrupt));
}

#[test]
fn a_picture_that_cannot_be_hashed_is_not_checked_rather_than_unknown() {
    let (_files, list) = list();
    let tall = image::GrayImage::from_fn(100, 65_536, |x, y| image::Luma([(x ^ y) as u8]));
    let bytes = support::encode(&image::DynamicImage::ImageLuma8(tall), image::ImageFormat::Png);
    let verdict = guard(only_known(), &list).check_image(&bytes, Direction::Incoming).verdict;
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::TooLarge));
}

#[test]
fn another_picture_goes_on_to_the_models() {
    let (_files, list) = list();
    let check = guard(Policy::new(Protection::Guided, AgeBand::Under13), &list)
        .check_image(&png(2, false), Direction::Incoming);
    assert_eq!(check.verdict, Verdict::not_checked(NotCheckedReason::ModelUnavailable));
}

#[test]
fn files_of_any_type_are_looked_for_by_their_digests() {
    let (_files, list) = list();
    let guard = guard(Policy::new(Protection::Guided, AgeBand::From16To17), &list);
    assert_eq!(guard.check_file(b"a known file".as_slice(), Direction::Forward).action(), Some(Action::Interrupt));
    assert_eq!(guard.check_file(b"another file".as_slice(), Direction::Forward), Verdict::Clear);
    // The same bytes given as a picture: known before anybody finds out that they are none.
    let check = guard.check_image(b"a known file", Direction::Incoming);
    assert_eq!(check.verdict.action(), Some(Action::Interrupt));
}

#[test]
fn a_list_that_cannot_be_opened_lets_nothing_pass_as_not_on_it() {
    let unasked = Verdict::not_checked(NotCheckedReason::KnownListUnavailable);
    let guard = Guard::builder(only_known()).known_list_unavailable().build();
    for picture in [png(1, false), png(2, false)] {
        assert_eq!(guard.check_image(&picture, Direction::Incoming).verdict, unasked);
    }
    assert_eq!(guard.check_file(b"a file".as_slice(), Direction::Incoming), unasked);
    let broken = guard.check_image(b"no picture", Direction::Incoming).verdict;
    assert_eq!(broken, Verdict::not_checked(NotCheckedReason::UnsupportedFormat), "what an app can act on comes first");
    let mut policy = only_known();
    policy.checks.known_images = false;
    let unasked_for = Guard::builder(policy).known_list_unavailable().build();
    let verdict = unasked_for.check_file(b"a file".as_slice(), Direction::Incoming);
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::NotCovered));
}

/// A content provider's stream may do anything.
#[test]
fn a_file_whose_reader_panics_is_not_checked() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("as a reader may")
        }
    }
    let (_files, list) = list();
    let verdict = guard(only_known(), &list).check_file(Broken, Direction::Incoming);
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::Internal));
}

#[test]
fn what_the_policy_leaves_out_is_not_asked() {
    let (_files, list) = list();
    let mut policy = Policy::new(Protection::Guided, AgeBand::Under13);
    policy.checks = Checks { known_images: false, ..Checks::default() };
    let without = guard(policy, &list);
    assert_eq!(
        without.check_file(b"a known file".as_slice(), Direction::Incoming),
        Verdict::not_checked(NotCheckedReason::NotCovered)
    );
    assert_eq!(without.check_image(&png(1, false), Direction::Incoming).verdict.action(), None);
    let off = guard(Policy::off(), &list);
    assert_eq!(
        off.check_file(b"a known file".as_slice(), Direction::Incoming),
        Verdict::not_checked(NotCheckedReason::PolicyOff)
    );
}
