//! From the bytes of a picture to its hashes.

use std::path::PathBuf;

use clap::Args;
use lachan::hash::{ExactDigests, Pdq, PictureHashes, PixelView};
use lachan::image::{Decoded, Limits, decode};
use serde_json::{Value, json};

use super::measure::Times;

const MILLISECOND: f64 = 1e-3;

#[derive(Args)]
pub struct Arguments {
    /// A picture; a generated one of 12 megapixels, without decoding, where none is given
    file: Option<PathBuf>,
    /// How often each step is measured
    #[arg(long, default_value_t = 15)]
    calls: usize,
    /// One JSON object; it is what is printed in any case
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Value, String> {
    let calls = arguments.calls.max(1);
    let Some(file) = &arguments.file else { return generated(calls) };
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let decoded = || match decode(&bytes, &Limits::default()) {
        Ok(Decoded::Still(picture)) => Ok(picture),
        Ok(Decoded::Animation(_)) => Err("an animation".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let picture = decoded()?;
    let all = Times::of(calls, 1, |_| {
        let hashes = decoded().map(|picture| PictureHashes::of_picture(&picture));
        std::hint::black_box(&hashes);
    });
    let one = Times::of(calls, 1, |_| {
        let view = |picture: lachan::image::Picture| {
            let (width, height) = (picture.width as usize, picture.height as usize);
            let view = PixelView::rgb(&picture.rgb, width, height, width * 3)?;
            Ok::<_, lachan::hash::HashError>(Pdq::from_scaled(
                &view,
                picture.full_width as usize,
                picture.full_height as usize,
            ))
        };
        std::hint::black_box(&decoded().map(view));
    });
    let hashes = Times::of(calls, 1, |_| {
        std::hint::black_box(&PictureHashes::of_picture(&picture));
    });
    let digests = Times::of(calls, 1, |_| {
        std::hint::black_box(&ExactDigests::of(&bytes));
    });
    let exact = Times::of(calls.min(5), 1, |_| {
        std::hint::black_box(&crate::hash::pdq_of(&bytes, false));
    });
    Ok(json!({
        "width": picture.full_width, "height": picture.full_height, "bytes": bytes.len(), "unit": "ms",
        "decode_and_pdq": one.json(MILLISECOND), "decode_and_all_hashes": all.json(MILLISECOND),
        "all_hashes": hashes.json(MILLISECOND), "md5_sha1_sha256": digests.json(MILLISECOND),
        "full_size_decode_and_pdq": exact.json(MILLISECOND),
    }))
}

/// Hashing alone, at full size and at an eighth.
fn generated(calls: usize) -> Result<Value, String> {
    let (width, height) = (4000, 3000);
    let pixel = |i: usize| ((i % width / 7 * 31 + i / width / 5 * 17) % 256) as u8;
    let luma: Vec<u8> = (0..width * height).map(pixel).collect();
    let view = PixelView::luma(&luma, width, height, width).map_err(|error| error.to_string())?;
    let small = PixelView::luma(&luma, width / 8, height / 8, width / 8).map_err(|error| error.to_string())?;
    let full = Times::of(calls, 1, |_| {
        std::hint::black_box(&Pdq::from_pixels(&view));
    });
    let folded = Times::of(calls, 1, |_| {
        std::hint::black_box(&Pdq::from_scaled(&small, width, height));
    });
    Ok(json!({"width": width, "height": height, "unit": "ms", "full_size_luma": full.json(MILLISECOND),
        "folded_eighth_luma": folded.json(MILLISECOND)}))
}
