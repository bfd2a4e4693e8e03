//! Small harmless pictures in every format, made by code.
#![allow(dead_code)]

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageBuffer, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// A smooth picture with some detail.
pub fn photo(width: u32, height: u32) -> RgbImage {
    ImageBuffer::from_fn(width, height, |x, y| {
        let wave = |v: u32, period: u32| (v % (2 * period)).abs_diff(period) as u8 * (255 / period as u8).max(1);
        Rgb([wave(x + y, 97), wave(x + 31, 140), wave(y + x, 201)])
    })
}

pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn jpeg(picture: &RgbImage, progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    encoder.set_progressive(progressive);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(picture, picture.width() as u16, picture.height() as u16, ColorType::Rgb).unwrap();
    out
}

pub fn jpeg_of(pixels: &[u8], width: u16, height: u16, colours: ColorType) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new(&mut out, 95).encode(pixels, width, height, colours).unwrap();
    out
}

/// A JPEG with an Exif block that holds nothing but an orientation.
pub fn jpeg_turned(picture: &RgbImage, tag: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([tag, 0, 0, 0, 0, 0, 0, 0]);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 95);
    encoder.add_app_segment(1, exif).unwrap();
    encoder.encode(picture, picture.width() as u16, picture.height() as u16, ColorType::Rgb).unwrap();
    out
}

pub fn gif(frames: impl IntoIterator<Item = RgbImage>, delay_ms: u32) -> Vec<u8> {
    timed_gif(frames.into_iter().map(|frame| (frame, delay_ms)))
}

/// A GIF whose frames have a delay each, in milliseconds.
pub fn timed_gif(frames: impl IntoIterator<Item = (RgbImage, u32)>) -> Vec<u8> {
    gif_of(frames.into_iter().map(|(frame, delay_ms)| (DynamicImage::ImageRgb8(frame).to_rgba8(), delay_ms)))
}

/// A GIF whose frames may have pixels that are not there.
pub fn rgba_gif(frames: impl IntoIterator<Item = RgbaImage>, delay_ms: u32) -> Vec<u8> {
    gif_of(frames.into_iter().map(|frame| (frame, delay_ms)))
}

fn gif_of(frames: impl Iterator<Item = (RgbaImage, u32)>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 30);
    for (rgba, delay_ms) in frames {
        encoder.encode_frame(Frame::from_parts(rgba, 0, 0, Delay::from_numer_denom_ms(delay_ms, 1))).unwrap();
    }
    drop(encoder);
    out
}

/// An animated PNG: the still's chunks, with `acTL` and an `fcTL`/`fdAT` pair for each frame.
pub fn apng(frames: &[RgbImage], delay_ms: u16) -> Vec<u8> {
    apng_of(None, frames, delay_ms)
}

/// An animated PNG whose default image is no frame: viewers that do not move show it, and no others.
pub fn apng_with_default(default: &RgbImage, frames: &[RgbImage], delay_ms: u16) -> Vec<u8> {
    apng_of(Some(default), frames, delay_ms)
}

fn apng_of(default: Option<&RgbImage>, frames: &[RgbImage], delay_ms: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let chunk = |out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]| {
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(kind);
        out.extend(data);
        out.extend(crc32(&[kind.as_slice(), data].concat()).to_be_bytes());
    };
    let mut sequence = 0u32;
    for (i, frame) in frames.iter().enumerate() {
        let png = encode(&DynamicImage::ImageRgb8(frame.clone()), ImageFormat::Png);
        let chunks = chunks(&png);
        if i == 0 {
            out.extend(&png[..8]);
            chunk(&mut out, b"IHDR", chunks.iter().find(|c| &c.0 == b"IHDR").unwrap().1);
            chunk(&mut out, b"acTL", &[(frames.len() as u32).to_be_bytes(), 0u32.to_be_bytes()].concat());
            if let Some(default) = default {
                let png = encode(&DynamicImage::ImageRgb8(default.clone()), ImageFormat::Png);
                for (_, data) in self::chunks(&png).iter().filter(|c| &c.0 == b"IDAT") {
                    chunk(&mut out, b"IDAT", data);
                }
            }
        }
        let mut control = sequence.to_be_bytes().to_vec();
        sequence += 1;
        for field in [frame.width(), frame.height(), 0, 0] {
            control.extend(field.to_be_bytes());
        }
        control.extend(delay_ms.to_be_bytes());
        control.extend(1000u16.to_be_bytes());
        control.extend([0, 0]);
        chunk(&mut out, b"fcTL", &control);
        for (_, data) in chunks.iter().filter(|c| &c.0 == b"IDAT") {
            if i == 0 && default.is_none() {
                chunk(&mut out, b"IDAT", data);
            } else {
                chunk(&mut out, b"fdAT", &[&sequence.to_be_bytes(), *data].concat());
                sequence += 1;
            }
        }
    }
    chunk(&mut out, b"IEND", &[]);
    out
}

/// An animated WebP: a `VP8X` head, `ANIM`, and an `ANMF` for each losslessly coded frame.
pub fn animated_webp(frames: &[RgbImage], delay_ms: u32) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut out = kind.to_vec();
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        if data.len() % 2 == 1 {
            out.push(0);
        }
        out
    };
    let size = |v: u32| (v - 1).to_le_bytes()[..3].to_vec();
    let (width, height) = frames[0].dimensions();
    body.extend(chunk(b"VP8X", &[vec![2, 0, 0, 0], size(width), size(height)].concat()));
    body.extend(chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]));
    for frame in frames {
        let still = encode(&DynamicImage::ImageRgb8(frame.clone()), ImageFormat::WebP);
        let mut data = vec![0; 6];
        data.extend(size(width));
        data.extend(size(height));
        data.extend(&delay_ms.to_le_bytes()[..3]);
        data.push(0);
        data.extend(&still[12..]);
        body.extend(chunk(b"ANMF", &data));
    }
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat()
}

fn chunks(png: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut at = 8;
    let mut out = Vec::new();
    while at + 12 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        out.push((png[at + 4..at + 8].try_into().unwrap(), &png[at + 8..at + 8 + length]));
        at += 12 + length;
    }
    out
}

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
        crc
    })
}

/// One whole file in each supported format, by name.
pub fn every_format() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = photo(90, 70);
    let still = DynamicImage::ImageRgb8(rgb.clone());
    let alpha = RgbaImage::from_fn(60, 50, |x, y| Rgba([x as u8, y as u8, 9, (x * 4) as u8]));
    let frames: Vec<RgbImage> = (0..5)
        .map(|i| photo(40 + i, 30).clone())
        .map(|f| image::imageops::crop_imm(&f, 0, 0, 40, 30).to_image())
        .collect();
    let pixels: Vec<u8> = (0..40 * 30 * 4).map(|i| (i * 7) as u8).collect();
    vec![
        ("baseline.jpg", jpeg(&rgb, false)),
        ("progressive.jpg", jpeg(&rgb, true)),
        ("grey.jpg", jpeg_of(&pixels[..1200], 40, 30, ColorType::Luma)),
        ("cmyk.jpg", jpeg_of(&pixels, 40, 30, ColorType::Cmyk)),
        ("ycck.jpg", jpeg_of(&pixels, 40, 30, ColorType::CmykAsYcck)),
        ("turned.jpg", jpeg_turned(&rgb, 6)),
        ("rgb.png", encode(&still, ImageFormat::Png)),
        ("grey16.png", encode(&DynamicImage::ImageLuma16(still.to_luma16()), ImageFormat::Png)),
        ("rgb16.png", encode(&DynamicImage::ImageRgb16(still.to_rgb16()), ImageFormat::Png)),
        ("alpha.png", encode(&DynamicImage::ImageRgba8(alpha), ImageFormat::Png)),
        ("animated.png", apng(&frames, 100)),
        ("still.webp", encode(&still, ImageFormat::WebP)),
        ("animated.webp", animated_webp(&frames, 100)),
        ("still.gif", gif([rgb.clone()], 0)),
        ("animated.gif", gif(frames.clone(), 100)),
        ("rgb.bmp", encode(&still, ImageFormat::Bmp)),
        ("rgb.ppm", encode(&still, ImageFormat::Pnm)),
    ]
}
