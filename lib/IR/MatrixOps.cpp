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

/// C2: blocks of rows that no two threads share, two by two.
static LogicalResult verifyBlocks(Operation *op, TileType tile, int64_t block) {
  int64_t rowDim = tile.getRank() - 2;
  if (block >= 1 && block <= tile.getDimSize(rowDim) &&
      block % tile.getLayout().getBlock(rowDim) == 0 &&
      tile.getDimSize(rowDim) % (2 * block) == 0)
    return success();
  return op->emitOpError(
             "expects pairs of blocks of rows, each of whole blocks "
             "of the layout, but got blocks of ")
         << block << " rows of " << tile;
}

LogicalResult TileHalfOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  if (!isa<BlockedLayoutAttr>(input.getLayout()) || input.getRank() < 2)
    return emitOpError("expects rows in a #gdn.blocked layout, but got ")
           << input;
  if (failed(verifyBlocks(*this, input, getBlock())))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape[shape.size() - 2] /= 2;
  if (output != input.cloneWith(shape, input.getElementType()))
    return emitOpError("expects the output to be ")
           << input.cloneWith(shape, input.getElementType()) << ", but got "
           << output;
  return success();
}

LogicalResult TileDecayHalfOp::verify() {
  TileType input = getInput().getType(), totals = getTotals().getType();
  if (!isa<BlockedLayoutAttr>(input.getLayout()) || input.getRank() != 2 ||
      !input.getElementType().isF32() ||
      input.getLayout().getRegisterShape(input.getShape())[0] !=
          input.getDimSize(0))
    return emitOpError("expects all rows of f32 in each thread, in a "
                       "#gdn.blocked layout, but got ")
           << input;
  if (failed(verifyBlocks(*this, input, getBlock())))
    return failure();
  SmallVector<int64_t> shape = {input.getDimSize(0) / int64_t(getBlock()),
                                input.getDimSize(1)};
  if (totals != input.cloneWith(shape, input.getElementType()))
    return emitOpError("expects the totals to be ")
           << input.cloneWith(shape, input.getElementType()) << ", but got "
           << totals;
  return success();
}

/// C3 of `gdn.tile_pair_mma`: a layout of accumulators for each warp.
static LogicalResult verifyPairs(Operation *op, TileType pairs) {
  auto layout = dyn_cast<BlockedLayoutAttr>(pairs.getLayout());
  if (layout && pairs.getRank() == 3 && pairs.getElementType().isF32() &&
      layout.getPerLane() == ArrayRef<int64_t>({1, 1, 2}) &&
      layout.getLanes() == ArrayRef<int64_t>({1, 8, 4}) &&
      layout.getWarps() == ArrayRef<int64_t>({pairs.getDimSize(0), 1, 1}))
    return success();
  return op->emitOpError("expects pairs of f32 as the accumulators of one "
                         "product in each warp (per_lane = [1, 1, 2], lanes = "
                         "[1, 8, 4]), but got ")
         << pairs;
}

LogicalResult TilePairMmaOp::verify() {
  SharedType lhs = getLhs().getType(), rhs = getRhs().getType();
  TileType result = getResult().getType();
  if (failed(verifyPairs(*this, result)))
    return failure();
  Type element = lhs.getElementType();
  // C1
  if (!(element.isF16() || element.isBF16()) ||
      element != rhs.getElementType() ||
      lhs.getShape().back() != rhs.getShape().back() ||
      lhs.getShape().back() % (16 * getWarps()) != 0)
    return emitOpError("expects factors of f16 or of bf16, with the same "
                       "columns, a multiple of 16 in each warp, but got ")
           << lhs << " and " << rhs;
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return emitOpError("expects matrices, but got ") << lhs << " and " << rhs;
  // C2
  if (int64_t(getLhsOffsets().size()) != lhs.getRank() ||
      int64_t(getRhsOffsets().size()) != rhs.getRank())
    return emitOpError("expects one offset for each dimension, but got ")
           << getLhsOffsets().size() << " and " << getRhsOffsets().size()
           << " of " << lhs << " and " << rhs;
  // C3
  if (result.getDimSize(1) > 16)
    return emitOpError("expects 8 or 16 rows of products, but got ") << result;
  return success();
}

LogicalResult SharedStorePairsOp::verify() {
  TileType pairs = getPairs().getType();
  SharedType dest = getDest().getType();
  int64_t block = getBlock(), rows = block ? 8 : 16;
  if (failed(verifyPairs(*this, pairs)))
    return failure();
  if (block < 0 || block > 8 || (block & (block - 1)) != 0)
    return emitOpError("expects blocks of 0, 1, 2, 4 or 8 rows, but got ")
           << block;
  if (pairs.getShape().drop_front() != ArrayRef<int64_t>({rows, rows}) ||
      dest.getRank() != 3 ||
      dest.getShape().drop_front() != ArrayRef<int64_t>({16, 16}) ||
      !dest.getElementType().isF32())
    return emitOpError("expects pairs of ")
           << rows << " rows, and places of 16 x 16 of f32, but got " << pairs
           << " and " << dest;
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
