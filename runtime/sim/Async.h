//===- Async.h - What goes on beside the threads of a CTA -------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads issue copies and products that go on beside them. The simulator does
// them when they are issued (copies of cp.async when they are waited for), but
// notes their accesses under agents, which own intervals as warps do: only who
// waits learns that an agent's intervals are over.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_ASYNC_H
#define GDN_RUNTIME_SIM_ASYNC_H

#include "runtime/sim/Kernel.h"
#include "runtime/sim/Tracker.h"

struct GdnSimThread;

namespace gdn::runtime::sim {

/// Who does something asynchronous: an owner of intervals behind the warps.
struct Agent {
  /// "a product of warps 0-3".
  std::string name;
  /// A thread's name, by the lane of its stamps, ends the agent's.
  bool isOfThreads = false;
  unsigned warp = 0;
};

/// An mbarrier object in shared memory.
struct Mbarrier {
  /// Arrivals that complete a phase, and those that it still lacks.
  uint32_t expected = 0;
  uint32_t pending = 0;
  /// Bytes that are expected and have not come; negative if they come early.
  int64_t bytes = 0;
  /// Completed phases.
  uint64_t phase = 0;
  /// Who initialised it, and the fence that made that known to copies.
  Stamp begin = kNobody;
  const GdnSimThread *creator = nullptr;
  Stamp fence = kNobody;
  /// Does the copies that complete here; 0 if there was none.
  unsigned agent = 0;
  /// What those that arrived did before: for all, and for those who wait for
  /// the last complete phase.
  VectorClock arriving, completed;
  std::vector<GdnSimThread *> waiting;
};

/// A copy of cp.async that is under way.
struct PendingCopy {
  char *to;
  uint32_t bytes;
  uint32_t group;
  char data[16];
};

/// The asynchronous state of a thread.
struct ThreadCopies {
  /// In the order of issue; and the number of groups that were committed.
  std::vector<PendingCopy> pending;
  uint32_t numGroups = 0;
  /// The agent that does its bulk copies to global memory, 0 if there was none;
  /// and the last stamp of each of their groups.
  unsigned bulkAgent = 0;
  Stamp lastBulk = kNobody;
  std::vector<Stamp> bulkGroups;
};

/// The asynchronous state of a CTA.
struct AsyncState {
  std::vector<Agent> agents;
  /// By offsets in shared memory.
  std::map<size_t, Mbarrier> mbarriers;
  /// By warp: the agent of the copies of its lanes' cp.async, and the stamp of
  /// all of them; 0 if there was none.
  std::vector<Stamp> copying;
  /// Tests of mbarriers in a row that failed, with nothing completed between.
  uint32_t numIdleTests = 0;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_ASYNC_H
