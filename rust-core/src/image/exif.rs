//! The orientation that a camera noted (Exif 2.32, tag 0x0112). Everything else in the metadata is left unread.

/// How the stored pixels must be turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation {
    /// Rows become columns (after that the mirrors below apply).
    pub transpose: bool,
    /// Left and right are swapped in the upright picture.
    pub mirror_x: bool,
    /// Top and bottom are swapped in the upright picture.
    pub mirror_y: bool,
}

impl Orientation {
    /// From the tag's value, 1 to 8; anything else is upright.
    pub fn from_tag(value: u16) -> Self {
        let (transpose, mirror_x, mirror_y) = match value {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { transpose, mirror_x, mirror_y }
    }

    /// Turns a square of `side x side` RGB pixels upright. Squashing to a square first and turning after gives the
    /// same pixels as turning first, at a hundredth of the cost.
    pub fn apply_square(self, rgb: Vec<u8>, side: usize) -> Vec<u8> {
        if self == Self::default() || rgb.len() != side * side * 3 {
            return rgb;
        }
        let mut out = Vec::with_capacity(rgb.len());
        for y in 0..side {
            for x in 0..side {
                let x = if self.mirror_x { side - 1 - x } else { x };
                let y = if self.mirror_y { side - 1 - y } else { y };
                let (column, row) = if self.transpose { (y, x) } else { (x, y) };
                let at = (row * side + column) * 3;
                out.extend_from_slice(&rgb[at..at + 3]);
            }
        }
        out
    }
}

/// Reads the orientation from an Exif block (TIFF header first, with or without `Exif\0\0` before it).
pub(super) fn orientation(exif: &[u8]) -> Orientation {
    Orientation::from_tag(tag(exif).unwrap_or(1))
}

fn tag(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let b = tiff.get(at..at.checked_add(2)?)?;
        Some(if little { u16::from_le_bytes([b[0], b[1]]) } else { u16::from_be_bytes([b[0], b[1]]) })
    };
    let u32_at = |at: usize| {
        let b: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    };
    let directory = u32_at(4)? as usize;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map(|i| directory + 2 + i * 12)
        .find(|&entry| u16_at(entry) == Some(0x0112))
        .and_then(|entry| u16_at(entry + 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(value: u16, little: bool) -> Vec<u8> {
        let n16 = |v: u16| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let n32 = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let mut out = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        out.extend(n32(8));
        out.extend(n16(1));
        out.extend(n16(0x0112));
        out.extend(n16(3));
        out.extend(n32(1));
        out.extend(n16(value));
        out.extend([0, 0]);
        out
    }

    #[test]
    fn both_byte_orders_are_read() {
        for little in [true, false] {
            assert_eq!(orientation(&block(6, little)), Orientation::from_tag(6));
            assert_eq!(orientation(&[b"Exif\0\0".as_slice(), &block(3, little)].concat()), Orientation::from_tag(3));
        }
    }

    #[test]
    fn nonsense_is_upright() {
        for cut in 0..block(6, true).len() - 3 {
            assert_eq!(orientation(&block(6, true)[..cut]), Orientation::default(), "cut at {cut}");
        }
        assert_eq!(orientation(&block(77, true)), Orientation::default());
    }

    /// The eight values on a 2 x 2 picture, against the table of the Exif standard (position of row 0, column 0).
    #[test]
    fn each_value_turns_the_picture_as_the_standard_says() {
        // Stored pixels: a b / c d. Upright pictures by tag value.
        let upright = ["abcd", "badc", "dcba", "cdab", "acbd", "cadb", "dbca", "bdac"];
        let stored: Vec<u8> = "abcd".bytes().flat_map(|b| [b; 3]).collect();
        for (value, expected) in (1..=8).zip(upright) {
            let turned = Orientation::from_tag(value).apply_square(stored.clone(), 2);
            let got: String = turned.chunks(3).map(|p| char::from(p[0])).collect();
            assert_eq!(got, expected, "tag value {value}");
        }
    }
}
