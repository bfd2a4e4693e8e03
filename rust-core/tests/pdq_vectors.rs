//! PDQ against the vectors of the reference implementation. See `tests/vectors/pdq/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::path::{Path, PathBuf};

use lachan::hash::{DIHEDRALS, LumaView, Pdq};
use serde_json::Value;

/// The bits of these are rounding noise in every implementation; only their quality is compared.
const NOISE_ONLY: [&str; 3] = ["flat-100x100", "black-100x100", "edge-256"];

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pdq")
}

fn vectors(path: &Path) -> Vec<Value> {
    let json: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors are readable")).expect("JSON");
    json["vectors"].as_array().expect("a list of vectors").clone()
}

/// Compares hash, quality and dihedral hashes of one vector, and gives its intermediate values.
fn check(vector: &Value, rgb: &[u8], width: usize, height: usize) -> Pdq {
    let name = vector["name"].as_str().expect("a name");
    let pdq = Pdq::from_pixels(&LumaView::rgb(rgb, width, height, width * 3).expect("a picture"));
    assert_eq!(u64::from(pdq.quality()), vector["quality"].as_u64().expect("a quality"), "{name}: quality");
    if !NOISE_ONLY.contains(&name) {
        assert_eq!(pdq.hash().to_hex(), vector["hash"].as_str().expect("a hash"), "{name}: hash");
        for (form, hash) in DIHEDRALS.iter().zip(pdq.dihedral_hashes()) {
            let expected = vector["dihedral"][form.name()].as_str().expect("a dihedral hash");
            assert_eq!(hash.to_hex(), expected, "{name}: {}", form.name());
        }
    }
    pdq
}

#[test]
fn committed_vectors_are_equal_bit_by_bit() {
    let vectors = vectors(&committed().join("vectors.json"));
    for vector in &vectors {
        let file = committed().join(format!("{}.png", vector["name"].as_str().expect("a name")));
        let picture = image::open(&file).expect("a PNG").to_rgb8();
        let (width, height) = picture.dimensions();
        check(vector, picture.as_raw(), width as usize, height as usize);
    }
    assert!(vectors.len() >= 40, "only {} vectors were found", vectors.len());
}

/// All 53, with the luma grid and the coefficients; they are too large to be kept here.
#[test]
fn shared_vectors_are_equal_to_the_last_bit_of_every_intermediate_value() {
    let named = std::env::var_os("LACHAN_PDQ_VECTORS").map(PathBuf::from);
    let beside = ["../../shared/pdq/raw", "../../../shared/pdq/raw"];
    let beside = beside.map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let Some(folder) = named.into_iter().chain(beside).find(|folder| folder.exists()) else {
        eprintln!("SKIPPED: no vectors at ../shared/pdq/raw; set LACHAN_PDQ_VECTORS to the folder that holds them");
        return;
    };
    let vectors = vectors(&folder.join("raw_vectors.json"));
    assert_eq!(vectors.len(), 53);
    for vector in &vectors {
        let name = vector["name"].as_str().expect("a name");
        let picture = image::open(folder.join(vector["rgb"].as_str().expect("a file"))).expect("a PPM").to_rgb8();
        let (width, height) = picture.dimensions();
        let pdq = check(vector, picture.as_raw(), width as usize, height as usize);
        let expected = std::fs::read(folder.join(vector["f32"].as_str().expect("a file"))).expect("values");
        let expected: Vec<f32> = expected.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let (grid, coefficients) = pdq.intermediates();
        // At 64 x 64 the reference dumps the unfiltered grid, which only the plain hash comes from.
        if (width, height) == (64, 64) {
            continue;
        }
        let differing =
            grid.iter().chain(coefficients).zip(&expected).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        assert_eq!(differing, 0, "{name}: {differing} of 4352 values differ");
    }
}
