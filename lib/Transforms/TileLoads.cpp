//===- TileLoads.cpp - Loads of tiles through tensor ops ------------------===//
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
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace gdn;

/// A read of part of a tensor: a tile, or a scalar.
static Value getSource(TileLoadOp op) { return op.getSource(); }
static Value getSource(tensor::ExtractOp op) { return op.getTensor(); }
static ValueRange getOffsets(TileLoadOp op) { return op.getOffsets(); }
static ValueRange getOffsets(tensor::ExtractOp op) { return op.getIndices(); }

/// Tiles hold floats.
static bool isTensorOfFloats(Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// The dimensions of what is read.
static int64_t getRank(TileLoadOp op) {
  return op.getTile().getType().getRank();
}
static int64_t getRank(tensor::ExtractOp) { return 0; }

/// The same read from another tensor, of that tensor's element type.
static Value readFrom(PatternRewriter &rewriter, TileLoadOp op, Value source,
                      ValueRange offsets) {
  Type element = cast<RankedTensorType>(source.getType()).getElementType();
  auto type =
      cast<TileType>(op.getTile().getType().cloneWith(std::nullopt, element));
  return TileLoadOp::create(rewriter, op.getLoc(), type, source, offsets);
}
static Value readFrom(PatternRewriter &rewriter, tensor::ExtractOp op,
                      Value source, ValueRange offsets) {
  return tensor::ExtractOp::create(rewriter, op.getLoc(), source, offsets);
}

/// `scalar` in place of what was read.
static void replaceByScalar(PatternRewriter &rewriter, TileLoadOp op,
                            Value scalar) {
  rewriter.replaceOpWithNewOp<TileSplatOp>(op, op.getTile().getType(), scalar);
}
static void replaceByScalar(PatternRewriter &rewriter, tensor::ExtractOp op,
                            Value scalar) {
  rewriter.replaceOp(op, scalar);
}

namespace {

/// A pattern for reads in the program of a CTA, from the op `SourceOp`.
template <typename ReadOp, typename SourceOp>
struct ReadPattern : public OpRewritePattern<ReadOp> {
  using OpRewritePattern<ReadOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReadOp op,
                                PatternRewriter &rewriter) const final {
    auto source = getSource(op).template getDefiningOp<SourceOp>();
    if (!source || !getSchedule(op))
      return rewriter.notifyMatchFailure(op, "another source");
    return rewrite(op, source, rewriter);
  }

  virtual LogicalResult rewrite(ReadOp op, SourceOp source,
                                PatternRewriter &rewriter) const = 0;
};

/// Of an element-wise op: reads its operands.
template <typename ReadOp>
struct ReadElementwise : public OpRewritePattern<ReadOp> {
  using OpRewritePattern<ReadOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReadOp op,
                                PatternRewriter &rewriter) const override {
    Operation *source = getSource(op).getDefiningOp();
    if (!source || !OpTrait::hasElementwiseMappableTraits(source) ||
        source->getNumResults() != 1 || !getSchedule(op) ||
        !llvm::all_of(source->getOperandTypes(), isTensorOfFloats) ||
        !isTensorOfFloats(source->getResult(0).getType()))
      return rewriter.notifyMatchFailure(op, "not element-wise");
    SmallVector<Value> operands;
    for (Value operand : source->getOperands())
      operands.push_back(readFrom(rewriter, op, operand, getOffsets(op)));
    Operation *result =
        applyToTiles(rewriter, source, operands, op->getResult(0).getType());
    rewriter.replaceOp(op, result->getResults());
    return success();
  }
};

/// Of a slice: reads the tensor that it is part of.
template <typename ReadOp>
struct ReadSlice : public ReadPattern<ReadOp, tensor::ExtractSliceOp> {
  using ReadPattern<ReadOp, tensor::ExtractSliceOp>::ReadPattern;

  LogicalResult rewrite(ReadOp op, tensor::ExtractSliceOp slice,
                        PatternRewriter &rewriter) const override {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    int64_t rank = slice.getSourceType().getRank();
    for (int64_t dim = rank - getRank(op); dim < rank; ++dim)
      if (dropped.test(dim))
        return rewriter.notifyMatchFailure(op, "lacks a dimension of the tile");
    if (!slice.hasUnitStride())
      return rewriter.notifyMatchFailure(op, "not contiguous");
    SmallVector<Value> offsets;
    auto inner = getOffsets(op).begin();
    for (auto [dim, offset] : llvm::enumerate(slice.getMixedOffsets())) {
      Value start =
          getValueOrCreateConstantIndexOp(rewriter, op.getLoc(), offset);
      if (!dropped.test(dim))
        start =
            rewriter.createOrFold<arith::AddIOp>(op.getLoc(), start, *inner++);
      offsets.push_back(start);
    }
    rewriter.replaceOp(op, readFrom(rewriter, op, slice.getSource(), offsets));
    return success();
  }
};

/// Of a constant with equal elements, or a fill.
template <typename ReadOp>
struct ReadConstant : public ReadPattern<ReadOp, arith::ConstantOp> {
  using ReadPattern<ReadOp, arith::ConstantOp>::ReadPattern;

  LogicalResult rewrite(ReadOp op, arith::ConstantOp constant,
                        PatternRewriter &rewriter) const override {
    auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
    if (!splat)
      return rewriter.notifyMatchFailure(op, "not a splat");
    replaceByScalar(rewriter, op,
                    arith::ConstantOp::create(
                        rewriter, op.getLoc(),
                        cast<TypedAttr>(splat.getSplatValue<Attribute>())));
    return success();
  }
};

template <typename ReadOp>
struct ReadFill : public ReadPattern<ReadOp, linalg::FillOp> {
  using ReadPattern<ReadOp, linalg::FillOp>::ReadPattern;

  LogicalResult rewrite(ReadOp op, linalg::FillOp fill,
                        PatternRewriter &rewriter) const override {
    Value scalar = fill.getInputs()[0];
    if (scalar.getType() != getElementTypeOrSelf(fill.getResult(0).getType()))
      return rewriter.notifyMatchFailure(op, "converts its scalar");
    replaceByScalar(rewriter, op, scalar);
    return success();
  }
};

/// Of one factor per row, repeated over the channels of a row.
struct LoadBroadcast : public ReadPattern<TileLoadOp, linalg::BroadcastOp> {
  using ReadPattern::ReadPattern;

  LogicalResult rewrite(TileLoadOp op, linalg::BroadcastOp broadcast,
                        PatternRewriter &rewriter) const override {
    if (getRank(op) != 1 || broadcast.getInput().getType().getRank() != 1 ||
        broadcast.getDimensions() != ArrayRef<int64_t>{1})
      return rewriter.notifyMatchFailure(op, "not a row of equal elements");
    replaceByScalar(rewriter, op,
                    tensor::ExtractOp::create(rewriter, op.getLoc(),
                                              broadcast.getInput(),
                                              op.getOffsets()[0]));
    return success();
  }
};

/// Whether `reduce` adds its input to zeros, and does nothing else.
static bool isSum(linalg::ReduceOp reduce) {
  Block &body = reduce.getCombiner().front();
  auto fill = reduce.getInits()[0].getDefiningOp<linalg::FillOp>();
  auto sum = dyn_cast<arith::AddFOp>(body.front());
  return llvm::hasNItems(body, 2) && sum && fill &&
         llvm::all_of(sum->getOperands(), llvm::IsaPred<BlockArgument>) &&
         sum.getLhs() != sum.getRhs() &&
         matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
}

struct LoadCopy : public ReadPattern<TileLoadOp, linalg::CopyOp> {
  using ReadPattern::ReadPattern;

  LogicalResult rewrite(TileLoadOp op, linalg::CopyOp copy,
                        PatternRewriter &rewriter) const override {
    if (copy.getInputs()[0].getType() != op.getSource().getType())
      return rewriter.notifyMatchFailure(op, "converts what it copies");
    rewriter.modifyOpInPlace(
        op, [&] { op.getSourceMutable().assign(copy.getInputs()[0]); });
    return success();
  }
};

/// Of what was just stored there.
struct LoadStored : public ReadPattern<TileLoadOp, TileStoreOp> {
  using ReadPattern::ReadPattern;

  LogicalResult rewrite(TileLoadOp op, TileStoreOp store,
                        PatternRewriter &rewriter) const override {
    bool samePlace = llvm::all_of_zip(
        op.getOffsets(), store.getOffsets(), [](Value lhs, Value rhs) {
          return isEqualConstantIntOrValue(lhs, rhs);
        });
    if (!samePlace || store.getTile().getType() != op.getTile().getType())
      return rewriter.notifyMatchFailure(op, "another part");
    rewriter.replaceOp(op, store.getTile());
    return success();
  }
};

/// The sum over the channels of a row of keys.
struct ExtractSum : public ReadPattern<tensor::ExtractOp, linalg::ReduceOp> {
  using ReadPattern::ReadPattern;

  LogicalResult rewrite(tensor::ExtractOp op, linalg::ReduceOp reduce,
                        PatternRewriter &rewriter) const override {
    Value input = reduce.getInputs()[0];
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getRank() != 2 || !type.getElementType().isF32() ||
        reduce.getDimensions() != ArrayRef<int64_t>{1} || !isSum(reduce))
      return rewriter.notifyMatchFailure(op, "not the sum of a row");
    int64_t channels = type.getDimSize(1);
    auto layout = SliceLayoutAttr::get(
        getContext(), 1, getSchedule(op)->getStateLayout(channels));
    auto tileType =
        TileType::get(getContext(), {channels}, type.getElementType(), layout);
    Value zero = arith::ConstantIndexOp::create(rewriter, op.getLoc(), 0);
    Value row = TileLoadOp::create(rewriter, op.getLoc(), tileType, input,
                                   ValueRange{op.getIndices()[0], zero});
    rewriter.replaceOpWithNewOp<TileSumOp>(op, row);
    return success();
  }
};

} // namespace

void gdn::populateTileLoadPatterns(RewritePatternSet &patterns) {
  patterns.add<ReadElementwise<TileLoadOp>, ReadElementwise<tensor::ExtractOp>,
               ReadSlice<TileLoadOp>, ReadSlice<tensor::ExtractOp>,
               ReadConstant<TileLoadOp>, ReadConstant<tensor::ExtractOp>,
               ReadFill<TileLoadOp>, ReadFill<tensor::ExtractOp>, LoadBroadcast,
               LoadCopy, LoadStored, ExtractSum>(patterns.getContext());
}
