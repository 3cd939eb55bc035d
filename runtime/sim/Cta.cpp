//===- Cta.cpp - The threads of a CTA as fibers ---------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"

#include <algorithm>
#include <utility>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

std::string gdn::runtime::sim::formatDim3(const Dim3 &dim) {
  return "(" + std::to_string(dim[0]) + ", " + std::to_string(dim[1]) + ", " +
         std::to_string(dim[2]) + ")";
}

Cta::Cta(Launch &launch, StackPool &stacks, SharedMemory &shared,
         Memory &memory, Tracker &tracker)
    : launch(launch), shared(shared), memory(memory), tracker(tracker),
      stacks(stacks),
      ctaThreads(launch.block[0] * launch.block[1] * launch.block[2]),
      ctaWarps((ctaThreads + kWarpSize - 1) / kWarpSize), threads(kMaxThreads),
      ready(kMaxThreads) {
  prepareWarps();
}

void Cta::prepareWarps() {
  warps.resize(clusterSize * ctaWarps);
  for (unsigned i = 0; i < warps.size(); ++i) {
    size_t numLanes =
        std::min<size_t>(clusterSize * ctaThreads - i * kWarpSize, kWarpSize);
    warps[i].index = i;
    warps[i].threads = &threads[i * kWarpSize];
    warps[i].lanes = ~0u >> (kWarpSize - numLanes);
  }
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void Cta::runThread(void *pointer) {
  auto &thread = *static_cast<Thread *>(pointer);
  Cta &cta = *thread.cta;
  cta.launch.function(cta.launch.arguments);
  thread.state = Thread::Exited;
  ++cta.numExited;
  thread.fiber.exitTo(cta.getNextFiber());
}

void Cta::prepareThread(unsigned index) {
  Thread &thread = threads[index];
  const Dim3 &block = launch.block;
  thread.cta = this;
  thread.warp = &warps[index / kWarpSize];
  thread.lane = index % kWarpSize;
  thread.rank = index / ctaThreads;
  unsigned inCta = index % ctaThreads;
  thread.id = {inCta % block[0], inCta / block[0] % block[1],
               inCta / (block[0] * block[1])};
  thread.state = Thread::Running;
  thread.copies = ThreadCopies();
  std::fill(thread.counters.begin(), thread.counters.end(), 0);
  thread.fiber.prepare(stacks.getBottom(index), StackPool::getSize(index),
                       runThread, &thread);
  wake(thread);
}

Error Cta::run(const Dim3 &ctaId) {
  id = ctaId;
  firstReady = numReady = numExited = 0;
  for (Warp &warp : warps) {
    warp.meetings.clear();
    warp.clusterArrivals = 0;
  }
  clusterBarrier = ClusterBarrier();
  beginMemory();
  for (unsigned i = 0; i < clusterSize * ctaThreads; ++i)
    prepareThread(i);
  scheduler.switchTo(getNextFiber());
  if (error.empty() && numExited != clusterSize * ctaThreads)
    error = "kernel " + quote(launch.name) + ", CTA " + formatDim3(id) + ": " +
            describeDeadlock(*this);
  if (!error.empty())
    return Error(std::move(error));
  addCounts();
  return Error::success();
}

/// Nobody has done anything yet.
void Cta::beginMemory() {
  barriers.assign(kNumBarriers * clusterSize, Barrier());
  async = AsyncState();
  async.copying.assign(warps.size(), kNobody);
  tracker.beginCta(static_cast<unsigned>(warps.size()),
                   (ctaThreads - 1) % kWarpSize + 1);
  shared.beginCta(clusterSize);
}

Error Cta::setClusterSize(unsigned size) {
  if (size == 1) {
    shared.beginCta(1);
    return Error::success();
  }
  std::string clusters =
      "has clusters of " + std::to_string(size) + " CTAs, but ";
  if (size < 1 || size > SharedMemory::kMaxCtas ||
      ctaThreads % kWarpSize != 0 || size * ctaThreads > kMaxThreads)
    return makeError(clusters, "the simulator has room for 1 to ",
                     SharedMemory::kMaxCtas, " CTAs of whole warps and ",
                     kMaxThreads, " threads in all");
  if (launch.grid[0] % size != 0)
    return makeError(clusters, "is launched with ", launch.grid[0],
                     " CTAs along x");
  clusterSize = size;
  prepareWarps();
  beginMemory();
  // The first CTA's threads are there already; their warps may have moved.
  for (unsigned i = 0; i < ctaThreads; ++i)
    threads[i].warp = &warps[i / kWarpSize];
  for (unsigned i = ctaThreads; i < size * ctaThreads; ++i)
    prepareThread(i);
  return Error::success();
}

std::string Cta::format(const Thread &thread) const {
  std::string text = "thread " + formatDim3(thread.id);
  return clusterSize == 1 ? text
                          : text + " of CTA " + formatDim3(getId(thread));
}

bool Cta::isOnStack(const Thread &thread, const void *address) const {
  auto index = static_cast<size_t>(&thread - threads.data());
  auto *byte = static_cast<const char *>(address);
  return static_cast<size_t>(byte - stacks.getBottom(index)) <
         StackPool::getSize(index);
}

std::string Cta::describe(const Clocks::Who &who) const {
  const Agent *agent =
      isAgent(who) ? &async.agents[who.warp - warps.size()] : nullptr;
  if (agent && !agent->isOfThreads)
    return agent->name;
  const Thread *lanes = warps[agent ? agent->warp : who.warp].threads;
  if (who.lane < kWarpSize)
    return (agent ? agent->name : "") + format(lanes[who.lane]);
  return "another thread of warp " + std::to_string(who.warp);
}

/// Adds what the threads counted to the launch.
void Cta::addCounts() {
  if (!launch.table)
    return;
  for (size_t block = 0; block < launch.threadCounts.size(); ++block)
    for (const Warp &warp : warps) {
      uint64_t most = 0;
      for (unsigned lane = 0; warp.lanes >> lane & 1; ++lane) {
        // A thread that did not enter counted nothing.
        const std::vector<uint64_t> &counters = warp.threads[lane].counters;
        uint64_t count = block < counters.size() ? counters[block] : 0;
        launch.threadCounts[block] += count;
        most = std::max(most, count);
        if (lane + 1 == kWarpSize)
          break;
      }
      launch.warpCounts[block] += most;
    }
}

//===----------------------------------------------------------------------===//
// Switching
//===----------------------------------------------------------------------===//

void Cta::wake(Thread &thread) {
  thread.state = Thread::Running;
  size_t place = firstReady + numReady++;
  ready[place < ready.size() ? place : place - ready.size()] = &thread;
}

/// Where to go on when the running thread stops: the scheduler if nobody can.
Fiber &Cta::getNextFiber() {
  if (numReady == 0)
    return scheduler;
  running = ready[firstReady];
  firstReady = firstReady + 1 == ready.size() ? 0 : firstReady + 1;
  --numReady;
  return running->fiber;
}

void Cta::block(Thread &thread) {
  Fiber &next = getNextFiber();
  if (&next != &thread.fiber)
    thread.fiber.switchTo(next);
}

void Cta::fail(const Thread &thread, const Site &site, std::string text) {
  error = "kernel " + quote(launch.name) + ", CTA " +
          formatDim3(getId(thread)) + ", thread " + formatDim3(thread.id) +
          ": " + quote(site.op) + " at " + site.location + " " + text;
  // Nothing on this stack is destroyed any more.
  text = std::string();
  running->fiber.exitTo(scheduler);
}

void Cta::failIf(Error failure) {
  if (!failure)
    return;
  error = "kernel " + quote(launch.name) + " " + failure.message();
  failure = Error::success();
  running->fiber.exitTo(scheduler);
}

//===----------------------------------------------------------------------===//
// Meetings of lanes
//===----------------------------------------------------------------------===//

bool Cta::arriveAtMeeting(Thread &thread, const Site &site, MeetingKey key,
                          uint32_t mask, void *operands) {
  Warp &warp = *thread.warp;
  thread.site = &site;
  thread.mask = mask;
  thread.operands = operands;
  // Lanes that no thread has are as good as lanes that nobody asked for.
  uint32_t expected = mask & warp.lanes;
  auto same = [&](const Meeting &meeting) {
    return meeting.key == key && meeting.mask == mask;
  };
  auto it = std::find_if(warp.meetings.begin(), warp.meetings.end(), same);
  if (it == warp.meetings.end())
    it = warp.meetings.insert(it, Meeting{key, mask, 0});
  it->arrived |= 1u << thread.lane;
  if (it->arrived == expected) {
    warp.meetings.erase(it);
    return true;
  }
  thread.state = Thread::AtMeeting;
  block(thread);
  return false;
}

/// Lets the lanes of `mask` go on, but for `except`, which runs.
void Cta::release(Warp &warp, uint32_t mask, const Thread &except) {
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    if (mask >> lane & 1 && &warp.threads[lane] != &except)
      wake(warp.threads[lane]);
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

/// The result of the reduction, once all have arrived.
static uint32_t getResult(const Barrier &barrier) {
  switch (barrier.reduction) {
  case GDN_SIM_BARRIER_POPC:
    return barrier.numTrue;
  case GDN_SIM_BARRIER_AND:
    return barrier.numTrue == barrier.numThreads;
  case GDN_SIM_BARRIER_OR:
    return barrier.numTrue != 0;
  default:
    return 0;
  }
}

/// Lets the waiting warps go on, but for the thread that came last: it runs.
void Cta::complete(Barrier &barrier, const Thread &last) {
  Barrier completed = std::exchange(barrier, Barrier());
  uint32_t result = getResult(completed);
  for (Warp *warp : completed.waiting) {
    tracker.clocks.acquire(warp->index, completed.clock);
    for (unsigned lane = 0; lane < kWarpSize; ++lane)
      if (warp->lanes >> lane & 1)
        static_cast<BarrierOperands *>(warp->threads[lane].operands)->result =
            result;
    release(*warp, warp->lanes, last);
  }
}

/// Why `warp` may not arrive at barrier `id` of `numThreads` threads; empty if
/// it may.
static std::string findMisuse(const Barrier &barrier, uint32_t id,
                              uint32_t numThreads, uint32_t numWarps,
                              uint32_t reduction) {
  if (numThreads % kWarpSize != 0)
    return "expects its number of threads to be a multiple of 32, but got " +
           std::to_string(numThreads);
  uint32_t expected = numThreads ? numThreads / kWarpSize : numWarps;
  if (expected > numWarps)
    return "waits for " + std::to_string(numThreads) +
           " threads, but its CTA has " + std::to_string(numWarps) + " warps";
  if (barrier.arrivedWarps && barrier.expectedWarps != expected)
    return "counts " + std::to_string(expected) + " warps at barrier " +
           std::to_string(id) + ", but others count " +
           std::to_string(barrier.expectedWarps);
  if (!barrier.waiting.empty() && barrier.reduction != reduction)
    return "reduces at barrier " + std::to_string(id) +
           " in another way than others do";
  return "";
}

void Cta::synchronize(Thread &thread, const Site &site, uint32_t barrierId,
                      uint32_t numThreads, uint32_t reduction, bool waits,
                      BarrierOperands &operands) {
  if (barrierId >= kNumBarriers)
    fail(thread, site,
         "expects a barrier from 0 to 15, but got " +
             std::to_string(barrierId));
  // All lanes must come to the same op and mean the same barrier.
  auto position = static_cast<MeetingKey>(&site - launch.table->sites.data());
  MeetingKey key = position | MeetingKey(barrierId) << 32 |
                   MeetingKey(numThreads) << 40 | MeetingKey(1) << 63;
  if (!arriveAtMeeting(thread, site, key, ~0u, &operands))
    return;

  Barrier &barrier = barriers[thread.rank * kNumBarriers + barrierId];
  uint32_t numWarps = ctaWarps;
  if (std::string misuse =
          findMisuse(barrier, barrierId, numThreads, numWarps, reduction);
      !misuse.empty())
    fail(thread, site, std::move(misuse));
  Warp &warp = *thread.warp;
  barrier.expectedWarps = numThreads ? numThreads / kWarpSize : numWarps;
  ++barrier.arrivedWarps;
  tracker.clocks.publish(warp.index, barrier.clock);
  if (!waits)
    release(warp, warp.lanes, thread);
  else
    wait(warp, barrier, reduction);
  if (barrier.arrivedWarps == barrier.expectedWarps)
    complete(barrier, thread);
  else if (waits)
    block(thread);
}

/// Enters `warp`, all of whose lanes are here, among those that wait.
void Cta::wait(Warp &warp, Barrier &barrier, uint32_t reduction) {
  barrier.waiting.push_back(&warp);
  barrier.reduction = reduction;
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    if (!(warp.lanes >> lane & 1))
      continue;
    Thread &thread = warp.threads[lane];
    thread.state = Thread::AtBarrier;
    ++barrier.numThreads;
    barrier.numTrue +=
        static_cast<BarrierOperands *>(thread.operands)->predicate != 0;
  }
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

void Cta::arriveAtCluster(Thread &thread, const Site &site) {
  if (!arriveAtMeeting(thread, site, getAlignedKey(site), ~0u, nullptr))
    return;
  Warp &warp = *thread.warp;
  if (warp.clusterArrivals > clusterBarrier.phase)
    fail(thread, site,
         "arrives at the barrier of the cluster again, for which its warp has "
         "not waited");
  ++warp.clusterArrivals;
  tracker.clocks.publish(warp.index, clusterBarrier.arriving);
  release(warp, warp.lanes, thread);
  if (++clusterBarrier.arrivedWarps < warps.size())
    return;
  clusterBarrier.arrivedWarps = 0;
  ++clusterBarrier.phase;
  clusterBarrier.completed = std::exchange(clusterBarrier.arriving, {});
  for (Warp *waiting : std::exchange(clusterBarrier.waiting, {})) {
    tracker.clocks.acquire(waiting->index, clusterBarrier.completed);
    release(*waiting, waiting->lanes, thread);
  }
}

void Cta::waitForCluster(Thread &thread, const Site &site) {
  if (!arriveAtMeeting(thread, site, getAlignedKey(site), ~0u, nullptr))
    return;
  Warp &warp = *thread.warp;
  if (warp.clusterArrivals == 0)
    fail(thread, site,
         "waits for the cluster, at whose barrier its warp has "
         "not arrived");
  if (warp.clusterArrivals <= clusterBarrier.phase) {
    tracker.clocks.acquire(warp.index, clusterBarrier.completed);
    release(warp, warp.lanes, thread);
    return;
  }
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    if (warp.lanes >> lane & 1)
      warp.threads[lane].state = Thread::AtCluster;
  clusterBarrier.waiting.push_back(&warp);
  block(thread);
}

void gdn_sim_cluster_arrive(GdnSimThread *thread, uint32_t position) {
  Cta &cta = *thread->cta;
  cta.arriveAtCluster(*thread, checkClocks(*thread, cta.getSite(position)));
}

void gdn_sim_cluster_wait(GdnSimThread *thread, uint32_t position) {
  Cta &cta = *thread->cta;
  cta.waitForCluster(*thread, checkClocks(*thread, cta.getSite(position)));
}
