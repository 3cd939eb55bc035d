//===- Clocks.h - What happened before what ---------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_CLOCKS_H
#define GDN_RUNTIME_SIM_CLOCKS_H

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gdn::runtime::sim {

/// Who touched a byte: an interval of a warp (what its threads do between two
/// synchronisations) in the upper 26 bits, a lane in the lower 6. Intervals are
/// numbered in the order in which they begin, through all CTAs and launches.
using Stamp = uint32_t;

/// A warp's threads cannot be told apart, or several warps have read.
constexpr uint32_t kManyLanes = 32, kManyWarps = 63;
constexpr unsigned kLaneBits = 6;

/// Nobody; a copy from the host; no byte of any variable.
constexpr Stamp kNobody = 0, kHost = 1, kRedzone = ~Stamp(0);

/// One number per warp: the last interval of that warp that is known to be
/// over.
using VectorClock = std::vector<uint32_t>;

/// Vector clocks of the warps of the CTA that runs.
class Clocks {
public:
  /// Stamps from before are of another launch, or of another CTA.
  void beginLaunch() { launchBegin = next; }
  void beginCta(unsigned numWarps);

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
    return current[warp] << kLaneBits | lane;
  }

  /// True if what `stamp` (of this CTA) did is over for this thread.
  bool isBefore(Stamp stamp, unsigned warp, unsigned lane) const;

  /// The readers of a byte when this thread joins them; they are of this CTA.
  Stamp addReader(Stamp readers, unsigned warp, unsigned lane);

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

private:
  static constexpr uint32_t kMaxIntervals = (1u << 26) - 1;
  /// For what is counted between two looks at isFull().
  static constexpr uint32_t kMargin = 1u << 22;

  uint32_t begin(int32_t owner);
  Stamp intern(Stamp readers, Stamp reader);

  uint32_t next = 2;
  uint32_t launchBegin = 2;
  uint32_t ctaBegin = 2;
  /// Per interval of this CTA its warp, or ~index of a set of readers.
  std::vector<int32_t> owners;
  std::vector<uint32_t> current;
  std::vector<VectorClock> over;
  /// Stamps of readers, one per warp; and which set a set and a reader make.
  std::vector<std::vector<Stamp>> sets;
  std::unordered_map<uint64_t, Stamp> interned;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_CLOCKS_H
