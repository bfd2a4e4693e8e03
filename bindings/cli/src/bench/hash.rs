//! `lachan bench hash`.

use std::process::ExitCode;

use lachan::hash::{ExactDigests, LumaView, Pdq, PictureHashes};
use lachan::image::Picture;

use super::image::{Pictures, still};
use super::table::{Measured, Row, report};

pub fn run(pictures: &Pictures) -> ExitCode {
    report(measure(pictures), pictures.json)
}

fn measure(pictures: &Pictures) -> Measured<Vec<Row>> {
    let runs = pictures.runs;
    let mut rows = Vec::new();
    for (name, bytes) in pictures.inputs()? {
        let picture = still(&bytes).ok_or_else(|| format!("{name} is no still picture"))?;
        let row = |part: &str| format!("{name}: {part}");
        rows.push(Row::timed(row("bytes to PDQ"), runs, || crate::hash::picture_hashes(&bytes)));
        rows.push(Row::timed(row("bytes to pixels to PDQ"), runs, || still(&bytes).map(|picture| pdq(&picture))));
        rows.push(Row::timed(row("PDQ alone"), runs, || pdq(&picture)));
        rows.push(Row::timed(row("all that is searched for, alone"), runs, || PictureHashes::of_picture(&picture)));
        rows.push(Row::timed(row("MD5, SHA-1 and SHA-256"), runs, || ExactDigests::of(&bytes)));
        rows.push(Row::timed(row("bytes to PDQ at full size"), runs.min(5), || crate::hash::pdq_of(&bytes, false)));
    }
    let (width, height) = (4000, 3000);
    let luma: Vec<u8> = (0..width * height).map(|i| ((i % width / 7 * 31 + i / width / 5 * 17) % 256) as u8).collect();
    let view = LumaView::luma(&luma, width, height, width)?;
    rows.push(Row::timed("12 MP of luma: exact PDQ alone", runs, || Pdq::from_pixels(&view)));
    Ok(rows)
}

fn pdq(picture: &Picture) -> Option<Pdq> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let view = LumaView::rgb(&picture.rgb, width, height, width * 3).ok()?;
    Some(Pdq::from_scaled(&view, picture.full_width as usize, picture.full_height as usize))
}
