//===- GdnLayerOps.td - Level 1: the layer around the rule ------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNLAYEROPS_TD
#define GDN_IR_GDNLAYEROPS_TD

include "gdn/IR/GdnBase.td"
include "gdn/IR/GdnInterfaces.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// An op of the layer: it knows its definition and its linalg form.
class Gdn_LayerOp<string mnemonic, list<Trait> traits = []>
    : Gdn_Op<mnemonic, !listconcat([
        NoMemoryEffect,
        DeclareOpInterfaceMethods<InferTypeOpInterface>,
        DeclareOpInterfaceMethods<ReferenceOpInterface>,
        DeclareOpInterfaceMethods<AggregatedOpInterface, ["decomposeOperation"]>],
        traits)> {
  let hasVerifier = 1;
  code compatibleDeclaration = [{
    /// Inferred and given result types are compared by the verifier, which says
    /// what does not fit.
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                        ::mlir::TypeRange given);
  }];
  let extraClassDeclaration = compatibleDeclaration;
}

def Gdn_ShortConvOp : Gdn_LayerOp<"short_conv", [AttrSizedOperandSegments]> {
  let summary = "causal depthwise short convolution with carried state";
  let description = [{
    With `x[-1], x[-2], ...` the tokens before the sequence, newest last in
    `initial_state` (zero where it is absent), for every channel d:

        y[t, d] = bias[d] + sum over i < W of weight[d, i] * x[t - (W-1) + i, d]

    then, with `silu`, `y * sigmoid(y)`. Arithmetic is f32. `final_state` holds
    the last W-1 inputs of the sequence (older ones taken from `initial_state`
    where it is shorter), so that a later call continues it.

    | operand                    | shape            | elements |
    |----------------------------|------------------|----------|
    | input, output              | B x T x D        | f32, f16, bf16 |
    | weight                     | D x W            | f32 or as input |
    | bias                       | D                | f32 or as input |
    | initial_state, final_state | N x (W-1) x D    | as input |
    | cu_seqlens                 | N+1              | i32, i64 |

    Sequences are as in `gdn.delta_rule`.

    Constraints:

    - C1: `input` is B x T x D; D is static and at least 1.
    - C2: `weight` is D x W; W is static, at least 2 and at most 16.
    - C3: `bias` is D.
    - C4: `initial_state` is N x (W-1) x D with the elements of `input`.
    - C5: with `cu_seqlens`, B is 1 and `cu_seqlens` has N + 1 >= 1 elements.
    - C6: `weight` and `bias` have element type f32 or that of `input`.
    - C7: `output` has the type of `input`.
    - C8: `final_state` is N x (W-1) x D with the elements of `input`.

    Example:

    ```mlir
    func.func @prefill(%x: tensor<1x?x2048xf32>, %weight: tensor<2048x4xf32>)
        -> (tensor<1x?x2048xf32>, tensor<1x3x2048xf32>) {
      %y, %s = gdn.short_conv %x, %weight {silu}
          : (tensor<1x?x2048xf32>, tensor<2048x4xf32>)
          -> (tensor<1x?x2048xf32>, tensor<1x3x2048xf32>)
      return %y, %s : tensor<1x?x2048xf32>, tensor<1x3x2048xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins
    Gdn_TokenTensor:$input,
    Gdn_RankedTensor<[F32, F16, BF16], [2], "tensor of D x W">:$weight,
    Optional<Gdn_RankedTensor<[F32, F16, BF16], [1], "tensor of D">>:$bias,
    Optional<Gdn_TokenTensor>:$initial_state,
    Optional<Gdn_SegmentTensor>:$cu_seqlens,
    UnitAttr:$silu);
  let results = (outs Gdn_TokenTensor:$output, Gdn_TokenTensor:$final_state);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `)`)?
    (`state` `(` $initial_state^ `)`)? (`segments` `(` $cu_seqlens^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = compatibleDeclaration # [{
    /// The number of sequences: B, or one less than the size of `cu_seqlens`.
    int64_t getSequences();
  }];
}

def Gdn_DecayGateOp : Gdn_LayerOp<"decay_gate"> {
  let summary = "the log decay from its projection";
  let description = [{
    For token t, head h and, if there are any, channel c (arXiv 2605.22791,
    section 3.5; the head form is Mamba-2's and Gated DeltaNet's):

        g[t, h, c] = -exp(a_log[h]) * softplus(x[t, h, c] + dt_bias[h, c])

    and, with `lower_bound`, the larger of this and `lower_bound`. softplus(y)
    is log(1 + exp(y)), evaluated without overflow for any y. Arithmetic and
    result are f32. The result is never above 0.

    | operand | shape             | elements |
    |---------|-------------------|----------|
    | input   | B x T x H (x K)   | f32, f16, bf16 |
    | a_log   | H                 | f32 |
    | dt_bias | H (x K)           | f32 |
    | result  | as input          | f32 |

    Constraints:

    - C1: `input` is B x T x H or B x T x H x K; H and K are static and at least 1.
    - C2: `a_log` is H.
    - C3: `dt_bias` is H, or H x K where `input` has channels.
    - C4: `lower_bound` is below 0.
    - C5: the result has the shape of `input`.

    Example:

    ```mlir
    func.func @decay(%x: tensor<1x?x16x128xf32>, %a_log: tensor<16xf32>,
                     %bias: tensor<16x128xf32>) -> tensor<1x?x16x128xf32> {
      %g = gdn.decay_gate %x, %a_log bias(%bias) {lower_bound = -5.0 : f32}
          : (tensor<1x?x16x128xf32>, tensor<16xf32>, tensor<16x128xf32>)
          -> tensor<1x?x16x128xf32>
      return %g : tensor<1x?x16x128xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_GateTensor:$input, Gdn_F32Vector:$a_log,
    Optional<Gdn_F32VectorOrMatrix>:$dt_bias,
    OptionalAttr<F32Attr>:$lower_bound);
  let results = (outs Gdn_RankedTensor<[F32], [3, 4],
    "tensor of B x T x heads (x channels), of f32">:$output);
  let assemblyFormat = [{
    $input `,` $a_log (`bias` `(` $dt_bias^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Gdn_GatedRmsNormOp : Gdn_LayerOp<"gated_rms_norm"> {
  let summary = "RMS norm over the channels of a head, times SiLU of a gate";
  let description = [{
    For each row x of V channels and its gate z:

        y = x / sqrt(mean(x * x) + eps) * weight * (z * sigmoid(z))

    Arithmetic is f32. `eps` defaults to 1e-5.

    | operand             | shape            | elements |
    |---------------------|------------------|----------|
    | input, gate, result | B x T x HV x V   | f32, f16, bf16 |
    | weight              | V                | f32 |

    Constraints:

    - C1: `input` is B x T x HV x V; HV and V are static and at least 1.
    - C2: `gate` has the shape of `input` and element type f32 or that of `input`.
    - C3: `weight` is V.
    - C4: `eps` is at least 0.
    - C5: the result has the type of `input`.

    Example:

    ```mlir
    func.func @output_norm(%o: tensor<1x?x16x128xf32>, %z: tensor<1x?x16x128xf32>,
                           %weight: tensor<128xf32>) -> tensor<1x?x16x128xf32> {
      %y = gdn.gated_rms_norm %o, %z, %weight {eps = 1.0e-6 : f32}
          : (tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>, tensor<128xf32>)
          -> tensor<1x?x16x128xf32>
      return %y : tensor<1x?x16x128xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_HeadTensor:$input, Gdn_HeadTensor:$gate,
    Gdn_F32Vector:$weight, DefaultValuedAttr<F32Attr, "1.0e-5f">:$eps);
  let results = (outs Gdn_HeadTensor:$output);
  let assemblyFormat = [{
    $input `,` $gate `,` $weight attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GDN_IR_GDNLAYEROPS_TD
