//===- TileForCpu.cpp - Tiles for threads and vector registers ------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuTiles.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_TILEFORCPUPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

static bool isTileable(LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() == 0 ||
      op.getNumLoops() == 0 || isa<linalg::FillOp>(op))
    return false;
  for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
    if (!isSliceable(op, dim))
      return false;
  return llvm::all_of(op->getResultTypes(), [](Type type) {
    return getElementTypeOrSelf(type).isIntOrIndexOrFloat();
  });
}

static SmallVector<Value> tileOp(RewriterBase &rewriter, LinalgOp op) {
  std::optional<Product> product = matchProduct(op);
  auto body = [&](RewriterBase &rewriter, LinalgOp part) {
    return tileForRegisters(rewriter, part, product);
  };
  bool isInParallel = op->getParentOfType<scf::ForallOp>() ||
                      op->getParentOfType<scf::ParallelOp>();
  return isInParallel ? body(rewriter, op)
                      : tileForTasks(rewriter, op, product, body);
}

namespace {

struct TileForCpuPass : public gdn::impl::TileForCpuPassBase<TileForCpuPass> {
  void runOnOperation() override {
    SmallVector<LinalgOp> ops, fills;
    getOperation()->walk([&](LinalgOp op) {
      if (isTileable(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (LinalgOp op : ops)
      tileAndReplace(rewriter, op);
    // What is left of the fills after the products took theirs.
    getOperation()->walk([&](linalg::FillOp op) {
      if (op.hasPureTensorSemantics() && op.getNumLoops() > 0)
        fills.push_back(op);
    });
    for (LinalgOp op : fills)
      tileAndReplace(rewriter, op);
    if (failed(simplify()))
      signalPassFailure();
  }

  static void tileAndReplace(RewriterBase &rewriter, LinalgOp op) {
    if (op->use_empty())
      return rewriter.eraseOp(op);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> results = tileOp(rewriter, op);
    if (results.front() != op->getResult(0))
      rewriter.replaceOp(op, results);
  }

  /// Folds slices of slices and the arithmetic of their sizes.
  LogicalResult simplify() {
    RewritePatternSet patterns(&getContext());
    tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns,
                                                        &getContext());
    affine::AffineApplyOp::getCanonicalizationPatterns(patterns, &getContext());
    affine::AffineMinOp::getCanonicalizationPatterns(patterns, &getContext());
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
