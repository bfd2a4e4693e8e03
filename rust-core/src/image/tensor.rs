//! From a region of a picture to the tensor of a model.

use super::jpeg_trip::jpeg_round_trip;
use super::picture::{Picture, Region};
use super::resample::resample;
use crate::engine::{Geometry, Preprocessing, SIDE};

/// Side of the square that open_nsfw's pictures were squashed to before the middle was cut out.
const SQUASHED: usize = 256;
/// Quality of the JPEG round trip in the same procedure.
const TRIP_QUALITY: u32 = 75;

/// The tensor of `region`, upright, as `preprocessing` asks for it.
pub fn tensor(picture: &Picture, region: Region, preprocessing: &Preprocessing) -> Vec<f32> {
    let rgb = match preprocessing.geometry {
        Geometry::Squash => picture.orientation.apply_square(resample(picture, region, SIDE, SIDE), SIDE),
        Geometry::SquashJpegCentre => {
            let squashed = resample(picture, region, SQUASHED, SQUASHED);
            let mut upright = picture.orientation.apply_square(squashed, SQUASHED);
            jpeg_round_trip(&mut upright, SQUASHED, TRIP_QUALITY);
            centre(&upright, SQUASHED, SIDE)
        }
    };
    preprocessing.tensor(&rgb)
}

fn centre(rgb: &[u8], from: usize, to: usize) -> Vec<u8> {
    let margin = (from - to) / 2;
    (margin..margin + to).flat_map(|y| rgb[(y * from + margin) * 3..(y * from + margin + to) * 3].to_vec()).collect()
}
