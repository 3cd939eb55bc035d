//===- CpuTiling.h - Cutting linalg ops along single loops ------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream tiling cuts a loop into equal tiles and leaves a tile of dynamic
// size at its end. These functions cut one loop at a time into tiles of listed
// static sizes, so that what is vectorized later never needs a mask.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_TRANSFORMS_CPUTILING_H
#define GDN_LIB_TRANSFORMS_CPUTILING_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace gdn {

/// A tile of the size of whatever the earlier sizes of a list left over.
constexpr int64_t kWholeRest = 0;

/// Computes a tile and returns one value per result of it.
using TileBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp tile)>;

/// The values of one loop of a product that an `scf.forall` takes on:
/// `lower` to `upper` in tiles of `tile`.
struct ParallelLoop {
  unsigned dim;
  mlir::OpFoldResult lower, upper;
  int64_t tile;
};

/// Whether loop `dim` of `op` only ever addresses a dimension of an operand by
/// itself, so that a tile of the loop is a slice of the operand.
bool isSliceable(mlir::linalg::LinalgOp op, unsigned dim);

/// The extent of loop `dim` of `op`; built at the insertion point if dynamic.
mlir::OpFoldResult getExtent(mlir::RewriterBase &rewriter,
                             mlir::linalg::LinalgOp op, unsigned dim);

/// Cuts loop `dim` of `op`, whose inits may be values defined anywhere above,
/// into tiles of `sizes`: as many of the first size as fit, of what is left as
/// many of the second, and so on. Sizes fall; the last one is 1 or `kWholeRest`
/// unless it is known to divide.
/// Builds at the insertion point, hands every tile to `body`, erases it, and
/// returns the values of the results. `op` stays, without a use by the new ops.
llvm::SmallVector<mlir::Value> tileLoop(mlir::RewriterBase &rewriter,
                                        mlir::linalg::LinalgOp op, unsigned dim,
                                        llvm::ArrayRef<int64_t> sizes,
                                        TileBody body);

/// Cuts loop `dim` in two, the multiples of `multiple` and what is left over,
/// and hands each part that is not empty to its function. Otherwise as
/// `tileLoop`.
llvm::SmallVector<mlir::Value> splitLoop(mlir::RewriterBase &rewriter,
                                         mlir::linalg::LinalgOp op,
                                         unsigned dim, int64_t multiple,
                                         TileBody whole, TileBody rest);

/// Runs tiles of the parallel `loops` of `op` in an `scf.forall`. An init that
/// has a value in `fillValues` (one per init, null if none) is filled with it
/// tile by tile. Otherwise as `tileLoop`.
llvm::SmallVector<mlir::Value>
tileForThreads(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
               llvm::ArrayRef<ParallelLoop> loops,
               llvm::ArrayRef<mlir::Value> fillValues, TileBody body);

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_CPUTILING_H
