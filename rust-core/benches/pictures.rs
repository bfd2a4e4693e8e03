//! Parts of the picture path that need no model: `cargo bench -p lachan --no-default-features`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageBuffer, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};
use lachan::engine::{ColourOrder, Geometry, Layout, Preprocessing};
use lachan::hash::PictureHashes;
use lachan::image::{Decoded, Limits, Orientation, Picture, PixelFormat, PixelView, decode, marker, tensor, tiling};

fn photo(width: u32, height: u32) -> RgbImage {
    ImageBuffer::from_fn(width, height, |x, y| {
        let wave = |v: u32, period: u32| ((v % (2 * period)).abs_diff(period) * 255 / period) as u8;
        Rgb([wave(x + y, 331), wave(x * 2, 900), wave(y + x / 3, 77)])
    })
}

fn jpeg(picture: &RgbImage, progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 88);
    encoder.set_progressive(progressive);
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    // What could not be encoded is empty, and the decoder's time for it would be seen to be nothing.
    let _ = encoder.encode(picture, width, height, ColorType::Rgb);
    out
}

fn still(bytes: &[u8]) -> Option<Picture> {
    match decode(bytes, &Limits::default()) {
        Ok(Decoded::Still(picture)) => Some(picture),
        _ => None,
    }
}

fn parts(c: &mut Criterion) {
    let large = photo(4000, 3000);
    let baseline = jpeg(&large, false);
    let progressive = jpeg(&large, true);
    c.bench_function("decode a 12 MP baseline JPEG", |b| b.iter(|| still(black_box(&baseline))));
    c.bench_function("decode a 12 MP progressive JPEG", |b| b.iter(|| still(black_box(&progressive))));
    c.bench_function("reduce 12 MP of a caller's RGB pixels", |b| {
        b.iter(|| {
            PixelView::new(&large, 4000, 3000, 12_000, PixelFormat::Rgb, &Limits::default())
                .map(|view| view.to_picture(Orientation::default()))
        });
    });
    let Some(picture) = still(&baseline) else { return };
    for (name, geometry) in [("squash", Geometry::Squash), ("squash, JPEG trip, centre", Geometry::SquashJpegCentre)] {
        let preprocessing =
            Preprocessing { geometry, colours: ColourOrder::Rgb, layout: Layout::Nchw, means: [0.0; 3] };
        c.bench_function(&format!("tensor: {name}"), |b| {
            b.iter(|| tensor(black_box(&picture), picture.whole(), &preprocessing));
        });
    }
    c.bench_function("does it look like a screen", |b| b.iter(|| tiling(black_box(&picture))));
    c.bench_function("is it the test marker", |b| b.iter(|| marker::recognise(black_box(&picture))));
    c.bench_function("every PDQ of a picture", |b| b.iter(|| PictureHashes::of_picture(black_box(&picture))));
}

criterion_group!(benches, parts);
criterion_main!(benches);
