//===- GdnToGpuSums.cpp - Sums over the elements of tiles -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

/// The sum of `value` (f32) over the lanes that `masks` connects, in each of
/// them: the same bits in each, since addition commutes.
static Value buildButterfly(OpBuilder &builder, Location loc, Value value,
                            ArrayRef<int64_t> masks) {
  for (int64_t mask : masks) {
    Value other = gpu::ShuffleOp::create(builder, loc, value,
                                         /*offset=*/int32_t(mask),
                                         /*width=*/32, gpu::ShuffleMode::XOR)
                      .getShuffleResult();
    value = arith::AddFOp::create(builder, loc, value, other);
  }
  return value;
}

namespace {

struct ConvertSum : public OpConversionPattern<TileSumOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileSumOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value sum = vector::ReductionOp::create(
        rewriter, op.getLoc(), vector::CombiningKind::ADD, adaptor.getInput());
    rewriter.replaceOp(
        op,
        buildButterfly(rewriter, op.getLoc(), sum,
                       op.getInput().getType().getLayout().getLaneMasks(0)));
    return success();
  }
};

struct ConvertContract : public OpConversionPattern<TileContractOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileContractOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto matrix = cast<VectorType>(adaptor.getMatrix().getType());
    VectorType row = op.getOutput().getType().getRegisterType();
    Value sums =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(row));
    for (int64_t i = 0; i < matrix.getDimSize(0); ++i) {
      Value factor =
          vector::ExtractOp::create(rewriter, loc, adaptor.getVector(), i);
      Value factors = vector::BroadcastOp::create(rewriter, loc, row, factor);
      Value elements =
          vector::ExtractOp::create(rewriter, loc, adaptor.getMatrix(), i);
      sums = vector::FMAOp::create(rewriter, loc, factors, elements, sums);
    }
    SmallVector<int64_t> masks =
        op.getMatrix().getType().getLayout().getLaneMasks(0);
    Value result = sums;
    for (int64_t j = 0; j < row.getDimSize(0); ++j) {
      Value sum = vector::ExtractOp::create(rewriter, loc, sums, j);
      sum = buildButterfly(rewriter, loc, sum, masks);
      result = vector::InsertOp::create(rewriter, loc, sum, result, j);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void gdn::populateTileSumPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertSum, ConvertContract>(converter, patterns.getContext());
}
