//! Bytes to one [`Picture`], once, at the smallest scale that keeps enough pixels.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageDecoder, ImageReader};
use jpeg_decoder::{CodingProcess, Decoder, PixelFormat as JpegFormat};

use super::format::motion;
use super::jpeg_segments::{MAX_SCANS, Segments};
use super::picture::{MAX_SIDE, Picture, reduced_bytes, reduction_for};
use super::{Animation, Format, ImageError, Limits, Orientation, PixelFormat, PixelView, exif};

/// What the bytes hold.
pub enum Decoded<'a> {
    /// One picture.
    Still(Picture),
    /// Several frames, not decoded yet.
    Animation(Animation<'a>),
}

/// Decodes a still picture, or opens an animation.
///
/// # Errors
/// See [`ImageError`]. The header is checked against `limits` before anything large is allocated.
pub fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Decoded<'a>, ImageError> {
    if bytes.len() > limits.max_bytes {
        return Err(ImageError::TooLarge);
    }
    let format = Format::of(bytes)?;
    let motion = motion(bytes, format, limits.max_frames)?;
    if motion.moves() {
        return Animation::open(bytes, format, motion, limits).map(Decoded::Animation);
    }
    match format {
        Format::Jpeg => decode_jpeg(bytes, limits),
        other => decode_other(bytes, other, limits),
    }
    .map(Decoded::Still)
}

/// JPEG, scaled in the DCT: an eighth of a 12-megapixel photograph costs a fifth of decoding it whole.
fn decode_jpeg(bytes: &[u8], limits: &Limits) -> Result<Picture, ImageError> {
    let segments = Segments::of(bytes);
    if segments.scans > MAX_SCANS {
        return Err(ImageError::TooLarge);
    }
    let mut decoder = Decoder::new(bytes);
    decoder.read_info().map_err(|_| ImageError::Damaged)?;
    let info = decoder.info().ok_or(ImageError::Damaged)?;
    let (full_width, full_height) = (u32::from(info.width), u32::from(info.height));
    if full_width == 0 || full_height == 0 {
        return Err(ImageError::Damaged);
    }
    let pixels = u64::from(full_width) * u64::from(full_height);
    let reduction = reduction_for(full_width, full_height);
    let channels = info.pixel_format.pixel_bytes() as u64;
    let coefficients = match info.coding_process {
        // Strips of them, which are small.
        CodingProcess::DctSequential => 0,
        // All of them, two bytes each.
        CodingProcess::DctProgressive | CodingProcess::Lossless => 2 * channels * pixels,
    };
    // The reduced output twice: planes and pixels, or pixels and what they become.
    let output = (2 * channels).max(channels + 3) * pixels / u64::from(reduction * reduction);
    if pixels > limits.max_strip_pixels || coefficients + output > limits.max_decoded_bytes {
        return Err(ImageError::TooLarge);
    }
    decoder.set_max_decoding_buffer_size(usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX));
    let scaled = |full: u32| u16::try_from(full.div_ceil(reduction)).unwrap_or(u16::MAX);
    decoder.scale(scaled(full_width), scaled(full_height)).map_err(|_| ImageError::Damaged)?;
    if let Some(colours) = segments.colours() {
        decoder.set_color_transform(colours);
    }
    let decoded = decoder.decode().map_err(|_| ImageError::Damaged)?;
    let info = decoder.info().ok_or(ImageError::Damaged)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let rgb = match info.pixel_format {
        JpegFormat::RGB24 => decoded,
        JpegFormat::L8 => decoded.iter().flat_map(|&l| [l; 3]).collect(),
        // Native-endian pairs: the high byte is what 8 bits can show.
        JpegFormat::L16 => {
            decoded.chunks_exact(2).flat_map(|pair| [(u16::from_ne_bytes([pair[0], pair[1]]) >> 8) as u8; 3]).collect()
        }
        JpegFormat::CMYK32 => decoded.chunks_exact(4).flat_map(cmyk_to_rgb).collect(),
    };
    if rgb.len() as u64 != u64::from(width) * u64::from(height) * 3 || rgb.is_empty() {
        return Err(ImageError::Damaged);
    }
    Ok(Picture {
        rgb,
        width,
        height,
        full_width,
        full_height,
        reduction: full_width.div_ceil(width.max(1)).next_power_of_two().min(8),
        orientation: decoder.exif_data().map(exif::orientation).unwrap_or_default(),
        on_black: None,
    })
}

/// Ink to light, without a colour profile: what Android's and most viewers' decoders show.
fn cmyk_to_rgb(cmyk: &[u8]) -> [u8; 3] {
    let light = 255 - u32::from(cmyk[3]);
    [cmyk[0], cmyk[1], cmyk[2]].map(|ink| ((255 - u32::from(ink)) * light / 255) as u8)
}

/// PNG, WebP, GIF, BMP and PNM: decoded whole, then reduced by block means.
pub(super) fn decode_other(bytes: &[u8], format: Format, limits: &Limits) -> Result<Picture, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format(format));
    reader.limits(decoder_limits(limits));
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    let colours = decoder.color_type();
    // The 8-bit RGBA copy that forms other than 8-bit RGB(A) are converted through.
    let convert = if matches!(colours, ColorType::Rgb8 | ColorType::Rgba8 | ColorType::L8) {
        0
    } else {
        pixels.saturating_mul(4)
    };
    // What is kept, on white and on black: of a long narrow picture it is not smaller than what was decoded.
    let kept = reduced_bytes(width, height) * if colours.has_alpha() { 2 } else { 1 };
    if decoder.total_bytes().saturating_add(convert).saturating_add(kept) > limits.max_decoded_bytes {
        return Err(ImageError::TooLarge);
    }
    let orientation = decoder.exif_metadata().ok().flatten().map(|block| exif::orientation(&block)).unwrap_or_default();
    let decoded = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture_of(&decoded, orientation, limits)
}

/// A decoded picture of any colour type, alpha on white and on black, reduced where it is large.
pub(super) fn picture_of(
    decoded: &DynamicImage,
    orientation: Orientation,
    limits: &Limits,
) -> Result<Picture, ImageError> {
    let (width, height) = (decoded.width(), decoded.height());
    let view = |bytes: &[u8], format, size: usize| {
        PixelView::new(bytes, width, height, width as usize * size, format, limits).map(|v| v.to_picture(orientation))
    };
    match decoded {
        DynamicImage::ImageRgb8(rgb) => view(rgb, PixelFormat::Rgb, 3),
        DynamicImage::ImageRgba8(rgba) => view(rgba, PixelFormat::Rgba, 4),
        DynamicImage::ImageLuma8(luma) => view(luma, PixelFormat::Luma, 1),
        other => view(&other.to_rgba8(), PixelFormat::Rgba, 4),
    }
}

pub(super) fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut out = image::Limits::default();
    out.max_alloc = Some(limits.max_decoded_bytes);
    (out.max_image_width, out.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    out
}

fn image_format(format: Format) -> image::ImageFormat {
    match format {
        Format::Jpeg => image::ImageFormat::Jpeg,
        Format::Png => image::ImageFormat::Png,
        Format::WebP => image::ImageFormat::WebP,
        Format::Gif => image::ImageFormat::Gif,
        Format::Bmp => image::ImageFormat::Bmp,
        Format::Pnm => image::ImageFormat::Pnm,
    }
}

pub(super) fn refusal(error: image::ImageError) -> ImageError {
    match error {
        image::ImageError::Limits(_) => ImageError::TooLarge,
        image::ImageError::Unsupported(_) => ImageError::Unsupported,
        _ => ImageError::Damaged,
    }
}
