//===- TileForCpu.cpp - Tiles for threads and vector registers ------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the tiles; CpuTiling.h cuts. All sizes are fixed here, none depends
// on the number of threads, and the sum of an element always runs over its
// terms in order: so a result depends on shapes and values alone, and a row of
// a product on its own row of the left side.
//
//===----------------------------------------------------------------------===//

#include "CpuTiling.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_TILEFORCPUPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

namespace {

/// Steps of work worth handing to a thread.
constexpr int64_t kThreadWork = 16384;
/// What the extent of a dynamic loop counts as.
constexpr int64_t kDynamicExtent = 1024;
/// Rows and columns of a product that one task computes, and the part of the
/// sum whose panel of the right side (256 x 32 f32) stays in the L1 cache.
constexpr int64_t kTaskRows = 64, kTaskColumns = 256, kSumBlock = 256;
/// Rows of a product that are computed together: with 32 columns, half of the
/// registers of AVX-512.
constexpr int64_t kRowGroup = 8;

/// The loops of a product `out[r, v] += left[r, k] * right[k, v]`, with `v` the
/// innermost dimension of the output.
struct Product {
  /// Row and column loop; a product of a vector has no row loop.
  std::optional<unsigned> row;
  unsigned column, sum;
  /// Whether the sum is innermost in the side that has the columns.
  bool sumIsInnermost;
  /// Other parallel loops and other sums, in order.
  SmallVector<unsigned> batch, outerSums;
};

} // namespace

//===----------------------------------------------------------------------===//
// Shapes of ops
//===----------------------------------------------------------------------===//

/// The loop that runs over the innermost dimension of `operand`, if any.
static std::optional<unsigned> getInnermostLoop(LinalgOp op,
                                                OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (map.getNumResults() == 0)
    return std::nullopt;
  auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
  return dim ? std::optional<unsigned>(dim.getPosition()) : std::nullopt;
}

static bool isParallel(LinalgOp op, unsigned dim) {
  return op.getIteratorTypesArray()[dim] == utils::IteratorType::parallel;
}

static SmallVector<unsigned> getLoops(LinalgOp op, utils::IteratorType type) {
  SmallVector<unsigned> loops;
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray()))
    if (iterator == type)
      loops.push_back(dim);
  return loops;
}

/// Sorts the loops of a contraction into those of a `Product`. None if columns
/// are not in exactly one side: then it is treated like a reduction.
static std::optional<Product> matchProduct(LinalgOp op) {
  if (!linalg::isaContractionOpInterface(op))
    return std::nullopt;
  OpOperand *left = op.getDpsInputOperand(0);
  OpOperand *right = op.getDpsInputOperand(1);
  std::optional<unsigned> column =
      getInnermostLoop(op, *op.getDpsInitOperand(0));
  if (!column)
    return std::nullopt;
  auto has = [&](OpOperand *operand, unsigned dim) {
    return op.getMatchingIndexingMap(operand).isFunctionOfDim(dim);
  };
  if (has(left, *column))
    std::swap(left, right);
  if (has(left, *column) || !has(right, *column))
    return std::nullopt;

  Product product;
  product.column = *column;
  for (unsigned dim : getLoops(op, utils::IteratorType::parallel)) {
    if (dim == *column)
      continue;
    if (has(left, dim) && !has(right, dim)) {
      if (product.row)
        product.batch.push_back(*product.row);
      product.row = dim;
    } else {
      product.batch.push_back(dim);
    }
  }
  product.outerSums = getLoops(op, utils::IteratorType::reduction);
  if (product.outerSums.empty())
    return std::nullopt;
  std::optional<unsigned> innermost = getInnermostLoop(op, *right);
  product.sumIsInnermost =
      innermost && llvm::is_contained(product.outerSums, *innermost);
  product.sum = product.sumIsInnermost ? *innermost : product.outerSums.back();
  llvm::erase(product.outerSums, product.sum);
  return product;
}

/// The loops along which elements are neighbours: that of the output (of an
/// input, if the op sums), then those of inputs that lie across it.
static SmallVector<unsigned> getVectorLoops(LinalgOp op) {
  SmallVector<unsigned> loops;
  auto add = [&](OpOperand &operand) {
    std::optional<unsigned> dim = getInnermostLoop(op, operand);
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool isAcross = loops.empty() || map.isFunctionOfDim(loops.front());
    if (dim && isAcross && !llvm::is_contained(loops, *dim))
      loops.push_back(*dim);
  };
  OpOperand &output = *op.getDpsInitOperand(0);
  if (op.getNumReductionLoops() == 0)
    add(output);
  for (OpOperand *input : op.getDpsInputOperands())
    if (op.getMatchingIndexingMap(input).getNumResults() > 1)
      add(*input);
  if (loops.empty())
    for (OpOperand &operand : op->getOpOperands())
      add(operand);
  return loops;
}

//===----------------------------------------------------------------------===//
// Tiles for vector registers
//===----------------------------------------------------------------------===//

/// Powers of two from `first` down to 1. A dynamic loop gets only the first
/// and single steps, to keep the code small.
static SmallVector<int64_t> getCascade(LinalgOp op, unsigned dim,
                                       int64_t first) {
  if (ShapedType::isDynamic(op.getStaticLoopRanges()[dim]))
    return first == 1 ? SmallVector<int64_t>{1}
                      : SmallVector<int64_t>{first, 1};
  SmallVector<int64_t> sizes;
  for (; first > 0; first /= 2)
    sizes.push_back(first);
  return sizes;
}

/// Cuts `op` along `loops`, outermost first, into at most `sizes`, and leaves
/// the innermost tiles.
static SmallVector<Value> tileNest(RewriterBase &rewriter, LinalgOp op,
                                   ArrayRef<unsigned> loops,
                                   ArrayRef<int64_t> sizes) {
  if (loops.empty())
    return op->getResults();
  return tileLoop(
      rewriter, op, loops.front(), getCascade(op, loops.front(), sizes.front()),
      [&](RewriterBase &rewriter, LinalgOp tile) {
        return tileNest(rewriter, tile, loops.drop_front(), sizes.drop_front());
      });
}

/// How many elements of `op`'s output weigh as much as `count` f32.
static int64_t scaleToElement(LinalgOp op, int64_t count) {
  Type element = getElementTypeOrSelf(op.getDpsInits()[0].getType());
  bool isWide = element.isIndex() || element.getIntOrFloatBitWidth() > 32;
  return isWide ? std::max<int64_t>(count / 2, 1) : count;
}

/// Rows in groups of 8: panels of columns outside, so that a panel of the right
/// side stays in the L1 cache for all rows, and the sum inside.
static SmallVector<Value> tileRowGroups(RewriterBase &rewriter, LinalgOp op,
                                        const Product &product) {
  int64_t width = scaleToElement(op, product.sumIsInnermost ? 16 : 32);
  int64_t depth = product.sumIsInnermost ? width : 1;
  return tileNest(rewriter, op, {product.column, *product.row, product.sum},
                  {width, kRowGroup, depth});
}

/// Few rows, one by one. A row walks along the rows of the right side and reads
/// it once, in long runs.
static SmallVector<Value> tileSingleRows(RewriterBase &rewriter, LinalgOp op,
                                         const Product &product) {
  SmallVector<unsigned> loops = {product.sum, product.column};
  SmallVector<int64_t> sizes = {8, scaleToElement(op, 64)};
  if (product.sumIsInnermost) {
    loops = {product.column, product.sum};
    sizes = {scaleToElement(op, 16), scaleToElement(op, 16)};
  }
  if (product.row) {
    loops.insert(loops.begin(), *product.row);
    sizes.insert(sizes.begin(), 1);
  }
  return tileNest(rewriter, op, loops, sizes);
}

/// One block of a product.
static SmallVector<Value> tileBlock(RewriterBase &rewriter, LinalgOp op,
                                    const Product &product) {
  if (!product.row)
    return tileSingleRows(rewriter, op, product);
  return splitLoop(
      rewriter, op, *product.row, kRowGroup,
      [&](RewriterBase &rewriter, LinalgOp groups) {
        return tileRowGroups(rewriter, groups, product);
      },
      [&](RewriterBase &rewriter, LinalgOp rest) {
        return tileSingleRows(rewriter, rest, product);
      });
}

static SmallVector<Value> tileProduct(RewriterBase &rewriter, LinalgOp op,
                                      const Product &product) {
  SmallVector<unsigned> outer = product.batch;
  llvm::append_range(outer, product.outerSums);
  auto tileSum = [&](RewriterBase &rewriter, LinalgOp matrix) {
    return tileLoop(rewriter, matrix, product.sum, {kSumBlock, kWholeRest},
                    [&](RewriterBase &rewriter, LinalgOp block) {
                      return tileBlock(rewriter, block, product);
                    });
  };
  std::function<SmallVector<Value>(RewriterBase &, LinalgOp, unsigned)> tile =
      [&](RewriterBase &rewriter, LinalgOp part, unsigned depth) {
        if (depth == outer.size())
          return tileSum(rewriter, part);
        return tileLoop(rewriter, part, outer[depth], {1},
                        [&](RewriterBase &rewriter, LinalgOp inner) {
                          return tile(rewriter, inner, depth + 1);
                        });
      };
  return tile(rewriter, op, 0);
}

/// Rows of up to 64 elements; 16 x 16 where an input is read transposed; sums
/// along a row take up to 128 at once to be added up in registers.
static SmallVector<Value> tileRows(RewriterBase &rewriter, LinalgOp op) {
  SmallVector<unsigned> along = getVectorLoops(op), loops;
  SmallVector<int64_t> sizes;
  for (unsigned dim = 0; dim < op.getNumLoops(); ++dim) {
    if (llvm::is_contained(along, dim))
      continue;
    loops.push_back(dim);
    sizes.push_back(1);
  }
  for (unsigned dim : llvm::reverse(along)) {
    loops.push_back(dim);
    int64_t width = isParallel(op, dim) ? 64 : 128;
    sizes.push_back(scaleToElement(op, along.size() > 1 ? 16 : width));
  }
  return tileNest(rewriter, op, loops, sizes);
}

//===----------------------------------------------------------------------===//
// Tiles for threads
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

static bool isTileable(LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() == 0 ||
      op.getNumLoops() == 0 || isa<linalg::FillOp>(op))
    return false;
  for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
    if (!isSliceable(op, dim))
      return false;
  return llvm::all_of(op->getResultTypes(), [](Type type) {
    return getElementTypeOrSelf(type).isIntOrIndexOrFloat();
  });
}

static SmallVector<Value> tileOp(RewriterBase &rewriter, LinalgOp op) {
  std::optional<Product> product = matchProduct(op);
  auto tileForRegisters = [&](RewriterBase &rewriter, LinalgOp part) {
    return product ? tileProduct(rewriter, part, *product)
                   : tileRows(rewriter, part);
  };
  bool isInParallel = op->getParentOfType<scf::ForallOp>() ||
                      op->getParentOfType<scf::ParallelOp>();
  if (isInParallel || getWork(op) < 2 * kThreadWork)
    return tileForRegisters(rewriter, op);
  SmallVector<ParallelLoop> loops =
      product ? getProductLoops(rewriter, op, *product)
              : getRowLoops(rewriter, op);
  if (loops.empty())
    return tileForRegisters(rewriter, op);
  return tileInParallel(rewriter, op, loops, takeFills(rewriter, op),
                        tileForRegisters);
}

namespace {

struct TileForCpuPass : public gdn::impl::TileForCpuPassBase<TileForCpuPass> {
  void runOnOperation() override {
    SmallVector<LinalgOp> ops, fills;
    getOperation()->walk([&](LinalgOp op) {
      if (isTileable(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (LinalgOp op : ops)
      tileAndReplace(rewriter, op);
    // What is left of the fills after the products took theirs.
    getOperation()->walk([&](linalg::FillOp op) {
      if (op.hasPureTensorSemantics() && op.getNumLoops() > 0)
        fills.push_back(op);
    });
    for (LinalgOp op : fills)
      tileAndReplace(rewriter, op);
    if (failed(simplify()))
      signalPassFailure();
  }

  static void tileAndReplace(RewriterBase &rewriter, LinalgOp op) {
    if (op->use_empty())
      return rewriter.eraseOp(op);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> results = tileOp(rewriter, op);
    if (results.front() != op->getResult(0))
      rewriter.replaceOp(op, results);
  }

  /// Folds slices of slices and the arithmetic of their sizes.
  LogicalResult simplify() {
    RewritePatternSet patterns(&getContext());
    tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns,
                                                        &getContext());
    affine::AffineApplyOp::getCanonicalizationPatterns(patterns, &getContext());
    affine::AffineMinOp::getCanonicalizationPatterns(patterns, &getContext());
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
