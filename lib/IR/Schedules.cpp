//===- Schedules.cpp - How a rule becomes a GPU kernel --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace gdn;

static constexpr int64_t warpSize = 32;
/// The most shared memory that a CTA of any chip can take.
static constexpr int64_t maxSharedBytes = 227 << 10;

//===----------------------------------------------------------------------===//
// ScheduleAttr
//===----------------------------------------------------------------------===//

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   KernelForm form, int64_t keyLanes,
                                   int64_t warps, int64_t stages,
                                   int64_t idleShared, int64_t minCtas) {
  if (keyLanes < 1 || keyLanes > warpSize || !llvm::isPowerOf2_64(keyLanes))
    return emitError() << "expects key_lanes to be a power of 2 from 1 to "
                       << warpSize << ", but got " << keyLanes;
  if (warps < 1 || warps > 32)
    return emitError() << "expects warps to be 1 to 32, but got " << warps;
  if (stages < 1 || stages > 8)
    return emitError() << "expects stages to be 1 to 8, but got " << stages;
  if (idleShared < 0 || idleShared > maxSharedBytes)
    return emitError() << "expects idle_shared to be 0 to " << maxSharedBytes
                       << ", but got " << idleShared;
  // 64 warps fit on a multiprocessor.
  if (minCtas < 0 || minCtas > 64 / warps)
    return emitError() << "expects min_ctas to be 0 to " << 64 / warps
                       << " for " << warps << " warps, but got " << minCtas;
  return success();
}

int64_t ScheduleAttr::getValueChannels() const {
  return getWarps() * 4 * (warpSize / getKeyLanes());
}

int64_t ScheduleAttr::getThreads() const { return warpSize * getWarps(); }

LogicalResult ScheduleAttr::verifyRule(Operation *rule) const {
  auto op = cast<DeltaRuleOp>(rule);
  int64_t keys = op.getKeyChannels(), values = op.getValueChannels();
  auto refuse = [&](const Twine &what, int64_t got) {
    return op.emitOpError("expects ")
           << what.str() << " for " << *this << ", but got " << got;
  };
  if (keys % getKeyLanes() != 0)
    return refuse("K to be a multiple of " + Twine(getKeyLanes()), keys);
  if (values % getValueChannels() != 0)
    return refuse("V to be a multiple of " + Twine(getValueChannels()), values);
  int64_t registers = 4 * keys / getKeyLanes();
  if (registers > 128)
    return refuse("a thread to hold at most 128 values of the state",
                  registers);
  return success();
}

BlockedLayoutAttr ScheduleAttr::getStateLayout(int64_t keyChannels) const {
  // Up to 8 neighbouring rows in a lane: 16 bytes of a key in bf16.
  int64_t rows = std::gcd(keyChannels / getKeyLanes(), int64_t(8));
  return BlockedLayoutAttr::get(getContext(), {rows, 4},
                                {getKeyLanes(), warpSize / getKeyLanes()},
                                {1, getWarps()});
}

//===----------------------------------------------------------------------===//
// ChunkedScheduleAttr
//===----------------------------------------------------------------------===//

LogicalResult ChunkedScheduleAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, int64_t valueChannels,
    int64_t chainWarps, int64_t prepareTeams, int64_t stages, int64_t prepared,
    int64_t teamWarps, int64_t cluster, bool warpgroup) {
  if (chainWarps != 2 && chainWarps != 4 && chainWarps != 8)
    return emitError() << "expects chain_warps to be 2, 4 or 8, but got "
                       << chainWarps;
  if (valueChannels < 1 || valueChannels > 128 ||
      valueChannels % (16 * chainWarps) != 0)
    return emitError() << "expects value_channels to be a multiple of "
                       << 16 * chainWarps << " up to 128, but got "
                       << valueChannels;
  if (warpgroup && (chainWarps == 2 || valueChannels != 16 * chainWarps))
    return emitError() << "expects 4 or 8 chain_warps of 16 value channels for "
                          "a warpgroup, but got "
                       << chainWarps << " for " << valueChannels;
  if (prepareTeams < 1 || prepareTeams > 4)
    return emitError() << "expects prepare_teams to be 1 to 4, but got "
                       << prepareTeams;
  if (teamWarps != 1 && teamWarps != 2 && teamWarps != 4)
    return emitError() << "expects team_warps to be 1, 2 or 4, but got "
                       << teamWarps;
  if (cluster != 1 && cluster != 2)
    return emitError() << "expects cluster to be 1 or 2, but got " << cluster;
  auto isDepth = [&](int64_t depth, int64_t turns) {
    return depth >= 1 && depth <= 8 && depth % turns == 0;
  };
  if (!isDepth(stages, prepareTeams) ||
      !isDepth(prepared, prepareTeams * cluster))
    return emitError() << "expects stages and prepared to be 1 to 8 and "
                          "multiples of the "
                       << prepareTeams << " teams that take turns"
                       << (cluster > 1 ? " in each CTA" : "") << ", but got "
                       << stages << " and " << prepared;
  return success();
}

int64_t ChunkedScheduleAttr::getThreads() const {
  // The chain; teams and as many warps that solve; one loads and one stores.
  return warpSize *
         (getChainWarps() + getPrepareTeams() * (getTeamWarps() + 1) + 2);
}

LogicalResult ChunkedScheduleAttr::verifyRule(Operation *rule) const {
  auto op = cast<DeltaRuleOp>(rule);
  int64_t keys = op.getKeyChannels(), values = op.getValueChannels();
  if (keys != 64 && keys != 128)
    return op.emitOpError("expects K to be 64 or 128 for tensor cores, but "
                          "got ")
           << keys << "; use #gdn.schedule";
  if (keys % (32 * getTeamWarps()) != 0)
    return op.emitOpError("expects K to be a multiple of ")
           << 32 * getTeamWarps() << " for " << *this << ", but got " << keys;
  if (values % getValueChannels() != 0)
    return op.emitOpError("expects V to be a multiple of ")
           << getValueChannels() << " for " << *this << ", but got " << values;
  if (values / getValueChannels() % getCluster() != 0)
    return op.emitOpError("expects V to be a multiple of ")
           << getCluster() * getValueChannels() << " for " << *this
           << ", but got " << values;
  if (op.getQuery().getType().getElementTypeBitWidth() != 16)
    return op.emitOpError("expects 'query' to have elements of 16 bits for "
                          "tensor cores, but got ")
           << op.getQuery().getType().getElementType() << "; use #gdn.schedule";
  if (op.getQkL2norm())
    return op.emitOpError("expects no 'qk_l2norm' for tensor cores; use "
                          "#gdn.schedule");
  return success();
}
