//! Entries that would match harmless pictures: near a set of known harmless ones, or near what flat pictures,
//! ramps and edges give.

use std::path::Path;

use lachan::hash::search::{Half, PARTS, SearchIndex, build_part, halves};
use lachan::hash::{LumaView, MATCH_DISTANCE, Pdq, PdqHash};

use super::Failure;

/// Hashes that no entry may be near.
pub struct Benign {
    fronts: Vec<Half>,
    rests: Vec<Half>,
    offsets: Vec<u32>,
    entries: Vec<u32>,
    plain: usize,
}

impl Benign {
    /// Plain pictures, and the hashes in `files`: a hash a line, as `lachan hash --dihedral` prints them.
    pub fn read(files: &[std::path::PathBuf]) -> Result<Self, Failure> {
        let mut hashes = plain_pictures();
        let plain = hashes.len();
        for file in files {
            hashes.extend(read_hashes(file)?);
        }
        let (fronts, rests): (Vec<_>, Vec<_>) = hashes.iter().map(halves).unzip();
        let (mut offsets, mut entries) = (Vec::new(), Vec::new());
        for part in 0..PARTS {
            let (part_offsets, part_entries) = build_part(&fronts, &rests, part);
            offsets.extend(part_offsets);
            entries.extend(part_entries);
        }
        Ok(Self { fronts, rests, offsets, entries, plain })
    }

    /// For each hash why it may not be listed, if so.
    pub fn collisions(&self, hashes: &[PdqHash]) -> Vec<Option<&'static str>> {
        let linear = SearchIndex::linear(&self.fronts, &self.rests);
        let index = SearchIndex::with_parts(&self.fronts, &self.rests, &self.offsets, &self.entries).unwrap_or(linear);
        let mut found = vec![None; hashes.len()];
        for near in index.within(hashes, MATCH_DISTANCE) {
            let reason = if near.entry < self.plain { "near_flat" } else { "benign_collision" };
            found[near.query] = Some(reason);
        }
        found
    }
}

/// All words of 64 hex digits in a file.
pub fn read_hashes(file: &Path) -> Result<Vec<PdqHash>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text
        .split(|c: char| !c.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .filter_map(|word| PdqHash::from_hex(word).ok())
        .collect())
}

/// What flat areas, ramps, single edges, frames and stripes hash to, in all eight forms and several sizes. None of
/// them is searched for on a phone; an entry near one comes from a picture with nothing in it.
fn plain_pictures() -> Vec<PdqHash> {
    type Painter = fn(usize, usize, usize) -> u8;
    let painters: [Painter; 9] = [
        |_, _, _| 0,
        |_, _, _| 127,
        |_, _, _| 255,
        |x, _, side| (x * 255 / side) as u8,
        |x, y, side| ((x + y) * 255 / (2 * side)) as u8,
        |x, _, side| if x < side / 2 { 0 } else { 255 },
        |x, _, side| if x < side / 3 { 255 } else { 0 },
        |x, y, side| if x.min(y).min(side - 1 - x).min(side - 1 - y) < side / 10 { 0 } else { 255 },
        |x, y, side| if (side / 4..side / 2).contains(&x) && (side / 4..side / 2).contains(&y) { 255 } else { 0 },
    ];
    let mut hashes = vec![PdqHash::from_words([0; 4]), PdqHash::from_words([u64::MAX; 4])];
    for side in [64, 100, 256, 512] {
        for painter in painters {
            let bytes: Vec<u8> = (0..side * side).map(|i| painter(i % side, i / side, side)).collect();
            if let Ok(view) = LumaView::luma(&bytes, side, side, side) {
                hashes.extend(Pdq::from_pixels(&view).dihedral_hashes());
            }
        }
    }
    hashes
}
