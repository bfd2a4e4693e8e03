//! Untrusted bytes: a thousand broken files, each refused or looked at, none with a panic or a large allocation.
#![allow(clippy::unwrap_used)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use lachan::image::{Decoded, FrameSampling, ImageError, Limits, decode};

/// Counts what is allocated, so that a bound on memory is a fact and not a hope.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: forwards to the system's allocator; the counters change nothing about the memory handed out.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(held, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MAX_BYTES: usize = 256 << 20;
/// Generous, so that a busy machine does not fail the test: what hangs takes for ever.
const MAX_TIME: Duration = Duration::from_secs(20);

/// Decodes as the guard does, all frames that would be sampled included.
fn look(bytes: &[u8]) -> Result<(), ImageError> {
    let limits = Limits::default();
    match decode(bytes, &limits)? {
        Decoded::Still(picture) => {
            assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
            Ok(())
        }
        Decoded::Animation(animation) => animation.sample(&FrameSampling::default(), |_| Ok(true)),
    }
}

fn bounded(name: &str, bytes: &[u8]) -> Result<(), ImageError> {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let started = Instant::now();
    let result = look(bytes);
    assert!(started.elapsed() < MAX_TIME, "{name} took {:?}", started.elapsed());
    let peak = PEAK.load(Relaxed) - before;
    assert!(peak < MAX_BYTES, "{name} took {} MB", peak >> 20);
    result
}

/// One test, so that nothing else allocates while memory is counted.
#[test]
fn broken_files_are_refused_within_bounds() {
    whole_files_are_read();
    bombs_are_refused_by_their_header();
    a_thousand_spoiled_files();
}

fn whole_files_are_read() {
    for (name, bytes) in support::every_format() {
        assert_eq!(bounded(name, &bytes), Ok(()), "{name}");
    }
}

/// A PNG that ends after its header.
fn png_head(width: u32, height: u32, colours: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, colours, 0, 0, 0]);
    png.extend(13u32.to_be_bytes());
    png.extend(&header);
    png.extend(support::crc32(&header).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

fn bombs_are_refused_by_their_header() {
    assert_eq!(bounded("60,000 x 60,000 PNG", &png_head(60_000, 60_000, 6)), Err(ImageError::TooLarge));

    // Narrow, so that it is kept at its full size: 160 MB of grey become 480 MB of colours.
    let narrow = png_head(600, 279_620, 0);
    assert_eq!(bounded("600 x 279,620 PNG in grey", &narrow), Err(ImageError::TooLarge));

    // A line of pixels: little to decode, and as long as it is to every network that looks.
    assert_eq!(bounded("1 x 40,000,000 PNG in grey", &png_head(1, 40_000_000, 0)), Err(ImageError::TooLarge));
    assert_eq!(bounded("40,000,000 x 1 PNG in grey", &png_head(40_000_000, 1, 0)), Err(ImageError::TooLarge));

    // A canvas of one pixel, and frames that are decoded at their own size before they are cut out.
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    for _ in 0..2_000 {
        gif.extend(b"\x2c\0\0\0\0\x00\x20\x00\x20\0\x02\x02\x44\x01\0");
    }
    gif.push(0x3b);
    assert_eq!(bounded("GIF of frames larger than its screen", &gif), Err(ImageError::Damaged));

    let whole = support::jpeg(&support::photo(64, 48), true);
    let last = whole.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let scans = [&whole[..last], &whole[last..whole.len() - 2].repeat(50_000)].concat();
    assert_eq!(bounded("JPEG of 50,000 scans", &scans), Err(ImageError::TooLarge));

    let mut gif = b"GIF89a\x10\x00\x10\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
    for _ in 0..100_000 {
        gif.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
    }
    gif.push(0x3b);
    assert_eq!(bounded("GIF of 100,000 frames", &gif), Err(ImageError::TooLarge));

    // A canvas that is small in the file and large in memory, on every format with a size in its head.
    for (name, bytes) in [
        ("PPM", b"P6 60000 60000 255\n".to_vec()),
        ("GIF", b"GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0\x3b".to_vec()),
        ("BMP", {
            let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
            bmp.extend(60_000u32.to_le_bytes());
            bmp.extend(60_000u32.to_le_bytes());
            bmp.extend([1, 0, 24, 0]);
            bmp.resize(54, 0);
            bmp
        }),
        ("progressive JPEG", {
            let mut jpeg = support::jpeg(&support::photo(64, 64), true);
            let at = jpeg.windows(2).position(|w| w == [0xff, 0xc2]).unwrap();
            jpeg[at + 5..at + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
            jpeg
        }),
        ("baseline JPEG", {
            let mut jpeg = support::jpeg(&support::photo(64, 64), false);
            let at = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
            jpeg[at + 5..at + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
            jpeg
        }),
    ] {
        assert!(bounded(name, &bytes).is_err(), "{name} of 60,000 x 60,000");
    }

    let long = vec![0xff; Limits::default().max_bytes + 1];
    assert_eq!(bounded("65 MB of nothing", &long), Err(ImageError::TooLarge));
    assert_eq!(bounded("no bytes", &[]), Err(ImageError::Empty));
    assert_eq!(bounded("a text called .jpg", b"chao con, day la mot bai tho"), Err(ImageError::Unsupported));
}

/// Cuts, flips and swaps at places chosen by a fixed sequence, over every format.
fn a_thousand_spoiled_files() {
    let files = support::every_format();
    let mut state = 0x5eed_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut refused = 0;
    for i in 0..1_000 {
        let (name, whole) = &files[i % files.len()];
        let mut bytes = whole.clone();
        match i / files.len() % 5 {
            0 => bytes.truncate(next(whole.len())),
            1 => (0..1 + next(8)).for_each(|_| {
                let at = next(whole.len());
                bytes[at] ^= 1 << next(8);
            }),
            2 => {
                // The head, where sizes and tables stand.
                let at = next(whole.len().min(120));
                bytes[at] = next(256) as u8;
            }
            3 => {
                let (from, to, length) = (next(whole.len()), next(whole.len()), next(64));
                for k in 0..length {
                    if from + k < whole.len() && to + k < whole.len() {
                        bytes[to + k] = whole[from + k];
                    }
                }
            }
            _ => {
                let at = next(whole.len());
                bytes.splice(at..at, std::iter::repeat_n(0xff, 1 + next(300)));
            }
        }
        refused += usize::from(bounded(&format!("{name} spoiled {i}"), &bytes).is_err());
    }
    assert!(refused > 200, "only {refused} of 1,000 spoiled files were refused: the spoiling is too gentle");
}
