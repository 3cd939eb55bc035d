//===- ElementwiseOps.cpp - Generic ops with bodies in f32 ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

Value gdn::createGeneric(ImplicitLocOpBuilder &b, ValueRange inputs, Value into,
                         ArrayRef<AffineMap> maps,
                         ArrayRef<utils::IteratorType> iterators,
                         ElementBody body) {
  auto buildRegion = [&](OpBuilder &builder, Location loc, ValueRange args) {
    ImplicitLocOpBuilder inner(loc, builder);
    SmallVector<Value> elements;
    for (Value element : args.drop_back())
      elements.push_back(
          element.getType().isF32()
              ? element
              : arith::ExtFOp::create(inner, inner.getF32Type(), element));
    // Nothing reads an element of `into` that is not f32.
    elements.push_back(args.back());
    Value result = body(inner, elements);
    Type type = args.back().getType();
    if (!type.isF32())
      result = arith::TruncFOp::create(inner, type, result);
    linalg::YieldOp::create(inner, result);
  };
  return linalg::GenericOp::create(b, into.getType(), inputs, into, maps,
                                   iterators, buildRegion)
      .getResult(0);
}

Value gdn::createElementwise(ImplicitLocOpBuilder &b, ValueRange inputs,
                             ArrayRef<AffineMap> maps, Value into,
                             ElementBody body) {
  int64_t rank = cast<RankedTensorType>(into.getType()).getRank();
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return createGeneric(b, inputs, into, allMaps, iterators, body);
}

AffineMap gdn::getLoops(ImplicitLocOpBuilder &b, unsigned rank,
                        ArrayRef<unsigned> dims) {
  return AffineMap::getMultiDimMapWithTargets(rank, dims, b.getContext());
}

Value gdn::createEmptyLike(ImplicitLocOpBuilder &b, Value tensor,
                           Type element) {
  return tensor::EmptyOp::create(
      b, tensor::getMixedSizes(b, b.getLoc(), tensor), element);
}

Value gdn::createF32(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

Value gdn::createSilu(ImplicitLocOpBuilder &b, Value x) {
  Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, x));
  Value denominator = arith::AddFOp::create(b, createF32(b, 1.0f), exp);
  return arith::DivFOp::create(b, x, denominator);
}
