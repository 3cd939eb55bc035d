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

/// The layout of `tile` where it is one of accumulators, of warps along the
/// rows alone; null elsewhere.
static MmaLayoutAttr getRowsOfWarps(TileType tile) {
  auto layout = dyn_cast<MmaLayoutAttr>(tile.getLayout());
  return layout && layout.getWarps()[1] == 1 ? layout : MmaLayoutAttr();
}

/// C2: sizes of `lhs` and `acc`, and of both in a warp.
static LogicalResult verifySizes(TileMmaOp op, int64_t warps) {
  TileType lhs = op.getLhs().getType(), acc = op.getAcc().getType();
  if (lhs.getDimSize(0) != acc.getDimSize(0))
    return op.emitOpError("expects 'lhs' and 'acc' to have the same rows, but "
                          "got ")
           << lhs << " and " << acc;
  if (acc.getDimSize(0) % (16 * warps) != 0 || lhs.getDimSize(1) % 16 != 0)
    return op.emitOpError("expects M and K to be multiples of 16 in each warp, "
                          "but got ")
           << lhs << " and " << acc;
  if (op.getWarpgroup() && (warps % 4 != 0 || acc.getDimSize(0) != 16 * warps ||
                            acc.getDimSize(1) > 256))
    return op.emitOpError("expects 16 rows in each of four warps, or of a "
                          "multiple of four, and at most 256 columns for a "
                          "warpgroup, but got ")
           << acc;
  return success();
}

LogicalResult TileMmaOp::verify() {
  TileType lhs = getLhs().getType(), acc = getAcc().getType();
  SharedType rhs = getRhs().getType();
  // C1
  MmaLayoutAttr layout = getRowsOfWarps(acc);
  if (!layout || lhs.getLayout() != acc.getLayout())
    return emitOpError("expects 'lhs' and 'acc' to be in one #gdn.mma layout, "
                       "with warps along the rows alone, but got ")
           << lhs << " and " << acc;
  if (failed(verifySizes(*this, layout.getWarps()[0])))
    return failure();
  // C3
  if (!acc.getElementType().isF32() ||
      !(lhs.getElementType().isF32() || lhs.getElementType().isTF32()) ||
      rhs.getCores().empty())
    return emitOpError("expects factors of tf32, the second one in cores, and "
                       "sums of f32, but got ")
           << lhs.getElementType() << ", " << rhs << " and "
           << acc.getElementType();
  // C4
  if (int64_t(getOffsets().size()) != rhs.getRank())
    return emitOpError("expects ")
           << rhs.getRank() << " offsets, one for each dimension of 'rhs', "
           << "but got " << getOffsets().size();
  return success();
}

/// Whether both tiles are in one layout that getRowsOfWarps() knows, with the
/// same rows and element type.
static bool areSideBySide(TileType lhs, TileType rhs) {
  return getRowsOfWarps(lhs) && lhs.getLayout() == rhs.getLayout() &&
         lhs.getElementType() == rhs.getElementType() &&
         lhs.getDimSize(0) == rhs.getDimSize(0);
}

LogicalResult TileJoinOp::verify() {
  TileType left = getLeft().getType(), right = getRight().getType(),
           output = getOutput().getType();
  if (areSideBySide(left, right) && areSideBySide(left, output) &&
      left.getDimSize(1) + right.getDimSize(1) == output.getDimSize(1))
    return success();
  return emitOpError("expects tiles of the same rows, elements and #gdn.mma "
                     "layout, with warps along the rows alone, and their "
                     "columns in the output, but got ")
         << left << ", " << right << " and " << output;
}

LogicalResult TileColumnsOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  if (!areSideBySide(input, output))
    return emitOpError("expects tiles of the same rows, elements and #gdn.mma "
                       "layout, with warps along the rows alone, but got ")
           << input << " and " << output;
  int64_t first = getFirst();
  if (first < 0 || first % 8 != 0 ||
      first + output.getDimSize(1) > input.getDimSize(1))
    return emitOpError("expects a multiple of 8 as the first of ")
           << output.getDimSize(1) << " columns, but got " << first;
  return success();
}

//===----------------------------------------------------------------------===//
// Pairs of rows
//===----------------------------------------------------------------------===//

/// Fails unless `tile` is 16 x K and a lane has two neighbouring rows, and
/// pairs of neighbouring columns.
static LogicalResult verifyPairedRows(Operation *op, StringRef name,
                                      TileType tile) {
  auto layout = dyn_cast<BlockedLayoutAttr>(tile.getLayout());
  if (layout && tile.getRank() == 2 && tile.getDimSize(0) == 16 &&
      layout.getPerLane() == ArrayRef<int64_t>({2, 2}) &&
      layout.getLanes() == ArrayRef<int64_t>({8, 4}) &&
      layout.getWarps()[0] == 1)
    return success();
  return op->emitOpError("expects '")
         << name
         << "' to have 16 rows, two of them and pairs of columns in each of "
            "8 by 4 lanes, but got "
         << tile;
}

static LogicalResult verifyDecays(Operation *op, TileType tile) {
  if (!tile.getElementType().isF32())
    return op->emitOpError("expects elements of f32, but got ") << tile;
  return verifyPairedRows(op, "prefix", tile);
}

LogicalResult TileMergeDecayOp::verify() {
  int64_t block = getBlock();
  if (block != 1 && block != 2 && block != 4 && block != 8)
    return emitOpError("expects blocks of 1, 2, 4 or 8 rows, but got ")
           << block;
  return verifyDecays(*this, getPrefix().getType());
}

LogicalResult TileTotalDecayOp::verify() {
  TileType prefix = getPrefix().getType(), output = getOutput().getType();
  if (failed(verifyDecays(*this, prefix)))
    return failure();
  auto layout = SliceLayoutAttr::get(getContext(), 0, prefix.getLayout());
  auto expected = TileType::get(getContext(), {prefix.getDimSize(1)},
                                prefix.getElementType(), layout);
  if (output != expected)
    return emitOpError("expects the output to be ")
           << expected << ", but got " << output;
  return success();
}

LogicalResult TilePairMmaOp::verify() {
  TileType lhs = getLhs().getType(), acc = getAcc().getType();
  if (failed(verifyPairedRows(*this, "lhs", lhs)))
    return failure();
  int64_t warps = cast<BlockedLayoutAttr>(lhs.getLayout()).getWarps()[1];
  if (!(lhs.getElementType().isF16() || lhs.getElementType().isBF16()) ||
      lhs.getDimSize(1) % (16 * warps) != 0)
    return emitOpError("expects factors of f16 or of bf16, with a multiple of "
                       "16 columns in each warp, but got ")
           << lhs;
  auto layout =
      BlockedLayoutAttr::get(getContext(), {1, 2, 4}, {1, 8, 4}, {warps, 1, 1});
  auto expected = TileType::get(getContext(), {warps, 16, 16},
                                Float32Type::get(getContext()), layout);
  if (acc != expected)
    return emitOpError("expects 'acc' to be ")
           << expected << ", but got " << acc;
  return success();
}

LogicalResult TilePickPairsOp::verify() {
  if (getResult().getType().getRank() < 2)
    return emitOpError("expects tiles of two dimensions or more, but got ")
           << getResult().getType();
  int64_t block = getBlock();
  if (block < 0 || (block & (block - 1)) != 0)
    return emitOpError("expects blocks of 0 or a power of 2 of rows, but got ")
           << block;
  return success();
}

//===----------------------------------------------------------------------===//
// The inverse
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

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

LogicalResult PtxWgmmaOp::verify() {
  // C1
  if (getN() % 8 != 0 || getN() > 256 ||
      getLhs().getType().getDimSize(0) % 4 != 0)
    return emitOpError("expects sums of up to 256 columns, 8 by 8, and four "
                       "registers for each 8 columns of 'lhs', but got ")
           << getAcc().getType() << " and " << getLhs().getType();
  // C2
  auto isStep = [](int64_t bytes) {
    return bytes >= 0 && bytes % 16 == 0 && bytes < 256 << 10;
  };
  if (!isStep(getStride()) || !isStep(getLeading()))
    return emitOpError("expects 'stride' and 'leading' to be multiples of 16 "
                       "below 256 KiB, but got ")
           << getStride() << " and " << getLeading();
  return success();
}
