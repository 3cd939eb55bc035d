//===- InferTypesTest.cpp - Result types that builders infer --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace gdn;

namespace {
constexpr int64_t kUnknown = ShapedType::kDynamic;

class InferTypes : public ::testing::Test {
protected:
  InferTypes()
      : builder(UnknownLoc::get(&context), &context),
        module(ModuleOp::create(builder.getLoc())) {
    context.loadDialect<GdnDialect, tensor::TensorDialect>();
    builder.setInsertionPointToEnd(module->getBody());
  }

  /// A value of a tensor type, from nowhere.
  Value value(ArrayRef<int64_t> shape, Type element) {
    auto type = RankedTensorType::get(shape, element);
    return UnrealizedConversionCastOp::create(builder, type, ValueRange())
        .getResult(0);
  }
  Value f32(ArrayRef<int64_t> shape) {
    return value(shape, builder.getF32Type());
  }

  /// The rule over `x` as queries, keys and values, its types inferred.
  DeltaRuleOp rule(Value x, Value initialState = {}, Value cuSeqlens = {}) {
    return DeltaRuleOp::create(builder, x, x, x, /*decay=*/Value(),
                               /*erase=*/Value(), /*write=*/Value(),
                               initialState, cuSeqlens, /*scale=*/FloatAttr(),
                               /*qk_l2norm=*/UnitAttr(), ScheduleAttr());
  }

  bool isValid() { return succeeded(verify(*module)); }

  MLIRContext context;
  ImplicitLocOpBuilder builder;
  OwningOpRef<ModuleOp> module;
};

SmallVector<int64_t> shapeOf(Value tensor) {
  return SmallVector<int64_t>(cast<ShapedType>(tensor.getType()).getShape());
}

using Shape = SmallVector<int64_t>;
} // namespace

TEST_F(InferTypes, BatchEntriesAreSequences) {
  DeltaRuleOp op = rule(value({2, kUnknown, 3, 4}, builder.getBF16Type()));
  EXPECT_EQ(shapeOf(op.getOutput()), Shape({2, kUnknown, 3, 4}));
  EXPECT_TRUE(op.getOutput().getType().getElementType().isBF16());
  EXPECT_EQ(shapeOf(op.getFinalState()), Shape({2, 3, 4, 4}));
  EXPECT_TRUE(op.getFinalState().getType().getElementType().isF32());
  EXPECT_TRUE(isValid());
}

TEST_F(InferTypes, SegmentsAreSequences) {
  Value cuSeqlens = value({6}, builder.getI32Type());
  DeltaRuleOp op = rule(f32({1, 8, 3, 4}), {}, cuSeqlens);
  EXPECT_EQ(shapeOf(op.getFinalState()), Shape({5, 3, 4, 4}));
  EXPECT_TRUE(isValid());
}

TEST_F(InferTypes, UnknownSegmentsAreUnknownSequences) {
  Value cuSeqlens = value({kUnknown}, builder.getI64Type());
  DeltaRuleOp op = rule(f32({1, 8, 3, 4}), {}, cuSeqlens);
  EXPECT_EQ(shapeOf(op.getFinalState()), Shape({kUnknown, 3, 4, 4}));
  EXPECT_TRUE(isValid());
}

TEST_F(InferTypes, TheInitialStateKnowsSequences) {
  Value cuSeqlens = value({kUnknown}, builder.getI64Type());
  DeltaRuleOp op = rule(f32({1, 8, 3, 4}), f32({7, 3, 4, 4}), cuSeqlens);
  EXPECT_EQ(shapeOf(op.getFinalState()), Shape({7, 3, 4, 4}));
  EXPECT_TRUE(isValid());
}

TEST_F(InferTypes, ErasedStandsWithErase) {
  Value x = f32({16, 8});
  auto without = ChunkScoresOp::create(builder, x, x, Value(), Value());
  EXPECT_EQ(without->getNumResults(), 2u);
  auto with = ChunkScoresOp::create(builder, x, x, x, Value());
  ASSERT_EQ(with->getNumResults(), 3u);
  EXPECT_EQ(shapeOf(with.getErased()), Shape({16, 16}));
  EXPECT_EQ(shapeOf(with.getTail()), Shape({8, 16}));
  EXPECT_TRUE(isValid());
}

TEST_F(InferTypes, AStepKeepsItsState) {
  auto op = RecurrentStepOp::create(builder, f32({1, 8}), f32({1, 8}),
                                    f32({1, 6}), f32({8, 6}), Value(), Value());
  EXPECT_EQ(shapeOf(op.getOutput()), Shape({1, 6}));
  EXPECT_EQ(shapeOf(op.getOutputState()), Shape({8, 6}));
  EXPECT_TRUE(isValid());
}
