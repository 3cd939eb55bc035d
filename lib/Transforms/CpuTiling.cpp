//===- CpuTiling.cpp - Cutting linalg ops along single loops --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuTiling.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

namespace {

/// Where a tile lies: offset and size of every loop of the op, by number.
/// A null size means all of the loop.
struct Window {
  SmallVector<OpFoldResult> offsets, sizes;

  explicit Window(unsigned loops) : offsets(loops), sizes(loops) {}
};

/// The part of one operand that a window addresses.
struct Slice {
  SmallVector<OpFoldResult> offsets, sizes, strides;
  bool isWhole = true;
};

} // namespace

bool gdn::isSliceable(linalg::LinalgOp op, unsigned dim) {
  return llvm::all_of(op.getIndexingMapsArray(), [&](AffineMap map) {
    return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
      return isa<AffineDimExpr>(expr) || !expr.isFunctionOfDim(dim);
    });
  });
}

OpFoldResult gdn::getExtent(RewriterBase &rewriter, linalg::LinalgOp op,
                            unsigned dim) {
  int64_t size = op.getStaticLoopRanges()[dim];
  if (!ShapedType::isDynamic(size))
    return rewriter.getIndexAttr(size);
  AffineExpr wanted = rewriter.getAffineDimExpr(dim);
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (expr == wanted)
        return tensor::getMixedSize(rewriter, op.getLoc(), operand.get(),
                                    position);
  }
  llvm_unreachable("a sliceable loop has an operand that it alone addresses");
}

static Slice getSlice(OpBuilder &builder, Location loc, Value operand,
                      AffineMap map, const Window &window) {
  Slice slice;
  int64_t rank = cast<RankedTensorType>(operand.getType()).getRank();
  slice.offsets.assign(rank, builder.getIndexAttr(0));
  slice.strides.assign(rank, builder.getIndexAttr(1));
  slice.sizes = tensor::getMixedSizes(builder, loc, operand);
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || !window.sizes[dim.getPosition()])
      continue;
    slice.offsets[position] = window.offsets[dim.getPosition()];
    slice.sizes[position] = window.sizes[dim.getPosition()];
    slice.isWhole = false;
  }
  return slice;
}

/// Clones `op` for the part `window` of its loops, on slices of its inputs and
/// of `inits`; `slices` receives those of the inits.
static linalg::LinalgOp cloneForWindow(RewriterBase &rewriter,
                                       linalg::LinalgOp op, ValueRange inits,
                                       const Window &window,
                                       SmallVectorImpl<Slice> &slices) {
  Location loc = op.getLoc();
  SmallVector<Value> operands = op.getDpsInputs();
  llvm::append_range(operands, inits);
  for (auto [number, operand] : llvm::enumerate(operands)) {
    bool isInit = number >= static_cast<size_t>(op.getNumDpsInputs());
    if (!isa<RankedTensorType>(operand.getType()))
      continue;
    Slice slice = getSlice(rewriter, loc, operand,
                           op.getIndexingMapsArray()[number], window);
    if (!slice.isWhole)
      operand = tensor::ExtractSliceOp::create(
          rewriter, loc, operand, slice.offsets, slice.sizes, slice.strides);
    if (isInit)
      slices.push_back(std::move(slice));
  }
  auto types = TypeRange(ValueRange(operands).take_back(inits.size()));
  auto tile = cast<linalg::LinalgOp>(clone(rewriter, op, types, operands));
  linalg::offsetIndices(rewriter, tile, window.offsets);
  return tile;
}

/// Builds the tile of one window and puts its results back into `inits`.
static SmallVector<Value> tileWindow(RewriterBase &rewriter,
                                     linalg::LinalgOp op, ValueRange inits,
                                     const Window &window, TileBody body) {
  SmallVector<Slice> slices;
  linalg::LinalgOp tile = cloneForWindow(rewriter, op, inits, window, slices);
  SmallVector<Value> results = body(rewriter, tile);
  if (!llvm::is_contained(results, tile->getResult(0)))
    rewriter.eraseOp(tile);
  for (auto [result, init, slice] : llvm::zip_equal(results, inits, slices))
    if (!slice.isWhole)
      result = tensor::InsertSliceOp::create(rewriter, op.getLoc(), result,
                                             init, slice.offsets, slice.sizes,
                                             slice.strides);
  return results;
}

/// Tiles from `lower` to `upper`, whose distance is a multiple of `size`.
static SmallVector<Value> tileRange(RewriterBase &rewriter, linalg::LinalgOp op,
                                    ValueRange inits, unsigned dim,
                                    OpFoldResult lower, OpFoldResult upper,
                                    int64_t size, TileBody body) {
  Location loc = op.getLoc();
  Window window(op.getNumLoops());
  window.sizes[dim] = rewriter.getIndexAttr(size);
  std::optional<int64_t> first = getConstantIntValue(lower);
  std::optional<int64_t> last = getConstantIntValue(upper);
  if (first && last && *last - *first <= size) {
    window.offsets[dim] = lower;
    return *first == *last ? SmallVector<Value>(inits)
                           : tileWindow(rewriter, op, inits, window, body);
  }
  auto loop = scf::ForOp::create(
      rewriter, loc, getValueOrCreateConstantIndexOp(rewriter, loc, lower),
      getValueOrCreateConstantIndexOp(rewriter, loc, upper),
      arith::ConstantIndexOp::create(rewriter, loc, size), inits);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  window.offsets[dim] = loop.getInductionVar();
  SmallVector<Value> results =
      tileWindow(rewriter, op, loop.getRegionIterArgs(), window, body);
  scf::YieldOp::create(rewriter, loc, results);
  return loop.getResults();
}

/// The end of the tiles of `size` that fit between `lower` and `upper`.
static OpFoldResult getEnd(RewriterBase &rewriter, Location loc,
                           OpFoldResult lower, OpFoldResult upper,
                           int64_t size) {
  if (size == 1)
    return upper;
  AffineExpr first = rewriter.getAffineSymbolExpr(0);
  AffineExpr last = rewriter.getAffineSymbolExpr(1);
  return affine::makeComposedFoldedAffineApply(
      rewriter, loc, first + (last - first).floorDiv(size) * size,
      {lower, upper});
}

/// The tile of all there is between `lower` and `upper`, if anything.
static SmallVector<Value> tileWhole(RewriterBase &rewriter, linalg::LinalgOp op,
                                    ValueRange inits, unsigned dim,
                                    OpFoldResult lower, OpFoldResult upper,
                                    TileBody body) {
  AffineExpr first = rewriter.getAffineSymbolExpr(0);
  AffineExpr last = rewriter.getAffineSymbolExpr(1);
  Window window(op.getNumLoops());
  window.offsets[dim] = lower;
  window.sizes[dim] = affine::makeComposedFoldedAffineApply(
      rewriter, op.getLoc(), last - first, {lower, upper});
  if (isZeroInteger(window.sizes[dim]))
    return SmallVector<Value>(inits);
  return tileWindow(rewriter, op, inits, window, body);
}

SmallVector<Value> gdn::tileLoop(RewriterBase &rewriter, linalg::LinalgOp op,
                                 unsigned dim, ArrayRef<int64_t> sizes,
                                 TileBody body) {
  OpFoldResult lower = rewriter.getIndexAttr(0);
  OpFoldResult upper = getExtent(rewriter, op, dim);
  std::optional<int64_t> extent = getConstantIntValue(upper);
  if (extent && llvm::is_contained(sizes, *extent))
    return body(rewriter, op);

  SmallVector<Value> values = op.getDpsInits();
  for (int64_t size : sizes) {
    if (size == kWholeRest) {
      values = tileWhole(rewriter, op, values, dim, lower, upper, body);
      break;
    }
    OpFoldResult end = getEnd(rewriter, op.getLoc(), lower, upper, size);
    values = tileRange(rewriter, op, values, dim, lower, end, size, body);
    lower = end;
  }
  return values;
}

SmallVector<Value> gdn::splitLoop(RewriterBase &rewriter, linalg::LinalgOp op,
                                  unsigned dim, int64_t multiple,
                                  TileBody whole, TileBody rest) {
  OpFoldResult lower = rewriter.getIndexAttr(0);
  OpFoldResult upper = getExtent(rewriter, op, dim);
  if (std::optional<int64_t> extent = getConstantIntValue(upper)) {
    if (*extent % multiple == 0)
      return whole(rewriter, op);
    if (*extent < multiple)
      return rest(rewriter, op);
  }
  OpFoldResult middle = getEnd(rewriter, op.getLoc(), lower, upper, multiple);
  SmallVector<Value> values =
      tileWhole(rewriter, op, op.getDpsInits(), dim, lower, middle, whole);
  return tileWhole(rewriter, op, values, dim, middle, upper, rest);
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

/// The window of an iteration of `loop`; the last tile of a loop that does not
/// divide is smaller.
static Window getWindow(RewriterBase &rewriter, linalg::LinalgOp op,
                        ArrayRef<ParallelLoop> loops, scf::ForallOp forall) {
  Window window(op.getNumLoops());
  AffineExpr at = rewriter.getAffineSymbolExpr(0);
  AffineExpr end = rewriter.getAffineSymbolExpr(1);
  for (auto [loop, iv] : llvm::zip_equal(loops, forall.getInductionVars())) {
    window.offsets[loop.dim] = iv;
    OpFoldResult tile = rewriter.getIndexAttr(loop.tile);
    std::optional<int64_t> first = getConstantIntValue(loop.lower);
    std::optional<int64_t> last = getConstantIntValue(loop.upper);
    bool divides =
        loop.tile == 1 || (first && last && (*last - *first) % loop.tile == 0);
    AffineMap map = AffineMap::get(
        0, 2, {rewriter.getAffineConstantExpr(loop.tile), end - at},
        rewriter.getContext());
    window.sizes[loop.dim] =
        divides ? tile
                : affine::makeComposedFoldedAffineMin(rewriter, op.getLoc(),
                                                      map, {iv, loop.upper});
  }
  return window;
}

SmallVector<Value> gdn::tileForThreads(RewriterBase &rewriter,
                                       linalg::LinalgOp op,
                                       ArrayRef<ParallelLoop> loops,
                                       ArrayRef<Value> fillValues,
                                       TileBody body) {
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> lowers, uppers, steps;
  for (const ParallelLoop &loop : loops) {
    lowers.push_back(loop.lower);
    uppers.push_back(loop.upper);
    steps.push_back(rewriter.getIndexAttr(loop.tile));
  }
  auto forall =
      scf::ForallOp::create(rewriter, loc, lowers, uppers, steps,
                            op.getDpsInits(), /*mapping=*/std::nullopt);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(forall.getTerminator());
  Window window = getWindow(rewriter, op, loops, forall);
  SmallVector<Slice> slices;
  linalg::LinalgOp tile =
      cloneForWindow(rewriter, op, forall.getRegionIterArgs(), window, slices);
  for (auto [number, value] : llvm::enumerate(fillValues)) {
    if (!value)
      continue;
    OpBuilder::InsertionGuard beforeTile(rewriter);
    rewriter.setInsertionPoint(tile);
    OpOperand *init = tile.getDpsInitOperand(number);
    auto fill = linalg::FillOp::create(rewriter, loc, value, init->get());
    init->set(fill.getResult(0));
  }
  SmallVector<Value> results = body(rewriter, tile);
  if (!llvm::is_contained(results, tile->getResult(0)))
    rewriter.eraseOp(tile);
  rewriter.setInsertionPointToEnd(forall.getTerminator().getBody());
  for (auto [result, init, slice] :
       llvm::zip_equal(results, forall.getRegionIterArgs(), slices))
    tensor::ParallelInsertSliceOp::create(
        rewriter, loc, result, init, slice.offsets, slice.sizes, slice.strides);
  return forall.getResults();
}
