//===- CpuDevice.cpp - Workloads on this machine's CPU --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/CpuCeilings.h"
#include "tools/lib/bench/Device.h"

using namespace gdn::runtime;
using namespace gdn::bench;

namespace {
class CpuDevice : public Device {
public:
  explicit CpuDevice(const BenchOptions &options)
      : options(options), ceilings(getNumThreads()) {}

  std::string describe() const override;
  Result<Row> measure(const Workload &workload) override;

private:
  Error checkMemory(const Workload &workload) const;
  Result<Times> time(const CompiledWorkload &compiled,
                     std::vector<Tensor> &operands) const;

  const BenchOptions &options;
  CpuCeilings ceilings;
};
} // namespace

std::string CpuDevice::describe() const {
  unsigned threads = getNumThreads();
  return "cpu: " + getHostCpuName() + ", " + std::to_string(threads) +
         (threads == 1 ? " thread" : " threads");
}

/// A call's results stand in memory twice: as returned, and copied.
Error CpuDevice::checkMemory(const Workload &workload) const {
  uint64_t bytes = static_cast<uint64_t>(workload.countBytes());
  for (const Operand &result : workload.getResults())
    bytes += static_cast<uint64_t>(result.getNumBytes());
  if (bytes <= getPhysicalMemory())
    return Error::success();
  return makeError("needs ", bytes, " bytes, more than this machine's memory");
}

/// Fails as well if the results cannot be those of a rule.
Result<Times> CpuDevice::time(const CompiledWorkload &compiled,
                              std::vector<Tensor> &operands) const {
  std::vector<Tensor *> arguments;
  for (Tensor &operand : operands)
    arguments.push_back(&operand);
  bool checked = false;
  return takeSamples(options, [&]() -> Result<double> {
    Result<CallResult> call = compiled.module->call(compiled.entry, arguments);
    if (!call)
      return call.takeError();
    for (size_t i = 0; i < call->results.size() && !checked; ++i)
      if (Error error =
              checkResult(call->results[i], i == 0 ? "output" : "final_state"))
        return error;
    checked = true;
    return call->seconds;
  });
}

Result<Row> CpuDevice::measure(const Workload &workload) {
  if (Error error = checkMemory(workload))
    return error;
  CompileOptions compile = options.compile;
  compile.target = Target::Cpu;
  Result<CompiledWorkload> compiled = compileWorkload(workload, compile);
  if (!compiled)
    return compiled.takeError();
  std::vector<Tensor> operands;
  for (const Operand &operand : workload.getOperands()) {
    Result<Tensor> tensor = makeTensor(operand, options.seed);
    if (!tensor)
      return tensor.takeError();
    operands.push_back(std::move(*tensor));
  }
  Row row = makeRow(workload, "cpu");
  row.compileSeconds = compiled->seconds;
  Result<Times> times = time(*compiled, operands);
  if (!times)
    return times.takeError();
  row.times = *times;
  row.fmaPeak = ceilings.getFmaPeak();
  Result<double> bandwidth = ceilings.getCopyBandwidth(row.bytes);
  if (!bandwidth)
    return bandwidth.takeError();
  row.copyBandwidth = *bandwidth;
  return row;
}

std::unique_ptr<Device>
gdn::bench::createCpuDevice(const BenchOptions &options) {
  return std::make_unique<CpuDevice>(options);
}
