//===- TileOps.cpp - Ops on the tiles of a CTA ----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;
using namespace gdn;

/// C1 to C3 of a load or a store.
static LogicalResult verifyAccess(Operation *op, TileType tile, Type container,
                                  StringRef name, OperandRange offsets) {
  auto shaped = cast<ShapedType>(container);
  if (int64_t(offsets.size()) != shaped.getRank())
    return op->emitOpError("expects ")
           << shaped.getRank() << " offsets, one for each dimension of '"
           << name << "', but got " << offsets.size();
  if (tile.getElementType() != shaped.getElementType() ||
      tile.getRank() > shaped.getRank())
    return op->emitOpError("expects 'tile' to have the element type of '")
           << name << "' and at most its rank " << shaped.getRank()
           << ", but got " << tile;
  if (tile.getRank() > 2)
    return op->emitOpError("expects 'tile' to have at most two dimensions, but "
                           "got ")
           << tile;
  // C3
  SmallVector<int64_t> sizes(shaped.getRank() - tile.getRank(), 1);
  llvm::append_range(sizes, tile.getShape());
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    int64_t available = shaped.getDimSize(dim);
    // No index is valid where there are no elements: this code never runs.
    if (available == 0 && int64_t(dim) < shaped.getRank() - tile.getRank())
      continue;
    int64_t begin = getConstantIntValue(offsets[dim]).value_or(0);
    if (!ShapedType::isDynamic(available) &&
        (begin < 0 || begin > available || size > available - begin))
      return op->emitOpError("expects 'tile' to end within dimension ")
             << dim << " of '" << name << "' = [" << available << "], but got ["
             << begin << "] + [" << size << "]";
  }
  return success();
}

LogicalResult TileLoadOp::verify() {
  return verifyAccess(*this, getTile().getType(), getSource().getType(),
                      "source", getOffsets());
}

LogicalResult TileStoreOp::verify() {
  Type dest = getDest().getType();
  bool isTensor = isa<TensorType>(dest);
  if (isTensor != bool(getResult()) ||
      (isTensor && getResult().getType() != dest))
    return emitOpError("expects a result of the type of 'dest' for a tensor "
                       "and none for a memref");
  return verifyAccess(*this, getTile().getType(), dest, "dest", getOffsets());
}

LogicalResult TileSplatOp::verify() {
  if (getTile().getType().getElementType() != getValue().getType())
    return emitOpError("expects 'tile' to have elements of ")
           << getValue().getType() << ", but got "
           << getTile().getType().getElementType();
  return success();
}

LogicalResult TileCastOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  auto from = dyn_cast<FloatType>(input.getElementType());
  auto to = dyn_cast<FloatType>(output.getElementType());
  if (!from || !to || from.getWidth() == to.getWidth() ||
      input.cloneWith(std::nullopt, to) != output)
    return emitOpError("expects 'output' to be 'input' with floats of another "
                       "width, but got ")
           << output;
  if (from.isTF32() || (to.isTF32() && !from.isF32()))
    return emitOpError("expects tf32 to be made of f32, and into nothing else, "
                       "but got ")
           << from << " and " << to;
  return success();
}

LogicalResult TileExpandOp::verify() {
  TileType input = getInput().getType(), output = getOutput().getType();
  int64_t dim = getDim();
  if (dim < 0 || dim >= output.getRank())
    return emitOpError("expects 'dim' to be a dimension of 'output', but got ")
           << dim;
  SmallVector<int64_t> shape(output.getShape());
  shape.erase(shape.begin() + dim);
  if (input.getElementType() != output.getElementType() ||
      input.getShape() != ArrayRef<int64_t>(shape))
    return emitOpError("expects 'input' to be 'output' without dimension ")
           << dim << ", but got " << input;
  auto slice = dyn_cast<SliceLayoutAttr>(input.getLayout());
  if (!slice || slice.getDim() != dim ||
      slice.getParent() != output.getLayout())
    return emitOpError("expects the layout of 'input' to be a slice of that of "
                       "'output' along dimension ")
           << dim;
  return success();
}

LogicalResult TileSumOp::verify() {
  TileType input = getInput().getType();
  if (input.getRank() != 1 || !input.getElementType().isF32())
    return emitOpError("expects 'input' to be a tile of rank 1 of f32, but "
                       "got ")
           << input;
  if (input.getLayout().getWarpsAlong(0) != 1)
    return emitOpError("expects one warp to cover 'input', but got ")
           << input.getLayout().getWarpsAlong(0);
  return success();
}

LogicalResult TileContractOp::verify() {
  TileType matrix = getMatrix().getType();
  if (matrix.getRank() != 2 || !matrix.getElementType().isF32())
    return emitOpError("expects 'matrix' to be a tile of rank 2 of f32, but "
                       "got ")
           << matrix;
  auto getSlice = [&](int64_t dim) {
    auto layout = SliceLayoutAttr::get(getContext(), dim, matrix.getLayout());
    return TileType::get(getContext(), {matrix.getDimSize(1 - dim)},
                         matrix.getElementType(), layout);
  };
  if (getVector().getType() != getSlice(1))
    return emitOpError("expects 'vector' to be ")
           << getSlice(1) << ", but got " << getVector().getType();
  if (getOutput().getType() != getSlice(0))
    return emitOpError("expects 'output' to be ")
           << getSlice(0) << ", but got " << getOutput().getType();
  if (matrix.getLayout().getWarpsAlong(0) != 1)
    return emitOpError("expects one warp to cover the rows of 'matrix', but "
                       "got ")
           << matrix.getLayout().getWarpsAlong(0);
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void TileLoadOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  if (isa<MemRefType>(getSource().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getSourceMutable());
}

void TileStoreOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  if (isa<MemRefType>(getDest().getType()))
    effects.emplace_back(MemoryEffects::Write::get(), &getDestMutable());
}

/// The part of a tensor of rank `offsets.size()` that a tile covers.
static HyperrectangularSlice getSlice(TileType tile, ValueRange offsets) {
  Builder builder(tile.getContext());
  SmallVector<OpFoldResult> sizes(offsets.size() - tile.getRank(),
                                  builder.getIndexAttr(1));
  for (int64_t size : tile.getShape())
    sizes.push_back(builder.getIndexAttr(size));
  SmallVector<OpFoldResult> strides(offsets.size(), builder.getIndexAttr(1));
  return HyperrectangularSlice(getAsOpFoldResult(offsets), sizes, strides);
}

FailureOr<HyperrectangularSlice>
TileLoadOp::getAccessedHyperrectangularSlice() {
  return getSlice(getTile().getType(), getOffsets());
}

OpOperand &TileLoadOp::getSourceOperand() { return getSourceMutable(); }

FailureOr<HyperrectangularSlice>
TileStoreOp::getAccessedHyperrectangularSlice() {
  return getSlice(getTile().getType(), getOffsets());
}

OpOperand &TileStoreOp::getSourceOperand() { return getTileMutable(); }

Value TileStoreOp::buildSubsetExtraction(OpBuilder &builder, Location loc) {
  return TileLoadOp::create(builder, loc, getTile().getType(), getDest(),
                            getOffsets());
}

SmallVector<Value> TileStoreOp::getValuesNeededToBuildSubsetExtraction() {
  SmallVector<Value> values = {getDest()};
  llvm::append_range(values, getOffsets());
  return values;
}

//===----------------------------------------------------------------------===//
// Bufferization
//===----------------------------------------------------------------------===//

bool TileLoadOp::bufferizesToMemoryRead(OpOperand &,
                                        const bufferization::AnalysisState &) {
  return true;
}

bool TileLoadOp::bufferizesToMemoryWrite(OpOperand &,
                                         const bufferization::AnalysisState &) {
  return false;
}

bufferization::AliasingValueList
TileLoadOp::getAliasingValues(OpOperand &,
                              const bufferization::AnalysisState &) {
  return {};
}

LogicalResult
TileLoadOp::bufferize(RewriterBase &rewriter,
                      const bufferization::BufferizationOptions &options,
                      bufferization::BufferizationState &state) {
  FailureOr<Value> buffer =
      bufferization::getBuffer(rewriter, getSource(), options, state);
  if (failed(buffer))
    return failure();
  auto load = TileLoadOp::create(rewriter, getLoc(), getTile().getType(),
                                 *buffer, getOffsets());
  bufferization::replaceOpWithBufferizedValues(rewriter, *this,
                                               load->getResults());
  return success();
}

/// A store keeps the part of its tensor that it does not write.
bool TileStoreOp::bufferizesToMemoryRead(OpOperand &operand,
                                         const bufferization::AnalysisState &) {
  return isDpsInit(&operand) &&
         getTile().getType().getShape() !=
             cast<ShapedType>(getDest().getType()).getShape();
}

bool TileStoreOp::bufferizesToMemoryWrite(
    OpOperand &operand, const bufferization::AnalysisState &) {
  return isDpsInit(&operand);
}

bufferization::AliasingValueList
TileStoreOp::getAliasingValues(OpOperand &operand,
                               const bufferization::AnalysisState &) {
  if (!isDpsInit(&operand))
    return {};
  return {
      {cast<OpResult>(getResult()), bufferization::BufferRelation::Equivalent}};
}

LogicalResult
TileStoreOp::bufferize(RewriterBase &rewriter,
                       const bufferization::BufferizationOptions &options,
                       bufferization::BufferizationState &state) {
  FailureOr<Value> buffer =
      bufferization::getBuffer(rewriter, getDest(), options, state);
  if (failed(buffer))
    return failure();
  TileStoreOp::create(rewriter, getLoc(), /*result=*/Type(), getTile(), *buffer,
                      getOffsets());
  bufferization::replaceOpWithBufferizedValues(rewriter, *this, *buffer);
  return success();
}
