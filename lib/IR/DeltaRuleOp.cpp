//===- DeltaRuleOp.cpp - Constraints and inferred types of the rule -------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sequences.h"
#include "gdn/IR/Gdn.h"
#include "gdn/Support/ShapeCheck.h"

#include <cmath>

using namespace mlir;
using namespace gdn;

int64_t DeltaRuleOp::getSequences() {
  return countStaticSequences(getBatch(), getCuSeqlens());
}

double DeltaRuleOp::getScaleValue() {
  if (std::optional<APFloat> scale = getScale())
    return scale->convertToFloat();
  return 1.0 / std::sqrt(double(getKeyChannels()));
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// The shapes of a gate over `heads` (letters and sizes), with or without
/// channels.
static SmallVector<NamedShape>
getGateShapes(DeltaRuleOp op,
              ArrayRef<std::pair<StringRef, int64_t>> headShapes,
              ArrayRef<StringRef> channelLetters, int64_t channels) {
  SmallVector<NamedShape> shapes;
  for (auto [letters, heads] : headShapes)
    shapes.push_back({letters, {op.getBatch(), op.getTokens(), heads}});
  for (auto [shape, letters] : llvm::zip(headShapes, channelLetters))
    shapes.push_back(
        {letters, {op.getBatch(), op.getTokens(), shape.second, channels}});
  return shapes;
}

/// C6, C7: a gate on the key axis has H or HV heads.
static LogicalResult verifyKeyGate(DeltaRuleOp op, StringRef name, Value gate) {
  if (!gate)
    return success();
  SmallVector<std::pair<StringRef, int64_t>> heads = {
      {"BxTxH", op.getKeyHeads()}};
  if (op.getKeyHeads() != op.getValueHeads())
    heads.push_back({"BxTxHV", op.getValueHeads()});
  return expectShape(
      op, name, gate.getType(),
      getGateShapes(op, heads, {"BxTxHxK", "BxTxHVxK"}, op.getKeyChannels()));
}

/// C8: the write gate is on the value axis.
static LogicalResult verifyWriteGate(DeltaRuleOp op) {
  if (!op.getWrite())
    return success();
  return expectShape(op, "write", op.getWrite().getType(),
                     getGateShapes(op, {{"BxTxHV", op.getValueHeads()}},
                                   {"BxTxHVxV"}, op.getValueChannels()));
}

/// C1 to C5: queries, keys and values.
static LogicalResult verifyTokens(DeltaRuleOp op) {
  // C1
  if (failed(expectStaticSize(op, "query", "H", op.getKeyHeads())) ||
      failed(expectStaticSize(op, "query", "K", op.getKeyChannels())))
    return failure();
  // C2
  if (failed(expectShape(
          op, "key", op.getKey().getType(),
          {{"BxTxHxK",
            llvm::to_vector<4>(op.getQuery().getType().getShape())}})))
    return failure();
  // C3
  if (failed(expectStaticSize(op, "value", "HV", op.getValueHeads())) ||
      failed(expectStaticSize(op, "value", "V", op.getValueChannels())) ||
      failed(expectShape(op, "value", op.getValue().getType(),
                         {{"BxTxHVxV",
                           {op.getBatch(), op.getTokens(), op.getValueHeads(),
                            op.getValueChannels()}}})))
    return failure();
  // C4
  if (op.getValueHeads() % op.getKeyHeads() != 0)
    return op.emitOpError("expects HV of 'value' to be a multiple of H = ")
           << op.getKeyHeads() << ", but got " << op.getValueHeads();
  // C5
  Type element = op.getQuery().getType().getElementType();
  if (failed(expectElements(op, "key", op.getKey().getType(), element)))
    return failure();
  return expectElements(op, "value", op.getValue().getType(), element);
}

/// C9: a gate is f32 or as precise as the queries.
static LogicalResult verifyGateElements(DeltaRuleOp op) {
  Type f32 = Float32Type::get(op.getContext());
  Type element = op.getQuery().getType().getElementType();
  for (auto [name, gate] : {std::pair<StringRef, Value>{"decay", op.getDecay()},
                            {"erase", op.getErase()},
                            {"write", op.getWrite()}})
    if (gate &&
        failed(expectElements(op, name, gate.getType(), {f32, element})))
      return failure();
  return success();
}

/// C10, C11, C13: sequences and their states.
static LogicalResult verifySequences(DeltaRuleOp op) {
  // C11
  if (Value starts = op.getCuSeqlens()) {
    if (!ShapedType::isDynamic(op.getBatch()) && op.getBatch() != 1)
      return op.emitOpError("expects B of 'query' to be 1 with 'cu_seqlens', "
                            "but got ")
             << op.getBatch();
    if (cast<RankedTensorType>(starts.getType()).getDimSize(0) == 0)
      return op.emitOpError(
          "expects 'cu_seqlens' to have N + 1 >= 1 elements, but got 0");
  }
  SmallVector<NamedShape> state = {
      {"NxHVxKxV",
       {op.getSequences(), op.getValueHeads(), op.getKeyChannels(),
        op.getValueChannels()}}};
  // C10
  if (op.getInitialState() &&
      failed(expectShape(op, "initial_state", op.getInitialState().getType(),
                         state)))
    return failure();
  // C13
  state[0].sizes[0] = refineSequences(op.getSequences(), op.getInitialState());
  return expectExactShape(op, "final_state", op.getFinalState().getType(),
                          state[0]);
}

LogicalResult DeltaRuleOp::verify() {
  if (failed(verifyTokens(*this)) ||
      failed(verifyKeyGate(*this, "decay", getDecay())) || // C6
      failed(verifyKeyGate(*this, "erase", getErase())) || // C7
      failed(verifyWriteGate(*this)) ||                    // C8
      failed(verifyGateElements(*this)) ||                 // C9
      failed(verifySequences(*this)))                      // C10, C11, C13
    return failure();
  // C12
  if (failed(expectExactShape(
          *this, "output", getOutput().getType(),
          {"BxTxHVxV", llvm::to_vector<4>(getValue().getType().getShape())})) ||
      failed(expectElements(*this, "output", getOutput().getType(),
                            getValue().getType().getElementType())))
    return failure();
  // C14
  if (getScale() && !getScale()->isFinite())
    return emitOpError("expects 'scale' to be finite");
  // C15
  return getSchedule() ? getSchedule()->verifyRule(*this) : success();
}

//===----------------------------------------------------------------------===//
// Inferred types
//===----------------------------------------------------------------------===//

LogicalResult
DeltaRuleOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                              ValueRange operands, DictionaryAttr attributes,
                              OpaqueProperties properties, RegionRange regions,
                              SmallVectorImpl<Type> &types) {
  DeltaRuleOp::Adaptor adaptor(operands, attributes, properties, regions);
  auto query = dyn_cast<RankedTensorType>(adaptor.getQuery().getType());
  auto value = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!query || !value || query.getRank() != 4 || value.getRank() != 4)
    return emitOptionalError(loc, "expects 'query' and 'value' to be ranked "
                                  "tensors of four dimensions");
  int64_t sequences = refineSequences(
      countStaticSequences(query.getDimSize(0), adaptor.getCuSeqlens()),
      adaptor.getInitialState());
  types.push_back(value);
  types.push_back(
      RankedTensorType::get({sequences, value.getDimSize(2),
                             query.getDimSize(3), value.getDimSize(3)},
                            Float32Type::get(context)));
  return success();
}

/// Results may be known better or worse than their inferred types; the
/// verifier says precisely what does not fit.
bool DeltaRuleOp::isCompatibleReturnTypes(TypeRange, TypeRange) { return true; }
