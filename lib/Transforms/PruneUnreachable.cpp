//===- PruneUnreachable.cpp - Nothing follows a failed check --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace gdn {
#define GEN_PASS_DEF_PRUNEUNREACHABLEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;

/// Whether `createPlaceholder` knows values of `type`.
static bool hasPlaceholder(Type type) {
  return isa<RankedTensorType, VectorType>(type) || type.isIntOrIndexOrFloat();
}

/// Any value of `type`; a tensor is empty in each dimension that is dynamic.
static Value createPlaceholder(OpBuilder &builder, Location loc, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return arith::ConstantOp::create(
        builder, loc, cast<TypedAttr>(builder.getZeroAttr(type)));
  Value zero;
  if (!tensor.hasStaticShape())
    zero = arith::ConstantIndexOp::create(builder, loc, 0);
  SmallVector<Value> sizes(tensor.getNumDynamicDims(), zero);
  return tensor::EmptyOp::create(builder, loc, tensor, sizes);
}

/// Erases what stands between `check` and its block's terminator. Leaves all
/// as it is where a later use needs a value that has no placeholder.
static void pruneAfter(cf::AssertOp check) {
  Block *block = check->getBlock();
  SmallVector<Operation *> dead;
  for (Operation *op = check->getNextNode(); op != block->getTerminator();
       op = op->getNextNode())
    dead.push_back(op);
  auto isOutside = [&](OpOperand &use) {
    Operation *user = block->findAncestorOpInBlock(*use.getOwner());
    return !user || user == block->getTerminator();
  };

  SmallVector<Value> needed;
  for (Operation *op : dead)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUses(), isOutside))
        needed.push_back(result);
  if (!llvm::all_of(
          needed, [](Value value) { return hasPlaceholder(value.getType()); }))
    return;

  OpBuilder builder(check->getContext());
  builder.setInsertionPointAfter(check);
  for (Value value : needed)
    value.replaceUsesWithIf(
        createPlaceholder(builder, value.getLoc(), value.getType()), isOutside);
  for (Operation *op : llvm::reverse(dead))
    op->erase();
}

namespace {
struct PruneUnreachablePass
    : public gdn::impl::PruneUnreachablePassBase<PruneUnreachablePass> {
  void runOnOperation() override {
    // Outer checks first: what they erase need not be looked at.
    getOperation()->walk<WalkOrder::PreOrder>([](Block *block) {
      for (auto check : block->getOps<cf::AssertOp>())
        if (matchPattern(check.getArg(), m_Zero())) {
          pruneAfter(check);
          break;
        }
    });
  }
};
} // namespace
