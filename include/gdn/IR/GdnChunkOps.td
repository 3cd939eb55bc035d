//===- GdnChunkOps.td - Level 2: the rule inside a chunk --------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNCHUNKOPS_TD
#define GDN_IR_GDNCHUNKOPS_TD

include "gdn/IR/GdnBase.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// An op on the f32 tensors of one chunk of one head. Its linalg form is its
/// decomposition.
class Gdn_ChunkOp<string mnemonic, list<Trait> traits = []>
    : Gdn_Op<mnemonic, !listconcat([
        Pure, DeclareOpInterfaceMethods<AggregatedOpInterface, ["decomposeOperation"]>],
        traits)> {
  let hasVerifier = 1;
}

def Gdn_ChunkScanOp : Gdn_ChunkOp<"chunk_scan", [
    AllTypesMatch<["input", "output"]>]> {
  let summary = "prefix products of the decay factors of a chunk";
  let description = [{
    The decay from the chunk's start up to and including each token:

        output[i] = product over r <= i of input[r]

    per channel. `input` is `exp(g)`, C x K or C (one factor per token), so
    no decay overflows, and a factor of 0 stays 0.

    Constraints:

    - C1: `input` has static sizes of at least 1.

    Example:

    ```mlir
    func.func @decay_from_start(%a: tensor<16x128xf32>) -> tensor<16x128xf32> {
      %gamma = gdn.chunk_scan %a : tensor<16x128xf32>
      return %gamma : tensor<16x128xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_F32VectorOrMatrix:$input);
  let results = (outs Gdn_F32VectorOrMatrix:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Gdn_ChunkScoresOp : Gdn_ChunkOp<"chunk_scores", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "products of a chunk's rows with its earlier, decayed keys";
  let description = [{
    With the pair factor D[i, j] = product over j < r <= i of decay[r] (per
    channel; 1 where `decay` is absent):

        scores[i, j] = sum over c of query[i, c] * D[i, j, c] * key[j, c]   j <= i
        erased[i, j] = sum over c of erase[i, c] * D[i, j, c] * key[j, c]   j <  i
        tail[c, j]   = D[C-1, j, c] * key[j, c]

    Other elements of `scores` and `erased` are 0. `erase` is the gated key
    e = b * k; without it there is no `erased`. Every D is a product of factors
    <= 1: no reciprocal, no difference of sums, no row later than i. A factor
    of 0 therefore forgets exactly, and row i depends on rows <= i only.

    Constraints:

    - C1: `query` and `erase` have the shape C x K of `key`, which is static
      and at least 1 in each size.
    - C2: `decay` is C or C x K.
    - C3: `scores` is C x C, `erased` is C x C and there exactly when `erase`
      is, `tail` is K x C.

    Example:

    ```mlir
    func.func @scores(%q: tensor<16x128xf32>, %k: tensor<16x128xf32>,
                      %e: tensor<16x128xf32>, %a: tensor<16x128xf32>)
        -> (tensor<16x16xf32>, tensor<16x16xf32>, tensor<128x16xf32>) {
      %scores, %erased, %tail = gdn.chunk_scores %q, %k erase(%e) decay(%a)
          : (tensor<16x128xf32>, tensor<16x128xf32>, tensor<16x128xf32>, tensor<16x128xf32>)
          -> (tensor<16x16xf32>, tensor<16x16xf32>, tensor<128x16xf32>)
      return %scores, %erased, %tail
          : tensor<16x16xf32>, tensor<16x16xf32>, tensor<128x16xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_F32Matrix:$query, Gdn_F32Matrix:$key,
    Optional<Gdn_F32Matrix>:$erase, Optional<Gdn_F32VectorOrMatrix>:$decay);
  let results = (outs Gdn_F32Matrix:$scores, Optional<Gdn_F32Matrix>:$erased,
    Gdn_F32Matrix:$tail);
  let assemblyFormat = [{
    $query `,` $key (`erase` `(` $erase^ `)`)? (`decay` `(` $decay^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Gdn_ChunkSolveOp : Gdn_ChunkOp<"chunk_solve", [
    AllTypesMatch<["rhs", "output"]>]> {
  let summary = "solves the unit lower triangular system of a chunk";
  let description = [{
    Solves `(I + lower) output = rhs` by forward substitution in f32:

        output[i] = rhs[i] - sum over j < i of lower[i, j] * output[j]

    Only the part of `lower` strictly below its diagonal is read. Substitution
    keeps its digits on near-duplicate keys, where a Neumann series loses all.

    Constraints:

    - C1: `lower` is C x C and `rhs` C x V, both static; C and V are at least 1.

    Example:

    ```mlir
    func.func @written(%t: tensor<16x16xf32>, %x: tensor<16x128xf32>) -> tensor<16x128xf32> {
      %r = gdn.chunk_solve %t, %x : tensor<16x16xf32>, tensor<16x128xf32>
      return %r : tensor<16x128xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_F32Matrix:$lower, Gdn_F32Matrix:$rhs);
  let results = (outs Gdn_F32Matrix:$output);
  let assemblyFormat = "$lower `,` $rhs attr-dict `:` type($lower) `,` type($rhs)";
}

def Gdn_RecurrentStepOp : Gdn_ChunkOp<"recurrent_step", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "one token of the rule for one head";
  let description = [{
    With the rows `decay` = exp(g), `erase` = b * k and `value` = w * v:

        S            = diag(decay) state
        output_state = S + key^T (value - erase S)
        output       = query output_state

    This is how short sequences, single tokens and the last tokens of a
    sequence that fill no chunk are computed.

    Constraints:

    - C1: `query`, `key` and `erase` are 1 x K; K is static and at least 1.
    - C2: `value` is 1 x V; V is static and at least 1.
    - C3: `decay` is 1 x K, or 1: one factor for all channels.
    - C4: `state` is K x V.
    - C5: `output` is 1 x V, `output_state` K x V.

    Example:

    ```mlir
    func.func @token(%q: tensor<1x128xf32>, %k: tensor<1x128xf32>, %v: tensor<1x64xf32>,
                     %a: tensor<1x128xf32>, %e: tensor<1x128xf32>, %s: tensor<128x64xf32>)
        -> (tensor<1x64xf32>, tensor<128x64xf32>) {
      %o, %s1 = gdn.recurrent_step %q, %k, %v, %s decay(%a) erase(%e)
          : (tensor<1x128xf32>, tensor<1x128xf32>, tensor<1x64xf32>, tensor<128x64xf32>,
             tensor<1x128xf32>, tensor<1x128xf32>) -> (tensor<1x64xf32>, tensor<128x64xf32>)
      return %o, %s1 : tensor<1x64xf32>, tensor<128x64xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_F32Matrix:$query, Gdn_F32Matrix:$key,
    Gdn_F32Matrix:$value, Gdn_F32Matrix:$state,
    Optional<Gdn_F32VectorOrMatrix>:$decay, Optional<Gdn_F32Matrix>:$erase);
  let results = (outs Gdn_F32Matrix:$output, Gdn_F32Matrix:$output_state);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $state (`decay` `(` $decay^ `)`)?
    (`erase` `(` $erase^ `)`)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GDN_IR_GDNCHUNKOPS_TD
