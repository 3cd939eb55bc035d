//===- Tracker.cpp - Checks of accesses, byte by byte ---------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Tracker.h"

#include <algorithm>

using namespace gdn::runtime::sim;

Conflict Tracker::makeRace(Stamp other, bool otherWrote, Thread thread) const {
  Conflict conflict;
  conflict.kind = Conflict::Race;
  conflict.otherWrote = otherWrote;
  conflict.other = clocks.findConcurrent(other, thread.warp, thread.lane);
  return conflict;
}

static Conflict makeConflict(Conflict::Kind kind, bool otherWrote = false) {
  Conflict conflict;
  conflict.kind = kind;
  conflict.otherWrote = otherWrote;
  return conflict;
}

/// Whether bytes that `writer` wrote may be accessed now.
Conflict::Kind Tracker::checkWriter(Stamp writer, Thread thread) const {
  if (!clocks.isOfCta(writer))
    return clocks.isOfLaunch(writer) ? Conflict::CtaRace : Conflict::None;
  if (writer == kRedzone)
    return Conflict::OutOfBounds;
  return clocks.isBefore(writer, thread.warp, thread.lane) ? Conflict::None
                                                           : Conflict::Race;
}

/// Another CTA of this launch has read bytes that one reads now.
void Tracker::noteOtherCta(Shadow &shadow, size_t offset, size_t bytes) {
  if (!shadow.manyCtas)
    return;
  uint8_t *begin = shadow.manyCtas + offset;
  distinct.manyCtas += static_cast<uint64_t>(
      std::count(begin, begin + bytes, static_cast<uint8_t>(0)));
  std::fill(begin, begin + bytes, static_cast<uint8_t>(1));
  shadow.hasManyCtas = true;
}

/// All bytes have the same writer and the same readers.
Conflict Tracker::readRun(Shadow &shadow, size_t offset, size_t bytes,
                          Thread thread) {
  Stamp writer = shadow.writers[offset];
  if (writer == kNobody && !shadow.isInitialized)
    return makeConflict(Conflict::Unwritten);
  if (Conflict::Kind kind = checkWriter(writer, thread))
    return kind == Conflict::Race ? makeRace(writer, true, thread)
                                  : makeConflict(kind, true);

  Stamp readers = shadow.readers[offset];
  Stamp joined = thread.stamp;
  if (readers == joined)
    return Conflict();
  if (clocks.isOfCta(readers)) {
    joined = clocks.addReader(readers, thread.warp, thread.lane);
    if (readers == joined)
      return Conflict();
  } else if (clocks.isOfLaunch(readers)) {
    noteOtherCta(shadow, offset, bytes);
  } else if (shadow.manyCtas) {
    distinct.read += bytes;
  }
  std::fill_n(shadow.readers + offset, bytes, joined);
  return Conflict();
}

Conflict Tracker::writeRun(Shadow &shadow, size_t offset, size_t bytes,
                           Thread thread) {
  Stamp writer = shadow.writers[offset];
  if (Conflict::Kind kind = checkWriter(writer, thread))
    return kind == Conflict::Race ? makeRace(writer, true, thread)
                                  : makeConflict(kind, true);
  Stamp readers = shadow.readers[offset];
  if (clocks.isOfCta(readers)) {
    if (!clocks.isBefore(readers, thread.warp, thread.lane))
      return makeRace(readers, false, thread);
  } else if (clocks.isOfLaunch(readers)) {
    return makeConflict(Conflict::CtaRace);
  }
  // This CTA may have been the last of several that read.
  if (shadow.hasManyCtas && shadow.manyCtas[offset])
    return makeConflict(Conflict::CtaRace);

  if (writer == thread.stamp)
    return Conflict();
  if (shadow.manyCtas && !clocks.isOfLaunch(writer))
    distinct.written += bytes;
  std::fill_n(shadow.writers + offset, bytes, thread.stamp);
  return Conflict();
}

template <bool isWrite>
Conflict Tracker::accessRun(Shadow &shadow, size_t offset, size_t bytes,
                            Thread thread) {
  return isWrite ? writeRun(shadow, offset, bytes, thread)
                 : readRun(shadow, offset, bytes, thread);
}

/// True if all `stamps` are the same; branch-free for a known number.
template <size_t count> static bool areEqual(const Stamp *stamps) {
  Stamp difference = 0;
  for (size_t i = 1; i < count; ++i)
    difference |= stamps[i] ^ stamps[0];
  return difference == 0;
}

static bool areEqual(const Stamp *stamps, size_t count) {
  switch (count) {
  case 16:
    return areEqual<16>(stamps);
  case 8:
    return areEqual<8>(stamps);
  case 4:
    return areEqual<4>(stamps);
  default:
    return std::equal(stamps + 1, stamps + count, stamps);
  }
}

template <bool isWrite>
Conflict Tracker::access(Shadow &shadow, size_t offset, size_t bytes,
                         Thread thread) {
  if (bytes == 0)
    return Conflict();
  if (areEqual(shadow.writers + offset, bytes) &&
      areEqual(shadow.readers + offset, bytes) &&
      !(isWrite && shadow.hasManyCtas))
    return accessRun<isWrite>(shadow, offset, bytes, thread);
  for (size_t i = 0; i < bytes; ++i)
    if (Conflict conflict = accessRun<isWrite>(shadow, offset + i, 1, thread);
        conflict.kind != Conflict::None) {
      conflict.byte = i;
      return conflict;
    }
  return Conflict();
}

Conflict Tracker::read(Shadow &shadow, size_t offset, size_t bytes,
                       unsigned warp, unsigned lane) {
  return access<false>(shadow, offset, bytes,
                       {warp, lane, clocks.getStamp(warp, lane)});
}

Conflict Tracker::write(Shadow &shadow, size_t offset, size_t bytes,
                        unsigned warp, unsigned lane) {
  return access<true>(shadow, offset, bytes,
                      {warp, lane, clocks.getStamp(warp, lane)});
}
