//===- SpecializeWarps.cpp - The rule over a sequence to roles of warps ---===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SequenceProgram.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gdn {
#define GEN_PASS_DEF_SPECIALIZEWARPSPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

static LogicalResult specialize(SequenceRuleOp op, int64_t maxSharedBytes) {
  if (!llvm::all_of(op->getOperandTypes(), llvm::IsaPred<MemRefType>))
    return op.emitError("expects buffers, but got tensors; bufferize first");
  auto launch = op->getParentOfType<gpu::LaunchOp>();
  if (!launch)
    return op.emitError("expects the launch of a kernel around it");
  ImplicitLocOpBuilder b(op.getLoc(), op);
  SequenceProgram roles(b, op);
  roles.build();
  if (roles.getSharedBytes() > maxSharedBytes)
    return op.emitError("expects at most ")
           << maxSharedBytes << " bytes of shared memory, but the rings take "
           << roles.getSharedBytes() << "; use fewer stages";
  op.erase();
  b.setInsertionPoint(launch);
  launch.getDynamicSharedMemorySizeMutable().assign(
      arith::ConstantIntOp::create(b, roles.getSharedBytes(), 32));
  return success();
}

namespace {
struct SpecializeWarpsPass
    : public gdn::impl::SpecializeWarpsPassBase<SpecializeWarpsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<SequenceRuleOp> ops;
    getOperation()->walk([&](SequenceRuleOp op) { ops.push_back(op); });
    for (SequenceRuleOp op : ops)
      if (failed(specialize(op, sharedBytes)))
        return signalPassFailure();
  }
};
} // namespace
