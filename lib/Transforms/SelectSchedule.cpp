//===- SelectSchedule.cpp - Schedules for GPUs ----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Analysis/GpuChip.h"
#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringExtras.h"

namespace gdn {
#define GEN_PASS_DEF_SELECTSCHEDULEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// C1: sizes that the GPU's kernels serve.
static LogicalResult verifySizes(DeltaRuleOp op) {
  auto refuse = [&](StringRef letter, int64_t got) {
    return op.emitOpError("expects ")
           << letter << " to be a multiple of 16 up to 256 for a GPU, but got "
           << got << "; pad it or use --target=cpu";
  };
  int64_t keys = op.getKeyChannels(), values = op.getValueChannels();
  if (keys % 16 != 0 || keys > 256)
    return refuse("K", keys);
  if (values % 16 != 0 || values > 256)
    return refuse("V", values);
  return success();
}

/// Values of the state that a thread holds.
static int64_t getStateRegisters(DeltaRuleOp op, ScheduleAttr schedule) {
  return 4 * op.getKeyChannels() / schedule.getKeyLanes();
}

/// CTAs that are known to exist; sequences that are not known count as one.
static int64_t countPrograms(DeltaRuleOp op, ScheduleAttr schedule) {
  int64_t sequences = op.getSequences();
  if (ShapedType::isDynamic(sequences))
    sequences = 1;
  return sequences * op.getValueHeads() * op.getValueChannels() /
         schedule.getValueChannels();
}

/// Whether the channels of `op` divide over the lanes and warps of `schedule`.
static bool fits(DeltaRuleOp op, ScheduleAttr schedule) {
  return op.getKeyChannels() % schedule.getKeyLanes() == 0 &&
         op.getValueChannels() % schedule.getValueChannels() == 0;
}

static ScheduleAttr getSchedule(DeltaRuleOp op, int64_t keyLanes,
                                int64_t warps) {
  return ScheduleAttr::get(op.getContext(), KernelForm::Recurrent, keyLanes,
                           warps);
}

/// The kernel waits for memory only, so that what counts is bytes in flight. A
/// thread holds up to 64 values of the state: more leave too few threads, fewer
/// make each wait for more lanes. While there is less than a CTA for each
/// multiprocessor twice as many lanes share a column, down to rows of 32 bytes;
/// with several for each, four warps make a CTA, which then start together.
static ScheduleAttr choose(DeltaRuleOp op, const GpuChip &chip) {
  ScheduleAttr chosen;
  for (int64_t keyLanes = 1; keyLanes <= 32; keyLanes *= 2) {
    ScheduleAttr schedule = getSchedule(op, keyLanes, /*warps=*/1);
    if (!fits(op, schedule) || getStateRegisters(op, schedule) > 64)
      continue;
    if (chosen && schedule.getValueChannels() < 8)
      break;
    chosen = schedule;
    if (countPrograms(op, chosen) > chip.multiprocessors)
      break;
  }
  ScheduleAttr wide = getSchedule(op, chosen.getKeyLanes(), /*warps=*/4);
  if (fits(op, wide) && countPrograms(op, wide) >= 4 * chip.multiprocessors)
    return wide;
  return chosen;
}

namespace {
struct SelectSchedulePass
    : public gdn::impl::SelectSchedulePassBase<SelectSchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    const GpuChip *known = lookupGpuChip(chip);
    if (!known) {
      auto names = llvm::map_range(
          getGpuChips(), [](const GpuChip &chip) { return chip.name; });
      getOperation()->emitError("expects 'chip' to be one of ")
          << llvm::join(names, ", ") << ", but got '" << chip << "'";
      return signalPassFailure();
    }
    WalkResult result = getOperation()->walk(
        [&](DeltaRuleOp op) { return select(op, *known); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  WalkResult select(DeltaRuleOp op, const GpuChip &chip) {
    if (failed(verifySizes(op)))
      return WalkResult::interrupt();
    if (op.getSchedule())
      return WalkResult::advance();
    ScheduleAttr schedule = choose(op, chip);
    op.setScheduleAttr(schedule);
    remark::passed(
        op.getLoc(),
        remark::RemarkOpts::name("schedule").category("gdn-select-schedule"))
        << "one token after the other: bound by the "
        << std::to_string(op.getKeyChannels() * op.getValueChannels() * 4)
        << " bytes of a head's state; "
        << std::to_string(getStateRegisters(op, schedule))
        << " values of it in each thread, "
        << std::to_string(schedule.getValueChannels())
        << " value channels in a CTA, at least "
        << std::to_string(countPrograms(op, schedule)) << " CTAs for "
        << std::to_string(chip.multiprocessors) << " multiprocessors";
    return WalkResult::advance();
  }
};
} // namespace
