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

/// Fails with one sentence if a function with a body in `module` has a name
/// that begins with `gdn_`. A pass that declares functions of the runtime asks
/// first.
llvm::LogicalResult verifyFunctionNames(mlir::ModuleOp module);

/// The name of the host's function for function `name` of the gpu.module
/// `module`; no other pair of names has it.
std::string getSimulatedName(llvm::StringRef module, llvm::StringRef name);

} // namespace gdn

#endif // GDN_LIB_CONVERSION_RUNTIMENAMES_H
