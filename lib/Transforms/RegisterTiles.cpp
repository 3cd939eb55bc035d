//===- RegisterTiles.cpp - Tiles of vector registers ----------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuTiles.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

/// The part of a sum whose panel of the right side (256 x 32 f32) stays in the
/// L1 cache.
static constexpr int64_t kSumBlock = 256;
/// Rows of a product that are computed together: with 32 columns, half of the
/// registers of AVX-512.
static constexpr int64_t kRowGroup = 8;

static bool isParallel(LinalgOp op, unsigned dim) {
  return op.getIteratorTypesArray()[dim] == utils::IteratorType::parallel;
}

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

SmallVector<Value>
gdn::tileForRegisters(RewriterBase &rewriter, LinalgOp op,
                      const std::optional<Product> &product) {
  return product ? tileProduct(rewriter, op, *product) : tileRows(rewriter, op);
}
