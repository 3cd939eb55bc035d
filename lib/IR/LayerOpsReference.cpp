//===- LayerOpsReference.cpp - The layer ops, literally -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerOpsChecks.h"
#include "ReferenceLoops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <limits>

using namespace mlir;
using namespace gdn;

/// x * sigmoid(x)
static Value buildSilu(OpBuilder &b, Location loc, Value x) {
  Value exp = math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, x));
  Value one = f64Constant(b, loc, 1.0);
  return arith::DivFOp::create(b, loc, x,
                               arith::AddFOp::create(b, loc, one, exp));
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))
static Value buildSoftplus(OpBuilder &b, Location loc, Value x) {
  Value magnitude = math::AbsFOp::create(b, loc, x);
  Value exp =
      math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, magnitude));
  Value linear = arith::MaximumFOp::create(b, loc, x, f64Constant(b, loc, 0.0));
  return arith::AddFOp::create(b, loc, linear,
                               math::Log1pOp::create(b, loc, exp));
}

//===----------------------------------------------------------------------===//
// ShortConvOp
//===----------------------------------------------------------------------===//

namespace {

/// Sequence n of the convolution: row r of channel d is a token of the initial
/// state where r < W-1, and token r - (W-1) of the sequence behind it.
struct ConvSequence {
  ShortConvOp op;
  Value n;
  Sequences::Bounds bounds;

  int64_t getEarlier() { return op.getWeight().getType().getDimSize(1) - 1; }
  Value readRow(OpBuilder &b, Location loc, Value row, Value d);
  Value readToken(OpBuilder &b, Location loc, Value t, Value d);
  Value buildOutput(OpBuilder &b, Location loc, Value output);
  Value buildFinalState(OpBuilder &b, Location loc, Value state);
};

} // namespace

Value ConvSequence::readRow(OpBuilder &b, Location loc, Value row, Value d) {
  Value earlier = indexConstant(b, loc, getEarlier());
  Value isState =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, row, earlier);
  auto choice = scf::IfOp::create(
      b, loc, isState,
      [&](OpBuilder &b, Location loc) {
        Value state = op.getInitialState();
        scf::YieldOp::create(b, loc,
                             state ? readF64(b, loc, state, {n, row, d})
                                   : f64Constant(b, loc, 0.0));
      },
      [&](OpBuilder &b, Location loc) {
        Value t = arith::SubIOp::create(b, loc, row, earlier);
        Value place = arith::AddIOp::create(b, loc, bounds.begin, t);
        scf::YieldOp::create(
            b, loc, readF64(b, loc, op.getInput(), {bounds.batch, place, d}));
      });
  return choice.getResult(0);
}

/// y[t, d]
Value ConvSequence::readToken(OpBuilder &b, Location loc, Value t, Value d) {
  Value y = buildSum(b, loc, b.getIndexAttr(getEarlier() + 1),
                     [&](OpBuilder &b, Location loc, Value i) -> Value {
                       Value row = arith::AddIOp::create(b, loc, t, i);
                       Value weight = readF64(b, loc, op.getWeight(), {d, i});
                       return arith::MulFOp::create(b, loc, weight,
                                                    readRow(b, loc, row, d));
                     });
  if (op.getBias())
    y = arith::AddFOp::create(b, loc, y, readF64(b, loc, op.getBias(), d));
  return op.getSilu() ? buildSilu(b, loc, y) : y;
}

Value ConvSequence::buildOutput(OpBuilder &b, Location loc, Value output) {
  OpFoldResult channels = b.getIndexAttr(op.getInput().getType().getDimSize(2));
  return buildLoopNest(
      b, loc, {bounds.length, channels}, output,
      [&](OpBuilder &b, Location loc, ValueRange td,
          ValueRange carried) -> SmallVector<Value> {
        Value place = arith::AddIOp::create(b, loc, bounds.begin, td[0]);
        return {writeF64(b, loc, readToken(b, loc, td[0], td[1]), carried[0],
                         {bounds.batch, place, td[1]})};
      })[0];
}

Value ConvSequence::buildFinalState(OpBuilder &b, Location loc, Value state) {
  OpFoldResult channels = b.getIndexAttr(op.getInput().getType().getDimSize(2));
  return buildLoopNest(b, loc, {b.getIndexAttr(getEarlier()), channels}, state,
                       [&](OpBuilder &b, Location loc, ValueRange id,
                           ValueRange carried) -> SmallVector<Value> {
                         Value row = arith::AddIOp::create(
                             b, loc, bounds.length, id[0]);
                         return {writeF64(b, loc, readRow(b, loc, row, id[1]),
                                          carried[0], {n, id[0], id[1]})};
                       })[0];
}

SmallVector<Value> ShortConvOp::buildReference(OpBuilder &builder) {
  Location loc = getLoc();
  Sequences sequences = emitRuntimeChecks(builder, *this);
  SmallVector<OpFoldResult> outputSizes = sizesOf(builder, loc, getInput());
  Value output = emptyF64(builder, loc, outputSizes);
  int64_t earlier = getWeight().getType().getDimSize(1) - 1;
  Value states = emptyF64(
      builder, loc,
      {sequences.getCount(), builder.getIndexAttr(earlier), outputSizes[2]});
  return buildLoopNest(builder, loc, sequences.getCount(), {output, states},
                       [&](OpBuilder &b, Location loc, ValueRange n,
                           ValueRange carried) -> SmallVector<Value> {
                         ConvSequence sequence = {
                             *this, n[0], sequences.getBounds(b, loc, n[0])};
                         return {sequence.buildOutput(b, loc, carried[0]),
                                 sequence.buildFinalState(b, loc, carried[1])};
                       });
}

//===----------------------------------------------------------------------===//
// DecayGateOp
//===----------------------------------------------------------------------===//

/// exp(aLog) * softplus(step). Half of the exponent at a time, so that an
/// exp(aLog) too large for f64 leaves a softplus of 0 what it is.
static Value buildDecayAmount(OpBuilder &b, Location loc, Value aLog,
                              Value step) {
  Value half = arith::MulFOp::create(b, loc, aLog, f64Constant(b, loc, 0.5));
  Value largest = f64Constant(b, loc, std::numeric_limits<double>::max());
  Value root = arith::MinimumFOp::create(
      b, loc, math::ExpOp::create(b, loc, half), largest);
  Value amount =
      arith::MulFOp::create(b, loc, root, buildSoftplus(b, loc, step));
  return arith::MulFOp::create(b, loc, root, amount);
}

SmallVector<Value> DecayGateOp::buildReference(OpBuilder &builder) {
  Location loc = getLoc();
  SmallVector<OpFoldResult> sizes = sizesOf(builder, loc, getInput());
  return buildLoopNest(
      builder, loc, sizes, emptyF64(builder, loc, sizes),
      [&](OpBuilder &b, Location loc, ValueRange place,
          ValueRange carried) -> SmallVector<Value> {
        Value step = readF64(b, loc, getInput(), place);
        if (getDtBias())
          step = arith::AddFOp::create(
              b, loc, step, readF64(b, loc, getDtBias(), place.drop_front(2)));
        Value aLog = readF64(b, loc, getALog(), place[2]);
        Value decay =
            arith::NegFOp::create(b, loc, buildDecayAmount(b, loc, aLog, step));
        if (getLowerBound())
          decay = arith::MaximumFOp::create(
              b, loc, decay,
              f64Constant(b, loc, getLowerBound()->convertToFloat()));
        return {writeF64(b, loc, decay, carried[0], place)};
      });
}

//===----------------------------------------------------------------------===//
// GatedRmsNormOp
//===----------------------------------------------------------------------===//

/// sqrt(mean(x * x) + eps) of the row `x` at B, T, HV.
static Value buildNorm(OpBuilder &b, Location loc, GatedRmsNormOp op,
                       ValueRange row) {
  int64_t channels = op.getInput().getType().getDimSize(3);
  Value sum = buildSum(b, loc, b.getIndexAttr(channels),
                       [&](OpBuilder &b, Location loc, Value v) -> Value {
                         Value x = readF64(b, loc, op.getInput(),
                                           {row[0], row[1], row[2], v});
                         return arith::MulFOp::create(b, loc, x, x);
                       });
  Value mean =
      arith::DivFOp::create(b, loc, sum, f64Constant(b, loc, double(channels)));
  Value eps = f64Constant(b, loc, op.getEps().convertToFloat());
  return math::SqrtOp::create(b, loc, arith::AddFOp::create(b, loc, mean, eps));
}

/// y of one element, `place` being B, T, HV, V.
static Value buildElement(OpBuilder &b, Location loc, GatedRmsNormOp op,
                          Value norm, ValueRange place) {
  Value x = readF64(b, loc, op.getInput(), place);
  Value normed = arith::DivFOp::create(b, loc, x, norm);
  Value weight = readF64(b, loc, op.getWeight(), place[3]);
  Value gate = buildSilu(b, loc, readF64(b, loc, op.getGate(), place));
  return arith::MulFOp::create(
      b, loc, arith::MulFOp::create(b, loc, normed, weight), gate);
}

SmallVector<Value> GatedRmsNormOp::buildReference(OpBuilder &builder) {
  Location loc = getLoc();
  emitRuntimeChecks(builder, *this);
  SmallVector<OpFoldResult> sizes = sizesOf(builder, loc, getInput());
  ArrayRef<OpFoldResult> rows = ArrayRef(sizes).drop_back();
  return buildLoopNest(
      builder, loc, rows, emptyF64(builder, loc, sizes),
      [&](OpBuilder &b, Location loc, ValueRange row,
          ValueRange carried) -> SmallVector<Value> {
        Value norm = buildNorm(b, loc, *this, row);
        return buildLoopNest(
            b, loc, sizes.back(), carried,
            [&](OpBuilder &b, Location loc, ValueRange v,
                ValueRange carried) -> SmallVector<Value> {
              SmallVector<Value> place = {row[0], row[1], row[2], v[0]};
              Value y = buildElement(b, loc, *this, norm, place);
              return {writeF64(b, loc, y, carried[0], place)};
            });
      });
}
