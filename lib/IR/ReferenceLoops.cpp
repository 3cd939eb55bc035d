//===- ReferenceLoops.cpp - Words to write definitions in -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReferenceLoops.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

Value gdn::indexConstant(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value gdn::f64Constant(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF64FloatAttr(value));
}

SmallVector<Value> gdn::buildLoopNest(OpBuilder &builder, Location loc,
                                      ArrayRef<OpFoldResult> bounds,
                                      ValueRange initial, NestBody body) {
  Value zero = indexConstant(builder, loc, 0);
  Value one = indexConstant(builder, loc, 1);
  SmallVector<Value> lower(bounds.size(), zero), step(bounds.size(), one);
  SmallVector<Value> upper =
      getValueOrCreateConstantIndexOp(builder, loc, bounds);
  scf::LoopNest nest =
      scf::buildLoopNest(builder, loc, lower, upper, step, initial, body);
  return SmallVector<Value>(nest.results);
}

Value gdn::buildSum(OpBuilder &builder, Location loc, OpFoldResult bound,
                    SumTerm term) {
  Value zero = f64Constant(builder, loc, 0.0);
  auto addTerm = [&](OpBuilder &b, Location loc, ValueRange indices,
                     ValueRange sums) -> SmallVector<Value> {
    Value next = term(b, loc, indices[0]);
    return {arith::AddFOp::create(b, loc, sums[0], next)};
  };
  return buildLoopNest(builder, loc, bound, zero, addTerm)[0];
}

SmallVector<OpFoldResult> gdn::sizesOf(OpBuilder &builder, Location loc,
                                       Value tensor) {
  return tensor::getMixedSizes(builder, loc, tensor);
}

Value gdn::emptyF64(OpBuilder &builder, Location loc,
                    ArrayRef<OpFoldResult> sizes) {
  return tensor::EmptyOp::create(builder, loc, sizes, builder.getF64Type());
}

Value gdn::zeroF64(OpBuilder &builder, Location loc,
                   ArrayRef<OpFoldResult> sizes) {
  Value zero = f64Constant(builder, loc, 0.0);
  Value empty = emptyF64(builder, loc, sizes);
  return linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
}

Value gdn::readF64(OpBuilder &builder, Location loc, Value tensor,
                   ValueRange indices) {
  Value element = tensor::ExtractOp::create(builder, loc, tensor, indices);
  if (element.getType().isF64())
    return element;
  return arith::ExtFOp::create(builder, loc, builder.getF64Type(), element);
}

Value gdn::writeF64(OpBuilder &builder, Location loc, Value value, Value tensor,
                    ValueRange indices) {
  return tensor::InsertOp::create(builder, loc, value, tensor, indices);
}
