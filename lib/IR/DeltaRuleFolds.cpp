//===- DeltaRuleFolds.cpp - Canonical forms of the rule -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;
using namespace gdn;

/// The one value of all elements of `tensor`, seen through fills, broadcasts
/// and constants, where there is one.
static std::optional<APFloat> getSplatValue(Value tensor) {
  FloatAttr scalar;
  DenseFPElementsAttr dense;
  if (matchPattern(tensor, m_Constant(&dense)) && dense.isSplat())
    return dense.getSplatValue<APFloat>();
  if (auto splat = tensor.getDefiningOp<tensor::SplatOp>())
    if (matchPattern(splat.getInput(), m_Constant(&scalar)))
      return scalar.getValue();
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    if (matchPattern(fill.getInputs()[0], m_Constant(&scalar)))
      return scalar.getValue();
  if (auto broadcast = tensor.getDefiningOp<linalg::BroadcastOp>())
    return getSplatValue(broadcast.getInput());
  return std::nullopt;
}

static bool isSplat(Value tensor, double value) {
  if (!tensor)
    return false;
  std::optional<APFloat> splat = getSplatValue(tensor);
  return splat && splat->convertToDouble() == value;
}

/// Whether `tensor` and the queries are sure to agree in the sizes of `dims`,
/// so that without `tensor` no check is missing when the program runs.
static bool agreesWithQuery(DeltaRuleOp op, Value tensor,
                            ArrayRef<int64_t> dims) {
  return llvm::all_of(dims, [&](int64_t dim) {
    FailureOr<bool> equal =
        ValueBoundsConstraintSet::areEqual({tensor, dim}, {op.getQuery(), dim});
    return succeeded(equal) && *equal;
  });
}

/// Whether `tensor`, if there is one, is sure to have B and T of the queries.
static bool hasTokensOfQuery(DeltaRuleOp op, Value tensor) {
  return !tensor || agreesWithQuery(op, tensor, {0, 1});
}

/// Whether `state` is sure to have an entry for each sequence.
static bool hasAllSequences(DeltaRuleOp op, Value state) {
  if (!op.getCuSeqlens())
    return agreesWithQuery(op, state, {0});
  // The verifier compared static sizes.
  return !ShapedType::isDynamic(op.getSequences()) &&
         !cast<RankedTensorType>(state.getType()).isDynamicDim(0);
}

/// The B x T x heads tensor that `gate` repeats over its channels, if it does.
/// The values of a constant are written as a smaller constant.
static Value getHeadGate(PatternRewriter &rewriter, Value gate) {
  auto type = cast<RankedTensorType>(gate.getType());
  if (type.getRank() != 4)
    return {};
  auto headType =
      RankedTensorType::get(type.getShape().drop_back(), type.getElementType());
  if (auto broadcast = gate.getDefiningOp<linalg::BroadcastOp>())
    if (broadcast.getDimensions() == ArrayRef<int64_t>{3})
      return broadcast.getInput();
  if (auto generic = gate.getDefiningOp<linalg::GenericOp>())
    if (std::optional<SmallVector<int64_t>> dims =
            linalg::isaBroadcastOpInterface(generic))
      // The input of a generic may know its sizes less well.
      if (Value input = generic.getDpsInputs()[0];
          *dims == SmallVector<int64_t>{3} && input.getType() == headType)
        return input;
  DenseFPElementsAttr dense;
  if (matchPattern(gate, m_Constant(&dense)) && dense.isSplat())
    return arith::ConstantOp::create(
        rewriter, gate.getLoc(),
        DenseElementsAttr::get(headType, dense.getSplatValue<APFloat>()));
  return {};
}

namespace {

/// A gate that is its neutral element is no gate: a decay of 0, an erase gate
/// of 0, a write gate of 1, an initial state of 0. It stays where its sizes are
/// left to check when the program runs.
struct DropNeutralOperands : public OpRewritePattern<DeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    auto isNeutral = [&](Value gate, double neutral) {
      return isSplat(gate, neutral) && hasTokensOfQuery(op, gate);
    };
    bool decay = isNeutral(op.getDecay(), 0.0);
    bool erase = isNeutral(op.getErase(), 0.0);
    bool write = isNeutral(op.getWrite(), 1.0);
    bool state =
        isSplat(op.getInitialState(), 0.0) &&
        hasAllSequences(op, op.getInitialState()) &&
        // N must stay known where only the state tells it.
        op.getFinalState().getType().getDimSize(0) == op.getSequences();
    if (!decay && !erase && !write && !state)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      if (decay)
        op.getDecayMutable().clear();
      if (erase)
        op.getEraseMutable().clear();
      if (write)
        op.getWriteMutable().clear();
      if (state)
        op.getInitialStateMutable().clear();
    });
    return success();
  }
};

/// A channel gate that repeats a head gate is that head gate.
struct NarrowBroadcastGates : public OpRewritePattern<DeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    bool changed = false;
    auto narrow = [&](MutableOperandRange gate) {
      if (gate.empty())
        return;
      Value head = getHeadGate(rewriter, gate[0].get());
      if (!head)
        return;
      rewriter.modifyOpInPlace(op, [&] { gate.assign(head); });
      changed = true;
    };
    narrow(op.getDecayMutable());
    narrow(op.getEraseMutable());
    narrow(op.getWriteMutable());
    return success(changed);
  }
};

/// A sequence that starts from nothing has nothing to decay or to erase in its
/// first token.
struct SimplifySingleToken : public OpRewritePattern<DeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getTokens() != 1 || op.getInitialState() || op.getCuSeqlens() ||
        (!op.getDecay() && !op.getErase()) ||
        !hasTokensOfQuery(op, op.getDecay()) ||
        !hasTokensOfQuery(op, op.getErase()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getDecayMutable().clear();
      op.getEraseMutable().clear();
    });
    return success();
  }
};

/// No tokens: an empty output, and the state as it was.
struct FoldNoTokens : public OpRewritePattern<DeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    auto outputType = op.getOutput().getType();
    auto stateType = op.getFinalState().getType();
    Value state = op.getInitialState();
    if (op.getTokens() != 0 || !outputType.hasStaticShape() ||
        // `cu_seqlens` is checked when the program runs.
        op.getCuSeqlens())
      return failure();
    // So are sizes that are not known yet.
    if (!llvm::all_of(
            ValueRange{op.getKey(), op.getValue(), op.getDecay(), op.getErase(),
                       op.getWrite()},
            [&](Value tensor) { return hasTokensOfQuery(op, tensor); }))
      return failure();
    if (!stateType.hasStaticShape() || (state && state.getType() != stateType))
      return failure();
    if (!state)
      state = arith::ConstantOp::create(rewriter, op.getLoc(),
                                        rewriter.getZeroAttr(stateType));
    Value output =
        tensor::EmptyOp::create(rewriter, op.getLoc(), outputType.getShape(),
                                outputType.getElementType());
    rewriter.replaceOp(op, {output, state});
    return success();
  }
};

} // namespace

void DeltaRuleOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<DropNeutralOperands, FoldNoTokens, NarrowBroadcastGates,
               SimplifySingleToken>(context);
}
