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

//===----------------------------------------------------------------------===//
// Vector clocks
//===----------------------------------------------------------------------===//

bool VectorClock::has(uint32_t interval, unsigned owner, unsigned lane) const {
  if (owner < owners.size() && interval <= owners[owner])
    return true;
  for (const Lanes &told : lanes)
    if (told.warp == owner)
      return lane < told.over.size() && interval <= told.over[lane];
  return false;
}

void VectorClock::add(uint32_t interval, unsigned owner) {
  if (owners.size() <= owner)
    owners.resize(owner + 1, 0);
  owners[owner] = std::max(owners[owner], interval);
}

void VectorClock::mergeLanes(const Lanes &other) {
  for (Lanes &mine : lanes)
    if (mine.warp == other.warp) {
      for (size_t lane = 0; lane < mine.over.size(); ++lane)
        mine.over[lane] = std::max(mine.over[lane], other.over[lane]);
      return;
    }
  lanes.push_back(other);
}

/// What all lanes of a warp have told is over for the warp.
void VectorClock::dropOld() {
  for (size_t i = 0; i < lanes.size();) {
    const std::array<uint32_t, 32> &told = lanes[i].over;
    add(*std::min_element(told.begin(), told.end()), lanes[i].warp);
    uint32_t over = owners[lanes[i].warp];
    bool isOld = std::all_of(told.begin(), told.end(), [&](uint32_t interval) {
      return interval <= over || interval == ~0u;
    });
    if (isOld)
      lanes.erase(lanes.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
}

void VectorClock::merge(const VectorClock &other) {
  if (owners.size() < other.owners.size())
    owners.resize(other.owners.size(), 0);
  for (size_t i = 0; i < other.owners.size(); ++i)
    owners[i] = std::max(owners[i], other.owners[i]);
  for (const Lanes &told : other.lanes)
    mergeLanes(told);
  if (!lanes.empty())
    dropOld();
}

void VectorClock::addLane(uint32_t interval, unsigned warp, unsigned lane,
                          uint32_t existing) {
  Lanes told = {warp, {}};
  for (unsigned i = 0; i < told.over.size(); ++i)
    told.over[i] = existing >> i & 1 ? 0 : ~0u;
  told.over[lane] = interval;
  mergeLanes(told);
  dropOld();
}

//===----------------------------------------------------------------------===//
// Intervals
//===----------------------------------------------------------------------===//

uint32_t Clocks::begin(int32_t owner) {
  owners.push_back(owner);
  return next++;
}

void Clocks::beginCta(unsigned numWarps, unsigned lastLanes) {
  ctaBegin = next;
  numOwners = numWarps;
  owners.clear();
  sets.clear();
  interned.clear();
  over.assign(numWarps, VectorClock());
  known.assign(numWarps * 32, VectorClock());
  knowing.assign(numWarps, 0);
  existing.assign(numWarps, ~0u);
  existing.back() = ~0u >> (32 - lastLanes);
  current.resize(numWarps * 32);
  for (unsigned warp = 0; warp < numWarps; ++warp)
    std::fill_n(&current[warp * 32], 32, begin(static_cast<int32_t>(warp)));
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
  auto index = static_cast<unsigned>(owner);
  if (over[warp].has(interval, index, getLane(stamp)))
    return true;
  if (index == warp && getLane(stamp) == lane)
    return true;
  return knowing[warp] >> lane & 1 &&
         known[warp * 32 + lane].has(interval, index, getLane(stamp));
}

bool Clocks::isBeforeWarp(Stamp stamp, unsigned warp) const {
  uint32_t interval = getInterval(stamp);
  int32_t owner = owners[interval - ctaBegin];
  if (owner >= 0) {
    if (over[warp].has(interval, static_cast<unsigned>(owner), getLane(stamp)))
      return true;
    // Lanes may each have waited for it.
    for (unsigned lane = 0; lane < 32; ++lane)
      if (existing[warp] >> lane & 1 && !isBefore(stamp, warp, lane))
        return false;
    return true;
  }
  for (Stamp reader : sets[~owner])
    if (!isBeforeWarp(reader, warp))
      return false;
  return true;
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
  bool isThere = false;
  for (Stamp &member : set)
    if (getInterval(member) == getInterval(reader)) {
      isThere = true;
      if (member != reader)
        member = getInterval(member) << kLaneBits | kManyLanes;
    }
  if (!isThere)
    set.push_back(reader);
  sets.push_back(std::move(set));
  uint32_t interval = begin(~static_cast<int32_t>(sets.size() - 1));
  return result = interval << kLaneBits | kManyWarps;
}

Stamp Clocks::addReader(Stamp readers, unsigned warp, unsigned lane) {
  Stamp reader = getStamp(warp, lane);
  return isBefore(readers, warp, lane) ? reader : addReader(readers, reader);
}

Stamp Clocks::addReader(Stamp readers, Stamp reader) {
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

//===----------------------------------------------------------------------===//
// Synchronisation
//===----------------------------------------------------------------------===//

void Clocks::forget(unsigned warp) {
  for (unsigned lane = 0; lane < 32; ++lane)
    if (knowing[warp] >> lane & 1)
      known[warp * 32 + lane] = VectorClock();
  knowing[warp] = 0;
}

void Clocks::synchronize(unsigned warp) {
  for (unsigned lane = 0; lane < 32; ++lane)
    if (knowing[warp] >> lane & 1)
      over[warp].merge(known[warp * 32 + lane]);
  forget(warp);
  uint32_t *lanes = &current[warp * 32];
  over[warp].add(*std::max_element(lanes, lanes + 32), warp);
  std::fill_n(lanes, 32, begin(static_cast<int32_t>(warp)));
}

void Clocks::publish(unsigned warp, VectorClock &clock) {
  synchronize(warp);
  clock.merge(over[warp]);
}

void Clocks::acquire(unsigned warp, const VectorClock &clock) {
  over[warp].merge(clock);
}

Stamp Clocks::endInterval(unsigned warp, unsigned lane) {
  Stamp stamp = getStamp(warp, lane);
  current[warp * 32 + lane] = begin(static_cast<int32_t>(warp));
  return stamp;
}

void Clocks::tellKnown(unsigned warp, unsigned lane, VectorClock &clock) const {
  clock.merge(over[warp]);
  if (knowing[warp] >> lane & 1)
    clock.merge(known[warp * 32 + lane]);
}

void Clocks::publishLane(unsigned warp, unsigned lane, VectorClock &clock) {
  tellKnown(warp, lane, clock);
  clock.addLane(getInterval(endInterval(warp, lane)), warp, lane,
                existing[warp]);
}

void Clocks::acquireLane(unsigned warp, unsigned lane,
                         const VectorClock &clock) {
  known[warp * 32 + lane].merge(clock);
  knowing[warp] |= 1u << lane;
}

void Clocks::learn(unsigned warp, unsigned lane, unsigned owner, Stamp stamp) {
  known[warp * 32 + lane].add(getInterval(stamp), owner);
  knowing[warp] |= 1u << lane;
}

void Clocks::know(unsigned warp) {
  if (knowing[warp] != existing[warp])
    return;
  const VectorClock *lanes = &known[warp * 32];
  unsigned numLanes = 32 - __builtin_clz(existing[warp]);
  for (unsigned owner = 0; owner < lanes[0].owners.size(); ++owner) {
    uint32_t least = lanes[0].owners[owner];
    for (unsigned lane = 1; lane < numLanes && least; ++lane)
      least = owner < lanes[lane].owners.size()
                  ? std::min(least, lanes[lane].owners[owner])
                  : 0;
    over[warp].add(least, owner);
  }
  // Of what single lanes of others told, only what lane 0 knows is looked at.
  for (const VectorClock::Lanes &told : lanes[0].lanes)
    for (unsigned other = 0; other < 32; ++other) {
      bool isKnown = told.over[other] != 0 && told.over[other] != ~0u;
      for (unsigned lane = 1; lane < numLanes && isKnown; ++lane)
        isKnown = lanes[lane].has(told.over[other], told.warp, other);
      if (isKnown)
        over[warp].addLane(told.over[other], told.warp, other,
                           existing[told.warp]);
    }
}
