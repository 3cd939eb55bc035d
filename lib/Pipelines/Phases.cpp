//===- Phases.cpp - Phases that several pipelines share -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phases.h"
#include "gdn/Conversion/Passes.h"
#include "gdn/Transforms/Passes.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace gdn;

namespace {

/// Stands for a pipeline that was asked to stop after a phase it lacks.
struct UnknownPhasePass
    : public PassWrapper<UnknownPhasePass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(UnknownPhasePass)

  explicit UnknownPhasePass(std::string message)
      : message(std::move(message)) {}

  StringRef getName() const override { return "UnknownPhase"; }

  void runOnOperation() override {
    emitError(UnknownLoc::get(&getContext())) << message;
    signalPassFailure();
  }

  std::string message;
};

/// Makes math.expm1 a call of the library's, which is exact: as exp(x) - 1, its
/// lowering to LLVM, it would be 0 for small x.
struct CallExpM1Pass
    : public PassWrapper<CallExpM1Pass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CallExpM1Pass)

  StringRef getName() const override { return "CallExpM1"; }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathToLibmConversionPatterns(patterns);
    ConversionTarget target(getContext());
    target.addIllegalOp<math::ExpM1Op>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

/// Dissolves the scopes that OpenMP's loops are wrapped in, which hold one
/// block only: a branch in a loop becomes several. Scopes of what they allocate
/// stay.
struct InlineScopesPass
    : public PassWrapper<InlineScopesPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(InlineScopesPass)

  StringRef getName() const override { return "InlineScopes"; }

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](memref::AllocaScopeOp scope) {
      auto allocates = [](memref::AllocaOp) { return WalkResult::interrupt(); };
      if (scope.walk(allocates).wasInterrupted())
        return;
      Operation *end = scope.getBody()->getTerminator();
      rewriter.inlineBlockBefore(scope.getBody(), scope);
      rewriter.replaceOp(scope, end->getOperands());
      rewriter.eraseOp(end);
    });
  }
};

/// The contract at the end: whatever no conversion knew is an error here, not
/// in the translation to LLVM IR.
struct VerifyLoweredPass
    : public PassWrapper<VerifyLoweredPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(VerifyLoweredPass)

  StringRef getName() const override { return "VerifyLowered"; }

  void runOnOperation() override {
    WalkResult result = getOperation()->walk([](Operation *op) {
      if (isa<ModuleOp>(op) ||
          isa_and_present<LLVM::LLVMDialect, omp::OpenMPDialect>(
              op->getDialect()))
        return WalkResult::advance();
      op->emitOpError("has no lowering to the CPU");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace

void gdn::buildPhases(OpPassManager &pm, ArrayRef<Phase> phases,
                      StringRef until) {
  auto hasName = [&](const Phase &phase) { return phase.name == until; };
  if (llvm::none_of(phases, hasName)) {
    std::string names = llvm::join(
        llvm::map_range(phases, [](const Phase &phase) { return phase.name; }),
        ", ");
    pm.addPass(std::make_unique<UnknownPhasePass>(
        "expects 'until' to be one of " + names + ", but got '" + until.str() +
        "'"));
    return;
  }
  for (const Phase &phase : phases) {
    phase.build(pm);
    if (hasName(phase))
      return;
  }
}

void gdn::buildInliner(OpPassManager &pm) {
  pm.addPass(createInlinerPass());
  pm.addPass(createSymbolDCEPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void gdn::buildBufferization(
    OpPassManager &pm, function_ref<void(OpPassManager &)> buildOnBuffers) {
  pm.addPass(createPruneUnreachablePass());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  pm.addNestedPass<func::FuncOp>(createMarkEntryPointsPass());

  bufferization::OneShotBufferizePassOptions options;
  options.bufferizeFunctionBoundaries = true;
  // Loops may carry tensors, e.g. states over layers or steps.
  options.allowReturnAllocsFromLoops = true;
  options.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(options));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());

  if (buildOnBuffers)
    buildOnBuffers(pm);
  auto &functions = pm.nest<func::FuncOp>();
  functions.addPass(createForallToParallelLoopPass());
  functions.addPass(bufferization::createBufferLoopHoistingPass());
  bufferization::buildBufferDeallocationPipeline(
      pm, bufferization::BufferDeallocationPipelineOptions());
  pm.addPass(createConvertBufferizationToMemRefPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Copies of arguments that are returned as they are.
  pm.addPass(createConvertBufferizationToMemRefPass());
}

/// Functions of f16 and bf16 are computed in f32.
static void buildFloats(OpPassManager &pm) {
  math::MathExtendToSupportedTypesOptions extension;
  extension.extraTypeStrs = {"f32", "f64"};
  pm.addNestedPass<func::FuncOp>(
      math::createMathExtendToSupportedTypes(extension));
  arith::ArithEmulateUnsupportedFloatsOptions emulation;
  SmallVector<std::string> halves = {"bf16", "f16"};
  emulation.sourceTypeStrs = halves;
  pm.addPass(arith::createArithEmulateUnsupportedFloats(emulation));
}

void gdn::buildToLlvm(OpPassManager &pm, bool parallel) {
  pm.addPass(createConvertCheckToRuntimePass());
  pm.addPass(createLowerCopiesPass());
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(createLowerVectorsPass());
  buildFloats(pm);
  pm.addPass(createExpandMathPass({/*polynomials=*/parallel}));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(arith::createArithExpandOpsPass({/*includeBf16=*/true}));

  if (parallel) {
    pm.addPass(createConvertSCFToOpenMPPass());
    pm.addPass(std::make_unique<InlineScopesPass>());
  }
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createNormalizeSubviewsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(std::make_unique<CallExpM1Pass>());
  // log(1 + x) would be 0 for small x; the library's is exact.
  pm.addPass(createConvertMathToLLVMPass({/*approximateLog1p=*/false}));
  pm.addPass(createConvertMathToLibmPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.reassociateFPReductions = true;
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  if (parallel)
    pm.addPass(createConvertOpenMPToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(std::make_unique<VerifyLoweredPass>());
}
