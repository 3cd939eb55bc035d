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
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

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

/// Registers for a token's rows in a thread, as they come from memory.
static int64_t getOperandRegisters(DeltaRuleOp op, ScheduleAttr schedule) {
  int64_t keyBits = 0, valueBits = 0;
  for (Value operand :
       {op.getQuery(), op.getKey(), op.getDecay(), op.getErase()})
    if (operand && cast<ShapedType>(operand.getType()).getRank() == 4)
      keyBits += getElementTypeOrSelf(operand).getIntOrFloatBitWidth();
  for (Value operand : {op.getValue(), op.getWrite()})
    if (operand && cast<ShapedType>(operand.getType()).getRank() == 4)
      valueBits += getElementTypeOrSelf(operand).getIntOrFloatBitWidth();
  return (op.getKeyChannels() / schedule.getKeyLanes() * keyBits +
          4 * valueBits) /
         32;
}

/// CTAs that are known to exist; sequences that are not known count as one.
static int64_t countPrograms(DeltaRuleOp op, ScheduleInterface schedule) {
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

static ScheduleAttr getSchedule(DeltaRuleOp op, int64_t keyLanes, int64_t warps,
                                int64_t stages = 1, int64_t idleShared = 0,
                                int64_t minCtas = 0) {
  return ScheduleAttr::get(op.getContext(), KernelForm::Recurrent, keyLanes,
                           warps, stages, idleShared, minCtas);
}

/// The tokens of a sequence; the largest number where it is not known.
static int64_t countTokens(DeltaRuleOp op) {
  int64_t tokens = op.getTokens();
  return ShapedType::isDynamic(tokens) ? std::numeric_limits<int64_t>::max()
                                       : tokens;
}

/// Warps of a multiprocessor that can have up to 255 registers in each thread.
static constexpr int64_t roomyWarps = 8;

/// Warps or CTAs that keep a GPU busy; beyond them, more lanes for a column do
/// not pay. One token waits for memory once; several also for each other.
static int64_t countBusyPrograms(DeltaRuleOp op, const GpuChip &chip) {
  return chip.multiprocessors * (countTokens(op) > 1 ? roomyWarps : 1);
}

/// One warp in a CTA. A thread holds up to 64 values of the state: more leave
/// too few threads, fewer make each wait for more lanes. While the GPU is not
/// busy twice as many lanes share a column, down to rows of 32 bytes.
static ScheduleAttr chooseLanes(DeltaRuleOp op, const GpuChip &chip) {
  ScheduleAttr chosen;
  for (int64_t keyLanes = 1; keyLanes <= 32; keyLanes *= 2) {
    ScheduleAttr schedule = getSchedule(op, keyLanes, /*warps=*/1);
    if (!fits(op, schedule) || getStateRegisters(op, schedule) > 64)
      continue;
    if (chosen && schedule.getValueChannels() < 8)
      break;
    chosen = schedule;
    if (countPrograms(op, chosen) > countBusyPrograms(op, chip))
      break;
  }
  return chosen;
}

/// Whether all CTAs, of one warp each, are on the GPU at a time, with as many
/// registers as they like.
static bool standTogether(DeltaRuleOp op, ScheduleAttr schedule,
                          const GpuChip &chip) {
  return countPrograms(op, schedule) <= roomyWarps * chip.multiprocessors;
}

/// How many tokens are under way at once: several where all CTAs stand on the
/// GPU at a time, so that there are registers for them and nothing else hides
/// the wait for memory.
static int64_t chooseStages(DeltaRuleOp op, ScheduleAttr schedule,
                            const GpuChip &chip) {
  if (!standTogether(op, schedule, chip))
    return 1;
  int64_t room = (160 - getStateRegisters(op, schedule)) /
                 std::max<int64_t>(getOperandRegisters(op, schedule), 1);
  return std::clamp<int64_t>(std::min(room, countTokens(op)), 1, 4);
}

/// Shared memory that leaves room for no more than `ctas` on a multiprocessor.
static int64_t getIdleShared(int64_t ctas, const GpuChip &chip) {
  return chip.sharedBytes / (ctas + 1);
}

/// Four warps in a CTA, which then start together. One token only streams the
/// state through the registers, best with few CTAs at a time. With several,
/// half as many values of the state in a thread leave room for more threads,
/// which hide each other's arithmetic.
static ScheduleAttr chooseWide(DeltaRuleOp op, int64_t keyLanes,
                               const GpuChip &chip) {
  if (countTokens(op) == 1 && chip.streamingWarps > 0)
    return getSchedule(op, keyLanes, /*warps=*/4, /*stages=*/1,
                       getIdleShared(chip.streamingWarps / 4, chip));
  // Left alone, ptxas likes seven CTAs better and spills; six need not, or
  // five with operands of f32.
  bool isWide = op.getQuery().getType().getElementTypeBitWidth() == 32;
  ScheduleAttr shared = getSchedule(op, 2 * keyLanes, /*warps=*/4, /*stages=*/1,
                                    /*idleShared=*/0, isWide ? 5 : 6);
  if (countTokens(op) >= 4 && keyLanes < 16 && fits(op, shared))
    return shared;
  // With 64 values of the state in a thread, it spills for one CTA more.
  ScheduleAttr plain = getSchedule(op, keyLanes, /*warps=*/4);
  if (getStateRegisters(op, plain) < 64)
    return plain;
  return getSchedule(op, keyLanes, /*warps=*/4, /*stages=*/1, /*idleShared=*/0,
                     countTokens(op) == 1 ? 3 : 2);
}

/// The kernel waits for memory more than for anything else.
static ScheduleAttr choose(DeltaRuleOp op, const GpuChip &chip) {
  ScheduleAttr narrow = chooseLanes(op, chip);
  int64_t keyLanes = narrow.getKeyLanes();
  ScheduleAttr wide = getSchedule(op, keyLanes, /*warps=*/4);
  if (fits(op, wide) && countPrograms(op, wide) >= 4 * chip.multiprocessors)
    return chooseWide(op, keyLanes, chip);
  int64_t stages = chooseStages(op, narrow, chip);
  // With as many registers as they like, all loads of a lone token come first,
  // and what is loaded ahead stays in registers; else ptxas, to save some, has
  // loads wait for arithmetic on others, or spills.
  int64_t registers =
      getStateRegisters(op, narrow) + stages * getOperandRegisters(op, narrow);
  bool isRoomy = standTogether(op, narrow, chip) &&
                 (countTokens(op) == 1 || registers > 144);
  return getSchedule(op, keyLanes, /*warps=*/1, stages, /*idleShared=*/0,
                     /*minCtas=*/isRoomy ? roomyWarps : 0);
}

/// Whether `value` will be a whole buffer, or an argument of the function: what
/// branches and loops give may be a part of anything. `seen` breaks cycles.
static bool isWhole(Value value, llvm::SmallDenseSet<Value> &seen) {
  if (!seen.insert(value).second)
    return true;
  Operation *def = value.getDefiningOp();
  auto argument = dyn_cast<BlockArgument>(value);
  if (argument && isa<FunctionOpInterface>(argument.getOwner()->getParentOp()))
    return true;
  if (isa_and_present<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
                      tensor::CastOp>(def))
    return isWhole(def->getOperand(0), seen);
  auto loop = dyn_cast<LoopLikeOpInterface>(
      argument ? argument.getOwner()->getParentOp() : def);
  if (loop && !argument)
    argument = loop.getTiedLoopRegionIterArg(cast<OpResult>(value));
  if (loop && argument) {
    OpOperand *init = loop.getTiedLoopInit(argument);
    OpOperand *yielded = loop.getTiedLoopYieldedValue(argument);
    return init && isWhole(init->get(), seen) &&
           (!yielded || isWhole(yielded->get(), seen));
  }
  return def && !isa<tensor::ExtractSliceOp, RegionBranchOpInterface,
                     arith::SelectOp, bufferization::ToTensorOp>(def);
}

/// Whether rows of `operand` begin at multiples of 16 bytes in memory, as far
/// as views show it.
static bool hasAlignedRows(Value operand) {
  auto isAligned = [&](int64_t elements) {
    int64_t bits = getElementTypeOrSelf(operand).getIntOrFloatBitWidth();
    return !ShapedType::isDynamic(elements) && elements * bits % 128 == 0;
  };
  auto getLast = [](Value value) {
    return cast<ShapedType>(value.getType()).getShape().back();
  };
  if (!isAligned(getLast(operand)))
    return false;
  for (Operation *def = operand.getDefiningOp();
       isa_and_present<tensor::ExtractSliceOp, tensor::ExpandShapeOp,
                       tensor::CollapseShapeOp, tensor::CastOp>(def);
       def = def->getOperand(0).getDefiningOp()) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(def);
    if (slice &&
        !(isAligned(slice.getStaticOffsets().back()) &&
          slice.getStaticStrides().back() == 1 &&
          !slice.getDroppedDims().test(slice.getSourceType().getRank() - 1) &&
          isAligned(getLast(slice.getSource()))))
      return false;
    operand = def->getOperand(0);
  }
  llvm::SmallDenseSet<Value> seen;
  return isWhole(operand, seen);
}

/// Whether the chunked form serves `op` and pays: it rounds to tf32, and up to
/// 16 tokens are less work than a chunk.
static bool suitsTensorCores(DeltaRuleOp op) {
  int64_t keys = op.getKeyChannels();
  if (countTokens(op) <= ChunkedScheduleAttr::chunkSize ||
      op.getQuery().getType().getElementTypeBitWidth() != 16 ||
      (keys != 64 && keys != 128) || op.getValueChannels() % 64 != 0 ||
      op.getQkL2norm() || ShapedType::isDynamic(op.getValueHeads()))
    return false;
  return llvm::all_of(ValueRange{op.getQuery(), op.getKey(), op.getValue()},
                      hasAlignedRows) &&
         llvm::all_of(
             ArrayRef<Value>{op.getDecay(), op.getErase(), op.getWrite()},
             [](Value gate) {
               return !gate ||
                      cast<ShapedType>(gate.getType()).getRank() == 3 ||
                      hasAlignedRows(gate);
             });
}

/// 64 value channels in a CTA, those of a warpgroup: with all 128, the
/// registers of 16 warps do not hold what a chunk takes. Two CTAs that share a
/// head prepare chunks for each other. A warp that prepares has 32 key
/// channels, 8 in a lane, the fewest there can be. Alone, gates of f32 for each
/// channel, decays apart, leave room for half the places.
static ChunkedScheduleAttr getChunkedSchedule(DeltaRuleOp op) {
  constexpr int64_t valueChannels = 64, teams = 2;
  bool isShared = op.getValueChannels() % (2 * valueChannels) == 0;
  bool isWide = llvm::any_of(
      ArrayRef<Value>{op.getErase(), op.getWrite()}, [](Value gate) {
        return gate && cast<ShapedType>(gate.getType()).getRank() == 4 &&
               getElementTypeOrSelf(gate).isF32();
      });
  return ChunkedScheduleAttr::get(
      op.getContext(), valueChannels, /*chain_warps=*/4, teams,
      /*stages=*/isShared || isWide ? teams : 2 * teams,
      /*prepared=*/isShared ? 2 * teams : teams,
      /*team_warps=*/op.getKeyChannels() / 32, /*cluster=*/isShared ? 2 : 1,
      /*warpgroup=*/true);
}

/// C2, C3: a schedule that was given suits the chip.
static WalkResult verifyChip(DeltaRuleOp op, const GpuChip &chip) {
  auto recurrent = dyn_cast<ScheduleAttr>(*op.getSchedule());
  // Warps wait for events with instructions of 9.0.
  if (!recurrent && chip.name == "sm_80") {
    op.emitOpError("expects a chip from sm_90a on for ")
        << *op.getSchedule() << ", but got " << chip.name
        << "; use #gdn.schedule";
    return WalkResult::interrupt();
  }
  auto chunked = dyn_cast<ChunkedScheduleAttr>(*op.getSchedule());
  if (chunked && chunked.getWarpgroup() && !chip.hasWarpgroups) {
    op.emitOpError("expects a chip with wgmma (sm_90a) for warpgroup = true, "
                   "but got ")
        << chip.name;
    return WalkResult::interrupt();
  }
  if (recurrent && recurrent.getIdleShared() > chip.getMostSharedBytes()) {
    op.emitOpError("expects idle_shared to be at most ")
        << chip.getMostSharedBytes() << " for " << chip.name << ", but got "
        << recurrent.getIdleShared();
    return WalkResult::interrupt();
  }
  return WalkResult::advance();
}

namespace {
struct SelectSchedulePass
    : public gdn::impl::SelectSchedulePassBase<SelectSchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<const GpuChip *> chips;
    SmallVector<std::string> names = {chip};
    llvm::append_range(names, others);
    for (const std::string &name : names) {
      chips.push_back(lookupGpuChip(name));
      if (chips.back())
        continue;
      auto known = llvm::map_range(
          getGpuChips(), [](const GpuChip &chip) { return chip.name; });
      emitError(UnknownLoc::get(&getContext()), "expects 'chip' to be one of ")
          << llvm::join(known, ", ") << ", but got '" << name << "'";
      return signalPassFailure();
    }
    WalkResult result =
        getOperation()->walk([&](DeltaRuleOp op) { return select(op, chips); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  /// Chooses for the first of `chips`, and so that it suits all.
  WalkResult select(DeltaRuleOp op, ArrayRef<const GpuChip *> chips) {
    if (failed(verifySizes(op)))
      return WalkResult::interrupt();
    if (!op.getSchedule()) {
      bool haveWarpgroups = llvm::all_of(
          chips, [](const GpuChip *chip) { return chip->hasWarpgroups; });
      if (haveWarpgroups && suitsTensorCores(op))
        selectChunked(op, *chips.front());
      else
        selectRecurrent(op, *chips.front());
    }
    for (const GpuChip *chip : chips)
      if (verifyChip(op, *chip).wasInterrupted())
        return WalkResult::interrupt();
    return WalkResult::advance();
  }

  void selectRecurrent(DeltaRuleOp op, const GpuChip &chip) {
    ScheduleAttr schedule = choose(op, chip);
    op.setScheduleAttr(schedule);
    std::string text;
    llvm::raw_string_ostream(text)
        << "one token after the other: bound by the "
        << op.getKeyChannels() * op.getValueChannels() * 4
        << " bytes of a head's state; " << getStateRegisters(op, schedule)
        << " values of it in each thread, " << schedule.getValueChannels()
        << " value channels in a CTA, " << schedule.getStages()
        << " tokens under way, at least " << countPrograms(op, schedule)
        << " CTAs for " << chip.multiprocessors << " multiprocessors";
    explain(op, text);
  }

  void selectChunked(DeltaRuleOp op, const GpuChip &chip) {
    ChunkedScheduleAttr schedule = getChunkedSchedule(op);
    op.setScheduleAttr(schedule);
    std::string text;
    llvm::raw_string_ostream(text)
        << "chunks of 16 tokens on tensor cores: bound by the chunks of a "
           "sequence, one after the other; "
        << schedule.getValueChannels()
        << " value channels in a CTA, one CTA at a time on a multiprocessor, "
           "at least "
        << countPrograms(op, schedule) << " CTAs for " << chip.multiprocessors
        << " multiprocessors";
    explain(op, text);
  }

  static void explain(DeltaRuleOp op, StringRef text) {
    remark::passed(
        op.getLoc(),
        remark::RemarkOpts::name("schedule").category("gdn-select-schedule"))
        << text;
  }
};
} // namespace
