//===- RuntimeNames.cpp - Names that are the runtime's --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeNames.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

LogicalResult gdn::verifyFunctionNames(ModuleOp module) {
  for (auto function : module.getOps<FunctionOpInterface>()) {
    bool isDeclared = isa<LLVM::LLVMFuncOp>(function) && function.isExternal();
    if (!isDeclared && function.getName().starts_with("gdn_"))
      return function->emitError("expects the name of a function not to begin "
                                 "with 'gdn_', but got '")
             << function.getName() << "'";
  }
  return success();
}

std::string gdn::getSimulatedName(StringRef module, StringRef name) {
  return ("__gdn_sim_" + Twine(module.size()) + "_" + module + "_" + name)
      .str();
}
