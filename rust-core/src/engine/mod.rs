//! Running a neural network: a trait of our own, with tract as the one production implementation.
//!
//! A network is a function from one tensor to a few scores. What goes into the tensor and what the scores mean is
//! the [`model`](crate::engine::Model)'s business: see `model.rs`.

#[cfg(feature = "tract")]
mod budget;
#[cfg(feature = "tract")]
mod graph;
#[cfg(feature = "tract")]
mod hot;
mod model;
#[cfg(feature = "tract")]
mod tract;
pub mod weights;

pub use model::{
    ColourOrder, Geometry, Golden, Layout, Model, ModelCard, ModelError, Pattern, Preprocessing, SIDE, Threshold,
};

/// A loaded network: shared between threads, and the same answer to the same tensor every time.
pub trait Network: Send + Sync {
    /// Runs the network once.
    ///
    /// # Errors
    /// The tensor has another length than the input shape, or the run itself failed.
    fn run(&self, tensor: Vec<f32>) -> Result<Vec<f32>, EngineError>;
}

/// Turns the members of a model bundle into a [`Network`].
pub trait Engine: Send + Sync {
    /// Loads a network from its graph (NNEF text) and its packed weights (see [`weights`]), with the given input
    /// shape.
    ///
    /// # Errors
    /// Either member is not of its form, or they do not fit together.
    fn load(&self, graph: &[u8], weights: &[u8], shape: &[usize]) -> Result<Box<dyn Network>, EngineError>;
}

/// Why a network could not be loaded or run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineError {
    /// This build has no inference engine (the `tract` feature is off).
    NoEngine,
    /// The graph cannot be read or uses what the engine does not know.
    Graph,
    /// The weights are damaged or are not those of the graph.
    Weights,
    /// The input has another size than the network's, or holds a value that is no finite number.
    Input,
    /// The run failed.
    Run,
}

impl std::fmt::Display for EngineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoEngine => "this build has no inference engine; enable the `tract` feature",
            Self::Graph => "the model's graph cannot be read; build the bundle again with this version",
            Self::Weights => "the model's weights are damaged or belong to another graph",
            Self::Input => "the input has another size than the network's, or a value that is no finite number",
            Self::Run => "the network failed to run",
        })
    }
}

impl std::error::Error for EngineError {}

/// The engine of this build: tract, or one that refuses every model where the feature is off.
pub fn default_engine() -> Box<dyn Engine> {
    #[cfg(feature = "tract")]
    return Box::new(tract::TractEngine);
    #[cfg(not(feature = "tract"))]
    return Box::new(NoEngine);
}

#[cfg(not(feature = "tract"))]
struct NoEngine;

#[cfg(not(feature = "tract"))]
impl Engine for NoEngine {
    fn load(&self, _: &[u8], _: &[u8], _: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        Err(EngineError::NoEngine)
    }
}
