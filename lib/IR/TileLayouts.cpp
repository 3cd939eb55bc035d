//===- TileLayouts.cpp - Schedules, layouts and the tile type -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gdn;

#include "gdn/IR/GdnAttrInterfaces.cpp.inc"

static constexpr int64_t warpSize = 32;
/// The most shared memory that a CTA of any chip can take.
static constexpr int64_t maxSharedBytes = 227 << 10;

static int64_t product(ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result *= value;
  return result;
}

//===----------------------------------------------------------------------===//
// ScheduleAttr
//===----------------------------------------------------------------------===//

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   KernelForm form, int64_t keyLanes,
                                   int64_t warps, int64_t stages,
                                   int64_t idleShared, int64_t minCtas) {
  if (keyLanes < 1 || keyLanes > warpSize || !llvm::isPowerOf2_64(keyLanes))
    return emitError() << "expects key_lanes to be a power of 2 from 1 to "
                       << warpSize << ", but got " << keyLanes;
  if (warps < 1 || warps > 32)
    return emitError() << "expects warps to be 1 to 32, but got " << warps;
  if (stages < 1 || stages > 8)
    return emitError() << "expects stages to be 1 to 8, but got " << stages;
  if (idleShared < 0 || idleShared > maxSharedBytes)
    return emitError() << "expects idle_shared to be 0 to " << maxSharedBytes
                       << ", but got " << idleShared;
  if (minCtas < 0 || minCtas > 32)
    return emitError() << "expects min_ctas to be 0 to 32, but got " << minCtas;
  return success();
}

BlockedLayoutAttr ScheduleAttr::getStateLayout(int64_t keyChannels) const {
  // Up to 8 neighbouring rows in a lane: 16 bytes of a key in bf16.
  int64_t rows = std::gcd(keyChannels / getKeyLanes(), int64_t(8));
  return BlockedLayoutAttr::get(getContext(), {rows, 4},
                                {getKeyLanes(), warpSize / getKeyLanes()},
                                {1, getWarps()});
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
  if (product(lanes) != warpSize)
    return emitError() << "expects lanes to multiply to " << warpSize
                       << ", but got " << product(lanes);
  return success();
}

int64_t BlockedLayoutAttr::getRank() const { return getLanes().size(); }

LogicalResult
BlockedLayoutAttr::verifyTile(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape) const {
  for (auto [dim, size] : llvm::enumerate(shape)) {
    int64_t block = getPerLane()[dim] * getLanes()[dim] * getWarps()[dim];
    if (size % block != 0)
      return emitError() << "expects dimension " << dim
                         << " of a tile to be a multiple of " << block
                         << ", but got " << size;
  }
  return success();
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

Value BlockedLayoutAttr::buildIsFirstHolder(OpBuilder &, Location,
                                            Value) const {
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
  TileLayoutInterface parent = layout.getParent();
  int64_t dim = layout.getDim();
  int64_t block = parent.getRunLength(dim) * parent.getWarpsAlong(dim)
                  << parent.getLaneMasks(dim).size();
  SmallVector<int64_t> parentShape(shape);
  parentShape.insert(parentShape.begin() + dim, block);
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

//===----------------------------------------------------------------------===//
// TileType
//===----------------------------------------------------------------------===//

LogicalResult TileType::verify(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> shape, Type elementType,
                               TileLayoutInterface layout) {
  if (!elementType.isIntOrFloat())
    return emitError() << "expects the elements of a tile to be integers or "
                          "floats, but got "
                       << elementType;
  if (!llvm::all_of(shape, [](int64_t size) { return size >= 1; }))
    return emitError() << "expects the sizes of a tile to be at least 1";
  if (int64_t(shape.size()) != layout.getRank())
    return emitError() << "expects a tile of rank " << layout.getRank()
                       << ", that of its layout, but got " << shape.size();
  return layout.verifyTile(emitError, shape);
}

ShapedType TileType::cloneWith(std::optional<ArrayRef<int64_t>> shape,
                               Type elementType) const {
  return TileType::get(getContext(), shape.value_or(getShape()), elementType,
                       getLayout());
}

VectorType TileType::getRegisterType() {
  return VectorType::get(getLayout().getRegisterShape(getShape()),
                         getElementType());
}

Type TileType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type elementType;
  Attribute layout;
  SMLoc start = parser.getCurrentLocation(), place;
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType) || parser.parseComma() ||
      parser.getCurrentLocation(&place) || parser.parseAttribute(layout) ||
      parser.parseGreater())
    return Type();
  auto tileLayout = dyn_cast<TileLayoutInterface>(layout);
  if (!tileLayout) {
    parser.emitError(place, "expects the layout of a tile, but got ") << layout;
    return Type();
  }
  return parser.getChecked<TileType>(start, parser.getContext(),
                                     ArrayRef<int64_t>(shape), elementType,
                                     tileLayout);
}

void TileType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  printer << 'x' << getElementType() << ", " << getLayout() << '>';
}
