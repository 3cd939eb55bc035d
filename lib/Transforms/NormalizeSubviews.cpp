//===- NormalizeSubviews.cpp - Steps of single elements -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_NORMALIZESUBVIEWSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;

/// What `metadata` says at run time where `statics` is dynamic.
static SmallVector<OpFoldResult>
mix(Builder &builder, ArrayRef<int64_t> statics, ValueRange metadata) {
  SmallVector<OpFoldResult> mixed;
  for (auto [number, value] : llvm::zip_equal(statics, metadata)) {
    if (ShapedType::isDynamic(number))
      mixed.push_back(value);
    else
      mixed.push_back(builder.getIndexAttr(number));
  }
  return mixed;
}

/// `view` as `type`, which differs at most in the strides of dimensions of size
/// 1.
static Value castStrides(PatternRewriter &rewriter, Location loc, Value view,
                         MemRefType type) {
  if (view.getType() == type)
    return view;
  auto metadata = memref::ExtractStridedMetadataOp::create(rewriter, loc, view);
  auto [strides, offset] = type.getStridesAndOffset();
  return memref::ReinterpretCastOp::create(
      rewriter, loc, type, metadata.getBaseBuffer(),
      mix(rewriter, offset, metadata.getOffset()).front(),
      mix(rewriter, type.getShape(), metadata.getSizes()),
      mix(rewriter, strides, metadata.getStrides()));
}

namespace {

struct StepByOne : public OpRewritePattern<memref::SubViewOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(memref::SubViewOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<OpFoldResult> sizes = op.getMixedSizes();
    SmallVector<OpFoldResult> steps = op.getMixedStrides();
    bool changed = false;
    for (auto [size, step] : llvm::zip_equal(sizes, steps)) {
      if (!isConstantIntValue(size, 1) || isConstantIntValue(step, 1))
        continue;
      step = rewriter.getIndexAttr(1);
      changed = true;
    }
    if (!changed)
      return failure();
    SmallVector<OpFoldResult> offsets = op.getMixedOffsets();
    MemRefType type = memref::SubViewOp::inferRankReducedResultType(
        op.getType().getShape(), op.getSourceType(), offsets, sizes, steps);
    Value view = memref::SubViewOp::create(
        rewriter, op.getLoc(), type, op.getSource(), offsets, sizes, steps);
    rewriter.replaceOp(op,
                       castStrides(rewriter, op.getLoc(), view, op.getType()));
    return success();
  }
};

struct NormalizeSubviewsPass
    : public gdn::impl::NormalizeSubviewsPassBase<NormalizeSubviewsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<StepByOne>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
