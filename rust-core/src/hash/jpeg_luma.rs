//! Luma of a baseline JPEG at an eighth of its size, straight from the constant terms of its blocks.
//!
//! A block's constant term is eight times the mean of its 64 pixels: all that the perceptual hash of a large picture
//! needs. Every other coefficient is read over, not decoded, and the colour planes with them. Half of the time of
//! decoding at 1/8 goes, and the hash is the one that the ordinary decoder's luma gives.
//!
//! Anything unusual (progressive, arithmetic, several scans, four colours, damage) gives `None`, and the caller
//! decodes in the ordinary way. JPEG is ITU-T T.81; figures and tables are named as there.

/// Bits that one look-up decodes; longer codes, seldom by design, take the slow way.
const LOOKUP_BITS: u32 = 10;
/// Bits in which several symbols are looked up at once: 24 KB a table, which stays in the first cache.
const SEVERAL_BITS: u32 = 13;
/// Coefficients of a block; as the length of a symbol, the end of the block.
const END: u8 = 64;

/// Luma at an eighth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LumaEighth {
    /// One byte a pixel, rows without padding.
    pub luma: Vec<u8>,
    /// Width of `luma` in pixels.
    pub width: usize,
    /// Height of `luma` in pixels.
    pub height: usize,
    /// Width of the JPEG in pixels, as stored.
    pub full_width: usize,
    /// Height of the JPEG in pixels, as stored.
    pub full_height: usize,
}

/// Luma of the JPEG in `bytes` at an eighth, if it is of the common kind and whole, has at most `max_pixels` pixels
/// and, at an eighth, no side shorter than `min_side`.
pub fn luma_eighth(bytes: &[u8], max_pixels: u64, min_side: usize) -> Option<LumaEighth> {
    let mut header = Header::default();
    let scan = header.read(bytes)?;
    let frame = header.frame.as_ref()?;
    let pixels = frame.width as u64 * frame.height as u64;
    if pixels > max_pixels || frame.width.min(frame.height).div_ceil(8) < min_side {
        return None;
    }
    // Each block takes at least two bits. A header that promises more than the data hold is not believed.
    let blocks =
        frame.mcus_across * frame.mcus_down * frame.components.iter().map(|c| c.across * c.down).sum::<usize>();
    if blocks / 4 > bytes.len() - scan {
        return None;
    }
    let (clean, intervals) = without_stuffing(bytes.get(scan..)?);
    let luma = frame.components.first()?;
    let (across, down) = (frame.mcus_across * luma.across, frame.mcus_down * luma.down);
    let mut plane = vec![0u8; across * down];
    let interval_mcus = if header.restart_interval == 0 { usize::MAX } else { header.restart_interval };
    let (mut mcu, mcus) = (0, frame.mcus_across * frame.mcus_down);
    for interval in intervals {
        if mcu == mcus {
            break;
        }
        let mut bits = Bits::new(&clean, interval);
        let mut predictions = [0i32; 3];
        for _ in 0..interval_mcus.min(mcus - mcu) {
            let (mcu_x, mcu_y) = (mcu % frame.mcus_across, mcu / frame.mcus_across);
            for (component, prediction) in frame.components.iter().zip(&mut predictions) {
                let constant = header.constant[component.constant_table].as_ref()?;
                let others = header.others[component.other_table].as_ref()?;
                for block in 0..component.across * component.down {
                    *prediction = prediction.wrapping_add(bits.constant_term(constant)?);
                    bits.pass_others(others)?;
                    if std::ptr::eq(component, luma) {
                        let x = mcu_x * luma.across + block % luma.across;
                        let y = mcu_y * luma.down + block / luma.across;
                        let value = prediction.wrapping_mul(luma.quantiser).wrapping_add(128 * 8) / 8;
                        plane[y * across + x] = value.clamp(0, 255) as u8;
                    }
                }
            }
            mcu += 1;
        }
        if bits.ran_out() {
            return None;
        }
    }
    if mcu < mcus {
        return None;
    }
    let (width, height) = (frame.width.div_ceil(8), frame.height.div_ceil(8));
    let luma = plane.chunks_exact(across).take(height).flat_map(|row| &row[..width]).copied().collect();
    Some(LumaEighth { luma, width, height, full_width: frame.width, full_height: frame.height })
}

/// What the segments before the scan say.
#[derive(Default)]
struct Header {
    frame: Option<Frame>,
    /// The first entry of each quantisation table, which belongs to the constant term.
    quantisers: [Option<i32>; 4],
    constant: [Option<ConstantTable>; 4],
    others: [Option<OtherTable>; 4],
    restart_interval: usize,
}

struct Frame {
    width: usize,
    height: usize,
    mcus_across: usize,
    mcus_down: usize,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    /// Blocks in a minimum coded unit.
    across: usize,
    down: usize,
    quantiser: i32,
    constant_table: usize,
    other_table: usize,
}

impl Header {
    /// Reads up to the first scan; gives where its data begin.
    fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        if !bytes.starts_with(&[0xff, 0xd8]) {
            return None;
        }
        let mut at = 2;
        loop {
            if *bytes.get(at)? != 0xff {
                return None;
            }
            let marker = *bytes.get(at + 1)?;
            if marker == 0xff {
                at += 1;
                continue;
            }
            let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
            let body = bytes.get(at + 4..at + 2 + length)?;
            at += 2 + length;
            match marker {
                0xc0 | 0xc1 => self.frame = Some(self.frame(body)?),
                0xc4 => self.huffman_tables(body)?,
                0xdb => self.quantisation_tables(body)?,
                0xdd => self.restart_interval = usize::from(u16::from_be_bytes([*body.first()?, *body.get(1)?])),
                // An Adobe segment that says that the three components are no luma and colour differences.
                0xee if body.starts_with(b"Adobe") && body.get(11) == Some(&0) => return None,
                0xda => {
                    self.scan(body)?;
                    return Some(at);
                }
                // Application segments and comments.
                0xe0..=0xef | 0xfe => {}
                // Every other way of coding a frame.
                _ => return None,
            }
        }
    }

    fn frame(&self, body: &[u8]) -> Option<Frame> {
        let [8, h0, h1, w0, w1, count, rest @ ..] = body else { return None };
        let (height, width) =
            (usize::from(u16::from_be_bytes([*h0, *h1])), usize::from(u16::from_be_bytes([*w0, *w1])));
        if height == 0 || width == 0 || !matches!(count, 1 | 3) || self.frame.is_some() {
            return None;
        }
        let mut components = Vec::new();
        for entry in rest.as_chunks::<3>().0.iter().take(usize::from(*count)) {
            let (across, down) = (usize::from(entry[1] >> 4), usize::from(entry[1] & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return None;
            }
            // Tables may come after the frame: the quantiser is looked up at the scan.
            let quantiser = i32::from(entry[2]);
            components.push(Component { id: entry[0], across, down, quantiser, constant_table: 0, other_table: 0 });
        }
        // A single component is not interleaved: its blocks follow each other whatever its factors say.
        if let [only] = &mut components[..] {
            (only.across, only.down) = (1, 1);
        }
        let first = components.first()?;
        let (across, down) = (first.across, first.down);
        let luma_is_finest = components.iter().all(|c| c.across <= across && c.down <= down);
        let whole = components.len() == usize::from(*count);
        // Names by which some programs mark components that are red, green and blue.
        let is_rgb = components.iter().map(|c| c.id).eq(*b"RGB");
        (luma_is_finest && whole && !is_rgb).then(|| Frame {
            width,
            height,
            mcus_across: width.div_ceil(8 * across),
            mcus_down: height.div_ceil(8 * down),
            components,
        })
    }

    fn quantisation_tables(&mut self, mut body: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let (wide, slot) = (kind >> 4, usize::from(kind & 15));
            let first = match wide {
                0 => i32::from(*rest.first()?),
                1 => i32::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])),
                _ => return None,
            };
            *self.quantisers.get_mut(slot)? = Some(first);
            body = rest.get(64 * (1 + usize::from(wide))..)?;
        }
        Some(())
    }

    fn huffman_tables(&mut self, mut body: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let slot = usize::from(kind & 15);
            match kind >> 4 {
                0 => *self.constant.get_mut(slot)? = Some(ConstantTable(Codes::new(counts, symbols)?)),
                1 => *self.others.get_mut(slot)? = Some(OtherTable::new(counts, symbols)?),
                _ => return None,
            }
            body = rest;
        }
        Some(())
    }

    fn scan(&mut self, body: &[u8]) -> Option<()> {
        let quantisers = self.quantisers;
        let frame = self.frame.as_mut()?;
        let (count, rest) = body.split_first()?;
        let (entries, selection) = rest.split_at_checked(2 * frame.components.len())?;
        if usize::from(*count) != frame.components.len() || !selection.starts_with(&[0, 63, 0]) {
            return None;
        }
        for (component, entry) in frame.components.iter_mut().zip(entries.as_chunks::<2>().0) {
            if component.id != entry[0] {
                return None;
            }
            component.quantiser = (*quantisers.get(usize::try_from(component.quantiser).ok()?)?)?;
            (component.constant_table, component.other_table) =
                (usize::from(entry[1] >> 4), usize::from(entry[1] & 15));
            if component.constant_table > 3 || component.other_table > 3 {
                return None;
            }
        }
        Some(())
    }
}

/// Codes of a Huffman table (Annex C), for both kinds of look-up.
struct Codes {
    /// By the next `LOOKUP_BITS` bits: length of the code (0 if it is longer) and symbol.
    lookup: Vec<(u8, u8)>,
    /// By length: the first code, its symbol's place, and one past the last code.
    first: [(u32, u32, u32); 17],
    symbols: Vec<u8>,
}

impl Codes {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut lookup = vec![(0, 0); 1 << LOOKUP_BITS];
        let mut first = [(0, 0, 0); 17];
        let (mut code, mut place) = (0u32, 0u32);
        for (length, count) in (1u32..).zip(counts) {
            first[length as usize] = (code, place, code + u32::from(*count));
            for _ in 0..*count {
                if length <= LOOKUP_BITS {
                    let from = (code << (LOOKUP_BITS - length)) as usize;
                    let symbol = *symbols.get(place as usize)?;
                    lookup.get_mut(from..from + (1 << (LOOKUP_BITS - length)))?.fill((length as u8, symbol));
                }
                code += 1;
                place += 1;
            }
            // More codes than bits can tell apart.
            if code > 1 << length {
                return None;
            }
            code <<= 1;
        }
        Some(Self { lookup, first, symbols: symbols.to_vec() })
    }

    /// Length and symbol of a code that is longer than the look-up.
    #[cold]
    fn long(&self, next_16_bits: u32) -> Option<(u32, u8)> {
        (LOOKUP_BITS + 1..=16).find_map(|length| {
            let (first, place, end) = self.first[length as usize];
            let code = next_16_bits >> (16 - length);
            let symbol = || self.symbols.get((place + code - first) as usize).copied();
            if (first..end).contains(&code) { Some((length, symbol()?)) } else { None }
        })
    }
}

/// A table for constant terms: the symbol is the size of the difference that follows.
struct ConstantTable(Codes);

/// A table for the other coefficients, by what is to be passed over.
struct OtherTable {
    codes: Codes,
    /// By the next `LOOKUP_BITS` bits: bits of code and value together (0 if the code is longer), and coefficients.
    pass: Vec<(u8, u8)>,
    /// By the next `SEVERAL_BITS` bits: all symbols that lie in them whole.
    several: Vec<Several>,
}

/// Several symbols that are passed over at once: most take four to six bits.
#[derive(Clone, Copy, Default)]
struct Several {
    /// Bits in all; 0 if not even one symbol lies in the bits whole.
    bits: u8,
    /// Coefficients before the block's end, if that is among them.
    coefficients: u8,
    /// Whether the last of them is the block's end.
    ends: bool,
}

impl OtherTable {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let codes = Codes::new(counts, symbols)?;
        let pass: Vec<(u8, u8)> = codes
            .lookup
            .iter()
            .map(|(length, symbol)| if *length == 0 { (0, 0) } else { passed(u32::from(*length), *symbol) })
            .collect();
        let several: Vec<Several> = (0..1 << SEVERAL_BITS).map(|bits| several(bits, &pass)).collect();
        Some(Self { codes, pass, several })
    }
}

/// The symbols that lie in these `SEVERAL_BITS` bits whole.
fn several(bits: u32, pass: &[(u8, u8)]) -> Several {
    let mut found = Several::default();
    while !found.ends {
        // What is beyond the bits reads as zeros; a symbol that would need them is not taken.
        let rest = bits << found.bits & ((1 << SEVERAL_BITS) - 1);
        let (length, coefficients) = pass[(rest >> (SEVERAL_BITS - LOOKUP_BITS)) as usize];
        if length == 0 || u32::from(found.bits + length) > SEVERAL_BITS {
            break;
        }
        if coefficients == END {
            found.ends = true;
        } else if found.coefficients + coefficients < END {
            found.coefficients += coefficients;
        } else {
            break;
        }
        found.bits += length;
    }
    found
}

/// Bits and coefficients that a symbol stands for: a run of zeros and one value, sixteen zeros, or the block's end.
fn passed(code_length: u32, symbol: u8) -> (u8, u8) {
    let (run, size) = (symbol >> 4, symbol & 15);
    let coefficients = match (run, size) {
        (0..15, 0) => END,
        _ => run + 1,
    };
    (code_length as u8 + size, coefficients)
}

/// The data of a scan without the zero bytes that follow each 0xff, and where each restart interval lies in them.
fn without_stuffing(data: &[u8]) -> (Vec<u8>, Vec<std::ops::Range<usize>>) {
    let mut clean = Vec::with_capacity(data.len() + PADDING);
    let mut intervals = Vec::new();
    let (mut start, mut at) = (0, 0);
    loop {
        let rest = &data[at..];
        let plain = memchr::memchr(0xff, rest).unwrap_or(rest.len());
        clean.extend_from_slice(&rest[..plain]);
        at += plain;
        match data.get(at + 1) {
            Some(0) => {
                clean.push(0xff);
                at += 2;
            }
            Some(0xd0..=0xd7) => {
                intervals.push(start..clean.len());
                start = clean.len();
                at += 2;
            }
            // Fill bytes before a marker.
            Some(0xff) => at += 1,
            // Another marker ends the scan, and so does the end of the file.
            _ => break,
        }
    }
    intervals.push(start..clean.len());
    // Reading ahead never leaves the buffer.
    clean.resize(clean.len() + PADDING, 0);
    (clean, intervals)
}

/// Bytes beyond the data that may be read ahead.
const PADDING: usize = 16;

/// Bits, the most significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    /// Where the next byte comes from.
    at: usize,
    end: usize,
    /// The next bits, at the top.
    buffer: u64,
    /// How many of them are valid.
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8], range: std::ops::Range<usize>) -> Self {
        Self { bytes, at: range.start, end: range.end, buffer: 0, count: 0 }
    }

    /// At least 56 bits are valid after it.
    #[inline(always)]
    fn refill(&mut self) {
        // Past the end, the last bytes are read over and over; `ran_out` tells.
        let from = self.at.min(self.bytes.len() - 8);
        let mut next = [0; 8];
        next.copy_from_slice(&self.bytes[from..from + 8]);
        self.buffer |= u64::from_be_bytes(next) >> self.count;
        self.at += ((63 - self.count) / 8) as usize;
        self.count |= 56;
    }

    #[inline(always)]
    fn pass(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.count -= bits;
    }

    /// Whether more bits were used than there are.
    fn ran_out(&self) -> bool {
        self.at - self.count as usize / 8 > self.end
    }

    /// The difference of a constant term to the one before (F.2.2.1).
    #[inline(always)]
    fn constant_term(&mut self, table: &ConstantTable) -> Option<i32> {
        self.refill();
        let (length, size) = match table.0.lookup[(self.buffer >> (64 - LOOKUP_BITS)) as usize] {
            (0, _) => table.0.long((self.buffer >> 48) as u32)?,
            (length, size) => (u32::from(length), size),
        };
        let size = u32::from(size);
        if size > 15 {
            return None;
        }
        self.pass(length);
        if size == 0 {
            return Some(0);
        }
        let value = (self.buffer >> (64 - size)) as i32;
        self.pass(size);
        Some(if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value })
    }

    /// Reads over the other coefficients of a block (F.2.2.2).
    #[inline(always)]
    fn pass_others(&mut self, table: &OtherTable) -> Option<()> {
        let mut coefficient = 1u8;
        while coefficient < END {
            if self.count < 32 {
                self.refill();
            }
            let several = table.several[(self.buffer >> (64 - SEVERAL_BITS)) as usize];
            let after = coefficient + several.coefficients;
            // Symbols beyond the last coefficient belong to the next block.
            if several.bits > 0 && (after < END || (after == END && !several.ends)) {
                self.pass(u32::from(several.bits));
                if several.ends {
                    break;
                }
                coefficient = after;
                continue;
            }
            let (bits, coefficients) = match table.pass[(self.buffer >> (64 - LOOKUP_BITS)) as usize] {
                (0, _) => {
                    let (length, symbol) = table.codes.long((self.buffer >> 48) as u32)?;
                    passed(length, symbol)
                }
                found => found,
            };
            self.pass(u32::from(bits));
            coefficient += coefficients;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::*;

    /// Detail of several sizes, so that all kinds of codes occur.
    fn pixels(width: usize, height: usize, channels: usize) -> Vec<u8> {
        let mut grain = 1u32;
        (0..width * height * channels)
            .map(|i| {
                let (x, y) = (i / channels % width, i / channels / width);
                grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let wave = (x * 255 / width) as u32 / 2 + ((x / 13 + y / 7) % 5) as u32 * 20;
                (wave + (grain >> 27) * (i % channels + 1) as u32).min(255) as u8
            })
            .collect()
    }

    fn encoded(width: usize, height: usize, colour: ColorType, change: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 80);
        change(&mut encoder);
        let channels = if colour == ColorType::Luma { 1 } else { 3 };
        encoder.encode(&pixels(width, height, channels), width as u16, height as u16, colour).unwrap();
        out
    }

    /// What the ordinary decoder gives for a grey picture.
    fn ordinary(bytes: &[u8], full: (usize, usize)) -> Vec<u8> {
        let mut decoder = jpeg_decoder::Decoder::new(bytes);
        decoder.scale(full.0.div_ceil(8) as u16, full.1.div_ceil(8) as u16).unwrap();
        decoder.decode().unwrap()
    }

    #[test]
    fn grey_pictures_are_equal_to_the_ordinary_decoder() {
        for (width, height) in [(8, 8), (200, 100), (203, 99), (1, 1), (640, 481)] {
            for interval in [0, 1, 7] {
                let bytes = encoded(width, height, ColorType::Luma, |encoder| encoder.set_restart_interval(interval));
                let eighth = luma_eighth(&bytes, u64::MAX, 0).unwrap();
                assert_eq!((eighth.full_width, eighth.full_height), (width, height));
                assert_eq!(eighth.luma, ordinary(&bytes, (width, height)), "{width} x {height}, {interval}");
            }
        }
    }

    #[test]
    fn colour_pictures_have_the_luma_of_the_ordinary_decoder() {
        let samplings = [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2];
        for sampling in samplings {
            let bytes = encoded(333, 222, ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_restart_interval(5);
            });
            let eighth = luma_eighth(&bytes, u64::MAX, 0).unwrap();
            let rgb = ordinary(&bytes, (333, 222));
            assert_eq!(rgb.len(), eighth.luma.len() * 3);
            for (luma, rgb) in eighth.luma.iter().zip(rgb.chunks_exact(3)) {
                let expected = 0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2]);
                // Colours that were clipped change the luma that they are turned back into.
                let clipped = rgb.iter().any(|c| [0, 255].contains(c));
                assert!(clipped || (f32::from(*luma) - expected).abs() <= 1.5, "{luma} and {expected}, {sampling:?}");
            }
        }
    }

    #[test]
    fn unusual_pictures_are_left_to_the_ordinary_decoder() {
        let progressive = encoded(64, 64, ColorType::Rgb, |encoder| encoder.set_progressive(true));
        assert_eq!(luma_eighth(&progressive, u64::MAX, 0), None);
        let usual = encoded(64, 64, ColorType::Rgb, |_| {});
        assert!(luma_eighth(&usual, 64 * 64, 8).is_some());
        assert_eq!(luma_eighth(&usual, 64 * 64 - 1, 8), None, "too large");
        assert_eq!(luma_eighth(&usual, 64 * 64, 9), None, "too small");
        assert_eq!(luma_eighth(b"", u64::MAX, 0), None);
        assert_eq!(luma_eighth(b"\x89PNG", u64::MAX, 0), None);
    }

    /// Whatever is cut off or changed: an answer or none, no panic and no large allocation.
    #[test]
    fn damage_gives_none_or_a_picture() {
        let bytes = encoded(120, 90, ColorType::Rgb, |encoder| encoder.set_restart_interval(9));
        for length in 0..bytes.len() {
            let cut = luma_eighth(&bytes[..length], u64::MAX, 0);
            assert!(cut.is_none() || length + 8 > bytes.len(), "cut at {length} of {}", bytes.len());
        }
        let mut random = 7u32;
        for _ in 0..20_000 {
            let mut changed = bytes.clone();
            for _ in 0..3 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let place = random as usize / 7 % changed.len();
                changed[place] = (random >> 24) as u8;
            }
            let _ = luma_eighth(&changed, 1 << 24, 0);
        }
    }

    #[test]
    fn a_header_that_promises_more_than_there_is_allocates_nothing() {
        let mut bytes = encoded(16, 16, ColorType::Luma, |_| {});
        let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert_eq!(luma_eighth(&bytes, u64::MAX, 0), None);
    }
}
