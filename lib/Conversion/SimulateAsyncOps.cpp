//===- SimulateAsyncOps.cpp - Copies and mbarriers as calls ---------------===//
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

template <typename Op> static std::string findPredicate(Op op) {
  return op.getPredicate() ? "has a predicate" : "";
}

//===----------------------------------------------------------------------===//
// cp.async
//===----------------------------------------------------------------------===//

static Value simulateCpAsync(NVVM::CpAsyncOp op, Simulation &sim) {
  Value bytes = sim.constant(op, op.getSize());
  Value sourceBytes = op.getCpSize() ? op.getCpSize() : bytes;
  return sim.callAtSite(op, "gdn_sim_copy_async", {},
                        {op.getDst(), op.getSrc(), bytes, sourceBytes});
}

static Value simulateCommit(NVVM::CpAsyncCommitGroupOp op, Simulation &sim) {
  return sim.call(op, "gdn_sim_commit_copies", {}, {});
}

static Value simulateWait(NVVM::CpAsyncWaitGroupOp op, Simulation &sim) {
  return sim.call(op, "gdn_sim_wait_copies", {}, {sim.constant(op, op.getN())});
}

//===----------------------------------------------------------------------===//
// mbarriers
//===----------------------------------------------------------------------===//

static Value simulateInit(NVVM::MBarrierInitOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_mbarrier_init", {},
                        {op.getAddr(), op.getCount()});
}

static Value simulateInval(NVVM::MBarrierInvalOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_mbarrier_invalidate", {}, {op.getAddr()});
}

static Value callArrive(Operation *op, Simulation &sim, Value address,
                        Value count, uint32_t flags) {
  return sim.callAtSite(
      op, "gdn_sim_mbarrier_arrive", OpBuilder(op).getI64Type(),
      {address, count ? count : sim.constant(op, 1), sim.constant(op, flags)});
}

static Value simulateArrive(NVVM::MBarrierArriveOp op, Simulation &sim) {
  return callArrive(op, sim, op.getAddr(), op.getCount(),
                    op.getRelaxed() ? GDN_SIM_ARRIVE_RELAXED : 0);
}

static Value simulateArriveNocomplete(NVVM::MBarrierArriveNocompleteOp op,
                                      Simulation &sim) {
  return callArrive(op, sim, op.getAddr(), op.getCount(),
                    GDN_SIM_ARRIVE_NOCOMPLETE);
}

static Value simulateArriveCopies(NVVM::CpAsyncMBarrierArriveOp op,
                                  Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_mbarrier_arrive_copies", {},
                        {op.getAddr(), sim.constant(op, op.getNoinc())});
}

/// Expects the bytes first: the phase must not end between the two.
static Value simulateArriveExpectTx(NVVM::MBarrierArriveExpectTxOp op,
                                    Simulation &sim) {
  sim.callAtSite(op, "gdn_sim_mbarrier_expect", {},
                 {op.getAddr(), op.getTxcount()});
  return callArrive(op, sim, op.getAddr(), {},
                    op.getRelaxed() ? GDN_SIM_ARRIVE_RELAXED : 0);
}

static Value simulateExpectTx(NVVM::MBarrierExpectTxOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_mbarrier_expect", {},
                        {op.getAddr(), op.getTxcount()});
}

static Value simulateCompleteTx(NVVM::MBarrierCompleteTxOp op,
                                Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_mbarrier_complete", {},
                        {op.getAddr(), op.getTxcount()});
}

/// Waits for, or only tests, a state (an i64) or a parity (an i32).
static Value callWait(Operation *op, Simulation &sim, Value address,
                      Value phase, bool blocks) {
  OpBuilder builder(op);
  bool isParity = phase.getType().isInteger(32);
  if (isParity)
    phase = LLVM::ZExtOp::create(builder, op->getLoc(), builder.getI64Type(),
                                 phase);
  Value result = sim.callAtSite(
      op, "gdn_sim_mbarrier_wait", builder.getI32Type(),
      {address, phase, sim.constant(op, isParity), sim.constant(op, blocks)});
  return op->getNumResults() ? fromBits(op, result, op->getResult(0).getType())
                             : Value();
}

static Value simulateTestWait(NVVM::MBarrierTestWaitOp op, Simulation &sim) {
  return callWait(op, sim, op.getAddr(), op.getStateOrPhase(),
                  /*blocks=*/false);
}

// A GPU may let this fail after a time, and the code then tries again.
static Value simulateTryWait(NVVM::MBarrierTryWaitOp op, Simulation &sim) {
  return callWait(op, sim, op.getAddr(), op.getStateOrPhase(),
                  /*blocks=*/true);
}

static Value simulateTryWaitParity(NVVM::MBarrierTryWaitParityOp op,
                                   Simulation &sim) {
  return callWait(op, sim, op.getAddr(), op.getPhase(), /*blocks=*/true);
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

static Value simulateMapa(NVVM::MapaOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_map_shared",
                        LLVM::LLVMPointerType::get(op.getContext()),
                        {op.getA(), op.getB()});
}

static Value simulateClusterArrive(NVVM::ClusterArriveOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_cluster_arrive", {}, {});
}

static Value simulateClusterWait(NVVM::ClusterWaitOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_cluster_wait", {}, {});
}

static Value simulateSend(NVVM::CpAsyncBulkSharedCTAToSharedClusterOp op,
                          Simulation &sim) {
  return sim.callAtSite(
      op, "gdn_sim_copy_shared", {},
      {op.getDstMem(), op.getSrcMem(), op.getMbar(), op.getSize()});
}

//===----------------------------------------------------------------------===//
// Fences
//===----------------------------------------------------------------------===//

static Value simulateInitFence(NVVM::FenceMbarrierInitOp op, Simulation &sim) {
  return sim.callAtSite(op, "gdn_sim_fence", {},
                        {sim.constant(op, GDN_SIM_FENCE_MBARRIER_INIT)});
}

// Shared memory is what the simulator checks proxies in.
static Value simulateProxyFence(NVVM::FenceProxyOp op, Simulation &sim) {
  if (op.getKind() == NVVM::ProxyKind::async ||
      op.getKind() == NVVM::ProxyKind::async_shared)
    sim.callAtSite(op, "gdn_sim_fence", {},
                   {sim.constant(op, GDN_SIM_FENCE_PROXY)});
  return {};
}

void gdn::populateAsyncRules(SimulationRules &rules) {
  addRule(rules, simulateCpAsync);
  addRule(rules, simulateCommit);
  addRule(rules, simulateWait);
  addRule(rules, simulateInit, findPredicate<NVVM::MBarrierInitOp>);
  addRule(rules, simulateInval);
  addRule(rules, simulateArrive);
  addRule(rules, simulateArriveNocomplete);
  addRule(rules, simulateArriveCopies);
  addRule(rules, simulateArriveExpectTx,
          findPredicate<NVVM::MBarrierArriveExpectTxOp>);
  addRule(rules, simulateExpectTx);
  addRule(rules, simulateCompleteTx);
  addRule(rules, simulateTestWait);
  addRule(rules, simulateTryWait);
  addRule(rules, simulateTryWaitParity);
  addRule(rules, simulateMapa);
  addRule(rules, simulateClusterArrive);
  addRule(rules, simulateClusterWait);
  addRule(rules, simulateSend);
  addRule(rules, simulateInitFence);
  addRule(rules, simulateProxyFence);
}
