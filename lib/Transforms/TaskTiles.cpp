//===- TaskTiles.cpp - Tasks for threads ----------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuTiles.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

/// Steps of work worth handing to a thread.
static constexpr int64_t kThreadWork = 16384;
/// What the extent of a dynamic loop counts as.
static constexpr int64_t kDynamicExtent = 1024;
/// Rows and columns of a product that one task computes.
static constexpr int64_t kTaskRows = 64, kTaskColumns = 256;

static int64_t getCountedExtent(LinalgOp op, unsigned dim) {
  int64_t extent = op.getStaticLoopRanges()[dim];
  return ShapedType::isDynamic(extent) ? kDynamicExtent : extent;
}

static int64_t getWork(LinalgOp op) {
  int64_t work = 1;
  for (unsigned dim = 0; dim < op.getNumLoops() && work < (1ll << 40); ++dim)
    work *= getCountedExtent(op, dim);
  return work;
}

/// The number of columns of a task: of the multiples of 32 near
/// `kTaskColumns`, the one that leaves the least over.
static int64_t getTaskColumns(int64_t extent) {
  if (ShapedType::isDynamic(extent))
    return kTaskColumns;
  int64_t best = std::min(extent, kTaskColumns);
  for (int64_t size = kTaskColumns / 2; size <= 2 * kTaskColumns; size += 32)
    if (size <= extent && extent % size < extent % best)
      best = size;
  return best;
}

/// The parallel loops of a product: matrices, columns, rows. Neighbouring tasks
/// share columns, so that the right side is read once from memory.
static SmallVector<ParallelLoop>
getProductLoops(RewriterBase &rewriter, LinalgOp op, const Product &product) {
  SmallVector<ParallelLoop> loops;
  auto add = [&](unsigned dim, int64_t tile) {
    int64_t extent = op.getStaticLoopRanges()[dim];
    if (ShapedType::isDynamic(extent) || extent > tile)
      loops.push_back(
          {dim, rewriter.getIndexAttr(0), getExtent(rewriter, op, dim), tile});
  };
  for (unsigned dim : product.batch)
    add(dim, 1);
  add(product.column, getTaskColumns(op.getStaticLoopRanges()[product.column]));
  if (product.row)
    add(*product.row, kTaskRows);
  return loops;
}

/// The parallel loops of any other op: inner loops are run whole as long as
/// they are little work, the next one in tiles, outer ones in single steps.
static SmallVector<ParallelLoop> getRowLoops(RewriterBase &rewriter,
                                             LinalgOp op) {
  SmallVector<ParallelLoop> loops;
  int64_t work = 1;
  for (unsigned dim : getLoops(op, utils::IteratorType::reduction))
    work *= getCountedExtent(op, dim);
  SmallVector<unsigned> parallel = getLoops(op, utils::IteratorType::parallel);
  for (unsigned dim : llvm::reverse(parallel)) {
    int64_t tile = std::max<int64_t>(kThreadWork / work, 1);
    bool isDynamic = ShapedType::isDynamic(op.getStaticLoopRanges()[dim]);
    work *= getCountedExtent(op, dim);
    if (getCountedExtent(op, dim) > tile || (isDynamic && work > kThreadWork))
      loops.push_back(
          {dim, rewriter.getIndexAttr(0), getExtent(rewriter, op, dim), tile});
  }
  std::reverse(loops.begin(), loops.end());
  return loops;
}

/// Takes the fills that only `op` uses off its inits and returns their values,
/// null where an init is not filled: tasks fill their own part.
static SmallVector<Value> takeFills(RewriterBase &rewriter, LinalgOp op) {
  SmallVector<Value> values;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    auto fill = init.get().getDefiningOp<linalg::FillOp>();
    bool isOnly = fill && init.get().hasOneUse();
    values.push_back(isOnly ? fill.value() : Value());
    if (isOnly)
      rewriter.modifyOpInPlace(op, [&] { init.set(fill.output()); });
  }
  return values;
}

/// Runs `op` in parallel over `loops`. A static loop that does not divide is
/// cut in two, so that no tile has a dynamic size because of it.
static SmallVector<Value> tileInParallel(RewriterBase &rewriter, LinalgOp op,
                                         SmallVector<ParallelLoop> loops,
                                         ArrayRef<Value> fillValues,
                                         TileBody body) {
  for (ParallelLoop &loop : loops) {
    std::optional<int64_t> lower = getConstantIntValue(loop.lower);
    std::optional<int64_t> upper = getConstantIntValue(loop.upper);
    if (!lower || !upper || (*upper - *lower) % loop.tile == 0)
      continue;
    ParallelLoop whole = loop;
    int64_t middle = *upper - (*upper - *lower) % loop.tile;
    loop.upper = rewriter.getIndexAttr(middle);
    SmallVector<Value> first =
        tileInParallel(rewriter, op, loops, fillValues, body);
    loop = whole;
    loop.lower = rewriter.getIndexAttr(middle);
    loop.tile = *upper - middle;
    rewriter.modifyOpInPlace(op,
                             [&] { op.getDpsInitsMutable().assign(first); });
    return tileInParallel(rewriter, op, loops, fillValues, body);
  }
  return tileForThreads(rewriter, op, loops, fillValues, body);
}

SmallVector<Value> gdn::tileForTasks(RewriterBase &rewriter, LinalgOp op,
                                     const std::optional<Product> &product,
                                     TileBody body) {
  if (getWork(op) < 2 * kThreadWork)
    return body(rewriter, op);
  SmallVector<ParallelLoop> loops =
      product ? getProductLoops(rewriter, op, *product)
              : getRowLoops(rewriter, op);
  if (loops.empty())
    return body(rewriter, op);
  return tileInParallel(rewriter, op, loops, takeFills(rewriter, op), body);
}
