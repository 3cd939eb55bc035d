//===- ChunkOps.cpp - Constraints and inferred types of level 2 -----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Support/ShapeCheck.h"

using namespace mlir;
using namespace gdn;

static SmallVector<int64_t, 4> getSizes(Value tensor) {
  return llvm::to_vector<4>(
      cast<RankedTensorType>(tensor.getType()).getShape());
}

static LogicalResult expectStaticShape(Operation *op, StringRef name,
                                       Value tensor) {
  // A dynamic size is negative.
  if (llvm::all_of(cast<RankedTensorType>(tensor.getType()).getShape(),
                   [](int64_t size) { return size >= 1; }))
    return success();
  return op->emitOpError("expects '")
         << name << "' to have static sizes of at least 1, but got "
         << tensor.getType();
}

//===----------------------------------------------------------------------===//
// ChunkScanOp
//===----------------------------------------------------------------------===//

LogicalResult ChunkScanOp::verify() {
  return expectStaticShape(*this, "input", getInput()); // C1
}

//===----------------------------------------------------------------------===//
// ChunkScoresOp
//===----------------------------------------------------------------------===//

LogicalResult ChunkScoresOp::verify() {
  SmallVector<int64_t, 4> sizes = getSizes(getKey());
  // C1
  if (failed(expectStaticShape(*this, "key", getKey())) ||
      failed(
          expectShape(*this, "query", getQuery().getType(), {{"CxK", sizes}})))
    return failure();
  if (getErase() && failed(expectShape(*this, "erase", getErase().getType(),
                                       {{"CxK", sizes}})))
    return failure();
  // C2
  if (getDecay() && failed(expectShape(*this, "decay", getDecay().getType(),
                                       {{"C", {sizes[0]}}, {"CxK", sizes}})))
    return failure();
  // C3
  SmallVector<int64_t, 4> square = {sizes[0], sizes[0]};
  if (bool(getErased()) != bool(getErase()))
    return emitOpError("expects 'erased' exactly when there is 'erase'");
  if (failed(expectShape(*this, "scores", getScores().getType(),
                         {{"CxC", square}})) ||
      (getErased() && failed(expectShape(*this, "erased", getErased().getType(),
                                         {{"CxC", square}}))))
    return failure();
  return expectShape(*this, "tail", getTail().getType(),
                     {{"KxC", {sizes[1], sizes[0]}}});
}

LogicalResult ChunkScoresOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, ValueRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<Type> &types) {
  ChunkScoresOp::Adaptor adaptor(operands, attributes, properties, regions);
  auto key = cast<RankedTensorType>(adaptor.getKey().getType());
  int64_t tokens = key.getDimSize(0), channels = key.getDimSize(1);
  auto square =
      RankedTensorType::get({tokens, tokens}, Float32Type::get(context));
  types.append(adaptor.getErase() ? 2 : 1, square);
  types.push_back(
      RankedTensorType::get({channels, tokens}, Float32Type::get(context)));
  return success();
}

//===----------------------------------------------------------------------===//
// ChunkSolveOp
//===----------------------------------------------------------------------===//

LogicalResult ChunkSolveOp::verify() {
  // C1
  if (failed(expectStaticShape(*this, "rhs", getRhs())))
    return failure();
  int64_t tokens = getRhs().getType().getDimSize(0);
  return expectShape(*this, "lower", getLower().getType(),
                     {{"CxC", {tokens, tokens}}});
}

//===----------------------------------------------------------------------===//
// RecurrentStepOp
//===----------------------------------------------------------------------===//

LogicalResult RecurrentStepOp::verify() {
  int64_t channels = getKey().getType().getDimSize(1);
  int64_t values = getValue().getType().getDimSize(1);
  NamedShape row = {"1xK", {1, channels}};
  // C1
  if (failed(expectStaticShape(*this, "key", getKey())) ||
      failed(expectShape(*this, "key", getKey().getType(), row)) ||
      failed(expectShape(*this, "query", getQuery().getType(), row)) ||
      (getErase() &&
       failed(expectShape(*this, "erase", getErase().getType(), row))))
    return failure();
  // C2
  if (failed(expectStaticShape(*this, "value", getValue())) ||
      failed(expectShape(*this, "value", getValue().getType(),
                         {{"1xV", {1, values}}})))
    return failure();
  // C3
  if (getDecay() && failed(expectShape(*this, "decay", getDecay().getType(),
                                       {{"1", {1}}, row})))
    return failure();
  // C4, C5
  NamedShape state = {"KxV", {channels, values}};
  if (failed(expectShape(*this, "state", getState().getType(), state)) ||
      failed(expectShape(*this, "output", getOutput().getType(),
                         {{"1xV", {1, values}}})))
    return failure();
  return expectShape(*this, "output_state", getOutputState().getType(), state);
}

LogicalResult RecurrentStepOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, ValueRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<Type> &types) {
  RecurrentStepOp::Adaptor adaptor(operands, attributes, properties, regions);
  types.push_back(adaptor.getValue().getType());
  types.push_back(adaptor.getState().getType());
  return success();
}
