//===- VerifyTiled.cpp - The contract of the tiled form -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gdn {
#define GEN_PASS_DEF_VERIFYTILEDPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Whether `op` may touch tensors in the program of a CTA: it reads or writes
/// memory through them, or carries them along.
static bool isLegal(Operation *op) {
  // A part of a tensor would be copied to another one.
  if (auto insert = dyn_cast<tensor::ParallelInsertSliceOp>(op)) {
    auto slice = insert.getSource().getDefiningOp<tensor::ExtractSliceOp>();
    return !slice || (slice.getSource() == insert.getDest() &&
                      slice.isSameAs(insert, isEqualConstantIntOrValue));
  }
  if (isa<TileLoadOp, TileStoreOp, SequenceRuleOp, tensor::ExtractOp,
          tensor::ExtractSliceOp, tensor::DimOp, tensor::EmptyOp, scf::ForOp,
          scf::YieldOp>(op))
    return true;
  return llvm::none_of(op->getOperandTypes(), llvm::IsaPred<TensorType>) &&
         llvm::none_of(op->getResultTypes(), llvm::IsaPred<TensorType>);
}

namespace {
struct VerifyTiledPass
    : public gdn::impl::VerifyTiledPassBase<VerifyTiledPass> {
  void runOnOperation() override {
    auto check = [](Operation *op) {
      if (isLegal(op))
        return WalkResult::advance();
      op->emitError("is not in tiled form: ") << op->getName() << " remains";
      return WalkResult::interrupt();
    };
    WalkResult result = getOperation()->walk([&](scf::ForallOp program) {
      if (!program->hasAttr("gdn.schedule"))
        return WalkResult::advance();
      return program.getBody()->walk(check);
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
