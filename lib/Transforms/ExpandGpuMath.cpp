//===- ExpandGpuMath.cpp - exp by the 2^x of a GPU ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace gdn {
#define GEN_PASS_DEF_EXPANDGPUMATHPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

static Value buildFma(PatternRewriter &rewriter, Location loc, Value a, Value b,
                      Value c) {
  return math::FmaOp::create(rewriter, loc, a, b, c);
}

namespace {

/// exp in f32 by a GPU's 2^x, with the digits of x log2(e) that one f32 loses:
/// 2^(high + low) = 2^high (1 + low ln 2). Errors stay at a few ulps where exp
/// is finite; beyond it is infinite, and NaN stays NaN.
struct ExpByExp2 : public OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF32() || isa<TensorType>(type))
      return rewriter.notifyMatchFailure(op, "not a scalar or vector of f32");
    Location loc = op.getLoc();
    auto constant = [&](float value) -> Value {
      TypedAttr attr = rewriter.getF32FloatAttr(value);
      if (auto vector = dyn_cast<VectorType>(type))
        attr = SplatElementsAttr::get(vector, attr);
      return arith::ConstantOp::create(rewriter, loc, attr);
    };
    // log2(e) in two parts. Below -150, 2^x is 0; -inf would give inf - inf.
    Value log2e = constant(0x1.715476p+0f), rest = constant(0x1.4ae0bep-26f);
    Value x = arith::MaximumFOp::create(rewriter, loc, op.getOperand(),
                                        constant(-150.0f));
    Value high = arith::MulFOp::create(rewriter, loc, x, log2e);
    Value low = buildFma(rewriter, loc, x, log2e,
                         arith::NegFOp::create(rewriter, loc, high));
    low = buildFma(rewriter, loc, x, rest, low);
    Value power =
        math::Exp2Op::create(rewriter, loc, high, arith::FastMathFlags::afn);
    Value scaled =
        arith::MulFOp::create(rewriter, loc, low, constant(0x1.62e430p-1f));
    Value finite = buildFma(rewriter, loc, power, scaled, power);
    // From here on 2^high is inf, and the rest may have the other sign.
    Value isBeyond =
        arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OGT,
                              op.getOperand(), constant(0x1.62e42ep+6f));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(
        op, isBeyond, constant(std::numeric_limits<float>::infinity()), finite);
    return success();
  }
};

struct ExpandGpuMathPass
    : public gdn::impl::ExpandGpuMathPassBase<ExpandGpuMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpByExp2>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
