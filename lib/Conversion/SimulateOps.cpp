//===- SimulateOps.cpp - nvvm ops as calls of the simulator ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulation.h"
#include "gdn-c/Sim.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// The bits of `value`, an i32 or f32, before `op`.
static Value toBits(Operation *op, Value value) {
  OpBuilder builder(op);
  if (value.getType().isInteger(32))
    return value;
  return LLVM::BitcastOp::create(builder, op->getLoc(), builder.getI32Type(),
                                 value);
}

/// The lower bits of `bits` as a value of `type`, an integer or f32.
static Value fromBits(Operation *op, Value bits, Type type) {
  OpBuilder builder(op);
  Type integer = builder.getIntegerType(type.getIntOrFloatBitWidth());
  if (bits.getType() != integer)
    bits = LLVM::TruncOp::create(builder, op->getLoc(), integer, bits);
  if (integer == type)
    return bits;
  return LLVM::BitcastOp::create(builder, op->getLoc(), type, bits);
}

//===----------------------------------------------------------------------===//
// One function per op: the value that replaces its result, if any
//===----------------------------------------------------------------------===//

static Value simulateShuffle(NVVM::ShflOp op, Simulation &sim) {
  OpBuilder builder(op);
  Value packed =
      sim.callAtSite(op, "gdn_sim_shuffle", builder.getI64Type(),
                     {sim.constant(op, static_cast<uint32_t>(op.getKind())),
                      op.getThreadMask(), toBits(op, op.getVal()),
                      op.getOffset(), op.getMaskAndClamp()});
  Value value = fromBits(op, packed, op.getVal().getType());
  auto pair = dyn_cast<LLVM::LLVMStructType>(op.getType());
  if (!pair)
    return value;
  Location loc = op.getLoc();
  Value shift =
      LLVM::ConstantOp::create(builder, loc, builder.getI64Type(), 32);
  Value isValid = fromBits(
      op, LLVM::LShrOp::create(builder, loc, packed, shift), pair.getBody()[1]);
  Value result = LLVM::UndefOp::create(builder, loc, pair);
  result = LLVM::InsertValueOp::create(builder, loc, result, value,
                                       ArrayRef<int64_t>{0});
  return LLVM::InsertValueOp::create(builder, loc, result, isValid, 1);
}

static Value simulateVote(NVVM::VoteSyncOp op, Simulation &sim) {
  OpBuilder builder(op);
  Value predicate = LLVM::ZExtOp::create(builder, op.getLoc(),
                                         builder.getI32Type(), op.getPred());
  Value result =
      sim.callAtSite(op, "gdn_sim_vote", builder.getI32Type(),
                     {sim.constant(op, static_cast<uint32_t>(op.getKind())),
                      op.getMask(), predicate});
  return fromBits(op, result, op.getType());
}

static Value simulateRedux(NVVM::ReduxOp op, Simulation &sim) {
  uint32_t kind = static_cast<uint32_t>(op.getKind());
  if (op.getAbs())
    kind |= GDN_SIM_REDUX_ABS;
  if (op.getNan())
    kind |= GDN_SIM_REDUX_NAN;
  Value result = sim.callAtSite(
      op, "gdn_sim_redux", OpBuilder(op).getI32Type(),
      {sim.constant(op, kind), op.getMaskAndClamp(), toBits(op, op.getVal())});
  return fromBits(op, result, op.getType());
}

static Value simulateWarpBarrier(NVVM::SyncWarpOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_warp_barrier", {}, {op.getMask()});
}

/// A barrier with these operands, where null is their default.
static Value callBarrier(Operation *op, Simulation &sim, Value id,
                         Value numThreads, uint32_t reduction,
                         Value predicate) {
  auto orZero = [&](Value value) {
    return value ? value : sim.constant(op, 0);
  };
  return sim.callAtSite(op, "gdn_sim_barrier", OpBuilder(op).getI32Type(),
                        {orZero(id), orZero(numThreads),
                         sim.constant(op, reduction), orZero(predicate)});
}

static Value simulateBarrier0(NVVM::Barrier0Op op, Simulation &sim) {
  callBarrier(op, sim, {}, {}, GDN_SIM_BARRIER_NONE, {});
  return {};
}

static Value simulateBarrier(NVVM::BarrierOp op, Simulation &sim) {
  uint32_t reduction = GDN_SIM_BARRIER_NONE;
  if (op.getReductionOp())
    reduction = static_cast<uint32_t>(*op.getReductionOp());
  Value result =
      callBarrier(op, sim, op.getBarrierId(), op.getNumberOfThreads(),
                  reduction, op.getReductionPredicate());
  return op->getNumResults() ? result : Value();
}

static Value simulateBarrierArrive(NVVM::BarrierArriveOp op, Simulation &sim) {
  Value id = op.getBarrierId() ? op.getBarrierId() : sim.constant(op, 0);
  return sim.callAtSite(op, "gdn_sim_barrier_arrive", {},
                        {id, op.getNumberOfThreads()});
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

using Rule = std::function<Value(Operation *, Simulation &)>;

/// A row for an op that `simulate` replaces.
template <typename Op>
static std::pair<StringRef, Rule> row(Value (*simulate)(Op, Simulation &)) {
  return {Op::getOperationName(), [=](Operation *op, Simulation &sim) {
            return simulate(cast<Op>(op), sim);
          }};
}

/// A row for a special register.
template <typename Op>
static std::pair<StringRef, Rule> row(GdnSimRegister which) {
  return {Op::getOperationName(), [=](Operation *op, Simulation &sim) {
            return sim.call(op, "gdn_sim_register", op->getResult(0).getType(),
                            {sim.constant(op, which)});
          }};
}

static const llvm::StringMap<Rule> &getRules() {
  static const llvm::StringMap<Rule> rules = {
      row<NVVM::ThreadIdXOp>(GDN_SIM_TID_X),
      row<NVVM::ThreadIdYOp>(GDN_SIM_TID_Y),
      row<NVVM::ThreadIdZOp>(GDN_SIM_TID_Z),
      row<NVVM::BlockDimXOp>(GDN_SIM_NTID_X),
      row<NVVM::BlockDimYOp>(GDN_SIM_NTID_Y),
      row<NVVM::BlockDimZOp>(GDN_SIM_NTID_Z),
      row<NVVM::BlockIdXOp>(GDN_SIM_CTAID_X),
      row<NVVM::BlockIdYOp>(GDN_SIM_CTAID_Y),
      row<NVVM::BlockIdZOp>(GDN_SIM_CTAID_Z),
      row<NVVM::GridDimXOp>(GDN_SIM_NCTAID_X),
      row<NVVM::GridDimYOp>(GDN_SIM_NCTAID_Y),
      row<NVVM::GridDimZOp>(GDN_SIM_NCTAID_Z),
      row<NVVM::LaneIdOp>(GDN_SIM_LANEID),
      row<NVVM::WarpSizeOp>(GDN_SIM_WARPSIZE),
      row(simulateShuffle),
      row(simulateVote),
      row(simulateRedux),
      row(simulateWarpBarrier),
      row(simulateBarrier0),
      row(simulateBarrier),
      row(simulateBarrierArrive),
  };
  return rules;
}

bool gdn::isSimulated(Operation *op) {
  return getRules().contains(op->getName().getStringRef());
}

void gdn::simulate(Operation *op, Simulation &simulation) {
  Value result =
      getRules().lookup(op->getName().getStringRef())(op, simulation);
  if (op->getNumResults())
    op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}
