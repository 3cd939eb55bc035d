//===- GdnToGpuRows.cpp - Rows that a thread holds all of -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

namespace {

/// The rows of a tile, as vectors of a thread's columns.
class RowVectors {
public:
  RowVectors(OpBuilder &builder, Location loc, Value tile)
      : b(builder), loc(loc), type(cast<VectorType>(tile.getType())) {
    for (int64_t row = 0; row < type.getDimSize(0); ++row)
      rows.push_back(vector::ExtractOp::create(builder, loc, tile, row));
  }

  Value &operator[](int64_t row) { return rows[row]; }
  int64_t size() const { return rows.size(); }

  Value multiply(Value lhs, Value rhs) {
    if (!lhs || !rhs)
      return lhs ? lhs : rhs;
    return arith::MulFOp::create(b, loc, lhs, rhs);
  }

  /// The tile of `all`; rows that are null are ones.
  Value pack(ArrayRef<Value> all) {
    auto result = VectorType::get({int64_t(all.size()), type.getDimSize(1)},
                                  type.getElementType());
    Value tile = arith::ConstantOp::create(
        b, loc, SplatElementsAttr::get(result, b.getF32FloatAttr(1.0f)));
    for (auto [row, value] : llvm::enumerate(all))
      if (value)
        tile = vector::InsertOp::create(b, loc, value, tile, row);
    return tile;
  }

private:
  OpBuilder &b;
  Location loc;
  VectorType type;
  SmallVector<Value> rows;
};

struct ConvertScan : public OpConversionPattern<TileScanOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileScanOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RowVectors rows(rewriter, op.getLoc(), adaptor.getInput());
    SmallVector<Value> products(rows.size());
    Value product;
    if (op.getAfter())
      for (int64_t row = rows.size() - 1; row >= 0; --row) {
        products[row] = product;
        product = rows.multiply(product, rows[row]);
      }
    else
      for (int64_t row = 0; row < rows.size(); ++row)
        products[row] = product = rows.multiply(product, rows[row]);
    rewriter.replaceOp(op, rows.pack(products));
    return success();
  }
};

struct ConvertPairFactors : public OpConversionPattern<TilePairFactorsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TilePairFactorsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RowVectors rows(rewriter, op.getLoc(), adaptor.getInput());
    int64_t half = op.getHalf();
    SmallVector<Value> factors(rows.size());
    for (int64_t middle = half; middle < rows.size(); middle += 2 * half) {
      Value product;
      for (int64_t row = middle + 1; row < middle + half; ++row)
        factors[row] = product = rows.multiply(product, rows[row]);
      product = Value();
      for (int64_t row = middle - 1; row >= middle - half; --row)
        factors[row] = product = rows.multiply(product, rows[row + 1]);
    }
    rewriter.replaceOp(op, rows.pack(factors));
    return success();
  }
};

struct ConvertRows : public OpConversionPattern<TileRowsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileRowsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RowVectors rows(rewriter, op.getLoc(), adaptor.getInput());
    VectorType type = op.getOutput().getType().getRegisterType();
    Value result = arith::ConstantOp::create(rewriter, op.getLoc(),
                                             rewriter.getZeroAttr(type));
    for (auto [row, source] : llvm::enumerate(op.getRows()))
      result = vector::InsertOp::create(rewriter, op.getLoc(), rows[source],
                                        result, row);
    rewriter.replaceOp(op, result);
    return success();
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

/// Stores what a lane holds of a tile in an mma layout, element by element.
class ElementStores {
public:
  ElementStores(OpBuilder &builder, Operation *op, TileType tile, Value values)
      : b(builder), loc(op->getLoc()), i(builder, loc), tile(tile),
        values(values), thread(buildThread(builder, op)) {}

  Value buildIndex(int64_t dim, int64_t reg) {
    TileLayoutInterface layout = tile.getLayout();
    return i.add(layout.buildFirstIndex(b, loc, thread, dim),
                 layout.getOffset(dim, reg));
  }

  /// Stores a register, rounded to the element type of `dest`, where
  /// `condition` holds.
  void store(ArrayRef<int64_t> position, Value condition, SharedType dest,
             Value base, ValueRange indices) {
    OpBuilder::InsertionGuard guard(b);
    Value value = vector::ExtractOp::create(b, loc, values, position);
    auto guarded = scf::IfOp::create(b, loc, condition);
    b.setInsertionPointToStart(&guarded.getThenRegion().front());
    if (dest.getElementType() != value.getType())
      value = arith::TruncFOp::create(b, loc, dest.getElementType(), value);
    LLVM::StoreOp::create(b, loc, value,
                          SharedAddress(b, loc, dest, base).build(indices),
                          dest.getElementBytes());
  }

  OpBuilder &b;
  Location loc;
  IndexBuilder i;
  TileType tile;
  Value values, thread;
};

struct ConvertStorePairs : public OpConversionPattern<StorePairsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(StorePairsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    TileType tile = op.getProducts().getType();
    ElementStores stores(rewriter, op, tile, adaptor.getProducts());
    ArrayRef<int64_t> registers = tile.getRegisterType().getShape();
    for (int64_t level = 0; level < registers[0]; ++level)
      for (int64_t row = 0; row < registers[1]; ++row)
        for (int64_t column = 0; column < registers[2]; ++column)
          storeElement(op, adaptor, stores, {level, row, column});
    rewriter.eraseOp(op);
    return success();
  }

  /// Number `number` of those with the bit clear whose shift is `shift`.
  static Value spread(ElementStores &stores, Value number, Value shift) {
    OpBuilder &b = stores.b;
    Location loc = stores.loc;
    Value one = stores.i.constant(1);
    Value half = arith::ShLIOp::create(b, loc, one, shift);
    Value mask = arith::SubIOp::create(b, loc, half, one);
    Value low = arith::AndIOp::create(b, loc, number, mask);
    Value high = arith::SubIOp::create(b, loc, number, low);
    return arith::OrIOp::create(b, loc,
                                arith::ShLIOp::create(b, loc, high, one), low);
  }

  void storeElement(StorePairsOp op, OpAdaptor adaptor, ElementStores &stores,
                    ArrayRef<int64_t> position) const {
    OpBuilder &b = stores.b;
    Location loc = stores.loc;
    // Rows 8 to 15 are registers of their own: those of the scores.
    bool isScore = position[1] % 2 == 1;
    Value level = stores.buildIndex(0, position[0]);
    Value shift = arith::SubIOp::create(b, loc, stores.i.constant(3), level);
    Value half = arith::ShLIOp::create(b, loc, stores.i.constant(1), shift);
    Value row = stores.buildIndex(1, position[1] - position[1] % 2);
    Value i = arith::OrIOp::create(b, loc, spread(stores, row, shift), half);
    Value j = spread(stores, stores.buildIndex(2, position[2]), shift);
    // The same block: nothing above the bit differs.
    Value differing = arith::XOrIOp::create(b, loc, i, j);
    Value condition = arith::CmpIOp::create(
        b, loc, arith::CmpIPredicate::ult, differing,
        arith::ShLIOp::create(b, loc, half, stores.i.constant(1)));
    if (isScore)
      stores.store(position, condition, op.getScores().getType(),
                   adaptor.getScores(), {adaptor.getSlot(), i, j});
    else
      stores.store(position, condition, op.getErased().getType(),
                   adaptor.getErased(), {adaptor.getSlot(), i, j});
  }
};

struct ConvertStoreDiagonal : public OpConversionPattern<StoreDiagonalOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(StoreDiagonalOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    TileType tile = op.getTile().getType();
    ElementStores stores(rewriter, op, tile, adaptor.getTile());
    ArrayRef<int64_t> registers = tile.getRegisterType().getShape();
    for (int64_t row = 0; row < registers[0]; ++row)
      for (int64_t column = 0; column < registers[1]; ++column) {
        Value i = stores.buildIndex(0, row), j = stores.buildIndex(1, column);
        Value condition = arith::CmpIOp::create(rewriter, op.getLoc(),
                                                arith::CmpIPredicate::eq, i, j);
        stores.store({row, column}, condition, op.getDest().getType(),
                     adaptor.getDest(), {adaptor.getSlot(), i, j});
      }
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void gdn::populateTileRowPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertScan, ConvertPairFactors, ConvertRows, ConvertUnitInverse,
               ConvertStorePairs, ConvertStoreDiagonal>(converter,
                                                        patterns.getContext());
}
