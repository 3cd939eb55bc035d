//===- SimulateOps.cpp - nvvm ops as calls of the simulator ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SimulationRules.h"
#include "gdn-c/Sim.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value gdn::toBits(Operation *op, Value value) {
  OpBuilder builder(op);
  if (value.getType().isInteger(32))
    return value;
  return LLVM::BitcastOp::create(builder, op->getLoc(), builder.getI32Type(),
                                 value);
}

/// The bits of a value of `type`.
static unsigned getWidth(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.getNumElements() * vector.getElementTypeBitWidth()
                : type.getIntOrFloatBitWidth();
}

Value gdn::fromBits(Operation *op, Value bits, Type type) {
  OpBuilder builder(op);
  Type integer = builder.getIntegerType(getWidth(type));
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

static Value simulateElect(NVVM::ElectSyncOp op, Simulation &sim) {
  Value mask = op.getMembermask() ? op.getMembermask() : sim.constant(op, ~0u);
  Value result =
      sim.callAtSite(op, "gdn_sim_elect", OpBuilder(op).getI32Type(), {mask});
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

template <typename Op>
static void addRegister(SimulationRules &rules, GdnSimRegister which) {
  rules[Op::getOperationName()].simulate = [=](Operation *op, Simulation &sim) {
    return sim.call(op, "gdn_sim_register", op->getResult(0).getType(),
                    {sim.constant(op, which)});
  };
}

static void populateRegisterRules(SimulationRules &rules) {
  addRegister<NVVM::ThreadIdXOp>(rules, GDN_SIM_TID_X);
  addRegister<NVVM::ThreadIdYOp>(rules, GDN_SIM_TID_Y);
  addRegister<NVVM::ThreadIdZOp>(rules, GDN_SIM_TID_Z);
  addRegister<NVVM::BlockDimXOp>(rules, GDN_SIM_NTID_X);
  addRegister<NVVM::BlockDimYOp>(rules, GDN_SIM_NTID_Y);
  addRegister<NVVM::BlockDimZOp>(rules, GDN_SIM_NTID_Z);
  addRegister<NVVM::BlockIdXOp>(rules, GDN_SIM_CTAID_X);
  addRegister<NVVM::BlockIdYOp>(rules, GDN_SIM_CTAID_Y);
  addRegister<NVVM::BlockIdZOp>(rules, GDN_SIM_CTAID_Z);
  addRegister<NVVM::GridDimXOp>(rules, GDN_SIM_NCTAID_X);
  addRegister<NVVM::GridDimYOp>(rules, GDN_SIM_NCTAID_Y);
  addRegister<NVVM::GridDimZOp>(rules, GDN_SIM_NCTAID_Z);
  addRegister<NVVM::LaneIdOp>(rules, GDN_SIM_LANEID);
  addRegister<NVVM::WarpSizeOp>(rules, GDN_SIM_WARPSIZE);
  addRegister<NVVM::ClusterId>(rules, GDN_SIM_CLUSTER_CTARANK);
  addRegister<NVVM::ClusterDim>(rules, GDN_SIM_CLUSTER_NCTARANK);
}

static void populateCollectiveRules(SimulationRules &rules) {
  addRule(rules, simulateShuffle);
  addRule(rules, simulateVote);
  addRule(rules, simulateElect);
  addRule(rules, simulateRedux);
  addRule(rules, simulateWarpBarrier);
  addRule(rules, simulateBarrier0);
  addRule(rules, simulateBarrier);
  addRule(rules, simulateBarrierArrive);
}

static const SimulationRules &getRules() {
  static const SimulationRules rules = [] {
    SimulationRules rules;
    populateRegisterRules(rules);
    populateCollectiveRules(rules);
    populateMatrixRules(rules);
    populateAsyncRules(rules);
    return rules;
  }();
  return rules;
}

bool gdn::isSimulated(Operation *op) {
  return getRules().contains(op->getName().getStringRef());
}

LogicalResult gdn::checkSimulated(Operation *op) {
  const auto &findUnknown =
      getRules().find(op->getName().getStringRef())->second.findUnknown;
  std::string unknown = findUnknown ? findUnknown(op) : "";
  if (unknown.empty())
    return success();
  return op->emitOpError(unknown) << ", which is not known to the simulator";
}

void gdn::simulate(Operation *op, Simulation &simulation) {
  Value result = getRules()
                     .find(op->getName().getStringRef())
                     ->second.simulate(op, simulation);
  if (result && op->getNumResults())
    op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}
