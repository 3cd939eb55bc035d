//===- SimulateMatrixOps.cpp - Tensor cores as calls of the simulator -----===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SimulationRules.h"
#include "gdn-c/Sim.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// mma.sync
//===----------------------------------------------------------------------===//

static std::optional<uint32_t> getFloat(NVVM::MMATypes type) {
  switch (type) {
  case NVVM::MMATypes::f16:
    return GDN_SIM_F16;
  case NVVM::MMATypes::bf16:
    return GDN_SIM_BF16;
  case NVVM::MMATypes::tf32:
    return GDN_SIM_TF32;
  default:
    return std::nullopt;
  }
}

/// The type of a's elements; f16 where the op leaves it to its operands.
static NVVM::MMATypes getType(NVVM::MmaOp op) {
  return op.getMultiplicandAPtxType().value_or(NVVM::MMATypes::f16);
}

static std::string findUnknown(NVVM::MmaOp op) {
  std::optional<uint32_t> type = getFloat(getType(op));
  if (!type)
    return ("has elements of " + stringifyEnum(getType(op))).str();
  NVVM::MMAShapeAttr shape = op.getShape();
  int k = shape.getK();
  bool isKnown = *type == GDN_SIM_TF32 ? k == 4 || k == 8 : k == 8 || k == 16;
  if (shape.getM() != 16 || shape.getN() != 8 || !isKnown)
    return llvm::formatv("has the shape m{0}n{1}k{2}", shape.getM(),
                         shape.getN(), k);
  if (!op.getOperandC().front().getType().isF32())
    return "has accumulators that are not f32";
  return "";
}

static Value simulateMma(NVVM::MmaOp op, Simulation &sim) {
  unsigned numFactors = op.getOperandA().size() + op.getOperandB().size();
  Value registers = sim.spill(op, op.getOperands());
  sim.callAtSite(op, "gdn_sim_mma", {},
                 {sim.constant(op, *getFloat(getType(op))),
                  sim.constant(op, op.getShape().getK()), registers});
  return sim.reload(op, numFactors, op.getType());
}

//===----------------------------------------------------------------------===//
// ldmatrix, stmatrix
//===----------------------------------------------------------------------===//

/// What is not known of the matrices of an ldmatrix or stmatrix.
template <typename Op> static std::string findUnknownMatrices(Op op) {
  if (op.getEltType() != NVVM::LdStMatrixEltType::B16 ||
      op.getShape().getM() != 8 || op.getShape().getN() != 8)
    return "has matrices that are not 8x8 of 16 bits";
  return "";
}

template <typename Op> static Value isTransposed(Op op, Simulation &sim) {
  return sim.constant(op, op.getLayout() == NVVM::MMALayout::col);
}

static Value simulateLdMatrix(NVVM::LdMatrixOp op, Simulation &sim) {
  sim.callAtSite(op, "gdn_sim_load_matrices", {},
                 {sim.constant(op, op.getNum()), isTransposed(op, sim),
                  op.getPtr(), sim.getRegisters(op)});
  return sim.reload(op, 0, op.getType());
}

static Value simulateStMatrix(NVVM::StMatrixOp op, Simulation &sim) {
  Value registers = sim.spill(op, op.getSources());
  uint32_t count = op.getSources().size();
  sim.callAtSite(
      op, "gdn_sim_store_matrices", {},
      {sim.constant(op, count), isTransposed(op, sim), op.getPtr(), registers});
  return {};
}

//===----------------------------------------------------------------------===//
// wgmma
//===----------------------------------------------------------------------===//

static Value simulateWgmma(PtxWgmmaOp op, Simulation &sim) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  SmallVector<Value> registers;
  for (Value pack : {op.getLhs(), op.getAcc()})
    for (int64_t i = 0; i < cast<VectorType>(pack.getType()).getDimSize(0); ++i)
      registers.push_back(
          LLVM::ExtractElementOp::create(b, loc, pack, sim.constant(op, i)));
  Value array = sim.spill(op, registers);
  sim.callAtSite(op, "gdn_sim_wgmma", {},
                 {sim.constant(op, op.getN()), sim.constant(op, op.getSteps()),
                  sim.constant(op, op.getStride()),
                  sim.constant(op, op.getLeading()), op.getRhs(), array});
  SmallVector<Type> types(op.getN() / 2, b.getF32Type());
  Value sums =
      sim.reload(op, 4 * op.getSteps(),
                 LLVM::LLVMStructType::getLiteral(op.getContext(), types));
  b.setInsertionPoint(op);
  Value result = LLVM::PoisonOp::create(b, loc, op.getAcc().getType());
  for (int64_t i = 0; i < op.getN() / 2; ++i)
    result = LLVM::InsertElementOp::create(
        b, loc, result, LLVM::ExtractValueOp::create(b, loc, sums, i),
        sim.constant(op, i));
  return result;
}

void gdn::populateMatrixRules(SimulationRules &rules) {
  addRule(rules, simulateWgmma);
  addNothing<NVVM::SetMaxRegisterOp>(rules);
  addRule(rules, simulateMma, findUnknown);
  addRule(rules, simulateLdMatrix, findUnknownMatrices<NVVM::LdMatrixOp>);
  addRule(rules, simulateStMatrix, findUnknownMatrices<NVVM::StMatrixOp>);
}
