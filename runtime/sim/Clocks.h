//===- Clocks.h - What happened before what ---------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_CLOCKS_H
#define GDN_RUNTIME_SIM_CLOCKS_H

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gdn::runtime::sim {

/// Who touched a byte: an interval of its owner in the upper 26 bits, a lane in
/// the lower 6. An interval is what lanes of a warp do between two
/// synchronisations, or what an asynchronous operation does. Intervals are
/// numbered in the order in which they begin, through all CTAs and launches.
using Stamp = uint32_t;

/// A warp's threads cannot be told apart, or several warps have read.
constexpr uint32_t kManyLanes = 32, kManyWarps = 63;
constexpr unsigned kLaneBits = 6;

/// Nobody; a copy from the host; no byte of any variable; an mbarrier object.
constexpr Stamp kNobody = 0, kHost = 1, kRedzone = ~Stamp(0),
                kMbarrier = ~Stamp(1);

/// What is known to be over: one number per owner, the last of its intervals
/// that is; and where lanes of a warp told one by one, numbers for these.
struct VectorClock {
  struct Lanes {
    unsigned warp;
    std::array<uint32_t, 32> over;
  };
  std::vector<uint32_t> owners;
  std::vector<Lanes> lanes;

  bool has(uint32_t interval, unsigned owner, unsigned lane) const;
  void add(uint32_t interval, unsigned owner);
  void merge(const VectorClock &other);
  /// The lanes that are set in `existing` are those of the warp.
  void addLane(uint32_t interval, unsigned warp, unsigned lane,
               uint32_t existing);

private:
  void mergeLanes(const Lanes &other);
  void dropOld();
};

/// Vector clocks of the warps and lanes of the CTA that runs. Owners of
/// intervals are its warps, and after these those that addOwner() adds.
class Clocks {
public:
  /// Stamps from before are of another launch, or of another CTA.
  void beginLaunch() { launchBegin = next; }
  /// The last warp has `lastLanes` lanes.
  void beginCta(unsigned numWarps, unsigned lastLanes = 32);

  /// An owner of intervals that is no warp: something asynchronous.
  unsigned addOwner() { return numOwners++; }
  /// A new interval of such an owner. Only what learn() says makes it over.
  Stamp beginInterval(unsigned owner) {
    return begin(static_cast<int32_t>(owner)) << kLaneBits;
  }

  /// True if so many intervals are taken that stamps must be renumbered: each
  /// stored one by renumber(), then restart().
  bool isNearlyFull() const { return next >= kMaxIntervals / 2; }
  bool isFull() const { return next >= kMaxIntervals - kMargin; }
  Stamp renumber(Stamp stamp) const;
  void restart();

  bool isOfCta(Stamp stamp) const { return stamp >> kLaneBits >= ctaBegin; }
  bool isOfLaunch(Stamp stamp) const {
    return stamp >> kLaneBits >= launchBegin;
  }

  Stamp getStamp(unsigned warp, unsigned lane) const {
    return current[warp * 32 + lane] << kLaneBits | lane;
  }
  unsigned getNumWarps() const { return static_cast<unsigned>(over.size()); }
  /// The owner of a stamp of this CTA; none if these are several readers.
  int32_t getOwner(Stamp stamp) const {
    return owners[(stamp >> kLaneBits) - ctaBegin];
  }

  /// True if what `stamp` (of this CTA) did is over for this thread.
  bool isBefore(Stamp stamp, unsigned warp, unsigned lane) const;

  /// The readers of a byte when this thread joins them; they are of this CTA.
  Stamp addReader(Stamp readers, unsigned warp, unsigned lane);
  Stamp addReader(Stamp readers, Stamp reader);

  /// The same for all lanes of `warp`, of which know() was called.
  bool isBeforeWarp(Stamp stamp, unsigned warp) const;

  /// One of the threads that `stamp` (of this CTA) names and that are not over
  /// for this one; kManyLanes for an unknown lane.
  struct Who {
    unsigned warp;
    unsigned lane;
  };
  Who findConcurrent(Stamp stamp, unsigned warp, unsigned lane) const;

  /// The lanes of `warp` wait for each other.
  void synchronize(unsigned warp);
  /// `warp` tells in `clock` what it has done; afterwards it begins anew.
  void publish(unsigned warp, VectorClock &clock);
  /// `warp` learns what `clock` tells.
  void acquire(unsigned warp, const VectorClock &clock);

  /// The same for one lane alone.
  void publishLane(unsigned warp, unsigned lane, VectorClock &clock);
  void acquireLane(unsigned warp, unsigned lane, const VectorClock &clock);
  /// A lane learns that the intervals of `owner` are over up to that of
  /// `stamp`.
  void learn(unsigned warp, unsigned lane, unsigned owner, Stamp stamp);
  /// Ends the interval of a lane; its stamp.
  Stamp endInterval(unsigned warp, unsigned lane);
  /// Notes what each lane of `warp` has learnt as known to the warp.
  void know(unsigned warp);

private:
  static constexpr uint32_t kMaxIntervals = (1u << 26) - 1;
  /// For what is counted between two looks at isFull().
  static constexpr uint32_t kMargin = 1u << 22;

  uint32_t begin(int32_t owner);
  void forget(unsigned warp);
  Stamp intern(Stamp readers, Stamp reader);

  uint32_t next = 2;
  uint32_t launchBegin = 2;
  uint32_t ctaBegin = 2;
  unsigned numOwners = 0;
  /// Per interval of this CTA its owner, or ~index of a set of readers.
  std::vector<int32_t> owners;
  /// The interval of each lane, and which lanes each warp has.
  std::vector<uint32_t> current, existing;
  /// What each warp knows, and more that single lanes know: the latter, set in
  /// `knowing` for a warp, have an entry in `known`.
  std::vector<VectorClock> over;
  std::vector<uint32_t> knowing;
  std::vector<VectorClock> known;
  /// Stamps of readers, one per warp; and which set a set and a reader make.
  std::vector<std::vector<Stamp>> sets;
  std::unordered_map<uint64_t, Stamp> interned;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_CLOCKS_H
