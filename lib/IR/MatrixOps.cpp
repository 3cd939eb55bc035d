//===- MatrixOps.cpp - A chunk on tensor cores ----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// C2: sizes of `lhs` and `acc`, and of both in a warp.
static LogicalResult verifySizes(TileMmaOp op, MmaLayoutAttr layout) {
  TileType lhs = op.getLhs().getType(), acc = op.getAcc().getType();
  int64_t rank = acc.getRank();
  ArrayRef<int64_t> warps = layout.getWarps();
  if (lhs.getRank() != rank ||
      lhs.getShape().drop_back() != acc.getShape().drop_back())
    return op.emitOpError("expects 'lhs' and 'acc' to have the same rows, but "
                          "got ")
           << lhs << " and " << acc;
  if (acc.getDimSize(rank - 2) % (16 * warps[rank - 2]) != 0 ||
      acc.getDimSize(rank - 1) % (8 * warps[rank - 1]) != 0 ||
      lhs.getDimSize(rank - 1) % 16 != 0)
    return op.emitOpError("expects M and K to be multiples of 16 and N of 8 in "
                          "each warp, but got ")
           << lhs << " and " << acc;
  return success();
}

LogicalResult TileMmaOp::verify() {
  TileType lhs = getLhs().getType(), acc = getAcc().getType();
  SharedType rhs = getRhs().getType();
  auto layout = dyn_cast<MmaLayoutAttr>(acc.getLayout());
  if (!layout)
    return emitOpError("expects 'acc' to be in a #gdn.mma layout, but got ")
           << acc;
  // C1
  SmallVector<int64_t> warps(layout.getWarps());
  warps.back() = 1;
  auto lhsLayout = MmaLayoutAttr::get(getContext(), warps);
  bool isReplicated = layout.getWarps().back() > 1;
  if (lhs.getLayout() != TileLayoutInterface(lhsLayout))
    return emitOpError("expects 'lhs' to be in layout ")
           << lhsLayout << ", but got " << lhs.getLayout();
  if (isReplicated && layout.getWarps()[acc.getRank() - 2] != 1)
    return emitOpError("expects warps along the rows or the columns, but got ")
           << layout;
  if (failed(verifySizes(*this, layout)))
    return failure();
  // C3
  if (!acc.getElementType().isF32() ||
      lhs.getElementType() != rhs.getElementType() ||
      !(lhs.getElementType().isF16() || lhs.getElementType().isBF16()))
    return emitOpError("expects factors of f16 or of bf16 and sums of f32, but "
                       "got ")
           << lhs.getElementType() << ", " << rhs.getElementType() << " and "
           << acc.getElementType();
  // C4
  if (int64_t(getOffsets().size()) != rhs.getRank() ||
      rhs.getRank() < acc.getRank())
    return emitOpError("expects ")
           << rhs.getRank() << " offsets, one for each dimension of 'rhs', "
           << "but got " << getOffsets().size();
  return success();
}

//===----------------------------------------------------------------------===//
// Rows that a thread holds all of
//===----------------------------------------------------------------------===//

/// Fails unless each thread holds all rows of its columns of `tile`.
static LogicalResult verifyOwnRows(Operation *op, StringRef name,
                                   TileType tile) {
  if (tile.getRank() == 2 && tile.getLayout().getRegisterShape(
                                 tile.getShape())[0] == tile.getDimSize(0))
    return success();
  return op->emitOpError("expects each thread to hold all rows of its columns "
                         "of '")
         << name << "', but got " << tile;
}

static LogicalResult verifyRowsOfF32(Operation *op, TileType tile) {
  if (!tile.getElementType().isF32())
    return op->emitOpError("expects elements of f32, but got ") << tile;
  return verifyOwnRows(op, "input", tile);
}

LogicalResult TileScanOp::verify() {
  return verifyRowsOfF32(*this, getInput().getType());
}

LogicalResult TilePairFactorsOp::verify() {
  int64_t half = getHalf(), rows = getInput().getType().getDimSize(0);
  if (half < 1 || rows % (2 * half) != 0)
    return emitOpError("expects 'half' to be at least 1 and twice of it to "
                       "divide ")
           << rows << " rows, but got " << half;
  return verifyRowsOfF32(*this, getInput().getType());
}

LogicalResult TileRowsOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  // C1
  if (failed(verifyOwnRows(*this, "input", input)) ||
      failed(verifyOwnRows(*this, "output", output)))
    return failure();
  auto from = dyn_cast<BlockedLayoutAttr>(input.getLayout());
  auto to = dyn_cast<BlockedLayoutAttr>(output.getLayout());
  if (!from || !to || input.getElementType() != output.getElementType() ||
      input.getDimSize(1) != output.getDimSize(1) ||
      from.getPerLane()[1] != to.getPerLane()[1] ||
      from.getLanes() != to.getLanes() || from.getWarps() != to.getWarps())
    return emitOpError("expects the columns of 'output' to lie in threads as "
                       "those of 'input', but got ")
           << output;
  // C2
  auto isRow = [&](int64_t row) {
    return row >= 0 && row < input.getDimSize(0);
  };
  if (int64_t(getRows().size()) != output.getDimSize(0) ||
      !llvm::all_of(getRows(), isRow))
    return emitOpError("expects a row of 'input' for each of ")
           << output.getDimSize(0) << " rows of 'output'";
  return success();
}

//===----------------------------------------------------------------------===//
// Pairs of rows
//===----------------------------------------------------------------------===//

static bool isF32Mma(TileType tile, ArrayRef<int64_t> shape) {
  return tile.getShape() == shape && tile.getElementType().isF32() &&
         isa<MmaLayoutAttr>(tile.getLayout());
}

/// Whether `buffer` is stages x 16 x 16 of `element`.
static bool isSquares(SharedType buffer, Type element) {
  return buffer.getElementType() == element && buffer.getRank() == 3 &&
         buffer.getShape().drop_front() == ArrayRef<int64_t>{16, 16};
}

LogicalResult StorePairsOp::verify() {
  Builder builder(getContext());
  if (!isF32Mma(getProducts().getType(), {4, 16, 8}))
    return emitOpError("expects 'products' to be 4x16x8 of f32 in a #gdn.mma "
                       "layout, but got ")
           << getProducts().getType();
  if (!isSquares(getErased().getType(), builder.getF32Type()) ||
      !isSquares(getScores().getType(), builder.getF16Type()))
    return emitOpError(
               "expects 'erased' and 'scores' to be stages of 16x16, of "
               "f32 and of f16, but got ")
           << getErased().getType() << " and " << getScores().getType();
  return success();
}

LogicalResult StoreDiagonalOp::verify() {
  if (!isF32Mma(getTile().getType(), {16, 16}) ||
      !isSquares(getDest().getType(), Builder(getContext()).getF16Type()))
    return emitOpError(
               "expects a tile of 16x16 of f32 in a #gdn.mma layout and "
               "stages of 16x16 of f16, but got ")
           << getTile().getType() << " and " << getDest().getType();
  return success();
}

LogicalResult TileUnitInverseOp::verify() {
  TileType output = getOutput().getType();
  SharedType source = getSource().getType();
  if (failed(verifyOwnRows(*this, "output", output)))
    return failure();
  if (!output.getElementType().isF32() || !source.getElementType().isF32() ||
      output.getDimSize(0) != output.getDimSize(1) || source.getRank() != 3 ||
      source.getShape().drop_front() != output.getShape())
    return emitOpError("expects a square matrix of f32 and stages of its size, "
                       "but got ")
           << output << " and " << source;
  return success();
}
