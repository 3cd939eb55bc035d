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

/// C4: where offsets are known, the factor lies in its matrix, at whole core
/// matrices.
static LogicalResult verifyPlace(TileMmaOp op) {
  SharedType rhs = op.getRhs().getType();
  int64_t rank = rhs.getRank();
  SmallVector<int64_t> sizes(rank - 2, 1), steps(rank - 2, 1);
  llvm::append_values(sizes, op.getAcc().getType().getDimSize(1),
                      op.getLhs().getType().getDimSize(1));
  llvm::append_values(steps, 8, 16);
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t offset = getConstantIntValue(op.getOffsets()[dim]).value_or(0);
    if (offset < 0 || offset % steps[dim] != 0 ||
        offset + sizes[dim] > rhs.getShape()[dim])
      return op.emitOpError("expects a multiple of ")
             << steps[dim] << " as the offset in dimension " << dim
             << " of 'rhs' = [" << rhs.getShape()[dim] << "], with "
             << sizes[dim] << " elements behind it, but got " << offset;
  }
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
  return verifyPlace(*this);
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

/// Whether `tile` is rows x columns in a `#gdn.factor` layout.
static bool areFactors(TileType tile) {
  return isa<FactorLayoutAttr>(tile.getLayout());
}

/// C1 and C2 of ops on each two blocks of rows.
static LogicalResult verifyTwoBlocks(Operation *op, TileType tile,
                                     int64_t block) {
  if (!areFactors(tile) || !tile.getElementType().isF32())
    return op->emitOpError("expects f32 in a #gdn.factor layout, but got ")
           << tile;
  if (block != 1 && block != 2 && block != 4)
    return op->emitOpError("expects blocks of 1, 2 or 4 rows, but got ")
           << block;
  return success();
}

LogicalResult TileSwapBlocksOp::verify() {
  return verifyTwoBlocks(*this, getInput().getType(), getBlock());
}

LogicalResult TileDecayHalfOp::verify() {
  return verifyTwoBlocks(*this, getInput().getType(), getBlock());
}

LogicalResult TileCommonRowOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  auto layout = dyn_cast<SliceLayoutAttr>(output.getLayout());
  if (input.getRank() != 2 || !layout || layout.getDim() != 0 ||
      layout.getParent() != input.getLayout() ||
      input.getElementType() != output.getElementType() ||
      input.getDimSize(1) != output.getDimSize(0))
    return emitOpError("expects rows, and one of them in their layout less its "
                       "rows, but got ")
           << input << " and " << output;
  return success();
}

LogicalResult TilePairMmaOp::verify() {
  // C1
  TileType rhs = getRhs().getType();
  auto layout = dyn_cast<FactorLayoutAttr>(rhs.getLayout());
  Type element = rhs.getElementType();
  if (!layout || rhs.getDimSize(0) != 8 ||
      !(element.isF16() || element.isBF16()))
    return emitOpError("expects 8 rows of f16 or of bf16 in a #gdn.factor "
                       "layout, but got ")
           << rhs;
  if (getLhs().empty() || getLhs().size() > 2 ||
      !llvm::all_equal(getOperandTypes()))
    return emitOpError("expects one or two left factors of the type of the "
                       "right one, but got ")
           << getLhs().getTypes() << " and " << rhs;
  // C2
  auto pairs = TileType::get(
      getContext(), {layout.getWarps(), 8, 8}, Float32Type::get(getContext()),
      PairsLayoutAttr::get(getContext(), layout.getWarps()));
  if (getProducts().size() != getLhs().size() ||
      !llvm::all_of(getResultTypes(), [&](Type type) { return type == pairs; }))
    return emitOpError("expects ")
           << pairs << " for each left factor, but got " << getResultTypes();
  return success();
}

LogicalResult TileSelectPairsOp::verify() {
  TileType pairs = getOutput().getType();
  if (!isa<PairsLayoutAttr>(pairs.getLayout()) || pairs.getDimSize(1) != 8 ||
      pairs.getDimSize(2) != 8)
    return emitOpError("expects 8 x 8 pairs for each warp in a #gdn.pairs "
                       "layout, but got ")
           << pairs;
  int64_t block = getBlock();
  if (block != 0 && block != 1 && block != 2 && block != 4)
    return emitOpError("expects blocks of 0, 1, 2 or 4 rows, but got ")
           << block;
  return success();
}

//===----------------------------------------------------------------------===//
// The inverse
//===----------------------------------------------------------------------===//

LogicalResult TileUnitInverseOp::verify() {
  TileType output = getOutput().getType();
  SharedType source = getSource().getType();
  TileLayoutInterface layout = output.getLayout();
  if (output.getRank() != 2 || layout.getBlock(0) != output.getDimSize(0) ||
      layout.getWarpsAlong(0) != 1)
    return emitOpError("expects the rows of 'output' side by side in the lanes "
                       "of one warp, but got ")
           << output;
  if (!output.getElementType().isF32() || !source.getElementType().isF32() ||
      output.getDimSize(0) != output.getDimSize(1) || source.getRank() != 3 ||
      source.getShape().drop_front() != output.getShape() ||
      output.getDimSize(0) % 4 != 0 || source.getRowBytes() % 16 != 0)
    return emitOpError("expects a square matrix of f32 and stages of its size, "
                       "of a multiple of 4 rows that begin at multiples of 16 "
                       "bytes, but got ")
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
