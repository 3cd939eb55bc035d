//===- RuntimeNames.h - Names that are the runtime's ------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_CONVERSION_RUNTIMENAMES_H
#define GDN_LIB_CONVERSION_RUNTIMENAMES_H

#include "mlir/IR/BuiltinOps.h"

namespace gdn {

/// Fails with one sentence if a `func.func` of `module` has a name that begins
/// with `gdn_`. A pass that declares functions of the runtime asks first.
llvm::LogicalResult verifyFunctionNames(mlir::ModuleOp module);

} // namespace gdn

#endif // GDN_LIB_CONVERSION_RUNTIMENAMES_H
