//! `lachan match`: files against an installed list, as a phone would, with reasons on request.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use lachan::hash::{ExactDigests, KnownList, KnownMatch, PictureHashes};
use lachan::image::{Animation, Decoded, FrameSampling, ImageError, Limits, decode};
use serde_json::{Value, json};

use crate::device;
use crate::exit;
use crate::progress::Progress;

#[derive(Args)]
pub struct Arguments {
    /// Folder of an installed list (see `lachan list install`)
    #[arg(long, value_name = "DIR")]
    list: PathBuf,
    /// Say how near the match was and in which form of the picture; the SDK never does
    #[arg(long)]
    explain: bool,
    /// The key that the list was installed with; DIR/device.key where none is given
    #[arg(long, value_name = "FILE")]
    device_key: Option<PathBuf>,
    /// Pictures, animations and other files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let list = device::key(&arguments.list, arguments.device_key.as_deref())
        .and_then(|key| KnownList::open(&arguments.list, &key, device::now()).map_err(|error| error.to_string()));
    let list = match list {
        Ok(list) => list,
        Err(error) => return exit::failed(format_args!("{}: {error}", arguments.list.display())),
    };
    let progress = Progress::over_files("matching", arguments.files.len());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut unchecked = false;
    for file in &arguments.files {
        let report = report(&list, file, arguments.explain);
        unchecked |= report.get("reason").is_some();
        if writeln!(output, "{report}").and_then(|()| output.flush()).is_err() {
            return ExitCode::from(exit::FAILED);
        }
        progress.add(1);
    }
    progress.done();
    if unchecked { ExitCode::from(exit::PARTLY_NOT_CHECKED) } else { ExitCode::SUCCESS }
}

/// One line for a file. A file that is no picture is still compared by its digests; of a picture that could not be looked
/// at whole, what stood in the way is said.
fn report(list: &KnownList, file: &Path, explain: bool) -> Value {
    let path = file.display().to_string();
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            return json!({"path": path, "match": false, "kind": null, "category": null,
                "list_version": list.version(), "reason": error.to_string()});
        }
    };
    let answer = |kind: &str, known: &KnownMatch| {
        json!({"path": path, "match": true, "kind": kind, "category": known.category,
            "list_version": known.list_version})
    };
    if let Some(known) = list.match_file(&ExactDigests::of(&bytes)) {
        return answer("exact", &known);
    }
    let nothing = json!({"path": path, "match": false, "kind": null, "category": null,
        "list_version": list.version()});
    let unknown = |error: ImageError| {
        let mut answer = nothing.clone();
        answer["reason"] = error.to_string().into();
        answer
    };
    match picture(&bytes) {
        Ok(Content::Still(hashes)) => {
            let Some(known) = list.match_picture(&hashes) else { return nothing };
            let mut answer = answer("pdq", &known);
            if let Some(why) = list.explain_picture(&hashes).filter(|_| explain) {
                answer["distance"] = why.distance.into();
                answer["transform"] = why.form.name().into();
                answer["threshold"] = why.threshold.into();
            }
            answer
        }
        Ok(Content::Animation(animation)) => match match_animation(list, &animation) {
            (Some(known), _) => answer("frames", &known),
            (None, Ok(())) => nothing,
            (None, Err(error)) => unknown(error),
        },
        // Any file has digests; that it is no picture is no failure.
        Err(ImageError::Empty | ImageError::Unsupported) => nothing,
        Err(error) => unknown(error),
    }
}

enum Content<'a> {
    Still(Box<PictureHashes>),
    Animation(Animation<'a>),
}

fn picture(bytes: &[u8]) -> Result<Content<'_>, ImageError> {
    if let Some(hashes) = PictureHashes::from_jpeg(bytes, &Limits::default()) {
        return Ok(Content::Still(Box::new(hashes)));
    }
    match decode(bytes, &Limits::default())? {
        Decoded::Still(picture) => {
            let hashes = PictureHashes::of_picture(&picture).map_err(|_| ImageError::TooLarge)?;
            Ok(Content::Still(Box::new(hashes)))
        }
        Decoded::Animation(animation) => Ok(Content::Animation(animation)),
    }
}

/// A match, and why not all of the animation was looked at, if so: a damaged end leaves the frames before it, which count.
fn match_animation(list: &KnownList, animation: &Animation<'_>) -> (Option<KnownMatch>, Result<(), ImageError>) {
    let mut frames: Vec<(PictureHashes, usize)> = Vec::new();
    let (mut alone, mut unhashed) = (None, false);
    let ended = animation.sample(&FrameSampling::default(), |frame| {
        if let Ok(hashes) = PictureHashes::of_picture(&frame.picture) {
            if frame.alone {
                alone = list.match_picture(&hashes);
            }
            frames.push((hashes, frame.weight));
        } else {
            unhashed = true;
        }
        Ok(alone.is_none())
    });
    let whole = if unhashed { Err(ImageError::TooLarge) } else { Ok(()) };
    (alone.or_else(|| list.match_sampled(&frames)), ended.and(whole))
}
