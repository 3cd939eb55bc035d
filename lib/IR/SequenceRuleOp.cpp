//===- SequenceRuleOp.cpp - The rule over one sequence of one head --------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace gdn;

/// Fails unless `value`, where it is there, is T x `channels`, or T if
/// `isHeadGate` allows that, of f32 or `element`.
static LogicalResult verifyRows(SequenceRuleOp op, StringRef name, Value value,
                                int64_t channels, bool isGate) {
  if (!value)
    return success();
  auto type = cast<ShapedType>(value.getType());
  if (isGate && type.getRank() == 1)
    return success();
  if (type.getRank() != 2 || type.getDimSize(1) != channels)
    return op.emitOpError("expects '")
           << name << "' to have rows of " << channels << " channels, but got "
           << type;
  if (!isGate &&
      type.getElementType() != getElementTypeOrSelf(op.getQuery().getType()))
    return op.emitOpError("expects '")
           << name << "' to have the element type of 'query', but got "
           << type.getElementType();
  return success();
}

/// Fails unless `value`, where it is there, is K x V of f32.
static LogicalResult verifyState(SequenceRuleOp op, StringRef name,
                                 Value value) {
  if (!value)
    return success();
  auto type = cast<ShapedType>(value.getType());
  if (type.getElementType().isF32() &&
      type.getShape() ==
          ArrayRef<int64_t>{op.getKeyChannels(), op.getValueChannels()})
    return success();
  return op.emitOpError("expects '")
         << name << "' to be KxV = [" << op.getKeyChannels() << "x"
         << op.getValueChannels() << "] of f32, but got " << type;
}

LogicalResult SequenceRuleOp::verify() {
  auto query = cast<ShapedType>(getQuery().getType());
  auto value = cast<ShapedType>(getValue().getType());
  if (query.getRank() != 2 || value.getRank() != 2 ||
      ShapedType::isDynamic(query.getDimSize(1)) ||
      ShapedType::isDynamic(value.getDimSize(1)))
    return emitOpError("expects 'query' and 'value' to be tokens x channels, "
                       "with known channels");
  int64_t keys = getKeyChannels(), values = getValueChannels();
  if (failed(verifyRows(*this, "key", getKey(), keys, false)) || // C1
      failed(verifyRows(*this, "value", getValue(), values, false)) ||
      failed(verifyRows(*this, "output", getOutput(), values, false)) || // C2
      failed(verifyRows(*this, "decay", getDecay(), keys, true)) ||
      failed(verifyRows(*this, "erase", getErase(), keys, true)) ||
      failed(verifyRows(*this, "write", getWrite(), values, true)) || // C3
      failed(verifyState(*this, "initial_state", getInitialState())) ||
      failed(verifyState(*this, "final_state", getFinalState()))) // C4
    return failure();
  // C5
  SmallVector<Type> tensors;
  for (Value dest : getDpsInits())
    if (isa<TensorType>(dest.getType()))
      tensors.push_back(dest.getType());
  if (getResultTypes() != TypeRange(tensors))
    return emitOpError("expects a result for each of 'output' and "
                       "'final_state' that is a tensor");
  return success();
}

MutableOperandRange SequenceRuleOp::getDpsInitsMutable() {
  unsigned begin = getODSOperandIndexAndLength(7).first;
  return MutableOperandRange(*this, begin, getNumOperands() - begin);
}

void SequenceRuleOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

//===----------------------------------------------------------------------===//
// Bufferization: reads its inputs, overwrites its destinations.
//===----------------------------------------------------------------------===//

bool SequenceRuleOp::bufferizesToMemoryRead(
    OpOperand &operand, const bufferization::AnalysisState &) {
  return !isDpsInit(&operand);
}

bool SequenceRuleOp::bufferizesToMemoryWrite(
    OpOperand &operand, const bufferization::AnalysisState &) {
  return isDpsInit(&operand);
}

bufferization::AliasingValueList
SequenceRuleOp::getAliasingValues(OpOperand &operand,
                                  const bufferization::AnalysisState &) {
  if (!isDpsInit(&operand))
    return {};
  return {
      {getTiedOpResult(&operand), bufferization::BufferRelation::Equivalent}};
}

LogicalResult
SequenceRuleOp::bufferize(RewriterBase &rewriter,
                          const bufferization::BufferizationOptions &options,
                          bufferization::BufferizationState &state) {
  SmallVector<Value> operands, outputs;
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    FailureOr<Value> buffer = operand.get();
    if (isa<TensorType>(operand.get().getType()))
      buffer =
          bufferization::getBuffer(rewriter, operand.get(), options, state);
    if (failed(buffer))
      return failure();
    operands.push_back(*buffer);
    if (isDpsInit(&operand))
      outputs.push_back(*buffer);
  }
  // The same op without results.
  OperationState buffered(getLoc(), getOperationName(), operands, TypeRange(),
                          getOperation()->getAttrs());
  buffered.useProperties(getProperties());
  rewriter.create(buffered);
  bufferization::replaceOpWithBufferizedValues(rewriter, *this, outputs);
  return success();
}
