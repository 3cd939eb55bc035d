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
    CtaRace,
    /// An asynchronous operation follows a thread's write, but no fence between
    /// the proxies does.
    Unfenced,
    /// It belongs to an mbarrier object.
    Mbarrier
  };
  Kind kind = None;
  /// The other thread of a Race, and whether its access was a write.
  Clocks::Who other = {0, 0};
  bool otherWrote = false;
  /// The first such byte, from the access's first.
  size_t byte = 0;
};

/// Whose an access is.
struct Actor {
  /// The lane whose knowledge of what is over counts.
  unsigned warp;
  unsigned lane;
  /// Under which the access is noted: the lane's, or that of something
  /// asynchronous.
  Stamp stamp;
  /// Accesses memory through the async proxy.
  bool isAsync = false;
  /// If not 0, all lanes of so many warps from `warp` on must know.
  unsigned numWarps = 0;
  /// Reaches the shared memory of other CTAs of the cluster.
  bool isInCluster = false;
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
  void beginCta(unsigned numWarps, unsigned lastLanes);

  /// Notes an access to the bytes of `shadow` from `offset` on, by `actor` or a
  /// lane of the CTA that runs, unless there is a conflict: then that is
  /// returned.
  Conflict read(Shadow &shadow, size_t offset, size_t bytes, Actor actor);
  Conflict write(Shadow &shadow, size_t offset, size_t bytes, Actor actor);

  /// What a lane wrote before becomes visible to the async proxy.
  void fence(unsigned warp, unsigned lane);

  Clocks clocks;
  DistinctBytes distinct;

private:
  template <bool isWrite>
  Conflict access(Shadow &shadow, size_t offset, size_t bytes, Actor actor);
  template <bool isWrite>
  Conflict accessRun(Shadow &shadow, size_t offset, size_t bytes, Actor actor);
  Conflict::Kind checkWriter(const Shadow &shadow, Stamp writer,
                             Actor actor) const;
  Conflict makeWriterConflict(Conflict::Kind kind, Stamp writer,
                              Actor actor) const;
  Conflict readRun(Shadow &shadow, size_t offset, size_t bytes, Actor actor);
  Conflict writeRun(Shadow &shadow, size_t offset, size_t bytes, Actor actor);
  void noteOtherCta(Shadow &shadow, size_t offset, size_t bytes);
  Conflict makeRace(Stamp other, bool otherWrote, Actor actor) const;
  bool isOver(Stamp stamp, Actor actor) const;
  bool isFenced(Stamp writer, Actor actor) const;

  /// By lanes, the stamps of intervals that ended with a fence.
  std::vector<std::vector<Stamp>> fences;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_TRACKER_H
