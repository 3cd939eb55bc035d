//===- GdnBase.td - The gdn dialect and its type constraints ----*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNBASE_TD
#define GDN_IR_GDNBASE_TD

include "mlir/IR/OpBase.td"

def Gdn_Dialect : Dialect {
  let name = "gdn";
  let cppNamespace = "::gdn";
  let summary = "The gated delta rule, from whole tensors to chunks";
  let description = [{
    A linear-attention layer replaces a growing key-value cache by a fixed
    `K x V` state per head. Each token decays that state, erases what it reads
    through an erase gate on the key axis and writes through a write gate on
    the value axis:

        S_t = (I - k_t (b_t * k_t)^T) diag(exp g_t) S_{t-1} + k_t (w_t * v_t)^T
        o_t = scale * S_t^T q_t

    Level 1 of the dialect states this rule on whole tensors
    (`gdn.delta_rule`) with the layer operations that stand around it. Level 2
    states it for chunks of tokens (`gdn.chunk_*`) and single tokens
    (`gdn.recurrent_step`). Level 3 is the program of one CTA of a GPU, on
    tiles that lie in the registers of its threads (`gdn.tile_*`).

    Letters in shapes: B batch, T tokens, H key heads, HV value heads, K key
    channels, V value channels, N sequences, C tokens of a chunk.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

class Gdn_Op<string mnemonic, list<Trait> traits = []>
    : Op<Gdn_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Operand types. Sizes are checked by each op's verifier.
//===----------------------------------------------------------------------===//

def Gdn_Float : AnyTypeOf<[F32, F16, BF16], "f32, f16 or bf16">;

def Gdn_HasNoEncoding : CPred<
    "!::llvm::cast<::mlir::RankedTensorType>($_self).getEncoding()">;

/// Layouts other than the plain one would be lost by the lowerings.
class Gdn_RankedTensor<list<Type> elements, list<int> ranks, string text>
    : RankedTensorOf<elements, [HasAnyRankOfPred<ranks>, Gdn_HasNoEncoding]> {
  let summary = text # ", without encoding";
}

def Gdn_HeadTensor : Gdn_RankedTensor<[F32, F16, BF16], [4],
    "tensor of B x T x heads x channels, of f32, f16 or bf16">;
def Gdn_GateTensor : Gdn_RankedTensor<[F32, F16, BF16], [3, 4],
    "tensor of B x T x heads (x channels), of f32, f16 or bf16">;
def Gdn_StateTensor : Gdn_RankedTensor<[F32], [4],
    "tensor of N x HV x K x V, of f32">;
def Gdn_SegmentTensor : Gdn_RankedTensor<[I32, I64], [1],
    "tensor of N+1 sequence starts, of i32 or i64">;
def Gdn_TokenTensor : Gdn_RankedTensor<[F32, F16, BF16], [3],
    "tensor of B x T x D, of f32, f16 or bf16">;
def Gdn_F32Vector : Gdn_RankedTensor<[F32], [1], "vector of f32">;
def Gdn_F32VectorOrMatrix : Gdn_RankedTensor<[F32], [1, 2],
    "vector or matrix of f32">;
def Gdn_F32Matrix : Gdn_RankedTensor<[F32], [2], "matrix of f32">;

#endif // GDN_IR_GDNBASE_TD
