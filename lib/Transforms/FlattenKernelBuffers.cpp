//===- FlattenKernelBuffers.cpp - Kernels that take addresses and sizes ---===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_FLATTENKERNELBUFFERSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Row-major strides, computed from the sizes: then the kernel knows that each
/// is a multiple of the next, and they need no arguments.
static SmallVector<OpFoldResult>
buildRowMajorStrides(OpBuilder &builder, Location loc,
                     ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> strides(sizes.size(), builder.getIndexAttr(1));
  for (int64_t dim = int64_t(sizes.size()) - 2; dim >= 0; --dim) {
    std::optional<int64_t> size = getConstantIntValue(sizes[dim + 1]);
    std::optional<int64_t> stride = getConstantIntValue(strides[dim + 1]);
    if (size && stride) {
      strides[dim] = builder.getIndexAttr(*size * *stride);
      continue;
    }
    strides[dim] =
        arith::MulIOp::create(
            builder, loc,
            getValueOrCreateConstantIndexOp(builder, loc, sizes[dim + 1]),
            getValueOrCreateConstantIndexOp(builder, loc, strides[dim + 1]))
            .getResult();
  }
  return strides;
}

/// Rebuilds `buffer` inside `launch` from its address and its run-time sizes
/// (and strides, where it is not row-major).
static void flatten(OpBuilder &builder, gpu::LaunchOp launch, Value buffer) {
  Location loc = launch.getLoc();
  auto type = cast<MemRefType>(buffer.getType());
  builder.setInsertionPoint(launch);
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  builder.setInsertionPointToStart(&launch.getBody().front());
  OpFoldResult offset = metadata.getConstifiedMixedOffset();
  SmallVector<OpFoldResult> sizes = metadata.getConstifiedMixedSizes();
  SmallVector<OpFoldResult> strides =
      type.getLayout().isIdentity() ? buildRowMajorStrides(builder, loc, sizes)
                                    : metadata.getConstifiedMixedStrides();
  Value inside = memref::ReinterpretCastOp::create(
      builder, loc, metadata.getBaseBuffer(), offset, sizes, strides);
  if (inside.getType() != type)
    inside = memref::CastOp::create(builder, loc, type, inside);
  replaceAllUsesInRegionWith(buffer, inside, launch.getBody());
}

/// Constants are part of the kernel, not arguments.
static void sinkConstants(OpBuilder &builder, gpu::LaunchOp launch,
                          ValueRange captured) {
  builder.setInsertionPointToStart(&launch.getBody().front());
  for (Value value : captured)
    if (auto constant = value.getDefiningOp<arith::ConstantOp>())
      replaceAllUsesInRegionWith(value, builder.clone(*constant)->getResult(0),
                                 launch.getBody());
}

namespace {
struct FlattenKernelBuffersPass
    : public gdn::impl::FlattenKernelBuffersPassBase<FlattenKernelBuffersPass> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    getOperation()->walk([&](gpu::LaunchOp launch) {
      llvm::SetVector<Value> captured;
      getUsedValuesDefinedAbove(launch.getBody(), captured);
      for (Value value : captured) {
        auto type = dyn_cast<MemRefType>(value.getType());
        if (type && type.getRank() > 0)
          flatten(builder, launch, value);
      }
      captured.clear();
      getUsedValuesDefinedAbove(launch.getBody(), captured);
      sinkConstants(builder, launch, captured.getArrayRef());
    });
  }
};
} // namespace
