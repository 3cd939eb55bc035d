//===- ChunkOpsDecomposition.cpp - Level 2 as linalg on tensors -----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseOps.h"
#include "RowBuilder.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

static int64_t getSize(Value tensor, unsigned dim) {
  return cast<RankedTensorType>(tensor.getType()).getDimSize(dim);
}

static Value createEmpty(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape) {
  return tensor::EmptyOp::create(b, shape, b.getF32Type());
}

/// The element of `factors` that multiplies index `row`: its own, or the only
/// one. Vectors and single rows (1 x n) are read alike.
static AffineMap getFactorMap(Value factors, AffineExpr row) {
  MLIRContext *context = factors.getContext();
  auto type = cast<RankedTensorType>(factors.getType());
  AffineExpr zero = getAffineConstantExpr(0, context);
  SmallVector<AffineExpr> results(type.getRank(), zero);
  if (type.getShape().back() != 1)
    results.back() = row;
  return AffineMap::get(2, 0, results, context);
}

/// Keeps `matrix[i, j]` where `predicate(j, i)` holds, and puts 0 elsewhere.
static Value createMask(ImplicitLocOpBuilder &b, Value matrix,
                        arith::CmpIPredicate predicate) {
  return createElementwise(
      b, {}, {}, matrix, [&](ImplicitLocOpBuilder &b, ValueRange args) {
        Value row = linalg::IndexOp::create(b, 0);
        Value column = linalg::IndexOp::create(b, 1);
        Value keep = arith::CmpIOp::create(b, predicate, column, row);
        return arith::SelectOp::create(b, keep, args[0], createF32(b, 0.0f))
            .getResult();
      });
}

/// Loops over `count` rows from `first` on. `body` gets the row's index and
/// the carried values and returns what they become.
static SmallVector<Value>
createRowLoop(ImplicitLocOpBuilder &b, int64_t first, int64_t count,
              ValueRange carried,
              function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, arith::ConstantIndexOp::create(b, first),
                                 arith::ConstantIndexOp::create(b, count),
                                 arith::ConstantIndexOp::create(b, 1), carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(b,
                       body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return loop.getResults();
}

/// Row `row` of a matrix as 1 x n, or element `row` of a vector as 1.
static Value extractRow(RowBuilder &rows, ImplicitLocOpBuilder &b, Value tensor,
                        Value row) {
  SmallVector<OpFoldResult> offsets = {row};
  SmallVector<int64_t> sizes = {1};
  if (cast<RankedTensorType>(tensor.getType()).getRank() == 2) {
    offsets.push_back(b.getIndexAttr(0));
    sizes.push_back(getSize(tensor, 1));
  }
  return rows.extract(tensor, offsets, sizes, sizes);
}

static Value insertRow(RowBuilder &rows, ImplicitLocOpBuilder &b, Value slice,
                       Value matrix, Value row) {
  SmallVector<OpFoldResult> offsets = {row};
  if (cast<RankedTensorType>(matrix.getType()).getRank() == 2)
    offsets.push_back(b.getIndexAttr(0));
  return rows.insert(slice, matrix, offsets);
}

//===----------------------------------------------------------------------===//
// ChunkScanOp: each row is the row before it times its own.
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>>
ChunkScanOp::decomposeOperation(OpBuilder &nested) {
  ImplicitLocOpBuilder b(getLoc(), nested);
  RowBuilder rows(b);
  Value one = arith::ConstantIndexOp::create(b, 1);
  return createRowLoop(b, 1, getSize(getInput(), 0), getInput(),
                       [&](Value i, ValueRange carried) -> SmallVector<Value> {
                         Value before = arith::SubIOp::create(b, i, one);
                         Value product = arith::MulFOp::create(
                             b, extractRow(rows, b, carried[0], before),
                             extractRow(rows, b, carried[0], i));
                         return {insertRow(rows, b, product, carried[0], i)};
                       });
}

//===----------------------------------------------------------------------===//
// ChunkScoresOp: a sweep over rows that decays all keys before each row.
//===----------------------------------------------------------------------===//

/// The keys (K x C) as row `i` finds them: those of earlier tokens decayed by
/// the row's own factors.
static Value decayKeys(ImplicitLocOpBuilder &b, Value keys, Value factors,
                       Value i) {
  AffineMap map = getFactorMap(factors, b.getAffineDimExpr(0));
  return createElementwise(
      b, factors, map, keys, [&](ImplicitLocOpBuilder &b, ValueRange args) {
        Value token = linalg::IndexOp::create(b, 1);
        Value earlier =
            arith::CmpIOp::create(b, arith::CmpIPredicate::ult, token, i);
        Value factor =
            arith::SelectOp::create(b, earlier, args[0], createF32(b, 1.0f));
        return arith::MulFOp::create(b, factor, args[1]).getResult();
      });
}

FailureOr<SmallVector<Value>>
ChunkScoresOp::decomposeOperation(OpBuilder &nested) {
  ImplicitLocOpBuilder b(getLoc(), nested);
  RowBuilder rows(b);
  int64_t tokens = getSize(getKey(), 0), channels = getSize(getKey(), 1);
  Value keys = linalg::TransposeOp::create(b, getKey(),
                                           createEmpty(b, {channels, tokens}),
                                           ArrayRef<int64_t>{1, 0})
                   ->getResult(0);
  SmallVector<Value> sources = {getQuery()};
  if (getErase())
    sources.push_back(getErase());

  SmallVector<Value> products;
  if (!getDecay()) {
    for (Value source : sources)
      products.push_back(rows.product(source, keys));
  } else {
    SmallVector<Value> carried = {keys};
    for (size_t index = 0; index != sources.size(); ++index)
      carried.push_back(rows.fillZero(createEmpty(b, {tokens, tokens})));
    carried =
        createRowLoop(b, 0, tokens, carried, [&](Value i, ValueRange carried) {
          SmallVector<Value> next = {
              decayKeys(b, carried[0], extractRow(rows, b, getDecay(), i), i)};
          for (auto [source, matrix] :
               llvm::zip_equal(sources, carried.drop_front())) {
            Value row =
                rows.product(extractRow(rows, b, source, i), next.front());
            next.push_back(insertRow(rows, b, row, matrix, i));
          }
          return next;
        });
    keys = carried.front();
    llvm::append_range(products, llvm::drop_begin(carried));
  }

  SmallVector<Value> results = {
      createMask(b, products[0], arith::CmpIPredicate::ule)};
  if (getErase())
    results.push_back(createMask(b, products[1], arith::CmpIPredicate::ult));
  results.push_back(keys);
  return results;
}

//===----------------------------------------------------------------------===//
// ChunkSolveOp: forward substitution, row by row.
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>>
ChunkSolveOp::decomposeOperation(OpBuilder &nested) {
  ImplicitLocOpBuilder b(getLoc(), nested);
  RowBuilder rows(b);
  Value strict = createMask(b, getLower(), arith::CmpIPredicate::ult);
  Value negated = arith::NegFOp::create(b, strict);
  // Rows that are not solved yet are zero, so that whatever later tokens hold
  // cannot reach an earlier one.
  Value solved = rows.fillZero(
      createEmpty(b, {getSize(getRhs(), 0), getSize(getRhs(), 1)}));
  return createRowLoop(b, 0, getSize(getRhs(), 0), solved,
                       [&](Value i, ValueRange carried) -> SmallVector<Value> {
                         Value row = rows.product(
                             extractRow(rows, b, negated, i), carried[0],
                             extractRow(rows, b, getRhs(), i));
                         return {insertRow(rows, b, row, carried[0], i)};
                       });
}

//===----------------------------------------------------------------------===//
// RecurrentStepOp: four passes over the state.
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>>
RecurrentStepOp::decomposeOperation(OpBuilder &nested) {
  ImplicitLocOpBuilder b(getLoc(), nested);
  RowBuilder rows(b);
  AffineExpr channel = b.getAffineDimExpr(0), column = b.getAffineDimExpr(1);
  Value state = getState();
  if (Value decay = getDecay())
    state = createElementwise(
        b, decay, getFactorMap(decay, channel), state,
        [](ImplicitLocOpBuilder &b, ValueRange args) {
          return arith::MulFOp::create(b, args[0], args[1]).getResult();
        });
  Value written = getValue();
  if (getErase())
    written =
        arith::SubFOp::create(b, written, rows.product(getErase(), state));
  state = createElementwise(
      b, {getKey(), written},
      {getFactorMap(getKey(), channel), getFactorMap(written, column)}, state,
      [](ImplicitLocOpBuilder &b, ValueRange args) {
        Value product = arith::MulFOp::create(b, args[0], args[1]);
        return arith::AddFOp::create(b, args[2], product).getResult();
      });
  return SmallVector<Value>{rows.product(getQuery(), state), state};
}
