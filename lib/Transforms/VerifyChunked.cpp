//===- VerifyChunked.cpp - The contract of the chunked form ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gdn {
#define GEN_PASS_DEF_VERIFYCHUNKEDPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

namespace {
struct VerifyChunkedPass
    : public gdn::impl::VerifyChunkedPassBase<VerifyChunkedPass> {
  void runOnOperation() override {
    WalkResult result = getOperation()->walk([](Operation *op) {
      if (isa<ChunkOpInterface>(op)) {
        op->emitError("is not in chunked form: ")
            << op->getName() << " remains";
        return WalkResult::interrupt();
      }
      bool chunkLevel =
          isa<ChunkScanOp, ChunkScoresOp, ChunkSolveOp, RecurrentStepOp>(op);
      if (chunkLevel && !op->getParentOfType<scf::ForallOp>()) {
        op->emitError("is not in chunked form: ")
            << op->getName() << " stands outside the parallel loop over "
            << "sequences and heads";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
