//! GELU as one operator. Exporters write it as five, `x * (0.5 * (1 + erf(x / sqrt 2)))`, and each of them walks the
//! whole tensor through memory; tract has it as one, and recognises other orders of the five by itself.

use std::f32::consts::FRAC_1_SQRT_2;

use tract_nnef::tract_core::internal::{TypedModelPatch, TypedNode};
use tract_nnef::tract_core::model::TypedModelHelpers;
use tract_nnef::tract_core::ops::binary::TypedBinOp;
use tract_nnef::tract_core::ops::element_wise::ElementWiseOp;
use tract_nnef::tract_core::ops::math::{Add, Erf, Mul};
use tract_nnef::tract_core::ops::nn::gelu_exact::gelu_exact;
use tract_nnef::tract_core::prelude::{OutletId, TractResult, TypedModel};

/// Replaces every chain by the one operator, and says how many there were.
pub fn fuse(mut model: TypedModel) -> TractResult<(TypedModel, usize)> {
    let mut fused = 0;
    while let Some((x, last, name)) = model.nodes.iter().find_map(|node| chain(&model, node)) {
        let mut patch = TypedModelPatch::default();
        let tap = patch.tap_model(&model, x)?;
        let output = patch.wire_node(name, gelu_exact(), &[tap])?;
        patch.shunt_outside(&model, last.into(), output[0])?;
        patch.apply(&mut model)?;
        model.compact()?;
        fused += 1;
    }
    Ok((model, fused))
}

/// The input, the last node and a name, where `erf` is the middle of a chain.
fn chain(model: &TypedModel, erf: &TypedNode) -> Option<(OutletId, usize, String)> {
    erf.op_as::<ElementWiseOp>().filter(|op| op.0.is::<Erf>())?;
    let scale = &model.nodes[erf.inputs[0].node];
    scale.op_as::<TypedBinOp>().filter(|op| op.0.is::<Mul>())?;
    if !model.matches_single_input_const(scale, FRAC_1_SQRT_2) {
        return None;
    }
    let varies = |outlet: &&OutletId| model.outlet_fact(**outlet).is_ok_and(|fact| fact.konst.is_none());
    let x = *scale.inputs.iter().find(varies)?;
    let plus_one = model.find_succ_bin_with_const::<Add>(erf, 1.0)?;
    let half = model.find_succ_bin_with_const::<Mul>(plus_one, 0.5)?;
    let last = model.find_succ_bin_with_outlet::<Mul>(half, &x)?;
    Some((x, last.id, format!("{}.gelu", erf.name)))
}
