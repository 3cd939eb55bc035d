//===- GdnRuleOps.td - Level 1: the rule on whole tensors -------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNRULEOPS_TD
#define GDN_IR_GDNRULEOPS_TD

include "gdn/IR/GdnBase.td"
include "gdn/IR/GdnInterfaces.td"
include "gdn/IR/GdnTileAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Gdn_DeltaRuleOp : Gdn_Op<"delta_rule", [
    NoMemoryEffect, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<ReferenceOpInterface>,
    DeclareOpInterfaceMethods<ChunkOpInterface>]> {
  let summary = "the gated delta rule over whole sequences";
  let description = [{
    For one head of one sequence, with the state `S` of `K x V`, each token t
    does in this order, in f32:

        S   = diag(exp(g_t)) S                    decay, per key channel
        r   = S^T (b_t * k_t)                     gated read             (V)
        S   = S + k_t (w_t * v_t - r)^T           erase r, write the gated value
        o_t = scale * S^T q_t                     read

    `*` is elementwise. This is Gated DeltaNet-2 (arXiv 2605.22791); the other
    members of the family are what remains when a gate is absent or has one
    value per head:

    | member                            | decay   | erase   | write   |
    |-----------------------------------|---------|---------|---------|
    | linear attention                  | -       | -       | -       |
    | GLA                               | channel | -       | -       |
    | Mamba-2 (SSD), RetNet             | head    | -       | head    |
    | DeltaNet                          | -       | head    | head    |
    | Gated DeltaNet                    | head    | head    | head    |
    | Kimi Delta Attention              | channel | head    | head    |
    | Gated DeltaNet-2                  | channel | channel | channel |

    An absent `decay` keeps everything, an absent `erase` reads back and
    subtracts nothing, an absent `write` is 1, an absent `initial_state` is 0.
    Canonicalization drops an operand of that value only where its sizes are
    sure to fit, so that no check at run time is lost.

    | operand                    | shape                          | elements |
    |----------------------------|--------------------------------|----------|
    | query, key                 | B x T x H x K                  | f32, f16, bf16 |
    | value, output              | B x T x HV x V                 | as query |
    | decay                      | B x T x Hd (x K), natural log, <= 0 | f32 or as query |
    | erase                      | B x T x He (x K)               | f32 or as query |
    | write                      | B x T x HV (x V)               | f32 or as query |
    | initial_state, final_state | N x HV x K x V                 | f32 |
    | cu_seqlens                 | N+1 sequence starts            | i32, i64 |

    `B`, `T` and `N` may be dynamic. Hd and He are H or HV. With `cu_seqlens`
    the tokens of sequence n are `cu_seqlens[n] .. cu_seqlens[n+1]` of the one
    batch entry; its first element is 0, its last T, and it never decreases
    (empty sequences are legal). This is checked when the program runs.
    Without it every batch entry is a sequence and N is B.

    `scale` defaults to 1/sqrt(K). `qk_l2norm` divides each query and key by
    sqrt(sum of its squares + 1e-6) first.

    `schedule` says how the rule becomes a GPU kernel; `gdn-select-schedule`
    chooses one. It changes no meaning.

    A decay of -inf forgets everything before the token, exactly. A decay
    above 0 is outside the rule: lowerings other than the reference may treat
    it as they like.

    Other operands are finite. No result is infinite or NaN where every value
    that the loop computes, the squares of `qk_l2norm` included, is below 2^100
    in magnitude and the results fit their types. Beyond that, and for operands
    that are infinite or NaN, one lowering may give an infinity where another
    gives NaN; outputs of earlier tokens, of other heads and of other sequences
    change no bit even then. With `#gdn.chunked_schedule` factors of keys and
    queries are f16: from 65504 on they are infinite, below 6e-5 they lose
    digits; and what is not finite in a token reaches all tokens of its chunk.

    Constraints:

    - C1: `query` is B x T x H x K; H and K are static and at least 1.
    - C2: `key` has the shape of `query`.
    - C3: `value` is B x T x HV x V; HV and V are static and at least 1.
    - C4: HV is a multiple of H (value head j uses key head j / (HV / H)).
    - C5: `key` and `value` have the element type of `query`.
    - C6: `decay` is B x T x H, B x T x HV, or one of these x K.
    - C7: `erase` is B x T x H, B x T x HV, or one of these x K.
    - C8: `write` is B x T x HV or B x T x HV x V.
    - C9: each gate has element type f32 or that of `query`.
    - C10: `initial_state` is N x HV x K x V.
    - C11: with `cu_seqlens`, B is 1 and `cu_seqlens` has N + 1 >= 1 elements.
    - C12: `output` has the type of `value`.
    - C13: `final_state` is N x HV x K x V.
    - C14: `scale` is finite.
    - C15: `schedule` serves the sizes. `#gdn.schedule`: K is a multiple of its
      `key_lanes`, V of the value channels of its CTA, and a thread holds at most
      128 values of the state. `#gdn.chunked_schedule`: K is 64 or 128, V a multiple of
      its `value_channels`, `query` has 16-bit elements, and there is no
      `qk_l2norm`.

    Example:

    ```mlir
    // Gated DeltaNet-2: every gate is per channel.
    func.func @gated_delta_net_2(
        %q: tensor<2x?x16x128xbf16>, %k: tensor<2x?x16x128xbf16>,
        %v: tensor<2x?x16x128xbf16>, %g: tensor<2x?x16x128xf32>,
        %b: tensor<2x?x16x128xbf16>, %w: tensor<2x?x16x128xbf16>,
        %s0: tensor<2x16x128x128xf32>)
        -> (tensor<2x?x16x128xbf16>, tensor<2x16x128x128xf32>) {
      %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
          : (tensor<2x?x16x128xbf16>, tensor<2x?x16x128xbf16>, tensor<2x?x16x128xbf16>,
             tensor<2x?x16x128xf32>, tensor<2x?x16x128xbf16>, tensor<2x?x16x128xbf16>,
             tensor<2x16x128x128xf32>)
          -> (tensor<2x?x16x128xbf16>, tensor<2x16x128x128xf32>)
      return %o, %s : tensor<2x?x16x128xbf16>, tensor<2x16x128x128xf32>
    }
    ```

    Since 0.1.
  }];

  let arguments = (ins
    Gdn_HeadTensor:$query, Gdn_HeadTensor:$key, Gdn_HeadTensor:$value,
    Optional<Gdn_GateTensor>:$decay, Optional<Gdn_GateTensor>:$erase,
    Optional<Gdn_GateTensor>:$write, Optional<Gdn_StateTensor>:$initial_state,
    Optional<Gdn_SegmentTensor>:$cu_seqlens,
    OptionalAttr<F32Attr>:$scale, UnitAttr:$qk_l2norm,
    OptionalAttr<Gdn_ScheduleInterface>:$schedule);
  let results = (outs Gdn_HeadTensor:$output, Gdn_StateTensor:$final_state);

  let assemblyFormat = [{
    $query `,` $key `,` $value (`decay` `(` $decay^ `)`)?
    (`erase` `(` $erase^ `)`)? (`write` `(` $write^ `)`)?
    (`state` `(` $initial_state^ `)`)? (`segments` `(` $cu_seqlens^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];

  let extraClassDeclaration = [{
    /// Sizes of the letters; `ShapedType::kDynamic` where unknown.
    int64_t getBatch() { return getQuery().getType().getDimSize(0); }
    int64_t getTokens() { return getQuery().getType().getDimSize(1); }
    int64_t getKeyHeads() { return getQuery().getType().getDimSize(2); }
    int64_t getKeyChannels() { return getQuery().getType().getDimSize(3); }
    int64_t getValueHeads() { return getValue().getType().getDimSize(2); }
    int64_t getValueChannels() { return getValue().getType().getDimSize(3); }

    /// The number of sequences: B, or one less than the size of `cu_seqlens`.
    int64_t getSequences();

    /// `scale`, or its default 1/sqrt(K).
    double getScaleValue();

    /// Inferred and given result types are compared by the verifier, which says
    /// what does not fit.
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                        ::mlir::TypeRange given);
  }];

  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // GDN_IR_GDNRULEOPS_TD
