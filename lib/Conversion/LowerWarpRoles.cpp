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
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gdn {
#define GEN_PASS_DEF_LOWERWARPROLESPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// An unsigned difference is below the count for the warps of the role alone.
static void lower(RewriterBase &rewriter, WarpRoleOp role) {
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
  rewriter.inlineBlockBefore(&role.getBody().front(),
                             guarded.thenBlock()->getTerminator(), team);
  rewriter.eraseOp(role);
}

namespace {
struct LowerWarpRolesPass
    : public gdn::impl::LowerWarpRolesPassBase<LowerWarpRolesPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<WarpRoleOp> roles;
    getOperation()->walk([&](WarpRoleOp role) { roles.push_back(role); });
    for (WarpRoleOp role : roles)
      lower(rewriter, role);
  }
};
} // namespace
