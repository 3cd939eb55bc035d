//===- Tracker.h - Checks of accesses, byte by byte -------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_TRACKER_H
#define GDN_RUNTIME_SIM_TRACKER_H

#include "runtime/sim/Memory.h"

namespace gdn::runtime::sim {

/// What is wrong with an access, if anything.
struct Conflict {
  enum Kind : uint8_t {
    None,
    /// The byte belongs to no variable.
    OutOfBounds,
    /// It is read, but nobody has written it.
    Unwritten,
    /// Another thread of the CTA accesses it, too, and neither is over for the
    /// other; one of them writes.
    Race,
    /// The same with a thread of another CTA.
    CtaRace
  };
  Kind kind = None;
  /// The other thread of a Race, and whether its access was a write.
  Clocks::Who other = {0, 0};
  bool otherWrote = false;
  /// The first such byte, from the access's first.
  size_t byte = 0;
};

/// Distinct bytes of global memory that a launch has accessed.
struct DistinctBytes {
  uint64_t read = 0;
  uint64_t written = 0;
  uint64_t manyCtas = 0;
};

/// Follows who reads and who writes each byte.
class Tracker {
public:
  /// Notes an access to the bytes of `shadow` from `offset` on, by a thread of
  /// the CTA that runs, unless there is a conflict: then that is returned.
  Conflict read(Shadow &shadow, size_t offset, size_t bytes, unsigned warp,
                unsigned lane);
  Conflict write(Shadow &shadow, size_t offset, size_t bytes, unsigned warp,
                 unsigned lane);

  Clocks clocks;
  DistinctBytes distinct;

private:
  struct Thread {
    unsigned warp;
    unsigned lane;
    Stamp stamp;
  };

  template <bool isWrite>
  Conflict access(Shadow &shadow, size_t offset, size_t bytes, Thread thread);
  template <bool isWrite>
  Conflict accessRun(Shadow &shadow, size_t offset, size_t bytes,
                     Thread thread);
  Conflict::Kind checkWriter(Stamp writer, Thread thread) const;
  Conflict readRun(Shadow &shadow, size_t offset, size_t bytes, Thread thread);
  Conflict writeRun(Shadow &shadow, size_t offset, size_t bytes, Thread thread);
  void noteOtherCta(Shadow &shadow, size_t offset, size_t bytes);
  Conflict makeRace(Stamp other, bool otherWrote, Thread thread) const;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_TRACKER_H
