//===- ToGpu.cpp - From the rule to kernels and their host code -----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phases.h"
#include "gdn/Analysis/GpuChip.h"
#include "gdn/Conversion/Passes.h"
#include "gdn/Pipelines/Pipelines.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace gdn;

namespace {
/// Upstream, which makes the caller allocate results, takes each of them for a
/// value of its own, and makes arguments of them, which have no tolerances.
struct PrepareResultsPass
    : public PassWrapper<PrepareResultsPass, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PrepareResultsPass)

  StringRef getName() const override { return "PrepareResults"; }

  void runOnOperation() override {
    for (unsigned i = 0; i < getOperation().getNumResults(); ++i)
      getOperation().removeResultAttr(
          i, StringAttr::get(&getContext(), "gdn.rtol"));
    getOperation().walk([&](func::ReturnOp end) {
      llvm::SmallDenseMap<Value, size_t> seen;
      for (auto [number, value] : llvm::enumerate(end.getOperands())) {
        auto [first, isNew] = seen.insert({value, number});
        if (isNew || !isa<BaseMemRefType>(value.getType()))
          continue;
        end.emitOpError("expects a value of its own for each result in the "
                        "GPU's memory, but got the same for results ")
            << first->second << " and " << number;
        return signalPassFailure();
      }
    });
  }
};
/// Buffers in the GPU's memory are freed by what a pipeline itself put there;
/// bufferization knows no such ops.
struct VerifyUnstagedPass
    : public PassWrapper<VerifyUnstagedPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(VerifyUnstagedPass)

  StringRef getName() const override { return "VerifyUnstaged"; }

  void runOnOperation() override {
    WalkResult result = getOperation().walk([](gpu::DeallocOp op) {
      op.emitOpError("is behind the phase 'bufferized'; start from what "
                     "until=tiled or an earlier phase gives");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace

static void buildSimplifier(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildScheduled(OpPassManager &pm, const ToGpuOptions &options) {
  pm.addPass(std::make_unique<VerifyUnstagedPass>());
  buildInliner(pm);
  SelectSchedulePassOptions select;
  select.chip = options.chip;
  select.others = options.otherChips;
  pm.addPass(createSelectSchedulePass(select));
  ChunkPassOptions chunk;
  chunk.deviceMemory = options.deviceMemory;
  pm.addPass(createChunkPass(chunk));
  pm.addPass(createVerifyChunkedPass());
  buildSimplifier(pm);
  // A loop may carry an output that nobody reads.
  pm.addPass(createRemoveDeadValuesPass());
}

static void buildTiled(OpPassManager &pm) {
  pm.addPass(createTilePass());
  buildSimplifier(pm);
  pm.addPass(createPipelineTokensPass());
  buildSimplifier(pm);
  pm.addPass(createVerifyTiledPass());
}

static void buildBuffers(OpPassManager &pm, const ToGpuOptions &options) {
  buildCpuTensors(pm);
  buildBufferization(pm, [&](OpPassManager &pm) {
    if (options.deviceMemory) {
      // Only the caller can allocate there.
      pm.addNestedPass<func::FuncOp>(std::make_unique<PrepareResultsPass>());
      bufferization::BufferResultsToOutParamsPassOptions results;
      results.hoistStaticAllocs = true;
      results.hoistDynamicAllocs = true;
      results.modifyPublicFunctions = true;
      pm.addPass(bufferization::createBufferResultsToOutParamsPass(results));
    }
    pm.addNestedPass<func::FuncOp>(createMapToGpuPass());
    buildSimplifier(pm);
  });
  if (options.deviceMemory)
    pm.addPass(createVerifyDeviceMemoryPass());
  else
    pm.addNestedPass<func::FuncOp>(createStageOnDevicePass());
}

/// Programs for tensor cores become roles of warps.
static void buildRoles(OpPassManager &pm, const ToGpuOptions &options) {
  SpecializeWarpsPassOptions roles;
  SmallVector<std::string> chips = {options.chip};
  llvm::append_range(chips, options.otherChips);
  for (const std::string &name : chips)
    if (const GpuChip *chip = lookupGpuChip(name))
      roles.sharedBytes =
          std::min(roles.sharedBytes, chip->getMostSharedBytes());
  pm.addNestedPass<func::FuncOp>(createSpecializeWarpsPass(roles));
  buildSimplifier(pm);
}

/// Kernels in modules of their own, in the NVVM dialect.
static void buildKernels(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createFlattenKernelBuffersPass());
  pm.addPass(createGpuKernelOutliningPass());
  auto &kernels = pm.nest<gpu::GPUModuleOp>();
  buildSimplifier(kernels);
  kernels.addPass(createConvertGdnToGpuPass());
  kernels.addPass(createLowerWarpRolesPass());
  kernels.addPass(createExpandGpuMathPass());
  buildSimplifier(kernels);
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  buildSimplifier(kernels);
  kernels.addPass(createConvertKernelsToNvvmPass());
  buildSimplifier(kernels);
}

void gdn::buildToNvvmPipeline(OpPassManager &pm, const ToNvvmOptions &options) {
  ToGpuOptions gpu;
  if (!options.chips.empty()) {
    gpu.chip = options.chips.front();
    llvm::append_range(gpu.otherChips, llvm::drop_begin(options.chips));
  }
  gpu.deviceMemory = options.deviceMemory;
  SerializeKernelsPassOptions serialize;
  llvm::append_range(serialize.chips, options.chips);
  // An empty list that is given is not the one left out.
  if (options.chips.empty() && options.chips.hasValue())
    gpu.chip = "";
  serialize.format = options.format;
  serialize.ptxVersion = options.ptxVersion;
  serialize.toolkit = options.toolkit;
  Phase phases[] = {
      {"binary",
       [&](OpPassManager &pm) {
         buildToGpuPipeline(pm, gpu);
         // Some instructions are text.
         auto &kernels = pm.nest<gpu::GPUModuleOp>();
         kernels.addPass(createConvertNVVMToLLVMPass());
         kernels.addPass(createConvertPtxToLlvmPass());
         pm.addPass(createSerializeKernelsPass(std::move(serialize)));
       }},
      {"llvm",
       [](OpPassManager &pm) {
         pm.addPass(createConvertGpuToRuntimePass());
         buildToLlvm(pm, /*parallel=*/true);
       }},
  };
  buildPhases(pm, phases, options.until);
}

/// Host code that runs the kernels on the simulator.
static void buildSimulated(OpPassManager &pm) {
  pm.addPass(createSimulateKernelsPass());
  pm.addPass(createConvertGpuToRuntimePass());
  buildToLlvm(pm, /*parallel=*/true);
}

static SmallVector<Phase> getGpuPhases(const ToGpuOptions &options) {
  return {
      {"chunked", [&](OpPassManager &pm) { buildScheduled(pm, options); }},
      {"tiled", buildTiled},
      {"bufferized", [&](OpPassManager &pm) { buildBuffers(pm, options); }},
      {"specialized", [&](OpPassManager &pm) { buildRoles(pm, options); }},
      {"nvvm", buildKernels},
  };
}

void gdn::buildToSimulatorPipeline(OpPassManager &pm,
                                   const ToSimulatorOptions &options) {
  ToGpuOptions gpu;
  gpu.chip = options.chip;
  gpu.deviceMemory = options.deviceMemory;
  SmallVector<Phase> phases = getGpuPhases(gpu);
  phases.push_back({"llvm", buildSimulated});
  buildPhases(pm, phases, options.until);
}

void gdn::buildToGpuPipeline(OpPassManager &pm, const ToGpuOptions &options) {
  buildPhases(pm, getGpuPhases(options), options.until);
}
