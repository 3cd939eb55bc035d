//===- Divergence.cpp - Who waits for whom in vain ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

/// "lane 3" or "lanes 0-15, 20", of the bits that are set.
static std::string formatSet(const char *noun, uint32_t bits) {
  std::string text;
  unsigned count = 0;
  for (unsigned begin = 0; begin < 32; ++begin) {
    if (!(bits >> begin & 1))
      continue;
    unsigned last = begin;
    while (last < 31 && bits >> (last + 1) & 1)
      ++last;
    count += last - begin + 1;
    text += (text.empty() ? "" : ", ") + std::to_string(begin);
    if (last != begin)
      text += "-" + std::to_string(last);
    begin = last;
  }
  return std::string(noun) + (count == 1 ? " " : "s ") + text;
}

/// " wait at 'nvvm.barrier' at a.mlir:7:3", of those that `bits` names.
static std::string formatWait(uint32_t bits, const Site &site) {
  bool isOne = (bits & (bits - 1)) == 0;
  return std::string(isOne ? " waits at " : " wait at ") + quote(site.op) +
         " at " + site.location;
}

static std::string formatMask(uint32_t mask) {
  char text[40];
  std::snprintf(text, sizeof(text), " with member mask 0x%08x", mask);
  return text;
}

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

static unsigned getFirst(uint32_t bits) { return __builtin_ctz(bits); }

/// The lanes among `candidates` for which `has` holds.
template <typename Predicate>
static uint32_t selectLanes(const Warp &warp, uint32_t candidates,
                            Predicate has) {
  uint32_t selected = 0;
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    if (candidates >> lane & 1 && has(warp.threads[lane]))
      selected |= 1u << lane;
  return selected;
}

/// Says that the lanes of `meeting` wait for lanes that never come.
static std::string describeMeeting(const Warp &warp, const Meeting &meeting) {
  const Thread &waiting = warp.threads[getFirst(meeting.arrived)];
  uint32_t missing = meeting.mask & warp.lanes & ~meeting.arrived;
  uint32_t exited = selectLanes(warp, missing, [](const Thread &thread) {
    return thread.state == Thread::Exited;
  });
  const Thread &first = warp.threads[getFirst(exited ? exited : missing)];
  uint32_t alike = selectLanes(warp, missing, [&](const Thread &thread) {
    return thread.state == first.state && thread.site == first.site &&
           thread.mask == first.mask;
  });
  bool tellsMask = !exited && first.mask != waiting.mask;
  std::string text = formatSet("lane", meeting.arrived) + " of warp " +
                     std::to_string(warp.index) +
                     formatWait(meeting.arrived, *waiting.site);
  if (tellsMask)
    text += formatMask(waiting.mask);
  text += " for " + formatSet("lane", exited ? exited : alike) + ", which";
  if (exited)
    return text + " exited";
  text += formatWait(alike, *first.site);
  return tellsMask ? text + formatMask(first.mask) : text;
}

/// The meeting that explains most: one with lanes that exited, if there is one.
static const Meeting &chooseMeeting(const Warp &warp) {
  for (const Meeting &meeting : warp.meetings) {
    uint32_t missing = meeting.mask & warp.lanes & ~meeting.arrived;
    if (selectLanes(warp, missing, [](const Thread &thread) {
          return thread.state == Thread::Exited;
        }))
      return meeting;
  }
  return warp.meetings.front();
}

//===----------------------------------------------------------------------===//
// Warps
//===----------------------------------------------------------------------===//

/// Says that the warps at `barrier` wait for others, and where one group of
/// these is.
static std::string describeBarrier(const std::vector<Warp> &warps,
                                   const Barrier &barrier) {
  uint32_t waiting = 0;
  for (const Warp *warp : barrier.waiting)
    waiting |= 1u << warp->index;
  const Site &site = *barrier.waiting.front()->threads[0].site;
  std::string text =
      formatSet("warp", waiting) + formatWait(waiting, site) + " for " +
      std::to_string(barrier.expectedWarps - barrier.arrivedWarps) + " more";
  const Thread *first = nullptr;
  uint32_t others = 0;
  for (const Warp &warp : warps) {
    const Thread &thread = warp.threads[0];
    if (waiting >> warp.index & 1 ||
        thread.rank != barrier.waiting.front()->threads[0].rank)
      continue;
    if (!first)
      first = &thread;
    if (thread.state == first->state &&
        (thread.state == Thread::Exited || thread.site == first->site))
      others |= 1u << warp.index;
  }
  if (!first)
    return text;
  text += ", but " + formatSet("warp", others);
  return first->state == Thread::Exited
             ? text + " exited"
             : text + formatWait(others, *first->site);
}

/// Who waits for the cluster, if anybody does.
static std::string describeClusterWait(const Cta &cta) {
  uint32_t waiting = 0;
  const Site *site = nullptr;
  for (const Warp &warp : cta.getWarps())
    if (warp.threads[0].state == Thread::AtCluster) {
      waiting |= 1u << warp.index;
      site = warp.threads[0].site;
    }
  if (!waiting)
    return "";
  return formatSet("warp", waiting) + " of the cluster" +
         formatWait(waiting, *site);
}

/// Who waits for whom at meetings and barriers.
static std::string describeOthers(const Cta &cta) {
  for (const Warp &warp : cta.getWarps())
    if (!warp.meetings.empty())
      return describeMeeting(warp, chooseMeeting(warp));
  for (const Barrier &barrier : cta.getBarriers())
    if (!barrier.waiting.empty())
      return describeBarrier(cta.getWarps(), barrier);
  return describeClusterWait(cta);
}

std::string gdn::runtime::sim::describeDeadlock(const Cta &cta) {
  std::string text = describeMbarriers(cta), others = describeOthers(cta);
  if (!text.empty() && !others.empty())
    text += "; ";
  text += others;
  return text.empty() ? "its threads wait for each other" : text;
}
