//===- Clocks.cpp - What happened before what -----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Clocks.h"

#include <algorithm>

using namespace gdn::runtime::sim;

static uint32_t getInterval(Stamp stamp) { return stamp >> kLaneBits; }
static uint32_t getLane(Stamp stamp) { return stamp & ((1u << kLaneBits) - 1); }

uint32_t Clocks::begin(int32_t owner) {
  owners.push_back(owner);
  return next++;
}

void Clocks::beginCta(unsigned numWarps) {
  ctaBegin = next;
  owners.clear();
  sets.clear();
  interned.clear();
  over.assign(numWarps, VectorClock(numWarps, 0));
  current.resize(numWarps);
  for (unsigned warp = 0; warp < numWarps; ++warp)
    current[warp] = begin(static_cast<int32_t>(warp));
}

Stamp Clocks::renumber(Stamp stamp) const {
  if (stamp == kNobody)
    return kNobody;
  // 1 is the interval of all other CTAs of this launch.
  return isOfLaunch(stamp) ? 1u << kLaneBits : kHost;
}

void Clocks::restart() {
  launchBegin = 1;
  next = 2;
}

bool Clocks::isBefore(Stamp stamp, unsigned warp, unsigned lane) const {
  uint32_t interval = getInterval(stamp);
  int32_t owner = owners[interval - ctaBegin];
  if (owner < 0) {
    for (Stamp reader : sets[~owner])
      if (!isBefore(reader, warp, lane))
        return false;
    return true;
  }
  if (interval <= over[warp][owner])
    return true;
  return static_cast<unsigned>(owner) == warp && getLane(stamp) == lane;
}

Stamp Clocks::intern(Stamp readers, Stamp reader) {
  Stamp &result = interned[uint64_t(readers) << 32 | reader];
  if (result)
    return result;
  std::vector<Stamp> set;
  int32_t owner = owners[getInterval(readers) - ctaBegin];
  if (owner < 0)
    set = sets[~owner];
  else
    set.push_back(readers);
  bool known = false;
  for (Stamp &member : set)
    if (getInterval(member) == getInterval(reader)) {
      known = true;
      if (member != reader)
        member = getInterval(member) << kLaneBits | kManyLanes;
    }
  if (!known)
    set.push_back(reader);
  sets.push_back(std::move(set));
  uint32_t interval = begin(~static_cast<int32_t>(sets.size() - 1));
  return result = interval << kLaneBits | kManyWarps;
}

Stamp Clocks::addReader(Stamp readers, unsigned warp, unsigned lane) {
  Stamp reader = getStamp(warp, lane);
  if (isBefore(readers, warp, lane))
    return reader;
  if (getInterval(readers) == getInterval(reader))
    return getInterval(reader) << kLaneBits | kManyLanes;
  return intern(readers, reader);
}

Clocks::Who Clocks::findConcurrent(Stamp stamp, unsigned warp,
                                   unsigned lane) const {
  int32_t owner = owners[getInterval(stamp) - ctaBegin];
  if (owner >= 0)
    return {static_cast<unsigned>(owner), getLane(stamp)};
  for (Stamp reader : sets[~owner])
    if (!isBefore(reader, warp, lane))
      return findConcurrent(reader, warp, lane);
  return {warp, lane};
}

void Clocks::synchronize(unsigned warp) {
  over[warp][warp] = current[warp];
  current[warp] = begin(static_cast<int32_t>(warp));
}

void Clocks::publish(unsigned warp, VectorClock &clock) {
  synchronize(warp);
  clock.resize(over.size(), 0);
  for (size_t i = 0; i < over.size(); ++i)
    clock[i] = std::max(clock[i], over[warp][i]);
}

void Clocks::acquire(unsigned warp, const VectorClock &clock) {
  for (size_t i = 0; i < over.size(); ++i)
    over[warp][i] = std::max(over[warp][i], clock[i]);
}
