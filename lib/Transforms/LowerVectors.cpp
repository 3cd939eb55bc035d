//===- LowerVectors.cpp - Vector ops on single registers ------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_LOWERVECTORSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;

namespace {

/// A transfer of rank 0 is one element, whatever the strides around it.
struct LowerElementRead : public OpRewritePattern<vector::TransferReadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(vector::TransferReadOp op,
                                PatternRewriter &rewriter) const override {
    VectorType type = op.getVectorType();
    auto source = dyn_cast<MemRefType>(op.getBase().getType());
    if (type.getRank() != 0 || op.getMask() || !source ||
        source.getElementType() != type.getElementType())
      return failure();
    Value element = memref::LoadOp::create(rewriter, op.getLoc(), op.getBase(),
                                           op.getIndices());
    rewriter.replaceOpWithNewOp<vector::BroadcastOp>(op, type, element);
    return success();
  }
};

struct LowerElementWrite : public OpRewritePattern<vector::TransferWriteOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(vector::TransferWriteOp op,
                                PatternRewriter &rewriter) const override {
    VectorType type = op.getVectorType();
    auto target = dyn_cast<MemRefType>(op.getBase().getType());
    if (type.getRank() != 0 || op.getMask() || !target ||
        target.getElementType() != type.getElementType())
      return failure();
    Value element =
        vector::ExtractOp::create(rewriter, op.getLoc(), op.getVector());
    rewriter.replaceOpWithNewOp<memref::StoreOp>(op, element, op.getBase(),
                                                 op.getIndices());
    return success();
  }
};

struct LowerVectorsPass
    : public gdn::impl::LowerVectorsPassBase<LowerVectorsPass> {
  void runOnOperation() override {
    if (failed(lowerContractions()) || failed(lowerShapes()) ||
        failed(unrollTransfers()) || failed(lowerRows()))
      signalPassFailure();
  }

  /// Products to outer products, and these to `vector.fma`.
  LogicalResult lowerContractions() {
    RewritePatternSet patterns(&getContext());
    vector::populateVectorTransferPermutationMapLoweringPatterns(patterns);
    vector::populateVectorContractLoweringPatterns(
        patterns, vector::VectorContractLowering::OuterProduct);
    vector::populateVectorOuterProductLoweringPatterns(patterns);
    vector::populateVectorMultiReductionLoweringPatterns(
        patterns, vector::VectorMultiReductionLowering::InnerReduction);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  LogicalResult lowerShapes() {
    RewritePatternSet patterns(&getContext());
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorTransposeLoweringPatterns(
        patterns, vector::VectorTransposeLowering::Shuffle16x16);
    vector::populateVectorShapeCastLoweringPatterns(patterns);
    vector::populateVectorMaskOpLoweringPatterns(patterns);
    vector::populateVectorStepLoweringPatterns(patterns);
    vector::populateVectorGatherLoweringPatterns(patterns);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  /// Rows one by one, unrolled: they stay in registers.
  LogicalResult unrollTransfers() {
    RewritePatternSet patterns(&getContext());
    VectorTransferToSCFOptions options;
    options.enableFullUnroll();
    populateVectorToSCFConversionPatterns(patterns, options);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  /// A row that lies in bounds, or an element, is a plain load or store.
  LogicalResult lowerRows() {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerElementRead, LowerElementWrite>(&getContext(),
                                                      /*benefit=*/2);
    vector::populateVectorTransferLoweringPatterns(patterns,
                                                   /*maxTransferRank=*/1);
    vector::ExtractOp::getCanonicalizationPatterns(patterns, &getContext());
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
