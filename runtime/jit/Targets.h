//===- Targets.h - What a module can be compiled for ------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Another target is an enumerator and an entry of the table in Targets.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_JIT_TARGETS_H
#define GDN_RUNTIME_JIT_TARGETS_H

#include "mlir/Pass/PassManager.h"
#include "runtime/core/Error.h"

#include <string_view>
#include <vector>

namespace gdn::runtime {

enum class Target {
  /// The definition of every op as scalar loops in f64, on one thread.
  Reference,
  /// Vector code on the threads of this machine.
  Cpu,
  /// Rules as kernels of a GPU that is simulated, the rest as for Cpu.
  Sim,
  /// Rules as kernels of an NVIDIA GPU, the rest as for Cpu.
  Cuda,
};

/// How to compile.
struct CompileOptions {
  Target target = Target::Cpu;
  /// The GPU that cuda is for, e.g. "sm_90a"; empty is this machine's.
  std::string chip;
  /// Functions take the addresses of device memory, and fill their results
  /// there, which they take as further arguments; cuda only. Such functions
  /// are called by way of CompiledModule::lookupOnDevice.
  bool deviceMemory = false;
  /// Tokens of a chunk, 1 to 128; cpu only.
  int64_t chunkSize = 16;
  /// Parts of the value channels of a head, 0 chooses; cpu only.
  int64_t valueSplit = 0;
  /// Return f64 values before their last rounding; reference only.
  bool widenResults = false;
};

/// Sets the target that `text` names, and the chip after its colon if one may
/// stand there: "reference", "cpu", "cpu:native" (the same: this machine's),
/// "sim", "cuda", "cuda:sm_90a". Fails with a sentence that names those of this
/// build, or that a list of targets is too much.
Error parseTarget(std::string_view text, CompileOptions &options);

/// Looks at this machine for what `options` leave open: the chip of cuda. Fails
/// with a sentence if the target is not to be had.
Error completeOptions(CompileOptions &options);

const char *getTargetName(Target target);

/// Functions that compiled code may call, by name, besides those of every
/// target.
std::vector<std::pair<const char *, void *>> getTargetSymbols(Target target);

/// Frees what a failed call left on the target.
void freeAfterFailure(Target target);

/// Adds the passes that run while functions still take and return tensors and
/// that may change the types of results. May add none.
void buildSignaturePhase(mlir::OpPassManager &pm,
                         const CompileOptions &options);

/// Adds the passes from there to the LLVM dialect.
void buildCodePhase(mlir::OpPassManager &pm, const CompileOptions &options);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_TARGETS_H
