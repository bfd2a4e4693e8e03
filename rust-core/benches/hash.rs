//! The kernels of known-image matching: `cargo bench -p lachan --no-default-features --bench hash`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lachan::hash::search::{PARTS, SearchIndex, build_part, halves};
use lachan::hash::{ExactDigests, LumaView, Pdq, PdqHash, PictureHashes};

fn luma(width: usize, height: usize) -> Vec<u8> {
    (0..width * height).map(|i| ((i % width / 7 * 31 + i / width / 5 * 17) % 256) as u8).collect()
}

fn hashing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hash");
    let (width, height) = (4000, 3000);
    let full = luma(width, height);
    let small = luma(width / 8, height / 8);
    let full_view = LumaView::luma(&full, width, height, width).unwrap();
    let small_view = LumaView::luma(&small, width / 8, height / 8, width / 8).unwrap();
    group.sample_size(20);
    group.bench_function("12 MP of luma, exact", |b| b.iter(|| Pdq::from_pixels(black_box(&full_view))));
    group.bench_function("12 MP folded from an eighth", |b| {
        b.iter(|| Pdq::from_scaled(black_box(&small_view), width, height));
    });
    group.bench_function("all forms, 500 x 375", |b| b.iter(|| PictureHashes::from_pixels(black_box(&small_view))));
    group.throughput(Throughput::Bytes(full.len() as u64));
    group.bench_function("MD5, SHA-1 and SHA-256", |b| b.iter(|| ExactDigests::of(black_box(&full))));
    group.finish();
}

fn searching(criterion: &mut Criterion) {
    let mut state = 42u64;
    let mut hash = || {
        PdqHash::from_words(std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 31
        }))
    };
    let mut group = criterion.benchmark_group("search");
    for entries in [10_000, 100_000, 1_000_000] {
        let (fronts, rests): (Vec<_>, Vec<_>) = (0..entries).map(|_| halves(&hash())).unzip();
        let (mut offsets, mut numbers) = (Vec::new(), Vec::new());
        for part in 0..PARTS {
            let table = build_part(&fronts, &rests, part);
            offsets.extend(table.0);
            numbers.extend(table.1);
        }
        let queries: Vec<PdqHash> = (0..64).map(|_| hash()).collect();
        let mut next = 0;
        let mut eight = || {
            next = (next + 8) % 64;
            &queries[next..next + 8]
        };
        let indexed = SearchIndex::with_parts(&fronts, &rests, &offsets, &numbers).unwrap();
        let linear = SearchIndex::linear(&fronts, &rests);
        group.sample_size(20);
        group.bench_function(format!("{entries}, index tables, eight forms"), |b| {
            b.iter(|| indexed.within(eight(), 31))
        });
        group.bench_function(format!("{entries}, linear, eight forms"), |b| b.iter(|| linear.within(eight(), 31)));
    }
    group.finish();
}

criterion_group!(benches, hashing, searching);
criterion_main!(benches);
