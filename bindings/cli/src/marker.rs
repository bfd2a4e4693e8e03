//! `lachan marker`: the test marker as a PNG.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use lachan::image::marker;
use lachan::verdict::FindingKind;

use crate::exit;

#[derive(Args)]
pub struct Arguments {
    /// What the marker stands for
    #[arg(value_enum)]
    kind: Kind,
    /// PNG file to write
    output: PathBuf,
    /// Side in pixels
    #[arg(long, default_value_t = 480)]
    side: u32,
}

#[derive(ValueEnum, Clone, Copy)]
enum Kind {
    Nudity,
    Gore,
    KnownImage,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let kind = match arguments.kind {
        Kind::Nudity => FindingKind::Nudity,
        Kind::Gore => FindingKind::Gore,
        Kind::KnownImage => FindingKind::KnownImage,
    };
    let Some(picture) = marker::draw(kind, arguments.side) else {
        return exit::failed("there is no marker for that kind");
    };
    let saved = image::save_buffer(
        &arguments.output,
        &picture.rgb,
        picture.width,
        picture.height,
        image::ExtendedColorType::Rgb8,
    );
    match saved {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(format_args!("{}: {error}", arguments.output.display())),
    }
}
