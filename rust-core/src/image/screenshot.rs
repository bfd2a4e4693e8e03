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
/// A picture with fewer pixels than this on the short side holds none that is worth a tile of its own.
const MIN_TILE_SIDE: u32 = 96;
/// Most tiles: each costs a run of a network, and an animation costs no more. Enough for a strip sixteen times as long
/// as it is wide; of a longer one nobody says that it is clear.
const MAX_TILES: u32 = 16;
/// Fewest tiles of a long picture.
const MIN_TILES: u32 = 4;

/// Whether, and how, a picture is looked at in parts as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tiling {
    /// The whole is enough.
    Whole,
    /// The whole, and these square parts, which together hold every pixel.
    Tiles(Vec<Region>),
    /// The whole, and these square parts, between which others are not looked at: the picture is too long.
    Gaps(Vec<Region>),
}

/// Decides by shape and by how much of the picture is plain ground.
pub fn tiling(picture: &Picture) -> Tiling {
    let short = picture.width.min(picture.height);
    let long = picture.width.max(picture.height);
    let covering = long.div_ceil(short.max(1));
    if short < MIN_TILE_SIDE {
        // Of a strip nothing is left in one look, however thin it is.
        return if covering <= MAX_TILES { Tiling::Whole } else { Tiling::Gaps(Vec::new()) };
    }
    let aspect = long as f32 / short as f32;
    if aspect >= LONG_ASPECT {
        // Squares as wide as the short side, a quarter more than cover the picture while there are not too many.
        let count = long.saturating_mul(5).div_ceil(short.saturating_mul(4)).clamp(MIN_TILES, MAX_TILES);
        let tiles = grid(picture, short, count);
        return if covering <= MAX_TILES { Tiling::Tiles(tiles) } else { Tiling::Gaps(tiles) };
    }
    if flatness(picture) >= SCREEN_FLATNESS {
        let side = (short * 3 / 5).max(MIN_TILE_SIDE.min(short));
        // Two across the short side, and as many along the long one as it takes: three on a 16:9 screen.
        return Tiling::Tiles(grid(picture, side, long.div_ceil(side).max(2)));
    }
    Tiling::Whole
}

/// Squares of `side`, evenly spread: `along` of them on the long side, and as many as cover it on the short one.
fn grid(picture: &Picture, side: u32, along: u32) -> Vec<Region> {
    let across = picture.width.min(picture.height).div_ceil(side);
    let (columns, rows) = if picture.width > picture.height { (along, across) } else { (across, along) };
    let place = |length: u32, i: u32, count: u32| {
        (u64::from(length - side) * u64::from(i) / u64::from(count.saturating_sub(1).max(1))) as u32
    };
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(row, column)| Region {
            x: place(picture.width, column, columns),
            y: place(picture.height, row, rows),
            width: side,
            height: side,
        })
        .collect()
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

    /// Whether every pixel is in a tile, and every tile in the picture.
    fn cover(tiles: &[Region], width: u32, height: u32) -> bool {
        assert!(tiles.iter().all(|t| t.x + t.width <= width && t.y + t.height <= height), "{tiles:?}");
        let mut seen = vec![false; (width * height) as usize];
        for tile in tiles {
            for y in tile.y..tile.y + tile.height {
                let row = (y * width) as usize;
                seen[row + tile.x as usize..row + (tile.x + tile.width) as usize].fill(true);
            }
        }
        seen.iter().all(|seen| *seen)
    }

    #[test]
    fn a_page_on_plain_ground_is_looked_at_in_tiles_whatever_its_shape() {
        let page = Picture::grey(400, 400, |x, y| if x < 60 && y < 60 { noise(x, y) } else { 250 });
        assert!(matches!(tiling(&page), Tiling::Tiles(t) if t.len() == 4));
    }

    #[test]
    fn the_tiles_of_a_screen_leave_nothing_out() {
        // 16:9, 3:2 and 4:3 both ways, a square, the longest that is no strip, and odd sizes.
        for (width, height, tiles) in [
            (540, 960, 6),
            (960, 540, 6),
            (480, 720, 6),
            (640, 480, 6),
            (333, 333, 4),
            (300, 569, 8),
            (101, 187, 4),
            (96, 150, 2),
        ] {
            let Tiling::Tiles(found) = tiling(&Picture::grey(width, height, |_, _| 250)) else {
                panic!("plain ground")
            };
            assert_eq!(found.len(), tiles, "{width} x {height}");
            assert!(cover(&found, width, height), "{width} x {height}: {found:?}");
        }
    }

    #[test]
    fn tiles_cover_a_long_picture_up_to_sixteen_times_its_width() {
        for (width, height, tiles) in
            [(100, 190, 4), (120, 500, 6), (2000, 125, 16), (100, 1_600, 16), (1_259, 97, 16), (101, 1_212, 15)]
        {
            let Tiling::Tiles(found) = tiling(&Picture::grey(width, height, noise)) else {
                panic!("{width} x {height}")
            };
            assert_eq!(found.len(), tiles, "{width} x {height}");
            assert!(cover(&found, width, height), "{width} x {height}: {found:?}");
        }
        let Tiling::Gaps(found) = tiling(&Picture::grey(100, 1_601, noise)) else { panic!("too long for tiles") };
        assert_eq!(found.len(), MAX_TILES as usize);
        assert!(!cover(&found, 100, 1_601));
    }

    #[test]
    fn tiny_pictures_have_no_tiles() {
        assert_eq!(tiling(&Picture::grey(90, 900, |_, _| 7)), Tiling::Whole);
        assert_eq!(tiling(&Picture::grey(95, 1_520, noise)), Tiling::Whole);
        assert_eq!(tiling(&Picture::grey(95, 1_521, noise)), Tiling::Gaps(Vec::new()), "nobody says that it is clear");
    }
}
