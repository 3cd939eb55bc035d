//===- LayerOpsDecomposition.cpp - Layer ops as linalg on tensors ---------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerOpsChecks.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

#include <limits>

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Arithmetic on f32, of scalars
//===----------------------------------------------------------------------===//

static Value createF32(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

/// x * sigmoid(x). Where exp overflows, x / inf is 0.
static Value createSilu(ImplicitLocOpBuilder &b, Value x) {
  Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, x));
  Value denominator = arith::AddFOp::create(b, createF32(b, 1.0f), exp);
  return arith::DivFOp::create(b, x, denominator);
}

/// log(1 + exp(x)), with exp taken of nothing above 0.
static Value createSoftplus(ImplicitLocOpBuilder &b, Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, magnitude));
  Value linear = arith::MaximumFOp::create(b, x, createF32(b, 0.0f));
  return arith::AddFOp::create(b, linear, math::Log1pOp::create(b, exp));
}

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

static RankedTensorType getRanked(Value tensor) {
  return cast<RankedTensorType>(tensor.getType());
}

static Value createEmpty(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes,
                         Type element) {
  return tensor::EmptyOp::create(b, sizes, element);
}

static Value createEmptyLike(ImplicitLocOpBuilder &b, Value tensor,
                             Type element) {
  return createEmpty(b, tensor::getMixedSizes(b, b.getLoc(), tensor), element);
}

/// The map from `rank` loops to the loops `dims`.
static AffineMap getLoops(ImplicitLocOpBuilder &b, unsigned rank,
                          ArrayRef<unsigned> dims) {
  return AffineMap::getMultiDimMapWithTargets(rank, dims, b.getContext());
}

static Value createGeneric(
    ImplicitLocOpBuilder &b, ValueRange inputs, Value into,
    ArrayRef<AffineMap> maps, ArrayRef<utils::IteratorType> iterators,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange elements)> body) {
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

/// An elementwise op over `into`. `maps` say which element of each of `inputs`
/// belongs to an element; `body` is in f32 whatever the tensors are.
static Value createElementwise(
    ImplicitLocOpBuilder &b, ValueRange inputs, ArrayRef<AffineMap> maps,
    Value into,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange elements)> body) {
  int64_t rank = getRanked(into).getRank();
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return createGeneric(b, inputs, into, allMaps, iterators, body);
}

//===----------------------------------------------------------------------===//
// ShortConvOp
//===----------------------------------------------------------------------===//

namespace {

/// Builds one sequence after the other. Tensors of tokens are entries x tokens
/// x D.
class ShortConvBuilder {
public:
  ShortConvBuilder(OpBuilder &builder, ShortConvOp op)
      : b(op.getLoc(), builder), op(op), sequences(emitRuntimeChecks(b, op)),
        zero(b.getIndexAttr(0)),
        channels(b.getIndexAttr(op.getInput().getType().getDimSize(2))),
        width(op.getWeight().getType().getDimSize(1)) {}

  SmallVector<Value> build();

private:
  SmallVector<Value> buildSequence(Value n, ValueRange carried);
  Value createTaps();
  Value prependState(Value n, const Sequences::Bounds &bounds);
  Value convolve(Value tokens, Value into);

  Value extractTokens(Value tensor, OpFoldResult entry, OpFoldResult begin,
                      OpFoldResult count);
  Value insertTokens(Value tokens, Value tensor, OpFoldResult entry,
                     OpFoldResult begin);

  ImplicitLocOpBuilder b;
  ShortConvOp op;
  Sequences sequences;
  OpFoldResult zero, channels;
  int64_t width;
  /// The weight as W x D of f32, so that channels are contiguous.
  Value taps;
};

} // namespace

Value ShortConvBuilder::createTaps() {
  Value into =
      createEmpty(b, {b.getIndexAttr(width), channels}, b.getF32Type());
  return createElementwise(
      b, op.getWeight(), getLoops(b, 2, {1, 0}), into,
      [](ImplicitLocOpBuilder &, ValueRange elements) { return elements[0]; });
}

/// Returns `count` tokens x D from token `begin` of an entry.
Value ShortConvBuilder::extractTokens(Value tensor, OpFoldResult entry,
                                      OpFoldResult begin, OpFoldResult count) {
  SmallVector<OpFoldResult> sizes = {b.getIndexAttr(1), count, channels};
  SmallVector<int64_t> shape = {
      getConstantIntValue(count).value_or(ShapedType::kDynamic),
      *getConstantIntValue(channels)};
  return tensor::ExtractSliceOp::create(
      b, RankedTensorType::get(shape, getRanked(tensor).getElementType()),
      tensor, {entry, begin, zero}, sizes,
      SmallVector<OpFoldResult>(3, b.getIndexAttr(1)));
}

/// Writes `tokens`, of tokens x D, from token `begin` of an entry.
Value ShortConvBuilder::insertTokens(Value tokens, Value tensor,
                                     OpFoldResult entry, OpFoldResult begin) {
  OpFoldResult count = tensor::getMixedSize(b, b.getLoc(), tokens, 0);
  SmallVector<OpFoldResult> sizes = {b.getIndexAttr(1), count, channels};
  return tensor::InsertSliceOp::create(
      b, tokens, tensor, {entry, begin, zero}, sizes,
      SmallVector<OpFoldResult>(3, b.getIndexAttr(1)));
}

/// Returns the sequence with the W-1 tokens before it: 1 x (W-1 + length) x D.
Value ShortConvBuilder::prependState(Value n, const Sequences::Bounds &bounds) {
  OpFoldResult earlier = b.getIndexAttr(width - 1);
  OpFoldResult length = getAsOpFoldResult(bounds.length);
  Value total = b.createOrFold<arith::AddIOp>(
      bounds.length, arith::ConstantIndexOp::create(b, width - 1));
  Value tokens =
      createEmpty(b, {b.getIndexAttr(1), getAsOpFoldResult(total), channels},
                  op.getInput().getType().getElementType());

  Value state;
  if (Value initial = op.getInitialState()) {
    state = extractTokens(initial, getAsOpFoldResult(n), zero, earlier);
  } else {
    Value none = arith::ConstantOp::create(
        b, b.getZeroAttr(getRanked(tokens).getElementType()));
    Value place = extractTokens(tokens, zero, zero, earlier);
    state = linalg::FillOp::create(b, none, place).getResult(0);
  }
  tokens = insertTokens(state, tokens, zero, zero);
  Value input = extractTokens(op.getInput(), getAsOpFoldResult(bounds.batch),
                              getAsOpFoldResult(bounds.begin), length);
  return insertTokens(input, tokens, zero, earlier);
}

/// Writes to `into` (tokens x D) the sums over W tokens of `tokens`, which
/// starts W-1 tokens earlier.
Value ShortConvBuilder::convolve(Value tokens, Value into) {
  OpFoldResult length = tensor::getMixedSize(b, b.getLoc(), into, 0);
  auto tapType =
      RankedTensorType::get(getRanked(taps).getDimSize(1), b.getF32Type());
  SmallVector<OpFoldResult> strides(2, b.getIndexAttr(1));
  AffineMap perChannel = getLoops(b, 2, {1});
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (int64_t i = 0; i < width; ++i) {
    inputs.push_back(extractTokens(tokens, zero, b.getIndexAttr(i), length));
    maps.push_back(b.getMultiDimIdentityMap(2));
    inputs.push_back(tensor::ExtractSliceOp::create(
        b, tapType, taps, {b.getIndexAttr(i), zero},
        {b.getIndexAttr(1), channels}, strides));
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

/// Sequence `n`, with the output and the final states as they are so far.
SmallVector<Value> ShortConvBuilder::buildSequence(Value n,
                                                   ValueRange carried) {
  Sequences::Bounds bounds = sequences.getBounds(b, b.getLoc(), n);
  OpFoldResult entry = getAsOpFoldResult(n),
               length = getAsOpFoldResult(bounds.length),
               batch = getAsOpFoldResult(bounds.batch),
               begin = getAsOpFoldResult(bounds.begin);
  Value tokens = prependState(n, bounds);
  Value output =
      convolve(tokens, extractTokens(carried[0], batch, begin, length));
  Value state = extractTokens(tokens, zero, length, b.getIndexAttr(width - 1));
  return {insertTokens(output, carried[0], batch, begin),
          insertTokens(state, carried[1], entry, zero)};
}

SmallVector<Value> ShortConvBuilder::build() {
  Type element = op.getInput().getType().getElementType();
  taps = createTaps();
  Value output = createEmptyLike(b, op.getInput(), element);
  Value states = createEmpty(
      b, {sequences.getCount(), b.getIndexAttr(width - 1), channels}, element);
  Value first = arith::ConstantIndexOp::create(b, 0);
  if (isConstantIntValue(sequences.getCount(), 1))
    return buildSequence(first, {output, states});

  Value count =
      getValueOrCreateConstantIndexOp(b, b.getLoc(), sequences.getCount());
  auto loop = scf::ForOp::create(
      b, first, count, arith::ConstantIndexOp::create(b, 1),
      ValueRange{output, states},
      [&](OpBuilder &builder, Location, Value n, ValueRange carried) {
        OpBuilder::InsertionGuard guard(b);
        b.restoreInsertionPoint(builder.saveInsertionPoint());
        scf::YieldOp::create(b, buildSequence(n, carried));
      });
  return llvm::to_vector_of<Value>(loop.getResults());
}

FailureOr<SmallVector<Value>>
ShortConvOp::decomposeOperation(OpBuilder &builder) {
  return ShortConvBuilder(builder, *this).build();
}

//===----------------------------------------------------------------------===//
// DecayGateOp
//===----------------------------------------------------------------------===//

/// exp(a_log), the largest finite number where that overflows: it is
/// multiplied by a softplus that may be 0.
static Value createRates(ImplicitLocOpBuilder &b, Value aLog) {
  return createElementwise(
      b, aLog, b.getMultiDimIdentityMap(1),
      createEmptyLike(b, aLog, b.getF32Type()),
      [](ImplicitLocOpBuilder &inner, ValueRange elements) -> Value {
        Value largest = createF32(inner, std::numeric_limits<float>::max());
        Value rate = math::ExpOp::create(inner, elements[0]);
        return arith::MinimumFOp::create(inner, rate, largest);
      });
}

FailureOr<SmallVector<Value>>
DecayGateOp::decomposeOperation(OpBuilder &builder) {
  ImplicitLocOpBuilder b(getLoc(), builder);
  unsigned rank = getInput().getType().getRank();
  SmallVector<Value> inputs = {getInput(), createRates(b, getALog())};
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
        Value amount = arith::MulFOp::create(inner, elements[1],
                                             createSoftplus(inner, step));
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
  Value empty = createEmpty(b, sizes, b.getF32Type());
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
