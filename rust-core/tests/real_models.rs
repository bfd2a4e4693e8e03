//! The shipped bundles in tract: what the fake networks of `cascade.rs` cannot show.
#![cfg(feature = "tract")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat};
use lachan::engine::{EngineError, Model, Pattern, default_engine};
use lachan::guard::{Guard, Stage, Watcher};
use lachan::image::{Limits, Orientation, PixelFormat, PixelView};
use lachan::policy::Policy;
use lachan::trust::{Bundle, DocumentKind, Role};
use lachan::verdict::{AgeBand, Direction, NotCheckedReason, Protection, Verdict};
use support::{encode, photo};

/// The bundles that `make models` builds. Without them these tests would prove nothing, so they fail.
fn models() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built");
    assert!(folder.join("owen-s/bundle.json").exists(), "run `make models` first");
    folder
}

fn load(name: &str) -> Model {
    let bundle = Bundle::open(&models().join(name), DocumentKind::Model, &Role::development().unwrap()).unwrap();
    Model::load(&bundle, default_engine().as_ref()).unwrap()
}

fn guard() -> Guard {
    Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
        .models(models(), Role::development().unwrap())
        .build()
}

#[test]
fn both_models_pass_every_golden_and_answer_the_same_twice() {
    for name in ["owen-s", "open-nsfw"] {
        let model = load(name);
        assert_eq!(model.self_test(), Ok(()), "{name}");
        let tensor = model.card().preprocessing.tensor(&Pattern::Blocks.rgb());
        let first = model.scores(tensor.clone()).unwrap();
        let second = load(name).scores(tensor).unwrap();
        assert_eq!(
            first.iter().map(|s| s.to_bits()).collect::<Vec<_>>(),
            second.iter().map(|s| s.to_bits()).collect::<Vec<_>>()
        );
    }
}

#[test]
fn values_that_are_no_numbers_and_wrong_sizes_are_refused() {
    let model = load("owen-s");
    let mut tensor = model.card().preprocessing.tensor(&Pattern::Waves.rgb());
    for nonsense in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        tensor[70_000] = nonsense;
        assert_eq!(model.scores(tensor.clone()), Err(EngineError::Input), "{nonsense}");
    }
    tensor.pop();
    assert_eq!(model.scores(tensor), Err(EngineError::Input));
    assert_eq!(model.scores(Vec::new()), Err(EngineError::Input));
}

/// A file and the same pixels from a caller end at the same scores.
#[test]
fn a_file_and_an_apps_bitmap_agree() {
    let picture = photo(500, 400);
    let guard = guard();
    let file =
        guard.check_image(&encode(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Png), Direction::Incoming);
    // A bitmap with padding after each row, as Android gives them.
    let mut rgba = Vec::new();
    for row in picture.chunks_exact(500 * 3) {
        row.chunks_exact(3).for_each(|p| rgba.extend([p[0], p[1], p[2], 255]));
        rgba.extend([77; 48]);
    }
    let view = PixelView::new(&rgba, 500, 400, 500 * 4 + 48, PixelFormat::Rgba, &Limits::default());
    let bitmap = guard.check_pixels(view, Orientation::default(), Direction::Incoming);
    assert_eq!(file.scores, bitmap.scores);
    assert_eq!(file.verdict, Verdict::Clear);
}

#[test]
fn a_check_can_be_given_up() {
    struct Impatient;
    impl Watcher for Impatient {
        fn done(&mut self, stage: Stage) -> bool {
            stage != Stage::Decoded
        }
    }
    let bytes = encode(&DynamicImage::ImageRgb8(photo(50, 40)), ImageFormat::Png);
    let check = guard().check_image_watched(&bytes, Direction::Incoming, &mut Impatient);
    assert_eq!(check.verdict, Verdict::not_checked(NotCheckedReason::Cancelled));
}
