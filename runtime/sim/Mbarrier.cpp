//===- Mbarrier.cpp - mbarrier objects ------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"

#include <algorithm>
#include <cstdlib>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

/// Limits of an mbarrier object's counts.
static constexpr uint32_t kMaxCount = (1u << 20) - 1;

static constexpr uint32_t kBytes = 8;

/// The object's part of the shadow.
static Stamp *getWriters(Cta &cta, const void *address) {
  return cta.shared.getShadow().writers + cta.shared.getOffset(address);
}

static std::string formatPlace(const Cta &cta, const void *address) {
  return "the mbarrier at " + cta.shared.describe(address);
}

Mbarrier &gdn::runtime::sim::getMbarrier(Thread &thread, const Site &site,
                                         const void *address) {
  Cta &cta = *thread.cta;
  if (!cta.shared.contains(address))
    cta.fail(thread, site, "expects an mbarrier object in shared memory");
  auto it = cta.async.mbarriers.find(cta.shared.getOffset(address));
  if (it == cta.async.mbarriers.end())
    cta.fail(thread, site,
             "uses " + formatPlace(cta, address) +
                 ", which was never initialised");
  Mbarrier &mbarrier = it->second;
  if (cta.launch.isTracked &&
      !cta.tracker.clocks.isBefore(mbarrier.begin, thread.warp->index,
                                   thread.lane))
    cta.fail(thread, site,
             "uses " + formatPlace(cta, address) + ", which " +
                 cta.format(*mbarrier.creator) +
                 " initialises with no barrier between them");
  return mbarrier;
}

void gdn_sim_mbarrier_init(GdnSimThread *thread, uint32_t position,
                           void *address, uint32_t count) {
  Cta &cta = *thread->cta;
  const Site &site = cta.getSite(position);
  if (count < 1 || count > kMaxCount)
    cta.fail(*thread, site,
             "expects a count from 1 to 1048575, but got " +
                 std::to_string(count));
  checkAccess(*thread, site, {kBytes, kBytes, true, Space::Shared}, address);
  size_t offset = cta.shared.getOffset(address);
  if (cta.async.mbarriers.count(offset))
    cta.fail(*thread, site,
             "initialises " + formatPlace(cta, address) + " a second time");
  Mbarrier mbarrier;
  mbarrier.expected = mbarrier.pending = count;
  mbarrier.begin = cta.getActor(*thread).stamp;
  mbarrier.creator = thread;
  cta.async.mbarriers.emplace(offset, std::move(mbarrier));
  if (cta.launch.isTracked)
    std::fill_n(getWriters(cta, address), kBytes, kMbarrier);
}

void gdn_sim_mbarrier_invalidate(GdnSimThread *thread, uint32_t position,
                                 void *address) {
  Cta &cta = *thread->cta;
  const Site &site = cta.getSite(position);
  const Mbarrier &mbarrier = getMbarrier(*thread, site, address);
  if (!mbarrier.waiting.empty())
    cta.fail(*thread, site,
             "invalidates " + formatPlace(cta, address) +
                 ", at which threads wait");
  cta.async.mbarriers.erase(cta.shared.getOffset(address));
  if (cta.launch.isTracked)
    std::fill_n(getWriters(cta, address), kBytes, kNobody);
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

/// Begins the next phase if this one lacks nothing.
static void advance(Cta &cta, Mbarrier &mbarrier) {
  if (mbarrier.pending || mbarrier.bytes)
    return;
  ++mbarrier.phase;
  mbarrier.pending = mbarrier.expected;
  mbarrier.completed = mbarrier.arriving;
  cta.async.numIdleTests = 0;
  for (Thread *thread : mbarrier.waiting) {
    cta.tracker.clocks.acquireLane(thread->warp->index, thread->lane,
                                   mbarrier.completed);
    cta.wake(*thread);
  }
  mbarrier.waiting.clear();
}

Stamp gdn::runtime::sim::beginCompletion(Cta &cta, Mbarrier &mbarrier) {
  Clocks &clocks = cta.tracker.clocks;
  if (!mbarrier.agent)
    mbarrier.agent = cta.addAgent({"an asynchronous copy", false, 0});
  Stamp stamp = clocks.beginInterval(mbarrier.agent);
  mbarrier.arriving.add(stamp >> kLaneBits, mbarrier.agent);
  return stamp;
}

uint64_t gdn_sim_mbarrier_arrive(GdnSimThread *thread, uint32_t position,
                                 void *address, uint32_t count,
                                 uint32_t flags) {
  Cta &cta = *thread->cta;
  const Site &site = checkClocks(*thread, cta.getSite(position));
  Mbarrier &mbarrier = getMbarrier(*thread, site, address);
  if (count < 1 || count > mbarrier.pending)
    cta.fail(*thread, site,
             "arrives " + std::to_string(count) + " times at " +
                 formatPlace(cta, address) + ", of whose " +
                 std::to_string(mbarrier.expected) + " arrivals " +
                 std::to_string(mbarrier.pending) + " are pending");
  uint64_t state = mbarrier.phase;
  if (!(flags & GDN_SIM_ARRIVE_RELAXED))
    cta.tracker.clocks.publishLane(thread->warp->index, thread->lane,
                                   mbarrier.arriving);
  mbarrier.pending -= count;
  advance(cta, mbarrier);
  if (flags & GDN_SIM_ARRIVE_NOCOMPLETE && mbarrier.phase != state)
    cta.fail(*thread, site,
             "completes a phase of " + formatPlace(cta, address) +
                 ", which it promises not to do");
  return state;
}

void gdn_sim_mbarrier_arrive_copies(GdnSimThread *thread, uint32_t position,
                                    void *address, uint32_t noinc) {
  Cta &cta = *thread->cta;
  const Site &site = checkClocks(*thread, cta.getSite(position));
  Mbarrier &mbarrier = getMbarrier(*thread, site, address);
  if (noinc && mbarrier.pending == 0)
    cta.fail(*thread, site,
             "arrives at " + formatPlace(cta, address) +
                 ", of whose arrivals none is pending");
  completeCopies(*thread, mbarrier);
  mbarrier.pending -= noinc != 0;
  advance(cta, mbarrier);
}

void gdn::runtime::sim::expectBytes(Thread &thread, const Site &site,
                                    Mbarrier &mbarrier, int64_t bytes) {
  Cta &cta = *thread.cta;
  mbarrier.bytes += bytes;
  if (std::abs(mbarrier.bytes) > kMaxCount)
    cta.fail(thread, site,
             "lets an mbarrier expect " + std::to_string(mbarrier.bytes) +
                 " bytes, but it counts up to 1048575");
  advance(cta, mbarrier);
}

void gdn_sim_mbarrier_expect(GdnSimThread *thread, uint32_t position,
                             void *address, uint32_t bytes) {
  const Site &site = thread->cta->getSite(position);
  expectBytes(*thread, site, getMbarrier(*thread, site, address), bytes);
}

void gdn_sim_mbarrier_complete(GdnSimThread *thread, uint32_t position,
                               void *address, uint32_t bytes) {
  const Site &site = thread->cta->getSite(position);
  expectBytes(*thread, site, getMbarrier(*thread, site, address),
              -static_cast<int64_t>(bytes));
}

//===----------------------------------------------------------------------===//
// Waits
//===----------------------------------------------------------------------===//

/// True if the phase that a thread asks for is over: the last one with that
/// parity, or that of a state.
static bool isComplete(Thread &thread, const Site &site,
                       const Mbarrier &mbarrier, const void *address,
                       uint64_t phase, bool isParity) {
  if (isParity)
    return (mbarrier.phase & 1) != (phase & 1);
  if (mbarrier.phase > phase + 1)
    thread.cta->fail(thread, site,
                     "asks for phase " + std::to_string(phase) + " of " +
                         formatPlace(*thread.cta, address) +
                         ", which is in phase " +
                         std::to_string(mbarrier.phase));
  return mbarrier.phase > phase;
}

/// Lets others run. Fails if that has been in vain for long.
static void yield(Thread &thread, const Site &site, const void *address) {
  constexpr uint32_t kMaxIdleTests = 1u << 20;
  Cta &cta = *thread.cta;
  if (++cta.async.numIdleTests > kMaxIdleTests)
    cta.fail(thread, site,
             "tests " + formatPlace(cta, address) +
                 " again and again, but nothing happens any more");
  cta.wake(thread);
  cta.block(thread);
}

uint32_t gdn_sim_mbarrier_wait(GdnSimThread *thread, uint32_t position,
                               void *address, uint64_t phase, uint32_t isParity,
                               uint32_t blocks) {
  Cta &cta = *thread->cta;
  const Site &site = cta.getSite(position);
  Mbarrier &mbarrier = getMbarrier(*thread, site, address);
  if (cta.shared.getRank(address) != thread->rank)
    cta.fail(*thread, site, "waits at an mbarrier of another CTA");
  if (isComplete(*thread, site, mbarrier, address, phase, isParity)) {
    cta.tracker.clocks.acquireLane(thread->warp->index, thread->lane,
                                   mbarrier.completed);
    return 1;
  }
  if (!blocks) {
    yield(*thread, site, address);
    return 0;
  }
  thread->state = Thread::AtMbarrier;
  thread->site = &site;
  mbarrier.waiting.push_back(thread);
  cta.block(*thread);
  return 1;
}

//===----------------------------------------------------------------------===//
// Fences
//===----------------------------------------------------------------------===//

void gdn_sim_fence(GdnSimThread *thread, uint32_t position, uint32_t kind) {
  Cta &cta = *thread->cta;
  checkClocks(*thread, cta.getSite(position));
  Stamp stamp = cta.getActor(*thread).stamp;
  if (kind == GDN_SIM_FENCE_PROXY)
    cta.tracker.fence(thread->warp->index, thread->lane);
  for (auto &[offset, mbarrier] : cta.async.mbarriers)
    if (mbarrier.creator == thread && mbarrier.fence == kNobody)
      mbarrier.fence = stamp;
}

//===----------------------------------------------------------------------===//
// Deadlocks
//===----------------------------------------------------------------------===//

/// "warp 0, thread (33, 0, 0)": threads as warps where all lanes are there.
static std::string formatThreads(const std::vector<Thread *> &threads) {
  std::string text;
  std::map<unsigned, std::vector<Thread *>> warps;
  for (Thread *thread : threads)
    warps[thread->warp->index].push_back(thread);
  for (auto &[index, lanes] : warps) {
    auto all =
        static_cast<size_t>(__builtin_popcount(lanes.front()->warp->lanes));
    if (lanes.size() == all && all > 1) {
      text += (text.empty() ? "warp " : ", warp ") + std::to_string(index);
      continue;
    }
    for (const Thread *thread : lanes)
      text += (text.empty() ? "" : ", ") + thread->cta->format(*thread);
  }
  return text;
}

std::string gdn::runtime::sim::describeMbarriers(const Cta &cta) {
  std::string text;
  for (const auto &[offset, mbarrier] : cta.async.mbarriers) {
    if (mbarrier.waiting.empty())
      continue;
    const Site &site = *mbarrier.waiting.front()->site;
    bool isOne = mbarrier.waiting.size() == 1;
    text += (text.empty() ? "" : "; ") + formatThreads(mbarrier.waiting) +
            (isOne ? " waits at " : " wait at ") + quote(site.op) + " at " +
            site.location + " for phase " + std::to_string(mbarrier.phase) +
            " of " + formatPlace(cta, cta.shared.getAddressAt(offset)) +
            ", which lacks " + std::to_string(mbarrier.pending) + " of " +
            std::to_string(mbarrier.expected) + " arrivals and " +
            std::to_string(mbarrier.bytes) + " bytes";
  }
  return text;
}
