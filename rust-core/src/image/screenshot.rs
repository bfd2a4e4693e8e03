//! When one look at the whole is not enough: chat screenshots hide a small picture in a page, and very long pictures
//! are squeezed past recognition.

use super::picture::{Picture, Region};

/// A picture at least this many times as long as it is wide is looked at in tiles. Phones' cameras stop at 16:9
/// (1.78), their screens begin at 18:9.
const LONG_ASPECT: f32 = 1.9;
/// Share of pixels equal to their right neighbour (within [`FLAT_TOLERANCE`]) from which a picture looks like a
/// screen: text on plain ground. The plainest of 60 drawn chat screens has 0.75, the median photograph 0.39; one
/// photograph in four, mostly of plain backdrops, is above and pays for its tiles, which change no verdict by themselves.
const SCREEN_FLATNESS: f32 = 0.72;
/// Difference in brightness that still counts as equal: JPEG noise on plain ground.
const FLAT_TOLERANCE: u8 = 1;
/// Pixels with fewer than this many on the short side hold no picture worth a tile of its own.
const MIN_TILE_SIDE: u32 = 96;
/// Most tiles: each costs a run of a network.
const MAX_TILES: u32 = 8;

/// Whether, and how, a picture is looked at in parts as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tiling {
    /// The whole is enough.
    Whole,
    /// The whole, and these square parts.
    Tiles(Vec<Region>),
}

/// Decides by shape and by how much of the picture is plain ground.
pub fn tiling(picture: &Picture) -> Tiling {
    let short = picture.width.min(picture.height);
    let long = picture.width.max(picture.height);
    if short < MIN_TILE_SIDE {
        return Tiling::Whole;
    }
    let aspect = long as f32 / short as f32;
    if aspect >= LONG_ASPECT {
        // Squares as wide as the short side, overlapping a little, at least four.
        let count = ((aspect * 1.25).ceil() as u32).clamp(4, MAX_TILES);
        let tiles = (0..count)
            .map(|i| {
                let offset = (u64::from(long - short) * u64::from(i) / u64::from(count - 1)) as u32;
                let (x, y) = if picture.width > picture.height { (offset, 0) } else { (0, offset) };
                Region { x, y, width: short, height: short }
            })
            .collect();
        return Tiling::Tiles(tiles);
    }
    if flatness(picture) >= SCREEN_FLATNESS {
        let side = (short * 3 / 5).max(MIN_TILE_SIDE.min(short));
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let tiles = corners.map(|(right, bottom)| Region {
            x: right * (picture.width - side),
            y: bottom * (picture.height - side),
            width: side,
            height: side,
        });
        return Tiling::Tiles(tiles.to_vec());
    }
    Tiling::Whole
}

/// Share of pixels whose right neighbour has the same colour, 0 to 1, on every fourth row.
fn flatness(picture: &Picture) -> f32 {
    let row = picture.width as usize * 3;
    let (mut same, mut seen) = (0u32, 0u32);
    for pixels in picture.rgb.chunks_exact(row).step_by(4) {
        for (a, b) in pixels.chunks_exact(3).zip(pixels[3..].chunks_exact(3)) {
            same += u32::from(a.iter().zip(b).all(|(x, y)| x.abs_diff(*y) <= FLAT_TOLERANCE));
            seen += 1;
        }
    }
    if seen == 0 { 0.0 } else { same as f32 / seen as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(x: u32, y: u32) -> u8 {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519).to_le_bytes()[3]
    }

    #[test]
    fn a_camera_picture_is_looked_at_once_and_a_phone_screen_in_tiles() {
        assert_eq!(tiling(&Picture::grey(360, 640, noise)), Tiling::Whole, "16:9");
        let Tiling::Tiles(tiles) = tiling(&Picture::grey(360, 780, noise)) else { panic!("19.5:9 is a screen") };
        assert_eq!(tiles.len(), 4);
        assert_eq!(tiles[3], Region { x: 0, y: 420, width: 360, height: 360 });
    }

    #[test]
    fn a_page_on_plain_ground_is_looked_at_in_tiles_whatever_its_shape() {
        let page = Picture::grey(400, 400, |x, y| if x < 60 && y < 60 { noise(x, y) } else { 250 });
        assert!(matches!(tiling(&page), Tiling::Tiles(t) if t.len() == 4));
    }

    #[test]
    fn tiles_cover_a_very_long_picture_and_stay_inside() {
        let strip = Picture::grey(2000, 120, noise);
        let Tiling::Tiles(tiles) = tiling(&strip) else { panic!("a strip is long") };
        assert_eq!(tiles.len(), MAX_TILES as usize);
        assert!(tiles.iter().all(|t| t.x + t.width <= 2000 && t.y + t.height <= 120));
    }

    #[test]
    fn tiny_pictures_have_no_tiles() {
        assert_eq!(tiling(&Picture::grey(90, 900, |_, _| 7)), Tiling::Whole);
    }
}
