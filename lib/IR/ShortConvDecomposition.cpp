//===- ShortConvDecomposition.cpp - The convolution as linalg -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeltaRuleChecks.h"
#include "ElementwiseOps.h"
#include "LayerOpsChecks.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;
using namespace gdn;

namespace {

/// Builds one sequence after the other. Tensors of tokens are entries x tokens
/// x D.
class ShortConvBuilder {
public:
  ShortConvBuilder(OpBuilder &builder, ShortConvOp op)
      : b(op.getLoc(), builder), op(op), sequences(emitRuntimeChecks(b, op)),
        channels(op.getInput().getType().getDimSize(2)),
        width(op.getWeight().getType().getDimSize(1)),
        element(op.getInput().getType().getElementType()) {}

  SmallVector<Value> build();

private:
  /// Where some tokens lie in a tensor.
  struct Place {
    OpFoldResult entry, begin, count;
  };

  SmallVector<Value> buildSequence(Value n, ValueRange carried);
  bool hasNoTokens();
  Value createTaps();
  Value extractTap(int64_t i);
  Value getEarlier(const Place &state, Value tensor, const Place &place);
  Value prependState(Place state, Place input);
  Value convolve(Value tokens, OpFoldResult count, Value into);

  Value createTokens(ArrayRef<OpFoldResult> entriesAndTokens);
  Value extractTokens(Value tensor, const Place &place);
  Value insertTokens(Value tokens, Value tensor, const Place &place);

  ImplicitLocOpBuilder b;
  ShortConvOp op;
  Sequences sequences;
  int64_t channels, width;
  Type element;
  /// The weight as W x D of f32, so that channels are contiguous.
  Value taps;
};

} // namespace

//===----------------------------------------------------------------------===//
// Tensors of tokens
//===----------------------------------------------------------------------===//

Value ShortConvBuilder::createTokens(ArrayRef<OpFoldResult> entriesAndTokens) {
  SmallVector<OpFoldResult> sizes(entriesAndTokens);
  sizes.push_back(b.getIndexAttr(channels));
  return tensor::EmptyOp::create(b, sizes, element);
}

/// Returns the tokens at `place`: count x D.
Value ShortConvBuilder::extractTokens(Value tensor, const Place &place) {
  int64_t count =
      getConstantIntValue(place.count).value_or(ShapedType::kDynamic);
  return tensor::ExtractSliceOp::create(
      b, RankedTensorType::get({count, channels}, element), tensor,
      ArrayRef<OpFoldResult>{place.entry, place.begin, b.getIndexAttr(0)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(1), place.count,
                             b.getIndexAttr(channels)},
      SmallVector<OpFoldResult>(3, b.getIndexAttr(1)));
}

/// Writes `tokens`, of count x D, at `place`.
Value ShortConvBuilder::insertTokens(Value tokens, Value tensor,
                                     const Place &place) {
  return tensor::InsertSliceOp::create(
      b, tokens, tensor,
      ArrayRef<OpFoldResult>{place.entry, place.begin, b.getIndexAttr(0)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(1), place.count,
                             b.getIndexAttr(channels)},
      SmallVector<OpFoldResult>(3, b.getIndexAttr(1)));
}

//===----------------------------------------------------------------------===//
// One sequence
//===----------------------------------------------------------------------===//

Value ShortConvBuilder::createTaps() {
  SmallVector<int64_t> shape = {width, channels};
  Value into = tensor::EmptyOp::create(b, shape, b.getF32Type());
  return createElementwise(
      b, op.getWeight(), getLoops(b, 2, {1, 0}), into,
      [](ImplicitLocOpBuilder &, ValueRange elements) { return elements[0]; });
}

/// Column `i` of the weight: D.
Value ShortConvBuilder::extractTap(int64_t i) {
  return tensor::ExtractSliceOp::create(
      b, RankedTensorType::get(channels, b.getF32Type()), taps,
      ArrayRef<OpFoldResult>{b.getIndexAttr(i), b.getIndexAttr(0)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(1), b.getIndexAttr(channels)},
      SmallVector<OpFoldResult>(2, b.getIndexAttr(1)));
}

/// The tokens before a sequence, (W-1) x D: those at `state` of the initial
/// states, or zeros made at `place` of `tensor`.
Value ShortConvBuilder::getEarlier(const Place &state, Value tensor,
                                   const Place &place) {
  if (Value initial = op.getInitialState())
    return extractTokens(initial, state);
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(element));
  Value into = extractTokens(tensor, place);
  return linalg::FillOp::create(b, none, into).getResult(0);
}

/// Returns the tokens at `input` with the W-1 before them, 1 x (W-1 + T) x D;
/// these stand at `state` of the initial states.
Value ShortConvBuilder::prependState(Place state, Place input) {
  OpFoldResult zero = b.getIndexAttr(0);
  Value length = getValueOrCreateConstantIndexOp(b, b.getLoc(), input.count);
  Value total = b.createOrFold<arith::AddIOp>(
      length, arith::ConstantIndexOp::create(b, width - 1));
  Value tokens = createTokens({b.getIndexAttr(1), getAsOpFoldResult(total)});

  Place head = {zero, zero, state.count};
  tokens = insertTokens(getEarlier(state, tokens, head), tokens, head);
  return insertTokens(extractTokens(op.getInput(), input), tokens,
                      {zero, b.getIndexAttr(width - 1), input.count});
}

/// Writes to `into` (count x D) the sums over W of `tokens`, which start W-1
/// tokens earlier.
Value ShortConvBuilder::convolve(Value tokens, OpFoldResult count, Value into) {
  AffineMap perChannel = getLoops(b, 2, {1});
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (int64_t i = 0; i < width; ++i) {
    inputs.push_back(
        extractTokens(tokens, {b.getIndexAttr(0), b.getIndexAttr(i), count}));
    maps.push_back(b.getMultiDimIdentityMap(2));
    inputs.push_back(extractTap(i));
    maps.push_back(perChannel);
  }
  if (op.getBias()) {
    inputs.push_back(op.getBias());
    maps.push_back(perChannel);
  }
  return createElementwise(
      b, inputs, maps, into,
      [&](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value sum = op.getBias() ? elements[2 * width] : Value();
        for (int64_t i = 0; i < width; ++i) {
          Value product = arith::MulFOp::create(inner, elements[2 * i],
                                                elements[2 * i + 1]);
          sum = sum ? arith::AddFOp::create(inner, sum, product) : product;
        }
        return op.getSilu() ? createSilu(inner, sum) : sum;
      });
}

/// Whether T is known to be 0, be it behind a cast.
bool ShortConvBuilder::hasNoTokens() {
  FailureOr<int64_t> size = ValueBoundsConstraintSet::computeConstantBound(
      presburger::BoundType::EQ, {op.getInput(), 1});
  return succeeded(size) && *size == 0;
}

/// Sequence `n`, with the output and the final states as they are so far.
SmallVector<Value> ShortConvBuilder::buildSequence(Value n,
                                                   ValueRange carried) {
  Sequences::Bounds bounds = sequences.getBounds(b, b.getLoc(), n);
  Place input = {getAsOpFoldResult(bounds.batch),
                 getAsOpFoldResult(bounds.begin),
                 getAsOpFoldResult(bounds.length)};
  Place state = {getAsOpFoldResult(n), b.getIndexAttr(0),
                 b.getIndexAttr(width - 1)};
  // A slice of no tokens would begin outside of them.
  if (hasNoTokens()) {
    Value last = getEarlier(state, carried[1], state);
    return {carried[0], insertTokens(last, carried[1], state)};
  }
  Value tokens = prependState(state, input);
  Value output =
      convolve(tokens, input.count, extractTokens(carried[0], input));
  Value last =
      extractTokens(tokens, {b.getIndexAttr(0), input.count, state.count});
  output = insertTokens(output, carried[0], input);
  return {output, insertTokens(last, carried[1], state)};
}

SmallVector<Value> ShortConvBuilder::build() {
  taps = createTaps();
  Value output = createEmptyLike(b, op.getInput(), element);
  Value states =
      createTokens({sequences.getCount(), b.getIndexAttr(width - 1)});
  Value zero = arith::ConstantIndexOp::create(b, 0);
  if (isConstantIntValue(sequences.getCount(), 1))
    return buildSequence(zero, {output, states});

  Value count =
      getValueOrCreateConstantIndexOp(b, b.getLoc(), sequences.getCount());
  Value one = arith::ConstantIndexOp::create(b, 1);
  auto loop =
      scf::ForOp::create(b, zero, count, one, ValueRange{output, states});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results =
      buildSequence(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(b, results);
  return llvm::to_vector_of<Value>(loop.getResults());
}

FailureOr<SmallVector<Value>>
ShortConvOp::decomposeOperation(OpBuilder &builder) {
  return castToResultTypes(builder, *this,
                           ShortConvBuilder(builder, *this).build());
}
