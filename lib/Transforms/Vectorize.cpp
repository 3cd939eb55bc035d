//===- Vectorize.cpp - Tiles of static size become vectors ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_VECTORIZEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

/// The most steps of a tile that is unrolled into vectors.
static constexpr int64_t kMaxSteps = 8192;

/// Vectors of elements that are no whole bytes are packed in memory, scalars
/// are not: such tensors stay scalar.
static bool hasByteElements(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIndex() ||
         (element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0);
}

static bool isVectorizable(LinalgOp op) {
  if (op.getNumLoops() == 0 || op.hasDynamicShape() ||
      !op.hasPureTensorSemantics())
    return false;
  int64_t steps = 1;
  for (int64_t extent : op.getStaticLoopRanges()) {
    if (extent == 0 || (steps *= extent) > kMaxSteps)
      return false;
  }
  return llvm::all_of(op->getOperandTypes(), hasByteElements) &&
         succeeded(linalg::vectorizeOpPrecondition(op));
}

/// True if `loop` sums up products, of a value of either input in each step.
static bool sumsProducts(linalg::GenericOp op, unsigned loop) {
  AffineExpr dim = getAffineDimExpr(loop, op.getContext());
  return op.getIteratorTypesArray()[loop] == utils::IteratorType::reduction &&
         linalg::isaContractionOpInterface(op) &&
         llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *input) {
           return op.getMatchingIndexingMap(input).getResultPosition(dim);
         });
}

/// Loops of one step, but for the sum of a product: its multiply and add stay
/// one operation. A sum over one input only cannot stay: `vector.contract` has
/// none.
static SmallVector<unsigned> getDroppableLoops(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  if (!generic || !isVectorizable(generic))
    return {};
  SmallVector<int64_t> extents = generic.getStaticLoopRanges();
  SmallVector<unsigned> loops;
  for (auto [loop, extent] : llvm::enumerate(extents))
    if (extent == 1 && !sumsProducts(generic, loop))
      loops.push_back(loop);
  // One loop stays to be vectorized.
  if (loops.size() == extents.size())
    loops.pop_back();
  return loops;
}

namespace {

struct VectorizePass : public gdn::impl::VectorizePassBase<VectorizePass> {
  void runOnOperation() override {
    generalizeTiles();
    if (failed(dropUnitLoops()))
      return signalPassFailure();
    vectorizeTiles();
    if (failed(foldTransfers()))
      return signalPassFailure();
    hoistAccumulators();
    if (failed(foldTransfers()))
      return signalPassFailure();
  }

  void generalizeTiles() {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](LinalgOp op) {
      if (isa<linalg::GenericOp>(op) || !isVectorizable(op))
        return;
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op);
    });
  }

  LogicalResult dropUnitLoops() {
    linalg::ControlDropUnitDims options;
    options.rankReductionStrategy =
        linalg::ControlDropUnitDims::RankReductionStrategy::ExtractInsertSlice;
    options.controlFn = getDroppableLoops;
    RewritePatternSet patterns(&getContext());
    linalg::populateFoldUnitExtentDimsPatterns(patterns, options);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  void vectorizeTiles() {
    IRRewriter rewriter(&getContext());
    SmallVector<LinalgOp> ops;
    getOperation()->walk([&](LinalgOp op) {
      if (isVectorizable(op))
        ops.push_back(op);
    });
    for (LinalgOp op : ops) {
      rewriter.setInsertionPoint(op);
      FailureOr<linalg::VectorizationResult> result =
          linalg::vectorize(rewriter, op);
      if (succeeded(result))
        rewriter.replaceOp(op, result->replacements);
    }
  }

  /// Lets transfers address the tensor that a slice was taken from, and turns
  /// multiplied and added broadcasts into `vector.contract`.
  LogicalResult foldTransfers() {
    RewritePatternSet patterns(&getContext());
    vector::populateVectorTransferPermutationMapLoweringPatterns(patterns);
    vector::populateVectorReductionToContractPatterns(patterns);
    vector::populateFoldArithExtensionPatterns(patterns);
    vector::populateSinkVectorOpsPatterns(patterns);
    tensor::populateFoldTensorSubsetIntoVectorTransferPatterns(patterns);
    tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns,
                                                        &getContext());
    tensor::InsertSliceOp::getCanonicalizationPatterns(patterns, &getContext());
    vector::TransferReadOp::getCanonicalizationPatterns(patterns,
                                                        &getContext());
    vector::TransferWriteOp::getCanonicalizationPatterns(patterns,
                                                         &getContext());
    vector::ContractionOp::getCanonicalizationPatterns(patterns, &getContext());
    scf::ForOp::getCanonicalizationPatterns(patterns, &getContext());
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  /// Loads and stores of what an innermost loop only adds to leave the loop.
  /// Outer loops keep theirs: their slices may touch, which bufferization
  /// answers with copies.
  void hoistAccumulators() {
    IRRewriter rewriter(&getContext());
    SmallVector<scf::ForOp> loops;
    getOperation()->walk([&](scf::ForOp loop) {
      if (!loop.getBody()
               ->walk(
                   [](LoopLikeOpInterface) { return WalkResult::interrupt(); })
               .wasInterrupted())
        loops.push_back(loop);
    });
    for (LoopLikeOpInterface loop : loops) {
      moveLoopInvariantCode(loop);
      hoistLoopInvariantSubsets(rewriter, loop);
    }
  }
};

} // namespace
