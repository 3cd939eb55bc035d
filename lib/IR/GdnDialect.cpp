//===- GdnDialect.cpp - The gdn dialect and its discardable attributes ----===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gdn;

#include "gdn/IR/GdnDialect.cpp.inc"
#include "gdn/IR/GdnInterfaces.cpp.inc"

#include "gdn/IR/GdnEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "gdn/IR/GdnAttrs.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "gdn/IR/GdnTypes.cpp.inc"

#define GET_OP_CLASSES
#include "gdn/IR/GdnOps.cpp.inc"

namespace {
/// Any op may move into the function that calls its own.
struct GdnInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void GdnDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "gdn/IR/GdnOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "gdn/IR/GdnAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "gdn/IR/GdnTypes.cpp.inc"
      >();
  addInterfaces<GdnInlinerInterface>();
}

Operation *GdnDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

/// The attributes that tools read on the arguments and results of an entry
/// function: `gdn.name` and `gdn.init` are strings, `gdn.token_dim` is the
/// dimension that counts tokens, `gdn.rtol` a tolerance of at least 0.
static LogicalResult verifyEntryAttribute(Operation *op, NamedAttribute attr,
                                          bool isArgument) {
  StringRef name = attr.getName();
  if (name == "gdn.name" || (isArgument && name == "gdn.init")) {
    if (isa<StringAttr>(attr.getValue()))
      return success();
    return op->emitOpError() << "expects '" << name << "' to be a string";
  }
  if (name == "gdn.token_dim") {
    if (isa<IntegerAttr>(attr.getValue()))
      return success();
    return op->emitOpError() << "expects '" << name << "' to be an integer";
  }
  if (!isArgument && name == "gdn.rtol") {
    // NaN is not at least 0 either.
    auto number = dyn_cast<FloatAttr>(attr.getValue());
    if (number && number.getValueAsDouble() >= 0)
      return success();
    return op->emitOpError()
           << "expects '" << name << "' to be a number of at least 0";
  }
  return op->emitOpError() << "has an unknown attribute '" << name << "' on "
                           << (isArgument ? "an argument" : "a result");
}

LogicalResult GdnDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attr) {
  if (attr.getName() == "gdn.schedule") {
    if (isa<scf::ForallOp>(op) && isa<ScheduleInterface>(attr.getValue()))
      return success();
    return op->emitOpError("expects 'gdn.schedule' to be a schedule on an "
                           "scf.forall, but got ")
           << attr.getValue();
  }
  if (attr.getName() == "gdn.direction") {
    auto direction = dyn_cast<StringAttr>(attr.getValue());
    if (direction && llvm::is_contained({"to_device", "to_host"}, direction))
      return success();
    return op->emitOpError("expects 'gdn.direction' to be \"to_device\" or "
                           "\"to_host\", but got ")
           << attr.getValue();
  }
  return op->emitOpError() << "has an unknown attribute '"
                           << attr.getName().getValue() << "'";
}

LogicalResult GdnDialect::verifyRegionArgAttribute(Operation *op,
                                                   unsigned regionIndex,
                                                   unsigned argIndex,
                                                   NamedAttribute attr) {
  return verifyEntryAttribute(op, attr, /*isArgument=*/true);
}

LogicalResult GdnDialect::verifyRegionResultAttribute(Operation *op,
                                                      unsigned regionIndex,
                                                      unsigned resultIndex,
                                                      NamedAttribute attr) {
  return verifyEntryAttribute(op, attr, /*isArgument=*/false);
}
