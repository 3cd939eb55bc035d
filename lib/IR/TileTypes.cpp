//===- TileTypes.cpp - Tiles, shared memory and events --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// SharedType, EventType
//===----------------------------------------------------------------------===//

static bool isTf32(Type type) { return isa<FloatTF32Type>(type); }

/// What `swizzle` and `cores` ask of the last two dimensions.
static LogicalResult
verifyMatrices(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
               int64_t columns, int64_t bytes, int64_t swizzle,
               ArrayRef<int64_t> cores) {
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "expects a swizzle of 32, 64 or 128 bytes, but got "
                       << swizzle;
  if (swizzle && (columns * bytes % swizzle != 0 || rows % 8 != 0))
    return emitError() << "expects rows of a multiple of " << swizzle
                       << " bytes, 8 by 8, for a swizzle of as many";
  if (cores.empty())
    return success();
  if (swizzle || cores.size() != 2 || !llvm::all_of(cores, [](int64_t step) {
        return step >= 128 && step % 16 == 0;
      }))
    return emitError() << "expects cores to be two multiples of 16 from 128 "
                          "on, and no swizzle with them";
  if (rows % SharedType::coreRows != 0 || columns % 16 != 0)
    return emitError() << "expects rows by 8 and columns by 16 for cores, but "
                          "got "
                       << rows << " and " << columns;
  return success();
}

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type elementType,
                                 int64_t swizzle, int64_t pitch,
                                 bool interleaved, ArrayRef<int64_t> cores) {
  if (isTf32(elementType) == cores.empty())
    return emitError() << "expects elements of tf32 in cores and nowhere else";
  if (!isTf32(elementType) && (!elementType.isIntOrFloat() ||
                               elementType.getIntOrFloatBitWidth() % 8 != 0))
    return emitError() << "expects the elements of a buffer to be integers or "
                          "floats of whole bytes, but got "
                       << elementType;
  if (shape.empty() ||
      !llvm::all_of(shape, [](int64_t size) { return size >= 1; }))
    return emitError() << "expects the sizes of a buffer to be at least 1";
  if (interleaved && (swizzle || !cores.empty() || shape.back() % 8 != 0))
    return emitError() << "expects a multiple of 8 columns, no swizzle and no "
                          "cores where columns are interleaved";
  if (!swizzle && !pitch && cores.empty())
    return success();
  if (shape.size() < 2)
    return emitError() << "expects two dimensions or more for a swizzle, a "
                          "pitch or cores";
  int64_t rows = shape[shape.size() - 2];
  int64_t bytes =
      isTf32(elementType) ? 4 : elementType.getIntOrFloatBitWidth() / 8;
  if (pitch && (swizzle || !cores.empty() || pitch % 16 != 0 ||
                pitch < shape.back() * bytes))
    return emitError() << "expects a pitch to be a multiple of 16 bytes and as "
                          "long as a row, and no swizzle and no cores with it";
  return verifyMatrices(emitError, rows, shape.back(), bytes, swizzle, cores);
}

int64_t SharedType::getElementBytes() const {
  return isTf32(getElementType())
             ? 4
             : getElementType().getIntOrFloatBitWidth() / 8;
}

int64_t SharedType::getRowBytes() const {
  return getPitch() ? getPitch() : getShape().back() * getElementBytes();
}

int64_t SharedType::getMatrixBytes() const {
  ArrayRef<int64_t> shape = getShape();
  int64_t rows = getRank() > 1 ? shape[getRank() - 2] : 1;
  if (getCores().empty())
    return rows * getRowBytes();
  // The last core matrix ends where the next matrix may begin.
  return (rows / coreRows - 1) * getCores()[0] +
         (shape.back() / coreColumns - 1) * getCores()[1] + 128;
}

int64_t SharedType::getNumBytes() const {
  return computeProduct(getShape().drop_back(std::min<int64_t>(getRank(), 2))) *
         getMatrixBytes();
}

int64_t SharedType::getPanelColumns() const {
  return getSwizzle() ? getSwizzle() / getElementBytes() : getShape().back();
}

Type SharedType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape, cores;
  Type elementType;
  int64_t swizzle = 0, pitch = 0;
  bool interleaved = false;
  SMLoc start = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType))
    return Type();
  while (succeeded(parser.parseOptionalComma())) {
    if (succeeded(parser.parseOptionalKeyword("swizzle"))) {
      if (parser.parseEqual() || parser.parseInteger(swizzle))
        return Type();
    } else if (succeeded(parser.parseOptionalKeyword("pitch"))) {
      if (parser.parseEqual() || parser.parseInteger(pitch))
        return Type();
    } else if (succeeded(parser.parseOptionalKeyword("interleaved"))) {
      interleaved = true;
    } else if (parser.parseKeyword("cores") || parser.parseEqual() ||
               parser.parseCommaSeparatedList(
                   AsmParser::Delimiter::Square,
                   [&] { return parser.parseInteger(cores.emplace_back()); })) {
      return Type();
    }
  }
  if (parser.parseGreater())
    return Type();
  return parser.getChecked<SharedType>(
      start, parser.getContext(), ArrayRef<int64_t>(shape), elementType,
      swizzle, pitch, interleaved, ArrayRef<int64_t>(cores));
}

void SharedType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  printer << 'x' << getElementType();
  if (getSwizzle())
    printer << ", swizzle = " << getSwizzle();
  if (getPitch())
    printer << ", pitch = " << getPitch();
  if (getInterleaved())
    printer << ", interleaved";
  if (!getCores().empty()) {
    printer << ", cores = [";
    llvm::interleaveComma(getCores(), printer);
    printer << ']';
  }
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
  Type element = getElementType();
  if (isTf32(element))
    element = Float32Type::get(getContext());
  return VectorType::get(getLayout().getRegisterShape(getShape()), element);
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
