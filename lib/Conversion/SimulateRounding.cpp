//===- SimulateRounding.cpp - Roundings that not every host has -----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulation.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace gdn;

bool gdn::isRoundingToBf16(LLVM::FPTruncOp op) {
  return getElementTypeOrSelf(op.getResult()).isBF16() &&
         getElementTypeOrSelf(op.getArg()).isF32();
}

/// `type` with elements of another type.
static Type withElement(Type type, Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return VectorType::get(vector.getShape(), element);
  return element;
}

/// The constant `value` in each element of `type`.
static Value buildConstant(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  Attribute attr = b.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = SplatElementsAttr::get(vector, attr);
  return LLVM::ConstantOp::create(b, type, attr);
}

// To the nearest, ties to even: the half below the last bit that stays is
// added, less one where that bit is 0. NaN stays NaN, and becomes quiet.
void gdn::expandRoundingToBf16(LLVM::FPTruncOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Type wide = withElement(op.getArg().getType(), b.getI32Type());
  auto constant = [&](int64_t value) { return buildConstant(b, wide, value); };
  Value bits = LLVM::BitcastOp::create(b, wide, op.getArg());
  Value upper = LLVM::LShrOp::create(b, bits, constant(16));
  Value odd = LLVM::AndOp::create(b, upper, constant(1));
  Value half = LLVM::AddOp::create(b, odd, constant(0x7fff));
  Value rounded =
      LLVM::LShrOp::create(b, LLVM::AddOp::create(b, bits, half), constant(16));
  Value quiet = LLVM::OrOp::create(b, upper, constant(0x40));
  Value isNan = LLVM::FCmpOp::create(b, LLVM::FCmpPredicate::uno, op.getArg(),
                                     op.getArg());
  Value result = LLVM::SelectOp::create(b, isNan, quiet, rounded);
  result = LLVM::TruncOp::create(b, withElement(wide, b.getI16Type()), result);
  result = LLVM::BitcastOp::create(b, op.getType(), result);
  op.replaceAllUsesWith(result);
  op.erase();
}
