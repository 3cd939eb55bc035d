//===- TileLayouts.cpp - Layouts of tiles ---------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gdn;

#include "gdn/IR/GdnAttrInterfaces.cpp.inc"

static constexpr int64_t warpSize = 32;

static int64_t product(ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result *= value;
  return result;
}

/// Fails unless each dimension is a multiple of the layout's block.
static LogicalResult verifyBlocks(function_ref<InFlightDiagnostic()> emitError,
                                  TileLayoutInterface layout,
                                  ArrayRef<int64_t> shape) {
  for (auto [dim, size] : llvm::enumerate(shape))
    if (size % layout.getBlock(dim) != 0)
      return emitError() << "expects dimension " << dim
                         << " of a tile to be a multiple of "
                         << layout.getBlock(dim) << ", but got " << size;
  return success();
}

//===----------------------------------------------------------------------===//
// BlockedLayoutAttr
//===----------------------------------------------------------------------===//

LogicalResult
BlockedLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          ArrayRef<int64_t> perLane, ArrayRef<int64_t> lanes,
                          ArrayRef<int64_t> warps) {
  if (perLane.size() != lanes.size() || lanes.size() != warps.size())
    return emitError()
           << "expects per_lane, lanes and warps to have the same rank";
  // Products of these must not overflow.
  auto isSmall = [](int64_t value) { return value >= 1 && value <= 1024; };
  if (!llvm::all_of(perLane, isSmall) || !llvm::all_of(warps, isSmall) ||
      !llvm::all_of(lanes, [](int64_t value) {
        return value >= 1 && value <= warpSize && llvm::isPowerOf2_64(value);
      }))
    return emitError() << "expects per_lane and warps to be 1 to 1024, and "
                          "lanes to be powers of 2";
  if (product(lanes) > warpSize)
    return emitError() << "expects lanes to multiply to at most " << warpSize
                       << ", but got " << product(lanes);
  return success();
}

int64_t BlockedLayoutAttr::getRank() const { return getLanes().size(); }

LogicalResult
BlockedLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape) const {
  return verifyBlocks(emitError, *this, shape);
}

SmallVector<int64_t>
BlockedLayoutAttr::getRegisterShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> registers;
  for (auto [dim, size] : llvm::enumerate(shape))
    registers.push_back(size / (getLanes()[dim] * getWarps()[dim]));
  return registers;
}

int64_t BlockedLayoutAttr::getRunLength(int64_t dim) const {
  return getPerLane()[dim];
}

int64_t BlockedLayoutAttr::getBlock(int64_t dim) const {
  return getPerLane()[dim] * getLanes()[dim] * getWarps()[dim];
}

int64_t BlockedLayoutAttr::getOffset(int64_t dim, int64_t reg) const {
  int64_t block = getPerLane()[dim];
  int64_t stride = block * getLanes()[dim] * getWarps()[dim];
  return reg / block * stride + reg % block;
}

int64_t BlockedLayoutAttr::getWarpsAlong(int64_t dim) const {
  return getWarps()[dim];
}

SmallVector<int64_t> BlockedLayoutAttr::getLaneMasks(int64_t dim) const {
  int64_t stride = product(getLanes().drop_front(dim + 1));
  SmallVector<int64_t> masks;
  for (int64_t mask = 1; mask < getLanes()[dim]; mask *= 2)
    masks.push_back(mask * stride);
  return masks;
}

/// (value / stride) % size, for a `value` below `stride * size * more`.
static Value buildDigit(OpBuilder &builder, Location loc, Value value,
                        int64_t stride, int64_t size, bool isLast) {
  auto constant = [&](int64_t number) {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  if (size == 1)
    return constant(0);
  if (stride != 1)
    value = builder.createOrFold<arith::DivUIOp>(loc, value, constant(stride));
  if (isLast)
    return value;
  return builder.createOrFold<arith::RemUIOp>(loc, value, constant(size));
}

Value BlockedLayoutAttr::buildFirstIndex(OpBuilder &builder, Location loc,
                                         Value thread, int64_t dim) const {
  auto constant = [&](int64_t number) {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  Value lane =
      buildDigit(builder, loc, thread, product(getLanes().drop_front(dim + 1)),
                 getLanes()[dim], /*isLast=*/false);
  Value warp = buildDigit(builder, loc, thread,
                          warpSize * product(getWarps().drop_front(dim + 1)),
                          getWarps()[dim], /*isLast=*/dim == 0);
  Value block = builder.createOrFold<arith::AddIOp>(
      loc,
      builder.createOrFold<arith::MulIOp>(loc, warp, constant(getLanes()[dim])),
      lane);
  return builder.createOrFold<arith::MulIOp>(loc, block,
                                             constant(getPerLane()[dim]));
}

Value BlockedLayoutAttr::buildIsFirstHolder(OpBuilder &builder, Location loc,
                                            Value thread) const {
  int64_t lanes = product(getLanes());
  if (lanes == warpSize)
    return Value();
  Value lane = buildDigit(builder, loc, thread, 1, warpSize, /*isLast=*/false);
  return arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ult, lane,
      arith::ConstantIndexOp::create(builder, loc, lanes));
}

//===----------------------------------------------------------------------===//
// MmaLayoutAttr
//===----------------------------------------------------------------------===//

LogicalResult
MmaLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      ArrayRef<int64_t> warps) {
  if (warps.size() != 2)
    return emitError() << "expects warps along two dimensions, but got "
                       << warps.size();
  if (!llvm::all_of(warps, [](int64_t count) {
        return count >= 1 && count <= 32 && llvm::isPowerOf2_64(count);
      }))
    return emitError() << "expects warps to be powers of 2 up to 32";
  return success();
}

int64_t MmaLayoutAttr::getRank() const { return 2; }

LogicalResult
MmaLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                          ArrayRef<int64_t> shape) const {
  return verifyBlocks(emitError, *this, shape);
}

SmallVector<int64_t>
MmaLayoutAttr::getRegisterShape(ArrayRef<int64_t> shape) const {
  return {shape[0] / getWarps()[0] / 8, shape[1] / getWarps()[1] / 4};
}

int64_t MmaLayoutAttr::getRunLength(int64_t) const { return 1; }

int64_t MmaLayoutAttr::getBlock(int64_t dim) const {
  int64_t warps = getWarps()[dim];
  // A warp has two blocks of 8 rows before the next warp's begin.
  return (dim == 0 && warps > 1 ? 16 : 8) * warps;
}

int64_t MmaLayoutAttr::getOffset(int64_t dim, int64_t reg) const {
  int64_t warps = getWarps()[dim];
  return dim == 1 ? reg / 2 * 8 * warps + reg % 2 * 4
                  : reg / 2 * 16 * warps + reg % 2 * 8;
}

int64_t MmaLayoutAttr::getWarpsAlong(int64_t dim) const {
  return getWarps()[dim];
}

SmallVector<int64_t> MmaLayoutAttr::getLaneMasks(int64_t dim) const {
  if (dim == 1)
    return {1, 2};
  return {4, 8, 16};
}

Value MmaLayoutAttr::buildFirstIndex(OpBuilder &builder, Location loc,
                                     Value thread, int64_t dim) const {
  auto scale = [&](Value value, int64_t factor) {
    return builder.createOrFold<arith::MulIOp>(
        loc, value, arith::ConstantIndexOp::create(builder, loc, factor));
  };
  Value warp = buildDigit(builder, loc, thread,
                          warpSize * product(getWarps().drop_front(dim + 1)),
                          getWarps()[dim], /*isLast=*/false);
  bool isColumn = dim == 1;
  Value lane = buildDigit(builder, loc, thread, isColumn ? 1 : 4,
                          isColumn ? 4 : 8, /*isLast=*/false);
  return builder.createOrFold<arith::AddIOp>(
      loc, scale(warp, isColumn ? 8 : 16), lane);
}

Value MmaLayoutAttr::buildIsFirstHolder(OpBuilder &, Location, Value) const {
  return Value();
}

//===----------------------------------------------------------------------===//
// FactorLayoutAttr, PairsLayoutAttr
//===----------------------------------------------------------------------===//

static LogicalResult
verifyWarpCount(function_ref<InFlightDiagnostic()> emitError, int64_t warps) {
  if (warps >= 1 && warps <= 32 && llvm::isPowerOf2_64(warps))
    return success();
  return emitError() << "expects warps to be a power of 2 up to 32, but got "
                     << warps;
}

/// Which of 8 rows a lane has: number lane / 4 of 0, 4, 1, 5, 2, 6, 3, 7.
static Value buildFactorRow(OpBuilder &builder, Location loc, Value thread) {
  auto constant = [&](int64_t number) {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  Value half = buildDigit(builder, loc, thread, 4, 2, /*isLast=*/false);
  Value inHalf = buildDigit(builder, loc, thread, 8, 4, /*isLast=*/false);
  return builder.createOrFold<arith::AddIOp>(
      loc, inHalf, builder.createOrFold<arith::MulIOp>(loc, half, constant(4)));
}

/// Lanes whose rows differ in one bit of their numbers, from the lowest on.
static SmallVector<int64_t> getFactorRowMasks() { return {8, 16, 4}; }

LogicalResult
FactorLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t warps) {
  return verifyWarpCount(emitError, warps);
}

int64_t FactorLayoutAttr::getRank() const { return 2; }

LogicalResult
FactorLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<int64_t> shape) const {
  return verifyBlocks(emitError, *this, shape);
}

SmallVector<int64_t>
FactorLayoutAttr::getRegisterShape(ArrayRef<int64_t> shape) const {
  return {shape[0] / 8, shape[1] / (4 * getWarps())};
}

int64_t FactorLayoutAttr::getRunLength(int64_t dim) const {
  return dim == 1 ? 8 : 1;
}

int64_t FactorLayoutAttr::getBlock(int64_t dim) const {
  return dim == 1 ? 32 * getWarps() : 8;
}

int64_t FactorLayoutAttr::getOffset(int64_t dim, int64_t reg) const {
  return dim == 1 ? reg / 8 * getBlock(1) + reg % 8 : 8 * reg;
}

int64_t FactorLayoutAttr::getWarpsAlong(int64_t dim) const {
  return dim == 1 ? getWarps() : 1;
}

SmallVector<int64_t> FactorLayoutAttr::getLaneMasks(int64_t dim) const {
  if (dim == 0)
    return getFactorRowMasks();
  return {1, 2};
}

Value FactorLayoutAttr::buildFirstIndex(OpBuilder &builder, Location loc,
                                        Value thread, int64_t dim) const {
  if (dim == 0)
    return buildFactorRow(builder, loc, thread);
  auto scale = [&](Value value, int64_t factor) {
    return builder.createOrFold<arith::MulIOp>(
        loc, value, arith::ConstantIndexOp::create(builder, loc, factor));
  };
  Value warp = buildDigit(builder, loc, thread, warpSize, getWarps(),
                          /*isLast=*/false);
  Value lane = buildDigit(builder, loc, thread, 1, 4, /*isLast=*/false);
  return builder.createOrFold<arith::AddIOp>(loc, scale(warp, 32),
                                             scale(lane, 8));
}

Value FactorLayoutAttr::buildIsFirstHolder(OpBuilder &, Location, Value) const {
  return Value();
}

LogicalResult
PairsLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t warps) {
  return verifyWarpCount(emitError, warps);
}

int64_t PairsLayoutAttr::getRank() const { return 3; }

LogicalResult
PairsLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                            ArrayRef<int64_t> shape) const {
  if (shape[0] != getWarps())
    return emitError() << "expects a matrix for each of " << getWarps()
                       << " warps, but got " << shape[0];
  return verifyBlocks(emitError, *this, shape);
}

SmallVector<int64_t>
PairsLayoutAttr::getRegisterShape(ArrayRef<int64_t> shape) const {
  return {shape[0] / getWarps(), shape[1] / 8, shape[2] / 4};
}

int64_t PairsLayoutAttr::getRunLength(int64_t) const { return 1; }

int64_t PairsLayoutAttr::getBlock(int64_t dim) const {
  return dim == 0 ? getWarps() : 8;
}

int64_t PairsLayoutAttr::getOffset(int64_t dim, int64_t reg) const {
  if (dim == 0)
    return reg * getWarps();
  return dim == 1 ? 8 * reg : reg / 2 * 8 + reg % 2 * 4;
}

int64_t PairsLayoutAttr::getWarpsAlong(int64_t dim) const {
  return dim == 0 ? getWarps() : 1;
}

SmallVector<int64_t> PairsLayoutAttr::getLaneMasks(int64_t dim) const {
  if (dim == 0)
    return {};
  return dim == 1 ? getFactorRowMasks() : SmallVector<int64_t>{1, 2};
}

Value PairsLayoutAttr::buildFirstIndex(OpBuilder &builder, Location loc,
                                       Value thread, int64_t dim) const {
  if (dim == 0)
    return buildDigit(builder, loc, thread, warpSize, getWarps(),
                      /*isLast=*/false);
  if (dim == 1)
    return buildFactorRow(builder, loc, thread);
  return buildDigit(builder, loc, thread, 1, 4, /*isLast=*/false);
}

Value PairsLayoutAttr::buildIsFirstHolder(OpBuilder &, Location, Value) const {
  return Value();
}

//===----------------------------------------------------------------------===//
// SliceLayoutAttr
//===----------------------------------------------------------------------===//

LogicalResult
SliceLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t dim, TileLayoutInterface parent) {
  if (dim < 0 || dim >= parent.getRank() || parent.getRank() < 2)
    return emitError() << "expects a dimension of a layout of rank 2 or more, "
                          "but got "
                       << dim << " of rank " << parent.getRank();
  return success();
}

int64_t SliceLayoutAttr::getRank() const { return getParent().getRank() - 1; }

/// The dimension of the parent that dimension `dim` of the slice is.
static int64_t getParentDim(SliceLayoutAttr layout, int64_t dim) {
  return dim < layout.getDim() ? dim : dim + 1;
}

/// `shape` with one block of the parent along the dimension left out.
static SmallVector<int64_t> getParentShape(SliceLayoutAttr layout,
                                           ArrayRef<int64_t> shape) {
  int64_t dim = layout.getDim();
  SmallVector<int64_t> parentShape(shape);
  parentShape.insert(parentShape.begin() + dim,
                     layout.getParent().getBlock(dim));
  return parentShape;
}

LogicalResult
SliceLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                            ArrayRef<int64_t> shape) const {
  return getParent().verifyTile(emitError, getParentShape(*this, shape));
}

SmallVector<int64_t>
SliceLayoutAttr::getRegisterShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> registers =
      getParent().getRegisterShape(getParentShape(*this, shape));
  registers.erase(registers.begin() + getDim());
  return registers;
}

int64_t SliceLayoutAttr::getRunLength(int64_t dim) const {
  return getParent().getRunLength(getParentDim(*this, dim));
}

int64_t SliceLayoutAttr::getBlock(int64_t dim) const {
  return getParent().getBlock(getParentDim(*this, dim));
}

int64_t SliceLayoutAttr::getOffset(int64_t dim, int64_t reg) const {
  return getParent().getOffset(getParentDim(*this, dim), reg);
}

int64_t SliceLayoutAttr::getWarpsAlong(int64_t dim) const {
  return getParent().getWarpsAlong(getParentDim(*this, dim));
}

SmallVector<int64_t> SliceLayoutAttr::getLaneMasks(int64_t dim) const {
  return getParent().getLaneMasks(getParentDim(*this, dim));
}

Value SliceLayoutAttr::buildFirstIndex(OpBuilder &builder, Location loc,
                                       Value thread, int64_t dim) const {
  return getParent().buildFirstIndex(builder, loc, thread,
                                     getParentDim(*this, dim));
}

Value SliceLayoutAttr::buildIsFirstHolder(OpBuilder &builder, Location loc,
                                          Value thread) const {
  Value index = getParent().buildFirstIndex(builder, loc, thread, getDim());
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        index, zero);
  if (Value outer = getParent().buildIsFirstHolder(builder, loc, thread))
    isFirst = arith::AndIOp::create(builder, loc, isFirst, outer);
  return isFirst;
}
