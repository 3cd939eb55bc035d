//===- GdnToGpuMma.cpp - Products on tensor cores -------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// mma.sync
//===----------------------------------------------------------------------===//

/// `acc` + a * b of m16n8k16 (f16, bf16) or m16n8k8 (tf32); a register of a
/// factor has two elements of 16 bits or one of 32. `acc` is four scalars.
static SmallVector<Value> buildMma(OpBuilder &b, Location loc,
                                   NVVM::MMATypes type, ValueRange lhs,
                                   ValueRange rhs, ValueRange acc) {
  Type f32 = b.getF32Type();
  auto result =
      LLVM::LLVMStructType::getLiteral(b.getContext(), {f32, f32, f32, f32});
  int64_t keys = type == NVVM::MMATypes::tf32 ? 8 : 16;
  Value product = NVVM::MmaOp::create(
      b, loc, result, lhs, rhs, acc, {16, 8, keys}, /*b1Op=*/std::nullopt,
      /*intOverflow=*/std::nullopt, std::array<NVVM::MMATypes, 2>{type, type},
      std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                     NVVM::MMALayout::col});
  SmallVector<Value> sums;
  for (int64_t part = 0; part < 4; ++part)
    sums.push_back(LLVM::ExtractValueOp::create(b, loc, product, part));
  return sums;
}

namespace {

/// A product of accumulators with core matrices in shared memory.
class CoreProduct {
public:
  CoreProduct(ConversionPatternRewriter &rewriter, TileMmaOp op,
              TileMmaOp::Adaptor adaptor)
      : b(rewriter), loc(op.getLoc()), i(rewriter, loc), lhs(adaptor.getLhs()),
        acc(adaptor.getAcc()), offsets(adaptor.getOffsets()),
        address(rewriter, loc, op.getRhs().getType(), adaptor.getRhs()),
        lane(i.rem(buildThread(rewriter, op), 32)) {}

  Value build() {
    auto lhsType = cast<VectorType>(lhs.getType());
    auto accType = cast<VectorType>(acc.getType());
    for (int64_t column = 0; column < accType.getDimSize(1); column += 2)
      for (int64_t group = 0; group < lhsType.getDimSize(1); group += 4) {
        SmallVector<Value> cores = loadCores(4 * column, 4 * group);
        for (int64_t row = 0; row < accType.getDimSize(0); row += 2)
          for (int64_t step : {0, 2})
            multiply(row, column, group + step,
                     ArrayRef<Value>(cores).slice(step, 2));
      }
    return acc;
  }

private:
  /// Of 8 rows from `row` on, 16 columns from `column` on: four core matrices.
  /// Which lane gives the address of which row follows from their order there.
  SmallVector<Value> loadCores(int64_t row, int64_t column) {
    Value inCore = i.rem(lane, 8);
    Value own = i.add(i.div(inCore, 2), i.mul(i.rem(inCore, 2), 4));
    Value first = i.mul(i.div(lane, 8), SharedType::coreColumns);
    SmallVector<Value> indices(offsets);
    size_t rank = indices.size();
    indices[rank - 2] = i.add(i.add(indices[rank - 2], row), own);
    indices[rank - 1] = i.add(i.add(indices[rank - 1], column), first);
    return buildLdmatrix(b, loc, address.build(indices), 4,
                         /*isTransposed=*/false);
  }

  /// Columns `k` and `k` + 1 of the registers of `lhs` stand for 8 keys.
  void multiply(int64_t row, int64_t column, int64_t k, ArrayRef<Value> rhs) {
    SmallVector<Value> lhsParts, accParts;
    for (int64_t right : {0, 1})
      for (int64_t below : {0, 1}) {
        Value part = vector::ExtractOp::create(
            b, loc, lhs, ArrayRef<int64_t>{row + below, k + right});
        lhsParts.push_back(
            LLVM::BitcastOp::create(b, loc, b.getI32Type(), part));
      }
    for (int64_t below : {0, 1})
      for (int64_t next : {0, 1})
        accParts.push_back(vector::ExtractOp::create(
            b, loc, acc, ArrayRef<int64_t>{row + below, column + next}));
    SmallVector<Value> sums =
        buildMma(b, loc, NVVM::MMATypes::tf32, lhsParts, rhs, accParts);
    for (int64_t part = 0; part < 4; ++part)
      acc = vector::InsertOp::create(
          b, loc, sums[part], acc,
          ArrayRef<int64_t>{row + part / 2, column + part % 2});
  }

  OpBuilder &b;
  Location loc;
  IndexBuilder i;
  Value lhs, acc;
  SmallVector<Value> offsets;
  SharedAddress address;
  Value lane;
};

struct ConvertTileMma : public OpConversionPattern<TileMmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileMmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getWarpgroup())
      return convertWarpgroup(op, adaptor, rewriter);
    rewriter.replaceOp(op, CoreProduct(rewriter, op, adaptor).build());
    return success();
  }

  LogicalResult convertWarpgroup(TileMmaOp op, OpAdaptor adaptor,
                                 ConversionPatternRewriter &rewriter) const {
    auto role = op->getParentOfType<WarpRoleOp>();
    if (role && role.getFirst() % 4 != 0)
      return op.emitOpError("expects the first warp of its role to have a "
                            "number that 4 divides, but got ")
             << role.getFirst();
    Location loc = op.getLoc();
    SharedType type = op.getRhs().getType();
    SharedAddress address(rewriter, loc, type, adaptor.getRhs());
    auto accType = cast<VectorType>(adaptor.getAcc().getType());
    SmallVector<Value> sums;
    for (int64_t column = 0; column < accType.getDimSize(1); column += 2)
      for (int64_t row : {0, 1})
        for (int64_t next : {0, 1})
          sums.push_back(
              vector::ExtractOp::create(rewriter, loc, adaptor.getAcc(),
                                        ArrayRef<int64_t>{row, column + next}));
    Value acc = vector::FromElementsOp::create(
        rewriter, loc,
        VectorType::get(int64_t(sums.size()), rewriter.getF32Type()), sums);
    // The left factor takes registers of its own. With few of them, half of it
    // comes at a time.
    constexpr int64_t mostKeys = 128, fewRegisters = 184;
    int64_t keys = op.getLhs().getType().getDimSize(1);
    bool isTight = role && role.getRegisters().value_or(0) < fewRegisters;
    int64_t step = std::min(keys, isTight ? mostKeys / 2 : mostKeys);
    Value product = acc;
    for (int64_t key = 0; key < keys; key += step) {
      SmallVector<Value> offsets(adaptor.getOffsets());
      offsets.back() = IndexBuilder(rewriter, loc).add(offsets.back(), key);
      product = PtxWgmmaOp::create(
          rewriter, loc, acc.getType(),
          flattenLhs(adaptor.getLhs(), key / 4, step / 4, rewriter),
          address.build(offsets), product, type.getCores()[0],
          type.getCores()[1]);
    }
    Value result = adaptor.getAcc();
    for (int64_t column = 0; column < accType.getDimSize(1); column += 2)
      for (int64_t row : {0, 1})
        for (int64_t next : {0, 1})
          result = vector::InsertOp::create(
              rewriter, loc,
              vector::ExtractOp::create(rewriter, loc, product,
                                        2 * column + 2 * row + next),
              result, ArrayRef<int64_t>{row, column + next});
    rewriter.replaceOp(op, result);
    return success();
  }

  /// Four registers for each 8 keys, as CoreProduct takes them, of some columns
  /// of the registers.
  static Value flattenLhs(Value lhs, int64_t first, int64_t count,
                          ConversionPatternRewriter &rewriter) {
    Location loc = lhs.getLoc();
    Type i32 = rewriter.getI32Type();
    SmallVector<Value> parts;
    for (int64_t k = first; k < first + count; ++k)
      for (int64_t row : {0, 1}) {
        Value part = vector::ExtractOp::create(rewriter, loc, lhs,
                                               ArrayRef<int64_t>{row, k});
        parts.push_back(LLVM::BitcastOp::create(rewriter, loc, i32, part));
      }
    return vector::FromElementsOp::create(
        rewriter, loc, VectorType::get(int64_t(parts.size()), i32), parts);
  }
};

struct ConvertTileColumns : public OpConversionPattern<TileColumnsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileColumnsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> sizes =
        op.getOutput().getType().getRegisterType().getShape();
    // A lane has 2 of 8 columns.
    int64_t first = op.getFirst() / 4;
    rewriter.replaceOpWithNewOp<vector::ExtractStridedSliceOp>(
        op, adaptor.getInput(), ArrayRef<int64_t>{0, first}, sizes,
        ArrayRef<int64_t>{1, 1});
    return success();
  }
};

struct ConvertTileJoin : public OpConversionPattern<TileJoinOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileJoinOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    VectorType type = op.getOutput().getType().getRegisterType();
    Value result = arith::ConstantOp::create(rewriter, op.getLoc(),
                                             rewriter.getZeroAttr(type));
    int64_t column = 0;
    for (Value part : {adaptor.getLeft(), adaptor.getRight()}) {
      result = vector::InsertStridedSliceOp::create(
          rewriter, op.getLoc(), part, result, ArrayRef<int64_t>{0, column},
          ArrayRef<int64_t>{1, 1});
      column += cast<VectorType>(part.getType()).getDimSize(1);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// The product of two matrices in shared memory over a warp's columns.
class PairProduct {
public:
  PairProduct(ConversionPatternRewriter &rewriter, TilePairMmaOp op,
              TilePairMmaOp::Adaptor adaptor)
      : b(rewriter), loc(op.getLoc()), i(rewriter, loc),
        lhs(rewriter, loc, op.getLhs().getType(), adaptor.getLhs()),
        rhs(rewriter, loc, op.getRhs().getType(), adaptor.getRhs()),
        lhsOffsets(adaptor.getLhsOffsets()),
        rhsOffsets(adaptor.getRhsOffsets()),
        registers(op.getResult().getType().getRegisterType()),
        columns(lhs.getType().getShape().back() / op.getWarps()) {
    Value thread = buildThread(rewriter, op);
    lane = i.rem(thread, 32);
    firstColumn = i.mul(i.div(thread, 32), columns);
  }

  Value build() {
    bool isF16 = lhs.getType().getElementType().isF16();
    NVVM::MMATypes kind = isF16 ? NVVM::MMATypes::f16 : NVVM::MMATypes::bf16;
    int64_t rows = registers.getDimSize(1),
            blocks = registers.getDimSize(2) / 2;
    Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
    SmallVector<SmallVector<Value>> sums(blocks, SmallVector<Value>(4, zero));
    // Two steps at a time: four matrices are the most that one load takes.
    int64_t wide = columns % 32 == 0 ? 2 : 1;
    for (int64_t k = 0; k < columns; k += 16 * wide) {
      SmallVector<SmallVector<Value>> right;
      for (int64_t block = 0; block < blocks; ++block)
        right.push_back(castFactor(
            loadRows(rhs, rhsOffsets, 8 * block, 1, 2 * wide, k), isF16));
      for (int64_t step = 0; step < wide; ++step) {
        SmallVector<Value> left = castFactor(
            loadRows(lhs, lhsOffsets, 0, rows, 2, k + 16 * step), isF16);
        // Rows that are not there count as zeros.
        if (rows == 1) {
          Value none = LLVM::ZeroOp::create(b, loc, left[0].getType());
          left = {left[0], none, left[1], none};
        }
        for (int64_t block = 0; block < blocks; ++block)
          sums[block] = buildMma(
              b, loc, kind, left,
              ArrayRef<Value>(right[block]).slice(2 * step, 2), sums[block]);
      }
    }
    Value result = arith::ConstantOp::create(b, loc, b.getZeroAttr(registers));
    for (int64_t block = 0; block < blocks; ++block)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t next : {0, 1})
          result = vector::InsertOp::create(
              b, loc, sums[block][2 * row + next], result,
              ArrayRef<int64_t>{0, row, 2 * block + next});
    return result;
  }

private:
  /// Matrices of 8 rows and 8 columns, `high` of them one below the other from
  /// row `first` on, `wide` of them side by side: first those on the left.
  SmallVector<Value> loadRows(const SharedAddress &matrix, ValueRange offsets,
                              int64_t first, int64_t high, int64_t wide,
                              int64_t column) {
    SmallVector<Value> indices(offsets);
    size_t rank = indices.size();
    Value number = i.rem(i.div(lane, 8), wide * high);
    Value row = i.add(i.mul(i.rem(number, high), 8), i.rem(lane, 8));
    Value right = i.mul(i.div(number, high), 8);
    indices[rank - 2] = i.add(i.add(indices[rank - 2], row), first);
    indices[rank - 1] =
        i.add(i.add(indices[rank - 1], column), i.add(firstColumn, right));
    return buildLdmatrix(b, loc, matrix.build(indices), wide * high,
                         /*isTransposed=*/false);
  }

  /// bf16 goes as bits.
  SmallVector<Value> castFactor(SmallVector<Value> parts, bool isF16) {
    if (isF16)
      for (Value &part : parts)
        part = LLVM::BitcastOp::create(
            b, loc, VectorType::get(2, b.getF16Type()), part);
    return parts;
  }

  OpBuilder &b;
  Location loc;
  IndexBuilder i;
  SharedAddress lhs, rhs;
  SmallVector<Value> lhsOffsets, rhsOffsets;
  VectorType registers;
  int64_t columns;
  Value lane, firstColumn;
};

struct ConvertPairMma : public OpConversionPattern<TilePairMmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TilePairMmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, PairProduct(rewriter, op, adaptor).build());
    return success();
  }
};

} // namespace

void gdn::populateTileMmaPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns
      .add<ConvertTileMma, ConvertTileColumns, ConvertTileJoin, ConvertPairMma>(
          converter, patterns.getContext());
}
