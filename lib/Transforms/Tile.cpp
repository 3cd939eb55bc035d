//===- Tile.cpp - The chunked form to the programs of CTAs ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TilePatterns.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_TILEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

namespace {
struct TilePass : public gdn::impl::TilePassBase<TilePass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateTileRecurrentStepPatterns(set);
    populateTileLoadPatterns(set);
    populateTileStorePatterns(set);
    scf::ForOp::getCanonicalizationPatterns(set, context);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    SmallVector<scf::ForallOp> programs;
    getOperation()->walk([&](scf::ForallOp loop) {
      if (loop->hasAttr("gdn.schedule"))
        programs.push_back(loop);
    });
    for (scf::ForallOp program : programs)
      if (failed(tile(program)))
        return signalPassFailure();
  }

  /// To a fixed point, but in the loop alone: it is not isolated from what is
  /// around it, as an op that the driver works on must be.
  LogicalResult applyPatterns(scf::ForallOp program) {
    GreedyRewriteConfig config;
    config.setScope(&program.getRegion());
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    return applyPatternsGreedily(
        program->getParentWithTrait<OpTrait::IsIsolatedFromAbove>(), patterns,
        config);
  }

  LogicalResult tile(scf::ForallOp program) {
    if (failed(applyPatterns(program)))
      return failure();
    // The state stays in registers over all tokens.
    IRRewriter rewriter(program.getContext());
    SmallVector<LoopLikeOpInterface> loops;
    program.getBody()->walk([&](scf::ForOp loop) { loops.push_back(loop); });
    for (LoopLikeOpInterface loop : loops)
      hoistLoopInvariantSubsets(rewriter, loop);
    return applyPatterns(program);
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
