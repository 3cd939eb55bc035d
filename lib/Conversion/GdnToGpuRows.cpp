//===- GdnToGpuRows.cpp - Pairs of tokens in the registers of a warp ------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

namespace {

/// What a lane holds of 16 tokens, two neighbouring ones of them: its rows 0
/// and 1.
class TokenPair {
public:
  TokenPair(OpBuilder &builder, Location loc, Value tile)
      : b(builder), loc(loc), type(cast<VectorType>(tile.getType())) {
    for (int64_t row : {0, 1})
      rows[row] = vector::ExtractOp::create(builder, loc, tile, row);
  }

  Value pack() const {
    Value tile = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    for (int64_t row : {0, 1})
      tile = vector::InsertOp::create(b, loc, rows[row], tile, row);
    return tile;
  }

  Value rows[2];

private:
  OpBuilder &b;
  Location loc;
  VectorType type;
};

struct ConvertMergeDecay : public OpConversionPattern<TileMergeDecayOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileMergeDecayOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TokenPair prefix(rewriter, loc, adaptor.getPrefix());
    TokenPair suffix(rewriter, loc, adaptor.getSuffix());
    auto multiply = [&](Value lhs, Value rhs) -> Value {
      return arith::MulFOp::create(rewriter, loc, lhs, rhs);
    };
    if (op.getBlock() == 1) {
      // Both rows are here.
      Value lower = multiply(prefix.rows[0], suffix.rows[0]);
      Value upper = multiply(prefix.rows[1], suffix.rows[1]);
      prefix.rows[1] = multiply(lower, prefix.rows[1]);
      suffix.rows[0] = multiply(suffix.rows[0], upper);
    } else {
      Value total = multiply(prefix.rows[1], suffix.rows[1]);
      Value isUpper;
      Value other = buildOther(op, total, isUpper, rewriter);
      Value one = arith::ConstantOp::create(
          rewriter, loc,
          SplatElementsAttr::get(cast<ShapedType>(other.getType()),
                                 rewriter.getF32FloatAttr(1.0f)));
      Value before =
          arith::SelectOp::create(rewriter, loc, isUpper, other, one);
      Value after = arith::SelectOp::create(rewriter, loc, isUpper, one, other);
      for (int64_t row : {0, 1}) {
        prefix.rows[row] = multiply(before, prefix.rows[row]);
        suffix.rows[row] = multiply(suffix.rows[row], after);
      }
    }
    rewriter.replaceOp(op, {prefix.pack(), suffix.pack()});
    return success();
  }

  /// What the lane of the other half of the merged block has of `total`, for
  /// each column, and whether this lane is in the upper one.
  static Value buildOther(TileMergeDecayOp op, Value total, Value &isUpper,
                          ConversionPatternRewriter &rewriter) {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    // Four lanes share a pair of rows.
    int64_t step = 4 * op.getBlock() / 2;
    Value lane = i.rem(buildThread(rewriter, op), 32);
    isUpper = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne,
                                    i.rem(i.div(lane, step), 2), i.constant(0));
    Value other = total;
    int64_t columns = cast<VectorType>(total.getType()).getDimSize(0);
    for (int64_t column = 0; column < columns; ++column) {
      Value own = vector::ExtractOp::create(rewriter, loc, total, column);
      Value theirs = gpu::ShuffleOp::create(rewriter, loc, own, int32_t(step),
                                            /*width=*/32, gpu::ShuffleMode::XOR)
                         .getShuffleResult();
      other = vector::InsertOp::create(rewriter, loc, theirs, other, column);
    }
    return other;
  }
};

struct ConvertTotalDecay : public OpConversionPattern<TileTotalDecayOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileTotalDecayOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    TokenPair prefix(rewriter, op.getLoc(), adaptor.getPrefix());
    TokenPair suffix(rewriter, op.getLoc(), adaptor.getSuffix());
    rewriter.replaceOpWithNewOp<arith::MulFOp>(op, prefix.rows[0],
                                               suffix.rows[0]);
    return success();
  }
};

struct ConvertPickPairs : public OpConversionPattern<TilePickPairsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TilePickPairsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    TileType tile = op.getResult().getType();
    VectorType registers = tile.getRegisterType();
    int64_t rank = tile.getRank(), numRows = registers.getDimSize(rank - 2),
            numColumns = registers.getDimSize(rank - 1);
    Value thread = buildThread(rewriter, op);
    auto buildIndex = [&](int64_t dim, int64_t reg) {
      TileLayoutInterface layout = tile.getLayout();
      return i.add(layout.buildFirstIndex(rewriter, loc, thread, dim),
                   layout.getOffset(dim, reg));
    };
    auto maskType =
        VectorType::get({numRows, numColumns}, rewriter.getI1Type());
    Value mask = arith::ConstantOp::create(rewriter, loc,
                                           rewriter.getZeroAttr(maskType));
    for (int64_t row = 0; row < numRows; ++row)
      for (int64_t column = 0; column < numColumns; ++column) {
        Value isPicked = buildIsPicked(op, buildIndex(rank - 2, row),
                                       buildIndex(rank - 1, column), rewriter);
        mask = vector::InsertOp::create(rewriter, loc, isPicked, mask,
                                        ArrayRef<int64_t>{row, column});
      }
    mask = vector::BroadcastOp::create(
        rewriter, loc,
        VectorType::get(registers.getShape(), rewriter.getI1Type()), mask);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, mask, adaptor.getPairs(),
                                                 adaptor.getOthers());
    return success();
  }

  static Value buildIsPicked(TilePickPairsOp op, Value row, Value column,
                             ConversionPatternRewriter &rewriter) {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    auto compare = [&](arith::CmpIPredicate predicate, Value lhs,
                       Value rhs) -> Value {
      return arith::CmpIOp::create(rewriter, loc, predicate, lhs, rhs);
    };
    if (op.getBlock() == 0)
      return compare(arith::CmpIPredicate::eq, row, column);
    // The halves of blocks are numbered; i's is odd and follows j's.
    Value upper = i.div(row, op.getBlock()),
          lower = i.div(column, op.getBlock());
    Value isUpper =
        compare(arith::CmpIPredicate::eq, i.rem(upper, 2), i.constant(1));
    Value differing = arith::XOrIOp::create(rewriter, loc, upper, lower);
    Value isJoined =
        compare(arith::CmpIPredicate::eq, differing, i.constant(1));
    return arith::AndIOp::create(rewriter, loc, isJoined, isUpper);
  }
};

/// Column j of the inverse in the lane of that column:
/// x[i] = -lower[i, j] - sum over j < l < i of lower[i, l] * x[l].
struct ConvertUnitInverse : public OpConversionPattern<TileUnitInverseOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileUnitInverseOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    TileType tile = op.getOutput().getType();
    VectorType type = tile.getRegisterType();
    SharedAddress source(rewriter, loc, op.getSource().getType(),
                         adaptor.getSource());
    Value thread = buildThread(rewriter, op);
    Value firstColumn =
        tile.getLayout().buildFirstIndex(rewriter, loc, thread, 1);
    Value result =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    for (int64_t reg = 0; reg < type.getDimSize(1); ++reg) {
      Value column = i.add(firstColumn, tile.getLayout().getOffset(1, reg));
      SmallVector<Value> solved = solve(op, column, source, adaptor.getSlot(),
                                        type.getDimSize(0), rewriter);
      for (auto [row, value] : llvm::enumerate(solved))
        result = vector::InsertOp::create(rewriter, loc, value, result,
                                          ArrayRef<int64_t>{int64_t(row), reg});
    }
    rewriter.replaceOp(op, result);
    return success();
  }

  /// The column, row by row. Terms up to the diagonal are 0: x is 0 there, and
  /// what stands in `lower` does not count.
  SmallVector<Value> solve(TileUnitInverseOp op, Value column,
                           const SharedAddress &source, Value slot,
                           int64_t rows,
                           ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    Type f32 = rewriter.getF32Type();
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getF32FloatAttr(0));
    SmallVector<Value> x = {zero};
    for (int64_t row = 1; row < rows; ++row) {
      // Else all loads of the matrix come first, in too many registers.
      if (row % 2 == 0)
        NVVM::SyncWarpOp::create(
            rewriter, loc, arith::ConstantIntOp::create(rewriter, loc, -1, 32));
      // Only what is below the diagonal was written.
      Value isBelow = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::ult, column, i.constant(row));
      Value known = arith::SelectOp::create(rewriter, loc, isBelow, column,
                                            i.constant(0));
      Value own = LLVM::LoadOp::create(
          rewriter, loc, f32, source.build({slot, i.constant(row), known}), 4);
      Value sum = arith::SelectOp::create(rewriter, loc, isBelow, own, zero);
      for (int64_t l = 1; l < row; ++l) {
        Value factor = LLVM::LoadOp::create(
            rewriter, loc, f32,
            source.build({slot, i.constant(row), i.constant(l)}), 4);
        sum = math::FmaOp::create(rewriter, loc, factor, x[l], sum);
      }
      x.push_back(arith::NegFOp::create(rewriter, loc, sum));
    }
    return x;
  }
};

} // namespace

void gdn::populateTileRowPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertMergeDecay, ConvertTotalDecay, ConvertPickPairs,
               ConvertUnitInverse>(converter, patterns.getContext());
}
