//===- GdnSequenceOps.td - Level 2: the rule over one sequence --*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNSEQUENCEOPS_TD
#define GDN_IR_GDNSEQUENCEOPS_TD

include "gdn/IR/GdnTileAttrs.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Gdn_Rows : AnyTypeOf<[
    Gdn_RankedTensor<[F32, F16, BF16], [1, 2], "tensor of f32, f16 or bf16">,
    MemRefRankOf<[F32, F16, BF16], [1, 2]>],
    "tokens (x channels), a tensor or memref of f32, f16 or bf16">;

def Gdn_SequenceRuleOp : Gdn_Op<"sequence_rule", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<BufferizableOpInterface, [
      "bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "bufferize"]>]> {
  let summary = "the rule over all tokens of one head of one sequence";
  let description = [{
    What one CTA of a kernel for tensor cores does: `gdn.delta_rule` for one head, or for some of its
    value channels. It fills `output` and, where it is wanted, `final_state`.
    The state starts as `initial_state`, or as zeros.

    Constraints:

    - C1: `query` and `key` are T x K, of the same element type.
    - C2: `value` and `output` are T x V, of that type.
    - C3: `decay` and `erase` are T or T x K, `write` is T or T x V.
    - C4: `initial_state` and `final_state` are K x V of f32.
    - C5: there is a result for each of `output` and `final_state` that is a
      tensor, of its type, and none for memrefs.

    Example:

    ```mlir
    func.func @head(%q: tensor<?x128xbf16>, %k: tensor<?x128xbf16>, %v: tensor<?x64xbf16>,
                    %g: tensor<?x128xf32>, %b: tensor<?x128xbf16>, %w: tensor<?x64xbf16>,
                    %o: tensor<?x64xbf16>, %s: tensor<128x64xf32>)
        -> (tensor<?x64xbf16>, tensor<128x64xf32>) {
      %0:2 = gdn.sequence_rule %q, %k, %v decay(%g) erase(%b) write(%w) outs(%o, %s)
          {scale = 0.125 : f32,
           schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
          : (tensor<?x128xbf16>, tensor<?x128xbf16>, tensor<?x64xbf16>, tensor<?x128xf32>,
             tensor<?x128xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<128x64xf32>)
          -> (tensor<?x64xbf16>, tensor<128x64xf32>)
      return %0#0, %0#1 : tensor<?x64xbf16>, tensor<128x64xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_Rows:$query, Gdn_Rows:$key, Gdn_Rows:$value,
    Optional<Gdn_Rows>:$decay, Optional<Gdn_Rows>:$erase, Optional<Gdn_Rows>:$write,
    Optional<Gdn_Rows>:$initial_state, Gdn_Rows:$output, Optional<Gdn_Rows>:$final_state,
    F32Attr:$scale, Gdn_ChunkedScheduleAttr:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`decay` `(` $decay^ `)`)?
    (`erase` `(` $erase^ `)`)? (`write` `(` $write^ `)`)?
    (`state` `(` $initial_state^ `)`)? `outs` `(` $output (`,` $final_state^)? `)`
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    int64_t getKeyChannels() {
      return ::llvm::cast<::mlir::ShapedType>(getQuery().getType()).getDimSize(1);
    }
    int64_t getValueChannels() {
      return ::llvm::cast<::mlir::ShapedType>(getValue().getType()).getDimSize(1);
    }
    ::mlir::MutableOperandRange getDpsInitsMutable();
  }];
  let hasVerifier = 1;
}

#endif // GDN_IR_GDNSEQUENCEOPS_TD
