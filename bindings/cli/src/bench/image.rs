//! `lachan bench image`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jpeg_encoder::{ColorType, Encoder};
use lachan::engine::{Model, default_engine};
use lachan::guard::{FIRST_MODEL, Guard, SECOND_MODEL};
use lachan::image::{Decoded, Limits, Picture, decode, tensor};
use lachan::policy::Policy;
use lachan::trust::{Bundle, DocumentKind};
use lachan::verdict::{AgeBand, Direction, Protection};

use super::memory;
use super::table::{Measured, Row, report};
use crate::common::Bundles;

/// Sizes of the built-in pictures: 1, 4 and 12 megapixels, 4:3.
const BUILT_IN: [(&str, u32, u32); 3] = [("1 MP", 1156, 867), ("4 MP", 2312, 1734), ("12 MP", 4000, 3000)];

/// Runs of each part where nothing else is asked for.
pub const RUNS: usize = 15;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    pub pictures: Pictures,
    #[command(flatten)]
    pub bundles: Bundles,
}

/// What pictures are measured with, and how.
#[derive(Args)]
pub struct Pictures {
    /// Pictures to measure with; made-up JPEGs of 1, 4 and 12 megapixels where none is given
    pub files: Vec<PathBuf>,
    /// JSON lines instead of a table
    #[arg(long)]
    pub json: bool,
    /// Runs of each part
    #[arg(long, default_value_t = RUNS)]
    pub runs: usize,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    report(measure(arguments), arguments.pictures.json)
}

fn measure(arguments: &Arguments) -> Measured<Vec<Row>> {
    let runs = arguments.pictures.runs;
    let role = arguments.bundles.trust.role()?;
    let guard = || {
        Guard::builder(Policy::new(Protection::Guided, AgeBand::Under13))
            .models(&arguments.bundles.models, role.clone())
            .build()
    };
    let mut rows = vec![
        Row::timed("cold start, first model", runs, || guard().warm_up(false)),
        Row::timed("cold start, both at once", runs, || guard().warm_up(true)),
    ];
    let ready = guard();
    ready.warm_up(true)?;
    let models = [FIRST_MODEL, SECOND_MODEL]
        .iter()
        .map(|name| {
            let bundle = Bundle::open(&arguments.bundles.models.join(name), DocumentKind::Model, &role)?;
            Ok(Model::load(&bundle, default_engine().as_ref())?)
        })
        .collect::<Measured<Vec<Model>>>()?;

    for (name, bytes) in arguments.pictures.inputs()? {
        let picture = still(&bytes).ok_or_else(|| format!("{name} is no still picture"))?;
        rows.push(Row::timed(format!("{name}: decode"), runs, || still(&bytes)));
        for model in &models {
            let preprocessing = &model.card().preprocessing;
            let input = tensor(&picture, picture.whole(), preprocessing);
            rows.push(Row::timed(format!("{name}: tensor for {}", model.name()), runs, || {
                tensor(&picture, picture.whole(), preprocessing)
            }));
            rows.push(Row::timed(format!("{name}: network {}", model.name()), runs, || model.scores(input.clone())));
        }
        let peak = memory::peak(|| drop(ready.check_image(&bytes, Direction::Incoming)));
        rows.push(Row::of(format!("{name}: peak memory above idle"), "MB", vec![peak]));
        rows.push(Row::timed(format!("{name}: whole check"), runs, || ready.check_image(&bytes, Direction::Incoming)));
    }
    Ok(rows)
}

pub(super) fn still(bytes: &[u8]) -> Option<Picture> {
    match decode(bytes, &Limits::default()) {
        Ok(Decoded::Still(picture)) => Some(picture),
        Ok(Decoded::Animation(_)) | Err(_) => None,
    }
}

impl Pictures {
    /// The name and the bytes of each picture.
    pub(super) fn inputs(&self) -> Measured<Vec<(String, Vec<u8>)>> {
        if self.files.is_empty() {
            return BUILT_IN.iter().map(|&(name, w, h)| Ok((name.to_owned(), made_up(w, h)?))).collect();
        }
        let name = |path: &Path| path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        self.files.iter().map(|path| Ok((name(path), std::fs::read(path)?))).collect()
    }
}

/// A JPEG with as much detail as a photograph: waves of several lengths and some grain.
fn made_up(width: u32, height: u32) -> Measured<Vec<u8>> {
    let mut grain = 1u32;
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wave = |v: u32, period: u32| (v % (2 * period)).abs_diff(period) * 200 / period;
            let noise = grain >> 28;
            pixels.extend(
                [wave(x + y, 331) + noise, wave(x * 2, 900) + noise, wave(y + x / 3, 77) + noise].map(|v| v as u8),
            );
        }
    }
    let mut out = Vec::new();
    let (width, height) = (u16::try_from(width)?, u16::try_from(height)?);
    Encoder::new(&mut out, 88).encode(&pixels, width, height, ColorType::Rgb)?;
    Ok(out)
}
