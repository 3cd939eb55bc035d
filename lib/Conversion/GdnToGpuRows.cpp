//===- GdnToGpuRows.cpp - Pairs of tokens in the registers of a warp ------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

namespace {

/// Calls `visit` with each register of one half of the rows, `isUpper` or not,
/// and the number of its row among the registers of that half.
static void
forEachOfHalf(TileType tile, int64_t block, bool isUpper,
              function_ref<void(int64_t row, int64_t inHalf)> visit) {
  int64_t rowDim = tile.getRank() - 2, count = 0;
  for (int64_t reg = 0; reg < tile.getRegisterType().getDimSize(rowDim); ++reg)
    if (tile.getLayout().getOffset(rowDim, reg) / block % 2 == isUpper)
      visit(reg, count++);
}

struct ConvertTileHalf : public OpConversionPattern<TileHalfOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileHalfOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    VectorType type = op.getOutput().getType().getRegisterType();
    Value result =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    int64_t rowDim = type.getRank() - 2;
    SmallVector<int64_t> sizes(type.getShape()), from(type.getRank(), 0),
        to(from), steps(type.getRank(), 1);
    sizes[rowDim] = 1;
    forEachOfHalf(op.getInput().getType(), op.getBlock(), op.getUpper(),
                  [&](int64_t row, int64_t inHalf) {
                    from[rowDim] = row;
                    to[rowDim] = inHalf;
                    Value part = vector::ExtractStridedSliceOp::create(
                        rewriter, loc, adaptor.getInput(), from, sizes, steps);
                    result = vector::InsertStridedSliceOp::create(
                        rewriter, loc, part, result, to, steps);
                  });
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertDecayHalf : public OpConversionPattern<TileDecayHalfOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileDecayHalfOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value result = adaptor.getInput();
    int64_t block = op.getBlock();
    forEachOfHalf(op.getInput().getType(), block, op.getUpper(),
                  [&](int64_t row, int64_t) {
                    // The other one of the two blocks.
                    Value total = vector::ExtractOp::create(
                        rewriter, loc, adaptor.getTotals(), row / block ^ 1);
                    Value decayed = arith::MulFOp::create(
                        rewriter, loc, total,
                        vector::ExtractOp::create(rewriter, loc,
                                                  adaptor.getInput(), row));
                    result = vector::InsertOp::create(rewriter, loc, decayed,
                                                      result, row);
                  });
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// A lane's products, (l / 4, 2 (l % 4)) and the next column, to the rows of
/// tokens that they are of.
struct ConvertStorePairs : public OpConversionPattern<SharedStorePairsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SharedStorePairsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    TileType tile = op.getPairs().getType();
    Value thread = buildThread(rewriter, op);
    TileLayoutInterface layout = tile.getLayout();
    auto buildFirst = [&](int64_t dim) {
      return layout.buildFirstIndex(rewriter, loc, thread, dim);
    };
    SharedAddress address(rewriter, loc, op.getDest().getType(),
                          adaptor.getDest());
    Value place = i.add(adaptor.getSlot(), buildFirst(0));
    VectorType type = tile.getRegisterType();
    int64_t block = op.getBlock();
    // Neighbours stand in one block, or each in its own.
    int64_t length = block > 1 ? 2 : 1;
    for (int64_t row = 0; row < type.getDimSize(1); ++row)
      for (int64_t column = 0; column < type.getDimSize(2); column += length) {
        Value inRows = i.add(buildFirst(1), layout.getOffset(1, row));
        Value inColumns = i.add(buildFirst(2), layout.getOffset(2, column));
        Value isJoined = arith::CmpIOp::create(
            rewriter, loc, arith::CmpIPredicate::eq,
            i.div(inRows, std::max<int64_t>(block, 1)),
            i.div(inColumns, std::max<int64_t>(block, 1)));
        OpBuilder::InsertionGuard guard(rewriter);
        auto guarded = scf::IfOp::create(rewriter, loc, isJoined);
        rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
        Value stored = vector::ExtractStridedSliceOp::create(
            rewriter, loc, adaptor.getPairs(), {0, row, column}, {1, 1, length},
            {1, 1, 1});
        stored = vector::ShapeCastOp::create(
            rewriter, loc, VectorType::get(length, type.getElementType()),
            stored);
        LLVM::StoreOp::create(
            rewriter, loc, stored,
            address.build({place,
                           buildToken(i, inRows, block, /*isUpper=*/true),
                           buildToken(i, inColumns, block, /*isUpper=*/false)}),
            4 * length);
      }
    rewriter.eraseOp(op);
    return success();
  }

  /// The row that is number `index` of those in second or in first blocks.
  static Value buildToken(const IndexBuilder &i, Value index, int64_t block,
                          bool isUpper) {
    if (!block)
      return index;
    return i.add(
        i.add(i.mul(i.div(index, block), 2 * block), i.rem(index, block)),
        isUpper ? block : 0);
  }
};

/// Column j of the inverse in the lane of that column:
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
    constexpr int64_t step = 2;
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    auto load = [&](int64_t row, Value column) -> Value {
      return LLVM::LoadOp::create(rewriter, loc, rewriter.getF32Type(),
                                  source.build({slot, i.constant(row), column}),
                                  4);
    };
    SmallVector<Value> x = {
        arith::ConstantOp::create(rewriter, loc, rewriter.getF32FloatAttr(0))};
    for (int64_t row = 1; row < rows; ++row)
      x.push_back(load(row, column));
    for (int64_t l = 1; l < rows; ++l) {
      x[l] = arith::NegFOp::create(rewriter, loc, x[l]);
      for (int64_t row = l + 1; row < rows; ++row)
        x[row] = math::FmaOp::create(rewriter, loc, load(row, i.constant(l)),
                                     x[l], x[row]);
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
  patterns.add<ConvertTileHalf, ConvertDecayHalf, ConvertStorePairs,
               ConvertUnitInverse>(converter, patterns.getContext());
}
