//! A model: a network with what goes in, what comes out, and the proof that it works on this machine.

use serde::{Deserialize, Serialize};

use super::{Engine, EngineError, Network};
use crate::trust::{Bundle, TrustError};

/// The body of a model bundle's manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// SPDX licence of the weights.
    pub licence: String,
    /// Where the weights come from, such as a package and its version, and the digest of the original file.
    pub origin: String,
    /// SHA-256 of the original ONNX file.
    pub origin_sha256: String,
    /// How a picture becomes the input tensor.
    pub preprocessing: Preprocessing,
    /// What each output number is the score of.
    pub outputs: Vec<String>,
    /// Numbers that gate a child's screen, by name, each with its evidence.
    pub thresholds: std::collections::BTreeMap<String, Threshold>,
    /// Tensors with known scores. The first is run at every load.
    pub goldens: Vec<Golden>,
}

impl ModelCard {
    /// Index of the output called `name`.
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|o| o == name)
    }
}

/// A threshold with the reason for its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// From this score on, 0 to 1.
    pub value: f32,
    /// What was measured.
    pub evidence: String,
}

/// How a picture becomes a tensor of `1 x 3 x 224 x 224` or `1 x 224 x 224 x 3`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// From any size to 224 x 224.
    pub geometry: Geometry,
    /// Order of the colour channels.
    pub colours: ColourOrder,
    /// Order of the axes.
    pub layout: Layout,
    /// Subtracted from each channel, in the order of `colours`; values are 0 to 255 before.
    pub means: [f32; 3],
}

/// From any size to the network's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// Antialiased bilinear to 224 x 224, whatever the aspect ratio.
    Squash,
    /// Antialiased bilinear to 256 x 256, a JPEG round trip at quality 75, and the middle 224 x 224: how the
    /// training pictures of open_nsfw were made, and without the round trip its scores fall.
    SquashJpegCentre,
}

/// Order of the colour channels in the tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ColourOrder {
    Rgb,
    Bgr,
}

/// Order of the axes of the tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Batch, channel, row, column.
    Nchw,
    /// Batch, row, column, channel.
    Nhwc,
}

/// Side of the square input of every picture model, in pixels.
pub const SIDE: usize = 224;

/// A tensor with known scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Golden {
    /// How the tensor is made.
    pub pattern: Pattern,
    /// What the reference implementation answers (ONNX Runtime, original weights).
    pub scores: Vec<f32>,
    /// How far each score may be from it.
    pub tolerance: f32,
}

/// Pictures made by arithmetic, so that a self-test needs no file. Both are harmless: stripes and blots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Smooth waves of warm colours.
    Waves,
    /// Coarse blocks of pseudo-random colours.
    Blocks,
}

impl Pattern {
    /// The pattern as 224 x 224 RGB bytes, row by row.
    pub fn rgb(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SIDE * SIDE * 3);
        for y in 0..SIDE as u32 {
            for x in 0..SIDE as u32 {
                match self {
                    // Triangle waves: integer arithmetic, so that every machine makes the same bytes.
                    Self::Waves => {
                        let wave = |v: u32, period: u32| {
                            let phase = v % period * 2;
                            if phase < period { phase * 255 / period } else { (2 * period - phase) * 255 / period }
                        };
                        let a = wave(x + y / 2, 96);
                        let b = wave(y + x / 3, 70);
                        out.extend([150 + (a + b) / 6, 90 + (a + b) / 5, 70 + b / 4].map(|v| v.min(255) as u8));
                    }
                    Self::Blocks => {
                        let mut h = (x / 28).wrapping_mul(0x9e37_79b9) ^ (y / 28).wrapping_mul(0x85eb_ca6b);
                        h = (h ^ h >> 15).wrapping_mul(0x2c1b_3c6d);
                        h = (h ^ h >> 12).wrapping_mul(0x297a_2d39);
                        out.extend([(h >> 8) as u8, (h >> 16) as u8, (h >> 24) as u8]);
                    }
                }
            }
        }
        out
    }
}

impl Preprocessing {
    /// Turns 224 x 224 RGB bytes into the tensor. What comes before is the picture path's: see `image/tensor.rs`.
    pub fn tensor(&self, rgb: &[u8]) -> Vec<f32> {
        let plane = SIDE * SIDE;
        let mut tensor = vec![0f32; 3 * plane];
        for (i, pixel) in rgb.chunks_exact(3).take(plane).enumerate() {
            for channel in 0..3 {
                let source = match self.colours {
                    ColourOrder::Rgb => channel,
                    ColourOrder::Bgr => 2 - channel,
                };
                let place = match self.layout {
                    Layout::Nchw => channel * plane + i,
                    Layout::Nhwc => i * 3 + channel,
                };
                tensor[place] = f32::from(pixel[source]) - self.means[channel];
            }
        }
        tensor
    }

    /// The shape that [`Preprocessing::tensor`] fills.
    pub fn shape(&self) -> [usize; 4] {
        match self.layout {
            Layout::Nchw => [1, 3, SIDE, SIDE],
            Layout::Nhwc => [1, SIDE, SIDE, 3],
        }
    }
}

/// A model that passed its self-test.
pub struct Model {
    name: String,
    source: String,
    card: ModelCard,
    network: Box<dyn Network>,
}

/// Why a model is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelError {
    /// The bundle is missing, damaged or not signed by the right keys.
    Trust(TrustError),
    /// The network cannot be loaded or run.
    Engine(EngineError),
    /// The network runs and gives other scores than it must.
    SelfTest,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Trust(error) => error.fmt(f),
            Self::Engine(error) => error.fmt(f),
            Self::SelfTest => f.write_str("the model's scores on its golden tensors are others than they must be"),
        }
    }
}

impl std::error::Error for ModelError {}

impl From<TrustError> for ModelError {
    fn from(error: TrustError) -> Self {
        Self::Trust(error)
    }
}

impl From<EngineError> for ModelError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl Model {
    /// Loads the model of a verified bundle and runs its first golden tensor.
    ///
    /// # Errors
    /// A member is damaged, the engine refuses it, or the self-test fails. Such a model must not be used.
    pub fn load(bundle: &Bundle, engine: &dyn Engine) -> Result<Self, ModelError> {
        let manifest = bundle.manifest();
        let card: ModelCard =
            serde_json::from_value(manifest.body.clone()).map_err(|_| ModelError::Trust(TrustError::Malformed))?;
        let network = engine.load(&bundle.member("graph")?, &bundle.member("weights")?, &card.preprocessing.shape())?;
        let model = Self { name: manifest.name.clone(), source: manifest.source(), card, network };
        let first = model.card.goldens.first().ok_or(ModelError::SelfTest)?;
        model.check(first)?;
        Ok(model)
    }

    /// Runs every golden tensor.
    ///
    /// # Errors
    /// The first one whose scores differ from what they must be.
    pub fn self_test(&self) -> Result<(), ModelError> {
        self.card.goldens.iter().try_for_each(|golden| self.check(golden))
    }

    fn check(&self, golden: &Golden) -> Result<(), ModelError> {
        let scores = self.network.run(self.card.preprocessing.tensor(&golden.pattern.rgb()))?;
        let equal = scores.len() == golden.scores.len()
            && scores.iter().zip(&golden.scores).all(|(a, b)| (a - b).abs() <= golden.tolerance);
        if equal { Ok(()) } else { Err(ModelError::SelfTest) }
    }

    /// The scores for a tensor made by this model's [`Preprocessing`], in the order of [`ModelCard::outputs`].
    ///
    /// # Errors
    /// The tensor has another size, or holds a value that is no finite number.
    pub fn scores(&self, tensor: Vec<f32>) -> Result<Vec<f32>, EngineError> {
        let scores = self.network.run(tensor)?;
        // A score that is no number must never pass for a low one.
        let sound = scores.len() == self.card.outputs.len() && scores.iter().all(|s| s.is_finite());
        if sound { Ok(scores) } else { Err(EngineError::Run) }
    }

    /// The manifest's body.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Name of the bundle, such as `owen-s`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and version as findings give them, such as `owen-s 1`.
    pub fn source(&self) -> String {
        self.source.clone()
    }
}
