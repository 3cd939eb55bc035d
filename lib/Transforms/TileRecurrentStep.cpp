//===- TileRecurrentStep.cpp - One token of the rule on tiles -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TilePatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

std::optional<ScheduleAttr> gdn::getSchedule(Operation *op) {
  for (auto loop = op->getParentOfType<scf::ForallOp>(); loop;
       loop = loop->getParentOfType<scf::ForallOp>())
    if (auto schedule = loop->getAttrOfType<ScheduleAttr>("gdn.schedule"))
      return schedule;
  return std::nullopt;
}

Operation *gdn::applyToTiles(PatternRewriter &rewriter, Operation *op,
                             ValueRange operands, Type type) {
  if (isa<TileType>(type) && isa<arith::ExtFOp, arith::TruncFOp>(op))
    return TileCastOp::create(rewriter, op->getLoc(), type, operands[0]);
  return rewriter.create(op->getLoc(), op->getName().getIdentifier(), operands,
                         type, op->getAttrs());
}

namespace {

/// Builds one token of one part of a head. Rows over key channels lie in
/// slices of the state's columns, rows over value channels in slices of its
/// rows, so everything meets in the registers.
class TokenBuilder {
public:
  TokenBuilder(ImplicitLocOpBuilder &builder, TileType state)
      : b(builder), stateType(state), keyType(getSlice(1)),
        valueType(getSlice(0)) {}

  Value load(Value tensor, TileType type) {
    Value zero = arith::ConstantIndexOp::create(b, 0);
    return TileLoadOp::create(b, type, tensor, ValueRange{zero, zero});
  }

  Value loadKeys(Value tensor) { return load(tensor, keyType); }
  Value loadValues(Value tensor) { return load(tensor, valueType); }

  /// The state after the decay, which is one factor or one per key channel.
  Value decayState(Value state, Value decay) {
    Value factors;
    if (cast<RankedTensorType>(decay.getType()).getRank() == 2) {
      factors = expand(loadKeys(decay), 1);
    } else {
      Value zero = arith::ConstantIndexOp::create(b, 0);
      Value factor = tensor::ExtractOp::create(b, decay, zero);
      factors = TileSplatOp::create(b, stateType, factor);
    }
    return arith::MulFOp::create(b, factors, state);
  }

  /// vector^T state, per value channel.
  Value read(Value vector, Value state) {
    return TileContractOp::create(b, valueType, vector, state);
  }

  /// state + key written^T.
  Value write(Value key, Value written, Value state) {
    return math::FmaOp::create(b, expand(key, 1), expand(written, 0), state);
  }

  /// read + (query . key) written: what the query reads after the write. With
  /// both reads before the write there is one wait for the other lanes.
  Value readAfterWrite(Value query, Value key, Value written, Value read) {
    Value dot =
        TileSumOp::create(b, arith::MulFOp::create(b, query, key).getResult());
    Value factors = TileSplatOp::create(b, valueType, dot);
    return math::FmaOp::create(b, factors, written, read);
  }

  Value store(Value tile, Value tensor) {
    Value zero = arith::ConstantIndexOp::create(b, 0);
    return TileStoreOp::create(b, tensor.getType(), tile, tensor,
                               ValueRange{zero, zero})
        .getResult();
  }

private:
  TileType getSlice(int64_t dim) {
    auto layout =
        SliceLayoutAttr::get(b.getContext(), dim, stateType.getLayout());
    return TileType::get(b.getContext(), {stateType.getDimSize(1 - dim)},
                         stateType.getElementType(), layout);
  }

  Value expand(Value row, int64_t dim) {
    return TileExpandOp::create(b, stateType, row, dim);
  }

  ImplicitLocOpBuilder &b;
  TileType stateType, keyType, valueType;
};

struct TileRecurrentStep : public OpRewritePattern<RecurrentStepOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RecurrentStepOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<ScheduleAttr> schedule = getSchedule(op);
    if (!schedule)
      return rewriter.notifyMatchFailure(op, "no schedule");
    auto type = cast<RankedTensorType>(op.getState().getType());
    auto stateType =
        TileType::get(getContext(), type.getShape(), type.getElementType(),
                      schedule->getStateLayout(type.getDimSize(0)));
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    TokenBuilder token(b, stateType);
    Value state = token.load(op.getState(), stateType);
    Value query = token.loadKeys(op.getQuery());
    Value key = token.loadKeys(op.getKey());
    Value written = token.loadValues(op.getValue());
    if (op.getDecay())
      state = token.decayState(state, op.getDecay());
    Value output = token.read(query, state);
    if (op.getErase())
      written = arith::SubFOp::create(
          b, written, token.read(token.loadKeys(op.getErase()), state));
    output = token.readAfterWrite(query, key, written, output);
    state = token.write(key, written, state);

    auto outputType = cast<RankedTensorType>(op.getOutput().getType());
    Value row = tensor::EmptyOp::create(b, outputType.getShape(),
                                        outputType.getElementType());
    rewriter.replaceOp(
        op, {token.store(output, row), token.store(state, op.getState())});
    return success();
  }
};

} // namespace

void gdn::populateTileRecurrentStepPatterns(RewritePatternSet &patterns) {
  patterns.add<TileRecurrentStep>(patterns.getContext());
}
