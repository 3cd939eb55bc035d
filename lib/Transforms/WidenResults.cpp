//===- WidenResults.cpp - A reference's f64 values as results -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gdn {
#define GEN_PASS_DEF_WIDENRESULTSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// The f64 tensor that `value` is the rounding of, seen through casts of
/// shapes; null where it is no rounding.
static Value getUnrounded(Value value) {
  bool rounded = false;
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::TruncFOp, tensor::CastOp>(op))
      break;
    rounded |= isa<arith::TruncFOp>(op);
    value = op->getOperand(0);
  }
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return rounded && type && type.getElementType().isF64() ? value : Value();
}

namespace {
struct WidenResultsPass
    : public gdn::impl::WidenResultsPassBase<WidenResultsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && function.getBody().hasOneBlock() &&
          SymbolTable::symbolKnownUseEmpty(function, getOperation()))
        if (auto ret = dyn_cast<func::ReturnOp>(
                function.getBody().front().getTerminator()))
          widen(function, ret);
  }

  static void widen(func::FuncOp function, func::ReturnOp ret) {
    OpBuilder builder(ret);
    SmallVector<Type> types(function.getResultTypes());
    for (auto [operand, type] : llvm::zip_equal(ret->getOpOperands(), types)) {
      Value wide = getUnrounded(operand.get());
      if (!wide)
        continue;
      type = cast<TensorType>(type).clone(builder.getF64Type());
      if (wide.getType() != type)
        wide = tensor::CastOp::create(builder, ret.getLoc(), type, wide);
      operand.set(wide);
    }
    function.setFunctionType(
        builder.getFunctionType(function.getArgumentTypes(), types));
  }
};
} // namespace
