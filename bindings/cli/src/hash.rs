//! `lachan hash`: PDQ of pictures, and exact digests of any file.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use lachan::hash::{DIHEDRALS, ExactDigests, LumaView, Pdq, PictureHashes};
use lachan::image::{Decoded, Limits, decode};

use crate::exit;

#[derive(Args)]
pub struct Arguments {
    /// Pictures, or with `--exact` any files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Eight lines a picture: as it is, turned and mirrored
    #[arg(long)]
    dihedral: bool,
    /// MD5, SHA-1 and SHA-256 of the bytes as well; a file that is no picture has those alone
    #[arg(long)]
    exact: bool,
    /// Decode large JPEGs at a fraction of their size, as a phone does: at most 4 bits from the full size
    #[arg(long)]
    fast: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for file in &arguments.files {
        match lines(file, arguments) {
            Ok(lines) => {
                if lines.iter().any(|line| writeln!(output, "{line}").is_err()) {
                    return ExitCode::from(exit::FAILED);
                }
            }
            Err(reason) => {
                failed = true;
                eprintln!("lachan: {}: {reason}", file.display());
            }
        }
    }
    match output.flush() {
        Ok(()) if failed => ExitCode::from(exit::PARTLY_NOT_CHECKED),
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(exit::FAILED),
    }
}

fn lines(file: &Path, arguments: &Arguments) -> Result<Vec<String>, String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let exact = arguments.exact.then(|| format!(",{}", ExactDigests::of(&bytes).to_hex().join(",")));
    let exact = exact.unwrap_or_default();
    let pdq = match pdq_of(&bytes, arguments.fast) {
        Ok(pdq) => pdq,
        // With exact digests asked for, a file need not be a picture.
        Err(_) if arguments.exact => return Ok(vec![format!(",,{}{exact}", file.display())]),
        Err(reason) => return Err(reason),
    };
    let line = |hash: lachan::hash::PdqHash| format!("{},{},{}", hash.to_hex(), pdq.quality(), file.display());
    Ok(if arguments.dihedral {
        DIHEDRALS
            .iter()
            .zip(pdq.dihedral_hashes())
            .map(|(form, hash)| format!("{},{}{exact}", line(hash), form.name()))
            .collect()
    } else {
        vec![format!("{}{exact}", line(pdq.hash()))]
    })
}

/// PDQ as every PDQ tool computes it: full size, alpha and orientation ignored; or the phone's way.
pub fn pdq_of(bytes: &[u8], fast: bool) -> Result<Pdq, String> {
    if fast {
        return picture_hashes(bytes).map(|hashes| hashes.whole().clone());
    }
    let (rgb, width, height) = full_size(bytes)?;
    let view = LumaView::rgb(&rgb, width, height, width * 3).map_err(|error| error.to_string())?;
    Ok(Pdq::from_pixels(&view))
}

/// All that a phone looks for in a picture.
pub fn picture_hashes(bytes: &[u8]) -> Result<PictureHashes, String> {
    if let Some(hashes) = PictureHashes::from_jpeg(bytes, &Limits::default()) {
        return Ok(hashes);
    }
    match decode(bytes, &Limits::default()).map_err(|error| error.to_string())? {
        Decoded::Still(picture) => PictureHashes::of_picture(&picture).map_err(|error| error.to_string()),
        Decoded::Animation(_) => Err("an animation has a hash for each frame; use `lachan match`".to_owned()),
    }
}

/// A desk has the memory for every pixel; a phone has not.
fn full_size(bytes: &[u8]) -> Result<(Vec<u8>, usize, usize), String> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        let picture = image::load_from_memory(bytes).map_err(|_| "this is no picture that can be read".to_owned())?;
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        return Ok((picture.to_rgb8().into_raw(), width, height));
    }
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let damaged = |_| "this JPEG is damaged".to_owned();
    let decoded = decoder.decode().map_err(damaged)?;
    let info = decoder.info().ok_or("this JPEG has no header")?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let rgb = match info.pixel_format {
        jpeg_decoder::PixelFormat::RGB24 => decoded,
        jpeg_decoder::PixelFormat::L8 => decoded.iter().flat_map(|luma| [*luma; 3]).collect(),
        _ => return Err("a JPEG of this kind has to be converted to RGB or grey first".to_owned()),
    };
    Ok((rgb, width, height))
}
