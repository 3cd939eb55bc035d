//===- CudaDevice.cpp - Workloads on an NVIDIA GPU ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/CudaWork.h"
#include "tools/lib/bench/Device.h"

#include <algorithm>
#include <chrono>

using namespace gdn::runtime;
using namespace gdn::bench;

/// What consecutive calls touch together, so that no cache holds it: several
/// times the 50 MB of an H100's.
static constexpr int64_t kRotatedBytes = 512LL << 20;
static constexpr int64_t kMostSets = 256;
/// Of the copy that the bandwidth is measured by.
static constexpr size_t kCopiedBytes = size_t(1) << 30;

namespace {
/// Where the operands and results of one call lie.
using BufferSet = std::vector<cuda::CUdeviceptr>;

class CudaDevice : public Device {
public:
  CudaDevice(const BenchOptions &options, CompileOptions compile,
             const cuda::Driver &driver, cuda::DeviceInfo info)
      : options(options), compile(std::move(compile)), driver(driver),
        info(std::move(info)) {}

  std::string describe() const override {
    return "cuda: " + info.name + ", " + compile.chip;
  }
  Result<Row> measure(const Workload &workload) override;

private:
  Error startStream();
  Error reserve(int64_t bytes);
  Result<std::vector<BufferSet>> makeSets(const Workload &workload,
                                          int64_t numSets);
  Error checkResults(const Workload &workload, const BufferSet &set);
  Result<double> timeFirst(DeviceFunction &call);
  Result<Times> timeCalls(std::vector<DeviceFunction> &calls);
  Result<double> timeLaunches(std::vector<DeviceFunction> &calls);
  Result<double> getCopyBandwidth();
  /// Measures the calls, once all is warm.
  Error fillRow(Row &row, std::vector<DeviceFunction> &calls);

  const BenchOptions &options;
  CompileOptions compile;
  const cuda::Driver &driver;
  cuda::DeviceInfo info;
  /// All rows have it in turn: where memory lies changes how long a call takes,
  /// by some percent.
  std::optional<DeviceBuffer> memory;
  int64_t memoryBytes = 0;
  std::unique_ptr<Stream> stream;
  /// 0 as long as it was not measured.
  double copyBandwidth = 0.0;
};
} // namespace

/// Makes `memory` at least so large.
Error CudaDevice::reserve(int64_t bytes) {
  if (bytes <= memoryBytes)
    return Error::success();
  memory.reset();
  memoryBytes = 0;
  size_t free = 0, total = 0;
  if (Error error =
          driver.check(driver.cuMemGetInfo(&free, &total), "cuMemGetInfo"))
    return error;
  if (bytes > static_cast<int64_t>(free))
    return makeError("needs ", bytes, " bytes of the GPU's memory, of which ",
                     free, " are free");
  Result<DeviceBuffer> buffer =
      DeviceBuffer::create(driver, static_cast<size_t>(bytes));
  if (!buffer)
    return buffer.takeError();
  memory.emplace(std::move(*buffer));
  memoryBytes = bytes;
  return Error::success();
}

static std::vector<Operand> getAll(const Workload &workload) {
  std::vector<Operand> all = workload.getOperands();
  std::vector<Operand> results = workload.getResults();
  all.insert(all.end(), results.begin(), results.end());
  return all;
}

/// Buffers begin at multiples of as many bytes, as those of `cuMemAlloc` do.
static int64_t alignBuffer(int64_t bytes) {
  constexpr int64_t alignment = 512;
  return (bytes + alignment - 1) / alignment * alignment;
}

Result<std::vector<BufferSet>> CudaDevice::makeSets(const Workload &workload,
                                                    int64_t numSets) {
  std::vector<Operand> all = getAll(workload);
  int64_t bytes = 0;
  for (const Operand &operand : all)
    bytes += numSets * alignBuffer(operand.getNumBytes());
  if (Error error = reserve(bytes))
    return error;
  std::vector<BufferSet> sets(static_cast<size_t>(numSets));
  size_t numOperands = workload.getOperands().size();
  cuda::CUdeviceptr address = memory->getAddress();
  for (const Operand &operand : all) {
    std::optional<Tensor> contents;
    if (sets.front().size() < numOperands) {
      Result<Tensor> tensor = makeTensor(operand, options.seed);
      if (!tensor)
        return tensor.takeError();
      contents = std::move(*tensor);
    }
    for (BufferSet &set : sets) {
      set.push_back(address);
      address +=
          static_cast<cuda::CUdeviceptr>(alignBuffer(operand.getNumBytes()));
      if (contents)
        if (Error error = stream->upload(set.back(), *contents))
          return error;
    }
  }
  return sets;
}

Error CudaDevice::checkResults(const Workload &workload, const BufferSet &set) {
  std::vector<Operand> results = workload.getResults();
  for (size_t i = 0; i < results.size(); ++i) {
    Result<Tensor> tensor = Tensor::create(results[i].dtype, results[i].shape);
    if (!tensor)
      return tensor.takeError();
    if (Error error =
            stream->download(*tensor, set[workload.getOperands().size() + i]))
      return error;
    if (Error error = checkResult(*tensor, results[i].name))
      return error;
  }
  return Error::success();
}

/// Host seconds of one launch, while the GPU works.
Result<double> CudaDevice::timeLaunches(std::vector<DeviceFunction> &calls) {
  constexpr int64_t count = 200;
  auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; ++i)
    if (Error error = calls[i % calls.size()].call())
      return error;
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (Error error = stream->wait())
    return error;
  return seconds.count() / count;
}

Result<double> CudaDevice::getCopyBandwidth() {
  if (copyBandwidth > 0.0)
    return copyBandwidth;
  Result<DeviceBuffer> from = DeviceBuffer::create(driver, kCopiedBytes);
  if (!from)
    return from.takeError();
  Result<DeviceBuffer> to = DeviceBuffer::create(driver, kCopiedBytes);
  if (!to)
    return to.takeError();
  Result<Times> times = takeSamples(options, [&] {
    return stream->time([&] {
      return stream->copy(to->getAddress(), from->getAddress(), kCopiedBytes);
    });
  });
  if (!times)
    return times.takeError();
  copyBandwidth = 2.0 * static_cast<double>(kCopiedBytes) / times->median;
  return copyBandwidth;
}

/// One stream for all rows: graphs are slower on the second of a process.
Error CudaDevice::startStream() {
  if (stream)
    return Error::success();
  Result<std::unique_ptr<Stream>> created = Stream::create(driver);
  if (!created)
    return created.takeError();
  stream = std::move(*created);
  return Error::success();
}

/// A call of the compiled rule on each of `sets`.
static Result<std::vector<DeviceFunction>>
makeCalls(const CompiledWorkload &compiled, const Workload &workload,
          const std::vector<BufferSet> &sets) {
  Result<DeviceFunction> function = compiled.module->lookupOnDevice("rule");
  if (!function)
    return function.takeError();
  std::vector<DeviceFunction> calls;
  std::vector<Operand> all = getAll(workload);
  for (const BufferSet &set : sets) {
    calls.push_back(*function);
    for (size_t i = 0; i < all.size(); ++i)
      calls.back().addArgument(reinterpret_cast<void *>(set[i]), all[i].shape);
  }
  return calls;
}

static Error callAll(std::vector<DeviceFunction> &calls) {
  for (DeviceFunction &call : calls)
    if (Error error = call.call())
      return error;
  return Error::success();
}

/// Seconds of the first call, which loads the module.
Result<double> CudaDevice::timeFirst(DeviceFunction &call) {
  auto start = std::chrono::steady_clock::now();
  if (Error error = call.call())
    return error;
  if (Error error = stream->wait())
    return error;
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  return seconds.count();
}

/// Seconds of a call on the GPU, where all of them follow each other.
Result<Times> CudaDevice::timeCalls(std::vector<DeviceFunction> &calls) {
  if (Error error = stream->record([&] { return callAll(calls); }))
    return error;
  return takeSamples(options, [&]() -> Result<double> {
    Result<double> seconds = stream->timeGraph();
    if (seconds)
      *seconds /= static_cast<double>(calls.size());
    return seconds;
  });
}

Error CudaDevice::fillRow(Row &row, std::vector<DeviceFunction> &calls) {
  Result<Times> times = timeCalls(calls);
  if (!times)
    return times.takeError();
  row.times = *times;
  Result<double> launch = timeLaunches(calls);
  if (!launch)
    return launch.takeError();
  row.launchSeconds = *launch;
  Result<cuda::KernelInfo> kernel = cuda::getLastKernelInfo();
  if (!kernel)
    return kernel.takeError();
  row.resources = KernelResources{kernel->registers, kernel->localBytes,
                                  kernel->sharedBytes};
  return Error::success();
}

Result<Row> CudaDevice::measure(const Workload &workload) {
  int64_t numSets = std::clamp<int64_t>(
      kRotatedBytes / workload.countBytes() + 1, 2, kMostSets);
  Result<CompiledWorkload> compiled = compileWorkload(workload, compile);
  if (!compiled)
    return compiled.takeError();
  if (Error error = startStream())
    return error;
  Result<double> bandwidth = getCopyBandwidth();
  if (!bandwidth)
    return bandwidth.takeError();
  Result<std::vector<BufferSet>> sets = makeSets(workload, numSets);
  if (!sets)
    return sets.takeError();
  Result<std::vector<DeviceFunction>> calls =
      makeCalls(*compiled, workload, *sets);
  if (!calls)
    return calls.takeError();
  Result<double> first = timeFirst(calls->front());
  if (!first)
    return first.takeError();
  if (Error error = callAll(*calls))
    return error;
  if (Error error = checkResults(workload, sets->front()))
    return error;

  Row row = makeRow(workload, "cuda:" + compile.chip);
  row.compileSeconds = compiled->seconds;
  row.firstSeconds = compiled->seconds + *first;
  row.copyBandwidth = *bandwidth;
  if (Error error = fillRow(row, *calls))
    return error;
  return row;
}

Result<std::unique_ptr<Device>>
gdn::bench::createCudaDevice(const BenchOptions &options,
                             CompileOptions compile) {
  compile.deviceMemory = true;
  if (Error error = completeOptions(compile))
    return error;
  Result<const cuda::Driver *> driver = cuda::enterContext();
  if (!driver)
    return driver.takeError();
  Result<cuda::DeviceInfo> info = cuda::getDeviceInfo();
  if (!info)
    return info.takeError();
  return std::unique_ptr<Device>(std::make_unique<CudaDevice>(
      options, std::move(compile), **driver, std::move(*info)));
}
