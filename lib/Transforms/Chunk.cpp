//===- Chunk.cpp - The rule to its chunked form ---------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gdn {
#define GEN_PASS_DEF_CHUNKPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Parts of at least 32 value channels while fewer than 8 pieces of work are
/// known to exist.
static int64_t chooseValueSplit(DeltaRuleOp op) {
  constexpr int64_t wanted = 8;
  int64_t sequences = ShapedType::isDynamic(op.getSequences())
                          ? 1
                          : std::min(op.getSequences(), wanted);
  int64_t known = std::min(op.getValueHeads(), wanted) * sequences;
  int64_t channels = op.getValueChannels(), split = 1;
  while (known * split < wanted && channels % (2 * split) == 0 &&
         channels / (2 * split) >= 32)
    split *= 2;
  return split;
}

namespace {
struct ChunkPass : public gdn::impl::ChunkPassBase<ChunkPass> {
  using ChunkPassBase::ChunkPassBase;

  void runOnOperation() override {
    if (chunkSize < 1 || chunkSize > 128 || valueSplit < 0) {
      getOperation()->emitError("expects chunk-size to be 1 to 128 and "
                                "value-split to be at least 0, but got ")
          << chunkSize << " and " << valueSplit;
      return signalPassFailure();
    }
    SmallVector<ChunkOpInterface> ops;
    getOperation()->walk([&](ChunkOpInterface op) { ops.push_back(op); });
    for (ChunkOpInterface op : ops)
      if (failed(rewrite(op)))
        return signalPassFailure();
  }

  LogicalResult rewrite(ChunkOpInterface op) {
    int64_t split = valueSplit;
    if (auto rule = dyn_cast<DeltaRuleOp>(op.getOperation()); rule && !split)
      split = chooseValueSplit(rule);
    IRRewriter rewriter(op);
    FailureOr<SmallVector<Value>> values =
        op.buildChunked(rewriter, chunkSize, split);
    if (failed(values))
      return failure();
    rewriter.replaceOp(op, *values);
    return success();
  }
};
} // namespace
