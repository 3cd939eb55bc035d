//===- GdnToGpuEvents.cpp - Events to barriers in shared memory -----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace gdn;

static constexpr int64_t barrierBytes = 8;

/// The barrier of a place.
static Value buildBarrier(OpBuilder &builder, Location loc, Value event,
                          Value place) {
  IndexBuilder i(builder, loc);
  return LLVM::GEPOp::create(builder, loc, event.getType(), builder.getI8Type(),
                             event,
                             LLVM::GEPArg(i.toI32(i.mul(place, barrierBytes))));
}

static Value buildIsZero(OpBuilder &builder, Location loc, Value index) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, index,
                               arith::ConstantIndexOp::create(builder, loc, 0));
}

/// Where `address` is in CTA number `rank` of the cluster.
static Value buildRemote(OpBuilder &builder, Location loc, Value address,
                         Value rank) {
  auto type = LLVM::LLVMPointerType::get(
      builder.getContext(), unsigned(NVVM::NVVMMemorySpace::SharedCluster));
  return NVVM::MapaOp::create(builder, loc, type, address,
                              IndexBuilder(builder, loc).toI32(rank));
}

/// All threads of a warp.
static Value buildFullMask(OpBuilder &builder, Location loc) {
  return arith::ConstantIntOp::create(builder, loc, -1, 32);
}

namespace {

struct ConvertEventCreate : public OpConversionPattern<EventCreateOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(EventCreateOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    EventType type = op.getEvent().getType();
    Value base = buildSharedBase(rewriter, op);
    Value event = LLVM::GEPOp::create(
        rewriter, loc, base.getType(), rewriter.getI8Type(), base,
        LLVM::GEPArg(static_cast<int32_t>(op.getOffset())));
    auto guarded = scf::IfOp::create(
        rewriter, loc, buildIsZero(rewriter, loc, buildThread(rewriter, op)));
    {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
      IndexBuilder i(rewriter, loc);
      Value count =
          arith::ConstantIntOp::create(rewriter, loc, type.getArrivals(), 32);
      for (int64_t place = 0; place < type.getStages(); ++place)
        NVVM::MBarrierInitOp::create(
            rewriter, loc,
            buildBarrier(rewriter, loc, event, i.constant(place)), count,
            /*predicate=*/Value());
    }
    rewriter.replaceOp(op, event);
    return success();
  }
};

struct ConvertEventArrive : public OpConversionPattern<EventArriveOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(EventArriveOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    Value place = i.rem(adaptor.getUse(), op.getEvent().getType().getStages());
    Value barrier = buildBarrier(rewriter, loc, adaptor.getEvent(), place);
    if (op.getCopies()) {
      NVVM::CpAsyncMBarrierArriveOp::create(rewriter, loc, barrier,
                                            /*noinc=*/true);
    } else {
      // One thread speaks for its warp.
      NVVM::SyncWarpOp::create(rewriter, loc, buildFullMask(rewriter, loc));
      Value lane = i.rem(buildThread(rewriter, op), 32);
      auto guarded =
          scf::IfOp::create(rewriter, loc, buildIsZero(rewriter, loc, lane));
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
      if (Value rank = adaptor.getRank())
        NVVM::MBarrierArriveOp::create(
            rewriter, loc, TypeRange(),
            buildRemote(rewriter, loc, barrier, rank),
            /*count=*/Value());
      else
        NVVM::MBarrierArriveOp::create(rewriter, loc, rewriter.getI64Type(),
                                       barrier, /*count=*/Value());
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertEventWait : public OpConversionPattern<EventWaitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(EventWaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    int64_t stages = op.getEvent().getType().getStages();
    Value round = i.div(adaptor.getUse(), stages);
    // The first use of a place follows no other: the phase before the first
    // one counts as complete.
    if (op.getPrevious())
      round = i.add(round, 1);
    Value parity = i.toI32(i.rem(round, 2));
    Value barrier = buildBarrier(rewriter, loc, adaptor.getEvent(),
                                 i.rem(adaptor.getUse(), stages));
    // The most nanoseconds before it looks again.
    Value ticks = arith::ConstantIntOp::create(rewriter, loc, 10000000, 32);
    NVVM::MBarrierTryWaitParityOp::create(rewriter, loc, barrier, parity,
                                          ticks);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertProxyFence : public OpConversionPattern<ProxyFenceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ProxyFenceOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    MLIRContext *context = op.getContext();
    rewriter.replaceOpWithNewOp<NVVM::FenceProxyOp>(
        op, NVVM::ProxyKindAttr::get(context, NVVM::ProxyKind::async_shared),
        NVVM::SharedSpaceAttr::get(context, NVVM::SharedSpace::shared_cta));
    return success();
  }
};

struct ConvertClusterBarrier : public OpConversionPattern<ClusterBarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ClusterBarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    NVVM::FenceMbarrierInitOp::create(rewriter, loc);
    NVVM::ClusterArriveOp::create(rewriter, loc, rewriter.getUnitAttr());
    rewriter.replaceOpWithNewOp<NVVM::ClusterWaitOp>(op,
                                                     rewriter.getUnitAttr());
    return success();
  }
};

struct ConvertSharedSend : public OpConversionPattern<SharedSendOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SharedSendOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    // C2
    auto role = op->getParentOfType<WarpRoleOp>();
    if (!role || role.getTeamWarps() != 1)
      return op.emitOpError("expects a gdn.warp_role of teams of one warp "
                            "around it");
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    Value lane = i.rem(buildThread(rewriter, op), 32);
    auto guarded =
        scf::IfOp::create(rewriter, loc, buildIsZero(rewriter, loc, lane));
    rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
    int64_t total = 0;
    for (Value source : op.getSources())
      total += SharedSendOp::getPlaceBytes(cast<SharedType>(source.getType()));
    Value place = i.rem(adaptor.getUse(), op.getEvent().getType().getStages());
    Value barrier = buildRemote(
        rewriter, loc, buildBarrier(rewriter, loc, adaptor.getEvent(), place),
        adaptor.getRank());
    NVVM::MBarrierArriveExpectTxOp::create(
        rewriter, loc, TypeRange(), barrier,
        arith::ConstantIntOp::create(rewriter, loc, total, 32),
        NVVM::MemScopeKind::CTA, /*relaxed=*/false, /*predicate=*/Value());
    if (int64_t others = op.getEvent().getType().getArrivals() - 1)
      NVVM::MBarrierArriveOp::create(
          rewriter, loc, TypeRange(), barrier,
          arith::ConstantIntOp::create(rewriter, loc, others, 32));
    // The copy takes the address of the barrier in the cluster, of 32 bits, as
    // one in the CTA.
    Value bits =
        LLVM::PtrToIntOp::create(rewriter, loc, rewriter.getI32Type(), barrier);
    Value completes = LLVM::IntToPtrOp::create(
        rewriter, loc, adaptor.getEvent().getType(), bits);
    for (auto [source, base] :
         llvm::zip_equal(op.getSources(), adaptor.getSources())) {
      auto type = cast<SharedType>(source.getType());
      SmallVector<Value> indices(type.getRank(), i.constant(0));
      indices[0] = adaptor.getSlot();
      Value from = SharedAddress(rewriter, loc, type, base).build(indices);
      NVVM::CpAsyncBulkSharedCTAToSharedClusterOp::create(
          rewriter, loc, buildRemote(rewriter, loc, from, adaptor.getRank()),
          from, completes,
          arith::ConstantIntOp::create(rewriter, loc,
                                       SharedSendOp::getPlaceBytes(type), 32));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertWarpBarrier : public OpConversionPattern<WarpBarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WarpBarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<NVVM::SyncWarpOp>(
        op, buildFullMask(rewriter, op.getLoc()));
    return success();
  }
};

struct ConvertTeamBarrier : public OpConversionPattern<TeamBarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TeamBarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto role = op->getParentOfType<WarpRoleOp>();
    if (!role)
      return op.emitOpError("expects a gdn.warp_role around it");
    if (role.getTeamWarps() == 1) {
      rewriter.replaceOpWithNewOp<NVVM::SyncWarpOp>(
          op, buildFullMask(rewriter, loc));
      return success();
    }
    // Barrier 0 is the CTA's. Teams of two warps or more do not share half of
    // the number of their first warp.
    int64_t first = role.getFirst(), warps = role.getTeamWarps();
    if (1 + (first + (role.getTeams() - 1) * warps) / 2 > 15)
      return op.emitOpError("expects a team of several warps to begin before "
                            "warp 30");
    IndexBuilder i(rewriter, loc);
    Value begin = i.add(i.mul(role.getBody().getArgument(0), warps), first);
    Value number = i.toI32(i.add(i.div(begin, 2), 1));
    Value threads =
        arith::ConstantIntOp::create(rewriter, loc, role.getTeamThreads(), 32);
    NVVM::BarrierOp::create(rewriter, loc, TypeRange(), number, threads,
                            NVVM::BarrierReductionAttr(), Value());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void gdn::populateEventPatterns(const TypeConverter &converter,
                                RewritePatternSet &patterns) {
  patterns.add<ConvertEventCreate, ConvertEventArrive, ConvertEventWait,
               ConvertProxyFence, ConvertClusterBarrier, ConvertSharedSend,
               ConvertWarpBarrier, ConvertTeamBarrier>(converter,
                                                       patterns.getContext());
}
