//===- VerifyDeviceMemory.cpp - The contract of tensors on a GPU ----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_VERIFYDEVICEMEMORYPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

namespace {
/// Whose memory a buffer lies in, as far as the IR shows.
enum class Place { Host, Gpu, Unknown };
} // namespace

/// The buffer that `buffer` is a view of.
static Value getRoot(Value buffer) {
  return memref::skipViewLikeOps(cast<MemrefValue>(buffer));
}

/// Callers outside the module hand over tensors on the GPU. Those inside hand
/// over none of them: a call with one is refused.
static Place getPlace(Value buffer) {
  Value root = getRoot(buffer);
  if (auto argument = dyn_cast<BlockArgument>(root)) {
    Block *block = argument.getOwner();
    auto function = dyn_cast<func::FuncOp>(block->getParentOp());
    if (!function || !block->isEntryBlock())
      return Place::Unknown;
    return function.isPublic() ? Place::Gpu : Place::Host;
  }
  return isa<memref::AllocOp, memref::AllocaOp, memref::GetGlobalOp>(
             root.getDefiningOp())
             ? Place::Host
             : Place::Unknown;
}

/// What the kernel of `launch` gets from around it.
static SmallVector<Value> getKernelValues(Operation *launch) {
  if (auto outlined = dyn_cast<gpu::LaunchFuncOp>(launch))
    return llvm::to_vector(outlined.getKernelOperands());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(cast<gpu::LaunchOp>(launch).getBody(), captured);
  return captured.takeVector();
}

/// C1: a kernel reaches no memory of the host's.
static LogicalResult verifyLaunch(Operation *launch) {
  for (Value buffer : getKernelValues(launch)) {
    if (!isa<BaseMemRefType>(buffer.getType()) ||
        getPlace(buffer) == Place::Gpu)
      continue;
    Value root = getRoot(buffer);
    Operation *origin = root.getDefiningOp();
    bool isArgument = isa<func::FuncOp>(root.getParentBlock()->getParentOp());
    return launch->emitError("expects the buffers of a kernel to be arguments "
                             "or results of the function, in the GPU's memory, "
                             "but got one of ")
           << (origin       ? origin->getName().getStringRef()
               : isArgument ? "a private function"
                            : "a loop")
           << "; leave out device-memory";
  }
  return success();
}

/// Whether `op` itself, not what is in its regions, may read or write what
/// `buffer` holds.
static bool mayAccess(Operation *op, Value buffer) {
  auto interface = dyn_cast<MemoryEffectOpInterface>(op);
  if (!interface)
    return !op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() &&
           !op->hasTrait<OpTrait::IsTerminator>();
  SmallVector<MemoryEffects::EffectInstance> effects;
  interface.getEffects(effects);
  return llvm::any_of(effects, [&](MemoryEffects::EffectInstance &effect) {
    return isa<MemoryEffects::Read, MemoryEffects::Write>(effect.getEffect()) &&
           (!effect.getValue() || effect.getValue() == buffer);
  });
}

/// C2: host code reaches no memory of the GPU's.
static LogicalResult verifyHost(Operation *op) {
  for (Value operand : op->getOperands())
    if (isa<BaseMemRefType>(operand.getType()) &&
        getPlace(operand) != Place::Host && mayAccess(op, operand))
      return op->emitOpError("runs on the host, which does not reach tensors "
                             "in the GPU's memory; leave out device-memory");
  return success();
}

namespace {
struct VerifyDeviceMemoryPass
    : public gdn::impl::VerifyDeviceMemoryPassBase<VerifyDeviceMemoryPass> {
  void runOnOperation() override {
    auto verify = [](Operation *op) {
      // Kernels that are outlined are in modules of their own.
      if (isa<gpu::GPUModuleOp>(op))
        return WalkResult::skip();
      bool isLaunch = isa<gpu::LaunchOp, gpu::LaunchFuncOp>(op);
      if (failed(isLaunch ? verifyLaunch(op) : verifyHost(op)))
        return WalkResult::interrupt();
      return isLaunch ? WalkResult::skip() : WalkResult::advance();
    };
    if (getOperation()->walk<WalkOrder::PreOrder>(verify).wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
