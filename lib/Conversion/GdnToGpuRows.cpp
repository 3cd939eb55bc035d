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
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

namespace {

static Value buildFirstIndex(OpBuilder &b, Operation *op, TileType tile,
                             int64_t dim) {
  return tile.getLayout().buildFirstIndex(b, op->getLoc(), buildThread(b, op),
                                          dim);
}

struct ConvertSwapBlocks : public OpConversionPattern<TileSwapBlocksOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileSwapBlocksOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TileLayoutInterface layout = op.getInput().getType().getLayout();
    int64_t mask = layout.getLaneMasks(0)[llvm::Log2_64(op.getBlock())];
    auto type = cast<VectorType>(adaptor.getInput().getType());
    Value result = adaptor.getInput();
    for (int64_t reg = 0; reg < type.getNumElements(); ++reg) {
      SmallVector<int64_t> position =
          delinearize(reg, computeSuffixProduct(type.getShape()));
      Value own = vector::ExtractOp::create(rewriter, loc, adaptor.getInput(),
                                            position);
      Value other =
          gpu::ShuffleOp::create(rewriter, loc, own, /*offset=*/int32_t(mask),
                                 /*width=*/32, gpu::ShuffleMode::XOR)
              .getShuffleResult();
      result = vector::InsertOp::create(rewriter, loc, other, result, position);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// One predicated multiplication for each register.
struct ConvertDecayHalf : public OpConversionPattern<TileDecayHalfOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileDecayHalfOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    Value input = adaptor.getInput();
    Value decayed =
        arith::MulFOp::create(rewriter, loc, input, adaptor.getFactors());
    Value row = buildFirstIndex(rewriter, op, op.getInput().getType(), 0);
    Value isUpper = arith::CmpIOp::create(
        rewriter, loc, arith::CmpIPredicate::eq,
        i.rem(i.div(row, op.getBlock()), 2), i.constant(1));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(
        op, isUpper, op.getUpper() ? decayed : input,
        op.getUpper() ? input : decayed);
    return success();
  }
};

struct ConvertCommonRow : public OpConversionPattern<TileCommonRowOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileCommonRowOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<vector::ExtractOp>(op, adaptor.getInput(),
                                                   int64_t(0));
    return success();
  }
};

struct ConvertSelectPairs : public OpConversionPattern<TileSelectPairsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileSelectPairsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    TileType tile = op.getOutput().getType();
    int64_t block = op.getBlock();
    Value row = buildFirstIndex(rewriter, op, tile, 1);
    Value firstColumn = buildFirstIndex(rewriter, op, tile, 2);
    Value result = adaptor.getOthers();
    for (int64_t reg = 0; reg < tile.getRegisterType().getDimSize(2); ++reg) {
      Value column = i.add(firstColumn, tile.getLayout().getOffset(2, reg));
      // Numbers of blocks: side by side where they differ in the last bit.
      auto number = [&](Value index) {
        return i.div(index, std::max<int64_t>(block, 1));
      };
      Value wanted = number(column);
      if (block)
        wanted = arith::OrIOp::create(rewriter, loc, wanted, i.constant(1));
      Value isJoined = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::eq, number(row), wanted);
      if (block)
        isJoined = arith::AndIOp::create(
            rewriter, loc, isJoined,
            arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                  i.rem(number(column), 2), i.constant(0)));
      SmallVector<int64_t> position = {0, 0, reg};
      Value chosen = arith::SelectOp::create(
          rewriter, loc, isJoined,
          vector::ExtractOp::create(rewriter, loc, adaptor.getJoined(),
                                    position),
          vector::ExtractOp::create(rewriter, loc, adaptor.getOthers(),
                                    position));
      result =
          vector::InsertOp::create(rewriter, loc, chosen, result, position);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// Column j of the inverse in the lanes of that column:
/// x[i] = -(lower[i, j] + sum over l < i of lower[i, l] * x[l]),
/// where x is 0 up to row j, as `lower` is.
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
                                        tile.getDimSize(0), rewriter);
      for (int64_t row = 0; row < type.getDimSize(0); ++row)
        result = vector::InsertOp::create(
            rewriter, loc, chooseOwn(tile, row, thread, solved, rewriter),
            result, ArrayRef<int64_t>{row, reg});
    }
    rewriter.replaceOp(op, result);
    return success();
  }

  /// What register number `reg` of a lane holds of a column, of which each lane
  /// has computed all rows. A branch around their stores would not do: LLVM
  /// draws the computation into it, behind whatever is waited for before.
  static Value chooseOwn(TileType tile, int64_t reg, Value thread,
                         ArrayRef<Value> column,
                         ConversionPatternRewriter &rewriter) {
    Location loc = thread.getLoc();
    IndexBuilder i(rewriter, loc);
    TileLayoutInterface layout = tile.getLayout();
    Value first = layout.buildFirstIndex(rewriter, loc, thread, 0);
    int64_t perLane = tile.getRegisterType().getDimSize(0);
    Value own = column[reg];
    for (int64_t row = perLane; row < int64_t(column.size()); row += perLane) {
      Value isFirst = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::eq, first, i.constant(row));
      own = arith::SelectOp::create(rewriter, loc, isFirst, column[row + reg],
                                    own);
    }
    return own;
  }

  /// The column: as soon as a row of it is known, its share of all later rows
  /// is added to these, so that the next row waits for one addition.
  SmallVector<Value> solve(TileUnitInverseOp op, Value column,
                           const SharedAddress &source, Value slot,
                           int64_t rows,
                           ConversionPatternRewriter &rewriter) const {
    // Loads wait for a barrier from time to time: else those of the whole
    // matrix come first, in too many registers.
    constexpr int64_t step = 2, run = 4;
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    // Rows `first` to `first` + 3 of a column.
    auto load = [&](int64_t first, Value column) {
      Value loaded = LLVM::LoadOp::create(
          rewriter, loc, VectorType::get(run, rewriter.getF32Type()),
          source.build({slot, column, i.constant(first)}), 16);
      SmallVector<Value> elements;
      for (int64_t row = 0; row < run; ++row)
        elements.push_back(
            vector::ExtractOp::create(rewriter, loc, loaded, row));
      return elements;
    };
    SmallVector<Value> x;
    for (int64_t row = 0; row < rows; row += run)
      llvm::append_range(x, load(row, column));
    // Row 0 is 0.
    for (int64_t l = 1; l < rows; ++l) {
      x[l] = arith::NegFOp::create(rewriter, loc, x[l]);
      for (int64_t first = l / run * run; first < rows; first += run) {
        if (first + run <= l + 1)
          continue;
        SmallVector<Value> lower = load(first, i.constant(l));
        for (int64_t row = std::max(first, l + 1); row < first + run; ++row)
          x[row] = math::FmaOp::create(rewriter, loc, lower[row - first], x[l],
                                       x[row]);
      }
      if (l % step == 0)
        NVVM::SyncWarpOp::create(
            rewriter, loc, arith::ConstantIntOp::create(rewriter, loc, -1, 32));
    }
    return x;
  }
};

} // namespace

void gdn::populateTileRowPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertSwapBlocks, ConvertDecayHalf, ConvertCommonRow,
               ConvertSelectPairs, ConvertUnitInverse>(converter,
                                                       patterns.getContext());
}
