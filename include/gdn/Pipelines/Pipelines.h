//===- Pipelines.h - From the rule to code, as named phases -----*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_PIPELINES_PIPELINES_H
#define GDN_PIPELINES_PIPELINES_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace gdn {

/// Options of `--gdn-to-cpu`.
struct ToCpuOptions : public mlir::PassPipelineOptions<ToCpuOptions> {
  Option<int64_t> chunkSize{*this, "chunk-size",
                            llvm::cl::desc("Tokens of a chunk, 1 to 128"),
                            llvm::cl::init(16)};
  Option<int64_t> valueSplit{
      *this, "value-split",
      llvm::cl::desc("Independent parts of the value channels of a head; 0 "
                     "chooses"),
      llvm::cl::init(0)};
  Option<std::string> until{
      *this, "until",
      llvm::cl::desc("Stop after this phase: chunked, decomposed, tiled, "
                     "vectorized, bufferized, llvm"),
      llvm::cl::init("llvm")};
};

/// What the ways to one GPU's kernels share.
template <typename Options>
struct GpuOptions : public mlir::PassPipelineOptions<Options> {
  template <typename T>
  using Option =
      typename mlir::PassPipelineOptions<Options>::template Option<T>;

  Option<std::string> chip{*this, "chip",
                           llvm::cl::desc("The GPU: sm_80, sm_90a, sm_100a or "
                                          "sm_120a"),
                           llvm::cl::init("sm_90a")};
  Option<bool> deviceMemory{
      *this, "device-memory",
      llvm::cl::desc("Functions take and fill tensors in the GPU's memory"),
      llvm::cl::init(false)};
};

/// Options of `--gdn-to-gpu`.
struct ToGpuOptions : public GpuOptions<ToGpuOptions> {
  Option<std::string> until{
      *this, "until",
      llvm::cl::desc("Stop after this phase: chunked, tiled, bufferized, "
                     "specialized, nvvm"),
      llvm::cl::init("nvvm")};
  /// More GPUs that the kernels must suit.
  llvm::SmallVector<std::string> otherChips;
};

/// Options of `--gdn-to-simulator`.
struct ToSimulatorOptions : public GpuOptions<ToSimulatorOptions> {
  Option<std::string> until{
      *this, "until",
      llvm::cl::desc("Stop after this phase: chunked, tiled, bufferized, "
                     "specialized, nvvm, llvm"),
      llvm::cl::init("llvm")};
};

/// Options of `--gdn-to-nvvm`.
struct ToNvvmOptions : public mlir::PassPipelineOptions<ToNvvmOptions> {
  ListOption<std::string> chips{
      *this, "chip",
      llvm::cl::desc("GPUs, of sm_80, sm_90a, sm_100a and sm_120a (sm_90a); "
                     "schedules are those for the first one")};
  Option<std::string> format{
      *this, "format",
      llvm::cl::desc("isa (PTX), bin (a cubin), fatbin (code for several "
                     "chips), or auto: bin where ptxas is found, else isa"),
      llvm::cl::init("auto")};
  Option<std::string> ptxVersion{
      *this, "ptx", llvm::cl::desc("Version of PTX (the oldest that serves)"),
      llvm::cl::init("")};
  Option<std::string> toolkit{*this, "toolkit",
                              llvm::cl::desc("Folder of the CUDA Toolkit"),
                              llvm::cl::init("")};
  Option<bool> deviceMemory{
      *this, "device-memory",
      llvm::cl::desc("Functions take and fill tensors in the GPU's memory"),
      llvm::cl::init(false)};
  Option<std::string> until{
      *this, "until",
      llvm::cl::desc("Stop after this phase: binary (host code that launches "
                     "kernels from a gpu.binary), llvm"),
      llvm::cl::init("binary")};
};

/// Options of `--gdn-to-reference`.
struct ToReferenceOptions
    : public mlir::PassPipelineOptions<ToReferenceOptions> {
  Option<bool> widenResults{
      *this, "widen-results",
      llvm::cl::desc("Return f64 values before their last rounding"),
      llvm::cl::init(false)};
  Option<std::string> until{
      *this, "until",
      llvm::cl::desc("Stop after this phase: loops, bufferized, llvm"),
      llvm::cl::init("llvm")};
};

/// From any level to the LLVM dialect for this machine's CPU: vectorised, with
/// parallel loops on OpenMP threads. Entry functions keep their names and get
/// a C interface wrapper `_mlir_ciface_NAME` with memref descriptors; a
/// returned buffer belongs to the caller, who passes it to free().
void buildToCpuPipeline(mlir::OpPassManager &pm, const ToCpuOptions &options);

/// From any level on tensors to kernels in the NVVM dialect, each in a
/// `gpu.module`, and host code that launches them. Rules become kernels;
/// everything else runs on the host. What the phase `bufferized` or a later one
/// gives is refused where it has buffers on the GPU: these are settled by then.
void buildToGpuPipeline(mlir::OpPassManager &pm, const ToGpuOptions &options);

/// The same, then the kernels become objects for NVIDIA's GPUs; until `llvm`,
/// the host code becomes calls of the functions in gdn-c/Gpu.h. The calling
/// convention is that of `buildToCpuPipeline`.
void buildToNvvmPipeline(mlir::OpPassManager &pm, const ToNvvmOptions &options);

/// As `buildToGpuPipeline`, then to the LLVM dialect for this machine's CPU:
/// the kernels run on the simulator of runtime/sim. The calling convention is
/// that of `buildToCpuPipeline`.
void buildToSimulatorPipeline(mlir::OpPassManager &pm,
                              const ToSimulatorOptions &options);

/// From level 1 to the LLVM dialect through `gdn-lower-to-loops`: scalar,
/// serial, f64 inside every gdn op. The calling convention is that of
/// `buildToCpuPipeline`.
void buildToReferencePipeline(mlir::OpPassManager &pm,
                              const ToReferenceOptions &options);

/// Registers `--gdn-to-cpu`, `--gdn-to-gpu`, `--gdn-to-nvvm`,
/// `--gdn-to-simulator`, `--gdn-to-reference` and `--gdn-to-loops` (the rule,
/// literally: `gdn-to-reference` up to its phase `loops`).
void registerPipelines();

/// Registers the project's passes and pipelines.
void registerAllPasses();

/// Registers the project's dialects and the upstream dialects, interface
/// models and translations that its pipelines need.
void registerAllDialects(mlir::DialectRegistry &registry);

} // namespace gdn

#endif // GDN_PIPELINES_PIPELINES_H
