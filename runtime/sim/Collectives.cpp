//===- Collectives.cpp - Ops that the lanes of a warp do together ---------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"
#include "runtime/sim/Floats.h"

#include <cmath>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

namespace {
/// Ops by which lanes meet; their kinds stand in the lower bits of keys.
enum Collective : MeetingKey {
  Shuffle = 1 << 8,
  Vote = 2 << 8,
  Redux = 3 << 8,
  Elect = 4 << 8,
  WarpBarrier = 5 << 8
};
} // namespace

static std::string formatMask(uint32_t mask) {
  char text[16];
  std::snprintf(text, sizeof(text), "0x%08x", mask);
  return text;
}

/// The site, after a check that the thread is a member of its own mask.
static const Site &checkMask(const Thread &thread, uint32_t position,
                             uint32_t mask) {
  const Site &site = thread.cta->getSite(position);
  if (!(mask >> thread.lane & 1))
    thread.cta->fail(thread, site,
                     "is executed by lane " + std::to_string(thread.lane) +
                         ", which its member mask " + formatMask(mask) +
                         " lacks");
  return site;
}

/// Calls `visit(lane)` for the lanes of `mask`.
template <typename Visit> static void forEachLane(uint32_t mask, Visit visit) {
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    if (mask >> lane & 1)
      visit(lane);
}

//===----------------------------------------------------------------------===//
// shfl.sync
//===----------------------------------------------------------------------===//

namespace {
struct ShuffleLane {
  uint32_t kind, value, offset, clamp;
  /// The lane that is read, and what it holds.
  uint32_t source = 0;
  bool isInRange = false;
  bool isDefined = false;
  uint32_t result = 0;
};
} // namespace

/// Where `lane` reads, by the definition of shfl.sync in the PTX ISA.
static void findSource(ShuffleLane &operands, uint32_t lane) {
  uint32_t offset = operands.offset & 31, clamp = operands.clamp & 31;
  uint32_t segment = operands.clamp >> 8 & 31;
  uint32_t maxLane = (lane & segment) | (clamp & ~segment);
  uint32_t minLane = lane & segment;
  auto source = static_cast<int32_t>(lane);
  switch (operands.kind) {
  case GDN_SIM_SHUFFLE_UP:
    source -= static_cast<int32_t>(offset);
    break;
  case GDN_SIM_SHUFFLE_DOWN:
    source += static_cast<int32_t>(offset);
    break;
  case GDN_SIM_SHUFFLE_BFLY:
    source ^= static_cast<int32_t>(offset);
    break;
  default:
    source = static_cast<int32_t>(minLane | (offset & ~segment));
  }
  auto bound = static_cast<int32_t>(maxLane);
  operands.isInRange =
      operands.kind == GDN_SIM_SHUFFLE_UP ? source >= bound : source <= bound;
  operands.source = operands.isInRange ? static_cast<uint32_t>(source) : lane;
}

static void executeShuffle(ShuffleLane *const *lanes, uint32_t mask) {
  forEachLane(mask, [&](unsigned lane) {
    ShuffleLane &operands = *lanes[lane];
    findSource(operands, lane);
    operands.isDefined = mask >> operands.source & 1;
    if (operands.isDefined)
      operands.result = lanes[operands.source]->value;
  });
}

uint64_t gdn_sim_shuffle(GdnSimThread *thread, uint32_t position, uint32_t kind,
                         uint32_t mask, uint32_t value, uint32_t offset,
                         uint32_t clamp) {
  const Site &site = checkMask(*thread, position, mask);
  ShuffleLane lane = {kind, value, offset, clamp};
  thread->cta->meet(*thread, site, Shuffle | kind, mask, lane, executeShuffle);
  if (!lane.isDefined)
    thread->cta->fail(*thread, site,
                      "reads lane " + std::to_string(lane.source) +
                          ", which does not take part in it (member mask " +
                          formatMask(mask) + ")");
  return lane.result | uint64_t(lane.isInRange) << 32;
}

//===----------------------------------------------------------------------===//
// vote.sync, elect.sync
//===----------------------------------------------------------------------===//

namespace {
struct VoteLane {
  uint32_t kind, predicate;
  uint32_t result = 0;
};
} // namespace

static uint32_t countVotes(uint32_t kind, uint32_t ballot, uint32_t mask) {
  switch (kind) {
  case GDN_SIM_VOTE_ANY:
    return ballot != 0;
  case GDN_SIM_VOTE_ALL:
    return ballot == mask;
  case GDN_SIM_VOTE_UNI:
    return ballot == 0 || ballot == mask;
  default:
    return ballot;
  }
}

static void executeVote(VoteLane *const *lanes, uint32_t mask) {
  uint32_t ballot = 0;
  forEachLane(mask, [&](unsigned lane) {
    ballot |= uint32_t(lanes[lane]->predicate != 0) << lane;
  });
  forEachLane(mask, [&](unsigned lane) {
    lanes[lane]->result = countVotes(lanes[lane]->kind, ballot, mask);
  });
}

uint32_t gdn_sim_vote(GdnSimThread *thread, uint32_t position, uint32_t kind,
                      uint32_t mask, uint32_t predicate) {
  const Site &site = checkMask(*thread, position, mask);
  VoteLane lane = {kind, predicate};
  thread->cta->meet(*thread, site, Vote | kind, mask, lane, executeVote);
  return lane.result;
}

static void executeElect(VoteLane *const *lanes, uint32_t mask) {
  lanes[__builtin_ctz(mask)]->result = 1;
}

uint32_t gdn_sim_elect(GdnSimThread *thread, uint32_t position, uint32_t mask) {
  const Site &site = checkMask(*thread, position, mask);
  VoteLane lane = {0, 0};
  thread->cta->meet(*thread, site, Elect, mask, lane, executeElect);
  return lane.result;
}

//===----------------------------------------------------------------------===//
// redux.sync
//===----------------------------------------------------------------------===//

namespace {
struct ReduxLane {
  uint32_t kind, value;
  uint32_t result = 0;
};
} // namespace

// The one NaN that PTX's minimum and maximum give.
static constexpr uint32_t kNan = 0x7fffffff;

/// The smaller or the larger of two f32; 0.0 is larger than -0.0.
static float reduceFloat(uint32_t kind, float a, float b) {
  if (std::isnan(a) || std::isnan(b)) {
    if (kind & GDN_SIM_REDUX_NAN)
      return toFloat(kNan);
    return std::isnan(a) ? b : a;
  }
  bool isLess = a < b || (a == b && std::signbit(a) && !std::signbit(b));
  return isLess == ((kind & 15) == GDN_SIM_REDUX_FMIN) ? a : b;
}

static uint32_t reduce(uint32_t kind, uint32_t a, uint32_t b) {
  auto signedA = static_cast<int32_t>(a), signedB = static_cast<int32_t>(b);
  switch (kind & 15) {
  case GDN_SIM_REDUX_ADD:
    return a + b;
  case GDN_SIM_REDUX_AND:
    return a & b;
  case GDN_SIM_REDUX_OR:
    return a | b;
  case GDN_SIM_REDUX_XOR:
    return a ^ b;
  case GDN_SIM_REDUX_MAX:
    return signedA > signedB ? a : b;
  case GDN_SIM_REDUX_MIN:
    return signedA < signedB ? a : b;
  case GDN_SIM_REDUX_UMAX:
    return a > b ? a : b;
  case GDN_SIM_REDUX_UMIN:
    return a < b ? a : b;
  default:
    return toBits(reduceFloat(kind, toFloat(a), toFloat(b)));
  }
}

/// A lane's share of the reduction; any NaN is the canonical one.
static uint32_t getOperand(const ReduxLane &lane) {
  uint32_t kind = lane.kind & 15;
  if (kind != GDN_SIM_REDUX_FMIN && kind != GDN_SIM_REDUX_FMAX)
    return lane.value;
  if (std::isnan(toFloat(lane.value)))
    return kNan;
  return lane.kind & GDN_SIM_REDUX_ABS ? lane.value & 0x7fffffff : lane.value;
}

static void executeRedux(ReduxLane *const *lanes, uint32_t mask) {
  uint32_t result = 0;
  bool isFirst = true;
  forEachLane(mask, [&](unsigned lane) {
    uint32_t operand = getOperand(*lanes[lane]);
    result = isFirst ? operand : reduce(lanes[lane]->kind, result, operand);
    isFirst = false;
  });
  forEachLane(mask, [&](unsigned lane) { lanes[lane]->result = result; });
}

uint32_t gdn_sim_redux(GdnSimThread *thread, uint32_t position, uint32_t kind,
                       uint32_t mask, uint32_t value) {
  const Site &site = checkMask(*thread, position, mask);
  ReduxLane lane = {kind, value};
  thread->cta->meet(*thread, site, Redux | kind, mask, lane, executeRedux);
  return lane.result;
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

const Site &gdn::runtime::sim::checkClocks(const Thread &thread,
                                           const Site &site) {
  if (thread.cta->tracker.clocks.isFull())
    thread.cta->fail(thread, site,
                     "is one barrier more than the simulator can follow in a "
                     "CTA; switch its checks off");
  return site;
}

void gdn_sim_warp_barrier(GdnSimThread *thread, uint32_t position,
                          uint32_t mask) {
  const Site &site = checkClocks(*thread, checkMask(*thread, position, mask));
  thread->cta->meet<Thread>(*thread, site, WarpBarrier, mask, *thread,
                            [](Thread *const *lanes, uint32_t mask) {
                              Thread &first = *lanes[__builtin_ctz(mask)];
                              first.cta->tracker.clocks.synchronize(
                                  first.warp->index);
                            });
}

uint32_t gdn_sim_barrier(GdnSimThread *thread, uint32_t position, uint32_t id,
                         uint32_t numThreads, uint32_t reduction,
                         uint32_t predicate) {
  const Site &site = checkClocks(*thread, thread->cta->getSite(position));
  BarrierOperands operands = {predicate, 0};
  thread->cta->synchronize(*thread, site, id, numThreads, reduction,
                           /*waits=*/true, operands);
  return operands.result;
}

void gdn_sim_barrier_arrive(GdnSimThread *thread, uint32_t position,
                            uint32_t id, uint32_t numThreads) {
  const Site &site = checkClocks(*thread, thread->cta->getSite(position));
  BarrierOperands operands;
  thread->cta->synchronize(*thread, site, id, numThreads, GDN_SIM_BARRIER_NONE,
                           /*waits=*/false, operands);
}
