//! The cascade, the votes of an animation, live frames and model updates, through the guard, with networks whose
//! answers the tests choose: the first says how red a picture is, the second how green.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bundles;
mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use lachan::engine::{Engine, EngineError, Network, Pattern};
use lachan::guard::{Guard, GuardBuilder, ImageCheck};
use lachan::image::{ImageError, Limits, LiveConfig, LiveSession, Orientation, PixelFormat, PixelView};
use lachan::policy::{Checks, Policy};
use lachan::trust::{BundleStore, DocumentKind, Role};
use lachan::verdict::{AgeBand, Direction, FindingKind, NotCheckedReason, Protection, ScoreBand, Verdict};
use support::{apng_with_default, encode, gif, timed_gif};

/// Loads and runs, counted.
#[derive(Default)]
struct Calls {
    loads: AtomicUsize,
    first: AtomicUsize,
    second: AtomicUsize,
}

struct ColourEngine(Arc<Calls>);

/// The mean of one colour as the score, or what is missing of it. The graph's text says which.
struct ColourNetwork {
    calls: Arc<Calls>,
    first: bool,
    dark: bool,
}

impl Engine for ColourEngine {
    fn load(&self, graph: &[u8], _: &[u8], _: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        self.0.loads.fetch_add(1, SeqCst);
        let (first, dark) = (graph.ends_with(b"red"), graph.starts_with(b"dark"));
        Ok(Box::new(ColourNetwork { calls: self.0.clone(), first, dark }))
    }
}

impl Network for ColourNetwork {
    fn run(&self, tensor: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        let plane = tensor.len() / 3;
        let mean = |channel: usize| {
            let sum: f64 = tensor[channel * plane..(channel + 1) * plane].iter().map(|v| f64::from(*v)).sum();
            let mean = (sum / plane as f64 / 255.0) as f32;
            if self.dark { 1.0 - mean } else { mean }
        };
        if self.first {
            self.calls.first.fetch_add(1, SeqCst);
            Ok(vec![mean(2), mean(0), 1.0 - mean(0)])
        } else {
            self.calls.second.fetch_add(1, SeqCst);
            Ok(vec![1.0 - mean(1), mean(1)])
        }
    }
}

fn pack(folder: &Path, name: &str, version: u64) {
    pack_of(folder, name, version, if name == "owen-s" { b"red" } else { b"green" });
}

fn pack_of(folder: &Path, name: &str, version: u64, graph: &[u8]) {
    let scores = ColourEngine(Arc::default()).load(graph, b"", &[]).unwrap().run(waves()).unwrap();
    bundles::pack(folder, name, version, graph, &scores);
}

/// The first pattern of the self-test, as a network gets it.
fn waves() -> Vec<f32> {
    let rgb = Pattern::Waves.rgb();
    (0..3).flat_map(|c| rgb.iter().skip(c).step_by(3).map(|&p| f32::from(p)).collect::<Vec<_>>()).collect()
}

struct Scene {
    folder: tempfile::TempDir,
    calls: Arc<Calls>,
}

impl Scene {
    fn new(names: &[&str]) -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap(), calls: Arc::default() };
        for name in names {
            pack(&scene.folder.path().join(name), name, 1);
        }
        scene
    }

    fn both() -> Self {
        Self::new(&["owen-s", "open-nsfw"])
    }

    /// Networks that score how much of their colour is missing.
    fn of_dark() -> Self {
        let scene = Self::new(&[]);
        for (name, graph) in [("owen-s", b"dark red".as_slice()), ("open-nsfw", b"dark green")] {
            pack_of(&scene.folder.path().join(name), name, 1, graph);
        }
        scene
    }

    fn builder(&self, policy: Policy) -> GuardBuilder {
        Guard::builder(policy)
            .models(self.folder.path(), Role::development().unwrap())
            .engine(Box::new(ColourEngine(self.calls.clone())))
    }

    fn check(&self, bytes: &[u8]) -> ImageCheck {
        self.builder(policy()).build().check_image(bytes, Direction::Incoming)
    }
}

fn policy() -> Policy {
    Policy::new(Protection::Guided, AgeBand::Under13)
}

/// A plain picture with these scores, kept from looking like a screen by a little grain.
fn scored(first: f32, second: f32) -> RgbImage {
    RgbImage::from_fn(120, 120, |x, y| {
        let grain = if (x + y) % 2 == 0 { 3.0 } else { -3.0 };
        Rgb([first, second, 0.0].map(|s| (s * 255.0 + grain).clamp(0.0, 255.0) as u8))
    })
}

fn png(picture: RgbImage) -> Vec<u8> {
    encode(&DynamicImage::ImageRgb8(picture), ImageFormat::Png)
}

fn found(check: &ImageCheck) -> Option<(FindingKind, ScoreBand, &str)> {
    match &check.verdict {
        Verdict::Concern { findings, .. } => Some((findings[0].kind, findings[0].band, findings[0].reason.as_str())),
        _ => None,
    }
}

#[test]
fn off_loads_no_model() {
    let scene = Scene::both();
    let guard = scene.builder(Policy::off()).build();
    assert!(guard.warm_up(true).is_ok());
    let verdict = guard.check_image(&png(scored(1.0, 1.0)), Direction::Incoming).verdict;
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::PolicyOff));
    assert_eq!(scene.calls.loads.load(SeqCst), 0);
}

#[test]
fn a_clear_picture_pays_for_one_model_and_does_not_even_load_the_other() {
    let scene = Scene::both();
    assert_eq!(scene.check(&png(scored(0.40, 1.0))).verdict, Verdict::Clear);
    assert_eq!((scene.calls.loads.load(SeqCst), scene.calls.second.load(SeqCst)), (1, 0));
}

#[test]
fn two_that_agree_warn_and_one_alone_does_not() {
    let scene = Scene::both();
    for (first, second, expected) in [
        (0.95, 0.30, None),
        (0.95, 0.47, None),
        (0.95, 0.52, Some((FindingKind::Nudity, ScoreBand::Likely, "models_agree"))),
        (0.50, 0.96, Some((FindingKind::Nudity, ScoreBand::Likely, "models_agree"))),
        (0.95, 0.92, Some((FindingKind::Nudity, ScoreBand::VeryLikely, "models_agree"))),
    ] {
        let check = scene.check(&png(scored(first, second)));
        assert_eq!(found(&check), expected, "{first} {second}");
        let scores = check.scores.unwrap();
        assert_eq!(scores.by_model().map(|(name, _)| name).collect::<Vec<_>>(), ["owen-s", "open-nsfw"]);
    }
}

#[test]
fn without_the_second_model_the_first_warns_only_when_it_is_sure() {
    let scene = Scene::new(&["owen-s"]);
    assert_eq!(found(&scene.check(&png(scored(0.88, 1.0)))), None);
    let sure = scene.check(&png(scored(0.93, 0.0)));
    assert_eq!(found(&sure), Some((FindingKind::Nudity, ScoreBand::Likely, "one_model")));
    let none = Scene::new(&["open-nsfw"]).check(&png(scored(0.1, 0.1)));
    assert_eq!(none.verdict, Verdict::not_checked(NotCheckedReason::ModelUnavailable));
}

#[test]
fn gore_counts_when_it_is_asked_for() {
    let scene = Scene::both();
    let bloody = png(RgbImage::from_pixel(120, 120, Rgb([20, 0, 200])));
    assert_eq!(found(&scene.check(&bloody)), None);
    let mut policy = policy();
    policy.checks = Checks { gore: true, ..Checks::default() };
    let check = scene.builder(policy).build().check_image(&bloody, Direction::Incoming);
    assert_eq!(found(&check), Some((FindingKind::Gore, ScoreBand::Likely, "one_model")));
}

#[test]
fn a_model_that_says_nothing_of_gore_calls_nothing_clear_of_it() {
    let scene = Scene::new(&["open-nsfw"]);
    let golden = ColourEngine(Arc::default()).load(b"red", b"", &[]).unwrap().run(waves()).unwrap();
    let folder = scene.folder.path().join("owen-s");
    bundles::pack_naming(&["other", "nsfw", "sfw"], &folder, "owen-s", 1, b"red", &golden);
    let check = scene.check(&png(RgbImage::from_pixel(120, 120, Rgb([20, 0, 200]))));
    assert!(matches!(check.verdict, Verdict::NotChecked { .. }), "{:?}", check.verdict);
}

#[test]
fn a_small_picture_in_a_long_page_is_found_in_its_tile() {
    let scene = Scene::both();
    // A black page, twenty times as long as its picture: the whole scores next to nothing.
    let page = RgbImage::from_fn(120, 600, |_, y| if y < 120 { Rgb([240, 240, 0]) } else { Rgb([0, 0, 0]) });
    let check = scene.check(&png(page.clone()));
    assert_eq!(found(&check), Some((FindingKind::Nudity, ScoreBand::VeryLikely, "models_agree_on_part")));
    // Where only the first model is alarmed by the tile, nobody is warned.
    let harmless = RgbImage::from_fn(120, 600, |_, y| if y < 120 { Rgb([240, 100, 0]) } else { Rgb([0, 0, 0]) });
    assert_eq!(found(&scene.check(&png(harmless))), None);
}

#[test]
fn an_animation_needs_several_frames_that_agree() {
    let scene = Scene::both();
    let frames = |bad: usize, of: usize| {
        let pictures = (0..of).map(move |i| (5..5 + bad).contains(&i));
        gif(pictures.map(|bad| if bad { scored(0.95, 0.95) } else { scored(0.05, 0.05) }), 500)
    };
    assert_eq!(found(&scene.check(&frames(1, 12))), None, "one of twelve");
    let two = scene.check(&frames(2, 12));
    assert_eq!(found(&two), Some((FindingKind::Nudity, ScoreBand::VeryLikely, "frames_agree")));
    assert_eq!(two.frames, 12);
    let second_of_three = gif([scored(0.05, 0.05), scored(0.95, 0.95), scored(0.05, 0.05)], 100);
    assert!(found(&scene.check(&second_of_three)).is_some(), "three frames are three pictures");
    // Frames that would be a finding as stills (mean .75) are no votes: their own threshold is higher.
    let doubtful = gif((0..8).map(|i| if i == 0 { scored(0.05, 0.05) } else { scored(0.80, 0.70) }), 500);
    assert_eq!(found(&scene.check(&doubtful)), None);
    assert!(found(&scene.check(&png(scored(0.80, 0.70)))).is_some());
}

#[test]
fn a_frame_counts_by_how_long_it_is_shown() {
    let scene = Scene::both();
    let (bad, clean) = (|| scored(0.95, 0.95), || scored(0.05, 0.05));
    let short = |count: usize| (0..count).map(|_| (clean(), 20));
    let long_among_short = timed_gif(short(1).chain([(bad(), 10_000)]).chain(short(3)));
    assert!(found(&scene.check(&long_among_short)).is_some(), "shown for nearly all of the time");
    let a_second = timed_gif((0..12).map(|i| if i == 5 { (bad(), 1_000) } else { (clean(), 300) }));
    assert!(found(&scene.check(&a_second)).is_some(), "shown for a second");
    let stray = timed_gif((0..12).map(|i| if i == 5 { (bad(), 300) } else { (clean(), 300) }));
    assert_eq!(found(&scene.check(&stray)), None, "one stray frame");
    let before_a_long_end =
        timed_gif([(clean(), 100)].into_iter().chain((0..18).map(|_| (bad(), 2_000))).chain([(clean(), 655_350)]));
    assert!(found(&scene.check(&before_a_long_end)).is_some(), "36 seconds before a still of eleven minutes");
}

#[test]
fn the_first_frame_is_judged_as_the_still_that_some_viewers_show() {
    let scene = Scene::both();
    let still = |first: f32, second: f32| {
        gif((0..12).map(|i| if i == 0 { scored(first, second) } else { scored(0.05, 0.05) }), 100)
    };
    let check = scene.check(&still(0.80, 0.70));
    assert_eq!(found(&check), Some((FindingKind::Nudity, ScoreBand::Likely, "models_agree")));
    assert_eq!(found(&scene.check(&still(0.80, 0.60))), None);
    // An APNG has a picture for such viewers that may be no frame at all, even beside a single one.
    let (bad, clean) = (scored(0.95, 0.95), scored(0.05, 0.05));
    for frames in [1, 5] {
        let hidden_from_browsers = apng_with_default(&bad, &vec![clean.clone(); frames], 100);
        assert!(found(&scene.check(&hidden_from_browsers)).is_some(), "beside {frames}");
        let hidden_from_android = apng_with_default(&clean, &vec![bad.clone(); frames], 100);
        let check = scene.check(&hidden_from_android);
        assert!(found(&check).is_some(), "{frames} that browsers show");
        assert_eq!(check.frames, frames);
        assert_eq!(scene.check(&apng_with_default(&clean, &vec![clean.clone(); frames], 100)).verdict, Verdict::Clear);
    }
}

#[test]
fn a_gif_whose_picture_leaves_its_screen_is_not_called_clear() {
    let scene = Scene::both();
    let mut picture = scored(0.95, 0.95);
    picture.put_pixel(0, 0, Rgb([0, 0, 0]));
    for frames in [1, 4] {
        let mut bytes = gif(vec![picture.clone(); frames], 100);
        // A screen of one pixel: what the decoder would cut out, and Skia would not.
        bytes[6..10].copy_from_slice(&[1, 0, 1, 0]);
        assert_eq!(scene.check(&bytes).verdict, Verdict::not_checked(NotCheckedReason::Damaged), "{frames}");
    }
}

#[test]
fn gore_in_an_animation_is_found_without_nudity() {
    let scene = Scene::both();
    let mut policy = policy();
    policy.checks = Checks { gore: true, ..Checks::default() };
    let asked_for = scene.builder(policy).build();
    let (bloody, clean) = (RgbImage::from_pixel(120, 120, Rgb([20, 0, 200])), scored(0.05, 0.05));
    let frames =
        |bad: &[usize]| gif((0..10).map(|i| if bad.contains(&i) { bloody.clone() } else { clean.clone() }), 500);
    let check = |bytes: &[u8]| asked_for.check_image(bytes, Direction::Incoming);
    assert_eq!(found(&check(&frames(&[4, 5]))), Some((FindingKind::Gore, ScoreBand::Likely, "frames_agree")));
    assert_eq!(found(&check(&frames(&[4]))), None, "one stray frame");
    assert_eq!(found(&check(&frames(&[0]))).map(|(kind, ..)| kind), Some(FindingKind::Gore), "a still to some");
    // Where it is not asked for it does not hide that the rest could not be looked at.
    let cut = frames(&[4, 5]);
    let verdict = scene.check(&cut[..cut.len() - 60]).verdict;
    assert!(matches!(verdict, Verdict::NotChecked { .. }), "{verdict:?}");
}

#[test]
fn a_transparent_picture_is_looked_at_on_white_and_on_black() {
    let scene = Scene::of_dark();
    // Thin white paint: on white there is nothing to see, and these networks warn of what is dark.
    let paint = |alpha: u8| {
        RgbaImage::from_fn(120, 120, |x, y| {
            Rgba([255, 255, 255, if (x + y) % 2 == 0 { alpha } else { alpha.max(3) - 3 }])
        })
    };
    let expected = Some((FindingKind::Nudity, ScoreBand::VeryLikely, "models_agree"));
    let file = encode(&DynamicImage::ImageRgba8(paint(9)), ImageFormat::Png);
    assert_eq!(found(&scene.check(&file)), expected);
    let view = |picture: &RgbaImage, format| {
        let view = PixelView::new(picture, 120, 120, 480, format, &Limits::default());
        scene.builder(policy()).build().check_pixels(view, Orientation::default(), Direction::Incoming)
    };
    assert_eq!(found(&view(&paint(9), PixelFormat::Rgba)), expected);
    // A GIF has pixels that are there or are not: white dots among nothing.
    let dots =
        RgbaImage::from_fn(120, 120, |x, y| Rgba([255, 255, 255, if x % 9 == 0 && y % 9 == 0 { 255 } else { 0 }]));
    assert!(found(&scene.check(&support::rgba_gif([dots.clone(), dots], 100))).is_some());
    // What is opaque is looked at once.
    let before = scene.calls.first.load(SeqCst);
    let opaque = RgbaImage::from_pixel(120, 120, Rgba([255, 255, 255, 255]));
    assert_eq!(view(&opaque, PixelFormat::RgbaPremultiplied).verdict, Verdict::Clear);
    assert_eq!(scene.calls.first.load(SeqCst) - before, 1 + 1, "the picture and the self-test");
}

#[test]
fn of_a_strip_too_long_for_tiles_nobody_says_that_it_is_clear() {
    let scene = Scene::both();
    let strip = |height: u32, bad_from: u32| {
        png(RgbImage::from_fn(100, height, |_, y| {
            if (bad_from..bad_from + 100).contains(&y) { Rgb([240, 240, 0]) } else { Rgb([0, 0, 0]) }
        }))
    };
    // The picture lies in a tile wherever it is in the strip.
    for from in (0..=1_500).step_by(300) {
        assert!(found(&scene.check(&strip(1_600, from))).is_some(), "at {from}");
    }
    assert_eq!(scene.check(&strip(1_600, 9_999)).verdict, Verdict::Clear);
    assert_eq!(scene.check(&strip(1_700, 9_999)).verdict, Verdict::not_checked(NotCheckedReason::TooLarge));
    assert!(found(&scene.check(&strip(1_700, 0))).is_some(), "what is found stands");
    let one_model = Scene::new(&["owen-s"]);
    assert_eq!(one_model.check(&strip(1_700, 9_999)).verdict, Verdict::not_checked(NotCheckedReason::TooLarge));
}

/// The models may accuse, and cannot clear for the list.
#[test]
fn beside_a_list_that_cannot_be_opened_the_models_clear_nothing() {
    let scene = Scene::both();
    let check = |policy: Policy, bytes: &[u8]| {
        scene.builder(policy).known_list_unavailable().build().check_image(bytes, Direction::Incoming)
    };
    let unasked = Verdict::not_checked(NotCheckedReason::KnownListUnavailable);
    assert_eq!(check(policy(), &png(scored(0.1, 0.1))).verdict, unasked);
    assert!(found(&check(policy(), &png(scored(0.9, 0.9)))).is_some());
    let frames = [scored(0.1, 0.1), scored(0.1, 0.1)].map(|frame| DynamicImage::ImageRgb8(frame).into_rgba8());
    assert_eq!(check(policy(), &support::rgba_gif(frames, 100)).verdict, unasked);
    let without = Policy { checks: Checks { known_images: false, ..Checks::default() }, ..policy() };
    assert_eq!(check(without, &png(scored(0.1, 0.1))).verdict, Verdict::Clear);
}

#[test]
fn a_16_9_screen_is_looked_at_to_its_middle() {
    let scene = Scene::both();
    // A plain chat with a picture below the upper corners and above the lower ones.
    let screen = RgbImage::from_fn(360, 640, |x, y| {
        if (150..350).contains(&x) && (220..420).contains(&y) { Rgb([240, 240, 0]) } else { Rgb([0, 0, 0]) }
    });
    let check = scene.check(&png(screen));
    assert_eq!(found(&check), Some((FindingKind::Nudity, ScoreBand::Likely, "models_agree_on_part")));
}

/// In the default package, too, a part is looked at before nobody says that it is clear.
#[test]
fn without_the_second_model_the_first_looks_at_parts_and_has_to_be_surer() {
    let scene = Scene::new(&["owen-s"]);
    let strip = |red: u8| {
        png(RgbImage::from_fn(100, 1_600, |_, y| if (700..820).contains(&y) { Rgb([red, 0, 0]) } else { Rgb([0; 3]) }))
    };
    let sure = scene.check(&strip(247));
    assert_eq!(found(&sure), Some((FindingKind::Nudity, ScoreBand::Likely, "one_model_on_part")));
    assert_eq!(scene.check(&strip(232)).verdict, Verdict::Clear, "as sure as of a whole picture is not enough");
}

#[test]
fn live_frames_warn_of_gore_too_and_a_bad_frame_does_not_end_a_warning() {
    let scene = Scene::both();
    let mut policy = policy();
    policy.checks = Checks { gore: true, ..Checks::default() };
    let guard = scene.builder(policy).build();
    let look = |guard: &Guard, session: &mut LiveSession, now_ms: u64, frame: &RgbImage| {
        let view = PixelView::new(frame, 120, 120, 360, PixelFormat::Rgb, &Limits::default());
        guard.check_frame(session, now_ms, view, Orientation::default(), Direction::Incoming)
    };
    let thrice = |guard: &Guard, session: &mut LiveSession, frame: &RgbImage| {
        look(guard, session, 0, frame);
        look(guard, session, 500, frame);
        look(guard, session, 1_000, frame)
    };
    let findings = |verdict: Verdict| match verdict {
        Verdict::Concern { findings, .. } => findings.into_iter().map(|f| (f.kind, f.source)).collect(),
        _ => Vec::new(),
    };
    let bloody = RgbImage::from_pixel(120, 120, Rgb([20, 0, 230]));
    let mut session = LiveSession::new(LiveConfig::default());
    let last = thrice(&guard, &mut session, &bloody);
    assert_eq!(findings(last), [(FindingKind::Gore, "owen-s 1".to_owned())]);
    let broken: Result<PixelView<'_>, ImageError> = Err(ImageError::BadPixels);
    let verdict = guard.check_frame(&mut session, 1_500, broken, Orientation::default(), Direction::Incoming);
    assert_eq!(findings(verdict).len(), 1, "the warning stands");
    let mut left = session.clone();
    let verdict = guard.check_frame(&mut left, 3_600_000, broken, Orientation::default(), Direction::Incoming);
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::BadPixels), "the stream that it was of is over");
    // Where gore is not asked for its warning is none, and does not make an unreadable frame clear.
    let nudity_only = scene.builder(self::policy()).build();
    let verdict = nudity_only.check_frame(&mut session, 1_200, broken, Orientation::default(), Direction::Incoming);
    assert_eq!(verdict, Verdict::Clear, "within the budget no frame is looked at");
    let verdict = nudity_only.check_frame(&mut session, 2_500, broken, Orientation::default(), Direction::Incoming);
    assert_eq!(verdict, Verdict::not_checked(NotCheckedReason::BadPixels));
    let mut session = LiveSession::new(LiveConfig::default());
    let last = thrice(&guard, &mut session, &scored(0.95, 0.95));
    assert_eq!(findings(last), [(FindingKind::Nudity, "owen-s 1 + open-nsfw 1".to_owned())]);
}

#[test]
fn live_frames_warn_when_they_persist_and_stop_when_they_end() {
    let scene = Scene::both();
    let guard = scene.builder(policy()).build();
    let mut session = LiveSession::new(LiveConfig::default());
    let mut see = |now_ms: u64, first: f32, second: f32| {
        let frame = scored(first, second);
        let view = PixelView::new(&frame, 120, 120, 360, PixelFormat::Rgb, &Limits::default());
        guard.check_frame(&mut session, now_ms, view, Orientation::default(), Direction::Outgoing)
    };
    assert_eq!(see(0, 0.95, 0.95), Verdict::not_checked(NotCheckedReason::TooFewFrames));
    assert_eq!(see(10, 0.95, 0.95), Verdict::not_checked(NotCheckedReason::TooFewFrames), "over budget");
    assert_eq!(see(500, 0.95, 0.95), Verdict::not_checked(NotCheckedReason::TooFewFrames));
    assert!(matches!(see(1000, 0.95, 0.95), Verdict::Concern { .. }));
    assert_eq!(scene.calls.first.load(SeqCst), 3 + 1, "three frames and the self-test");
    (3..9).for_each(|i| drop(see(i * 500, 0.02, 0.02)));
    assert_eq!(see(5_000, 0.02, 0.02), Verdict::Clear);
}

#[test]
fn live_frames_that_one_model_alone_sees_warn_when_it_is_as_sure_as_of_a_picture() {
    let scene = Scene::new(&["owen-s"]);
    let guard = scene.builder(policy()).build();
    let after_ten = |score: f32| {
        let mut session = LiveSession::new(LiveConfig::default());
        let frame = scored(score, 0.0);
        let view = || PixelView::new(&frame, 120, 120, 360, PixelFormat::Rgb, &Limits::default());
        let looks = (0..10)
            .map(|i| guard.check_frame(&mut session, i * 500, view(), Orientation::default(), Direction::Incoming));
        looks.last().unwrap()
    };
    assert_eq!(after_ten(0.88), Verdict::Clear, "between the threshold of a stream and its own");
    assert!(matches!(after_ten(0.93), Verdict::Concern { .. }));
}

#[test]
fn an_update_is_used_and_a_bad_one_gives_way_to_the_packaged_model() {
    let scene = Scene::both();
    let updates = tempfile::tempdir().unwrap();
    let source = updates.path().join("published");
    pack(&source, "owen-s", 2);
    let role = Role::development().unwrap();
    let store = BundleStore::new(&updates.path().join("owen-s"), DocumentKind::Model, "owen-s", role);
    assert_eq!(store.install(&source), Ok(2));
    let check = || {
        let guard = scene.builder(policy()).model_updates(updates.path()).build();
        guard.check_image(&png(scored(0.95, 0.95)), Direction::Incoming).scores.unwrap().source
    };
    assert_eq!(check(), "owen-s 2 + open-nsfw 1");
    let weights = lachan::trust::sha256_hex(&[2]);
    fs::write(updates.path().join("owen-s/v2").join(weights), [3]).unwrap();
    assert_eq!(check(), "owen-s 1 + open-nsfw 1");
    assert_eq!(store.install(&source), Ok(2), "repaired");
    assert_eq!(check(), "owen-s 2 + open-nsfw 1");
    let came = scene.folder.path().join("owen-s");
    fs::remove_dir_all(&came).unwrap();
    pack(&came, "owen-s", 3);
    assert_eq!(check(), "owen-s 3 + open-nsfw 1", "the app came with a newer one");
    fs::write(came.join(lachan::trust::sha256_hex(&[3])), [4]).unwrap();
    assert_eq!(check(), "owen-s 2 + open-nsfw 1", "which is damaged");
}

#[test]
fn sixteen_threads_get_the_answers_of_one() {
    let scene = Scene::both();
    let guard = scene.builder(policy()).build();
    let pictures: Vec<Vec<u8>> = (0..8).map(|i| png(scored(i as f32 / 8.0, 0.9))).collect();
    let alone: Vec<ImageCheck> = pictures.iter().map(|p| guard.check_image(p, Direction::Incoming)).collect();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for (picture, expected) in pictures.iter().zip(&alone) {
                    assert_eq!(&guard.check_image(picture, Direction::Incoming), expected);
                }
            });
        }
    });
    assert_eq!(scene.calls.loads.load(SeqCst), 2, "each model is loaded once");
}
