//===- Generalize.cpp - Every linalg op as linalg.generic -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_GENERALIZEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using linalg::LinalgOp;

static bool isHalf(Type type) { return type.isF16() || type.isBF16(); }

/// An elementwise op from `value` to a tensor of `element`: an extension or a
/// rounding.
static Value convert(RewriterBase &rewriter, Location loc, Value value,
                     Type element) {
  auto type = cast<RankedTensorType>(value.getType());
  Value init = tensor::EmptyOp::create(
      rewriter, loc, tensor::getMixedSizes(rewriter, loc, value), element);
  SmallVector<AffineMap> maps(2,
                              rewriter.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto body = [&](OpBuilder &builder, Location loc, ValueRange arguments) {
    Value result = convertScalarToDtype(builder, loc, arguments[0], element,
                                        /*isUnsignedCast=*/false);
    linalg::YieldOp::create(builder, loc, result);
  };
  return linalg::GenericOp::create(rewriter, loc, init.getType(), value, init,
                                   maps, iterators, body)
      .getResult(0);
}

namespace {

/// The last two ops of a body that yields `out + x * y`, where `out` has no
/// other use; null for other bodies. How `x` and `y` come from the inputs is
/// left open.
struct MultiplyAdd {
  arith::MulFOp multiply;
  arith::AddFOp add;

  static MultiplyAdd match(linalg::GenericOp op) {
    Block *body = op.getBody();
    Value out = body->getArguments().back();
    auto add =
        body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
    if (!add || !out.hasOneUse() || !add->hasOneUse())
      return {};
    if (add.getLhs() != out && add.getRhs() != out)
      return {};
    Value term = add.getLhs() == out ? add.getRhs() : add.getLhs();
    auto multiply = term.getDefiningOp<arith::MulFOp>();
    if (!multiply || !multiply->hasOneUse())
      return {};
    return {multiply, add};
  }
};

/// A product that adds up in f16 or bf16 adds up in f32 instead. Its factors
/// are computed as they were.
struct WidenProduct : public OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !linalg::isaContractionOpInterface(op))
      return failure();
    Type element = getElementTypeOrSelf(op.getResult(0).getType());
    MultiplyAdd old = MultiplyAdd::match(op);
    if (!isHalf(element) || !old.multiply)
      return failure();
    Location loc = op.getLoc();
    Type f32 = rewriter.getF32Type();
    Value init = convert(rewriter, loc, op.getDpsInits()[0], f32);
    auto body = [&](OpBuilder &builder, Location loc, ValueRange arguments) {
      auto widen = [&](Value value) {
        return convertScalarToDtype(builder, loc, value, f32,
                                    /*isUnsignedCast=*/false);
      };
      IRMapping factors;
      factors.map(op.getBody()->getArguments(), arguments);
      for (Operation &inner : op.getBody()->without_terminator())
        if (&inner != old.multiply && &inner != old.add)
          builder.clone(inner, factors);
      Value product = arith::MulFOp::create(
          builder, loc, widen(factors.lookup(old.multiply.getLhs())),
          widen(factors.lookup(old.multiply.getRhs())));
      Value sum = arith::AddFOp::create(builder, loc, arguments[2], product);
      linalg::YieldOp::create(builder, loc, sum);
    };
    auto wide = linalg::GenericOp::create(
        rewriter, loc, init.getType(), op.getInputs(), init,
        op.getIndexingMapsArray(), op.getIteratorTypesArray(), body);
    rewriter.replaceOp(op, convert(rewriter, loc, wide.getResult(0), element));
    return success();
  }
};

struct GeneralizePass : public gdn::impl::GeneralizePassBase<GeneralizePass> {
  void runOnOperation() override {
    decomposeComposites();
    generalizeNamedOps();
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<WidenProduct>(context);
    linalg::populateElementwiseToLinalgConversionPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

  void decomposeComposites() {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](linalg::SoftmaxOp op) {
      rewriter.setInsertionPoint(op);
      FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
      if (succeeded(values))
        rewriter.replaceOp(op, *values);
    });
  }

  void generalizeNamedOps() {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](LinalgOp op) {
      if (isa<linalg::GenericOp, linalg::FillOp>(op))
        return;
      rewriter.setInsertionPoint(op);
      // An op that has no generic form keeps its own.
      (void)linalg::generalizeNamedOp(rewriter, op);
    });
  }
};

} // namespace
