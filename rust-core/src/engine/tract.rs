//! tract, the production engine.
//!
//! A bundle holds the *decluttered* graph as NNEF text: type inference, constant folding and the rewriting of ONNX
//! operators were done when the bundle was built, so that a phone only parses, lowers to kernels and plans.
//! See `docs/decisions/0003-nnef-bundles.md` for what this saves.

use std::collections::HashMap;
use std::sync::Arc;

use tract_nnef::ast::parse::parse_document;
use tract_nnef::ast::{Identifier, ProtoModel};
use tract_nnef::internal::{Framework, IntoTensor, Nnef, Registry, Tensor, TractResult, tract_ndarray, tvec};
use tract_nnef::prelude::{IntoRunnable, IntoTValue, TypedRunnableModel};

use tract_nnef::tract_core::ops::nn::gelu_exact::GeluExact;

use super::weights::{NamedTensor, unpack};
use super::{Engine, EngineError, Network};

/// Largest NNEF text that is parsed, in bytes; the largest in use has about 100 kB.
const MAX_GRAPH_BYTES: usize = 4 << 20;

pub(super) struct TractEngine;

impl Engine for TractEngine {
    fn load(&self, graph: &[u8], weights: &[u8], shape: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        if graph.len() > MAX_GRAPH_BYTES {
            return Err(EngineError::Graph);
        }
        let graph = std::str::from_utf8(graph).map_err(|_| EngineError::Graph)?;
        let plan = plan(graph, unpack(weights)?).map_err(|_| EngineError::Graph)?;
        Ok(Box::new(TractNetwork { plan, shape: shape.to_vec() }))
    }
}

/// NNEF as our bundles write it: tract's own operators, and GELU, which tract can run and not yet write.
pub fn framework() -> Nnef {
    let mut registry = Registry::new("lachan");
    registry.register_unit_element_wise("lachan_gelu", &GeluExact {});
    tract_nnef::nnef().with_registry(registry)
}

fn plan(graph: &str, weights: Vec<NamedTensor>) -> TractResult<Arc<TypedRunnableModel>> {
    let mut tensors = HashMap::with_capacity(weights.len());
    for weight in weights {
        // Takes the buffer over: a copy of all weights would cost a tenth of the cold start.
        let tensor = tract_ndarray::ArrayD::from_shape_vec(weight.shape, weight.values)?.into_tensor();
        tensors.insert(Identifier(weight.name), Arc::new(tensor));
    }
    let proto = ProtoModel { doc: parse_document(graph)?, tensors, quantization: None, resources: HashMap::new() };
    let mut model = framework().model_for_proto_model(&proto)?;
    model.optimize()?;
    model.into_runnable()
}

struct TractNetwork {
    plan: Arc<TypedRunnableModel>,
    shape: Vec<usize>,
}

impl Network for TractNetwork {
    fn run(&self, tensor: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        let expected: usize = self.shape.iter().product();
        if tensor.len() != expected || tensor.iter().any(|v| !v.is_finite()) {
            return Err(EngineError::Input);
        }
        let input = Tensor::from_shape(&self.shape, &tensor).map_err(|_| EngineError::Input)?;
        let outputs = self.plan.run(tvec!(input.into_tvalue())).map_err(|_| EngineError::Run)?;
        let first = outputs.first().ok_or(EngineError::Run)?;
        let view = first.to_plain_array_view::<f32>().map_err(|_| EngineError::Run)?;
        Ok(view.iter().copied().collect())
    }
}
