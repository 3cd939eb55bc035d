//===- Gpu.h - An NVIDIA GPU ------------------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of gdn-c/Gpu.h on a GPU. Work goes to the stream of this
// thread, in the context that is current on it: that of the program around, or
// else the primary one of the chosen device, which is made current. Modules are
// loaded by the first launch in a context.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CUDA_GPU_H
#define GDN_RUNTIME_CUDA_GPU_H

#include "gdn-c/Gpu.h"
#include "runtime/cuda/Driver.h"

#include <string>
#include <utility>
#include <vector>

namespace gdn::runtime::cuda {

/// The GPU that this thread uses.
struct DeviceInfo {
  std::string name;
  /// Compute capability: 9 and 0 for sm_90.
  int major = 0, minor = 0;
};

/// Chooses the device of threads that have no current context yet; 0 at first.
void setDevice(int ordinal);

/// Makes a context current on this thread if none is. Fails with a sentence if
/// there is no driver, no GPU, or no such device.
Result<const Driver *> enterContext();
Result<DeviceInfo> getDeviceInfo();

/// The stream of this thread's work, the default one at first.
void setStream(CUstream stream);

/// As gdn_gpu_* of gdn-c/Gpu.h.
void *allocate(int64_t bytes);
void free(void *pointer);
void copyToDevice(void *device, const void *host, int64_t bytes);
void copyToHost(void *host, const void *device, int64_t bytes);
void launch(GdnKernel *kernel, int64_t gridX, int64_t gridY, int64_t gridZ,
            int64_t blockX, int64_t blockY, int64_t blockZ,
            int64_t dynamicSharedBytes, void *const *arguments);

/// Frees what this thread has allocated and not freed: for the caller of code
/// that failed.
void freeAll();

/// What `kernel` takes of the GPU, once it was launched in this context.
struct KernelInfo {
  int registers = 0;
  /// Of a thread: what did not fit the registers.
  int localBytes = 0;
  /// Of a block.
  int sharedBytes = 0;
};
/// Of the kernel that this thread launched last; fails if there is none.
Result<KernelInfo> getLastKernelInfo();

/// What compiled code may call: names of gdn-c/Gpu.h with the addresses of the
/// functions here.
std::vector<std::pair<const char *, void *>> getSymbols();

} // namespace gdn::runtime::cuda

#endif // GDN_RUNTIME_CUDA_GPU_H
