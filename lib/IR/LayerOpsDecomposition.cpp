//===- LayerOpsDecomposition.cpp - Gates and norms as linalg --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseOps.h"
#include "LayerOpsChecks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// DecayGateOp
//===----------------------------------------------------------------------===//

/// log(1 + exp(x)), with exp taken of nothing above 0.
static Value createSoftplus(ImplicitLocOpBuilder &b, Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, magnitude));
  Value linear = arith::MaximumFOp::create(b, x, createF32(b, 0.0f));
  return arith::AddFOp::create(b, linear, math::Log1pOp::create(b, exp));
}

/// exp(a_log / 2), finite. It is multiplied by a softplus twice, so that the
/// product overflows only where exp(a_log) * softplus does, and is 0 where the
/// softplus is.
static Value createRateRoots(ImplicitLocOpBuilder &b, Value aLog) {
  return createElementwise(
      b, aLog, b.getMultiDimIdentityMap(1),
      createEmptyLike(b, aLog, b.getF32Type()),
      [](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value half =
            arith::MulFOp::create(inner, elements[0], createF32(inner, 0.5f));
        Value root = math::ExpOp::create(inner, half);
        Value largest = createF32(inner, std::numeric_limits<float>::max());
        return arith::MinimumFOp::create(inner, root, largest);
      });
}

FailureOr<SmallVector<Value>>
DecayGateOp::decomposeOperation(OpBuilder &builder) {
  ImplicitLocOpBuilder b(getLoc(), builder);
  unsigned rank = getInput().getType().getRank();
  SmallVector<Value> inputs = {getInput(), createRateRoots(b, getALog())};
  SmallVector<AffineMap> maps = {b.getMultiDimIdentityMap(rank),
                                 getLoops(b, rank, {2})};
  if (getDtBias()) {
    inputs.push_back(getDtBias());
    maps.push_back(
        getLoops(b, rank, ArrayRef<unsigned>({2, 3}).take_front(rank - 2)));
  }
  Value decay = createElementwise(
      b, inputs, maps, createEmptyLike(b, getInput(), b.getF32Type()),
      [&](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value step = elements[0];
        if (getDtBias())
          step = arith::AddFOp::create(inner, step, elements[2]);
        Value amount = createSoftplus(inner, step);
        for (int i = 0; i < 2; ++i)
          amount = arith::MulFOp::create(inner, elements[1], amount);
        Value decay = arith::NegFOp::create(inner, amount);
        if (!getLowerBound())
          return decay;
        Value bound = createF32(inner, getLowerBound()->convertToFloat());
        return arith::MaximumFOp::create(inner, decay, bound);
      });
  return SmallVector<Value>{decay};
}

//===----------------------------------------------------------------------===//
// GatedRmsNormOp
//===----------------------------------------------------------------------===//

/// The sum of squares of each row: B x T x HV.
static Value createSquareSums(ImplicitLocOpBuilder &b, Value rows) {
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), rows);
  sizes.pop_back();
  Value empty = tensor::EmptyOp::create(b, sizes, b.getF32Type());
  Value zeros =
      linalg::FillOp::create(b, createF32(b, 0.0f), empty).getResult(0);
  SmallVector<utils::IteratorType> iterators(4, utils::IteratorType::parallel);
  iterators.back() = utils::IteratorType::reduction;
  return createGeneric(
      b, rows, zeros, {b.getMultiDimIdentityMap(4), getLoops(b, 4, {0, 1, 2})},
      iterators, [](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value square = arith::MulFOp::create(inner, elements[0], elements[0]);
        return arith::AddFOp::create(inner, elements[1], square);
      });
}

/// 1 / sqrt(sum / channels + eps) in the place of `sums`.
static Value createInverseNorms(ImplicitLocOpBuilder &b, Value sums,
                                int64_t channels, float eps) {
  return createElementwise(
      b, {}, {}, sums,
      [&](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value mean = arith::DivFOp::create(inner, elements[0],
                                           createF32(inner, float(channels)));
        Value norm = math::SqrtOp::create(
            inner, arith::AddFOp::create(inner, mean, createF32(inner, eps)));
        return arith::DivFOp::create(inner, createF32(inner, 1.0f), norm);
      });
}

FailureOr<SmallVector<Value>>
GatedRmsNormOp::decomposeOperation(OpBuilder &builder) {
  ImplicitLocOpBuilder b(getLoc(), builder);
  emitRuntimeChecks(b, *this);
  RankedTensorType type = getInput().getType();
  Value norms =
      createInverseNorms(b, createSquareSums(b, getInput()), type.getDimSize(3),
                         getEps().convertToFloat());
  AffineMap perElement = b.getMultiDimIdentityMap(4);
  Value output = createElementwise(
      b, {getInput(), getGate(), norms, getWeight()},
      {perElement, perElement, getLoops(b, 4, {0, 1, 2}), getLoops(b, 4, {3})},
      createEmptyLike(b, getInput(), type.getElementType()),
      [](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value normed = arith::MulFOp::create(inner, elements[0], elements[2]);
        Value scaled = arith::MulFOp::create(inner, normed, elements[3]);
        return arith::MulFOp::create(inner, scaled,
                                     createSilu(inner, elements[1]));
      });
  return SmallVector<Value>{output};
}
