//===- ReferenceLoops.h - Words to write definitions in ---------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `buildReference` of an op is written with: loop nests that carry values,
// and scalars of f64 read from and written to tensors.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_REFERENCELOOPS_H
#define GDN_LIB_IR_REFERENCELOOPS_H

#include "mlir/IR/Builders.h"

namespace gdn {

/// Builds the innermost body of a nest from the indices, outermost first, and
/// the carried values; returns what the carried values become.
using NestBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange indices,
    mlir::ValueRange carried)>;

/// Builds one `scf.for` from 0 to each of `bounds`, outermost first, around
/// `body`, carrying `initial` (tensors or scalars). Returns their last values.
/// The builder stands behind the nest afterwards.
llvm::SmallVector<mlir::Value>
buildLoopNest(mlir::OpBuilder &builder, mlir::Location loc,
              llvm::ArrayRef<mlir::OpFoldResult> bounds,
              mlir::ValueRange initial, NestBody body);

/// Builds one term of a sum, an f64, for an index.
using SumTerm = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::Value index)>;

/// Returns the f64 sum of `term` over the indices 0 to `bound`.
mlir::Value buildSum(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::OpFoldResult bound, SumTerm term);

mlir::Value indexConstant(mlir::OpBuilder &builder, mlir::Location loc,
                          int64_t value);
mlir::Value f64Constant(mlir::OpBuilder &builder, mlir::Location loc,
                        double value);

/// The sizes of `tensor`, attributes where they are static.
llvm::SmallVector<mlir::OpFoldResult>
sizesOf(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor);

/// A tensor of f64 with `sizes`: of no particular values, or of zeros.
mlir::Value emptyF64(mlir::OpBuilder &builder, mlir::Location loc,
                     llvm::ArrayRef<mlir::OpFoldResult> sizes);
mlir::Value zeroF64(mlir::OpBuilder &builder, mlir::Location loc,
                    llvm::ArrayRef<mlir::OpFoldResult> sizes);

/// Reads `tensor[indices]`, an element of any float type, as f64.
mlir::Value readF64(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value tensor, mlir::ValueRange indices);

/// Returns `tensor`, of f64, with `value` at `indices`.
mlir::Value writeF64(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value value, mlir::Value tensor,
                     mlir::ValueRange indices);

} // namespace gdn

#endif // GDN_LIB_IR_REFERENCELOOPS_H
