//! What kind of file the bytes are, by their own signature: a file's name or declared type is never believed.

use super::ImageError;

/// A picture format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Pnm,
}

impl Format {
    /// The format whose signature the bytes begin with.
    ///
    /// # Errors
    /// No bytes, or the signature of no supported format.
    pub fn of(bytes: &[u8]) -> Result<Self, ImageError> {
        match bytes {
            [] => Err(ImageError::Empty),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'B', b'M', ..] => Ok(Self::Bmp),
            [b'P', b'1'..=b'7', next, ..] if next.is_ascii_whitespace() || *next == b'#' => Ok(Self::Pnm),
            _ => Err(ImageError::Unsupported),
        }
    }
}

/// How a file moves, read from its structure without decoding a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Motion {
    /// Delays of the frames in milliseconds. One entry for a still picture in a format that could move.
    pub delays_ms: Vec<u32>,
    /// Whether the file holds a picture for viewers that do not move besides its frames.
    pub has_default_image: bool,
}

impl Motion {
    /// Whether there is more to look at than one picture.
    pub fn moves(&self) -> bool {
        self.delays_ms.len() > 1 || self.has_default_image
    }
}

/// How the file moves. More frames than `max_frames` are an error, found before any decoding.
pub(super) fn motion(bytes: &[u8], format: Format, max_frames: usize) -> Result<Motion, ImageError> {
    let still = |delays_ms| Motion { delays_ms, has_default_image: false };
    let motion = match format {
        Format::Gif => gif_delays(bytes, max_frames).map(still),
        Format::Png => apng_motion(bytes, max_frames),
        Format::WebP => webp_delays(bytes, max_frames).map(still),
        Format::Jpeg | Format::Bmp | Format::Pnm => Some(still(vec![0])),
    };
    let motion = motion.ok_or(ImageError::Damaged)?;
    if motion.delays_ms.len() > max_frames { Err(ImageError::TooLarge) } else { Ok(motion) }
}

/// GIF89a: walks the blocks; a graphic control extension holds the delay of the image after it. A file that ends
/// without its trailer counts as far as it goes; the decoder finds out whether its last frame is whole.
///
/// A frame that leaves the logical screen is damage: the decoder cuts it off there and some viewers (Skia is one) make
/// the screen larger, so that they would show what nobody looked at. It also keeps a frame from costing more than the
/// screen that is counted for it.
fn gif_delays(bytes: &[u8], max_frames: usize) -> Option<Vec<u32>> {
    let word = |at: usize| Some(u32::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let screen = (word(6)?, word(8)?);
    let packed = *bytes.get(10)?;
    let mut at = 13 + colour_table_bytes(packed);
    let mut delays = Vec::new();
    let mut delay = 0;
    while let Some(&block) = bytes.get(at) {
        match block {
            0x21 => {
                if bytes.get(at + 1) == Some(&0xf9) {
                    let hundredths = u16::from_le_bytes([*bytes.get(at + 4)?, *bytes.get(at + 5)?]);
                    delay = u32::from(hundredths) * 10;
                }
                let Some(next) = skip_sub_blocks(bytes, at + 2) else { break };
                at = next;
            }
            0x2c => {
                delays.push(delay);
                delay = 0;
                if delays.len() > max_frames {
                    break;
                }
                let Some(&packed) = bytes.get(at + 9) else { break };
                if word(at + 1)? + word(at + 5)? > screen.0 || word(at + 3)? + word(at + 7)? > screen.1 {
                    return None;
                }
                let Some(next) = skip_sub_blocks(bytes, at + 10 + colour_table_bytes(packed) + 1) else { break };
                at = next;
            }
            _ => break,
        }
    }
    (!delays.is_empty()).then_some(delays)
}

fn colour_table_bytes(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

fn skip_sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// APNG (W3C PNG, third edition): each `fcTL` chunk announces a frame. The default image, `IDAT`, is the first frame
/// only where an `fcTL` comes before it; else a browser never shows it, and Android shows nothing but it.
fn apng_motion(bytes: &[u8], max_frames: usize) -> Option<Motion> {
    let mut at = 8;
    let mut delays = Vec::new();
    let mut animated = false;
    let mut default_image_is_frame = None;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        let data = bytes.get(at + 8..).unwrap_or_default();
        match &head[4..] {
            b"acTL" => animated = true,
            b"IDAT" if default_image_is_frame.is_none() => default_image_is_frame = Some(!delays.is_empty()),
            b"fcTL" if animated => {
                let field = data.get(20..24)?;
                let numerator = u32::from(u16::from_be_bytes([field[0], field[1]]));
                // A denominator of 0 means hundredths of a second.
                let denominator = match u32::from(u16::from_be_bytes([field[2], field[3]])) {
                    0 => 100,
                    d => d,
                };
                delays.push(numerator * 1000 / denominator);
                if delays.len() > max_frames {
                    break;
                }
            }
            b"IEND" => break,
            _ => {}
        }
        at = at.checked_add(length)?.checked_add(12)?;
    }
    // A decoder may take for its first frame what this walk does not: beside several, the default image counts anyway.
    let has_default_image = delays.len() > 1 || (!delays.is_empty() && default_image_is_frame != Some(true));
    Some(Motion { delays_ms: if delays.is_empty() { vec![0] } else { delays }, has_default_image })
}

/// WebP (RFC 9649): each `ANMF` chunk is a frame, its duration 24 bits in milliseconds.
fn webp_delays(bytes: &[u8], max_frames: usize) -> Option<Vec<u32>> {
    let mut at = 12;
    let mut delays = Vec::new();
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes(head[4..].try_into().ok()?) as usize;
        if &head[..4] == b"ANMF" {
            let field = bytes.get(at + 8 + 12..at + 8 + 15)?;
            delays.push(u32::from_le_bytes([field[0], field[1], field[2], 0]));
            if delays.len() > max_frames {
                break;
            }
        }
        at = at.checked_add(8)?.checked_add(length)?.checked_add(length & 1)?;
    }
    Some(if delays.is_empty() { vec![0] } else { delays })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_decides_not_the_name() {
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\n...."), Ok(Format::Png));
        assert_eq!(Format::of(b"P5 3 3 255 "), Ok(Format::Pnm));
        assert_eq!(Format::of(b""), Err(ImageError::Empty));
        assert_eq!(Format::of(b"%PDF-1.7"), Err(ImageError::Unsupported));
        assert_eq!(Format::of(b"P"), Err(ImageError::Unsupported));
    }

    #[test]
    fn a_gif_that_claims_a_hundred_thousand_frames_is_counted_without_decoding() {
        let mut bytes = b"GIF89a\x01\x00\x01\x00\x00\x00\x00".to_vec();
        for _ in 0..100_000 {
            bytes.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0]);
        }
        assert_eq!(motion(&bytes, Format::Gif, 3_000), Err(ImageError::TooLarge));
        assert_eq!(motion(&bytes, Format::Gif, 100_000).map(|m| m.delays_ms.len()), Ok(100_000));
    }

    #[test]
    fn lengths_that_run_past_the_end_stop_the_walk() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &u32::MAX.to_be_bytes(), b"acTL"].concat();
        assert_eq!(motion(&png, Format::Png, 10).map(|m| m.moves()), Ok(false));
        let webp = [b"RIFF\0\0\0\0WEBPANMF".as_slice(), &u32::MAX.to_le_bytes()].concat();
        assert_eq!(motion(&webp, Format::WebP, 10), Err(ImageError::Damaged));
    }
}
