//===- Driver.h - NVIDIA's driver, loaded when needed -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libcuda.so.1 is opened at run time, so that programs start without it. Its
// types and numbers are those of the CUDA driver API, whose header is not
// needed.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CUDA_DRIVER_H
#define GDN_RUNTIME_CUDA_DRIVER_H

#include "runtime/core/Error.h"

#include <cstddef>

namespace gdn::runtime::cuda {

using CUdevice = int;
using CUdeviceptr = unsigned long long;
using CUcontext = struct CUctx_st *;
using CUmodule = struct CUmod_st *;
using CUfunction = struct CUfunc_st *;
using CUstream = struct CUstream_st *;
using CUevent = struct CUevent_st *;
using CUgraph = struct CUgraph_st *;
using CUgraphExec = struct CUgraphExec_st *;

enum CUresult : int {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
};
enum CUdeviceAttribute : int {
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
};
enum CUfunction_attribute : int {
  CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
  CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES = 3,
  CU_FUNC_ATTRIBUTE_NUM_REGS = 4,
  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
};
enum CUjit_option : int {
  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
};
enum CUstreamCaptureMode : int { CU_STREAM_CAPTURE_MODE_RELAXED = 2 };
constexpr unsigned CU_STREAM_NON_BLOCKING = 1;

/// The functions of the driver, one member for each.
struct Driver {
#define GDN_DRIVER_FUNCTION(NAME, SYMBOL, OLDEST, PARAMETERS)                  \
  CUresult(*NAME) PARAMETERS = nullptr;
#include "runtime/cuda/DriverFunctions.def"
#undef GDN_DRIVER_FUNCTION

  /// Success, or a failure that names `call` and has the driver's own text.
  Error check(CUresult result, const char *call) const;
};

/// The oldest CUDA whose driver serves: the first that knows PTX 8.0, the
/// oldest that kernels are written in.
constexpr int kOldestDriver = 12000;

/// The driver, loaded and initialized by the first call; GDN_CUDA_DRIVER in the
/// environment names another file than libcuda.so.1. Fails with a sentence if
/// there is none, if it is too old, or if there is no GPU.
const Result<const Driver *> &getDriver();

} // namespace gdn::runtime::cuda

#endif // GDN_RUNTIME_CUDA_DRIVER_H
