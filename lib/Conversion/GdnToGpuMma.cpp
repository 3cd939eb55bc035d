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

/// The registers of a factor, 1 x n elements of 16 bits, two by two. bf16 goes
/// as bits.
static SmallVector<Value> flattenPairs(OpBuilder &b, Location loc,
                                       Value factor) {
  auto type = cast<VectorType>(factor.getType());
  Type element = type.getElementType();
  auto pairType = VectorType::get(2, element);
  SmallVector<Value> parts;
  for (int64_t column = 0; column < type.getDimSize(1); column += 2) {
    Value pair = vector::ExtractStridedSliceOp::create(
        b, loc, factor, {0, column}, {1, 2}, {1, 1});
    pair = vector::ShapeCastOp::create(b, loc, pairType, pair);
    if (element.isBF16())
      pair = LLVM::BitcastOp::create(b, loc, b.getI32Type(), pair);
    parts.push_back(pair);
  }
  return parts;
}

/// Left factors lie one below the other. Four neighbouring elements of a lane
/// stand for the four that an instruction takes of it, in all factors alike.
struct ConvertPairMma : public OpConversionPattern<TilePairMmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TilePairMmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    bool isF16 = op.getRhs().getType().getElementType().isF16();
    NVVM::MMATypes kind = isF16 ? NVVM::MMATypes::f16 : NVVM::MMATypes::bf16;
    SmallVector<SmallVector<Value>> lhs;
    for (Value factor : adaptor.getLhs())
      lhs.push_back(flattenPairs(rewriter, loc, factor));
    SmallVector<Value> rhs = flattenPairs(rewriter, loc, adaptor.getRhs());
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getF32FloatAttr(0));
    SmallVector<Value> sums(4, zero);
    // Rows that are not there count as zeros.
    Value none = LLVM::ZeroOp::create(rewriter, loc, rhs[0].getType());
    for (size_t k = 0; k < rhs.size(); k += 2) {
      auto below = [&](size_t part) {
        return lhs.size() > 1 ? lhs[1][k + part] : none;
      };
      Value factors[] = {lhs[0][k], below(0), lhs[0][k + 1], below(1)};
      sums = buildMma(rewriter, loc, kind, factors,
                      ArrayRef<Value>(rhs).slice(k, 2), sums);
    }
    SmallVector<Value> results;
    for (size_t factor = 0; factor < lhs.size(); ++factor) {
      auto type =
          cast<TileType>(op.getProducts()[factor].getType()).getRegisterType();
      results.push_back(vector::FromElementsOp::create(
          rewriter, loc, type,
          ValueRange{sums[2 * factor], sums[2 * factor + 1]}));
    }
    rewriter.replaceOp(op, results);
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
