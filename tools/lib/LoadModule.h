//===- LoadModule.h - Modules from files ------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_LOADMODULE_H
#define GDN_TOOLS_LIB_LOADMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "runtime/core/Error.h"

namespace gdn::tools {

/// A registry with this project's dialects and all of upstream's.
mlir::DialectRegistry getRegistry();

/// Fails if `file` is there but would be read without end: a device, a pipe.
runtime::Error expectRegularFile(const std::string &file);

/// Parses and verifies the module in `file`, or in standard input if that is
/// "-". Fails with the first error and its place, and where a type of the
/// module needs more memory than the machine has.
runtime::Result<mlir::OwningOpRef<mlir::ModuleOp>>
loadModule(const std::string &file, mlir::MLIRContext &context);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_LOADMODULE_H
