//===- Cta.h - The threads of a CTA as fibers -------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_CTA_H
#define GDN_RUNTIME_SIM_CTA_H

#include "gdn-c/Sim.h"
#include "runtime/sim/Async.h"
#include "runtime/sim/Fiber.h"
#include "runtime/sim/Launch.h"
#include "runtime/sim/SharedMemory.h"
#include "runtime/sim/Tracker.h"

namespace gdn::runtime::sim {

class Cta;
struct Warp;

/// What lanes must agree on to meet: an op with its qualifiers, or, for ops
/// that a warp must execute as one, the very op.
using MeetingKey = uint64_t;

/// A call that some lanes of `mask` have made, and others not yet.
struct Meeting {
  MeetingKey key;
  uint32_t mask;
  uint32_t arrived;
};

/// One of the 16 barriers of a CTA.
struct Barrier {
  uint32_t expectedWarps = 0;
  uint32_t arrivedWarps = 0;
  /// A GdnSimBarrier, over the predicates of the threads that arrived.
  uint32_t reduction = GDN_SIM_BARRIER_NONE;
  uint32_t numThreads = 0;
  uint32_t numTrue = 0;
  std::vector<Warp *> waiting;
  /// What the arrived warps did before.
  VectorClock clock;
};

} // namespace gdn::runtime::sim

/// A CUDA thread.
struct GdnSimThread {
  enum State : uint8_t {
    Running,
    AtMeeting,
    AtBarrier,
    AtMbarrier,
    AtCluster,
    Exited
  };

  gdn::runtime::sim::Cta *cta = nullptr;
  gdn::runtime::sim::Warp *warp = nullptr;
  unsigned lane = 0;
  /// The number of its CTA in the cluster.
  unsigned rank = 0;
  gdn::runtime::sim::Dim3 id = {0, 0, 0};
  State state = Running;
  /// Where it waits, for which lanes, and what it gave.
  const gdn::runtime::sim::Site *site = nullptr;
  uint32_t mask = 0;
  void *operands = nullptr;
  std::vector<uint64_t> counters;
  gdn::runtime::sim::ThreadCopies copies;
  gdn::runtime::sim::Fiber fiber;
};

namespace gdn::runtime::sim {

using Thread = GdnSimThread;

struct Warp {
  unsigned index = 0;
  Thread *threads = nullptr;
  /// The lanes that are threads of the CTA.
  uint32_t lanes = 0;
  std::vector<Meeting> meetings;
  /// How often it has arrived at the barrier of the cluster.
  uint64_t clusterArrivals = 0;
};

/// The barrier of a cluster: all warps arrive, then those that wait go on.
struct ClusterBarrier {
  /// Complete phases, and warps that have arrived in the present one.
  uint64_t phase = 0;
  uint32_t arrivedWarps = 0;
  /// What warps did before they arrived: in this phase, and in the last one.
  VectorClock arriving, completed;
  std::vector<Warp *> waiting;
};

/// What a lane of a CTA barrier gives and gets.
struct BarrierOperands {
  uint32_t predicate = 0;
  uint32_t result = 0;
};

/// Runs the threads of CTAs, each until it must wait for others. The CTAs of a
/// cluster run as one, with warps and barriers of each, and with a part of the
/// window of shared memory each.
class Cta {
public:
  static constexpr unsigned kNumBarriers = 16;

  Cta(Launch &launch, StackPool &stacks, SharedMemory &shared, Memory &memory,
      Tracker &tracker);

  /// Runs the CTA at `id`, or the cluster that begins there. Fails with the
  /// first error of its threads.
  Error run(const Dim3 &id);

  /// The first thread of a launch tells how many CTAs run at the same time.
  /// Fails if they cannot.
  Error setClusterSize(unsigned size);
  unsigned getClusterSize() const { return clusterSize; }

  /// The thread that runs.
  Thread &getRunning() const { return *running; }
  Dim3 getId(const Thread &thread) const {
    return {id[0] + thread.rank, id[1], id[2]};
  }

  /// True if `address` is on the stack of `thread`.
  bool isOnStack(const Thread &thread, const void *address) const;

  const Site &getSite(uint32_t position) const {
    return launch.table->sites[position];
  }
  const std::vector<Warp> &getWarps() const { return warps; }
  const std::vector<Barrier> &getBarriers() const { return barriers; }

  /// The thread, accessing memory in its present interval.
  Actor getActor(const Thread &thread) const {
    return {thread.warp->index, thread.lane,
            tracker.clocks.getStamp(thread.warp->index, thread.lane)};
  }
  /// Whom stamps name: a thread, or what an agent does.
  std::string describe(const Clocks::Who &who) const;
  bool isAgent(const Clocks::Who &who) const {
    return who.warp >= warps.size();
  }
  /// Adds an owner of intervals.
  unsigned addAgent(Agent agent) {
    async.agents.push_back(std::move(agent));
    return tracker.clocks.addOwner();
  }

  /// Lets others run until somebody wakes `thread`, which runs.
  void block(Thread &thread);
  /// Lets `thread` go on when it is its turn.
  void wake(Thread &thread);

  /// Waits until all lanes of `mask` came with equal keys. The last one calls
  /// execute(lanes, mask) for the lanes that exist: lanes[i] is the address of
  /// what lane i gave as `operands`.
  template <typename Operands>
  void meet(Thread &thread, const Site &site, MeetingKey key, uint32_t mask,
            Operands &operands,
            void (*execute)(Operands *const *lanes, uint32_t mask)) {
    if (!arriveAtMeeting(thread, site, key, mask, &operands))
      return;
    Operands *lanes[kWarpSize] = {};
    mask &= thread.warp->lanes;
    for (unsigned lane = 0; lane < kWarpSize; ++lane)
      if (mask >> lane & 1)
        lanes[lane] =
            static_cast<Operands *>(thread.warp->threads[lane].operands);
    execute(lanes, mask);
    release(*thread.warp, mask, thread);
  }

  /// The same for an op that the whole warp must execute as one.
  template <typename Operands>
  void meetWarp(Thread &thread, const Site &site, Operands &operands,
                void (*execute)(Operands *const *lanes, uint32_t mask)) {
    meet(thread, site, getAlignedKey(site), ~0u, operands, execute);
  }

  /// Arrives with its whole warp at barrier `id` of `numThreads` threads, 0 for
  /// all, and waits for them if `waits`.
  void synchronize(Thread &thread, const Site &site, uint32_t id,
                   uint32_t numThreads, uint32_t reduction, bool waits,
                   BarrierOperands &operands);

  /// Arrives with its whole warp at the barrier of the cluster; waits for it.
  void arriveAtCluster(Thread &thread, const Site &site);
  void waitForCluster(Thread &thread, const Site &site);

  /// "thread (33, 0, 0)", and in a cluster, of which CTA.
  std::string format(const Thread &thread) const;

  /// Ends the launch: `text` goes on from "KERNEL, CTA, thread: OP at PLACE".
  [[noreturn]] void fail(const Thread &thread, const Site &site,
                         std::string text);

  /// Ends the launch, called by a thread, if `error` is one.
  void failIf(Error error);

  Launch &launch;
  SharedMemory &shared;
  Memory &memory;
  Tracker &tracker;
  AsyncState async;

private:
  static void runThread(void *thread);
  void prepareWarps();
  void beginMemory();
  void prepareThread(unsigned index);
  void addCounts();

  /// The key of ops that all lanes must reach at this very place.
  MeetingKey getAlignedKey(const Site &site) const {
    auto position = static_cast<MeetingKey>(&site - launch.table->sites.data());
    return position | MeetingKey(1) << 62;
  }
  bool arriveAtMeeting(Thread &thread, const Site &site, MeetingKey key,
                       uint32_t mask, void *operands);
  void release(Warp &warp, uint32_t mask, const Thread &except);
  void wait(Warp &warp, Barrier &barrier, uint32_t reduction);
  void complete(Barrier &barrier, const Thread &last);
  Fiber &getNextFiber();

  StackPool &stacks;
  Fiber scheduler;
  /// Threads and warps of a CTA.
  unsigned ctaThreads, ctaWarps;
  unsigned clusterSize = 1;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  /// Those of the first CTA of the cluster, then those of the next one.
  std::vector<Barrier> barriers;
  ClusterBarrier clusterBarrier;
  /// Threads that can go on, in a ring.
  std::vector<Thread *> ready;
  size_t firstReady = 0, numReady = 0;
  unsigned numExited = 0;
  Thread *running = nullptr;
  Dim3 id = {0, 0, 0};
  std::string error;
};

/// Checks and counts what `thread` does to the bytes at `address` at `site`,
/// before it happens. Does not return if that is an error. If an `actor` is
/// given, it does that on behalf of the thread.
void checkAccess(Thread &thread, const Site &site, const Footprint &access,
                 const void *address, const Actor *actor = nullptr);

/// The site, after a check that the clocks can go on.
const Site &checkClocks(const Thread &thread, const Site &site);

/// The mbarrier object at `address`. Does not return if there is none that the
/// thread may use.
Mbarrier &getMbarrier(Thread &thread, const Site &site, const void *address);

/// Adds to the bytes that the present phase expects, or, if negative, takes
/// away those that came: then the phase may end.
void expectBytes(Thread &thread, const Site &site, Mbarrier &mbarrier,
                 int64_t bytes);

/// Who waits at which mbarrier objects, and what these lack; empty if nobody.
std::string describeMbarriers(const Cta &cta);

/// The stamp of copies that complete at `mbarrier`, of which those learn who
/// wait for its present phase.
Stamp beginCompletion(Cta &cta, Mbarrier &mbarrier);

/// Makes the copies of cp.async that `thread` has issued complete there.
void completeCopies(Thread &thread, Mbarrier &mbarrier);

/// Why no thread of `cta` can go on: who waits where, for whom, and where these
/// are.
std::string describeDeadlock(const Cta &cta);

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_CTA_H
