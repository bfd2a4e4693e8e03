//! Any text as a bundle's graph with any bytes as its weights, and graphs grown step by step from what the engine takes:
//! a network that gives the same numbers twice, or a reason.
#![no_main]

use lachan::engine::weights::{Encoding, NamedTensor, pack, unpack};
use lachan::engine::{Engine, EngineError, Network, default_engine};
use libfuzzer_sys::{arbitrary, fuzz_target};

/// The fourth is wide enough for the engine's kernels of whole rows.
const SHAPES: [&[usize]; 6] = [&[1, 2, 6, 5], &[1, 6, 5, 2], &[4], &[1, 2, 3, 130], &[1, 3, 32, 32], &[1, 32, 32, 3]];
/// Tensors that a grown graph may name.
const TENSORS: [(&str, &[usize]); 9] = [
    ("point", &[2, 2, 1, 1]),
    ("square", &[4, 2, 3, 3]),
    ("deep", &[2, 1, 3, 2]),
    ("two", &[2]),
    ("four", &[4]),
    ("row", &[1, 1, 1, 5]),
    ("matrix", &[5, 3]),
    ("batch", &[1, 2, 5, 4]),
    ("number", &[]),
];

#[derive(arbitrary::Arbitrary, Debug)]
enum Input<'a> {
    /// A text and, after a zero byte, packed weights; which shape goes in.
    Text(u8, &'a [u8]),
    /// Steps, of which those stay that the engine takes; which shape goes in.
    Grown(u8, Vec<Step>),
}

/// An operator, the wires that go in (tensors by name, or counted from the last one), and its arguments.
#[derive(arbitrary::Arbitrary, Debug)]
struct Step {
    operator: u8,
    wires: [u8; 3],
    numbers: [u8; 8],
}

/// Small numbers for the most part, and the ones at which something ends.
fn number(byte: u8) -> usize {
    match byte {
        0..=199 => usize::from(byte % 10),
        200..=239 => usize::from(byte - 195),
        240..=247 => [64, 255, 4096, 65_536, 1 << 20, (1 << 24) - 1, 1 << 24, (1 << 24) + 1][usize::from(byte - 240)],
        _ => usize::from(byte - 247) * 15,
    }
}

impl Step {
    fn text(&self, wires: &[String]) -> String {
        let wire = |at: usize| match usize::from(self.wires[at]) {
            named @ 192.. => TENSORS[named % TENSORS.len()].0,
            back => &wires[wires.len() - 1 - back % wires.len()],
        };
        let n = |at: usize| number(self.numbers[at]);
        // Mostly what is of use to a window.
        let small = |at: usize| match self.numbers[at] {
            byte @ ..240 => 1 + usize::from(byte % 3),
            byte => number(byte).max(1),
        };
        let list = |from: usize, most: usize| {
            let length = usize::from(self.wires[2]) % (most + 1);
            (from..from + length).map(|at| n(at % 8).to_string()).collect::<Vec<_>>().join(", ")
        };
        let flag = |bit: u8| self.wires[2] >> bit & 1 == 1;
        let window = |lead: &str, of: usize| format!("[{lead}{}, {}]", small(of), small(of + 1));
        let padding = match self.wires[2] % 4 {
            0 => String::new(),
            1 => "(0, 0), (0, 0)".to_owned(),
            2 => format!("({0}, {1}), ({1}, {0})", small(6) - 1, small(7) - 1),
            _ => format!("(0, 0), (0, 0), ({0}, {1}), ({1}, {0})", small(6) - 1, small(7) - 1),
        };
        let pool = || {
            format!(
                "size = {}, stride = {}, dilation = {}, border = \"{}\", padding = [{padding}]",
                window("1, 1, ", 0),
                window("1, 1, ", 2),
                window("1, 1, ", 4),
                if flag(5) { "constant" } else { "ignore" },
            )
        };
        let (filter, bias) = match self.wires[1] {
            byte @ ..192 => [("point", "two"), ("square", "four"), ("deep", "two")][usize::from(byte % 3)],
            _ => (wire(1), wire(2)),
        };
        match self.operator % 22 {
            0 => {
                let (name, shape) = TENSORS[usize::from(self.wires[0]) % TENSORS.len()];
                format!("variable<scalar>(label = \"{name}\", shape = {shape:?})")
            }
            1 => format!("[[{}, {}], [-{}.5, 1e-{}]]", n(0), n(1), n(2), n(3)),
            2 => format!("[[[[{}.25]]]]", n(0)),
            3 => format!("add({}, {})", wire(0), wire(1)),
            4 => format!("sub({}, {})", wire(0), wire(1)),
            5 => format!("mul({}, {})", wire(0), wire(1)),
            6 => format!("max({}, {})", wire(0), wire(1)),
            7 => format!("recip({})", wire(0)),
            8 => format!("sqrt({})", wire(0)),
            9 => format!("square({})", wire(0)),
            10 => format!("lachan_gelu({})", wire(0)),
            11 => format!("softmax({}, axes = [{}])", wire(0), list(0, 4)),
            12 => format!("sum_reduce({}, axes = [{}])", wire(0), list(0, 4)),
            13 => format!("tract_core_downsample({}, axis = {}, stride = {}, modulo = {})", wire(0), n(0), n(1), n(2)),
            14 => {
                format!("reshape({}, axis_start = {}, axis_count = {}, shape = [{}])", wire(0), n(6), n(7), list(0, 6))
            }
            15 => format!("transpose({}, axes = [{}])", wire(0), list(0, 6)),
            16 => format!("squeeze({}, axes = [{}])", wire(0), list(0, 4)),
            17 => format!("unsqueeze({}, axes = [{}])", wire(0), list(0, 4)),
            18 => {
                format!("matmul({}, {}, transposeA = {}, transposeB = {})", wire(0), wire(1), flag(0), flag(1))
            }
            19 => format!(
                "conv({}, {}, {}, border = \"constant\", groups = {}, stride = {}, dilation = {}, padding = [{padding}])",
                wire(0),
                filter,
                bias,
                small(0),
                window("", 2),
                window("", 4),
            ),
            20 => format!("max_pool({}, {})", wire(0), pool()),
            _ => format!("box({}, {}, normalize = {})", wire(0), pool(), flag(6)),
        }
    }
}

fn graph(shape: &[usize], body: &str, output: &str) -> String {
    format!("version 1.0; graph g(i) -> (o) {{ i = external(shape = {shape:?}); {body} o = {output}; }}")
}

fn grown(engine: &dyn Engine, shape: &[usize], steps: &[Step]) {
    let tensors: Vec<_> = TENSORS
        .iter()
        .map(|(name, shape)| {
            let values = (0..shape.iter().product()).map(|i| (i as f32 * 0.7).sin()).collect();
            NamedTensor { name: (*name).to_owned(), shape: shape.to_vec(), values }
        })
        .collect();
    let weights = pack(&tensors, |_| Encoding::F32);
    let mut wires = vec!["i".to_owned()];
    let named =
        TENSORS.iter().map(|(name, shape)| format!("{name} = variable(label = \"{name}\", shape = {shape:?}); "));
    let mut body: String = named.collect();
    for step in steps.iter().take(16) {
        let name = format!("w{}", wires.len());
        let longer = format!("{body} {name} = {};", step.text(&wires));
        if let Ok(network) = engine.load(graph(shape, &longer, &name).as_bytes(), &weights, shape) {
            answers_twice(&*network, shape);
            wires.push(name);
            body = longer;
        }
    }
}

fn answers_twice(network: &dyn Network, shape: &[usize]) {
    let tensor = || (0..shape.iter().product()).map(|i| (i as f32 * 0.3).cos()).collect::<Vec<f32>>();
    let bits = |answer: Result<Vec<f32>, EngineError>| {
        answer.map(|values| values.into_iter().map(f32::to_bits).collect::<Vec<_>>())
    };
    assert_eq!(bits(network.run(tensor())), bits(network.run(tensor())));
}

fuzz_target!(|input: Input| {
    let engine = default_engine();
    match input {
        Input::Text(shape, bytes) => {
            let shape = SHAPES[usize::from(shape) % SHAPES.len()];
            let split = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            let (text, weights) = (&bytes[..split], bytes.get(split + 1..).unwrap_or_default());
            if let Ok(tensors) = unpack(weights) {
                assert!(tensors.iter().all(|t| t.values.len() == t.shape.iter().product::<usize>()));
                assert!(tensors.iter().flat_map(|t| &t.values).all(|value| value.is_finite()));
            }
            if let Ok(network) = engine.load(text, weights, shape) {
                answers_twice(&*network, shape);
            }
        }
        Input::Grown(shape, steps) => grown(&*engine, SHAPES[usize::from(shape) % 4], &steps),
    }
});
