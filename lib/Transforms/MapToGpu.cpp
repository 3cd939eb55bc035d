//===- MapToGpu.cpp - Programs of CTAs to launches of kernels -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gdn {
#define GEN_PASS_DEF_MAPTOGPUPASS
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// The number of CTAs, in one dimension: the others of a grid end at 65535.
static Value buildGridSize(OpBuilder &builder, scf::ForallOp program) {
  Location loc = program.getLoc();
  Value size = arith::ConstantIndexOp::create(builder, loc, 1);
  for (OpFoldResult bound : program.getMixedUpperBound())
    size = builder.createOrFold<arith::MulIOp>(
        loc, size, getValueOrCreateConstantIndexOp(builder, loc, bound));
  return size;
}

/// The iteration that CTA `number` runs; the last dimension counts fastest.
static SmallVector<Value> buildPosition(OpBuilder &builder,
                                        scf::ForallOp program, Value number) {
  Location loc = program.getLoc();
  SmallVector<OpFoldResult> bounds = program.getMixedUpperBound();
  SmallVector<Value> position(bounds.size());
  for (size_t dim = bounds.size() - 1; dim > 0; --dim) {
    Value bound = getValueOrCreateConstantIndexOp(builder, loc, bounds[dim]);
    position[dim] = arith::RemUIOp::create(builder, loc, number, bound);
    number = arith::DivUIOp::create(builder, loc, number, bound);
  }
  position[0] = number;
  return position;
}

/// Moves the body of `program` into a launch of one CTA for each iteration.
static gpu::LaunchOp buildLaunch(RewriterBase &rewriter,
                                 scf::ForallOp program) {
  Location loc = program.getLoc();
  auto schedule = program->getAttrOfType<ScheduleInterface>("gdn.schedule");
  auto recurrent = dyn_cast<ScheduleAttr>(schedule);
  rewriter.setInsertionPoint(program);
  Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
  Value threads =
      arith::ConstantIndexOp::create(rewriter, loc, schedule.getThreads());
  Value shared;
  if (int64_t bytes = recurrent ? recurrent.getIdleShared() : 0)
    shared = arith::ConstantIntOp::create(rewriter, loc, bytes, /*width=*/32);
  auto launch =
      gpu::LaunchOp::create(rewriter, loc, buildGridSize(rewriter, program),
                            one, one, threads, one, one, shared);
  Block &body = launch.getBody().front();
  rewriter.setInsertionPointToEnd(&body);
  SmallVector<Value> position =
      buildPosition(rewriter, program, launch.getBlockIds().x);
  if (recurrent && recurrent.getMinCtas())
    MinCtasOp::create(rewriter, loc, recurrent.getMinCtas());
  // CTAs that hold different value channels of a head are neighbours.
  auto chunked = dyn_cast<ChunkedScheduleAttr>(schedule);
  if (chunked && chunked.getCluster() > 1)
    ClusterSizeOp::create(rewriter, loc, chunked.getCluster());
  auto end = gpu::TerminatorOp::create(rewriter, loc);
  rewriter.eraseOp(program.getTerminator());
  rewriter.inlineBlockBefore(program.getBody(), end, position);
  rewriter.eraseOp(program);
  return launch;
}

/// Makes the kernel compute its views itself, so that it is handed whole
/// buffers.
static void sinkViews(RewriterBase &rewriter, gpu::LaunchOp launch) {
  Region &body = launch.getBody();
  rewriter.setInsertionPointToStart(&body.front());
  bool changed = true;
  while (changed) {
    changed = false;
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(body, captured);
    for (Value value : captured) {
      Operation *view = value.getDefiningOp();
      if (!isa_and_present<memref::SubViewOp, memref::ExpandShapeOp,
                           memref::CollapseShapeOp, memref::CastOp>(view))
        continue;
      rewriter.setInsertionPointToStart(&body.front());
      Value inside = rewriter.clone(*view)->getResult(0);
      replaceAllUsesInRegionWith(value, inside, body);
      if (view->use_empty())
        rewriter.eraseOp(view);
      changed = true;
    }
  }
}

/// Iterations of loops around a launch would stage the same buffers: they run
/// one after the other.
static LogicalResult makeSequential(RewriterBase &rewriter,
                                    gpu::LaunchOp launch) {
  while (auto loop = launch->getParentOfType<scf::ForallOp>())
    if (failed(scf::forallToForLoop(rewriter, loop)))
      return failure();
  return success();
}

namespace {
struct MapToGpuPass : public gdn::impl::MapToGpuPassBase<MapToGpuPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<scf::ForallOp> programs;
    getOperation()->walk([&](scf::ForallOp loop) {
      if (loop->hasAttr("gdn.schedule"))
        programs.push_back(loop);
    });
    for (scf::ForallOp program : programs) {
      if (program.getNumResults() != 0) {
        program.emitError("expects buffers, but got tensors; bufferize first");
        return signalPassFailure();
      }
      auto outer = program->getParentOfType<scf::ForallOp>();
      while (outer && !outer->hasAttr("gdn.schedule"))
        outer = outer->getParentOfType<scf::ForallOp>();
      if (outer) {
        program.emitError("expects no loop over CTAs within another one");
        return signalPassFailure();
      }
      if (!program.isNormalized() || program.getRank() == 0) {
        program.emitError("expects a loop over CTAs from 0 on in steps of 1");
        return signalPassFailure();
      }
      gpu::LaunchOp launch = buildLaunch(rewriter, program);
      sinkViews(rewriter, launch);
      if (failed(makeSequential(rewriter, launch)))
        return signalPassFailure();
    }
  }
};
} // namespace
