//===- TileStores.cpp - Rows that are inserted become stores --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TilePatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

namespace {

/// An op on the elements of what was stored is done before it is stored.
struct ApplyBeforeStore : public RewritePattern {
  explicit ApplyBeforeStore(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!OpTrait::hasElementwiseMappableTraits(op) ||
        op->getNumOperands() != 1 || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "not of one operand's elements");
    auto store = op->getOperand(0).getDefiningOp<TileStoreOp>();
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!store || !type || !isa<FloatType>(type.getElementType()) ||
        !getSchedule(op) || !coversDest(store))
      return rewriter.notifyMatchFailure(op, "not of a stored tile");
    auto tileType = cast<TileType>(store.getTile().getType().cloneWith(
        std::nullopt, type.getElementType()));
    Operation *result = applyToTiles(rewriter, op, store.getTile(), tileType);
    Value empty = tensor::EmptyOp::create(
        rewriter, op->getLoc(), type.getShape(), type.getElementType());
    rewriter.replaceOpWithNewOp<TileStoreOp>(op, type, result->getResult(0),
                                             empty, store.getOffsets());
    return success();
  }

  /// Whether nothing of the tensor is left but the tile.
  static bool coversDest(TileStoreOp store) {
    auto dest = cast<ShapedType>(store.getDest().getType());
    return dest.hasStaticShape() &&
           dest.getNumElements() == store.getTile().getType().getNumElements();
  }
};

/// A row that is stored and then inserted is stored where it goes.
struct StoreRow : public OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::InsertSliceOp op,
                                PatternRewriter &rewriter) const override {
    auto store = op.getSource().getDefiningOp<TileStoreOp>();
    if (!store || !getSchedule(op) || !op.hasUnitStride() ||
        !ApplyBeforeStore::coversDest(store) ||
        op.getSourceType().getRank() != op.getDestType().getRank())
      return rewriter.notifyMatchFailure(op, "not a row of a tile");
    rewriter.replaceOpWithNewOp<TileStoreOp>(
        op, op.getDestType(), store.getTile(), op.getDest(),
        getValueOrCreateConstantIndexOp(rewriter, op.getLoc(),
                                        op.getMixedOffsets()));
    return success();
  }
};

/// What a store overwrites whole need not be computed.
struct StoreOverInitial : public OpRewritePattern<TileStoreOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TileStoreOp op,
                                PatternRewriter &rewriter) const override {
    auto initial = op.getDest().getDefiningOp<linalg::LinalgOp>();
    auto type = dyn_cast<RankedTensorType>(op.getDest().getType());
    if (!initial || initial.getNumDpsInits() != 1 ||
        type.getShape() != op.getTile().getType().getShape())
      return rewriter.notifyMatchFailure(op, "the rest is needed");
    rewriter.modifyOpInPlace(
        op, [&] { op.getDestMutable().assign(initial.getDpsInits()[0]); });
    return success();
  }
};

/// The state of a sequence without tokens: a copy of the initial one, or zeros.
template <typename OpTy> struct StoreWhole : public OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    // What tokens then change is stored once, behind them.
    if (!llvm::all_of(op->getUsers(),
                      llvm::IsaPred<tensor::ParallelInsertSliceOp>))
      return rewriter.notifyMatchFailure(op, "not what is left");
    std::optional<ScheduleAttr> schedule = getSchedule(op);
    auto type = dyn_cast<RankedTensorType>(op.getOutputs()[0].getType());
    if (!schedule || !type || !type.hasStaticShape() || type.getRank() != 2)
      return rewriter.notifyMatchFailure(op, "not a state");
    BlockedLayoutAttr layout = schedule->getStateLayout(type.getDimSize(0));
    if (type.getDimSize(0) % layout.getBlock(0) != 0 ||
        type.getDimSize(1) % layout.getBlock(1) != 0)
      return rewriter.notifyMatchFailure(op, "not tiles of the state");
    Location loc = op.getLoc();
    auto tileType = TileType::get(op.getContext(), type.getShape(),
                                  type.getElementType(), layout);
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    SmallVector<Value> begin = {zero, zero};
    Value tile = read(rewriter, op, tileType, begin);
    rewriter.replaceOpWithNewOp<TileStoreOp>(op, type, tile, op.getOutputs()[0],
                                             begin);
    return success();
  }

  static Value read(PatternRewriter &rewriter, linalg::CopyOp op, TileType type,
                    ValueRange begin) {
    return TileLoadOp::create(rewriter, op.getLoc(), type, op.getInputs()[0],
                              begin);
  }
  static Value read(PatternRewriter &rewriter, linalg::FillOp op, TileType type,
                    ValueRange) {
    return TileSplatOp::create(rewriter, op.getLoc(), type, op.getInputs()[0]);
  }
};

} // namespace

void gdn::populateTileStorePatterns(RewritePatternSet &patterns) {
  patterns.add<ApplyBeforeStore, StoreRow, StoreOverInitial,
               StoreWhole<linalg::CopyOp>, StoreWhole<linalg::FillOp>>(
      patterns.getContext());
}
