//===- Phases.h - Phases that several pipelines share -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_PIPELINES_PHASES_H
#define GDN_LIB_PIPELINES_PHASES_H

#include "mlir/Pass/PassManager.h"

namespace gdn {

/// A named step of a pipeline; `build` adds its passes to a module's manager.
struct Phase {
  llvm::StringRef name;
  std::function<void(mlir::OpPassManager &)> build;
};

/// Adds `phases` up to and with the one named `until`. If there is none, adds
/// a pass that fails and lists the names.
void buildPhases(mlir::OpPassManager &pm, llvm::ArrayRef<Phase> phases,
                 llvm::StringRef until);

/// Inlines calls, drops unused private functions and simplifies.
void buildInliner(mlir::OpPassManager &pm);

/// From ops on whole tensors to threads and vectors of a CPU, still on tensors.
void buildCpuTensors(mlir::OpPassManager &pm);

/// From tensors to memrefs that are freed: results are owned by the caller,
/// arguments are only read, and no loop allocates what can be allocated before
/// it. `buildOnBuffers` adds passes that come before ownership is settled.
void buildBufferization(
    mlir::OpPassManager &pm,
    llvm::function_ref<void(mlir::OpPassManager &)> buildOnBuffers = {});

/// From memrefs to the LLVM dialect. With `parallel`, parallel loops become
/// OpenMP regions, else plain loops.
void buildToLlvm(mlir::OpPassManager &pm, bool parallel);

} // namespace gdn

#endif // GDN_LIB_PIPELINES_PHASES_H
