//===- ShapeCheck.cpp - One voice for errors on shapes --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Support/ShapeCheck.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace gdn;

/// Prints [2x?x4].
static std::string printSizes(ArrayRef<int64_t> sizes) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      sizes, os,
      [&](int64_t size) {
        if (ShapedType::isDynamic(size))
          os << "?";
        else
          os << size;
      },
      "x");
  os << "]";
  return text;
}

bool gdn::isCompatibleShape(Type type, ArrayRef<int64_t> sizes) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasRank())
    return false;
  return succeeded(verifyCompatibleShape(shaped.getShape(), sizes));
}

/// Reports that 'name' of `type` has none of `shapes`.
static LogicalResult reportShape(Operation *op, StringRef name, Type type,
                                 ArrayRef<NamedShape> shapes) {
  auto shaped = cast<ShapedType>(type);
  bool knownRank = llvm::any_of(shapes, [&](const NamedShape &shape) {
    return int64_t(shape.sizes.size()) == shaped.getRank();
  });
  InFlightDiagnostic error = op->emitOpError("expects '") << name << "' to be ";
  SmallVector<std::string> named;
  for (const NamedShape &shape : shapes)
    if (!knownRank || int64_t(shape.sizes.size()) == shaped.getRank()) {
      std::string text = (shape.letters + " = ").str();
      text += printSizes(shape.sizes);
      if (!llvm::is_contained(named, text))
        named.push_back(text);
    }
  error << llvm::join(named, " or ") << ", but got "
        << printSizes(shaped.getShape());
  return error;
}

/// Whether `type` is static wherever `shape` is, but for B, T and N: only these
/// are compared when the program runs.
static bool knowsStaticSizes(Type type, const NamedShape &shape) {
  SmallVector<StringRef> letters;
  StringRef(shape.letters).split(letters, 'x');
  auto actual = cast<ShapedType>(type).getShape();
  for (auto [letter, size, wanted] : llvm::zip(letters, actual, shape.sizes))
    if (ShapedType::isDynamic(size) && !ShapedType::isDynamic(wanted) &&
        letter != "B" && letter != "T" && letter != "N")
      return false;
  return true;
}

LogicalResult gdn::expectShape(Operation *op, StringRef name, Type type,
                               ArrayRef<NamedShape> shapes) {
  if (llvm::any_of(shapes, [&](const NamedShape &shape) {
        return isCompatibleShape(type, shape.sizes) &&
               knowsStaticSizes(type, shape);
      }))
    return success();
  return reportShape(op, name, type, shapes);
}

LogicalResult gdn::expectExactShape(Operation *op, StringRef name, Type type,
                                    const NamedShape &shape) {
  if (cast<ShapedType>(type).getShape() == ArrayRef<int64_t>(shape.sizes))
    return success();
  return reportShape(op, name, type, shape);
}

LogicalResult gdn::expectElements(Operation *op, StringRef name, Type type,
                                  ArrayRef<Type> allowed) {
  Type element = cast<ShapedType>(type).getElementType();
  if (llvm::is_contained(allowed, element))
    return success();
  InFlightDiagnostic error = op->emitOpError("expects '")
                             << name << "' to have elements of ";
  for (auto [index, type] : llvm::enumerate(allowed))
    if (!llvm::is_contained(allowed.take_front(index), type))
      error << (index ? " or " : "") << type;
  error << ", but got " << element;
  return error;
}

LogicalResult gdn::expectStaticSize(Operation *op, StringRef name,
                                    StringRef letter, int64_t size) {
  if (!ShapedType::isDynamic(size) && size >= 1)
    return success();
  InFlightDiagnostic error = op->emitOpError("expects ")
                             << letter << " of '" << name
                             << "' to be static and at least 1, but got ";
  if (ShapedType::isDynamic(size))
    error << "?";
  else
    error << size;
  return error;
}
