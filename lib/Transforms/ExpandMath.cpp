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

/// `value`, of f64, as the f32 next to it whose last digit tells that digits
/// are missing: of the two f32 around a value that is none, the odd one. Then a
/// rounding to 14 digits fewer, or to subnormals, is that of `value` itself.
Value roundToOdd(ImplicitLocOpBuilder &b, Value value) {
  Type type = value.getType();
  auto withElement = [&](Type element) -> Type {
    auto vector = dyn_cast<VectorType>(type);
    return vector ? Type(vector.clone(element)) : element;
  };
  Type f32 = withElement(b.getF32Type()), i32 = withElement(b.getI32Type());
  auto constant = [&](int64_t number) -> Value {
    TypedAttr attr = b.getI32IntegerAttr(number);
    if (auto vector = dyn_cast<VectorType>(i32))
      attr = DenseElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(b, attr);
  };
  Value nearest = arith::TruncFOp::create(b, f32, value);
  Value back = arith::ExtFOp::create(b, type, nearest);
  Value isInexact =
      arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, value);
  Value isAway = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                       math::AbsFOp::create(b, back),
                                       math::AbsFOp::create(b, value));
  Value bits = arith::BitcastOp::create(b, i32, nearest);
  Value inner = arith::SubIOp::create(b, bits, constant(1));
  Value toZero = arith::SelectOp::create(b, isAway, inner, bits);
  Value odd = arith::OrIOp::create(b, toZero, constant(1));
  return arith::SelectOp::create(
      b, isInexact, arith::BitcastOp::create(b, f32, odd), nearest);
}

/// f64 to f16 or bf16 has no instruction before AVX-512 FP16 and would become
/// a library call; by way of an odd f32 it is rounded once all the same.
struct TruncateInTwoSteps : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType());
    Type to = getElementTypeOrSelf(op.getType());
    if (!from.isF64() || to.getIntOrFloatBitWidth() != 16 ||
        !isa<FloatType, VectorType>(op.getType()))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(),
                                                 roundToOdd(b, op.getIn()));
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
