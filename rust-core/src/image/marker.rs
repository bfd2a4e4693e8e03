//! The test marker: a printed pattern that stands for a finding, so that integrators can meet every warning without
//! any real material.
//!
//! It is recognised in test mode alone (see `GuardBuilder::test_mode`); a release default never looks for it. The
//! pattern is a coarse grid of black and white cells inside a frame, recognised by the brightness of its cells:
//! resizing, recompressing, turning and photographing it from the front leave it legible.

use super::resample::resample;
use super::{Orientation, Picture};
use crate::verdict::FindingKind;

/// Cells along a side, the white margin and the black frame included.
const CELLS: usize = 12;
/// Cells of the payload along a side.
const PAYLOAD: usize = 8;
/// Cells that may be wrong: two payloads differ in at least 24, a photograph from any in more than 20.
const MAX_WRONG: u32 = 6;
/// Samples taken along each side of a cell.
const SAMPLES: usize = 4;

/// The payloads: 64 bits each, row by row, chosen without symmetry so that a turned one is not another.
const PATTERNS: [(FindingKind, u64); 3] = [
    (FindingKind::Nudity, 0x8f1d_6a35_c2b4_e907),
    (FindingKind::Gore, 0x31e6_95d8_4d7a_0bf2),
    (FindingKind::KnownImage, 0xd4a2_3c7f_1896_5be0),
];

/// The marker for a kind of finding as a square RGB picture, `side` pixels a side (at least 96), or nothing where the
/// kind is not one of pictures.
pub fn draw(kind: FindingKind, side: u32) -> Option<Picture> {
    let (_, bits) = PATTERNS.into_iter().find(|(k, _)| *k == kind)?;
    let side = side.clamp(96, 4096);
    let cell = |v: u32| (v as usize * CELLS / side as usize).min(CELLS - 1);
    let mut rgb = Vec::with_capacity((side * side * 3) as usize);
    for y in 0..side {
        for x in 0..side {
            rgb.extend([if is_white(bits, cell(x), cell(y)) { 255 } else { 0 }; 3]);
        }
    }
    Some(Picture {
        rgb,
        width: side,
        height: side,
        full_width: side,
        full_height: side,
        reduction: 1,
        orientation: Orientation::default(),
        on_black: None,
    })
}

/// White margin outside, black frame next, payload within.
fn is_white(bits: u64, column: usize, row: usize) -> bool {
    let ring = column.min(row).min(CELLS - 1 - column).min(CELLS - 1 - row);
    match ring {
        0 => true,
        1 => false,
        _ => bits >> (63 - ((row - 2) * PAYLOAD + column - 2)) & 1 == 1,
    }
}

/// The kind that a picture of a marker stands for. The marker must fill the picture, in any of the eight positions.
pub fn recognise(picture: &Picture) -> Option<FindingKind> {
    let side = CELLS * SAMPLES;
    let rgb = resample(picture, picture.whole(), side, side);
    let brightness = |column: usize, row: usize| -> u32 {
        // The middle of a cell only: its edges carry the neighbours' light.
        let inner = 1..SAMPLES - 1;
        inner
            .clone()
            .flat_map(|dy| inner.clone().map(move |dx| (dx, dy)))
            .map(|(dx, dy)| u32::from(rgb[((row * SAMPLES + dy) * side + column * SAMPLES + dx) * 3 + 1]))
            .sum()
    };
    let cells: Vec<u32> = (0..CELLS * CELLS).map(|i| brightness(i % CELLS, i / CELLS)).collect();
    let (darkest, lightest) = (cells.iter().min().copied()?, cells.iter().max().copied()?);
    // A flat picture has no pattern, only noise.
    if lightest - darkest < 4 * 60 {
        return None;
    }
    let middle = (darkest + lightest) / 2;
    PATTERNS.into_iter().find_map(|(kind, bits)| {
        let position = |transpose: bool, mirror_x: bool, mirror_y: bool| {
            let wrong = (0..CELLS * CELLS).filter(|&i| {
                let (x, y) = (i % CELLS, i / CELLS);
                let x = if mirror_x { CELLS - 1 - x } else { x };
                let y = if mirror_y { CELLS - 1 - y } else { y };
                let (column, row) = if transpose { (y, x) } else { (x, y) };
                is_white(bits, column, row) != (cells[i] > middle)
            });
            wrong.count() as u32 <= MAX_WRONG
        };
        let found = [false, true]
            .into_iter()
            .any(|t| [false, true].into_iter().any(|x| [false, true].into_iter().any(|y| position(t, x, y))));
        found.then_some(kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_marker_is_its_own_and_survives_turning_resizing_and_dimming() {
        for (kind, _) in PATTERNS {
            for side in [96, 100, 223, 600] {
                let marker = draw(kind, side).unwrap();
                assert_eq!(recognise(&marker), Some(kind), "{kind:?} at {side}");
                let mut dim = marker.clone();
                dim.rgb.iter_mut().for_each(|p| *p = *p / 3 + 60);
                assert_eq!(recognise(&dim), Some(kind));
                for tag in 1..=8 {
                    let turned = Orientation::from_tag(tag).apply_square(marker.rgb.clone(), side as usize);
                    assert_eq!(recognise(&Picture { rgb: turned, ..marker.clone() }), Some(kind), "tag {tag}");
                }
            }
        }
    }

    #[test]
    fn a_spoiled_marker_and_other_patterns_are_none() {
        let mut spoiled = draw(FindingKind::Nudity, 96).unwrap();
        // The lower half turned black: 50 cells of 144 differ.
        let half = spoiled.rgb.len() / 2;
        spoiled.rgb[half..].fill(0);
        assert_eq!(recognise(&spoiled), None);
        let flat = Picture { rgb: vec![128; 96 * 96 * 3], ..spoiled.clone() };
        assert_eq!(recognise(&flat), None);
        let checks = (0..96 * 96).flat_map(|i| [if (i % 96 / 8 + i / 96 / 8) % 2 == 0 { 0 } else { 255 }; 3]).collect();
        assert_eq!(recognise(&Picture { rgb: checks, ..spoiled }), None);
    }

    #[test]
    fn kinds_that_are_no_pictures_have_no_marker() {
        assert!(draw(FindingKind::Grooming, 96).is_none());
    }
}
