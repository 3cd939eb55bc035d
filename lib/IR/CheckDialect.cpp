//===- CheckDialect.cpp - The check dialect -------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Check.h"

using namespace mlir;
using namespace gdn::check;

#include "gdn/IR/CheckDialect.cpp.inc"

#define GET_OP_CLASSES
#include "gdn/IR/CheckOps.cpp.inc"

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "gdn/IR/CheckOps.cpp.inc"
      >();
}

LogicalResult ExpectCloseOp::verify() {
  // C1
  if (!isa<FloatType>(cast<ShapedType>(getActual().getType()).getElementType()))
    return emitOpError("expects floating-point elements, but got ")
           << getActual().getType() << "; use check.expect_equal";
  // C2
  if (getAtol().isNegative() || getRtol().isNegative())
    return emitOpError("expects 'atol' and 'rtol' to be at least 0");
  return success();
}
