//===- CpuCeilings.cpp - Measured limits of this CPU ----------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/CpuCeilings.h"
#include "runtime/cpu/Invocation.h"
#include "tools/lib/bench/CpuLoops.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

using namespace gdn::runtime;
using namespace gdn::bench;

namespace gdn::bench {
#if defined(__x86_64__)
extern const CpuLoops cpuLoops_x86_64, cpuLoops_x86_64_v3, cpuLoops_x86_64_v4;
#else
extern const CpuLoops cpuLoops_baseline;
#endif
} // namespace gdn::bench

const CpuLoops &gdn::bench::getCpuLoops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return cpuLoops_x86_64_v4;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return cpuLoops_x86_64_v3;
  return cpuLoops_x86_64;
#else
  return cpuLoops_baseline;
#endif
}

/// Long against starting threads, short against the patience of users.
static constexpr double roundSeconds = 0.02;
static constexpr int numRounds = 5;

/// Calls `work` on all threads at once; the seconds from the start of the first
/// to the end of the last.
static double timeTogether(unsigned threads,
                           const std::function<void(unsigned)> &work) {
  using Clock = std::chrono::steady_clock;
  std::atomic<unsigned> waiting{0};
  std::atomic<bool> started{false};
  std::vector<Clock::time_point> ends(threads);
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i)
    workers.emplace_back([&, i] {
      ++waiting;
      while (!started)
        std::this_thread::yield();
      work(i);
      ends[i] = Clock::now();
    });
  while (waiting < threads)
    std::this_thread::yield();
  auto begin = Clock::now();
  started = true;
  for (std::thread &worker : workers)
    worker.join();
  auto end = *std::max_element(ends.begin(), ends.end());
  return std::chrono::duration<double>(end - begin).count();
}

/// The best rate, in units per second, of `numRounds` rounds. `work` does the
/// given number of repetitions of `units` units on one thread.
static double
measureRate(unsigned threads, double units,
            const std::function<void(unsigned thread, long count)> &work) {
  long count = 1;
  double seconds = 0.0;
  // Also warms up.
  while (true) {
    seconds = timeTogether(threads, [&](unsigned i) { work(i, count); });
    if (seconds >= roundSeconds)
      break;
    count *= seconds < roundSeconds / 8 ? 8 : 2;
  }
  for (int round = 0; round < numRounds; ++round)
    seconds = std::min(
        seconds, timeTogether(threads, [&](unsigned i) { work(i, count); }));
  return units * static_cast<double>(count) * threads / seconds;
}

double CpuCeilings::getFmaPeak() {
  if (fmaPeak > 0.0)
    return fmaPeak;
  const CpuLoops &loops = getCpuLoops();
  constexpr long numRoundsOfLoop = 4096;
  std::atomic<float> sink{0.0f};
  fmaPeak = measureRate(
      threads, static_cast<double>(loops.flopsPerRound * numRoundsOfLoop),
      [&](unsigned, long count) {
        sink = loops.multiplyAdd(count * numRoundsOfLoop);
      });
  return fmaPeak;
}

namespace {
struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
using Buffer = std::unique_ptr<float, Free>;
} // namespace

static Buffer allocate(long count) {
  return Buffer(static_cast<float *>(
      std::aligned_alloc(64, static_cast<size_t>(count) * sizeof(float))));
}

Result<double> CpuCeilings::getCopyBandwidth(int64_t bytes) {
  int64_t limit = static_cast<int64_t>(getPhysicalMemory() / 4);
  int64_t least = int64_t(threads) * 4096;
  int64_t rounded = least;
  while (rounded < bytes && rounded * 2 <= limit)
    rounded *= 2;
  double &rate = copyBandwidths[rounded];
  if (rate > 0.0)
    return rate;
  // Half of the bytes are read, half are written.
  long count = rounded / 2 / threads / sizeof(float);
  std::vector<Buffer> sources, targets;
  for (unsigned i = 0; i < threads; ++i) {
    sources.push_back(allocate(count));
    targets.push_back(allocate(count));
    if (!sources.back() || !targets.back())
      return makeError("cannot allocate ", rounded,
                       " bytes to measure the copy bandwidth");
  }
  // The thread that uses memory touches it first.
  timeTogether(threads, [&](unsigned i) {
    std::fill_n(sources[i].get(), count, 1.0f);
    std::fill_n(targets[i].get(), count, 0.0f);
  });
  const CpuLoops &loops = getCpuLoops();
  double bytesPerCopy = 2.0 * sizeof(float) * static_cast<double>(count);
  rate = measureRate(threads, bytesPerCopy, [&](unsigned thread, long times) {
    for (long i = 0; i < times; ++i)
      loops.copy(targets[thread].get(), sources[thread].get(), count);
  });
  return rate;
}
