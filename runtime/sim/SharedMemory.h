//===- SharedMemory.h - The shared memory of a simulated CTA ----*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_SHAREDMEMORY_H
#define GDN_RUNTIME_SIM_SHAREDMEMORY_H

#include "runtime/sim/Kernel.h"
#include "runtime/sim/Memory.h"

#include <string>

namespace gdn::runtime::sim {

/// The variables of a kernel in a window of addresses for each CTA of a
/// cluster, with bytes between them that belong to none. Windows follow each
/// other.
class SharedMemory {
public:
  /// What a CTA may have, in variables of fixed size and in all.
  static constexpr uint32_t kMaxStaticBytes = 48 * 1024;
  static constexpr uint32_t kMaxBytes = 227 * 1024;
  /// A window is aligned to its size.
  static constexpr size_t kWindowBytes = 256 * 1024;
  /// CTAs of a cluster.
  static constexpr unsigned kMaxCtas = 8;

  /// Maps the windows if there are none yet; false if they cannot be had.
  bool reserve();

  /// Makes room for `variables`, that of no bytes having `dynamicBytes`. Fails
  /// if a GPU has no room for them.
  Error layOut(const std::vector<SharedVariable> &variables,
               uint32_t dynamicBytes);

  /// Forgets what was written; so many CTAs begin.
  void beginCta(unsigned numCtas);

  bool contains(const void *address) const {
    return getOffset(address) < numCtas * kWindowBytes;
  }
  /// The CTA, by its number in the cluster, in whose window the address is.
  unsigned getRank(const void *address) const {
    return static_cast<unsigned>(getOffset(address) / kWindowBytes);
  }
  size_t getOffset(const void *address) const {
    return static_cast<size_t>(static_cast<const char *>(address) - window);
  }
  char *getAddress(size_t variable, unsigned rank) const {
    return window + rank * kWindowBytes + placed[variable].offset;
  }
  char *getAddressAt(size_t offset) const { return window + offset; }
  /// One past the last byte of the last variable, from a window's begin.
  size_t getEnd() const { return end; }
  Shadow &getShadow() { return shadow; }

  /// "offset 4096 of shared variable 'tile' of 4096 bytes", by the variable
  /// whose end or begin is nearest.
  std::string describe(const void *address) const;

private:
  struct Placed {
    std::string name;
    size_t offset;
    size_t bytes;
  };

  Pages pages, writers, readers;
  char *window = nullptr;
  Shadow shadow;
  std::vector<Placed> placed;
  size_t end = 0;
  unsigned numCtas = 1;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_SHAREDMEMORY_H
