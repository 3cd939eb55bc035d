//===- Modules.h - Kernels in contexts --------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CUDA_MODULES_H
#define GDN_RUNTIME_CUDA_MODULES_H

#include "gdn-c/Gpu.h"
#include "runtime/cuda/Driver.h"

namespace gdn::runtime::cuda {

/// `kernel` in the current context, able to take `dynamicSharedBytes`. Its
/// module is loaded if that was not done, also for another kernel with the same
/// image: an image is loaded once per context and stays. Fails with a sentence
/// if the image is not for the GPU.
Result<CUfunction> getFunction(const Driver &driver, GdnKernel &kernel,
                               int64_t dynamicSharedBytes);

} // namespace gdn::runtime::cuda

#endif // GDN_RUNTIME_CUDA_MODULES_H
