//===- Device.h - Where workloads are measured ------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_DEVICE_H
#define GDN_TOOLS_LIB_BENCH_DEVICE_H

#include "runtime/jit/CompiledModule.h"
#include "tools/lib/bench/BenchOptions.h"
#include "tools/lib/bench/Results.h"

#include <functional>
#include <memory>

namespace gdn::bench {

/// A target on this machine.
class Device {
public:
  virtual ~Device() = default;

  /// "znver5, 2 threads", or a GPU's name.
  virtual std::string describe() const = 0;

  /// Compiles `workload`, fills its operands and times it. Fails with a
  /// sentence if it cannot be compiled or run, or does not fit the memory.
  virtual runtime::Result<Row> measure(const Workload &workload) = 0;
};

/// This machine's CPU; `options` must outlive it.
std::unique_ptr<Device> createCpuDevice(const BenchOptions &options);

/// An NVIDIA GPU, for which `compile` says how to compile; `options` must
/// outlive it. Fails with a sentence if there is none.
runtime::Result<std::unique_ptr<Device>>
createCudaDevice(const BenchOptions &options, runtime::CompileOptions compile);

/// `workload` as compiled by `options`, and the seconds from its text to there.
struct CompiledWorkload {
  std::unique_ptr<runtime::CompiledModule> module;
  runtime::EntryPoint entry;
  double seconds = 0.0;
};
runtime::Result<CompiledWorkload>
compileWorkload(const Workload &workload,
                const runtime::CompileOptions &options);

/// Fails unless `text` is the text of a schedule.
runtime::Error checkSchedule(const std::string &text);

/// The row of `workload` with what does not have to be measured.
Row makeRow(const Workload &workload, const std::string &target);

/// Calls `sample`, which gives the seconds of one call, as often as `options`
/// say, and summarizes what it gave after the warm-up.
runtime::Result<Times>
takeSamples(const BenchOptions &options,
            const std::function<runtime::Result<double>()> &sample);

/// Fails if `result` holds NaN, infinities or zeros only: what was timed was
/// not the rule.
runtime::Error checkResult(const runtime::Tensor &result,
                           const std::string &name);

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_DEVICE_H
