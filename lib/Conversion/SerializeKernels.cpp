//===- SerializeKernels.cpp - Kernels as PTX, cubins and fatbins ----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaToolkit.h"
#include "gdn/Analysis/GpuChip.h"
#include "gdn/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVM/ModuleToObject.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Target/TargetMachine.h"

// Of llvm-c/Target.h, which has them only for all targets together.
extern "C" {
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

namespace gdn {
#define GEN_PASS_DEF_SERIALIZEKERNELSPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// The versions of PTX that LLVM 22 writes from 8.0 on, times 10.
static constexpr unsigned ptxVersions[] = {80, 81, 82, 83, 84,
                                           85, 86, 87, 88, 90};

static std::string formatPtxVersion(unsigned version) {
  return llvm::formatv("{0}.{1}", version / 10, version % 10);
}

namespace {

/// Translates a gpu.module to PTX. Pointers to shared memory have 32 bits
/// there, which saves half of the registers for addresses.
class PtxWriter : public LLVM::ModuleToObject {
public:
  PtxWriter(gpu::GPUModuleOp module, StringRef chip, StringRef features)
      : ModuleToObject(*module, "nvptx64-nvidia-cuda", chip, features) {
    llvm::Triple name(triple);
    std::string error;
    const llvm::Target *target =
        llvm::TargetRegistry::lookupTarget(name, error);
    if (!target)
      return;
    llvm::TargetOptions options;
    options.MCOptions.ABIName = "shortptr";
    machine.reset(target->createTargetMachine(name, chip, features, options,
                                              std::nullopt));
  }

  void setDataLayoutAndTriple(llvm::Module &llvmModule) override {
    llvmModule.setTargetTriple(llvm::Triple(triple));
    if (machine)
      llvmModule.setDataLayout(machine->createDataLayout());
  }

  LogicalResult optimizeModule(llvm::Module &llvmModule, int level) override {
    if (!machine)
      return success();
    llvm::Error error = makeOptimizingTransformer(level, /*sizeLevel=*/0,
                                                  machine.get())(&llvmModule);
    if (!error)
      return success();
    llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &e) {
      refuse() << "cannot optimise the code: " << e.message();
    });
    return failure();
  }

  FailureOr<SmallVector<char, 0>>
  moduleToObject(llvm::Module &llvmModule) override {
    if (!machine)
      return refuse() << "this build of LLVM has no code for GPUs";
    FailureOr<SmallString<0>> text =
        translateModuleToISA(llvmModule, *machine, [&] { return refuse(); });
    if (failed(text))
      return failure();
    return SmallVector<char, 0>(text->begin(), text->end());
  }

private:
  /// At the location alone: with the op, its whole body would follow.
  InFlightDiagnostic refuse() { return emitError(getOperation().getLoc()); }

  /// Null in a build of LLVM without it.
  std::unique_ptr<llvm::TargetMachine> machine;
};

struct SerializeKernelsPass
    : public gdn::impl::SerializeKernelsPassBase<SerializeKernelsPass> {
  using SerializeKernelsPassBase::SerializeKernelsPassBase;

  void runOnOperation() override;

private:
  using Bytes = SmallVector<char, 0>;

  /// Checks the options and looks for the programs they need.
  LogicalResult prepare();
  LogicalResult prepareVersion();
  LogicalResult preparePrograms();
  /// What is wrong with an option has no place in the module.
  InFlightDiagnostic refuse() {
    return emitError(UnknownLoc::get(&getContext()));
  }

  std::string getFeatures(const GpuChip &chip) const {
    return "+ptx" + std::to_string(version ? version : chip.ptxVersion);
  }
  FailureOr<gpu::ObjectAttr> buildObject(gpu::GPUModuleOp module);
  FailureOr<Bytes> buildPtx(gpu::GPUModuleOp module, const GpuChip &chip);
  FailureOr<Bytes> buildCubin(gpu::GPUModuleOp module, const GpuChip &chip);
  FailureOr<Bytes> buildFatbin(gpu::GPUModuleOp module);

  SmallVector<const GpuChip *> targets;
  /// Times 10; 0 is each chip's own.
  unsigned version = 0;
  gpu::CompilationTarget kind = gpu::CompilationTarget::Assembly;
  std::string ptxas, fatbinary;
};

} // namespace

LogicalResult SerializeKernelsPass::prepareVersion() {
  if (ptxVersion.empty())
    return success();
  for (unsigned known : ptxVersions)
    if (ptxVersion == formatPtxVersion(known))
      version = known;
  if (!version)
    return refuse() << "expects 'ptx' to be a version from "
                    << formatPtxVersion(ptxVersions[0]) << " to "
                    << formatPtxVersion(std::end(ptxVersions)[-1])
                    << ", but got '" << ptxVersion << "'";
  for (const GpuChip *chip : targets)
    if (version < chip->ptxVersion)
      return refuse() << "PTX " << ptxVersion << " is too old for "
                      << chip->name << ", which needs "
                      << formatPtxVersion(chip->ptxVersion);
  return success();
}

LogicalResult SerializeKernelsPass::preparePrograms() {
  auto find = [&](StringRef name, std::string &path) -> LogicalResult {
    std::optional<std::string> found = findCudaProgram(name, toolkit);
    if (!found)
      return refuse() << "format '" << format << "' needs " << name
                      << " of the CUDA Toolkit, which is not in "
                      << describeCudaPlaces(toolkit)
                      << "; give its folder as 'toolkit', or use format=isa";
    path = *found;
    return success();
  };
  if (kind == gpu::CompilationTarget::Assembly)
    return success();
  if (failed(find("ptxas", ptxas)))
    return failure();
  return kind == gpu::CompilationTarget::Fatbin ? find("fatbinary", fatbinary)
                                                : success();
}

LogicalResult SerializeKernelsPass::prepare() {
  targets.clear();
  version = 0;
  for (const std::string &name : chips) {
    const GpuChip *chip = lookupGpuChip(name);
    if (!chip)
      return refuse() << "expects chips to be of "
                      << llvm::join(llvm::map_range(getGpuChips(),
                                                    [](const GpuChip &chip) {
                                                      return chip.name;
                                                    }),
                                    ", ")
                      << ", but got '" << name << "'";
    if (llvm::is_contained(targets, chip))
      return refuse() << "chip '" << name << "' is given twice";
    targets.push_back(chip);
  }
  if (targets.empty())
    targets.push_back(lookupGpuChip("sm_90a"));
  std::optional<gpu::CompilationTarget> known =
      llvm::StringSwitch<std::optional<gpu::CompilationTarget>>(format)
          .Case("isa", gpu::CompilationTarget::Assembly)
          .Case("bin", gpu::CompilationTarget::Binary)
          .Case("fatbin", gpu::CompilationTarget::Fatbin)
          // A toolkit that is named has to have it.
          .Case("auto", !toolkit.empty() || findCudaProgram("ptxas", toolkit)
                            ? gpu::CompilationTarget::Binary
                            : gpu::CompilationTarget::Assembly)
          .Default(std::nullopt);
  if (!known)
    return refuse() << "expects 'format' to be isa, bin, fatbin or auto, but "
                       "got '"
                    << format << "'";
  kind = *known;
  if (targets.size() > 1 && kind != gpu::CompilationTarget::Fatbin)
    return refuse() << "format '" << format << "' holds code for one chip, but "
                    << targets.size() << " are given; use format=fatbin";
  if (failed(prepareVersion()))
    return failure();
  return preparePrograms();
}

FailureOr<SmallVector<char, 0>>
SerializeKernelsPass::buildPtx(gpu::GPUModuleOp module, const GpuChip &chip) {
  std::string features = getFeatures(chip);
  std::optional<Bytes> ptx = PtxWriter(module, chip.name, features).run();
  if (!ptx)
    return emitError(module.getLoc(), "cannot be translated to PTX");
  return std::move(*ptx);
}

FailureOr<SmallVector<char, 0>>
SerializeKernelsPass::buildCubin(gpu::GPUModuleOp module, const GpuChip &chip) {
  FailureOr<Bytes> ptx = buildPtx(module, chip);
  if (failed(ptx))
    return failure();
  auto cubin = assemble(ptxas, {ptx->data(), ptx->size()}, chip.name);
  if (!cubin)
    return emitError(module.getLoc(), llvm::toString(cubin.takeError()));
  return std::move(*cubin);
}

FailureOr<SmallVector<char, 0>>
SerializeKernelsPass::buildFatbin(gpu::GPUModuleOp module) {
  SmallVector<Bytes> objects;
  SmallVector<FatbinEntry> entries;
  for (const GpuChip *chip : targets) {
    FailureOr<Bytes> cubin = buildCubin(module, *chip);
    if (failed(cubin))
      return failure();
    objects.push_back(std::move(*cubin));
    entries.push_back({chip->name.str(), {}});
  }
  FailureOr<Bytes> ptx = buildPtx(module, *targets.back());
  if (failed(ptx))
    return failure();
  objects.push_back(std::move(*ptx));
  entries.push_back(
      {"compute_" + targets.back()->name.split('_').second.str(), {}});
  for (auto [entry, object] : llvm::zip(entries, objects))
    entry.bytes = object;
  auto fatbin = combine(fatbinary, entries);
  if (!fatbin)
    return emitError(module.getLoc(), llvm::toString(fatbin.takeError()));
  return std::move(*fatbin);
}

FailureOr<gpu::ObjectAttr>
SerializeKernelsPass::buildObject(gpu::GPUModuleOp module) {
  FailureOr<Bytes> bytes =
      kind == gpu::CompilationTarget::Fatbin   ? buildFatbin(module)
      : kind == gpu::CompilationTarget::Binary ? buildCubin(module, *targets[0])
                                               : buildPtx(module, *targets[0]);
  if (failed(bytes))
    return failure();
  Builder builder(&getContext());
  const GpuChip &chip = *targets[0];
  auto target = NVVM::NVVMTargetAttr::get(&getContext(), /*optLevel=*/3,
                                          "nvptx64-nvidia-cuda", chip.name,
                                          getFeatures(chip));
  return gpu::ObjectAttr::get(
      &getContext(), target, kind,
      builder.getStringAttr(StringRef(bytes->data(), bytes->size())),
      /*properties=*/nullptr, /*kernels=*/nullptr);
}

void SerializeKernelsPass::runOnOperation() {
  static const bool initialized = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  (void)initialized;
  if (failed(prepare()))
    return signalPassFailure();
  for (auto module :
       llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>())) {
    FailureOr<gpu::ObjectAttr> object = buildObject(module);
    if (failed(object))
      return signalPassFailure();
    OpBuilder builder(module);
    gpu::BinaryOp::create(builder, module.getLoc(), module.getName(),
                          /*offloadingHandler=*/nullptr,
                          builder.getArrayAttr({*object}));
    module.erase();
  }
}
