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

void Tracker::beginCta(unsigned numWarps, unsigned lastLanes) {
  clocks.beginCta(numWarps, lastLanes);
  fences.assign(numWarps * 32, std::vector<Stamp>());
}

void Tracker::fence(unsigned warp, unsigned lane) {
  fences[warp * 32 + lane].push_back(clocks.endInterval(warp, lane));
}

/// What `stamp` (of this CTA) did is over for all who take part.
bool Tracker::isOver(Stamp stamp, Actor actor) const {
  if (actor.numWarps == 0)
    return clocks.isBefore(stamp, actor.warp, actor.lane);
  for (unsigned i = 0; i < actor.numWarps; ++i)
    if (!clocks.isBeforeWarp(stamp, actor.warp + i))
      return false;
  return true;
}

/// A fence followed what `writer` wrote, and is over, too.
bool Tracker::isFenced(Stamp writer, Actor actor) const {
  auto owner = static_cast<unsigned>(clocks.getOwner(writer));
  if (owner >= clocks.getNumWarps())
    return true;
  constexpr Stamp kLaneMask = (1u << kLaneBits) - 1;
  const std::vector<Stamp> &made = fences[owner * 32 + (writer & kLaneMask)];
  auto fence = std::lower_bound(made.begin(), made.end(), writer);
  return fence != made.end() && isOver(*fence, actor);
}

Conflict Tracker::makeRace(Stamp other, bool otherWrote, Actor actor) const {
  Conflict conflict;
  conflict.kind = Conflict::Race;
  conflict.otherWrote = otherWrote;
  unsigned warp = actor.warp;
  for (unsigned i = 1; i < actor.numWarps; ++i)
    if (clocks.isBeforeWarp(other, warp))
      ++warp;
  conflict.other = clocks.findConcurrent(other, warp, actor.lane);
  return conflict;
}

static Conflict makeConflict(Conflict::Kind kind, bool otherWrote = false) {
  Conflict conflict;
  conflict.kind = kind;
  conflict.otherWrote = otherWrote;
  return conflict;
}

/// Whether bytes that `writer` wrote may be accessed now.
Conflict::Kind Tracker::checkWriter(const Shadow &shadow, Stamp writer,
                                    Actor actor) const {
  if (!clocks.isOfCta(writer))
    return clocks.isOfLaunch(writer) ? Conflict::CtaRace : Conflict::None;
  if (writer == kRedzone)
    return Conflict::OutOfBounds;
  if (writer == kMbarrier)
    return Conflict::Mbarrier;
  if (!isOver(writer, actor))
    return Conflict::Race;
  bool isShared = !shadow.manyCtas;
  return actor.isAsync && isShared && !isFenced(writer, actor)
             ? Conflict::Unfenced
             : Conflict::None;
}

/// The conflict with the bytes' writer.
Conflict Tracker::makeWriterConflict(Conflict::Kind kind, Stamp writer,
                                     Actor actor) const {
  if (kind == Conflict::Race)
    return makeRace(writer, true, actor);
  Conflict conflict = makeConflict(kind, true);
  if (kind == Conflict::Unfenced)
    conflict.other = {static_cast<unsigned>(clocks.getOwner(writer)),
                      writer & ((1u << kLaneBits) - 1)};
  return conflict;
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
                          Actor actor) {
  Stamp writer = shadow.writers[offset];
  if (writer == kNobody && !shadow.isInitialized)
    return makeConflict(Conflict::Unwritten);
  if (Conflict::Kind kind = checkWriter(shadow, writer, actor))
    return makeWriterConflict(kind, writer, actor);

  Stamp readers = shadow.readers[offset];
  Stamp joined = actor.stamp;
  if (readers == joined)
    return Conflict();
  if (clocks.isOfCta(readers)) {
    if (!isOver(readers, actor))
      joined = clocks.addReader(readers, actor.stamp);
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
                           Actor actor) {
  Stamp writer = shadow.writers[offset];
  if (Conflict::Kind kind = checkWriter(shadow, writer, actor))
    return makeWriterConflict(kind, writer, actor);
  Stamp readers = shadow.readers[offset];
  if (clocks.isOfCta(readers)) {
    if (!isOver(readers, actor))
      return makeRace(readers, false, actor);
  } else if (clocks.isOfLaunch(readers)) {
    return makeConflict(Conflict::CtaRace);
  }
  // This CTA may have been the last of several that read.
  if (shadow.hasManyCtas && shadow.manyCtas[offset])
    return makeConflict(Conflict::CtaRace);

  if (writer == actor.stamp)
    return Conflict();
  if (shadow.manyCtas && !clocks.isOfLaunch(writer))
    distinct.written += bytes;
  std::fill_n(shadow.writers + offset, bytes, actor.stamp);
  return Conflict();
}

template <bool isWrite>
Conflict Tracker::accessRun(Shadow &shadow, size_t offset, size_t bytes,
                            Actor actor) {
  return isWrite ? writeRun(shadow, offset, bytes, actor)
                 : readRun(shadow, offset, bytes, actor);
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
                         Actor actor) {
  if (bytes == 0)
    return Conflict();
  if (areEqual(shadow.writers + offset, bytes) &&
      areEqual(shadow.readers + offset, bytes) &&
      !(isWrite && shadow.hasManyCtas))
    return accessRun<isWrite>(shadow, offset, bytes, actor);
  for (size_t i = 0; i < bytes; ++i)
    if (Conflict conflict = accessRun<isWrite>(shadow, offset + i, 1, actor);
        conflict.kind != Conflict::None) {
      conflict.byte = i;
      return conflict;
    }
  return Conflict();
}

Conflict Tracker::read(Shadow &shadow, size_t offset, size_t bytes,
                       Actor actor) {
  return access<false>(shadow, offset, bytes, actor);
}

Conflict Tracker::write(Shadow &shadow, size_t offset, size_t bytes,
                        Actor actor) {
  return access<true>(shadow, offset, bytes, actor);
}
