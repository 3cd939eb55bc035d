//===- Modules.cpp - Kernels in contexts ----------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Modules.h"

#include <map>
#include <memory>
#include <mutex>

using namespace gdn::runtime;
using namespace gdn::runtime::cuda;

/// Up to here a kernel takes dynamic shared memory without asking.
static constexpr int64_t kPlainSharedBytes = 48 * 1024;

namespace {
/// The number of a context: unlike its address, no later one gets it.
using ContextId = unsigned long long;

struct Function {
  CUfunction handle = nullptr;
  /// The most dynamic shared memory that a launch may take.
  int64_t sharedBytes = kPlainSharedBytes;
};

/// An image and where it is loaded.
struct Image {
  std::mutex mutex;
  std::map<ContextId, CUmodule> modules;
  /// By name and context.
  std::map<std::pair<std::string, ContextId>, Function> functions;
};
} // namespace

/// The image with these bytes. Images live as long as the process: the global
/// that a kernel is goes with its compiled code.
static Image &getImage(const GdnKernel &kernel) {
  static std::mutex mutex;
  static auto *images = new std::map<std::string, std::unique_ptr<Image>>();
  std::string bytes(static_cast<const char *>(kernel.image), kernel.image_size);
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Image> &image = (*images)[std::move(bytes)];
  if (!image)
    image = std::make_unique<Image>();
  return *image;
}

static Result<CUmodule> load(const Driver &driver, const GdnKernel &kernel) {
  char log[512] = {};
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER,
                            CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log) - 1)};
  CUmodule module = nullptr;
  CUresult result =
      driver.cuModuleLoadDataEx(&module, kernel.image, 2, options, values);
  Error error = driver.check(result, "cuModuleLoadDataEx");
  if (!error)
    return module;
  std::string advice;
  if (result == CUDA_ERROR_NO_BINARY_FOR_GPU ||
      result == CUDA_ERROR_INVALID_PTX)
    advice = "; it was compiled for another GPU than this: use --target=cuda";
  else if (result == CUDA_ERROR_UNSUPPORTED_PTX_VERSION)
    advice = "; update NVIDIA's driver, or compile with ptxas at hand";
  std::string text(log);
  text = text.substr(0, text.find('\n'));
  return makeError("cannot load kernel '", kernel.name, "': ", error.message(),
                   text.empty() ? "" : ": ", text, advice);
}

static Result<CUfunction> find(const Driver &driver, const GdnKernel &kernel,
                               Image &image, ContextId context) {
  CUmodule &module = image.modules[context];
  if (!module) {
    Result<CUmodule> loaded = load(driver, kernel);
    if (!loaded)
      return loaded.takeError();
    module = *loaded;
  }
  CUfunction function = nullptr;
  if (Error error = driver.check(
          driver.cuModuleGetFunction(&function, module, kernel.name),
          "cuModuleGetFunction"))
    return makeError("no kernel '", kernel.name, "': ", error.message());
  return function;
}

Result<CUfunction> gdn::runtime::cuda::getFunction(const Driver &driver,
                                                   GdnKernel &kernel,
                                                   int64_t dynamicSharedBytes) {
  CUcontext context = nullptr;
  if (Error error =
          driver.check(driver.cuCtxGetCurrent(&context), "cuCtxGetCurrent"))
    return error;
  ContextId id = 0;
  if (Error error = driver.check(driver.cuCtxGetId(context, &id), "cuCtxGetId"))
    return error;
  // Threads that meet here store the same address.
  auto *cached =
      static_cast<Image *>(__atomic_load_n(&kernel.cache, __ATOMIC_ACQUIRE));
  if (!cached) {
    cached = &getImage(kernel);
    __atomic_store_n(&kernel.cache, cached, __ATOMIC_RELEASE);
  }
  Image &image = *cached;
  std::lock_guard<std::mutex> lock(image.mutex);
  Function &function = image.functions[{kernel.name, id}];
  if (!function.handle) {
    Result<CUfunction> found = find(driver, kernel, image, id);
    if (!found)
      return found;
    function.handle = *found;
  }
  // Never lowered: another thread may be about to launch with more.
  if (dynamicSharedBytes > function.sharedBytes) {
    if (Error error =
            driver.check(driver.cuFuncSetAttribute(
                             function.handle,
                             CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                             static_cast<int>(dynamicSharedBytes)),
                         "cuFuncSetAttribute"))
      return makeError("kernel '", kernel.name, "' needs ", dynamicSharedBytes,
                       " bytes of shared memory: ", error.message());
    function.sharedBytes = dynamicSharedBytes;
  }
  return function.handle;
}
