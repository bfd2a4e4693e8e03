//! What the segments of a JPEG say before it is decoded: how many scans there are, and what its colours mean.

use jpeg_decoder::ColorTransform;

/// Most scans of a JPEG. libjpeg's own script for progressive pictures has ten, the finest that follow ITU-T T.81 a few
/// dozen; each scan passes over every block, and a few bytes are enough for one, so that a small file of thousands
/// would be decoded for minutes.
pub(super) const MAX_SCANS: usize = 100;

/// What was found on a walk over the segments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segments {
    /// Scans, counted up to one more than [`MAX_SCANS`].
    pub scans: usize,
    /// Names of the frame's components.
    components: Vec<u8>,
    has_jfif: bool,
    /// The transform that an Adobe segment names.
    adobe: Option<u8>,
}

impl Segments {
    /// Walks over the segments as far as they go: what is damaged, the decoder finds out.
    pub fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut at = 2;
        while found.scans <= MAX_SCANS {
            // Coded data and strays lie between the segments; a marker is what does not belong to them.
            let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff)) else { break };
            at += next + 1;
            match bytes.get(at) {
                // A stuffed byte, markers without a segment, and filling before a marker.
                Some(0x00 | 0x01 | 0xd0..=0xd8) => at += 1,
                Some(0xff) => {}
                Some(0xd9) | None => break,
                Some(marker) => {
                    let Some(length) = bytes.get(at + 1..at + 3) else { break };
                    let end = at + 1 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
                    found.note(*marker, bytes.get(at + 3..end).unwrap_or_default());
                    at = end;
                }
            }
        }
        found
    }

    fn note(&mut self, marker: u8, body: &[u8]) {
        match marker {
            0xda => self.scans += 1,
            // libjpeg settles the colours at the first scan; so long must the two segments be for it (14 and 12).
            0xe0 if self.scans == 0 => self.has_jfif |= body.len() >= 14 && body.starts_with(b"JFIF\0"),
            0xee if self.scans == 0 && body.len() >= 12 && body.starts_with(b"Adobe") => self.adobe = Some(body[11]),
            0xc0..=0xc3 if self.components.is_empty() => {
                self.components = body.get(6..).unwrap_or_default().iter().step_by(3).copied().collect();
            }
            _ => {}
        }
    }

    /// What the colours mean, in libjpeg's order, which is that of Android and of browsers: a JFIF segment, an Adobe
    /// segment, the components' names. The decoder has another one, and would look at colours that nobody is shown.
    pub fn colours(&self) -> Option<ColorTransform> {
        match (self.components.as_slice(), self.adobe) {
            ([_, _, _], _) if self.has_jfif => Some(ColorTransform::YCbCr),
            ([_, _, _], Some(0)) | (b"RGB", None) => Some(ColorTransform::RGB),
            ([_, _, _], _) => Some(ColorTransform::YCbCr),
            ([_, _, _, _], Some(0) | None) => Some(ColorTransform::CMYK),
            ([_, _, _, _], Some(_)) => Some(ColorTransform::YCCK),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xff, marker], (body.len() as u16 + 2).to_be_bytes().as_slice(), body].concat()
    }

    fn frame(names: &[u8]) -> Vec<u8> {
        let components: Vec<u8> = names.iter().flat_map(|name| [*name, 0x11, 0]).collect();
        segment(0xc0, &[&[8, 0, 16, 0, 16, names.len() as u8], components.as_slice()].concat())
    }

    fn colours(segments: &[Vec<u8>]) -> Option<ColorTransform> {
        Segments::of(&[&[0xff, 0xd8], segments.concat().as_slice()].concat()).colours()
    }

    #[test]
    fn the_order_is_jfif_adobe_names() {
        let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        let short = |bytes| segment(0xe0, &b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..bytes]);
        let adobe = |transform| segment(0xee, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
        let scan = segment(0xda, &[0; 10]);
        use ColorTransform::{CMYK, RGB, YCCK, YCbCr};
        for (segments, expected) in [
            (vec![frame(&[1, 2, 3])], Some(YCbCr)),
            (vec![frame(b"RGB")], Some(RGB)),
            (vec![frame(&[1, 34, 35])], Some(YCbCr)),
            (vec![adobe(0), frame(&[1, 2, 3])], Some(RGB)),
            (vec![adobe(1), frame(b"RGB")], Some(YCbCr)),
            (vec![jfif.clone(), adobe(0), frame(b"RGB")], Some(YCbCr)),
            (vec![adobe(0), jfif, frame(&[1, 2, 3])], Some(YCbCr)),
            (vec![short(12), adobe(0), frame(&[1, 2, 3])], Some(RGB)),
            (vec![short(13), frame(b"RGB")], Some(RGB)),
            (vec![frame(&[1, 2, 3]), scan, adobe(0)], Some(YCbCr)),
            (vec![segment(0xee, b"Adobe\0\x64\0"), frame(&[1, 2, 3])], Some(YCbCr)),
            (vec![frame(&[1, 2, 3, 4])], Some(CMYK)),
            (vec![adobe(0), frame(&[1, 2, 3, 4])], Some(CMYK)),
            (vec![adobe(2), frame(&[1, 2, 3, 4])], Some(YCCK)),
            (vec![frame(&[1])], None),
        ] {
            assert_eq!(colours(&segments), expected, "{segments:02x?}");
        }
    }

    #[test]
    fn scans_are_counted_over_their_data_and_up_to_the_end_of_the_picture() {
        let scan = [segment(0xda, &[0; 10]), vec![1, 0xff, 0x00, 2, 0xff, 0xd3, 3, 0xff, 0xff]].concat();
        let bytes = [vec![0xff, 0xd8], scan.repeat(3), vec![0xff, 0xd9], scan.clone()].concat();
        assert_eq!(Segments::of(&bytes).scans, 3);
        assert_eq!(Segments::of(&[vec![0xff, 0xd8], scan.repeat(5_000)].concat()).scans, MAX_SCANS + 1);
        for cut in 0..bytes.len() {
            assert!(Segments::of(&bytes[..cut]).scans <= 3);
        }
    }
}
