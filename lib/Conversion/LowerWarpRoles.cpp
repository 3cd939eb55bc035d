//===- LowerWarpRoles.cpp - Roles of warps to branches --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Conversion/Passes.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gdn {
#define GEN_PASS_DEF_LOWERWARPROLESPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Registers of a thread as the kernel begins: those of a multiprocessor,
/// spread evenly. Nothing where the number of threads is not known.
static std::optional<int64_t> getFirstRegisters(WarpRoleOp role) {
  auto kernel = role->getParentOfType<gpu::GPUFuncOp>();
  std::optional<ArrayRef<int32_t>> size;
  if (kernel)
    size = kernel.getKnownBlockSize();
  if (!size)
    return std::nullopt;
  int64_t threads = 1;
  for (int32_t count : *size)
    threads *= count;
  return (64 << 10) / threads / 8 * 8;
}

/// The warps of the role take more registers, or leave some to others.
static LogicalResult setRegisters(RewriterBase &rewriter, WarpRoleOp role) {
  std::optional<int64_t> registers = role.getRegisters();
  if (!registers)
    return success();
  std::optional<int64_t> first = getFirstRegisters(role);
  if (!first)
    return role.emitError("expects a kernel around it whose number of threads "
                          "is known");
  auto action = *registers > *first ? NVVM::SetMaxRegisterAction::increase
                                    : NVVM::SetMaxRegisterAction::decrease;
  NVVM::SetMaxRegisterOp::create(rewriter, role.getLoc(), int32_t(*registers),
                                 action);
  return success();
}

/// An unsigned difference is below the count for the warps of the role alone.
static LogicalResult lower(RewriterBase &rewriter, WarpRoleOp role) {
  Location loc = role.getLoc();
  rewriter.setInsertionPoint(role);
  auto constant = [&](int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  };
  Value thread = gpu::ThreadIdOp::create(rewriter, loc, gpu::Dimension::x);
  Value inRole = rewriter.createOrFold<arith::SubIOp>(
      loc, thread, constant(32 * role.getFirst()));
  Value isMember =
      arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ult, inRole,
                            constant(role.getTeams() * role.getTeamThreads()));
  Value team = role.getTeams() == 1
                   ? constant(0)
                   : arith::DivUIOp::create(rewriter, loc, inRole,
                                            constant(role.getTeamThreads()))
                         .getResult();
  auto guarded = scf::IfOp::create(rewriter, loc, isMember);
  rewriter.setInsertionPointToStart(guarded.thenBlock());
  if (failed(setRegisters(rewriter, role)))
    return failure();
  rewriter.inlineBlockBefore(&role.getBody().front(),
                             guarded.thenBlock()->getTerminator(), team);
  rewriter.eraseOp(role);
  return success();
}

/// Kernels with roles take subnormal numbers as 0: 2^x and products of tensor
/// cores then take one instruction each.
static void flushSubnormals(RewriterBase &rewriter, WarpRoleOp role) {
  auto kernel = role->getParentOfType<gpu::GPUFuncOp>();
  if (!kernel)
    return;
  auto attribute = rewriter.getStrArrayAttr(
      {"denormal-fp-math-f32", "preserve-sign,preserve-sign"});
  kernel->setAttr("passthrough", rewriter.getArrayAttr({attribute}));
}

namespace {
struct LowerWarpRolesPass
    : public gdn::impl::LowerWarpRolesPassBase<LowerWarpRolesPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<WarpRoleOp> roles;
    getOperation()->walk([&](WarpRoleOp role) { roles.push_back(role); });
    for (WarpRoleOp role : roles) {
      flushSubnormals(rewriter, role);
      if (failed(lower(rewriter, role)))
        return signalPassFailure();
    }
  }
};
} // namespace
