//===- StageOnDevice.cpp - Copies to and from a GPU around kernels --------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_STAGEONDEVICEPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Whether an op inside `body` may write to `buffer` or a view of it.
static bool isWritten(Value buffer, Region &body) {
  SmallVector<Value> views = {buffer};
  while (!views.empty()) {
    Value view = views.pop_back_val();
    for (OpOperand &use : view.getUses()) {
      Operation *user = use.getOwner();
      if (!body.isAncestor(user->getParentRegion()))
        continue;
      auto effects = dyn_cast<MemoryEffectOpInterface>(user);
      if (isa<ViewLikeOpInterface>(user))
        llvm::append_range(views, user->getResults());
      else if (!effects ||
               effects.getEffectOnValue<MemoryEffects::Write>(view) ||
               llvm::any_of(user->getResultTypes(), llvm::IsaPred<MemRefType>))
        return true;
    }
  }
  return false;
}

/// Whether `buffer` holds nothing yet when `launch` begins: it is allocated in
/// the same block, and nothing before touches it or a view of it.
static bool isFresh(Value buffer, Operation *launch) {
  buffer = memref::skipViewLikeOps(cast<MemrefValue>(buffer));
  auto alloc = buffer.getDefiningOp<memref::AllocOp>();
  Block *block = launch->getBlock();
  if (!alloc || alloc->getBlock() != block)
    return false;
  SmallVector<Value> views = {buffer};
  while (!views.empty())
    for (Operation *user : views.pop_back_val().getUsers()) {
      Operation *there = block->findAncestorOpInBlock(*user);
      if (!there || !there->isBeforeInBlock(launch))
        continue;
      if (isa<ViewLikeOpInterface>(user))
        llvm::append_range(views, user->getResults());
      else if (!isMemoryEffectFree(user) ||
               llvm::any_of(user->getResultTypes(),
                            llvm::IsaPred<BaseMemRefType>))
        return false;
    }
  return true;
}

static SmallVector<Value> getDynamicSizes(OpBuilder &builder, Location loc,
                                          Value buffer) {
  SmallVector<Value> sizes;
  auto type = cast<MemRefType>(buffer.getType());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (type.isDynamicDim(dim))
      sizes.push_back(memref::DimOp::create(builder, loc, buffer, dim));
  return sizes;
}

static void buildTransfer(OpBuilder &builder, Location loc, Value to,
                          Value from, StringRef direction) {
  auto copy =
      gpu::MemcpyOp::create(builder, loc, /*asyncToken=*/Type(),
                            /*asyncDependencies=*/ValueRange(), to, from);
  copy->setAttr("gdn.direction", builder.getStringAttr(direction));
}

/// A packed copy can stand for a buffer whose strides are only known at run
/// time, not for one that has others by its type.
static LogicalResult verifyLayout(Operation *launch, MemRefType type) {
  auto dense = MemRefType::get(type.getShape(), type.getElementType());
  if (memref::CastOp::areCastCompatible(dense, type))
    return success();
  return launch->emitError("expects the buffers of a kernel to be row-major, "
                           "but got ")
         << type;
}

/// Makes a copy of `buffer` in the GPU's memory for `launch`, and copies it
/// back if it is `written`. Returns the copy, row-major. What a fresh buffer
/// happens to hold stays behind, so that the simulator sees it as never
/// written.
static Value stage(OpBuilder &builder, Operation *launch, Value buffer,
                   bool written) {
  Location loc = launch->getLoc();
  auto type = cast<MemRefType>(buffer.getType());
  builder.setInsertionPoint(launch);
  // A transfer is of contiguous bytes.
  auto dense = MemRefType::get(type.getShape(), type.getElementType());
  SmallVector<Value> sizes = getDynamicSizes(builder, loc, buffer);
  Value host = buffer;
  bool fresh = isFresh(buffer, launch);
  if (!type.getLayout().isIdentity()) {
    host = memref::AllocOp::create(builder, loc, dense, sizes);
    if (!fresh)
      memref::CopyOp::create(builder, loc, buffer, host);
  }
  Value device = gpu::AllocOp::create(builder, loc, dense,
                                      /*asyncToken=*/Type(),
                                      /*asyncDependencies=*/ValueRange(), sizes,
                                      /*symbolOperands=*/ValueRange())
                     .getMemref();
  if (!fresh)
    buildTransfer(builder, loc, device, host, "to_device");

  builder.setInsertionPointAfter(launch);
  if (written)
    buildTransfer(builder, loc, host, device, "to_host");
  gpu::DeallocOp::create(builder, loc, /*asyncToken=*/Type(),
                         /*asyncDependencies=*/ValueRange(), device);
  if (host != buffer) {
    if (written)
      memref::CopyOp::create(builder, loc, host, buffer);
    memref::DeallocOp::create(builder, loc, host);
  }
  return device;
}

/// Stages the buffers that a kernel captures.
static LogicalResult stageCaptured(OpBuilder &builder, gpu::LaunchOp launch) {
  Region &body = launch.getBody();
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(body, captured);
  for (Value buffer : captured) {
    auto type = dyn_cast<MemRefType>(buffer.getType());
    if (!type)
      continue;
    if (failed(verifyLayout(launch, type)))
      return failure();
    Value device = stage(builder, launch, buffer, isWritten(buffer, body));
    builder.setInsertionPointToStart(&body.front());
    if (device.getType() != type)
      device = memref::CastOp::create(builder, launch.getLoc(), type, device);
    replaceAllUsesInRegionWith(buffer, device, body);
  }
  return success();
}

/// Stages the buffers that a kernel with a module of its own is handed. It may
/// write any of them.
static LogicalResult stageOperands(OpBuilder &builder,
                                   gpu::LaunchFuncOp launch) {
  for (OpOperand &operand : launch.getKernelOperandsMutable()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    if (failed(verifyLayout(launch, type)))
      return failure();
    Value device = stage(builder, launch, operand.get(), /*written=*/true);
    builder.setInsertionPoint(launch);
    if (device.getType() != type)
      device = memref::CastOp::create(builder, launch.getLoc(), type, device);
    operand.set(device);
  }
  return success();
}

namespace {
struct StageOnDevicePass
    : public gdn::impl::StageOnDevicePassBase<StageOnDevicePass> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    WalkResult result = getOperation()->walk([&](Operation *op) -> WalkResult {
      if (auto launch = dyn_cast<gpu::LaunchOp>(op))
        return stageCaptured(builder, launch);
      if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
        return stageOperands(builder, launch);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
