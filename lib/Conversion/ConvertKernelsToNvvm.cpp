//===- ConvertKernelsToNvvm.cpp - Kernels to the NVVM dialect -------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Conversion/Passes.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gdn {
#define GEN_PASS_DEF_CONVERTKERNELSTONVVMPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// Vector ops that LLVM has no word for, in smaller steps.
static LogicalResult lowerVectors(Operation *op) {
  RewritePatternSet patterns(op->getContext());
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorFromElementsUnrollPatterns(patterns);
  return applyPatternsGreedily(op, std::move(patterns));
}

/// Upstream's patterns of the dialects that kernels are made of. Those of
/// `math` come before those of `gpu`, which would call NVIDIA's libdevice.
static void populatePatterns(const LLVMTypeConverter &converter,
                             RewritePatternSet &patterns) {
  populateMathToLLVMConversionPatterns(converter, patterns,
                                       /*approximateLog1p=*/true,
                                       /*benefit=*/2);
  populateGpuToNVVMConversionPatterns(converter, patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
}

/// Kernels call nothing that is not theirs: no libdevice, so that any machine
/// can make them, and no malloc of the GPU's.
static LogicalResult verifyNoLibraryCalls(gpu::GPUModuleOp module) {
  WalkResult result = module.walk([&](LLVM::CallOp call) {
    std::optional<StringRef> callee = call.getCallee();
    auto function =
        callee ? module.lookupSymbol<LLVM::LLVMFuncOp>(*callee) : nullptr;
    if (!function || !function.isExternal())
      return WalkResult::advance();
    call.emitError("has no lowering for a GPU but the library function '")
        << *callee << "'";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct ConvertKernelsToNvvmPass
    : public gdn::impl::ConvertKernelsToNvvmPassBase<ConvertKernelsToNvvmPass> {
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    if (failed(lowerVectors(module)))
      return signalPassFailure();

    LowerToLLVMOptions options(
        &getContext(), getAnalysis<DataLayoutAnalysis>().getAtOrAbove(module));
    options.overrideIndexBitwidth(64);
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(&getContext(), options);
    configureGpuToNVVMTypeConverter(converter);
    RewritePatternSet patterns(&getContext());
    populatePatterns(converter, patterns);
    ConversionTarget target(getContext());
    target.addLegalDialect<LLVM::LLVMDialect, NVVM::NVVMDialect>();
    target.addLegalOp<gpu::GPUModuleOp, PtxWgmmaOp>();
    if (failed(applyFullConversion(module, target, std::move(patterns))) ||
        failed(verifyNoLibraryCalls(module)))
      signalPassFailure();
  }
};
} // namespace
