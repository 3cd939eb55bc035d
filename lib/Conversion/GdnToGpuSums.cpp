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
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

/// What `Combine` makes of `value` (32 bits) over the lanes that `masks`
/// connects, in each of them: the same bits in each, since it commutes.
template <typename Combine>
static Value buildButterfly(OpBuilder &builder, Location loc, Value value,
                            ArrayRef<int64_t> masks) {
  for (int64_t mask : masks) {
    Value other = gpu::ShuffleOp::create(builder, loc, value,
                                         /*offset=*/int32_t(mask),
                                         /*width=*/32, gpu::ShuffleMode::XOR)
                      .getShuffleResult();
    value = Combine::create(builder, loc, value, other);
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
        op, buildButterfly<arith::AddFOp>(
                rewriter, op.getLoc(), sum,
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
      sum = buildButterfly<arith::AddFOp>(rewriter, loc, sum, masks);
      result = vector::InsertOp::create(rewriter, loc, sum, result, j);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertLargest : public OpConversionPattern<TileLargestOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileLargestOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    VectorType type = op.getOutput().getType().getRegisterType();
    Value sizes = math::AbsFOp::create(rewriter, loc, adaptor.getInput());
    SmallVector<int64_t> masks =
        op.getInput().getType().getLayout().getLaneMasks(1);
    Value result =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    for (int64_t row = 0; row < type.getDimSize(0); ++row) {
      Value largest = reduce(
          vector::ExtractOp::create(rewriter, loc, sizes, row), rewriter);
      largest = buildButterfly<arith::MaxNumFOp>(rewriter, loc, largest, masks);
      result = vector::InsertOp::create(rewriter, loc, largest, result, row);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

  /// By halves, so that no maximum waits for many others.
  static Value reduce(Value row, OpBuilder &b) {
    Location loc = row.getLoc();
    int64_t count = cast<VectorType>(row.getType()).getDimSize(0);
    for (; count % 2 == 0; count /= 2) {
      auto half = [&](int64_t first) {
        return vector::ExtractStridedSliceOp::create(b, loc, row, first,
                                                     count / 2, 1);
      };
      row = arith::MaxNumFOp::create(b, loc, half(0), half(count / 2));
    }
    return vector::ReductionOp::create(b, loc, vector::CombiningKind::MAXNUMF,
                                       row);
  }
};

/// Of all elements of a row together, a bit of the exponent is set where it is
/// in any of them: from 2 on the first one, from 2^-7 on the second one.
struct ConvertFitsF16 : public OpConversionPattern<TileFitsF16Op> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileFitsF16Op op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    constexpr int32_t mask = 0x6000, wanted = 0x2000, halves = 0x10001;
    Location loc = op.getLoc();
    Type i32 = rewriter.getI32Type();
    auto constant = [&](int32_t value) -> Value {
      return arith::ConstantIntOp::create(rewriter, loc, value, 32);
    };
    auto type = cast<VectorType>(adaptor.getInput().getType());
    Value fits;
    // Two rows at a time: one in each half of 32 bits.
    for (int64_t row = 0; row < type.getDimSize(0); row += 2) {
      Value both;
      for (int64_t below : {0, 1}) {
        Value bits = reduce(vector::ExtractOp::create(
                                rewriter, loc, adaptor.getInput(), row + below),
                            rewriter);
        Value other =
            below ? arith::ShLIOp::create(rewriter, loc, bits, constant(16))
                        .getResult()
                  : arith::ShRUIOp::create(rewriter, loc, bits, constant(16))
                        .getResult();
        bits = arith::OrIOp::create(rewriter, loc, bits, other);
        bits = arith::AndIOp::create(rewriter, loc, bits,
                                     constant(below ? mask << 16 : mask));
        both = below
                   ? arith::OrIOp::create(rewriter, loc, both, bits).getResult()
                   : bits;
      }
      both = buildButterfly<arith::OrIOp>(
          rewriter, loc, both,
          op.getInput().getType().getLayout().getLaneMasks(1));
      Value are = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                        both, constant(wanted * halves));
      fits = row ? arith::AndIOp::create(rewriter, loc, fits, are).getResult()
                 : are;
    }
    rewriter.replaceOpWithNewOp<NVVM::VoteSyncOp>(
        op, rewriter.getI1Type(), constant(-1), fits, NVVM::VoteSyncKind::all);
    return success();
  }

  /// The bits of all pairs of neighbours together.
  static Value reduce(Value row, OpBuilder &b) {
    Location loc = row.getLoc();
    int64_t count = cast<VectorType>(row.getType()).getDimSize(0) / 2;
    row = vector::BitCastOp::create(
        b, loc, VectorType::get(count, b.getI32Type()), row);
    return vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, row);
  }
};

/// Of the bits of f32 the exponent counts. It is `middle` where nothing is
/// scaled.
struct ConvertF16Scale : public OpConversionPattern<TileF16ScaleOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileF16ScaleOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    constexpr int32_t one = 1 << 23, bias = 127, middle = bias - 3;
    // Both powers are normal numbers.
    constexpr int32_t least = 7, most = 250;
    Location loc = op.getLoc();
    VectorType type = op.getBounds().getType().getRegisterType();
    VectorType bits = type.clone(rewriter.getI32Type());
    auto splat = [&](int32_t value) {
      return arith::ConstantOp::create(
          rewriter, loc,
          SplatElementsAttr::get(bits, rewriter.getI32IntegerAttr(value)));
    };
    Value exponent = arith::AndIOp::create(
        rewriter, loc,
        arith::BitcastOp::create(rewriter, loc, bits, adaptor.getBounds()),
        splat(0xff * one));
    exponent =
        arith::MaxUIOp::create(rewriter, loc, exponent, splat(least * one));
    exponent =
        arith::MinUIOp::create(rewriter, loc, exponent, splat(most * one));
    Value scale = arith::SubIOp::create(rewriter, loc,
                                        splat((bias + middle) * one), exponent);
    Value inverse = arith::SubIOp::create(rewriter, loc, exponent,
                                          splat((middle - bias) * one));
    rewriter.replaceOp(
        op,
        {arith::BitcastOp::create(rewriter, loc, type, scale).getResult(),
         arith::BitcastOp::create(rewriter, loc, type, inverse).getResult()});
    return success();
  }
};

} // namespace

void gdn::populateTileSumPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertSum, ConvertContract, ConvertLargest, ConvertFitsF16,
               ConvertF16Scale>(converter, patterns.getContext());
}
