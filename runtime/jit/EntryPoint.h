//===- EntryPoint.h - Signatures of callable functions ----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_JIT_ENTRYPOINT_H
#define GDN_RUNTIME_JIT_ENTRYPOINT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/core/Tensor.h"

#include <optional>
#include <string>
#include <vector>

namespace gdn::runtime {

/// A dimension whose size is known only when the function is called.
constexpr int64_t kDynamicSize = -1;

/// An argument or a result of an entry point, and what its `gdn.*` attributes
/// say about it.
struct TensorSpec {
  /// `gdn.name`, else argN or resultN.
  std::string name;
  DType dtype = GDN_DTYPE_F32;
  /// Sizes; kDynamicSize where unknown.
  std::vector<int64_t> shape;
  /// `gdn.token_dim`: the dimension that counts tokens.
  std::optional<int64_t> tokenDim;
  /// `gdn.init`: how to fill an argument that is not given.
  std::optional<std::string> init;
  /// `gdn.rtol`: the tolerance of a result.
  std::optional<double> rtol;
};

/// A function that takes and returns ranked tensors only.
struct EntryPoint {
  std::string name;
  std::vector<TensorSpec> arguments;
  std::vector<TensorSpec> results;

  /// The position of the argument that goes by `name`, if there is one.
  std::optional<size_t> findArgument(const std::string &name) const;
};

/// The signature of `function`. Fails if a type is no ranked tensor of a
/// GdnDType, an attribute `gdn.token_dim` names no dimension, or two arguments
/// or two results have one name.
Result<EntryPoint> getEntryPoint(mlir::func::FuncOp function);

/// True if `tensor` has the dtype of `spec` and its shape where that is known.
bool accepts(const TensorSpec &spec, const Tensor &tensor);
bool accepts(const TensorSpec &spec, DType dtype,
             const std::vector<int64_t> &shape);

/// "2x?x64xf32".
std::string formatType(const TensorSpec &spec);
std::string formatType(const Tensor &tensor);
std::string formatType(DType dtype, const std::vector<int64_t> &shape);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_ENTRYPOINT_H
