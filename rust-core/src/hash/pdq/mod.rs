//! PDQ: 256 bits of what a picture looks like, with a quality.
//!
//! PDQ was published by Facebook in 2019 ("The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
//! algorithm"). Two pictures are taken for the same when their hashes differ in at most [`MATCH_DISTANCE`] bits and
//! both are of [`MIN_QUALITY`] or more. *Full-resolution* PDQ is meant everywhere: no thumbnail is made before.

mod border;
mod downsample;
mod folded;
mod picture;
mod transform;

pub use picture::PictureHashes;

use super::{HashError, LumaView};
use crate::trust::{from_hex, to_hex};

/// Places along each side of the luma grid that the transform sees.
const GRID: usize = 64;
type LumaGrid = [f32; GRID * GRID];
type Coefficients = [f32; 256];

/// Largest number of differing bits at which two pictures are the same: the threshold that PDQ's authors recommend
/// and that the exchanged lists were built for. By chance, two random hashes are this near once in 10^37.
pub const MATCH_DISTANCE: u32 = 31;

/// Lowest quality that is searched for and listed: the authors' recommendation. Below it a picture has so little
/// structure that unrelated ones share its hash.
pub const MIN_QUALITY: u8 = 50;

/// Lowest margin that is searched for and listed, in units of the transform of luma 0 to 255.
///
/// Where the typical coefficient is nearer to the median than this, the rounding of 8-bit pixels decides the bits.
/// Flat areas and single edges have margins under 0.1 and grain of 8 levels on a flat ground under 1; the photographs
/// of quality 100 among the test vectors have 3.4 to 74.
pub const MIN_MARGIN: f32 = 1.0;

/// Shortest side that has a hash, in pixels.
const MIN_SIDE: usize = 5;

/// The 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PdqHash([u64; 4]);

impl PdqHash {
    /// From four words, the most significant first: word 0 holds the first 16 hex digits.
    pub const fn from_words(words: [u64; 4]) -> Self {
        Self(words)
    }

    /// From the 32 bytes in the order of the hex digits.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        Self(std::array::from_fn(|word| u64::from_be_bytes(words[word])))
    }

    /// From 64 hex digits, in which every PDQ tool writes it.
    ///
    /// # Errors
    /// [`HashError::BadHash`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, HashError> {
        from_hex::<32>(text).map(|bytes| Self::from_bytes(&bytes)).ok_or(HashError::BadHash)
    }

    /// The four words, the most significant first.
    pub const fn words(&self) -> [u64; 4] {
        self.0
    }

    /// The 32 bytes in the order of the hex digits.
    pub fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (out, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *out = word.to_be_bytes();
        }
        bytes
    }

    /// 64 lower-case hex digits.
    pub fn to_hex(&self) -> String {
        to_hex(&self.to_bytes())
    }

    /// Hamming distance: the number of bits in which the two differ, 0 to 256.
    #[inline]
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// The number of set bits. A picture's hash has 128, or fewer where coefficients equal the median.
    pub fn ones(&self) -> u32 {
        self.distance(&Self([0; 4]))
    }
}

/// The eight ways in which a picture can be turned and mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dihedral {
    /// As it is.
    Original,
    /// A quarter turn.
    Rotate90,
    /// Half a turn.
    Rotate180,
    /// Three quarters of a turn.
    Rotate270,
    /// Top and bottom exchanged.
    FlipX,
    /// Left and right exchanged.
    FlipY,
    /// Mirrored at the main diagonal.
    FlipPlus1,
    /// Mirrored at the other diagonal.
    FlipMinus1,
}

/// All eight, in the order in which PDQ tools list them.
pub const DIHEDRALS: [Dihedral; 8] = [
    Dihedral::Original,
    Dihedral::Rotate90,
    Dihedral::Rotate180,
    Dihedral::Rotate270,
    Dihedral::FlipX,
    Dihedral::FlipY,
    Dihedral::FlipPlus1,
    Dihedral::FlipMinus1,
];

impl Dihedral {
    /// The name that PDQ tools print.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Rotate90 => "rotate90",
            Self::Rotate180 => "rotate180",
            Self::Rotate270 => "rotate270",
            Self::FlipX => "flipx",
            Self::FlipY => "flipy",
            Self::FlipPlus1 => "flipplus1",
            Self::FlipMinus1 => "flipminus1",
        }
    }
}

/// A picture's PDQ: its hash, its quality, and what the hashes of its turned and mirrored forms follow from.
#[derive(Debug, Clone)]
pub struct Pdq {
    hash: PdqHash,
    quality: u8,
    margin: f32,
    /// Those of the turned and mirrored forms follow from them by signs and transposition.
    coefficients: Box<Coefficients>,
    /// The picture as the transform saw it, from which a padded form is cut.
    grid: Box<LumaGrid>,
}

impl Pdq {
    /// The PDQ of a picture at its full size, equal bit by bit to the reference implementation.
    ///
    /// A side under 5 pixels gives a hash of zeros and quality 0, as the reference does.
    pub fn from_pixels(view: &LumaView<'_>) -> Self {
        if view.width() < MIN_SIDE || view.height() < MIN_SIDE {
            return Self::none();
        }
        let filtered = downsample::downsample(view);
        let mut pdq = Self::from_grid(filtered);
        if (view.width(), view.height()) == (GRID, GRID) {
            // The reference hashes a picture of this size unfiltered, but takes its dihedral forms from the filter.
            let plain = Self::from_grid(downsample::unfiltered(view));
            (pdq.hash, pdq.quality) = (plain.hash, plain.quality);
        }
        pdq
    }

    /// The PDQ of a picture of `full_width` x `full_height` pixels from a decoding of it at a fraction of its size,
    /// as a JPEG decoder gives it at 1/2, 1/4 or 1/8. It differs from that of the full size by 1.7 bits on average,
    /// and by at most 4 while the shorter side of `view` has 200 pixels.
    ///
    /// A full size that is smaller than `view` is taken to be that of `view`.
    pub fn from_scaled(view: &LumaView<'_>, full_width: usize, full_height: usize) -> Self {
        let (full_width, full_height) = (full_width.max(view.width()), full_height.max(view.height()));
        if view.width() < MIN_SIDE || view.height() < MIN_SIDE {
            return Self::none();
        }
        Self::from_grid(folded::downsample(view, full_width, full_height))
    }

    fn from_grid(grid: LumaGrid) -> Self {
        let coefficients = transform::transform(&grid);
        Self {
            hash: transform::bits(&coefficients),
            quality: transform::quality(&grid),
            margin: transform::margin(&coefficients),
            coefficients: Box::new(coefficients),
            grid: Box::new(grid),
        }
    }

    fn none() -> Self {
        Self {
            hash: PdqHash::from_words([0; 4]),
            quality: 0,
            margin: 0.0,
            coefficients: Box::new([0.0; 256]),
            grid: Box::new([0.0; GRID * GRID]),
        }
    }

    /// The hash of the picture as it is.
    pub fn hash(&self) -> PdqHash {
        self.hash
    }

    /// 0 to 100; see [`MIN_QUALITY`].
    pub fn quality(&self) -> u8 {
        self.quality
    }

    /// How far the typical coefficient is from turning its bit; see [`MIN_MARGIN`].
    pub fn margin(&self) -> f32 {
        self.margin
    }

    /// Whether the hash says enough to be searched for or listed.
    pub fn is_searchable(&self) -> bool {
        self.quality >= MIN_QUALITY && self.margin >= MIN_MARGIN
    }

    /// The hashes of the picture in its eight forms, in the order of [`DIHEDRALS`], from the one transform.
    pub fn dihedral_hashes(&self) -> [PdqHash; 8] {
        DIHEDRALS.map(|form| transform::bits(&transform::turned(&self.coefficients, form)))
    }

    /// The hash of the picture mirrored at its main diagonal.
    fn transposed_hash(&self) -> PdqHash {
        transform::bits(&transform::turned(&self.coefficients, Dihedral::FlipPlus1))
    }

    /// The 64 x 64 luma and the 16 x 16 coefficients, for comparison with other implementations.
    #[doc(hidden)]
    pub fn intermediates(&self) -> (&[f32], &[f32]) {
        (&self.grid[..], &self.coefficients[..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn photo_like(width: usize, height: usize) -> Vec<u8> {
        let wave = |x: usize, y: usize, k: usize| {
            ((x * (k + 3)) as f32 / width as f32 * 7.0 + (y * (k + 5)) as f32 / height as f32 * 5.0).sin()
        };
        (0..width * height)
            .map(|i| {
                let (x, y) = (i % width, i / width);
                let value: f32 = (0..6).map(|k| wave(x * (k + 1) % (width + 17 * k), y, k)).sum();
                (127.0 + 20.0 * value).clamp(0.0, 255.0) as u8
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_hash_survives_and_distance_is_a_metric(a in any::<[u8; 32]>(), b in any::<[u8; 32]>(), c in any::<[u8; 32]>()) {
            let [x, y, z] = [a, b, c].map(|bytes| PdqHash::from_bytes(&bytes));
            prop_assert_eq!((x.to_bytes(), PdqHash::from_hex(&x.to_hex())), (a, Ok(x)));
            prop_assert_eq!(PdqHash::from_words(x.words()), x);
            prop_assert_eq!((x.distance(&x), x.distance(&y)), (0, y.distance(&x)));
            prop_assert!(x.distance(&z) <= x.distance(&y) + y.distance(&z) && (x.distance(&y) > 0 || x == y));
        }
    }

    #[test]
    fn hex_round_trip_and_bad_hex() {
        let text = "d8f8f1eec0f4a84f0e37022a078f63f0b36e2ed596621e1d33e6239c4e9c9b22";
        let hash = PdqHash::from_hex(text).unwrap();
        assert_eq!(hash.to_hex(), text);
        assert_eq!(PdqHash::from_bytes(&hash.to_bytes()), hash);
        for bad in ["", &text[1..], &format!("{text}0"), &text.replace('d', "x"), &"é".repeat(32)] {
            assert_eq!(PdqHash::from_hex(bad), Err(HashError::BadHash));
        }
    }

    #[test]
    fn flat_ramp_edge_and_tiny_pictures_are_never_searched_for() {
        let side = 300;
        type Painter = fn(usize, usize) -> u8;
        let pictures: [(&str, Painter); 5] = [
            ("flat", |_, _| 200),
            ("ramp", |x, _| (x * 255 / 300) as u8),
            ("edge", |x, _| if x < 100 { 0 } else { 255 }),
            ("two edges", |_, y| if (100..200).contains(&y) { 20 } else { 240 }),
            ("grain", |x, y| 120 + ((x * 7919 + y * 104_729 + x * y * 31) % 17) as u8),
        ];
        for (name, picture) in pictures {
            let bytes: Vec<u8> = (0..side * side).map(|i| picture(i % side, i / side)).collect();
            let pdq = Pdq::from_pixels(&LumaView::luma(&bytes, side, side, side).unwrap());
            assert!(!pdq.is_searchable(), "{name}: quality {}, margin {}", pdq.quality(), pdq.margin());
        }
        let tiny = Pdq::from_pixels(&LumaView::luma(&[9; 16], 4, 4, 4).unwrap());
        assert_eq!((tiny.hash().ones(), tiny.quality()), (0, 0));
    }

    #[test]
    fn each_gate_alone_keeps_a_picture_out() {
        let mut pdq = Pdq::none();
        (pdq.quality, pdq.margin) = (MIN_QUALITY, MIN_MARGIN);
        assert!(pdq.is_searchable());
        pdq.quality = MIN_QUALITY - 1;
        assert!(!pdq.is_searchable());
        (pdq.quality, pdq.margin) = (MIN_QUALITY, MIN_MARGIN * 0.99);
        assert!(!pdq.is_searchable());
    }

    #[test]
    fn every_door_gives_the_same_hash() {
        let (width, height) = (211, 157);
        let luma = photo_like(width, height);
        let direct = Pdq::from_pixels(&LumaView::luma(&luma, width, height, width).unwrap());
        assert!(direct.is_searchable());
        let padded: Vec<u8> = luma.chunks(width).flat_map(|row| row.iter().copied().chain([7; 13])).collect();
        let strided = Pdq::from_pixels(&LumaView::luma(&padded, width, height, width + 13).unwrap());
        assert_eq!((strided.hash(), strided.quality()), (direct.hash(), direct.quality()));
        let rgb: Vec<u8> = luma.iter().flat_map(|v| [*v; 3]).collect();
        let from_rgb = Pdq::from_pixels(&LumaView::rgb(&rgb, width, height, width * 3).unwrap());
        assert!(from_rgb.hash().distance(&direct.hash()) <= 1, "grey has its luma, but for rounding");
        assert!(from_rgb.quality().abs_diff(direct.quality()) <= 1);
        let folded = Pdq::from_scaled(&LumaView::luma(&luma, width, height, width).unwrap(), width, height);
        assert!(folded.hash().distance(&direct.hash()) <= 1, "one to one, folding differs by rounding only");
    }
}
