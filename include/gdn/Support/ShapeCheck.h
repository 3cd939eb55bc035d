//===- ShapeCheck.h - One voice for errors on shapes ------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_SUPPORT_SHAPECHECK_H
#define GDN_SUPPORT_SHAPECHECK_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace gdn {

/// One way an operand may be shaped: its letters ("BxTxHxK") and their sizes,
/// `ShapedType::kDynamic` where a size is known only at run time.
struct NamedShape {
  llvm::StringRef letters;
  llvm::SmallVector<int64_t, 4> sizes;
};

/// Whether `type` has a shape that can be `sizes` at run time.
bool isCompatibleShape(mlir::Type type, llvm::ArrayRef<int64_t> sizes);

/// Fails with `expects 'name' to be BxTxH = [2x64x4] (or ...), but got [...]`
/// on `op` unless `type` is compatible with one of `shapes`. Where `shapes`
/// differ in rank, only those of the rank of `type` are named, if there is one.
/// Sizes other than B, T and N must be static where `shapes` are.
llvm::LogicalResult expectShape(mlir::Operation *op, llvm::StringRef name,
                                mlir::Type type,
                                llvm::ArrayRef<NamedShape> shapes);

/// Fails like `expectShape` unless `type` has just the sizes of `shape`: for
/// results, which may not claim to know a size better than the operands do.
llvm::LogicalResult expectExactShape(mlir::Operation *op, llvm::StringRef name,
                                     mlir::Type type, const NamedShape &shape);

/// Fails with `expects 'name' to have elements of f32 or bf16, but got f16`
/// unless the element type of `type` is one of `allowed`.
llvm::LogicalResult expectElements(mlir::Operation *op, llvm::StringRef name,
                                   mlir::Type type,
                                   llvm::ArrayRef<mlir::Type> allowed);

/// Fails with `expects <letter> of 'name' to be static and at least 1` unless
/// `size` is both.
llvm::LogicalResult expectStaticSize(mlir::Operation *op, llvm::StringRef name,
                                     llvm::StringRef letter, int64_t size);

} // namespace gdn

#endif // GDN_SUPPORT_SHAPECHECK_H
