//===- PipelineTokens.cpp - Loads ahead of the token in work --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

namespace gdn {
#define GEN_PASS_DEF_PIPELINETOKENSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Whether `op` reads memory.
static bool isLoad(Operation *op) {
  return isa<TileLoadOp, tensor::ExtractOp>(op);
}

/// Gathers the loads of a token and what computes where they read. False where
/// there are none, or where they depend on what the loop carries.
static bool getLoads(scf::ForOp loop, llvm::SetVector<Operation *> &loads) {
  BackwardSliceOptions options;
  options.filter = [&](Operation *op) {
    return op->getBlock() == loop.getBody();
  };
  options.inclusive = true;
  for (Operation &op : *loop.getBody()) {
    if (!isLoad(&op))
      continue;
    // What stores to a buffer changes is not seen in values.
    if (llvm::any_of(op.getOperandTypes(), llvm::IsaPred<MemRefType>) ||
        failed(getBackwardSlice(&op, &loads, options)))
      return false;
  }
  auto isCarried = [&](Value value) {
    return llvm::is_contained(loop.getRegionIterArgs(), value);
  };
  return !loads.empty() && llvm::all_of(loads, [&](Operation *op) {
    return isLoad(op) || (isPure(op) && op->getNumRegions() == 0);
  }) && llvm::none_of(loads, [&](Operation *op) {
    return llvm::any_of(op->getOperands(), isCarried);
  });
}

/// `op` where `condition` holds; zeros elsewhere, for a load.
static Operation *predicate(RewriterBase &rewriter, Operation *op,
                            Value condition) {
  if (!isLoad(op))
    return op;
  Location loc = op->getLoc();
  rewriter.setInsertionPoint(op);
  auto guarded = scf::IfOp::create(rewriter, loc, op->getResultTypes(),
                                   condition, /*withElseRegion=*/true);
  rewriter.replaceAllUsesWith(op->getResults(), guarded.getResults());
  rewriter.moveOpBefore(op, guarded.thenBlock(), guarded.thenBlock()->end());
  rewriter.setInsertionPointToEnd(guarded.thenBlock());
  scf::YieldOp::create(rewriter, loc, op->getResults());
  rewriter.setInsertionPointToEnd(guarded.elseBlock());
  Type type = op->getResult(0).getType();
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(getElementTypeOrSelf(type)));
  if (isa<TileType>(type))
    zero = TileSplatOp::create(rewriter, loc, type, zero);
  scf::YieldOp::create(rewriter, loc, zero);
  return guarded;
}

/// Pipelines `loop`, with its loads `distance` tokens ahead of the rest.
static LogicalResult pipeline(RewriterBase &rewriter, scf::ForOp loop,
                              unsigned distance) {
  llvm::SetVector<Operation *> loads;
  if (!getLoads(loop, loads))
    return success();
  scf::PipeliningOption options;
  options.supportDynamicLoops = true;
  options.peelEpilogue = false;
  options.predicateFn = predicate;
  options.getScheduleFn =
      [&](scf::ForOp loop,
          std::vector<std::pair<Operation *, unsigned>> &schedule) {
        for (Operation &op : loop.getBody()->without_terminator())
          if (loads.contains(&op))
            schedule.emplace_back(&op, 0);
        for (Operation &op : loop.getBody()->without_terminator())
          if (!loads.contains(&op))
            schedule.emplace_back(&op, distance);
      };
  rewriter.setInsertionPoint(loop);
  if (failed(scf::pipelineForLoop(rewriter, loop, options)))
    return loop.emitError("cannot load the operands of tokens ahead");
  return success();
}

/// Moves the loads of rows in `block` before those of the state, which take
/// longer, and both before all arithmetic. Of a lone warp scalars come first,
/// too; of several, other warps hide the wait for them, and a GPU filled with
/// states moves them faster as they are (by 1%).
static void orderLoads(Block &block, bool isOneWarp) {
  llvm::SetVector<Operation *> loads;
  BackwardSliceOptions options;
  options.filter = [&](Operation *op) { return op->getBlock() == &block; };
  options.inclusive = true;
  options.omitUsesFromAbove = false;
  auto gather = [&](function_ref<bool(Operation *)> isWanted) {
    for (Operation &op : block)
      if (isLoad(&op) && isa<TensorType>(op.getOperand(0).getType()) &&
          isWanted(&op))
        (void)getBackwardSlice(&op, &loads, options);
  };
  gather([&](Operation *op) {
    auto load = dyn_cast<TileLoadOp>(op);
    return load ? load.getTile().getType().getRank() == 1 : isOneWarp;
  });
  gather(llvm::IsaPred<TileLoadOp>);
  if (loads.empty())
    return;
  auto first =
      llvm::find_if(block, [&](Operation &op) { return !loads.contains(&op); });
  for (Operation *op : loads)
    op->moveBefore(&*first);
}

namespace {
struct PipelineTokensPass
    : public gdn::impl::PipelineTokensPassBase<PipelineTokensPass> {
  void runOnOperation() override {
    SmallVector<std::pair<scf::ForOp, unsigned>> loops;
    getOperation()->walk([&](scf::ForallOp program) {
      auto schedule = program->getAttrOfType<ScheduleAttr>("gdn.schedule");
      if (!schedule)
        return;
      orderLoads(*program.getBody(), schedule.getWarps() == 1);
      if (schedule.getStages() == 1)
        return;
      program.getBody()->walk([&](scf::ForOp loop) {
        loops.emplace_back(loop, schedule.getStages() - 1);
      });
    });
    IRRewriter rewriter(&getContext());
    for (auto [loop, distance] : loops)
      if (failed(pipeline(rewriter, loop, distance)))
        return signalPassFailure();
  }
};
} // namespace
