//===- ElementwiseOps.h - Generic ops with bodies in f32 --------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_ELEMENTWISEOPS_H
#define GDN_LIB_IR_ELEMENTWISEOPS_H

#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace gdn {

/// Builds the result of one element, f32, from the elements of the inputs, as
/// f32, and that of the output, as it is.
using ElementBody = llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                                   mlir::ValueRange elements)>;

/// A linalg.generic that widens what it reads to f32 and rounds what it writes
/// to the elements of `into`.
mlir::Value createGeneric(mlir::ImplicitLocOpBuilder &b,
                          mlir::ValueRange inputs, mlir::Value into,
                          llvm::ArrayRef<mlir::AffineMap> maps,
                          llvm::ArrayRef<mlir::utils::IteratorType> iterators,
                          ElementBody body);

/// Such an op for each element of `into`. `maps` say which element of each of
/// `inputs` belongs to it.
mlir::Value createElementwise(mlir::ImplicitLocOpBuilder &b,
                              mlir::ValueRange inputs,
                              llvm::ArrayRef<mlir::AffineMap> maps,
                              mlir::Value into, ElementBody body);

/// The map from `rank` loops to the loops `dims`.
mlir::AffineMap getLoops(mlir::ImplicitLocOpBuilder &b, unsigned rank,
                         llvm::ArrayRef<unsigned> dims);

/// A tensor of no particular values, with the sizes of `tensor`.
mlir::Value createEmptyLike(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor,
                            mlir::Type element);

mlir::Value createF32(mlir::ImplicitLocOpBuilder &b, float value);

/// x * sigmoid(x). Where exp overflows, x / inf is 0.
mlir::Value createSilu(mlir::ImplicitLocOpBuilder &b, mlir::Value x);

} // namespace gdn

#endif // GDN_LIB_IR_ELEMENTWISEOPS_H
