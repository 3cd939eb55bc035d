//===- RowBuilder.h - Rows of channels of one head in f32 -------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_ROWBUILDER_H
#define GDN_LIB_IR_ROWBUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace gdn {

/// Builds what the chunked form says about rows (tokens x channels) of one
/// head: upstream ops on f32 tensors of rank 1 and 2.
class RowBuilder {
public:
  explicit RowBuilder(mlir::ImplicitLocOpBuilder &builder) : b(builder) {}

  /// The static slice of `tensor` at `offsets`, with unit dimensions dropped to
  /// give `shape`.
  mlir::Value extract(mlir::Value tensor,
                      llvm::ArrayRef<mlir::OpFoldResult> offsets,
                      llvm::ArrayRef<int64_t> sizes,
                      llvm::ArrayRef<int64_t> shape);

  /// The slice of `tensor` of `sizes`, keeping only the dimensions `kept`.
  mlir::Value extract(mlir::Value tensor,
                      llvm::ArrayRef<mlir::OpFoldResult> offsets,
                      llvm::ArrayRef<mlir::OpFoldResult> sizes,
                      llvm::ArrayRef<unsigned> kept);

  /// `tensor` with the static `slice` written at `offsets`.
  mlir::Value insert(mlir::Value slice, mlir::Value tensor,
                     llvm::ArrayRef<mlir::OpFoldResult> offsets);

  /// To f32, and back to `element`.
  mlir::Value widen(mlir::Value rows);
  mlir::Value round(mlir::Value rows, mlir::Type element);

  /// Zeros in the place of `into`.
  mlir::Value fillZero(mlir::Value into);

  /// `factor * rows`; `factor` is of the shape of `rows`, or one per row.
  mlir::Value multiply(mlir::Value factor, mlir::Value rows);
  mlir::Value multiply(mlir::Value rows, double factor);

  /// Each row over the square root of its sum of squares + 1e-6.
  mlir::Value normalize(mlir::Value rows);

  /// `into + lhs * rhs`, matrices; without `into`, zero.
  mlir::Value product(mlir::Value lhs, mlir::Value rhs, mlir::Value into = {});

  /// The last row of `rows` (C x K to K), or the last of C values (C to 1).
  mlir::Value lastRow(mlir::Value rows);

  /// `matrix` with row r multiplied by `factors[r]`; one factor serves all.
  mlir::Value scaleRows(mlir::Value factors, mlir::Value matrix);

private:
  mlir::ImplicitLocOpBuilder &b;
};

} // namespace gdn

#endif // GDN_LIB_IR_ROWBUILDER_H
