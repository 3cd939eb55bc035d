//===- TilePatterns.h - Patterns from tensors to tiles ----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_TRANSFORMS_TILEPATTERNS_H
#define GDN_LIB_TRANSFORMS_TILEPATTERNS_H

#include "gdn/IR/Gdn.h"
#include "mlir/IR/PatternMatch.h"

namespace gdn {

/// The schedule of the parallel loop around `op`, if it is a GPU's.
std::optional<ScheduleAttr> getSchedule(mlir::Operation *op);

/// Builds `op`, an element-wise op on tensors, on `operands`, which are tiles
/// or scalars, with a result of `type`.
mlir::Operation *applyToTiles(mlir::PatternRewriter &rewriter,
                              mlir::Operation *op, mlir::ValueRange operands,
                              mlir::Type type);

/// `gdn.recurrent_step` to loads, arithmetic on tiles and stores.
void populateTileRecurrentStepPatterns(mlir::RewritePatternSet &patterns);

/// Moves loads of tiles and of scalars up through the tensor ops that made
/// their sources, until they read what comes from memory.
void populateTileLoadPatterns(mlir::RewritePatternSet &patterns);

/// Rows that are inserted into a tensor become stores of tiles.
void populateTileStorePatterns(mlir::RewritePatternSet &patterns);

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_TILEPATTERNS_H
