//===- CpuTiles.h - Which tiles an op gets on the CPU -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the tiles; CpuTiling.h cuts. All sizes are fixed here and none
// depends on the number of threads. A sum takes its tiles in order; within a
// tile a product takes its terms in order, a reduction in an order that the
// compiler chooses. So a result depends on shapes and values alone, and a row
// of a product on its own row of the left side.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_TRANSFORMS_CPUTILES_H
#define GDN_LIB_TRANSFORMS_CPUTILES_H

#include "CpuTiling.h"

namespace gdn {

/// The loops of a product `out[r, v] += left[r, k] * right[k, v]`, with `v` the
/// innermost dimension of the output.
struct Product {
  /// Row and column loop; a product of a vector has no row loop.
  std::optional<unsigned> row;
  unsigned column, sum;
  /// Whether the sum is innermost in the side that has the columns.
  bool sumIsInnermost;
  /// Other parallel loops and other sums, in order.
  llvm::SmallVector<unsigned> batch, outerSums;
};

/// Sorts the loops of a contraction into those of a `Product`. None if columns
/// are not in exactly one side: then it is treated like a reduction.
std::optional<Product> matchProduct(mlir::linalg::LinalgOp op);

/// The loops of `op` of one type, outermost first.
llvm::SmallVector<unsigned> getLoops(mlir::linalg::LinalgOp op,
                                     mlir::utils::IteratorType type);

/// The loops along which elements are neighbours: that of the output (of an
/// input, if the op sums), then those of inputs that lie across it.
llvm::SmallVector<unsigned> getVectorLoops(mlir::linalg::LinalgOp op);

/// Cuts `op`, a product if `product` is given, into tiles of vector registers
/// and returns the values of its results.
llvm::SmallVector<mlir::Value>
tileForRegisters(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
                 const std::optional<Product> &product);

/// Cuts `op` into tasks for threads, each handed to `body`, if it is worth it;
/// else hands `op` to `body`. Returns the values of its results.
llvm::SmallVector<mlir::Value>
tileForTasks(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
             const std::optional<Product> &product, TileBody body);

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_CPUTILES_H
