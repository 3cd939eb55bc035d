//===- Sequences.cpp - Sequences of a batch at run time -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sequences.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace gdn;

using arith::CmpIPredicate;

static Value emitIndex(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

static Value emitSize(OpBuilder &builder, Location loc, Value tensor,
                      int64_t dim) {
  return getValueOrCreateConstantIndexOp(
      builder, loc, tensor::getMixedSize(builder, loc, tensor, dim));
}

/// Reads `cuSeqlens[n]` as an index.
static Value emitStart(OpBuilder &builder, Location loc, Value cuSeqlens,
                       Value n) {
  Value start = tensor::ExtractOp::create(builder, loc, cuSeqlens, n);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    start);
}

static void emitExpect(OpBuilder &builder, Location loc,
                       CmpIPredicate predicate, Value lhs, Value rhs,
                       const Twine &message) {
  Value holds = arith::CmpIOp::create(builder, loc, predicate, lhs, rhs);
  cf::AssertOp::create(builder, loc, holds, message.str());
}

int64_t gdn::countStaticSequences(int64_t batch, Value cuSeqlens) {
  if (!cuSeqlens)
    return batch;
  int64_t starts = cast<RankedTensorType>(cuSeqlens.getType()).getDimSize(0);
  return ShapedType::isDynamic(starts) ? starts : starts - 1;
}

int64_t gdn::refineSequences(int64_t sequences, Value initialState) {
  if (!ShapedType::isDynamic(sequences) || !initialState)
    return sequences;
  return cast<RankedTensorType>(initialState.getType()).getDimSize(0);
}

void gdn::emitEqualSizes(OpBuilder &builder, Location loc, StringRef letter,
                         ArrayRef<SizeUse> uses) {
  if (uses.empty())
    return;
  auto isStatic = [](const SizeUse &use) {
    return !cast<ShapedType>(use.tensor.getType()).isDynamicDim(use.dim);
  };
  const SizeUse &first = uses.front();
  for (const SizeUse &use : uses.drop_front()) {
    bool sameTensor = use.tensor == first.tensor && use.dim == first.dim;
    // Static sizes were compared by the verifier.
    if (sameTensor || (isStatic(first) && isStatic(use)))
      continue;
    emitExpect(builder, loc, CmpIPredicate::eq,
               emitSize(builder, loc, use.tensor, use.dim),
               emitSize(builder, loc, first.tensor, first.dim),
               "expects '" + use.operandName + "' and '" + first.operandName +
                   "' to agree in " + letter);
  }
}

/// The number of sequences that `cuSeqlens` tells apart.
static OpFoldResult emitSegmentCount(OpBuilder &builder, Location loc,
                                     Value cuSeqlens) {
  auto type = cast<RankedTensorType>(cuSeqlens.getType());
  if (!type.isDynamicDim(0))
    return builder.getIndexAttr(type.getDimSize(0) - 1);
  Value size = emitSize(builder, loc, cuSeqlens, 0);
  Value one = emitIndex(builder, loc, 1);
  emitExpect(builder, loc, CmpIPredicate::sge, size, one,
             "expects 'cu_seqlens' to have at least 1 element");
  return arith::SubIOp::create(builder, loc, size, one).getResult();
}

static void emitBatchCheck(OpBuilder &builder, Location loc, Value tokens) {
  if (cast<RankedTensorType>(tokens.getType()).isDynamicDim(0))
    emitExpect(builder, loc, CmpIPredicate::eq,
               emitSize(builder, loc, tokens, 0), emitIndex(builder, loc, 1),
               "expects B to be 1 with 'cu_seqlens'");
}

/// Asserts what makes `cuSeqlens` cut all T tokens.
static void emitSegmentChecks(OpBuilder &builder, Location loc, Value tokens,
                              Value cuSeqlens, Value count) {
  Value zero = emitIndex(builder, loc, 0);
  Value one = emitIndex(builder, loc, 1);
  emitExpect(builder, loc, CmpIPredicate::eq,
             emitStart(builder, loc, cuSeqlens, zero), zero,
             "expects 'cu_seqlens' to start with 0");

  auto loop = scf::ForOp::create(builder, loc, zero, count, one);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value n = loop.getInductionVar();
    Value next = arith::AddIOp::create(builder, loc, n, one);
    emitExpect(builder, loc, CmpIPredicate::sge,
               emitStart(builder, loc, cuSeqlens, next),
               emitStart(builder, loc, cuSeqlens, n),
               "expects 'cu_seqlens' not to decrease");
  }

  emitExpect(builder, loc, CmpIPredicate::eq,
             emitStart(builder, loc, cuSeqlens, count),
             emitSize(builder, loc, tokens, 1),
             "expects 'cu_seqlens' to end with T");
}

Sequences Sequences::emit(OpBuilder &builder, Location loc, Value tokens,
                          Value cuSeqlens, bool checkSegments) {
  Sequences sequences;
  sequences.tokens = tokens;
  sequences.cuSeqlens = cuSeqlens;
  if (!cuSeqlens) {
    sequences.count = tensor::getMixedSize(builder, loc, tokens, 0);
    return sequences;
  }
  sequences.count = emitSegmentCount(builder, loc, cuSeqlens);
  emitBatchCheck(builder, loc, tokens);
  if (checkSegments)
    emitSegmentChecks(
        builder, loc, tokens, cuSeqlens,
        getValueOrCreateConstantIndexOp(builder, loc, sequences.count));
  return sequences;
}

Sequences::Bounds Sequences::getBounds(OpBuilder &builder, Location loc,
                                       Value n, bool clamped) const {
  Value zero = emitIndex(builder, loc, 0);
  if (!cuSeqlens)
    return {n, zero, emitSize(builder, loc, tokens, 1)};
  Value begin = emitStart(builder, loc, cuSeqlens, n);
  Value next =
      arith::AddIOp::create(builder, loc, n, emitIndex(builder, loc, 1));
  Value end = emitStart(builder, loc, cuSeqlens, next);
  if (clamped) {
    Value size = emitSize(builder, loc, tokens, 1);
    begin = arith::MaxSIOp::create(builder, loc, begin, zero);
    begin = arith::MinSIOp::create(builder, loc, begin, size);
    end = arith::MinSIOp::create(builder, loc, end, size);
    end = arith::MaxSIOp::create(builder, loc, end, begin);
  }
  Value length = arith::SubIOp::create(builder, loc, end, begin);
  return {zero, begin, length};
}

void Sequences::emitCountCheck(OpBuilder &builder, Location loc, StringRef name,
                               Value states) const {
  OpFoldResult size = tensor::getMixedSize(builder, loc, states, 0);
  if (isEqualConstantIntOrValue(size, count))
    return;
  emitExpect(builder, loc, CmpIPredicate::eq,
             getValueOrCreateConstantIndexOp(builder, loc, size),
             getValueOrCreateConstantIndexOp(builder, loc, count),
             "expects '" + name + "' to have one entry for each sequence");
}
