//===- Launch.h - One launch of a simulated kernel --------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_LAUNCH_H
#define GDN_RUNTIME_SIM_LAUNCH_H

#include "runtime/sim/Kernel.h"

#include <array>

namespace gdn::runtime::sim {

constexpr unsigned kWarpSize = 32;
constexpr unsigned kMaxThreads = 1024;

/// x, y and z.
using Dim3 = std::array<uint32_t, 3>;

/// "(1, 0, 0)".
std::string formatDim3(const Dim3 &dim);

/// Bytes that threads asked for.
struct RequestedBytes {
  uint64_t read = 0;
  uint64_t written = 0;
};

/// What the CTAs of a launch have in common.
struct Launch {
  std::string name;
  void (*function)(void *const *arguments) = nullptr;
  void *const *arguments = nullptr;
  std::vector<uint64_t> argumentSizes;
  Dim3 grid = {1, 1, 1};
  Dim3 block = {1, 1, 1};
  uint32_t dynamicSharedBytes = 0;
  /// Follow who writes and reads what.
  bool isTracked = true;

  /// The kernel's table, once its first thread has shown it.
  KernelTable *table = nullptr;
  /// By block: executions by threads; and by warps, whose lanes count as one
  /// where they execute a block together.
  std::vector<uint64_t> threadCounts, warpCounts;
  /// By Space.
  std::array<RequestedBytes, 4> requested;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_LAUNCH_H
