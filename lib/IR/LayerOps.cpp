//===- LayerOps.cpp - Constraints and inferred types of the layer ops -----===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sequences.h"
#include "gdn/IR/Gdn.h"
#include "gdn/Support/ShapeCheck.h"

using namespace mlir;
using namespace gdn;

static RankedTensorType getRanked(Value tensor) {
  return cast<RankedTensorType>(tensor.getType());
}

static SmallVector<int64_t, 4> getSizes(Value tensor) {
  return llvm::to_vector<4>(getRanked(tensor).getShape());
}

/// Checks that `result` has the type of the operand `like`, whose shape is
/// written `letters`.
static LogicalResult expectTypeOf(Operation *op, StringRef name, Value result,
                                  StringRef letters, Value like) {
  if (failed(expectExactShape(op, name, result.getType(),
                              {letters, getSizes(like)})))
    return failure();
  return expectElements(op, name, result.getType(),
                        getRanked(like).getElementType());
}

/// Checks that `tensor` has elements of f32 or of the operand `like`.
static LogicalResult expectF32OrElementsOf(Operation *op, StringRef name,
                                           Value tensor, Value like) {
  return expectElements(
      op, name, tensor.getType(),
      {Float32Type::get(op->getContext()), getRanked(like).getElementType()});
}

//===----------------------------------------------------------------------===//
// ShortConvOp
//===----------------------------------------------------------------------===//

int64_t ShortConvOp::getSequences() {
  return countStaticSequences(getInput().getType().getDimSize(0),
                              getCuSeqlens());
}

/// C1, C2, C3, C6: the input and its filters.
static LogicalResult verifyFilters(ShortConvOp op) {
  int64_t channels = op.getInput().getType().getDimSize(2);
  int64_t width = op.getWeight().getType().getDimSize(1);
  // C1
  if (failed(expectStaticSize(op, "input", "D", channels)))
    return failure();
  // C2
  if (failed(expectStaticSize(op, "weight", "W", width)) ||
      failed(expectShape(op, "weight", op.getWeight().getType(),
                         {{"DxW", {channels, width}}})))
    return failure();
  if (width < 2 || width > 16)
    return op.emitOpError("expects W of 'weight' to be 2 to 16, but got ")
           << width;
  // C3
  if (op.getBias() && failed(expectShape(op, "bias", op.getBias().getType(),
                                         {{"D", {channels}}})))
    return failure();
  // C6
  if (failed(
          expectF32OrElementsOf(op, "weight", op.getWeight(), op.getInput())))
    return failure();
  if (!op.getBias())
    return success();
  return expectF32OrElementsOf(op, "bias", op.getBias(), op.getInput());
}

/// C4, C5, C8: sequences and their states.
static LogicalResult verifySequences(ShortConvOp op) {
  RankedTensorType input = op.getInput().getType();
  // C5
  if (Value starts = op.getCuSeqlens()) {
    int64_t batch = input.getDimSize(0);
    if (!ShapedType::isDynamic(batch) && batch != 1)
      return op.emitOpError("expects B of 'input' to be 1 with 'cu_seqlens', "
                            "but got ")
             << batch;
    if (getRanked(starts).getDimSize(0) == 0)
      return op.emitOpError(
          "expects 'cu_seqlens' to have N + 1 >= 1 elements, but got 0");
  }
  NamedShape state = {"Nx(W-1)xD",
                      {op.getSequences(),
                       op.getWeight().getType().getDimSize(1) - 1,
                       input.getDimSize(2)}};
  // C4
  if (Value initial = op.getInitialState())
    if (failed(expectShape(op, "initial_state", initial.getType(), state)) ||
        failed(expectElements(op, "initial_state", initial.getType(),
                              input.getElementType())))
      return failure();
  // C8
  state.sizes[0] = refineSequences(op.getSequences(), op.getInitialState());
  Type final = op.getFinalState().getType();
  if (failed(expectExactShape(op, "final_state", final, state)))
    return failure();
  return expectElements(op, "final_state", final, input.getElementType());
}

LogicalResult ShortConvOp::verify() {
  if (failed(verifyFilters(*this)) || // C1, C2, C3, C6
      failed(verifySequences(*this))) // C4, C5, C8
    return failure();
  // C7
  return expectTypeOf(*this, "output", getOutput(), "BxTxD", getInput());
}

LogicalResult
ShortConvOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                              ValueRange operands, DictionaryAttr attributes,
                              OpaqueProperties properties, RegionRange regions,
                              SmallVectorImpl<Type> &types) {
  ShortConvOp::Adaptor adaptor(operands, attributes, properties, regions);
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = dyn_cast<RankedTensorType>(adaptor.getWeight().getType());
  if (!input || !weight || input.getRank() != 3 || weight.getRank() != 2)
    return emitOptionalError(loc, "expects 'input' to be a tensor of B x T x "
                                  "D and 'weight' to be one of D x W");
  int64_t width = weight.getDimSize(1);
  int64_t sequences = refineSequences(
      countStaticSequences(input.getDimSize(0), adaptor.getCuSeqlens()),
      adaptor.getInitialState());
  types.push_back(input);
  types.push_back(RankedTensorType::get(
      {sequences,
       ShapedType::isDynamic(width) ? width : std::max<int64_t>(width - 1, 0),
       input.getDimSize(2)},
      input.getElementType()));
  return success();
}

//===----------------------------------------------------------------------===//
// DecayGateOp
//===----------------------------------------------------------------------===//

LogicalResult DecayGateOp::verify() {
  ArrayRef<int64_t> sizes = getInput().getType().getShape();
  bool hasChannels = sizes.size() == 4;
  // C1
  if (failed(expectStaticSize(*this, "input", "H", sizes[2])) ||
      (hasChannels && failed(expectStaticSize(*this, "input", "K", sizes[3]))))
    return failure();
  // C2
  if (failed(expectShape(*this, "a_log", getALog().getType(),
                         {{"H", {sizes[2]}}})))
    return failure();
  // C3
  NamedShape biasShape = {hasChannels ? "HxK" : "H",
                          llvm::to_vector<4>(sizes.drop_front(2))};
  if (getDtBias() &&
      failed(expectShape(*this, "dt_bias", getDtBias().getType(), biasShape)))
    return failure();
  // C4
  if (getLowerBound() && !(getLowerBound()->convertToFloat() < 0.0f))
    return emitOpError("expects 'lower_bound' to be below 0, but got ")
           << getLowerBoundAttr();
  // C5
  return expectExactShape(
      *this, "output", getOutput().getType(),
      {hasChannels ? "BxTxHxK" : "BxTxH", getSizes(getInput())});
}

LogicalResult
DecayGateOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                              ValueRange operands, DictionaryAttr attributes,
                              OpaqueProperties properties, RegionRange regions,
                              SmallVectorImpl<Type> &types) {
  DecayGateOp::Adaptor adaptor(operands, attributes, properties, regions);
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!input)
    return emitOptionalError(loc, "expects 'input' to be a ranked tensor");
  types.push_back(input.clone(Float32Type::get(context)));
  return success();
}

//===----------------------------------------------------------------------===//
// GatedRmsNormOp
//===----------------------------------------------------------------------===//

LogicalResult GatedRmsNormOp::verify() {
  SmallVector<int64_t, 4> sizes = getSizes(getInput());
  // C1
  if (failed(expectStaticSize(*this, "input", "HV", sizes[2])) ||
      failed(expectStaticSize(*this, "input", "V", sizes[3])))
    return failure();
  // C2
  if (failed(expectShape(*this, "gate", getGate().getType(),
                         {{"BxTxHVxV", sizes}})) ||
      failed(expectF32OrElementsOf(*this, "gate", getGate(), getInput())))
    return failure();
  // C3
  if (failed(expectShape(*this, "weight", getWeight().getType(),
                         {{"V", {sizes[3]}}})))
    return failure();
  // C4
  if (!(getEps().convertToFloat() >= 0.0f))
    return emitOpError("expects 'eps' to be at least 0, but got ")
           << getEpsAttr();
  // C5
  return expectTypeOf(*this, "output", getOutput(), "BxTxHVxV", getInput());
}

LogicalResult GatedRmsNormOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, ValueRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<Type> &types) {
  types.push_back(operands[0].getType());
  return success();
}

//===----------------------------------------------------------------------===//
// Results are compared by the verifiers, which say precisely what differs.
//===----------------------------------------------------------------------===//

bool ShortConvOp::isCompatibleReturnTypes(TypeRange, TypeRange) { return true; }

bool DecayGateOp::isCompatibleReturnTypes(TypeRange, TypeRange) { return true; }

bool GatedRmsNormOp::isCompatibleReturnTypes(TypeRange, TypeRange) {
  return true;
}
