//===- DeltaRuleChecks.cpp - Run-time constraints of the rule -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeltaRuleChecks.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

Sequences gdn::emitRuntimeChecks(OpBuilder &builder, DeltaRuleOp op,
                                 bool checkSegments) {
  Location loc = op.getLoc();
  SmallVector<SizeUse> batches, tokens;
  for (auto [name, tensor] :
       {std::pair<StringRef, Value>{"query", op.getQuery()},
        {"key", op.getKey()},
        {"value", op.getValue()},
        {"decay", op.getDecay()},
        {"erase", op.getErase()},
        {"write", op.getWrite()}}) {
    if (!tensor)
      continue;
    batches.push_back({tensor, 0, name});
    tokens.push_back({tensor, 1, name});
  }
  emitEqualSizes(builder, loc, "B", batches);
  emitEqualSizes(builder, loc, "T", tokens);
  Sequences sequences = Sequences::emit(builder, loc, op.getQuery(),
                                        op.getCuSeqlens(), checkSegments);
  if (op.getInitialState())
    sequences.emitCountCheck(builder, loc, "initial_state",
                             op.getInitialState());
  return sequences;
}

SmallVector<Value> gdn::castToResultTypes(OpBuilder &builder, Operation *op,
                                          ValueRange values) {
  SmallVector<Value> results;
  for (auto [value, type] : llvm::zip_equal(values, op->getResultTypes()))
    results.push_back(
        value.getType() == type
            ? value
            : tensor::CastOp::create(builder, op->getLoc(), type, value));
  return results;
}
