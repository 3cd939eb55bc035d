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

/// The variables of a kernel in one window of addresses, with bytes between
/// them that belong to none.
class SharedMemory {
public:
  /// What a CTA may have, in variables of fixed size and in all.
  static constexpr uint32_t kMaxStaticBytes = 48 * 1024;
  static constexpr uint32_t kMaxBytes = 227 * 1024;
  /// The window is aligned to its size.
  static constexpr size_t kWindowBytes = 256 * 1024;

  /// Maps the window if there is none yet; false if it cannot be had.
  bool reserve();

  /// Makes room for `variables`, that of no bytes having `dynamicBytes`. Fails
  /// if a GPU has no room for them.
  Error layOut(const std::vector<SharedVariable> &variables,
               uint32_t dynamicBytes);

  /// Forgets what was written.
  void beginCta();

  bool contains(const void *address) const {
    return getOffset(address) < kWindowBytes;
  }
  size_t getOffset(const void *address) const {
    return static_cast<size_t>(static_cast<const char *>(address) - window);
  }
  char *getAddress(size_t variable) const {
    return window + placed[variable].offset;
  }
  char *getAddressAt(size_t offset) const { return window + offset; }
  /// One past the last byte of the last variable, from the window's begin.
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
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_SHAREDMEMORY_H
