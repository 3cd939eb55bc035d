//===- TileTypes.cpp - Tiles, shared memory and events --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/IR/DialectImplementation.h"

#include <numeric>

using namespace mlir;
using namespace gdn;

static int64_t product(ArrayRef<int64_t> values) {
  return std::accumulate(values.begin(), values.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

//===----------------------------------------------------------------------===//
// SharedType, EventType
//===----------------------------------------------------------------------===//

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type elementType,
                                 int64_t swizzle) {
  if (!elementType.isIntOrFloat() ||
      elementType.getIntOrFloatBitWidth() % 8 != 0)
    return emitError() << "expects the elements of a buffer to be integers or "
                          "floats of whole bytes, but got "
                       << elementType;
  if (shape.empty() ||
      !llvm::all_of(shape, [](int64_t size) { return size >= 1; }))
    return emitError() << "expects the sizes of a buffer to be at least 1";
  if (swizzle == 0)
    return success();
  if (swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "expects a swizzle of 32, 64 or 128 bytes, but got "
                       << swizzle;
  int64_t rowBytes = shape.back() * elementType.getIntOrFloatBitWidth() / 8;
  if (shape.size() < 2 || rowBytes % swizzle != 0 ||
      shape[shape.size() - 2] % 8 != 0)
    return emitError() << "expects rows of a multiple of " << swizzle
                       << " bytes, 8 by 8, for a swizzle of as many";
  return success();
}

int64_t SharedType::getNumBytes() const {
  return product(getShape()) * getElementBytes();
}

int64_t SharedType::getPanelColumns() const {
  return getSwizzle() ? getSwizzle() / getElementBytes() : getShape().back();
}

Type SharedType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type elementType;
  int64_t swizzle = 0;
  SMLoc start = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType))
    return Type();
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("swizzle") || parser.parseEqual() ||
       parser.parseInteger(swizzle)))
    return Type();
  if (parser.parseGreater())
    return Type();
  return parser.getChecked<SharedType>(start, parser.getContext(),
                                       ArrayRef<int64_t>(shape), elementType,
                                       swizzle);
}

void SharedType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  printer << 'x' << getElementType();
  if (getSwizzle())
    printer << ", swizzle = " << getSwizzle();
  printer << '>';
}

LogicalResult EventType::verify(function_ref<InFlightDiagnostic()> emitError,
                                int64_t stages, int64_t arrivals) {
  if (stages < 1 || arrivals < 1 || arrivals > 1024)
    return emitError() << "expects at least one of stages and 1 to 1024 "
                          "arrivals, but got "
                       << stages << " and " << arrivals;
  return success();
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
