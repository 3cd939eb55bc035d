//===- DeltaRuleReference.cpp - The rule, literally -----------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeltaRuleChecks.h"
#include "ReferenceLoops.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace gdn;

namespace {

/// One token of one head, in f64. Loops are over key channels k and value
/// channels v; the state is a tensor of N x HV x K x V.
class Token {
public:
  Token(OpBuilder &builder, DeltaRuleOp op, Value sequence, Value valueHead,
        Value batch, Value token)
      : b(op.getLoc(), builder), loc(op.getLoc()), op(op), sequence(sequence),
        valueHead(valueHead), batch(batch), token(token),
        keyChannels(b.getIndexAttr(op.getKeyChannels())),
        valueChannels(b.getIndexAttr(op.getValueChannels())) {
    int64_t group = op.getValueHeads() / op.getKeyHeads();
    keyHead =
        arith::DivUIOp::create(b, valueHead, indexConstant(b, loc, group));
    if (op.getQkL2norm()) {
      queryNorm = buildNorm(op.getQuery());
      keyNorm = buildNorm(op.getKey());
    }
  }

  /// S = diag(exp(g)) S
  Value decay(Value state) {
    if (!op.getDecay())
      return state;
    return updateState(state, [&](Value k, Value v, Value old) -> Value {
      Value factor = math::ExpOp::create(b, readKeyGate(op.getDecay(), k));
      return arith::MulFOp::create(b, factor, old);
    });
  }

  /// r = S^T (b * k): a tensor of V, or null where nothing is erased.
  Value read(Value state) {
    if (!op.getErase())
      return {};
    Value empty = emptyF64(b, loc, valueChannels);
    return buildLoopNest(b, loc, valueChannels, empty,
                         [&](OpBuilder &builder, Location, ValueRange v,
                             ValueRange carried) -> SmallVector<Value> {
                           At at(*this, builder);
                           Value sum = dot(state, v[0], [&](Value k) -> Value {
                             Value gate = readKeyGate(op.getErase(), k);
                             return arith::MulFOp::create(b, gate, readKey(k));
                           });
                           return {writeF64(b, loc, sum, carried[0], v)};
                         })[0];
  }

  /// S = S + k (w * v - r)^T
  Value write(Value state, Value erased) {
    return updateState(state, [&](Value k, Value v, Value old) -> Value {
      Value change = readValue(v);
      if (erased)
        change = arith::SubFOp::create(b, change, readF64(b, loc, erased, v));
      Value update = arith::MulFOp::create(b, readKey(k), change);
      return arith::AddFOp::create(b, old, update);
    });
  }

  /// o = scale * S^T q, written to `output` (B x T x HV x V).
  Value output(Value state, Value output) {
    Value scale = f64Constant(b, loc, op.getScaleValue());
    return buildLoopNest(
        b, loc, valueChannels, output,
        [&](OpBuilder &builder, Location, ValueRange v,
            ValueRange carried) -> SmallVector<Value> {
          At at(*this, builder);
          Value sum = dot(state, v[0], [&](Value k) { return readQuery(k); });
          Value scaled = arith::MulFOp::create(b, scale, sum);
          return {writeF64(b, loc, scaled, carried[0],
                           {batch, token, valueHead, v[0]})};
        })[0];
  }

private:
  /// Builds at the place of another builder for as long as it lives.
  struct At {
    At(Token &token, OpBuilder &builder) : guard(token.b) {
      token.b.restoreInsertionPoint(builder.saveInsertionPoint());
    }
    OpBuilder::InsertionGuard guard;
  };

  /// The state with every element replaced by `update(k, v, element)`.
  Value updateState(Value state,
                    function_ref<Value(Value, Value, Value)> update) {
    return buildLoopNest(b, loc, {keyChannels, valueChannels}, state,
                         [&](OpBuilder &builder, Location, ValueRange kv,
                             ValueRange carried) -> SmallVector<Value> {
                           At at(*this, builder);
                           SmallVector<Value> place = {sequence, valueHead,
                                                       kv[0], kv[1]};
                           Value old = readF64(b, loc, carried[0], place);
                           return {writeF64(b, loc, update(kv[0], kv[1], old),
                                            carried[0], place)};
                         })[0];
  }

  /// The sum over k of state[k, v] * factor(k).
  Value dot(Value state, Value v, function_ref<Value(Value)> factor) {
    return buildSum(b, loc, keyChannels,
                    [&](OpBuilder &builder, Location, Value k) -> Value {
                      At at(*this, builder);
                      Value element =
                          readF64(b, loc, state, {sequence, valueHead, k, v});
                      return arith::MulFOp::create(b, element, factor(k));
                    });
  }

  /// sqrt(sum of squares + 1e-6) of the token's row of `tensor`.
  Value buildNorm(Value tensor) {
    Value sum = buildSum(b, loc, keyChannels,
                         [&](OpBuilder &builder, Location, Value k) -> Value {
                           At at(*this, builder);
                           Value x = readF64(b, loc, tensor,
                                             {batch, token, keyHead, k});
                           return arith::MulFOp::create(b, x, x);
                         });
    Value epsilon = f64Constant(b, loc, 1.0e-6);
    return math::SqrtOp::create(b, arith::AddFOp::create(b, sum, epsilon));
  }

  Value readNormalized(Value tensor, Value norm, Value k) {
    Value x = readF64(b, loc, tensor, {batch, token, keyHead, k});
    return norm ? arith::DivFOp::create(b, x, norm).getResult() : x;
  }
  Value readQuery(Value k) {
    return readNormalized(op.getQuery(), queryNorm, k);
  }
  Value readKey(Value k) { return readNormalized(op.getKey(), keyNorm, k); }

  /// w * v
  Value readValue(Value v) {
    Value value = readF64(b, loc, op.getValue(), {batch, token, valueHead, v});
    if (!op.getWrite())
      return value;
    return arith::MulFOp::create(b, readGate(op.getWrite(), valueHead, v),
                                 value);
  }

  /// A gate on the key axis has the heads of the keys or of the values.
  Value readKeyGate(Value gate, Value k) {
    int64_t heads = cast<RankedTensorType>(gate.getType()).getDimSize(2);
    return readGate(gate, heads == op.getValueHeads() ? valueHead : keyHead, k);
  }

  Value readGate(Value gate, Value head, Value channel) {
    SmallVector<Value> place = {batch, token, head};
    if (cast<RankedTensorType>(gate.getType()).getRank() == 4)
      place.push_back(channel);
    return readF64(b, loc, gate, place);
  }

  ImplicitLocOpBuilder b;
  Location loc;
  DeltaRuleOp op;
  Value sequence, valueHead, keyHead, batch, token, queryNorm, keyNorm;
  OpFoldResult keyChannels, valueChannels;
};

} // namespace

/// The state of f64 that all sequences start from.
static Value buildInitialState(OpBuilder &builder, DeltaRuleOp op,
                               ArrayRef<OpFoldResult> sizes) {
  Location loc = op.getLoc();
  Value initial = op.getInitialState();
  if (!initial)
    return zeroF64(builder, loc, sizes);
  return buildLoopNest(builder, loc, sizes, emptyF64(builder, loc, sizes),
                       [&](OpBuilder &b, Location loc, ValueRange place,
                           ValueRange carried) -> SmallVector<Value> {
                         Value element = readF64(b, loc, initial, place);
                         return {writeF64(b, loc, element, carried[0], place)};
                       })[0];
}

SmallVector<Value> DeltaRuleOp::buildReference(OpBuilder &builder) {
  Location loc = getLoc();
  Sequences sequences = emitRuntimeChecks(builder, *this);
  OpFoldResult heads = builder.getIndexAttr(getValueHeads());
  SmallVector<OpFoldResult> stateSizes = {
      sequences.getCount(), heads, builder.getIndexAttr(getKeyChannels()),
      builder.getIndexAttr(getValueChannels())};
  Value output = emptyF64(builder, loc, sizesOf(builder, loc, getValue()));
  Value state = buildInitialState(builder, *this, stateSizes);

  return buildLoopNest(
      builder, loc, {sequences.getCount(), heads}, {output, state},
      [&](OpBuilder &b, Location loc, ValueRange sequenceAndHead,
          ValueRange carried) -> SmallVector<Value> {
        Value sequence = sequenceAndHead[0], head = sequenceAndHead[1];
        Sequences::Bounds bounds = sequences.getBounds(b, loc, sequence);
        return buildLoopNest(
            b, loc, OpFoldResult(bounds.length), carried,
            [&](OpBuilder &b, Location loc, ValueRange t,
                ValueRange carried) -> SmallVector<Value> {
              Value place = arith::AddIOp::create(b, loc, bounds.begin, t[0]);
              Token token(b, *this, sequence, head, bounds.batch, place);
              Value state = token.decay(carried[1]);
              state = token.write(state, token.read(state));
              return {token.output(state, carried[0]), state};
            });
      });
}
