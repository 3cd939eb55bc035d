//===- CompiledModule.h - A module in memory, ready to run ------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_JIT_COMPILEDMODULE_H
#define GDN_RUNTIME_JIT_COMPILEDMODULE_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/core/Tensor.h"
#include "runtime/cpu/Invocation.h"
#include "runtime/jit/EntryPoint.h"
#include "runtime/jit/MemRefs.h"
#include "runtime/jit/Targets.h"

namespace gdn::runtime {

/// What a call gave back.
struct CallResult {
  std::vector<Tensor> results;
  CallReport report;
  /// Time in compiled code.
  double seconds = 0.0;
};

/// A function on tensors in a GPU's memory, with its arguments.
class DeviceFunction {
public:
  DeviceFunction(CompiledFunction function, Target target)
      : function(function), target(target) {}

  /// Adds an argument, or after them a result to fill: row-major, at `address`
  /// of the device.
  void addArgument(void *address, const std::vector<int64_t> &shape);

  /// Launches the work on this thread's stream, and does not wait.
  Error call();

private:
  CompiledFunction function;
  Target target;
  std::vector<DescriptorWords> descriptors;
};

/// A module compiled for one target, on this machine's CPU.
class CompiledModule {
public:
  /// Compiles `module` and leaves it lowered. Fails with the first error that
  /// a pass reports, its place in the file first.
  /// Before, it fails if the target is not to be had on this machine.
  static Result<std::unique_ptr<CompiledModule>>
  compile(mlir::ModuleOp module, CompileOptions options);

  /// What it was compiled for, complete.
  const CompileOptions &getOptions() const { return options; }

  /// The signature of a function that is defined in the module, as compiled:
  /// with CompileOptions::widenResults its results may be f64. Fails as
  /// getEntryPoint does.
  Result<EntryPoint> lookup(const std::string &name) const;

  /// Calls `entry`, which came from lookup(), with one tensor per argument.
  /// Fails if a tensor's dtype or shape is not the argument's, if an assertion
  /// of the program does, and if memory runs out. Failed checks are no failure
  /// of the call.
  Result<CallResult> call(const EntryPoint &entry,
                          const std::vector<Tensor *> &arguments) const;

  /// A function that was compiled with CompileOptions::deviceMemory.
  Result<DeviceFunction> lookupOnDevice(const std::string &name) const;

private:
  explicit CompiledModule(CompileOptions options)
      : options(std::move(options)) {}

  /// The function of entry `name` that takes descriptors.
  Result<CompiledFunction> lookupWrapper(const std::string &name) const;

  CompileOptions options;

  llvm::StringMap<Result<EntryPoint>> entryPoints;
  std::unique_ptr<mlir::ExecutionEngine> engine;
};

/// The threads that parallel loops of compiled code run on: those asked for,
/// else OMP_NUM_THREADS, else the machine's.
unsigned getNumThreads();
void setNumThreads(unsigned threads);

/// The name of the CPU that code is compiled for, as LLVM calls it.
std::string getHostCpuName();

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_COMPILEDMODULE_H
