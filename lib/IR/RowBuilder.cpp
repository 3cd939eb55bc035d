//===- RowBuilder.cpp - Rows of channels of one head in f32 ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

static RankedTensorType getType(Value tensor) {
  return cast<RankedTensorType>(tensor.getType());
}

Value RowBuilder::extract(Value tensor, ArrayRef<OpFoldResult> offsets,
                          ArrayRef<int64_t> sizes, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, getType(tensor).getElementType());
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(
      b, type, tensor, offsets, getAsIndexOpFoldResult(b.getContext(), sizes),
      strides);
}

Value RowBuilder::extract(Value tensor, ArrayRef<OpFoldResult> offsets,
                          ArrayRef<OpFoldResult> sizes,
                          ArrayRef<unsigned> kept) {
  SmallVector<int64_t> shape;
  for (unsigned dim : kept)
    shape.push_back(
        getConstantIntValue(sizes[dim]).value_or(ShapedType::kDynamic));
  auto type = RankedTensorType::get(shape, getType(tensor).getElementType());
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(b, type, tensor, offsets, sizes,
                                        strides);
}

Value RowBuilder::insert(Value slice, Value tensor,
                         ArrayRef<OpFoldResult> offsets) {
  SmallVector<OpFoldResult> strides(offsets.size(), b.getIndexAttr(1));
  return tensor::InsertSliceOp::create(
      b, slice, tensor, offsets,
      getAsIndexOpFoldResult(b.getContext(), getType(slice).getShape()),
      strides);
}

Value RowBuilder::widen(Value rows) {
  if (getType(rows).getElementType().isF32())
    return rows;
  return arith::ExtFOp::create(b, getType(rows).clone(b.getF32Type()), rows);
}

Value RowBuilder::round(Value rows, Type element) {
  if (element.isF32())
    return rows;
  return arith::TruncFOp::create(b, getType(rows).clone(element), rows);
}

Value RowBuilder::fillZero(Value into) {
  Value zero = arith::ConstantOp::create(
      b, b.getZeroAttr(getType(into).getElementType()));
  return linalg::FillOp::create(b, zero, into).getResult(0);
}

Value RowBuilder::multiply(Value factor, Value rows) {
  if (factor.getType() != rows.getType()) {
    Value empty = tensor::EmptyOp::create(b, getType(rows).getShape(),
                                          getType(rows).getElementType());
    factor = linalg::BroadcastOp::create(b, factor, empty, {1})->getResult(0);
  }
  return arith::MulFOp::create(b, factor, rows);
}

Value RowBuilder::multiply(Value rows, double factor) {
  Value splat = arith::ConstantOp::create(
      b, DenseElementsAttr::get(getType(rows), float(factor)));
  return arith::MulFOp::create(b, rows, splat);
}

Value RowBuilder::normalize(Value rows) {
  auto type = getType(rows);
  auto vector = RankedTensorType::get(type.getDimSize(0), b.getF32Type());
  Value squares = arith::MulFOp::create(b, rows, rows);
  Value zeros =
      fillZero(tensor::EmptyOp::create(b, vector.getShape(), b.getF32Type()));
  Value sums =
      linalg::ReduceOp::create(b, squares, zeros, /*dimensions=*/{1},
                               [](OpBuilder &b, Location loc, ValueRange args) {
                                 Value sum = arith::AddFOp::create(
                                     b, loc, args[0], args[1]);
                                 linalg::YieldOp::create(b, loc, sum);
                               })
          ->getResult(0);
  Value epsilon =
      arith::ConstantOp::create(b, DenseElementsAttr::get(vector, 1.0e-6f));
  Value norm = math::SqrtOp::create(b, arith::AddFOp::create(b, sums, epsilon));
  Value ones =
      arith::ConstantOp::create(b, DenseElementsAttr::get(vector, 1.0f));
  return multiply(arith::DivFOp::create(b, ones, norm), rows);
}

Value RowBuilder::product(Value lhs, Value rhs, Value into) {
  if (!into)
    into = fillZero(tensor::EmptyOp::create(
        b, {getType(lhs).getDimSize(0), getType(rhs).getDimSize(1)},
        b.getF32Type()));
  return linalg::MatmulOp::create(b, into.getType(), ValueRange{lhs, rhs}, into)
      .getResult(0);
}

Value RowBuilder::lastRow(Value rows) {
  auto type = getType(rows);
  SmallVector<OpFoldResult> offsets = {b.getIndexAttr(type.getDimSize(0) - 1)};
  SmallVector<int64_t> sizes = {1}, shape = {1};
  if (type.getRank() == 2) {
    offsets.push_back(b.getIndexAttr(0));
    sizes.push_back(type.getDimSize(1));
    shape = {type.getDimSize(1)};
  }
  return extract(rows, offsets, sizes, shape);
}

Value RowBuilder::scaleRows(Value factors, Value matrix) {
  MLIRContext *context = b.getContext();
  AffineExpr row = getType(factors).getDimSize(0) == 1
                       ? getAffineConstantExpr(0, context)
                       : getAffineDimExpr(0, context);
  SmallVector<AffineMap> maps = {AffineMap::get(2, 0, row, context),
                                 b.getMultiDimIdentityMap(2)};
  SmallVector<utils::IteratorType> iterators(2, utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             b, matrix.getType(), factors, matrix, maps, iterators,
             [](OpBuilder &b, Location loc, ValueRange args) {
               Value scaled = arith::MulFOp::create(b, loc, args[0], args[1]);
               linalg::YieldOp::create(b, loc, scaled);
             })
      .getResult(0);
}
