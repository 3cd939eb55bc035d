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
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gdn {
#define GEN_PASS_DEF_CHUNKPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

namespace {
struct ChunkPass : public gdn::impl::ChunkPassBase<ChunkPass> {
  using ChunkPassBase::ChunkPassBase;

  void runOnOperation() override {
    if (chunkSize < 1 || chunkSize > 128 || valueSplit < 0) {
      emitError(UnknownLoc::get(&getContext()),
                "expects chunk-size to be 1 to 128 and value-split to be at "
                "least 0, but got ")
          << int64_t(chunkSize) << " and " << int64_t(valueSplit);
      return signalPassFailure();
    }
    SmallVector<ChunkOpInterface> ops;
    getOperation()->walk([&](ChunkOpInterface op) { ops.push_back(op); });
    for (ChunkOpInterface op : ops)
      if (failed(rewrite(op)))
        return signalPassFailure();
  }

  LogicalResult rewrite(ChunkOpInterface op) {
    if (!useSchedules)
      op->removeAttr("schedule");
    IRRewriter rewriter(op);
    FailureOr<SmallVector<Value>> values =
        op.buildChunked(rewriter, {chunkSize, valueSplit, deviceMemory});
    if (failed(values))
      return failure();
    rewriter.replaceOp(op, *values);
    return success();
  }
};
} // namespace
