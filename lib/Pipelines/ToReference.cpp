//===- ToReference.cpp - From the rule to plain loops ---------------------===//
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

static void buildLoops(OpPassManager &pm, bool widenResults) {
  // Before any simplification: what is compared with must not share the folds
  // of the ops that it judges.
  pm.addPass(createLowerToLoopsPass());
  buildInliner(pm);
  if (widenResults)
    pm.addPass(createWidenResultsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildBufferized(OpPassManager &pm) {
  pm.addPass(createGeneralizePass());
  buildBufferization(pm);
}

void gdn::buildToReferencePipeline(OpPassManager &pm,
                                   const ToReferenceOptions &options) {
  Phase phases[] = {
      {"loops",
       [&](OpPassManager &pm) { buildLoops(pm, options.widenResults); }},
      {"bufferized", buildBufferized},
      {"llvm", [](OpPassManager &pm) { buildToLlvm(pm, /*parallel=*/false); }},
  };
  buildPhases(pm, phases, options.until);
}
