//===- Tolerance.cpp - How far results may be from others -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Tolerance.h"
#include "gdn/IR/Gdn.h"
#include "gdn/Pipelines/Pipelines.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

#include <algorithm>

using namespace mlir;
using namespace gdn::runtime;
using namespace gdn::tools;

/// One rounding changes an element by at most 3.9e-3 of itself in bf16 and by
/// 4.9e-4 in f16. Near-duplicate keys take f32 arithmetic to 2e-5.
static double getDefault(DType dtype) {
  switch (dtype) {
  case GDN_DTYPE_BF16:
    return 4e-3;
  case GDN_DTYPE_F16:
    return 5e-4;
  default:
    return 2e-5;
  }
}

/// The factors of tensor cores have fewer digits: that takes outputs, which
/// have 16 bits, to 3e-3 and states to 1e-3.
static double getTensorCoreDefault(DType dtype) {
  bool isOutput = dtype == GDN_DTYPE_BF16 || dtype == GDN_DTYPE_F16;
  return std::max(getDefault(dtype), isOutput ? 3e-3 : 1e-3);
}

static double getDefault(DType dtype, const Bounds &bounds) {
  return bounds.onTensorCores ? getTensorCoreDefault(dtype) : getDefault(dtype);
}

std::set<std::string>
gdn::tools::findTensorCoreUsers(ModuleOp module,
                                const CompileOptions &options) {
  std::set<std::string> users;
  if (options.target != Target::Sim && options.target != Target::Cuda)
    return users;
  // The schedules are those that the pipeline gives.
  OwningOpRef<ModuleOp> scheduled = module.clone();
  PassManager pm(module.getContext());
  ToGpuOptions gpu;
  if (!options.chip.empty())
    gpu.chip = options.chip;
  gpu.until = "chunked";
  buildToGpuPipeline(pm, gpu);
  if (failed(pm.run(*scheduled)))
    return users;
  for (auto function : scheduled->getOps<func::FuncOp>())
    function.walk([&](Operation *op) {
      if (op->getAttrOfType<ChunkedScheduleAttr>("gdn.schedule"))
        users.insert(function.getName().str());
    });
  return users;
}

double gdn::tools::getTolerance(const TensorSpec &spec, DType dtype,
                                const Bounds &bounds) {
  return spec.rtol.value_or(bounds.rtol.value_or(getDefault(dtype, bounds)));
}

double gdn::tools::getDecodeTolerance(const TensorSpec &spec, DType dtype,
                                      const Bounds &bounds) {
  return spec.rtol.value_or(
      bounds.rtol.value_or(5 * getDefault(dtype, bounds)));
}
