//! tract, the production engine.
//!
//! A bundle holds the *decluttered* graph as NNEF text: type inference, constant folding and the rewriting of ONNX
//! operators were done when the bundle was built, so that a phone only reads (see `graph.rs`), lowers to kernels and
//! plans. The operators are those of our models and no more: tract's own reader knows all of its operators, and all of
//! them would then be in the library. See `docs/decisions/0003-nnef-bundles.md`.
//!
//! tract trusts its graphs: it asserts, and makes tensors of whatever size. So each operator is held against the shapes
//! of its inputs and counted (`budget.rs`) before tract sees it.

use std::collections::HashMap;
use std::sync::Arc;

use tract_core::internal::{
    AxesMapping, AxisOp, Datum, DatumExt, IntoArcTensor, IntoTValue, IntoTensor, OutletId, TVec, Tensor, TractResult,
    TypedFact, TypedModel, TypedOp, bail, ensure, perm_to_ops, tract_ndarray, tvec,
};
use tract_core::model::{IntoRunnable, SpecialOps, TypedRunnableModel};
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::downsample::Downsample;
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Softmax, SoftmaxKind};

use super::budget::{Budget, MAX_RANK, MAX_WINDOW, volume};
use super::graph::{Call, Graph, Makes, read};
use super::hot::{Gelu, Square};
use super::weights::{NamedTensor, unpack};
use super::{Engine, EngineError, Network};

pub(super) struct TractEngine;

impl Engine for TractEngine {
    fn load(&self, graph: &[u8], weights: &[u8], shape: &[usize]) -> Result<Box<dyn Network>, EngineError> {
        let graph = read(graph)?;
        let plan = plan(&graph, unpack(weights)?, shape).map_err(|_| EngineError::Graph)?;
        Ok(Box::new(TractNetwork { plan, shape: shape.to_vec() }))
    }
}

fn plan(graph: &Graph<'_>, weights: Vec<NamedTensor>, shape: &[usize]) -> TractResult<Arc<TypedRunnableModel>> {
    let mut tensors = HashMap::with_capacity(weights.len());
    for weight in weights {
        let twice = tensors.insert(weight.name, tensor(weight.shape, weight.values)?);
        ensure!(twice.is_none());
    }
    let mut wiring = Wiring {
        model: TypedModel::default(),
        wires: HashMap::with_capacity(graph.steps.len()),
        tensors,
        budget: Budget::default(),
    };
    for step in &graph.steps {
        let wire = match &step.makes {
            Makes::Same(other) => wiring.wire(other)?,
            Makes::Constant { shape, values } => {
                wiring.budget.tensor(shape)?;
                let constant = tensor(shape.clone(), values.clone())?;
                wiring.model.add_const(step.name, constant)?
            }
            Makes::Call(call) if call.operator == "external" => {
                ensure!(step.name == graph.input && call.sizes("shape")? == shape);
                wiring.budget.tensor(shape)?;
                wiring.model.add_source(step.name, f32::fact(shape))?
            }
            Makes::Call(call) => wiring.call(step.name, call)?,
        };
        // Names that the writer shortened may meet (owen-S has one): a name stands for what it was given last.
        wiring.wires.insert(step.name, wire);
    }
    let output = wiring.wire(graph.output)?;
    let mut model = wiring.model;
    ensure!(model.inputs.len() == 1);
    model.select_output_outlets(&[output])?;
    model.optimize()?;
    model.into_runnable()
}

/// Takes the numbers over: a copy of all weights would cost a tenth of the cold start.
fn tensor(shape: Vec<usize>, values: Vec<f32>) -> TractResult<Arc<Tensor>> {
    Ok(tract_ndarray::ArrayD::from_shape_vec(shape, values)?.into_tensor().into_arc_tensor())
}

/// A model that grows by one operator after the other.
struct Wiring<'t> {
    model: TypedModel,
    wires: HashMap<&'t str, OutletId>,
    tensors: HashMap<String, Arc<Tensor>>,
    budget: Budget,
}

impl Wiring<'_> {
    fn wire(&self, name: &str) -> TractResult<OutletId> {
        match self.wires.get(name) {
            Some(wire) => Ok(*wire),
            None => bail!("a name is used before it is assigned"),
        }
    }

    fn inputs(&self, call: &Call<'_>) -> TractResult<Vec<OutletId>> {
        call.inputs.iter().map(|name| self.wire(name)).collect()
    }

    fn input(&self, call: &Call<'_>) -> TractResult<OutletId> {
        match self.inputs(call)?[..] {
            [input] => Ok(input),
            _ => bail!("one input is expected"),
        }
    }

    fn shape(&self, wire: OutletId) -> TractResult<Vec<usize>> {
        match self.model.outlet_fact(wire)?.shape.as_concrete() {
            Some(shape) => Ok(shape.to_vec()),
            None => bail!("every dimension is a number"),
        }
    }

    /// The shape that an operator would make.
    fn output(&self, op: &dyn TypedOp, inputs: &[OutletId]) -> TractResult<Vec<usize>> {
        let facts = inputs.iter().map(|input| self.model.outlet_fact(*input)).collect::<TractResult<Vec<_>>>()?;
        match op.output_facts(&facts)?.first().and_then(|fact| fact.shape.as_concrete()) {
            Some(shape) => Ok(shape.to_vec()),
            None => bail!("every dimension is a number"),
        }
    }

    fn add(&mut self, name: &str, op: impl Into<Box<dyn TypedOp>>, inputs: &[OutletId]) -> TractResult<OutletId> {
        let op = op.into();
        // Before it is wired: what has constants alone for its inputs is worked out then and there.
        self.budget.tensor(&self.output(op.as_ref(), inputs)?)?;
        Ok(self.model.wire_node(name, op, inputs)?[0])
    }

    /// Changes of the axes, one after the other.
    fn axes(
        &mut self,
        name: &str,
        input: OutletId,
        changes: impl IntoIterator<Item = AxisOp>,
    ) -> TractResult<OutletId> {
        let mut wire = input;
        for (index, change) in changes.into_iter().enumerate() {
            wire = self.add(&format!("{name}.{index}"), change, &[wire])?;
        }
        Ok(wire)
    }

    fn call(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        match call.operator {
            "variable" => self.variable(name, call),
            "add" => self.two(name, call, math::add()),
            "sub" => self.two(name, call, math::sub()),
            "mul" => self.two(name, call, math::mul()),
            "max" => self.two(name, call, math::max()),
            "recip" => self.one(name, call, math::recip()),
            "sqrt" => self.one(name, call, math::sqrt()),
            "square" => self.one(name, call, ElementWiseOp(Box::new(Square), None)),
            // Ours: tract can neither write its own, nor run it fast where it is compiled for size.
            "lachan_gelu" => self.one(name, call, ElementWiseOp(Box::new(Gelu), None)),
            "softmax" => {
                let axes = self.known_axes(call)?;
                self.one(name, call, Softmax { axes, quant_output_dt: None, kind: SoftmaxKind::default() })
            }
            "sum_reduce" => {
                let axes = self.known_axes(call)?;
                self.one(name, call, Reduce::new(axes, Reducer::Sum))
            }
            "tract_core_downsample" => self.downsample(name, call),
            "reshape" => self.reshape(name, call),
            "transpose" => self.transpose(name, call),
            "squeeze" => {
                let mut axes = self.known_axes(call)?;
                axes.sort_unstable_by(|a, b| b.cmp(a));
                let shape = self.shape(self.input(call)?)?;
                ensure!(axes.iter().all(|axis| shape[*axis] == 1));
                self.axes(name, self.input(call)?, axes.into_iter().map(AxisOp::Rm))
            }
            "unsqueeze" => {
                let mut axes = call.sizes("axes")?;
                axes.sort_unstable();
                let input = self.input(call)?;
                let rank = self.shape(input)?.len();
                ensure!(rank + axes.len() <= MAX_RANK && differ(&axes));
                ensure!(axes.iter().enumerate().all(|(added, axis)| *axis <= rank + added));
                self.axes(name, input, axes.into_iter().map(AxisOp::Add))
            }
            "matmul" => self.matmul(name, call),
            "conv" => self.conv(name, call),
            "max_pool" => {
                let pool_spec = self.pool(call)?;
                self.pooled(name, call, MaxPool { pool_spec, with_index_outputs: None })
            }
            "box" => {
                let (pool_spec, normalize) = (self.pool(call)?, call.flag("normalize")?);
                let count_include_pad = call.text("border")? == "constant";
                self.pooled(name, call, SumPool { pool_spec, count_include_pad, normalize })
            }
            _ => bail!("an operator that no model of ours has"),
        }
    }

    fn one(&mut self, name: &str, call: &Call<'_>, op: impl Into<Box<dyn TypedOp>>) -> TractResult<OutletId> {
        let input = self.input(call)?;
        self.add(name, op, &[input])
    }

    /// An operator of two tensors, which have as many axes each: an axis of length 1 goes with any.
    fn two(&mut self, name: &str, call: &Call<'_>, op: impl Into<Box<dyn TypedOp>>) -> TractResult<OutletId> {
        let inputs = self.inputs(call)?;
        ensure!(inputs.len() == 2);
        broadcast(&self.shape(inputs[0])?, &self.shape(inputs[1])?)?;
        self.add(name, op, &inputs)
    }

    fn variable(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let Some(tensor) = self.tensors.get(call.text("label")?) else { bail!("a tensor is missing") };
        ensure!(tensor.shape() == call.sizes("shape")?);
        self.budget.tensor(tensor.shape())?;
        // By `add_const` and `wire_node` it would be compared with all others.
        let fact = TypedFact::try_from(tensor)?;
        Ok(self.model.add_node(name, Const::new(tensor.clone())?, tvec!(fact))?.into())
    }

    /// The argument `axes`: one or more, each of which the input has, and no two the same.
    fn known_axes(&self, call: &Call<'_>) -> TractResult<TVec<usize>> {
        let rank = self.shape(self.input(call)?)?.len();
        let axes: TVec<usize> = call.sizes("axes")?.into();
        ensure!(!axes.is_empty() && axes.iter().all(|axis| *axis < rank) && differ(&axes));
        Ok(axes)
    }

    fn downsample(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let (axis, stride, modulo) = (call.size("axis")?, call.size("stride")?, call.size("modulo")?);
        let shape = self.shape(self.input(call)?)?;
        ensure!(shape.get(axis).is_some_and(|length| modulo < *length) && modulo < stride);
        self.one(name, call, Downsample { axis, stride: isize::try_from(stride)?, modulo })
    }

    /// Some axes that follow each other become others with as many elements.
    fn reshape(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let input = self.input(call)?;
        let shape = self.shape(input)?;
        let (start, count, to) = (call.size("axis_start")?, call.size("axis_count")?, call.sizes("shape")?);
        let Some(from) = shape.get(start..start + count) else { bail!("axes that the input lacks") };
        ensure!(shape.len() - count + to.len() <= MAX_RANK && volume(from)? == volume(&to)?);
        let dimensions = |of: &[usize]| of.iter().map(|d| (*d).into()).collect();
        self.add(name, AxisOp::Reshape(start, dimensions(from), dimensions(&to)), &[input])
    }

    fn transpose(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let axes = call.sizes("axes")?;
        let mut sorted = axes.clone();
        sorted.sort_unstable();
        let input = self.input(call)?;
        ensure!(sorted.into_iter().eq(0..self.shape(input)?.len()));
        self.axes(name, input, perm_to_ops(&axes))
    }

    fn matmul(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let inputs = self.inputs(call)?;
        ensure!(inputs.len() == 2);
        let (left, right) = (self.shape(inputs[0])?, self.shape(inputs[1])?);
        let rank = left.len();
        ensure!(rank >= 2 && rank == right.len());
        let (transpose_left, transpose_right) = (call.flag("transposeA")?, call.flag("transposeB")?);
        let last = |shape: &[usize], transposed: bool| {
            if transposed { (shape[rank - 1], shape[rank - 2]) } else { (shape[rank - 2], shape[rank - 1]) }
        };
        let ((m, k), (inner, n)) = (last(&left, transpose_left), last(&right, transpose_right));
        ensure!(k == inner);
        self.budget.product(&broadcast(&left[..rank - 2], &right[..rank - 2])?, [m, k, n])?;
        let axes = AxesMapping::for_numpy_matmul(rank, transpose_left, transpose_right, false)?;
        self.add(name, EinSum { axes, operating_dt: f32::datum_type(), q_params: None }, &inputs)
    }

    /// A picture, the filters (output channels first) and a number for each output channel.
    fn conv(&mut self, name: &str, call: &Call<'_>) -> TractResult<OutletId> {
        let inputs = self.inputs(call)?;
        ensure!(inputs.len() == 3 && call.text("border")? == "constant");
        let (input, kernel) = (self.shape(inputs[0])?, self.shape(inputs[1])?);
        let groups = call.size("groups")?;
        ensure!(input.len() == 4 && kernel.len() == 4 && groups > 0 && kernel[0] % groups == 0);
        ensure!(kernel[1].checked_mul(groups) == Some(input[1]) && self.shape(inputs[2])? == [kernel[0]]);
        let window = [kernel[2], kernel[3]];
        let spec = pool_spec(&input, window, call, &call.sizes("stride")?, &call.sizes("dilation")?, kernel[0])?;
        let conv = Conv::new(spec, KernelFormat::OIHW, groups, None);
        self.budget.convolution(&self.output(&conv, &inputs)?, window, kernel[1], groups)?;
        self.add(name, conv, &inputs)
    }

    /// What a pool looks at. Its sizes are given for all four axes, and are 1 for the first two.
    fn pool(&self, call: &Call<'_>) -> TractResult<PoolSpec> {
        let input = self.shape(self.input(call)?)?;
        let spatial = |key: &str| match call.sizes(key)?[..] {
            [1, 1, rows, columns] => Ok([rows, columns]),
            _ => bail!("pools are over rows and columns"),
        };
        ensure!(input.len() == 4 && matches!(call.text("border")?, "ignore" | "constant"));
        pool_spec(&input, spatial("size")?, call, &spatial("stride")?, &spatial("dilation")?, input[1])
    }

    fn pooled(&mut self, name: &str, call: &Call<'_>, op: impl TypedOp) -> TractResult<OutletId> {
        let input = self.input(call)?;
        let window = call.sizes("size")?;
        self.budget.windows(&self.output(&op, &[input])?, [window[2], window[3]], 1)?;
        self.add(name, op, &[input])
    }
}

/// Whether no two are the same.
fn differ(axes: &[usize]) -> bool {
    axes.iter().enumerate().all(|(i, axis)| !axes[..i].contains(axis))
}

/// The shape of what two tensors make element by element: an axis of length 1 goes with any.
fn broadcast(left: &[usize], right: &[usize]) -> TractResult<Vec<usize>> {
    ensure!(left.len() == right.len());
    ensure!(left.iter().zip(right).all(|(l, r)| l == r || *l == 1 || *r == 1));
    Ok(left.iter().zip(right).map(|(l, r)| *l.max(r)).collect())
}

/// A window of `kernel` rows and columns that moves over a picture of the shape `input`.
fn pool_spec(
    input: &[usize],
    kernel: [usize; 2],
    call: &Call<'_>,
    stride: &[usize],
    dilation: &[usize],
    channels_out: usize,
) -> TractResult<PoolSpec> {
    ensure!(stride.len() == 2 && dilation.len() == 2);
    ensure!(kernel.iter().chain(stride).chain(dilation).all(|n| (1..=MAX_WINDOW).contains(n)));
    let pairs = call.pairs("padding")?;
    // Padding is for rows and columns, which are the last two of four pairs.
    ensure!(pairs.iter().rev().skip(2).all(|pair| *pair == (0, 0)));
    for axis in 0..2 {
        let reach = (kernel[axis] - 1) * dilation[axis] + 1;
        ensure!(reach <= MAX_WINDOW);
        if let [.., rows, columns] = pairs[..] {
            // A window that sees padding alone, or none that fits: tract counts on neither.
            let (before, after) = [rows, columns][axis];
            ensure!(before < reach && after < reach && reach <= input[2 + axis] + before + after);
        }
    }
    let (before, after): (TVec<usize>, TVec<usize>) = pairs.iter().copied().unzip();
    let padding = match pairs.len() {
        0 => PaddingSpec::SameUpper,
        2 => PaddingSpec::Explicit(before, after),
        4 => PaddingSpec::ExplicitOnnxPool(before[2..].into(), after[2..].into(), false),
        _ => bail!("padding is for rows and columns"),
    };
    let (stride, dilation) = (tvec!(stride[0], stride[1]), tvec!(dilation[0], dilation[1]));
    let kernel = tvec!(kernel[0], kernel[1]);
    Ok(PoolSpec::new(DataFormat::NCHW, kernel, padding, Some(dilation), Some(stride), input[1], channels_out))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::weights::{Encoding, pack};

    /// Runs a graph of one picture of 2 x 2 pixels, all of them `value`, with the filter `w` of one weight 3.
    fn run(body: &str, value: f32) -> Result<Vec<f32>, EngineError> {
        let filter = NamedTensor { name: "w".into(), shape: vec![1, 1, 1, 1], values: vec![3.0] };
        let bias = NamedTensor { name: "b".into(), shape: vec![1], values: vec![0.5] };
        let weights = pack(&[filter, bias], |_| Encoding::F32);
        let text = format!("version 1.0; graph g(i) -> (o) {{ i = external(shape = [1, 1, 2, 2]); {body} }}");
        TractEngine.load(text.as_bytes(), &weights, &[1, 1, 2, 2])?.run(vec![value; 4])
    }

    const FILTER: &str =
        r#"w = variable<scalar>(label = "w", shape = [1, 1, 1, 1]); b = variable(label = "b", shape = [1]);"#;
    const CONV: &str = r#"conv(i, w, b, border = "constant", groups = 1, stride = [1, 1], dilation = [1, 1], padding = [(0, 0), (0, 0)])"#;

    #[test]
    fn operators_do_what_they_say() {
        let run = |body: &str| run(body, 2.0).unwrap();
        assert_eq!(run(&format!("{FILTER} o = {CONV};")), [6.5; 4]);
        assert_eq!(run("c = [[[[5.0]]]]; o = add(i, c);"), [7.0; 4]);
        assert_eq!(run("c = [[[[5.0]]]]; o = sub(i, c);"), [-3.0; 4]);
        assert_eq!(run("c = [[[[5.0]]]]; m = mul(i, c); o = max(m, i);"), [10.0; 4]);
        assert_eq!(run("r = recip(i); s = square(r); o = sqrt(s);"), [0.5; 4]);
        assert_eq!(run("s = softmax(i, axes = [3]); o = sum_reduce(s, axes = [2, 3]);"), [2.0]);
        assert_eq!(run("d = tract_core_downsample(i, axis = 3, stride = 2, modulo = 0); o = d;"), [2.0; 2]);
        let moved = "s = squeeze(i, axes = [0, 1]); t = transpose(s, axes = [1, 0]); m = matmul(s, t, transposeA = false, \
                     transposeB = true); u = unsqueeze(m, axes = [0]); o = reshape(u, axis_start = 1, axis_count = 2, shape = [4]);";
        assert_eq!(run(moved), [8.0; 4]);
        let pool = |normalize| {
            format!(
                "o = box(i, size = [1, 1, 2, 2], stride = [1, 1, 1, 1], dilation = [1, 1, 1, 1], border = \"ignore\", \
                     padding = [(0, 0), (0, 0), (0, 0), (0, 0)], normalize = {normalize});"
            )
        };
        assert_eq!((run(&pool("true")), run(&pool("false"))), (vec![2.0], vec![8.0]));
        let largest = "o = max_pool(i, size = [1, 1, 2, 2], stride = [1, 1, 2, 2], dilation = [1, 1, 1, 1], border = \"ignore\", \
                       padding = []);";
        assert_eq!(run(largest), [2.0]);
        // x * (1 + erf(x / sqrt 2)) / 2 at 2.
        assert!((run("o = lachan_gelu(i);")[0] - 1.9545).abs() < 1e-4);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let conv = |from: &str, to: &str| format!("{FILTER} o = {};", CONV.replace(from, to));
        for body in [
            "",
            "o = absent;",
            "o = fft(i);",
            "o = add(i, absent);",
            "o = add(i);",
            "c = [1.0]; o = add(i, c);",
            "o = softmax(i, axes = [4]);",
            "o = sum_reduce(i);",
            "o = squeeze(i, axes = [3]);",
            "o = unsqueeze(i, axes = [6]);",
            "o = transpose(i, axes = [0, 1, 2]);",
            "o = transpose(i, axes = [0, 0, 2, 3]);",
            "o = reshape(i, axis_start = 2, axis_count = 3, shape = [4]);",
            "o = reshape(i, axis_start = 2, axis_count = 2, shape = [5]);",
            // More than can be counted; and 4, to whoever counts modulo 2^64.
            "o = reshape(i, axis_start = 2, axis_count = 2, shape = [16777216, 16777216, 16777216]);",
            "o = reshape(i, axis_start = 2, axis_count = 2, shape = [13699843, 16034705, 194329, 10789, 27179, 141413, 4]);",
            "o = tract_core_downsample(i, axis = 3, stride = 0, modulo = 0);",
            "o = tract_core_downsample(i, axis = 4, stride = 2, modulo = 0);",
            "c = [1.0]; o = matmul(c, c, transposeA = false, transposeB = false);",
            "v = variable(label = \"absent\", shape = [1]); o = i;",
            "v = variable(label = \"b\", shape = [2]); o = i;",
            "j = external(shape = [1, 1, 2, 2]); o = i;",
            "i = external(shape = [1, 1, 2, 2]); o = i;",
            &conv("groups = 1", "groups = 0"),
            &conv("groups = 1", "groups = 2"),
            &conv("stride = [1, 1]", "stride = [0, 1]"),
            &conv("stride = [1, 1]", "stride = [1]"),
            &conv("(0, 0), (0, 0)", "(0, 0)"),
            &conv("\"constant\"", "\"reflect\""),
            &conv("(i, w, b,", "(i, w, w,"),
            &conv("(i, w, b,", "(i, w,"),
        ] {
            assert_eq!(run(body, 1.0).err(), Some(EngineError::Graph), "{body}");
        }
    }

    /// Where tract asked nothing: products of matrices that do not fit were made of whatever lay behind the shorter one, a
    /// window without end took all memory, and a product of lengths that ran over made a shape of any size.
    #[test]
    fn what_tract_would_believe_is_refused() {
        let matmul = |left: &str, right: &str| {
            format!("l = {left}; r = {right}; o = matmul(l, r, transposeA = false, transposeB = false);")
        };
        let conv = |from: &str, to: &str| format!("{FILTER} o = {};", CONV.replace(from, to));
        let pool = |arguments: &str| format!("o = max_pool(i, border = \"ignore\", {arguments});");
        for body in [
            // Axes that stand twice.
            "s = sum_reduce(i, axes = [3]); o = squeeze(s, axes = [3, 3]);",
            "o = sum_reduce(i, axes = [2, 2]);",
            "o = softmax(i, axes = [2, 2]);",
            "o = unsqueeze(i, axes = [0, 0]);",
            "o = sum_reduce(i, axes = []);",
            // A product that is 4 modulo 2^64, and one that is nothing.
            "o = reshape(i, axis_start = 0, axis_count = 4, shape = [173620, 49477, 5581, 384773]);",
            "o = reshape(i, axis_start = 0, axis_count = 4, shape = [0]);",
            // More axes than any operator is made for.
            "o = unsqueeze(i, axes = [0, 1, 2]);",
            "o = reshape(i, axis_start = 0, axis_count = 0, shape = [1, 1, 1]);",
            // Shapes that do not go together.
            &matmul("[[1.0, 2.0]]", "[[1.0], [2.0], [3.0]]"),
            &matmul("[[1.0]]", "[[1.0], [2.0], [3.0]]"),
            &matmul("[[[1.0]], [[2.0]]]", "[[[1.0]], [[2.0]], [[3.0]]]"),
            "c = [[[[1.0, 2.0, 3.0]]]]; o = add(i, c);",
            "o = tract_core_downsample(i, axis = 3, stride = 4, modulo = 3);",
            // Windows without end, or with nothing in them.
            &conv("(0, 0), (0, 0)", "(16777216, 16777216), (16777216, 16777216)"),
            &conv("(0, 0), (0, 0)", "(1, 0), (0, 0)"),
            &conv("stride = [1, 1]", "stride = [16777216, 1]"),
            &conv("dilation = [1, 1]", "dilation = [1, 17]"),
            &pool("size = [1, 1, 4096, 4096], stride = [1, 1, 1, 1], dilation = [1, 1, 1, 1], padding = []"),
            &pool("size = [1, 1, 4, 4], stride = [1, 1, 1, 1], dilation = [1, 1, 16, 16], padding = []"),
            &pool("size = [1, 1, 3, 3], stride = [1, 1, 1, 1], dilation = [1, 1, 1, 1], padding = [(0, 0), (0, 0)]"),
            &pool(
                "size = [1, 1, 2, 2], stride = [1, 1, 1, 1], dilation = [1, 1, 1, 1], \
                   padding = [(1, 0), (0, 0), (0, 0), (0, 0)]",
            ),
        ] {
            assert_eq!(run(body, 1.0).err(), Some(EngineError::Graph), "{body}");
        }
    }

    /// Each step makes sixteen times as many elements: `2 ^ 26` after six of them, from four.
    #[test]
    fn memory_and_time_are_counted_before_they_are_taken() {
        let grow = |times: usize| {
            let column = format!("c = [[[[1.0]]]{}];", ", [[[1.0]]]".repeat(15));
            let steps = (0..times).map(|n| {
                let from = if n == 0 { "i".to_owned() } else { format!("g{}", n - 1) };
                format!(
                    "p{n} = mul({from}, c); g{n} = reshape(p{n}, axis_start = 0, axis_count = 2, shape = [1, {}]);",
                    16usize.pow(n as u32 + 1)
                )
            });
            format!("{column} {} o = sum_reduce(g{}, axes = [1, 2, 3]);", steps.collect::<String>(), times - 1)
        };
        assert_eq!(run(&grow(3), 1.0), Ok(vec![4.0 * 4096.0]));
        assert_eq!(run(&grow(6), 1.0), Err(EngineError::Graph));
        // An outer product of two constants, which is worked out as soon as it is wired.
        let ones = |of: usize, one: &str| format!("[{}]", vec![one; of].join(", "));
        let outer = |of: usize| {
            format!(
                "l = {}; r = [{}]; p = matmul(l, r, transposeA = false, transposeB = false); \
                 u = unsqueeze(p, axes = [0, 1]); s = sum_reduce(u, axes = [2, 3]); o = add(i, s);",
                ones(of, "[1.0]"),
                ones(of, "1.0")
            )
        };
        assert_eq!(run(&outer(64), 1.0), Ok(vec![4097.0; 4]));
        assert_eq!(run(&outer(4096), 1.0), Err(EngineError::Graph));
    }

    #[test]
    fn tensors_of_one_name_are_refused() {
        let twice = NamedTensor { name: "b".into(), shape: vec![1], values: vec![1.0] };
        let text = b"version 1.0; graph g(i) -> (o) { i = external(shape = [1]); b = variable(label = \"b\", shape = [1]); o = add(i, b); }";
        let load = |tensors: &[NamedTensor]| TractEngine.load(text, &pack(tensors, |_| Encoding::F32), &[1]);
        assert_eq!(load(std::slice::from_ref(&twice)).unwrap().run(vec![1.0]), Ok(vec![2.0]));
        assert_eq!(load(&[twice.clone(), twice]).err(), Some(EngineError::Graph));
    }

    /// As many operators as a text may have, one upon the other.
    #[test]
    fn the_longest_chain_is_run() {
        let chain: String = (1..2000).map(|n| format!("s{n} = sqrt(s{});", n - 1)).collect();
        let chain = format!("s0 = sqrt(i); {chain}");
        assert_eq!(run(&format!("{chain} o = s1999;"), 1.0), Ok(vec![1.0; 4]));
    }

    #[test]
    fn only_finite_numbers_of_the_right_count_go_in() {
        assert_eq!(run("o = i;", f32::NAN).err(), Some(EngineError::Input));
        let weights = pack(&[], |_| Encoding::F32);
        let text = b"version 1.0; graph g(i) -> (o) { i = external(shape = [1, 2]); o = i; }";
        assert_eq!(TractEngine.load(text, &weights, &[1, 3]).err(), Some(EngineError::Graph));
        let network = TractEngine.load(text, &weights, &[1, 2]).unwrap();
        assert_eq!(network.run(vec![1.0; 3]), Err(EngineError::Input));
        assert_eq!(network.run(vec![1.0, 2.0]), Ok(vec![1.0, 2.0]));
    }
}
