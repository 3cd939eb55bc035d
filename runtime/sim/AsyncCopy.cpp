//===- AsyncCopy.cpp - cp.async and cp.async.bulk -------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"

#include <algorithm>
#include <cstring>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

/// The stamp of bytes that copies of the thread will write: nobody ever learns
/// that it is over.
static Stamp getCopyStamp(const Thread &thread) {
  Cta &cta = *thread.cta;
  Stamp &stamp = cta.async.copying[thread.warp->index];
  if (stamp == kNobody)
    stamp = cta.tracker.clocks.beginInterval(
        cta.addAgent({"an asynchronous copy of ",
                      /*isOfThreads=*/true, thread.warp->index}));
  return stamp | thread.lane;
}

void gdn_sim_copy_async(GdnSimThread *thread, uint32_t position, void *to,
                        const void *from, uint32_t bytes,
                        uint32_t sourceBytes) {
  Cta &cta = *thread->cta;
  const Site &site = cta.getSite(position);
  if (sourceBytes > bytes)
    cta.fail(*thread, site,
             "copies " + std::to_string(sourceBytes) + " of " +
                 std::to_string(bytes) + " bytes");
  if (sourceBytes)
    checkAccess(*thread, site, {sourceBytes, bytes, false, Space::Global},
                from);
  Actor actor = cta.getActor(*thread);
  actor.stamp = getCopyStamp(*thread);
  checkAccess(*thread, site, {bytes, bytes, true, Space::Shared}, to, &actor);
  PendingCopy copy = {
      static_cast<char *>(to), bytes, thread->copies.numGroups, {}};
  std::memcpy(copy.data, from, sourceBytes);
  thread->copies.pending.push_back(copy);
}

void gdn_sim_commit_copies(GdnSimThread *thread) { ++thread->copies.numGroups; }

/// Writes the bytes, from now on as `writer` did it.
static void complete(Thread &thread, const PendingCopy &copy, Stamp writer) {
  Cta &cta = *thread.cta;
  std::memcpy(copy.to, copy.data, copy.bytes);
  if (!cta.launch.isTracked)
    return;
  Stamp *writers =
      cta.shared.getShadow().writers + cta.shared.getOffset(copy.to);
  std::fill_n(writers, copy.bytes, writer);
}

void gdn::runtime::sim::completeCopies(Thread &thread, Mbarrier &mbarrier) {
  if (thread.copies.pending.empty())
    return;
  Stamp made = beginCompletion(*thread.cta, mbarrier);
  for (const PendingCopy &copy : thread.copies.pending)
    complete(thread, copy, made);
  thread.copies.pending.clear();
  // The copies began after what the thread had waited for.
  thread.cta->tracker.clocks.tellKnown(thread.warp->index, thread.lane,
                                       mbarrier.arriving);
}

void gdn_sim_wait_copies(GdnSimThread *thread, uint32_t numPending) {
  Cta &cta = *thread->cta;
  ThreadCopies &copies = thread->copies;
  auto isUnderWay = [&](const PendingCopy &copy) {
    return copy.group + numPending >= copies.numGroups;
  };
  auto last =
      std::find_if(copies.pending.begin(), copies.pending.end(), isUnderWay);
  for (auto copy = copies.pending.begin(); copy != last; ++copy)
    complete(*thread, *copy, cta.getActor(*thread).stamp);
  copies.pending.erase(copies.pending.begin(), last);
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

void *gdn_sim_map_shared(GdnSimThread *thread, uint32_t position, void *address,
                         uint32_t rank) {
  Cta &cta = *thread->cta;
  const Site &site = cta.getSite(position);
  if (rank >= cta.getClusterSize())
    cta.fail(*thread, site,
             "asks for CTA number " + std::to_string(rank) +
                 " of a cluster of " + std::to_string(cta.getClusterSize()));
  if (!cta.shared.contains(address) ||
      cta.shared.getRank(address) != thread->rank)
    cta.fail(*thread, site, "expects an address in its CTA's shared memory");
  size_t inWindow = cta.shared.getOffset(address) % SharedMemory::kWindowBytes;
  return cta.shared.getAddressAt(rank * SharedMemory::kWindowBytes + inWindow);
}

static constexpr uint32_t kPartBytes = 16;

/// Copies 16 bytes. Those that nobody wrote, between rows, stay so where they
/// go.
static void copyPart(Thread &thread, const Site &site, char *to,
                     const char *from, Stamp made) {
  Cta &cta = *thread.cta;
  Stamp *writers = cta.shared.getShadow().writers;
  Stamp *begin = writers + cta.shared.getOffset(from);
  bool isUnwritten = std::all_of(begin, begin + kPartBytes, [](Stamp writer) {
    return writer == kNobody;
  });
  Actor actor = cta.getActor(thread);
  actor.stamp = made;
  actor.isAsync = true;
  if (!isUnwritten || !cta.launch.isTracked)
    checkAccess(thread, site,
                {kPartBytes, kPartBytes, /*isWrite=*/false, Space::Shared},
                from, &actor);
  actor.isInCluster = true;
  checkAccess(thread, site,
              {kPartBytes, kPartBytes, /*isWrite=*/true, Space::Shared}, to,
              &actor);
  std::memcpy(to, from, kPartBytes);
  if (isUnwritten && cta.launch.isTracked)
    std::fill_n(writers + cta.shared.getOffset(to), kPartBytes, kNobody);
}

void gdn_sim_copy_shared(GdnSimThread *thread, uint32_t position, void *to,
                         const void *from, void *address, uint32_t bytes) {
  Cta &cta = *thread->cta;
  const Site &site = checkClocks(*thread, cta.getSite(position));
  if (bytes % kPartBytes != 0)
    cta.fail(*thread, site,
             "copies " + std::to_string(bytes) +
                 " bytes, which is no multiple of 16");
  Mbarrier &mbarrier = getMbarrier(*thread, site, address);
  if (!cta.shared.contains(to) ||
      cta.shared.getRank(to) != cta.shared.getRank(address))
    cta.fail(*thread, site,
             "completes at an mbarrier in another CTA than that to which it "
             "copies");
  if (cta.launch.isTracked &&
      (mbarrier.fence == kNobody ||
       !cta.tracker.clocks.isBefore(mbarrier.fence, thread->warp->index,
                                    thread->lane)))
    cta.fail(*thread, site,
             "completes at an mbarrier whose initialisation no fence has shown "
             "to copies");
  Stamp made = beginCompletion(cta, mbarrier);
  for (uint32_t part = 0; part < bytes; part += kPartBytes)
    copyPart(*thread, site, static_cast<char *>(to) + part,
             static_cast<const char *>(from) + part, made);
  // The copy began after what the thread had waited for.
  cta.tracker.clocks.tellKnown(thread->warp->index, thread->lane,
                               mbarrier.arriving);
  expectBytes(*thread, site, mbarrier, -static_cast<int64_t>(bytes));
}
