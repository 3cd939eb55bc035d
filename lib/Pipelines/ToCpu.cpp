//===- ToCpu.cpp - From the rule to vectors and threads -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phases.h"
#include "gdn/Pipelines/Pipelines.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace gdn;

static void buildChunked(OpPassManager &pm, const ToCpuOptions &options) {
  buildInliner(pm);
  ChunkPassOptions chunk;
  chunk.chunkSize = options.chunkSize;
  chunk.valueSplit = options.valueSplit;
  chunk.useSchedules = false;
  pm.addPass(createChunkPass(chunk));
  pm.addPass(createVerifyChunkedPass());
}

static void buildDecomposed(OpPassManager &pm) {
  pm.addPass(createDecomposePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildTiled(OpPassManager &pm) {
  pm.addPass(createGeneralizePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createFuseElementwisePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createTileForCpuPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildVectorized(OpPassManager &pm) {
  pm.addPass(createVectorizePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void gdn::buildCpuTensors(OpPassManager &pm) {
  buildDecomposed(pm);
  buildTiled(pm);
  buildVectorized(pm);
}

void gdn::buildToCpuPipeline(OpPassManager &pm, const ToCpuOptions &options) {
  Phase phases[] = {
      {"chunked", [&](OpPassManager &pm) { buildChunked(pm, options); }},
      {"decomposed", buildDecomposed},
      {"tiled", buildTiled},
      {"vectorized", buildVectorized},
      {"bufferized", [](OpPassManager &pm) { buildBufferization(pm); }},
      {"llvm", [](OpPassManager &pm) { buildToLlvm(pm, /*parallel=*/true); }},
  };
  buildPhases(pm, phases, options.until);
}
