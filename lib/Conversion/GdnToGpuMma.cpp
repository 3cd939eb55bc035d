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

namespace {

/// One product of a tile in registers and a matrix in shared memory, by
/// m16n8k16. Two blocks of 8 columns share an ldmatrix where there are two.
class MmaBuilder {
public:
  MmaBuilder(ConversionPatternRewriter &rewriter, TileMmaOp op,
             TileMmaOp::Adaptor adaptor)
      : b(rewriter), loc(op.getLoc()), i(rewriter, loc), op(op),
        lhs(adaptor.getLhs()), acc(adaptor.getAcc()),
        offsets(adaptor.getOffsets()),
        layout(cast<MmaLayoutAttr>(op.getAcc().getType().getLayout())),
        address(rewriter, loc, op.getRhs().getType(), adaptor.getRhs()) {
    TileType type = op.getAcc().getType();
    rank = type.getRank();
    registers = llvm::to_vector(type.getRegisterType().getShape());
    keys = op.getLhs().getType().getDimSize(rank - 1);
    Value thread = buildThread(rewriter, op);
    Value lane = i.rem(thread, 32);
    inMatrix = i.rem(lane, 8);
    matrix = i.div(lane, 8);
    Value warpStart = b.createOrFold<arith::SubIOp>(loc, thread, lane);
    for (int64_t dim = 0; dim < rank; ++dim)
      first.push_back(layout.buildFirstIndex(b, loc, warpStart, dim));
  }

  Value build() {
    int64_t batch = rank == 3 ? registers[0] : 1;
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t column = 0; column < registers[rank - 1];
           column += 2 * countBlocks(column))
        for (int64_t k = 0; k < keys; k += 16)
          multiply(n, column, k);
    return acc;
  }

private:
  /// Blocks of 8 columns that are worked on together from a register on.
  int64_t countBlocks(int64_t column) const {
    return column + 4 <= registers[rank - 1] ? 2 : 1;
  }

  /// This lane's row of the matrices (8 columns, 8 keys) that are loaded
  /// together: lower and upper keys of the first block, then of the second.
  Value buildRhsAddress(int64_t n, int64_t column, int64_t k) {
    int64_t last = rank - 1;
    int64_t step = countBlocks(column) == 2
                       ? layout.getOffset(last, column + 2) -
                             layout.getOffset(last, column)
                       : 0;
    Value columns = i.add(i.add(first[last], layout.getOffset(last, column)),
                          i.mul(i.div(matrix, 2), step));
    Value rows = i.add(i.mul(i.rem(matrix, 2), 8), k);
    Value &along = op.getTransposed() ? rows : columns;
    along = i.add(along, inMatrix);
    SmallVector<Value> indices(offsets);
    size_t size = indices.size();
    indices[size - 2] =
        i.add(indices[size - 2], op.getTransposed() ? rows : columns);
    indices[size - 1] =
        i.add(indices[size - 1], op.getTransposed() ? columns : rows);
    if (rank == 3)
      indices[size - 3] =
          i.add(indices[size - 3], i.add(first[0], layout.getOffset(0, n)));
    return address.build(indices);
  }

  /// Adds the product over 16 keys.
  void multiply(int64_t n, int64_t column, int64_t k) {
    int64_t blocks = countBlocks(column);
    SmallVector<Value> rhs = buildLdmatrix(
        b, loc, buildRhsAddress(n, column, k), 2 * blocks, op.getTransposed());
    for (int64_t block = 0; block < blocks; ++block)
      for (int64_t row = 0; row < registers[rank - 2]; row += 2)
        multiplyBlock(n, row, column + 2 * block, k,
                      ArrayRef<Value>(rhs).slice(2 * block, 2));
  }

  SmallVector<int64_t> getPosition(int64_t n, int64_t row, int64_t column) {
    SmallVector<int64_t> position = {row, column};
    if (rank == 3)
      position.insert(position.begin(), n);
    return position;
  }

  /// Two neighbouring 16-bit elements of `lhs`.
  Value getPair(int64_t n, int64_t row, int64_t column) {
    Type element = op.getLhs().getType().getElementType();
    SmallVector<int64_t> position = getPosition(n, row, column);
    SmallVector<int64_t> sizes(position.size(), 1), strides(sizes);
    sizes.back() = 2;
    Value pair = vector::ExtractStridedSliceOp::create(b, loc, lhs, position,
                                                       sizes, strides);
    return vector::ShapeCastOp::create(b, loc, VectorType::get(2, element),
                                       pair);
  }

  /// As the product takes a pair: f16 as they are, bf16 as bits.
  Value toOperand(Value pair) {
    Type type = pair.getType();
    bool isF16 = op.getLhs().getType().getElementType().isF16();
    Type wanted =
        isF16 ? Type(VectorType::get(2, b.getF16Type())) : Type(b.getI32Type());
    return type == wanted
               ? pair
               : LLVM::BitcastOp::create(b, loc, wanted, pair).getResult();
  }

  void multiplyBlock(int64_t n, int64_t row, int64_t column, int64_t k,
                     ArrayRef<Value> rhs) {
    SmallVector<Value> lhsParts, rhsParts, accParts;
    // A lane holds 4 of 16 keys of a row.
    for (int64_t half : {0, 2})
      for (int64_t below : {0, 1})
        lhsParts.push_back(toOperand(getPair(n, row + below, k / 4 + half)));
    for (Value part : rhs)
      rhsParts.push_back(toOperand(part));
    for (int64_t below : {0, 1})
      for (int64_t next : {0, 1})
        accParts.push_back(vector::ExtractOp::create(
            b, loc, acc, getPosition(n, row + below, column + next)));
    Type f32 = b.getF32Type();
    auto type =
        LLVM::LLVMStructType::getLiteral(b.getContext(), {f32, f32, f32, f32});
    bool isF16 = op.getLhs().getType().getElementType().isF16();
    auto kind = isF16 ? NVVM::MMATypes::f16 : NVVM::MMATypes::bf16;
    Value result = NVVM::MmaOp::create(
        b, loc, type, lhsParts, rhsParts, accParts, {16, 8, 16},
        /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
        std::array<NVVM::MMATypes, 2>{kind, kind},
        std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                       NVVM::MMALayout::col});
    for (int64_t part = 0; part < 4; ++part) {
      Value sum = LLVM::ExtractValueOp::create(b, loc, result, part);
      acc = vector::InsertOp::create(
          b, loc, sum, acc, getPosition(n, row + part / 2, column + part % 2));
    }
  }

  ConversionPatternRewriter &b;
  Location loc;
  IndexBuilder i;
  TileMmaOp op;
  Value lhs, acc;
  SmallVector<Value> offsets;
  MmaLayoutAttr layout;
  SharedAddress address;
  int64_t rank, keys;
  SmallVector<int64_t> registers;
  Value inMatrix, matrix;
  /// Of the warp.
  SmallVector<Value> first;
};

struct ConvertTileMma : public OpConversionPattern<TileMmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileMmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, MmaBuilder(rewriter, op, adaptor).build());
    return success();
  }
};

} // namespace

void gdn::populateTileMmaPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConvertTileMma>(converter, patterns.getContext());
}
