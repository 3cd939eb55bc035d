//===- Tolerance.h - How far results may be from others ---------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_TOLERANCE_H
#define GDN_TOOLS_LIB_TOLERANCE_H

#include "runtime/jit/EntryPoint.h"

#include <optional>

namespace gdn::tools {

/// Bounds on the relative error of a result of `dtype`: its `gdn.rtol`, else
/// `rtol`, which is --rtol, else that of a correct program: of f32 arithmetic
/// and of one rounding to f16 or bf16.
double getTolerance(const runtime::TensorSpec &spec, runtime::DType dtype,
                    std::optional<double> rtol);

/// The same between decoding and all tokens at once, by default five times as
/// far: both are rounded, and errors of a single token's row average out less.
double getDecodeTolerance(const runtime::TensorSpec &spec, runtime::DType dtype,
                          std::optional<double> rtol);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_TOLERANCE_H
