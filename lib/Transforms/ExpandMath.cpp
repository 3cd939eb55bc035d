//===- ExpandMath.cpp - Math functions without a library ------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"

namespace gdn {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;

namespace {

/// f64 to f16 or bf16 has no instruction before AVX-512 FP16 and would become
/// a library call; f32 in between rounds twice, which is within 0.51 ulp.
struct TruncateInTwoSteps : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType());
    Type to = getElementTypeOrSelf(op.getType());
    if (!from.isF64() || to.getIntOrFloatBitWidth() != 16)
      return failure();
    Type middle = rewriter.getF32Type();
    if (auto vector = dyn_cast<VectorType>(op.getType()))
      middle = vector.clone(middle);
    Value value =
        arith::TruncFOp::create(rewriter, op.getLoc(), middle, op.getIn());
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), value);
    return success();
  }
};

/// The polynomials that are as good as a library's. Those of sine and cosine
/// are not: they lose a digit for each digit of their argument.
bool hasGoodPolynomial(StringRef op) {
  static const llvm::StringSet<> ops = {
      math::ErfOp::getOperationName(),   math::ExpOp::getOperationName(),
      math::ExpM1Op::getOperationName(), math::LogOp::getOperationName(),
      math::Log1pOp::getOperationName(), math::Log2Op::getOperationName(),
      math::TanhOp::getOperationName()};
  return ops.contains(op);
}

/// Makes `op`, a logarithm, right for subnormal numbers, all of which its
/// polynomial takes for the least normal one: they are scaled up before it.
void scaleSubnormals(Operation *op, double logOfTwo) {
  Type type = op->getResult(0).getType();
  if (!getElementTypeOrSelf(type).isF32() || !isa<FloatType, VectorType>(type))
    return;
  ImplicitLocOpBuilder b(op->getLoc(), op);
  auto constant = [&](double value) -> Value {
    TypedAttr attr = b.getF32FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(b, attr);
  };
  Value x = op->getOperand(0);
  Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x,
                                        constant(0x1p-126));
  Value scaled = arith::MulFOp::create(b, x, constant(0x1p24));
  op->setOperand(0, arith::SelectOp::create(b, isSmall, scaled, x));
  Value shift = arith::SelectOp::create(b, isSmall, constant(24 * logOfTwo),
                                        constant(0.0));
  b.setInsertionPointAfter(op);
  auto log = arith::SubFOp::create(b, op->getResult(0), shift);
  op->getResult(0).replaceAllUsesExcept(log, log);
}

struct ExpandMathPass : public gdn::impl::ExpandMathPassBase<ExpandMathPass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<TruncateInTwoSteps>(&getContext());
    if (polynomials) {
      getOperation()->walk(
          [](math::LogOp op) { scaleSubnormals(op, llvm::numbers::ln2); });
      getOperation()->walk([](math::Log2Op op) { scaleSubnormals(op, 1.0); });
      populateMathF32ExpansionPatterns(patterns, hasGoodPolynomial);
      populateMathPolynomialApproximationPatterns(patterns, hasGoodPolynomial);
    }
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    RewritePatternSet expansions(&getContext());
    arith::populateExpandBFloat16Patterns(expansions);
    if (failed(applyPatternsGreedily(getOperation(), std::move(expansions))))
      signalPassFailure();
  }
};

} // namespace
