//===- Kernel.h - What is known of a simulated kernel -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_KERNEL_H
#define GDN_RUNTIME_SIM_KERNEL_H

#include "runtime/core/Error.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gdn::runtime::sim {

struct Buffer;

/// The memory that an op accesses; Generic is found out by the address.
enum class Space : uint8_t { Generic, Global, Shared, Local };

/// What an op does to the bytes that it accesses.
struct Footprint {
  uint32_t bytes = 0;
  /// What its address must be a multiple of.
  uint32_t alignment = 1;
  bool isWrite = false;
  Space space = Space::Generic;
};

/// An op that calls the simulator; of a load or a store with its footprint.
struct Site : Footprint {
  /// The op's name: "llvm.load".
  std::string op;
  /// Its place in a file: "a.mlir:7:3".
  std::string location;
  /// The buffer in global memory that the last access was to. May be stale.
  mutable Buffer *lastBuffer = nullptr;
};

/// A variable in the shared memory of a CTA; the dynamic one has no bytes.
struct SharedVariable {
  std::string name;
  uint32_t bytes = 0;
  uint32_t alignment = 16;
};

/// What one execution of a block executes.
struct BlockCounts {
  struct Entry {
    std::string op;
    uint64_t count = 0;
    uint64_t elements = 0;
  };
  std::vector<Entry> entries;
};

/// The table that a kernel gives to gdn_sim_enter.
struct KernelTable {
  std::vector<SharedVariable> shared;
  std::vector<Site> sites;
  std::vector<BlockCounts> blocks;

  /// Parses `text`; fails with one sentence if it is no table.
  static Result<std::unique_ptr<KernelTable>> parse(const char *text);
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_KERNEL_H
