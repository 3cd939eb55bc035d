//===- LoadModule.cpp - Modules from files --------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/LoadModule.h"
#include "gdn/Pipelines/Pipelines.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "runtime/core/Tensor.h"
#include "runtime/cpu/Invocation.h"
#include "runtime/jit/FirstError.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using gdn::runtime::makeError;
using gdn::runtime::Result;

DialectRegistry gdn::tools::getRegistry() {
  DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  gdn::registerAllDialects(registry);
  return registry;
}

/// True if a tensor of `type` fits the machine's memory, as far as its sizes
/// are known.
static bool fitsMemory(RankedTensorType type) {
  if (!type.getElementType().isIntOrIndexOrFloat())
    return true;
  std::vector<int64_t> sizes;
  for (int64_t size : type.getShape())
    sizes.push_back(ShapedType::isDynamic(size) ? 1 : size);
  Result<int64_t> bytes = gdn::runtime::computeByteSize(GDN_DTYPE_I8, sizes);
  return bytes &&
         static_cast<uint64_t>(*bytes) <= gdn::runtime::getPhysicalMemory();
}

/// Fails, with an error at its op, if a tensor of the module is too large:
/// compiled code would compute a wrong number of bytes.
static LogicalResult checkSizes(ModuleOp module) {
  auto check = [](Operation *op, TypeRange types) {
    for (Type type : types)
      if (auto tensor = dyn_cast<RankedTensorType>(type))
        if (!fitsMemory(tensor)) {
          op->emitError() << tensor
                          << " needs more memory than this machine has";
          return failure();
        }
    return success();
  };
  WalkResult result = module.walk([&](Operation *op) -> WalkResult {
    if (failed(check(op, op->getResultTypes())))
      return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        if (failed(check(op, block.getArgumentTypes())))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

gdn::runtime::Error gdn::tools::expectRegularFile(const std::string &file) {
  llvm::sys::fs::file_status status;
  // What cannot be looked at is said when it is opened.
  if (llvm::sys::fs::status(file, status) ||
      status.type() == llvm::sys::fs::file_type::regular_file ||
      status.type() == llvm::sys::fs::file_type::directory_file)
    return runtime::Error::success();
  return makeError("cannot read ", runtime::quote(file),
                   ": it is not a regular file");
}

Result<OwningOpRef<ModuleOp>> gdn::tools::loadModule(const std::string &file,
                                                     MLIRContext &context) {
  if (file != "-")
    if (runtime::Error error = expectRegularFile(file))
      return error;
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  if (std::error_code code = buffer.getError())
    return makeError("cannot read ", runtime::quote(file), ": ",
                     runtime::describeErrno(code.value()));
  runtime::FirstError firstError(&context);
  auto fail = [&] {
    return firstError.get("cannot parse " + runtime::quote(file));
  };
  llvm::SourceMgr sourceMgr;
  sourceMgr.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sourceMgr, &context);
  if (!module || failed(checkSizes(*module)))
    return fail();
  return module;
}
