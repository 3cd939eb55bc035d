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

namespace gdn::runtime {

enum class Target {
  /// The definition of every op as scalar loops in f64, on one thread.
  Reference,
  /// Vector code on the threads of this machine.
  Cpu,
  /// Rules as kernels of a GPU that is simulated, the rest as for Cpu.
  Sim,
};

/// How to compile.
struct CompileOptions {
  Target target = Target::Cpu;
  /// Tokens of a chunk, 1 to 128; cpu only.
  int64_t chunkSize = 16;
  /// Parts of the value channels of a head, 0 chooses; cpu only.
  int64_t valueSplit = 0;
  /// Return f64 values before their last rounding; reference only.
  bool widenResults = false;
};

/// The target that `text` names: "cpu", "cpu:native" (the same: this machine's)
/// "reference" or "sim". Fails with a sentence that names those of this build,
/// or that a list of targets is too much.
Result<Target> parseTarget(std::string_view text);

const char *getTargetName(Target target);

/// Adds the passes that run while functions still take and return tensors and
/// that may change the types of results. May add none.
void buildSignaturePhase(mlir::OpPassManager &pm,
                         const CompileOptions &options);

/// Adds the passes from there to the LLVM dialect.
void buildCodePhase(mlir::OpPassManager &pm, const CompileOptions &options);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_TARGETS_H
