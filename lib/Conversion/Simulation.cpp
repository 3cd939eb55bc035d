//===- Simulation.cpp - Calls in functions that become host code ----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulation.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// What LLVM may assume of functions that many threads' code calls often.
static void setEffects(LLVM::LLVMFuncOp function) {
  using LLVM::ModRefInfo;
  StringRef name = function.getName();
  bool isCheck = name == "gdn_sim_access";
  bool isPure = name == "gdn_sim_register" || name == "gdn_sim_shared" ||
                name == "gdn_sim_counters";
  auto unit = UnitAttr::get(function.getContext());
  function.setNoUnwindAttr(unit);
  if (!isCheck && !isPure)
    return;
  // A check may end the launch; it sees and changes nothing of the program.
  ModRefInfo none = ModRefInfo::NoModRef;
  ModRefInfo inaccessible = isCheck ? ModRefInfo::ModRef : none;
  function.setMemoryEffectsAttr(LLVM::MemoryEffectsAttr::get(
      function.getContext(), {none, none, inaccessible, none, none, none}));
  if (isPure)
    function.setWillReturnAttr(unit);
}

LLVM::LLVMFuncOp Simulation::declare(StringRef name, Type resultType,
                                     TypeRange operandTypes) {
  if (auto function = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return function;
  MLIRContext *context = symbols.getOp()->getContext();
  if (!resultType)
    resultType = LLVM::LLVMVoidType::get(context);
  SmallVector<Type> types;
  for (Type type : operandTypes)
    types.push_back(isa<LLVM::LLVMPointerType>(type)
                        ? LLVM::LLVMPointerType::get(context)
                        : type);
  auto type = LLVM::LLVMFunctionType::get(resultType, types);
  OpBuilder builder(context);
  auto function =
      LLVM::LLVMFuncOp::create(builder, symbols.getOp()->getLoc(), name, type);
  symbols.insert(function, symbols.getOp()->getRegion(0).front().begin());
  setEffects(function);
  return function;
}

Value Simulation::call(Operation *op, StringRef function, Type resultType,
                       ValueRange operands) {
  SmallVector<Value> all = {thread};
  llvm::append_range(all, operands);
  LLVM::LLVMFuncOp callee =
      declare(function, resultType, ValueRange(all).getTypes());
  OpBuilder builder(op);
  auto call = LLVM::CallOp::create(builder, op->getLoc(), callee, all);
  return resultType ? call.getResult() : Value();
}

Value Simulation::callAtSite(Operation *op, StringRef function, Type resultType,
                             ValueRange operands) {
  SmallVector<Value> all = {constant(op, table.addSite(op))};
  llvm::append_range(all, operands);
  return call(op, function, resultType, all);
}

Value Simulation::constant(Operation *op, uint32_t value) {
  OpBuilder builder(op);
  return LLVM::ConstantOp::create(builder, op->getLoc(), builder.getI32Type(),
                                  static_cast<int64_t>(value));
}

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

/// As many as the largest product of a warpgroup takes.
static constexpr unsigned maxRegisters = 136;

Value Simulation::getRegisters(Operation *op) {
  if (registers)
    return registers;
  // Not in a loop, where the stack would grow.
  auto function = op->getParentOfType<LLVM::LLVMFuncOp>();
  auto builder = OpBuilder::atBlockBegin(&function.getBody().front());
  Value count = LLVM::ConstantOp::create(builder, op->getLoc(),
                                         builder.getI32Type(), maxRegisters);
  registers = LLVM::AllocaOp::create(
      builder, op->getLoc(), LLVM::LLVMPointerType::get(builder.getContext()),
      builder.getI32Type(), count);
  return registers;
}

/// The address of one of `registers`.
static Value getRegister(OpBuilder &builder, Location loc, Value registers,
                         unsigned index) {
  return LLVM::GEPOp::create(builder, loc, registers.getType(),
                             builder.getI32Type(), registers,
                             LLVM::GEPArg(static_cast<int32_t>(index)));
}

Value Simulation::spill(Operation *op, ValueRange values) {
  Value array = getRegisters(op);
  OpBuilder builder(op);
  for (auto [i, value] : llvm::enumerate(values))
    LLVM::StoreOp::create(builder, op->getLoc(), value,
                          getRegister(builder, op->getLoc(), array, i));
  return array;
}

Value Simulation::reload(Operation *op, unsigned begin, Type type) {
  Value array = getRegisters(op);
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto load = [&](unsigned index, Type type) -> Value {
    return LLVM::LoadOp::create(
        builder, loc, type, getRegister(builder, loc, array, begin + index));
  };
  auto pack = dyn_cast<LLVM::LLVMStructType>(type);
  if (!pack)
    return load(0, type);
  Value result = LLVM::UndefOp::create(builder, loc, pack);
  for (auto [i, element] : llvm::enumerate(pack.getBody()))
    result = LLVM::InsertValueOp::create(builder, loc, result, load(i, element),
                                         static_cast<int64_t>(i));
  return result;
}
