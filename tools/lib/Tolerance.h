//===- Tolerance.h - How far results may be from others ---------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_TOLERANCE_H
#define GDN_TOOLS_LIB_TOLERANCE_H

#include "mlir/IR/BuiltinOps.h"
#include "runtime/jit/EntryPoint.h"
#include "runtime/jit/Targets.h"

#include <optional>
#include <set>

namespace gdn::tools {

/// What bounds on the results of a function depend on.
struct Bounds {
  /// The value of --rtol.
  std::optional<double> rtol;
  /// Whether rules of the function run in chunks on tensor cores.
  bool onTensorCores = false;
};

/// The functions of `module` with rules that run on tensor cores.
std::set<std::string>
findTensorCoreUsers(mlir::ModuleOp module,
                    const runtime::CompileOptions &options);

/// Bounds on the relative error of a result of `dtype`: its `gdn.rtol`, else
/// --rtol, else that of a correct program: of f32 arithmetic or that of tensor
/// cores, and of one rounding to f16 or bf16.
double getTolerance(const runtime::TensorSpec &spec, runtime::DType dtype,
                    const Bounds &bounds);

/// The same between decoding and all tokens at once, by default five times as
/// far: both are rounded, and errors of a single token's row average out less.
double getDecodeTolerance(const runtime::TensorSpec &spec, runtime::DType dtype,
                          const Bounds &bounds);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_TOLERANCE_H
