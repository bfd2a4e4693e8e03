//! Every format and form of pixel ends as the same upright picture.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use image::{DynamicImage, ImageFormat, Luma, Rgba, RgbaImage};
use jpeg_encoder::ColorType;
use lachan::image::{Decoded, FrameSampling, ImageError, Limits, Orientation, Picture, decode};
use support::{apng, encode, gif, jpeg, jpeg_of, jpeg_turned, photo};

fn still(bytes: &[u8]) -> Picture {
    match decode(bytes, &Limits::default()) {
        Ok(Decoded::Still(picture)) => picture,
        Ok(Decoded::Animation(_)) => panic!("an animation"),
        Err(error) => panic!("{error}"),
    }
}

fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| x.abs_diff(*y)).max().unwrap()
}

#[test]
fn lossless_formats_give_back_their_pixels() {
    let rgb = photo(61, 47);
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Pnm] {
        let picture = still(&encode(&DynamicImage::ImageRgb8(rgb.clone()), format));
        assert_eq!((picture.width, picture.height, picture.reduction), (61, 47, 1), "{format:?}");
        assert_eq!(picture.rgb, rgb.as_raw().as_slice(), "{format:?}");
    }
}

#[test]
fn sixteen_bits_and_grey_are_shown_in_eight_bits_and_colour() {
    let grey = image::ImageBuffer::from_fn(20, 10, |x, _| Luma([(x * 257 * 10) as u16]));
    let picture = still(&encode(&DynamicImage::ImageLuma16(grey), ImageFormat::Png));
    assert_eq!(&picture.rgb[15..18], [50; 3]);
}

#[test]
fn transparency_is_laid_on_white_and_on_black() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(8, 8, Rgba([10, 20, 30, 0])));
    for form in [clear.clone(), DynamicImage::ImageLumaA16(clear.to_luma_alpha16())] {
        let picture = still(&encode(&form, ImageFormat::Png));
        assert!(picture.rgb.iter().all(|&p| p == 255));
        assert!(picture.on_black.unwrap().rgb.iter().all(|&p| p == 0));
    }
    let opaque = RgbaImage::from_pixel(8, 8, Rgba([10, 20, 30, 255]));
    assert!(still(&encode(&DynamicImage::ImageRgba8(opaque), ImageFormat::Png)).on_black.is_none());
}

#[test]
fn a_large_jpeg_is_decoded_at_a_reduced_scale() {
    let large = photo(2800, 2700);
    for progressive in [false, true] {
        let picture = still(&jpeg(&large, progressive));
        assert_eq!((picture.width, picture.height, picture.reduction), (350, 338, 8), "progressive {progressive}");
        assert_eq!((picture.full_width, picture.full_height), (2800, 2700));
        // Against block means of the original: the DCT's own reduction, with its edges.
        let mut worst = 0;
        for (x, y) in [(10u32, 10u32), (100, 50), (200, 300)] {
            for c in 0..3 {
                let sum: u32 = (0..64).map(|i| u32::from(large.get_pixel(x * 8 + i % 8, y * 8 + i / 8)[c])).sum();
                let got = picture.rgb[((y * picture.width + x) * 3) as usize + c];
                worst = worst.max(got.abs_diff((sum / 64) as u8));
            }
        }
        assert!(worst <= 8, "a block differs by {worst}");
    }
}

#[test]
fn inks_become_light() {
    // CMYK of the encoder: 0 is no ink. Pure white, pure black, pure cyan.
    for (cmyk, rgb) in [([0, 0, 0, 0], [255; 3]), ([0, 0, 0, 255], [0; 3]), ([255, 0, 0, 0], [0, 255, 255])] {
        let pixels: Vec<u8> = cmyk.iter().copied().cycle().take(16 * 16 * 4).collect();
        for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let picture = still(&jpeg_of(&pixels, 16, 16, colours));
            assert!(largest_difference(&picture.rgb[..3], &rgb) <= 3, "{cmyk:?} {colours:?}: {:?}", &picture.rgb[..3]);
        }
    }
}

#[test]
fn colours_mean_what_libjpeg_takes_them_for() {
    // Three numbers a pixel, stored as they are: as luma and colour differences they are one colour, as RGB another.
    let pixels: Vec<u8> = [90, 60, 200].repeat(16 * 16);
    let stored = jpeg_of(&pixels, 16, 16, ColorType::Ycbcr);
    let jfif = usize::from(u16::from_be_bytes([stored[4], stored[5]])) + 2;
    assert_eq!(stored[2..4], [0xff, 0xe0]);
    let with = |segments: &[u8]| [&stored[..2], segments, &stored[2 + jfif..]].concat();
    let adobe = |transform: u8| [b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
    let as_ycbcr = [191, 61, 0];
    for (name, bytes, rgb) in [
        ("JFIF", stored.clone(), as_ycbcr),
        ("no word of it, names 1, 2, 3", with(&[]), as_ycbcr),
        ("Adobe: as they are", with(&adobe(0)), [90, 60, 200]),
        ("Adobe: luma and differences", with(&adobe(1)), as_ycbcr),
        ("JFIF before Adobe", with(&[&stored[2..2 + jfif], &adobe(0)].concat()), as_ycbcr),
    ] {
        let picture = still(&bytes);
        assert!(largest_difference(&picture.rgb[..3], &rgb) <= 4, "{name}: {:?}", &picture.rgb[..3]);
    }
}

/// A progressive JPEG whose last scan is there `times` times.
fn with_scans(times: usize) -> Vec<u8> {
    let whole = jpeg(&photo(64, 48), true);
    let last = whole.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let (head, scan) = (&whole[..last], &whole[last..whole.len() - 2]);
    [head, &scan.repeat(times), &[0xff, 0xd9]].concat()
}

#[test]
fn a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded() {
    let scans = with_scans(1).windows(2).filter(|pair| pair == &[0xff, 0xda]).count();
    assert!(decode(&with_scans(101 - scans), &Limits::default()).is_ok(), "a hundred");
    assert_eq!(decode(&with_scans(102 - scans), &Limits::default()).err(), Some(ImageError::TooLarge));
}

#[test]
fn the_cameras_orientation_is_kept_for_later() {
    for tag in 1..=8 {
        let picture = still(&jpeg_turned(&photo(40, 20), tag));
        assert_eq!(picture.orientation, Orientation::from_tag(u16::from(tag)), "tag {tag}");
        assert_eq!(picture.upright_size(), if tag >= 5 { (20, 40) } else { (40, 20) }, "tag {tag}");
    }
}

#[test]
fn frames_of_every_moving_format_are_sampled_in_time() {
    let frames: Vec<_> = (0..40).map(|i| image::RgbImage::from_pixel(24, 16, image::Rgb([i * 6, 100, 0]))).collect();
    for (name, bytes) in [
        ("gif", gif(frames.clone(), 100)),
        ("apng", apng(&frames, 100)),
        ("webp", support::animated_webp(&frames, 100)),
    ] {
        let Ok(Decoded::Animation(animation)) = decode(&bytes, &Limits::default()) else {
            panic!("{name} does not move")
        };
        assert_eq!((animation.frames(), animation.size()), (40, (24, 16)), "{name}");
        let mut seen = Vec::new();
        let ended = animation.sample(&FrameSampling::default(), |frame| {
            if frame.weight == 0 {
                // The default image of an APNG, which is no frame.
                assert!(frame.alone && name == "apng", "{name}");
                return Ok(true);
            }
            // GIF has 256 colours: near enough tells the frame.
            seen.push((frame.index, frame.picture.rgb[0].abs_diff(frame.index as u8 * 6) <= 4));
            Ok(true)
        });
        assert_eq!(ended, Ok(()), "{name}");
        assert_eq!(seen.len(), 9, "{name}: four seconds at two frames a second, with both ends");
        assert!(seen.iter().all(|(_, right)| *right), "{name}: {seen:?}");
        assert_eq!((seen[0].0, seen[8].0), (0, 39), "{name}");
    }
}

#[test]
fn an_animation_cut_short_was_not_looked_at_whole() {
    let frames: Vec<_> = (0..20).map(|i| image::RgbImage::from_pixel(24, 16, image::Rgb([i * 12, 9, 9]))).collect();
    let bytes = gif(frames, 100);
    let cut = &bytes[..bytes.len() * 3 / 4];
    let Ok(Decoded::Animation(animation)) = decode(cut, &Limits::default()) else { panic!("still several frames") };
    let mut seen = 0;
    let ended = animation.sample(&FrameSampling::default(), |_| {
        seen += 1;
        Ok(true)
    });
    assert!(seen > 0);
    assert!(matches!(ended, Err(ImageError::Damaged)) || animation.frames() < 20, "{ended:?}");
}

#[test]
fn an_animation_past_the_pixel_budget_is_not_called_clear() {
    let frames: Vec<_> = (0..10).map(|_| image::RgbImage::from_pixel(24, 16, image::Rgb([1, 2, 3]))).collect();
    let limits = Limits { max_animation_pixels: 24 * 16 * 5, ..Limits::default() };
    let bytes = gif(frames, 100);
    let Ok(Decoded::Animation(animation)) = decode(&bytes, &limits) else { panic!("ten frames") };
    assert_eq!(animation.sample(&FrameSampling::default(), |_| Ok(true)), Err(ImageError::TooLarge));
}

/// Writes one whole file of each format where the fuzzer asks for seeds; without it, checks that there are any.
#[test]
fn write_seeds_for_the_fuzzer() {
    let files = support::every_format();
    if let Some(folder) = std::env::var_os("LACHAN_WRITE_SEEDS") {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in &files {
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
        }
    }
    assert!(files.len() >= 17);
}
