//===- LowerToLoops.cpp - Ops to their definitions as loops ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gdn {
#define GEN_PASS_DEF_LOWERTOLOOPSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// The one rounding from f64 to the elements of `type`.
static Value roundTo(OpBuilder &builder, Location loc, Value value, Type type) {
  auto from = cast<RankedTensorType>(value.getType());
  auto element = cast<FloatType>(cast<RankedTensorType>(type).getElementType());
  if (element.isF64())
    return value;
  return arith::TruncFOp::create(builder, loc, from.clone(element), value);
}

namespace {
struct LowerToLoopsPass
    : public gdn::impl::LowerToLoopsPassBase<LowerToLoopsPass> {
  void runOnOperation() override {
    SmallVector<ReferenceOpInterface> ops;
    getOperation()->walk([&](ReferenceOpInterface op) { ops.push_back(op); });
    for (ReferenceOpInterface op : ops)
      rewrite(op);
  }

  void rewrite(ReferenceOpInterface op) {
    IRRewriter rewriter(op);
    Location loc = op.getLoc();
    SmallVector<Value> results;
    for (auto [value, type] :
         llvm::zip_equal(op.buildReference(rewriter), op->getResultTypes())) {
      Value rounded = roundTo(rewriter, loc, value, type);
      if (rounded.getType() != type)
        rounded = tensor::CastOp::create(rewriter, loc, type, rounded);
      results.push_back(rounded);
    }
    rewriter.replaceOp(op, results);
  }
};
} // namespace
