//! `lachan model pack`: an ONNX file and a manifest become a signed bundle.
//!
//! The graph is prepared here as far as tract allows: read from ONNX, its shapes made concrete, decluttered, and
//! written as NNEF text. The phone then neither needs tract's ONNX front end nor repeats that work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use lachan::engine::weights::{Encoding, NamedTensor, better_axis, pack};
use lachan::engine::{Model, ModelCard, default_engine};
use lachan::trust::sha256_hex;
use serde::Deserialize;
use tract_nnef::ast::dump::Dumper;
use tract_nnef::internal::{Nnef, Registry};
use tract_nnef::tract_core::ops::nn::gelu_exact::GeluExact;
use tract_onnx::prelude::{DatumExt, Framework, InferenceModelExt};
use tract_onnx::tract_hir::internal::{DatumType, InferenceFact};

use super::signing::Packing;

/// Tensors of at most this many elements stay in single precision: biases and norms, small and sensitive.
const KEEP_WIDE_UP_TO: usize = 64;

#[derive(Args)]
pub struct Arguments {
    /// The original ONNX file
    onnx: PathBuf,
    #[command(flatten)]
    packing: Packing,
}

#[derive(Deserialize)]
struct Source {
    name: String,
    version: u64,
    encoding: Storage,
    /// Kept as it was written, so that numbers are signed as a reader sees them.
    body: serde_json::Value,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Storage {
    F32,
    F16,
    Int10,
    Int8,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    arguments.packing.run(|packing| build(&arguments.onnx, packing))
}

fn build(onnx: &Path, packing: &Packing) -> Result<(), Box<dyn std::error::Error>> {
    let source: Source = packing.read_manifest()?;
    let card: ModelCard = serde_json::from_value(source.body.clone())?;
    let onnx = std::fs::read(onnx)?;
    if sha256_hex(&onnx) != card.origin_sha256 {
        return Err("the ONNX file has another SHA-256 than the manifest pins".into());
    }
    let (graph, tensors) = prepare(&onnx, &card.preprocessing.shape())?;
    let weights = pack(&tensors, |tensor| encoding(source.encoding, tensor));
    let members = BTreeMap::from([("graph".to_owned(), graph), ("weights".to_owned(), weights)]);
    let sizes: Vec<String> = members.iter().map(|(name, bytes)| format!("{name} {} kB", bytes.len() / 1000)).collect();

    let bundle = packing.write(&source.name, source.version, &members, source.body)?;
    // A bundle that would be refused on the phone is refused here.
    Model::load(&bundle, default_engine().as_ref())?.self_test()?;
    eprintln!("{}: {} version {} packed, {}", packing.out.display(), source.name, source.version, sizes.join(", "));
    Ok(())
}

/// The decluttered graph as NNEF text, and its tensors by name.
fn prepare(onnx: &[u8], shape: &[usize]) -> Result<(Vec<u8>, Vec<NamedTensor>), Box<dyn std::error::Error>> {
    let mut model = tract_onnx::onnx()
        // The symbolic batch size in the exporter's notes contradicts the fixed input shape.
        .with_ignore_value_info(true)
        .model_for_read(&mut std::io::Cursor::new(onnx))?;
    model.set_input_fact(0, InferenceFact::from(f32::fact(shape)))?;
    let (model, gelus) = super::gelu::fuse(model.into_typed()?.into_decluttered()?)?;
    eprintln!("{gelus} GELUs became one operator each");
    let framework = framework();
    let proto = tract_nnef::ser::to_proto_model(&framework, &model)?;
    let mut graph = Vec::new();
    Dumper::new(&framework, &mut graph).document(&proto.doc)?;

    let mut tensors = Vec::with_capacity(proto.tensors.len());
    for (name, tensor) in &proto.tensors {
        if tensor.datum_type() != DatumType::F32 {
            return Err(format!("tensor {} is no f32", name.0).into());
        }
        let values = tensor.to_plain_array_view::<f32>()?.iter().copied().collect();
        tensors.push(NamedTensor { name: name.0.clone(), shape: tensor.shape().to_vec(), values });
    }
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((graph, tensors))
}

/// NNEF as bundles hold it: tract's own operators, and GELU, which tract can run and not yet write. A phone knows those that
/// our models have (`rust-core/src/engine/tract.rs`); a bundle with another is refused above, before anybody gets it.
fn framework() -> Nnef {
    let mut registry = Registry::new("lachan");
    registry.register_unit_element_wise("lachan_gelu", &GeluExact {});
    tract_nnef::nnef().with_registry(registry)
}

fn encoding(storage: Storage, tensor: &NamedTensor) -> Encoding {
    let small = tensor.values.len() <= KEEP_WIDE_UP_TO;
    match storage {
        _ if small => Encoding::F32,
        Storage::F32 => Encoding::F32,
        Storage::F16 => Encoding::F16,
        // Vectors are biases and scales: bytes would cost accuracy and save nothing.
        Storage::Int8 | Storage::Int10 if tensor.shape.iter().filter(|&&d| d > 1).count() < 2 => Encoding::F16,
        Storage::Int8 => better_axis(tensor, Encoding::Int8Rows, Encoding::Int8Columns),
        Storage::Int10 => better_axis(tensor, Encoding::Int10Rows, Encoding::Int10Columns),
    }
}
